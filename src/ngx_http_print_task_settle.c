
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The end of a lease.  Each one that was granted is settled exactly once,
 * whatever way the request takes: ctx->leased is cleared by the one function
 * that talks to the store.  A change that is made without a lease, while the
 * store is down, makes the record that it will have later forgotten.
 */


#include "ngx_http_print_task_module.h"


static void ngx_http_print_task_commit_learned(
    ngx_http_print_task_ctx_t *ctx);
static void ngx_http_print_task_outcome(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, ngx_http_upstream_t *u,
    ngx_uint_t status);
static void ngx_http_print_task_settle(ngx_http_print_task_ctx_t *ctx,
    ngx_http_print_task_op_e type, ngx_uint_t hold);
static void ngx_http_print_task_commit(ngx_http_print_task_ctx_t *ctx);
static void ngx_http_print_task_commit_asked(ngx_http_print_task_ctx_t *ctx);
static void ngx_http_print_task_commit_told(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, const ngx_str_t *text);
static ngx_http_upstream_t *ngx_http_print_task_upstream(
    ngx_http_request_t *r, ngx_http_print_task_ctx_t *ctx);
static ngx_uint_t ngx_http_print_task_sent(ngx_http_request_t *r,
    ngx_http_upstream_t *u);
static ngx_uint_t ngx_http_print_task_backend_status(ngx_http_request_t *r,
    ngx_http_upstream_t *u);
static ngx_uint_t ngx_http_print_task_may_capture(ngx_http_request_t *r);
static ngx_uint_t ngx_http_print_task_whole(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, const ngx_buf_t *b);


void
ngx_http_print_task_settle_unchanged(ngx_http_print_task_ctx_t *ctx)
{
    ngx_http_print_task_leave(ctx);

    ctx->unleased = 0;

    if (!ctx->leased) {
        return;
    }

    /* what does not exist for one application may exist for another */

    if (ctx->reason == PT_TASK_NOT_FOUND
        && ngx_http_print_task_owns_record(ctx))
    {
        ngx_http_print_task_settle(ctx, NGX_HTTP_PRINT_TASK_FORGET, 0);

    } else if (ctx->learned) {
        ngx_http_print_task_commit_learned(ctx);

    } else {
        ngx_http_print_task_settle(ctx, NGX_HTTP_PRINT_TASK_RELEASE, 0);
    }
}


/*
 * A record counts as seen when it is stored.  What was seen long before that
 * proves nothing any more, unless nothing follows it.
 */

static void
ngx_http_print_task_commit_learned(ngx_http_print_task_ctx_t *ctx)
{
    ngx_uint_t  final;

    final = ctx->conf->rules.final
            & pt_state_bit(ctx->op.snapshot.task.state);

    if (!final && ngx_current_msec - ctx->learned_at > ctx->conf->fresh) {
        ngx_http_print_task_settle(ctx, NGX_HTTP_PRINT_TASK_FORGET, 0);
        return;
    }

    ngx_http_print_task_commit(ctx);
}


/* the answer to a forwarded change, or what nginx answers in its place */

void
ngx_http_print_task_settle_header(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ngx_uint_t            status;
    ngx_http_upstream_t  *u;

    if (!ctx->forwarded || !(ctx->leased || ctx->unleased)) {
        return;
    }

    u = ngx_http_print_task_upstream(r, ctx);
    status = ngx_http_print_task_backend_status(r, u);

    if (status >= 200 && status < 300
        && u == r->upstream
        && ngx_http_print_task_may_capture(r))
    {
        ctx->accepted = 1;
        ctx->capture = 1;
        r->filter_need_in_memory = 1;
        return;
    }

    ngx_http_print_task_outcome(r, ctx, u, status);
}


void
ngx_http_print_task_settle_body(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, ngx_chain_t *in)
{
    ngx_str_t  text;

    for ( /* void */ ; in && ctx->capture; in = in->next) {

        if (ngx_http_print_task_whole(r, ctx, in->buf)) {
            text.data = in->buf->pos;
            text.len = in->buf->last - in->buf->pos;

            ctx->capture = 0;
            ngx_http_print_task_commit_told(r, ctx, &text);
            return;
        }

        if (ngx_http_print_task_capture(r, &ctx->captured, in->buf)
            != NGX_OK)
        {
            ctx->capture = 0;
            ngx_http_print_task_commit_asked(ctx);
            return;
        }

        if (in->buf->last_buf) {
            ctx->capture = 0;
            ngx_http_print_task_commit_told(r, ctx, &ctx->captured.body);
            return;
        }
    }
}


/* most answers come in one piece, and need no copy to be read */

static ngx_uint_t
ngx_http_print_task_whole(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, const ngx_buf_t *b)
{
    return ctx->captured.body.len == 0
           && ngx_buf_in_memory(b)
           && b->last - b->pos == r->headers_out.content_length_n;
}


/* the request has ended, or enters another location */

void
ngx_http_print_task_settle_end(ngx_http_print_task_ctx_t *ctx)
{
    ngx_http_request_t   *r;
    ngx_http_upstream_t  *u;

    ngx_http_print_task_keys_detach(ctx);

    if (ctx->pending) {
        ctx->pending = 0;
        ctx->conf->store->cancel(ctx->conf->store, &ctx->op);
    }

    ngx_http_print_task_leave(ctx);

    if (!ctx->leased && !ctx->unleased) {
        return;
    }

    if (ctx->accepted) {
        ngx_http_print_task_commit_asked(ctx);
        return;
    }

    if (!ctx->forwarded) {
        ngx_http_print_task_settle_unchanged(ctx);
        return;
    }

    r = ctx->request;
    u = ngx_http_print_task_upstream(r, ctx);

    ngx_http_print_task_outcome(r, ctx, u,
                                ngx_http_print_task_backend_status(r, u));
}


/*
 * A change that was sent and may still be on its way, since the back end, or
 * whoever it waited for itself, was too slow, or nobody waited for the answer,
 * keeps its lease until that runs out.
 */

static void
ngx_http_print_task_outcome(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, ngx_http_upstream_t *u, ngx_uint_t status)
{
    ngx_uint_t  hold;

    if (status == 0) {

        if (!ngx_http_print_task_sent(r, u)) {
            ngx_http_print_task_settle_unchanged(ctx);
            return;
        }

        hold = u->state == NULL
               || u->state->status == 0
               || u->state->status == NGX_HTTP_GATEWAY_TIME_OUT;

        ngx_http_print_task_settle(ctx, NGX_HTTP_PRINT_TASK_FORGET, hold);
        return;
    }

    if (status >= 200 && status < 300) {
        ngx_http_print_task_commit_asked(ctx);
        return;
    }

    switch (status) {

    case NGX_HTTP_NOT_FOUND:
    case NGX_HTTP_CONFLICT:
    case 410:
    case NGX_HTTP_PRECONDITION_FAILED:
        break;

    default:
        if (status >= 400 && status < 500) {
            ngx_http_print_task_settle_unchanged(ctx);
            return;
        }
    }

    ngx_http_print_task_settle(ctx, NGX_HTTP_PRINT_TASK_FORGET,
                               status == NGX_HTTP_GATEWAY_TIME_OUT);
}


static void
ngx_http_print_task_settle(ngx_http_print_task_ctx_t *ctx,
    ngx_http_print_task_op_e type, ngx_uint_t hold)
{
    ngx_http_print_task_op_t               op;
    const ngx_http_print_task_loc_conf_t  *conf;

    conf = ctx->conf;

    ngx_memzero(&op, sizeof(ngx_http_print_task_op_t));

    op.type = ctx->leased ? type : NGX_HTTP_PRINT_TASK_FORGET;
    op.key = ctx->op.key;

    if (ctx->leased) {
        op.lease = ctx->op.lease;
    }

    ctx->leased = 0;
    ctx->unleased = 0;

    op.lease_time = conf->lease;
    op.final = conf->rules.final;
    op.app = ctx->claims.app;
    op.rev = ctx->op.snapshot.rev;
    op.task = ctx->op.snapshot.task;
    op.hold = hold;
    op.log = ctx->request->connection->log;

    op.ttl = conf->active_valid;

    if (op.type == NGX_HTTP_PRINT_TASK_COMMIT
        && (conf->rules.final & pt_state_bit(op.task.state)))
    {
        op.ttl = conf->final_valid;
    }

    conf->store->settle(conf->store, &op);

    if (op.lease.len && !op.hold) {
        ngx_http_print_task_wake(conf->store, &op.key);
    }
}


/* what was learnt, or told by the back end */

static void
ngx_http_print_task_commit(ngx_http_print_task_ctx_t *ctx)
{
    if (ctx->op.snapshot.task.state == PT_UNKNOWN) {
        ngx_http_print_task_settle(ctx, NGX_HTTP_PRINT_TASK_FORGET, 0);
        return;
    }

    ngx_http_print_task_settle(ctx, NGX_HTTP_PRINT_TASK_COMMIT, 0);
}


/* accepted, but not told how the task is now: as it was, and as was asked */

static void
ngx_http_print_task_commit_asked(ngx_http_print_task_ctx_t *ctx)
{
    pt_task_t  *task;

    task = &ctx->op.snapshot.task;

    if (ctx->update.state != PT_UNKNOWN) {
        task->state = ctx->update.state;
    }

    if (ctx->update.has_description) {
        task->description = ctx->update.description;
    }

    ngx_http_print_task_commit(ctx);
}


/* strings of the text are only needed until the store has them */

static void
ngx_http_print_task_commit_told(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, const ngx_str_t *text)
{
    pt_task_t  task;

    if (ngx_http_print_task_json_task(r, text, &ctx->route.task, &task)
        != NGX_OK)
    {
        ngx_http_print_task_commit_asked(ctx);
        return;
    }

    ctx->op.snapshot.task = task;

    ngx_http_print_task_commit(ctx);

    /* the text is nginx's, which may use that memory again */

    ngx_str_null(&ctx->op.snapshot.task.description);
    ngx_str_null(&ctx->op.snapshot.task.parent_url);
}


/*
 * The upstream that decides on the outcome: the one that the change was sent
 * to, wherever the client is redirected afterwards; or, where nothing was
 * sent, the one that is tried instead.
 */

static ngx_http_upstream_t *
ngx_http_print_task_upstream(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    if (ctx->upstream == NULL || !ngx_http_print_task_sent(r, ctx->upstream)) {
        return r->upstream;
    }

    return ctx->upstream;
}


/*
 * Whether any byte of the request went to a peer of this upstream.  The states
 * of a further upstream come after an empty one.
 */

static ngx_uint_t
ngx_http_print_task_sent(ngx_http_request_t *r, ngx_http_upstream_t *u)
{
    ngx_uint_t                  i;
    ngx_http_upstream_state_t  *state;

    if (u == NULL) {
        return 0;
    }

    if (u->request_sent) {
        return 1;
    }

    if (r->upstream_states == NULL) {
        return 0;
    }

    state = r->upstream_states->elts;

    for (i = 0; i < r->upstream_states->nelts; i++) {

        if (i && state[i].peer == NULL && u != r->upstream) {
            break;
        }

        if (state[i].bytes_sent) {
            return 1;
        }
    }

    return 0;
}


/*
 * The status that came from the back end, whatever page the client gets, 0 if
 * none did.  The time of the header is set once it was read and is good.
 */

static ngx_uint_t
ngx_http_print_task_backend_status(ngx_http_request_t *r,
    ngx_http_upstream_t *u)
{
    if (u == NULL) {
        return r->err_status ? 0 : r->headers_out.status;
    }

    if (u->state == NULL || u->state->header_time == (ngx_msec_t) -1) {
        return 0;
    }

    return u->headers_in.status_n;
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
