
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* replies that are errors */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_ERROR_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_ERROR_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


struct redisReply;


typedef enum {
    NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND = 0, /* this command, and no other */
    NGX_HTTP_PRINT_TASK_REDIS_SEND_SCRIPT,  /* the text of the script is sent */
    NGX_HTTP_PRINT_TASK_REDIS_KEY,         /* this key has no record that can be
                                              used, the server is all right */
    NGX_HTTP_PRINT_TASK_REDIS_RECONNECT     /* no command will do: the server is
                                              left, looked for, and tried again
                                              after a while */
} ngx_http_print_task_redis_treatment_e;


/*
 * What is to be done about an error, of a cluster or not; it loses what Redis
 * has put before the error of a command in a script.
 */
ngx_http_print_task_redis_treatment_e ngx_http_print_task_redis_treatment(
    struct redisReply *reply, ngx_uint_t cluster);

/* whether an error is about the record of the key alone */
ngx_uint_t ngx_http_print_task_redis_error_of_key(struct redisReply *reply);

/* whether Redis refused the command for a while, and did not run it */
ngx_uint_t ngx_http_print_task_redis_error_is_transient(
    struct redisReply *reply);

/* the length of the first word of an error, the part that may be logged */
size_t ngx_http_print_task_redis_error_len(struct redisReply *reply);

/* what may be done about it; an empty string if there is nothing to say */
const char *ngx_http_print_task_redis_error_hint(struct redisReply *reply);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_ERROR_H_INCLUDED_ */
