
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* the nodes of a Redis Cluster */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_CLUSTER_NODE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_CLUSTER_NODE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "redis/cluster.h"
#include "redis/conn.h"


/* makes the nodes of the configuration, once; NGX_ERROR: no memory */
ngx_int_t ngx_http_print_task_redis_seeds(
    ngx_http_print_task_redis_cluster_t *cluster);

/* one that works, or else one that may work, or else one that did not */
ngx_http_print_task_redis_t *ngx_http_print_task_redis_any_node(
    ngx_http_print_task_redis_cluster_t *cluster);

/*
 * The node at an address, which another one told, with the name for it; made
 * where there is none.  An empty address is the one that the other node is
 * connected to.  NULL: this is neither an address nor a name that is known,
 * there are too many nodes, or no memory.
 */
ngx_http_print_task_redis_t *ngx_http_print_task_redis_get_node(
    ngx_http_print_task_redis_t *from, const ngx_str_t *name,
    const ngx_str_t *address, in_port_t port);

/* of one that nothing waits for */
void ngx_http_print_task_redis_free_node(ngx_http_print_task_redis_t *redis);

/* an address that a server has answered; 0: it is none */
socklen_t ngx_http_print_task_redis_sockaddr(const ngx_str_t *host,
    in_port_t port, ngx_sockaddr_t *sockaddr);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_CLUSTER_NODE_H_INCLUDED_ */
