
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Checks that a table is consistent: each block is in one list, chain or
 * record, and each number agrees with the objects that it counts.
 * The table may be in a file that another process or a crash has damaged.  No
 * loop here trusts a link: pt_store_mark() stops at the second visit of a
 * block.
 */


#include "pt_store_blocks.h"


static const char *pt_store_check_header(const pt_store_t *store);
static const char *pt_store_check_buckets(const pt_store_t *store,
    u_char *marks);
static const char *pt_store_check_record(const pt_store_t *store, uint32_t n,
    u_char *marks);
static const char *pt_store_check_account(const pt_store_t *store, uint32_t n,
    u_char *marks);
static const char *pt_store_check_text(const pt_store_t *store, uint32_t n,
    u_char *marks);
static const char *pt_store_check_events(const pt_store_t *store,
    u_char *marks);
static const char *pt_store_check_free(const pt_store_t *store,
    u_char *marks);
static const char *pt_store_check_members(const pt_store_t *store,
    const u_char *marks);
static const char *pt_store_check_accounts(const pt_store_t *store,
    u_char *marks);
static const char *pt_store_check_lists(const pt_store_t *store,
    u_char *marks);
static const char *pt_store_check_list(const pt_store_t *store,
    uint32_t anchor, u_char *marks, size_t *records);
static const char *pt_store_check_turn(const pt_store_t *store,
    const u_char *marks);
static uint32_t pt_store_check_next(const pt_store_t *store, uint32_t anchor,
    uint32_t prev, u_char *marks, u_char use, const char **wrong);
static ngx_uint_t pt_store_mark(const pt_store_t *store, uint32_t n,
    u_char *marks, u_char use);


/* the use of a block */

enum {
    PT_STORE_NO_USE = 0,
    PT_STORE_USE_RECORD,
    PT_STORE_USE_TEXT,
    PT_STORE_USE_FREE,
    PT_STORE_USE_TENANT,
    PT_STORE_USE_ACCOUNT,
    PT_STORE_USE_ANCHOR,
    PT_STORE_USE_EVENT,
    PT_STORE_USE_LISTED = 0x80         /* a flag: found in a list, too */
};


const char *
pt_store_check(const pt_store_t *store, u_char *marks)
{
    uint32_t     n;
    const char  *wrong;

    wrong = pt_store_check_header(store);

    if (wrong == NULL) {
        wrong = pt_store_check_buckets(store, marks);
    }

    if (wrong == NULL) {
        wrong = pt_store_check_events(store, marks);
    }

    if (wrong == NULL) {
        wrong = pt_store_check_free(store, marks);
    }

    if (wrong == NULL) {
        wrong = pt_store_check_members(store, marks);
    }

    if (wrong == NULL) {
        wrong = pt_store_check_accounts(store, marks);
    }

    if (wrong == NULL) {
        wrong = pt_store_check_lists(store, marks);
    }

    if (wrong == NULL) {
        wrong = pt_store_check_turn(store, marks);
    }

    for (n = PT_STORE_LISTS; wrong == NULL && n < store->header->top; n++) {

        if (marks[n] == PT_STORE_NO_USE) {
            wrong = "a block is lost";
        }
    }

    return wrong;
}


static const char *
pt_store_check_header(const pt_store_t *store)
{
    const pt_store_header_t  *header;

    header = store->header;

    if (header->undos) {
        return "a change is under way";
    }

    if (header->top < PT_STORE_LISTS || header->top > header->nblocks) {
        return "the number of used blocks";
    }

    return NULL;
}


static const char *
pt_store_check_buckets(const pt_store_t *store, u_char *marks)
{
    uint32_t                   i, n;
    size_t                     records;
    const char                *wrong;
    const pt_store_account_t  *account;

    records = 0;

    for (i = 0; i <= store->header->mask; i++) {

        for (n = store->buckets[i]; n; n = account->chain) {

            if (!pt_store_mark(store, n, marks, PT_STORE_USE_RECORD)) {
                return "a record is in two places";
            }

            account = pt_store_account(store, n);

            if ((account->key & store->header->mask) != i) {
                return "a record is in the wrong bucket";
            }

            if (account->none) {
                wrong = pt_store_check_record(store, n, marks);
                records++;

            } else {
                wrong = pt_store_check_account(store, n, marks);
            }

            if (wrong) {
                return wrong;
            }
        }
    }

    return (records == store->header->records) ? NULL
                                              : "the number of records";
}


static const char *
pt_store_check_record(const pt_store_t *store, uint32_t n, u_char *marks)
{
    n = pt_store_record(store, n)->next;

    return n ? pt_store_check_text(store, n, marks) : NULL;
}


static const char *
pt_store_check_text(const pt_store_t *store, uint32_t n, u_char *marks)
{
    size_t                   len;
    ngx_uint_t               blocks;
    const pt_store_state_t  *state;

    if (!pt_store_mark(store, n, marks, PT_STORE_USE_TEXT)) {
        return "a state is in two places";
    }

    state = pt_store_state(store, n);

    if (state->state >= PT_STATES) {
        return "a state that is none";
    }

    if (state->place <= PT_STORE_PLACE_HASH) {
        return "a place without an id";
    }

    len = pt_store_len(state->place) + pt_store_len(state->app)
          + pt_store_len(state->description) + pt_store_len(state->parent_url);

    if (len > PT_STORE_TEXT_MAX) {
        return "strings that are too long";
    }

    blocks = pt_store_text_blocks(len);

    for (n = state->next; n; n = pt_store_record(store, n)->next) {

        if (!pt_store_mark(store, n, marks, PT_STORE_USE_TEXT)
            || --blocks == 0)
        {
            return "a chain that is too long";
        }
    }

    return (blocks == 1) ? NULL : "a chain that is too short";
}


static const char *
pt_store_check_account(const pt_store_t *store, uint32_t n, u_char *marks)
{
    ngx_uint_t                 i;
    const pt_store_account_t  *account;

    account = pt_store_account(store, n);

    if (account->tenant == 0) {
        marks[n] = PT_STORE_USE_TENANT;

        return (account->next || account->older != n || account->newer != n)
               ? "a tenant with lists" : NULL;
    }

    marks[n] = PT_STORE_USE_ACCOUNT;

    for (i = 0; i < PT_STORE_ACCOUNT_LISTS; i++) {
        n = pt_store_record(store, n)->next;

        if (n != account->lists[i]
            || !pt_store_mark(store, n, marks, PT_STORE_USE_ANCHOR))
        {
            return "the lists of an account";
        }
    }

    return pt_store_record(store, n)->next ? "the lists of an account" : NULL;
}


static const char *
pt_store_check_events(const pt_store_t *store, u_char *marks)
{
    uint32_t                  n;
    uint64_t                  word, sequence;
    const char               *wrong;
    const pt_store_event_t   *event;
    const pt_store_header_t  *header;

    header = store->header;

    if (header->event_next - header->event_first > header->events) {
        return "the number of events";
    }

    for (sequence = header->event_first;
         sequence != header->event_next;
         sequence++)
    {
        word = store->events[sequence & (header->events - 1)];
        n = (uint32_t) word;

        if (!pt_store_mark(store, n, marks, PT_STORE_USE_EVENT)) {
            return "an event is in two places";
        }

        event = &store->blocks[n].event;

        if (event->sequence != sequence
            || event->type >= PT_EVENTS
            || (event->stream ^ word) >> 32)
        {
            return "an event that is none";
        }

        wrong = pt_store_check_text(store, event->next, marks);

        if (wrong) {
            return wrong;
        }

        if (pt_store_len(pt_store_state(store, event->next)->place)
            <= PT_STORE_PLACE_HASH)
        {
            return "an event without an id";
        }
    }

    return NULL;
}


static const char *
pt_store_check_free(const pt_store_t *store, u_char *marks)
{
    uint32_t  n, nfree;

    nfree = store->header->nfree;

    for (n = store->header->free; n && nfree; nfree--) {

        if (!pt_store_mark(store, n, marks, PT_STORE_USE_FREE)) {
            return "a free block is in use";
        }

        n = pt_store_record(store, n)->next;
    }

    return (n == 0 && nfree == 0) ? NULL : "the number of free blocks";
}


/* each record belongs to an account, and each account to a tenant */

static const char *
pt_store_check_members(const pt_store_t *store, const u_char *marks)
{
    uint32_t    n, owner;
    ngx_uint_t  use;

    for (n = PT_STORE_LISTS; n < store->header->top; n++) {

        if (marks[n] == PT_STORE_USE_RECORD) {
            owner = pt_store_record(store, n)->account;
            use = PT_STORE_USE_ACCOUNT;

        } else if (marks[n] == PT_STORE_USE_ACCOUNT) {
            owner = pt_store_account(store, n)->tenant;
            use = PT_STORE_USE_TENANT;

        } else {
            continue;
        }

        if (owner >= store->header->top || marks[owner] != use) {
            return "a record without an account";
        }
    }

    return NULL;
}


static const char *
pt_store_check_accounts(const pt_store_t *store, u_char *marks)
{
    uint32_t     n;
    const char  *wrong;

    wrong = NULL;
    n = PT_STORE_ACCOUNTS;

    do {
        n = pt_store_check_next(store, PT_STORE_ACCOUNTS, n, marks,
                                PT_STORE_USE_ACCOUNT, &wrong);

    } while (wrong == NULL && n != PT_STORE_ACCOUNTS);

    for (n = PT_STORE_LISTS; wrong == NULL && n < store->header->top; n++) {

        if (marks[n] == PT_STORE_USE_ACCOUNT) {
            wrong = "an account is in no list";
        }
    }

    return wrong;
}


/* each record is in exactly one list, and in the right one */

static const char *
pt_store_check_lists(const pt_store_t *store, u_char *marks)
{
    uint32_t     n;
    size_t       records;
    const char  *wrong;

    records = 0;
    wrong = NULL;

    for (n = 0; wrong == NULL && n < PT_STORE_ACCOUNTS; n++) {
        wrong = pt_store_check_list(store, n, marks, &records);
    }

    for (n = PT_STORE_LISTS; wrong == NULL && n < store->header->top; n++) {

        if (marks[n] == PT_STORE_USE_ANCHOR) {
            wrong = pt_store_check_list(store, n, marks, &records);
        }
    }

    if (wrong == NULL && records != store->header->records) {
        wrong = "records are in no list";
    }

    return wrong;
}


static const char *
pt_store_check_list(const pt_store_t *store, uint32_t anchor, u_char *marks,
    size_t *records)
{
    uint32_t     n;
    const char  *wrong;

    wrong = NULL;
    n = anchor;

    for ( ;; ) {
        n = pt_store_check_next(store, anchor, n, marks, PT_STORE_USE_RECORD,
                                &wrong);

        if (wrong || n == anchor) {
            return wrong;
        }

        if (pt_store_anchor(store, pt_store_record(store, n)) != anchor) {
            return "a record is in the wrong list";
        }

        (*records)++;
    }
}


static const char *
pt_store_check_turn(const pt_store_t *store, const u_char *marks)
{
    uint32_t    n;
    ngx_uint_t  listed;

    listed = PT_STORE_USE_ACCOUNT|PT_STORE_USE_LISTED;

    n = store->header->turn;

    if (n != PT_STORE_ACCOUNTS
        && (n >= store->header->top || marks[n] != listed))
    {
        return "the turn of accounts";
    }

    n = store->header->biggest;

    if (n != 0 && (n >= store->header->top || marks[n] != listed)) {
        return "the biggest account";
    }

    return NULL;
}


/* the next record of a list; at the end of the list, its anchor */

static uint32_t
pt_store_check_next(const pt_store_t *store, uint32_t anchor, uint32_t prev,
    u_char *marks, u_char use, const char **wrong)
{
    uint32_t  n;

    n = pt_store_record(store, prev)->newer;

    if (n >= store->header->top || pt_store_record(store, n)->older != prev) {
        *wrong = "a list is broken";
        return 0;
    }

    if (n == anchor) {
        return n;
    }

    if (n < PT_STORE_LISTS || marks[n] != use) {
        *wrong = "a block is in a list of others";
        return 0;
    }

    marks[n] |= PT_STORE_USE_LISTED;

    return n;
}


/*
 * Marks a block.  Fails if the number is not that of a block, or if the block
 * has a use already.
 */

static ngx_uint_t
pt_store_mark(const pt_store_t *store, uint32_t n, u_char *marks, u_char use)
{
    if (n < PT_STORE_LISTS
        || n >= store->header->top
        || marks[n] != PT_STORE_NO_USE)
    {
        return 0;
    }

    marks[n] = use;

    return 1;
}
