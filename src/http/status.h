
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* print_task_status: what an operator looks at */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_STATUS_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_STATUS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "conf/conf.h"


char *ngx_http_print_task_status(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* a location that shows the status guards no tasks */
char *ngx_http_print_task_merge_status(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *conf);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_STATUS_H_INCLUDED_ */
