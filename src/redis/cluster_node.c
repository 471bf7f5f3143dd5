
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The nodes of a cluster.  The nodes of the configuration exist from the first
 * use to the end of the worker; others come from the answers of nodes.
 */


#include "redis/cluster_node.h"

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "core/pt_circuit.h"
#include "redis/addr.h"
#include "redis/protocol.h"
#include "redis/resolve.h"


/* the limit that the Redis Cluster specification recommends; bounds a reply */
#define NGX_HTTP_PRINT_TASK_CLUSTER_NODES  1000

#define NGX_HTTP_PRINT_TASK_CLUSTER_HOST   253      /* bytes of a name */


/* a node from the answer of another node */

typedef struct {
    ngx_http_print_task_redis_t           redis;      /* must be the first */
    ngx_http_print_task_redis_server_t    server;
    ngx_addr_t                            addr;
    ngx_sockaddr_t                        sockaddr;
    u_char                                name[NGX_SOCKADDR_STRLEN];
    u_char                                host[1];    /* as received */
} ngx_http_print_task_redis_node_t;


static ngx_uint_t ngx_http_print_task_redis_is_host(const ngx_str_t *host);
static socklen_t ngx_http_print_task_redis_peer(
    ngx_http_print_task_redis_t *redis, in_port_t port,
    ngx_sockaddr_t *sockaddr);
static ngx_http_print_task_redis_t *ngx_http_print_task_redis_named_node(
    ngx_http_print_task_redis_cluster_t *cluster, const ngx_str_t *host,
    in_port_t port);
static ngx_http_print_task_redis_t *ngx_http_print_task_redis_find_node(
    ngx_http_print_task_redis_cluster_t *cluster, struct sockaddr *sockaddr,
    socklen_t socklen);
static ngx_http_print_task_redis_t *ngx_http_print_task_redis_add_node(
    ngx_http_print_task_redis_t *from, const ngx_str_t *name,
    struct sockaddr *sockaddr, socklen_t socklen);


ngx_int_t
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

        ngx_http_print_task_redis_init(redis, &cluster->topology,
                                       cluster->conf, &server[i],
                                       cluster->scripts);
        ngx_http_print_task_redis_resolve(redis);

        redis->seed = 1;

        ngx_queue_insert_tail(&cluster->nodes, &redis->node);
        cluster->nnodes++;
    }

    return ngx_queue_empty(&cluster->nodes) ? NGX_ERROR : NGX_OK;
}


ngx_http_print_task_redis_t *
ngx_http_print_task_redis_any_node(
    ngx_http_print_task_redis_cluster_t *cluster)
{
    ngx_uint_t                    used, best_used;
    ngx_queue_t                  *q;
    ngx_http_print_task_redis_t  *redis, *best;

    best = NULL;
    best_used = 0;

    for (q = ngx_queue_head(&cluster->nodes);
         q != ngx_queue_sentinel(&cluster->nodes);
         q = ngx_queue_next(q))
    {
        redis = ngx_queue_data(q, ngx_http_print_task_redis_t, node);

        used = (ngx_http_print_task_redis_circuit(redis) == PT_CIRCUIT_CLOSED);

        if (used && redis->state == NGX_HTTP_PRINT_TASK_REDIS_READY) {
            return redis;
        }

        if (best == NULL || (used && !best_used)) {
            best = redis;
            best_used = used;
        }
    }

    return best;
}


ngx_http_print_task_redis_t *
ngx_http_print_task_redis_get_node(ngx_http_print_task_redis_t *from,
    const ngx_str_t *name, const ngx_str_t *address, in_port_t port)
{
    socklen_t                             socklen;
    ngx_sockaddr_t                        sockaddr;
    ngx_http_print_task_redis_t          *redis;
    ngx_http_print_task_redis_cluster_t  *cluster;

    cluster = from->topology->data;

    if (port == 0
        || !ngx_http_print_task_redis_is_host(name)
        || !ngx_http_print_task_redis_is_host(address))
    {
        return NULL;
    }

    socklen = address->len
              ? ngx_http_print_task_redis_sockaddr(address, port, &sockaddr)
              : ngx_http_print_task_redis_peer(from, port, &sockaddr);

    if (socklen == 0) {
        return ngx_http_print_task_redis_named_node(cluster, address, port);
    }

    redis = ngx_http_print_task_redis_find_node(cluster, &sockaddr.sockaddr,
                                                socklen);
    if (redis == NULL) {
        redis = ngx_http_print_task_redis_add_node(from, name,
                                                   &sockaddr.sockaddr,
                                                   socklen);
    }

    return redis;
}


/*
 * Accepts an empty host, an address or a name; other bytes must not get into
 * logs or TLS.
 */

static ngx_uint_t
ngx_http_print_task_redis_is_host(const ngx_str_t *host)
{
    u_char  ch;
    size_t  i;

    if (host->len > NGX_HTTP_PRINT_TASK_CLUSTER_HOST) {
        return 0;
    }

    for (i = 0; i < host->len; i++) {
        ch = ngx_tolower(host->data[i]);

        if ((ch < 'a' || ch > 'z')
            && (ch < '0' || ch > '9')
            && ch != '-' && ch != '.' && ch != '_' && ch != ':')
        {
            return 0;
        }
    }

    return 1;
}


/* the address that a node is connected to, with another port */

static socklen_t
ngx_http_print_task_redis_peer(ngx_http_print_task_redis_t *redis,
    in_port_t port, ngx_sockaddr_t *sockaddr)
{
    ngx_addr_t  *addr;

    /* c->sockaddr is set only for accepted connections */

    if (redis->connection == NULL || redis->addr >= redis->naddrs) {
        return 0;
    }

    addr = &redis->addrs[redis->addr];

    if (addr->sockaddr->sa_family == AF_UNIX) {
        return 0;
    }

    ngx_memzero(sockaddr, sizeof(ngx_sockaddr_t));
    ngx_memcpy(sockaddr, addr->sockaddr, addr->socklen);

    ngx_inet_set_port(&sockaddr->sockaddr, port);

    return addr->socklen;
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

        if (host->len
            && server->port == port
            && server->host.len == host->len
            && ngx_strncasecmp(server->host.data, host->data, host->len) == 0)
        {
            return redis;
        }
    }

    return NULL;
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

    cluster = from->topology->data;

    if (cluster->nnodes >= NGX_HTTP_PRINT_TASK_CLUSTER_NODES) {
        return NULL;
    }

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

    ngx_http_print_task_redis_init(&node->redis, &cluster->topology,
                                   cluster->conf, &node->server,
                                   cluster->scripts);
    ngx_http_print_task_redis_resolve(&node->redis);

    ngx_queue_insert_tail(&cluster->nodes, &node->redis.node);
    cluster->nnodes++;

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0,
                   "print task redis node \"%V\"", &node->server.name);

    return &node->redis;
}


void
ngx_http_print_task_redis_free_node(ngx_http_print_task_redis_t *redis)
{
    ngx_uint_t                            i;
    ngx_http_print_task_redis_cluster_t  *cluster;

    cluster = redis->topology->data;

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0,
                   "print task redis node \"%V\" is gone",
                   &redis->server->name);

    /* the commands of this node are not given back to it */

    ngx_queue_remove(&redis->node);
    cluster->nnodes--;

    for (i = 0; redis->slots; i++) {
        if (cluster->slots[i] == redis) {
            cluster->slots[i] = NULL;
            redis->slots--;
        }
    }

    ngx_http_print_task_redis_exit(redis);

    ngx_free(redis);
}
