
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Log lines of refusals, and their limit. */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_LOG_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_LOG_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_log_rate.h"
#include "http/ctx.h"


/*
 * Logs at print_task_log_level that a request is refused, or would be.  ctx is
 * NULL if the request has none; "where" is added to the reason, or is "".
 */
void ngx_http_print_task_log_refusal(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, pt_log_kind_e kind, pt_reason_e reason,
    const char *where);

/*
 * Logs that a task is overdue.  A caller asks for at most this number of tasks
 * before, so that the limit holds.
 */
ngx_uint_t ngx_http_print_task_log_lines(
    ngx_http_print_task_main_conf_t *ptmcf);
void ngx_http_print_task_log_overdue(ngx_http_print_task_main_conf_t *ptmcf,
    ngx_uint_t level, ngx_log_t *log, const pt_listed_t *task);

/* creates the state of a worker; each worker has its own copy after fork() */
ngx_int_t ngx_http_print_task_log_init(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf);

/* writes the summary of the lines that were counted */
void ngx_http_print_task_log_exit_process(
    ngx_http_print_task_main_conf_t *ptmcf);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_LOG_H_INCLUDED_ */
