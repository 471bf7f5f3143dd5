
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Which streams of a store have grown: a connection of its own waits in XREAD
 * for all of them.  Redis Cluster has no such command for the streams of
 * several slots: there a worker looks once a second, and hears at once of what
 * its own gateway has changed.
 */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_WATCH_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_WATCH_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "store/store.h"
#include "redis/conn.h"


/* topology->watcher, for all streams in the servers of the topology */
ngx_int_t ngx_http_print_task_redis_watcher_create(ngx_pool_t *pool,
    ngx_http_print_task_redis_conf_t *conf,
    ngx_http_print_task_redis_topology_t *topology);

/* the functions "watch" and "unwatch" of the store */
void ngx_http_print_task_redis_watch(
    ngx_http_print_task_redis_watcher_t *watcher,
    ngx_http_print_task_watch_t *w);
void ngx_http_print_task_redis_unwatch(
    ngx_http_print_task_redis_watcher_t *watcher,
    ngx_http_print_task_watch_t *w);

void ngx_http_print_task_redis_watcher_exit(
    ngx_http_print_task_redis_watcher_t *watcher);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_WATCH_H_INCLUDED_ */
