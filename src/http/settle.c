
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The end of a lease.  Each granted lease is settled exactly once, whatever
 * happens to the request: ngx_http_print_task_settle() is the only function
 * that calls the store for this, and it clears ctx->lease_state.  A change
 * without a lease, while the store is down, invalidates the record as soon as
 * the store is back.
 */


#include "http/settle.h"

#include "core/pt_str_list.h"
#include "core/pt_outcome.h"
#include "core/pt_reason.h"
#include "core/pt_task.h"
#include "store/store.h"
#include "conf/conf.h"
#include "status/count.h"
#include "token/keys_refresh.h"
#include "http/capture.h"
#include "http/json.h"
#include "http/outcome.h"
#include "http/refetch.h"
#include "http/wait_queue.h"


static ngx_uint_t ngx_http_print_task_seen_final(
    const ngx_http_print_task_ctx_t *ctx);
static void ngx_http_print_task_commit_refetched(
    ngx_http_print_task_ctx_t *ctx);
static void ngx_http_print_task_settle_by_status(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, ngx_uint_t status, const ngx_str_t *text);
static void ngx_http_print_task_settle(ngx_http_print_task_ctx_t *ctx,
    pt_operation_e type, ngx_uint_t hold);
static void ngx_http_print_task_accepted(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, const ngx_str_t *text, ngx_uint_t open);
static void ngx_http_print_task_update(ngx_http_print_task_ctx_t *ctx);
static ngx_uint_t ngx_http_print_task_may_capture(ngx_http_request_t *r);
static ngx_uint_t ngx_http_print_task_is_single_buffer(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, const ngx_buf_t *b);


void
ngx_http_print_task_settle_unchanged(ngx_http_print_task_ctx_t *ctx)
{
    ngx_http_print_task_queue_leave(ctx);

    if (ctx->lease_state == NGX_HTTP_PRINT_TASK_LEASE_WITHOUT) {
        ngx_http_print_task_set_lease(ctx, NGX_HTTP_PRINT_TASK_LEASE_NONE);
    }

    if (ctx->lease_state == NGX_HTTP_PRINT_TASK_LEASE_NONE) {

        if (ngx_http_print_task_seen_final(ctx)) {
            ngx_http_print_task_settle(ctx, PT_OPERATION_COMMIT, 0);
        }

        return;
    }

    /* a task that this application may not see may exist for another one */

    if (ctx->reason == PT_TASK_NOT_FOUND
        && ngx_http_print_task_owns_task(ctx))
    {
        ngx_http_print_task_settle(ctx, PT_OPERATION_INVALIDATE, 0);

    } else if (ctx->refetched) {
        ngx_http_print_task_commit_refetched(ctx);

    } else {
        ngx_http_print_task_settle(ctx, PT_OPERATION_RELEASE, 0);
    }
}


void
ngx_http_print_task_settle_release(ngx_http_print_task_ctx_t *ctx)
{
    ngx_http_print_task_settle(ctx, PT_OPERATION_RELEASE, 0);
}


/*
 * Whether the back end reported a final state while another request had the
 * lease.  A final state never changes, so the record may be written despite
 * that lease.
 */

static ngx_uint_t
ngx_http_print_task_seen_final(const ngx_http_print_task_ctx_t *ctx)
{
    return ctx->refetched
           && ctx->op.result == PT_RESULT_BUSY
           && (ctx->conf->rules.final
               & pt_state_bit(ctx->op.snapshot.task.state));
}


/*
 * A commit counts as an observation of this moment.  An older observation of a
 * state that is not final is no proof any more and must not be committed.
 */

static void
ngx_http_print_task_commit_refetched(ngx_http_print_task_ctx_t *ctx)
{
    ngx_uint_t  final;

    final = ctx->conf->rules.final
            & pt_state_bit(ctx->op.snapshot.task.state);

    if (!final && ngx_current_msec - ctx->refetched_at > ctx->conf->max_age) {
        ngx_http_print_task_settle(ctx, PT_OPERATION_INVALIDATE, 0);
        return;
    }

    ngx_http_print_task_settle(ctx, PT_OPERATION_COMMIT, 0);
}


/*
 * Called for the answer to a forwarded change, or for nginx's own answer in its
 * place.  The answer is complete at the end of its body.  If nginx drops the
 * body to send another response, the answer is complete with its header.
 */

void
ngx_http_print_task_settle_header(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ngx_uint_t            status;
    ngx_http_upstream_t  *u;

    if (ctx->change_state == NGX_HTTP_PRINT_TASK_CHANGE_NONE
        || ctx->lease_state == NGX_HTTP_PRINT_TASK_LEASE_NONE)
    {
        return;
    }

    u = ngx_http_print_task_upstream(r, ctx);
    status = ngx_http_print_task_backend_status(r, u);

    if (status == 0 || !ngx_http_print_task_has_body(r, u)) {
        ngx_http_print_task_settle_by_status(r, ctx, status, NULL);
        return;
    }

    ctx->answer_status = status;

    if (u == r->upstream
        && pt_outcome(status) == PT_OUTCOME_ACCEPTED
        && ngx_http_print_task_may_capture(r))
    {
        ngx_http_print_task_set_change(ctx,
                                       NGX_HTTP_PRINT_TASK_CHANGE_CAPTURING);
        r->filter_need_in_memory = 1;
        return;
    }

    ngx_http_print_task_set_change(ctx, NGX_HTTP_PRINT_TASK_CHANGE_ANSWERING);
}


void
ngx_http_print_task_settle_body(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, ngx_chain_t *in)
{
    ngx_str_t   text, *body;
    ngx_uint_t  captured;

    for ( /* void */ ; in && ngx_http_print_task_is_answering(ctx);
          in = in->next)
    {
        captured =
               (ctx->change_state == NGX_HTTP_PRINT_TASK_CHANGE_CAPTURING);

        if (captured
            && ngx_http_print_task_is_single_buffer(r, ctx, in->buf))
        {
            text.data = in->buf->pos;
            text.len = in->buf->last - in->buf->pos;

            ngx_http_print_task_settle_by_status(r, ctx, ctx->answer_status,
                                                 &text);
            return;
        }

        if (captured
            && ngx_http_print_task_capture(r, &ctx->response_body, in->buf)
               != NGX_OK)
        {
            captured = 0;
            ngx_http_print_task_set_change(ctx,
                                       NGX_HTTP_PRINT_TASK_CHANGE_ANSWERING);
        }

        if (in->buf->last_buf) {
            body = captured ? &ctx->response_body.body : NULL;

            ngx_http_print_task_settle_by_status(r, ctx, ctx->answer_status,
                                                 body);
            return;
        }
    }
}


/* most answers are in one buffer and can be read without a copy */

static ngx_uint_t
ngx_http_print_task_is_single_buffer(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, const ngx_buf_t *b)
{
    return ctx->response_body.body.len == 0
           && ngx_buf_in_memory(b)
           && b->last - b->pos == r->headers_out.content_length_n;
}


/* called when the request ends or enters another location */

void
ngx_http_print_task_settle_end(ngx_http_print_task_ctx_t *ctx)
{
    ngx_uint_t            status;
    ngx_http_request_t   *r;
    ngx_http_upstream_t  *u;

    ngx_http_print_task_keys_detach(&ctx->token.keys);
    ngx_http_print_task_refetch_leave(ctx);

    if (ctx->op_state == NGX_HTTP_PRINT_TASK_OP_PENDING) {
        ngx_http_print_task_set_op(ctx, NGX_HTTP_PRINT_TASK_OP_IDLE);
        ngx_http_print_task_count(operations[ctx->conf->store->number]
                                            [ctx->op.type][PT_RESULT_CANCELED]);
        ctx->conf->store->cancel(ctx->conf->store, &ctx->op);
    }

    ngx_http_print_task_queue_leave(ctx);

    if (ctx->lease_state == NGX_HTTP_PRINT_TASK_LEASE_NONE) {
        return;
    }

    if (ctx->change_state == NGX_HTTP_PRINT_TASK_CHANGE_NONE) {
        ngx_http_print_task_settle_unchanged(ctx);
        return;
    }

    r = ctx->request;
    u = ngx_http_print_task_upstream(r, ctx);

    status = ngx_http_print_task_is_answering(ctx)
             ? 0 : ngx_http_print_task_backend_status(r, u);

    ngx_http_print_task_settle_by_status(r, ctx, status, NULL);
}


/*
 * A change that was sent keeps its lease until the lease runs out, unless every
 * peer that got a byte of it has answered with a status that ends the change.
 * Status 0 stands for no answer, or an incomplete one.
 */

static void
ngx_http_print_task_settle_by_status(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, ngx_uint_t status, const ngx_str_t *text)
{
    ngx_uint_t            answering, open;
    pt_outcome_e          outcome;
    ngx_http_upstream_t  *u;

    u = ngx_http_print_task_upstream(r, ctx);

    answering = ngx_http_print_task_is_answering(ctx);
    ngx_http_print_task_set_change(ctx, NGX_HTTP_PRINT_TASK_CHANGE_SETTLED);

    if (status == 0
        && !answering
        && !ctx->sent_beside
        && !ngx_http_print_task_was_sent(r, u))
    {
        ngx_http_print_task_settle_unchanged(ctx);
        return;
    }

    ngx_http_print_task_step_took(PT_STEP_BACKEND, 1000
                                  * (uint64_t) (ngx_current_msec
                                                - ctx->sent_at));

    outcome = (status == 0) ? PT_OUTCOME_OPEN : pt_outcome(status);
    open = (outcome == PT_OUTCOME_OPEN || ngx_http_print_task_peer_open(r));

    if (outcome == PT_OUTCOME_ACCEPTED) {
        ngx_http_print_task_accepted(r, ctx, text, open);

    } else if (outcome == PT_OUTCOME_UNCHANGED
               && !open
               && ngx_http_print_task_peers_unchanged(r))
    {
        ngx_http_print_task_settle_unchanged(ctx);

    } else {
        ngx_http_print_task_settle(ctx, PT_OPERATION_INVALIDATE, open);
    }
}


static void
ngx_http_print_task_settle(ngx_http_print_task_ctx_t *ctx,
    pt_operation_e type, ngx_uint_t hold)
{
    ngx_http_print_task_op_t               op;
    const ngx_http_print_task_loc_conf_t  *conf;

    conf = ctx->conf;

    ngx_memzero(&op, sizeof(ngx_http_print_task_op_t));

    op.type = (ctx->lease_state == NGX_HTTP_PRINT_TASK_LEASE_WITHOUT)
              ? PT_OPERATION_INVALIDATE : type;
    op.key = ctx->op.key;
    op.key_hash[0] = ctx->op.key_hash[0];
    op.key_hash[1] = ctx->op.key_hash[1];
    op.tenant = ctx->token.claims.tenant;
    op.stream = ctx->op.stream;
    op.keep = ctx->op.keep;

    if (ctx->lease_state == NGX_HTTP_PRINT_TASK_LEASE_HELD) {
        op.lease = ctx->op.lease;
        op.rev = ctx->op.snapshot.rev;
    }

    if (ctx->lease_state != NGX_HTTP_PRINT_TASK_LEASE_NONE) {
        ngx_http_print_task_set_lease(ctx, NGX_HTTP_PRINT_TASK_LEASE_NONE);
    }

    op.lease_time = conf->lease;
    op.final = conf->rules.final;
    op.app = ctx->token.claims.app;
    op.task = ctx->op.snapshot.task;
    op.hold = hold;

    if (hold) {
        ngx_http_print_task_count(outcomes_unknown);
    }

    op.log = ctx->request->connection->log;

    op.ttl = conf->active_valid;

    if (op.type == PT_OPERATION_COMMIT
        && (conf->rules.final & pt_state_bit(op.task.state)))
    {
        op.ttl = conf->final_valid;
    }

    ngx_http_print_task_op_settle(conf->store, &op);

    /* the id of a lease is used once, because a settlement may be sent twice */

    ctx->op.lease.len = 0;

    if (ctx->wait_state != NGX_HTTP_PRINT_TASK_WAIT_OBSERVING) {
        ngx_http_print_task_queue_leave(ctx);
    }
}


/*
 * The new state comes from the answer.  If the answer has no task, the state is
 * the one that the application saw before, with the update applied.  If the
 * application has not seen the task, the state is unknown: the observation of
 * another application is not for it.
 * A change that is still open somewhere cannot change a final task.
 */

static void
ngx_http_print_task_accepted(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, const ngx_str_t *text, ngx_uint_t open)
{
    pt_task_t  *task, answered;

    task = &ctx->op.snapshot.task;

    if (text != NULL
        && ngx_http_print_task_json_task(r, text, &ctx->route.task,
                                         &answered)
           == NGX_OK)
    {
        *task = answered;

    } else if (ngx_http_print_task_shown(ctx)) {
        ngx_http_print_task_update(ctx);

    } else {
        task->state = PT_UNKNOWN;
    }

    if (open && !(ctx->conf->rules.final & pt_state_bit(task->state))) {
        ngx_http_print_task_settle(ctx, PT_OPERATION_INVALIDATE, 1);

    } else {
        ngx_http_print_task_settle(ctx, PT_OPERATION_COMMIT, 0);
    }

    /* the text is in a buffer of nginx, which may be reused */

    ngx_str_null(&task->description);
    ngx_str_null(&task->parent_url);
}


static void
ngx_http_print_task_update(ngx_http_print_task_ctx_t *ctx)
{
    pt_task_t  *task;

    task = &ctx->op.snapshot.task;

    if (ctx->update.state != PT_UNKNOWN) {
        task->state = ctx->update.state;
    }

    if (ctx->update.has_description) {
        task->description = ctx->update.description;
    }
}


ngx_uint_t
ngx_http_print_task_shown(const ngx_http_print_task_ctx_t *ctx)
{
    const ngx_str_t  *app;

    app = &ctx->op.snapshot.app;

    return ctx->refetched
           || (app->data != NULL && pt_str_equal(app, &ctx->token.claims.app));
}


ngx_uint_t
ngx_http_print_task_owns_task(const ngx_http_print_task_ctx_t *ctx)
{
    const ngx_str_t  *owner;

    owner = &ctx->op.snapshot.app;

    return owner->data == NULL || pt_str_equal(owner, &ctx->token.claims.app);
}


static ngx_uint_t
ngx_http_print_task_may_capture(ngx_http_request_t *r)
{
    return !r->header_only
           && r->headers_out.status != NGX_HTTP_NO_CONTENT
           && r->headers_out.content_length_n != 0
           && r->headers_out.content_length_n
              <= NGX_HTTP_PRINT_TASK_CAPTURE_MAX
           && (r->headers_out.content_encoding == NULL
               || r->headers_out.content_encoding->value.len == 0);
}
