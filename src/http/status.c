
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "http/status.h"

#include "core/pt_accept.h"
#include "core/pt_exposition.h"
#include "http/headers.h"
#include "http/report.h"


/* after the formats of pt_format_e */
#define NGX_HTTP_PRINT_TASK_STATUS_ANY  PT_FORMAT_N


static ngx_int_t ngx_http_print_task_status_handler(ngx_http_request_t *r);
static pt_format_e ngx_http_print_task_status_format(ngx_http_request_t *r);
static ngx_int_t ngx_http_print_task_status_headers(ngx_http_request_t *r,
    pt_format_e format);
static ngx_int_t ngx_http_print_task_status_refuse(ngx_http_request_t *r);


static ngx_conf_enum_t  ngx_http_print_task_status_formats[] = {
    { ngx_string("prometheus"), PT_FORMAT_PROMETHEUS },
    { ngx_string("openmetrics"), PT_FORMAT_OPENMETRICS },
    { ngx_string("json"), PT_FORMAT_JSON },
    { ngx_null_string, 0 }
};


/* by pt_format_e */

static const ngx_str_t  ngx_http_print_task_status_offers[] = {
    ngx_string("text/plain"),
    ngx_string("application/openmetrics-text"),
    ngx_string("application/json")
};


static const ngx_str_t  ngx_http_print_task_status_types[] = {
    ngx_string("text/plain; version=0.0.4; charset=utf-8"),
    ngx_string("application/openmetrics-text; version=1.0.0; charset=utf-8"),
    ngx_string("application/json")
};


static const ngx_str_t  ngx_http_print_task_accept = ngx_string("accept");
static const ngx_str_t  ngx_http_print_task_no_store = ngx_string("no-store");
static const ngx_str_t  ngx_http_print_task_nosniff = ngx_string("nosniff");
static const ngx_str_t  ngx_http_print_task_vary = ngx_string("Accept");
static const ngx_str_t  ngx_http_print_task_get_head = ngx_string("GET, HEAD");


static ngx_int_t
ngx_http_print_task_status_handler(ngx_http_request_t *r)
{
    ngx_int_t     rc;
    ngx_buf_t    *b;
    ngx_chain_t   out;
    pt_format_e   format;

    if (!(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD))) {
        return ngx_http_print_task_status_refuse(r);
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    format = ngx_http_print_task_status_format(r);

    b = ngx_http_print_task_report(r, format);

    if (b == NULL || ngx_http_print_task_status_headers(r, format) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = b->last - b->pos;

    b->last_buf = (r == r->main) ? 1 : 0;
    b->last_in_chain = 1;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


/* what nobody asks for is for Prometheus */

static pt_format_e
ngx_http_print_task_status_format(ngx_http_request_t *r)
{
    ngx_uint_t                             best;
    ngx_table_elt_t                       *accept;
    const ngx_http_print_task_loc_conf_t  *conf;

    conf = ngx_http_get_module_loc_conf(r, ngx_http_print_task_module);

    if (conf->status != NGX_HTTP_PRINT_TASK_STATUS_ANY) {
        return (pt_format_e) conf->status;
    }

    accept = ngx_http_print_task_find_header(&r->headers_in.headers,
                                             &ngx_http_print_task_accept);
    if (accept == NULL) {
        return PT_FORMAT_PROMETHEUS;
    }

    best = pt_accept_best(&accept->value, ngx_http_print_task_status_offers,
                          PT_FORMAT_N);

    return (best == PT_FORMAT_N) ? PT_FORMAT_PROMETHEUS : (pt_format_e) best;
}


static ngx_int_t
ngx_http_print_task_status_headers(ngx_http_request_t *r, pt_format_e format)
{
    ngx_list_t                            *headers;
    const ngx_http_print_task_loc_conf_t  *conf;

    conf = ngx_http_get_module_loc_conf(r, ngx_http_print_task_module);
    headers = &r->headers_out.headers;

    r->headers_out.content_type = ngx_http_print_task_status_types[format];
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;

    if (ngx_http_print_task_add_header(headers, "Cache-Control",
                                       &ngx_http_print_task_no_store)
        == NULL
        || ngx_http_print_task_add_header(headers, "X-Content-Type-Options",
                                          &ngx_http_print_task_nosniff)
           == NULL)
    {
        return NGX_ERROR;
    }

    if (conf->status == NGX_HTTP_PRINT_TASK_STATUS_ANY
        && ngx_http_print_task_add_header(headers, "Vary",
                                          &ngx_http_print_task_vary)
           == NULL)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_status_refuse(ngx_http_request_t *r)
{
    return ngx_http_print_task_set_header(&r->headers_out.headers, "Allow",
                                          &ngx_http_print_task_get_head)
           ? NGX_HTTP_NOT_ALLOWED : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


char *
ngx_http_print_task_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_print_task_loc_conf_t *ptlcf = conf;

    ngx_str_t                        *value;
    ngx_conf_enum_t                  *format;
    ngx_http_core_loc_conf_t         *clcf;
    ngx_http_print_task_main_conf_t  *ptmcf;

    if (ptlcf->status != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    ptlcf->status = NGX_HTTP_PRINT_TASK_STATUS_ANY;

    if (cf->args->nelts > 1) {
        value = cf->args->elts;

        for (format = ngx_http_print_task_status_formats;
             format->name.len;
             format++)
        {
            if (format->name.len == value[1].len
                && ngx_strcmp(format->name.data, value[1].data) == 0)
            {
                ptlcf->status = format->value;
                break;
            }
        }

        if (format->name.len == 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid format \"%V\" in \"%V\", it must be "
                               "\"prometheus\", \"openmetrics\" or \"json\"",
                               &value[1], &cmd->name);
            return NGX_CONF_ERROR;
        }
    }

    ptmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_print_task_module);
    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    ptmcf->status = 1;
    clcf->handler = ngx_http_print_task_status_handler;

    return NGX_CONF_OK;
}


char *
ngx_http_print_task_merge_status(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *conf)
{
    if (conf->status == NGX_CONF_UNSET_UINT) {
        return NGX_CONF_OK;
    }

    if (conf->mode != NGX_CONF_UNSET_UINT
        && conf->mode != NGX_HTTP_PRINT_TASK_OFF)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"print_task_status\" and \"print_task\" cannot "
                           "be used in the same location");
        return NGX_CONF_ERROR;
    }

    conf->mode = NGX_HTTP_PRINT_TASK_OFF;

    return NGX_CONF_OK;
}
