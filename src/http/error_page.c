
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Errors in the form of Microsoft Graph, and the ids that name a request in
 * them and in the headers of every response.
 */


#include "http/error_page.h"

#include <openssl/rand.h>

#include "core/pt_json.h"
#include "core/pt_reason.h"
#include "core/pt_task.h"
#include "core/pt_swar.h"
#include "conf/conf.h"
#include "http/headers.h"


#define NGX_HTTP_PRINT_TASK_GUID_LEN       36
#define NGX_HTTP_PRINT_TASK_DATE_LEN       19
#define NGX_HTTP_PRINT_TASK_CLIENT_ID_MAX  64

/* bytes of $request_id, and of how many the random bytes are got at once */
#define NGX_HTTP_PRINT_TASK_ID_BYTES       16
#define NGX_HTTP_PRINT_TASK_IDS            64

/* all that an error has beside its code, message, reason and client's id */
#define NGX_HTTP_PRINT_TASK_ERROR_LEN      256


static u_char *ngx_http_print_task_message(u_char *p,
    ngx_http_print_task_ctx_t *ctx, pt_reason_e reason,
    const pt_status_t *status);
static u_char *ngx_http_print_task_inner_error(u_char *p, pt_reason_e reason,
    const u_char *guid, const ngx_str_t *client_id);
static u_char *ngx_http_print_task_date(u_char *p);
static ngx_int_t ngx_http_print_task_request_id(ngx_http_request_t *r,
    u_char *guid);
static ngx_int_t ngx_http_print_task_new_id(ngx_http_request_t *r,
    ngx_http_variable_value_t *v);
static u_char *ngx_http_print_task_hex(u_char *p, const u_char *random);
static void ngx_http_print_task_client_id(ngx_http_request_t *r,
    ngx_str_t *id);


static const ngx_str_t  ngx_http_print_task_id_name =
    ngx_string("request-id");
static const ngx_str_t  ngx_http_print_task_client_id_name =
    ngx_string("client-request-id");


ngx_int_t
ngx_http_print_task_error_page(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    u_char             *p;
    size_t              len;
    ngx_str_t           client_id;
    pt_reason_e         reason;
    const pt_status_t  *status;
    u_char              guid[NGX_HTTP_PRINT_TASK_GUID_LEN];

    status = pt_status(r->headers_out.status);

    /* it may be nginx's own error, or another one than the reason was for */

    reason = (pt_reasons[ctx->reason].status == r->headers_out.status)
             ? ctx->reason : PT_OK;

    if (ngx_http_print_task_request_id(r, guid) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_print_task_client_id(r, &client_id);

    len = NGX_HTTP_PRINT_TASK_ERROR_LEN
          + status->code.len + status->message.len
          + pt_reasons[reason].word.len
          + pt_reasons[reason].message.len
          + pt_json_escaped(&client_id);

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ctx->page.data = p;

    p = pt_write(p, "{\"error\":{\"code\":\"");
    p = pt_write_str(p, &status->code);
    p = pt_write(p, "\",\"message\":\"");
    p = ngx_http_print_task_message(p, ctx, reason, status);
    p = pt_write(p, "\",\"innerError\":{");
    p = ngx_http_print_task_inner_error(p, reason, guid, &client_id);
    p = pt_write(p, "}}}");

    ctx->page.len = p - ctx->page.data;

    return NGX_OK;
}


static u_char *
ngx_http_print_task_message(u_char *p, ngx_http_print_task_ctx_t *ctx,
    pt_reason_e reason, const pt_status_t *status)
{
    pt_state_e  from, to;

    if (reason == PT_OK) {
        return pt_write_str(p, &status->message);
    }

    p = pt_write_str(p, &pt_reasons[reason].message);

    if (reason == PT_TRANSITION_NOT_ALLOWED || reason == PT_TASK_FINAL) {
        from = ctx->from;
        to = (ctx->update.state == PT_UNKNOWN) ? from : ctx->update.state;

        p = pt_write(p, ": from ");
        p = pt_write_str(p, &pt_state_names[from]);
        p = pt_write(p, " to ");
        p = pt_write_str(p, &pt_state_names[to]);
        *p++ = '.';
    }

    return p;
}


static u_char *
ngx_http_print_task_inner_error(u_char *p, pt_reason_e reason,
    const u_char *guid, const ngx_str_t *client_id)
{
    if (reason != PT_OK) {
        p = pt_write(p, "\"code\":\"");
        p = pt_write_str(p, &pt_reasons[reason].word);
        p = pt_write(p, "\",");
    }

    p = pt_write(p, "\"date\":\"");
    p = ngx_http_print_task_date(p);
    p = pt_write(p, "\",\"request-id\":\"");
    p = ngx_cpymem(p, guid, NGX_HTTP_PRINT_TASK_GUID_LEN);
    *p++ = '"';

    if (client_id->len) {
        p = pt_write(p, ",\"client-request-id\":\"");
        p = pt_json_escape(p, client_id);
        *p++ = '"';
    }

    return p;
}


/* clients want 19 characters of UTC, without a zone; once a second is enough */

static u_char *
ngx_http_print_task_date(u_char *p)
{
    ngx_tm_t       tm;
    static time_t  now;
    static u_char  date[NGX_HTTP_PRINT_TASK_DATE_LEN];

    if (now != ngx_time()) {
        now = ngx_time();

        ngx_gmtime(now, &tm);

        (void) ngx_sprintf(date, "%4d-%02d-%02dT%02d:%02d:%02d",
                           tm.ngx_tm_year, tm.ngx_tm_mon, tm.ngx_tm_mday,
                           tm.ngx_tm_hour, tm.ngx_tm_min, tm.ngx_tm_sec);
    }

    return ngx_cpymem(p, date, NGX_HTTP_PRINT_TASK_DATE_LEN);
}


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


/* $request_id as a GUID, so that it is found in the access log */

static ngx_int_t
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
 * What nginx does for $request_id, which is cached for the request: but asking
 * for random bytes is not cheap, so they are got for many requests at once.
 */

static ngx_int_t
ngx_http_print_task_new_id(ngx_http_request_t *r, ngx_http_variable_value_t *v)
{
    u_char             *p, *id;
    ngx_uint_t          i;
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

    v->data = p;

    id = ids[--left];

    for (i = 0; i < NGX_HTTP_PRINT_TASK_ID_BYTES; i += sizeof(uint64_t)) {
        p = ngx_http_print_task_hex(p, id + i);
    }

    v->len = 2 * NGX_HTTP_PRINT_TASK_ID_BYTES;

    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;

    return NGX_OK;
}


/*
 * The digits of eight bytes at once.  As they are random, it does not matter
 * which digit is of which bits.
 */

static u_char *
ngx_http_print_task_hex(u_char *p, const u_char *random)
{
    uint64_t    bits, digits, letters;
    ngx_uint_t  i;

    ngx_memcpy(&bits, random, sizeof(uint64_t));

    for (i = 0; i < 2; i++) {
        digits = bits & pt_swar_each(0x0f);
        letters = (digits + pt_swar_each(6)) >> 4 & pt_swar_each(1);

        digits += pt_swar_each('0') + letters * ('a' - '9' - 1);

        p = ngx_cpymem(p, &digits, sizeof(uint64_t));
        bits >>= 4;
    }

    return p;
}


/* the client's own id, empty if there is none that could be given back */

static void
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
