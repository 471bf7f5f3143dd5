
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The step "route": the resource and the method of a request. */


#include "http/route.h"

#include "core/pt_str_list.h"
#include "core/pt_route.h"
#include "core/pt_route_spelling.h"
#include "http/admin.h"
#include "http/headers.h"


static pt_reason_e ngx_http_print_task_read_path(ngx_http_request_t *r,
    pt_route_t *route);
static ngx_int_t ngx_http_print_task_no_upgrade(ngx_http_request_t *r);
static ngx_uint_t ngx_http_print_task_too_early(ngx_http_request_t *r);


/* fields that make some servers use another path or method */

#define NGX_HTTP_PRINT_TASK_OVERRIDE_METHOD  2

static const ngx_str_t  ngx_http_print_task_override[] = {
    ngx_string("x-original-url"),
    ngx_string("x-rewrite-url"),

    /* NGX_HTTP_PRINT_TASK_OVERRIDE_METHOD */
    ngx_string("x-http-method"),
    ngx_string("x-http-method-override"),
    ngx_string("x-method-override"),
    ngx_null_string
};


static const ngx_str_t  ngx_http_print_task_upgrade[] = {
    ngx_string("upgrade"),
    ngx_null_string
};


static const ngx_str_t  ngx_http_print_task_early_data[] = {
    ngx_string("early-data"),
    ngx_null_string
};


pt_reason_e
ngx_http_print_task_find_route(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ngx_uint_t    methods;
    pt_reason_e   reason;

    ctx->method = r->method;
    ctx->method_name = r->method_name;
    ctx->uri = r->uri;

    if (r->headers_in.upgrade
        && !ctx->conf->dry_run
        && ngx_http_print_task_no_upgrade(r) != NGX_OK)
    {
        return PT_INTERNAL;
    }

    reason = ngx_http_print_task_overridden(&r->headers_in.headers);

    if (reason != PT_OK) {
        return reason;
    }

    if (ngx_http_print_task_too_early(r)) {
        return PT_TOO_EARLY;
    }

    reason = ngx_http_print_task_read_path(r, &ctx->route);

    if (reason != PT_OK) {
        return reason;
    }

    switch (ctx->route.kind) {

    case PT_ROUTE_TASK:
        methods = NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_PATCH;

        methods |= ngx_http_print_task_admin_methods(ctx);

        return (r->method & methods) ? PT_OK : PT_METHOD_NOT_ALLOWED;

    case PT_ROUTE_TASKS:
        methods = NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_POST;

        if (ctx->conf->mode == NGX_HTTP_PRINT_TASK_ANSWER
            && ctx->route.definition.len)
        {
            methods = NGX_HTTP_GET|NGX_HTTP_HEAD
                      |ngx_http_print_task_admin_methods(ctx);
        }

        return (r->method & methods) ? PT_OK : PT_METHOD_NOT_ALLOWED;

    case PT_ROUTE_BELOW:
        return (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))
               ? PT_OK : PT_NOT_CANONICAL_PATH;

    case PT_ROUTE_BATCH:
        return PT_BATCH_NOT_SUPPORTED;

    case PT_ROUTE_PARENT:
    case PT_ROUTE_OTHER:
        break;
    }

    return PT_OK;
}


pt_reason_e
ngx_http_print_task_overridden(const ngx_list_t *headers)
{
    const ngx_str_t  *method;

    if (!ngx_http_print_task_has_header(headers,
                                        ngx_http_print_task_override))
    {
        return PT_OK;
    }

    method = &ngx_http_print_task_override[
                                         NGX_HTTP_PRINT_TASK_OVERRIDE_METHOD];

    return ngx_http_print_task_has_header(headers, method)
           ? PT_METHOD_OVERRIDE : PT_PATH_INVALID;
}


static pt_reason_e
ngx_http_print_task_read_path(ngx_http_request_t *r, pt_route_t *route)
{
    u_char       *args;
    ngx_str_t     raw;
    pt_reason_e   reason;

    raw = r->unparsed_uri;

    args = memchr(raw.data, '?', raw.len);

    if (args != NULL) {
        raw.len = args - raw.data;
    }

    if (pt_str_equal(&raw, &r->uri) && pt_route_plain(&r->uri, route)) {
        return PT_OK;
    }

    reason = pt_route_spelling(&raw, r->valid_unparsed_uri ? &r->uri : NULL);

    if (reason != PT_OK) {
        return reason;
    }

    return pt_route_read(&r->uri, route);
}


/* an upgraded connection would bypass the module */

static ngx_int_t
ngx_http_print_task_no_upgrade(ngx_http_request_t *r)
{
    r->headers_in.upgrade = NULL;

    if (ngx_http_print_task_copy_headers(r, &r->headers_in.headers,
                                         ngx_http_print_task_upgrade)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ngx_http_print_task_flush_headers(r, ngx_http_print_task_upgrade);

    return NGX_OK;
}


/*
 * RFC 8470: anyone who has recorded early data may send it again, also a proxy
 * in front of this server may have got it.  A field of any value counts.
 */

static ngx_uint_t
ngx_http_print_task_too_early(ngx_http_request_t *r)
{
#if (NGX_HTTP_SSL)
    ngx_str_t  early;
#endif

    if (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_OPTIONS)) {
        return 0;
    }

#if (NGX_HTTP_SSL)

    if (r->connection->ssl
        && (ngx_ssl_get_early_data(r->connection, r->pool, &early) != NGX_OK
            || early.len))
    {
        return 1;
    }

#endif

    return ngx_http_print_task_has_header(&r->headers_in.headers,
                                          ngx_http_print_task_early_data);
}
