
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* TLS of a connection to Redis. */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_TLS_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_TLS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "redis/conn.h"


/* called for a new connection */
void ngx_http_print_task_redis_tls_start(ngx_http_print_task_redis_t *redis);

/* called before the connection is closed */
void ngx_http_print_task_redis_tls_close(ngx_connection_t *c);

/* returns a more precise reason for a broken TLS connection, if there is one */
const char *ngx_http_print_task_redis_tls_error(
    ngx_http_print_task_redis_t *redis, const char *why);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_TLS_H_INCLUDED_ */
