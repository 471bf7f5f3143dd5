
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Ends refused requests. */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_REFUSE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_REFUSE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_reason.h"
#include "http/ctx.h"


/* makes "refuse" the next step; returns NGX_OK */
ngx_int_t ngx_http_print_task_refuse(ngx_http_print_task_ctx_t *ctx,
    pt_reason_e reason);

/*
 * Records and logs a refusal, and settles the lease.  Returns the status that
 * ends the request.
 */
ngx_int_t ngx_http_print_task_refuse_now(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, pt_reason_e reason);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_REFUSE_H_INCLUDED_ */
