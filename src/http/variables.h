
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* the variables of the module */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_VARIABLES_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_VARIABLES_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/* words of variables: by ngx_http_print_task_verdict_e, pt_circuit_state_e */
extern const ngx_str_t  ngx_http_print_task_verdicts[];
extern const ngx_str_t  ngx_http_print_task_store_states[];

ngx_int_t ngx_http_print_task_add_variables(ngx_conf_t *cf);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_VARIABLES_H_INCLUDED_ */
