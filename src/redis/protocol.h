
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Sets up connections to Redis servers. */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_PROTOCOL_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_PROTOCOL_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "redis/conn.h"


/* redis is zeroed; the caller owns the strings and addresses of the server */
void ngx_http_print_task_redis_init(ngx_http_print_task_redis_t *redis,
    ngx_http_print_task_redis_topology_t *topology,
    ngx_http_print_task_redis_conf_t *conf,
    ngx_http_print_task_redis_server_t *server,
    ngx_http_print_task_redis_script_t *scripts);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_PROTOCOL_H_INCLUDED_ */
