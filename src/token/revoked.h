
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* print_task_revoked_file: lists of revoked tokens. */


#ifndef _NGX_HTTP_PRINT_TASK_TOKEN_REVOKED_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_TOKEN_REVOKED_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_revoked.h"
#include "conf/conf.h"


char *ngx_http_print_task_revoked_file(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/*
 * Identifies the current list of a location: the number of its text, which is
 * equal in all workers with the same list.  0: no list.
 */
uint64_t ngx_http_print_task_revoked_generation(
    const ngx_http_print_task_loc_conf_t *conf);

/* the list of that number; NULL: no list */
const pt_revoked_t *ngx_http_print_task_revoked_list(
    const ngx_http_print_task_loc_conf_t *conf);

void ngx_http_print_task_revoked_exit_process(
    ngx_http_print_task_main_conf_t *ptmcf);


#endif /* _NGX_HTTP_PRINT_TASK_TOKEN_REVOKED_H_INCLUDED_ */
