
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Chooses the records to delete when memory is full: first expired records,
 * then records of the account that uses most memory, if it uses more than the
 * payer.
 */


#include "pt_store_blocks.h"


#define PT_STORE_READ_MAX    4     /* records to inspect at the old end of a
                                      list */
#define PT_STORE_EXPIRE_MAX    2 /* records to delete for each new one */
#define PT_STORE_ROTATE_MAX    64 /* records to inspect before the table
                                     counts as full */
#define PT_STORE_SAMPLE  8     /* accounts to compare with the biggest */
#define PT_STORE_SEARCH  64    /* ... until one has a record to evict */

/* ms; a record of an account that need not pay is safe for this time */
#define PT_STORE_RECENT  3600000


static uint32_t pt_store_expired_first(pt_store_t *store,
    const pt_store_payer_t *payer, uint32_t keep);
static uint32_t pt_store_expired_behind(pt_store_t *store, uint32_t keep);
static uint32_t pt_store_expired_of(pt_store_t *store, uint32_t account,
    uint32_t keep);
static uint32_t pt_store_expired_in(pt_store_t *store, uint32_t anchor,
    uint32_t keep);
static ngx_uint_t pt_store_is_expired(const pt_store_t *store,
    const pt_store_record_t *record);
static uint32_t pt_store_rotate(pt_store_t *store, pt_store_list_e list,
    uint32_t keep);
static uint32_t pt_store_next(pt_store_t *store);
static uint32_t pt_store_evict_of_biggest(pt_store_t *store,
    const pt_store_payer_t *payer, uint32_t keep, ngx_uint_t old);
static uint32_t pt_store_evict_of(pt_store_t *store, uint32_t account,
    const pt_store_payer_t *payer, uint32_t keep, ngx_uint_t old);
static ngx_uint_t pt_store_is_bigger(const pt_store_t *store, uint32_t a,
    uint32_t b);
static ngx_uint_t pt_store_may_evict(const pt_store_t *store,
    uint32_t account, const pt_store_payer_t *payer);
static uint32_t pt_store_unused(pt_store_t *store, uint32_t anchor,
    uint32_t keep);
static ngx_uint_t pt_store_is_old(const pt_store_t *store, uint32_t n);


/*
 * The choice in this order: an expired record that is found quickly; a record
 * of the biggest account; an expired record that needs a longer search; a
 * record of any account that no request has needed for long.
 */

uint32_t
pt_store_evict(pt_store_t *store, const pt_store_payer_t *payer, uint32_t keep)
{
    uint32_t  n;

    n = pt_store_expired_first(store, payer, keep);

    if (n == 0) {
        n = pt_store_evict_of_biggest(store, payer, keep, 0);
    }

    if (n == 0) {
        n = pt_store_expired_behind(store, keep);
    }

    return n ? n : pt_store_evict_of_biggest(store, payer, keep, 1);
}


uint32_t
pt_store_evict_expired(pt_store_t *store, const pt_store_payer_t *payer,
    uint32_t keep)
{
    uint32_t  n;

    n = pt_store_expired_first(store, payer, keep);

    return n ? n : pt_store_expired_behind(store, keep);
}


static uint32_t
pt_store_expired_first(pt_store_t *store, const pt_store_payer_t *payer,
    uint32_t keep)
{
    uint32_t  n, account;

    n = pt_store_expired_in(store, PT_STORE_LEASED, keep);

    if (n == 0) {
        n = pt_store_expired_in(store, PT_STORE_OWNED, keep);
    }

    if (n == 0 && payer->account) {
        n = pt_store_expired_of(store, payer->account, keep);
    }

    if (n == 0) {
        account = pt_store_next(store);

        if (account && account != payer->account) {
            n = pt_store_expired_of(store, account, keep);
        }
    }

    return n;
}


static uint32_t
pt_store_expired_behind(pt_store_t *store, uint32_t keep)
{
    uint32_t  n;

    n = pt_store_rotate(store, PT_STORE_OWNED, keep);

    return n ? n : pt_store_rotate(store, PT_STORE_LEASED, keep);
}


static uint32_t
pt_store_expired_of(pt_store_t *store, uint32_t account, uint32_t keep)
{
    uint32_t    n;
    ngx_uint_t  i;

    for (i = 0; i < PT_STORE_ACCOUNT_LISTS; i++) {
        n = pt_store_expired_in(store, pt_store_account(store,
                                                        account)->lists[i],
                                keep);

        if (n) {
            return n;
        }
    }

    return 0;
}


/* finds a record that has expired, or whose lease was never settled */

static uint32_t
pt_store_expired_in(pt_store_t *store, uint32_t anchor, uint32_t keep)
{
    uint32_t                  n;
    ngx_uint_t                i;
    const pt_store_record_t  *record;

    n = pt_store_record(store, anchor)->newer;

    for (i = 0; n != anchor && i < PT_STORE_READ_MAX; i++, n = record->newer) {
        record = pt_store_record(store, n);

        if (n != keep && pt_store_is_expired(store, record)) {
            return n;
        }
    }

    return 0;
}


static ngx_uint_t
pt_store_is_expired(const pt_store_t *store, const pt_store_record_t *record)
{
    return pt_store_expired(store, record) || pt_store_lapsed(store, record);
}


/*
 * The list is not ordered by expiry, so an expired record may be behind live
 * ones.  Live records move to the end of the list: the next call does not
 * inspect them again.
 */

static uint32_t
pt_store_rotate(pt_store_t *store, pt_store_list_e list, uint32_t keep)
{
    uint32_t    n;
    ngx_uint_t  i;

    for (i = 0; i < PT_STORE_ROTATE_MAX; i++) {
        n = pt_store_record(store, list)->newer;

        if (n == list) {
            break;
        }

        if (n != keep && pt_store_is_expired(store, pt_store_record(store,
                                                                    n))) {
            return n;
        }

        pt_store_place(store, n);
        pt_store_journal_commit(store);
    }

    return 0;
}


/*
 * Must be called before the record is deleted: the kind depends on its state.
 */

void
pt_store_count_eviction(pt_store_t *store, uint32_t n)
{
    pt_eviction_e             kind;
    const pt_store_record_t  *record;

    record = pt_store_record(store, n);

    kind = pt_store_is_expired(store, record) ? PT_EVICTION_EXPIRED
           : (record->next == 0) ? PT_EVICTION_UNKNOWN
           : (record->ends & PT_STORE_IS_FINAL) ? PT_EVICTION_FINAL
           : PT_EVICTION_ACTIVE;

    store->evictions[kind]++;
    store->evicted++;
}


/* visits the accounts one after another; 0: there is no account */

static uint32_t
pt_store_next(pt_store_t *store)
{
    uint32_t  n;

    n = pt_store_record(store, store->header->turn)->newer;

    if (n == PT_STORE_ACCOUNTS) {
        n = pt_store_record(store, n)->newer;
    }

    store->header->turn = n;

    return (n == PT_STORE_ACCOUNTS) ? 0 : n;
}


/*
 * A search for the biggest account would visit all accounts.  The function
 * compares the biggest account known so far with a few others, and so finds the
 * biggest one after some evictions.
 */

static uint32_t
pt_store_evict_of_biggest(pt_store_t *store, const pt_store_payer_t *payer,
    uint32_t keep, ngx_uint_t old)
{
    uint32_t    n, best, found, account, first;
    ngx_uint_t  i;

    best = 0;
    found = 0;
    first = 0;

    for (i = 0; i < PT_STORE_SEARCH; i++) {

        if (i == 0) {
            account = store->header->biggest;

        } else if (i == 1) {
            account = payer->account;

        } else {
            account = pt_store_next(store);

            if (account == first || (found && i > PT_STORE_SAMPLE)) {
                break;
            }

            first = first ? first : account;
        }

        if (account == 0
            || (best && !pt_store_is_bigger(store, account, best)))
        {
            continue;
        }

        n = pt_store_evict_of(store, account, payer, keep, old);

        if (n) {
            best = account;
            found = n;
        }
    }

    if (best) {
        store->header->biggest = best;
    }

    return found;
}


/*
 * Compares tenants first: many small applications of one tenant must not be
 * evicted before one application of a smaller tenant.
 */

static ngx_uint_t
pt_store_is_bigger(const pt_store_t *store, uint32_t a, uint32_t b)
{
    uint32_t                   m, n;
    const pt_store_account_t  *p, *q;

    p = pt_store_account(store, a);
    q = pt_store_account(store, b);

    m = pt_store_used(pt_store_account(store, p->tenant)->load);
    n = pt_store_used(pt_store_account(store, q->tenant)->load);

    return m > n || (m == n && pt_store_used(p->load) > pt_store_used(q->load));
}


/*
 * old: a record that no request has needed for PT_STORE_RECENT; its account
 * does not matter
 */

static uint32_t
pt_store_evict_of(pt_store_t *store, uint32_t account,
    const pt_store_payer_t *payer, uint32_t keep, ngx_uint_t old)
{
    uint32_t                   n;
    ngx_uint_t                 i;
    const pt_store_account_t  *p;

    p = pt_store_account(store, account);

    if (pt_store_used(p->load) == pt_store_pinned(p->load)
        || (!old && !pt_store_may_evict(store, account, payer)))
    {
        return 0;
    }

    for (i = 0; i < PT_STORE_ACCOUNT_LISTS; i++) {
        n = pt_store_unused(store, p->lists[i], keep);

        if (n && (!old || pt_store_is_old(store, n))) {
            return n;
        }
    }

    return 0;
}


/*
 * An owner evicts its own records, or those of an owner that uses more memory:
 * nobody can displace the tasks of a smaller owner.
 */

static ngx_uint_t
pt_store_may_evict(const pt_store_t *store, uint32_t account,
    const pt_store_payer_t *payer)
{
    uint32_t                   mine, theirs;
    const pt_store_account_t  *p;

    if (account == payer->account) {
        return 1;
    }

    p = pt_store_account(store, account);

    if (p->tenant == payer->tenant) {
        mine = payer->account;
        theirs = account;

    } else {
        mine = payer->tenant;
        theirs = p->tenant;
    }

    return mine == 0
           || pt_store_used(pt_store_account(store, theirs)->load)
              > pt_store_used(pt_store_account(store, mine)->load);
}


/* the oldest record; a record in use since its last move gets another round */

static uint32_t
pt_store_unused(pt_store_t *store, uint32_t anchor, uint32_t keep)
{
    uint32_t                  n;
    ngx_uint_t                i;
    const pt_store_record_t  *record;

    for (i = 0; /* void */ ; i++) {
        n = pt_store_record(store, anchor)->newer;

        if (n == keep && n != 0) {
            n = pt_store_record(store, n)->newer;
        }

        if (n == anchor) {
            return 0;
        }

        record = pt_store_record(store, n);

        if (!(record->ends & PT_STORE_IS_USED) || i == PT_STORE_READ_MAX) {
            return n;
        }

        pt_store_place(store, n);
        pt_store_journal_commit(store);
    }
}


static ngx_uint_t
pt_store_is_old(const pt_store_t *store, uint32_t n)
{
    uint32_t  state;

    state = pt_store_record(store, n)->next;

    return state == 0
           || pt_store_state(store, state)->confirmed + PT_STORE_RECENT
              <= store->now;
}


/* expires records of one account, and of tasks that only this store has */

void
pt_store_expire(pt_store_t *store)
{
    uint32_t    n, account, anchors[PT_STORE_ACCOUNT_LISTS + 1];
    ngx_uint_t  i, k, lists;

    lists = 0;
    anchors[lists++] = PT_STORE_OWNED;

    account = pt_store_next(store);

    if (account) {

        if (pt_store_account(store, account)->members == 0) {
            pt_store_account_drop(store, account);
            return;
        }

        for (i = 0; i < PT_STORE_ACCOUNT_LISTS; i++) {
            anchors[lists++] = pt_store_account(store, account)->lists[i];
        }
    }

    for (i = 0, k = 0; i < lists && k < PT_STORE_EXPIRE_MAX; i++) {

        for ( /* void */ ; k < PT_STORE_EXPIRE_MAX; k++) {
            n = pt_store_record(store, anchors[i])->newer;

            if (n == anchors[i]
                || !pt_store_expired(store, pt_store_record(store, n)))
            {
                break;
            }

            pt_store_remove(store, n);

            if (store->header->turn != account) {
                /*
                 * This was the last record of the account, which is deleted,
                 * too.
                 */
                return;
            }
        }
    }
}
