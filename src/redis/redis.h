
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The Redis store, for the configuration. */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_REDIS_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_REDIS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "store/store.h"


/*
 * Creates a store for the arguments of print_task_redis (ngx_str_t), without
 * the name of the directive.  NULL: an argument is wrong; the reason is logged.
 */
ngx_http_print_task_store_t *ngx_http_print_task_store_redis_create(
    ngx_conf_t *cf, ngx_array_t *args);

/*
 * Whether two stores use one database: the same master of sentinels, or servers
 * with an address in common.
 */
ngx_uint_t ngx_http_print_task_store_redis_same(
    const ngx_http_print_task_store_t *one,
    const ngx_http_print_task_store_t *other);

/* sets the resolver once the configuration is loaded; NULL: no resolver */
void ngx_http_print_task_store_redis_resolver(
    ngx_http_print_task_store_t *store, ngx_resolver_t *resolver);

/* sets the times to wait for a connection and for the reply to an operation */
void ngx_http_print_task_store_redis_timeouts(
    ngx_http_print_task_store_t *store, ngx_msec_t connect,
    ngx_msec_t command);

/* sets the limit of unanswered operations of a worker to a server */
void ngx_http_print_task_store_redis_queue(
    ngx_http_print_task_store_t *store, ngx_uint_t queue);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_REDIS_H_INCLUDED_ */
