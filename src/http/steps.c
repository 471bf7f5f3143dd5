
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The steps of a request, from top to bottom:
 *     route -> token -> body -> update | put -> lookup -> decide
 *           -> [refetch] -> forward | answer | pass | refuse
 * "route" and "token" run in the ACCESS phase, all others in PRECONTENT.  Each
 * step is one function; ngx_http_print_task_run() calls them.
 * A step that waits returns NGX_AGAIN, or NGX_DONE while the body is read.  The
 * event that it waits for only records its result and runs the phases again.
 */


#include "http/steps.h"

#include "core/pt_route.h"
#include "core/pt_task.h"
#include "store/store.h"
#include "conf/conf.h"
#include "token/bearer.h"
#include "token/early.h"
#include "token/keys_fetch.h"
#include "token/keys_refresh.h"
#include "http/admin.h"
#include "http/body.h"
#include "http/decide.h"
#include "http/gate.h"
#include "http/json.h"
#include "http/listen.h"
#include "http/list.h"
#include "http/log.h"
#include "http/lookup.h"
#include "http/put.h"
#include "http/refetch.h"
#include "http/refuse.h"
#include "http/require.h"
#include "http/route.h"
#include "http/settle.h"
#include "http/task.h"
#include "http/wait_queue.h"
#include "http/wait_time.h"


typedef ngx_int_t (*ngx_http_print_task_step_pt)(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);


typedef struct {
    char                         *name;
    ngx_http_print_task_step_pt   handler;
    unsigned                      access:1;     /* runs in the ACCESS phase,
                                                   too */
    unsigned                      again:1;      /* checks the token again if
                                                   a list of revoked tokens
                                                   has changed */
} ngx_http_print_task_step_t;


static void ngx_http_print_task_check_again(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_run(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, ngx_uint_t access);
static void ngx_http_print_task_token_again(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);

static ngx_int_t ngx_http_print_task_step_route(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_step_token(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
static ngx_http_print_task_step_e ngx_http_print_task_step_of(
    ngx_http_request_t *r, const ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_step_body(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
static void ngx_http_print_task_body_handler(ngx_http_request_t *r);
static ngx_int_t ngx_http_print_task_step_update(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_step_put(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_step_nested(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_step_query(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_step_listen(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_step_refetch(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_step_forward(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_content_handler(ngx_http_request_t *r);
static ngx_int_t ngx_http_print_task_step_answer(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_step_pass(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_step_refuse(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);


/* in the order of ngx_http_print_task_step_e */

static const ngx_http_print_task_step_t  ngx_http_print_task_steps[] = {
    { "route",   ngx_http_print_task_step_route,   1, 0 },
    { "token",   ngx_http_print_task_step_token,   1, 0 },
    { "body",    ngx_http_print_task_step_body,    0, 0 },
    { "update",  ngx_http_print_task_step_update,  0, 1 },
    { "put",     ngx_http_print_task_step_put,     0, 1 },
    { "nested",  ngx_http_print_task_step_nested,  0, 1 },
    { "query",   ngx_http_print_task_step_query,   0, 1 },
    { "listen",  ngx_http_print_task_step_listen,  0, 1 },
    { "lookup",  ngx_http_print_task_step_lookup,  0, 0 },
    { "decide",  ngx_http_print_task_step_decide,  0, 1 },
    { "refetch", ngx_http_print_task_step_refetch, 0, 0 },
    { "forward", ngx_http_print_task_step_forward, 0, 1 },
    { "answer",  ngx_http_print_task_step_answer,  0, 0 },
    { "pass",    ngx_http_print_task_step_pass,    1, 1 },
    { "refuse",  ngx_http_print_task_step_refuse,  1, 0 }
};


ngx_int_t
ngx_http_print_task_access_handler(ngx_http_request_t *r)
{
    ngx_int_t                              rc;
    ngx_http_print_task_ctx_t             *ctx;
    const ngx_http_print_task_loc_conf_t  *ptlcf;

    ptlcf = ngx_http_get_module_loc_conf(r, ngx_http_print_task_module);

    if (ptlcf->mode == NGX_HTTP_PRINT_TASK_OFF
        || ngx_http_print_task_is_fetch(r))
    {
        return NGX_DECLINED;
    }

    ctx = ngx_http_print_task_enter(r, ngx_http_print_task_settle_end);
    if (ctx == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_http_print_task_run(r, ctx, 1);

    /* a dry run does not count for "satisfy" */

    if (rc == NGX_DECLINED
        && ctx->token.reason == PT_OK
        && !ctx->conf->dry_run)
    {
        return NGX_OK;
    }

    return rc;
}


/*
 * With "satisfy any", another access module may have admitted the request.
 * Then it has no accepted token, or has never been in the ACCESS phase.  The
 * handler runs all missing steps.
 */

ngx_int_t
ngx_http_print_task_precontent_handler(ngx_http_request_t *r)
{
    ngx_http_print_task_ctx_t             *ctx;
    ngx_http_print_task_main_conf_t       *ptmcf;
    const ngx_http_print_task_loc_conf_t  *ptlcf;

    ptlcf = ngx_http_get_module_loc_conf(r, ngx_http_print_task_module);

    if (r != r->main || ngx_http_print_task_is_fetch(r)) {
        return NGX_DECLINED;
    }

    if (ptlcf->mode == NGX_HTTP_PRINT_TASK_OFF) {
        ptmcf = ngx_http_get_module_main_conf(r, ngx_http_print_task_module);

        return ptmcf->used ? ngx_http_print_task_gate_early(r) : NGX_DECLINED;
    }

    ctx = ngx_http_print_task_enter(r, ngx_http_print_task_settle_end);
    if (ctx == NULL) {
        return NGX_ERROR;
    }

    ctx->admitted = 1;

    ngx_http_print_task_check_again(r, ctx);

    return ngx_http_print_task_run(r, ctx, 0);
}


/*
 * Another module of the ACCESS phase, such as a script, may have changed the
 * path or the method of the request since the module checked them.
 */

static void
ngx_http_print_task_check_again(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    if (ctx->step != NGX_HTTP_PRINT_TASK_STEP_BODY
        && (ctx->step != NGX_HTTP_PRINT_TASK_STEP_PASS
            || ctx->verdict != NGX_HTTP_PRINT_TASK_PASSED))
    {
        return;
    }

    if (ctx->rules_skipped
        || (ctx->method == r->method
            && ctx->uri.data == r->uri.data
            && ctx->uri.len == r->uri.len))
    {
        return;
    }

    ctx->verdict = NGX_HTTP_PRINT_TASK_NO_VERDICT;
    ctx->step = NGX_HTTP_PRINT_TASK_STEP_ROUTE;
}


/*
 * NGX_DECLINED: the request continues in the next phase.  NGX_AGAIN, NGX_DONE:
 * the phases run again, or the request has ended.  Otherwise the status that
 * ends the request.
 */

static ngx_int_t
ngx_http_print_task_run(ngx_http_request_t *r, ngx_http_print_task_ctx_t *ctx,
    ngx_uint_t access)
{
    ngx_int_t                          rc;
    const ngx_http_print_task_step_t  *step;

    ngx_http_print_task_time_end(ctx);

    for ( ;; ) {
        step = &ngx_http_print_task_steps[ctx->step];

        if (access && !step->access) {
            return NGX_DECLINED;
        }

        if (step->again) {
            ngx_http_print_task_token_again(r, ctx);
            step = &ngx_http_print_task_steps[ctx->step];
        }

        ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                       "print task step: %s", step->name);

        rc = step->handler(r, ctx);

        if (rc == NGX_AGAIN) {
            ngx_http_print_task_time_begin(ctx);
        }

        if (rc != NGX_OK) {
            return rc;
        }
    }
}


/*
 * Checks the token again after a wait for the body or for the task: the token
 * may have been revoked meanwhile.  A change that was made or sent is answered
 * without this check.
 */

static void
ngx_http_print_task_token_again(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    pt_reason_e  reason;

    if (ctx->change_state != NGX_HTTP_PRINT_TASK_CHANGE_NONE
        || (ctx->step == NGX_HTTP_PRINT_TASK_STEP_DECIDE
            && ctx->conf->mode == NGX_HTTP_PRINT_TASK_ANSWER))
    {
        return;
    }

    reason = ngx_http_print_task_check_token_again(r, ctx->conf, &ctx->token);

    if (reason != PT_OK) {
        (void) ngx_http_print_task_refuse(ctx, reason);
    }
}


static ngx_int_t
ngx_http_print_task_step_route(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    pt_reason_e  reason;

    reason = ngx_http_print_task_find_route(r, ctx);

    if (reason != PT_OK) {
        return ngx_http_print_task_refuse(ctx, reason);
    }

    ctx->step = NGX_HTTP_PRINT_TASK_STEP_TOKEN;

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_step_token(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ngx_int_t    rc;
    pt_reason_e  reason;

    if (ctx->token.keys.waiting) {
        return NGX_AGAIN;
    }

    /* a variable may have checked the token before limit_req delayed it */

    (void) ngx_http_print_task_check_token_again(r, ctx->conf, &ctx->token);

    reason = ngx_http_print_task_check_token(r, ctx->conf, &ctx->token);

    if (reason == PT_TOKEN_KEY_UNKNOWN || reason == PT_KEYS_UNAVAILABLE) {
        rc = ngx_http_print_task_keys_wait(r, ctx->conf, &ctx->token.keys);

        if (rc != NGX_DECLINED) {
            ctx->token.checked = 0;
            return rc;
        }
    }

    if (reason == PT_KEYS_UNAVAILABLE) {
        ctx->retry_after = ngx_http_print_task_keys_retry_after(ctx->conf);
    }

    if (reason == PT_TOKEN_MISSING
        && ngx_http_print_task_admin_address(r, ctx))
    {
        reason = PT_OK;
    }

    if (reason == PT_OK) {
        reason = ngx_http_print_task_check_role(r, ctx);
    }

    if (reason == PT_OK && ngx_http_print_task_drop_early(r) != NGX_OK) {
        reason = PT_INTERNAL;
    }

    if (reason == PT_OK) {
        reason = ngx_http_print_task_check_require(r, ctx->conf);
    }

    if (reason != PT_OK) {
        return ngx_http_print_task_refuse(ctx, reason);
    }

    ctx->step = ngx_http_print_task_step_of(r, ctx);

    return NGX_OK;
}


/* the first step after the token */

static ngx_http_print_task_step_e
ngx_http_print_task_step_of(ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx)
{
    switch (ctx->route.kind) {

    case PT_ROUTE_TASK:

        if (r->method & (NGX_HTTP_PATCH|NGX_HTTP_PUT)) {
            return NGX_HTTP_PRINT_TASK_STEP_BODY;
        }

        return (ctx->conf->mode == NGX_HTTP_PRINT_TASK_ANSWER)
               ? NGX_HTTP_PRINT_TASK_STEP_LOOKUP
               : NGX_HTTP_PRINT_TASK_STEP_PASS;

    case PT_ROUTE_TASKS:

        if (ngx_http_print_task_wants_events(r, ctx)) {
            return NGX_HTTP_PRINT_TASK_STEP_LISTEN;
        }

        if (ctx->conf->mode != NGX_HTTP_PRINT_TASK_ANSWER
            || ctx->route.definition.len == 0)
        {
            return NGX_HTTP_PRINT_TASK_STEP_PASS;
        }

        return (r->method == NGX_HTTP_POST) ? NGX_HTTP_PRINT_TASK_STEP_BODY
                                            : NGX_HTTP_PRINT_TASK_STEP_QUERY;

    case PT_ROUTE_PARENT:
        return ngx_http_print_task_may_nest(r)
               ? NGX_HTTP_PRINT_TASK_STEP_BODY
               : NGX_HTTP_PRINT_TASK_STEP_PASS;

    default:
        return NGX_HTTP_PRINT_TASK_STEP_PASS;
    }
}


static ngx_int_t
ngx_http_print_task_step_body(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ngx_int_t    rc;
    pt_reason_e  reason;

    reason = ngx_http_print_task_check_body_headers(r);

    if (reason != PT_OK) {
        return ngx_http_print_task_refuse(ctx, reason);
    }

    r->request_body_in_single_buf = 1;

    ctx->reading_body = 1;
    ctx->step = (ctx->route.kind == PT_ROUTE_PARENT)
                ? NGX_HTTP_PRINT_TASK_STEP_NESTED
                : (r->method & (NGX_HTTP_PUT|NGX_HTTP_POST))
                ? NGX_HTTP_PRINT_TASK_STEP_PUT
                : NGX_HTTP_PRINT_TASK_STEP_UPDATE;

    rc = ngx_http_read_client_request_body(r,
                                           ngx_http_print_task_body_handler);

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        return rc;
    }

    ngx_http_finalize_request(r, NGX_DONE);

    return NGX_DONE;
}


static void
ngx_http_print_task_body_handler(ngx_http_request_t *r)
{
    ngx_http_print_task_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_print_task_module);

    ctx->reading_body = 0;

    r->preserve_body = 1;
    r->write_event_handler = ngx_http_core_run_phases;

    ngx_http_core_run_phases(r);
}


static ngx_int_t
ngx_http_print_task_step_update(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ngx_str_t    body;
    pt_reason_e  reason;

    reason = ngx_http_print_task_get_body(r, &body);

    if (reason == PT_OK) {
        reason = ngx_http_print_task_json_update(r, &body, &ctx->route.task,
                                                 &ctx->update);
    }

    if (reason != PT_OK) {
        return ngx_http_print_task_refuse(ctx, reason);
    }

    ctx->step = NGX_HTTP_PRINT_TASK_STEP_LOOKUP;

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_step_put(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    pt_reason_e  reason;

    reason = ngx_http_print_task_read_put(r, ctx);

    if (reason != PT_OK) {
        return ngx_http_print_task_refuse(ctx, reason);
    }

    ctx->step = NGX_HTTP_PRINT_TASK_STEP_LOOKUP;

    return NGX_OK;
}


/* the body is forwarded unchanged */

static ngx_int_t
ngx_http_print_task_step_nested(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ngx_str_t    body;
    pt_reason_e  reason;

    reason = ngx_http_print_task_get_body(r, &body);

    if (reason == PT_OK) {
        reason = ngx_http_print_task_json_nested(r, &body);
    }

    if (reason != PT_OK && reason != PT_BODY_EMPTY) {
        return ngx_http_print_task_refuse(ctx, reason);
    }

    ctx->step = NGX_HTTP_PRINT_TASK_STEP_PASS;

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_step_query(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    pt_reason_e  reason;

    reason = ngx_http_print_task_read_query(r, ctx);

    if (reason != PT_OK) {
        return ngx_http_print_task_refuse(ctx, reason);
    }

    ctx->step = NGX_HTTP_PRINT_TASK_STEP_LOOKUP;

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_step_listen(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    pt_reason_e  reason;

    reason = ngx_http_print_task_read_listen(r, ctx);

    if (reason != PT_OK) {
        return ngx_http_print_task_refuse(ctx, reason);
    }

    ctx->step = NGX_HTTP_PRINT_TASK_STEP_LOOKUP;

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_step_refetch(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ngx_int_t    rc;
    pt_reason_e  reason;

    rc = ngx_http_print_task_refetch(r, ctx);

    if (rc == NGX_AGAIN) {
        return NGX_AGAIN;
    }

    /* replaces the text that the subrequest has set */
    r->connection->log->action = "deciding on print task";

    ngx_http_print_task_refetch_leave(ctx);

    if (rc != NGX_OK) {
        return (rc == NGX_DECLINED) ? NGX_HTTP_INTERNAL_SERVER_ERROR
                                    : NGX_ERROR;
    }

    reason = ngx_http_print_task_read_refetched(r, ctx);

    if (ctx->op.result == PT_RESULT_BUSY
        && (reason == PT_REFETCH_FAILED || reason == PT_REFETCH_TIMEOUT))
    {
        /* the request still waits for the task, not for this answer */
        reason = PT_TASK_BUSY;
    }

    if (reason != PT_OK) {
        return ngx_http_print_task_refuse(ctx, reason);
    }

    if (ctx->lookup_status == NGX_HTTP_PRINT_TASK_LOOKUP_HIT) {
        ctx->lookup_status = NGX_HTTP_PRINT_TASK_LOOKUP_STALE;
    }

    if (ctx->lease_state != NGX_HTTP_PRINT_TASK_LEASE_HELD
        && ctx->op.result == PT_RESULT_GRANTED)
    {
        ctx->has_observed = 1;
        ctx->observed = ctx->op.snapshot.task;
        ctx->observed_at = ngx_current_msec;

        /* the back end may have to be asked again, under the lease */
        ngx_http_print_task_set_refetch(ctx, NGX_HTTP_PRINT_TASK_REFETCH_NONE);
        ngx_memzero(&ctx->refetch, sizeof(ngx_http_print_task_refetch_state_t));

        ctx->step = NGX_HTTP_PRINT_TASK_STEP_LOOKUP;

        return NGX_OK;
    }

    ctx->refetched = 1;
    ctx->refetched_at = ngx_current_msec;
    ctx->step = NGX_HTTP_PRINT_TASK_STEP_DECIDE;

    return NGX_OK;
}


/*
 * After a refetch, the rest of the lease must be longer than the longest wait
 * for the answer to the change.
 */

static ngx_int_t
ngx_http_print_task_step_forward(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    if (ctx->lease_state == NGX_HTTP_PRINT_TASK_LEASE_HELD
        && ctx->refetched
        && ngx_current_msec - ctx->lease_requested_at >= ctx->conf->lease_spare)
    {
        return ngx_http_print_task_refuse(ctx, PT_REFETCH_TIMEOUT);
    }

    if (!ctx->conf->dry_run
        && ngx_http_print_task_set_body(r, &ctx->update) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (!ctx->conf->dry_run) {
        ctx->body.data = r->request_body->bufs->buf->pos;
        ctx->body.len = ngx_buf_size(r->request_body->bufs->buf);
    }

    if (ctx->lease_state == NGX_HTTP_PRINT_TASK_LEASE_NONE) {
        ngx_http_print_task_set_lease(ctx, NGX_HTTP_PRINT_TASK_LEASE_WITHOUT);
    }

    ctx->from = ctx->op.snapshot.task.state;
    ctx->verdict = ctx->rules_skipped ? NGX_HTTP_PRINT_TASK_PASSED
                                  : NGX_HTTP_PRINT_TASK_FORWARDED;
    ctx->step = NGX_HTTP_PRINT_TASK_STEP_PASS;

    return NGX_OK;
}


/*
 * A change that was sent is not undone if its client closes the connection: the
 * module still needs the back end's answer.  This has the effect of
 * "proxy_ignore_client_abort on".  nginx sets u->cleanup to NULL when the
 * upstream has ended the request.
 */

static ngx_int_t
ngx_http_print_task_content_handler(ngx_http_request_t *r)
{
    ngx_int_t                   rc;
    ngx_http_print_task_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_print_task_module);

    rc = ctx->content_handler(r);

    if (ngx_http_get_module_ctx(r, ngx_http_print_task_module) != ctx) {
        /* the content handler has redirected the request */
        return rc;
    }

    ctx->upstream = r->upstream;

    if (r->upstream && r->upstream->cleanup && !r->header_sent) {
        r->read_event_handler = ngx_http_block_reading;
        r->write_event_handler = ngx_http_request_empty_handler;
    }

    return rc;
}


static ngx_int_t
ngx_http_print_task_step_answer(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{

    if (ctx->conf->dry_run) {
        ctx->step = NGX_HTTP_PRINT_TASK_STEP_PASS;
        return NGX_OK;
    }

    if (ctx->op.type == PT_OPERATION_EVENTS) {
        return ngx_http_print_task_listen(r, ctx);
    }

    ngx_http_print_task_settle_unchanged(ctx);

    ngx_http_finalize_request(r, ngx_http_print_task_send_task(r, ctx));

    return NGX_DONE;
}


/* passes the request to the content handler, under the lease if it has one */

static ngx_int_t
ngx_http_print_task_step_pass(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    if (ctx->lease_state != NGX_HTTP_PRINT_TASK_LEASE_HELD) {
        ngx_http_print_task_queue_leave(ctx);

        /* another request may have got the fence of a lease that has ended */

        if (ctx->conf->mode == NGX_HTTP_PRINT_TASK_FORWARD) {
            ctx->fence = 0;
        }
    }

    if (ctx->verdict == NGX_HTTP_PRINT_TASK_NO_VERDICT) {
        ctx->verdict = NGX_HTTP_PRINT_TASK_PASSED;
    }

    if (ctx->lease_state != NGX_HTTP_PRINT_TASK_LEASE_NONE
        && ctx->change_state == NGX_HTTP_PRINT_TASK_CHANGE_NONE)
    {
        ngx_http_print_task_set_change(ctx,
                                       NGX_HTTP_PRINT_TASK_CHANGE_FORWARDED);
        ctx->sent_at = ngx_current_msec;

        if (r->content_handler) {
            ctx->content_handler = r->content_handler;
            r->content_handler = ngx_http_print_task_content_handler;
        }
    }

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_print_task_step_refuse(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    if (!ctx->conf->dry_run) {
        return ngx_http_print_task_refuse_now(r, ctx, ctx->reason);
    }

    ngx_http_print_task_log_refusal(r, ctx, PT_LOG_WOULD_REFUSE, ctx->reason,
                                    "");

    /* the record must be invalidated, if its key is known */

    if (ctx->lease_state == NGX_HTTP_PRINT_TASK_LEASE_NONE
        && ctx->op.key.data != NULL)
    {
        ngx_http_print_task_set_lease(ctx, NGX_HTTP_PRINT_TASK_LEASE_WITHOUT);
    }

    ctx->verdict = NGX_HTTP_PRINT_TASK_WOULD_REFUSE;
    ctx->step = NGX_HTTP_PRINT_TASK_STEP_PASS;

    return NGX_OK;
}
