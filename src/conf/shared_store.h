
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* what keeps the tasks of locations apart */


#ifndef _NGX_HTTP_PRINT_TASK_CONF_SHARED_STORE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_CONF_SHARED_STORE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "conf/conf.h"


/* where the module is on: sets conf->key_prefix and conf->key_text */
char *ngx_http_print_task_use_key(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *conf);

/*
 * Refuses locations that would have records in common though they judge by
 * other rules who may see them: what one believes is not true for the other.
 */
char *ngx_http_print_task_check_shared(ngx_conf_t *cf,
    const ngx_http_print_task_loc_conf_t *conf);


#endif /* _NGX_HTTP_PRINT_TASK_CONF_SHARED_STORE_H_INCLUDED_ */
