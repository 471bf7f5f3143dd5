
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* calls of scripts: operations and settlements */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_SCRIPT_CALL_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_SCRIPT_CALL_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "store/store.h"
#include "redis/conn.h"


typedef struct ngx_http_print_task_redis_call_s
    ngx_http_print_task_redis_call_t;


struct ngx_http_print_task_redis_call_s {
    ngx_http_print_task_redis_cmd_t      cmd;       /* has to be the first */

    pt_operation_e                       type;
    ngx_http_print_task_op_t            *op;        /* NULL: nobody waits */
    ngx_queue_t                          waiter;    /* while there is an op */

    ngx_msec_t                           deadline;  /* of the op, or of keeping
                                                       a settlement */
    ngx_msec_t                           lease_time;
    ngx_http_print_task_redis_call_t    *next;      /* in the free list */

    unsigned                             usual:1;

    u_char                               data[1];   /* the arguments */
};


typedef struct {
    ngx_http_print_task_redis_call_t    *free;
    ngx_uint_t                           nfree;
    ngx_uint_t                           calls;     /* not in the free list */
    ngx_socket_t                         ident;     /* -1, as in redis */

    ngx_queue_t                          waiters;   /* the oldest is first */
    ngx_event_t                          timeout;   /* of it, or before */

    ngx_uint_t                           settlements;
    ngx_msec_t                           lease_time;  /* the longest seen */

    ngx_queue_t                          postponed;   /* settlements that the
                                                         server did not take */
    ngx_event_t                          retry;       /* of these */

    ngx_event_t                          drain;       /* while there are
                                                         calls */
    ngx_msec_t                           drain_since; /* the worker shuts down
                                                         and the last call was
                                                         made */

    ngx_http_print_task_redis_conf_t    *conf;
    ngx_http_print_task_redis_topology_t
                                        *topology;
    ngx_http_print_task_redis_script_t   scripts[
                                            NGX_HTTP_PRINT_TASK_REDIS_SCRIPTS];
    ngx_msec_t                           logged;      /* the last warning */
    unsigned                             draining:1;  /* the worker shuts
                                                         down */
    unsigned                             exited:1;
    unsigned                             extended:1;  /* timeout was put off */
} ngx_http_print_task_store_redis_t;


void
    ngx_http_print_task_redis_calls_init(ngx_http_print_task_store_redis_t *sr);
void
    ngx_http_print_task_redis_calls_exit(ngx_http_print_task_store_redis_t *sr);

/*
 * The connection to who has the key, or the key of the call.  NULL: no memory,
 * or the worker ends: nothing is connected, sent or kept any more.
 */
ngx_http_print_task_redis_t *ngx_http_print_task_redis_route(
    ngx_http_print_task_store_redis_t *sr, const ngx_str_t *key);
ngx_http_print_task_redis_t *ngx_http_print_task_redis_call_route(
    ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *call);

/* NULL: no memory */
ngx_http_print_task_redis_call_t *ngx_http_print_task_redis_call_create(
    ngx_http_print_task_store_redis_t *sr, ngx_http_print_task_op_t *op);
void ngx_http_print_task_redis_call_free(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *call);

/*
 * Settlements are kept until they were answered, over any number of
 * connections, but not for longer than the lease could last.
 */
void ngx_http_print_task_redis_settle(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_op_t *op);

/* turns a reservation into its release: the key and the lease are the same */
void ngx_http_print_task_redis_release(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *call);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_SCRIPT_CALL_H_INCLUDED_ */
