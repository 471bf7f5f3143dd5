
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Calls of scripts: operations and settlements. */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_SCRIPT_CALL_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_SCRIPT_CALL_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "store/store.h"
#include "redis/conn.h"


typedef struct ngx_http_print_task_redis_call_s
    ngx_http_print_task_redis_call_t;


struct ngx_http_print_task_redis_call_s {
    ngx_http_print_task_redis_cmd_t      cmd;       /* must be the first */

    pt_operation_e                       type;
    ngx_http_print_task_op_t            *op;        /* NULL: no request waits */
    ngx_queue_t                          waiter;    /* in the list of
                                                        waiters, while op is
                                                        set */
    ngx_msec_t                           deadline;  /* of the operation, or
                                                       for keeping a
                                                       settlement */
    ngx_msec_t                           lease_time;
    ngx_http_print_task_redis_call_t    *next;      /* in the list of spare
                                                       calls */

    unsigned                             usual:1;

    u_char                               data[1];   /* the arguments */
};


typedef struct {
    ngx_http_print_task_redis_call_t    *free;
    ngx_uint_t                           nfree;
    ngx_uint_t                           calls;     /* calls in use */
    ngx_socket_t                         ident;     /* -1, as in redis */

    ngx_queue_t                          waiters;   /* the oldest first */
    ngx_event_t                          timeout;   /* of the oldest waiter,
                                                       or earlier */

    ngx_uint_t                           settlements;
    ngx_msec_t                           lease_time;  /* the longest lease so
                                                         far */

    ngx_queue_t                          postponed;   /* settlements that the
                                                         server refused for
                                                         now */
    ngx_event_t                          retry;       /* of postponed
                                                         settlements */

    ngx_event_t                          drain;       /* while calls are
                                                         unanswered */
    ngx_msec_t                           drain_since; /* the time of the last
                                                         call, or of the
                                                         start of the
                                                         shutdown */

    ngx_http_print_task_redis_conf_t    *conf;
    ngx_http_print_task_redis_topology_t
                                        *topology;
    ngx_http_print_task_redis_script_t   scripts[
                                            NGX_HTTP_PRINT_TASK_REDIS_SCRIPTS];
    ngx_msec_t                           logged;      /* last warning */
    unsigned                             draining:1;  /* the worker shuts
                                                         down */
    unsigned                             exited:1;
    unsigned                             extended:1;  /* timeout was extended */
} ngx_http_print_task_store_redis_t;


void
    ngx_http_print_task_redis_calls_init(ngx_http_print_task_store_redis_t *sr);
void
    ngx_http_print_task_redis_calls_exit(ngx_http_print_task_store_redis_t *sr);

/*
 * The connection to the server that has the key.  NULL: no memory, or the
 * worker ends and starts nothing more.
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
 * Sends a settlement.  It is kept until it is answered, over any number of
 * connections, but not longer than the lease can last.
 */
void ngx_http_print_task_redis_settle(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_op_t *op);

/* turns a call of RESERVE into RELEASE: key and lease are the same */
void ngx_http_print_task_redis_release(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *call);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_SCRIPT_CALL_H_INCLUDED_ */
