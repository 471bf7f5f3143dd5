
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The life of a worker's connection to Redis.
 *            first use       addresses         connected         PONG
 *        IDLE -------> LOCATING ----> CONNECTING ----> HANDSHAKE -----> READY
 *         ^              ^  |              |               |              |
 *         |      back-off|  |    error, time-out, or it broke             |
 *         |              |  v              v               v              v
 *         |             DOWN <--------------------------------------------+
 *         |                                                               |
 *         +-------------- closed while no command was unanswered ---------+
 * LOCATING is skipped if the addresses are known.  With TLS, TLS_HANDSHAKE
 * comes before HANDSHAKE.
 * Commands are kept from IDLE to READY.  After a failure the server counts as
 * down until the connection is READY again.
 * This file calls the protocol and the topology, which are above it, through
 * their tables of functions.
 * The connection belongs to the worker, not to a request; it logs to the log of
 * the cycle.  Its timers are cancelable: the store decides how long a worker
 * that shuts down waits for commands (see "drain" in script_call.c).
 */


#include "redis/conn.h"

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_event_connect.h>

#include "core/pt_retry.h"
#include "core/pt_transition.h"
#include "status/zone.h"
#include "store/time.h"
#include "redis/trust.h"


#define NGX_HTTP_PRINT_TASK_REDIS_BACKOFF      50    /* ms, doubled */


ngx_http_print_task_redis_ident(ngx_http_print_task_redis_t);


#define next(state)  pt_transition_to(NGX_HTTP_PRINT_TASK_REDIS_##state)


ngx_http_print_task_redis_rates_t  ngx_http_print_task_redis_rates;


static void ngx_http_print_task_redis_begin(
    ngx_http_print_task_redis_t *redis);
static void ngx_http_print_task_redis_attempt(
    ngx_http_print_task_redis_t *redis, ngx_err_t err, const char *why);
static ngx_int_t ngx_http_print_task_redis_connect(
    ngx_http_print_task_redis_t *redis, ngx_addr_t *addr);
static void ngx_http_print_task_redis_connect_handler(ngx_event_t *ev);
static void ngx_http_print_task_redis_connected(
    ngx_http_print_task_redis_t *redis);
static void ngx_http_print_task_redis_next(ngx_http_print_task_redis_t *redis);
static void ngx_http_print_task_redis_timer_handler(ngx_event_t *ev);
static void ngx_http_print_task_redis_check(
    ngx_http_print_task_redis_t *redis);
static void ngx_http_print_task_redis_close(
    ngx_http_print_task_redis_t *redis);
static void ngx_http_print_task_redis_back_off(
    ngx_http_print_task_redis_t *redis);
static void ngx_http_print_task_redis_fail_commands(
    ngx_http_print_task_redis_t *redis);


#if (NGX_DEBUG)

static const ngx_uint_t  ngx_http_print_task_redis_state_next[] = {
    /* IDLE */           next(LOCATING) | next(CONNECTING) | next(DOWN)
                         | next(IDLE),
    /* LOCATING */       next(CONNECTING) | next(DOWN) | next(IDLE),
    /* CONNECTING */     next(CONNECTING) | next(TLS_HANDSHAKE)
                         | next(HANDSHAKE) | next(DOWN) | next(IDLE),
    /* TLS_HANDSHAKE */  next(CONNECTING) | next(HANDSHAKE) | next(DOWN)
                         | next(IDLE),
    /* HANDSHAKE */      next(CONNECTING) | next(READY) | next(DOWN)
                         | next(IDLE),
    /* READY */          next(DOWN) | next(IDLE),
    /* DOWN */           next(LOCATING) | next(CONNECTING) | next(DOWN)
                         | next(IDLE)
};

static const ngx_uint_t  ngx_http_print_task_redis_outage_next[] = {
    /* NO */             next(OUTAGE_LOST),
    /* LOST */           next(OUTAGE_NO) | next(OUTAGE_LOST)
                         | next(OUTAGE_FAILED),
    /* FAILED */         next(OUTAGE_LOST) | next(OUTAGE_FAILED)
};


static void
ngx_http_print_task_redis_check_next(const ngx_uint_t *table, const char *name,
    ngx_uint_t from, ngx_uint_t to)
{
    if (!pt_transition_is_legal(table, from, to)) {
        ngx_log_error(NGX_LOG_ALERT, ngx_cycle->log, 0,
                      "print task redis %s must not change from %ui to %ui",
                      name, from, to);

        ngx_debug_point();
    }
}


#else

#define ngx_http_print_task_redis_check_next(table, name, from, to)

#endif


void
ngx_http_print_task_redis_set_state(ngx_http_print_task_redis_t *redis,
    ngx_http_print_task_redis_state_e state)
{
    ngx_http_print_task_redis_check_next(ngx_http_print_task_redis_state_next,
                                         "state", redis->state, state);

    redis->state = state;
}


void
ngx_http_print_task_redis_set_outage(ngx_http_print_task_redis_t *redis,
    ngx_http_print_task_redis_outage_e outage)
{
    ngx_http_print_task_redis_check_next(ngx_http_print_task_redis_outage_next,
                                         "outage", redis->outage, outage);

    redis->outage = outage;
}


void
ngx_http_print_task_redis_conn_init(ngx_http_print_task_redis_t *redis)
{
    /*
     * Set by the caller's ngx_pcalloc():
     *     redis->state = NGX_HTTP_PRINT_TASK_REDIS_IDLE;
     *     redis->locator = NULL;
     *     redis->pool = NULL;
     *     redis->connection = NULL;
     *     redis->start = NULL;
     */

    redis->addrs = redis->server->addrs;
    redis->naddrs = redis->server->naddrs;
    redis->ident = (ngx_socket_t) -1;

    ngx_queue_init(&redis->waiting);
    ngx_queue_init(&redis->sent);

    redis->timer.handler = ngx_http_print_task_redis_timer_handler;
    redis->timer.data = redis;
    redis->timer.cancelable = 1;

    redis->flush.handler = redis->protocol->flush;
    redis->flush.data = redis;
}


ngx_int_t
ngx_http_print_task_redis_open(ngx_http_print_task_redis_t *redis)
{
    if (redis->state == NGX_HTTP_PRINT_TASK_REDIS_IDLE && !redis->exited) {
        redis->timer.log = ngx_cycle->log;
        redis->flush.log = ngx_cycle->log;

        if (redis->scripts != NULL) {
            redis->gauges = ngx_http_print_task_status_node(redis->conf->number,
                                                        &redis->server->name);
        }

        ngx_http_print_task_redis_begin(redis);
        ngx_http_print_task_redis_show(redis);
    }

    return (redis->exited
            || ngx_http_print_task_redis_circuit(redis) != PT_CIRCUIT_CLOSED)
           ? NGX_DECLINED : NGX_OK;
}


/* a connection that was never used is neither up nor an outage */

void
ngx_http_print_task_redis_show(ngx_http_print_task_redis_t *redis)
{
    pt_node_gauges_t    *gauges;
    pt_circuit_state_e   circuit;

    gauges = redis->gauges;

    if (gauges == NULL) {
        return;
    }

    if (redis->state == NGX_HTTP_PRINT_TASK_REDIS_IDLE) {
        ngx_memzero(gauges, sizeof(pt_node_gauges_t));
        redis->gauges = NULL;
        return;
    }

    circuit = ngx_http_print_task_redis_circuit(redis);

    gauges->up = (redis->state == NGX_HTTP_PRINT_TASK_REDIS_READY
                  && circuit == PT_CIRCUIT_CLOSED);
    gauges->circuit = 1 + circuit;
    gauges->queued = redis->ops;
}


void
ngx_http_print_task_redis_add_ops(ngx_http_print_task_redis_t *redis,
    ngx_int_t n)
{
    redis->ops += n;

    if (redis->gauges != NULL) {
        redis->gauges->queued = redis->ops;
    }
}


pt_circuit_state_e
ngx_http_print_task_redis_circuit(ngx_http_print_task_redis_t *redis)
{
    return (redis->outage == NGX_HTTP_PRINT_TASK_REDIS_OUTAGE_FAILED)
           ? PT_CIRCUIT_OPEN : redis->circuit.state;
}


static void
ngx_http_print_task_redis_begin(ngx_http_print_task_redis_t *redis)
{
    redis->tried = 0;
    redis->last_reply = ngx_current_msec;

    if (redis->locator == NULL) {
        ngx_http_print_task_redis_attempt(redis, 0, NULL);
        return;
    }

    ngx_http_print_task_redis_set_state(redis,
                                        NGX_HTTP_PRINT_TASK_REDIS_LOCATING);

    ngx_add_timer(&redis->timer, redis->conf->connect_timeout);
    ngx_http_print_task_redis_update_cancelable(redis);

    redis->locator->start(redis);
}


void
ngx_http_print_task_redis_located(ngx_http_print_task_redis_t *redis,
    ngx_pool_t *pool, ngx_addr_t *addrs, ngx_uint_t naddrs)
{
    if (pool) {

        if (redis->pool) {
            ngx_destroy_pool(redis->pool);
        }

        redis->pool = pool;
        redis->addrs = addrs;
        redis->naddrs = naddrs;
        redis->addr = 0;
    }

    ngx_http_print_task_redis_attempt(redis, 0, "no address is known");
}


/* tries the addresses that this attempt has not tried yet */

static void
ngx_http_print_task_redis_attempt(ngx_http_print_task_redis_t *redis,
    ngx_err_t err, const char *why)
{
    ngx_int_t  rc;

    while (redis->tried < redis->naddrs) {

        rc = ngx_http_print_task_redis_connect(redis,
                                               &redis->addrs[redis->addr]);

        if (rc == NGX_AGAIN) {
            return;
        }

        if (rc == NGX_OK) {
            ngx_http_print_task_redis_connected(redis);
            return;
        }

        err = ngx_socket_errno;
        why = "connect() failed";

        ngx_http_print_task_redis_next(redis);
    }

    ngx_http_print_task_redis_fail(redis, err, why);
}


static ngx_int_t
ngx_http_print_task_redis_connect(ngx_http_print_task_redis_t *redis,
    ngx_addr_t *addr)
{
    ngx_int_t               rc;
    ngx_log_t               quiet;
    ngx_connection_t       *c;
    ngx_peer_connection_t   pc;

    /* nginx would log each failed attempt; the module logs an outage once */

    quiet = *ngx_cycle->log;
    quiet.log_level = NGX_LOG_ALERT;

    ngx_memzero(&pc, sizeof(ngx_peer_connection_t));

    pc.sockaddr = addr->sockaddr;
    pc.socklen = addr->socklen;
    pc.name = &addr->name;
    pc.get = ngx_event_get_peer;
    pc.log = &quiet;
    pc.log_error = NGX_ERROR_INFO;
    pc.so_keepalive = (addr->sockaddr->sa_family != AF_UNIX);

    ngx_set_socket_errno(0);

    rc = ngx_event_connect_peer(&pc);

    redis->starved = (rc == NGX_ERROR);

    if (rc != NGX_OK && rc != NGX_AGAIN) {
        return NGX_DECLINED;
    }

    c = pc.connection;

    c->data = redis;
    c->log = ngx_cycle->log;
    c->read->log = c->log;
    c->write->log = c->log;
    c->read->handler = ngx_http_print_task_redis_connect_handler;
    c->write->handler = ngx_http_print_task_redis_connect_handler;

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, c->log, 0,
                   "print task redis connect to %V, fd:%d",
                   &addr->name, c->fd);

    redis->connection = c;
    ngx_http_print_task_redis_set_state(redis,
                                        NGX_HTTP_PRINT_TASK_REDIS_CONNECTING);

    ngx_add_timer(&redis->timer, redis->conf->connect_timeout);
    ngx_http_print_task_redis_update_cancelable(redis);

    return rc;
}


static void
ngx_http_print_task_redis_connect_handler(ngx_event_t *ev)
{
    int                           err;
    socklen_t                     len;
    ngx_connection_t             *c;
    ngx_http_print_task_redis_t  *redis;

    c = ev->data;
    redis = c->data;

    if (c->close && !ngx_http_print_task_redis_has_pending(redis)) {
        ngx_http_print_task_redis_close_idle(redis);
        return;
    }

    if (!ev->ready) {
        /* called for a shutdown */
        return;
    }

    err = 0;
    len = sizeof(int);

    /*
     * BSDs and Linux return 0 and set a pending error in err
     * Solaris returns -1 and sets errno
     */

    if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, (void *) &err, &len) == -1) {
        err = ngx_socket_errno;
    }

    if (err == 0) {
        ngx_http_print_task_redis_connected(redis);
        return;
    }

    ngx_http_print_task_redis_retry(redis, err, "connect() failed");
}


static void
ngx_http_print_task_redis_connected(ngx_http_print_task_redis_t *redis)
{
    redis->last_reply = ngx_current_msec;

    redis->protocol->connected(redis);
}


void
ngx_http_print_task_redis_retry(ngx_http_print_task_redis_t *redis,
    ngx_err_t err, const char *why)
{
    ngx_http_print_task_redis_close(redis);
    ngx_http_print_task_redis_next(redis);
    ngx_http_print_task_redis_attempt(redis, err, why);
}


static void
ngx_http_print_task_redis_next(ngx_http_print_task_redis_t *redis)
{
    redis->tried++;

    if (redis->naddrs) {
        redis->addr = (redis->addr + 1) % redis->naddrs;
    }
}


void
ngx_http_print_task_redis_ready(ngx_http_print_task_redis_t *redis)
{
    ngx_queue_t                      *q, waiting;
    ngx_http_print_task_redis_cmd_t  *cmd;

    ngx_log_debug0(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0,
                   "print task redis ready");

    ngx_del_timer(&redis->timer);

    ngx_http_print_task_redis_set_state(redis,
                                        NGX_HTTP_PRINT_TASK_REDIS_READY);

    if (redis->outage == NGX_HTTP_PRINT_TASK_REDIS_OUTAGE_FAILED) {
        ngx_http_print_task_redis_set_outage(redis,
                                       NGX_HTTP_PRINT_TASK_REDIS_OUTAGE_LOST);
    }

    redis->protocol->ready(redis);
    ngx_http_print_task_redis_show(redis);

    if (redis->circuit.state == PT_CIRCUIT_CLOSED) {
        ngx_http_print_task_redis_recovered(redis);
    }

    ngx_queue_init(&waiting);
    ngx_http_print_task_redis_move(&waiting, &redis->waiting);

    while (!ngx_queue_empty(&waiting)) {
        q = ngx_queue_head(&waiting);
        ngx_queue_remove(q);

        cmd = ngx_queue_data(q, ngx_http_print_task_redis_cmd_t, queue);

        ngx_http_print_task_redis_add_ops(redis,
                                       -ngx_http_print_task_redis_is_op(cmd));

        if (ngx_http_print_task_redis_write(redis, cmd) != NGX_OK) {
            (void) cmd->handler(cmd, NULL);
        }
    }
}


void
ngx_http_print_task_redis_recovered(ngx_http_print_task_redis_t *redis)
{
    if (redis->outage != NGX_HTTP_PRINT_TASK_REDIS_OUTAGE_NO) {
        ngx_http_print_task_redis_set_outage(redis,
                                         NGX_HTTP_PRINT_TASK_REDIS_OUTAGE_NO);
        ngx_http_print_task_redis_without(redis);
    }

    if (redis->reported) {
        redis->reported = 0;
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "print task: redis \"%V\" is back",
                      &redis->server->name);
    }
}


ngx_int_t
ngx_http_print_task_redis_send(ngx_http_print_task_redis_t *redis,
    ngx_http_print_task_redis_cmd_t *cmd)
{
    cmd->redis = redis;
    cmd->eval = 0;
    cmd->sent = 0;

    if (redis->exited) {
        return NGX_ERROR;
    }

    if (redis->state != NGX_HTTP_PRINT_TASK_REDIS_READY) {
        ngx_queue_insert_tail(&redis->waiting, &cmd->queue);
        ngx_http_print_task_redis_add_ops(redis,
                                        ngx_http_print_task_redis_is_op(cmd));

    } else if (ngx_http_print_task_redis_write(redis, cmd) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_print_task_redis_update_cancelable(redis);

    return NGX_OK;
}


void
ngx_http_print_task_redis_unqueue(ngx_http_print_task_redis_cmd_t *cmd)
{
    ngx_queue_remove(&cmd->queue);
    ngx_http_print_task_redis_add_ops(cmd->redis,
                                      -ngx_http_print_task_redis_is_op(cmd));
    ngx_http_print_task_redis_update_cancelable(cmd->redis);
}


static void
ngx_http_print_task_redis_timer_handler(ngx_event_t *ev)
{
    ngx_http_print_task_redis_t  *redis;

    redis = ev->data;

    switch (redis->state) {

    case NGX_HTTP_PRINT_TASK_REDIS_LOCATING:
        ngx_http_print_task_redis_close(redis);
        ngx_http_print_task_redis_attempt(redis, NGX_ETIMEDOUT,
                                          "no address is known");
        return;

    case NGX_HTTP_PRINT_TASK_REDIS_CONNECTING:
        ngx_http_print_task_redis_retry(redis, NGX_ETIMEDOUT,
                                        "connect() failed");
        return;

    case NGX_HTTP_PRINT_TASK_REDIS_TLS_HANDSHAKE:
        ngx_http_print_task_redis_retry(redis, NGX_ETIMEDOUT,
                                        "SSL handshake failed");
        return;

    case NGX_HTTP_PRINT_TASK_REDIS_HANDSHAKE:
        ngx_http_print_task_redis_fail(redis, NGX_ETIMEDOUT,
                                       "it did not answer the handshake");
        return;

    case NGX_HTTP_PRINT_TASK_REDIS_READY:
        ngx_http_print_task_redis_check(redis);
        return;

    case NGX_HTTP_PRINT_TASK_REDIS_DOWN:

        if ((ngx_exiting || ngx_terminate)
            && ngx_queue_empty(&redis->waiting))
        {
            ngx_http_print_task_redis_close_idle(redis);
            return;
        }

        ngx_http_print_task_redis_begin(redis);
        return;

    default: /* NGX_HTTP_PRINT_TASK_REDIS_IDLE */
        return;
    }
}


/* checks the oldest unanswered command: replies come in order */

static void
ngx_http_print_task_redis_check(ngx_http_print_task_redis_t *redis)
{
    ngx_msec_t                        age, limit;
    ngx_queue_t                      *q;
    ngx_http_print_task_redis_cmd_t  *cmd;

    if (ngx_queue_empty(&redis->sent)) {
        return;
    }

    q = ngx_queue_head(&redis->sent);
    cmd = ngx_queue_data(q, ngx_http_print_task_redis_cmd_t, queue);

    /* a server that answers other commands is slow, not stalled */

    age = ngx_min(ngx_current_msec - cmd->sent_at,
                  ngx_current_msec - redis->last_reply);
    limit = redis->conf->stall_timeout;

    if (age < limit) {
        ngx_add_timer(&redis->timer, limit - age);
        return;
    }

    ngx_http_print_task_redis_fail(redis, NGX_ETIMEDOUT, "it does not answer");
}


void
ngx_http_print_task_redis_fail(ngx_http_print_task_redis_t *redis,
    ngx_err_t err, const char *why)
{
    if (why) {
        ngx_http_print_task_redis_report(redis, err, "unreachable", why);
    }

    ngx_http_print_task_redis_close(redis);
    ngx_http_print_task_redis_next(redis);

    ngx_http_print_task_redis_set_lost(redis);

    ngx_http_print_task_redis_set_outage(redis,
                                     NGX_HTTP_PRINT_TASK_REDIS_OUTAGE_FAILED);
    ngx_http_print_task_redis_set_state(redis, NGX_HTTP_PRINT_TASK_REDIS_DOWN);

    redis->failures++;

    if (redis->topology->failed) {
        redis->topology->failed(redis);
    }

    ngx_http_print_task_redis_back_off(redis);
    ngx_http_print_task_redis_fail_commands(redis);
}


void
ngx_http_print_task_redis_set_lost(ngx_http_print_task_redis_t *redis)
{
    if (redis->outage == NGX_HTTP_PRINT_TASK_REDIS_OUTAGE_NO) {
        ngx_http_print_task_redis_set_outage(redis,
                                       NGX_HTTP_PRINT_TASK_REDIS_OUTAGE_LOST);
        ngx_http_print_task_redis_without(redis);
    }
}


void
ngx_http_print_task_redis_report(ngx_http_print_task_redis_t *redis,
    ngx_err_t err, const char *what, const char *why)
{
    ngx_str_t  more;
    u_char     buf[NGX_HTTP_PRINT_TASK_REDIS_MORE];

    if (redis->exited || redis->quiet) {
        return;
    }

    if ((redis->reported || redis->failures)
        && !ngx_http_print_task_redis_may_log_again(redis))
    {
        return;
    }

    if (!ngx_http_print_task_redis_rate(
                                     &ngx_http_print_task_redis_rates.outages,
                                     &more, buf))
    {
        return;
    }

    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, err,
                  "print task: redis \"%V\" is %s%s: %s%V",
                  &redis->server->name, redis->reported ? "still " : "", what,
                  why, &more);

    redis->reported = 1;
    redis->logged = ngx_current_msec;
}


ngx_uint_t
ngx_http_print_task_redis_rate(pt_rate_t *rate, ngx_str_t *more, u_char *buf)
{
    ngx_uint_t  skipped;

    if (!pt_rate_take(rate, ngx_current_msec)) {
        return 0;
    }

    skipped = pt_rate_skipped(rate);

    more->data = buf;
    more->len = 0;

    if (skipped) {
        more->len = ngx_snprintf(buf, NGX_HTTP_PRINT_TASK_REDIS_MORE,
                                 ", %ui lines like this were not logged",
                                 skipped)
                    - buf;
    }

    return 1;
}


ngx_uint_t
ngx_http_print_task_redis_may_log_again(ngx_http_print_task_redis_t *redis)
{
    return ngx_http_print_task_may_log(redis->logged);
}


static void
ngx_http_print_task_redis_close(ngx_http_print_task_redis_t *redis)
{
    ngx_pool_t        *pool;
    ngx_connection_t  *c;

    if (redis->timer.timer_set) {
        ngx_del_timer(&redis->timer);
    }

    redis->protocol->close(redis);

    if (redis->locating) {
        redis->locator->cancel(redis);
    }

    c = redis->connection;

    if (c == NULL) {
        return;
    }

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0,
                   "print task redis close fd:%d", c->fd);

    pool = c->pool;

    ngx_close_connection(c);

    if (pool) {
        ngx_destroy_pool(pool);
    }

    redis->connection = NULL;
}


static void
ngx_http_print_task_redis_back_off(ngx_http_print_task_redis_t *redis)
{
    ngx_msec_t  delay;

    if (redis->exited) {
        return;
    }

    delay = pt_retry_delay(redis->failures, NGX_HTTP_PRINT_TASK_REDIS_BACKOFF,
                           NGX_HTTP_PRINT_TASK_REDIS_BACKOFF_MAX);

    /*
     * Random, so that workers that lost a server together do not return
     * together.
     */

    delay = delay / 2 + ngx_random() % (delay / 2 + 1);

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, 0,
                   "print task redis down, failures:%ui, again in %M",
                   redis->failures, delay);

    ngx_add_timer(&redis->timer, delay);
}


/* gives all commands to their handlers, which may send them again */

static void
ngx_http_print_task_redis_fail_commands(ngx_http_print_task_redis_t *redis)
{
    ngx_queue_t                      *q, commands;
    ngx_http_print_task_redis_cmd_t  *cmd;

    ngx_queue_init(&commands);

    ngx_http_print_task_redis_move(&commands, &redis->sent);
    ngx_http_print_task_redis_move(&commands, &redis->waiting);

    redis->pending_replies = 0;
    redis->ops = 0;
    ngx_http_print_task_redis_show(redis);

    while (!ngx_queue_empty(&commands)) {
        q = ngx_queue_head(&commands);
        ngx_queue_remove(q);

        cmd = ngx_queue_data(q, ngx_http_print_task_redis_cmd_t, queue);

        (void) cmd->handler(cmd, NULL);
    }

    ngx_http_print_task_redis_update_cancelable(redis);
}


void
ngx_http_print_task_redis_move(ngx_queue_t *to, ngx_queue_t *from)
{
    if (!ngx_queue_empty(from)) {
        ngx_queue_add(to, from);
        ngx_queue_init(from);
    }
}


void
ngx_http_print_task_redis_close_idle(ngx_http_print_task_redis_t *redis)
{
    ngx_http_print_task_redis_close(redis);

    ngx_http_print_task_redis_set_outage(redis,
                                       NGX_HTTP_PRINT_TASK_REDIS_OUTAGE_LOST);
    ngx_http_print_task_redis_set_state(redis, NGX_HTTP_PRINT_TASK_REDIS_IDLE);

    /* the list may include commands of the handshake */

    ngx_http_print_task_redis_fail_commands(redis);
}


void
ngx_http_print_task_redis_exit(ngx_http_print_task_redis_t *redis)
{
    redis->exited = 1;

    redis->protocol->exit(redis);

    if (redis->state == NGX_HTTP_PRINT_TASK_REDIS_READY) {
        redis->protocol->flush(&redis->flush);
    }

    ngx_http_print_task_redis_close_idle(redis);

    if (redis->pool) {
        ngx_destroy_pool(redis->pool);

        redis->pool = NULL;
        redis->addrs = redis->server->addrs;
        redis->naddrs = redis->server->naddrs;
    }
}


ngx_uint_t
ngx_http_print_task_redis_has_pending(ngx_http_print_task_redis_t *redis)
{
    return !ngx_queue_empty(&redis->waiting) || redis->pending_replies;
}


/* a worker that shuts down closes cancelable (idle) connections at once */

void
ngx_http_print_task_redis_update_cancelable(ngx_http_print_task_redis_t *redis)
{
    if (redis->connection) {
        redis->connection->idle = !ngx_http_print_task_redis_has_pending(redis);
    }
}


/* an outage of a sentinel concerns no task */

void
ngx_http_print_task_redis_without(ngx_http_print_task_redis_t *redis)
{
    if (redis->scripts != NULL) {
        ngx_http_print_task_redis_trust_lost(redis->conf);
    }
}


/*
 * How much later than one worker another one may find out that Redis answers
 * again: a running attempt to connect fails, the back-off passes, the next
 * attempt succeeds, the circuit closes.  Until then a silent connection is
 * given up, too.
 */

ngx_msec_t
ngx_http_print_task_redis_margin(ngx_http_print_task_redis_t *redis)
{
    ngx_msec_t                         attempt, margin;
    ngx_http_print_task_redis_conf_t  *conf;

    conf = redis->conf;

    /*
     * The time to find the addresses, and to connect and to handshake for each.
     */

    attempt = conf->connect_timeout * (1 + 2 * ngx_max(redis->naddrs, 1));

    margin = conf->stall_timeout + 2 * attempt
             + NGX_HTTP_PRINT_TASK_REDIS_BACKOFF_MAX
             + PT_CIRCUIT_PAUSE_MAX + conf->command_timeout;

    if (conf->sentinel.len) {
        margin += conf->servers.nelts * (conf->connect_timeout
                                         + conf->stall_timeout)
                  + NGX_HTTP_PRINT_TASK_REDIS_BACKOFF_MAX;
    }

    return margin;
}
