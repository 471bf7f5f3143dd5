
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The store: records of tasks, and leases on them.  A store has no policy: it
 * knows neither requests nor the legal transitions.
 * These operations are answered in op->result with op->snapshot:
 *     READ      returns a snapshot of the record
 *     RESERVE   returns a snapshot.  Takes the lease if no other request has
 *               a live one, and the record is absent, its state is unknown,
 *               or its state is one of op->sources.  A lease that has run out
 *               without a settlement makes the state unknown
 *     APPLY     one atomic step: changes the task by op->update, if its state
 *               is one of op->sources and op->app owns it.  With op->match
 *               only if rev is in that list
 *     PUT       one atomic step: writes op->task, whose state is known, and
 *               op->app, without a lease, confirmed now.  rev grows; the rev
 *               of a new record is the clock in ms.  With op->create only if
 *               the state is unknown or the record absent; with op->match only
 *               if the state is known and rev is in that list
 *     DELETE    one atomic step: deletes a record whose state is known.  With
 *               op->match only if rev is in that list
 *     LIST      returns some of the tasks of the index op->index, and the
 *               position after them: at most op->max tasks after the position
 *               op->after, in the order of the index, whose state is one of
 *               op->sources and that op->app owns.  A task that exists during
 *               the whole iteration is returned exactly once.  The work of one
 *               call is limited, so a list before the end may be short or
 *               empty.  A task is in its index from PUT with op->index until
 *               it is deleted or expires.  With op->overdue only tasks that
 *               OVERDUE would count
 *     EVENTS    returns the events of the stream op->stream after the position
 *               op->after, in the order of the changes, and the position after
 *               them: at most op->max events.  Without op->after it returns no
 *               event and the position of the end
 *     INDEXES   returns names of indexes of the store in op->indexes, and the
 *               position after them; op->after is a position.  An index that
 *               exists during the whole iteration is returned at least once
 *     OVERDUE   counts in op->count how many tasks of a part of the index
 *               op->index are in one of op->sources, and have been for more
 *               than op->overdue since PUT; or, if this time is not known,
 *               since the store has first known it.  Returns at most op->max
 *               of them in op->tasks, with since and definition: each task
 *               only once after a PUT, to one caller.  op->after and op->next
 *               are positions as those of LIST
 * APPLY, PUT and DELETE with op->stream append the event of their change to the
 * stream, in the same step.  So does COMMIT, if state, description or parentUrl
 * differ from those of the record.  A stream keeps its last op->keep events, as
 * far as there is memory.
 * Exactly one settlement ends a granted lease:
 *     COMMIT    writes op->task, whose state is known, and op->app, observed
 *               now.  If the record was changed without the lease meanwhile,
 *               and so has another rev than op->rev, this is an INVALIDATE.
 *               Without a lease: a final state was observed, and a lease of
 *               another request ends
 *     RELEASE   the task is unchanged
 *     INVALIDATE
 *               the outcome is unknown, and so is the state.  With op->hold
 *               the lease is held until it runs out, because the change may
 *               still be in progress.  Without a lease: a change was made
 *               while the store was down.  With op->match, without a lease:
 *               an operator asks for it, only if rev is in that list.  With
 *               op->hold a lease is held; otherwise the lease of any request
 *               ends, and without one nothing changes
 * Settlements are idempotent by the lease id, and do nothing if another request
 * has the lease now.  The store copies them, and no request waits for them.
 */


#ifndef _NGX_HTTP_PRINT_TASK_STORE_STORE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_STORE_STORE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "core/pt_circuit.h"
#include "core/pt_event.h"
#include "core/pt_operation.h"
#include "core/pt_rules.h"
#include "core/pt_task.h"


#define NGX_HTTP_PRINT_TASK_LEASE_ID_LEN  32
#define NGX_HTTP_PRINT_TASK_LIST_MAX      100
#define NGX_HTTP_PRINT_TASK_EVENTS_MAX    100


/* owns the shared memory zones of its stores */
extern ngx_module_t  ngx_http_print_task_module;


typedef struct ngx_http_print_task_op_s     ngx_http_print_task_op_t;
typedef struct ngx_http_print_task_store_s  ngx_http_print_task_store_t;
typedef struct ngx_http_print_task_watch_s  ngx_http_print_task_watch_t;

typedef void (*ngx_http_print_task_op_done_pt)(ngx_http_print_task_op_t *op);


/* results without an answer of the store */

#define ngx_http_print_task_unanswered(result)                                \
    ((result) >= PT_RESULT_DOWN)


struct ngx_http_print_task_op_s {
    pt_operation_e                   type;

    ngx_str_t                        key;
    ngx_str_t                        tenant;      /* whose share of the
                                                     memory is used */
    ngx_str_t                        lease;       /* RESERVE, settlements: id
                                                     of at most
                                                     ..._LEASE_ID_LEN bytes */
    ngx_msec_t                       lease_time;  /* RESERVE */
    ngx_uint_t                       sources;     /* RESERVE, APPLY: states */
    ngx_str_t                        app;         /* APPLY, PUT, COMMIT,
                                                     LIST; data == NULL:
                                                     none; LIST: any */
    pt_update_t                      update;      /* APPLY */
    ngx_str_t                        match;       /* APPLY, PUT, DELETE,
                                                     INVALIDATE: list of
                                                     revisions, see
                                                     pt_etag.h; data == NULL:
                                                     no condition */
    uint64_t                         rev;         /* COMMIT: when the lease
                                                     was granted; 0: unknown */
    pt_task_t                        task;        /* PUT, COMMIT */
    ngx_msec_t                       ttl;         /* PUT, COMMIT, INVALIDATE:
                                                     of the record; PUT,
                                                     COMMIT 0: without an end */
    ngx_uint_t                       final;       /* APPLY, PUT, COMMIT:
                                                     final states; a full
                                                     store evicts such
                                                     records first */
    ngx_str_t                        index;       /* PUT, DELETE, LIST,
                                                     OVERDUE: the
                                                     key of an index of
                                                     tasks; op->key is this
                                                     key, "/" and the id;
                                                     data == NULL: no index */
    ngx_str_t                        stream;      /* APPLY, PUT, DELETE,
                                                     COMMIT, EVENTS: the key
                                                     of the stream of the
                                                     definition; data ==
                                                     NULL: no event is
                                                     written */
    ngx_uint_t                       keep;        /* with a stream: the number
                                                     of its events that are
                                                     kept */
    ngx_str_t                        after;       /* LIST, EVENTS, INDEXES,
                                                     OVERDUE: op->next of the
                                                     previous call; data ==
                                                     NULL: the start, EVENTS:
                                                     the end */
    ngx_uint_t                       max;         /* LIST: 1-..._LIST_MAX,
                                                     OVERDUE: 0-..._LIST_MAX,
                                                     EVENTS:
                                                     1-..._EVENTS_MAX */
    ngx_msec_t                       overdue;     /* LIST, OVERDUE: the time
                                                     after which a task is
                                                     overdue; PUT: the task
                                                     may become overdue; 0:
                                                     LIST: all tasks, PUT:
                                                     it may not */
    unsigned                         create:1;    /* PUT */
    unsigned                         hold:1;      /* INVALIDATE */

    pt_result_e                      result;
    pt_snapshot_t                    snapshot;    /* strings: in text, until
                                                     the next operation;
                                                     lease_left: READ, BUSY */
    pt_state_e                       from;        /* APPLIED: the state before
                                                     the change */
    unsigned                         distrusted:1;  /* the record may be
                                                       older than the task:
                                                       others may have
                                                       changed the task
                                                       without the store, or
                                                       its clock was set */

    pt_listed_t                     *tasks;       /* LIST, OVERDUE: in the
                                                     pool */
    ngx_uint_t                       ntasks;
    ngx_str_t                       *indexes;     /* INDEXES: in the pool */
    ngx_uint_t                       nindexes;
    ngx_uint_t                       count;       /* OVERDUE */
    pt_event_t                      *events;      /* EVENTS: in the pool */
    ngx_uint_t                       nevents;
    unsigned                         missed:1;    /* EVENTS: there were others
                                                     after op->after, or that
                                                     is no position of this
                                                     stream; op->next is the
                                                     end */
    unsigned                         more:1;      /* EVENTS: there may be more
                                                     after op->next */
    ngx_str_t                        next;        /* LIST, INDEXES, OVERDUE:
                                                     data == NULL: end */

    u_char                          *text;        /* of the snapshot */
    size_t                           text_size;

    ngx_pool_t                      *pool;        /* not of settlements */
    ngx_log_t                       *log;
    ngx_http_print_task_op_done_pt   done;        /* not of settlements */
    void                            *data;        /* of the caller */
    void                            *pending;     /* of the store */
    uint64_t                         key_hash[2]; /* private to the memory
                                                     store; copied with the
                                                     key; 0: not computed yet */
    uint64_t                         clock;       /* private to the Redis
                                                     store: the time that its
                                                     clock should show; 0:
                                                     unknown */
};


/*
 * Waits for events of a stream.  The handler is called from the event loop, and
 * never by watch() itself, when there may be events after the position that the
 * caller has read up to; it may be called without reason.
 */

struct ngx_http_print_task_watch_s {
    ngx_queue_t                      queue;       /* of the store */
    ngx_str_t                        stream;
    ngx_str_t                        after;       /* memory of the caller */
    uint32_t                         hash;        /* of the store */
    void                           (*handler)(ngx_http_print_task_watch_t *w);
    void                            *data;
    size_t                           len;         /* of the store: */
    u_char                           text[PT_EVENT_POSITION_MAX];
};


struct ngx_http_print_task_store_s {
    ngx_str_t     name;
    ngx_str_t     label;                          /* of its metrics, with its
                                                     address */
    ngx_uint_t    number;                         /* of its counters */
    ngx_uint_t    sharded;                        /* each key has one of
                                                     several servers */

    /*
     * Starts an operation other than a settlement.  NGX_OK: it is complete,
     * op->result is set and op->done() is not called.  NGX_AGAIN: op->done()
     * will be called exactly once, later, from the event loop; the op must stay
     * in its place until then.
     */
    ngx_int_t   (*start)(ngx_http_print_task_store_t *store,
                         ngx_http_print_task_op_t *op);

    /*
     * op->done() will not be called any more.  The store itself releases a
     * lease that is granted to a cancelled op, or to an op that was answered
     * DOWN, QUEUE_FULL or FAILED.
     */
    void        (*cancel)(ngx_http_print_task_store_t *store,
                          ngx_http_print_task_op_t *op);

    /* called by ngx_http_print_task_op_settle(); the op may be on the stack */
    void        (*settle)(ngx_http_print_task_store_t *store,
                          ngx_http_print_task_op_t *op);

    /* whether the store answers; NULL: always */
    pt_circuit_state_e
                (*state)(ngx_http_print_task_store_t *store);

    void        (*watch)(ngx_http_print_task_store_t *store,
                         ngx_http_print_task_watch_t *w);
    void        (*unwatch)(ngx_http_print_task_store_t *store,
                           ngx_http_print_task_watch_t *w);

    /* called in each worker */
    ngx_int_t   (*init_process)(ngx_http_print_task_store_t *store,
                                ngx_cycle_t *cycle);
    void        (*exit_process)(ngx_http_print_task_store_t *store,
                                ngx_cycle_t *cycle);

    void         *data;                           /* of the store */
};


/* settles; COMMIT of a task with an unknown state becomes INVALIDATE */
void ngx_http_print_task_op_settle(ngx_http_print_task_store_t *store,
    ngx_http_print_task_op_t *op);

/*
 * Memory for the strings of op->snapshot.  Memory of an earlier call is used
 * again if it is large enough, so a repeated operation needs no more.  NULL: no
 * memory.
 */
u_char *ngx_http_print_task_op_text(ngx_http_print_task_op_t *op, size_t size);

/* copies the strings of op->snapshot, which belong to others, to this memory */
ngx_int_t ngx_http_print_task_op_keep(ngx_http_print_task_op_t *op);


#endif /* _NGX_HTTP_PRINT_TASK_STORE_STORE_H_INCLUDED_ */
