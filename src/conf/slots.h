
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Parsers of values, for entries of a table of directives. */


#ifndef _NGX_HTTP_PRINT_TASK_CONF_SLOTS_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_CONF_SLOTS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/* any number of names, each of them once; the field is an ngx_array_t * */
char *ngx_http_print_task_str_list_slot(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* a word of the ngx_conf_enum_t in cmd->post */
char *ngx_http_print_task_enum_slot(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* a number in the ngx_conf_num_bounds_t in cmd->post */
char *ngx_http_print_task_number_slot(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/*
 * "time [time]"; cmd->post is the offset of the second time, which may be
 * absent.
 */
char *ngx_http_print_task_msec_pair_slot(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


#endif /* _NGX_HTTP_PRINT_TASK_CONF_SLOTS_H_INCLUDED_ */
