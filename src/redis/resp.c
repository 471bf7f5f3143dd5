
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * RESP, the protocol of Redis.  Commands are written where they are sent from,
 * and hiredis reads replies into a pool: with its own functions for both there
 * would be a sprintf() for each argument and two malloc() for each element.
 */


#include "redis/resp.h"

#include <ngx_config.h>
#include <ngx_core.h>
#include <hiredis/hiredis.h>


#define NGX_HTTP_PRINT_TASK_REDIS_ELEMENTS  16
#define NGX_HTTP_PRINT_TASK_REDIS_NESTED    16384     /* slots of a cluster */


#define ngx_http_print_task_redis_pool(task)                                  \
    (((ngx_http_print_task_redis_t *) (task)->privdata)->reply_pool)


/* the type of the length of an array */

#if (HIREDIS_MAJOR >= 1)
typedef size_t  ngx_http_print_task_redis_elements_t;
#else
typedef int     ngx_http_print_task_redis_elements_t;
#endif


static ngx_inline u_char *ngx_http_print_task_redis_length(u_char *p,
    u_char type, size_t n);
static void *ngx_http_print_task_redis_create_string(
    const redisReadTask *task, char *str, size_t len);
static void *ngx_http_print_task_redis_create_array(
    const redisReadTask *task, ngx_http_print_task_redis_elements_t elements);
static void *ngx_http_print_task_redis_create_integer(
    const redisReadTask *task, long long value);
static void *ngx_http_print_task_redis_create_nil(const redisReadTask *task);
#if (HIREDIS_MAJOR >= 1)
static void *ngx_http_print_task_redis_create_double(
    const redisReadTask *task, double value, char *str, size_t len);
static void *ngx_http_print_task_redis_create_bool(const redisReadTask *task,
    int value);
#endif
static void ngx_http_print_task_redis_free_object(void *object);
static redisReply *ngx_http_print_task_redis_create(
    const redisReadTask *task);


static redisReplyObjectFunctions  ngx_http_print_task_redis_functions = {
    .createString = ngx_http_print_task_redis_create_string,
    .createArray = ngx_http_print_task_redis_create_array,
    .createInteger = ngx_http_print_task_redis_create_integer,
#if (HIREDIS_MAJOR >= 1)
    .createDouble = ngx_http_print_task_redis_create_double,
    .createBool = ngx_http_print_task_redis_create_bool,
#endif
    .createNil = ngx_http_print_task_redis_create_nil,
    .freeObject = ngx_http_print_task_redis_free_object
};


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

    return size;
}


u_char *
ngx_http_print_task_redis_command(u_char *p,
    ngx_http_print_task_redis_cmd_t *cmd)
{
    ngx_uint_t  i;

    p = ngx_http_print_task_redis_length(p, '*', cmd->argc);

    for (i = 0; i < cmd->argc; i++) {
        p = ngx_http_print_task_redis_length(p, '$', cmd->len[i]);
        p = ngx_cpymem(p, cmd->argv[i], cmd->len[i]);
        *p++ = CR;
        *p++ = LF;
    }

    return p;
}


/* ngx_sprintf() takes ten times as long as the few digits that are usual */

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

    reader->fn = &ngx_http_print_task_redis_functions;
    reader->privdata = redis;

    return reader;
}


/* with a byte of 0 after it, as hiredis does */

static void *
ngx_http_print_task_redis_create_string(const redisReadTask *task, char *str,
    size_t len)
{
    u_char      *p;
    redisReply  *reply;

    reply = ngx_http_print_task_redis_create(task);
    if (reply == NULL) {
        return NULL;
    }

    p = ngx_pnalloc(ngx_http_print_task_redis_pool(task), len + 1);
    if (p == NULL) {
        return NULL;
    }

    ngx_memcpy(p, str, len);
    p[len] = '\0';

    reply->str = (char *) p;
    reply->len = len;

    return reply;
}


/*
 * Flat arrays of a few elements are all that the scripts return.  A reply that
 * nobody asked for ends the connection.
 */

static void *
ngx_http_print_task_redis_create_array(const redisReadTask *task,
    ngx_http_print_task_redis_elements_t elements)
{
    redisReply                       *reply;
    ngx_queue_t                      *q;
    ngx_http_print_task_redis_t      *redis;
    ngx_http_print_task_redis_cmd_t  *cmd;

    redis = task->privdata;

    if (task->type != REDIS_REPLY_ARRAY || ngx_queue_empty(&redis->sent)) {
        return NULL;
    }

    q = ngx_queue_head(&redis->sent);
    cmd = ngx_queue_data(q, ngx_http_print_task_redis_cmd_t, queue);

    if (elements > (cmd->allow_nested ? NGX_HTTP_PRINT_TASK_REDIS_NESTED
                                : NGX_HTTP_PRINT_TASK_REDIS_ELEMENTS)
        || (task->parent && !cmd->allow_nested))
    {
        return NULL;
    }

    reply = ngx_http_print_task_redis_create(task);
    if (reply == NULL) {
        return NULL;
    }

    reply->element = ngx_pcalloc(ngx_http_print_task_redis_pool(task),
                                 elements * sizeof(redisReply *));
    if (reply->element == NULL) {
        return NULL;
    }

    reply->elements = elements;

    return reply;
}


static void *
ngx_http_print_task_redis_create_integer(const redisReadTask *task,
    long long value)
{
    redisReply  *reply;

    reply = ngx_http_print_task_redis_create(task);
    if (reply == NULL) {
        return NULL;
    }

    reply->integer = value;

    return reply;
}


/* the task takes it for a string or an array of no length */

static void *
ngx_http_print_task_redis_create_nil(const redisReadTask *task)
{
    redisReply  *reply;

    reply = ngx_http_print_task_redis_create(task);
    if (reply == NULL) {
        return NULL;
    }

    reply->type = REDIS_REPLY_NIL;

    return reply;
}


#if (HIREDIS_MAJOR >= 1)

/* of RESP 3, which nobody asked for */

static void *
ngx_http_print_task_redis_create_double(const redisReadTask *task,
    double value, char *str, size_t len)
{
    return NULL;
}


static void *
ngx_http_print_task_redis_create_bool(const redisReadTask *task, int value)
{
    return NULL;
}

#endif


/* all of a reply goes with its pool */

static void
ngx_http_print_task_redis_free_object(void *object)
{
    /* void */
}


static redisReply *
ngx_http_print_task_redis_create(const redisReadTask *task)
{
    redisReply  *reply, *parent;

    reply = ngx_pcalloc(ngx_http_print_task_redis_pool(task),
                        sizeof(redisReply));
    if (reply == NULL) {
        return NULL;
    }

    reply->type = task->type;

    if (task->parent) {
        parent = task->parent->obj;
        parent->element[task->idx] = reply;
    }

    return reply;
}
