
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * One worker walks through all tasks of each store, again and again: it asks
 * for indexes, and counts the overdue tasks of each index, part by part.  The
 * pauses between the operations bound the load on the store.  The number of a
 * complete walk is in the zone of status/zone.c, where all workers read it.
 * The store remembers which tasks were reported, so each task is logged once,
 * whatever worker or gateway finds it, and however often nginx is reloaded.
 */


#include "http/overdue.h"

#include "status/count.h"
#include "status/zone.h"
#include "store/store.h"
#include "http/log.h"


/* ms */
#define NGX_HTTP_PRINT_TASK_OVERDUE_PAUSE  50      /* between operations */
#define NGX_HTTP_PRINT_TASK_OVERDUE_RETRY  1000    /* after a failure */
#define NGX_HTTP_PRINT_TASK_OVERDUE_MIN    1000    /* between walks */
#define NGX_HTTP_PRINT_TASK_OVERDUE_MAX    10000

#define NGX_HTTP_PRINT_TASK_OVERDUE_TRIES  3       /* then the number is not
                                                      known any more */

#define NGX_HTTP_PRINT_TASK_OVERDUE_POOL   1024


typedef struct {
    const ngx_http_print_task_overdue_t  *overdue;
    ngx_http_print_task_main_conf_t      *ptmcf;
    ngx_http_print_task_store_t          *store;
    ngx_socket_t                          ident;     /* -1: debug logs of
                                                        events print the fd of
                                                        a connection */
    ngx_event_t                           timer;

    ngx_http_print_task_op_t              op;
    ngx_pool_t                           *pool;      /* of op; NULL: none */

    ngx_pool_t                           *list;      /* of these: */
    ngx_str_t                            *indexes;
    ngx_uint_t                            nindexes;
    ngx_uint_t                            index;     /* the current one */
    ngx_str_t                             next;      /* after these indexes */

    ngx_pool_t                           *part;      /* of this: */
    ngx_str_t                             after;     /* position in the current
                                                        index */

    uint64_t                              count;
    ngx_uint_t                            failures;  /* in a row */
    unsigned                              unlogged:1;  /* the limit of lines
                                                          was reached */
} ngx_http_print_task_walk_t;


static void ngx_http_print_task_walk_handler(ngx_event_t *ev);
static void ngx_http_print_task_walk_op(ngx_http_print_task_walk_t *walk);
static void ngx_http_print_task_walk_done(ngx_http_print_task_op_t *op);
static void ngx_http_print_task_walk_fail(ngx_http_print_task_walk_t *walk);
static void ngx_http_print_task_walk_indexes(ngx_http_print_task_walk_t *walk);
static void ngx_http_print_task_walk_part(ngx_http_print_task_walk_t *walk);
static void ngx_http_print_task_walk_next(ngx_http_print_task_walk_t *walk);
static void ngx_http_print_task_walk_end(ngx_http_print_task_walk_t *walk);
static void ngx_http_print_task_walk_after(ngx_http_print_task_walk_t *walk,
    ngx_msec_t delay);
static ngx_msec_t ngx_http_print_task_walk_interval(
    const ngx_http_print_task_walk_t *walk);
static void ngx_http_print_task_walk_clear(ngx_http_print_task_walk_t *walk);
static void ngx_http_print_task_walk_free(ngx_pool_t **pool);


_Static_assert(offsetof(ngx_http_print_task_walk_t, ident)
               == offsetof(ngx_connection_t, fd),
               "the identity of an event is where a connection has its fd");


/* of this worker */
static ngx_http_print_task_walk_t  *ngx_http_print_task_walks;
static ngx_uint_t                   ngx_http_print_task_nwalks;


ngx_int_t
ngx_http_print_task_overdue_init_process(ngx_cycle_t *cycle,
    ngx_http_print_task_main_conf_t *ptmcf)
{
    ngx_uint_t                      i;
    ngx_http_print_task_walk_t     *walk;
    ngx_http_print_task_overdue_t  *overdue;

    if (ptmcf->overdue.nelts == 0
        || ngx_worker != 0
        || (ngx_process != NGX_PROCESS_WORKER
            && ngx_process != NGX_PROCESS_SINGLE))
    {
        return NGX_OK;
    }

    walk = ngx_pcalloc(cycle->pool, ptmcf->overdue.nelts
                                    * sizeof(ngx_http_print_task_walk_t));
    if (walk == NULL) {
        return NGX_ERROR;
    }

    overdue = ptmcf->overdue.elts;

    for (i = 0; i < ptmcf->overdue.nelts; i++) {
        walk[i].overdue = &overdue[i];
        walk[i].ptmcf = ptmcf;
        walk[i].store = overdue[i].conf->store;
        walk[i].ident = (ngx_socket_t) -1;

        walk[i].timer.handler = ngx_http_print_task_walk_handler;
        walk[i].timer.data = &walk[i];
        walk[i].timer.log = cycle->log;
        walk[i].timer.cancelable = 1;

        ngx_http_print_task_walk_after(&walk[i],
                                       NGX_HTTP_PRINT_TASK_OVERDUE_PAUSE);
    }

    ngx_http_print_task_walks = walk;
    ngx_http_print_task_nwalks = ptmcf->overdue.nelts;

    return NGX_OK;
}


void
ngx_http_print_task_overdue_exit_process(void)
{
    ngx_uint_t                   i;
    ngx_http_print_task_walk_t  *walk;

    for (i = 0; i < ngx_http_print_task_nwalks; i++) {
        walk = &ngx_http_print_task_walks[i];

        if (walk->timer.timer_set) {
            ngx_del_timer(&walk->timer);
        }

        if (walk->pool != NULL) {
            walk->store->cancel(walk->store, &walk->op);
            ngx_http_print_task_walk_free(&walk->pool);
        }

        ngx_http_print_task_walk_clear(walk);
    }

    ngx_http_print_task_nwalks = 0;
}


/* a worker that shuts down leaves the walk to its successor */

static void
ngx_http_print_task_walk_handler(ngx_event_t *ev)
{
    ngx_http_print_task_walk_t  *walk;

    walk = ev->data;

    if (ngx_exiting || ngx_quit || ngx_terminate) {
        return;
    }

    walk->pool = ngx_create_pool(NGX_HTTP_PRINT_TASK_OVERDUE_POOL,
                                 ngx_cycle->log);
    if (walk->pool == NULL) {
        ngx_http_print_task_walk_fail(walk);
        return;
    }

    ngx_http_print_task_walk_op(walk);

    if (walk->store->start(walk->store, &walk->op) == NGX_OK) {
        ngx_http_print_task_walk_done(&walk->op);
    }
}


/* the next part of the current index, or the next indexes */

static void
ngx_http_print_task_walk_op(ngx_http_print_task_walk_t *walk)
{
    ngx_http_print_task_op_t              *op;
    const ngx_http_print_task_loc_conf_t  *conf;

    op = &walk->op;
    conf = walk->overdue->conf;

    ngx_memzero(op, sizeof(ngx_http_print_task_op_t));

    op->pool = walk->pool;
    op->log = ngx_cycle->log;
    op->done = ngx_http_print_task_walk_done;
    op->data = walk;

    if (walk->index == walk->nindexes) {
        op->type = PT_OPERATION_INDEXES;
        op->after = walk->next;
        return;
    }

    op->type = PT_OPERATION_OVERDUE;
    op->index = walk->indexes[walk->index];
    op->after = walk->after;
    op->sources = PT_ANY_STATE & ~conf->rules.final;
    op->overdue = conf->overdue;
    op->max = ngx_min(ngx_http_print_task_log_lines(walk->ptmcf),
                      NGX_HTTP_PRINT_TASK_LIST_MAX);
}


static void
ngx_http_print_task_walk_done(ngx_http_print_task_op_t *op)
{
    ngx_http_print_task_walk_t  *walk;

    walk = op->data;

    ngx_http_print_task_count(operations[walk->store->number][op->type]
                                        [op->result]);

    if (op->result == PT_RESULT_BROKEN && op->type == PT_OPERATION_OVERDUE) {
        /* the key of this index belongs to another program by now */
        ngx_str_null(&op->next);

    } else if (op->result != PT_RESULT_SEEN) {
        ngx_http_print_task_walk_fail(walk);
        return;
    }

    walk->failures = 0;

    if (op->type == PT_OPERATION_INDEXES) {
        ngx_http_print_task_walk_indexes(walk);

    } else {
        ngx_http_print_task_walk_part(walk);
    }

    ngx_http_print_task_walk_next(walk);
}


/*
 * A failed operation is repeated.  After some failures the server may be
 * another one, so the walk starts again.
 */

static void
ngx_http_print_task_walk_fail(ngx_http_print_task_walk_t *walk)
{
    ngx_http_print_task_walk_free(&walk->pool);

    if (++walk->failures >= NGX_HTTP_PRINT_TASK_OVERDUE_TRIES) {
        ngx_http_print_task_status_set_overdue(walk->store->number, 0, 0);
        ngx_http_print_task_walk_clear(walk);
    }

    ngx_http_print_task_walk_after(walk, NGX_HTTP_PRINT_TASK_OVERDUE_RETRY);
}


/* the position of the operation was in the memory that is freed here */

static void
ngx_http_print_task_walk_indexes(ngx_http_print_task_walk_t *walk)
{
    ngx_http_print_task_walk_free(&walk->list);

    walk->list = walk->pool;
    walk->pool = NULL;

    walk->indexes = walk->op.indexes;
    walk->nindexes = walk->op.nindexes;
    walk->index = 0;
    walk->next = walk->op.next;

    ngx_str_null(&walk->after);
}


static void
ngx_http_print_task_walk_part(ngx_http_print_task_walk_t *walk)
{
    ngx_uint_t                             i;
    ngx_http_print_task_op_t              *op;
    const ngx_http_print_task_overdue_t   *overdue;

    op = &walk->op;
    overdue = walk->overdue;

    walk->count += op->count;

    if (op->count && op->ntasks == op->max) {
        walk->unlogged = 1;
    }

    for (i = 0; i < op->ntasks; i++) {
        ngx_http_print_task_log_overdue(walk->ptmcf, overdue->conf->log_level,
                                        overdue->core->error_log,
                                        &op->tasks[i]);
    }

    ngx_http_print_task_walk_free(&walk->part);

    walk->part = walk->pool;
    walk->pool = NULL;

    walk->after = op->next;

    if (walk->after.data == NULL) {
        walk->index++;
    }
}


static void
ngx_http_print_task_walk_next(ngx_http_print_task_walk_t *walk)
{
    if (walk->index == walk->nindexes && walk->next.data == NULL) {
        ngx_http_print_task_walk_end(walk);
        return;
    }

    ngx_http_print_task_walk_after(walk, NGX_HTTP_PRINT_TASK_OVERDUE_PAUSE);
}


static void
ngx_http_print_task_walk_end(ngx_http_print_task_walk_t *walk)
{
    ngx_msec_t  delay;

    ngx_http_print_task_status_set_overdue(walk->store->number, walk->count,
                                           1);

    delay = walk->unlogged ? NGX_HTTP_PRINT_TASK_OVERDUE_MIN
                           : ngx_http_print_task_walk_interval(walk);

    ngx_http_print_task_walk_clear(walk);
    ngx_http_print_task_walk_after(walk, delay);
}


static void
ngx_http_print_task_walk_after(ngx_http_print_task_walk_t *walk,
    ngx_msec_t delay)
{
    ngx_add_timer(&walk->timer, delay);
}


/* a tenth of the time, in bounds */

static ngx_msec_t
ngx_http_print_task_walk_interval(const ngx_http_print_task_walk_t *walk)
{
    ngx_msec_t  interval;

    interval = walk->overdue->conf->overdue / 10;
    interval = ngx_min(interval, NGX_HTTP_PRINT_TASK_OVERDUE_MAX);

    return ngx_max(interval, NGX_HTTP_PRINT_TASK_OVERDUE_MIN);
}


/* the next operation begins a walk */

static void
ngx_http_print_task_walk_clear(ngx_http_print_task_walk_t *walk)
{
    ngx_http_print_task_walk_free(&walk->list);
    ngx_http_print_task_walk_free(&walk->part);

    walk->indexes = NULL;
    walk->nindexes = 0;
    walk->index = 0;
    walk->count = 0;
    walk->unlogged = 0;

    ngx_str_null(&walk->next);
    ngx_str_null(&walk->after);
}


static void
ngx_http_print_task_walk_free(ngx_pool_t **pool)
{
    if (*pool != NULL) {
        ngx_destroy_pool(*pool);
        *pool = NULL;
    }
}
