
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The ids of a request: $request_id, which the module creates, and the id that
 * the client sent.  Both are in the header of every response and in errors.
 */


#include "http/request_id.h"

#include <openssl/rand.h>

#include "conf/conf.h"
#include "http/headers.h"


#define NGX_HTTP_PRINT_TASK_CLIENT_ID_MAX  64

/* bytes of $request_id; random bytes are read for this many ids at once */
#define NGX_HTTP_PRINT_TASK_ID_BYTES       16
#define NGX_HTTP_PRINT_TASK_IDS            64


static ngx_int_t ngx_http_print_task_new_id(ngx_http_request_t *r,
    ngx_http_variable_value_t *v);


static const ngx_str_t  ngx_http_print_task_id_name =
    ngx_string("request-id");
static const ngx_str_t  ngx_http_print_task_client_id_name =
    ngx_string("client-request-id");


ngx_int_t
ngx_http_print_task_add_ids(ngx_http_request_t *r)
{
    u_char      *guid;
    ngx_str_t    id;
    ngx_list_t  *headers;

    headers = &r->headers_out.headers;

    if (ngx_http_print_task_find_header(headers, &ngx_http_print_task_id_name)
        == NULL)
    {
        guid = ngx_pnalloc(r->pool, NGX_HTTP_PRINT_TASK_GUID_LEN);

        if (guid == NULL
            || ngx_http_print_task_request_id(r, guid) != NGX_OK)
        {
            return NGX_ERROR;
        }

        id.data = guid;
        id.len = NGX_HTTP_PRINT_TASK_GUID_LEN;

        if (ngx_http_print_task_add_header(headers, "request-id", &id)
            == NULL)
        {
            return NGX_ERROR;
        }
    }

    ngx_http_print_task_client_id(r, &id);

    if (id.len == 0
        || ngx_http_print_task_find_header(headers,
                                          &ngx_http_print_task_client_id_name))
    {
        return NGX_OK;
    }

    return ngx_http_print_task_add_header(headers, "client-request-id", &id)
           ? NGX_OK : NGX_ERROR;
}


/*
 * $request_id in the form of a GUID, so that it can be found in the access log.
 */

ngx_int_t
ngx_http_print_task_request_id(ngx_http_request_t *r, u_char *guid)
{
    u_char                           *p;
    ngx_http_variable_value_t        *v;
    ngx_http_print_task_main_conf_t  *ptmcf;

    ptmcf = ngx_http_get_module_main_conf(r, ngx_http_print_task_module);

    v = &r->variables[ptmcf->request_id];

    if (!v->valid && ngx_http_print_task_new_id(r, v) != NGX_OK) {
        return NGX_ERROR;
    }

    if (v->len != 2 * NGX_HTTP_PRINT_TASK_ID_BYTES) {
        return NGX_ERROR;
    }

    p = v->data;

    guid = ngx_cpymem(guid, p, 8);
    *guid++ = '-';
    guid = ngx_cpymem(guid, p + 8, 4);
    *guid++ = '-';
    guid = ngx_cpymem(guid, p + 12, 4);
    *guid++ = '-';
    guid = ngx_cpymem(guid, p + 16, 4);
    *guid++ = '-';
    ngx_memcpy(guid, p + 20, 12);

    return NGX_OK;
}


/*
 * Sets the cached value of $request_id, as nginx does.  A call for random bytes
 * is expensive, so the module reads them for many requests at once.
 */

static ngx_int_t
ngx_http_print_task_new_id(ngx_http_request_t *r, ngx_http_variable_value_t *v)
{
    u_char             *p;
    static ngx_uint_t   left;
    static u_char       ids[NGX_HTTP_PRINT_TASK_IDS]
                           [NGX_HTTP_PRINT_TASK_ID_BYTES];

    if (left == 0) {

        if (RAND_bytes(ids[0], sizeof(ids)) != 1) {
            ngx_ssl_error(NGX_LOG_ALERT, r->connection->log, 0,
                          "RAND_bytes() failed");
            return NGX_ERROR;
        }

        left = NGX_HTTP_PRINT_TASK_IDS;
    }

    p = ngx_pnalloc(r->pool, 2 * NGX_HTTP_PRINT_TASK_ID_BYTES);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_hex_dump(p, ids[--left], NGX_HTTP_PRINT_TASK_ID_BYTES);

    v->data = p;
    v->len = 2 * NGX_HTTP_PRINT_TASK_ID_BYTES;

    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}


void
ngx_http_print_task_client_id(ngx_http_request_t *r, ngx_str_t *id)
{
    size_t            i;
    ngx_table_elt_t  *h;

    ngx_str_null(id);

    h = ngx_http_print_task_find_header(&r->headers_in.headers,
                                        &ngx_http_print_task_client_id_name);

    if (h == NULL || h->value.len > NGX_HTTP_PRINT_TASK_CLIENT_ID_MAX) {
        return;
    }

    for (i = 0; i < h->value.len; i++) {
        if (h->value.data[i] < 0x20 || h->value.data[i] > 0x7e) {
            return;
        }
    }

    *id = h->value;
}
