
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* the way of a request */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_STEPS_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_STEPS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_reason.h"
#include "http/ctx.h"


ngx_int_t ngx_http_print_task_access_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_print_task_precontent_handler(ngx_http_request_t *r);

/* what a step waited for is there; called from the event loop only */
void ngx_http_print_task_resume(ngx_http_print_task_ctx_t *ctx);

/* records and logs a refusal, returns the status to end the request with */
ngx_int_t ngx_http_print_task_refuse_now(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, pt_reason_e reason);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_STEPS_H_INCLUDED_ */
