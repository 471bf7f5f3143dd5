
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The block of memory below the operations of pt_store.c:
 *
 *     pt_store_header_t | buckets | blocks
 *
 * A record is a block, and, where its state is known, a chain of further ones
 * with the state and the strings.  All links are numbers of blocks, because
 * processes map the block at different addresses.  The first blocks are the
 * anchors of the lists, so 0 is the number of no record and ends a chain.
 */


#ifndef _PT_STORE_BLOCKS_H_INCLUDED_
#define _PT_STORE_BLOCKS_H_INCLUDED_


#include "pt_store.h"


#define PT_STORE_MAGIC          0x65726f7473207470ull    /* "pt store" */
#define PT_STORE_LAYOUT         4

#define PT_STORE_BLOCK           64
#define PT_STORE_WORDS          8      /* of a block */
#define PT_STORE_JOURNAL        160    /* words; an operation needs half */

#define PT_STORE_TEXT_FIRST     40     /* bytes of strings in a block */
#define PT_STORE_TEXT_NEXT      60

/* blocks of a state that is changed where it is; a longer one is made anew */
#define PT_STORE_IN_PLACE        6

#define PT_STORE_NULL           0xffff

#define PT_STORE_TTL_MARGIN       60000  /* ms: a record its lease */

#define pt_store_text_blocks(len)                                              \
    (1 + ((len) <= PT_STORE_TEXT_FIRST ? 0                                    \
          : ((len) - PT_STORE_TEXT_FIRST + PT_STORE_TEXT_NEXT - 1)            \
            / PT_STORE_TEXT_NEXT))

/*
 * Free blocks that no load counts: a new state is written before the old one is
 * freed.
 */
#define PT_STORE_SPARE          pt_store_text_blocks(PT_STORE_TEXT_MAX)

/* bytes of a description that each task that is only here has a right to */
#define PT_STORE_DESCRIPTION    128

#define PT_STORE_SHARE          16     /* see pt_store_may_pin() */

#define PT_STORE_TENANT_BLOCKS   1
#define PT_STORE_ACCOUNT_BLOCKS  (1 + PT_STORE_ACCOUNT_LISTS)


/*
 * Lists of records in the order of their last change.  Those of the second
 * part are of one account each, in the order in which they are evicted.
 */

typedef enum {
    PT_STORE_LEASED = 0,               /* a change is under way */
    PT_STORE_OWNED,                    /* not final, until its end */
    PT_STORE_KEPT,                     /* not final, and without an end */
    PT_STORE_ACCOUNTS,                 /* not records, but accounts */
    PT_STORE_LISTS,

    PT_STORE_UNKNOWN = PT_STORE_LISTS, /* nothing but rev */
    PT_STORE_FINAL,
    PT_STORE_ACTIVE                    /* not final, but known elsewhere */
} pt_store_list_e;

#define PT_STORE_ACCOUNT_LISTS  3


/* flags of pt_store_record_t.ends */

#define PT_STORE_IS_FINAL       0x01
#define PT_STORE_IS_USED        0x02   /* since it was put where it is */
#define PT_STORE_IS_OWNED       0x04   /* by this store: it was put */
#define PT_STORE_FLAGS          0xff
#define PT_STORE_ENDS_SHIFT     8


typedef struct {
    uint32_t           next;           /* the state, 0: not known; of a free
                                          block: the next one */
    uint32_t           chain;          /* the next one of the bucket */
    uint32_t           older;
    uint32_t           newer;
    uint64_t           key;
    uint32_t           key_more;
    uint32_t           account;
    uint64_t           lease;          /* 0: none */
    uint64_t           until;
    uint64_t           rev;
    uint64_t           ends;           /* ms, 0: never; shifted, with flags */
} pt_store_record_t;


/* in the buckets as records are; the first fields are at the same place */

typedef struct {
    uint32_t           next;           /* the anchors of its lists */
    uint32_t           chain;
    uint32_t           older;          /* of PT_STORE_ACCOUNTS */
    uint32_t           newer;
    uint64_t           key;
    uint32_t           key_more;
    uint32_t           none;           /* 0: it is not a record */
    uint32_t           tenant;         /* its account; 0: this is a tenant */
    uint32_t           members;        /* records; accounts of a tenant */
    uint64_t           load;           /* that of a tenant is of its accounts */
    uint32_t           lists[PT_STORE_ACCOUNT_LISTS];
    uint32_t           is_app;
} pt_store_account_t;


/*
 * What changes most often is the last of its strings.  The first one is the
 * place in lists: the hash of the definition, and the id of the task.
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


union pt_store_block_u {
    pt_store_record_t  record;
    pt_store_account_t account;
    pt_store_state_t   state;
    pt_store_more_t    more;
    uint64_t           words[PT_STORE_WORDS];
};


typedef struct {
    uint64_t           word;           /* its number in the block */
    uint64_t           value;          /* that it had */
} pt_store_undo_t;


struct pt_store_header_s {
    uint64_t           magic;
    uint64_t           layout;
    uint64_t           size;
    u_char             seed[PT_SIPHASH_SEED_LEN];
    uint32_t           nblocks;
    uint32_t           mask;           /* of buckets */

    /* from here on by pt_store_set..() */
    uint32_t           free;           /* blocks that were used before */
    uint32_t           nfree;
    uint32_t           top;            /* the first one that never was */
    uint32_t           records;
    uint64_t           rev;            /* the highest one that was deleted and
                                          was not past */
    uint64_t           load;           /* of all accounts */
    uint32_t           turn;           /* the account that was looked at last */
    uint32_t           biggest;        /* that records were evicted from last;
                                          0: none */

    uint64_t           undos;
    pt_store_undo_t    journal[PT_STORE_JOURNAL];
};


/*
 * What a process may die between.  Only the order in which the compiler
 * stores matters: a process that is gone has done all before some instruction,
 * and nothing after.
 */

#ifndef pt_store_step
#define pt_store_step()  __atomic_signal_fence(__ATOMIC_SEQ_CST)
#endif


#define pt_store_record(store, n)  (&(store)->blocks[n].record)
#define pt_store_state(store, n)   (&(store)->blocks[n].state)
#define pt_store_account(store, n) (&(store)->blocks[n].account)

#define pt_store_used(load)        ((uint32_t) (load))
#define pt_store_pinned(load)      ((uint32_t) ((load) >> 32))

/* of a string in a state */
#define pt_store_len(len)          ((len) == PT_STORE_NULL ? 0 : (len))

/* blocks for loads, and those of them that are left */

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


/* changes that pt_store_journal_commit() makes one */
void pt_store_set32(pt_store_t *store, uint32_t *field, uint32_t value);
void pt_store_set64(pt_store_t *store, uint64_t *field, uint64_t value);
void pt_store_journal_commit(pt_store_t *store);

/* 0 if there is none */
uint32_t pt_store_find(const pt_store_t *store, const pt_store_key_t *key);

/* that of a lease on a task that is not known */
#define PT_STORE_LEASE_LOAD     (1 | 1ull << 32)


/* who makes room for an operation; 0: has no account yet */

typedef struct {
    uint32_t           tenant;
    uint32_t           account;
} pt_store_payer_t;


/* NGX_OK; NGX_DECLINED: there is no room, or not for this owner */
ngx_int_t pt_store_reclaim(pt_store_t *store, const pt_store_owner_t *owner,
    uint32_t keep, uint64_t before, uint64_t after, uint32_t *account);
void pt_store_owner_of(const pt_store_t *store, uint32_t account,
    pt_store_owner_t *owner);
ngx_int_t pt_store_reclaim_to_pin(pt_store_t *store,
    const pt_store_owner_t *owner, uint32_t n);

/*
 * The load of a state: kept, if it is not final and only here; pinned, if it
 * may not be evicted.
 */
uint64_t pt_store_load(size_t fixed, size_t description, ngx_uint_t kept,
    ngx_uint_t pinned);

/* so, of a task; 0: its strings are too long */
uint64_t pt_store_task_load(const pt_task_t *task, const ngx_str_t *app,
    ngx_uint_t kept, ngx_uint_t pinned);

/* of a record that is there */
uint64_t pt_store_record_load(const pt_store_t *store, uint32_t n);

/* what a record has now, and had before, with the account "from" */
void pt_store_charge(pt_store_t *store, uint32_t n, uint32_t from,
    uint64_t before);
void pt_store_charge_load(pt_store_t *store, uint32_t account, uint64_t load);
void pt_store_account_drop(pt_store_t *store, uint32_t n);

/* a record to be deleted, other than "keep", for who pays; 0: none */
uint32_t pt_store_evict(pt_store_t *store, const pt_store_payer_t *payer,
    uint32_t keep);

/* so, if it has expired, or its lease has */
uint32_t pt_store_evict_expired(pt_store_t *store,
    const pt_store_payer_t *payer,
    uint32_t keep);

/* the record is about to be deleted for another one */
void pt_store_count_eviction(pt_store_t *store, uint32_t n);

/* deletes a few records that have expired */
void pt_store_expire(pt_store_t *store);

/* these need room */
uint32_t pt_store_insert(pt_store_t *store, const pt_store_key_t *key,
    uint32_t account);
uint32_t pt_store_alloc(pt_store_t *store, ngx_uint_t blocks);

/* "first" and all that follows it */
void pt_store_free_chain(pt_store_t *store, uint32_t first);

/* a record, in a change of its own */
void pt_store_remove(pt_store_t *store, uint32_t n);

void pt_store_unchain(pt_store_t *store, uint32_t n);
void pt_store_append(pt_store_t *store, uint32_t n, uint32_t anchor);
void pt_store_unlink(pt_store_t *store, uint32_t n);

/* of the definition in a place */
#define PT_STORE_PLACE_HASH     8

/* what is known of a record; n == 0: nothing */
void pt_store_read_snapshot(pt_store_t *store, uint32_t n,
    pt_snapshot_t *snapshot);

size_t pt_store_text_len(const pt_task_t *task, const ngx_str_t *app);

/* gives a record a state, seen now; needs room */
void pt_store_set_state(pt_store_t *store, uint32_t n, const pt_task_t *task,
    const ngx_str_t *app);

/* the list that the record belongs to, and how it gets to the end of it */
pt_store_list_e pt_store_list(const pt_store_record_t *record);
uint32_t pt_store_anchor(const pt_store_t *store,
    const pt_store_record_t *record);
void pt_store_place(pt_store_t *store, uint32_t n);


#endif /* _PT_STORE_BLOCKS_H_INCLUDED_ */
