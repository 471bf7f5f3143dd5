
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* the task that an administrator makes: the body of a PUT */


#include "http/put.h"

#include "core/pt_task.h"
#include "store/store.h"
#include "http/admin.h"
#include "http/body.h"
#include "http/headers.h"
#include "http/json.h"


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

    reason = ngx_http_print_task_get_body(r, &body);

    if (reason == PT_OK) {
        reason = ngx_http_print_task_json_put(r, &body, &ctx->route, &put);
    }

    if (reason != PT_OK) {
        return reason;
    }

    ctx->update.state = put.task.state;

    ctx->op.type = NGX_HTTP_PRINT_TASK_PUT;
    ctx->op.task = put.task;
    ctx->op.app = put.app;
    ctx->op.ttl = ctx->conf->admin->valid;

    return PT_OK;
}
