
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Calls of scripts: their memory, settlements, and the end of a worker. */


#include "redis/script_call.h"

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <hiredis/hiredis.h>

#include "core/pt_log_rate.h"
#include "status/count.h"
#include "store/time.h"
#include "redis/codec.h"
#include "redis/error.h"


#define NGX_HTTP_PRINT_TASK_REDIS_SETTLEMENTS  4096   /* limit of a worker */
#define NGX_HTTP_PRINT_TASK_REDIS_BLOCK        1024   /* bytes of most calls */
#define NGX_HTTP_PRINT_TASK_REDIS_FREE         256    /* spare calls to keep */
#define NGX_HTTP_PRINT_TASK_REDIS_LOG_KEY      512    /* bytes of a key in a
                                                         log line */

/* ms */
#define NGX_HTTP_PRINT_TASK_REDIS_RETRY        100
#define NGX_HTTP_PRINT_TASK_REDIS_DRAIN        100    /* between checks */
#define NGX_HTTP_PRINT_TASK_REDIS_DRAIN_MAX    1000   /* the shortest wait */

#define NGX_HTTP_PRINT_TASK_REDIS_USUAL_SIZE                                  \
    (NGX_HTTP_PRINT_TASK_REDIS_BLOCK                                          \
     - offsetof(ngx_http_print_task_redis_call_t, data))


static ngx_http_print_task_redis_call_t *ngx_http_print_task_redis_call_alloc(
    ngx_http_print_task_store_redis_t *sr, size_t size);

static void ngx_http_print_task_redis_commit_to_invalidate(
    ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *call);
static void ngx_http_print_task_redis_submit(
    ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *call);
static ngx_int_t ngx_http_print_task_redis_settled(
    ngx_http_print_task_redis_cmd_t *cmd, redisReply *reply);
static void ngx_http_print_task_redis_postpone(
    ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *call);
static void ngx_http_print_task_redis_postponed(ngx_event_t *ev);
static void ngx_http_print_task_redis_drain(
    ngx_http_print_task_store_redis_t *sr);
static void ngx_http_print_task_redis_drain_handler(ngx_event_t *ev);
static void ngx_http_print_task_redis_count_settlement(
    ngx_http_print_task_store_redis_t *sr,
    const ngx_http_print_task_redis_call_t *call, ngx_uint_t lost);
static void ngx_http_print_task_redis_drop_settlement(
    ngx_http_print_task_store_redis_t *sr, pt_operation_e type);
static void ngx_http_print_task_redis_log_lost_settlement(
    ngx_http_print_task_store_redis_t *sr);
static void ngx_http_print_task_redis_log_lost_lease(
    ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *call);


ngx_http_print_task_redis_ident(ngx_http_print_task_store_redis_t);


void
ngx_http_print_task_redis_calls_init(ngx_http_print_task_store_redis_t *sr)
{
    ngx_queue_init(&sr->postponed);

    sr->retry.handler = ngx_http_print_task_redis_postponed;
    sr->retry.data = sr;
    sr->retry.cancelable = 1;

    sr->drain.handler = ngx_http_print_task_redis_drain_handler;
    sr->drain.data = sr;
    sr->drain.cancelable = 1;
}


ngx_http_print_task_redis_t *
ngx_http_print_task_redis_route(ngx_http_print_task_store_redis_t *sr,
    const ngx_str_t *key)
{
    if (sr->exited) {
        return NULL;
    }

    return sr->topology->locate(sr->topology, key);
}


/* numbers of keys */

static const char  *ngx_http_print_task_redis_keys[] = { "1", "2", "3" };


ngx_http_print_task_redis_t *
ngx_http_print_task_redis_call_route(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *call)
{
    ngx_str_t  key;

    key.data = (u_char *) call->cmd.argv[NGX_HTTP_PRINT_TASK_REDIS_PREFIX];
    key.len = call->cmd.len[NGX_HTTP_PRINT_TASK_REDIS_PREFIX];

    return ngx_http_print_task_redis_route(sr, &key);
}


ngx_http_print_task_redis_call_t *
ngx_http_print_task_redis_call_create(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_op_t *op)
{
    size_t                             size;
    u_char                            *p;
    ngx_uint_t                         i, n;
    ngx_http_print_task_redis_cmd_t   *cmd;
    ngx_http_print_task_redis_call_t  *call;
    ngx_http_print_task_redis_args_t   args;

    ngx_http_print_task_redis_args(&args, op);

    size = 0;

    for (i = 0; i < args.n; i++) {
        size += args.value[i].len;
    }

    call = ngx_http_print_task_redis_call_alloc(sr, size);
    if (call == NULL) {
        return NULL;
    }

    call->type = op->type;

    cmd = &call->cmd;

    cmd->data = sr;
    cmd->script = &sr->scripts[op->type];

    cmd->list = ngx_http_print_task_redis_is_long(op->type);

    /* the number of keys */

    cmd->argv[NGX_HTTP_PRINT_TASK_REDIS_PREFIX - 1] =
                                 ngx_http_print_task_redis_keys[args.keys - 1];
    cmd->len[NGX_HTTP_PRINT_TASK_REDIS_PREFIX - 1] = 1;

    n = NGX_HTTP_PRINT_TASK_REDIS_PREFIX;
    p = call->data;

    for (i = 0; i < args.n; i++) {
        cmd->argv[n] = (const char *) p;
        cmd->len[n] = args.value[i].len;
        n++;

        p = ngx_cpymem(p, args.value[i].data, args.value[i].len);
    }

    cmd->argc = n;

    sr->calls++;
    ngx_http_print_task_redis_drain(sr);

    if (pt_operation_settles(op->type)) {
        sr->settlements++;
        return call;
    }

    if (op->type == PT_OPERATION_RESERVE) {
        call->lease_time = op->lease_time;
        sr->lease_time = ngx_max(sr->lease_time, op->lease_time);
    }

    return call;
}


static ngx_http_print_task_redis_call_t *
ngx_http_print_task_redis_call_alloc(ngx_http_print_task_store_redis_t *sr,
    size_t size)
{
    ngx_uint_t                         usual;
    ngx_http_print_task_redis_call_t  *call;

    usual = (size <= NGX_HTTP_PRINT_TASK_REDIS_USUAL_SIZE);

    if (usual && sr->free) {
        call = sr->free;
        sr->free = call->next;
        sr->nfree--;

    } else {
        size += offsetof(ngx_http_print_task_redis_call_t, data);

        call = ngx_alloc(usual ? NGX_HTTP_PRINT_TASK_REDIS_BLOCK : size,
                         ngx_cycle->log);
        if (call == NULL) {
            return NULL;
        }
    }

    ngx_memzero(call, offsetof(ngx_http_print_task_redis_call_t, data));

    call->usual = usual;

    return call;
}


void
ngx_http_print_task_redis_call_free(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *call)
{
    if (pt_operation_settles(call->type)) {
        sr->settlements--;
    }

    sr->calls--;
    sr->drain.cancelable = (sr->calls == 0);

    if (!call->usual || sr->nfree == NGX_HTTP_PRINT_TASK_REDIS_FREE) {
        ngx_free(call);
        return;
    }

    call->next = sr->free;
    sr->free = call;
    sr->nfree++;
}


void
ngx_http_print_task_redis_settle(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_op_t *op)
{
    ngx_http_print_task_redis_call_t  *call;

    call = ngx_http_print_task_redis_call_create(sr, op);
    if (call == NULL) {
        ngx_http_print_task_redis_drop_settlement(sr, op->type);
        return;
    }

    /* INVALIDATE without a lease: kept for the lifetime of the record */

    call->deadline = ngx_current_msec;
    call->deadline += (op->lease.len || op->type == PT_OPERATION_COMMIT)
                     ? sr->lease_time : op->ttl;

    ngx_http_print_task_redis_submit(sr, call);
}


void
ngx_http_print_task_redis_release(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *call)
{
    sr->settlements++;

    call->type = PT_OPERATION_RELEASE;
    call->cmd.script = &sr->scripts[PT_OPERATION_RELEASE];
    call->cmd.argc = NGX_HTTP_PRINT_TASK_REDIS_PREFIX + 2;
    call->cmd.abandoned = 0;
    call->deadline = ngx_current_msec + call->lease_time;

    ngx_http_print_task_redis_submit(sr, call);
}


/*
 * Turns a commit that waited through an outage into an invalidation.  The
 * commit would store the observation with the time of now, but the task may
 * have changed during the outage.  Both scripts start with the same arguments:
 * key, lease and time to live.
 */

static void
ngx_http_print_task_redis_commit_to_invalidate(
    ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *call)
{
    ngx_uint_t  hold;

    if (call->type != PT_OPERATION_COMMIT) {
        return;
    }

    call->type = PT_OPERATION_INVALIDATE;
    call->cmd.script = &sr->scripts[PT_OPERATION_INVALIDATE];

    hold = NGX_HTTP_PRINT_TASK_REDIS_PREFIX + 3;

    call->cmd.argv[hold] = "0";
    call->cmd.len[hold] = 1;
    call->cmd.argc = hold + 1;
}


/* kept whether the server is down or not */

static void
ngx_http_print_task_redis_submit(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *call)
{
    ngx_http_print_task_redis_t  *redis;

    call->cmd.handler = ngx_http_print_task_redis_settled;
    call->cmd.kind = NGX_HTTP_PRINT_TASK_REDIS_CMD_SETTLEMENT;
    call->cmd.asking = NGX_HTTP_PRINT_TASK_REDIS_ASKING_NO;
    call->cmd.redirects = 0;

    redis = ngx_http_print_task_redis_call_route(sr, call);

    if (redis != NULL
        && sr->settlements <= NGX_HTTP_PRINT_TASK_REDIS_SETTLEMENTS
        && (ngx_msec_int_t) (call->deadline - ngx_current_msec) > 0)
    {
        if (ngx_http_print_task_redis_open(redis) != NGX_OK
            || redis->state != NGX_HTTP_PRINT_TASK_REDIS_READY)
        {
            ngx_http_print_task_redis_commit_to_invalidate(sr, call);
        }

        if (ngx_http_print_task_redis_send(redis, &call->cmd) == NGX_OK) {
            return;
        }
    }

    ngx_http_print_task_redis_drop_settlement(sr, call->type);
    ngx_http_print_task_redis_call_free(sr, call);
}


static ngx_int_t
ngx_http_print_task_redis_settled(ngx_http_print_task_redis_cmd_t *cmd,
    redisReply *reply)
{
    ngx_int_t                           rc;
    ngx_uint_t                          lost;
    ngx_http_print_task_redis_call_t   *call;
    ngx_http_print_task_store_redis_t  *sr;

    call = (ngx_http_print_task_redis_call_t *) cmd;
    sr = cmd->data;

    rc = NGX_OK;
    lost = 0;

    if (reply && reply->type != REDIS_REPLY_ERROR) {
        rc = ngx_http_print_task_redis_settlement(reply);
    }

    if (rc == NGX_DECLINED) {
        ngx_http_print_task_redis_log_lost_lease(sr, call);
        rc = NGX_OK;
        lost = 1;
    }

    if (reply == NULL || rc != NGX_OK) {
        cmd->again |= cmd->sent;

        ngx_http_print_task_redis_commit_to_invalidate(sr, call);
        ngx_http_print_task_redis_submit(sr, call);
        return rc;
    }

    if (reply->type == REDIS_REPLY_ERROR) {

        if (ngx_http_print_task_redis_error_is_transient(reply)) {
            ngx_http_print_task_redis_postpone(sr, call);
            return NGX_OK;
        }

        ngx_http_print_task_redis_drop_settlement(sr, call->type);

    } else {
        ngx_http_print_task_redis_count_settlement(sr, call, lost);
    }

    ngx_http_print_task_redis_call_free(sr, call);

    return NGX_OK;
}


/* a settlement that was sent twice finds no lease the second time */

static void
ngx_http_print_task_redis_count_settlement(
    ngx_http_print_task_store_redis_t *sr,
    const ngx_http_print_task_redis_call_t *call, ngx_uint_t lost)
{
    ngx_uint_t  store;

    store = sr->conf->number;

    if (!lost || call->cmd.again) {
        ngx_http_print_task_count(operations[store][call->type]
                                            [PT_RESULT_SETTLED]);
        return;
    }

    ngx_http_print_task_count(operations[store][call->type][PT_RESULT_LOST]);

    if (call->type != PT_OPERATION_RELEASE
        && call->cmd.len[NGX_HTTP_PRINT_TASK_REDIS_PREFIX + 1])
    {
        ngx_http_print_task_count(leases_lost);
    }
}


static void
ngx_http_print_task_redis_postpone(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *call)
{
    ngx_http_print_task_redis_commit_to_invalidate(sr, call);

    ngx_queue_insert_tail(&sr->postponed, &call->cmd.queue);

    if (!sr->retry.timer_set) {
        sr->retry.log = ngx_cycle->log;
        ngx_add_timer(&sr->retry, NGX_HTTP_PRINT_TASK_REDIS_RETRY);
    }
}


static void
ngx_http_print_task_redis_postponed(ngx_event_t *ev)
{
    ngx_queue_t                        *q, calls;
    ngx_http_print_task_redis_call_t   *call;
    ngx_http_print_task_store_redis_t  *sr;

    sr = ev->data;

    ngx_queue_init(&calls);
    ngx_http_print_task_redis_move(&calls, &sr->postponed);

    while (!ngx_queue_empty(&calls)) {
        q = ngx_queue_head(&calls);
        ngx_queue_remove(q);

        call = ngx_queue_data(q, ngx_http_print_task_redis_call_t, cmd.queue);

        ngx_http_print_task_redis_submit(sr, call);
    }
}


/*
 * A worker that shuts down ends when it has no timer left that is not
 * cancelable.  This timer holds the worker while calls are unanswered, but only
 * for a limited time after the last call: a lease that runs out does no harm, a
 * worker that never ends does.
 */

static void
ngx_http_print_task_redis_drain(ngx_http_print_task_store_redis_t *sr)
{
    sr->drain.cancelable = 0;
    sr->drain_since = ngx_current_msec;

    if (!sr->drain.timer_set) {
        sr->drain.log = ngx_cycle->log;
        ngx_add_timer(&sr->drain, NGX_HTTP_PRINT_TASK_REDIS_DRAIN);
    }
}


static void
ngx_http_print_task_redis_drain_handler(ngx_event_t *ev)
{
    ngx_msec_t                          limit;
    ngx_http_print_task_store_redis_t  *sr;

    sr = ev->data;

    if (sr->calls == 0) {
        return;
    }

    if (ngx_exiting && !sr->draining) {
        sr->draining = 1;
        sr->drain_since = ngx_current_msec;
    }

    limit = ngx_max(sr->conf->command_timeout,
                    NGX_HTTP_PRINT_TASK_REDIS_DRAIN_MAX);

    if (sr->draining && ngx_current_msec - sr->drain_since >= limit) {
        if (sr->settlements) {
            ngx_http_print_task_redis_log_lost_settlement(sr);
        }

        return;
    }

    ngx_add_timer(ev, NGX_HTTP_PRINT_TASK_REDIS_DRAIN);
}


void
ngx_http_print_task_redis_calls_exit(ngx_http_print_task_store_redis_t *sr)
{
    ngx_queue_t                       *q;
    ngx_http_print_task_redis_call_t  *call;

    if (sr->retry.timer_set) {
        ngx_del_timer(&sr->retry);
    }

    if (sr->drain.timer_set) {
        ngx_del_timer(&sr->drain);
    }

    while (!ngx_queue_empty(&sr->postponed)) {
        q = ngx_queue_head(&sr->postponed);
        ngx_queue_remove(q);

        ngx_free(ngx_queue_data(q, ngx_http_print_task_redis_call_t,
                                cmd.queue));
    }

    while (sr->free) {
        call = sr->free;
        sr->free = call->next;

        ngx_free(call);
    }
}


static void
ngx_http_print_task_redis_drop_settlement(
    ngx_http_print_task_store_redis_t *sr, pt_operation_e type)
{
    ngx_http_print_task_count(operations[sr->conf->number][type]
                                        [PT_RESULT_DROPPED]);

    ngx_http_print_task_redis_log_lost_settlement(sr);
}


/* the lease runs out */

static void
ngx_http_print_task_redis_log_lost_settlement(
    ngx_http_print_task_store_redis_t *sr)
{
    if (sr->exited || !ngx_http_print_task_may_log(sr->logged)) {
        return;
    }

    sr->logged = ngx_current_msec;

    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                  "print task: leases in redis \"%V\" are left to run out",
                  sr->topology->name);
}


/*
 * Another request may have changed the task at the same time.  No warning for a
 * settlement that was sent twice: the first one may have ended the lease.
 */

static void
ngx_http_print_task_redis_log_lost_lease(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *call)
{
    u_char     *last;
    ngx_str_t   more;
    ngx_uint_t  name, lease;
    u_char      key[4 * NGX_HTTP_PRINT_TASK_REDIS_LOG_KEY],
                buf[NGX_HTTP_PRINT_TASK_REDIS_MORE];

    lease = NGX_HTTP_PRINT_TASK_REDIS_PREFIX + 1;

    if (call->type == PT_OPERATION_RELEASE
        || call->cmd.again
        || call->cmd.len[lease] == 0
        || sr->exited
        || !ngx_http_print_task_redis_rate(
                                       &ngx_http_print_task_redis_rates.leases,
                                       &more, buf))
    {
        return;
    }

    name = lease - 1;

    last = pt_log_escape(key, (u_char *) call->cmd.argv[name],
                         ngx_min(call->cmd.len[name],
                                 NGX_HTTP_PRINT_TASK_REDIS_LOG_KEY));

    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                  "print task: the lease of key \"%*s\" in redis \"%V\" was "
                  "lost before the change ended%V",
                  (size_t) (last - key), key, sr->topology->name, &more);
}
