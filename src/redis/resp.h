
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Writes commands and creates the reader of replies. */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_RESP_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_RESP_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "redis/conn.h"


struct redisReader;


/* adds the next argument to a command */
void ngx_http_print_task_redis_add_arg(ngx_http_print_task_redis_cmd_t *cmd,
    const char *word, size_t len);

/* writes a command; the largest size of its bytes */
u_char *ngx_http_print_task_redis_command(u_char *p,
    ngx_http_print_task_redis_cmd_t *cmd);
size_t ngx_http_print_task_redis_command_size(
    ngx_http_print_task_redis_cmd_t *cmd);

/* the caller frees each reply */
struct redisReader *ngx_http_print_task_redis_reader(
    ngx_http_print_task_redis_t *redis);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_RESP_H_INCLUDED_ */
