
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Converts operations to arguments of scripts, and replies to snapshots. */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_CODEC_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_CODEC_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "store/store.h"
#include "redis/conn.h"


struct redisReply;


/* the arguments of a script; their memory belongs to others */
typedef struct {
    ngx_str_t                               value[
                                               NGX_HTTP_PRINT_TASK_REDIS_ARGS];
    ngx_uint_t                              n;
    ngx_uint_t                              keys;         /* number of keys,
                                                             which come first */

    u_char                                 *last;         /* the end of text */
    u_char                                  text[128];    /* numbers, states */
} ngx_http_print_task_redis_args_t;


/* the first key of the script of an operation, which leads to its server */
const ngx_str_t *ngx_http_print_task_redis_key(
    const ngx_http_print_task_op_t *op);

/* the arguments of the script of an operation, keys first */
void ngx_http_print_task_redis_args(ngx_http_print_task_redis_args_t *args,
    ngx_http_print_task_op_t *op);

/* whether the reply to an operation may be long */
#define ngx_http_print_task_redis_is_long(type)                               \
    ((type) == PT_OPERATION_LIST                                              \
     || (type) == PT_OPERATION_EVENTS                                         \
     || (type) == PT_OPERATION_INDEXES                                        \
     || (type) == PT_OPERATION_OVERDUE)

/*
 * The result of an operation that is no settlement.  NGX_ERROR: the reply is
 * not valid for the operation.
 */
ngx_int_t ngx_http_print_task_redis_result(struct redisReply *reply,
    pt_operation_e type, pt_result_e *result);

/* the result of a settlement; NGX_DECLINED: the lease was lost */
ngx_int_t ngx_http_print_task_redis_settlement(struct redisReply *reply);

/*
 * Fills in the snapshot of an operation, with strings in op->pool.  NGX_ERROR:
 * no memory.  NGX_DECLINED: the reply omits a value that the operation does not
 * have.
 */
ngx_int_t ngx_http_print_task_redis_snapshot(struct redisReply *reply,
    pt_result_e result, ngx_http_print_task_op_t *op);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_CODEC_H_INCLUDED_ */
