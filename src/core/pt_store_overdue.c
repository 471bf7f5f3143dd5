
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Overdue tasks.  There is no index by time: each part scans a limited number
 * of buckets, as a page of a list does.
 */


#include "pt_store_blocks.h"


#define PT_STORE_OVERDUE_MAX  2048     /* buckets of a part */


static void pt_store_overdue_bucket(pt_store_t *store, uint32_t bucket,
    pt_store_overdue_t *part);
static void pt_store_overdue_report(pt_store_t *store,
    pt_store_record_t *record, const pt_snapshot_t *snapshot,
    pt_store_overdue_t *part);
static void pt_store_overdue_copy(pt_store_overdue_t *part,
    const ngx_str_t *from, ngx_str_t *to);
static uint64_t pt_store_since(const pt_snapshot_t *snapshot);


void
pt_store_count_overdue(pt_store_t *store, pt_store_overdue_t *part)
{
    uint32_t  bucket, mask;

    mask = store->header->mask;

    part->count = 0;
    part->n = 0;
    part->next = 0;

    for (bucket = part->after; bucket <= mask; bucket++) {

        if (bucket - part->after == PT_STORE_OVERDUE_MAX) {
            part->next = bucket;
            return;
        }

        pt_store_overdue_bucket(store, bucket, part);
    }
}


static void
pt_store_overdue_bucket(pt_store_t *store, uint32_t bucket,
    pt_store_overdue_t *part)
{
    uint32_t            n;
    pt_snapshot_t       snapshot;
    pt_store_record_t  *record;

    for (n = store->buckets[bucket]; n; n = record->chain) {
        record = pt_store_record(store, n);

        if (!pt_store_is_in_lists(store, record, part->states)) {
            continue;
        }

        pt_store_read_snapshot(store, n, &snapshot);

        if (!pt_store_is_overdue(store, &snapshot, part->overdue)) {
            continue;
        }

        part->count++;

        if (!(record->ends & PT_STORE_IS_REPORTED)) {
            pt_store_overdue_report(store, record, &snapshot, part);
        }
    }
}


/*
 * A task without memory for its strings is reported by a later part.  The flag
 * needs no journal: it is in one word, and no other field depends on it.
 */

static void
pt_store_overdue_report(pt_store_t *store, pt_store_record_t *record,
    const pt_snapshot_t *snapshot, pt_store_overdue_t *part)
{
    size_t             size;
    pt_listed_t       *task;
    pt_store_place_t   place;

    pt_store_place_read(&snapshot->task.place, &place);

    size = place.id.len + place.definition.len + snapshot->app.len;

    if (part->n == part->max || (size_t) (part->end - part->pos) < size) {
        return;
    }

    task = &part->tasks[part->n++];

    task->snapshot = *snapshot;
    task->since = pt_store_since(snapshot);

    ngx_memzero(&task->snapshot.task, sizeof(pt_task_t));

    task->snapshot.task.state = snapshot->task.state;

    pt_store_overdue_copy(part, &place.id, &task->id);
    pt_store_overdue_copy(part, &place.definition, &task->definition);
    pt_store_overdue_copy(part, &snapshot->app, &task->snapshot.app);

    record->ends |= PT_STORE_IS_REPORTED;
}


static void
pt_store_overdue_copy(pt_store_overdue_t *part, const ngx_str_t *from,
    ngx_str_t *to)
{
    *to = *from;

    if (from->data != NULL) {
        to->data = part->pos;
        part->pos = ngx_cpymem(part->pos, from->data, from->len);
    }
}


ngx_uint_t
pt_store_is_overdue(const pt_store_t *store, const pt_snapshot_t *snapshot,
    uint64_t age)
{
    uint64_t  since;

    since = pt_store_since(snapshot);

    return since < store->now && store->now - since > age;
}


/* A task without this time was last known to be new when it was changed. */

static uint64_t
pt_store_since(const pt_snapshot_t *snapshot)
{
    pt_store_place_t  place;

    pt_store_place_read(&snapshot->task.place, &place);

    return place.since ? place.since : snapshot->confirmed;
}
