
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Sends a printTask. */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_TASK_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_TASK_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "http/ctx.h"


/* sends ctx->op.snapshot; returns the code that finalizes r */
ngx_int_t ngx_http_print_task_send_task(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_TASK_H_INCLUDED_ */
