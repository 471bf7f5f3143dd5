
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Configurations of locations. */


#ifndef _NGX_HTTP_PRINT_TASK_CONF_MERGE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_CONF_MERGE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "conf/conf.h"


void *ngx_http_print_task_create_main_conf(ngx_conf_t *cf);
void *ngx_http_print_task_create_srv_conf(ngx_conf_t *cf);
void *ngx_http_print_task_create_loc_conf(ngx_conf_t *cf);
char *ngx_http_print_task_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);


#endif /* _NGX_HTTP_PRINT_TASK_CONF_MERGE_H_INCLUDED_ */
