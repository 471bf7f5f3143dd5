
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Counts and logs overdue tasks. */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_OVERDUE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_OVERDUE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "conf/conf.h"


/* a location with print_task_overdue; one of all that have the same store */
typedef struct {
    const ngx_http_print_task_loc_conf_t  *conf;
    const ngx_http_core_loc_conf_t        *core;
} ngx_http_print_task_overdue_t;


/* one worker walks through the tasks of each store */
ngx_int_t ngx_http_print_task_overdue_init_process(ngx_cycle_t *cycle,
    ngx_http_print_task_main_conf_t *ptmcf);
void ngx_http_print_task_overdue_exit_process(void);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_OVERDUE_H_INCLUDED_ */
