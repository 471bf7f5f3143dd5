
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The connection waits in one XREAD BLOCK after the other, each for a second at
 * most, for the streams that are watched when it is sent.  A stream that is
 * watched later is read several times until then.  While there is no
 * connection, each stream is read once a second, and so are those that a
 * command has no place for.
 *
 * The server is the one that the connection for operations is connected to.
 */


#include "redis/watch.h"

#include <ngx_event.h>
#include <hiredis/hiredis.h>

#include "store/time.h"
#include "redis/addr.h"
#include "redis/error.h"
#include "redis/protocol.h"
#include "redis/resp.h"


#define NGX_HTTP_PRINT_TASK_REDIS_WATCH_POOL     512     /* bytes: an address */
#define NGX_HTTP_PRINT_TASK_REDIS_WATCH_STREAMS  1000    /* in a command */

/* ms */
#define NGX_HTTP_PRINT_TASK_REDIS_WATCH_BLOCK    1000
#define NGX_HTTP_PRINT_TASK_REDIS_WATCH_POLL     1000
#define NGX_HTTP_PRINT_TASK_REDIS_WATCH_JOIN     100     /* of new streams */
#define NGX_HTTP_PRINT_TASK_REDIS_WATCH_PAUSE    5       /* before the next */


struct ngx_http_print_task_redis_watcher_s {
    ngx_http_print_task_redis_topology_t   *store;       /* of operations */
    void                                   *unused[2];
    ngx_socket_t                            ident;       /* -1, as of
                                                            connections */
    ngx_queue_t                             watches;     /* in the command */
    ngx_queue_t                             added;       /* since it was sent */
    ngx_event_t                             timer;
    ngx_msec_t                              pause;

    ngx_http_print_task_redis_t             redis;
    ngx_http_print_task_redis_conf_t       *from;
    ngx_http_print_task_redis_conf_t        conf;
    ngx_http_print_task_redis_topology_t    topology;
    ngx_http_print_task_redis_protocol_t    protocol;

    ngx_http_print_task_redis_cmd_t         cmd;
    ngx_msec_t                              logged;      /* last complaint */
    ngx_msec_t                              polled;
    unsigned                                blocked:1;   /* cmd is sent */
    unsigned                                more:1;      /* streams than it may
                                                            have */
};


ngx_http_print_task_redis_ident(ngx_http_print_task_redis_watcher_t);


static void ngx_http_print_task_redis_watcher_init(
    ngx_http_print_task_redis_watcher_t *watcher);
static void ngx_http_print_task_redis_watcher_locate(
    ngx_http_print_task_redis_t *redis);
static void ngx_http_print_task_redis_watcher_cancel(
    ngx_http_print_task_redis_t *redis);
static ngx_http_print_task_redis_t *ngx_http_print_task_redis_watcher_main(
    ngx_http_print_task_redis_watcher_t *watcher);
static void ngx_http_print_task_redis_watcher_ready(
    ngx_http_print_task_redis_t *redis);
static void ngx_http_print_task_redis_watcher_block(
    ngx_http_print_task_redis_watcher_t *watcher);
static ngx_uint_t ngx_http_print_task_redis_watcher_moved(
    ngx_http_print_task_redis_watcher_t *watcher);
static ngx_int_t ngx_http_print_task_redis_watcher_send(
    ngx_http_print_task_redis_watcher_t *watcher);
static ngx_str_t ngx_http_print_task_redis_watcher_position(
    ngx_http_print_task_watch_t *w);
static void ngx_http_print_task_redis_watcher_reported(
    ngx_http_print_task_watch_t *w, redisReply *entries);
static ngx_int_t ngx_http_print_task_redis_watcher_reply(
    ngx_http_print_task_redis_cmd_t *cmd, redisReply *reply);
static void ngx_http_print_task_redis_watcher_refused(
    ngx_http_print_task_redis_watcher_t *watcher, redisReply *reply);
static ngx_int_t ngx_http_print_task_redis_watcher_grown(
    ngx_http_print_task_redis_watcher_t *watcher, redisReply *reply);
static ngx_http_print_task_watch_t *ngx_http_print_task_redis_watcher_find(
    ngx_http_print_task_redis_watcher_t *watcher, redisReply *name,
    ngx_queue_t **from);
static void ngx_http_print_task_redis_watcher_call(ngx_queue_t *watches);
static void ngx_http_print_task_redis_watcher_timer_handler(ngx_event_t *ev);
static void ngx_http_print_task_redis_watcher_after(
    ngx_http_print_task_redis_watcher_t *watcher, ngx_msec_t delay);


static const ngx_http_print_task_redis_locator_t
    ngx_http_print_task_redis_watcher_locator =
{
    ngx_http_print_task_redis_watcher_locate,
    ngx_http_print_task_redis_watcher_cancel
};


ngx_int_t
ngx_http_print_task_redis_watcher_create(ngx_pool_t *pool,
    ngx_http_print_task_redis_conf_t *conf,
    ngx_http_print_task_redis_topology_t *topology)
{
    ngx_http_print_task_redis_watcher_t  *watcher;

    watcher = ngx_pcalloc(pool, sizeof(ngx_http_print_task_redis_watcher_t));
    if (watcher == NULL) {
        return NGX_ERROR;
    }

    /*
     * set by ngx_pcalloc():
     *
     *     watcher->topology = { 0 };
     *     watcher->redis = { 0 };
     *     watcher->blocked = 0;
     */

    watcher->store = topology;
    watcher->from = conf;
    watcher->pause = NGX_HTTP_PRINT_TASK_REDIS_WATCH_PAUSE;
    watcher->ident = (ngx_socket_t) -1;

    ngx_queue_init(&watcher->watches);
    ngx_queue_init(&watcher->added);

    watcher->timer.handler = ngx_http_print_task_redis_watcher_timer_handler;
    watcher->timer.data = watcher;
    watcher->timer.cancelable = 1;

    watcher->topology.data = watcher;

    topology->watcher = watcher;

    return NGX_OK;
}


/* the settings are known when the configuration is loaded */

static void
ngx_http_print_task_redis_watcher_init(
    ngx_http_print_task_redis_watcher_t *watcher)
{
    ngx_http_print_task_redis_t         *redis;
    ngx_http_print_task_redis_server_t  *server;

    redis = &watcher->redis;

    if (redis->conf != NULL) {
        return;
    }

    watcher->conf = *watcher->from;
    watcher->conf.stall_timeout += NGX_HTTP_PRINT_TASK_REDIS_WATCH_BLOCK;
    watcher->conf.ping = 0;

    server = watcher->conf.servers.elts;

    ngx_http_print_task_redis_init(redis, &watcher->topology, &watcher->conf,
                                   server, NULL);

    watcher->protocol = *redis->protocol;
    watcher->protocol.ready = ngx_http_print_task_redis_watcher_ready;

    redis->protocol = &watcher->protocol;
    redis->locator = &ngx_http_print_task_redis_watcher_locator;
    redis->quiet = 1;

    watcher->timer.log = ngx_cycle->log;
}


void
ngx_http_print_task_redis_watch(ngx_http_print_task_redis_watcher_t *watcher,
    ngx_http_print_task_watch_t *w)
{
    ngx_http_print_task_redis_watcher_init(watcher);

    w->hash = 0;
    w->len = 0;

    ngx_queue_insert_tail(&watcher->added, &w->queue);

    (void) ngx_http_print_task_redis_open(&watcher->redis);

    if (watcher->blocked) {
        ngx_http_print_task_redis_watcher_after(watcher,
                                         NGX_HTTP_PRINT_TASK_REDIS_WATCH_JOIN);

    } else if (!watcher->timer.timer_set) {
        ngx_http_print_task_redis_watcher_after(watcher,
                                        NGX_HTTP_PRINT_TASK_REDIS_WATCH_PAUSE);
    }
}


void
ngx_http_print_task_redis_unwatch(ngx_http_print_task_redis_watcher_t *watcher,
    ngx_http_print_task_watch_t *w)
{
    ngx_queue_remove(&w->queue);
}


void
ngx_http_print_task_redis_watcher_exit(
    ngx_http_print_task_redis_watcher_t *watcher)
{
    if (watcher->redis.conf == NULL) {
        return;
    }

    if (watcher->timer.timer_set) {
        ngx_del_timer(&watcher->timer);
    }

    ngx_http_print_task_redis_exit(&watcher->redis);
}


static void
ngx_http_print_task_redis_watcher_locate(ngx_http_print_task_redis_t *redis)
{
    ngx_addr_t                           *addr, *to;
    ngx_pool_t                           *pool;
    ngx_http_print_task_redis_t          *main;
    ngx_http_print_task_redis_watcher_t  *watcher;

    watcher = redis->topology->data;
    main = ngx_http_print_task_redis_watcher_main(watcher);

    if (main == NULL) {
        ngx_http_print_task_redis_fail(redis, 0, NULL);
        return;
    }

    pool = ngx_create_pool(NGX_HTTP_PRINT_TASK_REDIS_WATCH_POOL,
                           ngx_cycle->log);
    if (pool == NULL) {
        ngx_http_print_task_redis_fail(redis, 0, NULL);
        return;
    }

    to = &main->addrs[main->addr];
    addr = ngx_palloc(pool, sizeof(ngx_addr_t));

    if (addr == NULL
        || ngx_http_print_task_redis_copy_addr(pool, addr, to->sockaddr,
                                               to->socklen,
                                               ngx_inet_get_port(to->sockaddr))
           != NGX_OK)
    {
        ngx_destroy_pool(pool);
        ngx_http_print_task_redis_fail(redis, 0, NULL);
        return;
    }

    redis->server = main->server;

    ngx_http_print_task_redis_located(redis, pool, addr, 1);
}


/* it is never at work after it was started */

static void
ngx_http_print_task_redis_watcher_cancel(ngx_http_print_task_redis_t *redis)
{
    redis->locating = NULL;
}


/* NULL: it is not connected, or nothing is watched */

static ngx_http_print_task_redis_t *
ngx_http_print_task_redis_watcher_main(
    ngx_http_print_task_redis_watcher_t *watcher)
{
    ngx_queue_t                  *q;
    ngx_http_print_task_redis_t  *main;
    ngx_http_print_task_watch_t  *w;

    q = ngx_queue_empty(&watcher->watches) ? &watcher->added
                                           : &watcher->watches;
    if (ngx_queue_empty(q)) {
        return NULL;
    }

    w = ngx_queue_data(ngx_queue_head(q), ngx_http_print_task_watch_t, queue);

    main = watcher->store->locate(watcher->store, &w->stream);

    return (main != NULL && main->state == NGX_HTTP_PRINT_TASK_REDIS_READY)
           ? main : NULL;
}


static void
ngx_http_print_task_redis_watcher_ready(ngx_http_print_task_redis_t *redis)
{
    redis->failures = 0;

    ngx_http_print_task_redis_watcher_after(redis->topology->data, 1);
}


static void
ngx_http_print_task_redis_watcher_block(
    ngx_http_print_task_redis_watcher_t *watcher)
{
    ngx_http_print_task_redis_t  *redis;

    redis = &watcher->redis;

    ngx_http_print_task_redis_move(&watcher->watches, &watcher->added);

    if (ngx_queue_empty(&watcher->watches)) {
        ngx_http_print_task_redis_close_idle(redis);
        return;
    }

    if (ngx_http_print_task_redis_watcher_moved(watcher)) {
        ngx_http_print_task_redis_watcher_after(watcher,
                                         NGX_HTTP_PRINT_TASK_REDIS_WATCH_POLL);
        ngx_http_print_task_redis_fail(redis, 0, NULL);
        return;
    }

    if (ngx_http_print_task_redis_watcher_send(watcher) != NGX_OK) {
        ngx_http_print_task_redis_watcher_after(watcher,
                                         NGX_HTTP_PRINT_TASK_REDIS_WATCH_POLL);
        ngx_http_print_task_redis_watcher_call(&watcher->watches);
        return;
    }

    watcher->blocked = 1;

    if (watcher->more
        && ngx_current_msec - watcher->polled
           >= NGX_HTTP_PRINT_TASK_REDIS_WATCH_POLL)
    {
        watcher->polled = ngx_current_msec;
        ngx_http_print_task_redis_watcher_call(&watcher->watches);
    }
}


/* operations go to another server now */

static ngx_uint_t
ngx_http_print_task_redis_watcher_moved(
    ngx_http_print_task_redis_watcher_t *watcher)
{
    ngx_addr_t                   *from, *to;
    ngx_http_print_task_redis_t  *main;

    main = ngx_http_print_task_redis_watcher_main(watcher);

    if (main == NULL) {
        return 0;
    }

    from = &watcher->redis.addrs[0];
    to = &main->addrs[main->addr];

    return ngx_cmp_sockaddr(from->sockaddr, from->socklen, to->sockaddr,
                            to->socklen, 1)
           != NGX_OK;
}


static ngx_int_t
ngx_http_print_task_redis_watcher_send(
    ngx_http_print_task_redis_watcher_t *watcher)
{
    ngx_int_t                         rc;
    ngx_str_t                        *words;
    ngx_uint_t                        i, n;
    ngx_queue_t                      *q;
    ngx_http_print_task_watch_t      *w;
    ngx_http_print_task_redis_cmd_t  *cmd;

    n = 0;

    for (q = ngx_queue_head(&watcher->watches);
         q != ngx_queue_sentinel(&watcher->watches)
         && n < NGX_HTTP_PRINT_TASK_REDIS_WATCH_STREAMS;
         q = ngx_queue_next(q))
    {
        n++;
    }

    watcher->more = (q != ngx_queue_sentinel(&watcher->watches));

    words = ngx_alloc(2 * n * sizeof(ngx_str_t), ngx_cycle->log);
    if (words == NULL) {
        return NGX_ERROR;
    }

    q = ngx_queue_head(&watcher->watches);

    for (i = 0; i < n; i++) {
        w = ngx_queue_data(q, ngx_http_print_task_watch_t, queue);

        words[i] = w->stream;
        words[n + i] = ngx_http_print_task_redis_watcher_position(w);

        q = ngx_queue_next(q);
    }

    cmd = &watcher->cmd;

    ngx_memzero(cmd, sizeof(ngx_http_print_task_redis_cmd_t));

    cmd->handler = ngx_http_print_task_redis_watcher_reply;
    cmd->data = watcher;
    cmd->kind = NGX_HTTP_PRINT_TASK_REDIS_CMD_INTERNAL;
    cmd->allow_nested = 1;

    ngx_http_print_task_redis_add_arg(cmd, "XREAD", 5);
    ngx_http_print_task_redis_add_arg(cmd, "COUNT", 5);
    ngx_http_print_task_redis_add_arg(cmd, "1", 1);
    ngx_http_print_task_redis_add_arg(cmd, "BLOCK", 5);
    ngx_http_print_task_redis_add_arg(cmd, "1000", 4);
    ngx_http_print_task_redis_add_arg(cmd, "STREAMS", 7);

    cmd->words = words;
    cmd->nwords = 2 * n;

    rc = ngx_http_print_task_redis_send(&watcher->redis, cmd);

    cmd->words = NULL;
    cmd->nwords = 0;

    ngx_free(words);

    return rc;
}


/*
 * What was reported and is not read yet is not asked for again: the caller
 * reads after each report, and it may take a while.
 */

static ngx_str_t
ngx_http_print_task_redis_watcher_position(ngx_http_print_task_watch_t *w)
{
    ngx_str_t  position;

    if (w->len == 0
        || w->hash != ngx_crc32_long(w->after.data, w->after.len))
    {
        return w->after;
    }

    position.data = w->text;
    position.len = w->len;

    return position;
}


static void
ngx_http_print_task_redis_watcher_reported(ngx_http_print_task_watch_t *w,
    redisReply *entries)
{
    redisReply  *id;

    w->len = 0;

    if (entries->type != REDIS_REPLY_ARRAY || entries->elements == 0
        || entries->element[0]->type != REDIS_REPLY_ARRAY
        || entries->element[0]->elements == 0)
    {
        return;
    }

    id = entries->element[0]->element[0];

    if (id->type == REDIS_REPLY_STRING
        && (size_t) id->len <= PT_EVENT_POSITION_MAX)
    {
        w->len = id->len;
        ngx_memcpy(w->text, id->str, id->len);
    }
}


static ngx_int_t
ngx_http_print_task_redis_watcher_reply(ngx_http_print_task_redis_cmd_t *cmd,
    redisReply *reply)
{
    ngx_int_t                             rc;
    ngx_msec_t                            delay;
    ngx_http_print_task_redis_watcher_t  *watcher;

    watcher = cmd->data;
    watcher->blocked = 0;

    if (watcher->redis.exited) {
        return NGX_OK;
    }

    rc = NGX_OK;
    delay = 1;

    if (reply == NULL) {
        delay = NGX_HTTP_PRINT_TASK_REDIS_WATCH_POLL;

    } else if (reply->type == REDIS_REPLY_ERROR) {
        ngx_http_print_task_redis_watcher_refused(watcher, reply);

        ngx_http_print_task_redis_watcher_call(&watcher->watches);
        delay = NGX_HTTP_PRINT_TASK_REDIS_WATCH_POLL;

    } else if (reply->type != REDIS_REPLY_NIL) {
        rc = ngx_http_print_task_redis_watcher_grown(watcher, reply);
        delay = watcher->pause;
    }

    ngx_http_print_task_redis_watcher_after(watcher, delay);

    return rc;
}


/* the first word alone: the text may repeat what it is about */

static void
ngx_http_print_task_redis_watcher_refused(
    ngx_http_print_task_redis_watcher_t *watcher, redisReply *reply)
{
    if (!ngx_http_print_task_may_log(watcher->logged)) {
        return;
    }

    watcher->logged = ngx_current_msec;

    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                  "print task: redis \"%V\" answered \"%*s\" to XREAD%s, "
                  "events are read once a second",
                  &watcher->redis.server->name,
                  ngx_http_print_task_redis_error_len(reply), reply->str,
                  ngx_http_print_task_redis_error_hint(reply));
}


/*
 * Pairs of a stream and its entries, in the order of the command.  If all of
 * them have grown before, and were not read since, the next command is not sent
 * in a hurry.  One of them among others must not delay the others.
 */

static ngx_int_t
ngx_http_print_task_redis_watcher_grown(
    ngx_http_print_task_redis_watcher_t *watcher, redisReply *reply)
{
    size_t                        i;
    uint32_t                      hash;
    redisReply                   *pair;
    ngx_queue_t                  *q;
    ngx_uint_t                    fresh;
    ngx_http_print_task_watch_t  *w;

    if (reply->type != REDIS_REPLY_ARRAY) {
        return NGX_ERROR;
    }

    q = ngx_queue_head(&watcher->watches);
    fresh = 0;

    for (i = 0; i < (size_t) reply->elements; i++) {
        pair = reply->element[i];

        if (pair->type != REDIS_REPLY_ARRAY
            || pair->elements != 2
            || pair->element[0]->type != REDIS_REPLY_STRING)
        {
            return NGX_ERROR;
        }

        w = ngx_http_print_task_redis_watcher_find(watcher, pair->element[0],
                                                   &q);
        if (w == NULL) {
            continue;
        }

        hash = ngx_crc32_long(w->after.data, w->after.len);
        fresh |= (hash != w->hash);
        w->hash = hash;

        ngx_http_print_task_redis_watcher_reported(w, pair->element[1]);

        w->handler(w);
    }

    watcher->pause = fresh ? NGX_HTTP_PRINT_TASK_REDIS_WATCH_PAUSE
                           : ngx_min(2 * watcher->pause,
                                     NGX_HTTP_PRINT_TASK_REDIS_WATCH_POLL);

    return NGX_OK;
}


/* one that is watched no more is not found, and *from stays */

static ngx_http_print_task_watch_t *
ngx_http_print_task_redis_watcher_find(
    ngx_http_print_task_redis_watcher_t *watcher, redisReply *name,
    ngx_queue_t **from)
{
    ngx_queue_t                  *q;
    ngx_http_print_task_watch_t  *w;

    for (q = *from;
         q != ngx_queue_sentinel(&watcher->watches);
         q = ngx_queue_next(q))
    {
        w = ngx_queue_data(q, ngx_http_print_task_watch_t, queue);

        if (w->stream.len == (size_t) name->len
            && ngx_memcmp(w->stream.data, name->str, name->len) == 0)
        {
            *from = ngx_queue_next(q);
            return w;
        }
    }

    return NULL;
}


static void
ngx_http_print_task_redis_watcher_call(ngx_queue_t *watches)
{
    ngx_queue_t                  *q, *next;
    ngx_http_print_task_watch_t  *w;

    for (q = ngx_queue_head(watches);
         q != ngx_queue_sentinel(watches);
         q = next)
    {
        next = ngx_queue_next(q);
        w = ngx_queue_data(q, ngx_http_print_task_watch_t, queue);

        w->handler(w);
    }
}


static void
ngx_http_print_task_redis_watcher_timer_handler(ngx_event_t *ev)
{
    ngx_http_print_task_redis_watcher_t  *watcher;

    watcher = ev->data;

    if (watcher->blocked) {

        if (!ngx_queue_empty(&watcher->added)) {
            ngx_http_print_task_redis_watcher_call(&watcher->added);
            ngx_http_print_task_redis_watcher_after(watcher,
                                         NGX_HTTP_PRINT_TASK_REDIS_WATCH_JOIN);
        }

        return;
    }

    if (watcher->redis.state == NGX_HTTP_PRINT_TASK_REDIS_READY) {
        ngx_http_print_task_redis_watcher_block(watcher);
        return;
    }

    ngx_http_print_task_redis_move(&watcher->watches, &watcher->added);

    if (ngx_queue_empty(&watcher->watches)) {
        return;
    }

    ngx_http_print_task_redis_watcher_after(watcher,
                                         NGX_HTTP_PRINT_TASK_REDIS_WATCH_POLL);

    (void) ngx_http_print_task_redis_open(&watcher->redis);

    ngx_http_print_task_redis_watcher_call(&watcher->watches);
}


static void
ngx_http_print_task_redis_watcher_after(
    ngx_http_print_task_redis_watcher_t *watcher, ngx_msec_t delay)
{
    if (!ngx_exiting && !watcher->redis.exited) {
        ngx_add_timer(&watcher->timer, delay);
    }
}
