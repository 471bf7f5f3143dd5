
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The steps of a request. */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_STEPS_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_STEPS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


ngx_int_t ngx_http_print_task_access_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_print_task_precontent_handler(ngx_http_request_t *r);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_STEPS_H_INCLUDED_ */
