
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Redis Cluster: one connection of a worker to each node that it needs, and
 * which of them has a slot.
 *
 * The first nodes are those of the configuration.  One of them is asked for the
 * slots, and again whenever a node says MOVED, or fails; until a slot is known,
 * any node does, because it says where the key is.  ASK is followed for one
 * command.  Nodes that have no slots any more are closed, and forgotten if the
 * configuration does not name them.
 *
 * Nodes are freed in the timer only, where none of them is in use.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <hiredis/hiredis.h>

#include "ngx_http_print_task_redis.h"

#include "core/pt_slot.h"


#define NGX_HTTP_PRINT_TASK_CLUSTER_REDIRECTS  5      /* of a command */

/* ms */
#define NGX_HTTP_PRINT_TASK_CLUSTER_SOON       20     /* after MOVED */
#define NGX_HTTP_PRINT_TASK_CLUSTER_AGAIN      200    /* while a node is down */


/* a node that another one has told of */

typedef struct {
    ngx_http_print_task_redis_t           redis;      /* has to be the first */
    ngx_http_print_task_redis_server_t    server;
    ngx_addr_t                            addr;
    ngx_sockaddr_t                        sockaddr;
    u_char                                name[NGX_SOCKADDR_STRLEN];
    u_char                                host[1];    /* as it was told */
} ngx_http_print_task_redis_node_t;


static ngx_int_t ngx_http_print_task_redis_seeds(
    ngx_http_print_task_redis_cluster_t *cluster);
static ngx_http_print_task_redis_t *ngx_http_print_task_redis_any_node(
    ngx_http_print_task_redis_cluster_t *cluster);
static ngx_http_print_task_redis_t *ngx_http_print_task_redis_get_node(
    ngx_http_print_task_redis_t *from, const ngx_str_t *name,
    const ngx_str_t *address, in_port_t port);
static ngx_http_print_task_redis_t *ngx_http_print_task_redis_named_node(
    ngx_http_print_task_redis_cluster_t *cluster, const ngx_str_t *host,
    in_port_t port);
static ngx_http_print_task_redis_t *ngx_http_print_task_redis_find_node(
    ngx_http_print_task_redis_cluster_t *cluster, struct sockaddr *sockaddr,
    socklen_t socklen);
static ngx_http_print_task_redis_t *ngx_http_print_task_redis_add_node(
    ngx_http_print_task_redis_t *from, const ngx_str_t *name,
    struct sockaddr *sockaddr, socklen_t socklen);
static void ngx_http_print_task_redis_free_node(
    ngx_http_print_task_redis_t *redis);

static void ngx_http_print_task_redis_query(
    ngx_http_print_task_redis_cluster_t *cluster);
static ngx_int_t ngx_http_print_task_redis_queried(
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
static ngx_uint_t ngx_http_print_task_redis_sweep(
    ngx_http_print_task_redis_cluster_t *cluster);


void
ngx_http_print_task_redis_cluster_init(
    ngx_http_print_task_redis_cluster_t *cluster,
    ngx_http_print_task_redis_conf_t *conf,
    ngx_http_print_task_redis_script_t *scripts)
{
    /*
     * set by the caller's ngx_pcalloc():
     *
     *     cluster->slots = NULL;
     *     cluster->querying = 0;
     *     cluster->stale = 0;
     */

    cluster->conf = conf;
    cluster->scripts = scripts;
    cluster->ident = (ngx_socket_t) -1;

    ngx_queue_init(&cluster->nodes);

    cluster->timer.handler = ngx_http_print_task_redis_query_handler;
    cluster->timer.data = cluster;
    cluster->timer.cancelable = 1;
}


ngx_http_print_task_redis_t *
ngx_http_print_task_redis_cluster_node(
    ngx_http_print_task_redis_cluster_t *cluster, const ngx_str_t *key)
{
    ngx_http_print_task_redis_t  *redis;

    if (cluster->slots != NULL) {
        redis = cluster->slots[pt_slot(key)];

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
ngx_http_print_task_redis_seeds(ngx_http_print_task_redis_cluster_t *cluster)
{
    ngx_uint_t                           i;
    ngx_http_print_task_redis_t         *redis;
    ngx_http_print_task_redis_server_t  *server;

    if (!ngx_queue_empty(&cluster->nodes)) {
        return NGX_OK;
    }

    server = cluster->conf->servers.elts;

    for (i = 0; i < cluster->conf->servers.nelts; i++) {

        redis = ngx_calloc(sizeof(ngx_http_print_task_redis_node_t),
                           ngx_cycle->log);
        if (redis == NULL) {
            break;
        }

        ngx_http_print_task_redis_init(redis, cluster->conf, &server[i],
                                       cluster->scripts);
        ngx_http_print_task_redis_resolve(redis);

        redis->cluster = cluster;
        redis->seed = 1;

        ngx_queue_insert_tail(&cluster->nodes, &redis->node);
    }

    return ngx_queue_empty(&cluster->nodes) ? NGX_ERROR : NGX_OK;
}


/* one that works, or else one that may work, or else one that did not */

static ngx_http_print_task_redis_t *
ngx_http_print_task_redis_any_node(
    ngx_http_print_task_redis_cluster_t *cluster)
{
    ngx_queue_t                  *q;
    ngx_http_print_task_redis_t  *redis, *best;

    best = NULL;

    for (q = ngx_queue_head(&cluster->nodes);
         q != ngx_queue_sentinel(&cluster->nodes);
         q = ngx_queue_next(q))
    {
        redis = ngx_queue_data(q, ngx_http_print_task_redis_t, node);

        if (redis->state == NGX_HTTP_PRINT_TASK_REDIS_READY) {
            return redis;
        }

        if (best == NULL || (best->failed && !redis->failed)) {
            best = redis;
        }
    }

    return best;
}


ngx_int_t
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

    cluster = redis->cluster;

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
    cmd->ask = redirect.ask;

    if (to == NULL
        || cmd->abandoned
        || (ngx_http_print_task_redis_open(to) != NGX_OK && !cmd->lasting)
        || ngx_http_print_task_redis_send(to, cmd) != NGX_OK)
    {
        (void) cmd->handler(cmd, reply);
    }

    return NGX_OK;
}


/*
 * The node at an address, which another one told, with the name for it.  NULL:
 * this is neither an address nor a name that is known, or no memory.
 */

static ngx_http_print_task_redis_t *
ngx_http_print_task_redis_get_node(ngx_http_print_task_redis_t *from,
    const ngx_str_t *name, const ngx_str_t *address, in_port_t port)
{
    socklen_t                     socklen;
    ngx_sockaddr_t                sockaddr;
    ngx_http_print_task_redis_t  *redis;

    socklen = ngx_http_print_task_redis_sockaddr(from, address, port,
                                                 &sockaddr);

    if (socklen == 0) {
        return ngx_http_print_task_redis_named_node(from->cluster, address,
                                                    port);
    }

    redis = ngx_http_print_task_redis_find_node(from->cluster,
                                                &sockaddr.sockaddr, socklen);
    if (redis == NULL) {
        redis = ngx_http_print_task_redis_add_node(from, name,
                                                   &sockaddr.sockaddr,
                                                   socklen);
    }

    return redis;
}


static ngx_http_print_task_redis_t *
ngx_http_print_task_redis_named_node(
    ngx_http_print_task_redis_cluster_t *cluster, const ngx_str_t *host,
    in_port_t port)
{
    ngx_queue_t                         *q;
    ngx_http_print_task_redis_t         *redis;
    ngx_http_print_task_redis_server_t  *server;

    for (q = ngx_queue_head(&cluster->nodes);
         q != ngx_queue_sentinel(&cluster->nodes);
         q = ngx_queue_next(q))
    {
        redis = ngx_queue_data(q, ngx_http_print_task_redis_t, node);
        server = redis->server;

        if (server->port == port
            && server->host.len == host->len
            && ngx_strncasecmp(server->host.data, host->data, host->len) == 0)
        {
            return redis;
        }
    }

    return NULL;
}


socklen_t
ngx_http_print_task_redis_sockaddr(ngx_http_print_task_redis_t *from,
    const ngx_str_t *host, in_port_t port, ngx_sockaddr_t *sockaddr)
{
    in_addr_t          inaddr;
    socklen_t          socklen;
    ngx_connection_t  *c;

    ngx_memzero(sockaddr, sizeof(ngx_sockaddr_t));

    c = from->connection;
    inaddr = ngx_inet_addr(host->data, host->len);

    if (host->len == 0 && c && c->sockaddr->sa_family != AF_UNIX) {
        socklen = c->socklen;
        ngx_memcpy(sockaddr, c->sockaddr, socklen);

    } else if (inaddr != INADDR_NONE) {
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


static ngx_http_print_task_redis_t *
ngx_http_print_task_redis_find_node(
    ngx_http_print_task_redis_cluster_t *cluster, struct sockaddr *sockaddr,
    socklen_t socklen)
{
    ngx_uint_t                    i;
    ngx_addr_t                   *addr;
    ngx_queue_t                  *q;
    ngx_http_print_task_redis_t  *redis;

    for (q = ngx_queue_head(&cluster->nodes);
         q != ngx_queue_sentinel(&cluster->nodes);
         q = ngx_queue_next(q))
    {
        redis = ngx_queue_data(q, ngx_http_print_task_redis_t, node);
        addr = redis->addrs;

        for (i = 0; i < redis->naddrs; i++) {
            if (ngx_cmp_sockaddr(addr[i].sockaddr, addr[i].socklen,
                                 sockaddr, socklen, 1)
                == NGX_OK)
            {
                return redis;
            }
        }
    }

    return NULL;
}


static ngx_http_print_task_redis_t *
ngx_http_print_task_redis_add_node(ngx_http_print_task_redis_t *from,
    const ngx_str_t *name, struct sockaddr *sockaddr, socklen_t socklen)
{
    ngx_http_print_task_redis_node_t     *node;
    ngx_http_print_task_redis_cluster_t  *cluster;

    cluster = from->cluster;

    if (name->len == 0) {
        name = &from->server->host;
    }

    node = ngx_calloc(sizeof(ngx_http_print_task_redis_node_t) + name->len,
                      ngx_cycle->log);
    if (node == NULL) {
        return NULL;
    }

    ngx_memcpy(&node->sockaddr, sockaddr, socklen);

    node->addr.sockaddr = &node->sockaddr.sockaddr;
    node->addr.socklen = socklen;
    node->addr.name.data = node->name;
    node->addr.name.len = ngx_sock_ntop(sockaddr, socklen, node->name,
                                        NGX_SOCKADDR_STRLEN, 1);

    node->server.name = node->addr.name;
    node->server.host.data = node->host;
    node->server.host.len = name->len;
    ngx_memcpy(node->host, name->data, name->len);

    node->server.port = ngx_inet_get_port(sockaddr);
    node->server.addrs = &node->addr;
    node->server.naddrs = 1;

    ngx_http_print_task_redis_init(&node->redis, cluster->conf, &node->server,
                                   cluster->scripts);
    ngx_http_print_task_redis_resolve(&node->redis);

    node->redis.cluster = cluster;

    ngx_queue_insert_tail(&cluster->nodes, &node->redis.node);

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0,
                   "print_task redis node \"%V\"", &node->server.name);

    return &node->redis;
}


/* one that nothing waits for */

static void
ngx_http_print_task_redis_free_node(ngx_http_print_task_redis_t *redis)
{
    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0,
                   "print_task redis node \"%V\" is gone",
                   &redis->server->name);

    ngx_queue_remove(&redis->node);
    ngx_free(redis);
}


/* asks one node after the other: one that is wrong is not asked for ever */

static void
ngx_http_print_task_redis_query(ngx_http_print_task_redis_cluster_t *cluster)
{
    ngx_http_print_task_redis_t      *redis;
    ngx_http_print_task_redis_cmd_t  *cmd;

    if (cluster->querying) {
        return;
    }

    redis = ngx_http_print_task_redis_any_node(cluster);

    ngx_queue_remove(&redis->node);
    ngx_queue_insert_tail(&cluster->nodes, &redis->node);

    if (ngx_http_print_task_redis_open(redis) != NGX_OK) {
        ngx_http_print_task_redis_query_after(cluster,
                                            NGX_HTTP_PRINT_TASK_CLUSTER_AGAIN);
        return;
    }

    cmd = &cluster->query;

    cmd->handler = ngx_http_print_task_redis_queried;
    cmd->data = cluster;
    cmd->nested = 1;

    cmd->argv[0] = "CLUSTER";
    cmd->len[0] = ngx_strlen("CLUSTER");
    cmd->argv[1] = "SLOTS";
    cmd->len[1] = ngx_strlen("SLOTS");
    cmd->argc = 2;

    if (ngx_http_print_task_redis_send(redis, cmd) == NGX_OK) {
        cluster->querying = 1;
    }
}


static ngx_int_t
ngx_http_print_task_redis_queried(ngx_http_print_task_redis_cmd_t *cmd,
    redisReply *reply)
{
    size_t                                i;
    ngx_http_print_task_redis_t          *redis;
    ngx_http_print_task_redis_cluster_t  *cluster;

    redis = cmd->redis;
    cluster = cmd->data;

    cluster->querying = 0;

    if (reply == NULL) {

        if (!redis->exited) {
            ngx_http_print_task_redis_query_after(cluster,
                                             NGX_HTTP_PRINT_TASK_CLUSTER_SOON);
        }

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

    cluster->stale = 0;

    for (i = 0; i < (size_t) reply->elements; i++) {
        if (ngx_http_print_task_redis_range(redis, reply->element[i])
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    /* nodes that have lost their slots are taken leave of */

    ngx_http_print_task_redis_query_after(cluster,
                                          NGX_HTTP_PRINT_TASK_CLUSTER_AGAIN);

    return NGX_OK;
}


/* first slot, last slot, the master of these, its replicas */

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
        || range->element[1]->integer >= PT_SLOTS)
    {
        return NGX_ERROR;
    }

    redis = ngx_http_print_task_redis_range_node(from, range->element[2]);

    if (redis == NULL) {
        /* nodes say where it is when they are asked */
        return NGX_OK;
    }

    slot = (ngx_uint_t) range->element[0]->integer;
    last = (ngx_uint_t) range->element[1]->integer;

    for ( /* void */ ; slot <= last; slot++) {
        if (ngx_http_print_task_redis_assign(from->cluster, slot, redis)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/*
 * Host, port, id, and from Redis 7 on pairs of further names: where nodes are
 * told by name, their address is among them.
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

            return ngx_http_print_task_redis_get_node(from, &host, &address,
                                                      port);
        }
    }

    return NULL;
}


/*
 * Where a slot goes from a node that was lost to another, what is stored there
 * is no younger than that loss: nobody could store anything meanwhile.
 */

static ngx_int_t
ngx_http_print_task_redis_assign(ngx_http_print_task_redis_cluster_t *cluster,
    ngx_uint_t slot, ngx_http_print_task_redis_t *redis)
{
    ngx_msec_t                    regained;
    ngx_http_print_task_redis_t  *old;

    if (cluster->slots == NULL) {
        cluster->slots = ngx_calloc(PT_SLOTS
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

        regained = old->failed ? ngx_current_msec : old->regained;

        if (regained
            && (redis->regained == 0
                || (ngx_msec_int_t) (regained - redis->regained) > 0))
        {
            redis->regained = regained;
        }
    }

    cluster->slots[slot] = redis;
    redis->slots++;

    return NGX_OK;
}


void
ngx_http_print_task_redis_cluster_failed(
    ngx_http_print_task_redis_cluster_t *cluster)
{
    ngx_http_print_task_redis_query_after(cluster,
                                          NGX_HTTP_PRINT_TASK_CLUSTER_AGAIN);
}


static void
ngx_http_print_task_redis_query_after(
    ngx_http_print_task_redis_cluster_t *cluster, ngx_msec_t delay)
{
    if (!cluster->timer.timer_set) {
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

    again = ngx_http_print_task_redis_sweep(cluster);

    for (q = ngx_queue_head(&cluster->nodes);
         q != ngx_queue_sentinel(&cluster->nodes);
         q = ngx_queue_next(q))
    {
        redis = ngx_queue_data(q, ngx_http_print_task_redis_t, node);

        if (redis->slots && redis->failed) {
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


/* closes nodes that have no slots; whether some could not be closed yet */

static ngx_uint_t
ngx_http_print_task_redis_sweep(ngx_http_print_task_redis_cluster_t *cluster)
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

        if (redis->state != NGX_HTTP_PRINT_TASK_REDIS_IDLE) {

            /*
             * what waits there goes to who has the slot now, and that may
             * change the order of nodes
             */

            ngx_http_print_task_redis_rest(redis);
            again = 1;
        }

        if (!redis->seed) {
            ngx_http_print_task_redis_free_node(redis);
        }
    }

    return again;
}


void
ngx_http_print_task_redis_cluster_exit(
    ngx_http_print_task_redis_cluster_t *cluster)
{
    ngx_queue_t                  *q;
    ngx_http_print_task_redis_t  *redis;

    if (cluster->timer.timer_set) {
        ngx_del_timer(&cluster->timer);
    }

    /* what one gives back is not for another to take */

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

        ngx_http_print_task_redis_exit(redis);
        ngx_http_print_task_redis_free_node(redis);
    }

    if (cluster->slots) {
        ngx_free(cluster->slots);
        cluster->slots = NULL;
    }
}
