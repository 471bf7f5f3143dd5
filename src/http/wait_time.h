
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* What a request has waited for, and how long. */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_WAIT_TIME_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_WAIT_TIME_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "http/ctx.h"


/* a step has returned NGX_AGAIN; the steps run again */
void ngx_http_print_task_time_begin(ngx_http_print_task_ctx_t *ctx);
void ngx_http_print_task_time_end(ngx_http_print_task_ctx_t *ctx);

/* ms until now; NGX_DECLINED: the request did not wait for this */
ngx_int_t ngx_http_print_task_wait_time(const ngx_http_print_task_ctx_t *ctx,
    ngx_http_print_task_wait_for_e what, ngx_msec_t *time);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_WAIT_TIME_H_INCLUDED_ */
