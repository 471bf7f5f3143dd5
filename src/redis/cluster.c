
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Redis Cluster: a worker has one connection to each node that it needs, and a
 * table of the node of each slot.
 * The first nodes are those of the configuration.  The worker asks one of them
 * for the slots, and asks again when a node answers MOVED or fails.  While a
 * slot is unknown, any node can be used, because it answers with the address of
 * the right one.  ASK is followed for one command.  A node that has lost its
 * slots is closed; it is freed, too, unless the configuration names it.
 * Only the timer frees nodes, because no function is using a node there.
 */


#include "redis/cluster.h"

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <hiredis/hiredis.h>

#include "core/pt_cluster_slot.h"
#include "redis/cluster_node.h"
#include "redis/reply.h"
#include "redis/resp.h"
#include "redis/trust.h"


#define NGX_HTTP_PRINT_TASK_CLUSTER_REDIRECTS  5      /* of a command */

/* The times below are in ms. */
#define NGX_HTTP_PRINT_TASK_CLUSTER_SOON       20     /* after MOVED */
#define NGX_HTTP_PRINT_TASK_CLUSTER_AGAIN      200    /* while a node is down */


ngx_http_print_task_redis_ident(ngx_http_print_task_redis_cluster_t);


static ngx_http_print_task_redis_t *ngx_http_print_task_redis_cluster_locate(
    ngx_http_print_task_redis_topology_t *topology, const ngx_str_t *key);
static ngx_int_t ngx_http_print_task_redis_cluster_next(
    ngx_http_print_task_redis_topology_t *topology, ngx_uint_t *slot);
static ngx_int_t ngx_http_print_task_redis_cluster_redirect(
    ngx_http_print_task_redis_t *redis, ngx_http_print_task_redis_cmd_t *cmd,
    redisReply *reply);
static pt_circuit_state_e ngx_http_print_task_redis_cluster_state(
    ngx_http_print_task_redis_topology_t *topology);
static void ngx_http_print_task_redis_cluster_failed(
    ngx_http_print_task_redis_t *redis);
static void ngx_http_print_task_redis_cluster_exit(
    ngx_http_print_task_redis_topology_t *topology);

static void ngx_http_print_task_redis_query(
    ngx_http_print_task_redis_cluster_t *cluster);
static ngx_int_t ngx_http_print_task_redis_on_slots_reply(
    ngx_http_print_task_redis_cmd_t *cmd, redisReply *reply);
static ngx_int_t ngx_http_print_task_redis_range(
    ngx_http_print_task_redis_t *from, redisReply *range);
static ngx_http_print_task_redis_t *ngx_http_print_task_redis_range_node(
    ngx_http_print_task_redis_t *from, redisReply *node);
static ngx_int_t ngx_http_print_task_redis_assign(
    ngx_http_print_task_redis_cluster_t *cluster, ngx_uint_t slot,
    ngx_http_print_task_redis_t *redis);

static void ngx_http_print_task_redis_query_after(
    ngx_http_print_task_redis_cluster_t *cluster, ngx_msec_t delay);
static void ngx_http_print_task_redis_query_handler(ngx_event_t *ev);
static ngx_uint_t ngx_http_print_task_redis_close_unused_nodes(
    ngx_http_print_task_redis_cluster_t *cluster);


ngx_http_print_task_redis_topology_t *
ngx_http_print_task_redis_cluster_create(ngx_pool_t *pool,
    ngx_http_print_task_redis_conf_t *conf,
    ngx_http_print_task_redis_script_t *scripts)
{
    ngx_http_print_task_redis_server_t   *server;
    ngx_http_print_task_redis_cluster_t  *cluster;

    cluster = ngx_pcalloc(pool, sizeof(ngx_http_print_task_redis_cluster_t));
    if (cluster == NULL) {
        return NULL;
    }

    /*
     * Set by ngx_pcalloc():
     *     cluster->slots = NULL;
     *     cluster->querying = 0;
     *     cluster->stale = 0;
     *     cluster->topology.init = NULL;
     */

    server = conf->servers.elts;

    cluster->conf = conf;
    cluster->scripts = scripts;
    cluster->ident = (ngx_socket_t) -1;

    ngx_queue_init(&cluster->nodes);

    cluster->timer.handler = ngx_http_print_task_redis_query_handler;
    cluster->timer.data = cluster;
    cluster->timer.cancelable = 1;

    cluster->topology.name = &server[0].name;
    cluster->topology.locate = ngx_http_print_task_redis_cluster_locate;
    cluster->topology.next = ngx_http_print_task_redis_cluster_next;
    cluster->topology.state = ngx_http_print_task_redis_cluster_state;
    cluster->topology.exit = ngx_http_print_task_redis_cluster_exit;
    cluster->topology.failed = ngx_http_print_task_redis_cluster_failed;
    cluster->topology.redirect = ngx_http_print_task_redis_cluster_redirect;
    cluster->topology.data = cluster;

    return &cluster->topology;
}


static ngx_http_print_task_redis_t *
ngx_http_print_task_redis_cluster_locate(
    ngx_http_print_task_redis_topology_t *topology, const ngx_str_t *key)
{
    ngx_http_print_task_redis_t          *redis;
    ngx_http_print_task_redis_cluster_t  *cluster;

    cluster = topology->data;

    if (cluster->exited) {
        return NULL;
    }

    if (cluster->slots != NULL) {
        redis = cluster->slots[pt_cluster_slot(key)];

        if (redis != NULL) {
            return redis;
        }

    } else {
        if (ngx_http_print_task_redis_seeds(cluster) != NGX_OK) {
            return NULL;
        }

        ngx_http_print_task_redis_query(cluster);
    }

    return ngx_http_print_task_redis_any_node(cluster);
}


static ngx_int_t
ngx_http_print_task_redis_cluster_next(
    ngx_http_print_task_redis_topology_t *topology, ngx_uint_t *slot)
{
    ngx_uint_t                            i;
    ngx_http_print_task_redis_t          *redis;
    ngx_http_print_task_redis_cluster_t  *cluster;

    cluster = topology->data;

    if (cluster->slots == NULL) {
        return NGX_DONE;
    }

    cluster->round++;

    for (i = 0; i < PT_CLUSTER_SLOTS; i++) {
        redis = cluster->slots[i];

        if (redis == NULL || redis->round == cluster->round) {
            continue;
        }

        redis->round = cluster->round;

        if (i > *slot) {
            *slot = i;
            return NGX_OK;
        }
    }

    return NGX_DONE;
}


static ngx_int_t
ngx_http_print_task_redis_cluster_redirect(ngx_http_print_task_redis_t *redis,
    ngx_http_print_task_redis_cmd_t *cmd, redisReply *reply)
{
    ngx_str_t                             error;
    pt_redirect_t                         redirect;
    ngx_http_print_task_redis_t          *to;
    ngx_http_print_task_redis_cluster_t  *cluster;

    error.data = (u_char *) reply->str;
    error.len = reply->len;

    if (pt_redirect_read(&error, &redirect) != NGX_OK) {
        return NGX_DECLINED;
    }

    cluster = redis->topology->data;

    to = ngx_http_print_task_redis_get_node(redis, &redirect.host,
                                            &redirect.host, redirect.port);

    if (!redirect.ask) {
        cluster->stale = 1;
        ngx_http_print_task_redis_query_after(cluster,
                                             NGX_HTTP_PRINT_TASK_CLUSTER_SOON);
    }

    if (to != NULL && !redirect.ask) {
        (void) ngx_http_print_task_redis_assign(cluster, redirect.slot, to);
    }

    if (cmd->redirects == NGX_HTTP_PRINT_TASK_CLUSTER_REDIRECTS) {
        return NGX_DECLINED;
    }

    cmd->redirects++;
    cmd->asking = redirect.ask ? NGX_HTTP_PRINT_TASK_REDIS_ASKING_WANTED
                               : NGX_HTTP_PRINT_TASK_REDIS_ASKING_NO;

    if (to == NULL
        || cmd->abandoned
        || (ngx_http_print_task_redis_open(to) != NGX_OK
            && cmd->kind != NGX_HTTP_PRINT_TASK_REDIS_CMD_SETTLEMENT)
        || ngx_http_print_task_redis_send(to, cmd) != NGX_OK)
    {
        (void) cmd->handler(cmd, reply);
    }

    return NGX_OK;
}


/* asks another node each time, because one node may have a wrong table */

static void
ngx_http_print_task_redis_query(ngx_http_print_task_redis_cluster_t *cluster)
{
    ngx_http_print_task_redis_t      *redis;
    ngx_http_print_task_redis_cmd_t  *cmd;

    if (cluster->querying || cluster->exited) {
        return;
    }

    redis = ngx_http_print_task_redis_any_node(cluster);

    if (redis == NULL) {
        return;
    }

    ngx_queue_remove(&redis->node);
    ngx_queue_insert_tail(&cluster->nodes, &redis->node);

    if (ngx_http_print_task_redis_open(redis) != NGX_OK) {
        ngx_http_print_task_redis_query_after(cluster,
                                            NGX_HTTP_PRINT_TASK_CLUSTER_AGAIN);
        return;
    }

    cmd = &cluster->query;

    cmd->handler = ngx_http_print_task_redis_on_slots_reply;
    cmd->data = cluster;
    cmd->allow_nested = 1;

    cmd->argc = 0;

    ngx_http_print_task_redis_add_arg(cmd, "CLUSTER", 7);
    ngx_http_print_task_redis_add_arg(cmd, "SLOTS", 5);

    if (ngx_http_print_task_redis_send(redis, cmd) != NGX_OK) {
        ngx_http_print_task_redis_query_after(cluster,
                                            NGX_HTTP_PRINT_TASK_CLUSTER_AGAIN);
        return;
    }

    cluster->querying = 1;
}


static ngx_int_t
ngx_http_print_task_redis_on_slots_reply(ngx_http_print_task_redis_cmd_t *cmd,
    redisReply *reply)
{
    size_t                                i;
    ngx_http_print_task_redis_t          *redis;
    ngx_http_print_task_redis_cluster_t  *cluster;

    redis = cmd->redis;
    cluster = cmd->data;

    cluster->querying = 0;

    if (reply == NULL) {
        ngx_http_print_task_redis_query_after(cluster,
                                             NGX_HTTP_PRINT_TASK_CLUSTER_SOON);
        return NGX_OK;
    }

    if (reply->type == REDIS_REPLY_ERROR) {
        ngx_http_print_task_redis_refused(redis, reply);
        ngx_http_print_task_redis_query_after(cluster,
                                            NGX_HTTP_PRINT_TASK_CLUSTER_AGAIN);
        return NGX_OK;
    }

    if (reply->type != REDIS_REPLY_ARRAY) {
        return NGX_ERROR;
    }

    for (i = 0; i < (size_t) reply->elements; i++) {
        if (ngx_http_print_task_redis_range(redis, reply->element[i])
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    cluster->stale = 0;

    /* soon: nodes that have lost their slots have to be closed */

    ngx_http_print_task_redis_query_after(cluster,
                                          NGX_HTTP_PRINT_TASK_CLUSTER_AGAIN);

    return NGX_OK;
}


/* an element of CLUSTER SLOTS: first slot, last slot, master, replicas */

static ngx_int_t
ngx_http_print_task_redis_range(ngx_http_print_task_redis_t *from,
    redisReply *range)
{
    ngx_uint_t                    slot, last;
    ngx_http_print_task_redis_t  *redis;

    if (range->type != REDIS_REPLY_ARRAY
        || range->elements < 3
        || range->element[0]->type != REDIS_REPLY_INTEGER
        || range->element[1]->type != REDIS_REPLY_INTEGER
        || range->element[0]->integer < 0
        || range->element[0]->integer > range->element[1]->integer
        || range->element[1]->integer >= PT_CLUSTER_SLOTS)
    {
        return NGX_ERROR;
    }

    redis = ngx_http_print_task_redis_range_node(from, range->element[2]);

    if (redis == NULL) {
        /* an empty host means the host that was asked */
        return NGX_OK;
    }

    slot = (ngx_uint_t) range->element[0]->integer;
    last = (ngx_uint_t) range->element[1]->integer;

    for ( /* void */ ; slot <= last; slot++) {
        if (ngx_http_print_task_redis_assign(from->topology->data, slot, redis)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/*
 * Host, port, id, and from Redis 7 on pairs of further names.  If nodes are
 * known by name, their address is among these.
 */

static ngx_http_print_task_redis_t *
ngx_http_print_task_redis_range_node(ngx_http_print_task_redis_t *from,
    redisReply *node)
{
    size_t                        i;
    in_port_t                     port;
    ngx_str_t                     host, address;
    redisReply                   *names;
    ngx_http_print_task_redis_t  *redis;

    if (node->type != REDIS_REPLY_ARRAY
        || node->elements < 2
        || (node->element[0]->type != REDIS_REPLY_STRING
            && node->element[0]->type != REDIS_REPLY_NIL)
        || node->element[1]->type != REDIS_REPLY_INTEGER
        || node->element[1]->integer < 1
        || node->element[1]->integer > 65535)
    {
        return NULL;
    }

    port = (in_port_t) node->element[1]->integer;

    ngx_str_null(&host);

    if (node->element[0]->type == REDIS_REPLY_STRING) {
        host.data = (u_char *) node->element[0]->str;
        host.len = node->element[0]->len;
    }

    redis = ngx_http_print_task_redis_get_node(from, &host, &host, port);

    if (redis != NULL
        || node->elements < 4
        || node->element[3]->type != REDIS_REPLY_ARRAY)
    {
        return redis;
    }

    names = node->element[3];

    for (i = 0; i + 1 < (size_t) names->elements; i += 2) {

        if (names->element[i]->type == REDIS_REPLY_STRING
            && names->element[i + 1]->type == REDIS_REPLY_STRING
            && ngx_strcmp(names->element[i]->str, "ip") == 0)
        {
            address.data = (u_char *) names->element[i + 1]->str;
            address.len = names->element[i + 1]->len;

            if (host.len == 1 && host.data[0] == '?') {
                /* the node has no name */
                host = address;
            }

            return ngx_http_print_task_redis_get_node(from, &host, &address,
                                                      port);
        }
    }

    return NULL;
}


/*
 * The new node of a slot may lack the last writes of a node that failed, so
 * records are distrusted.
 */

static ngx_int_t
ngx_http_print_task_redis_assign(ngx_http_print_task_redis_cluster_t *cluster,
    ngx_uint_t slot, ngx_http_print_task_redis_t *redis)
{
    ngx_http_print_task_redis_t  *old;

    if (cluster->slots == NULL) {
        cluster->slots = ngx_calloc(PT_CLUSTER_SLOTS
                                    * sizeof(ngx_http_print_task_redis_t *),
                                    ngx_cycle->log);
        if (cluster->slots == NULL) {
            return NGX_ERROR;
        }
    }

    old = cluster->slots[slot];

    if (old == redis) {
        return NGX_OK;
    }

    if (old != NULL) {
        old->slots--;

        if (ngx_http_print_task_redis_circuit(old) != PT_CIRCUIT_CLOSED) {
            ngx_http_print_task_redis_trust_lost(cluster->conf);
        }
    }

    cluster->slots[slot] = redis;
    redis->slots++;

    return NGX_OK;
}


static pt_circuit_state_e
ngx_http_print_task_redis_cluster_state(
    ngx_http_print_task_redis_topology_t *topology)
{
    ngx_queue_t                          *q;
    pt_circuit_state_e                    state;
    ngx_http_print_task_redis_t          *redis;
    ngx_http_print_task_redis_cluster_t  *cluster;

    cluster = topology->data;
    state = PT_CIRCUIT_CLOSED;

    for (q = ngx_queue_head(&cluster->nodes);
         q != ngx_queue_sentinel(&cluster->nodes);
         q = ngx_queue_next(q))
    {
        redis = ngx_queue_data(q, ngx_http_print_task_redis_t, node);

        if (cluster->slots != NULL && redis->slots == 0) {
            continue;
        }

        switch (ngx_http_print_task_redis_circuit(redis)) {

        case PT_CIRCUIT_OPEN:
            return PT_CIRCUIT_OPEN;

        case PT_CIRCUIT_HALF_OPEN:
            state = PT_CIRCUIT_HALF_OPEN;
            break;

        default: /* PT_CIRCUIT_CLOSED */
            break;
        }
    }

    return state;
}


static void
ngx_http_print_task_redis_cluster_failed(ngx_http_print_task_redis_t *redis)
{
    ngx_http_print_task_redis_query_after(redis->topology->data,
                                          NGX_HTTP_PRINT_TASK_CLUSTER_AGAIN);
}


static void
ngx_http_print_task_redis_query_after(
    ngx_http_print_task_redis_cluster_t *cluster, ngx_msec_t delay)
{
    if (!cluster->timer.timer_set && !cluster->exited) {
        cluster->timer.log = ngx_cycle->log;
        ngx_add_timer(&cluster->timer, delay);
    }
}


static void
ngx_http_print_task_redis_query_handler(ngx_event_t *ev)
{
    ngx_uint_t                            again;
    ngx_queue_t                          *q;
    ngx_http_print_task_redis_t          *redis;
    ngx_http_print_task_redis_cluster_t  *cluster;

    cluster = ev->data;

    again = ngx_http_print_task_redis_close_unused_nodes(cluster);

    for (q = ngx_queue_head(&cluster->nodes);
         q != ngx_queue_sentinel(&cluster->nodes);
         q = ngx_queue_next(q))
    {
        redis = ngx_queue_data(q, ngx_http_print_task_redis_t, node);

        if (redis->slots
            && redis->outage == NGX_HTTP_PRINT_TASK_REDIS_OUTAGE_FAILED) {
            cluster->stale = 1;
        }
    }

    if (cluster->stale || cluster->slots == NULL) {
        ngx_http_print_task_redis_query(cluster);

    } else if (again) {
        ngx_http_print_task_redis_query_after(cluster,
                                            NGX_HTTP_PRINT_TASK_CLUSTER_AGAIN);
    }
}


/* closes nodes without slots; returns whether some are still in use */

static ngx_uint_t
ngx_http_print_task_redis_close_unused_nodes(
    ngx_http_print_task_redis_cluster_t *cluster)
{
    ngx_uint_t                    again;
    ngx_queue_t                  *q, *next;
    ngx_http_print_task_redis_t  *redis;

    if (cluster->slots == NULL) {
        return 0;
    }

    again = 0;

    for (q = ngx_queue_head(&cluster->nodes);
         q != ngx_queue_sentinel(&cluster->nodes);
         q = next)
    {
        next = ngx_queue_next(q);
        redis = ngx_queue_data(q, ngx_http_print_task_redis_t, node);

        if (redis->slots) {
            continue;
        }

        if (!ngx_queue_empty(&redis->sent)) {
            again = 1;
            continue;
        }

        /*
         * The commands of this node go to other nodes, which may change the
         * order of the list.
         */

        if (redis->state != NGX_HTTP_PRINT_TASK_REDIS_IDLE) {
            again = 1;
        }

        if (!redis->seed) {
            ngx_http_print_task_redis_free_node(redis);

        } else if (redis->state != NGX_HTTP_PRINT_TASK_REDIS_IDLE) {
            ngx_http_print_task_redis_close_idle(redis);
        }
    }

    return again;
}


/*
 * Two passes: a command that one node gives back must not go to another node,
 * so all nodes stop first.
 */

static void
ngx_http_print_task_redis_cluster_exit(
    ngx_http_print_task_redis_topology_t *topology)
{
    ngx_queue_t                          *q;
    ngx_http_print_task_redis_t          *redis;
    ngx_http_print_task_redis_cluster_t  *cluster;

    cluster = topology->data;

    cluster->exited = 1;

    if (cluster->timer.timer_set) {
        ngx_del_timer(&cluster->timer);
    }

    for (q = ngx_queue_head(&cluster->nodes);
         q != ngx_queue_sentinel(&cluster->nodes);
         q = ngx_queue_next(q))
    {
        redis = ngx_queue_data(q, ngx_http_print_task_redis_t, node);
        redis->exited = 1;
    }

    while (!ngx_queue_empty(&cluster->nodes)) {
        q = ngx_queue_head(&cluster->nodes);
        redis = ngx_queue_data(q, ngx_http_print_task_redis_t, node);

        ngx_http_print_task_redis_free_node(redis);
    }

    if (cluster->slots) {
        ngx_free(cluster->slots);
        cluster->slots = NULL;
    }
}
