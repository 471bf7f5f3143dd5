
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Fetches keys by an internal request to a location of the operator.  The
 * client of this request is one end of a socket pair; the module keeps the
 * other end and sends nothing.  So nginx has a connection like any other: it
 * may finalize the request in any way and closes the connection.  The module's
 * filters collect the response, which is evaluated when the pool of the
 * connection is destroyed.
 */


#include "token/keys_fetch.h"

#include "core/pt_jwk.h"
#include "token/keys.h"


typedef struct ngx_http_print_task_fetch_s  ngx_http_print_task_fetch_t;

struct ngx_http_print_task_fetch_s {
    ngx_http_print_task_keys_t   *keys;
    ngx_http_print_task_fetch_pt  done;
    ngx_connection_t             *connection;
    ngx_http_print_task_fetch_t  *next;
    ngx_socket_t                  peer;         /* the other end of the
                                                   socket pair */
    ngx_event_t                   timer;
    ngx_http_connection_t         hc;
    ngx_http_log_ctx_t            log_ctx;

    u_char                       *body;
    size_t                        len;
    size_t                        size;         /* allocated bytes */
    ngx_uint_t                    status;       /* 0: no response yet */
    const char                   *err;
    ngx_event_handler_pt          handler;      /* nginx's read handler */
    unsigned                      complete:1;
};


static ngx_connection_t *ngx_http_print_task_fetch_connection(
    ngx_http_print_task_keys_t *keys);
static ngx_http_print_task_fetch_t *ngx_http_print_task_fetch_create(
    ngx_connection_t *c, ngx_http_print_task_keys_t *keys);
static ngx_int_t ngx_http_print_task_fetch_log(ngx_connection_t *c,
    ngx_http_print_task_fetch_t *fetch);
static u_char *ngx_http_print_task_fetch_log_error(ngx_log_t *log,
    u_char *buf, size_t len);
static void ngx_http_print_task_fetch_run(ngx_http_print_task_fetch_t *fetch);
static void ngx_http_print_task_fetch_close_handler(ngx_event_t *ev);
static ngx_http_request_t *ngx_http_print_task_fetch_request(
    ngx_http_print_task_fetch_t *fetch);
static void ngx_http_print_task_fetch_timeout(ngx_event_t *ev);
static ngx_http_print_task_fetch_t *ngx_http_print_task_fetch_of(
    const ngx_connection_t *c);
static ngx_int_t ngx_http_print_task_fetch_take(
    ngx_http_print_task_fetch_t *fetch, ngx_buf_t *b);
static void ngx_http_print_task_fetch_cleanup(void *data);
static void ngx_http_print_task_fetch_result(
    ngx_http_print_task_fetch_t *fetch);
static const char *ngx_http_print_task_fetch_error(
    const ngx_http_print_task_fetch_t *fetch);
static const char *ngx_http_print_task_fetch_store(
    ngx_http_print_task_keys_t *keys, const ngx_str_t *text, uint64_t hash);


/* the fetches of this worker */

static ngx_http_print_task_fetch_t  *ngx_http_print_task_fetches;

static struct sockaddr  ngx_http_print_task_fetch_sockaddr = {
    .sa_family = AF_UNIX
};


void
ngx_http_print_task_fetch(ngx_http_print_task_keys_t *keys,
    ngx_http_print_task_fetch_pt done)
{
    ngx_connection_t             *c;
    ngx_http_print_task_fetch_t  *fetch;

    c = ngx_http_print_task_fetch_connection(keys);

    if (c == NULL) {
        done(keys, 0);
        return;
    }

    fetch = c->data;
    fetch->done = done;

    keys->connection = c;
    c->idle = 1;

    fetch->next = ngx_http_print_task_fetches;
    ngx_http_print_task_fetches = fetch;

    ngx_http_print_task_fetch_run(fetch);
}


/*
 * The descriptors are closed on exec, because a script of a worker may start
 * programs.
 */

static ngx_connection_t *
ngx_http_print_task_fetch_connection(ngx_http_print_task_keys_t *keys)
{
    ngx_socket_t                  s[2];
    ngx_connection_t             *c;
    ngx_http_print_task_fetch_t  *fetch;

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, s) == -1) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, ngx_socket_errno,
                      "socketpair() failed");
        return NULL;
    }

    c = NULL;

    if (fcntl(s[0], F_SETFD, FD_CLOEXEC) == -1
        || fcntl(s[1], F_SETFD, FD_CLOEXEC) == -1
        || ngx_nonblocking(s[0]) == -1)
    {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, ngx_socket_errno,
                      "fcntl() failed");
        goto failed;
    }

    c = ngx_get_connection(s[0], ngx_cycle->log);
    if (c == NULL) {
        goto failed;
    }

    c->pool = ngx_create_pool(1024, ngx_cycle->log);
    if (c->pool == NULL) {
        goto failed;
    }

    fetch = ngx_http_print_task_fetch_create(c, keys);
    if (fetch == NULL) {
        goto failed;
    }

    fetch->peer = s[1];
    c->data = fetch;

#if (NGX_STAT_STUB)
    (void) ngx_atomic_fetch_add(ngx_stat_active, 1);
#endif

    return c;

failed:

    if (c != NULL) {

        if (c->pool != NULL) {
            ngx_destroy_pool(c->pool);
        }

        ngx_free_connection(c);
        c->fd = (ngx_socket_t) -1;
    }

    (void) ngx_close_socket(s[0]);
    (void) ngx_close_socket(s[1]);

    return NULL;
}


/*
 * Fills in what ngx_event_accept() and ngx_http_init_connection() set for a
 * connection of a client: nginx must not see a difference.
 */

static ngx_http_print_task_fetch_t *
ngx_http_print_task_fetch_create(ngx_connection_t *c,
    ngx_http_print_task_keys_t *keys)
{
    ngx_pool_cleanup_t           *cln;
    ngx_http_print_task_fetch_t  *fetch;

    fetch = ngx_pcalloc(c->pool, sizeof(ngx_http_print_task_fetch_t));
    cln = ngx_pool_cleanup_add(c->pool, 0);

    if (fetch == NULL
        || cln == NULL
        || ngx_http_print_task_fetch_log(c, fetch) != NGX_OK)
    {
        return NULL;
    }

    /* nginx reads c->buffer when the request ends */

    c->buffer = ngx_create_temp_buf(c->pool, 1);
    if (c->buffer == NULL) {
        return NULL;
    }

    fetch->keys = keys;
    fetch->connection = c;
    fetch->hc.conf_ctx = keys->ctx;

    fetch->timer.handler = ngx_http_print_task_fetch_timeout;
    fetch->timer.data = fetch;
    fetch->timer.log = c->log;

    c->type = SOCK_STREAM;
    c->recv = ngx_recv;
    c->send = ngx_send;
    c->recv_chain = ngx_recv_chain;
    c->send_chain = ngx_send_chain;
    c->sockaddr = &ngx_http_print_task_fetch_sockaddr;
    c->socklen = sizeof(ngx_http_print_task_fetch_sockaddr.sa_family);
    c->local_sockaddr = c->sockaddr;
    c->local_socklen = c->socklen;
    c->tcp_nopush = NGX_TCP_NOPUSH_DISABLED;
    c->tcp_nodelay = NGX_TCP_NODELAY_DISABLED;
    c->number = ngx_atomic_fetch_add(ngx_connection_counter, 1);
    c->start_time = ngx_current_msec;

    ngx_str_set(&c->addr_text, "unix:");

    /* so nginx waits neither for another request nor for the client to close */

    c->read->eof = 1;
    c->read->log = c->log;
    c->write->ready = 1;
    c->write->log = c->log;

    cln->handler = ngx_http_print_task_fetch_cleanup;
    cln->data = fetch;

    return fetch;
}


/*
 * The log lines of a fetch have no client and no server, so nginx's handler for
 * client requests does not fit.
 */

static ngx_int_t
ngx_http_print_task_fetch_log(ngx_connection_t *c,
    ngx_http_print_task_fetch_t *fetch)
{
    ngx_log_t  *log;

    log = ngx_palloc(c->pool, sizeof(ngx_log_t));
    if (log == NULL) {
        return NGX_ERROR;
    }

    *log = *ngx_cycle->log;

    log->handler = ngx_http_print_task_fetch_log_error;
    log->data = &fetch->log_ctx;
    log->action = NULL;
    log->connection = c->number;

    fetch->log_ctx.connection = c;

    c->log = log;
    c->pool->log = log;

    return NGX_OK;
}


static u_char *
ngx_http_print_task_fetch_log_error(ngx_log_t *log, u_char *buf, size_t len)
{
    u_char               *p;
    ngx_http_request_t   *r;
    ngx_http_log_ctx_t   *ctx;
    ngx_http_upstream_t  *u;

    p = buf;
    ctx = log->data;
    r = ctx->current_request;

    if (log->action) {
        p = ngx_snprintf(buf, len, " while %s", log->action);
        len -= p - buf;
        buf = p;
    }

    p = ngx_snprintf(buf, len, ", fetching print task keys");
    len -= p - buf;
    buf = p;

    if (r == NULL) {
        return p;
    }

    p = ngx_snprintf(buf, len, ", request: \"%V\"", &r->uri);
    len -= p - buf;
    buf = p;

    u = r->upstream;

    if (u && u->peer.name) {
        p = ngx_snprintf(buf, len, ", upstream: \"%V%V%V\"",
                         &u->schema, u->peer.name, &u->uri);
    }

    return p;
}


/* the fetch may have ended and been freed when this function returns */

static void
ngx_http_print_task_fetch_run(ngx_http_print_task_fetch_t *fetch)
{
    ngx_connection_t            *c;
    ngx_http_request_t          *r;
    ngx_http_print_task_keys_t  *keys;

    c = fetch->connection;
    keys = fetch->keys;

    r = ngx_http_print_task_fetch_request(fetch);

    if (r == NULL) {
        ngx_http_close_connection(c);
        return;
    }

    ngx_add_timer(&fetch->timer, NGX_HTTP_PRINT_TASK_KEYS_FETCH);

    ngx_http_process_request(r);

    ngx_http_run_posted_requests(c);

    if (keys->connection == c) {
        fetch->handler = c->read->handler;
        c->read->handler = ngx_http_print_task_fetch_close_handler;
    }
}


/*
 * A graceful shutdown cancels a fetch, unless a request of some worker may wait
 * for it.
 */

static void
ngx_http_print_task_fetch_close_handler(ngx_event_t *ev)
{
    ngx_connection_t             *c;
    ngx_atomic_uint_t             waited;
    ngx_http_print_task_fetch_t  *fetch;

    c = ev->data;
    fetch = ngx_http_print_task_fetch_of(c);
    waited = fetch->keys->shared->waited;

    if (c->close
        && !c->error
        && waited != 0
        && (ngx_msec_int_t) (waited - ngx_current_msec) > 0)
    {
        c->close = 0;
        return;
    }

    fetch->handler(ev);
}


static ngx_http_request_t *
ngx_http_print_task_fetch_request(ngx_http_print_task_fetch_t *fetch)
{
    u_char                    *args;
    ngx_connection_t          *c;
    ngx_http_request_t        *r;
    ngx_http_core_srv_conf_t  *cscf;

    c = fetch->connection;

    c->data = &fetch->hc;

    r = ngx_http_create_request(c);
    if (r == NULL) {
        return NULL;
    }

    c->data = r;

    /* the access log is for requests of clients */

    r->logged = 1;
    r->internal = 1;

    r->method = NGX_HTTP_GET;
    r->method_name = ngx_http_core_get_method;
    r->http_version = NGX_HTTP_VERSION_11;
    ngx_str_set(&r->http_protocol, "HTTP/1.1");

    r->uri = fetch->keys->name;
    r->unparsed_uri = r->uri;

    args = ngx_strlchr(r->uri.data, r->uri.data + r->uri.len, '?');

    if (args != NULL) {
        r->args.data = args + 1;
        r->args.len = r->uri.data + r->uri.len - r->args.data;
        r->uri.len = args - r->uri.data;
    }

    ngx_http_set_exten(r);

    cscf = ngx_http_get_module_srv_conf(r, ngx_http_core_module);

    r->headers_in.server = cscf->server_name;

    if (ngx_list_init(&r->headers_in.headers, r->pool, 4,
                      sizeof(ngx_table_elt_t))
        != NGX_OK)
    {
        ngx_http_free_request(r, 0);
        return NULL;
    }

    return r;
}


static void
ngx_http_print_task_fetch_timeout(ngx_event_t *ev)
{
    ngx_connection_t             *c;
    ngx_http_print_task_fetch_t  *fetch;

    fetch = ev->data;
    c = fetch->connection;

    if (fetch->err == NULL) {
        fetch->err = "took too long";
    }

    c->close = 1;
    c->error = 1;
    c->read->handler(c->read);
}


ngx_uint_t
ngx_http_print_task_is_fetch(ngx_http_request_t *r)
{
    return ngx_http_print_task_fetch_of(r->connection) != NULL;
}


static ngx_http_print_task_fetch_t *
ngx_http_print_task_fetch_of(const ngx_connection_t *c)
{
    ngx_http_print_task_fetch_t  *fetch;

    for (fetch = ngx_http_print_task_fetches; fetch; fetch = fetch->next) {
        if (fetch->connection == c) {
            return fetch;
        }
    }

    return NULL;
}


void
ngx_http_print_task_fetch_header(ngx_http_request_t *r)
{
    ngx_table_elt_t              *encoding;
    ngx_http_print_task_fetch_t  *fetch;

    r->header_sent = 1;

    if (r != r->main) {
        return;
    }

    fetch = ngx_http_print_task_fetch_of(r->connection);
    encoding = r->headers_out.content_encoding;

    fetch->status = r->headers_out.status;

    if (encoding != NULL && encoding->hash && encoding->value.len) {
        fetch->err = "is compressed";
    }
}


/* consumes the whole body: the socket gets nothing */

ngx_int_t
ngx_http_print_task_fetch_body(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_buf_t                    *b;
    ngx_http_print_task_fetch_t  *fetch;

    fetch = ngx_http_print_task_fetch_of(r->connection);

    for ( /* void */ ; in; in = in->next) {
        b = in->buf;

        if (r == r->main) {

            if (fetch->status == NGX_HTTP_OK
                && fetch->err == NULL
                && ngx_http_print_task_fetch_take(fetch, b) != NGX_OK)
            {
                return NGX_ERROR;
            }

            if (b->last_buf) {
                fetch->complete = 1;
            }
        }

        b->pos = b->last;
        b->file_pos = b->file_last;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_fetch_take(ngx_http_print_task_fetch_t *fetch,
    ngx_buf_t *b)
{
    off_t    len;
    size_t   size;
    u_char  *p;

    len = ngx_buf_special(b) ? 0 : ngx_buf_size(b);

    if (len > (off_t) (PT_JWKS_MAX_SIZE - fetch->len)) {
        fetch->err = "is larger than 256 KiB";
        return NGX_ERROR;
    }

    if (fetch->len + (size_t) len > fetch->size) {

        size = ngx_max(fetch->len + (size_t) len, 2 * fetch->size);

        p = ngx_palloc(fetch->connection->pool, size);
        if (p == NULL) {
            return NGX_ERROR;
        }

        if (fetch->len) {
            ngx_memcpy(p, fetch->body, fetch->len);
            (void) ngx_pfree(fetch->connection->pool, fetch->body);
        }

        fetch->body = p;
        fetch->size = size;
    }

    if (len == 0) {
        return NGX_OK;
    }

    p = fetch->body + fetch->len;

    if (ngx_buf_in_memory(b)) {
        ngx_memcpy(p, b->pos, (size_t) len);

    } else if (ngx_read_file(b->file, p, (size_t) len, b->file_pos)
               != (ssize_t) len)
    {
        fetch->err = "could not be read";
        return NGX_ERROR;
    }

    fetch->len += (size_t) len;

    return NGX_OK;
}


/* the connection is closed, and its pool is about to be freed */

static void
ngx_http_print_task_fetch_cleanup(void *data)
{
    ngx_http_print_task_fetch_t *fetch = data;

    ngx_http_print_task_fetch_t  **f;

    for (f = &ngx_http_print_task_fetches; *f != fetch; f = &(*f)->next) {
        /* void */
    }

    *f = fetch->next;

    if (fetch->timer.timer_set) {
        ngx_del_timer(&fetch->timer);
    }

    if (ngx_close_socket(fetch->peer) == -1) {
        ngx_log_error(NGX_LOG_ALERT, ngx_cycle->log, ngx_socket_errno,
                      ngx_close_socket_n " failed");
    }

    ngx_http_print_task_fetch_result(fetch);
}


static void
ngx_http_print_task_fetch_result(ngx_http_print_task_fetch_t *fetch)
{
    uint64_t                     hash;
    ngx_str_t                    text;
    pt_jwks_t                   *jwks;
    ngx_uint_t                   level;
    const char                  *err;
    ngx_http_print_task_keys_t  *keys;

    keys = fetch->keys;
    jwks = NULL;
    hash = 0;

    err = ngx_http_print_task_fetch_error(fetch);

    if (err == NULL) {
        text.data = fetch->body;
        text.len = fetch->len;

        jwks = ngx_http_print_task_keys_parse(&text, &hash, &err);
    }

    if (jwks != NULL) {
        err = ngx_http_print_task_fetch_store(keys, &text, hash);
    }

    if (err != NULL) {
        pt_jwks_free(jwks);

        level = ngx_exiting ? NGX_LOG_INFO
                : keys->jwks ? NGX_LOG_WARN : NGX_LOG_ERR;

        ngx_log_error(level, ngx_cycle->log, 0,
                      "print task key set \"%V\" %s, status %ui%s",
                      &keys->name, err, fetch->status,
                      keys->jwks ? ", its last good keys are kept" : "");

        fetch->done(keys, 0);
        return;
    }

    ngx_http_print_task_keys_set(keys, jwks, hash);

    ngx_log_error(NGX_LOG_INFO, ngx_cycle->log, 0,
                  "print task key set \"%V\" was fetched, %ui keys",
                  &keys->name, jwks->nkeys);

    ngx_http_print_task_keys_log_skipped(keys, jwks, ngx_cycle->log);

    fetch->done(keys, 1);
}


static const char *
ngx_http_print_task_fetch_error(const ngx_http_print_task_fetch_t *fetch)
{
    if (fetch->err != NULL) {
        return fetch->err;
    }

    if (fetch->status == 0) {
        return "could not be fetched";
    }

    if (fetch->status != NGX_HTTP_OK) {
        return "was not returned";
    }

    return fetch->complete ? NULL : "was cut short";
}


/* stores the text for other workers and for the next configuration */

static const char *
ngx_http_print_task_fetch_store(ngx_http_print_task_keys_t *keys,
    const ngx_str_t *text, uint64_t hash)
{
    u_char                             *p;
    ngx_http_print_task_keys_shared_t  *shared;

    shared = keys->shared;

    ngx_shmtx_lock(&keys->shpool->mutex);

    if (shared->changes == 0
        || shared->len != text->len
        || ngx_memcmp(shared->text, text->data, text->len) != 0)
    {
        p = ngx_slab_alloc_locked(keys->shpool, text->len);

        if (p == NULL) {
            ngx_shmtx_unlock(&keys->shpool->mutex);
            return "does not fit in shared memory";
        }

        ngx_memcpy(p, text->data, text->len);

        if (shared->text != NULL) {
            ngx_slab_free_locked(keys->shpool, shared->text);
        }

        shared->text = p;
        shared->len = text->len;
        shared->changes++;
    }

    keys->seen = shared->changes;

    ngx_shmtx_unlock(&keys->shpool->mutex);

    return NULL;
}
