
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Lists of tasks.  There is no index: a page scans a limited number of buckets.
 * A page ends at a key, which determines a bucket; the next page has the
 * greater keys of this bucket, and then the buckets after it.
 */


#include "pt_store_blocks.h"


#define PT_STORE_LIST_MAX  2048    /* buckets of a page */


static uint32_t pt_store_list_next(const pt_store_t *store, uint32_t bucket,
    const pt_store_page_t *page, const uint64_t *after);
static ngx_uint_t pt_store_is_listed(const pt_store_t *store,
    const pt_store_record_t *record, const pt_store_page_t *page);
static ngx_int_t pt_store_list_add(pt_store_t *store, uint32_t n,
    pt_store_page_t *page);
static ngx_uint_t pt_store_is_of(const pt_snapshot_t *snapshot,
    const ngx_str_t *app);
static void pt_store_list_copy(pt_store_page_t *page, const ngx_str_t *from,
    ngx_str_t *to);


void
pt_store_list_tasks(pt_store_t *store, pt_store_page_t *page)
{
    uint32_t   n, first, bucket, mask;
    uint64_t  *after;

    mask = store->header->mask;
    first = page->first ? 0 : (uint32_t) page->after & mask;
    after = page->first ? NULL : &page->after;

    page->n = 0;
    page->more = 1;
    page->next = page->after;

    for (bucket = first; bucket <= mask; bucket++) {

        if (bucket - first == PT_STORE_LIST_MAX) {
            return;
        }

        while ((n = pt_store_list_next(store, bucket, page, after)) != 0) {

            if (pt_store_list_add(store, n, page) != NGX_OK) {
                return;
            }

            page->next = pt_store_record(store, n)->key;
            after = &page->next;
        }

        /* greater than all keys of the bucket */

        page->next = bucket | ~(uint64_t) mask;
        after = NULL;
    }

    page->more = 0;
}


static uint32_t
pt_store_list_next(const pt_store_t *store, uint32_t bucket,
    const pt_store_page_t *page, const uint64_t *after)
{
    uint32_t                  n, best;
    const pt_store_record_t  *record;

    best = 0;

    for (n = store->buckets[bucket]; n; n = record->chain) {
        record = pt_store_record(store, n);

        if ((after && record->key <= *after)
            || (best && record->key > pt_store_record(store, best)->key)
            || !pt_store_is_listed(store, record, page))
        {
            continue;
        }

        best = n;
    }

    return best;
}


static ngx_uint_t
pt_store_is_listed(const pt_store_t *store, const pt_store_record_t *record,
    const pt_store_page_t *page)
{
    return pt_store_is_in_lists(store, record, page->states)
           && ngx_memcmp(pt_store_state(store, record->next)->text,
                         &page->definition, PT_STORE_PLACE_HASH)
              == 0;
}


ngx_uint_t
pt_store_is_in_lists(const pt_store_t *store, const pt_store_record_t *record,
    ngx_uint_t states)
{
    const pt_store_state_t  *state;

    if (record->account == 0
        || record->next == 0
        || pt_store_expired(store, record)
        || pt_store_lapsed(store, record))
    {
        return 0;
    }

    state = pt_store_state(store, record->next);

    return state->place != PT_STORE_NULL
           && (states & pt_state_bit(state->state));
}


/* NGX_DECLINED: the page is full */

static ngx_int_t
pt_store_list_add(pt_store_t *store, uint32_t n, pt_store_page_t *page)
{
    size_t             size;
    pt_listed_t       *listed;
    pt_snapshot_t      snapshot;
    pt_store_place_t   place;

    pt_store_read_snapshot(store, n, &snapshot);

    if (!pt_store_is_of(&snapshot, &page->app)
        || (page->overdue
            && !pt_store_is_overdue(store, &snapshot, page->overdue)))
    {
        return NGX_OK;
    }

    size = pt_store_text_len(&snapshot.task, &snapshot.app);

    if (page->n == page->max || (size_t) (page->end - page->pos) < size) {
        return NGX_DECLINED;
    }

    listed = &page->tasks[page->n++];
    listed->snapshot = snapshot;

    pt_store_place_read(&snapshot.task.place, &place);

    pt_store_list_copy(page, &place.id, &listed->id);
    pt_store_list_copy(page, &snapshot.app, &listed->snapshot.app);
    pt_store_list_copy(page, &snapshot.task.parent_url,
                       &listed->snapshot.task.parent_url);
    pt_store_list_copy(page, &snapshot.task.description,
                       &listed->snapshot.task.description);

    ngx_str_null(&listed->snapshot.task.place);

    return NGX_OK;
}


/* a task without an owner is visible to every application */

static ngx_uint_t
pt_store_is_of(const pt_snapshot_t *snapshot, const ngx_str_t *app)
{
    return app->data == NULL
           || snapshot->app.data == NULL
           || (snapshot->app.len == app->len
               && (app->len == 0
                   || ngx_memcmp(snapshot->app.data, app->data, app->len)
                      == 0));
}


static void
pt_store_list_copy(pt_store_page_t *page, const ngx_str_t *from,
    ngx_str_t *to)
{
    *to = *from;

    if (from->data != NULL) {
        to->data = page->pos;
        page->pos = ngx_cpymem(page->pos, from->data, from->len);
    }
}
