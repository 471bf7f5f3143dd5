
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* print_task_status: the directive, and the response in each format. */


#include "http/status.h"

#include <openssl/rand.h>

#include "core/pt_accept.h"
#include "core/pt_exposition.h"
#include "core/pt_json.h"
#include "http/headers.h"
#include "http/record.h"
#include "http/report.h"
#include "http/send.h"
#include "ngx_http_print_task_page.h"


/* follows the formats of pt_format_e */
#define NGX_HTTP_PRINT_TASK_STATUS_HTML  PT_FORMAT_N
#define NGX_HTTP_PRINT_TASK_STATUS_ANY   (PT_FORMAT_N + 1)

/* the placeholder of the nonce in the page */
#define NGX_HTTP_PRINT_TASK_NONCE        "0123456789abcdef0123456789ABCDEF"
#define NGX_HTTP_PRINT_TASK_NONCE_LEN                                         \
    (sizeof(NGX_HTTP_PRINT_TASK_NONCE) - 1)


static ngx_int_t ngx_http_print_task_status_handler(ngx_http_request_t *r);
static ngx_uint_t ngx_http_print_task_status_format(ngx_http_request_t *r);
static ngx_buf_t *ngx_http_print_task_status_page(ngx_http_request_t *r);
static ngx_int_t ngx_http_print_task_status_policy(ngx_http_request_t *r,
    const u_char *nonce);
static ngx_int_t ngx_http_print_task_status_headers(ngx_http_request_t *r,
    ngx_uint_t format);
static ngx_int_t ngx_http_print_task_status_refuse(ngx_http_request_t *r);


static ngx_conf_enum_t  ngx_http_print_task_status_formats[] = {
    { ngx_string("prometheus"), PT_FORMAT_PROMETHEUS },
    { ngx_string("openmetrics"), PT_FORMAT_OPENMETRICS },
    { ngx_string("json"), PT_FORMAT_JSON },
    { ngx_string("html"), NGX_HTTP_PRINT_TASK_STATUS_HTML },
    { ngx_null_string, 0 }
};


/* by pt_format_e */

static const ngx_str_t  ngx_http_print_task_status_offers[] = {
    ngx_string("text/plain"),
    ngx_string("application/openmetrics-text"),
    ngx_string("application/json"),
    ngx_string("text/html")
};


static const ngx_str_t  ngx_http_print_task_status_types[] = {
    ngx_string("text/plain; version=0.0.4; charset=utf-8"),
    ngx_string("application/openmetrics-text; version=1.0.0; charset=utf-8"),
    ngx_string("application/json"),
    ngx_string("text/html; charset=utf-8")
};


static const ngx_str_t  ngx_http_print_task_accept = ngx_string("accept");
static const ngx_str_t  ngx_http_print_task_no_store = ngx_string("no-store");
static const ngx_str_t  ngx_http_print_task_nosniff = ngx_string("nosniff");
static const ngx_str_t  ngx_http_print_task_no_referrer =
    ngx_string("no-referrer");
static const ngx_str_t  ngx_http_print_task_vary = ngx_string("Accept");
static const ngx_str_t  ngx_http_print_task_get_head = ngx_string("GET, HEAD");
static const ngx_str_t  ngx_http_print_task_get_head_post =
    ngx_string("GET, HEAD, POST");


static ngx_int_t
ngx_http_print_task_status_handler(ngx_http_request_t *r)
{
    ngx_int_t                              rc;
    ngx_buf_t                             *b;
    ngx_uint_t                             format, methods;
    const ngx_http_print_task_loc_conf_t  *conf;

    conf = ngx_http_get_module_loc_conf(r, ngx_http_print_task_module);

    methods = NGX_HTTP_GET|NGX_HTTP_HEAD;

    if (conf->status_actions) {
        methods |= NGX_HTTP_POST;
    }

    if (!(r->method & methods)) {
        return ngx_http_print_task_status_refuse(r);
    }

    if (conf->status >= PT_FORMAT_JSON && ngx_http_print_task_is_record(r)) {
        return ngx_http_print_task_record_handler(r);
    }

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    format = ngx_http_print_task_status_format(r);

    b = (format == NGX_HTTP_PRINT_TASK_STATUS_HTML)
        ? ngx_http_print_task_status_page(r)
        : ngx_http_print_task_report(r, (pt_format_e) format);

    if (b == NULL || ngx_http_print_task_status_headers(r, format) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->headers_out.status = NGX_HTTP_OK;

    return ngx_http_print_task_send_buf(r, b);
}


/* the default is for Prometheus; the page requests JSON */

static ngx_uint_t
ngx_http_print_task_status_format(ngx_http_request_t *r)
{
    ngx_uint_t                             best, first;
    ngx_table_elt_t                       *accept;
    const ngx_http_print_task_loc_conf_t  *conf;

    conf = ngx_http_get_module_loc_conf(r, ngx_http_print_task_module);

    if (conf->status < NGX_HTTP_PRINT_TASK_STATUS_HTML) {
        return conf->status;
    }

    first = (conf->status == NGX_HTTP_PRINT_TASK_STATUS_HTML) ? PT_FORMAT_JSON
                                                              : 0;

    accept = ngx_http_print_task_find_header(&r->headers_in.headers,
                                             &ngx_http_print_task_accept);
    best = (accept == NULL) ? NGX_HTTP_PRINT_TASK_STATUS_ANY
           : first + pt_accept_best(&accept->value,
                                    ngx_http_print_task_status_offers + first,
                                    NGX_HTTP_PRINT_TASK_STATUS_ANY - first);

    if (best != NGX_HTTP_PRINT_TASK_STATUS_ANY) {
        return best;
    }

    return first ? NGX_HTTP_PRINT_TASK_STATUS_HTML : PT_FORMAT_PROMETHEUS;
}


/* a nonce permits the style and the script of the page, and no other */

static ngx_buf_t *
ngx_http_print_task_status_page(ngx_http_request_t *r)
{
    u_char     *p;
    ngx_buf_t  *b;
    u_char      random[NGX_HTTP_PRINT_TASK_NONCE_LEN / 2];
    u_char      nonce[NGX_HTTP_PRINT_TASK_NONCE_LEN];

    b = ngx_create_temp_buf(r->pool, ngx_http_print_task_page.len);

    if (b == NULL || RAND_bytes(random, sizeof(random)) != 1) {
        return NULL;
    }

    (void) ngx_hex_dump(nonce, random, sizeof(random));

    b->last = pt_write_str(b->last, &ngx_http_print_task_page);

    for (p = b->pos; /* void */ ; p += NGX_HTTP_PRINT_TASK_NONCE_LEN) {
        p = ngx_strnstr(p, NGX_HTTP_PRINT_TASK_NONCE, b->last - p);

        if (p == NULL) {
            break;
        }

        ngx_memcpy(p, nonce, NGX_HTTP_PRINT_TASK_NONCE_LEN);
    }

    return (ngx_http_print_task_status_policy(r, nonce) == NGX_OK) ? b : NULL;
}


static ngx_int_t
ngx_http_print_task_status_policy(ngx_http_request_t *r, const u_char *nonce)
{
    ngx_str_t  policy;

    policy.data = ngx_pnalloc(r->pool, 256);
    if (policy.data == NULL) {
        return NGX_ERROR;
    }

    policy.len = ngx_snprintf(policy.data, 256,
                              "default-src 'none'; style-src 'nonce-%*s'; "
                              "script-src 'nonce-%*s'; connect-src 'self'; "
                              "base-uri 'none'; form-action 'none'; "
                              "frame-ancestors 'none'",
                              NGX_HTTP_PRINT_TASK_NONCE_LEN, nonce,
                              NGX_HTTP_PRINT_TASK_NONCE_LEN, nonce)
                 - policy.data;

    return (ngx_http_print_task_add_header(&r->headers_out.headers,
                                           "Content-Security-Policy", &policy)
            && ngx_http_print_task_add_header(&r->headers_out.headers,
                                              "Referrer-Policy",
                                              &ngx_http_print_task_no_referrer))
           ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_print_task_status_headers(ngx_http_request_t *r, ngx_uint_t format)
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

    if (conf->status >= NGX_HTTP_PRINT_TASK_STATUS_HTML
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
    const ngx_http_print_task_loc_conf_t  *conf;

    conf = ngx_http_get_module_loc_conf(r, ngx_http_print_task_module);

    return ngx_http_print_task_set_header(&r->headers_out.headers, "Allow",
                                          conf->status_actions
                                          ? &ngx_http_print_task_get_head_post
                                          : &ngx_http_print_task_get_head)
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
                               "\"prometheus\", \"openmetrics\", \"json\" or "
                               "\"html\"",
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
    ngx_conf_init_value(conf->status_actions, 0);

    if (conf->status_actions
        && (conf->status == NGX_CONF_UNSET_UINT
            || conf->status < PT_FORMAT_JSON))
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"print_task_status_actions\" needs "
                           "\"print_task_status\" in its location, without "
                           "a format or with \"json\" or \"html\"");
        return NGX_CONF_ERROR;
    }

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
