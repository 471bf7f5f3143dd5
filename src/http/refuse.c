
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Ends a refused request: its lease, its status, and the header fields of the
 * status.
 */


#include "http/refuse.h"

#include "core/pt_reason.h"
#include "core/pt_retry.h"
#include "core/pt_route.h"
#include "http/admin.h"
#include "http/headers.h"
#include "http/log.h"
#include "http/settle.h"


static ngx_uint_t ngx_http_print_task_lease_left(
    const ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_refusal(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
static ngx_uint_t ngx_http_print_task_body_is_unambiguous(
    ngx_http_request_t *r);
static const ngx_str_t *ngx_http_print_task_allow_of(
    const ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_challenge(ngx_http_request_t *r,
    pt_reason_e reason);
static ngx_int_t ngx_http_print_task_add_retry_after(ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx);


/* of a task, with print_task_admin */

static const ngx_str_t  ngx_http_print_task_allow_admin =
    ngx_string("GET, HEAD, PATCH, PUT, DELETE");


/* in the order of pt_route_e */

static const ngx_str_t  ngx_http_print_task_allow[] = {
    ngx_null_string,
    ngx_string("GET, HEAD, PATCH"),
    ngx_string("GET, HEAD, POST"),
    ngx_string("GET, HEAD"),
    ngx_null_string,
    ngx_null_string
};


/*
 * RFC 6750, section 3.  Every value is quoted.  No value contains a comma,
 * because some clients split the field at commas within quotes.
 */

static const ngx_str_t  ngx_http_print_task_no_token =
    ngx_string("Bearer realm=\"print\"");
static const ngx_str_t  ngx_http_print_task_bad_token =
    ngx_string("Bearer realm=\"print\", error=\"invalid_token\", "
               "error_description=\"The token is not valid\"");
static const ngx_str_t  ngx_http_print_task_expired_token =
    ngx_string("Bearer realm=\"print\", error=\"invalid_token\", "
               "error_description=\"The token has expired\"");
static const ngx_str_t  ngx_http_print_task_weak_token =
    ngx_string("Bearer realm=\"print\", error=\"insufficient_scope\"");


ngx_int_t
ngx_http_print_task_refuse(ngx_http_print_task_ctx_t *ctx, pt_reason_e reason)
{
    if (reason == PT_TASK_BUSY) {
        ctx->retry_after = ngx_http_print_task_lease_left(ctx);
    }

    ctx->reason = reason;
    ctx->step = NGX_HTTP_PRINT_TASK_STEP_REFUSE;

    return NGX_OK;
}


/* seconds, of the lease of another request */

static ngx_uint_t
ngx_http_print_task_lease_left(const ngx_http_print_task_ctx_t *ctx)
{
    uint64_t    left;
    ngx_msec_t  passed;

    left = ngx_min(ctx->op.snapshot.lease_left, PT_RETRY_AFTER_MAX * 1000);
    passed = ngx_current_msec - ctx->lease_requested_at;

    return pt_retry_after((ngx_msec_int_t) left - (ngx_msec_int_t) passed);
}


ngx_int_t
ngx_http_print_task_refuse_now(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, pt_reason_e reason)
{
    /* "satisfy any" calls this twice */

    if (ctx->verdict != NGX_HTTP_PRINT_TASK_REFUSED) {
        ngx_http_print_task_log_refusal(r, ctx, PT_LOG_REFUSED, reason, "");
    }

    ctx->reason = reason;
    ctx->verdict = NGX_HTTP_PRINT_TASK_REFUSED;

    /* a revision shows that a task has changed */

    if (ctx->conf->mode == NGX_HTTP_PRINT_TASK_FORWARD
        && !ngx_http_print_task_shown(ctx))
    {
        ctx->fence = 0;
    }

    ngx_http_print_task_settle_unchanged(ctx);

    return ngx_http_print_task_refusal(r, ctx);
}


/* sets the header fields of ctx->reason; returns its status */

static ngx_int_t
ngx_http_print_task_refusal(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ngx_int_t         rc;
    ngx_uint_t        status;
    const ngx_str_t  *allow;

    status = pt_reasons[ctx->reason].status;

    switch (status) {

    case NGX_HTTP_BAD_REQUEST:
        ctx->keepalive = r->keepalive
                         && ngx_http_print_task_body_is_unambiguous(r);
        rc = NGX_OK;
        break;

    case NGX_HTTP_UNAUTHORIZED:
    case NGX_HTTP_FORBIDDEN:
        rc = ngx_http_print_task_challenge(r, ctx->reason);
        break;

    case NGX_HTTP_NOT_ALLOWED:
        allow = ngx_http_print_task_allow_of(ctx);

        rc = ngx_http_print_task_set_header(&r->headers_out.headers, "Allow",
                                            allow)
             ? NGX_OK : NGX_ERROR;
        break;

    case NGX_HTTP_SERVICE_UNAVAILABLE:
        rc = ngx_http_print_task_add_retry_after(r, ctx);
        break;

    default:
        rc = NGX_OK;
    }

    return (rc == NGX_OK) ? (ngx_int_t) status
                          : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


static const ngx_str_t *
ngx_http_print_task_allow_of(const ngx_http_print_task_ctx_t *ctx)
{
    ngx_uint_t  kind;

    kind = ctx->route.kind;

    if (kind == PT_ROUTE_TASK && ngx_http_print_task_has_admin(ctx->conf)) {
        return &ngx_http_print_task_allow_admin;
    }

    if (kind == PT_ROUTE_TASKS
        && ctx->conf->mode == NGX_HTTP_PRINT_TASK_ANSWER
        && ctx->route.definition.len
        && !ngx_http_print_task_has_admin(ctx->conf))
    {
        kind = PT_ROUTE_BELOW;
    }

    return &ngx_http_print_task_allow[kind];
}


/*
 * Whether every server in front of this one must have read the body as one
 * body.  If so, no server can have taken a part of it for a chunk or a request.
 */

static ngx_uint_t
ngx_http_print_task_body_is_unambiguous(ngx_http_request_t *r)
{
    size_t        size;
    ngx_buf_t    *b;
    ngx_chain_t  *bufs;

    if (r->headers_in.chunked || r->request_body == NULL) {
        return 0;
    }

    bufs = r->request_body->bufs;

    if (bufs == NULL || bufs->next != NULL || !ngx_buf_in_memory(bufs->buf)) {
        return 0;
    }

    b = bufs->buf;
    size = b->last - b->pos;

    return size != 0
           && b->pos[0] == '{'
           && memchr(b->pos, LF, size) == NULL
           && memchr(b->pos, CR, size) == NULL;
}


static ngx_int_t
ngx_http_print_task_challenge(ngx_http_request_t *r, pt_reason_e reason)
{
    ngx_table_elt_t  *h;
    const ngx_str_t  *value;

    switch (reason) {

    case PT_TOKEN_MISSING:
        value = &ngx_http_print_task_no_token;
        break;

    case PT_TOKEN_EXPIRED:
        value = &ngx_http_print_task_expired_token;
        break;

    case PT_TOKEN_DELEGATED:
    case PT_ROLE_MISSING:
        value = &ngx_http_print_task_weak_token;
        break;

    default:
        if (pt_reasons[reason].status == NGX_HTTP_FORBIDDEN) {
            return NGX_OK;
        }

        value = &ngx_http_print_task_bad_token;
    }

    h = ngx_http_print_task_set_header(&r->headers_out.headers,
                                       "WWW-Authenticate", value);
    if (h == NULL) {
        return NGX_ERROR;
    }

    r->headers_out.www_authenticate = h;

    return NGX_OK;
}


/*
 * The time of the module, or the back end's Retry-After if it is a number.
 * Otherwise the header filter adds the shortest time.
 */

static ngx_int_t
ngx_http_print_task_add_retry_after(ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx)
{
    ngx_str_t  value;

    value = ctx->refetch.retry_after;

    if (ctx->retry_after) {
        value.data = ngx_pnalloc(r->pool, NGX_INT_T_LEN);
        if (value.data == NULL) {
            return NGX_ERROR;
        }

        value.len = ngx_sprintf(value.data, "%ui", ctx->retry_after)
                    - value.data;

    } else if (ngx_atoi(value.data, value.len) < 1) {
        return NGX_OK;
    }

    return ngx_http_print_task_set_header(&r->headers_out.headers,
                                          "Retry-After", &value)
           ? NGX_OK : NGX_ERROR;
}
