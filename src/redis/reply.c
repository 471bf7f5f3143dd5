
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The replies of a server.  Each reply belongs to the oldest unanswered command
 * and goes to its handler.  Exceptions are errors of scripts that concern the
 * server, or that another server can resolve.
 */


#include "redis/reply.h"

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <hiredis/hiredis.h>

#include "core/pt_circuit.h"
#include "core/pt_log_rate.h"
#include "store/time.h"
#include "redis/error.h"


#define NGX_HTTP_PRINT_TASK_REDIS_KEYS  128     /* bytes of a key in a log
                                                   line */


static void ngx_http_print_task_redis_error(ngx_http_print_task_redis_t *redis,
    ngx_http_print_task_redis_cmd_t *cmd, redisReply *reply);
static void ngx_http_print_task_redis_foreign(
    ngx_http_print_task_redis_t *redis, ngx_http_print_task_redis_cmd_t *cmd,
    redisReply *reply);
static void ngx_http_print_task_redis_eval(ngx_http_print_task_redis_t *redis,
    ngx_http_print_task_redis_cmd_t *cmd, redisReply *reply);


void
ngx_http_print_task_redis_answer(ngx_http_print_task_redis_t *redis,
    redisReply *reply)
{
    ngx_uint_t                        script;
    ngx_queue_t                      *q;
    ngx_http_print_task_redis_cmd_t  *cmd;

    if (ngx_queue_empty(&redis->sent)) {
        ngx_http_print_task_redis_fail(redis, 0, "unexpected reply");
        return;
    }

    q = ngx_queue_head(&redis->sent);
    cmd = ngx_queue_data(q, ngx_http_print_task_redis_cmd_t, queue);

    if (cmd->asking == NGX_HTTP_PRINT_TASK_REDIS_ASKING_SENT) {
        /* the reply to ASKING is ignored: the reply to the command follows */
        cmd->asking = NGX_HTTP_PRINT_TASK_REDIS_ASKING_WANTED;
        return;
    }

    ngx_queue_remove(q);
    ngx_http_print_task_redis_add_ops(redis,
                                      -ngx_http_print_task_redis_is_op(cmd));

    redis->last_reply = ngx_current_msec;

    if (cmd->kind != NGX_HTTP_PRINT_TASK_REDIS_CMD_INTERNAL) {
        redis->pending_replies--;

        if (ngx_current_msec - cmd->sent_at < redis->conf->command_timeout) {
            pt_circuit_answered(&redis->circuit);
        }
    }

    if (cmd->script && reply->type == REDIS_REPLY_ERROR) {
        ngx_http_print_task_redis_error(redis, cmd, reply);
        return;
    }

    script = (cmd->script != NULL);

    if (script && redis->refused) {
        /* as after an outage: changes were made without the server */
        redis->refused = 0;
        ngx_http_print_task_redis_without(redis);
    }

    if (cmd->handler(cmd, reply) != NGX_OK) {
        ngx_http_print_task_redis_fail(redis, 0, "unexpected reply");
        return;
    }

    if (script) {
        redis->failures = 0;
    }
}


static void
ngx_http_print_task_redis_error(ngx_http_print_task_redis_t *redis,
    ngx_http_print_task_redis_cmd_t *cmd, redisReply *reply)
{
    ngx_http_print_task_redis_topology_t   *topology;
    ngx_http_print_task_redis_treatment_e   treatment;

    topology = redis->topology;

    treatment = ngx_http_print_task_redis_treatment(reply,
                                                    redis->conf->cluster);

    if (treatment == NGX_HTTP_PRINT_TASK_REDIS_SEND_SCRIPT && !cmd->eval) {
        ngx_http_print_task_redis_eval(redis, cmd, reply);
        return;
    }

    if (topology->redirect
        && topology->redirect(redis, cmd, reply) == NGX_OK)
    {
        return;
    }

    if (treatment == NGX_HTTP_PRINT_TASK_REDIS_KEY) {
        ngx_http_print_task_redis_foreign(redis, cmd, reply);
        (void) cmd->handler(cmd, reply);
        return;
    }

    ngx_http_print_task_redis_refused(redis, reply);

    redis->refused = 1;

    if (treatment == NGX_HTTP_PRINT_TASK_REDIS_RECONNECT) {
        ngx_queue_insert_head(&redis->sent, &cmd->queue);
        ngx_http_print_task_redis_fail(redis, 0, NULL);
        return;
    }

    (void) cmd->handler(cmd, reply);
}


/* clients may request such a key repeatedly, so the line is limited */

static void
ngx_http_print_task_redis_foreign(ngx_http_print_task_redis_t *redis,
    ngx_http_print_task_redis_cmd_t *cmd, redisReply *reply)
{
    size_t   len;
    u_char  *last, key[4 * NGX_HTTP_PRINT_TASK_REDIS_KEYS];

    if (!ngx_http_print_task_may_log(redis->key_logged)) {
        return;
    }

    redis->key_logged = ngx_current_msec;

    len = ngx_min(cmd->len[NGX_HTTP_PRINT_TASK_REDIS_PREFIX],
                  NGX_HTTP_PRINT_TASK_REDIS_KEYS);

    last = pt_log_escape(key,
                         (u_char *) cmd->argv[NGX_HTTP_PRINT_TASK_REDIS_PREFIX],
                         len);

    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                  "print task: redis \"%V\" has no record in key \"%*s\": "
                  "\"%*s\"%s",
                  &redis->server->name, (size_t) (last - key), key,
                  ngx_http_print_task_redis_error_len(reply), reply->str,
                  ngx_http_print_task_redis_error_hint(reply));
}


/* The server does not have the script, or not any more: sends its text. */

static void
ngx_http_print_task_redis_eval(ngx_http_print_task_redis_t *redis,
    ngx_http_print_task_redis_cmd_t *cmd, redisReply *reply)
{
    if (cmd->abandoned) {
        (void) cmd->handler(cmd, reply);
        return;
    }

    cmd->eval = 1;

    if (ngx_http_print_task_redis_write(redis, cmd) != NGX_OK) {
        cmd->sent = 0;
        (void) cmd->handler(cmd, NULL);
    }
}


/* a server may refuse every command, so the line is limited */

void
ngx_http_print_task_redis_refused(ngx_http_print_task_redis_t *redis,
    redisReply *reply)
{
    ngx_str_t  more;
    u_char     buf[NGX_HTTP_PRINT_TASK_REDIS_MORE];

    if (!ngx_http_print_task_redis_may_log_again(redis)) {
        return;
    }

    if (!ngx_http_print_task_redis_rate(
                                    &ngx_http_print_task_redis_rates.refusals,
                                    &more, buf))
    {
        return;
    }

    redis->logged = ngx_current_msec;

    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                  "print task: redis \"%V\" refuses commands: \"%*s\"%s%V",
                  &redis->server->name,
                  ngx_http_print_task_redis_error_len(reply), reply->str,
                  ngx_http_print_task_redis_error_hint(reply), &more);
}
