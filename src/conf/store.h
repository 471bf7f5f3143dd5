
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The store of a location. */


#ifndef _NGX_HTTP_PRINT_TASK_CONF_STORE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_CONF_STORE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "conf/conf.h"


char *ngx_http_print_task_redis(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_print_task_store(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_print_task_merge_store(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *prev,
    ngx_http_print_task_loc_conf_t *conf);

/* sets the defaults of print_task_redis_timeout and print_task_queue */
void ngx_http_print_task_set_timeouts(ngx_http_print_task_loc_conf_t *conf);

/* for guarded locations: sets conf->store */
char *ngx_http_print_task_use_store(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *conf);

/*
 * Whether two stores have the same records, as far as the configuration shows.
 */
ngx_uint_t ngx_http_print_task_same_store(
    const ngx_http_print_task_loc_conf_t *one,
    const ngx_http_print_task_loc_conf_t *other);


#endif /* _NGX_HTTP_PRINT_TASK_CONF_STORE_H_INCLUDED_ */
