
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The gate in front of all back ends.  Each request that an upstream module of
 * nginx has created passes the gate before nginx connects, whatever led the
 * request there: an error page, a redirect, a script, a subrequest.  The gate
 * lets it pass only if the back end gets what was checked.
 */


#include "http/gate.h"

#include "core/pt_gate.h"
#include "core/pt_str_list.h"
#include "core/pt_reason.h"
#include "http/ctx.h"
#include "http/gate_history.h"
#include "http/log.h"
#include "http/route.h"
#include "http/settle.h"


static void ngx_http_print_task_gate_input(ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx, pt_gate_t *gate);
static pt_reason_e ngx_http_print_task_gate_check(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, pt_gate_e history);
static pt_reason_e ngx_http_print_task_gate_unread(ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx, const pt_gate_t *gate);
static ngx_uint_t ngx_http_print_task_same_body(ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx, const pt_sent_t *sent);
static const u_char *ngx_http_print_task_match_body(const u_char *p,
    const u_char *last, const ngx_chain_t *cl, size_t skip);
static void ngx_http_print_task_client_path(ngx_http_request_t *r,
    ngx_str_t *path);
static void ngx_http_print_task_gate_refuse(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, pt_reason_e reason);
static void ngx_http_print_task_gate_would_refuse(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, pt_reason_e reason);


/*
 * A cache may answer "auth_request", because the client does not see that
 * answer.
 */

ngx_uint_t
ngx_http_print_task_uncached(ngx_http_request_t *r)
{
    pt_gate_e                   history;
    ngx_str_t                   client;
    ngx_http_print_task_ctx_t  *ctx;

    if (ngx_http_print_task_history(r, &ctx, &history) != NGX_OK) {
        return 0;
    }

    switch (history) {

    case PT_GATE_UNCHECKED:
        return r == r->main || !r->header_only;

    case PT_GATE_REWRITTEN:
        ngx_http_print_task_client_path(r, &client);

        return !pt_gate_is_other(&client) || !pt_gate_is_other(&r->uri);

    default:
        return 0;
    }
}


ngx_int_t
ngx_http_print_task_gate(ngx_http_request_t *r)
{
    pt_gate_e                   history;
    pt_reason_e                 reason;
    ngx_http_print_task_ctx_t  *ctx;

    if (ngx_http_print_task_history(r, &ctx, &history) != NGX_OK) {
        return NGX_OK;
    }

    reason = ngx_http_print_task_gate_check(r, ctx, history);

    if (reason == PT_OK) {
        return NGX_OK;
    }

    /* a dry run lets all requests pass, except the module's own refetch */

    if (ctx != NULL && ctx->conf->dry_run && history != PT_GATE_REFETCH) {
        ngx_http_print_task_gate_would_refuse(r, ctx, reason);
        return NGX_OK;
    }

    ngx_http_print_task_gate_refuse(r, ctx, reason);

    return NGX_ERROR;
}


/*
 * The gate for content handlers without an upstream.  They run in a location
 * that is not guarded, for a request that was refused or not checked elsewhere.
 */

ngx_int_t
ngx_http_print_task_gate_early(ngx_http_request_t *r)
{
    pt_gate_e                   history;
    ngx_http_print_task_ctx_t  *ctx;

    if (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD)) {
        return NGX_DECLINED;
    }

    if (ngx_http_print_task_history(r, &ctx, &history) != NGX_OK
        || history != PT_GATE_UNCHECKED
        || (ctx != NULL && ctx->conf->dry_run))
    {
        return NGX_DECLINED;
    }

    ngx_http_print_task_gate_refuse(r, ctx, PT_NOT_CHECKED);

    ctx = ngx_http_get_module_ctx(r, ngx_http_print_task_module);

    return (ctx != NULL) ? (ngx_int_t) ctx->gate_status : NGX_ERROR;
}


static pt_reason_e
ngx_http_print_task_gate_check(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, pt_gate_e history)
{
    pt_gate_t             gate;
    pt_sent_t             sent;
    ngx_buf_t            *b;
    pt_reason_e           reason;
    ngx_http_upstream_t  *u;

    u = r->upstream;

    gate.history = history;
    ngx_http_print_task_gate_input(r, ctx, &gate);

    if (r == r->main && history != PT_GATE_REWRITTEN) {

        /* a script may have set these fields; an error page keeps them */

        reason = ngx_http_print_task_overridden(&r->headers_in.headers);

        if (reason != PT_OK) {
            return PT_REQUEST_CHANGED;
        }
    }

    b = u->request_bufs ? u->request_bufs->buf : NULL;

    if (b == NULL
        || !ngx_buf_in_memory(b)
        || pt_sent_read(b->pos, b->last, &sent) != NGX_OK)
    {
        return ngx_http_print_task_gate_unread(r, ctx, &gate);
    }

    if (history == PT_GATE_FORWARDED) {
        gate.same_body = ctx->conf->dry_run
                         || ngx_http_print_task_same_body(r, ctx, &sent);
    }

    reason = pt_gate_check(&gate, &sent);

    if (reason == PT_OK && r != r->main && !r->background
        && pt_gate_is_change(&gate, &sent))
    {
        ctx->sent_beside = 1;
    }

    return reason;
}


static void
ngx_http_print_task_gate_input(ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx, pt_gate_t *gate)
{
    gate->aside = (r != r->main || r->post_action);
    gate->method = r->method_name;
    gate->same_body = 0;

    ngx_http_print_task_client_path(r, &gate->client);

    if (ctx != NULL) {
        gate->checked_method = ctx->method_name;
        gate->checked_path = ctx->uri;
        gate->route = &ctx->route;
    }
}


/*
 * The protocol is not HTTP/1, so the module cannot read what a back end gets.
 * Such a request passes only if it cannot change a task: a subrequest beside a
 * checked request, a GET of another resource, or, in answer mode, a request
 * that is not for a task.
 */

static pt_reason_e
ngx_http_print_task_gate_unread(ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx, const pt_gate_t *gate)
{
    pt_sent_t   sent;
    ngx_uint_t  known;

    sent.method = r->method_name;
    sent.path = r->uri;

    switch (gate->history) {

    case PT_GATE_REWRITTEN:
        known = pt_gate_is_other(&gate->client);
        break;

    case PT_GATE_PASSED:
        known = gate->aside || ctx->conf->mode == NGX_HTTP_PRINT_TASK_ANSWER;
        break;

    default:
        known = gate->aside && gate->history != PT_GATE_REFETCH
                && (gate->history == PT_GATE_FORWARDED
                    || (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD)));
    }

    return known ? pt_gate_check(gate, &sent)
           : (gate->history == PT_GATE_UNCHECKED
              || gate->history == PT_GATE_REWRITTEN
              || gate->history == PT_GATE_FOREIGN) ? PT_NOT_CHECKED
           : PT_REQUEST_CHANGED;
}


/* whether the body is the canonical body, and the head describes it */

static ngx_uint_t
ngx_http_print_task_same_body(ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx, const pt_sent_t *sent)
{
    const u_char  *p, *last;

    if (ctx->body.len == 0
        || sent->chunked
        || sent->content_length != (off_t) ctx->body.len)
    {
        return 0;
    }

    p = ctx->body.data;
    last = p + ctx->body.len;

    p = ngx_http_print_task_match_body(p, last, r->upstream->request_bufs,
                                       sent->size);

    /* with "proxy_request_buffering off" nginx adds the body later */

    if (r->request_body_no_buffering && r->request_body) {
        p = ngx_http_print_task_match_body(p, last, r->request_body->bufs, 0);
    }

    return p == last;
}


/* the remaining text that is not matched yet; NULL: the body differs */

static const u_char *
ngx_http_print_task_match_body(const u_char *p, const u_char *last,
    const ngx_chain_t *cl, size_t skip)
{
    size_t            size;
    const ngx_buf_t  *b;

    for ( /* void */ ; cl && p; cl = cl->next, skip = 0) {
        b = cl->buf;

        if (ngx_buf_special(b)) {
            continue;
        }

        if (!ngx_buf_in_memory(b)) {
            return NULL;
        }

        size = b->last - b->pos - skip;

        if (size > (size_t) (last - p)
            || ngx_memcmp(b->pos + skip, p, size) != 0)
        {
            return NULL;
        }

        p += size;
    }

    return p;
}


static void
ngx_http_print_task_client_path(ngx_http_request_t *r, ngx_str_t *path)
{
    u_char  *args;

    *path = r->main->unparsed_uri;

    args = ngx_strlchr(path->data, path->data + path->len, '?');

    if (args != NULL) {
        path->len = args - path->data;
    }
}


/*
 * The status is that of the earlier refusal, or that of nginx if it is still
 * known.  No further error page applies.
 */

static void
ngx_http_print_task_gate_refuse(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, pt_reason_e reason)
{
    ngx_uint_t  status;

    ngx_http_print_task_log_refusal(r, ctx, PT_LOG_REFUSED, reason,
                                    ", in front of a back end");

    if (r != r->main || r->post_action) {
        return;
    }

    if (ctx == NULL) {
        ctx = ngx_http_print_task_enter(r, ngx_http_print_task_settle_end);
        if (ctx == NULL) {
            return;
        }
    }

    status = pt_reasons[reason].status;

    if (ctx->verdict == NGX_HTTP_PRINT_TASK_REFUSED) {
        status = pt_reasons[ctx->reason].status;

    } else {

        if (reason == PT_NOT_CHECKED
            && r->err_status >= NGX_HTTP_BAD_REQUEST)
        {
            status = r->err_status;
        }

        ctx->reason = reason;
        ctx->verdict = NGX_HTTP_PRINT_TASK_REFUSED;
    }

    ctx->gate_status = status;

    ngx_http_set_ctx(r, ctx, ngx_http_print_task_module);

    r->error_page = 1;

    if (ctx->change_state == NGX_HTTP_PRINT_TASK_CHANGE_NONE) {
        ngx_http_print_task_settle_unchanged(ctx);
    }
}


static void
ngx_http_print_task_gate_would_refuse(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, pt_reason_e reason)
{
    ngx_http_print_task_log_refusal(r, ctx, PT_LOG_WOULD_REFUSE, reason, "");

    if (r == r->main) {
        ctx->reason = reason;
        ctx->verdict = NGX_HTTP_PRINT_TASK_WOULD_REFUSE;
    }
}
