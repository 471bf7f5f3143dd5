
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The workers of a gateway wake each other: a change that one of them makes is
 * heard of by those that watch its stream.
 *
 * Each worker has a pipe, made before the fork.  A worker that has appended an
 * event writes the hash of the stream to the pipes of the workers that watch
 * streams like it, of which a word in shared memory has 64 bits each.  The
 * workers of another cycle or of another nginx have other pipes: for their sake
 * a worker that watches looks once a second.
 */


#ifndef _NGX_HTTP_PRINT_TASK_STORE_WAKE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_STORE_WAKE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "store/store.h"


typedef struct ngx_http_print_task_wake_s  ngx_http_print_task_wake_t;


/* the pipes of that many workers, which end with the pool; NULL: an error */
ngx_http_print_task_wake_t *ngx_http_print_task_wake_create(ngx_pool_t *pool,
    ngx_uint_t workers, ngx_log_t *log);

/*
 * In a worker: its own pipe is read from now on.  "quit" is called from the
 * event loop when the worker shuts down.
 */
ngx_int_t ngx_http_print_task_wake_attach(ngx_http_print_task_wake_t *wake,
    ngx_uint_t worker, void (*quit)(void), ngx_log_t *log);
void ngx_http_print_task_wake_detach(void);

/* an event was appended to the stream, by this process */
void ngx_http_print_task_wake(const ngx_str_t *stream);

/* the functions "watch" and "unwatch" of a store that calls the former */
void ngx_http_print_task_wake_watch(ngx_http_print_task_store_t *store,
    ngx_http_print_task_watch_t *w);
void ngx_http_print_task_wake_unwatch(ngx_http_print_task_store_t *store,
    ngx_http_print_task_watch_t *w);


#endif /* _NGX_HTTP_PRINT_TASK_STORE_WAKE_H_INCLUDED_ */
