
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The servers of a store: one server, a master with sentinels, or the nodes of
 * a cluster.
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
    const ngx_str_t  *name;                       /* the name of its servers
                                                     in logs */

    /* called in a worker before the first use; may be NULL */
    void        (*init)(ngx_http_print_task_redis_topology_t *topology);

    /* the connection to the server that should have the key; NULL: no memory */
    ngx_http_print_task_redis_t *
                (*locate)(ngx_http_print_task_redis_topology_t *topology,
                          const ngx_str_t *key);

    /*
     * Changes a slot to the next one of a server that has no slot before it.
     * NGX_DONE: there is none.  NULL: all slots are on one server.
     */
    ngx_int_t   (*next)(ngx_http_print_task_redis_topology_t *topology,
                        ngx_uint_t *slot);

    /* OPEN: a required server is not used */
    pt_circuit_state_e
                (*state)(ngx_http_print_task_redis_topology_t *topology);

    /* the worker ends: closes all connections and gives all commands back */
    void        (*exit)(ngx_http_print_task_redis_topology_t *topology);

    /* a connection to a server has failed; may be NULL */
    void        (*failed)(ngx_http_print_task_redis_t *redis);

    /*
     * A server answered a command with an error.  NGX_OK: another server has
     * the key, and the command was sent there, or its handler was called.
     * NGX_DECLINED: the error is not a redirection.  NULL: servers of this
     * topology do not redirect.
     */
    ngx_int_t   (*redirect)(ngx_http_print_task_redis_t *redis,
                            ngx_http_print_task_redis_cmd_t *cmd,
                            struct redisReply *reply);

    ngx_http_print_task_redis_watcher_t
                 *watcher;                        /* see watch.h */

    void         *data;                           /* of the topology */
};


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_TOPOLOGY_H_INCLUDED_ */
