
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Errors in the form of Microsoft Graph. */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_ERROR_PAGE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_ERROR_PAGE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "http/ctx.h"


/* writes the body for r->headers_out.status to ctx->page */
ngx_int_t ngx_http_print_task_error_page(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_ERROR_PAGE_H_INCLUDED_ */
