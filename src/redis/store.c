
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The Redis store: operations with a waiting request, their time-outs and their
 * results; and the creation of a store.
 * A call whose request has gone stays until its reply: a lease that is granted
 * late has to be released.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_sha1.h>
#include <hiredis/hiredis.h>

#include "core/pt_circuit.h"
#include "core/pt_rules.h"
#include "core/pt_task.h"
#include "store/store.h"
#include "redis/codec.h"
#include "redis/conf.h"
#include "redis/conn.h"
#include "redis/error.h"
#include "redis/health.h"
#include "redis/indexes.h"
#include "redis/redis.h"
#include "redis/script_call.h"
#include "redis/scripts.h"
#include "redis/topology_conf.h"
#include "redis/trust.h"
#include "redis/watch.h"
#include "store/wake.h"


#define NGX_HTTP_PRINT_TASK_REDIS_QUEUE    1024

/* ms */
#define NGX_HTTP_PRINT_TASK_REDIS_CONNECT  1000
#define NGX_HTTP_PRINT_TASK_REDIS_COMMAND  250
#define NGX_HTTP_PRINT_TASK_REDIS_STALL    1000   /* the shortest */
#define NGX_HTTP_PRINT_TASK_REDIS_GRACE    10


static ngx_int_t ngx_http_print_task_store_redis_start(
    ngx_http_print_task_store_t *store, ngx_http_print_task_op_t *op);
static void ngx_http_print_task_redis_set_result(
    ngx_http_print_task_store_redis_t *sr, ngx_http_print_task_op_t *op,
    pt_result_e result);
static pt_result_e ngx_http_print_task_redis_lack(
    ngx_http_print_task_redis_t *redis);
static ngx_int_t ngx_http_print_task_redis_answered(
    ngx_http_print_task_redis_cmd_t *cmd, redisReply *reply);
static void ngx_http_print_task_redis_wake(
    ngx_http_print_task_store_redis_t *sr, const ngx_http_print_task_op_t *op);
static pt_result_e ngx_http_print_task_redis_unsent(
    ngx_http_print_task_redis_cmd_t *cmd);
static pt_result_e ngx_http_print_task_redis_take_snapshot(
    ngx_http_print_task_store_redis_t *sr, redisReply *reply,
    pt_result_e result, ngx_http_print_task_op_t *op);
static ngx_int_t ngx_http_print_task_redis_resubmit(
    ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *call);
static void ngx_http_print_task_store_redis_cancel(
    ngx_http_print_task_store_t *store, ngx_http_print_task_op_t *op);
static void ngx_http_print_task_redis_op_timeout_handler(ngx_event_t *ev);
static ngx_uint_t ngx_http_print_task_redis_behind(
    ngx_http_print_task_store_redis_t *sr, ngx_http_print_task_redis_t *redis,
    ngx_msec_t late);
static pt_result_e ngx_http_print_task_redis_late_result(
    ngx_http_print_task_redis_t *redis);
static void ngx_http_print_task_redis_wait(
    ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *call, ngx_http_print_task_op_t *op);
static void ngx_http_print_task_redis_detach(
    ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *call);
static void ngx_http_print_task_redis_abandon_op(
    ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *call);

static void ngx_http_print_task_store_redis_settle(
    ngx_http_print_task_store_t *store, ngx_http_print_task_op_t *op);
static ngx_int_t ngx_http_print_task_redis_label(ngx_conf_t *cf,
    ngx_http_print_task_store_t *store, ngx_http_print_task_store_redis_t *sr);
static ngx_int_t ngx_http_print_task_store_redis_init_process(
    ngx_http_print_task_store_t *store, ngx_cycle_t *cycle);
static pt_circuit_state_e ngx_http_print_task_store_redis_state(
    ngx_http_print_task_store_t *store);
static void ngx_http_print_task_store_redis_watch(
    ngx_http_print_task_store_t *store, ngx_http_print_task_watch_t *w);
static void ngx_http_print_task_store_redis_unwatch(
    ngx_http_print_task_store_t *store, ngx_http_print_task_watch_t *w);
static void ngx_http_print_task_store_redis_exit_process(
    ngx_http_print_task_store_t *store, ngx_cycle_t *cycle);


static ngx_int_t
ngx_http_print_task_store_redis_start(ngx_http_print_task_store_t *store,
    ngx_http_print_task_op_t *op)
{
    ngx_http_print_task_redis_t        *redis;
    ngx_http_print_task_redis_call_t   *call;
    ngx_http_print_task_store_redis_t  *sr;

    sr = store->data;

    op->pending = NULL;
    op->result = PT_RESULT_FAILED;

    ngx_memzero(&op->snapshot, sizeof(pt_snapshot_t));
    op->snapshot.task.state = PT_UNKNOWN;

    if (op->type == PT_OPERATION_INDEXES
        && ngx_http_print_task_redis_indexes_key(sr, op) != NGX_OK)
    {
        return NGX_OK;
    }

    redis = ngx_http_print_task_redis_route(sr,
                                            ngx_http_print_task_redis_key(op));
    if (redis == NULL) {
        return NGX_OK;
    }

    if (ngx_http_print_task_redis_open(redis) != NGX_OK) {
        ngx_http_print_task_redis_set_result(sr, op,
                                        ngx_http_print_task_redis_lack(redis));
        return NGX_OK;
    }

    if (redis->ops >= sr->conf->queue) {
        op->result = PT_RESULT_QUEUE_FULL;
        return NGX_OK;
    }

    op->clock = ngx_http_print_task_redis_trust_expected(sr->conf,
                                                         op->lease_time);

    call = ngx_http_print_task_redis_call_create(sr, op);
    if (call == NULL) {
        return NGX_OK;
    }

    call->cmd.handler = ngx_http_print_task_redis_answered;

    if (ngx_http_print_task_redis_send(redis, &call->cmd) != NGX_OK) {
        ngx_http_print_task_redis_call_free(sr, call);
        return NGX_OK;
    }

    ngx_http_print_task_redis_wait(sr, call, op);

    return NGX_AGAIN;
}


/*
 * While operations are not answered, changes are made that Redis does not have.
 * No request depends on INDEXES and OVERDUE.
 */

static void
ngx_http_print_task_redis_set_result(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_op_t *op, pt_result_e result)
{
    op->result = result;

    if (op->type == PT_OPERATION_INDEXES || op->type == PT_OPERATION_OVERDUE) {
        return;
    }

    if (result == PT_RESULT_DOWN) {
        ngx_http_print_task_redis_trust_lost(sr->conf);
    }
}


/*
 * A missing connection counts as an outage, unless this worker only lacked
 * resources for it: that is load.
 */

static pt_result_e
ngx_http_print_task_redis_lack(ngx_http_print_task_redis_t *redis)
{
    return redis->starved ? PT_RESULT_QUEUE_FULL
                          : PT_RESULT_DOWN;
}


static ngx_int_t
ngx_http_print_task_redis_answered(ngx_http_print_task_redis_cmd_t *cmd,
    redisReply *reply)
{
    ngx_int_t                           rc;
    ngx_uint_t                          granted;
    pt_result_e                         result;
    ngx_http_print_task_op_t           *op;
    ngx_http_print_task_redis_call_t   *call;
    ngx_http_print_task_store_redis_t  *sr;

    call = (ngx_http_print_task_redis_call_t *) cmd;
    sr = cmd->data;
    op = call->op;

    rc = NGX_OK;
    result = PT_RESULT_DOWN;

    if (reply == NULL
        && ngx_http_print_task_redis_resubmit(sr, call) == NGX_OK)
    {
        return NGX_OK;
    }

    if (reply == NULL) {
        /* the outcome stays unknown */
        granted = cmd->sent;
        result = ngx_http_print_task_redis_unsent(cmd);

    } else if (reply->type == REDIS_REPLY_ERROR) {
        granted = 0;

        if (ngx_http_print_task_redis_error_of_key(reply)) {
            result = PT_RESULT_BROKEN;
        }

    } else {
        rc = ngx_http_print_task_redis_result(reply, call->type, &result);
        granted = (rc != NGX_OK || result == PT_RESULT_GRANTED);
    }

    if (op) {
        ngx_http_print_task_redis_detach(sr, call);

        if (result < PT_RESULT_BROKEN) {
            result = ngx_http_print_task_redis_take_snapshot(sr, reply,
                                                             result, op);
        }

        ngx_http_print_task_redis_set_result(sr, op, result);

        if (result < PT_RESULT_BROKEN) {
            ngx_http_print_task_redis_trust_answer(cmd->redis->conf,
                                       &cmd->redis->server->name,
                                       cmd->sent_at,
                                       ngx_http_print_task_redis_margin(
                                                                   cmd->redis),
                                       op);
        }
    }

    if (call->type == PT_OPERATION_RESERVE
        && granted
        && (op == NULL || ngx_http_print_task_unanswered(result)))
    {
        ngx_http_print_task_redis_release(sr, call);

    } else {
        ngx_http_print_task_redis_call_free(sr, call);
    }

    if (op && !sr->exited) {
        ngx_http_print_task_redis_wake(sr, op);
        op->done(op);
    }

    return rc;
}


/* a cluster does not say which of its streams have grown */

static void
ngx_http_print_task_redis_wake(ngx_http_print_task_store_redis_t *sr,
    const ngx_http_print_task_op_t *op)
{
    if (sr->conf->cluster
        && op->stream.data != NULL
        && (op->result == PT_RESULT_APPLIED
            || op->result == PT_RESULT_CREATED))
    {
        ngx_http_print_task_wake(&op->stream);
    }
}


/* a command that could not be written to a working connection */

static pt_result_e
ngx_http_print_task_redis_unsent(ngx_http_print_task_redis_cmd_t *cmd)
{
    if (!cmd->sent && cmd->redis->state == NGX_HTTP_PRINT_TASK_REDIS_READY) {
        return PT_RESULT_FAILED;
    }

    return ngx_http_print_task_redis_lack(cmd->redis);
}


static pt_result_e
ngx_http_print_task_redis_take_snapshot(
    ngx_http_print_task_store_redis_t *sr, redisReply *reply,
    pt_result_e result, ngx_http_print_task_op_t *op)
{
    switch (ngx_http_print_task_redis_snapshot(reply, result, op)) {

    case NGX_OK:
        if (op->type == PT_OPERATION_INDEXES
            && ngx_http_print_task_redis_indexes_next(sr, op) != NGX_OK)
        {
            return PT_RESULT_FAILED;
        }

        return result;

    case NGX_DECLINED:
        return PT_RESULT_DOWN;

    default: /* NGX_ERROR */
        return PT_RESULT_FAILED;
    }
}


/* a command that was not sent may go to another node of a cluster */

static ngx_int_t
ngx_http_print_task_redis_resubmit(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *call)
{
    ngx_http_print_task_redis_t  *redis;

    if (call->cmd.sent || call->op == NULL) {
        return NGX_DECLINED;
    }

    redis = ngx_http_print_task_redis_call_route(sr, call);

    if (redis == NULL
        || redis == call->cmd.redis
        || ngx_http_print_task_redis_open(redis) != NGX_OK)
    {
        return NGX_DECLINED;
    }

    return ngx_http_print_task_redis_send(redis, &call->cmd);
}


static void
ngx_http_print_task_store_redis_cancel(ngx_http_print_task_store_t *store,
    ngx_http_print_task_op_t *op)
{
    ngx_http_print_task_store_redis_t  *sr;

    sr = store->data;

    if (op->pending) {
        ngx_http_print_task_redis_abandon_op(sr, op->pending);
    }
}


/*
 * All operations have the same time limit, so they time out in order.  A server
 * that answers nothing is down.  A server that answers others is overloaded:
 * clients can cause that, so an overload must not skip a check.
 */

static void
ngx_http_print_task_redis_op_timeout_handler(ngx_event_t *ev)
{
    ngx_msec_int_t                      left;
    ngx_queue_t                        *q;
    ngx_http_print_task_op_t           *op;
    ngx_http_print_task_redis_t        *redis;
    ngx_http_print_task_redis_call_t   *call;
    ngx_http_print_task_store_redis_t  *sr;

    sr = ev->data;

    while (!ngx_queue_empty(&sr->waiters)) {

        q = ngx_queue_head(&sr->waiters);
        call = ngx_queue_data(q, ngx_http_print_task_redis_call_t, waiter);

        left = (ngx_msec_int_t) (call->deadline - ngx_current_msec);

        if (left > 0) {

            /*
             * A new operation may have set the timer to a later time meanwhile.
             */

            ngx_add_timer(ev, left);
            break;
        }

        redis = call->cmd.redis;

        if (ngx_http_print_task_redis_behind(sr, redis, -left)) {
            ngx_add_timer(ev, NGX_HTTP_PRINT_TASK_REDIS_GRACE);
            return;
        }

        op = call->op;
        ngx_http_print_task_redis_set_result(sr, op,
                                 ngx_http_print_task_redis_late_result(redis));
        ngx_http_print_task_redis_abandon_op(sr, call);

        op->done(op);
    }

    sr->extended = 0;
}


/*
 * Whether this worker is late and not the server: the reply is in the socket
 * already, or the timer fires long after its time, when the command may have
 * just been sent.
 */

static ngx_uint_t
ngx_http_print_task_redis_behind(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_t *redis, ngx_msec_t late)
{
    int  n;

    if (redis->state != NGX_HTTP_PRINT_TASK_REDIS_READY) {
        return 0;
    }

    if (ngx_socket_nread(redis->connection->fd, &n) != -1 && n > 0) {
        return 1;
    }

    if (sr->extended || late < NGX_HTTP_PRINT_TASK_REDIS_GRACE) {
        return 0;
    }

    sr->extended = 1;

    return 1;
}


static pt_result_e
ngx_http_print_task_redis_late_result(ngx_http_print_task_redis_t *redis)
{
    if (ngx_current_msec - redis->last_reply < redis->conf->command_timeout) {
        return PT_RESULT_QUEUE_FULL;
    }

    ngx_http_print_task_redis_slow(redis);

    return ngx_http_print_task_redis_lack(redis);
}


static void
ngx_http_print_task_redis_wait(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *call, ngx_http_print_task_op_t *op)
{
    call->op = op;
    op->pending = call;

    call->deadline = ngx_current_msec + sr->conf->command_timeout;

    ngx_queue_insert_tail(&sr->waiters, &call->waiter);

    /* the worker must not end while a request waits */

    sr->timeout.cancelable = 0;

    if (!sr->timeout.timer_set) {
        sr->timeout.log = ngx_cycle->log;
        ngx_add_timer(&sr->timeout, sr->conf->command_timeout);
    }
}


static void
ngx_http_print_task_redis_detach(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *call)
{
    call->op->pending = NULL;
    call->op = NULL;

    ngx_queue_remove(&call->waiter);

    sr->timeout.cancelable = ngx_queue_empty(&sr->waiters);
}


/* the request is gone, but a reply may come and has to be handled */

static void
ngx_http_print_task_redis_abandon_op(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_redis_call_t *call)
{
    ngx_http_print_task_redis_detach(sr, call);

    if (call->cmd.sent) {
        call->cmd.abandoned = 1;
        return;
    }

    ngx_http_print_task_redis_unqueue(&call->cmd);
    ngx_http_print_task_redis_call_free(sr, call);
}


static void
ngx_http_print_task_store_redis_settle(ngx_http_print_task_store_t *store,
    ngx_http_print_task_op_t *op)
{
    ngx_http_print_task_store_redis_t  *sr;

    sr = store->data;

    if (op->lease.len == 0 && op->match.data == NULL) {
        /* until Redis gets this settlement, its record is old */
        ngx_http_print_task_redis_trust_lost(sr->conf);
    }

    ngx_http_print_task_redis_settle(sr, op);
}


ngx_http_print_task_store_t *
ngx_http_print_task_store_redis_create(ngx_conf_t *cf, ngx_array_t *args)
{
    ngx_http_print_task_store_t        *store;
    ngx_http_print_task_store_redis_t  *sr;

    store = ngx_pcalloc(cf->pool, sizeof(ngx_http_print_task_store_t));
    if (store == NULL) {
        return NULL;
    }

    sr = ngx_pcalloc(cf->pool, sizeof(ngx_http_print_task_store_redis_t));
    if (sr == NULL) {
        return NULL;
    }

    sr->conf = ngx_http_print_task_redis_parse(cf, args);
    if (sr->conf == NULL) {
        return NULL;
    }

    if (ngx_http_print_task_redis_trust_add(cf, args, sr->conf) != NGX_OK) {
        return NULL;
    }

    sr->ident = (ngx_socket_t) -1;

    ngx_queue_init(&sr->waiters);

    sr->timeout.handler = ngx_http_print_task_redis_op_timeout_handler;
    sr->timeout.data = sr;
    sr->timeout.cancelable = 1;

    sr->topology = ngx_http_print_task_redis_topology_create(cf->pool,
                                                             sr->conf,
                                                             sr->scripts);
    if (sr->topology == NULL) {
        return NULL;
    }

    ngx_http_print_task_redis_calls_init(sr);

    if (ngx_http_print_task_redis_watcher_create(cf->pool, sr->conf,
                                                 sr->topology)
        != NGX_OK)
    {
        return NULL;
    }

    if (ngx_http_print_task_redis_scripts(cf->pool, sr->scripts) != NGX_OK
        || ngx_http_print_task_redis_label(cf, store, sr) != NGX_OK)
    {
        return NULL;
    }

    ngx_str_set(&store->name, "redis");

    store->start = ngx_http_print_task_store_redis_start;
    store->cancel = ngx_http_print_task_store_redis_cancel;
    store->settle = ngx_http_print_task_store_redis_settle;
    store->state = ngx_http_print_task_store_redis_state;
    store->watch = sr->conf->cluster ? ngx_http_print_task_wake_watch
                                     : ngx_http_print_task_store_redis_watch;
    store->unwatch = sr->conf->cluster
                     ? ngx_http_print_task_wake_unwatch
                     : ngx_http_print_task_store_redis_unwatch;
    store->init_process = ngx_http_print_task_store_redis_init_process;
    store->exit_process = ngx_http_print_task_store_redis_exit_process;
    store->sharded = sr->conf->cluster;
    store->data = sr;

    ngx_http_print_task_store_redis_timeouts(store,
                                            NGX_HTTP_PRINT_TASK_REDIS_CONNECT,
                                            NGX_HTTP_PRINT_TASK_REDIS_COMMAND);
    ngx_http_print_task_store_redis_queue(store,
                                          NGX_HTTP_PRINT_TASK_REDIS_QUEUE);

    return store;
}


/* names of servers and databases, without secrets */

static ngx_int_t
ngx_http_print_task_redis_label(ngx_conf_t *cf,
    ngx_http_print_task_store_t *store, ngx_http_print_task_store_redis_t *sr)
{
    u_char           *p;
    const ngx_str_t  *name, *db;

    name = sr->topology->name;
    db = &sr->conf->db;

    p = ngx_pnalloc(cf->pool, sizeof("redis:/") - 1 + name->len + db->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    store->label.data = p;
    store->label.len = ngx_sprintf(p, "redis:%V%s%V", name,
                                   db->len ? "/" : "", db)
                       - p;

    return NGX_OK;
}


ngx_uint_t
ngx_http_print_task_store_redis_same(const ngx_http_print_task_store_t *one,
    const ngx_http_print_task_store_t *other)
{
    const ngx_http_print_task_store_redis_t  *a, *b;

    a = one->data;
    b = other->data;

    return ngx_http_print_task_redis_same_db(a->conf, b->conf);
}


void
ngx_http_print_task_store_redis_timeouts(ngx_http_print_task_store_t *store,
    ngx_msec_t connect, ngx_msec_t command)
{
    ngx_http_print_task_store_redis_t  *sr;

    sr = store->data;

    sr->conf->connect_timeout = connect;
    sr->conf->command_timeout = command;
    sr->conf->stall_timeout = ngx_max(2 * command,
                                      NGX_HTTP_PRINT_TASK_REDIS_STALL);
}


void
ngx_http_print_task_store_redis_queue(ngx_http_print_task_store_t *store,
    ngx_uint_t queue)
{
    ngx_http_print_task_store_redis_t  *sr;

    sr = store->data;

    sr->conf->queue = queue;
}


void
ngx_http_print_task_store_redis_resolver(ngx_http_print_task_store_t *store,
    ngx_resolver_t *resolver)
{
    ngx_http_print_task_store_redis_t  *sr;

    sr = store->data;

    sr->conf->resolver = resolver;
}


/* workers connect at the first use; helper processes never use the store */

static ngx_int_t
ngx_http_print_task_store_redis_init_process(
    ngx_http_print_task_store_t *store, ngx_cycle_t *cycle)
{
    ngx_http_print_task_store_redis_t  *sr;

    sr = store->data;

    sr->conf->number = store->number;

    if (sr->topology->init) {
        sr->topology->init(sr->topology);
    }

    return NGX_OK;
}


static pt_circuit_state_e
ngx_http_print_task_store_redis_state(ngx_http_print_task_store_t *store)
{
    ngx_http_print_task_store_redis_t  *sr;

    sr = store->data;

    return sr->topology->state(sr->topology);
}


static void
ngx_http_print_task_store_redis_watch(ngx_http_print_task_store_t *store,
    ngx_http_print_task_watch_t *w)
{
    ngx_http_print_task_store_redis_t  *sr;

    sr = store->data;

    ngx_http_print_task_redis_watch(sr->topology->watcher, w);
}


static void
ngx_http_print_task_store_redis_unwatch(ngx_http_print_task_store_t *store,
    ngx_http_print_task_watch_t *w)
{
    ngx_http_print_task_store_redis_t  *sr;

    sr = store->data;

    ngx_http_print_task_redis_unwatch(sr->topology->watcher, w);
}


static void
ngx_http_print_task_store_redis_exit_process(
    ngx_http_print_task_store_t *store, ngx_cycle_t *cycle)
{
    ngx_http_print_task_store_redis_t  *sr;

    sr = store->data;

    /* commands that one connection gives back must not go to another one */

    sr->exited = 1;

    ngx_http_print_task_redis_watcher_exit(sr->topology->watcher);

    sr->topology->exit(sr->topology);

    ngx_http_print_task_redis_calls_exit(sr);

    if (sr->timeout.timer_set) {
        ngx_del_timer(&sr->timeout);
    }
}
