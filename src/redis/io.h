
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Sends commands and receives replies. */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_IO_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_IO_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "redis/conn.h"


/* called for a new connection; called before it is closed */
ngx_int_t ngx_http_print_task_redis_io_start(
    ngx_http_print_task_redis_t *redis);
void ngx_http_print_task_redis_io_stop(ngx_http_print_task_redis_t *redis);

/* appends a command to the output of this iteration of the event loop */
ngx_int_t ngx_http_print_task_redis_io_write(
    ngx_http_print_task_redis_t *redis, ngx_http_print_task_redis_cmd_t *cmd);
void ngx_http_print_task_redis_io_flush(ngx_event_t *ev);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_IO_H_INCLUDED_ */
