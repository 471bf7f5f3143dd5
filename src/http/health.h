
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* print_task_health: whether this nginx runs, and whether it can decide. */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_HEALTH_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_HEALTH_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "conf/conf.h"


/* handles the requests of a location */
ngx_int_t ngx_http_print_task_health_handler(ngx_http_request_t *r);

/* "ready" includes the keys and the store of this location from now on */
ngx_int_t ngx_http_print_task_health_add(ngx_conf_t *cf,
    const ngx_http_print_task_loc_conf_t *conf);

/* called when the configuration is loaded */
void ngx_http_print_task_health_init(ngx_http_print_task_main_conf_t *ptmcf);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_HEALTH_H_INCLUDED_ */
