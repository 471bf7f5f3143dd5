
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The step "put": the task of a print service, in the body of PUT or POST. */


#include "http/put.h"

#include <openssl/rand.h>

#include "core/pt_task.h"
#include "store/store.h"
#include "http/admin.h"
#include "http/body.h"
#include "http/headers.h"
#include "http/json.h"


static ngx_int_t ngx_http_print_task_choose_id(ngx_http_request_t *r,
    ngx_str_t *id);


static const ngx_str_t  ngx_http_print_task_content_range =
    ngx_string("content-range");


pt_reason_e
ngx_http_print_task_read_put(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    pt_owned_task_t  put;
    ngx_str_t        body;
    pt_reason_e      reason;

    if (ngx_http_print_task_count_header(&r->headers_in.headers,
                                         &ngx_http_print_task_content_range))
    {
        return PT_CONTENT_RANGE;
    }

    if (ctx->route.kind == PT_ROUTE_TASKS
        && ngx_http_print_task_choose_id(r, &ctx->route.task) != NGX_OK)
    {
        return PT_INTERNAL;
    }

    reason = ngx_http_print_task_get_body(r, &body);

    if (reason == PT_OK) {
        reason = ngx_http_print_task_json_put(r, &body, &ctx->route, &put);
    }

    if (reason != PT_OK) {
        return reason;
    }

    ctx->update.state = put.task.state;

    ctx->op.type = PT_OPERATION_PUT;
    ctx->op.task = put.task;
    ctx->op.app = put.app;
    ctx->op.ttl = ctx->conf->admin->valid;

    return PT_OK;
}


/* a random GUID: RFC 9562, section 5.4 */

static ngx_int_t
ngx_http_print_task_choose_id(ngx_http_request_t *r, ngx_str_t *id)
{
    u_char      *p;
    u_char       random[16];
    ngx_uint_t   i;

    static const u_char  hex[] = "0123456789abcdef";

    if (RAND_bytes(random, sizeof(random)) != 1) {
        ngx_ssl_error(NGX_LOG_ALERT, r->connection->log, 0,
                      "RAND_bytes() failed");
        return NGX_ERROR;
    }

    random[6] = 0x40 | (random[6] & 0x0f);
    random[8] = 0x80 | (random[8] & 0x3f);

    p = ngx_pnalloc(r->pool, 2 * sizeof(random) + sizeof("----") - 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    id->data = p;

    for (i = 0; i < sizeof(random); i++) {

        if (i == 4 || i == 6 || i == 8 || i == 10) {
            *p++ = '-';
        }

        *p++ = hex[random[i] >> 4];
        *p++ = hex[random[i] & 0x0f];
    }

    id->len = p - id->data;

    return NGX_OK;
}
