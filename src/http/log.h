
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* the lines about refusals, and what becomes of them in a flood */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_LOG_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_LOG_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_log_rate.h"
#include "http/ctx.h"


/*
 * Logs that a request is refused, or would be, at print_task_log_level.  ctx is
 * NULL where the request has none; "where" is added to the reason, or "".
 */
void ngx_http_print_task_log_refusal(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, pt_log_kind_e kind, pt_reason_e reason,
    const char *where);

/* the state of a worker: its copy of memory of the configuration */
ngx_int_t ngx_http_print_task_log_init(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf);

/* writes what was counted and not logged yet */
void ngx_http_print_task_log_exit_process(
    ngx_http_print_task_main_conf_t *ptmcf);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_LOG_H_INCLUDED_ */
