
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Wait queues: the requests of this worker for one task.
 * Only one request at a time has the turn.  It reserves the task, and keeps the
 * turn until its lease has ended.  The other requests wait and send no commands
 * to the store.  The turn goes round the applications; each application gives
 * it to its oldest request.
 * An application that is not the one of the record has to ask the back end for
 * the task before it may have the lease.  During that time its request has no
 * turn, and no other request of that application gets one.
 * The queues are not shared.  Between workers and gateways only the store
 * decides who gets a lease.
 */


#include "http/wait_queue.h"

#include <openssl/rand.h>

#include "core/pt_str_list.h"
#include "core/pt_siphash.h"
#include "core/pt_task.h"
#include "store/store.h"
#include "status/count.h"


#define NGX_HTTP_PRINT_TASK_BACKOFF      2      /* ms, the first pause
                                                   between attempts on a busy
                                                   task */
#define NGX_HTTP_PRINT_TASK_BACKOFF_MAX  64     /* ms */
#define NGX_HTTP_PRINT_TASK_BUCKETS      1024   /* a power of 2 */
#define NGX_HTTP_PRINT_TASK_QUEUES_FREE  64     /* spare queues to keep */


/* an application whose requests wait or ask the back end */

struct ngx_http_print_task_wait_app_s {
    ngx_queue_t                         queue;    /* of the task */
    ngx_queue_t                         waiting;  /* requests, the oldest in
                                                     front */
    ngx_http_print_task_ctx_t          *asking;   /* NULL: no request asks
                                                     the back end */
};


struct ngx_http_print_task_wait_queue_s {
    ngx_queue_t                         queue;    /* in the bucket, or in the
                                                     list of spare queues */
    uint64_t                            hash;
    const ngx_http_print_task_store_t  *store;
    ngx_http_print_task_ctx_t          *turn;     /* the request with the
                                                     turn; NULL: none */
    ngx_queue_t                         apps;     /* the next application in
                                                     front */
    ngx_uint_t                          blind;    /* boolean: some waiting
                                                     requests have not seen
                                                     the record */
};


static ngx_int_t ngx_http_print_task_queue_enter(
    ngx_http_print_task_ctx_t *ctx);
static ngx_http_print_task_wait_queue_t *ngx_http_print_task_queue_find(
    const ngx_http_print_task_ctx_t *ctx, uint64_t hash);
static ngx_http_print_task_wait_queue_t *ngx_http_print_task_queue_create(
    const ngx_http_print_task_ctx_t *ctx, uint64_t hash);
static void ngx_http_print_task_queue_free(
    ngx_http_print_task_wait_queue_t *wq);
static ngx_http_print_task_ctx_t *ngx_http_print_task_queue_member(
    const ngx_http_print_task_wait_queue_t *wq);
static ngx_http_print_task_wait_app_t *ngx_http_print_task_queue_app(
    ngx_http_print_task_wait_queue_t *wq,
    const ngx_http_print_task_ctx_t *ctx);
static ngx_http_print_task_ctx_t *ngx_http_print_task_app_member(
    const ngx_http_print_task_wait_app_t *app);
static void ngx_http_print_task_app_left(ngx_http_print_task_wait_app_t *app);
static void ngx_http_print_task_next_turn(
    ngx_http_print_task_wait_queue_t *wq);
static void ngx_http_print_task_show(ngx_http_print_task_wait_queue_t *wq);
static void ngx_http_print_task_queue_wake(ngx_http_print_task_ctx_t *ctx);
static void ngx_http_print_task_stop_timer(ngx_http_print_task_ctx_t *ctx);
static void ngx_http_print_task_wait_handler(ngx_event_t *ev);


static ngx_queue_t  ngx_http_print_task_buckets[NGX_HTTP_PRINT_TASK_BUCKETS];
static u_char       ngx_http_print_task_seed[PT_SIPHASH_SEED_LEN];
static ngx_uint_t   ngx_http_print_task_seeded;

static ngx_http_print_task_wait_queue_t
    *ngx_http_print_task_free[NGX_HTTP_PRINT_TASK_QUEUES_FREE];
static ngx_uint_t   ngx_http_print_task_nfree;


ngx_int_t
ngx_http_print_task_take_turn(ngx_http_print_task_ctx_t *ctx)
{
    ngx_http_print_task_wait_app_t    *app;
    ngx_http_print_task_wait_queue_t  *wq;

    if (ctx->wait_queue == NULL
        && ngx_http_print_task_queue_enter(ctx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    wq = ctx->wait_queue;

    switch (ctx->wait_state) {

    case NGX_HTTP_PRINT_TASK_WAIT_TURN:
        return NGX_OK;

    case NGX_HTTP_PRINT_TASK_WAIT_QUEUED:
        return NGX_BUSY;

    case NGX_HTTP_PRINT_TASK_WAIT_OBSERVING:

        /* has asked the back end: goes in front of its application */

        app = ctx->wait_app;
        app->asking = NULL;
        ngx_queue_insert_head(&app->waiting, &ctx->queue);
        break;

    default: /* NGX_HTTP_PRINT_TASK_WAIT_NONE */

        app = ngx_http_print_task_queue_app(wq, ctx);
        if (app == NULL) {
            return NGX_ERROR;
        }

        ngx_queue_insert_tail(&app->waiting, &ctx->queue);
    }

    ctx->wait_app = app;
    ngx_http_print_task_set_wait(ctx, NGX_HTTP_PRINT_TASK_WAIT_QUEUED);

    if (wq->turn == NULL) {
        ngx_http_print_task_next_turn(wq);
    }

    return (ctx->wait_state == NGX_HTTP_PRINT_TASK_WAIT_TURN) ? NGX_OK
                                                              : NGX_BUSY;
}


/* the first request for a task has the turn and is in no list */

static ngx_int_t
ngx_http_print_task_queue_enter(ngx_http_print_task_ctx_t *ctx)
{
    uint64_t                           hash[2];
    ngx_http_print_task_wait_queue_t  *wq;

    if (ngx_http_print_task_hash(ctx, &ctx->op.key, hash) != NGX_OK) {
        return NGX_ERROR;
    }

    wq = ngx_http_print_task_queue_find(ctx, hash[0]);

    if (wq == NULL) {
        wq = ngx_http_print_task_queue_create(ctx, hash[0]);
        if (wq == NULL) {
            return NGX_ERROR;
        }

        wq->turn = ctx;
        ngx_http_print_task_set_wait(ctx, NGX_HTTP_PRINT_TASK_WAIT_TURN);
    }

    ctx->wait_queue = wq;

    return NGX_OK;
}


ngx_int_t
ngx_http_print_task_hash(const ngx_http_print_task_ctx_t *ctx,
    const ngx_str_t *text, uint64_t hash[2])
{
    if (!ngx_http_print_task_seeded) {

        if (RAND_bytes(ngx_http_print_task_seed, PT_SIPHASH_SEED_LEN) != 1) {
            ngx_ssl_error(NGX_LOG_ALERT, ctx->request->connection->log, 0,
                          "RAND_bytes() failed");
            return NGX_ERROR;
        }

        ngx_http_print_task_seeded = 1;
    }

    pt_siphash(ngx_http_print_task_seed, text->data, text->len, hash);

    return NGX_OK;
}


static ngx_http_print_task_wait_queue_t *
ngx_http_print_task_queue_find(const ngx_http_print_task_ctx_t *ctx,
    uint64_t hash)
{
    ngx_queue_t                       *q, *bucket;
    ngx_http_print_task_ctx_t         *member;
    ngx_http_print_task_wait_queue_t  *wq;

    bucket = &ngx_http_print_task_buckets[hash
                                          & (NGX_HTTP_PRINT_TASK_BUCKETS - 1)];

    if (bucket->next == NULL) {
        ngx_queue_init(bucket);
        return NULL;
    }

    for (q = ngx_queue_head(bucket);
         q != ngx_queue_sentinel(bucket);
         q = ngx_queue_next(q))
    {
        wq = ngx_queue_data(q, ngx_http_print_task_wait_queue_t, queue);

        if (wq->hash != hash || wq->store != ctx->conf->store) {
            continue;
        }

        member = ngx_http_print_task_queue_member(wq);

        if (pt_str_equal(&member->op.key, &ctx->op.key)) {
            return wq;
        }
    }

    return NULL;
}


static ngx_http_print_task_wait_queue_t *
ngx_http_print_task_queue_create(const ngx_http_print_task_ctx_t *ctx,
    uint64_t hash)
{
    ngx_http_print_task_wait_queue_t  *wq;

    if (ngx_http_print_task_nfree) {
        wq = ngx_http_print_task_free[--ngx_http_print_task_nfree];

    } else {
        wq = ngx_alloc(sizeof(ngx_http_print_task_wait_queue_t),
                       ctx->request->connection->log);
        if (wq == NULL) {
            return NULL;
        }
    }

    wq->hash = hash;
    wq->store = ctx->conf->store;
    wq->turn = NULL;
    wq->blind = 0;

    ngx_queue_init(&wq->apps);

    ngx_queue_insert_head(&ngx_http_print_task_buckets[
                                    hash & (NGX_HTTP_PRINT_TASK_BUCKETS - 1)],
                          &wq->queue);

    return wq;
}


static void
ngx_http_print_task_queue_free(ngx_http_print_task_wait_queue_t *wq)
{
    ngx_queue_remove(&wq->queue);

    if (ngx_http_print_task_nfree == NGX_HTTP_PRINT_TASK_QUEUES_FREE) {
        ngx_free(wq);
        return;
    }

    ngx_http_print_task_free[ngx_http_print_task_nfree++] = wq;
}


/* any request of the queue: all have the same key */

static ngx_http_print_task_ctx_t *
ngx_http_print_task_queue_member(const ngx_http_print_task_wait_queue_t *wq)
{
    ngx_queue_t  *q;

    if (wq->turn) {
        return wq->turn;
    }

    q = ngx_queue_head(&wq->apps);

    return ngx_http_print_task_app_member(
                    ngx_queue_data(q, ngx_http_print_task_wait_app_t, queue));
}


/* the entry of the application, created if needed */

static ngx_http_print_task_wait_app_t *
ngx_http_print_task_queue_app(ngx_http_print_task_wait_queue_t *wq,
    const ngx_http_print_task_ctx_t *ctx)
{
    ngx_queue_t                     *q;
    ngx_http_print_task_ctx_t       *member;
    ngx_http_print_task_wait_app_t  *app;

    for (q = ngx_queue_head(&wq->apps);
         q != ngx_queue_sentinel(&wq->apps);
         q = ngx_queue_next(q))
    {
        app = ngx_queue_data(q, ngx_http_print_task_wait_app_t, queue);
        member = ngx_http_print_task_app_member(app);

        if (pt_str_equal(&member->token.claims.app, &ctx->token.claims.app)) {
            return app;
        }
    }

    app = ngx_alloc(sizeof(ngx_http_print_task_wait_app_t),
                    ctx->request->connection->log);
    if (app == NULL) {
        return NULL;
    }

    app->asking = NULL;

    ngx_queue_init(&app->waiting);
    ngx_queue_insert_tail(&wq->apps, &app->queue);

    return app;
}


static ngx_http_print_task_ctx_t *
ngx_http_print_task_app_member(const ngx_http_print_task_wait_app_t *app)
{
    if (app->asking) {
        return app->asking;
    }

    return ngx_queue_data(ngx_queue_head(&app->waiting),
                          ngx_http_print_task_ctx_t, queue);
}


/* a request of the application does not wait or ask any more */

static void
ngx_http_print_task_app_left(ngx_http_print_task_wait_app_t *app)
{
    if (app->asking == NULL && ngx_queue_empty(&app->waiting)) {
        ngx_queue_remove(&app->queue);
        ngx_free(app);
    }
}


ngx_int_t
ngx_http_print_task_wait(ngx_http_request_t *r, ngx_http_print_task_ctx_t *ctx)
{
    ngx_msec_t      pause;
    ngx_msec_int_t  left;

    if (!ctx->waiting) {
        ngx_log_debug0(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                       "print task waits");

        ctx->waiting = 1;
        ctx->lease_wait = 1;
        ctx->wait_since = ngx_current_msec;
        ngx_http_print_task_gauge(lease_waiting, 1);

        ctx->deadline = ngx_current_msec + ctx->conf->lease_wait;
        ctx->backoff = NGX_HTTP_PRINT_TASK_BACKOFF;
    }

    left = (ngx_msec_int_t) (ctx->deadline - ngx_current_msec);

    if (left <= 0) {
        return NGX_DECLINED;
    }

    pause = left;

    if (ctx->wait_state == NGX_HTTP_PRINT_TASK_WAIT_TURN) {
        pause = ngx_min(pause, ctx->backoff);
        ctx->backoff = ngx_min(ctx->backoff * 2,
                               NGX_HTTP_PRINT_TASK_BACKOFF_MAX);

        if (ctx->wait_queue->blind) {
            ngx_http_print_task_show(ctx->wait_queue);
        }
    }

    ctx->timer.handler = ngx_http_print_task_wait_handler;
    ctx->timer.data = ctx;
    ctx->timer.log = r->connection->log;

    ngx_add_timer(&ctx->timer, pause);

    r->read_event_handler = ngx_http_test_reading;

    return NGX_AGAIN;
}


void
ngx_http_print_task_wait_end(ngx_http_print_task_ctx_t *ctx)
{
    if (!ctx->lease_wait) {
        return;
    }

    ctx->lease_wait = 0;

    ngx_http_print_task_gauge(lease_waiting, -1);
    ngx_http_print_task_step_took(PT_STEP_LEASE_WAIT, 1000
                                  * (uint64_t) (ngx_current_msec
                                                - ctx->wait_since));
}


static void
ngx_http_print_task_wait_handler(ngx_event_t *ev)
{
    ngx_http_print_task_resume(ev->data);
}


/* requests that came during the operation read its record, each once */

static void
ngx_http_print_task_show(ngx_http_print_task_wait_queue_t *wq)
{
    ngx_queue_t                     *q, *w;
    ngx_http_print_task_ctx_t       *ctx;
    ngx_http_print_task_wait_app_t  *app;

    wq->blind = 0;

    for (q = ngx_queue_head(&wq->apps);
         q != ngx_queue_sentinel(&wq->apps);
         q = ngx_queue_next(q))
    {
        app = ngx_queue_data(q, ngx_http_print_task_wait_app_t, queue);

        for (w = ngx_queue_head(&app->waiting);
             w != ngx_queue_sentinel(&app->waiting);
             w = ngx_queue_next(w))
        {
            ctx = ngx_queue_data(w, ngx_http_print_task_ctx_t, queue);

            if (ctx->blind) {
                ctx->blind = 0;
                ngx_http_print_task_queue_wake(ctx);
            }
        }
    }
}


const pt_snapshot_t *
ngx_http_print_task_shared_snapshot(ngx_http_print_task_ctx_t *ctx)
{
    const ngx_http_print_task_ctx_t  *turn;

    turn = ctx->wait_queue->turn;

    if (turn != NULL
        && turn->waiting
        && turn->op_state != NGX_HTTP_PRINT_TASK_OP_PENDING
        && turn->op.result == PT_RESULT_BUSY
        && turn->op.snapshot.task.state != PT_UNKNOWN)
    {
        return &turn->op.snapshot;
    }

    ctx->blind = 1;
    ctx->wait_queue->blind = 1;

    return NULL;
}


ngx_int_t
ngx_http_print_task_step_aside(ngx_http_print_task_ctx_t *ctx)
{
    ngx_http_print_task_wait_app_t    *app;
    ngx_http_print_task_wait_queue_t  *wq;

    wq = ctx->wait_queue;

    app = ngx_http_print_task_queue_app(wq, ctx);
    if (app == NULL) {
        return NGX_ERROR;
    }

    app->asking = ctx;
    ctx->wait_app = app;
    wq->turn = NULL;

    ngx_http_print_task_set_wait(ctx, NGX_HTTP_PRINT_TASK_WAIT_OBSERVING);

    return NGX_OK;
}


void
ngx_http_print_task_pass_turn(ngx_http_print_task_ctx_t *ctx)
{
    if (ctx->wait_queue && ctx->wait_queue->turn == NULL) {
        ngx_http_print_task_next_turn(ctx->wait_queue);
    }
}


void
ngx_http_print_task_queue_leave(ngx_http_print_task_ctx_t *ctx)
{
    ngx_http_print_task_wait_app_t    *app;
    ngx_http_print_task_wait_queue_t  *wq;

    ngx_http_print_task_wait_end(ctx);

    /* ngx_http_print_task_share_down() wakes a request that is in no queue */

    ngx_http_print_task_stop_timer(ctx);

    wq = ctx->wait_queue;

    if (wq == NULL) {
        return;
    }

    app = ctx->wait_app;

    switch (ctx->wait_state) {

    case NGX_HTTP_PRINT_TASK_WAIT_QUEUED:
        ngx_queue_remove(&ctx->queue);
        ngx_http_print_task_app_left(app);
        break;

    case NGX_HTTP_PRINT_TASK_WAIT_OBSERVING:
        app->asking = NULL;
        ngx_http_print_task_app_left(app);
        break;

    case NGX_HTTP_PRINT_TASK_WAIT_TURN:
        wq->turn = NULL;
        break;

    default: /* NGX_HTTP_PRINT_TASK_WAIT_NONE */
        break;
    }

    ctx->wait_queue = NULL;
    ctx->wait_app = NULL;

    if (ctx->wait_state != NGX_HTTP_PRINT_TASK_WAIT_NONE) {
        ngx_http_print_task_set_wait(ctx, NGX_HTTP_PRINT_TASK_WAIT_NONE);
    }

    if (wq->turn == NULL) {
        ngx_http_print_task_next_turn(wq);
    }
}


/* gives the turn to the next application that is not asking the back end */

static void
ngx_http_print_task_next_turn(ngx_http_print_task_wait_queue_t *wq)
{
    ngx_queue_t                     *q;
    ngx_http_print_task_ctx_t       *ctx;
    ngx_http_print_task_wait_app_t  *app;

    if (ngx_queue_empty(&wq->apps)) {
        ngx_http_print_task_queue_free(wq);
        return;
    }

    app = NULL;

    for (q = ngx_queue_head(&wq->apps);
         q != ngx_queue_sentinel(&wq->apps);
         q = ngx_queue_next(q))
    {
        app = ngx_queue_data(q, ngx_http_print_task_wait_app_t, queue);

        if (app->asking == NULL) {
            break;
        }
    }

    if (q == ngx_queue_sentinel(&wq->apps)) {
        return;
    }

    ctx = ngx_queue_data(ngx_queue_head(&app->waiting),
                         ngx_http_print_task_ctx_t, queue);

    ngx_queue_remove(&ctx->queue);
    ngx_queue_remove(&app->queue);
    ngx_queue_insert_tail(&wq->apps, &app->queue);
    ngx_http_print_task_app_left(app);

    ctx->wait_app = NULL;
    wq->turn = ctx;

    ngx_http_print_task_set_wait(ctx, NGX_HTTP_PRINT_TASK_WAIT_TURN);
    ngx_http_print_task_queue_wake(ctx);
}


/* the store is down for all requests that wait for the task */

void
ngx_http_print_task_share_down(ngx_http_print_task_ctx_t *ctx)
{
    ngx_queue_t                       *q, *next;
    ngx_http_print_task_ctx_t         *other;
    ngx_http_print_task_wait_app_t    *app;
    ngx_http_print_task_wait_queue_t  *wq;

    wq = ctx->wait_queue;

    if (wq == NULL) {
        return;
    }

    for (q = ngx_queue_head(&wq->apps);
         q != ngx_queue_sentinel(&wq->apps);
         q = next)
    {
        next = ngx_queue_next(q);
        app = ngx_queue_data(q, ngx_http_print_task_wait_app_t, queue);

        while (!ngx_queue_empty(&app->waiting)) {
            other = ngx_queue_data(ngx_queue_head(&app->waiting),
                                   ngx_http_print_task_ctx_t, queue);

            ngx_queue_remove(&other->queue);

            other->wait_app = NULL;
            other->wait_queue = NULL;
            other->op.result = PT_RESULT_DOWN;

            ngx_http_print_task_set_wait(other, NGX_HTTP_PRINT_TASK_WAIT_NONE);
            ngx_http_print_task_set_op(other, NGX_HTTP_PRINT_TASK_OP_DONE);

            ngx_http_print_task_queue_wake(other);
        }

        ngx_http_print_task_app_left(app);
    }
}


static void
ngx_http_print_task_queue_wake(ngx_http_print_task_ctx_t *ctx)
{
    ngx_log_debug0(NGX_LOG_DEBUG_HTTP, ctx->request->connection->log, 0,
                   "print task woken");

    if (ctx->timer.timer_set) {
        ngx_del_timer(&ctx->timer);
        ngx_post_event(&ctx->timer, &ngx_posted_events);
    }
}


static void
ngx_http_print_task_stop_timer(ngx_http_print_task_ctx_t *ctx)
{
    if (ctx->timer.timer_set) {
        ngx_del_timer(&ctx->timer);
    }

    if (ctx->timer.posted) {
        ngx_delete_posted_event(&ctx->timer);
    }
}
