
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The step "store": runs the operation of the request and decides whether its
 * record is reliable.
 */


#include "http/lookup.h"

#include "core/pt_rules.h"
#include "core/pt_task.h"
#include "store/store.h"
#include "conf/conf.h"
#include "status/count.h"
#include "http/operation.h"
#include "http/refuse.h"
#include "http/wait_queue.h"


static ngx_int_t ngx_http_print_task_start_op(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
static void ngx_http_print_task_store_done(ngx_http_print_task_op_t *op);
static void ngx_http_print_task_op_answered(ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_without_turn(
    ngx_http_print_task_ctx_t *ctx);
static void ngx_http_print_task_distrust_stale(ngx_http_print_task_ctx_t *ctx);
static void ngx_http_print_task_recall(ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_store_down(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);


ngx_int_t
ngx_http_print_task_step_lookup(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ngx_int_t  rc;

    if (ctx->op_state == NGX_HTTP_PRINT_TASK_OP_PENDING
        || ctx->timer.timer_set
        || ctx->timer.posted)
    {
        return NGX_AGAIN;
    }

    if (ctx->op_state != NGX_HTTP_PRINT_TASK_OP_DONE) {

        if (ngx_http_print_task_store_op(r, ctx) != NGX_OK) {
            return ngx_http_print_task_refuse(ctx, PT_INTERNAL);
        }

        rc = (ctx->op.type == PT_OPERATION_RESERVE)
             ? ngx_http_print_task_take_turn(ctx) : NGX_OK;

        if (rc == NGX_BUSY) {
            return ngx_http_print_task_without_turn(ctx);
        }

        if (rc != NGX_OK) {
            return ngx_http_print_task_refuse(ctx, PT_INTERNAL);
        }

        rc = ngx_http_print_task_start_op(r, ctx);

        if (rc != NGX_OK) {
            return rc;
        }
    }

    ngx_http_print_task_set_op(ctx, NGX_HTTP_PRINT_TASK_OP_IDLE);

    ctx->refetched = 0;

    switch (ctx->op.result) {

    case PT_RESULT_BROKEN:
        /*
         * Refuses under every policy: the module cannot know the purpose of the
         * key.
         */
        return ngx_http_print_task_refuse(ctx, PT_STORE_DOWN);

    case PT_RESULT_DOWN:
        ngx_http_print_task_share_down(ctx);
        ngx_http_print_task_queue_leave(ctx);

        return ngx_http_print_task_store_down(r, ctx);

    case PT_RESULT_QUEUE_FULL:
        ctx->lookup_status = NGX_HTTP_PRINT_TASK_LOOKUP_BUSY;
        return ngx_http_print_task_refuse(ctx, PT_QUEUE_FULL);

    case PT_RESULT_STORE_FULL:
        ctx->lookup_status = NGX_HTTP_PRINT_TASK_LOOKUP_BUSY;
        return ngx_http_print_task_refuse(ctx, PT_STORE_FULL);

    case PT_RESULT_FAILED:
        return ngx_http_print_task_refuse(ctx, PT_INTERNAL);

    default:
        break;
    }

    ngx_http_print_task_distrust_stale(ctx);
    ngx_http_print_task_recall(ctx);

    ctx->step = NGX_HTTP_PRINT_TASK_STEP_DECIDE;

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_start_op(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ngx_int_t  rc;

    ctx->op.done = ngx_http_print_task_store_done;
    ctx->op.data = ctx;

    ctx->lease_requested_at = ngx_current_msec;
    ctx->op_started = ngx_http_print_task_clock();

    ctx->wait_times.used |= 1 << NGX_HTTP_PRINT_TASK_TIME_STORE;

    rc = ctx->conf->store->start(ctx->conf->store, &ctx->op);

    if (rc == NGX_AGAIN) {
        ngx_http_print_task_set_op(ctx, NGX_HTTP_PRINT_TASK_OP_PENDING);
        r->read_event_handler = ngx_http_test_reading;

    } else if (rc == NGX_OK) {
        ngx_http_print_task_op_answered(ctx);
    }

    return rc;
}


static void
ngx_http_print_task_store_done(ngx_http_print_task_op_t *op)
{
    ngx_http_print_task_ctx_t  *ctx;

    ctx = op->data;

    ngx_http_print_task_op_answered(ctx);
    ngx_http_print_task_resume(ctx);
}


/* records the lease at once: the request may end before the next step */

static void
ngx_http_print_task_op_answered(ngx_http_print_task_ctx_t *ctx)
{
    ngx_http_print_task_set_op(ctx, NGX_HTTP_PRINT_TASK_OP_DONE);

    ngx_http_print_task_count(operations[ctx->conf->store->number][ctx->op.type]
                                        [ctx->op.result]);
    ngx_http_print_task_step_ended(PT_STEP_STORE, ctx->op_started);

    if (ctx->op.result == PT_RESULT_GRANTED) {
        ngx_http_print_task_set_lease(ctx, NGX_HTTP_PRINT_TASK_LEASE_HELD);
        ngx_http_print_task_wait_end(ctx);
    }
}


/*
 * A waiting request uses the record that the request with the turn has read, if
 * that suffices: for an exact repeat or a proven refusal.
 */

static ngx_int_t
ngx_http_print_task_without_turn(ngx_http_print_task_ctx_t *ctx)
{
    const pt_snapshot_t       *snapshot;
    ngx_http_print_task_op_t  *op;

    op = &ctx->op;
    snapshot = ngx_http_print_task_shared_snapshot(ctx);

    op->result = PT_RESULT_BUSY;

    if (snapshot != NULL) {
        op->snapshot = *snapshot;

        if (ngx_http_print_task_op_keep(op) != NGX_OK) {
            return ngx_http_print_task_refuse(ctx, PT_INTERNAL);
        }

    } else {
        ngx_memzero(&op->snapshot, sizeof(pt_snapshot_t));
        op->snapshot.task.state = PT_UNKNOWN;
    }

    ctx->refetched = 0;
    ctx->step = NGX_HTTP_PRINT_TASK_STEP_DECIDE;

    return NGX_OK;
}


/*
 * A record that may be older than the task is not used, unless its state is
 * final: a final state never changes.
 */

static void
ngx_http_print_task_distrust_stale(ngx_http_print_task_ctx_t *ctx)
{
    pt_snapshot_t  *snapshot;

    snapshot = &ctx->op.snapshot;

    if (!ctx->op.distrusted
        || ctx->conf->mode == NGX_HTTP_PRINT_TASK_ANSWER
        || snapshot->task.state == PT_UNKNOWN
        || (ctx->conf->rules.final & pt_state_bit(snapshot->task.state)))
    {
        return;
    }

    snapshot->task.state = PT_UNKNOWN;
}


/*
 * The back end's answer from before the lease is still valid under the lease if
 * no change used a lease since.  Each such change gives the record another
 * revision, whatever its outcome; so does a record that was lost and created
 * anew.  If the store was down meanwhile, changes without a lease are possible.
 */

static void
ngx_http_print_task_recall(ngx_http_print_task_ctx_t *ctx)
{
    ngx_msec_t  age, fresh;

    if (!ctx->has_observed) {
        return;
    }

    ctx->refetched = 0;

    age = ngx_current_msec - ctx->observed_at;
    fresh = ngx_max(ctx->conf->max_age, ctx->conf->command_timeout);

    if (ctx->op.result == PT_RESULT_BUSY
        || ctx->op.snapshot.rev != ctx->observed_rev
        || ctx->op.distrusted
        || (age > fresh
            && !(ctx->conf->rules.final & pt_state_bit(ctx->observed.state))))
    {
        return;
    }

    ctx->op.snapshot.task = ctx->observed;
    ctx->refetched = 1;
    ctx->refetched_at = ctx->observed_at;
}


static ngx_int_t
ngx_http_print_task_store_down(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ctx->lookup_status = NGX_HTTP_PRINT_TASK_LOOKUP_DOWN;

    /* another request may have the lease that this request had */

    ctx->fence = 0;

    if (ctx->conf->mode == NGX_HTTP_PRINT_TASK_ANSWER
        || ctx->op.type == PT_OPERATION_EVENTS
        || ctx->conf->store_down == NGX_HTTP_PRINT_TASK_DOWN_REJECT)
    {
        return ngx_http_print_task_refuse(ctx, PT_STORE_DOWN);
    }

    if (ctx->conf->store_down == NGX_HTTP_PRINT_TASK_DOWN_PASS) {
        ctx->rules_skipped = 1;
        ctx->step = NGX_HTTP_PRINT_TASK_STEP_FORWARD;
        return NGX_OK;
    }

    ctx->step = NGX_HTTP_PRINT_TASK_STEP_REFETCH;

    return NGX_OK;
}
