
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Sends a printTask. */


#include "http/task.h"

#include "core/pt_body_headers.h"
#include "core/pt_etag.h"
#include "core/pt_task.h"
#include "store/store.h"
#include "http/condition.h"
#include "http/headers.h"
#include "http/list.h"
#include "http/send.h"


static ngx_int_t ngx_http_print_task_created(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_send_body(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, pt_owned_task_t *task);
static ngx_int_t ngx_http_print_task_set_etag(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, ngx_str_t *etag);
static ngx_int_t ngx_http_print_task_send_minimal(ngx_http_request_t *r);
static ngx_int_t ngx_http_print_task_send_nothing(ngx_http_request_t *r);
static ngx_uint_t ngx_http_print_task_wants_minimal(ngx_http_request_t *r);


static const ngx_str_t  ngx_http_print_task_prefer = ngx_string("prefer");

static const ngx_str_t  ngx_http_print_task_applied =
    ngx_string("return=minimal");


ngx_int_t
ngx_http_print_task_send_task(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ngx_int_t        rc;
    pt_owned_task_t  task;

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    /* the module has decided on conditions already, or they do not apply */

    r->disable_not_modified = 1;

    if (ctx->op.type == PT_OPERATION_LIST) {
        return ngx_http_print_task_send_list(r, ctx);
    }

    if (ctx->op.type == PT_OPERATION_DELETE) {
        return ngx_http_print_task_send_nothing(r);
    }

    r->headers_out.status = NGX_HTTP_OK;

    if (ctx->op.result == PT_RESULT_CREATED
        && ngx_http_print_task_created(r, ctx) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_memzero(&task, sizeof(pt_owned_task_t));

    if (ctx->conf->mode == NGX_HTTP_PRINT_TASK_ANSWER
        && ngx_http_print_task_set_etag(r, ctx, &task.etag) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ngx_http_print_task_not_modified(ctx)) {
        r->headers_out.status = NGX_HTTP_NOT_MODIFIED;
        r->header_only = 1;

        return ngx_http_send_header(r);
    }

    if ((r->method & (NGX_HTTP_PATCH|NGX_HTTP_PUT|NGX_HTTP_POST))
        && ngx_http_print_task_wants_minimal(r))
    {
        return ngx_http_print_task_send_minimal(r);
    }

    return ngx_http_print_task_send_body(r, ctx, &task);
}


static ngx_int_t
ngx_http_print_task_send_body(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, pt_owned_task_t *task)
{
    ngx_buf_t  *b;

    task->task = ctx->op.snapshot.task;

    /* administrators set the owner and need it to put the task again */

    if (ctx->admin) {
        task->app = ctx->op.snapshot.app;
    }

    b = ngx_create_temp_buf(r->pool, pt_put_size(task, &ctx->route.task));
    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    b->last = pt_put_write(b->last, task, &ctx->route.task);

    return ngx_http_print_task_send_json(r, b);
}


/* the path of the task, or of its collection, as the client spelled it */

static ngx_int_t
ngx_http_print_task_created(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    u_char     *p, *end;
    ngx_str_t   path;

    path = r->unparsed_uri;

    end = ngx_strlchr(path.data, path.data + path.len, '?');

    if (end != NULL) {
        path.len = end - path.data;
    }

    if (ctx->route.kind == PT_ROUTE_TASKS) {
        p = ngx_pnalloc(r->pool, path.len + 1 + ctx->route.task.len);
        if (p == NULL) {
            return NGX_ERROR;
        }

        end = ngx_cpymem(p, path.data, path.len);

        if (end[-1] != '/') {
            *end++ = '/';
        }

        end = ngx_cpymem(end, ctx->route.task.data, ctx->route.task.len);

        path.data = p;
        path.len = end - p;
    }

    r->headers_out.status = NGX_HTTP_CREATED;

    return ngx_http_print_task_set_header(&r->headers_out.headers, "Location",
                                          &path)
           ? NGX_OK : NGX_ERROR;
}


/* a strong tag: nginx weakens it if it compresses the body */

static ngx_int_t
ngx_http_print_task_set_etag(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, ngx_str_t *etag)
{
    etag->data = ngx_pnalloc(r->pool, PT_ETAG_MAX);
    if (etag->data == NULL) {
        return NGX_ERROR;
    }

    etag->len = pt_etag_write(etag->data, ctx->op.snapshot.rev) - etag->data;

    r->headers_out.etag = ngx_http_print_task_set_header(
                                      &r->headers_out.headers, "ETag", etag);

    return r->headers_out.etag ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_print_task_send_minimal(ngx_http_request_t *r)
{
    if (ngx_http_print_task_add_header(&r->headers_out.headers,
                                       "Preference-Applied",
                                       &ngx_http_print_task_applied)
        == NULL)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_print_task_send_nothing(r);
}


static ngx_int_t
ngx_http_print_task_send_nothing(ngx_http_request_t *r)
{
    r->headers_out.status = NGX_HTTP_NO_CONTENT;
    r->header_only = 1;

    return ngx_http_send_header(r);
}


static ngx_uint_t
ngx_http_print_task_wants_minimal(ngx_http_request_t *r)
{
    ngx_uint_t              i;
    ngx_table_elt_t        *h;
    const ngx_list_part_t  *part;

    i = 0;
    part = &r->headers_in.headers.part;

    while ((h = ngx_http_print_task_next_header(&part, &i,
                                                &ngx_http_print_task_prefer))
           != NULL)
    {
        if (pt_body_headers_minimal(&h->value)) {
            return 1;
        }
    }

    return 0;
}
