
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* If-Match and If-None-Match for a task that the store owns. */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_CONDITION_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_CONDITION_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "http/ctx.h"


/* sets ctx->op.match, ctx->op.create, ctx->none_match; NGX_ERROR: no memory */
ngx_int_t ngx_http_print_task_read_condition(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);

/* whether ctx->op.snapshot meets If-Match; whether the client has it already */
ngx_uint_t ngx_http_print_task_matches(const ngx_http_print_task_ctx_t *ctx);
ngx_uint_t ngx_http_print_task_not_modified(
    const ngx_http_print_task_ctx_t *ctx);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_CONDITION_H_INCLUDED_ */
