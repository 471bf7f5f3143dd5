
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* where the master is, by Redis Sentinel */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_SENTINEL_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_SENTINEL_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "redis/conf.h"
#include "redis/conn.h"


/* the connections of a worker to sentinels */
struct ngx_http_print_task_redis_sentinel_s {
    ngx_http_print_task_redis_t            *master;
    ngx_http_print_task_redis_t            *nodes;        /* NULL: not used
                                                             yet */
    ngx_uint_t                              nnodes;
    ngx_socket_t                            ident;        /* -1, as above */

    ngx_http_print_task_redis_conf_t        conf;         /* of the nodes */
    ngx_http_print_task_redis_server_t      server;       /* of the master */
    u_char                                  host[NGX_SOCKADDR_STRLEN];

    ngx_http_print_task_redis_cmd_t         query;
    ngx_event_t                             timer;        /* until the next */
    ngx_uint_t                              current;      /* to be asked */
    ngx_uint_t                              tried;        /* of them, since it
                                                             began */
    unsigned                                asking:1;     /* query is under
                                                             way */
};


/* also that of redis, the connection to the master; both zeroed */
void ngx_http_print_task_redis_sentinel_init(
    ngx_http_print_task_redis_sentinel_t *sentinel,
    ngx_http_print_task_redis_t *redis, ngx_http_print_task_redis_conf_t *conf,
    ngx_http_print_task_redis_script_t *scripts);
void ngx_http_print_task_redis_sentinel_exit(
    ngx_http_print_task_redis_sentinel_t *sentinel);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_SENTINEL_H_INCLUDED_ */
