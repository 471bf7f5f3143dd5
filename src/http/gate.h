
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* the gate in front of all back ends */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_GATE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_GATE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "conf/conf.h"


ngx_int_t ngx_http_print_task_gate_init(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf);

/* the first one of the REWRITE phase: marks that a location was entered */
ngx_int_t ngx_http_print_task_rewrite_handler(ngx_http_request_t *r);

/* for locations that are not ours, before their content handler */
ngx_int_t ngx_http_print_task_gate_early(ngx_http_request_t *r);

/* whether no cache may answer the request, nor keep its answer */
ngx_uint_t ngx_http_print_task_uncached(ngx_http_request_t *r);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_GATE_H_INCLUDED_ */
