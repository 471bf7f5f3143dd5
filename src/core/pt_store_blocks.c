
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Blocks, lists and buckets.  The journal turns a sequence of their changes
 * into one atomic change.
 */


#include "pt_store_blocks.h"


static uint32_t pt_store_mask(size_t size);
static size_t pt_store_fit(const pt_store_header_t *header, size_t size);
static ngx_uint_t pt_store_journal_is_sound(const pt_store_t *store);
static void pt_store_journal(pt_store_t *store, uint64_t *word);
static void pt_store_layout(pt_store_t *store, u_char *start);
static size_t pt_store_header_size(uint32_t mask, uint64_t events);
static uint64_t pt_store_ring(size_t size);


/*
 * The magic number is written last: a process that dies here leaves no table.
 */

void
pt_store_create(pt_store_t *store, u_char *start, size_t size,
    const u_char *seed)
{
    uint32_t            i, mask;
    uint64_t            events;
    pt_store_header_t  *header;

    header = (pt_store_header_t *) start;
    mask = pt_store_mask(size);
    events = pt_store_ring(size);

    header->layout = PT_STORE_LAYOUT;
    header->size = size;
    header->mask = mask;
    header->events = events;
    header->nblocks = pt_store_fit(header, size);
    header->top = PT_STORE_LISTS;
    header->turn = PT_STORE_ACCOUNTS;

    ngx_memcpy(header->seed, seed, PT_SIPHASH_SEED_LEN);

    pt_store_layout(store, start);

    for (i = 0; i < PT_STORE_LISTS; i++) {
        pt_store_record(store, i)->older = i;
        pt_store_record(store, i)->newer = i;
    }

    pt_store_step();

    header->magic = PT_STORE_MAGIC;
}


/* one bucket for four to eight blocks; a record has about five blocks */

static uint32_t
pt_store_mask(size_t size)
{
    uint32_t  mask;

    mask = 1;

    while (mask < size / PT_STORE_BLOCK / 8) {
        mask = mask * 2 + 1;
    }

    return mask;
}


/* number of blocks */

static size_t
pt_store_fit(const pt_store_header_t *header, size_t size)
{
    return (size - pt_store_header_size(header->mask, header->events))
           / PT_STORE_BLOCK;
}


/* words for events */

static uint64_t
pt_store_ring(size_t size)
{
    uint64_t  events;

    events = 1;

    while (events <= size / PT_STORE_BLOCK / PT_STORE_EVENT_BLOCKS / 2) {
        events *= 2;
    }

    return events;
}


/*
 * A table of another version of the module has another layout.  The caller
 * decides what happens to it.  A process that died in pt_store_grow() has
 * left one of the two fields behind.
 */

ngx_int_t
pt_store_attach(pt_store_t *store, u_char *start, size_t size)
{
    pt_store_header_t  *header;

    header = (pt_store_header_t *) start;

    if (header->magic != PT_STORE_MAGIC
        || header->layout != PT_STORE_LAYOUT
        || header->size < PT_STORE_SIZE_MIN
        || header->size > size
        || (header->mask & (header->mask + 1)) != 0
        || header->mask > pt_store_mask(header->size)
        || header->events == 0
        || (header->events & (header->events - 1)) != 0
        || header->events > pt_store_ring(header->size)
        || header->nblocks < pt_store_fit(header, header->size)
        || header->nblocks > pt_store_fit(header, size))
    {
        return NGX_DECLINED;
    }

    pt_store_layout(store, start);

    return NGX_OK;
}


/* The blocks are last in the memory, and the first ones keep their numbers. */

void
pt_store_grow(pt_store_t *store, size_t size)
{
    pt_store_header_t  *header;

    header = store->header;

    if (size > header->size) {
        header->nblocks = pt_store_fit(header, size);
        pt_store_step();

        header->size = size;
        pt_store_step();
    }
}


static void
pt_store_layout(pt_store_t *store, u_char *start)
{
    store->header = (pt_store_header_t *) start;
    store->events = (uint64_t *) (start + sizeof(pt_store_header_t));
    store->buckets = (uint32_t *) (store->events + store->header->events);
    store->blocks = (pt_store_block_t *)
                    (start + pt_store_header_size(store->header->mask,
                                                  store->header->events));

    store->evicted = 0;
    ngx_memzero(store->evictions, sizeof(store->evictions));
}


static size_t
pt_store_header_size(uint32_t mask, uint64_t events)
{
    return ngx_align(sizeof(pt_store_header_t)
                     + (size_t) events * sizeof(uint64_t)
                     + ((size_t) mask + 1) * sizeof(uint32_t), PT_STORE_BLOCK);
}


/*
 * An interrupted recovery is repeated from the start: to restore an old value
 * twice has the same result.
 */

ngx_int_t
pt_store_recover(pt_store_t *store)
{
    uint64_t            i;
    pt_store_header_t  *header;

    header = store->header;

    if (!pt_store_journal_is_sound(store)) {
        return NGX_DECLINED;
    }

    for (i = header->undos; i; i--) {
        ((uint64_t *) header)[header->journal[i - 1].word] =
                                                  header->journal[i - 1].value;
        pt_store_step();
    }

    header->undos = 0;
    pt_store_step();

    return NGX_OK;
}


/*
 * Whether each entry is a word that pt_store_set32() or pt_store_set64() may
 * change.  A damaged journal must not write outside of the table.
 */

static ngx_uint_t
pt_store_journal_is_sound(const pt_store_t *store)
{
    uint64_t                  i, word, first, undos, buckets, end;
    const pt_store_header_t  *header;

    header = store->header;

    if (header->undos > PT_STORE_JOURNAL) {
        return 0;
    }

    first = offsetof(pt_store_header_t, free) / sizeof(uint64_t);
    undos = offsetof(pt_store_header_t, undos) / sizeof(uint64_t);
    buckets = sizeof(pt_store_header_t) / sizeof(uint64_t);
    end = (uint64_t *) &store->blocks[header->nblocks] - (uint64_t *) header;

    for (i = 0; i < header->undos; i++) {
        word = header->journal[i].word;

        if (word < first || word >= end || (word >= undos && word < buckets)) {
            return 0;
        }
    }

    return 1;
}


/* The journal works by words of 64 bits: it saves the word around the field. */

void
pt_store_set32(pt_store_t *store, uint32_t *field, uint32_t value)
{
    uintptr_t  p;

    p = (uintptr_t) field;

    pt_store_journal(store, (uint64_t *) (p & ~(uintptr_t) 7));

    *field = value;
    pt_store_step();
}


void
pt_store_set64(pt_store_t *store, uint64_t *field, uint64_t value)
{
    pt_store_journal(store, field);

    *field = value;
    pt_store_step();
}


/*
 * The entry is complete before the counter includes it.  A process that dies
 * between the two has changed nothing.
 */

static void
pt_store_journal(pt_store_t *store, uint64_t *word)
{
    pt_store_undo_t    *undo;
    pt_store_header_t  *header;

    header = store->header;

    undo = &header->journal[header->undos];

    undo->word = word - (uint64_t *) header;
    undo->value = *word;
    pt_store_step();

    header->undos++;
    pt_store_step();
}


/*
 * One store ends the change: recovery undoes the journal before it, and finds
 * it empty after it.
 */

void
pt_store_journal_commit(pt_store_t *store)
{
    store->header->undos = 0;
    pt_store_step();
}


void
pt_store_key(const pt_store_t *store, const ngx_str_t *text,
    pt_store_key_t *key)
{
    pt_siphash(store->header->seed, text->data, text->len, key->hash);
}


/* A lease is a hash of 64 bits of its id.  0 means no lease. */

uint64_t
pt_store_lease(const pt_store_t *store, const ngx_str_t *id)
{
    uint64_t  hash[2];

    if (id->len == 0) {
        return 0;
    }

    pt_siphash(store->header->seed, id->data, id->len, hash);

    return hash[0] ? hash[0] : 1;
}


size_t
pt_store_size(const pt_store_t *store)
{
    return store->header->size;
}


size_t
pt_store_nblocks(const pt_store_t *store)
{
    return store->header->nblocks;
}


size_t
pt_store_records(const pt_store_t *store)
{
    return store->header->records;
}


size_t
pt_store_free(const pt_store_t *store)
{
    return store->header->nblocks - store->header->top + store->header->nfree;
}


size_t
pt_store_unused_size(const pt_store_t *store)
{
    return (size_t) pt_store_left(store) * PT_STORE_BLOCK;
}


void
pt_store_usage(const pt_store_t *store, size_t *size, size_t *used,
    size_t *pinned)
{
    uint64_t  load;

    load = __atomic_load_n(&store->header->load, __ATOMIC_RELAXED);

    *size = (size_t) pt_store_capacity(store) * PT_STORE_BLOCK;
    *used = (size_t) pt_store_used(load) * PT_STORE_BLOCK;
    *pinned = (size_t) pt_store_pinned(load) * PT_STORE_BLOCK;
}


/* Accounts and records share the buckets; the account of a record is not 0. */

uint32_t
pt_store_find(const pt_store_t *store, const pt_store_key_t *key)
{
    uint32_t                  n;
    const pt_store_record_t  *record;

    n = store->buckets[key->hash[0] & store->header->mask];

    for ( /* void */ ; n; n = record->chain) {
        record = pt_store_record(store, n);

        if (record->key == key->hash[0]
            && record->key_more == (uint32_t) key->hash[1]
            && record->account != 0)
        {
            return n;
        }
    }

    return 0;
}


/*
 * The block is not linked yet, so its fields are written without the journal.
 * pt_store_step() completes them before the link.
 */

uint32_t
pt_store_insert(pt_store_t *store, const pt_store_key_t *key, uint32_t account)
{
    uint32_t             n, *bucket, *members;
    pt_store_record_t   *record;

    n = pt_store_alloc(store, 1);
    record = pt_store_record(store, n);
    bucket = &store->buckets[key->hash[0] & store->header->mask];
    members = &pt_store_account(store, account)->members;

    record->chain = *bucket;
    record->older = n;
    record->newer = n;
    record->key = key->hash[0];
    record->key_more = (uint32_t) key->hash[1];
    record->account = account;
    record->lease = 0;
    record->until = 0;
    record->rev = ngx_max(store->now, store->header->rev + 1);
    record->ends = 0;
    pt_store_step();

    pt_store_set32(store, bucket, n);
    pt_store_set32(store, members, *members + 1);
    pt_store_set32(store, &store->header->records, store->header->records + 1);

    return n;
}


/*
 * The head of the free list is a chain already.  Blocks above "top" belong to
 * no chain: they are written without the journal until "top" moves.
 */

uint32_t
pt_store_alloc(pt_store_t *store, ngx_uint_t blocks)
{
    uint32_t            n, top, last, first;
    ngx_uint_t          i;
    pt_store_header_t  *header;

    header = store->header;
    first = header->free;
    top = header->top;
    last = 0;
    i = 0;

    for (n = first; i < blocks && i < header->nfree; i++) {
        last = n;
        n = pt_store_record(store, n)->next;
    }

    if (i) {
        pt_store_set32(store, &header->free, n);
        pt_store_set32(store, &header->nfree, header->nfree - (uint32_t) i);
        pt_store_set32(store, &pt_store_record(store, last)->next,
                       i < blocks ? top : 0);

    } else {
        first = top;
    }

    if (i == blocks) {
        return first;
    }

    for (n = top; ++i < blocks; n++) {
        pt_store_record(store, n)->next = n + 1;
    }

    pt_store_record(store, n)->next = 0;
    pt_store_step();

    pt_store_set32(store, &header->top, n + 1);

    return first;
}


void
pt_store_free_chain(pt_store_t *store, uint32_t first)
{
    uint32_t            n, last, blocks;
    pt_store_header_t  *header;

    header = store->header;
    blocks = 0;
    last = 0;

    for (n = first; n; n = pt_store_record(store, n)->next) {
        last = n;
        blocks++;
    }

    if (blocks == 0) {
        return;
    }

    pt_store_set32(store, &pt_store_record(store, last)->next, header->free);
    pt_store_set32(store, &header->free, first);
    pt_store_set32(store, &header->nfree, header->nfree + blocks);
}


/*
 * The rev of a new record starts at the clock.  The header keeps a deleted rev
 * that is ahead of the clock, so that no later record of the task repeats it.
 */

void
pt_store_remove(pt_store_t *store, uint32_t n)
{
    uint32_t             account, *members;
    uint64_t             load;
    pt_store_header_t   *header;
    pt_store_record_t   *record;

    header = store->header;
    record = pt_store_record(store, n);
    account = record->account;
    members = &pt_store_account(store, account)->members;
    load = pt_store_record_load(store, n);

    pt_store_unchain(store, n);
    pt_store_unlink(store, n);

    if (record->rev >= store->now && record->rev > header->rev) {
        pt_store_set64(store, &header->rev, record->rev);
    }

    pt_store_set32(store, &header->records, header->records - 1);
    pt_store_set32(store, members, *members - 1);
    pt_store_charge_load(store, account, -load);
    pt_store_free_chain(store, n);
    pt_store_journal_commit(store);

    pt_store_account_drop(store, account);
}


/*
 * A bucket has few records, so a link back from each record would cost more
 * than this search.
 */

void
pt_store_unchain(pt_store_t *store, uint32_t n)
{
    uint32_t           *link;
    pt_store_record_t  *record;

    record = pt_store_record(store, n);
    link = &store->buckets[record->key & store->header->mask];

    while (*link != n) {
        link = &pt_store_record(store, *link)->chain;
    }

    pt_store_set32(store, link, record->chain);
}


pt_store_list_e
pt_store_list(const pt_store_record_t *record)
{
    return record->lease ? PT_STORE_LEASED
           : !record->next ? PT_STORE_UNKNOWN
           : (record->ends & PT_STORE_IS_FINAL) ? PT_STORE_FINAL
           : !pt_store_end(record) ? PT_STORE_KEPT
           : (record->ends & PT_STORE_IS_OWNED) ? PT_STORE_OWNED
           : PT_STORE_ACTIVE;
}


void
pt_store_place(pt_store_t *store, uint32_t n)
{
    pt_store_record_t  *record;

    record = pt_store_record(store, n);

    if (record->ends & PT_STORE_IS_USED) {
        pt_store_set64(store, &record->ends,
                       record->ends & ~(uint64_t) PT_STORE_IS_USED);
    }

    pt_store_unlink(store, n);
    pt_store_append(store, n, pt_store_anchor(store, record));
}


uint32_t
pt_store_anchor(const pt_store_t *store, const pt_store_record_t *record)
{
    pt_store_list_e  list;

    list = pt_store_list(record);

    if (list < PT_STORE_LISTS) {
        return list;
    }

    return pt_store_account(store, record->account)
           ->lists[list - PT_STORE_LISTS];
}


/* "newer" of the anchor is the oldest record, "older" the newest */

void
pt_store_append(pt_store_t *store, uint32_t n, uint32_t anchor)
{
    uint32_t            newest;
    pt_store_record_t  *record;

    record = pt_store_record(store, n);
    newest = pt_store_record(store, anchor)->older;

    pt_store_set32(store, &record->older, newest);
    pt_store_set32(store, &record->newer, anchor);
    pt_store_set32(store, &pt_store_record(store, newest)->newer, n);
    pt_store_set32(store, &pt_store_record(store, anchor)->older, n);
}


void
pt_store_unlink(pt_store_t *store, uint32_t n)
{
    const pt_store_record_t  *record;

    record = pt_store_record(store, n);

    pt_store_set32(store, &pt_store_record(store, record->older)->newer,
                   record->newer);
    pt_store_set32(store, &pt_store_record(store, record->newer)->older,
                   record->older);
}
