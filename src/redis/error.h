
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Error replies. */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_ERROR_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_ERROR_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


struct redisReply;


typedef enum {
    NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND = 0, /* only this command fails */
    NGX_HTTP_PRINT_TASK_REDIS_SEND_SCRIPT,  /* send the text of the script */
    NGX_HTTP_PRINT_TASK_REDIS_KEY,         /* this key has no usable record;
                                              the server works */
    NGX_HTTP_PRINT_TASK_REDIS_RECONNECT     /* every command would fail:
                                               close the connection, locate
                                               the server again and connect
                                               after a pause */
} ngx_http_print_task_redis_treatment_e;


/*
 * How to treat an error, in a cluster or not.  Removes the prefix that Redis
 * adds to the error of a command within a script.
 */
ngx_http_print_task_redis_treatment_e ngx_http_print_task_redis_treatment(
    struct redisReply *reply, ngx_uint_t cluster);

/* whether an error concerns only the record of the key */
ngx_uint_t ngx_http_print_task_redis_error_of_key(struct redisReply *reply);

/* whether Redis refused the command only for now, and did not run it */
ngx_uint_t ngx_http_print_task_redis_error_is_transient(
    struct redisReply *reply);

/* the length of the first word of an error, which may be logged */
size_t ngx_http_print_task_redis_error_len(struct redisReply *reply);

/* advice for the log line; may be empty */
const char *ngx_http_print_task_redis_error_hint(struct redisReply *reply);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_ERROR_H_INCLUDED_ */
