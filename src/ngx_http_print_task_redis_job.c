
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <hiredis/hiredis.h>

#include "ngx_http_print_task_redis.h"
#include "ngx_http_print_task_redis_job.h"


#define NGX_HTTP_PRINT_TASK_REDIS_SETTLEMENTS  4096   /* of a worker */
#define NGX_HTTP_PRINT_TASK_REDIS_BLOCK        1024   /* bytes of usual jobs */
#define NGX_HTTP_PRINT_TASK_REDIS_FREE         256    /* of them kept */

#define NGX_HTTP_PRINT_TASK_REDIS_ROOM                                        \
    (NGX_HTTP_PRINT_TASK_REDIS_BLOCK                                          \
     - offsetof(ngx_http_print_task_redis_job_t, data))

/* EVALSHA, its SHA-1, the number of keys */
#define NGX_HTTP_PRINT_TASK_REDIS_PREFIX       3


static ngx_http_print_task_redis_job_t *ngx_http_print_task_redis_job_alloc(
    ngx_http_print_task_store_redis_t *sr, size_t size);

static void ngx_http_print_task_redis_late(
    ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_job_t *job);
static void ngx_http_print_task_redis_submit(
    ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_job_t *job, ngx_msec_t lease_time);
static ngx_int_t ngx_http_print_task_redis_settled(
    ngx_http_print_task_redis_cmd_t *cmd, redisReply *reply);
static void ngx_http_print_task_redis_lost(
    ngx_http_print_task_store_redis_t *sr);


ngx_http_print_task_redis_job_t *
ngx_http_print_task_redis_job_create(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_op_t *op)
{
    size_t                             size;
    u_char                            *p;
    ngx_uint_t                         i, n;
    ngx_http_print_task_redis_cmd_t   *cmd;
    ngx_http_print_task_redis_job_t   *job;
    ngx_http_print_task_redis_args_t   args;

    ngx_http_print_task_redis_args(&args, op);

    size = 0;

    for (i = 0; i < args.n; i++) {
        size += args.value[i].len;
    }

    job = ngx_http_print_task_redis_job_alloc(sr, size);
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

    if (op->type >= NGX_HTTP_PRINT_TASK_COMMIT) {
        sr->settlements++;
        return job;
    }

    sr->ops++;

    if (op->type == NGX_HTTP_PRINT_TASK_RESERVE) {
        job->lease_time = op->lease_time;
        sr->lease_time = ngx_max(sr->lease_time, op->lease_time);
    }

    return job;
}


static ngx_http_print_task_redis_job_t *
ngx_http_print_task_redis_job_alloc(ngx_http_print_task_store_redis_t *sr,
    size_t size)
{
    ngx_uint_t                        usual;
    ngx_http_print_task_redis_job_t  *job;

    usual = (size <= NGX_HTTP_PRINT_TASK_REDIS_ROOM);

    if (usual && sr->free) {
        job = sr->free;
        sr->free = job->next;
        sr->nfree--;

    } else {
        size += offsetof(ngx_http_print_task_redis_job_t, data);

        job = ngx_alloc(usual ? NGX_HTTP_PRINT_TASK_REDIS_BLOCK : size,
                        ngx_cycle->log);
        if (job == NULL) {
            return NULL;
        }
    }

    ngx_memzero(job, offsetof(ngx_http_print_task_redis_job_t, data));

    job->usual = usual;

    return job;
}


void
ngx_http_print_task_redis_job_free(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_job_t *job)
{
    if (job->type >= NGX_HTTP_PRINT_TASK_COMMIT) {
        sr->settlements--;

    } else {
        sr->ops--;
    }

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
    ngx_uint_t                        down;
    ngx_http_print_task_redis_job_t  *job;

    /* down or not, it is kept */

    down = (ngx_http_print_task_redis_open(&sr->redis) != NGX_OK
            || sr->redis.state != NGX_HTTP_PRINT_TASK_REDIS_READY);

    job = ngx_http_print_task_redis_job_create(sr, op);
    if (job == NULL) {
        ngx_http_print_task_redis_lost(sr);
        return;
    }

    if (down) {
        ngx_http_print_task_redis_late(sr, job);
    }

    /* without a lease it is about a record, and kept for as long as that */

    ngx_http_print_task_redis_submit(sr, job, op->lease.len ? sr->lease_time
                                                            : op->ttl);
}


void
ngx_http_print_task_redis_release(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_job_t *job)
{
    sr->ops--;
    sr->settlements++;

    job->type = NGX_HTTP_PRINT_TASK_RELEASE;
    job->cmd.script = &sr->scripts[NGX_HTTP_PRINT_TASK_RELEASE];
    job->cmd.argc = NGX_HTTP_PRINT_TASK_REDIS_PREFIX + 2;
    job->cmd.abandoned = 0;

    ngx_http_print_task_redis_submit(sr, job, job->lease_time);
}


/*
 * What was true before an outage is not known to be so after it, when it would
 * be stored as seen at that time: a commit becomes a forget, which begins with
 * the same arguments: the key, the lease and the time to live.
 */

static void
ngx_http_print_task_redis_late(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_job_t *job)
{
    ngx_uint_t  hold;

    if (job->type != NGX_HTTP_PRINT_TASK_COMMIT) {
        return;
    }

    job->type = NGX_HTTP_PRINT_TASK_FORGET;
    job->cmd.script = &sr->scripts[NGX_HTTP_PRINT_TASK_FORGET];

    hold = NGX_HTTP_PRINT_TASK_REDIS_PREFIX + 3;

    job->cmd.argv[hold] = "0";
    job->cmd.len[hold] = 1;
    job->cmd.argc = hold + 1;
}


static void
ngx_http_print_task_redis_submit(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_job_t *job, ngx_msec_t lease_time)
{
    job->cmd.handler = ngx_http_print_task_redis_settled;
    job->deadline = ngx_current_msec + lease_time;

    if (sr->settlements > NGX_HTTP_PRINT_TASK_REDIS_SETTLEMENTS
        || ngx_http_print_task_redis_send(&sr->redis, &job->cmd) != NGX_OK)
    {
        ngx_http_print_task_redis_lost(sr);
        ngx_http_print_task_redis_job_free(sr, job);
    }
}


static ngx_int_t
ngx_http_print_task_redis_settled(ngx_http_print_task_redis_cmd_t *cmd,
    redisReply *reply)
{
    int                                 type;
    ngx_http_print_task_redis_job_t    *job;
    ngx_http_print_task_store_redis_t  *sr;

    job = (ngx_http_print_task_redis_job_t *) cmd;
    sr = cmd->data;

    if (reply == NULL) {

        ngx_http_print_task_redis_late(sr, job);

        if ((ngx_msec_int_t) (job->deadline - ngx_current_msec) <= 0
            || ngx_http_print_task_redis_send(&sr->redis, cmd) != NGX_OK)
        {
            ngx_http_print_task_redis_lost(sr);
            ngx_http_print_task_redis_job_free(sr, job);
        }

        return NGX_OK;
    }

    type = reply->type;

    if (type == REDIS_REPLY_ERROR) {
        ngx_http_print_task_redis_lost(sr);
    }

    ngx_http_print_task_redis_job_free(sr, job);

    return (type == REDIS_REPLY_ARRAY || type == REDIS_REPLY_ERROR) ? NGX_OK
                                                                    : NGX_ERROR;
}


/* its lease will run out */

static void
ngx_http_print_task_redis_lost(ngx_http_print_task_store_redis_t *sr)
{
    if (sr->redis.exited
        || (sr->warned
            && ngx_time() - sr->warned < NGX_HTTP_PRINT_TASK_REDIS_REMIND))
    {
        return;
    }

    sr->warned = ngx_time();

    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                  "print_task: leases in redis \"%V\" are left to run out",
                  &sr->conf->server.name);
}
