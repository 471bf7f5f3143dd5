
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The texts of the scripts, by the type of the operation. */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_SCRIPTS_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_SCRIPTS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "redis/cmd.h"


/* fills an array of NGX_HTTP_PRINT_TASK_REDIS_SCRIPTS; NGX_ERROR: no memory */
ngx_int_t ngx_http_print_task_redis_scripts(ngx_pool_t *pool,
    ngx_http_print_task_redis_script_t *scripts);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_SCRIPTS_H_INCLUDED_ */
