
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The table of records of the memory store.  The caller maps the block of
 * memory and locks it.  src/store/store.h defines the operations.
 * A process may die at any instruction of an operation.  The next process that
 * gets the lock calls pt_store_recover(); afterwards the operation is either
 * done or not done.  Before a word in use changes, its old value is written to
 * a journal in the block.  The operation is done when the journal is emptied.
 */


#ifndef _PT_STORE_H_INCLUDED_
#define _PT_STORE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_event.h"
#include "pt_metrics.h"
#include "pt_operation.h"
#include "pt_rules.h"
#include "pt_siphash.h"
#include "pt_task.h"


#define PT_STORE_SIZE_MIN  (128 * 1024)
#define PT_STORE_SIZE_MAX  (64ull * 1024 * 1024 * 1024)

/* bytes of application, description and parentUrl together */
#define PT_STORE_TEXT_MAX  16384


typedef struct pt_store_header_s  pt_store_header_t;
typedef union  pt_store_block_u   pt_store_block_t;


/* a block, as mapped by this process */

typedef struct {
    pt_store_header_t  *header;
    pt_store_block_t   *blocks;
    uint64_t           *events;
    uint32_t           *buckets;
    u_char             *text;             /* PT_STORE_TEXT_MAX bytes; strings
                                             of a snapshot are here until the
                                             next operation, except strings
                                             that the caller gave to APPLY */
    uint64_t           now;               /* ms since the epoch; the caller
                                             sets it before each operation */
    ngx_uint_t         evicted;           /* records, in total and by kind;
                                             the caller sets them to 0 */
    ngx_uint_t         evictions[PT_EVICTION_N];
} pt_store_t;


typedef struct {
    uint64_t           hash[2];
} pt_store_key_t;


/* the tenant and the account that pay for a record */

typedef struct {
    pt_store_key_t     tenant;
    pt_store_key_t     account;
    unsigned           is_app:1;          /* 0: the tenant has no application
                                             here */
} pt_store_owner_t;


typedef struct {
    pt_store_key_t     key;
    pt_store_owner_t   owner;             /* RESERVE, APPLY, PUT, COMMIT */
    uint64_t           lease;             /* see pt_store_lease(); 0: no
                                             lease */
    uint64_t           lease_time;
    uint64_t           ttl;
    ngx_uint_t         sources;
    ngx_uint_t         final;             /* final states */
    ngx_str_t          app;
    pt_update_t        update;
    ngx_str_t          match;
    uint64_t           rev;
    pt_task_t          task;
    ngx_str_t          id;                /* APPLY, PUT, DELETE, COMMIT: of the
                                             task, for its event */
    uint64_t           stream;            /* see pt_store_definition() */
    ngx_uint_t         keep;              /* events; 0: none is written */
    unsigned           create:1;
    unsigned           hold:1;
} pt_store_op_t;


typedef struct {
    pt_snapshot_t      snapshot;
    pt_state_e         from;
} pt_store_seen_t;


typedef pt_result_e (*pt_store_op_pt)(pt_store_t *store,
    const pt_store_op_t *op, pt_store_seen_t *seen);


/*
 * Creates an empty table in a zeroed block.  The size is between the limits
 * above, the address is aligned to a cache line.  pt_store_attach() refuses the
 * block until the last store to memory of this function.
 */
void pt_store_create(pt_store_t *store, u_char *start, size_t size,
    const u_char *seed);

/* NGX_DECLINED: not a table, or a table of another layout, or a larger one */
ngx_int_t pt_store_attach(pt_store_t *store, u_char *start, size_t size);

/*
 * More memory follows that of the table, up to this size: for a caller that
 * has the lock.  The index does not grow.
 */
void pt_store_grow(pt_store_t *store, size_t size);

/*
 * Undoes the change of a process that died.  NGX_DECLINED: the journal is
 * damaged, and nothing was written.
 */
ngx_int_t pt_store_recover(pt_store_t *store);

/*
 * Checks a table that no process changes meanwhile.  Returns NULL, or what is
 * wrong.  Operations on a correct table never leave the block.  marks has
 * pt_store_nblocks() zeroes.
 */
const char *pt_store_check(const pt_store_t *store, u_char *marks);
size_t pt_store_nblocks(const pt_store_t *store);
size_t pt_store_size(const pt_store_t *store);

/*
 * Recalculates the memory that accounts use.  The caller has checked the table
 * and is its only user: this function keeps no journal.
 */
void pt_store_recount(pt_store_t *store);

size_t pt_store_records(const pt_store_t *store);
size_t pt_store_free(const pt_store_t *store);

/* bytes; callers need no lock */
void pt_store_usage(const pt_store_t *store, size_t *size, size_t *used,
    size_t *pinned);

/* bytes that no account may claim */
size_t pt_store_unused_size(const pt_store_t *store);

/* callers need no lock */
void pt_store_key(const pt_store_t *store, const ngx_str_t *text,
    pt_store_key_t *key);
uint64_t pt_store_lease(const pt_store_t *store, const ngx_str_t *id);
void pt_store_owner(const pt_store_t *store, const ngx_str_t *tenant,
    const ngx_str_t *app, pt_store_owner_t *owner);

/* the operations; settlements do not use seen */
pt_result_e pt_store_read(pt_store_t *store, const pt_store_op_t *op,
    pt_store_seen_t *seen);
pt_result_e pt_store_reserve(pt_store_t *store,
    const pt_store_op_t *op, pt_store_seen_t *seen);
pt_result_e pt_store_apply(pt_store_t *store, const pt_store_op_t *op,
    pt_store_seen_t *seen);
pt_result_e pt_store_put(pt_store_t *store, const pt_store_op_t *op,
    pt_store_seen_t *seen);
pt_result_e pt_store_delete(pt_store_t *store, const pt_store_op_t *op,
    pt_store_seen_t *seen);
pt_result_e pt_store_commit(pt_store_t *store, const pt_store_op_t *op,
    pt_store_seen_t *seen);
pt_result_e pt_store_release(pt_store_t *store,
    const pt_store_op_t *op, pt_store_seen_t *seen);
pt_result_e pt_store_invalidate(pt_store_t *store,
    const pt_store_op_t *op,
    pt_store_seen_t *seen);


/*
 * A page of the tasks of a definition, in the order of the buckets.  This order
 * is constant, so a task that exists all the time is in the pages exactly once.
 */

typedef struct {
    uint64_t           definition;         /* see pt_store_definition() */
    uint64_t           after;              /* the end of the previous page */
    ngx_uint_t         states;
    uint64_t           overdue;            /* ms; only tasks that were put
                                              before; 0: all */
    ngx_str_t          app;                /* the owner; data == NULL: any */
    ngx_uint_t         max;                /* tasks */

    pt_listed_t       *tasks;              /* memory for max tasks */
    ngx_uint_t         n;
    u_char            *pos;                /* memory for their strings: more
                                              than PT_STORE_TEXT_MAX bytes */
    u_char            *end;
    uint64_t           next;               /* the end of this page */
    unsigned           first:1;            /* there is no previous page */
    unsigned           more:1;
} pt_store_page_t;


void pt_store_list_tasks(pt_store_t *store, pt_store_page_t *page);


/*
 * A part of the overdue tasks of all definitions.  Tasks of a part that were
 * not reported yet are reported: no later part has them, until they are put
 * again.
 */

typedef struct {
    uint32_t           after;              /* the end of the previous part; 0:
                                              none */
    ngx_uint_t         states;
    uint64_t           overdue;            /* ms */
    ngx_uint_t         max;                /* tasks to report */

    ngx_uint_t         count;              /* of overdue tasks */
    pt_listed_t       *tasks;              /* memory for max tasks */
    ngx_uint_t         n;
    u_char            *pos;                /* memory for their strings */
    u_char            *end;
    uint32_t           next;               /* the end of this part; 0: of the
                                              table */
} pt_store_overdue_t;


void pt_store_count_overdue(pt_store_t *store, pt_store_overdue_t *part);


/*
 * Events of one stream, in the order of their changes.  A position is
 * PT_STORE_POSITION_LEN bytes.
 */

#define PT_STORE_POSITION_LEN  33

typedef struct {
    uint64_t           stream;             /* see pt_store_definition() */
    ngx_str_t          after;              /* a position; data == NULL: the
                                              present one */
    ngx_uint_t         max;                /* events */

    pt_event_t        *events;             /* memory for max ones */
    ngx_uint_t         n;
    u_char            *pos;                /* for their strings: more than
                                              PT_STORE_TEXT_MAX bytes */
    u_char            *end;
    u_char             next[PT_STORE_POSITION_LEN];
    unsigned           missed:1;           /* events after that position are
                                              gone, or it is of another table;
                                              next is the present one */
    unsigned           more:1;             /* there may be more after next */
} pt_store_event_page_t;


void pt_store_read_events(pt_store_t *store, pt_store_event_page_t *page);

/*
 * The place of a task, at most PT_STORE_PLACE_MAX bytes.  If the task may
 * become overdue, the time at which it is put and the name of its definition
 * follow: PT_STORE_PLACE_MORE bytes, and the name.  Callers need no lock.
 */
#define PT_STORE_PLACE_MAX   (8 + PT_ID_MAX)
#define PT_STORE_PLACE_MORE  (1 + 8)

uint64_t pt_store_definition(const pt_store_t *store, const ngx_str_t *name);
size_t pt_store_place_write(u_char *dst, uint64_t definition,
    const ngx_str_t *id);
size_t pt_store_place_add(u_char *dst, uint64_t since,
    const ngx_str_t *definition);


#endif /* _PT_STORE_H_INCLUDED_ */
