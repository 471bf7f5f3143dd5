
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* the step "decide" of "print_task answer" */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_DECIDE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_DECIDE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_reason.h"
#include "http/ctx.h"


/* PT_OK if ctx->op is to be answered with, or a reason */
pt_reason_e ngx_http_print_task_decide_task(ngx_http_print_task_ctx_t *ctx);

/* whether the record is of the application of the request, or of any */
ngx_uint_t ngx_http_print_task_owns_task(ngx_http_print_task_ctx_t *ctx);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_DECIDE_H_INCLUDED_ */
