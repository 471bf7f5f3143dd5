
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* replies that are errors */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_ERROR_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_ERROR_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "redis/conn.h"


struct redisReply;


/* an error was the reply to the call of a script */
void ngx_http_print_task_redis_error(ngx_http_print_task_redis_t *redis,
    ngx_http_print_task_redis_cmd_t *cmd, struct redisReply *reply);

/* logs an error reply, now and then */
void ngx_http_print_task_redis_refused(ngx_http_print_task_redis_t *redis,
    struct redisReply *reply);

/* whether an error is about the record of the key alone */
ngx_uint_t ngx_http_print_task_redis_error_of_key(struct redisReply *reply);

/* whether the first word of an error is one of these */
ngx_uint_t ngx_http_print_task_redis_error_is(struct redisReply *reply,
    const ngx_str_t *words);

/* the length of the first word of an error, the part that may be logged */
size_t ngx_http_print_task_redis_error_len(struct redisReply *reply);

/* what may be done about it; an empty string if there is nothing to say */
const char *ngx_http_print_task_redis_error_hint(struct redisReply *reply);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_ERROR_H_INCLUDED_ */
