
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Resolves the name of a server. */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_RESOLVE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_RESOLVE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "redis/conn.h"


/* installs the locator, if the server has a name */
void ngx_http_print_task_redis_resolve(ngx_http_print_task_redis_t *redis);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_RESOLVE_H_INCLUDED_ */
