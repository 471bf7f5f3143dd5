
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* a command to a Redis server */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_CMD_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_CMD_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "store/store.h"


struct redisReply;


#define NGX_HTTP_PRINT_TASK_REDIS_ARGS     16
#define NGX_HTTP_PRINT_TASK_REDIS_PREFIX   3       /* EVALSHA, its SHA-1, the
                                                      number of keys */

/* one for each type of operation */
#define NGX_HTTP_PRINT_TASK_REDIS_SCRIPTS  PT_OPERATION_N


typedef struct ngx_http_print_task_redis_s      ngx_http_print_task_redis_t;
typedef struct ngx_http_print_task_redis_cmd_s  ngx_http_print_task_redis_cmd_t;


/*
 * Called once for each command that was sent, from the event loop; the command
 * is the handler's then, to be freed or sent again.
 *
 *     reply == NULL    the connection broke; with cmd->sent the server may
 *                      have got the command
 *     an error reply   the server refused the command (and that was logged)
 *
 * NGX_ERROR: not a reply to this command, the connection is not to be trusted.
 */
typedef ngx_int_t (*ngx_http_print_task_redis_handler_pt)(
    ngx_http_print_task_redis_cmd_t *cmd, struct redisReply *reply);


typedef struct {
    ngx_str_t                               text;
    u_char                                  sha1[40];     /* in hex */
} ngx_http_print_task_redis_script_t;


/* who waits for the reply */
typedef enum {
    NGX_HTTP_PRINT_TASK_REDIS_CMD_OP = 0,       /* a request; the limit of
                                                   print_task_queue counts it */
    NGX_HTTP_PRINT_TASK_REDIS_CMD_SETTLEMENT,   /* nobody, but it is kept until
                                                   it is answered */
    NGX_HTTP_PRINT_TASK_REDIS_CMD_INTERNAL      /* the connection itself */
} ngx_http_print_task_redis_cmd_kind_e;


/* ASKING before the command, after a node of a cluster has answered ASK */
typedef enum {
    NGX_HTTP_PRINT_TASK_REDIS_ASKING_NO = 0,
    NGX_HTTP_PRINT_TASK_REDIS_ASKING_WANTED,    /* with the next write */
    NGX_HTTP_PRINT_TASK_REDIS_ASKING_SENT       /* its reply comes first, and
                                                   leads back to WANTED */
} ngx_http_print_task_redis_asking_e;


/* the memory of a command and of its arguments is the caller's */
struct ngx_http_print_task_redis_cmd_s {
    ngx_queue_t                             queue;
    ngx_http_print_task_redis_handler_pt    handler;
    void                                   *data;         /* of the handler */

    ngx_http_print_task_redis_t            *redis;        /* that it was given
                                                             to last */
    ngx_http_print_task_redis_script_t     *script;       /* NULL: none */
    ngx_msec_t                              sent_at;

    /* of a script the first two are set here: EVALSHA and its SHA-1 */
    ngx_uint_t                              argc;
    const char                             *argv[
                                               NGX_HTTP_PRINT_TASK_REDIS_ARGS];
    size_t                                  len[
                                               NGX_HTTP_PRINT_TASK_REDIS_ARGS];

    ngx_http_print_task_redis_cmd_kind_e    kind;
    ngx_http_print_task_redis_asking_e      asking;

    unsigned                                sent:1;       /* or about to be */
    unsigned                                again:1;      /* was sent before */
    unsigned                                eval:1;       /* with its text */
    unsigned                                abandoned:1;  /* nobody waits */
    unsigned                                allow_nested:1;  /* arrays in the
                                                             reply */
    unsigned                                list:1;       /* its reply may be
                                                             long */
    unsigned                                redirects:3;
};


/* whether the limit of print_task_queue is about it */
#define ngx_http_print_task_redis_is_op(cmd)                                  \
    ((cmd)->kind == NGX_HTTP_PRINT_TASK_REDIS_CMD_OP)


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_CMD_H_INCLUDED_ */
