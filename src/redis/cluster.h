
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The topology of a Redis Cluster. */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_CLUSTER_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_CLUSTER_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "redis/conf.h"
#include "redis/topology.h"


/* NULL: no memory */
ngx_http_print_task_redis_topology_t *ngx_http_print_task_redis_cluster_create(
    ngx_pool_t *pool, ngx_http_print_task_redis_conf_t *conf,
    ngx_http_print_task_redis_script_t *scripts);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_CLUSTER_H_INCLUDED_ */
