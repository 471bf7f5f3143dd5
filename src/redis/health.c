
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Finds out whether a connected server answers.
 * The circuit: if several operations in a row are not answered in time, the
 * server counts as down until it answers a probe in time.  The probe calls a
 * script, because a server may answer PING and block all else.
 * The ping: sent on an idle connection, so that a lost connection is noticed
 * before a request needs it.
 * Both are internal commands: a worker that ends does not wait for them.
 */


#include "redis/health.h"

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <hiredis/hiredis.h>

#include "store/store.h"
#include "redis/codec.h"
#include "redis/resp.h"


static void ngx_http_print_task_redis_probe(
    ngx_http_print_task_redis_t *redis);
static ngx_int_t ngx_http_print_task_redis_probed(
    ngx_http_print_task_redis_cmd_t *cmd, redisReply *reply);
static void ngx_http_print_task_redis_probe_handler(ngx_event_t *ev);
static void ngx_http_print_task_redis_ping_handler(ngx_event_t *ev);
static ngx_int_t ngx_http_print_task_redis_pinged(
    ngx_http_print_task_redis_cmd_t *cmd, redisReply *reply);


void
ngx_http_print_task_redis_health_init(ngx_http_print_task_redis_t *redis)
{
    redis->probe_timer.handler = ngx_http_print_task_redis_probe_handler;
    redis->probe_timer.data = redis;
    redis->probe_timer.cancelable = 1;

    redis->ping_timer.handler = ngx_http_print_task_redis_ping_handler;
    redis->ping_timer.data = redis;
    redis->ping_timer.cancelable = 1;
}


void
ngx_http_print_task_redis_health_start(ngx_http_print_task_redis_t *redis)
{
    redis->probe_timer.log = ngx_cycle->log;
    redis->ping_timer.log = ngx_cycle->log;

    redis->last_reply = ngx_current_msec;

    if (redis->conf->ping) {
        ngx_add_timer(&redis->ping_timer, redis->conf->ping);
    }

    if (redis->circuit.state != PT_CIRCUIT_CLOSED) {
        ngx_http_print_task_redis_probe(redis);
    }
}


void
ngx_http_print_task_redis_health_stop(ngx_http_print_task_redis_t *redis)
{
    if (redis->probe_timer.timer_set) {
        ngx_del_timer(&redis->probe_timer);
    }

    if (redis->ping_timer.timer_set) {
        ngx_del_timer(&redis->ping_timer);
    }
}


void
ngx_http_print_task_redis_slow(ngx_http_print_task_redis_t *redis)
{
    if (redis->state != NGX_HTTP_PRINT_TASK_REDIS_READY
        || !pt_circuit_late(&redis->circuit, ngx_current_msec))
    {
        return;
    }

    ngx_http_print_task_redis_show(redis);
    ngx_http_print_task_redis_set_lost(redis);

    ngx_http_print_task_redis_report(redis, 0, "slow",
                                     "it does not answer in time");

    ngx_add_timer(&redis->probe_timer,
                  pt_circuit_wait(&redis->circuit, ngx_current_msec));
}


static void
ngx_http_print_task_redis_probe(ngx_http_print_task_redis_t *redis)
{
    ngx_http_print_task_redis_cmd_t     *cmd;
    ngx_http_print_task_redis_script_t  *script;

    cmd = &redis->probe;
    script = &redis->scripts[PT_OPERATION_READ];

    cmd->handler = ngx_http_print_task_redis_probed;
    cmd->data = redis;
    cmd->kind = NGX_HTTP_PRINT_TASK_REDIS_CMD_INTERNAL;

    /*
     * Without the script it is not sent again: an error reply is an answer,
     * too.
     */

    cmd->script = NULL;
    cmd->argc = 0;

    ngx_http_print_task_redis_add_arg(cmd, "EVALSHA", 7);
    ngx_http_print_task_redis_add_arg(cmd, (char *) script->sha1,
                                      sizeof(script->sha1));
    ngx_http_print_task_redis_add_arg(cmd, "1", 1);
    ngx_http_print_task_redis_add_arg(cmd, "print-task:{probe}", 18);

    if (ngx_http_print_task_redis_write(redis, cmd) != NGX_OK) {
        ngx_add_timer(&redis->probe_timer, PT_CIRCUIT_PAUSE_MAX);
        return;
    }

    pt_circuit_probe(&redis->circuit);
    ngx_http_print_task_redis_show(redis);

    redis->probing = 1;

    ngx_add_timer(&redis->probe_timer, redis->conf->command_timeout);
}


/* a late reply shows that all commands before it were answered: probe again */

static ngx_int_t
ngx_http_print_task_redis_probed(ngx_http_print_task_redis_cmd_t *cmd,
    redisReply *reply)
{
    ngx_int_t                     rc;
    pt_result_e                   result;
    ngx_http_print_task_redis_t  *redis;

    redis = cmd->data;

    redis->probing = 0;

    rc = NGX_OK;

    if (reply && reply->type != REDIS_REPLY_ERROR) {
        rc = ngx_http_print_task_redis_result(reply, PT_OPERATION_READ,
                                              &result);
    }

    if (reply == NULL || rc != NGX_OK) {
        pt_circuit_probed(&redis->circuit, 0, ngx_current_msec);
        ngx_http_print_task_redis_show(redis);
        return rc;
    }

    if (redis->circuit.state == PT_CIRCUIT_OPEN) {
        ngx_http_print_task_redis_probe(redis);
        return NGX_OK;
    }

    pt_circuit_probed(&redis->circuit, 1, ngx_current_msec);
    ngx_http_print_task_redis_show(redis);

    if (redis->probe_timer.timer_set) {
        ngx_del_timer(&redis->probe_timer);
    }

    ngx_http_print_task_redis_recovered(redis);

    return NGX_OK;
}


/* a connection that is not ready is probed later, when it is */

static void
ngx_http_print_task_redis_probe_handler(ngx_event_t *ev)
{
    ngx_http_print_task_redis_t  *redis;

    redis = ev->data;

    if (redis->circuit.state == PT_CIRCUIT_HALF_OPEN) {

        ngx_http_print_task_redis_report(redis, 0, "slow",
                                         "it does not answer in time");

        pt_circuit_probed(&redis->circuit, 0, ngx_current_msec);
        ngx_http_print_task_redis_show(redis);

        ngx_add_timer(ev, pt_circuit_wait(&redis->circuit, ngx_current_msec));
        return;
    }

    if (redis->state == NGX_HTTP_PRINT_TASK_REDIS_READY && !redis->probing) {
        ngx_http_print_task_redis_probe(redis);
    }
}


static void
ngx_http_print_task_redis_ping_handler(ngx_event_t *ev)
{
    ngx_msec_t                        quiet, ping;
    ngx_http_print_task_redis_t      *redis;
    ngx_http_print_task_redis_cmd_t  *cmd;

    redis = ev->data;

    if (redis->state != NGX_HTTP_PRINT_TASK_REDIS_READY) {
        return;
    }

    ping = redis->conf->ping;
    quiet = ngx_current_msec - redis->last_reply;

    if (quiet < ping || !ngx_queue_empty(&redis->sent)) {
        ngx_add_timer(ev, quiet < ping ? ping - quiet : ping);
        return;
    }

    ngx_add_timer(ev, ping);

    cmd = &redis->ping;

    cmd->handler = ngx_http_print_task_redis_pinged;
    cmd->data = redis;
    cmd->kind = NGX_HTTP_PRINT_TASK_REDIS_CMD_INTERNAL;
    cmd->script = NULL;
    cmd->argc = 0;

    ngx_http_print_task_redis_add_arg(cmd, "PING", 4);

    (void) ngx_http_print_task_redis_write(redis, cmd);
}


static ngx_int_t
ngx_http_print_task_redis_pinged(ngx_http_print_task_redis_cmd_t *cmd,
    redisReply *reply)
{
    return (reply == NULL
            || reply->type == REDIS_REPLY_STATUS
            || reply->type == REDIS_REPLY_ERROR)
           ? NGX_OK : NGX_ERROR;
}
