
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * A listener: a request that is answered with the events of a stream until it
 * ends.  It takes nothing from its feed while it has bytes that the client has
 * not got, so what it keeps is bounded; then it goes on where it was.
 */


#include "http/listen.h"

#include "core/pt_accept.h"
#include "core/pt_sse.h"
#include "core/pt_str_list.h"
#include "store/store.h"
#include "conf/conf.h"
#include "status/count.h"
#include "token/bearer.h"
#include "http/feed.h"
#include "http/headers.h"


/* ms */
#define NGX_HTTP_PRINT_TASK_LISTEN_BEAT    15000
#define NGX_HTTP_PRINT_TASK_LISTEN_RETRY   2000

#define NGX_HTTP_PRINT_TASK_LISTEN_POOL    1024
#define NGX_HTTP_PRINT_TASK_LISTEN_LINES   (2 * PT_SSE_LINE_MAX)


struct ngx_http_print_task_listener_s {
    ngx_http_request_t              *request;
    ngx_http_print_task_ctx_t       *ctx;
    ngx_http_print_task_messages_t  *messages;   /* that are on their way */
    ngx_socket_t                     ident;      /* -1: debug logs of events
                                                    print the fd of a
                                                    connection */
    ngx_queue_t                      queue;      /* of all of this worker */
    ngx_event_t                      timer;
    ngx_http_print_task_reader_t     reader;
    ngx_pool_t                      *pool;       /* of the operation that finds
                                                    the position; NULL: done */
    ngx_chain_t                     *free;
    ngx_chain_t                     *busy;
    unsigned                         moved:1;    /* the client does not know
                                                    the position */
    u_char                           lines[NGX_HTTP_PRINT_TASK_LISTEN_LINES];
};


_Static_assert(offsetof(ngx_http_print_task_listener_t, ident)
               == offsetof(ngx_connection_t, fd),
               "the identity of an event is where a connection has its fd");


static ngx_http_print_task_listener_t *ngx_http_print_task_listener_create(
    ngx_http_request_t *r, ngx_http_print_task_ctx_t *ctx);
static void ngx_http_print_task_listener_cleanup(void *data);
static ngx_int_t ngx_http_print_task_listener_header(ngx_http_request_t *r);
static ngx_int_t ngx_http_print_task_listener_begin(
    ngx_http_print_task_listener_t *l);
static ngx_int_t ngx_http_print_task_listener_resume(
    ngx_http_print_task_listener_t *l);
static ngx_int_t ngx_http_print_task_listener_take(
    ngx_http_print_task_reader_t *reader,
    ngx_http_print_task_portion_t *portion);
static ngx_int_t ngx_http_print_task_listener_events(
    ngx_http_print_task_listener_t *l, ngx_http_print_task_portion_t *portion,
    ngx_chain_t ***last);
static ngx_uint_t ngx_http_print_task_listener_sees(
    const ngx_http_print_task_listener_t *l, const ngx_str_t *app);
static ngx_chain_t **ngx_http_print_task_listener_add(
    ngx_http_print_task_listener_t *l, ngx_chain_t **last, u_char *start,
    u_char *end);
static ngx_int_t ngx_http_print_task_listener_lines(
    ngx_http_print_task_listener_t *l, u_char *end);
static ngx_int_t ngx_http_print_task_listener_output(
    ngx_http_print_task_listener_t *l, ngx_chain_t *out);
static void ngx_http_print_task_listener_write_handler(ngx_http_request_t *r);
static void ngx_http_print_task_listener_timer_handler(ngx_event_t *ev);
static ngx_uint_t ngx_http_print_task_listener_is_over(
    ngx_http_print_task_listener_t *l);
static ngx_int_t ngx_http_print_task_listener_beat(
    ngx_http_print_task_listener_t *l);
static void ngx_http_print_task_listener_set_timer(
    ngx_http_print_task_listener_t *l);
static ngx_msec_int_t ngx_http_print_task_listener_left(
    const ngx_http_print_task_listener_t *l);
static void ngx_http_print_task_listener_end(
    ngx_http_print_task_listener_t *l, const char *why, ngx_uint_t retry);
static void ngx_http_print_task_listener_quit(
    ngx_http_print_task_listener_t *l);
static void ngx_http_print_task_listener_finalize(
    ngx_http_print_task_listener_t *l, ngx_int_t rc);


static const ngx_str_t  ngx_http_print_task_accept = ngx_string("accept");
static const ngx_str_t  ngx_http_print_task_last_id =
    ngx_string("last-event-id");
static const ngx_str_t  ngx_http_print_task_no_store = ngx_string("no-store");
static const ngx_str_t  ngx_http_print_task_no_buffering = ngx_string("no");


static const ngx_str_t  ngx_http_print_task_list_offers[] = {
    ngx_string("application/json"),
    ngx_string("text/event-stream")
};


static ngx_queue_t  ngx_http_print_task_listeners;
static ngx_uint_t   ngx_http_print_task_nlisteners;


void
ngx_http_print_task_listen_init(void)
{
    ngx_queue_init(&ngx_http_print_task_listeners);
    ngx_http_print_task_feed_init();
}


/* who accepts anything gets the list */

ngx_uint_t
ngx_http_print_task_wants_events(ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx)
{
    const ngx_str_t  *offers;
    ngx_table_elt_t  *accept;

    if (ctx->conf->events_keep == 0
        || ctx->conf->dry_run
        || ctx->route.definition.len == 0
        || !(r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD)))
    {
        return 0;
    }

    accept = ngx_http_print_task_find_header(&r->headers_in.headers,
                                             &ngx_http_print_task_accept);
    if (accept == NULL) {
        return 0;
    }

    offers = ngx_http_print_task_list_offers;

    return pt_accept_best(&accept->value, offers, 2) == 1
           && ngx_strlcasestrn(accept->value.data,
                               accept->value.data + accept->value.len,
                               offers[1].data, offers[1].len - 1)
              != NULL;
}


/*
 * The store says whether events after the position of the client were cut off;
 * a text that is no position is one that the store does not know.
 */

pt_reason_e
ngx_http_print_task_read_listen(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ngx_table_elt_t                 *h;
    ngx_http_print_task_op_t        *op;
    ngx_http_print_task_listener_t  *l;

    /* a stream does not outlive its token, whatever the leeway */

    if (ctx->token.claims.exp && ctx->token.claims.exp <= ngx_time()) {
        return PT_TOKEN_EXPIRED;
    }

    if (ngx_http_print_task_nlisteners >= ctx->conf->events_listeners) {
        return PT_QUEUE_FULL;
    }

    l = ngx_http_print_task_listener_create(r, ctx);
    if (l == NULL) {
        return PT_INTERNAL;
    }

    op = &ctx->op;

    op->type = PT_OPERATION_EVENTS;
    op->pool = l->pool;
    op->max = 1;

    h = ngx_http_print_task_find_header(&r->headers_in.headers,
                                        &ngx_http_print_task_last_id);

    if (h != NULL && h->value.len) {
        op->after = h->value;

        if (!pt_sse_is_position(&op->after)) {
            ngx_str_set(&op->after, "-");
        }
    }

    return PT_OK;
}


ngx_int_t
ngx_http_print_task_listen(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ngx_int_t                        rc;
    ngx_http_print_task_listener_t  *l;

    l = ctx->listener;

    /* at the position that the client knows, or at the present one */

    ngx_http_print_task_feed_set_position(&l->reader,
                                          (ctx->op.missed
                                           || ctx->op.after.data == NULL)
                                          ? &ctx->op.next : &ctx->op.after);

    ngx_destroy_pool(l->pool);
    l->pool = NULL;

    rc = ngx_http_discard_request_body(r);

    if (rc == NGX_OK) {
        rc = ngx_http_print_task_listener_header(r);
    }

    if (rc == NGX_OK && !r->header_only) {
        rc = ngx_http_print_task_listener_begin(l);

        if (rc == NGX_OK) {

            /* those that began before have ended already */

            if (ngx_exiting) {
                ngx_http_print_task_listener_quit(l);
            }

            return NGX_DONE;
        }
    }

    ngx_http_finalize_request(r, rc);

    return NGX_DONE;
}


static ngx_http_print_task_listener_t *
ngx_http_print_task_listener_create(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ngx_pool_cleanup_t              *cln;
    ngx_http_print_task_listener_t  *l;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_print_task_listener_t));
    if (cln == NULL) {
        return NULL;
    }

    l = cln->data;

    ngx_memzero(l, sizeof(ngx_http_print_task_listener_t));

    l->request = r;
    l->ctx = ctx;
    l->ident = (ngx_socket_t) -1;

    l->timer.handler = ngx_http_print_task_listener_timer_handler;
    l->timer.data = l;
    l->timer.log = r->connection->log;
    l->timer.cancelable = 1;

    l->reader.take = ngx_http_print_task_listener_take;
    l->reader.data = l;

    ctx->listener = l;

    /* the memory of what is read is not to stay for as long as the listener */

    l->pool = ngx_create_pool(NGX_HTTP_PRINT_TASK_LISTEN_POOL,
                              r->connection->log);
    if (l->pool == NULL) {
        return NULL;
    }

    ngx_queue_init(&l->queue);

    ngx_http_print_task_nlisteners++;
    ngx_http_print_task_gauge(event_listeners, 1);

    cln->handler = ngx_http_print_task_listener_cleanup;

    return l;
}


static void
ngx_http_print_task_listener_cleanup(void *data)
{
    ngx_http_print_task_listener_t *l = data;

    ngx_queue_remove(&l->queue);
    ngx_http_print_task_nlisteners--;
    ngx_http_print_task_gauge(event_listeners, -1);

    ngx_http_print_task_feed_remove(&l->reader);

    if (l->timer.timer_set) {
        ngx_del_timer(&l->timer);
    }

    if (l->messages) {
        ngx_http_print_task_release_messages(l->messages);
    }

    if (l->pool) {
        ngx_destroy_pool(l->pool);
    }
}


/* nothing on the way is to keep, compress or collect what is sent */

static ngx_int_t
ngx_http_print_task_listener_header(ngx_http_request_t *r)
{
    ngx_int_t    rc;
    ngx_list_t  *headers;

    headers = &r->headers_out.headers;

    if (ngx_http_print_task_set_header(headers, "Cache-Control",
                                       &ngx_http_print_task_no_store)
        == NULL
        || ngx_http_print_task_set_header(headers, "X-Accel-Buffering",
                                          &ngx_http_print_task_no_buffering)
           == NULL)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->headers_out.status = NGX_HTTP_OK;

    ngx_str_set(&r->headers_out.content_type, "text/event-stream");
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;

    ngx_http_clear_content_length(r);

    r->disable_not_modified = 1;

#if (NGX_HTTP_GZIP)
    r->gzip_tested = 1;
    r->gzip_ok = 0;
#endif

    if (r->method == NGX_HTTP_HEAD) {
        r->header_only = 1;
    }

    rc = ngx_http_send_header(r);

    return (rc == NGX_AGAIN) ? NGX_OK : rc;
}


/* a client that is cut off before its first event has to have a position */

static ngx_int_t
ngx_http_print_task_listener_begin(ngx_http_print_task_listener_t *l)
{
    u_char                    *p;
    ngx_connection_t          *c;
    ngx_http_request_t        *r;
    ngx_http_core_loc_conf_t  *clcf;

    r = l->request;
    c = r->connection;
    c->log->action = "sending events of print tasks";

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (clcf->tcp_nodelay && ngx_tcp_nodelay(c) != NGX_OK) {
        return NGX_ERROR;
    }

    if (!r->discard_body) {
        r->read_event_handler = ngx_http_test_reading;
    }

    r->write_event_handler = ngx_http_print_task_listener_write_handler;

    ngx_queue_insert_tail(&ngx_http_print_task_listeners, &l->queue);

    p = pt_sse_retry_write(l->lines, NGX_HTTP_PRINT_TASK_LISTEN_RETRY);

    if (l->ctx->op.missed) {
        ngx_http_print_task_count(events[PT_EVENTS_MISSED]);
        p = pt_sse_missed_write(p, &l->reader.position);

    } else {
        p = pt_sse_position_write(p, &l->reader.position);
    }

    ngx_http_print_task_listener_set_timer(l);

    switch (ngx_http_print_task_listener_lines(l, p)) {

    case NGX_OK:
        return ngx_http_print_task_listener_resume(l);

    case NGX_AGAIN:
        l->reader.paused = 1;
        return NGX_OK;

    default: /* NGX_ERROR */
        return NGX_ERROR;
    }
}


/* the client has got all that was sent */

static ngx_int_t
ngx_http_print_task_listener_resume(ngx_http_print_task_listener_t *l)
{
    ngx_str_t  definition;
    u_char     id[PT_ID_MAX];

    if (l->reader.cursor != NULL) {
        l->reader.paused = 0;
        return NGX_OK;
    }

    definition.data = id;
    definition.len = pt_route_id_key(id, &l->ctx->route.definition) - id;

    return ngx_http_print_task_feed_add(l->ctx->conf->store,
                                        &l->ctx->op.stream, l->ctx->op.keep,
                                        &definition, &l->reader);
}


static ngx_int_t
ngx_http_print_task_listener_take(ngx_http_print_task_reader_t *reader,
    ngx_http_print_task_portion_t *portion)
{
    u_char                          *p;
    ngx_int_t                        rc;
    ngx_chain_t                     *out, **last;
    ngx_http_print_task_listener_t  *l;

    l = reader->data;

    ngx_http_set_log_request(l->request->connection->log, l->request);

    out = NULL;
    last = &out;
    l->moved = 1;

    if (portion->op->missed) {
        ngx_http_print_task_count(events[PT_EVENTS_MISSED]);

        p = pt_sse_missed_write(l->lines, &reader->position);
        last = ngx_http_print_task_listener_add(l, last, l->lines, p);
        l->moved = 0;
    }

    rc = (last == NULL) ? NGX_ERROR
         : ngx_http_print_task_listener_events(l, portion, &last);

    if (rc == NGX_OK && out != NULL) {
        rc = ngx_http_print_task_listener_output(l, out);
    }

    if (rc == NGX_ERROR) {
        ngx_http_print_task_listener_finalize(l, NGX_ERROR);
        return NGX_DONE;
    }

    return rc;
}


/* events that follow each other are in one buffer */

static ngx_int_t
ngx_http_print_task_listener_events(ngx_http_print_task_listener_t *l,
    ngx_http_print_task_portion_t *portion, ngx_chain_t ***last)
{
    u_char                          *start, *end;
    ngx_uint_t                       i, n;
    const size_t                    *ends;
    const ngx_http_print_task_op_t  *op;
    ngx_http_print_task_messages_t  *messages;

    op = portion->op;

    if (op->nevents == 0) {
        return NGX_OK;
    }

    messages = ngx_http_print_task_portion_messages(portion, l->ctx->admin,
                                                    &ends);
    if (messages == NULL) {
        return NGX_ERROR;
    }

    n = 0;
    start = NULL;

    for (i = 0; i <= op->nevents; i++) {

        if (i < op->nevents
            && ngx_http_print_task_listener_sees(l, &op->events[i].app))
        {
            if (start == NULL) {
                start = messages->data + (i ? ends[i - 1] : 0);
            }

            n++;
            l->moved = (i + 1 < op->nevents);
            continue;
        }

        if (start != NULL) {
            end = messages->data + ends[i - 1];
            *last = ngx_http_print_task_listener_add(l, *last, start, end);

            if (*last == NULL) {
                return NGX_ERROR;
            }

            start = NULL;
        }
    }

    if (n) {
        messages->holders++;
        l->messages = messages;

        ngx_http_print_task_add(
                      &ngx_http_print_task_metrics->events[PT_EVENTS_SENT], n);
    }

    return NGX_OK;
}


/* the events of tasks that it may read */

static ngx_uint_t
ngx_http_print_task_listener_sees(const ngx_http_print_task_listener_t *l,
    const ngx_str_t *app)
{
    return l->ctx->admin
           || app->data == NULL
           || pt_str_equal(app, &l->ctx->token.claims.app);
}


/* where the next one goes; NULL: no memory */

static ngx_chain_t **
ngx_http_print_task_listener_add(ngx_http_print_task_listener_t *l,
    ngx_chain_t **last, u_char *start, u_char *end)
{
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    cl = ngx_chain_get_free_buf(l->request->pool, &l->free);
    if (cl == NULL) {
        return NULL;
    }

    b = cl->buf;

    ngx_memzero(b, sizeof(ngx_buf_t));

    b->tag = (ngx_buf_tag_t) &ngx_http_print_task_module;
    b->memory = 1;
    b->flush = 1;
    b->start = start;
    b->pos = start;
    b->last = end;
    b->end = end;

    *last = cl;

    return &cl->next;
}


/* from l->lines */

static ngx_int_t
ngx_http_print_task_listener_lines(ngx_http_print_task_listener_t *l,
    u_char *end)
{
    ngx_chain_t  *out;

    if (ngx_http_print_task_listener_add(l, &out, l->lines, end) == NULL) {
        return NGX_ERROR;
    }

    return ngx_http_print_task_listener_output(l, out);
}


/* NGX_AGAIN: the client has not got all of it */

static ngx_int_t
ngx_http_print_task_listener_output(ngx_http_print_task_listener_t *l,
    ngx_chain_t *out)
{
    ngx_event_t               *wev;
    ngx_http_request_t        *r;
    ngx_http_core_loc_conf_t  *clcf;

    r = l->request;
    wev = r->connection->write;

    if (ngx_http_output_filter(r, out) == NGX_ERROR) {
        return NGX_ERROR;
    }

    ngx_chain_update_chains(r->pool, &l->free, &l->busy, &out,
                            (ngx_buf_tag_t) &ngx_http_print_task_module);

    if (l->busy != NULL || r->buffered || r->connection->buffered) {
        clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

        if (!wev->delayed) {
            ngx_add_timer(wev, clcf->send_timeout);
        }

        return (ngx_handle_write_event(wev, clcf->send_lowat) == NGX_OK)
               ? NGX_AGAIN : NGX_ERROR;
    }

    if (wev->timer_set && !wev->delayed) {
        ngx_del_timer(wev);
    }

    if (l->messages) {
        ngx_http_print_task_release_messages(l->messages);
        l->messages = NULL;
    }

    return NGX_OK;
}


static void
ngx_http_print_task_listener_write_handler(ngx_http_request_t *r)
{
    ngx_int_t                        rc;
    ngx_event_t                     *wev;
    ngx_http_print_task_ctx_t       *ctx;
    ngx_http_print_task_listener_t  *l;

    ctx = ngx_http_get_module_ctx(r, ngx_http_print_task_module);
    l = ctx->listener;
    wev = r->connection->write;

    if (wev->timedout) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, NGX_ETIMEDOUT,
                      "print task: a listener is too slow");

        ngx_http_print_task_count(events[PT_EVENTS_SLOW]);

        r->connection->timedout = 1;
        ngx_http_finalize_request(r, NGX_HTTP_REQUEST_TIME_OUT);
        return;
    }

    if (l->busy == NULL && !r->buffered && !r->connection->buffered) {
        return;
    }

    rc = ngx_http_print_task_listener_output(l, NULL);

    if (rc == NGX_OK) {
        rc = ngx_http_print_task_listener_resume(l);
    }

    if (rc == NGX_ERROR) {
        ngx_http_finalize_request(r, NGX_ERROR);
    }
}


static void
ngx_http_print_task_listener_timer_handler(ngx_event_t *ev)
{
    ngx_connection_t                *c;
    ngx_http_request_t              *r;
    ngx_http_print_task_listener_t  *l;

    l = ev->data;
    r = l->request;
    c = r->connection;

    ngx_http_set_log_request(c->log, r);

    if (ngx_http_print_task_listener_is_over(l)) {
        return;
    }

    /* a body that was discarded has left another handler */

    if (!r->discard_body) {
        r->read_event_handler = ngx_http_test_reading;
    }

    if (ngx_http_print_task_listener_beat(l) == NGX_ERROR) {
        ngx_http_print_task_listener_finalize(l, NGX_ERROR);
        return;
    }

    ngx_http_print_task_listener_set_timer(l);
}


/* the token has expired, or is not accepted any more */

static ngx_uint_t
ngx_http_print_task_listener_is_over(ngx_http_print_task_listener_t *l)
{
    pt_reason_e                 reason;
    ngx_http_request_t         *r;
    ngx_http_print_task_ctx_t  *ctx;

    r = l->request;
    ctx = l->ctx;

    if (r->headers_in.authorization == NULL) {
        return 0;
    }

    if (ngx_http_print_task_listener_left(l) <= 0) {
        ngx_http_print_task_listener_end(l, "the token has expired", 0);
        return 1;
    }

    reason = ngx_http_print_task_check_token_again(r, ctx->conf, &ctx->token);

    if (reason != PT_OK) {
        ngx_http_print_task_listener_end(l,
                                         "the token is not accepted any more",
                                         0);
        return 1;
    }

    return 0;
}


/* with the position, if the client has been sent none of its events */

static ngx_int_t
ngx_http_print_task_listener_beat(ngx_http_print_task_listener_t *l)
{
    u_char     *p;
    ngx_int_t   rc;

    if (l->busy != NULL || l->reader.paused) {
        return NGX_OK;
    }

    p = pt_sse_comment_write(l->lines);

    if (l->moved) {
        p = pt_sse_position_write(p, &l->reader.position);
        l->moved = 0;
    }

    rc = ngx_http_print_task_listener_lines(l, p);

    if (rc == NGX_AGAIN) {
        l->reader.paused = 1;
    }

    return rc;
}


static void
ngx_http_print_task_listener_set_timer(ngx_http_print_task_listener_t *l)
{
    ngx_msec_int_t  left;

    left = ngx_http_print_task_listener_left(l);

    ngx_add_timer(&l->timer, (ngx_msec_t) ngx_max(left, 1));
}


/* ms until the token expires, or until the next comment, if that is sooner */

static ngx_msec_int_t
ngx_http_print_task_listener_left(const ngx_http_print_task_listener_t *l)
{
    time_t       exp;
    ngx_time_t  *tp;

    exp = l->ctx->token.claims.exp;
    tp = ngx_timeofday();

    if (exp == 0
        || exp - tp->sec > NGX_HTTP_PRINT_TASK_LISTEN_BEAT / 1000)
    {
        return NGX_HTTP_PRINT_TASK_LISTEN_BEAT;
    }

    return (ngx_msec_int_t) (exp - tp->sec) * 1000 - tp->msec;
}


/* retry: the client connects again after this time; 0: as before */

static void
ngx_http_print_task_listener_end(ngx_http_print_task_listener_t *l,
    const char *why, ngx_uint_t retry)
{
    u_char       *p;
    ngx_chain_t  *out;

    ngx_log_error(NGX_LOG_INFO, l->request->connection->log, 0,
                  "print task: a listener ends: %s", why);

    ngx_http_print_task_feed_remove(&l->reader);

    ngx_queue_remove(&l->queue);
    ngx_queue_init(&l->queue);

    p = l->lines;

    if (retry && l->busy == NULL) {
        p = pt_sse_retry_write(p, retry);
    }

    if (ngx_http_print_task_listener_add(l, &out, l->lines, p) == NULL) {
        ngx_http_print_task_listener_finalize(l, NGX_ERROR);
        return;
    }

    out->buf->memory = (p > l->lines);
    out->buf->last_buf = 1;
    out->buf->last_in_chain = 1;

    ngx_http_print_task_listener_finalize(l,
                                   ngx_http_output_filter(l->request, out));
}


/* the clients of a worker do not all come back at once */

static void
ngx_http_print_task_listener_quit(ngx_http_print_task_listener_t *l)
{
    ngx_http_print_task_listener_end(l, "the worker shuts down",
                      NGX_HTTP_PRINT_TASK_LISTEN_RETRY / 2
                      + ngx_random() % NGX_HTTP_PRINT_TASK_LISTEN_RETRY);
}


static void
ngx_http_print_task_listener_finalize(ngx_http_print_task_listener_t *l,
    ngx_int_t rc)
{
    ngx_connection_t  *c;

    c = l->request->connection;

    ngx_http_print_task_feed_remove(&l->reader);

    if (l->timer.timer_set) {
        ngx_del_timer(&l->timer);
    }

    ngx_http_finalize_request(l->request, rc);

    ngx_http_run_posted_requests(c);
}


void
ngx_http_print_task_listen_quit(void)
{
    ngx_queue_t                     *q;
    ngx_http_print_task_listener_t  *l;

    while (!ngx_queue_empty(&ngx_http_print_task_listeners)) {
        q = ngx_queue_head(&ngx_http_print_task_listeners);
        l = ngx_queue_data(q, ngx_http_print_task_listener_t, queue);

        ngx_http_set_log_request(l->request->connection->log, l->request);

        ngx_http_print_task_listener_quit(l);
    }
}
