
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* A command to a Redis server. */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_CMD_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_CMD_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "store/store.h"


struct redisReply;


#define NGX_HTTP_PRINT_TASK_REDIS_ARGS     16
#define NGX_HTTP_PRINT_TASK_REDIS_PREFIX   3       /* EVALSHA, its SHA-1, the
                                                      number of keys */

/* one script for each type of operation */
#define NGX_HTTP_PRINT_TASK_REDIS_SCRIPTS  PT_OPERATION_N


typedef struct ngx_http_print_task_redis_s      ngx_http_print_task_redis_t;
typedef struct ngx_http_print_task_redis_watcher_s
    ngx_http_print_task_redis_watcher_t;
typedef struct ngx_http_print_task_redis_cmd_s  ngx_http_print_task_redis_cmd_t;


/*
 * Called once for each command that was sent, from the event loop.  The handler
 * then owns the command; it may free it or send it again.
 *     reply == NULL    the connection broke; with cmd->sent the server may
 *                      have got the command
 *     an error reply   the server refused the command (already logged)
 * NGX_ERROR: the reply does not fit the command, and the connection is closed.
 */
typedef ngx_int_t (*ngx_http_print_task_redis_handler_pt)(
    ngx_http_print_task_redis_cmd_t *cmd, struct redisReply *reply);


typedef struct {
    ngx_str_t                               text;
    u_char                                  sha1[40];     /* in hex */
} ngx_http_print_task_redis_script_t;


/* who needs the reply */
typedef enum {
    NGX_HTTP_PRINT_TASK_REDIS_CMD_OP = 0,       /* a request; counts for
                                                   print_task_queue */
    NGX_HTTP_PRINT_TASK_REDIS_CMD_SETTLEMENT,   /* no request, but the
                                                   command is kept until it
                                                   is answered */
    NGX_HTTP_PRINT_TASK_REDIS_CMD_INTERNAL      /* the connection itself */
} ngx_http_print_task_redis_cmd_kind_e;


/* ASKING precedes a command that a cluster node has answered with ASK */
typedef enum {
    NGX_HTTP_PRINT_TASK_REDIS_ASKING_NO = 0,
    NGX_HTTP_PRINT_TASK_REDIS_ASKING_WANTED,    /* before the next write of
                                                   the command */
    NGX_HTTP_PRINT_TASK_REDIS_ASKING_SENT       /* its reply comes first and
                                                   changes this back to
                                                   WANTED */
} ngx_http_print_task_redis_asking_e;


/* the caller owns the memory of a command and its arguments */
struct ngx_http_print_task_redis_cmd_s {
    ngx_queue_t                             queue;
    ngx_http_print_task_redis_handler_pt    handler;
    void                                   *data;         /* of the handler */

    ngx_http_print_task_redis_t            *redis;        /* the connection
                                                             that has it */
    ngx_http_print_task_redis_script_t     *script;       /* NULL: no script */
    ngx_msec_t                              sent_at;

    /* with a script the first two are set here: EVALSHA and its SHA-1 */
    ngx_uint_t                              argc;
    const char                             *argv[
                                               NGX_HTTP_PRINT_TASK_REDIS_ARGS];
    size_t                                  len[
                                               NGX_HTTP_PRINT_TASK_REDIS_ARGS];

    const ngx_str_t                        *words;        /* arguments after
                                                             these, until it is
                                                             written */
    ngx_uint_t                              nwords;

    ngx_http_print_task_redis_cmd_kind_e    kind;
    ngx_http_print_task_redis_asking_e      asking;

    unsigned                                sent:1;       /* sent, or about
                                                             to be */
    unsigned                                again:1;      /* sent a second
                                                             time */
    unsigned                                eval:1;       /* EVAL, with the
                                                             text */
    unsigned                                abandoned:1;  /* no request waits
                                                             for it */
    unsigned                                allow_nested:1;  /* the reply may
                                                                have nested
                                                                arrays */
    unsigned                                list:1;       /* the reply may be
                                                             long */
    unsigned                                redirects:3;
};


/* whether the command counts for print_task_queue */
#define ngx_http_print_task_redis_is_op(cmd)                                  \
    ((cmd)->kind == NGX_HTTP_PRINT_TASK_REDIS_CMD_OP)


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_CMD_H_INCLUDED_ */
