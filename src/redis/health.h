
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The health check of a connection: circuit and ping. */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_HEALTH_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_HEALTH_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "redis/conn.h"


void ngx_http_print_task_redis_health_init(ngx_http_print_task_redis_t *redis);

/* the connection is ready; the worker ends */
void ngx_http_print_task_redis_health_start(ngx_http_print_task_redis_t *redis);
void ngx_http_print_task_redis_health_stop(ngx_http_print_task_redis_t *redis);

/* an operation was not answered in time */
void ngx_http_print_task_redis_slow(ngx_http_print_task_redis_t *redis);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_HEALTH_H_INCLUDED_ */
