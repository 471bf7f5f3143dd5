
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * TLS to Redis, with nginx's functions.  The TLS handshake takes place after
 * connect() and before the first command, within their time limits.  The
 * certificate must have a chain to a trusted one, and the name or address of
 * the server.
 * nginx's messages about the peer are not logged, but kept as the reason: the
 * connection logs an outage once.
 */


#include "redis/tls.h"

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <openssl/x509v3.h>

#include "redis/addr.h"


#define NGX_HTTP_PRINT_TASK_REDIS_SSL_POOL   128



static ngx_int_t ngx_http_print_task_redis_tls_create(
    ngx_http_print_task_redis_t *redis, ngx_connection_t *c);
static ngx_int_t ngx_http_print_task_redis_tls_name(
    ngx_http_print_task_redis_t *redis, ngx_connection_t *c, ngx_str_t *name);
static void ngx_http_print_task_redis_tls_handler(ngx_connection_t *c);
static ngx_int_t ngx_http_print_task_redis_tls_verify(
    ngx_http_print_task_redis_t *redis, ngx_connection_t *c);
static ngx_int_t ngx_http_print_task_redis_tls_match(ngx_connection_t *c,
    ngx_str_t *name);
static void ngx_http_print_task_redis_tls_writer(ngx_log_t *log,
    ngx_uint_t level, u_char *buf, size_t len);


void
ngx_http_print_task_redis_tls_start(ngx_http_print_task_redis_t *redis)
{
    ngx_connection_t  *c;

    c = redis->connection;

    ngx_http_print_task_redis_set_state(redis,
                                    NGX_HTTP_PRINT_TASK_REDIS_TLS_HANDSHAKE);
    redis->tls_error[0] = '\0';

    if (ngx_http_print_task_redis_tls_create(redis, c) != NGX_OK) {
        ngx_http_print_task_redis_fail(redis, 0, "no memory");
        return;
    }

    if (ngx_ssl_handshake(c) == NGX_AGAIN) {
        c->ssl->handler = ngx_http_print_task_redis_tls_handler;
        return;
    }

    ngx_http_print_task_redis_tls_handler(c);
}


static ngx_int_t
ngx_http_print_task_redis_tls_create(ngx_http_print_task_redis_t *redis,
    ngx_connection_t *c)
{
    ngx_str_t  name;

    ngx_memzero(&redis->ssl_log, sizeof(ngx_log_t));

    redis->ssl_log.log_level = NGX_LOG_INFO;
    redis->ssl_log.writer = ngx_http_print_task_redis_tls_writer;
    redis->ssl_log.wdata = redis;

    c->log = &redis->ssl_log;

    c->pool = ngx_create_pool(NGX_HTTP_PRINT_TASK_REDIS_SSL_POOL,
                              ngx_cycle->log);
    if (c->pool == NULL) {
        return NGX_ERROR;
    }

    if (ngx_ssl_create_connection(&redis->conf->ssl.ssl, c, NGX_SSL_CLIENT)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_http_print_task_redis_tls_name(redis, c, &name) != NGX_OK) {
        return NGX_ERROR;
    }

    /* RFC 6066 does not permit literal IPv4 and IPv6 addresses */

    if (ngx_http_print_task_redis_ip(&name)) {
        return NGX_OK;
    }

    return SSL_set_tlsext_host_name(c->ssl->connection, (char *) name.data)
           ? NGX_OK : NGX_ERROR;
}


/* the expected name of the server, with a zero at the end */

static ngx_int_t
ngx_http_print_task_redis_tls_name(ngx_http_print_task_redis_t *redis,
    ngx_connection_t *c, ngx_str_t *name)
{
    u_char     *p;
    ngx_str_t   host;

    host = redis->conf->ssl.name.len ? redis->conf->ssl.name
                                     : redis->server->host;

    if (host.len > 2 && host.data[0] == '[') {
        host.data++;
        host.len -= 2;
    }

    p = ngx_pnalloc(c->pool, host.len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    name->len = host.len;
    name->data = p;

    p = ngx_cpymem(p, host.data, host.len);
    *p = '\0';

    return NGX_OK;
}


static void
ngx_http_print_task_redis_tls_handler(ngx_connection_t *c)
{
    ngx_http_print_task_redis_t  *redis;

    redis = c->data;

    if (!c->ssl->handshaked) {
        ngx_http_print_task_redis_retry(redis, 0,
            ngx_http_print_task_redis_tls_error(redis, "SSL handshake failed"));
        return;
    }

    if (!redis->conf->ssl.off
        && ngx_http_print_task_redis_tls_verify(redis, c) != NGX_OK)
    {
        ngx_http_print_task_redis_retry(redis, 0, (char *) redis->tls_error);
        return;
    }

    redis->protocol->handshake(redis);
}


static ngx_int_t
ngx_http_print_task_redis_tls_verify(ngx_http_print_task_redis_t *redis,
    ngx_connection_t *c)
{
    long       rc;
    ngx_str_t  name;

    rc = SSL_get_verify_result(c->ssl->connection);

    if (rc != X509_V_OK) {
        (void) ngx_snprintf(redis->tls_error, sizeof(redis->tls_error),
                            "SSL certificate verify error: (%l:%s)%Z",
                            rc, X509_verify_cert_error_string(rc));
        return NGX_ERROR;
    }

    if (ngx_http_print_task_redis_tls_name(redis, c, &name) != NGX_OK) {
        (void) ngx_cpystrn(redis->tls_error, (u_char *) "no memory",
                           sizeof(redis->tls_error));
        return NGX_ERROR;
    }

    if (ngx_http_print_task_redis_tls_match(c, &name) != NGX_OK) {
        (void) ngx_snprintf(redis->tls_error, sizeof(redis->tls_error),
                            "SSL certificate does not match \"%V\"%Z", &name);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_redis_tls_match(ngx_connection_t *c, ngx_str_t *name)
{
    int    rc;
    X509  *cert;

    if (!ngx_http_print_task_redis_ip(name)) {
        return ngx_ssl_check_host(c, name);
    }

    cert = SSL_get_peer_certificate(c->ssl->connection);
    if (cert == NULL) {
        return NGX_ERROR;
    }

    rc = X509_check_ip_asc(cert, (char *) name->data, 0);

    X509_free(cert);

    return (rc == 1) ? NGX_OK : NGX_ERROR;
}


/* nginx writes "time [level] pid#tid: text"; the last text is kept */

static void
ngx_http_print_task_redis_tls_writer(ngx_log_t *log, ngx_uint_t level,
    u_char *buf, size_t len)
{
    u_char                       *p, *last;
    ngx_http_print_task_redis_t  *redis;

    redis = log->wdata;

    last = buf + len;

    if (last > buf && last[-1] == LF) {
        last--;
    }

    p = ngx_strlchr(buf, last, '#');
    p = p ? ngx_strlchr(p, last, ' ') : NULL;
    p = p ? p + 1 : buf;

    /* an error that no peer causes is logged as usual */

    if (level <= NGX_LOG_ALERT) {
        ngx_log_error(level, ngx_cycle->log, 0, "%*s", (size_t) (last - p), p);
        return;
    }

    (void) ngx_cpystrn(redis->tls_error, p, ngx_min((size_t) (last - p) + 1,
                                                    sizeof(redis->tls_error)));
}


/*
 * A server that refuses the certificate of the client first reports that; then
 * the write of a command fails.  The earlier report is the reason.
 */

const char *
ngx_http_print_task_redis_tls_error(ngx_http_print_task_redis_t *redis,
    const char *why)
{
    u_char             byte;
    ngx_connection_t  *c;

    c = redis->connection;

    if (c->ssl->handshaked && !c->read->eof && !c->read->error) {
        (void) c->recv(c, &byte, 1);
    }

    return redis->tls_error[0] ? (char *) redis->tls_error : why;
}


/* sends close_notify, but does not wait for the peer's */

void
ngx_http_print_task_redis_tls_close(ngx_connection_t *c)
{
    if (c->ssl == NULL) {
        return;
    }

    c->ssl->no_wait_shutdown = 1;

    if (ngx_ssl_shutdown(c) == NGX_AGAIN) {
        SSL_free(c->ssl->connection);
        c->ssl = NULL;
    }
}
