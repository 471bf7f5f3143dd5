
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Addresses of servers: from the configuration, or from the answer of a
 * resolver, a sentinel or a cluster node.
 */


#include "redis/addr.h"

#include <ngx_config.h>
#include <ngx_core.h>


ngx_uint_t
ngx_http_print_task_redis_ip(const ngx_str_t *host)
{
#if (NGX_HAVE_INET6)
    u_char      addr[16];
    ngx_uint_t  brackets;

    brackets = (host->len > 2 && host->data[0] == '[');

    if (ngx_inet6_addr(host->data + brackets, host->len - 2 * brackets, addr)
        == NGX_OK)
    {
        return 1;
    }
#endif

    return ngx_inet_addr(host->data, host->len) != INADDR_NONE;
}


socklen_t
ngx_http_print_task_redis_sockaddr(const ngx_str_t *host, in_port_t port,
    ngx_sockaddr_t *sockaddr)
{
    in_addr_t  inaddr;
    socklen_t  socklen;

    ngx_memzero(sockaddr, sizeof(ngx_sockaddr_t));

    inaddr = ngx_inet_addr(host->data, host->len);

    if (inaddr != INADDR_NONE) {
        socklen = sizeof(struct sockaddr_in);
        sockaddr->sockaddr.sa_family = AF_INET;
        sockaddr->sockaddr_in.sin_addr.s_addr = inaddr;

#if (NGX_HAVE_INET6)

    } else if (ngx_inet6_addr(host->data, host->len,
                              sockaddr->sockaddr_in6.sin6_addr.s6_addr)
               == NGX_OK)
    {
        socklen = sizeof(struct sockaddr_in6);
        sockaddr->sockaddr.sa_family = AF_INET6;

#endif

    } else {
        return 0;
    }

    ngx_inet_set_port(&sockaddr->sockaddr, port);

    return socklen;
}


ngx_int_t
ngx_http_print_task_redis_copy_addr(ngx_pool_t *pool, ngx_addr_t *addr,
    struct sockaddr *sockaddr, socklen_t socklen, in_port_t port)
{
    u_char  *p;

    addr->socklen = socklen;

    addr->sockaddr = ngx_palloc(pool, socklen);
    if (addr->sockaddr == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(addr->sockaddr, sockaddr, socklen);

    ngx_inet_set_port(addr->sockaddr, port);

    p = ngx_pnalloc(pool, NGX_SOCKADDR_STRLEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    addr->name.len = ngx_sock_ntop(addr->sockaddr, addr->socklen, p,
                                   NGX_SOCKADDR_STRLEN, 1);
    addr->name.data = p;

    return NGX_OK;
}
