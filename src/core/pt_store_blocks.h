
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The block of memory below the operations of pt_store.c:
 *     pt_store_header_t | events | buckets | blocks
 * A record is one block.  If the state is known, a chain of further blocks has
 * the state and the strings.  All links are block numbers, because processes
 * map the block at different addresses.  The first blocks are the anchors of
 * lists; a record never has the number 0, which ends a chain.
 */


#ifndef _PT_STORE_BLOCKS_H_INCLUDED_
#define _PT_STORE_BLOCKS_H_INCLUDED_


#include "pt_store.h"


#define PT_STORE_MAGIC          0x65726f7473207470ull    /* "pt store" */
#define PT_STORE_LAYOUT         6

#define PT_STORE_BLOCK           64
#define PT_STORE_WORDS          8      /* of a block */
#define PT_STORE_JOURNAL        160    /* words; an operation needs half */

#define PT_STORE_TEXT_FIRST     40     /* bytes of strings in a block */
#define PT_STORE_TEXT_NEXT      60

/* blocks of a state that is changed in place; a larger one is written anew */
#define PT_STORE_IN_PLACE        6

#define PT_STORE_NULL           0xffff

#define PT_STORE_TTL_MARGIN       60000  /* ms; a record outlives its lease
                                            by this */

#define pt_store_text_blocks(len)                                              \
    (1 + ((len) <= PT_STORE_TEXT_FIRST ? 0                                    \
          : ((len) - PT_STORE_TEXT_FIRST + PT_STORE_TEXT_NEXT - 1)            \
            / PT_STORE_TEXT_NEXT))

/*
 * Blocks that no load counts: a new state is written before the old one is
 * freed.
 */
#define PT_STORE_SPARE          pt_store_text_blocks(PT_STORE_TEXT_MAX)

/*
 * Bytes of a description; a task that only this store has may always use them.
 */
#define PT_STORE_DESCRIPTION    128

#define PT_STORE_SHARE          16     /* see pt_store_may_pin() */

#define PT_STORE_EVENT_BLOCKS   32     /* one event at most for these */

#define PT_STORE_TENANT_BLOCKS   1
#define PT_STORE_ACCOUNT_BLOCKS  (1 + PT_STORE_ACCOUNT_LISTS)


/*
 * Lists of records in the order of their last change.  The lists of the second
 * part exist for each account and are evicted in this order.
 */

typedef enum {
    PT_STORE_LEASED = 0,               /* a change is in progress */
    PT_STORE_OWNED,                    /* not final, with an end */
    PT_STORE_KEPT,                     /* not final, without an end */
    PT_STORE_ACCOUNTS,                 /* accounts, not records */
    PT_STORE_LISTS,

    PT_STORE_UNKNOWN = PT_STORE_LISTS, /* only rev is known */
    PT_STORE_FINAL,
    PT_STORE_ACTIVE                    /* not final, and a back end has the
                                          task */
} pt_store_list_e;

#define PT_STORE_ACCOUNT_LISTS  3


/* flags of pt_store_record_t.ends */

#define PT_STORE_IS_FINAL       0x01
#define PT_STORE_IS_USED        0x02   /* since it was last moved */
#define PT_STORE_IS_OWNED       0x04   /* PUT created the task in this store */
#define PT_STORE_IS_REPORTED    0x08   /* as overdue, since it was put */
#define PT_STORE_FLAGS          0xff
#define PT_STORE_ENDS_SHIFT     8


typedef struct {
    uint32_t           next;           /* the state, 0: unknown; of a free
                                          block: the next one */
    uint32_t           chain;          /* the next record of the bucket */
    uint32_t           older;
    uint32_t           newer;
    uint64_t           key;
    uint32_t           key_more;
    uint32_t           account;
    uint64_t           lease;          /* 0: no lease */
    uint64_t           until;
    uint64_t           rev;
    uint64_t           ends;           /* ms, 0: never; shifted, with flags */
} pt_store_record_t;


/* accounts are in the same buckets as records: the first fields are the same */

typedef struct {
    uint32_t           next;           /* the anchors of its lists */
    uint32_t           chain;
    uint32_t           older;          /* of PT_STORE_ACCOUNTS */
    uint32_t           newer;
    uint64_t           key;
    uint32_t           key_more;
    uint32_t           none;           /* 0: an account, not a record */
    uint32_t           tenant;         /* the tenant of an account; 0: this
                                          is a tenant */
    uint32_t           members;        /* number of records; of a tenant: of
                                          accounts */
    uint64_t           load;           /* of a tenant: the sum of its
                                          accounts */
    uint32_t           lists[PT_STORE_ACCOUNT_LISTS];
    uint32_t           is_app;
} pt_store_account_t;


/*
 * The description changes most often, so it is the last string.  The first
 * string is the place in lists, see pt_store_place_read().
 */

typedef struct {
    uint32_t           next;
    uint16_t           app;            /* lengths, or PT_STORE_NULL */
    uint16_t           description;
    uint16_t           parent_url;
    uint16_t           state;
    uint16_t           place;
    uint16_t           unused;
    uint64_t           confirmed;
    u_char             text[PT_STORE_TEXT_FIRST];
} pt_store_state_t;


typedef struct {
    uint32_t           next;
    u_char             text[PT_STORE_TEXT_NEXT];
} pt_store_more_t;


typedef struct {
    uint32_t           next;           /* the state, with the time of the event
                                          as "confirmed" */
    uint32_t           type;           /* pt_event_type_e */
    uint64_t           rev;
    uint64_t           sequence;
    uint64_t           stream;         /* the hash of its key */
} pt_store_event_t;


union pt_store_block_u {
    pt_store_record_t  record;
    pt_store_account_t account;
    pt_store_state_t   state;
    pt_store_more_t    more;
    pt_store_event_t   event;
    uint64_t           words[PT_STORE_WORDS];
};


typedef struct {
    uint64_t           word;           /* number of the word in the block */
    uint64_t           value;          /* the old value */
} pt_store_undo_t;


struct pt_store_header_s {
    uint64_t           magic;
    uint64_t           layout;
    uint64_t           size;
    u_char             seed[PT_SIPHASH_SEED_LEN];
    uint32_t           nblocks;
    uint32_t           mask;           /* of buckets */
    uint64_t           events;         /* words of the ring, a power of two */

    /* the fields below are changed by pt_store_set..() only */
    uint32_t           free;           /* freed blocks */
    uint32_t           nfree;
    uint32_t           top;            /* the first block that was never used */
    uint32_t           records;
    uint64_t           rev;            /* the highest rev of a deleted record
                                          that was ahead of the clock */
    uint64_t           load;           /* of all accounts */
    uint32_t           turn;           /* the account that was visited last */
    uint32_t           biggest;        /* the account of the last eviction;
                                          0: none */
    uint64_t           event_first;    /* the number of the oldest event, and */
    uint64_t           event_next;     /* of the one that comes next */

    uint64_t           undos;
    pt_store_undo_t    journal[PT_STORE_JOURNAL];
};


/*
 * A point where a process may die.  Only the order of stores by the compiler
 * matters: a process that died has executed all instructions before some point,
 * and no instruction after it.  A fence for other processors is not needed,
 * because they take the lock.
 */

#ifndef pt_store_step
#define pt_store_step()  __atomic_signal_fence(__ATOMIC_SEQ_CST)
#endif


#define pt_store_record(store, n)  (&(store)->blocks[n].record)
#define pt_store_state(store, n)   (&(store)->blocks[n].state)
#define pt_store_account(store, n) (&(store)->blocks[n].account)

#define pt_store_used(load)        ((uint32_t) (load))
#define pt_store_pinned(load)      ((uint32_t) ((load) >> 32))

/* bytes of a string in a state */
#define pt_store_len(len)          ((len) == PT_STORE_NULL ? 0 : (len))

/* the blocks that loads may use, and those that are free */

#define pt_store_capacity(store)                                              \
    ((store)->header->nblocks - PT_STORE_LISTS - PT_STORE_SPARE)

#define pt_store_left(store)                                                  \
    (pt_store_capacity(store) - pt_store_used((store)->header->load))

#define pt_store_end(record)                                                  \
    ((record)->ends >> PT_STORE_ENDS_SHIFT)

#define pt_store_expired(store, record)                                       \
    (pt_store_end(record) != 0 && pt_store_end(record) <= (store)->now)

#define pt_store_lapsed(store, record)                                        \
    ((record)->lease != 0 && (record)->until <= (store)->now)


/* pt_store_journal_commit() makes all changes since the last one permanent */
void pt_store_set32(pt_store_t *store, uint32_t *field, uint32_t value);
void pt_store_set64(pt_store_t *store, uint64_t *field, uint64_t value);
void pt_store_journal_commit(pt_store_t *store);

/* 0: no such record */
uint32_t pt_store_find(const pt_store_t *store, const pt_store_key_t *key);

/* the load of a lease on an unknown task: one block, pinned */
#define PT_STORE_LEASE_LOAD     (1 | 1ull << 32)


/* the accounts that pay for an operation; 0: not created yet */

typedef struct {
    uint32_t           tenant;
    uint32_t           account;
} pt_store_payer_t;


/*
 * Frees memory for an operation by expiry and eviction.  NGX_DECLINED: out of
 * memory, or over the share of this owner.
 */
ngx_int_t pt_store_reclaim(pt_store_t *store, const pt_store_owner_t *owner,
    uint32_t keep, uint64_t before, uint64_t after, uint32_t *account);
void pt_store_owner_of(const pt_store_t *store, uint32_t account,
    pt_store_owner_t *owner);
ngx_int_t pt_store_reclaim_to_pin(pt_store_t *store,
    const pt_store_owner_t *owner, uint32_t n);

/*
 * The load of a state.  kept: the task is not final and only this store has it.
 * pinned: eviction must not remove it.
 */
uint64_t pt_store_load(size_t fixed, size_t description, ngx_uint_t kept,
    ngx_uint_t pinned);

/* the load of a task; 0: its strings are too long */
uint64_t pt_store_task_load(const pt_task_t *task, const ngx_str_t *app,
    ngx_uint_t kept, ngx_uint_t pinned);

/* the load of an existing record */
uint64_t pt_store_record_load(const pt_store_t *store, uint32_t n);

/* moves the load of a record from its value "before" in the account "from" */
void pt_store_charge(pt_store_t *store, uint32_t n, uint32_t from,
    uint64_t before);
void pt_store_charge_load(pt_store_t *store, uint32_t account, uint64_t load);
void pt_store_account_drop(pt_store_t *store, uint32_t n);

/* finds a record to delete, other than "keep", for the payer; 0: no record */
uint32_t pt_store_evict(pt_store_t *store, const pt_store_payer_t *payer,
    uint32_t keep);

/* the same, but only a record that has expired or whose lease has */
uint32_t pt_store_evict_expired(pt_store_t *store,
    const pt_store_payer_t *payer,
    uint32_t keep);

/* counts the eviction of a record before its deletion */
void pt_store_count_eviction(pt_store_t *store, uint32_t n);

/* deletes a few records that have expired */
void pt_store_expire(pt_store_t *store);

/* the caller has reclaimed memory for these */
uint32_t pt_store_insert(pt_store_t *store, const pt_store_key_t *key,
    uint32_t account);
uint32_t pt_store_alloc(pt_store_t *store, ngx_uint_t blocks);

/* frees "first" and all blocks after it */
void pt_store_free_chain(pt_store_t *store, uint32_t first);

/* deletes a record, in a change of its own */
void pt_store_remove(pt_store_t *store, uint32_t n);

void pt_store_unchain(pt_store_t *store, uint32_t n);
void pt_store_append(pt_store_t *store, uint32_t n, uint32_t anchor);
void pt_store_unlink(pt_store_t *store, uint32_t n);

/* bytes of the hash of the definition in a place */
#define PT_STORE_PLACE_HASH     8

/*
 * A place is the hash of the definition, and the id of the task.  If the task
 * may become overdue, "/", the time at which it was put and the name of its
 * definition follow.
 */

#define PT_STORE_PLACE_SINCE    8      /* bytes of the time */

typedef struct {
    ngx_str_t          id;
    uint64_t           since;          /* 0: unknown */
    ngx_str_t          definition;     /* data == NULL: unknown */
} pt_store_place_t;

void pt_store_place_read(const ngx_str_t *text, pt_store_place_t *place);

/* whether a task of a list is in one of these states for longer than age */
ngx_uint_t pt_store_is_overdue(const pt_store_t *store,
    const pt_snapshot_t *snapshot, uint64_t age);

/* whether the task of a record is in lists, and in one of these states */
ngx_uint_t pt_store_is_in_lists(const pt_store_t *store,
    const pt_store_record_t *record, ngx_uint_t states);

/* the state in the block n and those after it; its rev stays 0 */
void pt_store_read_text(pt_store_t *store, uint32_t n,
    pt_snapshot_t *snapshot);
uint32_t pt_store_write(pt_store_t *store, const pt_task_t *task,
    const ngx_str_t *app);

/* the snapshot of a record; n == 0: an unknown task */
void pt_store_read_snapshot(pt_store_t *store, uint32_t n,
    pt_snapshot_t *snapshot);

size_t pt_store_text_len(const pt_task_t *task, const ngx_str_t *app);

/*
 * Frees the blocks that an operation may need for a task, and for its event;
 * then writes the event, as a part of the change that the caller commits.
 */
void pt_store_reclaim_events(pt_store_t *store, const pt_store_op_t *op,
    const pt_task_t *task, const ngx_str_t *app);
void pt_store_event_append(pt_store_t *store, const pt_store_op_t *op,
    pt_event_type_e type, const pt_task_t *task, const ngx_str_t *app,
    uint64_t rev);

/*
 * Gives a record a state that is observed now; the caller has reclaimed memory.
 */
void pt_store_set_state(pt_store_t *store, uint32_t n, const pt_task_t *task,
    const ngx_str_t *app);

/* the list of a record, its anchor, and the move to the end of the list */
pt_store_list_e pt_store_list(const pt_store_record_t *record);
uint32_t pt_store_anchor(const pt_store_t *store,
    const pt_store_record_t *record);
void pt_store_place(pt_store_t *store, uint32_t n);


#endif /* _PT_STORE_BLOCKS_H_INCLUDED_ */
