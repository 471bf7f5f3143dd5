
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* GET of the events of a definition, as an event stream (HTML, section 9.2) */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_LISTEN_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_LISTEN_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_reason.h"
#include "http/ctx.h"


ngx_uint_t ngx_http_print_task_wants_events(ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx);

/* the step "listen": the operation that finds where the listener begins */
pt_reason_e ngx_http_print_task_read_listen(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);

/* the answer: NGX_DONE, the request has ended, or ends later */
ngx_int_t ngx_http_print_task_listen(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);

/* before the first listener of a worker */
void ngx_http_print_task_listen_init(void);

/* the worker shuts down: all listeners end */
void ngx_http_print_task_listen_quit(void);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_LISTEN_H_INCLUDED_ */
