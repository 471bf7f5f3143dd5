
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* the task that an administrator makes: the body and the conditions of a PUT */


#include "http/put.h"

#include "core/pt_task.h"
#include "store/store.h"
#include "http/admin.h"
#include "http/body.h"
#include "http/headers.h"
#include "http/json.h"


static pt_reason_e ngx_http_print_task_put_condition(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);


static const ngx_str_t  ngx_http_print_task_content_range =
    ngx_string("content-range");
static const ngx_str_t  ngx_http_print_task_if_match =
    ngx_string("if-match");
static const ngx_str_t  ngx_http_print_task_if_none_match =
    ngx_string("if-none-match");
static const ngx_str_t  ngx_http_print_task_if_unmodified_since =
    ngx_string("if-unmodified-since");


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

    /* a condition is nothing to a request that is wrong in any case */

    if (reason == PT_OK) {
        reason = ngx_http_print_task_put_condition(r, ctx);
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


/*
 * RFC 9110, section 13.1: a task has no validator, so there is only whether it
 * is there, and of that the store knows one half in one step.
 */

static pt_reason_e
ngx_http_print_task_put_condition(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ngx_uint_t              i;
    const ngx_list_t       *headers;
    ngx_table_elt_t        *h;
    const ngx_list_part_t  *part;

    headers = &r->headers_in.headers;

    if (ngx_http_print_task_count_header(headers,
                                         &ngx_http_print_task_if_match)
        || ngx_http_print_task_count_header(headers,
                                     &ngx_http_print_task_if_unmodified_since))
    {
        return PT_CONDITION_FAILED;
    }

    i = 0;
    part = &headers->part;

    while ((h = ngx_http_print_task_next_header(&part, &i,
                                          &ngx_http_print_task_if_none_match))
           != NULL)
    {
        if (h->value.len != 1 || h->value.data[0] != '*') {
            return PT_CONDITION_FAILED;
        }

        ctx->op.create = 1;
    }

    return PT_OK;
}
