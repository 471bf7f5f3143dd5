
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Decides when keys are fetched, by which worker, and which requests wait for
 * them.
 * One worker at a time fetches: shared->fetching is its claim, which has an end
 * in case the worker dies.  Workers whose requests wait for the fetch of
 * another worker poll the shared memory meanwhile.
 */


#include "token/keys_refresh.h"

#include "core/pt_retry.h"
#include "status/count.h"
#include "token/keys.h"
#include "token/keys_fetch.h"


/* The times below are in ms. */

#define NGX_HTTP_PRINT_TASK_KEYS_WAIT   5000    /* of a request */
#define NGX_HTTP_PRINT_TASK_KEYS_POLL   20
#define NGX_HTTP_PRINT_TASK_KEYS_RETRY  1000    /* the first retry without
                                                   keys */
#define NGX_HTTP_PRINT_TASK_KEYS_CLAIM  (NGX_HTTP_PRINT_TASK_KEYS_FETCH + 5000)


/* the data of events of a key set, see ident */

_Static_assert(offsetof(ngx_http_print_task_keys_t, ident)
               == offsetof(ngx_connection_t, fd),
               "the identity of an event is where a connection has its fd");


static void ngx_http_print_task_keys_due_handler(ngx_event_t *ev);
static void ngx_http_print_task_keys_schedule(
    ngx_http_print_task_keys_t *keys);
static void ngx_http_print_task_keys_fetch_handler(ngx_event_t *ev);
static ngx_msec_int_t ngx_http_print_task_keys_left(
    const ngx_http_print_task_keys_t *keys, ngx_uint_t refresh);
static ngx_uint_t ngx_http_print_task_keys_running(
    const ngx_http_print_task_keys_t *keys);
static ngx_int_t ngx_http_print_task_keys_claim(
    ngx_http_print_task_keys_t *keys, ngx_uint_t refresh);
static void ngx_http_print_task_keys_fetched(ngx_http_print_task_keys_t *keys,
    ngx_uint_t good);
static ngx_http_print_task_keys_unknown_t *
    ngx_http_print_task_keys_unknown_slot(
    const ngx_http_print_task_keys_t *keys, uint64_t hash);
static void ngx_http_print_task_keys_remember(
    ngx_http_print_task_keys_t *keys,
    ngx_http_print_task_keys_unknown_t *unknown, uint64_t hash);
static ngx_int_t ngx_http_print_task_keys_token(ngx_http_request_t *r,
    uint64_t *hash);
static void ngx_http_print_task_keys_attach(ngx_http_print_task_keys_t *keys,
    ngx_http_request_t *r, ngx_http_print_task_keys_wait_t *wait);
static void ngx_http_print_task_keys_poll_handler(ngx_event_t *ev);
static void ngx_http_print_task_keys_wake_handler(ngx_event_t *ev);
static void ngx_http_print_task_keys_resume(
    ngx_http_print_task_keys_wait_t *wait);


void
ngx_http_print_task_keys_start(ngx_http_print_task_keys_t *keys,
    ngx_log_t *log)
{
    ngx_queue_init(&keys->waiting);

    keys->timer.handler = ngx_http_print_task_keys_due_handler;
    keys->timer.data = keys;
    keys->timer.log = log;
    keys->timer.cancelable = 1;

    keys->fetch.handler = ngx_http_print_task_keys_fetch_handler;
    keys->fetch.data = keys;
    keys->fetch.log = log;

    keys->poll.handler = ngx_http_print_task_keys_poll_handler;
    keys->poll.data = keys;
    keys->poll.log = log;

    keys->wake.handler = ngx_http_print_task_keys_wake_handler;
    keys->wake.data = keys;
    keys->wake.log = log;

    ngx_add_timer(&keys->timer, 1);
}


static void
ngx_http_print_task_keys_due_handler(ngx_event_t *ev)
{
    ngx_http_print_task_keys_t  *keys;

    keys = ev->data;

    if (ngx_exiting || ngx_quit || ngx_terminate) {
        return;
    }

    ngx_http_print_task_keys_sync(keys);

    (void) ngx_http_print_task_keys_claim(keys, 1);

    ngx_http_print_task_keys_schedule(keys);
}


/* during a fetch its result is unknown, so nothing is scheduled */

static void
ngx_http_print_task_keys_schedule(ngx_http_print_task_keys_t *keys)
{
    ngx_msec_int_t  left;

    left = ngx_http_print_task_keys_left(keys, 1);

    if (ngx_http_print_task_keys_running(keys)) {
        left = ngx_max(left, NGX_HTTP_PRINT_TASK_KEYS_RETRY);
    }

    ngx_add_timer(&keys->timer, (ngx_msec_t) ngx_max(left, 1));
}


static void
ngx_http_print_task_keys_fetch_handler(ngx_event_t *ev)
{
    ngx_http_print_task_fetch(ev->data, ngx_http_print_task_keys_fetched);
}


/*
 * Milliseconds until keys may be fetched, because they are due or because a key
 * was not found.  A failure counts as a fetch.  While there are no keys, the
 * attempts come earlier, at growing intervals.
 */

static ngx_msec_int_t
ngx_http_print_task_keys_left(const ngx_http_print_task_keys_t *keys,
    ngx_uint_t refresh)
{
    ngx_msec_t                                wait;
    const ngx_http_print_task_keys_shared_t  *shared;

    shared = keys->shared;

    if (shared->tried == 0) {
        return 0;
    }

    if (shared->changes == 0) {
        wait = pt_retry_delay(shared->failures, NGX_HTTP_PRINT_TASK_KEYS_RETRY,
                              keys->min);

    } else if (refresh && shared->failures == 0) {
        return (ngx_msec_int_t) (shared->fetched + keys->refresh
                                 - ngx_current_msec);

    } else {
        wait = keys->min;
    }

    return (ngx_msec_int_t) (shared->tried + wait - ngx_current_msec);
}


static ngx_uint_t
ngx_http_print_task_keys_running(const ngx_http_print_task_keys_t *keys)
{
    ngx_atomic_uint_t  until;

    until = keys->shared->fetching;

    return until != 0 && (ngx_msec_int_t) (until - ngx_current_msec) > 0;
}


/* the end of a running fetch is unknown */

ngx_uint_t
ngx_http_print_task_keys_retry_after(
    const ngx_http_print_task_loc_conf_t *conf)
{
    if (ngx_http_print_task_keys_running(conf->keys)) {
        return 1;
    }

    return pt_retry_after(ngx_http_print_task_keys_left(conf->keys, 0));
}


/*
 * NGX_OK: this worker fetches.  NGX_DECLINED: too early, or another worker
 * fetches.
 */

static ngx_int_t
ngx_http_print_task_keys_claim(ngx_http_print_task_keys_t *keys,
    ngx_uint_t refresh)
{
    ngx_int_t                           rc;
    ngx_http_print_task_keys_shared_t  *shared;

    if (ngx_http_print_task_keys_left(keys, refresh) > 0
        || keys->connection != NULL
        || keys->fetch.posted)
    {
        return NGX_DECLINED;
    }

    rc = NGX_DECLINED;
    shared = keys->shared;

    ngx_shmtx_lock(&keys->shpool->mutex);

    if (!ngx_http_print_task_keys_running(keys)
        && ngx_http_print_task_keys_left(keys, refresh) <= 0)
    {
        shared->tried = ngx_max(ngx_current_msec, 1);
        shared->fetching = shared->tried + NGX_HTTP_PRINT_TASK_KEYS_CLAIM;
        rc = NGX_OK;
    }

    ngx_shmtx_unlock(&keys->shpool->mutex);

    if (rc == NGX_OK) {
        ngx_post_event(&keys->fetch, &ngx_posted_events);
    }

    return rc;
}


/* a fetch of this worker has ended */

static void
ngx_http_print_task_keys_fetched(ngx_http_print_task_keys_t *keys,
    ngx_uint_t good)
{
    ngx_http_print_task_keys_shared_t  *shared;

    keys->connection = NULL;

    ngx_http_print_task_count(key_fetches[good ? PT_FETCH_OK
                                               : PT_FETCH_FAILED]);

    shared = keys->shared;

    ngx_shmtx_lock(&keys->shpool->mutex);

    if (good) {
        shared->fetched = ngx_current_msec;
        shared->failures = 0;

    } else if (ngx_exiting && shared->changes == 0) {

        /* the next workers start with a fetch */

        shared->tried = 0;

    } else {
        shared->failures++;
    }

    shared->fetching = 0;

    ngx_shmtx_unlock(&keys->shpool->mutex);

    if (!ngx_queue_empty(&keys->waiting)) {
        ngx_post_event(&keys->wake, &ngx_posted_events);
    }

    if (!ngx_exiting && !ngx_quit && !ngx_terminate) {
        ngx_http_print_task_keys_schedule(keys);
    }
}


/* a token whose key is unknown waits for new keys at most once */

ngx_int_t
ngx_http_print_task_keys_wait(ngx_http_request_t *r,
    const ngx_http_print_task_loc_conf_t *conf,
    ngx_http_print_task_keys_wait_t *wait)
{
    uint64_t                             hash;
    ngx_http_print_task_keys_t          *keys;
    ngx_http_print_task_keys_unknown_t  *unknown;

    keys = conf->keys;

    if (ngx_http_print_task_keys_generation(conf) != wait->generation) {
        return NGX_OK;
    }

    if (!ngx_http_print_task_keys_remote(keys)
        || (!wait->waited && ngx_http_print_task_keys_left(keys, 0) > 0
            && !ngx_http_print_task_keys_running(keys)))
    {
        return NGX_DECLINED;
    }

    if (ngx_http_print_task_keys_token(r, &hash) != NGX_OK) {
        return NGX_DECLINED;
    }

    unknown = ngx_http_print_task_keys_unknown_slot(keys, hash);

    if (wait->waited) {
        ngx_http_print_task_keys_remember(keys, unknown, hash);
        return NGX_DECLINED;
    }

    if (keys->jwks != NULL
        && unknown->hash == hash
        && ngx_current_msec - unknown->time < keys->min)
    {
        return NGX_DECLINED;
    }

    if (!ngx_http_print_task_keys_running(keys)
        && (ngx_exiting || ngx_http_print_task_keys_claim(keys, 0) != NGX_OK)
        && !ngx_http_print_task_keys_running(keys))
    {
        return NGX_DECLINED;
    }

    if (r->connection->read->ready) {
        ngx_post_event(r->connection->read, &ngx_posted_events);

    } else if (ngx_handle_read_event(r->connection->read, 0) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->read_event_handler = ngx_http_test_reading;

    ngx_http_print_task_keys_attach(keys, r, wait);

    return NGX_AGAIN;
}


static ngx_http_print_task_keys_unknown_t *
ngx_http_print_task_keys_unknown_slot(const ngx_http_print_task_keys_t *keys,
    uint64_t hash)
{
    return &keys->shared->unknown[hash % NGX_HTTP_PRINT_TASK_KEYS_UNKNOWN];
}


static void
ngx_http_print_task_keys_remember(ngx_http_print_task_keys_t *keys,
    ngx_http_print_task_keys_unknown_t *unknown, uint64_t hash)
{
    if (keys->jwks == NULL) {
        return;
    }

    ngx_shmtx_lock(&keys->shpool->mutex);

    unknown->hash = hash;
    unknown->time = ngx_current_msec;

    ngx_shmtx_unlock(&keys->shpool->mutex);
}


/* identifies a token by its header, which names the key */

static ngx_int_t
ngx_http_print_task_keys_token(ngx_http_request_t *r, uint64_t *hash)
{
    u_char     *p;
    ngx_str_t   value;

    value = r->headers_in.authorization->value;

    p = ngx_strlchr(value.data, value.data + value.len, '.');

    if (p != NULL) {
        value.len = p - value.data;
    }

    return ngx_http_print_task_text_hash(&value, hash);
}


static void
ngx_http_print_task_keys_attach(ngx_http_print_task_keys_t *keys,
    ngx_http_request_t *r, ngx_http_print_task_keys_wait_t *wait)
{
    wait->keys = keys;
    wait->request = r;
    wait->waiting = 1;
    wait->waited = 1;
    wait->deadline = ngx_current_msec + NGX_HTTP_PRINT_TASK_KEYS_WAIT;

    ngx_queue_insert_tail(&keys->waiting, &wait->queue);

    /*
     * A time and not a counter, because a worker that dies would not decrement
     * it.
     */
    keys->shared->waited = ngx_max(wait->deadline, 1);

    if (!keys->poll.timer_set) {
        ngx_add_timer(&keys->poll, NGX_HTTP_PRINT_TASK_KEYS_POLL);
    }
}


void
ngx_http_print_task_keys_detach(ngx_http_print_task_keys_wait_t *wait)
{
    ngx_http_print_task_keys_t  *keys;

    if (!wait->waiting) {
        return;
    }

    wait->waiting = 0;

    ngx_queue_remove(&wait->queue);

    keys = wait->keys;

    if (ngx_queue_empty(&keys->waiting) && keys->poll.timer_set) {
        ngx_del_timer(&keys->poll);
    }
}


/* requests wait for the same time, so they time out in their order */

static void
ngx_http_print_task_keys_poll_handler(ngx_event_t *ev)
{
    ngx_queue_t                      *q;
    ngx_http_print_task_keys_t       *keys;
    ngx_http_print_task_keys_wait_t  *wait;

    keys = ev->data;

    if (keys->shared->changes != keys->seen
        || !ngx_http_print_task_keys_running(keys))
    {
        ngx_http_print_task_keys_wake_handler(&keys->wake);
        return;
    }

    while (!ngx_queue_empty(&keys->waiting)) {

        q = ngx_queue_head(&keys->waiting);
        wait = ngx_queue_data(q, ngx_http_print_task_keys_wait_t, queue);

        if ((ngx_msec_int_t) (wait->deadline - ngx_current_msec) > 0) {
            ngx_add_timer(&keys->poll, NGX_HTTP_PRINT_TASK_KEYS_POLL);
            return;
        }

        ngx_http_print_task_keys_resume(wait);
    }
}


/* resuming a request may end others or make them wait, in any order */

static void
ngx_http_print_task_keys_wake_handler(ngx_event_t *ev)
{
    ngx_queue_t                       waiting, *q;
    ngx_http_print_task_keys_t       *keys;
    ngx_http_print_task_keys_wait_t  *wait;

    keys = ev->data;

    if (keys->poll.timer_set) {
        ngx_del_timer(&keys->poll);
    }

    if (ngx_queue_empty(&keys->waiting)) {
        return;
    }

    ngx_queue_init(&waiting);
    ngx_queue_add(&waiting, &keys->waiting);
    ngx_queue_init(&keys->waiting);

    while (!ngx_queue_empty(&waiting)) {

        q = ngx_queue_head(&waiting);
        wait = ngx_queue_data(q, ngx_http_print_task_keys_wait_t, queue);

        ngx_http_print_task_keys_resume(wait);
    }
}


static void
ngx_http_print_task_keys_resume(ngx_http_print_task_keys_wait_t *wait)
{
    ngx_http_print_task_keys_detach(wait);

    wait->request->read_event_handler = ngx_http_block_reading;

    wait->resume(wait->data);
}
