
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The topology of one server, with an address or a name. */


#include "redis/single.h"

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "redis/conn.h"
#include "redis/protocol.h"
#include "redis/resolve.h"


typedef struct {
    ngx_http_print_task_redis_topology_t  topology;
    ngx_http_print_task_redis_t           redis;
} ngx_http_print_task_redis_single_t;


static void ngx_http_print_task_redis_single_init(
    ngx_http_print_task_redis_topology_t *topology);
static ngx_http_print_task_redis_t *ngx_http_print_task_redis_single_locate(
    ngx_http_print_task_redis_topology_t *topology, const ngx_str_t *key);
static pt_circuit_state_e ngx_http_print_task_redis_single_state(
    ngx_http_print_task_redis_topology_t *topology);
static void ngx_http_print_task_redis_single_exit(
    ngx_http_print_task_redis_topology_t *topology);


ngx_http_print_task_redis_topology_t *
ngx_http_print_task_redis_single_create(ngx_pool_t *pool,
    ngx_http_print_task_redis_conf_t *conf,
    ngx_http_print_task_redis_script_t *scripts)
{
    ngx_http_print_task_redis_single_t  *single;
    ngx_http_print_task_redis_server_t  *server;

    single = ngx_pcalloc(pool, sizeof(ngx_http_print_task_redis_single_t));
    if (single == NULL) {
        return NULL;
    }

    /*
     * Set by ngx_pcalloc():
     *     single->topology.next = NULL;
     *     single->topology.failed = NULL;
     *     single->topology.redirect = NULL;
     */

    server = conf->servers.elts;

    single->topology.name = &server->name;
    single->topology.init = ngx_http_print_task_redis_single_init;
    single->topology.locate = ngx_http_print_task_redis_single_locate;
    single->topology.state = ngx_http_print_task_redis_single_state;
    single->topology.exit = ngx_http_print_task_redis_single_exit;
    single->topology.data = single;

    ngx_http_print_task_redis_init(&single->redis, &single->topology, conf,
                                   server, scripts);

    return &single->topology;
}


/* the resolver is known only after the configuration is loaded */

static void
ngx_http_print_task_redis_single_init(
    ngx_http_print_task_redis_topology_t *topology)
{
    ngx_http_print_task_redis_single_t  *single;

    single = topology->data;

    ngx_http_print_task_redis_resolve(&single->redis);
}


static ngx_http_print_task_redis_t *
ngx_http_print_task_redis_single_locate(
    ngx_http_print_task_redis_topology_t *topology, const ngx_str_t *key)
{
    ngx_http_print_task_redis_single_t  *single;

    single = topology->data;

    return &single->redis;
}


static pt_circuit_state_e
ngx_http_print_task_redis_single_state(
    ngx_http_print_task_redis_topology_t *topology)
{
    ngx_http_print_task_redis_single_t  *single;

    single = topology->data;

    return ngx_http_print_task_redis_circuit(&single->redis);
}


static void
ngx_http_print_task_redis_single_exit(
    ngx_http_print_task_redis_topology_t *topology)
{
    ngx_http_print_task_redis_single_t  *single;

    single = topology->data;

    ngx_http_print_task_redis_exit(&single->redis);
}
