
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Which servers a store has: one, the master that sentinels know, or the nodes
 * of a cluster.
 */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_TOPOLOGY_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_TOPOLOGY_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "core/pt_circuit.h"
#include "redis/cmd.h"


typedef struct ngx_http_print_task_redis_topology_s
    ngx_http_print_task_redis_topology_t;


struct ngx_http_print_task_redis_topology_s {
    const ngx_str_t  *name;                       /* of its servers, for logs */

    /* in a worker, before the first use; NULL: nothing is to be done */
    void        (*init)(ngx_http_print_task_redis_topology_t *topology);

    /* the connection to who has the key, as far as is known; NULL: no memory */
    ngx_http_print_task_redis_t *
                (*locate)(ngx_http_print_task_redis_topology_t *topology,
                          const ngx_str_t *key);

    /* OPEN: some server that is needed is not used */
    pt_circuit_state_e
                (*state)(ngx_http_print_task_redis_topology_t *topology);

    /* the worker ends: closes all connections, gives all commands back */
    void        (*exit)(ngx_http_print_task_redis_topology_t *topology);

    /* a connection to a server has failed; NULL: nothing is to be done */
    void        (*failed)(ngx_http_print_task_redis_t *redis);

    /*
     * A server has answered an error to a command.  NGX_OK: another server has
     * the key, and has got the command, or its handler was called.
     * NGX_DECLINED: this is another error.  NULL: no server knows another.
     */
    ngx_int_t   (*redirect)(ngx_http_print_task_redis_t *redis,
                            ngx_http_print_task_redis_cmd_t *cmd,
                            struct redisReply *reply);

    void         *data;                           /* of the topology */
};


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_TOPOLOGY_H_INCLUDED_ */
