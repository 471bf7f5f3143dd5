
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The step "decide".  In answer mode the store owns the task: it has read,
 * changed or created it already, or has found a reason to refuse.
 */


#include "http/decide.h"

#include "core/pt_rules.h"
#include "core/pt_task.h"
#include "store/store.h"
#include "http/condition.h"
#include "http/refetch.h"
#include "http/refuse.h"
#include "http/settle.h"
#include "http/wait_queue.h"


static pt_reason_e ngx_http_print_task_decide_task(
    ngx_http_print_task_ctx_t *ctx);
static pt_reason_e ngx_http_print_task_decide_mismatch(
    ngx_http_print_task_ctx_t *ctx);
static pt_reason_e ngx_http_print_task_decide_put(
    ngx_http_print_task_ctx_t *ctx);
static ngx_uint_t ngx_http_print_task_visible(ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_decide_change(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_decide_next(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, ngx_http_print_task_step_e next);
static ngx_uint_t ngx_http_print_task_may_ask(ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_observe(ngx_http_print_task_ctx_t *ctx);


ngx_int_t
ngx_http_print_task_step_decide(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    pt_reason_e  reason;

    if (ctx->op.type == PT_OPERATION_EVENTS) {
        ctx->verdict = NGX_HTTP_PRINT_TASK_ANSWERED;
        ctx->step = NGX_HTTP_PRINT_TASK_STEP_ANSWER;
        return NGX_OK;
    }

    if (ctx->conf->mode == NGX_HTTP_PRINT_TASK_ANSWER) {
        reason = ngx_http_print_task_decide_task(ctx);

        if (reason != PT_OK) {
            return ngx_http_print_task_refuse(ctx, reason);
        }

        ctx->step = NGX_HTTP_PRINT_TASK_STEP_ANSWER;

        return NGX_OK;
    }

    return ngx_http_print_task_decide_change(r, ctx);
}


static pt_reason_e
ngx_http_print_task_decide_task(ngx_http_print_task_ctx_t *ctx)
{
    pt_reason_e          reason;
    pt_decision_input_t  input;

    if (ctx->op.type == PT_OPERATION_LIST) {
        ctx->verdict = NGX_HTTP_PRINT_TASK_ANSWERED;
        return PT_OK;
    }

    if (ctx->op.type == PT_OPERATION_PUT) {
        return ngx_http_print_task_decide_put(ctx);
    }

    if (!ngx_http_print_task_visible(ctx)) {
        ctx->lookup_status = NGX_HTTP_PRINT_TASK_LOOKUP_MISS;
        return PT_TASK_NOT_FOUND;
    }

    ctx->from = (ctx->op.result == PT_RESULT_APPLIED)
                ? ctx->op.from : ctx->op.snapshot.task.state;
    ctx->fence = ctx->op.snapshot.rev;
    ctx->lookup_status = NGX_HTTP_PRINT_TASK_LOOKUP_HIT;
    ctx->verdict = NGX_HTTP_PRINT_TASK_ANSWERED;

    if (ctx->op.result == PT_RESULT_APPLIED) {
        return PT_OK;
    }

    if (!ngx_http_print_task_matches(ctx)) {
        return ngx_http_print_task_decide_mismatch(ctx);
    }

    if (ctx->op.type == PT_OPERATION_READ) {
        return PT_OK;
    }

    input.snapshot = &ctx->op.snapshot;
    input.update = &ctx->update;
    input.app = &ctx->token.claims.app;
    input.max_age = 0;
    input.refetched = 1;
    input.leased_by_other = 0;

    switch (pt_rules_decide(&ctx->conf->rules, &input, &reason)) {

    case PT_REPEAT:
        ctx->verdict = NGX_HTTP_PRINT_TASK_REPEATED;
        return PT_OK;

    case PT_REFUSE:
        return reason;

    default:
        /* the store contradicts the rules: it refused a legal change */
        return PT_STORE_DOWN;
    }
}


/*
 * A client may repeat a change whose answer was lost, with the old revision.
 * RFC 9110, section 13.1.1, allows success for a change that is made already.
 */

static pt_reason_e
ngx_http_print_task_decide_mismatch(ngx_http_print_task_ctx_t *ctx)
{
    if (ctx->op.type == PT_OPERATION_APPLY
        && pt_rules_is_made(&ctx->op.snapshot.task, &ctx->update))
    {
        ctx->verdict = NGX_HTTP_PRINT_TASK_REPEATED;
        return PT_OK;
    }

    return PT_CONDITION_FAILED;
}


static pt_reason_e
ngx_http_print_task_decide_put(ngx_http_print_task_ctx_t *ctx)
{
    ctx->fence = ctx->op.snapshot.rev;

    switch (ctx->op.result) {

    case PT_RESULT_CREATED:
        ctx->lookup_status = NGX_HTTP_PRINT_TASK_LOOKUP_MISS;
        break;

    case PT_RESULT_APPLIED:
        ctx->lookup_status = NGX_HTTP_PRINT_TASK_LOOKUP_HIT;
        ctx->from = ctx->op.from;
        break;

    case PT_RESULT_SEEN:
        ctx->lookup_status = NGX_HTTP_PRINT_TASK_LOOKUP_HIT;
        ctx->from = ctx->op.snapshot.task.state;
        return ctx->op.create ? PT_TASK_EXISTS : PT_CONDITION_FAILED;

    case PT_RESULT_ABSENT:
        ctx->lookup_status = NGX_HTTP_PRINT_TASK_LOOKUP_MISS;
        return PT_CONDITION_FAILED;

    default:
        return PT_INTERNAL;
    }

    ctx->verdict = NGX_HTTP_PRINT_TASK_ANSWERED;

    return PT_OK;
}


/* other applications must not know that a task exists */

static ngx_uint_t
ngx_http_print_task_visible(ngx_http_print_task_ctx_t *ctx)
{
    if (ctx->op.result == PT_RESULT_ABSENT
        || ctx->op.snapshot.task.state == PT_UNKNOWN)
    {
        return 0;
    }

    return ctx->admin || ngx_http_print_task_owns_task(ctx);
}


/* decides in forward mode: the back end has the task */

static ngx_int_t
ngx_http_print_task_decide_change(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    pt_reason_e          reason;
    pt_decision_input_t  input;

    input.snapshot = &ctx->op.snapshot;
    input.update = &ctx->update;
    input.app = &ctx->token.claims.app;
    input.max_age = ctx->conf->max_age;
    input.refetched = ctx->refetched;
    input.leased_by_other = (ctx->op.result == PT_RESULT_BUSY);

    ctx->from = ngx_http_print_task_shown(ctx) ? ctx->op.snapshot.task.state
                                               : PT_UNKNOWN;

    ctx->fence = (ctx->op.result == PT_RESULT_GRANTED)
                 ? ctx->op.snapshot.rev + 1 : 0;

    if (ctx->lookup_status == NGX_HTTP_PRINT_TASK_LOOKUP_OFF) {
        ctx->lookup_status = (ctx->op.snapshot.task.state == PT_UNKNOWN)
                     ? NGX_HTTP_PRINT_TASK_LOOKUP_MISS
                     : NGX_HTTP_PRINT_TASK_LOOKUP_HIT;
    }

    switch (pt_rules_decide(&ctx->conf->rules, &input, &reason)) {

    case PT_FORWARD:
        return ngx_http_print_task_decide_next(r, ctx,
                                            NGX_HTTP_PRINT_TASK_STEP_FORWARD);

    case PT_REFETCH:
        return ngx_http_print_task_decide_next(r, ctx,
                                            NGX_HTTP_PRINT_TASK_STEP_REFETCH);

    case PT_REPEAT:
        ctx->verdict = NGX_HTTP_PRINT_TASK_REPEATED;
        ctx->step = NGX_HTTP_PRINT_TASK_STEP_ANSWER;
        return NGX_OK;

    case PT_REFUSE:
        break;
    }

    return ngx_http_print_task_refuse(ctx, reason);
}


/*
 * A refetch and a forwarded change need the lease, unless the store is down.  A
 * busy task is tried again.  A task without a lease, because its state seemed
 * to need none, is reserved in any state.  If a task stays busy and the back
 * end's answer could suffice, the back end is asked without a lease.
 */

static ngx_int_t
ngx_http_print_task_decide_next(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, ngx_http_print_task_step_e next)
{
    if (ctx->lease_state == NGX_HTTP_PRINT_TASK_LEASE_HELD
        && next == NGX_HTTP_PRINT_TASK_STEP_REFETCH
        && !ctx->has_observed
        && !ngx_http_print_task_shown(ctx))
    {
        return ngx_http_print_task_observe(ctx);
    }

    if (ctx->lease_state == NGX_HTTP_PRINT_TASK_LEASE_HELD
        || ctx->lookup_status == NGX_HTTP_PRINT_TASK_LOOKUP_DOWN)
    {
        ctx->step = next;
        return NGX_OK;
    }

    if (ctx->op.result == PT_RESULT_BUSY) {

        if (ngx_http_print_task_wait(r, ctx) == NGX_AGAIN) {
            ctx->step = NGX_HTTP_PRINT_TASK_STEP_LOOKUP;

            if (!ctx->has_observed) {
                ctx->lookup_status = NGX_HTTP_PRINT_TASK_LOOKUP_OFF;
            }

            return NGX_AGAIN;
        }

        ctx->lookup_status = NGX_HTTP_PRINT_TASK_LOOKUP_BUSY;

        if (!ngx_http_print_task_may_ask(ctx)) {
            return ngx_http_print_task_refuse(ctx, PT_TASK_BUSY);
        }

        ngx_http_print_task_queue_leave(ctx);
        ctx->step = NGX_HTTP_PRINT_TASK_STEP_REFETCH;

        return NGX_OK;
    }

    if (ctx->any_source) {
        /* reserved in any state, still no lease, and no other request has it */
        return ngx_http_print_task_refuse(ctx, PT_STORE_DOWN);
    }

    ctx->any_source = 1;
    ctx->step = NGX_HTTP_PRINT_TASK_STEP_LOOKUP;

    return NGX_OK;
}


/*
 * Whether a final state can answer the request without the lease.  A request
 * that wants to advance the task needs the back end's answer under the lease.
 * For each task and application only one request refetches at a time; the
 * others get 503 and retry.
 */

static ngx_uint_t
ngx_http_print_task_may_ask(ngx_http_print_task_ctx_t *ctx)
{
    pt_state_e  state;

    state = ctx->update.state;

    if (ctx->refetch.state != NGX_HTTP_PRINT_TASK_REFETCH_NONE
        || (state != PT_UNKNOWN
            && !(ctx->conf->rules.final & pt_state_bit(state))))
    {
        return 0;
    }

    if (ngx_http_print_task_refetch_enter(ctx) != NGX_OK) {
        ctx->op.snapshot.lease_left = 0;
        return 0;
    }

    return 1;
}


/*
 * An application that is not the one of the record has to prove first that it
 * may see the task: it asks the back end without the lease.  The lease ends
 * before, so that a request without access cannot block the task.
 */

static ngx_int_t
ngx_http_print_task_observe(ngx_http_print_task_ctx_t *ctx)
{
    if (ngx_http_print_task_step_aside(ctx) != NGX_OK) {
        return ngx_http_print_task_refuse(ctx, PT_INTERNAL);
    }

    ngx_http_print_task_settle_release(ctx);
    ngx_http_print_task_pass_turn(ctx);

    ctx->observed_rev = ctx->op.snapshot.rev;
    ctx->step = NGX_HTTP_PRINT_TASK_STEP_REFETCH;

    return NGX_OK;
}
