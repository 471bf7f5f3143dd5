
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Handles replies. */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_REPLY_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_REPLY_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "redis/conn.h"


struct redisReply;


/* gives a reply to the command that it answers */
void ngx_http_print_task_redis_answer(ngx_http_print_task_redis_t *redis,
    struct redisReply *reply);

/* logs an error reply, at limited intervals */
void ngx_http_print_task_redis_refused(ngx_http_print_task_redis_t *redis,
    struct redisReply *reply);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_REPLY_H_INCLUDED_ */
