
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Shared memory that outlives the nginx process that created it: a new binary
 * inherits it in an upgrade, or it is a file.  A shared memory zone of nginx is
 * not enough: each binary creates it anew, and only the master that started a
 * dead process releases its locks.
 */


#ifndef _NGX_HTTP_PRINT_TASK_STORE_SHM_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_STORE_SHM_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <pthread.h>


/* precedes the content */
#define NGX_HTTP_PRINT_TASK_SHM_HEADER  4096


typedef struct {
    uint64_t           magic;
    uint64_t           ready;
    int64_t            epoch;      /* of the monotonic clock: ms ahead of it
                                      to the epoch */
    u_char             boot[40];   /* the boot that the clock belongs to */
    u_char             place[80];  /* the namespaces of the processes */
    uint64_t           logged;     /* time of a log line of the caller */
    uint64_t           span;       /* bytes that each process maps, which the
                                      memory may grow to */
    pthread_mutex_t    mutex;
} ngx_http_print_task_shm_header_t;


typedef struct {
    ngx_http_print_task_shm_header_t  *header;
    u_char                            *start;     /* of the content, after
                                                     the header */
    size_t                             size;      /* total, with the header */
    size_t                             wanted;    /* size of new memory */
    size_t                             span;      /* that is mapped */
    ngx_fd_t                           fd;
    ngx_uint_t                         refs;      /* cycles that use the
                                                     memory */
    int64_t                            stuck;     /* the lock is not waited
                                                     for before this time */
    unsigned                           exists:1;  /* otherwise the content is
                                                     zeroes */
    unsigned                           file:1;
    unsigned                           alone:1;   /* no other process uses
                                                     it, so the process that
                                                     was changing it has died */
} ngx_http_print_task_shm_t;


/*
 * Checks that only root and the user that starts nginx can change or replace
 * the file.  The file need not exist.
 */
ngx_int_t ngx_http_print_task_shm_check(ngx_str_t *file, ngx_log_t *log);

/*
 * Opens the memory; file may be empty.  Memory that exists keeps its size.
 * NULL: the reason is logged.  Until the caller reports by ..._shm_ready() that
 * the content is complete, the memory counts as new.
 */
ngx_http_print_task_shm_t *ngx_http_print_task_shm_open(ngx_str_t *name,
    ngx_str_t *file, size_t size, ngx_log_t *log);
ngx_int_t ngx_http_print_task_shm_ready(ngx_http_print_task_shm_t *shm,
    ngx_log_t *log);
void ngx_http_print_task_shm_close(ngx_http_print_task_shm_t *shm);

/*
 * Makes the memory larger in all processes that use it, and sets shm->size,
 * which may already be larger than this.
 */
ngx_int_t ngx_http_print_task_shm_grow(ngx_http_print_task_shm_t *shm,
    size_t size, ngx_str_t *name, ngx_log_t *log);

/*
 * A private copy of the content, for a caller that uses the memory alone:
 * changes of the copy do not change the memory.
 */
u_char *ngx_http_print_task_shm_view(ngx_http_print_task_shm_t *shm,
    ngx_log_t *log);
void ngx_http_print_task_shm_view_done(ngx_http_print_task_shm_t *shm,
    u_char *view);

/* in a worker: programs that it starts do not inherit the memory */
ngx_int_t ngx_http_print_task_shm_private(ngx_http_print_task_shm_t *shm,
    ngx_log_t *log);

/*
 * NGX_OK.  NGX_DECLINED: locked, but the previous holder has died.  NGX_BUSY:
 * the holder does not run.
 */
ngx_int_t ngx_http_print_task_shm_lock(ngx_http_print_task_shm_t *shm);
void ngx_http_print_task_shm_consistent(ngx_http_print_task_shm_t *shm);
void ngx_http_print_task_shm_unlock(ngx_http_print_task_shm_t *shm);

/*
 * Ms since the epoch: the wall clock when the memory was created, and then a
 * clock that is never set.  Leases must not depend on jumps of the wall clock.
 */
uint64_t ngx_http_print_task_shm_now(const ngx_http_print_task_shm_t *shm);


#endif /* _NGX_HTTP_PRINT_TASK_STORE_SHM_H_INCLUDED_ */
