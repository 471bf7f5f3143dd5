
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "http/feed.h"

#include <ngx_event.h>

#include "core/pt_etag.h"
#include "core/pt_event.h"
#include "core/pt_str_list.h"
#include "status/count.h"


#define NGX_HTTP_PRINT_TASK_FEED_POOL   4096
#define NGX_HTTP_PRINT_TASK_FEED_RETRY  1000     /* ms */


typedef struct ngx_http_print_task_feed_s  ngx_http_print_task_feed_t;


struct ngx_http_print_task_feed_s {
    ngx_http_print_task_store_t   *store;
    void                          *unused[2];
    ngx_socket_t                   ident;        /* -1: debug logs of events
                                                    print the fd of a
                                                    connection */
    ngx_str_node_t                 node;
    ngx_http_print_task_watch_t    watch;
    ngx_uint_t                     keep;         /* of the stream */
    ngx_str_t                      definition;
    ngx_queue_t                    cursors;
    ngx_event_t                    grown;        /* posted */
    ngx_event_t                    retry;        /* a cursor has failed */
    unsigned                       used:1;       /* on the stack: not freed */
    u_char                         after[PT_SSE_POSITION_MAX];
    u_char                         text[1];      /* name, definition */
};


/* readers at one position */

struct ngx_http_print_task_cursor_s {
    ngx_queue_t                    queue;        /* of the feed */
    ngx_http_print_task_feed_t    *feed;
    ngx_queue_t                    readers;
    ngx_str_t                      position;
    u_char                         text[PT_SSE_POSITION_MAX];

    ngx_pool_t                    *pool;         /* of the operation */
    ngx_http_print_task_op_t       op;
    ngx_event_t                    more;         /* posted: it goes on */

    unsigned                       reading:1;    /* the operation is pending */
    unsigned                       again:1;      /* the stream has grown since
                                                    that began */
    unsigned                       failed:1;     /* the store did not answer */
    unsigned                       used:1;       /* on the stack: not freed */
};


_Static_assert(offsetof(ngx_http_print_task_feed_t, ident)
               == offsetof(ngx_connection_t, fd),
               "the identity of an event is where a connection has its fd");


static ngx_http_print_task_feed_t *ngx_http_print_task_feed_get(
    ngx_http_print_task_store_t *store, const ngx_str_t *stream,
    const ngx_str_t *definition, const ngx_str_t *position);
static void ngx_http_print_task_feed_watch_handler(
    ngx_http_print_task_watch_t *watch);
static void ngx_http_print_task_feed_grown_handler(ngx_event_t *ev);
static void ngx_http_print_task_feed_retry_handler(ngx_event_t *ev);
static void ngx_http_print_task_feed_read(ngx_http_print_task_feed_t *feed,
    ngx_uint_t all);
static void ngx_http_print_task_feed_free(ngx_http_print_task_feed_t *feed);

static ngx_http_print_task_cursor_t *ngx_http_print_task_cursor_at(
    ngx_http_print_task_feed_t *feed, const ngx_str_t *position,
    const ngx_http_print_task_cursor_t *other);
static ngx_http_print_task_cursor_t *ngx_http_print_task_cursor_create(
    ngx_http_print_task_feed_t *feed, const ngx_str_t *position);
static void ngx_http_print_task_cursor_set(ngx_str_t *position, u_char *text,
    const ngx_str_t *to);
static void ngx_http_print_task_cursor_more_handler(ngx_event_t *ev);
static void ngx_http_print_task_cursor_read(
    ngx_http_print_task_cursor_t *cursor);
static void ngx_http_print_task_cursor_done(ngx_http_print_task_op_t *op);
static void ngx_http_print_task_cursor_failed(
    ngx_http_print_task_cursor_t *cursor);
static void ngx_http_print_task_cursor_deliver(
    ngx_http_print_task_cursor_t *cursor);
static void ngx_http_print_task_cursor_end(
    ngx_http_print_task_cursor_t *cursor);
static void ngx_http_print_task_cursor_merge(
    ngx_http_print_task_cursor_t *cursor);
static void ngx_http_print_task_cursor_free(
    ngx_http_print_task_cursor_t *cursor);
static size_t ngx_http_print_task_portion_event(
    const ngx_http_print_task_portion_t *portion,
    const pt_event_t *event, ngx_uint_t owners, u_char *dst);


static ngx_rbtree_t       ngx_http_print_task_feeds;
static ngx_rbtree_node_t  ngx_http_print_task_feeds_sentinel;


void
ngx_http_print_task_feed_init(void)
{
    ngx_rbtree_init(&ngx_http_print_task_feeds,
                    &ngx_http_print_task_feeds_sentinel,
                    ngx_str_rbtree_insert_value);
}


void
ngx_http_print_task_feed_set_position(ngx_http_print_task_reader_t *reader,
    const ngx_str_t *position)
{
    ngx_http_print_task_cursor_set(&reader->position, reader->text, position);
}


ngx_int_t
ngx_http_print_task_feed_add(ngx_http_print_task_store_t *store,
    const ngx_str_t *stream, ngx_uint_t keep, const ngx_str_t *definition,
    ngx_http_print_task_reader_t *reader)
{
    ngx_http_print_task_feed_t    *feed;
    ngx_http_print_task_cursor_t  *cursor;

    feed = ngx_http_print_task_feed_get(store, stream, definition,
                                        &reader->position);
    if (feed == NULL) {
        return NGX_ERROR;
    }

    feed->keep = keep;

    cursor = ngx_http_print_task_cursor_at(feed, &reader->position, NULL);

    if (cursor == NULL) {
        cursor = ngx_http_print_task_cursor_create(feed, &reader->position);

        if (cursor == NULL) {
            ngx_http_print_task_feed_free(feed);
            return NGX_ERROR;
        }

        /* what was appended before; cursors that read together meet */

        ngx_post_event(&feed->grown, &ngx_posted_events);
    }

    ngx_queue_insert_tail(&cursor->readers, &reader->queue);
    reader->cursor = cursor;
    reader->paused = 0;

    return NGX_OK;
}


void
ngx_http_print_task_feed_remove(ngx_http_print_task_reader_t *reader)
{
    ngx_http_print_task_cursor_t  *cursor;

    cursor = reader->cursor;

    if (cursor == NULL) {
        return;
    }

    reader->cursor = NULL;
    ngx_queue_remove(&reader->queue);

    ngx_http_print_task_cursor_end(cursor);
}


/* the stream of another store may have the same name */

static ngx_http_print_task_feed_t *
ngx_http_print_task_feed_get(ngx_http_print_task_store_t *store,
    const ngx_str_t *stream, const ngx_str_t *definition,
    const ngx_str_t *position)
{
    size_t                       len;
    uint32_t                     hash;
    u_char                      *p;
    ngx_str_t                    name;
    ngx_http_print_task_feed_t  *feed;

    len = sizeof(void *) + stream->len + definition->len;

    feed = ngx_alloc(sizeof(ngx_http_print_task_feed_t) + len, ngx_cycle->log);
    if (feed == NULL) {
        return NULL;
    }

    p = ngx_cpymem(feed->text, &store, sizeof(void *));
    p = ngx_cpymem(p, stream->data, stream->len);

    name.data = feed->text;
    name.len = p - feed->text;

    hash = ngx_crc32_long(name.data, name.len);

    p = (u_char *) ngx_str_rbtree_lookup(&ngx_http_print_task_feeds, &name,
                                         hash);

    if (p != NULL) {
        ngx_free(feed);

        return (ngx_http_print_task_feed_t *)
               (p - offsetof(ngx_http_print_task_feed_t, node));
    }

    ngx_memzero(feed, offsetof(ngx_http_print_task_feed_t, text));

    feed->store = store;
    feed->ident = (ngx_socket_t) -1;
    feed->node.node.key = hash;
    feed->node.str = name;

    feed->definition.data = name.data + name.len;
    feed->definition.len = definition->len;
    ngx_memcpy(feed->definition.data, definition->data, definition->len);

    ngx_queue_init(&feed->cursors);

    feed->grown.handler = ngx_http_print_task_feed_grown_handler;
    feed->grown.data = feed;
    feed->grown.log = ngx_cycle->log;

    feed->retry.handler = ngx_http_print_task_feed_retry_handler;
    feed->retry.data = feed;
    feed->retry.log = ngx_cycle->log;
    feed->retry.cancelable = 1;

    feed->watch.stream.data = name.data + sizeof(void *);
    feed->watch.stream.len = stream->len;
    feed->watch.handler = ngx_http_print_task_feed_watch_handler;
    feed->watch.data = feed;

    ngx_http_print_task_cursor_set(&feed->watch.after, feed->after, position);

    ngx_rbtree_insert(&ngx_http_print_task_feeds, &feed->node.node);

    store->watch(store, &feed->watch);

    return feed;
}


static void
ngx_http_print_task_feed_watch_handler(ngx_http_print_task_watch_t *watch)
{
    ngx_http_print_task_feed_t  *feed;

    feed = watch->data;

    ngx_post_event(&feed->grown, &ngx_posted_events);
}


static void
ngx_http_print_task_feed_grown_handler(ngx_event_t *ev)
{
    ngx_http_print_task_feed_read(ev->data, 1);
}


static void
ngx_http_print_task_feed_retry_handler(ngx_event_t *ev)
{
    ngx_http_print_task_feed_read(ev->data, 0);
}


static void
ngx_http_print_task_feed_read(ngx_http_print_task_feed_t *feed, ngx_uint_t all)
{
    ngx_queue_t                   *q;
    ngx_http_print_task_cursor_t  *cursor;

    for (q = ngx_queue_head(&feed->cursors);
         q != ngx_queue_sentinel(&feed->cursors);
         q = ngx_queue_next(q))
    {
        cursor = ngx_queue_data(q, ngx_http_print_task_cursor_t, queue);

        if (cursor->reading) {
            cursor->again |= all;
            continue;
        }

        /* what it leads to may free cursors: one after the other */

        if (all || cursor->failed) {
            ngx_post_event(&cursor->more, &ngx_posted_events);
        }
    }
}


static void
ngx_http_print_task_feed_free(ngx_http_print_task_feed_t *feed)
{
    if (!ngx_queue_empty(&feed->cursors)) {
        return;
    }

    feed->store->unwatch(feed->store, &feed->watch);

    if (feed->grown.posted) {
        ngx_delete_posted_event(&feed->grown);
    }

    if (feed->retry.timer_set) {
        ngx_del_timer(&feed->retry);
    }

    ngx_rbtree_delete(&ngx_http_print_task_feeds, &feed->node.node);

    ngx_free(feed);
}


/* another one than that */

static ngx_http_print_task_cursor_t *
ngx_http_print_task_cursor_at(ngx_http_print_task_feed_t *feed,
    const ngx_str_t *position, const ngx_http_print_task_cursor_t *other)
{
    ngx_queue_t                   *q;
    ngx_http_print_task_cursor_t  *cursor;

    for (q = ngx_queue_head(&feed->cursors);
         q != ngx_queue_sentinel(&feed->cursors);
         q = ngx_queue_next(q))
    {
        cursor = ngx_queue_data(q, ngx_http_print_task_cursor_t, queue);

        if (cursor != other && pt_str_equal(&cursor->position, position)) {
            return cursor;
        }
    }

    return NULL;
}


static ngx_http_print_task_cursor_t *
ngx_http_print_task_cursor_create(ngx_http_print_task_feed_t *feed,
    const ngx_str_t *position)
{
    ngx_http_print_task_cursor_t  *cursor;

    cursor = ngx_calloc(sizeof(ngx_http_print_task_cursor_t), ngx_cycle->log);
    if (cursor == NULL) {
        return NULL;
    }

    cursor->feed = feed;
    ngx_queue_init(&cursor->readers);
    ngx_http_print_task_cursor_set(&cursor->position, cursor->text, position);

    cursor->more.handler = ngx_http_print_task_cursor_more_handler;
    cursor->more.data = cursor;
    cursor->more.log = ngx_cycle->log;

    ngx_queue_insert_tail(&feed->cursors, &cursor->queue);

    return cursor;
}


static void
ngx_http_print_task_cursor_set(ngx_str_t *position, u_char *text,
    const ngx_str_t *to)
{
    position->data = text;
    position->len = ngx_min(to->len, PT_SSE_POSITION_MAX);

    ngx_memmove(text, to->data, position->len);
}


static void
ngx_http_print_task_cursor_more_handler(ngx_event_t *ev)
{
    ngx_http_print_task_cursor_read(ev->data);
}


static void
ngx_http_print_task_cursor_read(ngx_http_print_task_cursor_t *cursor)
{
    ngx_int_t                     rc;
    ngx_http_print_task_op_t     *op;
    ngx_http_print_task_store_t  *store;

    if (cursor->reading) {
        return;
    }

    cursor->failed = 0;
    cursor->again = 0;

    cursor->pool = ngx_create_pool(NGX_HTTP_PRINT_TASK_FEED_POOL,
                                   ngx_cycle->log);
    if (cursor->pool == NULL) {
        ngx_http_print_task_cursor_failed(cursor);
        return;
    }

    op = &cursor->op;
    store = cursor->feed->store;

    ngx_memzero(op, sizeof(ngx_http_print_task_op_t));

    op->type = PT_OPERATION_EVENTS;
    op->stream = cursor->feed->watch.stream;
    op->keep = cursor->feed->keep;
    op->after = cursor->position;
    op->max = NGX_HTTP_PRINT_TASK_EVENTS_MAX;
    op->pool = cursor->pool;
    op->log = ngx_cycle->log;
    op->done = ngx_http_print_task_cursor_done;
    op->data = cursor;

    cursor->reading = 1;

    rc = store->start(store, op);

    if (rc == NGX_OK) {
        ngx_http_print_task_cursor_done(op);
    }
}


static void
ngx_http_print_task_cursor_done(ngx_http_print_task_op_t *op)
{
    ngx_uint_t                     more, moved;
    ngx_http_print_task_feed_t    *feed;
    ngx_http_print_task_cursor_t  *cursor;

    cursor = op->data;
    feed = cursor->feed;

    ngx_http_print_task_count(operations[feed->store->number][op->type]
                                        [op->result]);

    cursor->reading = 0;
    cursor->used = 1;

    more = 0;

    if (op->result == PT_RESULT_SEEN) {
        moved = !pt_str_equal(&cursor->position, &op->next);

        ngx_http_print_task_cursor_set(&cursor->position, cursor->text,
                                       &op->next);

        more = op->more;

        if (!more) {
            ngx_http_print_task_cursor_set(&feed->watch.after, feed->after,
                                           &op->next);
        }

        if (moved || op->missed || op->nevents) {
            ngx_http_print_task_cursor_deliver(cursor);
        }

    } else {
        ngx_http_print_task_cursor_failed(cursor);
    }

    ngx_destroy_pool(cursor->pool);
    cursor->pool = NULL;

    cursor->used = 0;

    if (more || cursor->again) {
        /* others have their turn before */
        ngx_post_event(&cursor->more, &ngx_posted_next_events);
    }

    ngx_http_print_task_cursor_merge(cursor);
}


/* the listeners stay, and go on when the store answers */

static void
ngx_http_print_task_cursor_failed(ngx_http_print_task_cursor_t *cursor)
{
    ngx_http_print_task_feed_t  *feed;

    feed = cursor->feed;

    cursor->failed = 1;

    ngx_http_print_task_count(events[PT_EVENTS_FAILED]);

    if (!feed->retry.timer_set) {
        ngx_add_timer(&feed->retry, NGX_HTTP_PRINT_TASK_FEED_RETRY);
    }
}


/* the end of a request may be that of others: each is taken off before */

static void
ngx_http_print_task_cursor_deliver(ngx_http_print_task_cursor_t *cursor)
{
    ngx_int_t                       rc;
    ngx_uint_t                      i;
    ngx_queue_t                     readers, *q;
    ngx_http_print_task_portion_t   portion;
    ngx_http_print_task_reader_t   *reader;

    ngx_memzero(&portion, sizeof(ngx_http_print_task_portion_t));

    portion.op = &cursor->op;
    portion.definition = &cursor->feed->definition;

    ngx_queue_init(&readers);

    if (!ngx_queue_empty(&cursor->readers)) {
        ngx_queue_add(&readers, &cursor->readers);
        ngx_queue_init(&cursor->readers);
    }

    while (!ngx_queue_empty(&readers)) {
        q = ngx_queue_head(&readers);
        ngx_queue_remove(q);

        reader = ngx_queue_data(q, ngx_http_print_task_reader_t, queue);
        reader->cursor = NULL;

        if (reader->paused) {
            continue;
        }

        ngx_http_print_task_feed_set_position(reader, &cursor->op.next);

        rc = reader->take(reader, &portion);

        if (rc == NGX_OK) {
            reader->cursor = cursor;
            ngx_queue_insert_tail(&cursor->readers, &reader->queue);

        } else if (rc == NGX_AGAIN) {
            reader->paused = 1;
        }
    }

    for (i = 0; i < 2; i++) {
        if (portion.messages[i]) {
            ngx_http_print_task_release_messages(portion.messages[i]);
        }
    }
}


/* it may have lost its last reader */

static void
ngx_http_print_task_cursor_end(ngx_http_print_task_cursor_t *cursor)
{
    ngx_http_print_task_feed_t  *feed;

    if (cursor->used || !ngx_queue_empty(&cursor->readers)) {
        return;
    }

    feed = cursor->feed;

    ngx_http_print_task_cursor_free(cursor);
    ngx_http_print_task_feed_free(feed);
}


/* with another one at the same position, rather into one that reads already */

static void
ngx_http_print_task_cursor_merge(ngx_http_print_task_cursor_t *cursor)
{
    ngx_queue_t                   *q;
    ngx_http_print_task_reader_t  *reader;
    ngx_http_print_task_cursor_t  *other;

    other = ngx_http_print_task_cursor_at(cursor->feed, &cursor->position,
                                          cursor);

    if (other != NULL) {

        while (!ngx_queue_empty(&cursor->readers)) {
            q = ngx_queue_head(&cursor->readers);
            ngx_queue_remove(q);

            reader = ngx_queue_data(q, ngx_http_print_task_reader_t, queue);

            reader->cursor = other;
            ngx_queue_insert_tail(&other->readers, &reader->queue);
        }

        if (cursor->more.posted && !other->reading) {
            ngx_post_event(&other->more, &ngx_posted_next_events);
        }
    }

    ngx_http_print_task_cursor_end(cursor);
}


static void
ngx_http_print_task_cursor_free(ngx_http_print_task_cursor_t *cursor)
{
    ngx_http_print_task_store_t  *store;

    store = cursor->feed->store;

    if (cursor->reading) {
        store->cancel(store, &cursor->op);
        ngx_destroy_pool(cursor->pool);
    }

    if (cursor->more.posted) {
        ngx_delete_posted_event(&cursor->more);
    }

    ngx_queue_remove(&cursor->queue);

    ngx_free(cursor);
}


ngx_http_print_task_messages_t *
ngx_http_print_task_portion_messages(ngx_http_print_task_portion_t *portion,
    ngx_uint_t owners, const size_t **ends)
{
    size_t                           size;
    u_char                          *p;
    ngx_uint_t                       i;
    const ngx_http_print_task_op_t  *op;
    ngx_http_print_task_messages_t  *messages;

    if (portion->messages[owners] != NULL) {
        *ends = portion->ends[owners];
        return portion->messages[owners];
    }

    op = portion->op;
    size = 0;

    for (i = 0; i < op->nevents; i++) {
        size += ngx_http_print_task_portion_event(portion, &op->events[i],
                                                  owners, NULL);
    }

    portion->ends[owners] = ngx_palloc(op->pool, op->nevents * sizeof(size_t));
    messages = ngx_alloc(sizeof(ngx_http_print_task_messages_t) + size,
                         ngx_cycle->log);

    if (portion->ends[owners] == NULL || messages == NULL) {

        if (messages) {
            ngx_free(messages);
        }

        return NULL;
    }

    messages->holders = 1;
    messages->data = (u_char *) messages
                     + sizeof(ngx_http_print_task_messages_t);

    p = messages->data;

    for (i = 0; i < op->nevents; i++) {
        p += ngx_http_print_task_portion_event(portion, &op->events[i], owners,
                                               p);
        portion->ends[owners][i] = p - messages->data;
    }

    portion->messages[owners] = messages;
    *ends = portion->ends[owners];

    return messages;
}


void
ngx_http_print_task_release_messages(ngx_http_print_task_messages_t *messages)
{
    if (--messages->holders == 0) {
        ngx_free(messages);
    }
}


/* the number of bytes; dst == NULL: at most that many */

static size_t
ngx_http_print_task_portion_event(const ngx_http_print_task_portion_t *portion,
    const pt_event_t *event, ngx_uint_t owners, u_char *dst)
{
    u_char          tag[PT_ETAG_MAX];
    pt_sse_event_t  sse;

    sse.position = event->position;
    sse.type = pt_event_names[event->type];
    sse.definition = *portion->definition;
    sse.id = event->id;
    sse.time = event->time;

    sse.owned.task = event->task;
    sse.owned.etag.data = tag;
    sse.owned.etag.len = pt_etag_write(tag, event->rev) - tag;

    ngx_str_null(&sse.owned.app);

    if (owners) {
        sse.owned.app = event->app;
    }

    return dst ? (size_t) (pt_sse_event_write(dst, &sse) - dst)
               : pt_sse_event_size(&sse);
}
