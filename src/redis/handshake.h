
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The first commands on a new connection. */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_HANDSHAKE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_HANDSHAKE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "redis/conn.h"


void ngx_http_print_task_redis_handshake(ngx_http_print_task_redis_t *redis);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_HANDSHAKE_H_INCLUDED_ */
