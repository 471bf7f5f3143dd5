
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Sends commands and receives replies.  The commands of one iteration of the
 * event loop leave in one write.  Replies match commands by their order.  Only
 * short replies and flat arrays are accepted; anything else ends the
 * connection.
 */


#include "redis/io.h"

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <hiredis/hiredis.h>

#include "redis/reply.h"
#include "redis/resp.h"
#include "redis/tls.h"


#define NGX_HTTP_PRINT_TASK_REDIS_READ       16384
#define NGX_HTTP_PRINT_TASK_REDIS_BUFFER     16384     /* kept between
                                                          iterations */
#define NGX_HTTP_PRINT_TASK_REDIS_REPLY_MAX  1048576


static ngx_int_t ngx_http_print_task_redis_append(
    ngx_http_print_task_redis_t *redis, ngx_http_print_task_redis_cmd_t *cmd);
static void ngx_http_print_task_redis_free_buffer(
    ngx_http_print_task_redis_t *redis);
static void ngx_http_print_task_redis_write_handler(ngx_event_t *wev);
static void ngx_http_print_task_redis_read_handler(ngx_event_t *rev);
static void ngx_http_print_task_redis_closed(
    ngx_http_print_task_redis_t *redis, ngx_err_t err);
static void ngx_http_print_task_redis_broken(
    ngx_http_print_task_redis_t *redis, ngx_err_t err, const char *why);
static ngx_int_t ngx_http_print_task_redis_feed(
    ngx_http_print_task_redis_t *redis, u_char *buf, size_t len);
static ngx_uint_t ngx_http_print_task_redis_same(
    ngx_http_print_task_redis_t *redis, ngx_atomic_uint_t number);


ngx_int_t
ngx_http_print_task_redis_io_start(ngx_http_print_task_redis_t *redis)
{
    ngx_connection_t  *c;

    redis->reader = ngx_http_print_task_redis_reader(redis);
    if (redis->reader == NULL) {
        return NGX_ERROR;
    }

    c = redis->connection;

    c->read->handler = ngx_http_print_task_redis_read_handler;
    c->write->handler = ngx_http_print_task_redis_write_handler;

    if (c->read->ready) {
        ngx_post_event(c->read, &ngx_posted_events);
    }

    (void) ngx_tcp_nodelay(c);

    return NGX_OK;
}


/*
 * Does not touch the queues: ..._fail_commands() gives the commands to their
 * handlers.
 */

void
ngx_http_print_task_redis_io_stop(ngx_http_print_task_redis_t *redis)
{
    if (redis->flush.posted) {
        ngx_delete_posted_event(&redis->flush);
    }

    if (redis->reader) {
        redisReaderFree(redis->reader);
        redis->reader = NULL;
    }

    ngx_http_print_task_redis_free_buffer(redis);

    redis->unfinished = 0;
}


/*
 * The output is sent by a posted event, after all events of this iteration have
 * added their commands.
 */

ngx_int_t
ngx_http_print_task_redis_io_write(ngx_http_print_task_redis_t *redis,
    ngx_http_print_task_redis_cmd_t *cmd)
{
    if (cmd->script) {
        cmd->argv[0] = cmd->eval ? "EVAL" : "EVALSHA";
        cmd->len[0] = ngx_strlen(cmd->argv[0]);

        cmd->argv[1] = cmd->eval ? (const char *) cmd->script->text.data
                                 : (const char *) cmd->script->sha1;
        cmd->len[1] = cmd->eval ? cmd->script->text.len
                                : sizeof(cmd->script->sha1);
    }

    if (ngx_http_print_task_redis_append(redis, cmd) != NGX_OK) {
        return NGX_ERROR;
    }

    if (cmd->asking == NGX_HTTP_PRINT_TASK_REDIS_ASKING_WANTED) {
        cmd->asking = NGX_HTTP_PRINT_TASK_REDIS_ASKING_SENT;
    }

    cmd->sent = 1;
    cmd->sent_at = ngx_current_msec;

    ngx_queue_insert_tail(&redis->sent, &cmd->queue);
    ngx_http_print_task_redis_add_ops(redis,
                                      ngx_http_print_task_redis_is_op(cmd));

    if (cmd->kind != NGX_HTTP_PRINT_TASK_REDIS_CMD_INTERNAL) {
        redis->pending_replies++;
    }

    ngx_post_event(&redis->flush, &ngx_posted_events);

    if (!redis->timer.timer_set) {
        ngx_add_timer(&redis->timer, redis->conf->stall_timeout);
    }

    return NGX_OK;
}


/*
 * The buffer doubles, so that many commands in one iteration cost few copies.
 * It has no limit of its own: print_task_queue limits the commands.
 */

static ngx_int_t
ngx_http_print_task_redis_append(ngx_http_print_task_redis_t *redis,
    ngx_http_print_task_redis_cmd_t *cmd)
{
    size_t   used, size, need;
    u_char  *p;

    static const char  asking[] = "*1\r\n$6\r\nASKING\r\n";

    need = ngx_http_print_task_redis_command_size(cmd)
           + (cmd->asking ? sizeof(asking) - 1 : 0);

    if ((size_t) (redis->end - redis->last) < need) {

        used = redis->last - redis->pos;

        size = ngx_max(2 * (used + need), NGX_HTTP_PRINT_TASK_REDIS_BUFFER);

        p = ngx_alloc(size, ngx_cycle->log);
        if (p == NULL) {
            return NGX_ERROR;
        }

        if (redis->start) {
            ngx_memcpy(p, redis->pos, used);
            ngx_free(redis->start);
        }

        redis->start = p;
        redis->pos = p;
        redis->last = p + used;
        redis->end = p + size;
    }

    if (cmd->asking) {
        redis->last = ngx_cpymem(redis->last, asking, sizeof(asking) - 1);
    }

    redis->last = ngx_http_print_task_redis_command(redis->last, cmd);

    return NGX_OK;
}


void
ngx_http_print_task_redis_io_flush(ngx_event_t *ev)
{
    ssize_t                       n;
    ngx_connection_t             *c;
    ngx_http_print_task_redis_t  *redis;

    redis = ev->data;
    c = redis->connection;

    while (redis->pos < redis->last && c->write->ready) {

        n = c->send(c, redis->pos, redis->last - redis->pos);

        if (n == NGX_ERROR) {
            ngx_http_print_task_redis_broken(redis, ngx_socket_errno,
                                             "send() failed");
            return;
        }

        if (n > 0) {
            redis->pos += n;
        }
    }

    if (redis->pos == redis->last) {
        redis->pos = redis->start;
        redis->last = redis->start;

        if (redis->end - redis->start > NGX_HTTP_PRINT_TASK_REDIS_BUFFER) {
            ngx_http_print_task_redis_free_buffer(redis);
        }
    }

    if (ngx_handle_write_event(c->write, 0) != NGX_OK) {
        ngx_http_print_task_redis_fail(redis, 0, "no event");
    }
}


static void
ngx_http_print_task_redis_free_buffer(ngx_http_print_task_redis_t *redis)
{
    if (redis->start) {
        ngx_free(redis->start);
    }

    redis->start = NULL;
    redis->pos = NULL;
    redis->last = NULL;
    redis->end = NULL;
}


static void
ngx_http_print_task_redis_write_handler(ngx_event_t *wev)
{
    ngx_connection_t             *c;
    ngx_http_print_task_redis_t  *redis;

    c = wev->data;
    redis = c->data;

    ngx_http_print_task_redis_io_flush(&redis->flush);
}


static void
ngx_http_print_task_redis_read_handler(ngx_event_t *rev)
{
    ssize_t                       n;
    ngx_connection_t             *c;
    ngx_http_print_task_redis_t  *redis;
    u_char                        buf[NGX_HTTP_PRINT_TASK_REDIS_READ];

    c = rev->data;
    redis = c->data;

    if (c->close && !ngx_http_print_task_redis_has_pending(redis)) {
        ngx_http_print_task_redis_close_idle(redis);
        return;
    }

    do {
        n = c->recv(c, buf, NGX_HTTP_PRINT_TASK_REDIS_READ);

        if (n == NGX_AGAIN) {
            break;
        }

        if (n == NGX_ERROR || n == 0) {
            ngx_http_print_task_redis_closed(redis,
                                             n ? ngx_socket_errno : 0);
            return;
        }

        if (ngx_http_print_task_redis_feed(redis, buf, n) != NGX_OK) {
            return;
        }

    } while (rev->ready);

    if (ngx_handle_read_event(rev, 0) != NGX_OK) {
        ngx_http_print_task_redis_fail(redis, 0, "no read event");
        return;
    }

    ngx_http_print_task_redis_update_cancelable(redis);
}


/* servers close idle connections, so this is not a failure */

static void
ngx_http_print_task_redis_closed(ngx_http_print_task_redis_t *redis,
    ngx_err_t err)
{
    if (redis->state == NGX_HTTP_PRINT_TASK_REDIS_READY
        && !ngx_http_print_task_redis_has_pending(redis))
    {
        /* the server may have died, too */
        ngx_http_print_task_redis_set_lost(redis);
        ngx_http_print_task_redis_close_idle(redis);
        return;
    }

    ngx_http_print_task_redis_broken(redis, err, "it closed the connection");
}


/* with TLS, errno may be unrelated */

static void
ngx_http_print_task_redis_broken(ngx_http_print_task_redis_t *redis,
    ngx_err_t err, const char *why)
{
    if (redis->connection->ssl) {
        err = 0;
        why = ngx_http_print_task_redis_tls_error(redis, why);
    }

    ngx_http_print_task_redis_fail(redis, err, why);
}


/* NGX_ERROR: the connection was closed, and there may be a new one already */

static ngx_int_t
ngx_http_print_task_redis_feed(ngx_http_print_task_redis_t *redis,
    u_char *buf, size_t len)
{
    void               *reply;
    ngx_atomic_uint_t   number;

    number = redis->connection->number;

    redis->unfinished += len;

    if (redisReaderFeed(redis->reader, (const char *) buf, len) != REDIS_OK) {
        ngx_http_print_task_redis_fail(redis, 0, "no memory");
        return NGX_ERROR;
    }

    for ( ;; ) {

        if (redisReaderGetReply(redis->reader, &reply) != REDIS_OK) {
            ngx_http_print_task_redis_fail(redis, 0, "invalid reply");
            return NGX_ERROR;
        }

        if (reply == NULL) {
            break;
        }

        redis->unfinished = 0;

        ngx_http_print_task_redis_answer(redis, reply);

        freeReplyObject(reply);

        if (!ngx_http_print_task_redis_same(redis, number)) {
            return NGX_ERROR;
        }
    }

    if (redis->unfinished > NGX_HTTP_PRINT_TASK_REDIS_REPLY_MAX) {
        ngx_http_print_task_redis_fail(redis, 0, "too long reply");
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* a new connection may have the address of the closed one */

static ngx_uint_t
ngx_http_print_task_redis_same(ngx_http_print_task_redis_t *redis,
    ngx_atomic_uint_t number)
{
    return redis->connection != NULL && redis->connection->number == number;
}
