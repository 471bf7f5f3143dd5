
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The gate in the upstreams of nginx. */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_GATE_PEERS_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_GATE_PEERS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "conf/conf.h"


/* puts the gate into all upstreams, if a location is guarded */
ngx_int_t ngx_http_print_task_gate_init(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_GATE_PEERS_H_INCLUDED_ */
