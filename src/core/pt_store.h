
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The table of records of the store in shared memory, over a block of memory
 * that the caller has mapped, and locks.  What the operations do is what
 * ngx_http_print_task_store.h says.
 *
 * A process may die at any instruction of an operation.  The next one that
 * gets the lock calls pt_store_recover(), and the operation has either been
 * done or not: before a word that is in use is changed, its old value goes to
 * a journal in the block, and the operation is done when that is emptied.
 */


#ifndef _PT_STORE_H_INCLUDED_
#define _PT_STORE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_metrics.h"
#include "pt_rules.h"
#include "pt_siphash.h"
#include "pt_task.h"


#define PT_STORE_SIZE_MIN  (128 * 1024)
#define PT_STORE_SIZE_MAX  (64ull * 1024 * 1024 * 1024)

/* of application, description and parentUrl together */
#define PT_STORE_TEXT_MAX  16384


typedef struct pt_store_header_s  pt_store_header_t;
typedef union  pt_store_block_u   pt_store_block_t;


/* a block, as this process sees it */

typedef struct {
    pt_store_header_t  *header;
    pt_store_block_t   *blocks;
    uint32_t           *buckets;
    u_char             *text;             /* PT_STORE_TEXT_MAX bytes, which the
                                             strings of a snapshot are in until
                                             the next operation, but for those
                                             that APPLY was given */
    uint64_t           now;               /* ms since the epoch; to be set
                                             before each operation */
    ngx_uint_t         evicted;           /* records, since the caller zeroed
                                             this; and how many of a kind: */
    ngx_uint_t         evictions[PT_EVICTION_N];
} pt_store_t;


typedef enum {
    PT_STORE_SEEN = 0,
    PT_STORE_GRANTED,
    PT_STORE_BUSY,
    PT_STORE_APPLIED,
    PT_STORE_CREATED,
    PT_STORE_ABSENT,
    PT_STORE_NOMEM,                        /* there is no room, or not for the
                                             owner; COMMIT: the state was
                                             forgotten instead */
    PT_STORE_SETTLED,
    PT_STORE_LOST                         /* a settlement without its lease */
} pt_store_result_e;


typedef struct {
    uint64_t           hash[2];
} pt_store_key_t;


/* who a record counts for */

typedef struct {
    pt_store_key_t     tenant;
    pt_store_key_t     account;
    unsigned           is_app:1;          /* otherwise for the tenant alone */
} pt_store_owner_t;


typedef struct {
    pt_store_key_t     key;
    pt_store_owner_t   owner;             /* RESERVE, APPLY, PUT, COMMIT */
    uint64_t           lease;             /* see pt_store_lease(); 0: none */
    uint64_t           lease_time;
    uint64_t           ttl;
    ngx_uint_t         sources;
    ngx_uint_t         final;             /* states that nothing follows */
    ngx_str_t          app;
    pt_update_t        update;
    ngx_str_t          match;
    uint64_t           rev;
    pt_task_t          task;
    unsigned           create:1;
    unsigned           hold:1;
} pt_store_op_t;


typedef struct {
    pt_snapshot_t      snapshot;
    pt_state_e         from;
} pt_store_seen_t;


typedef pt_store_result_e (*pt_store_op_pt)(pt_store_t *store,
    const pt_store_op_t *op, pt_store_seen_t *seen);


/*
 * Makes an empty table of a block of zeroes: its size is between the limits
 * above, its address aligned to that of a cache line.  Until the last store to
 * memory of this function pt_store_attach() declines the block.
 */
void pt_store_create(pt_store_t *store, u_char *start, size_t size,
    const u_char *seed);

/* NGX_DECLINED: this is not a table, or one of another layout or size */
ngx_int_t pt_store_attach(pt_store_t *store, u_char *start, size_t size);

/*
 * Undoes the change of a process that has died.  NGX_DECLINED: the journal is
 * damaged, and nothing was written.
 */
ngx_int_t pt_store_recover(pt_store_t *store);

/*
 * NULL, or what is wrong with a table that nobody changes.  Operations on a
 * table with which nothing is wrong stay inside its block.  marks are
 * pt_store_nblocks() zeroes.
 */
const char *pt_store_check(const pt_store_t *store, u_char *marks);
size_t pt_store_nblocks(const pt_store_t *store);

/*
 * Counts anew who uses how much: after the check, for who is alone with the
 * table.
 */
void pt_store_recount(pt_store_t *store);

size_t pt_store_records(const pt_store_t *store);
size_t pt_store_free(const pt_store_t *store);

/* bytes; these may be read without the lock */
void pt_store_usage(const pt_store_t *store, size_t *size, size_t *used,
    size_t *pinned);

/* bytes that nobody has a right to yet */
size_t pt_store_unused_size(const pt_store_t *store);

/* these need no lock */
void pt_store_key(const pt_store_t *store, const ngx_str_t *text,
    pt_store_key_t *key);
uint64_t pt_store_lease(const pt_store_t *store, const ngx_str_t *id);
void pt_store_owner(const pt_store_t *store, const ngx_str_t *tenant,
    const ngx_str_t *app, pt_store_owner_t *owner);

/* the operations; seen is not used by settlements */
pt_store_result_e pt_store_read(pt_store_t *store, const pt_store_op_t *op,
    pt_store_seen_t *seen);
pt_store_result_e pt_store_reserve(pt_store_t *store,
    const pt_store_op_t *op, pt_store_seen_t *seen);
pt_store_result_e pt_store_apply(pt_store_t *store, const pt_store_op_t *op,
    pt_store_seen_t *seen);
pt_store_result_e pt_store_put(pt_store_t *store, const pt_store_op_t *op,
    pt_store_seen_t *seen);
pt_store_result_e pt_store_delete(pt_store_t *store, const pt_store_op_t *op,
    pt_store_seen_t *seen);
pt_store_result_e pt_store_commit(pt_store_t *store, const pt_store_op_t *op,
    pt_store_seen_t *seen);
pt_store_result_e pt_store_release(pt_store_t *store,
    const pt_store_op_t *op, pt_store_seen_t *seen);
pt_store_result_e pt_store_invalidate(pt_store_t *store,
    const pt_store_op_t *op,
    pt_store_seen_t *seen);


/*
 * A page of the tasks of a definition, in the order of the buckets, which does
 * not change: what is there throughout is in the pages once.
 */

typedef struct {
    uint64_t           definition;         /* see pt_store_definition() */
    uint64_t           after;              /* where the page before ended */
    ngx_uint_t         states;
    ngx_str_t          app;                /* the owner; data == NULL: any */
    ngx_uint_t         max;                /* tasks */

    pt_listed_t       *tasks;              /* memory for max ones */
    ngx_uint_t         n;
    u_char            *pos;                /* for their strings: more than
                                              PT_STORE_TEXT_MAX bytes */
    u_char            *end;
    uint64_t           next;               /* where this page ended */
    unsigned           first:1;            /* there is none before */
    unsigned           more:1;
} pt_store_page_t;


void pt_store_list_tasks(pt_store_t *store, pt_store_page_t *page);

/* the place of a task, at most PT_STORE_PLACE_MAX bytes; no lock is needed */
#define PT_STORE_PLACE_MAX  (8 + PT_ID_MAX)

uint64_t pt_store_definition(const pt_store_t *store, const ngx_str_t *name);
size_t pt_store_place_write(u_char *dst, uint64_t definition,
    const ngx_str_t *id);


#endif /* _PT_STORE_H_INCLUDED_ */
