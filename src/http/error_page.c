
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Writes errors in the form of Microsoft Graph. */


#include "http/error_page.h"

#include "core/pt_json.h"
#include "core/pt_reason.h"
#include "core/pt_task.h"
#include "http/request_id.h"


#define NGX_HTTP_PRINT_TASK_DATE_LEN   19

/* the size of an error without its code, message, reason and client id */
#define NGX_HTTP_PRINT_TASK_ERROR_LEN  256


static u_char *ngx_http_print_task_message(u_char *p,
    ngx_http_print_task_ctx_t *ctx, pt_reason_e reason,
    const pt_status_t *status);
static ngx_uint_t ngx_http_print_task_is_plain_http(ngx_http_request_t *r);
static u_char *ngx_http_print_task_inner_error(u_char *p, pt_reason_e reason,
    const u_char *guid, const ngx_str_t *client_id);
static u_char *ngx_http_print_task_date(u_char *p);


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

    /* the status may belong to an error of nginx, not to the reason */

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
          + pt_json_escaped(&ctx->option)
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

    if (reason == PT_OK && ngx_http_print_task_is_plain_http(ctx->request)) {
        return pt_write(p, "The request is plain HTTP, and the port needs "
                        "HTTPS.");
    }

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

    if (reason == PT_QUERY_NOT_SUPPORTED) {
        p = pt_write(p, ": ");
        p = pt_json_escape(p, &ctx->option);
        *p++ = '.';
    }

    return p;
}


/*
 * nginx answers plain HTTP on a TLS port with 400, before it chooses a
 * location.
 */

static ngx_uint_t
ngx_http_print_task_is_plain_http(ngx_http_request_t *r)
{
#if (NGX_HTTP_SSL)
    return r->headers_out.status == NGX_HTTP_BAD_REQUEST
           && r->http_connection->ssl
           && r->connection->ssl == NULL;
#else
    return 0;
#endif
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


/* clients expect 19 characters of UTC without a zone; cached for a second */

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
