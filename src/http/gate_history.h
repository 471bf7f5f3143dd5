
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* What has happened to a request before it comes to the gate. */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_GATE_HISTORY_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_GATE_HISTORY_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_gate.h"
#include "conf/conf.h"
#include "http/ctx.h"


ngx_int_t ngx_http_print_task_history_init(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf);

/*
 * The first handler of the REWRITE phase: records that a location was entered.
 */
ngx_int_t ngx_http_print_task_rewrite_handler(ngx_http_request_t *r);

/*
 * What happened to the request before, and the context with its verdict, or
 * NULL.  NGX_DECLINED: no guarded location was involved.
 */
ngx_int_t ngx_http_print_task_history(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t **ctxp, pt_gate_e *history);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_GATE_HISTORY_H_INCLUDED_ */
