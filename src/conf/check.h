
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Finds well-formed settings that can never work. */


#ifndef _NGX_HTTP_PRINT_TASK_CONF_CHECK_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_CONF_CHECK_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "conf/conf.h"


/* issuers, tenants, applications and audiences that no token has */
char *ngx_http_print_task_check_names(ngx_conf_t *cf,
    const ngx_http_print_task_loc_conf_t *conf);

/* a print_task_key that two tasks share */
char *ngx_http_print_task_check_key(ngx_conf_t *cf,
    const ngx_http_print_task_loc_conf_t *conf);

/* settings of nginx that change the request after its check */
char *ngx_http_print_task_check_upstream(ngx_conf_t *cf,
    const ngx_http_print_task_loc_conf_t *conf,
    const ngx_http_upstream_conf_t *ucf);


#endif /* _NGX_HTTP_PRINT_TASK_CONF_CHECK_H_INCLUDED_ */
