
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The step "put". */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_PUT_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_PUT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_reason.h"
#include "http/ctx.h"


/* reads the body into ctx->op */
pt_reason_e ngx_http_print_task_read_put(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_PUT_H_INCLUDED_ */
