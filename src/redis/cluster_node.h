
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The nodes of a Redis Cluster. */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_CLUSTER_NODE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_CLUSTER_NODE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "redis/conn.h"


/* the connections of a worker to a cluster */
typedef struct {
    ngx_http_print_task_redis_conf_t       *conf;
    ngx_http_print_task_redis_script_t     *scripts;
    ngx_http_print_task_redis_t           **slots;  /* PT_CLUSTER_SLOTS
                                                       nodes; NULL: unknown */
    ngx_socket_t                            ident;        /* -1, as in
                                                             connections */
    ngx_http_print_task_redis_topology_t    topology;

    ngx_queue_t                             nodes;
    ngx_uint_t                              nnodes;
    ngx_uint_t                              round;        /* number of looks at
                                                             all slots */
    ngx_http_print_task_redis_cmd_t         query;        /* for the slots */
    ngx_event_t                             timer;        /* until the next
                                                             query */

    unsigned                                querying:1;
    unsigned                                stale:1;      /* some slots have
                                                             moved */
    unsigned                                exited:1;     /* the worker ends */
} ngx_http_print_task_redis_cluster_t;


/* creates the nodes of the configuration once; NGX_ERROR: no memory */
ngx_int_t ngx_http_print_task_redis_seeds(
    ngx_http_print_task_redis_cluster_t *cluster);

/* prefers a node that works, then one that is not tried yet */
ngx_http_print_task_redis_t *ngx_http_print_task_redis_any_node(
    ngx_http_print_task_redis_cluster_t *cluster);

/*
 * Returns the node at an address and under a name that another node has sent,
 * and creates it if needed.  An empty address is the address of the other node.
 * NULL: the host is neither an address nor a known name, there are too many
 * nodes, or no memory.
 */
ngx_http_print_task_redis_t *ngx_http_print_task_redis_get_node(
    ngx_http_print_task_redis_t *from, const ngx_str_t *name,
    const ngx_str_t *address, in_port_t port);

/* frees a node without commands */
void ngx_http_print_task_redis_free_node(ngx_http_print_task_redis_t *redis);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_CLUSTER_NODE_H_INCLUDED_ */
