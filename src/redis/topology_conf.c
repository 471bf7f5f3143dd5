
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Chooses the topology.  All other files use the interface of topology.h. */


#include "redis/topology_conf.h"

#include <ngx_config.h>
#include <ngx_core.h>

#include "redis/cluster.h"
#include "redis/sentinel.h"
#include "redis/single.h"


ngx_http_print_task_redis_topology_t *
ngx_http_print_task_redis_topology_create(ngx_pool_t *pool,
    ngx_http_print_task_redis_conf_t *conf,
    ngx_http_print_task_redis_script_t *scripts)
{
    if (conf->cluster) {
        return ngx_http_print_task_redis_cluster_create(pool, conf, scripts);
    }

    if (conf->sentinel.len) {
        return ngx_http_print_task_redis_sentinel_create(pool, conf, scripts);
    }

    return ngx_http_print_task_redis_single_create(pool, conf, scripts);
}
