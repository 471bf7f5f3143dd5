
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The arguments of print_task_redis. */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_CONF_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_CONF_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "redis/tls_conf.h"


typedef struct ngx_http_print_task_redis_trust_s
    ngx_http_print_task_redis_trust_t;


/* a server, as known when its connection is set up */
typedef struct {
    ngx_str_t                               name;         /* as in the
                                                             configuration */
    ngx_str_t                               host;         /* of the name,
                                                             without the
                                                             port; empty: a
                                                             unix socket */
    in_port_t                               port;
    ngx_addr_t                             *addrs;
    ngx_uint_t                              naddrs;
} ngx_http_print_task_redis_server_t;


/* the settings of all connections of a store */
typedef struct {
    ngx_array_t                             servers;      /* of ..._server_t */
    ngx_uint_t                              local;        /* unsigned :1; one
                                                             of them is a
                                                             unix socket */
    ngx_uint_t                              cluster;      /* unsigned  :1; */
    ngx_http_print_task_redis_tls_t         ssl;

    ngx_str_t                               sentinel;     /* the name of the
                                                             master; len 0:
                                                             the servers are
                                                             not sentinels */

    ngx_str_t                               user;
    ngx_str_t                               password;
    ngx_str_t                               sentinel_user;
    ngx_str_t                               sentinel_password;
    ngx_str_t                               db;           /* len 0: the
                                                             default database */
    ngx_str_t                               ping_value;

    ngx_resolver_t                         *resolver;

    ngx_http_print_task_redis_trust_t      *trust;

    ngx_msec_t                              connect_timeout;
    ngx_msec_t                              command_timeout;
    ngx_msec_t                              stall_timeout; /* of the oldest
                                                              operation */
    ngx_msec_t                              ping;         /* 0: never */
    ngx_uint_t                              queue;        /* limit of
                                                             unanswered
                                                             operations */
    ngx_uint_t                              number;       /* of the counters
                                                             of the store */
} ngx_http_print_task_redis_conf_t;


ngx_http_print_task_redis_conf_t *ngx_http_print_task_redis_parse(
    ngx_conf_t *cf, ngx_array_t *args);

/* whether two configurations name the same database */
ngx_uint_t ngx_http_print_task_redis_same_db(
    const ngx_http_print_task_redis_conf_t *one,
    const ngx_http_print_task_redis_conf_t *other);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_CONF_H_INCLUDED_ */
