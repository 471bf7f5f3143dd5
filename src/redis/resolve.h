
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* the addresses of a server by its name */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_RESOLVE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_RESOLVE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "redis/conn.h"


/* has the name of the server resolved, if it has one */
void ngx_http_print_task_redis_resolve(ngx_http_print_task_redis_t *redis);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_RESOLVE_H_INCLUDED_ */
