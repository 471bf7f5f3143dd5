
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * If-Match and If-None-Match (RFC 9110, section 13.1).  The entity tag of a
 * task is its revision, so the store compares it in the atomic step that
 * changes the task.
 */


#include "http/condition.h"

#include "core/pt_etag.h"
#include "store/store.h"


static ngx_int_t ngx_http_print_task_read_tags(ngx_http_request_t *r,
    const ngx_table_elt_t *field, ngx_str_t *revs);


/* an empty list of revisions */
static const ngx_str_t  ngx_http_print_task_no_revs = ngx_string(" ");


/*
 * A change whose condition cannot be true, or depends on a time, gets an empty
 * list of revisions: no record matches it.  Tasks have no Last-Modified.
 */

ngx_int_t
ngx_http_print_task_read_condition(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ngx_str_t   none;
    ngx_uint_t  since;

    if (ngx_http_print_task_read_tags(r, r->headers_in.if_match,
                                      &ctx->op.match)
        != NGX_OK
        || ngx_http_print_task_read_tags(r, r->headers_in.if_none_match, &none)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD)) {
        ctx->none_match = none;
        return NGX_OK;
    }

    since = ctx->op.match.data == NULL
            && r->headers_in.if_unmodified_since != NULL;

    if (r->method == NGX_HTTP_POST) {
        /* a task that does not exist has no revision */

        if (none.data == NULL && ctx->op.match.data == NULL && !since) {
            ctx->op.create = 1;
            return NGX_OK;
        }

    } else if (none.data == NULL && !since) {
        return NGX_OK;

    } else if (r->method == NGX_HTTP_PUT
               && ctx->op.match.data == NULL
               && !since
               && none.data[0] == '*')
    {
        ctx->op.create = 1;
        return NGX_OK;
    }

    ctx->op.match = ngx_http_print_task_no_revs;

    return NGX_OK;
}


/* field == NULL sets revs->data to NULL */

static ngx_int_t
ngx_http_print_task_read_tags(ngx_http_request_t *r,
    const ngx_table_elt_t *field, ngx_str_t *revs)
{
    u_char  *p;

    ngx_str_null(revs);

    if (field == NULL) {
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, pt_etag_list_size(field->value.len));
    if (p == NULL) {
        return NGX_ERROR;
    }

    pt_etag_list(p, &field->value, revs);

    return NGX_OK;
}


ngx_uint_t
ngx_http_print_task_matches(const ngx_http_print_task_ctx_t *ctx)
{
    return ctx->op.match.data == NULL
           || pt_etag_list_has(&ctx->op.match, ctx->op.snapshot.rev);
}


ngx_uint_t
ngx_http_print_task_not_modified(const ngx_http_print_task_ctx_t *ctx)
{
    return ctx->none_match.data != NULL
           && pt_etag_list_has(&ctx->none_match, ctx->op.snapshot.rev);
}
