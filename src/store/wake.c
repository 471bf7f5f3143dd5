
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "store/wake.h"

#include <ngx_event.h>


#define NGX_HTTP_PRINT_TASK_WAKE_BITS    64
#define NGX_HTTP_PRINT_TASK_WAKE_READ    1024     /* hashes at a time */
#define NGX_HTTP_PRINT_TASK_WAKE_SAFETY  1000     /* ms */


/* of a worker, in shared memory: a cache line of its own */

typedef struct {
    uint64_t                      watched;        /* bits of hashes; its worker
                                                     is the only writer */
    ngx_atomic_t                  full;           /* hashes were not written to
                                                     its pipe */
    u_char                        pad[64 - sizeof(uint64_t)
                                      - sizeof(ngx_atomic_t)];
} ngx_http_print_task_wake_slot_t;


struct ngx_http_print_task_wake_s {
    ngx_uint_t                        workers;
    ngx_fd_t                        (*pipes)[2];
    ngx_shm_t                         shm;
    ngx_http_print_task_wake_slot_t  *slots;
};


/* of this worker */

typedef struct {
    ngx_http_print_task_wake_t       *wake;       /* NULL: not attached */
    ngx_http_print_task_wake_slot_t  *slot;
    ngx_connection_t                 *connection;
    void                            (*quit)(void);
    ngx_event_t                       safety;
    ngx_connection_t                  dummy;      /* data of the event */
    ngx_uint_t                        watches;
    ngx_queue_t                       buckets[NGX_HTTP_PRINT_TASK_WAKE_BITS];
} ngx_http_print_task_waker_t;


static void ngx_http_print_task_wake_cleanup(void *data);
static ngx_int_t ngx_http_print_task_wake_pipe(ngx_fd_t *fds, ngx_log_t *log);
static void ngx_http_print_task_wake_write(ngx_http_print_task_wake_t *wake,
    ngx_uint_t worker, uint32_t hash);
static void ngx_http_print_task_wake_read_handler(ngx_event_t *rev);
static void ngx_http_print_task_wake_bucket(ngx_queue_t *bucket,
    const uint32_t *hash);
static void ngx_http_print_task_wake_all(void);
static void ngx_http_print_task_wake_safety_handler(ngx_event_t *ev);


static ngx_http_print_task_waker_t  ngx_http_print_task_waker;


ngx_http_print_task_wake_t *
ngx_http_print_task_wake_create(ngx_pool_t *pool, ngx_uint_t workers,
    ngx_log_t *log)
{
    ngx_uint_t                   i;
    ngx_pool_cleanup_t          *cln;
    ngx_http_print_task_wake_t  *wake;

    cln = ngx_pool_cleanup_add(pool, sizeof(ngx_http_print_task_wake_t));
    if (cln == NULL) {
        return NULL;
    }

    wake = cln->data;

    ngx_memzero(wake, sizeof(ngx_http_print_task_wake_t));

    wake->pipes = ngx_palloc(pool, workers * sizeof(ngx_fd_t [2]));
    if (wake->pipes == NULL) {
        return NULL;
    }

    wake->shm.size = workers * sizeof(ngx_http_print_task_wake_slot_t);
    wake->shm.log = log;
    ngx_str_set(&wake->shm.name, "print_task_wake");

    if (ngx_shm_alloc(&wake->shm) != NGX_OK) {
        return NULL;
    }

    wake->slots = (ngx_http_print_task_wake_slot_t *) wake->shm.addr;
    ngx_memzero(wake->slots, wake->shm.size);

    cln->handler = ngx_http_print_task_wake_cleanup;

    for (i = 0; i < workers; i++) {
        if (ngx_http_print_task_wake_pipe(wake->pipes[i], log) != NGX_OK) {
            return NULL;
        }

        wake->workers++;
    }

    return wake;
}


static void
ngx_http_print_task_wake_cleanup(void *data)
{
    ngx_http_print_task_wake_t *wake = data;

    ngx_uint_t  i;

    for (i = 0; i < wake->workers; i++) {
        (void) close(wake->pipes[i][0]);
        (void) close(wake->pipes[i][1]);
    }

    ngx_shm_free(&wake->shm);
}


static ngx_int_t
ngx_http_print_task_wake_pipe(ngx_fd_t *fds, ngx_log_t *log)
{
    ngx_uint_t  i;

    if (pipe(fds) == -1) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno, "pipe() failed");
        return NGX_ERROR;
    }

    for (i = 0; i < 2; i++) {

        if (ngx_nonblocking(fds[i]) == -1
            || fcntl(fds[i], F_SETFD, FD_CLOEXEC) == -1)
        {
            ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                          "fcntl() of a pipe failed");

            (void) close(fds[0]);
            (void) close(fds[1]);

            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_print_task_wake_attach(ngx_http_print_task_wake_t *wake,
    ngx_uint_t worker, void (*quit)(void), ngx_log_t *log)
{
    ngx_uint_t                    i;
    ngx_connection_t             *c;
    ngx_http_print_task_waker_t  *waker;

    waker = &ngx_http_print_task_waker;

    for (i = 0; i < NGX_HTTP_PRINT_TASK_WAKE_BITS; i++) {
        ngx_queue_init(&waker->buckets[i]);
    }

    waker->dummy.fd = (ngx_socket_t) -1;
    waker->safety.handler = ngx_http_print_task_wake_safety_handler;
    waker->safety.data = &waker->dummy;
    waker->safety.log = log;
    waker->safety.cancelable = 1;

    c = ngx_get_connection(wake->pipes[worker][0], log);
    if (c == NULL) {
        return NGX_ERROR;
    }

    c->read->handler = ngx_http_print_task_wake_read_handler;
    c->read->log = log;
    c->write->log = log;

    /* its handler is called when the worker shuts down */
    c->idle = 1;

    if (ngx_add_event(c->read, NGX_READ_EVENT, 0) != NGX_OK) {
        ngx_free_connection(c);
        return NGX_ERROR;
    }

    waker->wake = wake;
    waker->connection = c;
    waker->quit = quit;

    /* that of a worker that has died in its place */

    waker->slot = &wake->slots[worker];
    waker->slot->watched = 0;

    return NGX_OK;
}


void
ngx_http_print_task_wake_detach(void)
{
    ngx_http_print_task_waker_t  *waker;

    waker = &ngx_http_print_task_waker;

    if (waker->wake == NULL) {
        return;
    }

    waker->slot->watched = 0;
    waker->wake = NULL;

    if (waker->safety.timer_set) {
        ngx_del_timer(&waker->safety);
    }

    ngx_close_connection(waker->connection);
}


void
ngx_http_print_task_wake(const ngx_str_t *stream)
{
    uint32_t                     hash;
    uint64_t                     bit;
    ngx_uint_t                   i;
    ngx_http_print_task_wake_t  *wake;

    wake = ngx_http_print_task_waker.wake;

    if (wake == NULL) {
        return;
    }

    hash = ngx_crc32_long(stream->data, stream->len);
    bit = (uint64_t) 1 << (hash % NGX_HTTP_PRINT_TASK_WAKE_BITS);

    /* who has set the bit later reads what was appended before */

    ngx_memory_barrier();

    for (i = 0; i < wake->workers; i++) {
        if (__atomic_load_n(&wake->slots[i].watched, __ATOMIC_RELAXED) & bit) {
            ngx_http_print_task_wake_write(wake, i, hash);
        }
    }
}


/* a pipe that is full is read before long: then all are woken */

static void
ngx_http_print_task_wake_write(ngx_http_print_task_wake_t *wake,
    ngx_uint_t worker, uint32_t hash)
{
    ngx_fd_t  fd;

    fd = wake->pipes[worker][1];

    if (write(fd, &hash, sizeof(uint32_t)) == sizeof(uint32_t)) {
        return;
    }

    wake->slots[worker].full = 1;

    ngx_memory_barrier();

    if (write(fd, &hash, sizeof(uint32_t)) == -1) {
        ngx_log_debug1(NGX_LOG_DEBUG_HTTP, ngx_cycle->log, ngx_errno,
                       "print task wake: worker %ui is behind", worker);
    }
}


static void
ngx_http_print_task_wake_read_handler(ngx_event_t *rev)
{
    ssize_t                       n, i;
    uint32_t                      hashes[NGX_HTTP_PRINT_TASK_WAKE_READ];
    ngx_connection_t             *c;
    ngx_http_print_task_waker_t  *waker;

    c = rev->data;
    waker = &ngx_http_print_task_waker;

    if (c->close) {
        c->close = 0;
        c->idle = 0;

        waker->quit();
        return;
    }

    n = read(c->fd, hashes, sizeof(hashes));

    if (n == -1 && ngx_errno == NGX_EAGAIN) {
        return;
    }

    if (n <= 0) {
        /* the timer goes on */
        (void) ngx_del_event(rev, NGX_READ_EVENT, 0);
        return;
    }

    if (ngx_atomic_cmp_set(&waker->slot->full, 1, 0)) {
        ngx_http_print_task_wake_all();
        return;
    }

    n /= sizeof(uint32_t);

    for (i = 0; i < n; i++) {
        ngx_http_print_task_wake_bucket(&waker->buckets[hashes[i]
                                              % NGX_HTTP_PRINT_TASK_WAKE_BITS],
                                        &hashes[i]);
    }
}


/* hash == NULL: any */

static void
ngx_http_print_task_wake_bucket(ngx_queue_t *bucket, const uint32_t *hash)
{
    ngx_queue_t                  *q, *next;
    ngx_http_print_task_watch_t  *w;

    for (q = ngx_queue_head(bucket);
         q != ngx_queue_sentinel(bucket);
         q = next)
    {
        next = ngx_queue_next(q);
        w = ngx_queue_data(q, ngx_http_print_task_watch_t, queue);

        if (hash == NULL || w->hash == *hash) {
            w->handler(w);
        }
    }
}


static void
ngx_http_print_task_wake_all(void)
{
    ngx_uint_t  i;

    for (i = 0; i < NGX_HTTP_PRINT_TASK_WAKE_BITS; i++) {
        ngx_http_print_task_wake_bucket(&ngx_http_print_task_waker.buckets[i],
                                        NULL);
    }
}


static void
ngx_http_print_task_wake_safety_handler(ngx_event_t *ev)
{
    if (ngx_http_print_task_waker.watches == 0) {
        return;
    }

    ngx_add_timer(ev, NGX_HTTP_PRINT_TASK_WAKE_SAFETY);

    ngx_http_print_task_wake_all();
}


void
ngx_http_print_task_wake_watch(ngx_http_print_task_store_t *store,
    ngx_http_print_task_watch_t *w)
{
    ngx_uint_t                    bit;
    ngx_http_print_task_waker_t  *waker;

    waker = &ngx_http_print_task_waker;

    w->hash = ngx_crc32_long(w->stream.data, w->stream.len);
    bit = w->hash % NGX_HTTP_PRINT_TASK_WAKE_BITS;

    ngx_queue_insert_tail(&waker->buckets[bit], &w->queue);
    waker->watches++;

    __atomic_fetch_or(&waker->slot->watched, (uint64_t) 1 << bit,
                      __ATOMIC_SEQ_CST);

    if (!waker->safety.timer_set) {
        ngx_add_timer(&waker->safety, NGX_HTTP_PRINT_TASK_WAKE_SAFETY);
    }
}


void
ngx_http_print_task_wake_unwatch(ngx_http_print_task_store_t *store,
    ngx_http_print_task_watch_t *w)
{
    ngx_uint_t                    bit;
    ngx_http_print_task_waker_t  *waker;

    waker = &ngx_http_print_task_waker;
    bit = w->hash % NGX_HTTP_PRINT_TASK_WAKE_BITS;

    ngx_queue_remove(&w->queue);
    waker->watches--;

    if (waker->wake != NULL && ngx_queue_empty(&waker->buckets[bit])) {
        __atomic_fetch_and(&waker->slot->watched, ~((uint64_t) 1 << bit),
                           __ATOMIC_SEQ_CST);
    }
}
