
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Lists of the tasks of a definition. */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_LIST_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_LIST_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_reason.h"
#include "http/ctx.h"


/* sets ctx->op to the operation that the query asks for */
pt_reason_e ngx_http_print_task_read_query(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);

/* sends ctx->op.tasks; returns the code that finalizes r */
ngx_int_t ngx_http_print_task_send_list(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_LIST_H_INCLUDED_ */
