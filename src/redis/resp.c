
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * RESP, the protocol of Redis.  Commands are written directly into the output
 * buffer: hiredis would call sprintf() for each argument.  hiredis reads
 * replies; this file limits their arrays before hiredis allocates them.
 */


#include "redis/resp.h"

#include <ngx_config.h>
#include <ngx_core.h>
#include <hiredis/hiredis.h>


#define NGX_HTTP_PRINT_TASK_REDIS_ELEMENTS  16
#define NGX_HTTP_PRINT_TASK_REDIS_LIST      8192      /* for the indexes among
                                                         500 keys */
#define NGX_HTTP_PRINT_TASK_REDIS_NESTED    16384     /* slots of a cluster */


/* the type of an array length differs between versions of hiredis */

#if (HIREDIS_MAJOR >= 1)
typedef size_t  ngx_http_print_task_redis_elements_t;
#else
typedef int     ngx_http_print_task_redis_elements_t;
#endif


static ngx_inline u_char *ngx_http_print_task_redis_length(u_char *p,
    u_char type, size_t n);
static ngx_uint_t ngx_http_print_task_redis_max_elements(
    const ngx_http_print_task_redis_cmd_t *cmd);
static void *ngx_http_print_task_redis_create_array(
    const redisReadTask *task, ngx_http_print_task_redis_elements_t elements);


/* the functions of hiredis, with a limit for arrays */
static redisReplyObjectFunctions  ngx_http_print_task_redis_defaults;
static redisReplyObjectFunctions  ngx_http_print_task_redis_functions;


void
ngx_http_print_task_redis_add_arg(ngx_http_print_task_redis_cmd_t *cmd,
    const char *word, size_t len)
{
    cmd->argv[cmd->argc] = word;
    cmd->len[cmd->argc] = len;
    cmd->argc++;
}


size_t
ngx_http_print_task_redis_command_size(ngx_http_print_task_redis_cmd_t *cmd)
{
    size_t      size;
    ngx_uint_t  i;

    size = sizeof("*\r\n") - 1 + NGX_INT_T_LEN;

    for (i = 0; i < cmd->argc; i++) {
        size += sizeof("$\r\n\r\n") - 1 + NGX_SIZE_T_LEN + cmd->len[i];
    }

    for (i = 0; i < cmd->nwords; i++) {
        size += sizeof("$\r\n\r\n") - 1 + NGX_SIZE_T_LEN + cmd->words[i].len;
    }

    return size;
}


u_char *
ngx_http_print_task_redis_command(u_char *p,
    ngx_http_print_task_redis_cmd_t *cmd)
{
    ngx_uint_t  i;

    p = ngx_http_print_task_redis_length(p, '*', cmd->argc + cmd->nwords);

    for (i = 0; i < cmd->argc; i++) {
        p = ngx_http_print_task_redis_length(p, '$', cmd->len[i]);
        p = ngx_cpymem(p, cmd->argv[i], cmd->len[i]);
        *p++ = CR;
        *p++ = LF;
    }

    for (i = 0; i < cmd->nwords; i++) {
        p = ngx_http_print_task_redis_length(p, '$', cmd->words[i].len);
        p = ngx_cpymem(p, cmd->words[i].data, cmd->words[i].len);
        *p++ = CR;
        *p++ = LF;
    }

    return p;
}


/* ngx_sprintf() takes ten times as long for the usual few digits */

static ngx_inline u_char *
ngx_http_print_task_redis_length(u_char *p, u_char type, size_t n)
{
    *p++ = type;

    if (n >= 1000) {
        p = ngx_sprintf(p, "%uz", n);

    } else {

        if (n >= 100) {
            *p++ = (u_char) ('0' + n / 100);
        }

        if (n >= 10) {
            *p++ = (u_char) ('0' + n / 10 % 10);
        }

        *p++ = (u_char) ('0' + n % 10);
    }

    *p++ = CR;
    *p++ = LF;

    return p;
}


redisReader *
ngx_http_print_task_redis_reader(ngx_http_print_task_redis_t *redis)
{
    redisReader  *reader;

    reader = redisReaderCreate();
    if (reader == NULL) {
        return NULL;
    }

    ngx_http_print_task_redis_defaults = *reader->fn;

    ngx_http_print_task_redis_functions = ngx_http_print_task_redis_defaults;
    ngx_http_print_task_redis_functions.createArray =
                                       ngx_http_print_task_redis_create_array;

    reader->fn = &ngx_http_print_task_redis_functions;
    reader->privdata = redis;

    return reader;
}


static ngx_uint_t
ngx_http_print_task_redis_max_elements(
    const ngx_http_print_task_redis_cmd_t *cmd)
{
    return cmd->allow_nested ? NGX_HTTP_PRINT_TASK_REDIS_NESTED
           : cmd->list ? NGX_HTTP_PRINT_TASK_REDIS_LIST
           : NGX_HTTP_PRINT_TASK_REDIS_ELEMENTS;
}


/*
 * Limits arrays.  Scripts return flat arrays of a few elements, and a longer
 * reply ends the connection.
 */

static void *
ngx_http_print_task_redis_create_array(const redisReadTask *task,
    ngx_http_print_task_redis_elements_t elements)
{
    ngx_queue_t                      *q;
    ngx_http_print_task_redis_t      *redis;
    ngx_http_print_task_redis_cmd_t  *cmd;

    redis = task->privdata;

    if (task->type != REDIS_REPLY_ARRAY || ngx_queue_empty(&redis->sent)) {
        return NULL;
    }

    q = ngx_queue_head(&redis->sent);
    cmd = ngx_queue_data(q, ngx_http_print_task_redis_cmd_t, queue);

    if ((ngx_uint_t) elements > ngx_http_print_task_redis_max_elements(cmd)
        || (task->parent && !cmd->allow_nested))
    {
        return NULL;
    }

    return ngx_http_print_task_redis_defaults.createArray(task, elements);
}
