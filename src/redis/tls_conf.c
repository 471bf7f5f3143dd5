
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The TLS context of a store: checks the parameters, and loads certificates,
 * keys and revocation lists.
 */


#include "redis/tls_conf.h"

#include <ngx_config.h>
#include <ngx_core.h>
#include <openssl/ssl.h>


#define NGX_HTTP_PRINT_TASK_REDIS_SSL_DEPTH  10    /* certificates in a chain */


static char *ngx_http_print_task_redis_tls_check(ngx_conf_t *cf,
    ngx_http_print_task_redis_tls_t *ssl, ngx_uint_t local);
static ngx_int_t ngx_http_print_task_redis_tls_certificate(ngx_conf_t *cf,
    ngx_http_print_task_redis_tls_t *ssl);


char *
ngx_http_print_task_redis_tls_conf(ngx_conf_t *cf,
    ngx_http_print_task_redis_tls_t *ssl, ngx_uint_t local)
{
    ngx_pool_cleanup_t  *cln;

    if (ngx_http_print_task_redis_tls_check(cf, ssl, local) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    if (!ssl->on) {
        return NGX_CONF_OK;
    }

    ssl->ssl.log = cf->log;

    if (ngx_ssl_create(&ssl->ssl, NGX_SSL_TLSv1_2|NGX_SSL_TLSv1_3, NULL)
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        ngx_ssl_cleanup_ctx(&ssl->ssl);
        return NGX_CONF_ERROR;
    }

    cln->handler = ngx_ssl_cleanup_ctx;
    cln->data = &ssl->ssl;

    /* the output buffer moves when it grows between two calls of SSL_write() */

    SSL_CTX_set_mode(ssl->ssl.ctx, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);

    if (ssl->certificate.len
        && ngx_http_print_task_redis_tls_certificate(cf, ssl) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (ssl->trusted.len
        && ngx_ssl_trusted_certificate(cf, &ssl->ssl, &ssl->trusted,
                                       NGX_HTTP_PRINT_TASK_REDIS_SSL_DEPTH)
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (ngx_ssl_crl(cf, &ssl->ssl, &ssl->crl) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_print_task_redis_tls_check(ngx_conf_t *cf,
    ngx_http_print_task_redis_tls_t *ssl, ngx_uint_t local)
{
    char  *error;

    error = NULL;

    if (!ssl->on) {

        if (ssl->certificate.data || ssl->key.data || ssl->trusted.data
            || ssl->crl.data || ssl->name.data || ssl->verify.data)
        {
            error = "parameters \"ssl_...\" require \"ssl\"";
        }

    } else if (local) {
        error = "\"ssl\" requires a host, not a unix socket,";

    } else if (ssl->certificate.len && ssl->key.len == 0) {
        error = "\"ssl_certificate\" requires \"ssl_certificate_key\"";

    } else if (ssl->key.len && ssl->certificate.len == 0) {
        error = "\"ssl_certificate_key\" requires \"ssl_certificate\"";

    } else if (ssl->off && (ssl->trusted.len || ssl->crl.len)) {
        error = "nothing is verified with \"ssl_verify=off\"";

    } else if (!ssl->off && ssl->trusted.len == 0) {
        error = "\"ssl\" requires \"ssl_trusted_certificate\", "
                "or \"ssl_verify=off\",";
    }

    if (error) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "%s in \"print_task_redis\"", error);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* a key with a password fails at once: nginx cannot ask for the password */

static ngx_int_t
ngx_http_print_task_redis_tls_certificate(ngx_conf_t *cf,
    ngx_http_print_task_redis_tls_t *ssl)
{
    ngx_str_t    *password;
    ngx_array_t  *passwords;

    passwords = ngx_array_create(cf->temp_pool, 1, sizeof(ngx_str_t));
    if (passwords == NULL) {
        return NGX_ERROR;
    }

    password = ngx_array_push(passwords);
    if (password == NULL) {
        return NGX_ERROR;
    }

    ngx_str_set(password, "");

    return ngx_ssl_certificate(cf, &ssl->ssl, &ssl->certificate, &ssl->key,
                               passwords);
}
