
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * A locator that resolves the name of a server with nginx's resolver, without
 * blocking, each time that all known addresses have failed.
 */


#include "redis/resolve.h"

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "redis/addr.h"


#define NGX_HTTP_PRINT_TASK_REDIS_RESOLVE_POOL  512


static void ngx_http_print_task_redis_resolve_start(
    ngx_http_print_task_redis_t *redis);
static void ngx_http_print_task_redis_resolve_cancel(
    ngx_http_print_task_redis_t *redis);
static void ngx_http_print_task_redis_resolve_handler(
    ngx_resolver_ctx_t *ctx);
static ngx_addr_t *ngx_http_print_task_redis_resolve_copy(ngx_pool_t *pool,
    ngx_resolver_ctx_t *ctx, in_port_t port);


static const ngx_http_print_task_redis_locator_t
    ngx_http_print_task_redis_resolver =
{
    ngx_http_print_task_redis_resolve_start,
    ngx_http_print_task_redis_resolve_cancel
};


/* an address needs no resolver, and "resolver" may be absent */

void
ngx_http_print_task_redis_resolve(ngx_http_print_task_redis_t *redis)
{
    ngx_resolver_t  *resolver;

    resolver = redis->conf->resolver;

    if (resolver == NULL
        || resolver->connections.nelts == 0
        || redis->server->host.len == 0
        || ngx_http_print_task_redis_ip(&redis->server->host))
    {
        return;
    }

    redis->locator = &ngx_http_print_task_redis_resolver;
}


static void
ngx_http_print_task_redis_resolve_start(ngx_http_print_task_redis_t *redis)
{
    ngx_resolver_ctx_t  *ctx;

    if (redis->failures == 0) {
        ngx_http_print_task_redis_located(redis, NULL, NULL, 0);
        return;
    }

    ctx = ngx_resolve_start(redis->conf->resolver, NULL);

    if (ctx == NULL || ctx == NGX_NO_RESOLVER) {
        ngx_http_print_task_redis_located(redis, NULL, NULL, 0);
        return;
    }

    /* the connection limits the time */

    ctx->name = redis->server->host;
    ctx->handler = ngx_http_print_task_redis_resolve_handler;
    ctx->data = redis;
    ctx->timeout = 0;

    redis->locating = ctx;

    if (ngx_resolve_name(ctx) != NGX_OK) {
        redis->locating = NULL;
        ngx_http_print_task_redis_located(redis, NULL, NULL, 0);
    }
}


static void
ngx_http_print_task_redis_resolve_cancel(ngx_http_print_task_redis_t *redis)
{
    ngx_resolve_name_done(redis->locating);
    redis->locating = NULL;
}


static void
ngx_http_print_task_redis_resolve_handler(ngx_resolver_ctx_t *ctx)
{
    ngx_uint_t                    n;
    ngx_addr_t                   *addrs;
    ngx_pool_t                   *pool;
    ngx_http_print_task_redis_t  *redis;

    redis = ctx->data;
    redis->locating = NULL;

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0,
                   "print task redis resolved: %i, addresses:%ui",
                   ctx->state, ctx->naddrs);

    pool = NULL;
    addrs = NULL;
    n = ctx->naddrs;

    if (ctx->state == NGX_OK && n) {
        pool = ngx_create_pool(NGX_HTTP_PRINT_TASK_REDIS_RESOLVE_POOL,
                               ngx_cycle->log);
    }

    if (pool) {
        addrs = ngx_http_print_task_redis_resolve_copy(pool, ctx,
                                                       redis->server->port);
        if (addrs == NULL) {
            ngx_destroy_pool(pool);
            pool = NULL;
        }
    }

    ngx_resolve_name_done(ctx);

    ngx_http_print_task_redis_located(redis, pool, addrs, n);
}


static ngx_addr_t *
ngx_http_print_task_redis_resolve_copy(ngx_pool_t *pool,
    ngx_resolver_ctx_t *ctx, in_port_t port)
{
    ngx_uint_t   i;
    ngx_addr_t  *addrs;

    addrs = ngx_pcalloc(pool, ctx->naddrs * sizeof(ngx_addr_t));
    if (addrs == NULL) {
        return NULL;
    }

    for (i = 0; i < ctx->naddrs; i++) {
        if (ngx_http_print_task_redis_copy_addr(pool, &addrs[i],
                                                ctx->addrs[i].sockaddr,
                                                ctx->addrs[i].socklen, port)
            != NGX_OK)
        {
            return NULL;
        }
    }

    return addrs;
}
