
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The operations of the step "store", and the waiting for a task that another
 * request holds.
 */


#include "ngx_http_print_task_module.h"

#include <openssl/rand.h>


#define NGX_HTTP_PRINT_TASK_BACKOFF      2      /* ms, the first pause between
                                                   tries on a busy task */
#define NGX_HTTP_PRINT_TASK_BACKOFF_MAX  64     /* ms */
#define NGX_HTTP_PRINT_TASK_LINES        256    /* a power of 2 */


static ngx_int_t ngx_http_print_task_store_op(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_store_key(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_default_key(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
static ngx_uint_t ngx_http_print_task_must_queue(
    ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_lease_id(ngx_http_print_task_ctx_t *ctx);
static void ngx_http_print_task_store_done(ngx_http_print_task_op_t *op);
static void ngx_http_print_task_wait_handler(ngx_event_t *ev);
static ngx_queue_t *ngx_http_print_task_line(const ngx_str_t *key);
static ngx_http_print_task_ctx_t *ngx_http_print_task_first(
    const ngx_http_print_task_store_t *store, const ngx_str_t *key);


/*
 * The requests of this worker that wait for busy tasks, by task, those that
 * came first in front.
 */

static ngx_queue_t  ngx_http_print_task_lines[NGX_HTTP_PRINT_TASK_LINES];
static ngx_uint_t   ngx_http_print_task_queued;


ngx_int_t
ngx_http_print_task_reserve(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ngx_int_t  rc;

    if (ngx_http_print_task_store_op(r, ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->reserved = ngx_current_msec;

    rc = ctx->conf->store->start(ctx->conf->store, &ctx->op);

    if (rc == NGX_AGAIN) {
        ctx->pending = 1;
        r->read_event_handler = ngx_http_test_reading;
    }

    return rc;
}


static ngx_int_t
ngx_http_print_task_store_op(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ngx_http_print_task_op_t  *op;

    op = &ctx->op;

    if (op->key.data == NULL
        && ngx_http_print_task_store_key(r, ctx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    op->pool = r->pool;
    op->log = r->connection->log;
    op->done = ngx_http_print_task_store_done;
    op->data = ctx;
    op->final = ctx->conf->rules.final;
    op->tenant = ctx->claims.tenant;

    if (op->type == NGX_HTTP_PRINT_TASK_PUT) {
        /* all else was set by the step "put" */
        return NGX_OK;
    }

    op->app = ctx->claims.app;

    if (ctx->conf->mode == NGX_HTTP_PRINT_TASK_FORWARD) {

        if (ngx_http_print_task_lease_id(ctx) != NGX_OK) {
            return NGX_ERROR;
        }

        op->type = ngx_http_print_task_must_queue(ctx)
                   ? NGX_HTTP_PRINT_TASK_READ : NGX_HTTP_PRINT_TASK_RESERVE;
        op->lease_time = ctx->conf->lease;
        op->sources = (ctx->widened || ctx->conf->dry_run)
                      ? PT_ANY_STATE
                      : pt_rules_reach(&ctx->conf->rules, &ctx->update);
        return NGX_OK;
    }

    if (ctx->update.state == PT_UNKNOWN && !ctx->update.has_description) {
        op->type = NGX_HTTP_PRINT_TASK_READ;

    } else {
        op->type = NGX_HTTP_PRINT_TASK_APPLY;
        op->update = ctx->update;
        op->sources = pt_rules_sources(&ctx->conf->rules, &ctx->update);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_store_key(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ngx_int_t  rc;

    if (ctx->conf->key == NULL) {
        return ngx_http_print_task_default_key(r, ctx);
    }

    ctx->keying = 1;

    rc = ngx_http_complex_value(r, ctx->conf->key, &ctx->op.key);

    ctx->keying = 0;

    return rc;
}


/*
 * "print-task:{REALM/TENANT/DEFINITION}/TASK", without "REALM/" if there is no
 * realm.  No part has a "/" or a brace, so no two tasks have one key; all tasks
 * of a definition are in one slot of a cluster.  A complex value would give the
 * same at ten times the cost.
 */

static ngx_int_t
ngx_http_print_task_default_key(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    u_char     *p;
    size_t      len;
    ngx_str_t  *key, *tenant;

    key = &ctx->op.key;
    tenant = &ctx->claims.tenant;

    len = ctx->conf->key_prefix.len + tenant->len + sizeof("/}/") - 1
          + ctx->route.definition.len + ctx->route.task.len;

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    key->data = p;
    key->len = len;

    p = ngx_cpymem(p, ctx->conf->key_prefix.data, ctx->conf->key_prefix.len);
    p = ngx_cpymem(p, tenant->data, tenant->len);
    *p++ = '/';
    p = pt_route_id_key(p, &ctx->route.definition);
    *p++ = '}';
    *p++ = '/';
    (void) pt_route_id_key(p, &ctx->route.task);

    return NGX_OK;
}


/* only the first one in line takes the task; the others look at it */

static ngx_uint_t
ngx_http_print_task_must_queue(ngx_http_print_task_ctx_t *ctx)
{
    ngx_http_print_task_ctx_t  *first;

    first = ngx_http_print_task_first(ctx->conf->store, &ctx->op.key);

    return first != NULL && first != ctx;
}


/* unique in all workers of all gateways, for as long as the store lasts */

static ngx_int_t
ngx_http_print_task_lease_id(ngx_http_print_task_ctx_t *ctx)
{
    u_char           *p;
    static uint64_t   worker, serial;

    if (ctx->op.lease.len) {
        return NGX_OK;
    }

    if (worker == 0
        && RAND_bytes((u_char *) &worker, sizeof(uint64_t)) != 1)
    {
        ngx_ssl_error(NGX_LOG_ALERT, ctx->request->connection->log, 0,
                      "RAND_bytes() failed");
        return NGX_ERROR;
    }

    p = ngx_sprintf(ctx->lease_id, "%016xL%xL", worker, ++serial);

    ctx->op.lease.data = ctx->lease_id;
    ctx->op.lease.len = p - ctx->lease_id;

    return NGX_OK;
}


static void
ngx_http_print_task_store_done(ngx_http_print_task_op_t *op)
{
    ngx_http_print_task_ctx_t  *ctx;

    ctx = op->data;

    ctx->pending = 0;
    ctx->op_done = 1;
    ctx->leased |= (op->result == NGX_HTTP_PRINT_TASK_GRANTED);

    ngx_http_print_task_resume(ctx);
}


ngx_int_t
ngx_http_print_task_wait(ngx_http_request_t *r, ngx_http_print_task_ctx_t *ctx)
{
    ngx_msec_int_t  left;

    if (!ctx->waiting) {
        ctx->waiting = 1;
        ctx->deadline = ngx_current_msec + ctx->conf->lease_wait;
        ctx->backoff = NGX_HTTP_PRINT_TASK_BACKOFF;

        ctx->timer.handler = ngx_http_print_task_wait_handler;
        ctx->timer.data = ctx;
        ctx->timer.log = r->connection->log;
    }

    left = (ngx_msec_int_t) (ctx->deadline - ngx_current_msec);

    if (left <= 0) {
        return NGX_DECLINED;
    }

    if (!ctx->queued) {
        ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                       "print task waits");

        ctx->queued = 1;
        ngx_http_print_task_queued++;
        ngx_queue_insert_tail(ngx_http_print_task_line(&ctx->op.key),
                              &ctx->queue);
    }

    if (ctx->woken) {
        /* it was freed while this request asked for it */
        ctx->woken = 0;
        ngx_post_event(&ctx->timer, &ngx_posted_events);

    } else {
        ngx_add_timer(&ctx->timer, ngx_min(ctx->backoff, (ngx_msec_t) left));

        ctx->backoff = ngx_min(ctx->backoff * 2,
                               NGX_HTTP_PRINT_TASK_BACKOFF_MAX);
    }

    r->read_event_handler = ngx_http_test_reading;

    return NGX_AGAIN;
}


static void
ngx_http_print_task_wait_handler(ngx_event_t *ev)
{
    ngx_http_print_task_resume(ev->data);
}


void
ngx_http_print_task_leave(ngx_http_print_task_ctx_t *ctx)
{
    if (!ctx->queued) {
        return;
    }

    ctx->queued = 0;
    ngx_http_print_task_queued--;
    ctx->woken = 0;

    ngx_queue_remove(&ctx->queue);

    if (ctx->timer.timer_set) {
        ngx_del_timer(&ctx->timer);
    }

    if (ctx->timer.posted) {
        ngx_delete_posted_event(&ctx->timer);
    }

    if (!ctx->leased) {
        ngx_http_print_task_wake(ctx->conf->store, &ctx->op.key);
    }
}


void
ngx_http_print_task_wake(const ngx_http_print_task_store_t *store,
    const ngx_str_t *key)
{
    ngx_http_print_task_ctx_t  *ctx;

    ctx = ngx_http_print_task_first(store, key);

    if (ctx == NULL || ctx->timer.posted) {
        return;
    }

    if (!ctx->timer.timer_set) {
        ctx->woken = 1;
        return;
    }

    ngx_log_debug0(NGX_LOG_DEBUG_HTTP, ctx->request->connection->log, 0,
                   "print task woken");

    ngx_del_timer(&ctx->timer);
    ngx_post_event(&ctx->timer, &ngx_posted_events);
}


static ngx_queue_t *
ngx_http_print_task_line(const ngx_str_t *key)
{
    ngx_queue_t  *line;

    line = &ngx_http_print_task_lines[ngx_murmur_hash2(key->data, key->len)
                                      & (NGX_HTTP_PRINT_TASK_LINES - 1)];

    if (line->next == NULL) {
        ngx_queue_init(line);
    }

    return line;
}


static ngx_http_print_task_ctx_t *
ngx_http_print_task_first(const ngx_http_print_task_store_t *store,
    const ngx_str_t *key)
{
    ngx_queue_t                *q, *line;
    ngx_http_print_task_ctx_t  *ctx;

    if (ngx_http_print_task_queued == 0) {
        return NULL;
    }

    line = ngx_http_print_task_line(key);

    for (q = ngx_queue_head(line);
         q != ngx_queue_sentinel(line);
         q = ngx_queue_next(q))
    {
        ctx = ngx_queue_data(q, ngx_http_print_task_ctx_t, queue);

        if (ctx->conf->store == store
            && ctx->op.key.len == key->len
            && ngx_memcmp(ctx->op.key.data, key->data, key->len) == 0)
        {
            return ctx;
        }
    }

    return NULL;
}
