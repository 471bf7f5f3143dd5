
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The filters of responses.  They replace nginx's error pages by errors in the
 * form of Microsoft Graph, and they read the back end's answer to a forwarded
 * change on its way to the client.
 */


#include "http/filter.h"

#include "core/pt_reason.h"
#include "conf/conf.h"
#include "token/keys_fetch.h"
#include "http/capture.h"
#include "http/ctx.h"
#include "http/error_page.h"
#include "http/headers.h"
#include "http/refetch.h"
#include "http/request_id.h"
#include "http/settle.h"


static ngx_int_t ngx_http_print_task_header_filter(ngx_http_request_t *r);
static ngx_uint_t ngx_http_print_task_is_own_page(ngx_http_request_t *r);
static ngx_int_t ngx_http_print_task_replace_page(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t **ctx);
static void ngx_http_print_task_no_content(ngx_http_request_t *r);
static ngx_int_t ngx_http_print_task_retry_later(ngx_http_request_t *r);
static ngx_uint_t ngx_http_print_task_is_time(const ngx_str_t *value);
static ngx_int_t ngx_http_print_task_body_filter(ngx_http_request_t *r,
    ngx_chain_t *in);
static ngx_int_t ngx_http_print_task_send_page(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;
static ngx_http_output_body_filter_pt    ngx_http_next_body_filter;


static const ngx_str_t  ngx_http_print_task_retry_after =
    ngx_string("retry-after");
static const ngx_str_t  ngx_http_print_task_retry_seconds = ngx_string("1");


static ngx_int_t
ngx_http_print_task_header_filter(ngx_http_request_t *r)
{
    ngx_uint_t                             own_page;
    ngx_http_print_task_ctx_t             *ctx;
    const ngx_http_print_task_loc_conf_t  *ptlcf;

    if (ngx_http_print_task_is_fetch(r)) {
        ngx_http_print_task_fetch_header(r);
        return NGX_OK;
    }

    if (r != r->main) {
        return ngx_http_next_header_filter(r);
    }

    ctx = ngx_http_print_task_get_ctx(r);

    if (ctx != NULL) {
        ngx_http_print_task_settle_header(r, ctx);
    }

    ptlcf = ngx_http_get_module_loc_conf(r, ngx_http_print_task_module);

    own_page = ngx_http_print_task_is_own_page(r);

    /*
     * In a dry run the client gets nginx's page; a refusal may end in another
     * location.
     */

    if (own_page && ctx != NULL && ctx->gate_status) {
        r->err_status = ctx->gate_status;
        r->headers_out.status = ctx->gate_status;

    } else if ((ptlcf->mode == NGX_HTTP_PRINT_TASK_OFF || ptlcf->dry_run)
               && !(own_page
                    && ctx != NULL
                    && ctx->verdict == NGX_HTTP_PRINT_TASK_REFUSED
                    && pt_reasons[ctx->reason].status == r->err_status))
    {
        return ngx_http_next_header_filter(r);
    }

    if (own_page) {

        if (ngx_http_print_task_replace_page(r, &ctx) != NGX_OK) {
            return NGX_ERROR;
        }

    } else if (ctx != NULL
               && ctx->change_state != NGX_HTTP_PRINT_TASK_CHANGE_NONE)
    {
        ngx_http_print_task_no_content(r);
    }

    if (ngx_http_print_task_retry_later(r) != NGX_OK
        || ngx_http_print_task_add_ids(r) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_next_header_filter(r);
}


/*
 * Whether the page is nginx's own: neither the response of an upstream nor a
 * page of the operator.  "error_page" leads the request away from its context,
 * "return" gives it none.
 */

static ngx_uint_t
ngx_http_print_task_is_own_page(ngx_http_request_t *r)
{
    return r->err_status >= NGX_HTTP_BAD_REQUEST
           && !ngx_http_print_task_from_upstream(r)
           && r->headers_out.last_modified_time == -1
           && (!r->internal
               || !r->error_page
               || r->filter_finalize
               || ngx_http_get_module_ctx(r, ngx_http_print_task_module));
}


/* a request may fail before it has a context, or after it has lost it */

static ngx_int_t
ngx_http_print_task_replace_page(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t **ctxp)
{
    ngx_http_print_task_ctx_t  *ctx;

    ctx = *ctxp;

    if (ctx == NULL) {
        ctx = ngx_http_print_task_enter(r, ngx_http_print_task_settle_end);
        if (ctx == NULL) {
            return NGX_ERROR;
        }

        *ctxp = ctx;
    }

    ngx_http_set_ctx(r, ctx, ngx_http_print_task_module);

    if (ngx_http_print_task_error_page(r, ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    /* nginx sets keepalive to 0 for each 400 */

    if (ctx->keepalive && r->err_status == NGX_HTTP_BAD_REQUEST) {
        r->keepalive = 1;
    }

    ngx_str_set(&r->headers_out.content_type, "application/json");
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;

    ngx_http_clear_content_length(r);
    r->headers_out.content_length_n = ctx->page.len;

    return NGX_OK;
}


/*
 * Some clients fail on a success without a body and a Content-Type, unless the
 * status is 204.  202 is kept, because it says that the change is not made yet.
 */

static void
ngx_http_print_task_no_content(ngx_http_request_t *r)
{
    if (r->headers_out.status < NGX_HTTP_OK
        || r->headers_out.status >= NGX_HTTP_SPECIAL_RESPONSE
        || r->headers_out.status == NGX_HTTP_ACCEPTED
        || r->headers_out.content_length_n != 0
        || r->headers_out.content_type.len != 0)
    {
        return;
    }

    ngx_http_clear_content_length(r);

    r->headers_out.status = NGX_HTTP_NO_CONTENT;
    r->headers_out.status_line.len = 0;
}


/*
 * Clients fail on a Retry-After that is neither a number nor a date, on 0, and
 * on several of them.  The filter keeps the first valid one.
 */

static ngx_int_t
ngx_http_print_task_retry_later(ngx_http_request_t *r)
{
    ngx_uint_t              i;
    ngx_list_t             *headers;
    ngx_table_elt_t        *h, *kept;
    const ngx_list_part_t  *part;

    if (r->headers_out.status != NGX_HTTP_SERVICE_UNAVAILABLE
        && r->headers_out.status != NGX_HTTP_TOO_MANY_REQUESTS)
    {
        return NGX_OK;
    }

    headers = &r->headers_out.headers;

    kept = NULL;
    i = 0;
    part = &headers->part;

    for ( ;; ) {
        h = ngx_http_print_task_next_header(&part, &i,
                                            &ngx_http_print_task_retry_after);
        if (h == NULL) {
            break;
        }

        if (h->hash == 0) {
            continue;
        }

        if (kept == NULL) {
            kept = h;
            continue;
        }

        if (!ngx_http_print_task_is_time(&kept->value)) {
            kept->value = h->value;
        }

        h->hash = 0;
    }

    if (kept != NULL) {

        if (!ngx_http_print_task_is_time(&kept->value)) {
            kept->value = ngx_http_print_task_retry_seconds;
        }

        return NGX_OK;
    }

    return ngx_http_print_task_add_header(headers, "Retry-After",
                                          &ngx_http_print_task_retry_seconds)
           ? NGX_OK : NGX_ERROR;
}


/* seconds, or a date */

static ngx_uint_t
ngx_http_print_task_is_time(const ngx_str_t *value)
{
    return ngx_atoi(value->data, value->len) >= 1
           || ngx_parse_http_time(value->data, value->len) != NGX_ERROR;
}


static ngx_int_t
ngx_http_print_task_body_filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_http_print_task_ctx_t  *ctx;

    if (ngx_http_print_task_is_fetch(r)) {
        return ngx_http_print_task_fetch_body(r, in);
    }

    ctx = ngx_http_print_task_get_ctx(r);

    if (ctx != NULL && ctx->refetch.request == r) {
        ngx_http_print_task_refetch_body(r, ctx, in);
        return NGX_OK;
    }

    if (ctx == NULL || r != r->main) {
        return ngx_http_next_body_filter(r, in);
    }

    if (ctx->page.len) {
        return ngx_http_print_task_send_page(r, ctx);
    }

    if (ngx_http_print_task_is_answering(ctx)) {
        ngx_http_print_task_settle_body(r, ctx, in);
    }

    return ngx_http_next_body_filter(r, in);
}


static ngx_int_t
ngx_http_print_task_send_page(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ngx_buf_t    *b;
    ngx_chain_t   out;

    if (ctx->page_sent) {
        return ngx_http_next_body_filter(r, NULL);
    }

    ctx->page_sent = 1;

    b = ngx_calloc_buf(r->pool);
    if (b == NULL) {
        return NGX_ERROR;
    }

    b->pos = ctx->page.data;
    b->last = ctx->page.data + ctx->page.len;
    b->memory = 1;
    b->last_buf = 1;
    b->last_in_chain = 1;

    out.buf = b;
    out.next = NULL;

    return ngx_http_next_body_filter(r, &out);
}


ngx_int_t
ngx_http_print_task_filter_init(ngx_conf_t *cf)
{
    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_print_task_header_filter;

    ngx_http_next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = ngx_http_print_task_body_filter;

    return NGX_OK;
}
