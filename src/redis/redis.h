
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* the Redis store, as the configuration sees it */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_REDIS_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_REDIS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "store/store.h"


/*
 * A store in the server that the arguments of print_task_redis name, of type
 * ngx_str_t, without the name of the directive.  NULL, and the reason logged,
 * if they are not good.
 */
ngx_http_print_task_store_t *ngx_http_print_task_store_redis_create(
    ngx_conf_t *cf, ngx_array_t *args);

/*
 * Whether two such stores are one database: of one master for the sentinels, or
 * of servers that have an address in common.
 */
ngx_uint_t ngx_http_print_task_store_redis_same(
    const ngx_http_print_task_store_t *one,
    const ngx_http_print_task_store_t *other);

/* what resolves names once the configuration is loaded; NULL: nothing does */
void ngx_http_print_task_store_redis_resolver(
    ngx_http_print_task_store_t *store, ngx_resolver_t *resolver);

/* how long to wait for a connection, and for the answer to an operation */
void ngx_http_print_task_store_redis_timeouts(
    ngx_http_print_task_store_t *store, ngx_msec_t connect,
    ngx_msec_t command);

/* how many operations of a worker may be unanswered by a server */
void ngx_http_print_task_store_redis_queue(
    ngx_http_print_task_store_t *store, ngx_uint_t queue);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_REDIS_H_INCLUDED_ */
