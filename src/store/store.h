
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The store: records of tasks, and leases on them.  There is no policy in a
 * store, it neither knows requests nor which states may follow which.
 *
 * An operation is one of
 *
 *     READ      a snapshot of the record
 *     RESERVE   a snapshot; takes the lease if the record is absent or
 *               unknown, or its state is one of op->sources, and no live lease
 *               is held by another.  A lease that has run out without a
 *               settlement leaves the record unknown
 *     APPLY     one atomic step: where the state is one of op->sources and
 *               op->app owns the task, changes it as op->update says.  With
 *               op->match only if rev is one of these
 *     PUT       one atomic step: the record is what op->task, whose state is
 *               known, and op->app say, without a lease, confirmed now; rev
 *               grows, that of a new record is the clock in ms.  With
 *               op->create only if the state was not known, as READ would
 *               tell it; with op->match only if it was, and rev is one of these
 *     DELETE    one atomic step: there is no record any more, if its state was
 *               known.  With op->match only if rev is one of these
 *
 *     LIST      some of the tasks of the index op->index after the position
 *               op->after, at most op->max of them, in the order of the index,
 *               whose state is one of op->sources, and that op->app owns; and
 *               the position behind them.  A task that is there throughout is
 *               in the lists from one position to the next exactly once.  The
 *               work for a list is limited, so it may be shorter, or empty,
 *               before the end.  Tasks are in an index since PUT with op->index
 *               until they are gone
 *
 * and it is answered in op->result with op->snapshot.  A lease that was
 * granted is ended by exactly one settlement:
 *
 *     COMMIT    the record is what op->task, whose state is known, and op->app
 *               say, seen now.  If it was changed without the lease since that
 *               was granted, which is another rev than op->rev, it is
 *               INVALIDATE.  Without a lease: the task was seen in a state that
 *               nothing follows, so whoever has the lease of the record loses
 *               it
 *     RELEASE   nothing was changed
 *     INVALIDATE
 *               the outcome is not known: so is the state from now on; with
 *               op->hold the lease stays until it runs out, because the change
 *               may still be on its way.  Without a lease: a change was made
 *               while the store was down
 *
 * Settlements are idempotent by the lease id, do nothing if the lease has
 * passed to another, are copied by the store, and nobody waits for them.
 */


#ifndef _NGX_HTTP_PRINT_TASK_STORE_STORE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_STORE_STORE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "core/pt_circuit.h"
#include "core/pt_operation.h"
#include "core/pt_rules.h"
#include "core/pt_task.h"


#define NGX_HTTP_PRINT_TASK_LEASE_ID_LEN  32
#define NGX_HTTP_PRINT_TASK_LIST_MAX      100


/* owns the zones of shared memory of its stores */
extern ngx_module_t  ngx_http_print_task_module;


typedef struct ngx_http_print_task_op_s     ngx_http_print_task_op_t;
typedef struct ngx_http_print_task_store_s  ngx_http_print_task_store_t;

typedef void (*ngx_http_print_task_op_done_pt)(ngx_http_print_task_op_t *op);


/* results in which the store has not said anything */

#define ngx_http_print_task_unanswered(result)                                \
    ((result) >= PT_RESULT_DOWN)


struct ngx_http_print_task_op_s {
    pt_operation_e                   type;

    ngx_str_t                        key;
    ngx_str_t                        tenant;      /* that uses the memory */
    ngx_str_t                        lease;       /* RESERVE, settlements: its
                                                     id, at most
                                                     ..._LEASE_ID_LEN bytes */
    ngx_msec_t                       lease_time;  /* RESERVE */
    ngx_uint_t                       sources;     /* RESERVE, APPLY: states */
    ngx_str_t                        app;         /* APPLY, PUT, COMMIT, LIST;
                                                     data == NULL: none, LIST:
                                                     any */
    pt_update_t                      update;      /* APPLY */
    ngx_str_t                        match;       /* APPLY, PUT, DELETE:
                                                     revisions, see pt_etag.h;
                                                     data == NULL: any, or
                                                     none */
    uint64_t                         rev;         /* COMMIT: as it was when the
                                                     lease was granted; 0: not
                                                     known */
    pt_task_t                        task;        /* PUT, COMMIT */
    ngx_msec_t                       ttl;         /* PUT, COMMIT, INVALIDATE: of
                                                     the record; PUT, COMMIT 0:
                                                     without an end */
    ngx_uint_t                       final;       /* APPLY, PUT, COMMIT: states
                                                     that nothing follows; a
                                                     store that is full gives
                                                     up such records first */
    ngx_str_t                        index;       /* PUT, DELETE, LIST: the key
                                                     of an index of tasks, of
                                                     which op->key ends with
                                                     "/" and the id; data ==
                                                     NULL: none */
    ngx_str_t                        after;       /* LIST: op->next of another;
                                                     data == NULL: from the
                                                     start */
    ngx_uint_t                       max;         /* LIST: 1-..._LIST_MAX */
    unsigned                         create:1;    /* PUT */
    unsigned                         hold:1;      /* INVALIDATE */

    pt_result_e                      result;
    pt_snapshot_t                    snapshot;    /* strings: in text, until
                                                     the next operation;
                                                     lease_left: READ, BUSY */
    pt_state_e                       from;        /* APPLIED: the state before
                                                     the change */
    unsigned                         distrusted:1;  /* the record may be older
                                                     than the task: changes may
                                                     have been made without the
                                                     store since, or its clock
                                                     was set */

    pt_listed_t                     *tasks;       /* LIST: in the pool */
    ngx_uint_t                       ntasks;
    ngx_str_t                        next;        /* LIST: data == NULL: there
                                                     are no more */

    u_char                          *text;        /* of the snapshot */
    size_t                           text_size;

    ngx_pool_t                      *pool;        /* not of settlements */
    ngx_log_t                       *log;
    ngx_http_print_task_op_done_pt   done;        /* not of settlements */
    void                            *data;        /* of the caller */
    void                            *pending;     /* of the store */
    uint64_t                         key_hash[2]; /* of the store, of memory:
                                                     it is copied with the key;
                                                     0: not made yet */
    uint64_t                         clock;       /* of the store: what its own
                                                     one should show; 0: not
                                                     known */
};


struct ngx_http_print_task_store_s {
    ngx_str_t     name;
    ngx_str_t     label;                          /* of its metrics: with where
                                                     it is */
    ngx_uint_t    number;                         /* of its counters, in a
                                                     process that counts */

    /*
     * Starts an operation that is no settlement.  NGX_OK: finished now,
     * op->result is set and op->done() is not called.  NGX_AGAIN: op->done()
     * will be called once, later, from the event loop, never from inside this
     * call; the op must stay where it is until then.
     */
    ngx_int_t   (*start)(ngx_http_print_task_store_t *store,
                         ngx_http_print_task_op_t *op);

    /*
     * op->done() will not be called any more.  A lease that is granted to a
     * cancelled op, or to one that was answered DOWN, QUEUE_FULL or FAILED, is
     * released by the store itself.
     */
    void        (*cancel)(ngx_http_print_task_store_t *store,
                          ngx_http_print_task_op_t *op);

    /* of ngx_http_print_task_op_settle(); the op may be on the stack */
    void        (*settle)(ngx_http_print_task_store_t *store,
                          ngx_http_print_task_op_t *op);

    /* whether operations are answered at all; NULL: they are */
    pt_circuit_state_e
                (*state)(ngx_http_print_task_store_t *store);

    /* in each worker */
    ngx_int_t   (*init_process)(ngx_http_print_task_store_t *store,
                                ngx_cycle_t *cycle);
    void        (*exit_process)(ngx_http_print_task_store_t *store,
                                ngx_cycle_t *cycle);

    void         *data;                           /* of the store */
};


/* settles; COMMIT of a task whose state is not known becomes INVALIDATE */
void ngx_http_print_task_op_settle(ngx_http_print_task_store_t *store,
    ngx_http_print_task_op_t *op);

/*
 * Memory for the strings of op->snapshot: the same as before, where there is
 * enough of it, so that an operation that is repeated needs no more.  NULL: no
 * memory.
 */
u_char *ngx_http_print_task_op_text(ngx_http_print_task_op_t *op, size_t size);

/* moves the strings of op->snapshot, which are of somebody else, to there */
ngx_int_t ngx_http_print_task_op_keep(ngx_http_print_task_op_t *op);


#endif /* _NGX_HTTP_PRINT_TASK_STORE_STORE_H_INCLUDED_ */
