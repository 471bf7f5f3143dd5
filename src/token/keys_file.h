
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Key sets in files. */


#ifndef _NGX_HTTP_PRINT_TASK_TOKEN_KEYS_FILE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_TOKEN_KEYS_FILE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "conf/conf.h"


/* reads the file for the first time: an error stops nginx */
ngx_int_t ngx_http_print_task_keys_load(ngx_conf_t *cf,
    ngx_http_print_task_keys_t *keys);

/* reads the file again if it has changed; checks at most once a second */
void ngx_http_print_task_keys_reload(ngx_http_print_task_keys_t *keys);


#endif /* _NGX_HTTP_PRINT_TASK_TOKEN_KEYS_FILE_H_INCLUDED_ */
