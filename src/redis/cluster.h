
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* which node of a Redis Cluster has a key */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_CLUSTER_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_CLUSTER_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "core/pt_circuit.h"
#include "redis/conf.h"
#include "redis/conn.h"


struct redisReply;


/* the connections of a worker to a cluster */
struct ngx_http_print_task_redis_cluster_s {
    ngx_http_print_task_redis_conf_t       *conf;
    ngx_http_print_task_redis_script_t     *scripts;
    ngx_http_print_task_redis_t           **slots;        /* PT_SLOTS of them;
                                                             NULL: nobody has
                                                             told yet */
    ngx_socket_t                            ident;        /* -1, as above */

    ngx_queue_t                             nodes;
    ngx_uint_t                              nnodes;
    ngx_http_print_task_redis_cmd_t         query;        /* for the slots */
    ngx_event_t                             timer;        /* until the next */

    unsigned                                querying:1;
    unsigned                                stale:1;      /* some slots are not
                                                             where they were */
    unsigned                                exited:1;     /* the worker ends */
};


void ngx_http_print_task_redis_cluster_init(
    ngx_http_print_task_redis_cluster_t *cluster,
    ngx_http_print_task_redis_conf_t *conf,
    ngx_http_print_task_redis_script_t *scripts);

/* the node that has the key, as far as it is known; NULL: no memory */
ngx_http_print_task_redis_t *ngx_http_print_task_redis_cluster_node(
    ngx_http_print_task_redis_cluster_t *cluster, const ngx_str_t *key);

/*
 * The error that a node answered to a command.  NGX_OK: another node has the
 * key, and has got the command, or its handler was called; NGX_DECLINED: this
 * is another error.
 */
ngx_int_t ngx_http_print_task_redis_cluster_redirect(
    ngx_http_print_task_redis_t *redis, ngx_http_print_task_redis_cmd_t *cmd,
    struct redisReply *reply);

/* OPEN: some node that is needed is not used */
pt_circuit_state_e ngx_http_print_task_redis_cluster_state(
    ngx_http_print_task_redis_cluster_t *cluster);

/* a node has failed */
void ngx_http_print_task_redis_cluster_failed(
    ngx_http_print_task_redis_cluster_t *cluster);

/* the worker ends: asks no node any more; then frees all of them */
void ngx_http_print_task_redis_cluster_stop(
    ngx_http_print_task_redis_cluster_t *cluster);
void ngx_http_print_task_redis_cluster_exit(
    ngx_http_print_task_redis_cluster_t *cluster);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_CLUSTER_H_INCLUDED_ */
