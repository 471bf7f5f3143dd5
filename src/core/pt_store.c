
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The operations.  An operation first reclaims all memory that it may need;
 * each deletion is a change of its own.  The rest of the operation is one
 * change: pt_store_journal_commit() ends it.
 */


#include "pt_etag.h"
#include "pt_store_blocks.h"
#include "pt_str_list.h"


static uint32_t pt_store_lookup(pt_store_t *store, const pt_store_op_t *op);
static uint32_t pt_store_held(pt_store_t *store, const pt_store_op_t *op);
static uint64_t pt_store_lease_left(const pt_store_t *store, uint32_t n);
static ngx_uint_t pt_store_is(const pt_store_t *store, uint32_t n,
    ngx_uint_t states);
static ngx_uint_t pt_store_matches(const pt_store_t *store, uint32_t n,
    const pt_store_op_t *op);
static pt_result_e pt_store_seen(pt_store_t *store, uint32_t n,
    pt_store_seen_t *seen);
static void pt_store_use(pt_store_record_t *record);
static pt_result_e pt_store_reserve_new(pt_store_t *store,
    const pt_store_op_t *op, pt_store_seen_t *seen);
static void pt_store_hold(pt_store_t *store, uint32_t n,
    const pt_store_op_t *op);
static pt_result_e pt_store_change(pt_store_t *store, uint32_t n,
    const pt_store_op_t *op, pt_store_seen_t *seen);
static ngx_int_t pt_store_reclaim_for_change(pt_store_t *store, uint32_t n,
    const pt_store_op_t *op, const pt_snapshot_t *snapshot);
static uint32_t pt_store_write_task(pt_store_t *store, uint32_t n,
    const pt_store_op_t *op, ngx_uint_t owned, pt_event_type_e event);
static ngx_uint_t pt_store_has_task(pt_store_t *store, uint32_t n,
    const pt_task_t *task);
static ngx_uint_t pt_store_same_text(const ngx_str_t *a, const ngx_str_t *b);

static void pt_store_unset_state(pt_store_t *store, uint32_t n);
static void pt_store_end_lease(pt_store_t *store, uint32_t n);
static void pt_store_set_end(pt_store_t *store, uint32_t n, uint64_t ttl);
static void pt_store_set_final(pt_store_t *store, uint32_t n,
    ngx_uint_t final);
static void pt_store_set_flag(pt_store_t *store, uint32_t n, uint64_t flag,
    ngx_uint_t on);


/*
 * A lapsed lease makes the state unknown.  READ reports that and keeps the
 * record as it is: the next RESERVE removes the state.
 */

pt_result_e
pt_store_read(pt_store_t *store, const pt_store_op_t *op,
    pt_store_seen_t *seen)
{
    uint32_t  n;

    n = pt_store_lookup(store, op);

    pt_store_read_snapshot(store, 0, &seen->snapshot);

    if (n == 0) {
        return PT_RESULT_ABSENT;
    }

    if (pt_store_lapsed(store, pt_store_record(store, n))) {
        seen->snapshot.rev = pt_store_record(store, n)->rev;
        return PT_RESULT_SEEN;
    }

    (void) pt_store_seen(store, n, seen);

    seen->snapshot.lease_left = pt_store_lease_left(store, n);

    return PT_RESULT_SEEN;
}


/*
 * The holder of the lease may repeat RESERVE.  A state from which the change is
 * illegal is returned without a lease, because a refusal needs none.
 */

pt_result_e
pt_store_reserve(pt_store_t *store, const pt_store_op_t *op,
    pt_store_seen_t *seen)
{
    uint32_t            n;
    uint64_t            before;
    ngx_uint_t          lost;
    pt_store_record_t  *record;

    n = pt_store_lookup(store, op);

    if (n == 0) {
        return pt_store_reserve_new(store, op, seen);
    }

    record = pt_store_record(store, n);
    lost = 0;

    if (record->lease != op->lease) {
        lost = pt_store_lapsed(store, record);

        if (!lost
            && pt_store_is(store, n, PT_ANY_STATE)
            && !pt_store_is(store, n, op->sources))
        {
            return pt_store_seen(store, n, seen);
        }

        if (!lost && record->lease) {
            pt_store_read_snapshot(store, n, &seen->snapshot);
            seen->snapshot.lease_left = pt_store_lease_left(store, n);
            return PT_RESULT_BUSY;
        }
    }

    if (pt_store_reclaim_to_pin(store, &op->owner, n) != NGX_OK) {
        pt_store_read_snapshot(store, 0, &seen->snapshot);
        return PT_RESULT_STORE_FULL;
    }

    before = pt_store_record_load(store, n);

    if (lost) {
        /* the holder of the lapsed lease never settled: the state is unknown */
        pt_store_unset_state(store, n);
        pt_store_set64(store, &record->rev, record->rev + 1);
    }

    pt_store_hold(store, n, op);
    pt_store_charge(store, n, record->account, before);
    pt_store_journal_commit(store);

    pt_store_read_snapshot(store, n, &seen->snapshot);

    return PT_RESULT_GRANTED;
}


static pt_result_e
pt_store_reserve_new(pt_store_t *store, const pt_store_op_t *op,
    pt_store_seen_t *seen)
{
    uint32_t  n, account;

    pt_store_read_snapshot(store, 0, &seen->snapshot);
    pt_store_reclaim_events(store, op, &seen->snapshot.task,
                            &seen->snapshot.app);

    if (pt_store_reclaim(store, &op->owner, 0, 0, PT_STORE_LEASE_LOAD,
                         &account)
        != NGX_OK)
    {
        return PT_RESULT_STORE_FULL;
    }

    n = pt_store_insert(store, &op->key, account);

    /* a record with an end, so that pt_store_hold() sets a sufficient one */
    pt_store_set64(store, &pt_store_record(store, n)->ends,
                   store->now << PT_STORE_ENDS_SHIFT);

    pt_store_hold(store, n, op);
    pt_store_charge(store, n, account, 0);
    pt_store_journal_commit(store);

    pt_store_read_snapshot(store, n, &seen->snapshot);

    return PT_RESULT_GRANTED;
}


/* A record must outlive its lease.  A record without an end keeps none. */

static void
pt_store_hold(pt_store_t *store, uint32_t n, const pt_store_op_t *op)
{
    uint64_t            least;
    pt_store_record_t  *record;

    record = pt_store_record(store, n);
    least = op->lease_time + PT_STORE_TTL_MARGIN;

    pt_store_set64(store, &record->lease, op->lease);
    pt_store_set64(store, &record->until, store->now + op->lease_time);

    if (pt_store_end(record) != 0
        && pt_store_end(record) < store->now + least)
    {
        pt_store_set_end(store, n, least);
    }

    pt_store_place(store, n);
}


/*
 * APPLY serves tasks whose only copy is in this store.  No back end takes part,
 * so the task is changed without a lease.
 */

pt_result_e
pt_store_apply(pt_store_t *store, const pt_store_op_t *op,
    pt_store_seen_t *seen)
{
    uint32_t    n;
    ngx_str_t  *app;

    n = pt_store_lookup(store, op);

    pt_store_read_snapshot(store, n, &seen->snapshot);

    app = &seen->snapshot.app;

    if (seen->snapshot.task.state == PT_UNKNOWN
        || pt_store_lapsed(store, pt_store_record(store, n))
        || (app->data != NULL
            && (app->len != op->app.len
                || (app->len != 0
                    && ngx_memcmp(app->data, op->app.data, app->len) != 0))))
    {
        pt_store_read_snapshot(store, 0, &seen->snapshot);
        return PT_RESULT_ABSENT;
    }

    if (!pt_store_is(store, n, op->sources)
        || !pt_store_matches(store, n, op))
    {
        return pt_store_seen(store, n, seen);
    }

    return pt_store_change(store, n, op, seen);
}


static pt_result_e
pt_store_change(pt_store_t *store, uint32_t n, const pt_store_op_t *op,
    pt_store_seen_t *seen)
{
    uint64_t            before;
    pt_task_t          *task;
    pt_store_list_e     list;
    pt_store_record_t  *record;

    task = &seen->snapshot.task;

    seen->from = task->state;

    if (op->update.state != PT_UNKNOWN) {
        task->state = op->update.state;
    }

    if (op->update.has_description) {
        task->description = op->update.description;
    }

    pt_store_reclaim_events(store, op, task, &seen->snapshot.app);

    if (pt_store_reclaim_for_change(store, n, op, &seen->snapshot) != NGX_OK) {
        return PT_RESULT_STORE_FULL;
    }

    record = pt_store_record(store, n);
    list = pt_store_list(record);
    before = pt_store_record_load(store, n);

    pt_store_set64(store, &record->rev, record->rev + 1);
    pt_store_event_append(store, op, PT_EVENT_UPDATED, task,
                          &seen->snapshot.app, record->rev);
    pt_store_set_state(store, n, task, &seen->snapshot.app);
    pt_store_set_final(store, n, op->final);

    if (pt_store_list(record) == list) {
        pt_store_use(record);

    } else {
        pt_store_place(store, n);
    }

    pt_store_charge(store, n, record->account, before);
    pt_store_journal_commit(store);

    seen->snapshot.rev = record->rev;
    seen->snapshot.confirmed = store->now;

    return PT_RESULT_APPLIED;
}


/*
 * The account of the record pays for a change, whoever makes it.  A task
 * without an owner is charged to its tenant.
 */

static ngx_int_t
pt_store_reclaim_for_change(pt_store_t *store, uint32_t n,
    const pt_store_op_t *op, const pt_snapshot_t *snapshot)
{
    uint32_t                  account;
    uint64_t                  before, after;
    ngx_uint_t                kept;
    pt_store_owner_t          owner;
    const pt_store_record_t  *record;

    record = pt_store_record(store, n);

    kept = !(op->final & pt_state_bit(snapshot->task.state))
           && ((record->ends & PT_STORE_IS_OWNED) || !pt_store_end(record));

    before = pt_store_record_load(store, n);
    after = pt_store_task_load(&snapshot->task, &snapshot->app, kept,
                               kept || record->lease);

    if (after == 0) {
        return NGX_DECLINED;
    }

    if (pt_store_used(after) <= pt_store_used(before)
        && pt_store_pinned(after) <= pt_store_pinned(before))
    {
        return NGX_OK;
    }

    pt_store_owner_of(store, record->account, &owner);

    return pt_store_reclaim(store, &owner, n, before, after, &account);
}


pt_result_e
pt_store_put(pt_store_t *store, const pt_store_op_t *op,
    pt_store_seen_t *seen)
{
    uint32_t  n;

    n = pt_store_lookup(store, op);

    seen->from = PT_UNKNOWN;

    if (n && !pt_store_lapsed(store, pt_store_record(store, n))
        && pt_store_is(store, n, PT_ANY_STATE))
    {
        if (op->create || !pt_store_matches(store, n, op)) {
            return pt_store_seen(store, n, seen);
        }

        seen->from = pt_store_state(store, pt_store_record(store, n)->next)
                     ->state;

    } else if (op->match.data != NULL) {
        pt_store_read_snapshot(store, 0, &seen->snapshot);
        return PT_RESULT_ABSENT;
    }

    pt_store_read_snapshot(store, 0, &seen->snapshot);

    n = pt_store_write_task(store, n, op, 1,
                            (seen->from == PT_UNKNOWN) ? PT_EVENT_CREATED
                                                       : PT_EVENT_UPDATED);

    if (n == 0) {
        return PT_RESULT_STORE_FULL;
    }

    pt_store_read_snapshot(store, n, &seen->snapshot);

    return (seen->from == PT_UNKNOWN) ? PT_RESULT_CREATED : PT_RESULT_APPLIED;
}


/* A task whose state is unknown counts as absent, as it does for GET. */

pt_result_e
pt_store_delete(pt_store_t *store, const pt_store_op_t *op,
    pt_store_seen_t *seen)
{
    uint32_t            n;
    pt_store_record_t  *record;

    n = pt_store_lookup(store, op);

    seen->from = PT_UNKNOWN;

    if (n == 0
        || pt_store_lapsed(store, pt_store_record(store, n))
        || !pt_store_is(store, n, PT_ANY_STATE))
    {
        pt_store_read_snapshot(store, 0, &seen->snapshot);
        return PT_RESULT_ABSENT;
    }

    if (!pt_store_matches(store, n, op)) {
        return pt_store_seen(store, n, seen);
    }

    pt_store_read_snapshot(store, n, &seen->snapshot);
    pt_store_reclaim_events(store, op, &seen->snapshot.task,
                            &seen->snapshot.app);

    seen->from = seen->snapshot.task.state;
    record = pt_store_record(store, n);

    /* the deletion has a rev, which no later record of the task repeats */

    pt_store_set64(store, &record->rev, record->rev + 1);
    pt_store_event_append(store, op, PT_EVENT_DELETED, &seen->snapshot.task,
                          &seen->snapshot.app, record->rev);
    pt_store_remove(store, n);

    return PT_RESULT_APPLIED;
}


/*
 * A record of another revision was changed without the lease meanwhile.  The
 * order of the two changes is unknown, and so is the state.
 */

pt_result_e
pt_store_commit(pt_store_t *store, const pt_store_op_t *op,
    pt_store_seen_t *seen)
{
    uint32_t            n;
    pt_store_op_t       invalidation;
    pt_event_type_e     event;
    pt_store_record_t  *record;

    n = op->lease ? pt_store_held(store, op) : pt_store_lookup(store, op);

    if (n == 0) {
        return PT_RESULT_LOST;
    }

    invalidation = *op;
    invalidation.hold = 0;
    ngx_str_null(&invalidation.match);

    record = pt_store_record(store, n);

    if (op->rev && op->rev != record->rev) {
        return pt_store_invalidate(store, &invalidation, seen);
    }

    event = (op->keep && !pt_store_has_task(store, n, &op->task))
            ? PT_EVENT_UPDATED : PT_EVENTS;

    if (pt_store_write_task(store, n, op, 0, event) == 0) {
        (void) pt_store_invalidate(store, &invalidation, seen);

        return PT_RESULT_STORE_FULL;
    }

    return PT_RESULT_SETTLED;
}


/*
 * Writes op->task and op->app to a record and ends its lease.  n is the record,
 * or 0 for a new one.  owned: this store is the only one that has the task.
 * event: the type of the event, PT_EVENTS for none.
 * Returns the record; 0: out of memory.
 */

static uint32_t
pt_store_write_task(pt_store_t *store, uint32_t n, const pt_store_op_t *op,
    ngx_uint_t owned, pt_event_type_e event)
{
    uint32_t            from, account;
    uint64_t            before, after;
    ngx_uint_t          kept;
    pt_store_record_t  *record;

    kept = (owned || op->ttl == 0)
           && !(op->final & pt_state_bit(op->task.state));

    before = n ? pt_store_record_load(store, n) : 0;
    after = pt_store_task_load(&op->task, &op->app, kept, kept);

    pt_store_reclaim_events(store, op, &op->task, &op->app);

    if (after == 0
        || pt_store_reclaim(store, &op->owner, n, before, after, &account)
           != NGX_OK)
    {
        return 0;
    }

    if (n) {
        record = pt_store_record(store, n);
        from = record->account;

        pt_store_set64(store, &record->rev, record->rev + 1);

        if (from != account) {
            pt_store_set32(store, &record->account, account);
        }

    } else {
        n = pt_store_insert(store, &op->key, account);
        from = account;
    }

    if (event != PT_EVENTS) {
        pt_store_event_append(store, op, event, &op->task, &op->app,
                              pt_store_record(store, n)->rev);
    }

    pt_store_set_state(store, n, &op->task, &op->app);
    pt_store_set_end(store, n, op->ttl);
    pt_store_set_flag(store, n, PT_STORE_IS_OWNED, owned);
    pt_store_set_flag(store, n, PT_STORE_IS_REPORTED, 0);
    pt_store_set_final(store, n, op->final);
    pt_store_end_lease(store, n);
    pt_store_charge(store, n, from, before);
    pt_store_journal_commit(store);

    if (from != account) {
        pt_store_account_drop(store, from);
    }

    return n;
}


/* whether a record has this task already */

static ngx_uint_t
pt_store_has_task(pt_store_t *store, uint32_t n, const pt_task_t *task)
{
    pt_snapshot_t  snapshot;

    pt_store_read_snapshot(store, n, &snapshot);

    return snapshot.task.state == task->state
           && pt_store_same_text(&snapshot.task.description,
                                 &task->description)
           && pt_store_same_text(&snapshot.task.parent_url,
                                 &task->parent_url);
}


static ngx_uint_t
pt_store_same_text(const ngx_str_t *a, const ngx_str_t *b)
{
    return (a->data == NULL) == (b->data == NULL)
           && (a->data == NULL || pt_str_equal(a, b));
}


/* A release does not increment rev: the task is unchanged. */

pt_result_e
pt_store_release(pt_store_t *store, const pt_store_op_t *op,
    pt_store_seen_t *seen)
{
    uint32_t  n;
    uint64_t  before;

    n = pt_store_held(store, op);

    if (n == 0) {
        return PT_RESULT_LOST;
    }

    before = pt_store_record_load(store, n);

    pt_store_end_lease(store, n);
    pt_store_charge(store, n, pt_store_record(store, n)->account, before);
    pt_store_journal_commit(store);

    return PT_RESULT_SETTLED;
}


/*
 * op->hold keeps the lease, because the change may still be in progress: no
 * other request may change the task before the lease runs out.
 */

pt_result_e
pt_store_invalidate(pt_store_t *store, const pt_store_op_t *op,
    pt_store_seen_t *seen)
{
    uint32_t            n;
    uint64_t            ttl, least, before;
    ngx_uint_t          ends, ordered;
    pt_store_record_t  *record;

    n = op->lease ? pt_store_held(store, op) : pt_store_lookup(store, op);

    if (n == 0) {
        return PT_RESULT_LOST;
    }

    record = pt_store_record(store, n);
    ordered = (op->lease == 0 && op->match.data != NULL);
    ends = (op->lease || ordered) && !op->hold;

    if (ordered
        && (!pt_store_matches(store, n, op) || (ends && record->lease == 0)))
    {
        return PT_RESULT_LOST;
    }

    ttl = op->lease ? op->ttl : 0;
    before = pt_store_record_load(store, n);

    pt_store_unset_state(store, n);
    pt_store_set64(store, &record->rev, record->rev + 1);

    if (ttl && op->hold) {
        least = record->until + PT_STORE_TTL_MARGIN;
        ttl = (least > store->now + ttl) ? least - store->now : ttl;
    }

    if (ttl
        && (pt_store_end(record) == 0
            || pt_store_end(record) > store->now + ttl))
    {
        pt_store_set_end(store, n, ttl);
    }

    if (ends) {
        pt_store_end_lease(store, n);

    } else {
        pt_store_place(store, n);
    }

    pt_store_charge(store, n, record->account, before);
    pt_store_journal_commit(store);

    return PT_RESULT_SETTLED;
}


/*
 * A record that has expired does not exist for operations, although its memory
 * is still in use.
 */

static uint32_t
pt_store_lookup(pt_store_t *store, const pt_store_op_t *op)
{
    uint32_t  n;

    n = pt_store_find(store, &op->key);

    if (n == 0) {
        pt_store_expire(store);
        return 0;
    }

    if (!pt_store_expired(store, pt_store_record(store, n))) {
        return n;
    }

    pt_store_remove(store, n);

    return 0;
}


/*
 * The record with this lease.  A lease that has run out is still valid for its
 * holder, as long as no other request took the task.
 */

static uint32_t
pt_store_held(pt_store_t *store, const pt_store_op_t *op)
{
    uint32_t  n;

    n = pt_store_lookup(store, op);

    return (n && op->lease && pt_store_record(store, n)->lease == op->lease)
           ? n : 0;
}


/* only for a lease that has not run out */

static uint64_t
pt_store_lease_left(const pt_store_t *store, uint32_t n)
{
    const pt_store_record_t  *record;

    record = pt_store_record(store, n);

    return record->lease ? record->until - store->now : 0;
}


static ngx_uint_t
pt_store_is(const pt_store_t *store, uint32_t n, ngx_uint_t states)
{
    n = pt_store_record(store, n)->next;

    return n && (states & pt_state_bit(pt_store_state(store, n)->state));
}


/* If-Match and If-None-Match are lists of revisions, see pt_etag.h. */

static ngx_uint_t
pt_store_matches(const pt_store_t *store, uint32_t n, const pt_store_op_t *op)
{
    return op->match.data == NULL
           || pt_etag_list_has(&op->match, pt_store_record(store, n)->rev);
}


static pt_result_e
pt_store_seen(pt_store_t *store, uint32_t n, pt_store_seen_t *seen)
{
    pt_store_use(pt_store_record(store, n));
    pt_store_read_snapshot(store, n, &seen->snapshot);

    return PT_RESULT_SEEN;
}


/*
 * Sets a flag instead of moving the record to the end of its list, because a
 * move would fetch the neighbours from memory.  The flag needs no journal: it
 * is in one word, and no other field depends on it.
 */

static void
pt_store_use(pt_store_record_t *record)
{
    if (!(record->ends & PT_STORE_IS_USED)) {
        record->ends |= PT_STORE_IS_USED;
    }
}


/* Keeps the record: its rev and its lease are still needed. */

static void
pt_store_unset_state(pt_store_t *store, uint32_t n)
{
    uint32_t            state;
    pt_store_record_t  *record;

    record = pt_store_record(store, n);
    state = record->next;

    pt_store_set32(store, &record->next, 0);
    pt_store_free_chain(store, state);
}


static void
pt_store_end_lease(pt_store_t *store, uint32_t n)
{
    if (pt_store_record(store, n)->lease) {
        pt_store_set64(store, &pt_store_record(store, n)->lease, 0);
    }

    pt_store_place(store, n);
}


static void
pt_store_set_end(pt_store_t *store, uint32_t n, uint64_t ttl)
{
    uint64_t            end;
    pt_store_record_t  *record;

    record = pt_store_record(store, n);
    end = ttl ? store->now + ttl : 0;

    pt_store_set64(store, &record->ends,
                   (end << PT_STORE_ENDS_SHIFT)
                   | (record->ends & PT_STORE_FLAGS));
}


/* sets the flag by the current state of the record */

static void
pt_store_set_final(pt_store_t *store, uint32_t n, ngx_uint_t final)
{
    pt_store_set_flag(store, n, PT_STORE_IS_FINAL,
                      pt_store_is(store, n, final));
}


static void
pt_store_set_flag(pt_store_t *store, uint32_t n, uint64_t flag, ngx_uint_t on)
{
    uint64_t            ends;
    pt_store_record_t  *record;

    record = pt_store_record(store, n);
    ends = on ? record->ends | flag : record->ends & ~flag;

    if (ends != record->ends) {
        pt_store_set64(store, &record->ends, ends);
    }
}
