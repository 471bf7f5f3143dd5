
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * print_task_health: answers load balancers and orchestrators.
 *     live     the worker answers
 *     ready    the keys of all locations are available, and each store that
 *              a location depends on answers
 * The check reads a record that no task has.  In a cluster, if the node of this
 * record does not answer, the check reads further ones, which other nodes may
 * have: tasks of those nodes can be changed, and no other gateway can do more.
 * Anybody may ask: a worker checks each store once a second at most, and other
 * requests wait for the same answer.
 */


#include "http/health.h"

#include "store/store.h"
#include "token/keys.h"
#include "http/headers.h"
#include "http/send.h"


#define NGX_HTTP_PRINT_TASK_HEALTH_FRESH  1000   /* ms */
#define NGX_HTTP_PRINT_TASK_HEALTH_LEN    128    /* the largest body */
#define NGX_HTTP_PRINT_TASK_HEALTH_KEYS   8      /* of a cluster, at most 10 */


/* a store of a location, and the last answer of the store in each worker */
typedef struct {
    const ngx_http_print_task_loc_conf_t  *conf;
    ngx_uint_t                  required;     /* the store must answer */
    ngx_http_print_task_op_t    op;
    ngx_queue_t                 waiting;      /* ..._health_ctx_t that wait
                                                 for the answer */
    ngx_msec_t                  checked;      /* the end of op; 0: never */
    size_t                      prefix;       /* of the key; "health" follows */
    ngx_uint_t                  n;            /* the number of the key */
    unsigned                    tagged:1;     /* the key ends with "}" */
    unsigned                    pending:1;
    unsigned                    usable:1;     /* it answers */
    unsigned                    ok:1;         /* all of its servers do, as far
                                                 as this worker has asked */
} ngx_http_print_task_health_part_t;


/* one request, allocated in r->pool */
typedef struct {
    ngx_queue_t                 queue;
    ngx_http_request_t         *request;
    ngx_msec_t                  start;
    unsigned                    waiting:1;
} ngx_http_print_task_health_ctx_t;


static ngx_int_t ngx_http_print_task_health_live(ngx_http_request_t *r);
static void ngx_http_print_task_health_continue(
    ngx_http_print_task_health_ctx_t *ctx);
static void ngx_http_print_task_health_cleanup(void *data);
static ngx_int_t ngx_http_print_task_health_check(
    ngx_http_print_task_health_ctx_t *ctx,
    ngx_http_print_task_health_part_t *part);
static ngx_int_t ngx_http_print_task_health_read(
    ngx_http_print_task_health_part_t *part);
static void ngx_http_print_task_health_done(ngx_http_print_task_op_t *op);
static ngx_uint_t ngx_http_print_task_health_answered(
    ngx_http_print_task_health_part_t *part);
static void ngx_http_print_task_health_set(
    ngx_http_print_task_health_part_t *part);
static ngx_int_t ngx_http_print_task_health_ready(ngx_http_request_t *r);
static ngx_int_t ngx_http_print_task_health_send(ngx_http_request_t *r,
    ngx_uint_t status, ngx_str_t *text);
static ngx_int_t ngx_http_print_task_health_key(ngx_conf_t *cf,
    ngx_http_print_task_health_part_t *part);
static void ngx_http_print_task_health_set_key(
    ngx_http_print_task_health_part_t *part);


ngx_int_t
ngx_http_print_task_health_handler(ngx_http_request_t *r)
{
    ngx_int_t                              rc;
    ngx_http_cleanup_t                    *cln;
    ngx_http_print_task_health_ctx_t      *ctx;
    const ngx_http_print_task_loc_conf_t  *ptlcf;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return NGX_HTTP_NOT_ALLOWED;
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    ptlcf = ngx_http_get_module_loc_conf(r, ngx_http_print_task_module);

    if (ptlcf->health == NGX_HTTP_PRINT_TASK_HEALTH_LIVE) {
        return ngx_http_print_task_health_live(r);
    }

    cln = ngx_http_cleanup_add(r, sizeof(ngx_http_print_task_health_ctx_t));
    if (cln == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx = cln->data;

    ngx_memzero(ctx, sizeof(ngx_http_print_task_health_ctx_t));

    ctx->request = r;
    ctx->start = ngx_current_msec;

    cln->handler = ngx_http_print_task_health_cleanup;

    r->main->count++;

    ngx_http_print_task_health_continue(ctx);

    return NGX_DONE;
}


static ngx_int_t
ngx_http_print_task_health_live(ngx_http_request_t *r)
{
    ngx_str_t  text = ngx_string("{\"status\":\"live\"}\n");

    return ngx_http_print_task_health_send(r, NGX_HTTP_OK, &text);
}


/* checks one store after the other, and answers when all are known */

static void
ngx_http_print_task_health_continue(ngx_http_print_task_health_ctx_t *ctx)
{
    ngx_uint_t                          i;
    ngx_http_request_t                 *r;
    ngx_http_print_task_main_conf_t    *ptmcf;
    ngx_http_print_task_health_part_t  *part;

    r = ctx->request;

    ptmcf = ngx_http_get_module_main_conf(r, ngx_http_print_task_module);

    part = ptmcf->health.elts;

    for (i = 0; i < ptmcf->health.nelts; i++) {

        if (ngx_http_print_task_health_check(ctx, &part[i]) == NGX_AGAIN) {

            ngx_queue_insert_tail(&part[i].waiting, &ctx->queue);
            ctx->waiting = 1;

            r->read_event_handler = ngx_http_test_reading;
            return;
        }
    }

    ngx_http_finalize_request(r, ngx_http_print_task_health_ready(r));
}


static void
ngx_http_print_task_health_cleanup(void *data)
{
    ngx_http_print_task_health_ctx_t *ctx = data;

    if (ctx->waiting) {
        ngx_queue_remove(&ctx->queue);
        ctx->waiting = 0;
    }
}


/* NGX_OK: the answer is younger than a second, or than the request */

static ngx_int_t
ngx_http_print_task_health_check(ngx_http_print_task_health_ctx_t *ctx,
    ngx_http_print_task_health_part_t *part)
{
    if (part->pending) {
        return NGX_AGAIN;
    }

    if (part->checked
        && ((ngx_msec_int_t) (part->checked - ctx->start) >= 0
            || ngx_current_msec - part->checked
               < NGX_HTTP_PRINT_TASK_HEALTH_FRESH))
    {
        return NGX_OK;
    }

    part->n = 0;

    return ngx_http_print_task_health_read(part);
}


/* reads until a key has an answer; NGX_AGAIN: health_done() continues */

static ngx_int_t
ngx_http_print_task_health_read(ngx_http_print_task_health_part_t *part)
{
    ngx_http_print_task_op_t     *op;
    ngx_http_print_task_store_t  *store;

    op = &part->op;
    store = part->conf->store;

    op->log = ngx_cycle->log;
    op->pool = ngx_cycle->pool;

    do {
        ngx_http_print_task_health_set_key(part);

        if (store->start(store, op) == NGX_AGAIN) {
            part->pending = 1;
            return NGX_AGAIN;
        }

    } while (!ngx_http_print_task_health_answered(part));

    ngx_http_print_task_health_set(part);

    return NGX_OK;
}


static void
ngx_http_print_task_health_done(ngx_http_print_task_op_t *op)
{
    ngx_queue_t                        *q, waiting;
    ngx_connection_t                   *c;
    ngx_http_print_task_health_ctx_t   *ctx;
    ngx_http_print_task_health_part_t  *part;

    part = op->data;

    part->pending = 0;

    if (ngx_http_print_task_health_answered(part)) {
        ngx_http_print_task_health_set(part);

    } else if (ngx_http_print_task_health_read(part) == NGX_AGAIN) {
        return;
    }

    ngx_queue_init(&waiting);

    if (!ngx_queue_empty(&part->waiting)) {
        ngx_queue_add(&waiting, &part->waiting);
        ngx_queue_init(&part->waiting);
    }

    while (!ngx_queue_empty(&waiting)) {
        q = ngx_queue_head(&waiting);
        ngx_queue_remove(q);

        ctx = ngx_queue_data(q, ngx_http_print_task_health_ctx_t, queue);
        ctx->waiting = 0;

        c = ctx->request->connection;

        ngx_http_print_task_health_continue(ctx);
        ngx_http_run_posted_requests(c);
    }
}


/* else the next key has to be read */

static ngx_uint_t
ngx_http_print_task_health_answered(ngx_http_print_task_health_part_t *part)
{
    if (part->op.result != PT_RESULT_DOWN
        || !part->conf->store->sharded
        || part->n == NGX_HTTP_PRINT_TASK_HEALTH_KEYS - 1)
    {
        return 1;
    }

    part->n++;

    return 0;
}


/* a store with a full queue is not down */

static void
ngx_http_print_task_health_set(ngx_http_print_task_health_part_t *part)
{
    ngx_http_print_task_store_t  *store;

    store = part->conf->store;

    part->checked = ngx_max(ngx_current_msec, 1);

    part->usable = (part->op.result != PT_RESULT_DOWN
                    && part->op.result != PT_RESULT_FAILED);

    part->ok = (part->usable
                && part->n == 0
                && (!store->sharded
                    || store->state(store) != PT_CIRCUIT_OPEN));
}


static ngx_int_t
ngx_http_print_task_health_ready(ngx_http_request_t *r)
{
    ngx_str_t                           text;
    ngx_uint_t                          i, keys, store, usable;
    ngx_http_print_task_main_conf_t    *ptmcf;
    ngx_http_print_task_health_part_t  *part;
    u_char                              buf[NGX_HTTP_PRINT_TASK_HEALTH_LEN];

    ptmcf = ngx_http_get_module_main_conf(r, ngx_http_print_task_module);

    part = ptmcf->health.elts;

    keys = 1;
    store = 1;
    usable = 1;

    for (i = 0; i < ptmcf->health.nelts; i++) {
        keys &= (ngx_http_print_task_keys_jwks(part[i].conf) != NULL);
        store &= part[i].ok;
        usable &= (part[i].usable || !part[i].required);
    }

    usable &= keys && !ngx_exiting && !ngx_terminate;

    text.data = buf;
    text.len = ngx_snprintf(buf, sizeof(buf),
                            "{\"status\":\"%s\",\"keys\":%s,\"store\":%s}\n",
                            !usable ? "unavailable"
                            : store ? "ready" : "degraded",
                            keys ? "true" : "false", store ? "true" : "false")
               - buf;

    return ngx_http_print_task_health_send(r,
                                           usable ? NGX_HTTP_OK
                                           : NGX_HTTP_SERVICE_UNAVAILABLE,
                                           &text);
}


static ngx_int_t
ngx_http_print_task_health_send(ngx_http_request_t *r, ngx_uint_t status,
    ngx_str_t *text)
{
    ngx_buf_t  *b;
    ngx_str_t   no_store = ngx_string("no-store");

    if (ngx_http_print_task_set_header(&r->headers_out.headers,
                                       "Cache-Control", &no_store)
        == NULL)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    b = ngx_create_temp_buf(r->pool, text->len);
    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    b->last = ngx_cpymem(b->last, text->data, text->len);

    r->headers_out.status = status;

    return ngx_http_print_task_send_json(r, b);
}


ngx_int_t
ngx_http_print_task_health_add(ngx_conf_t *cf,
    const ngx_http_print_task_loc_conf_t *conf)
{
    ngx_uint_t                          i, required;
    ngx_http_print_task_main_conf_t    *ptmcf;
    ngx_http_print_task_health_part_t  *part;

    required = (conf->mode == NGX_HTTP_PRINT_TASK_ANSWER
                || (!conf->dry_run
                    && conf->store_down == NGX_HTTP_PRINT_TASK_DOWN_REJECT));

    ptmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_print_task_module);

    if (ptmcf->health.elts == NULL
        && ngx_array_init(&ptmcf->health, cf->pool, 2,
                          sizeof(ngx_http_print_task_health_part_t))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    part = ptmcf->health.elts;

    for (i = 0; i < ptmcf->health.nelts; i++) {

        if (part[i].conf->store == conf->store
            && part[i].conf->keys == conf->keys)
        {
            part[i].required |= required;
            return NGX_OK;
        }
    }

    part = ngx_array_push(&ptmcf->health);
    if (part == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(part, sizeof(ngx_http_print_task_health_part_t));

    part->conf = conf;
    part->required = required;

    part->op.type = PT_OPERATION_READ;
    part->op.done = ngx_http_print_task_health_done;

    return ngx_http_print_task_health_key(cf, part);
}


void
ngx_http_print_task_health_init(ngx_http_print_task_main_conf_t *ptmcf)
{
    ngx_uint_t                          i;
    ngx_http_print_task_health_part_t  *part;

    part = ptmcf->health.elts;

    for (i = 0; i < ptmcf->health.nelts; i++) {
        part[i].op.data = &part[i];
        ngx_queue_init(&part[i].waiting);
    }
}


/*
 * The key starts as the keys of the location do, because the rights of a Redis
 * user may depend on that.  No task has this key: print-task:{health}, and in a
 * cluster print-task:{health1} and so on
 */

static ngx_int_t
ngx_http_print_task_health_key(ngx_conf_t *cf,
    ngx_http_print_task_health_part_t *part)
{
    u_char           *p;
    ngx_str_t        *key;
    const ngx_str_t  *text;

    key = &part->op.key;
    text = &part->conf->key_text;

    p = ngx_strlchr(text->data, text->data + text->len, '$');
    part->prefix = (p != NULL) ? (size_t) (p - text->data) : text->len;

    key->data = ngx_pnalloc(cf->pool, part->prefix + sizeof("health0}") - 1);
    if (key->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(key->data, text->data, part->prefix);

    part->tagged = (ngx_strlchr(key->data, p, '{') != NULL);

    return NGX_OK;
}


static void
ngx_http_print_task_health_set_key(ngx_http_print_task_health_part_t *part)
{
    u_char     *p;
    ngx_str_t  *key;

    key = &part->op.key;

    p = ngx_cpymem(key->data + part->prefix, "health", sizeof("health") - 1);

    if (part->n != 0) {
        *p++ = (u_char) ('0' + part->n);
    }

    if (part->tagged) {
        *p++ = '}';
    }

    key->len = p - key->data;
}
