
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Filters of responses. */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_FILTER_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_FILTER_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


ngx_int_t ngx_http_print_task_filter_init(ngx_conf_t *cf);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_FILTER_H_INCLUDED_ */
