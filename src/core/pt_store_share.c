
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Calculates how much memory each account uses.  Each record belongs to the
 * account of an application in a tenant, or of a tenant for tasks without an
 * owner.  The record counts for the account and for its tenant.
 * A load is two numbers of blocks: the blocks in use and, in the upper half,
 * the pinned blocks, which no eviction frees.
 */


#include "pt_store_blocks.h"


static ngx_int_t pt_store_may_pin(const pt_store_t *store,
    const pt_store_owner_t *owner, const pt_store_payer_t *payer,
    int64_t blocks);
static uint32_t pt_store_account_find(const pt_store_t *store,
    const pt_store_key_t *key, uint32_t tenant);
static void pt_store_account_create(pt_store_t *store,
    const pt_store_owner_t *owner, pt_store_payer_t *payer);
static void pt_store_account_init(pt_store_t *store, uint32_t n,
    const pt_store_key_t *key, uint32_t tenant, ngx_uint_t blocks);
static void pt_store_account_lists(pt_store_t *store, uint32_t n);
static void pt_store_account_free(pt_store_t *store, uint32_t n,
    ngx_uint_t blocks);
static void pt_store_add(pt_store_t *store, uint32_t n, uint64_t load);


void
pt_store_owner(const pt_store_t *store, const ngx_str_t *tenant,
    const ngx_str_t *app, pt_store_owner_t *owner)
{
    uint64_t  hash[2];

    pt_siphash(store->header->seed, tenant->data, tenant->len,
               owner->tenant.hash);

    owner->is_app = (app->data != NULL);

    hash[0] = 0;
    hash[1] = 0;

    if (owner->is_app) {
        pt_siphash(store->header->seed, app->data, app->len, hash);
    }

    owner->account.hash[0] = hash[0] ^ owner->tenant.hash[1];
    owner->account.hash[1] = hash[1] ^ owner->tenant.hash[0];
}


/* only the lower halves of the keys: pt_store_account_find() needs no more */

void
pt_store_owner_of(const pt_store_t *store, uint32_t n, pt_store_owner_t *owner)
{
    const pt_store_account_t  *account, *tenant;

    account = pt_store_account(store, n);
    tenant = pt_store_account(store, account->tenant);

    owner->tenant.hash[0] = tenant->key;
    owner->tenant.hash[1] = tenant->key_more;
    owner->account.hash[0] = account->key;
    owner->account.hash[1] = account->key_more;
    owner->is_app = account->is_app;
}


/*
 * A task that only this store has may always have a description of
 * PT_STORE_DESCRIPTION bytes: the load includes these blocks from the start.
 * An update within this length cannot fail for lack of memory.
 */

uint64_t
pt_store_load(size_t fixed, size_t description, ngx_uint_t kept,
    ngx_uint_t pinned)
{
    ngx_uint_t  blocks;

    if (kept) {
        description = ngx_max(description, PT_STORE_DESCRIPTION);
    }

    blocks = 1 + pt_store_text_blocks(fixed + description);

    return blocks | (uint64_t) (pinned ? blocks : 0) << 32;
}


uint64_t
pt_store_task_load(const pt_task_t *task, const ngx_str_t *app,
    ngx_uint_t kept, ngx_uint_t pinned)
{
    size_t  fixed, description;

    fixed = (task->place.data ? task->place.len : 0)
            + (app->data ? app->len : 0)
            + (task->parent_url.data ? task->parent_url.len : 0);
    description = task->description.data ? task->description.len : 0;

    return (fixed + description <= PT_STORE_TEXT_MAX)
           ? pt_store_load(fixed, description, kept, pinned) : 0;
}


/*
 * The load of a stored record, calculated again from its fields.  It must equal
 * the load that pt_store_task_load() gave when the record was written.
 */

uint64_t
pt_store_record_load(const pt_store_t *store, uint32_t n)
{
    ngx_uint_t                kept, pinned;
    const pt_store_state_t   *state;
    const pt_store_record_t  *record;

    record = pt_store_record(store, n);
    pinned = (pt_store_list(record) < PT_STORE_LISTS);

    if (record->next == 0) {
        return 1 | (uint64_t) pinned << 32;
    }

    state = pt_store_state(store, record->next);

    kept = !(record->ends & PT_STORE_IS_FINAL)
           && ((record->ends & PT_STORE_IS_OWNED) || !pt_store_end(record));

    return pt_store_load(pt_store_len(state->place)
                         + pt_store_len(state->app)
                         + pt_store_len(state->parent_url),
                         pt_store_len(state->description), kept, pinned);
}


/*
 * Frees memory until a record with the load "before" can have the load "after",
 * at the cost of the owner.  keep is the record, or 0.  Each deletion is a
 * change of its own, so "before" and "after" are checked again after each.
 */

ngx_int_t
pt_store_reclaim(pt_store_t *store, const pt_store_owner_t *owner,
    uint32_t keep, uint64_t before, uint64_t after, uint32_t *account)
{
    int64_t           used, pinned, accounts;
    uint32_t          n;
    pt_store_payer_t  payer;

    for ( ;; ) {
        payer.tenant = pt_store_account_find(store, &owner->tenant, 0);
        payer.account = payer.tenant == 0 ? 0
                        : pt_store_account_find(store, &owner->account,
                                                payer.tenant);

        accounts = (payer.tenant ? 0 : PT_STORE_TENANT_BLOCKS)
                   + (payer.account ? 0 : PT_STORE_ACCOUNT_BLOCKS);

        used = accounts + pt_store_used(after) - pt_store_used(before);
        pinned = accounts + pt_store_pinned(after);

        if (keep && pt_store_record(store, keep)->account == payer.account) {
            pinned -= pt_store_pinned(before);
        }

        if (pinned > 0
            && pt_store_may_pin(store, owner, &payer, pinned) != NGX_OK)
        {
            n = pt_store_evict_expired(store, &payer, keep);

        } else if (used > (int64_t) pt_store_left(store)) {
            n = pt_store_evict(store, &payer, keep);

        } else {
            break;
        }

        if (n == 0) {
            return NGX_DECLINED;
        }

        pt_store_count_eviction(store, n);
        pt_store_remove(store, n);
    }

    if (payer.account == 0) {
        pt_store_account_create(store, owner, &payer);
    }

    *account = payer.account;

    return NGX_OK;
}


/* frees memory until a record that is not pinned may be pinned by a lease */

ngx_int_t
pt_store_reclaim_to_pin(pt_store_t *store, const pt_store_owner_t *owner,
    uint32_t n)
{
    uint32_t          gone;
    uint64_t          load;
    pt_store_payer_t  payer;

    load = pt_store_record_load(store, n);

    if (pt_store_pinned(load)) {
        return NGX_OK;
    }

    payer.account = pt_store_record(store, n)->account;
    payer.tenant = pt_store_account(store, payer.account)->tenant;

    while (pt_store_may_pin(store, owner, &payer, pt_store_used(load))
           != NGX_OK)
    {
        gone = pt_store_evict_expired(store, &payer, n);

        if (gone == 0) {
            return NGX_DECLINED;
        }

        pt_store_remove(store, gone);
    }

    return NGX_OK;
}


/*
 * A tenant may pin all memory except a sixteenth of what other tenants leave.
 * An application may pin all of its tenant's limit except a sixteenth of what
 * other applications of the tenant leave.  So there is always memory for one
 * more tenant and one more application.
 */

static ngx_int_t
pt_store_may_pin(const pt_store_t *store, const pt_store_owner_t *owner,
    const pt_store_payer_t *payer, int64_t blocks)
{
    int64_t  all, tenant, account, limit;

    all = pt_store_pinned(store->header->load);
    tenant = payer->tenant == 0 ? 0
             : pt_store_pinned(pt_store_account(store, payer->tenant)->load);
    account = payer->account == 0 ? 0
              : pt_store_pinned(pt_store_account(store,
                                                 payer->account)->load);

    limit = (int64_t) pt_store_capacity(store) - (all - tenant);
    limit -= limit / PT_STORE_SHARE;

    if (tenant + blocks > limit) {
        return NGX_DECLINED;
    }

    if (!owner->is_app) {
        return NGX_OK;
    }

    limit -= tenant - account;
    limit -= limit / PT_STORE_SHARE;

    return (account + blocks <= limit) ? NGX_OK : NGX_DECLINED;
}


/* tenant == 0: finds a tenant */

static uint32_t
pt_store_account_find(const pt_store_t *store, const pt_store_key_t *key,
    uint32_t tenant)
{
    uint32_t                   n;
    const pt_store_account_t  *account;

    n = store->buckets[key->hash[0] & store->header->mask];

    for ( /* void */ ; n; n = account->chain) {
        account = pt_store_account(store, n);

        if (account->key == key->hash[0]
            && account->key_more == (uint32_t) key->hash[1]
            && account->none == 0
            && account->tenant == tenant)
        {
            return n;
        }
    }

    return 0;
}


/* one change: a tenant without an account never exists */

static void
pt_store_account_create(pt_store_t *store, const pt_store_owner_t *owner,
    pt_store_payer_t *payer)
{
    uint32_t  n, tenant;
    uint64_t  load;

    load = 0;
    tenant = payer->tenant;

    if (tenant == 0) {
        tenant = pt_store_alloc(store, PT_STORE_TENANT_BLOCKS);
        load += PT_STORE_TENANT_BLOCKS;

        pt_store_account_init(store, tenant, &owner->tenant, 0,
                              PT_STORE_TENANT_BLOCKS);
    }

    n = pt_store_alloc(store, PT_STORE_ACCOUNT_BLOCKS);
    load += PT_STORE_ACCOUNT_BLOCKS;

    pt_store_account_init(store, n, &owner->account, tenant,
                          PT_STORE_ACCOUNT_BLOCKS);
    pt_store_account_lists(store, n);
    pt_store_account(store, n)->is_app = owner->is_app;
    pt_store_append(store, n, PT_STORE_ACCOUNTS);

    pt_store_add(store, tenant,
                 PT_STORE_ACCOUNT_BLOCKS
                 | (uint64_t) PT_STORE_ACCOUNT_BLOCKS << 32);
    pt_store_set32(store, &pt_store_account(store, tenant)->members,
                   pt_store_account(store, tenant)->members + 1);
    pt_store_set64(store, &store->header->load,
                   store->header->load + (load | load << 32));

    pt_store_journal_commit(store);

    payer->tenant = tenant;
    payer->account = n;
}


/*
 * The block is not linked yet, so its fields are written without the journal.
 */

static void
pt_store_account_init(pt_store_t *store, uint32_t n,
    const pt_store_key_t *key, uint32_t tenant, ngx_uint_t blocks)
{
    uint32_t            *bucket;
    pt_store_account_t  *account;

    account = pt_store_account(store, n);
    bucket = &store->buckets[key->hash[0] & store->header->mask];

    account->chain = *bucket;
    account->older = n;
    account->newer = n;
    account->key = key->hash[0];
    account->key_more = (uint32_t) key->hash[1];
    account->none = 0;
    account->tenant = tenant;
    account->members = 0;
    account->load = blocks | (uint64_t) blocks << 32;
    account->is_app = 0;
    ngx_memzero(account->lists, sizeof(account->lists));
    pt_store_step();

    pt_store_set32(store, bucket, n);
}


/* the blocks after the first one of an account are the anchors of its lists */

static void
pt_store_account_lists(pt_store_t *store, uint32_t n)
{
    uint32_t    anchor;
    ngx_uint_t  i;

    anchor = n;

    for (i = 0; i < PT_STORE_ACCOUNT_LISTS; i++) {
        anchor = pt_store_record(store, anchor)->next;

        pt_store_record(store, anchor)->older = anchor;
        pt_store_record(store, anchor)->newer = anchor;
        pt_store_account(store, n)->lists[i] = anchor;
    }

    pt_store_step();
}


/*
 * Deletes an account without records, and its tenant if this was the last
 * account.
 */

void
pt_store_account_drop(pt_store_t *store, uint32_t n)
{
    uint32_t             tenant;
    pt_store_header_t   *header;
    pt_store_account_t  *account;

    header = store->header;
    account = pt_store_account(store, n);

    if (account->members) {
        return;
    }

    tenant = account->tenant;

    if (header->biggest == n) {
        pt_store_set32(store, &header->biggest, 0);
    }

    if (header->turn == n) {
        pt_store_set32(store, &header->turn, account->older);
    }

    pt_store_unlink(store, n);
    pt_store_account_free(store, n, PT_STORE_ACCOUNT_BLOCKS);

    account = pt_store_account(store, tenant);

    pt_store_add(store, tenant,
                 -(PT_STORE_ACCOUNT_BLOCKS
                   | (uint64_t) PT_STORE_ACCOUNT_BLOCKS << 32));
    pt_store_set32(store, &account->members, account->members - 1);

    if (account->members == 0) {
        pt_store_account_free(store, tenant, PT_STORE_TENANT_BLOCKS);
    }

    pt_store_journal_commit(store);
}


static void
pt_store_account_free(pt_store_t *store, uint32_t n, ngx_uint_t blocks)
{
    pt_store_header_t  *header;

    header = store->header;

    pt_store_unchain(store, n);
    pt_store_free_chain(store, n);

    pt_store_set64(store, &header->load,
                   header->load - (blocks | (uint64_t) blocks << 32));
}


/*
 * The record may have moved to another account: then the old account gets
 * "before" back, and the new one pays for all.
 */

void
pt_store_charge(pt_store_t *store, uint32_t n, uint32_t from, uint64_t before)
{
    uint32_t            to;
    uint64_t            after;
    pt_store_account_t  *old, *account;

    to = pt_store_record(store, n)->account;
    after = pt_store_record_load(store, n);

    if (from == to) {
        pt_store_charge_load(store, to, after - before);
        return;
    }

    old = pt_store_account(store, from);
    account = pt_store_account(store, to);

    pt_store_set32(store, &old->members, old->members - 1);
    pt_store_set32(store, &account->members, account->members + 1);

    pt_store_charge_load(store, from, -before);
    pt_store_charge_load(store, to, after);
}


void
pt_store_charge_load(pt_store_t *store, uint32_t account, uint64_t load)
{
    pt_store_header_t  *header;

    if (load == 0) {
        return;
    }

    header = store->header;

    pt_store_add(store, account, load);
    pt_store_add(store, pt_store_account(store, account)->tenant, load);
    pt_store_set64(store, &header->load, header->load + load);
}


static void
pt_store_add(pt_store_t *store, uint32_t n, uint64_t load)
{
    pt_store_account_t  *account;

    account = pt_store_account(store, n);

    pt_store_set64(store, &account->load, account->load + load);
}


/* keeps no journal: the caller is the only user of a table that was checked */

void
pt_store_recount(pt_store_t *store)
{
    uint32_t             i, n;
    uint64_t             load;
    pt_store_header_t   *header;
    pt_store_account_t  *account, *tenant;

    header = store->header;
    header->load = 0;

    for (i = 0; i <= header->mask; i++) {

        for (n = store->buckets[i]; n; n = account->chain) {
            account = pt_store_account(store, n);

            if (account->none == 0) {
                account->load = 0;
                account->members = 0;
            }
        }
    }

    for (i = 0; i <= header->mask; i++) {

        for (n = store->buckets[i]; n; n = account->chain) {
            account = pt_store_account(store, n);

            if (account->none == 0 && account->tenant == 0) {
                load = PT_STORE_TENANT_BLOCKS;
                load |= load << 32;
                account->load += load;

            } else if (account->none == 0) {
                load = PT_STORE_ACCOUNT_BLOCKS;
                load |= load << 32;
                tenant = pt_store_account(store, account->tenant);

                account->load += load;
                tenant->load += load;
                tenant->members++;

            } else {
                load = pt_store_record_load(store, n);
                tenant = pt_store_account(store, account->none);

                tenant->load += load;
                tenant->members++;
                pt_store_account(store, tenant->tenant)->load += load;
            }

            header->load += load;
        }
    }
}
