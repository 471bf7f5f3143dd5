
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Redis Sentinel: finds the current master.
 * Before each attempt to connect, the worker asks a sentinel for the master,
 * and the next sentinel if the first one does not know.  While connected it
 * asks once a second: a partitioned master may keep answering although another
 * server has replaced it.  The server itself must confirm by ROLE that it is a
 * master.
 */


#include "redis/sentinel.h"

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <hiredis/hiredis.h>

#include "redis/addr.h"
#include "redis/conn.h"
#include "redis/protocol.h"
#include "redis/reply.h"
#include "redis/resolve.h"
#include "redis/resp.h"


/* ms */
#define NGX_HTTP_PRINT_TASK_SENTINEL_AGAIN  1000
#define NGX_HTTP_PRINT_TASK_SENTINEL_STALL  500

#define NGX_HTTP_PRINT_TASK_SENTINEL_POOL   512    /* bytes of an address */


/* a worker's connections to sentinels and to the master */

typedef struct {
    ngx_uint_t                              current;      /* index of the
                                                             sentinel to ask */
    ngx_http_print_task_redis_t            *nodes;        /* NULL: not used
                                                             yet */
    ngx_uint_t                              nnodes;
    ngx_socket_t                            ident;        /* -1, as in
                                                             connections */
    ngx_http_print_task_redis_topology_t    topology;
    ngx_http_print_task_redis_t             master;

    ngx_http_print_task_redis_conf_t        conf;         /* of the sentinels */
    ngx_http_print_task_redis_server_t      server;       /* the master */
    u_char                                  host[NGX_SOCKADDR_STRLEN];

    ngx_http_print_task_redis_cmd_t         query;
    ngx_event_t                             timer;        /* until the next
                                                             query */
    ngx_uint_t                              tried;        /* sentinels asked
                                                             in this attempt */
    unsigned                                asking:1;     /* the query was
                                                             sent */
} ngx_http_print_task_redis_sentinel_t;


ngx_http_print_task_redis_ident(ngx_http_print_task_redis_sentinel_t);


static ngx_http_print_task_redis_t *ngx_http_print_task_redis_sentinel_locate(
    ngx_http_print_task_redis_topology_t *topology, const ngx_str_t *key);
static pt_circuit_state_e ngx_http_print_task_redis_sentinel_state(
    ngx_http_print_task_redis_topology_t *topology);
static void ngx_http_print_task_redis_sentinel_exit(
    ngx_http_print_task_redis_topology_t *topology);

static void ngx_http_print_task_redis_sentinel_start(
    ngx_http_print_task_redis_t *redis);
static void ngx_http_print_task_redis_sentinel_cancel(
    ngx_http_print_task_redis_t *redis);
static ngx_int_t ngx_http_print_task_redis_sentinels(
    ngx_http_print_task_redis_sentinel_t *sentinel);
static void ngx_http_print_task_redis_ask(
    ngx_http_print_task_redis_sentinel_t *sentinel);
static ngx_int_t ngx_http_print_task_redis_on_master_reply(
    ngx_http_print_task_redis_cmd_t *cmd, redisReply *reply);
static void ngx_http_print_task_redis_ask_next(
    ngx_http_print_task_redis_sentinel_t *sentinel);
static ngx_int_t ngx_http_print_task_redis_master(
    ngx_http_print_task_redis_sentinel_t *sentinel, redisReply *reply,
    ngx_sockaddr_t *sockaddr, socklen_t *socklen);
static ngx_int_t ngx_http_print_task_redis_use_master(
    ngx_http_print_task_redis_sentinel_t *sentinel, struct sockaddr *sockaddr,
    socklen_t socklen);
static void ngx_http_print_task_redis_sentinel_handler(ngx_event_t *ev);


static const ngx_http_print_task_redis_locator_t
    ngx_http_print_task_redis_sentinel_locator =
{
    ngx_http_print_task_redis_sentinel_start,
    ngx_http_print_task_redis_sentinel_cancel
};


ngx_http_print_task_redis_topology_t *
ngx_http_print_task_redis_sentinel_create(ngx_pool_t *pool,
    ngx_http_print_task_redis_conf_t *conf,
    ngx_http_print_task_redis_script_t *scripts)
{
    ngx_http_print_task_redis_sentinel_t  *sentinel;

    sentinel = ngx_pcalloc(pool, sizeof(ngx_http_print_task_redis_sentinel_t));
    if (sentinel == NULL) {
        return NULL;
    }

    /*
     * Set by ngx_pcalloc():
     *     sentinel->nodes = NULL;
     *     sentinel->asking = 0;
     *     sentinel->server = { 0 };
     *     sentinel->topology.init = NULL;
     *     sentinel->topology.next = NULL;
     *     sentinel->topology.failed = NULL;
     *     sentinel->topology.redirect = NULL;
     */

    sentinel->ident = (ngx_socket_t) -1;

    sentinel->timer.handler = ngx_http_print_task_redis_sentinel_handler;
    sentinel->timer.data = sentinel;
    sentinel->timer.cancelable = 1;

    sentinel->server.name = conf->sentinel;

    sentinel->topology.name = &sentinel->server.name;
    sentinel->topology.locate = ngx_http_print_task_redis_sentinel_locate;
    sentinel->topology.state = ngx_http_print_task_redis_sentinel_state;
    sentinel->topology.exit = ngx_http_print_task_redis_sentinel_exit;
    sentinel->topology.data = sentinel;

    ngx_http_print_task_redis_init(&sentinel->master, &sentinel->topology,
                                   conf, &sentinel->server, scripts);

    sentinel->master.locator = &ngx_http_print_task_redis_sentinel_locator;

    return &sentinel->topology;
}


static ngx_http_print_task_redis_t *
ngx_http_print_task_redis_sentinel_locate(
    ngx_http_print_task_redis_topology_t *topology, const ngx_str_t *key)
{
    ngx_http_print_task_redis_sentinel_t  *sentinel;

    sentinel = topology->data;

    return &sentinel->master;
}


static pt_circuit_state_e
ngx_http_print_task_redis_sentinel_state(
    ngx_http_print_task_redis_topology_t *topology)
{
    ngx_http_print_task_redis_sentinel_t  *sentinel;

    sentinel = topology->data;

    return ngx_http_print_task_redis_circuit(&sentinel->master);
}


static void
ngx_http_print_task_redis_sentinel_start(ngx_http_print_task_redis_t *redis)
{
    ngx_http_print_task_redis_sentinel_t  *sentinel;

    sentinel = redis->topology->data;

    if (ngx_http_print_task_redis_sentinels(sentinel) != NGX_OK) {
        ngx_http_print_task_redis_fail(redis, 0, "no memory");
        return;
    }

    redis->locating = sentinel;
    sentinel->tried = 0;

    if (!sentinel->asking) {
        ngx_http_print_task_redis_ask(sentinel);
    }
}


/* the next attempt asks another sentinel */

static void
ngx_http_print_task_redis_sentinel_cancel(ngx_http_print_task_redis_t *redis)
{
    ngx_http_print_task_redis_sentinel_t  *sentinel;

    sentinel = redis->topology->data;

    redis->locating = NULL;

    if (sentinel->asking && !sentinel->query.sent) {
        ngx_http_print_task_redis_unqueue(&sentinel->query);
        sentinel->asking = 0;
    }

    sentinel->current = (sentinel->current + 1) % sentinel->nnodes;
}


static ngx_int_t
ngx_http_print_task_redis_sentinels(
    ngx_http_print_task_redis_sentinel_t *sentinel)
{
    ngx_uint_t                           i;
    ngx_http_print_task_redis_conf_t    *conf;
    ngx_http_print_task_redis_server_t  *server;

    if (sentinel->nodes != NULL) {
        return NGX_OK;
    }

    /* the settings of the master, except for the user and the password */

    conf = &sentinel->conf;

    *conf = *sentinel->master.conf;

    conf->user = conf->sentinel_user;
    conf->password = conf->sentinel_password;
    conf->stall_timeout = NGX_HTTP_PRINT_TASK_SENTINEL_STALL;

    ngx_str_null(&conf->db);
    ngx_str_null(&conf->sentinel);

    server = conf->servers.elts;

    sentinel->nnodes = conf->servers.nelts;
    sentinel->nodes = ngx_calloc(sentinel->nnodes
                                 * sizeof(ngx_http_print_task_redis_t),
                                 ngx_cycle->log);
    if (sentinel->nodes == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < sentinel->nnodes; i++) {
        ngx_http_print_task_redis_init(&sentinel->nodes[i],
                                       &sentinel->topology, conf, &server[i],
                                       NULL);
        ngx_http_print_task_redis_resolve(&sentinel->nodes[i]);
    }

    return NGX_OK;
}


/* asks the remaining sentinels one after the other, until one answers */

static void
ngx_http_print_task_redis_ask(ngx_http_print_task_redis_sentinel_t *sentinel)
{
    ngx_http_print_task_redis_t      *node;
    ngx_http_print_task_redis_cmd_t  *cmd;

    cmd = &sentinel->query;

    cmd->handler = ngx_http_print_task_redis_on_master_reply;
    cmd->data = sentinel;

    cmd->argc = 0;

    ngx_http_print_task_redis_add_arg(cmd, "SENTINEL", 8);
    ngx_http_print_task_redis_add_arg(cmd, "GET-MASTER-ADDR-BY-NAME", 23);
    ngx_http_print_task_redis_add_arg(cmd, (char *) sentinel->server.name.data,
                                      sentinel->server.name.len);

    for ( /* void */ ; sentinel->tried < sentinel->nnodes; sentinel->tried++) {

        node = &sentinel->nodes[sentinel->current];

        if (ngx_http_print_task_redis_open(node) == NGX_OK
            && ngx_http_print_task_redis_send(node, cmd) == NGX_OK)
        {
            sentinel->asking = 1;
            return;
        }

        sentinel->current = (sentinel->current + 1) % sentinel->nnodes;
    }

    if (sentinel->master.locating) {
        sentinel->master.locating = NULL;
        ngx_http_print_task_redis_fail(&sentinel->master, 0,
                                       "no sentinel knows where it is");
    }
}


static void
ngx_http_print_task_redis_ask_next(
    ngx_http_print_task_redis_sentinel_t *sentinel)
{
    sentinel->tried++;
    sentinel->current = (sentinel->current + 1) % sentinel->nnodes;

    ngx_http_print_task_redis_ask(sentinel);
}


static ngx_int_t
ngx_http_print_task_redis_on_master_reply(ngx_http_print_task_redis_cmd_t *cmd,
    redisReply *reply)
{
    ngx_int_t                              rc;
    socklen_t                              socklen;
    ngx_sockaddr_t                         sockaddr;
    ngx_http_print_task_redis_t           *node;
    ngx_http_print_task_redis_sentinel_t  *sentinel;

    node = cmd->redis;
    sentinel = cmd->data;

    sentinel->asking = 0;

    if (node->exited) {
        return NGX_OK;
    }

    if (reply == NULL) {
        ngx_http_print_task_redis_ask_next(sentinel);
        return NGX_OK;
    }

    if (reply->type == REDIS_REPLY_ERROR) {
        ngx_http_print_task_redis_refused(node, reply);
        ngx_http_print_task_redis_ask_next(sentinel);
        return NGX_OK;
    }

    node->failures = 0;

    rc = ngx_http_print_task_redis_master(sentinel, reply, &sockaddr,
                                          &socklen);

    if (rc == NGX_OK) {
        rc = ngx_http_print_task_redis_use_master(sentinel, &sockaddr.sockaddr,
                                                  socklen);

    } else if (rc == NGX_DECLINED) {
        ngx_http_print_task_redis_ask_next(sentinel);
        rc = NGX_OK;
    }

    return rc;
}


/*
 * Reads the address in a sentinel's reply: two strings.  NGX_DECLINED: the
 * sentinel does not know the master, or the reply has no valid address.
 */

static ngx_int_t
ngx_http_print_task_redis_master(
    ngx_http_print_task_redis_sentinel_t *sentinel, redisReply *reply,
    ngx_sockaddr_t *sockaddr, socklen_t *socklen)
{
    ngx_int_t    port;
    ngx_str_t    host;
    redisReply  *element;

    if (reply->type == REDIS_REPLY_NIL) {
        return NGX_DECLINED;
    }

    if (reply->type != REDIS_REPLY_ARRAY
        || reply->elements != 2
        || reply->element[0]->type != REDIS_REPLY_STRING
        || reply->element[1]->type != REDIS_REPLY_STRING)
    {
        return NGX_ERROR;
    }

    element = reply->element[1];
    port = ngx_atoi((u_char *) element->str, element->len);

    if (port < 1 || port > 65535) {
        return NGX_ERROR;
    }

    host.data = (u_char *) reply->element[0]->str;
    host.len = reply->element[0]->len;

    *socklen = ngx_http_print_task_redis_sockaddr(&host, (in_port_t) port,
                                                  sockaddr);

    return *socklen ? NGX_OK : NGX_DECLINED;
}


/*
 * Connects to the master; an existing connection is closed if it is to another
 * server.
 */

static ngx_int_t
ngx_http_print_task_redis_use_master(
    ngx_http_print_task_redis_sentinel_t *sentinel, struct sockaddr *sockaddr,
    socklen_t socklen)
{
    ngx_addr_t                   *addr;
    ngx_pool_t                   *pool;
    ngx_http_print_task_redis_t  *redis;

    redis = &sentinel->master;

    if (!redis->locating) {

        if (redis->state == NGX_HTTP_PRINT_TASK_REDIS_READY
            && ngx_cmp_sockaddr(redis->addrs[0].sockaddr,
                                redis->addrs[0].socklen, sockaddr, socklen, 1)
               != NGX_OK)
        {
            ngx_http_print_task_redis_fail(redis, 0,
                                           "another one is the master now");
        }

        return NGX_OK;
    }

    redis->locating = NULL;

    pool = ngx_create_pool(NGX_HTTP_PRINT_TASK_SENTINEL_POOL, ngx_cycle->log);

    if (pool == NULL) {
        ngx_http_print_task_redis_fail(redis, 0, "no memory");
        return NGX_OK;
    }

    addr = ngx_palloc(pool, sizeof(ngx_addr_t));

    if (addr == NULL
        || ngx_http_print_task_redis_copy_addr(pool, addr, sockaddr, socklen,
                                               ngx_inet_get_port(sockaddr))
           != NGX_OK)
    {
        ngx_destroy_pool(pool);
        ngx_http_print_task_redis_fail(redis, 0, "no memory");
        return NGX_OK;
    }

    sentinel->server.host.data = sentinel->host;
    sentinel->server.host.len = ngx_sock_ntop(sockaddr, socklen,
                                              sentinel->host,
                                              NGX_SOCKADDR_STRLEN, 0);

    if (!sentinel->timer.timer_set) {
        sentinel->timer.log = ngx_cycle->log;
        ngx_add_timer(&sentinel->timer, NGX_HTTP_PRINT_TASK_SENTINEL_AGAIN);
    }

    ngx_http_print_task_redis_located(redis, pool, addr, 1);

    return NGX_OK;
}


static void
ngx_http_print_task_redis_sentinel_handler(ngx_event_t *ev)
{
    ngx_http_print_task_redis_sentinel_t  *sentinel;

    sentinel = ev->data;

    if (sentinel->master.state == NGX_HTTP_PRINT_TASK_REDIS_IDLE) {
        return;
    }

    ngx_add_timer(ev, NGX_HTTP_PRINT_TASK_SENTINEL_AGAIN);

    if (sentinel->master.state == NGX_HTTP_PRINT_TASK_REDIS_READY
        && !sentinel->asking)
    {
        sentinel->tried = 0;
        ngx_http_print_task_redis_ask(sentinel);
    }
}


static void
ngx_http_print_task_redis_sentinel_exit(
    ngx_http_print_task_redis_topology_t *topology)
{
    ngx_uint_t                             i;
    ngx_http_print_task_redis_sentinel_t  *sentinel;

    sentinel = topology->data;

    ngx_http_print_task_redis_exit(&sentinel->master);

    if (sentinel->timer.timer_set) {
        ngx_del_timer(&sentinel->timer);
    }

    if (sentinel->nodes == NULL) {
        return;
    }

    for (i = 0; i < sentinel->nnodes; i++) {
        ngx_http_print_task_redis_exit(&sentinel->nodes[i]);
    }

    ngx_free(sentinel->nodes);
    sentinel->nodes = NULL;
}
