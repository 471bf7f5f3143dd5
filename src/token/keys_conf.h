
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The sources of keys in a configuration. */


#ifndef _NGX_HTTP_PRINT_TASK_TOKEN_KEYS_CONF_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_TOKEN_KEYS_CONF_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "conf/conf.h"


char *ngx_http_print_task_key_file(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_print_task_key_request(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_print_task_merge_keys(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *prev,
    ngx_http_print_task_loc_conf_t *conf);

/*
 * Creates the source of print_task_key_request for a location that checks
 * tokens.
 */
char *ngx_http_print_task_use_keys(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *conf);

/* creates the shared memory of all sources */
ngx_int_t ngx_http_print_task_keys_zone(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf);
void ngx_http_print_task_keys_init_process(ngx_cycle_t *cycle,
    ngx_http_print_task_main_conf_t *ptmcf);
void ngx_http_print_task_keys_exit_process(
    ngx_http_print_task_main_conf_t *ptmcf);


#endif /* _NGX_HTTP_PRINT_TASK_TOKEN_KEYS_CONF_H_INCLUDED_ */
