
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "redis/script_call.h"

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <hiredis/hiredis.h>

#include "store/time.h"
#include "redis/codec.h"
#include "redis/error.h"


#define NGX_HTTP_PRINT_TASK_REDIS_SETTLEMENTS  4096   /* of a worker */
#define NGX_HTTP_PRINT_TASK_REDIS_BLOCK        1024   /* bytes of usual jobs */
#define NGX_HTTP_PRINT_TASK_REDIS_FREE         256    /* of them kept */

/* ms */
#define NGX_HTTP_PRINT_TASK_REDIS_RETRY        100
#define NGX_HTTP_PRINT_TASK_REDIS_DRAIN        100    /* between looks */
#define NGX_HTTP_PRINT_TASK_REDIS_DRAIN_MAX    1000   /* at the least */

#define NGX_HTTP_PRINT_TASK_REDIS_ROOM                                        \
    (NGX_HTTP_PRINT_TASK_REDIS_BLOCK                                          \
     - offsetof(ngx_http_print_task_redis_call_t, data))


static ngx_http_print_task_redis_call_t *ngx_http_print_task_redis_call_alloc(
    ngx_http_print_task_store_redis_t *sr, size_t size);

static void ngx_http_print_task_redis_commit_to_invalidate(
    ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *job);
static void ngx_http_print_task_redis_submit(
    ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *job);
static ngx_int_t ngx_http_print_task_redis_settled(
    ngx_http_print_task_redis_cmd_t *cmd, redisReply *reply);
static void ngx_http_print_task_redis_postpone(
    ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *job);
static void ngx_http_print_task_redis_postponed(ngx_event_t *ev);
static void ngx_http_print_task_redis_drain(
    ngx_http_print_task_store_redis_t *sr);
static void ngx_http_print_task_redis_drain_handler(ngx_event_t *ev);
static void ngx_http_print_task_redis_log_lost_settlement(
    ngx_http_print_task_store_redis_t *sr);


ngx_http_print_task_redis_ident(ngx_http_print_task_store_redis_t);


/* with these a server refuses a command for now, and does nothing of it */

static const ngx_str_t  ngx_http_print_task_redis_transient[] = {
    ngx_string("MOVED"),
    ngx_string("ASK"),
    ngx_string("TRYAGAIN"),
    ngx_string("CLUSTERDOWN"),
    ngx_string("NOREPLICAS"),
    ngx_string("MISCONF"),
    ngx_string("OOM"),
    ngx_null_string
};


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


ngx_http_print_task_redis_t *
ngx_http_print_task_redis_call_route(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *job)
{
    ngx_str_t  key;

    key.data = (u_char *) job->cmd.argv[NGX_HTTP_PRINT_TASK_REDIS_PREFIX];
    key.len = job->cmd.len[NGX_HTTP_PRINT_TASK_REDIS_PREFIX];

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
    ngx_http_print_task_redis_call_t  *job;
    ngx_http_print_task_redis_args_t   args;

    ngx_http_print_task_redis_args(&args, op);

    size = 0;

    for (i = 0; i < args.n; i++) {
        size += args.value[i].len;
    }

    job = ngx_http_print_task_redis_call_alloc(sr, size);
    if (job == NULL) {
        return NULL;
    }

    job->type = op->type;

    cmd = &job->cmd;

    cmd->data = sr;
    cmd->script = &sr->scripts[op->type];

    /* the number of keys */

    cmd->argv[NGX_HTTP_PRINT_TASK_REDIS_PREFIX - 1] = "1";
    cmd->len[NGX_HTTP_PRINT_TASK_REDIS_PREFIX - 1] = 1;

    n = NGX_HTTP_PRINT_TASK_REDIS_PREFIX;
    p = job->data;

    for (i = 0; i < args.n; i++) {
        cmd->argv[n] = (const char *) p;
        cmd->len[n] = args.value[i].len;
        n++;

        p = ngx_cpymem(p, args.value[i].data, args.value[i].len);
    }

    cmd->argc = n;

    sr->jobs++;
    ngx_http_print_task_redis_drain(sr);

    if (op->type >= NGX_HTTP_PRINT_TASK_COMMIT) {
        sr->settlements++;
        return job;
    }

    if (op->type == NGX_HTTP_PRINT_TASK_RESERVE) {
        job->lease_time = op->lease_time;
        sr->lease_time = ngx_max(sr->lease_time, op->lease_time);
    }

    return job;
}


static ngx_http_print_task_redis_call_t *
ngx_http_print_task_redis_call_alloc(ngx_http_print_task_store_redis_t *sr,
    size_t size)
{
    ngx_uint_t                         usual;
    ngx_http_print_task_redis_call_t  *job;

    usual = (size <= NGX_HTTP_PRINT_TASK_REDIS_ROOM);

    if (usual && sr->free) {
        job = sr->free;
        sr->free = job->next;
        sr->nfree--;

    } else {
        size += offsetof(ngx_http_print_task_redis_call_t, data);

        job = ngx_alloc(usual ? NGX_HTTP_PRINT_TASK_REDIS_BLOCK : size,
                        ngx_cycle->log);
        if (job == NULL) {
            return NULL;
        }
    }

    ngx_memzero(job, offsetof(ngx_http_print_task_redis_call_t, data));

    job->usual = usual;

    return job;
}


void
ngx_http_print_task_redis_call_free(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *job)
{
    if (job->type >= NGX_HTTP_PRINT_TASK_COMMIT) {
        sr->settlements--;
    }

    sr->jobs--;
    sr->drain.cancelable = (sr->jobs == 0);

    if (!job->usual || sr->nfree == NGX_HTTP_PRINT_TASK_REDIS_FREE) {
        ngx_free(job);
        return;
    }

    job->next = sr->free;
    sr->free = job;
    sr->nfree++;
}


void
ngx_http_print_task_redis_settle(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_op_t *op)
{
    ngx_http_print_task_redis_call_t  *job;

    job = ngx_http_print_task_redis_call_create(sr, op);
    if (job == NULL) {
        ngx_http_print_task_redis_log_lost_settlement(sr);
        return;
    }

    /* INVALIDATE without a lease is about a record, and kept as long as that */

    job->deadline = ngx_current_msec;
    job->deadline += (op->lease.len || op->type == NGX_HTTP_PRINT_TASK_COMMIT)
                     ? sr->lease_time : op->ttl;

    ngx_http_print_task_redis_submit(sr, job);
}


void
ngx_http_print_task_redis_release(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *job)
{
    sr->settlements++;

    job->type = NGX_HTTP_PRINT_TASK_RELEASE;
    job->cmd.script = &sr->scripts[NGX_HTTP_PRINT_TASK_RELEASE];
    job->cmd.argc = NGX_HTTP_PRINT_TASK_REDIS_PREFIX + 2;
    job->cmd.abandoned = 0;
    job->deadline = ngx_current_msec + job->lease_time;

    ngx_http_print_task_redis_submit(sr, job);
}


/*
 * What was true before an outage is not known to be so after it.  The script
 * of a commit would store it as seen after it: a commit becomes an invalidate.
 * Both begin with the same arguments: the key, the lease and the time to live.
 */

static void
ngx_http_print_task_redis_commit_to_invalidate(
    ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *job)
{
    ngx_uint_t  hold;

    if (job->type != NGX_HTTP_PRINT_TASK_COMMIT) {
        return;
    }

    job->type = NGX_HTTP_PRINT_TASK_INVALIDATE;
    job->cmd.script = &sr->scripts[NGX_HTTP_PRINT_TASK_INVALIDATE];

    hold = NGX_HTTP_PRINT_TASK_REDIS_PREFIX + 3;

    job->cmd.argv[hold] = "0";
    job->cmd.len[hold] = 1;
    job->cmd.argc = hold + 1;
}


/* down or not, it is kept */

static void
ngx_http_print_task_redis_submit(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *job)
{
    ngx_http_print_task_redis_t  *redis;

    job->cmd.handler = ngx_http_print_task_redis_settled;
    job->cmd.lasting = 1;
    job->cmd.ask = 0;
    job->cmd.redirects = 0;

    redis = ngx_http_print_task_redis_call_route(sr, job);

    if (redis != NULL
        && sr->settlements <= NGX_HTTP_PRINT_TASK_REDIS_SETTLEMENTS
        && (ngx_msec_int_t) (job->deadline - ngx_current_msec) > 0)
    {
        if (ngx_http_print_task_redis_open(redis) != NGX_OK
            || redis->state != NGX_HTTP_PRINT_TASK_REDIS_READY)
        {
            ngx_http_print_task_redis_commit_to_invalidate(sr, job);
        }

        if (ngx_http_print_task_redis_send(redis, &job->cmd) == NGX_OK) {
            return;
        }
    }

    ngx_http_print_task_redis_log_lost_settlement(sr);
    ngx_http_print_task_redis_call_free(sr, job);
}


static ngx_int_t
ngx_http_print_task_redis_settled(ngx_http_print_task_redis_cmd_t *cmd,
    redisReply *reply)
{
    ngx_int_t                           rc;
    ngx_http_print_task_redis_call_t   *job;
    ngx_http_print_task_store_redis_t  *sr;

    job = (ngx_http_print_task_redis_call_t *) cmd;
    sr = cmd->data;

    rc = NGX_OK;

    if (reply && reply->type != REDIS_REPLY_ERROR) {
        rc = ngx_http_print_task_redis_settlement(reply);
    }

    if (reply == NULL || rc != NGX_OK) {
        ngx_http_print_task_redis_commit_to_invalidate(sr, job);
        ngx_http_print_task_redis_submit(sr, job);
        return rc;
    }

    if (reply->type == REDIS_REPLY_ERROR) {

        if (ngx_http_print_task_redis_error_is(reply,
                                          ngx_http_print_task_redis_transient))
        {
            ngx_http_print_task_redis_postpone(sr, job);
            return NGX_OK;
        }

        ngx_http_print_task_redis_log_lost_settlement(sr);
    }

    ngx_http_print_task_redis_call_free(sr, job);

    return NGX_OK;
}


static void
ngx_http_print_task_redis_postpone(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *job)
{
    ngx_http_print_task_redis_commit_to_invalidate(sr, job);

    ngx_queue_insert_tail(&sr->postponed, &job->cmd.queue);

    if (!sr->retry.timer_set) {
        sr->retry.log = ngx_cycle->log;
        ngx_add_timer(&sr->retry, NGX_HTTP_PRINT_TASK_REDIS_RETRY);
    }
}


static void
ngx_http_print_task_redis_postponed(ngx_event_t *ev)
{
    ngx_queue_t                        *q, jobs;
    ngx_http_print_task_redis_call_t   *job;
    ngx_http_print_task_store_redis_t  *sr;

    sr = ev->data;

    ngx_queue_init(&jobs);
    ngx_http_print_task_redis_move(&jobs, &sr->postponed);

    while (!ngx_queue_empty(&jobs)) {
        q = ngx_queue_head(&jobs);
        ngx_queue_remove(q);

        job = ngx_queue_data(q, ngx_http_print_task_redis_call_t, cmd.queue);

        ngx_http_print_task_redis_submit(sr, job);
    }
}


/*
 * A worker that shuts down ends when no timer is left that is not cancelable.
 * This one holds it while jobs are unanswered, but for a limited time after the
 * last one was made.  An expired lease does no harm, a worker that stays does.
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

    if (sr->jobs == 0) {
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
    ngx_http_print_task_redis_call_t  *job;

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
        job = sr->free;
        sr->free = job->next;

        ngx_free(job);
    }
}


/* its lease will run out */

static void
ngx_http_print_task_redis_log_lost_settlement(
    ngx_http_print_task_store_redis_t *sr)
{
    if (sr->exited || !ngx_http_print_task_may_log(sr->warned)) {
        return;
    }

    sr->warned = ngx_current_msec;

    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                  "print_task: leases in redis \"%V\" are left to run out",
                  sr->topology->name);
}
