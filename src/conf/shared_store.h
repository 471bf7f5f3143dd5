
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Keeps the tasks of locations apart that share a store. */


#ifndef _NGX_HTTP_PRINT_TASK_CONF_SHARED_STORE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_CONF_SHARED_STORE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "conf/conf.h"


/* for guarded locations: sets conf->key_prefix and conf->key_text */
char *ngx_http_print_task_use_key(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *conf);

/*
 * Refuses locations that share records but have different rules for access: a
 * record that one location writes may not be valid for the other.
 */
char *ngx_http_print_task_check_shared(ngx_conf_t *cf,
    const ngx_http_print_task_loc_conf_t *conf);

/*
 * Adds the store of a location with print_task_overdue to those whose overdue
 * tasks are counted.
 */
char *ngx_http_print_task_use_overdue(ngx_conf_t *cf,
    const ngx_http_print_task_loc_conf_t *conf);


#endif /* _NGX_HTTP_PRINT_TASK_CONF_SHARED_STORE_H_INCLUDED_ */
