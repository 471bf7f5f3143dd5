
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* answers of our own: a printTask, or the headers of a refusal */


#include "http/task.h"

#include "core/pt_body_headers.h"
#include "core/pt_reason.h"
#include "core/pt_route.h"
#include "core/pt_task.h"
#include "store/store.h"
#include "http/admin.h"
#include "http/body.h"
#include "http/headers.h"


static ngx_int_t ngx_http_print_task_created(ngx_http_request_t *r);
static ngx_int_t ngx_http_print_task_send_minimal(ngx_http_request_t *r);
static ngx_uint_t ngx_http_print_task_wants_minimal(ngx_http_request_t *r);
static ngx_int_t ngx_http_print_task_challenge(ngx_http_request_t *r,
    pt_reason_e reason);
static ngx_int_t ngx_http_print_task_add_retry_after(ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx);
static ngx_table_elt_t *ngx_http_print_task_set_header(ngx_http_request_t *r,
    const char *name, const ngx_str_t *value);


static const ngx_str_t  ngx_http_print_task_prefer = ngx_string("prefer");

static const ngx_str_t  ngx_http_print_task_applied =
    ngx_string("return=minimal");


/* of a task, where there is print_task_admin */

static const ngx_str_t  ngx_http_print_task_allow_put =
    ngx_string("GET, HEAD, PATCH, PUT");


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
 * RFC 6750, section 3.  Every value is quoted and none holds a comma, which
 * some clients split the field at without regard to quotes.
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
ngx_http_print_task_send_task(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ngx_int_t        rc;
    ngx_buf_t       *b;
    ngx_chain_t      out;
    pt_owned_task_t  task;

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    /* a task has no version that If-Match and its like could be about */

    r->disable_not_modified = 1;

    r->headers_out.status = NGX_HTTP_OK;

    if (ctx->op.result == NGX_HTTP_PRINT_TASK_CREATED
        && ngx_http_print_task_created(r) != NGX_OK)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if ((r->method & (NGX_HTTP_PATCH|NGX_HTTP_PUT))
        && ngx_http_print_task_wants_minimal(r))
    {
        return ngx_http_print_task_send_minimal(r);
    }

    task.task = ctx->op.snapshot.task;
    ngx_str_null(&task.app);

    /* the owner is told to those who may set it, and have to keep it */

    if (ctx->admin) {
        task.app = ctx->op.snapshot.app;
    }

    b = ngx_create_temp_buf(r->pool, pt_put_size(&task, &ctx->route.task));
    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    b->last = pt_put_write(b->last, &task, &ctx->route.task);
    b->last_buf = 1;

    r->headers_out.content_length_n = b->last - b->pos;

    ngx_str_set(&r->headers_out.content_type, "application/json");
    r->headers_out.content_type_len = r->headers_out.content_type.len;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


/* the path of the task as the client has spelled it */

static ngx_int_t
ngx_http_print_task_created(ngx_http_request_t *r)
{
    u_char     *args;
    ngx_str_t   path;

    path = r->unparsed_uri;

    args = ngx_strlchr(path.data, path.data + path.len, '?');

    if (args != NULL) {
        path.len = args - path.data;
    }

    r->headers_out.status = NGX_HTTP_CREATED;

    return ngx_http_print_task_set_header(r, "Location", &path) ? NGX_OK
                                                                : NGX_ERROR;
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


ngx_int_t
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
        allow = (ctx->route.kind == PT_ROUTE_TASK
                 && ngx_http_print_task_has_admin(ctx->conf))
                ? &ngx_http_print_task_allow_put
                : &ngx_http_print_task_allow[ctx->route.kind];

        rc = ngx_http_print_task_set_header(r, "Allow", allow) ? NGX_OK
                                                               : NGX_ERROR;
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

    h = ngx_http_print_task_set_header(r, "WWW-Authenticate", value);
    if (h == NULL) {
        return NGX_ERROR;
    }

    r->headers_out.www_authenticate = h;

    return NGX_OK;
}


/*
 * Our own time, or that of the back end if it is a number; otherwise the header
 * filter adds the least one.
 */

static ngx_int_t
ngx_http_print_task_add_retry_after(ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx)
{
    ngx_str_t  value;

    value = ctx->learn.retry_after;

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

    return ngx_http_print_task_set_header(r, "Retry-After", &value)
           ? NGX_OK : NGX_ERROR;
}


/* a request may be refused twice, in two locations */

static ngx_table_elt_t *
ngx_http_print_task_set_header(ngx_http_request_t *r, const char *name,
    const ngx_str_t *value)
{
    ngx_str_t         key;
    ngx_table_elt_t  *h;

    key.data = (u_char *) name;
    key.len = ngx_strlen(name);

    h = ngx_http_print_task_find_header(&r->headers_out.headers, &key);

    if (h != NULL) {
        h->value = *value;
        return h;
    }

    return ngx_http_print_task_add_header(&r->headers_out.headers, name,
                                          value);
}
