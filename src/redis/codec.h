
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* operations to arguments of scripts, replies to snapshots */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_CODEC_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_CODEC_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "store/store.h"
#include "redis/conn.h"


struct redisReply;


/* the arguments of a script, in memory of others */
typedef struct {
    ngx_str_t                               value[
                                               NGX_HTTP_PRINT_TASK_REDIS_ARGS];
    ngx_uint_t                              n;
    ngx_uint_t                              keys;         /* the first ones */

    u_char                                 *last;         /* in text */
    u_char                                  text[128];    /* numbers, states */
} ngx_http_print_task_redis_args_t;


/* the arguments of the script of an operation: its keys are the first ones */
void ngx_http_print_task_redis_args(ngx_http_print_task_redis_args_t *args,
    ngx_http_print_task_op_t *op);

/*
 * What a script answered to READ, RESERVE, APPLY or PUT.  NGX_ERROR: this is
 * no answer to that.
 */
ngx_int_t ngx_http_print_task_redis_result(struct redisReply *reply,
    pt_operation_e type, pt_result_e *result);

/* the same to COMMIT, RELEASE or INVALIDATE; NGX_DECLINED: without its lease */
ngx_int_t ngx_http_print_task_redis_settlement(struct redisReply *reply);

/*
 * The snapshot of an answer to the former, its strings in op->pool.
 * NGX_ERROR: no memory; NGX_DECLINED: what was not asked for is not told.
 */
ngx_int_t ngx_http_print_task_redis_snapshot(struct redisReply *reply,
    pt_result_e result, ngx_http_print_task_op_t *op);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_CODEC_H_INCLUDED_ */
