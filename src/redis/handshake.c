
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The first commands on a new connection:
 *     AUTH, SELECT    as configured
 *     ROLE            if a sentinel named this server as the master
 *     PING            a good reply makes the connection ready
 *     SCRIPT LOAD     loads each script before the first operation, so that no
 *                     operation has to be sent a second time with its text.
 *                     If the user may not load scripts, the first call of each
 *                     script sends the text
 */


#include "redis/handshake.h"

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <hiredis/hiredis.h>

#include "redis/error.h"
#include "redis/io.h"


static ngx_int_t ngx_http_print_task_redis_send_handshake_cmd(
    ngx_http_print_task_redis_t *redis, const char *name, ngx_str_t *first,
    ngx_str_t *second);
static ngx_int_t ngx_http_print_task_redis_on_handshake_reply(
    ngx_http_print_task_redis_cmd_t *cmd, redisReply *reply);
static ngx_int_t ngx_http_print_task_redis_role(
    ngx_http_print_task_redis_t *redis, redisReply *reply);
static void ngx_http_print_task_redis_load(ngx_http_print_task_redis_t *redis);
static ngx_int_t ngx_http_print_task_redis_loaded(
    ngx_http_print_task_redis_cmd_t *cmd, redisReply *reply);


void
ngx_http_print_task_redis_handshake(ngx_http_print_task_redis_t *redis)
{
    ngx_int_t                          rc;
    ngx_http_print_task_redis_conf_t  *conf;

    conf = redis->conf;

    ngx_http_print_task_redis_set_state(redis,
                                        NGX_HTTP_PRINT_TASK_REDIS_HANDSHAKE);
    redis->nhandshake_cmds = 0;

    rc = ngx_http_print_task_redis_io_start(redis);

    if (rc == NGX_OK && conf->user.len) {
        rc = ngx_http_print_task_redis_send_handshake_cmd(redis, "AUTH",
                                                          &conf->user,
                                                          &conf->password);

    } else if (rc == NGX_OK && conf->password.len) {
        rc = ngx_http_print_task_redis_send_handshake_cmd(redis, "AUTH",
                                                          &conf->password,
                                                          NULL);
    }

    if (rc == NGX_OK && conf->db.len) {
        rc = ngx_http_print_task_redis_send_handshake_cmd(redis, "SELECT",
                                                          &conf->db, NULL);
    }

    if (rc == NGX_OK && conf->sentinel.len) {
        rc = ngx_http_print_task_redis_send_handshake_cmd(redis, "ROLE", NULL,
                                                          NULL);
    }

    if (rc == NGX_OK) {
        rc = ngx_http_print_task_redis_send_handshake_cmd(redis, "PING", NULL,
                                                          NULL);
    }

    if (rc != NGX_OK) {
        ngx_http_print_task_redis_fail(redis, 0, "no memory");
    }
}


static ngx_int_t
ngx_http_print_task_redis_send_handshake_cmd(ngx_http_print_task_redis_t *redis,
    const char *name, ngx_str_t *first, ngx_str_t *second)
{
    ngx_http_print_task_redis_cmd_t  *cmd;

    cmd = &redis->handshake_cmds[redis->nhandshake_cmds++];

    cmd->handler = ngx_http_print_task_redis_on_handshake_reply;
    cmd->data = redis;
    cmd->script = NULL;
    cmd->allow_nested = (ngx_strcmp(name, "ROLE") == 0);
    cmd->kind = NGX_HTTP_PRINT_TASK_REDIS_CMD_INTERNAL;

    cmd->argv[0] = name;
    cmd->len[0] = ngx_strlen(name);
    cmd->argc = 1;

    if (first) {
        cmd->argv[1] = (const char *) first->data;
        cmd->len[1] = first->len;
        cmd->argc = 2;
    }

    if (second) {
        cmd->argv[2] = (const char *) second->data;
        cmd->len[2] = second->len;
        cmd->argc = 3;
    }

    return ngx_http_print_task_redis_write(redis, cmd);
}


static ngx_int_t
ngx_http_print_task_redis_on_handshake_reply(
    ngx_http_print_task_redis_cmd_t *cmd, redisReply *reply)
{
    size_t                        len;
    ngx_http_print_task_redis_t  *redis;
    u_char                        why[NGX_HTTP_PRINT_TASK_REDIS_TLS_ERROR_LEN];

    redis = cmd->data;

    if (reply == NULL) {
        return NGX_OK;
    }

    if (reply->type == REDIS_REPLY_ERROR) {

        /* only the first word: the text may repeat the command */

        len = ngx_http_print_task_redis_error_len(reply);

        (void) ngx_snprintf(why, sizeof(why), "it answered \"%*s\" to %s%s%Z",
                            len, reply->str, cmd->argv[0],
                            ngx_http_print_task_redis_error_hint(reply));

        ngx_http_print_task_redis_fail(redis, 0, (const char *) why);
        return NGX_OK;
    }

    if (cmd->allow_nested) {
        return ngx_http_print_task_redis_role(redis, reply);
    }

    if (reply->type != REDIS_REPLY_STATUS) {
        return NGX_ERROR;
    }

    if (ngx_queue_empty(&redis->sent)) {
        ngx_http_print_task_redis_load(redis);
        ngx_http_print_task_redis_ready(redis);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_redis_role(ngx_http_print_task_redis_t *redis,
    redisReply *reply)
{
    redisReply  *role;

    if (reply->type != REDIS_REPLY_ARRAY || reply->elements == 0) {
        return NGX_ERROR;
    }

    role = reply->element[0];

    if (role->type != REDIS_REPLY_STRING
        || ngx_strcmp(role->str, "master") != 0)
    {
        ngx_http_print_task_redis_fail(redis, 0, "it is not the master");
    }

    return NGX_OK;
}


static void
ngx_http_print_task_redis_load(ngx_http_print_task_redis_t *redis)
{
    ngx_str_t                         load;
    ngx_uint_t                        i;
    ngx_http_print_task_redis_cmd_t  *cmd;

    if (redis->scripts == NULL) {
        return;
    }

    ngx_str_set(&load, "LOAD");

    for (i = 0; i < NGX_HTTP_PRINT_TASK_REDIS_SCRIPTS; i++) {

        cmd = &redis->handshake_cmds[redis->nhandshake_cmds];

        if (ngx_http_print_task_redis_send_handshake_cmd(redis, "SCRIPT", &load,
                                                      &redis->scripts[i].text)
            != NGX_OK)
        {
            return;
        }

        cmd->handler = ngx_http_print_task_redis_loaded;
    }
}


/* an error is ignored: the first call will send the script */

static ngx_int_t
ngx_http_print_task_redis_loaded(ngx_http_print_task_redis_cmd_t *cmd,
    redisReply *reply)
{
    if (reply == NULL
        || reply->type == REDIS_REPLY_STRING
        || reply->type == REDIS_REPLY_ERROR)
    {
        return NGX_OK;
    }

    return NGX_ERROR;
}
