
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The gate in front of all back ends. */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_GATE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_GATE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/* for a request that is complete; NGX_ERROR: nothing may be sent */
ngx_int_t ngx_http_print_task_gate(ngx_http_request_t *r);

/* runs in unguarded locations, before the content handler */
ngx_int_t ngx_http_print_task_gate_early(ngx_http_request_t *r);

/* whether no cache may answer the request or store its answer */
ngx_uint_t ngx_http_print_task_uncached(ngx_http_request_t *r);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_GATE_H_INCLUDED_ */
