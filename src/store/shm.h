
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Memory that processes share, and that outlives the nginx that made it: it is
 * inherited by the new binary in an upgrade, or is a file.  Not a zone of
 * nginx, whose memory is begun anew by each binary, and whose locks are freed
 * by the master of the process that died only.
 */


#ifndef _NGX_HTTP_PRINT_TASK_STORE_SHM_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_STORE_SHM_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <pthread.h>


/* before what the memory is for */
#define NGX_HTTP_PRINT_TASK_SHM_HEADER  4096


typedef struct {
    uint64_t           magic;
    uint64_t           ready;
    int64_t            epoch;      /* of the clock below: ms since that of the
                                      wall clock */
    u_char             boot[40];   /* that the clock is of */
    u_char             place[80];  /* the namespaces of the processes */
    uint64_t           logged;     /* of the caller */
    pthread_mutex_t    mutex;
} ngx_http_print_task_shm_header_t;


typedef struct {
    ngx_http_print_task_shm_header_t  *header;
    u_char                            *start;     /* after the header */
    size_t                             size;      /* of all */
    ngx_fd_t                           fd;
    ngx_uint_t                         refs;      /* by cycles */
    int64_t                            stuck;     /* until then the lock is not
                                                     waited for */
    unsigned                           exists:1;  /* otherwise it is zeroes */
    unsigned                           alone:1;   /* nobody else has it, so that
                                                     who was changing it, is
                                                     gone */
} ngx_http_print_task_shm_t;


/*
 * Whether others than root and the user that starts nginx can change the file
 * or put another one in its place.  It may not exist yet.
 */
ngx_int_t ngx_http_print_task_shm_check(ngx_str_t *file, ngx_log_t *log);

/*
 * file may be empty; NULL: why is in the log.  The caller says by
 * ..._shm_ready() that it has made its own of the memory, which is as good as
 * new until then.
 */
ngx_http_print_task_shm_t *ngx_http_print_task_shm_open(ngx_str_t *name,
    ngx_str_t *file, size_t size, ngx_log_t *log);
ngx_int_t ngx_http_print_task_shm_ready(ngx_http_print_task_shm_t *shm,
    ngx_log_t *log);
void ngx_http_print_task_shm_close(ngx_http_print_task_shm_t *shm);

/*
 * What is in the memory, for who is alone with it: changes of a view are not
 * changes of the memory.
 */
u_char *ngx_http_print_task_shm_view(ngx_http_print_task_shm_t *shm,
    ngx_log_t *log);
void ngx_http_print_task_shm_view_done(ngx_http_print_task_shm_t *shm,
    u_char *view);

/* in a worker: what this starts does not get the memory */
ngx_int_t ngx_http_print_task_shm_private(ngx_http_print_task_shm_t *shm,
    ngx_log_t *log);

/*
 * NGX_OK; NGX_DECLINED: locked, but who had the lock before has died; NGX_BUSY:
 * who has it does not run
 */
ngx_int_t ngx_http_print_task_shm_lock(ngx_http_print_task_shm_t *shm);
void ngx_http_print_task_shm_consistent(ngx_http_print_task_shm_t *shm);
void ngx_http_print_task_shm_unlock(ngx_http_print_task_shm_t *shm);

/*
 * ms since the epoch when the memory was made, and then by a clock that nobody
 * sets: that of leases must not jump.
 */
uint64_t ngx_http_print_task_shm_now(const ngx_http_print_task_shm_t *shm);


#endif /* _NGX_HTTP_PRINT_TASK_STORE_SHM_H_INCLUDED_ */
