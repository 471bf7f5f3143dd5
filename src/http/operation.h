
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The operation that a request needs in the store. */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_OPERATION_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_OPERATION_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "http/ctx.h"


/* sets ctx->op */
ngx_int_t ngx_http_print_task_store_op(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_OPERATION_H_INCLUDED_ */
