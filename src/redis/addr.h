
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Addresses of servers. */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_ADDR_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_ADDR_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/* whether a host is an address; an IPv6 address may have brackets */
ngx_uint_t ngx_http_print_task_redis_ip(const ngx_str_t *host);

/* the socket address of a host; 0: the host is not an address */
socklen_t ngx_http_print_task_redis_sockaddr(const ngx_str_t *host,
    in_port_t port, ngx_sockaddr_t *sockaddr);

/* copies the address to the pool, with another port */
ngx_int_t ngx_http_print_task_redis_copy_addr(ngx_pool_t *pool,
    ngx_addr_t *addr, struct sockaddr *sockaddr, socklen_t socklen,
    in_port_t port);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_ADDR_H_INCLUDED_ */
