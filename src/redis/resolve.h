
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

/* the address with another port, from the pool */
ngx_int_t ngx_http_print_task_redis_copy_addr(ngx_pool_t *pool,
    ngx_addr_t *addr, struct sockaddr *sockaddr, socklen_t socklen,
    in_port_t port);

/* whether a host is an address, an IPv6 one in brackets or not */
ngx_uint_t ngx_http_print_task_redis_ip(const ngx_str_t *host);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_RESOLVE_H_INCLUDED_ */
