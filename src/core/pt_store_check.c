
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* whether a table is as the rest of this expects it: each cell has one place */


#include "pt_store_cells.h"


static const char *pt_store_check_block(const pt_store_t *store);
static const char *pt_store_check_buckets(const pt_store_t *store,
    u_char *marks);
static const char *pt_store_check_record(const pt_store_t *store, uint32_t n,
    u_char *marks);
static const char *pt_store_check_lists(const pt_store_t *store,
    u_char *marks);
static const char *pt_store_check_free(const pt_store_t *store,
    u_char *marks);
static ngx_uint_t pt_store_mark(const pt_store_t *store, uint32_t n,
    u_char *marks, u_char use);


/* what a cell is used for */

enum {
    PT_STORE_NO_USE = 0,
    PT_STORE_USE_RECORD,
    PT_STORE_USE_LISTED,            /* a record that was found in its list */
    PT_STORE_USE_TEXT,
    PT_STORE_USE_FREE
};


const char *
pt_store_check(const pt_store_t *store, u_char *marks)
{
    uint32_t     n;
    const char  *wrong;

    wrong = pt_store_check_block(store);

    if (wrong == NULL) {
        wrong = pt_store_check_buckets(store, marks);
    }

    if (wrong == NULL) {
        wrong = pt_store_check_free(store, marks);
    }

    if (wrong == NULL) {
        wrong = pt_store_check_lists(store, marks);
    }

    for (n = PT_STORE_LISTS; wrong == NULL && n < store->block->top; n++) {

        if (marks[n] == PT_STORE_NO_USE) {
            wrong = "a cell is lost";
        }
    }

    return wrong;
}


static const char *
pt_store_check_block(const pt_store_t *store)
{
    const pt_store_block_t  *block;

    block = store->block;

    if (block->undos) {
        return "a change is under way";
    }

    if (block->top < PT_STORE_LISTS || block->top > block->cells) {
        return "the number of used cells";
    }

    return NULL;
}


static const char *
pt_store_check_buckets(const pt_store_t *store, u_char *marks)
{
    uint32_t     i, n;
    size_t       records;
    const char  *wrong;

    records = 0;

    for (i = 0; i <= store->block->mask; i++) {

        for (n = store->buckets[i]; n; n = pt_store_record(store, n)->chain) {

            if (!pt_store_mark(store, n, marks, PT_STORE_USE_RECORD)) {
                return "a record is in two places";
            }

            if ((pt_store_record(store, n)->key.hash[0] & store->block->mask)
                != i)
            {
                return "a record is in the wrong bucket";
            }

            wrong = pt_store_check_record(store, n, marks);

            if (wrong) {
                return wrong;
            }

            records++;
        }
    }

    return (records == store->block->records) ? NULL
                                              : "the number of records";
}


static const char *
pt_store_check_record(const pt_store_t *store, uint32_t n, u_char *marks)
{
    size_t                   len;
    ngx_uint_t               cells;
    const pt_store_state_t  *state;

    n = pt_store_record(store, n)->next;

    if (n == 0) {
        return NULL;
    }

    if (!pt_store_mark(store, n, marks, PT_STORE_USE_TEXT)) {
        return "a state is in two places";
    }

    state = pt_store_state(store, n);

    if (state->state >= PT_STATES) {
        return "a state that is none";
    }

    len = (state->app == PT_STORE_NULL ? 0 : state->app)
          + (state->description == PT_STORE_NULL ? 0 : state->description)
          + (state->parent_url == PT_STORE_NULL ? 0 : state->parent_url);

    if (len > PT_STORE_TEXT_MAX) {
        return "strings that are too long";
    }

    cells = pt_store_text_cells(len);

    for (n = state->next; n; n = pt_store_record(store, n)->next) {

        if (!pt_store_mark(store, n, marks, PT_STORE_USE_TEXT)
            || --cells == 0)
        {
            return "a chain that is too long";
        }
    }

    return (cells == 1) ? NULL : "a chain that is too short";
}


/* each record is in one, and in the right one */

static const char *
pt_store_check_lists(const pt_store_t *store, u_char *marks)
{
    uint32_t                  list, n, prev;
    size_t                    records;
    const pt_store_record_t  *record;

    records = 0;

    for (list = 0; list < PT_STORE_LISTS; list++) {
        prev = list;

        do {
            n = pt_store_record(store, prev)->newer;

            if (n >= store->block->top
                || pt_store_record(store, n)->older != prev
                || (n != list && n < PT_STORE_LISTS))
            {
                return "a list is broken";
            }

            if (n == list) {
                break;
            }

            if (marks[n] != PT_STORE_USE_RECORD) {
                return "a cell in a list is not a record";
            }

            marks[n] = PT_STORE_USE_LISTED;

            record = pt_store_record(store, n);

            if (pt_store_list(record) != list) {
                return "a record is in the wrong list";
            }

            prev = n;

        } while (++records <= store->block->records);
    }

    return (records == store->block->records) ? NULL
                                              : "records are in no list";
}


static const char *
pt_store_check_free(const pt_store_t *store, u_char *marks)
{
    uint32_t  n, nfree;

    nfree = store->block->nfree;

    for (n = store->block->free; n && nfree; nfree--) {

        if (!pt_store_mark(store, n, marks, PT_STORE_USE_FREE)) {
            return "a free cell is in use";
        }

        n = pt_store_record(store, n)->next;
    }

    return (n == 0 && nfree == 0) ? NULL : "the number of free cells";
}


/* whether the cell is one, and was in no other place before */

static ngx_uint_t
pt_store_mark(const pt_store_t *store, uint32_t n, u_char *marks, u_char use)
{
    if (n < PT_STORE_LISTS
        || n >= store->block->top
        || marks[n] != PT_STORE_NO_USE)
    {
        return 0;
    }

    marks[n] = use;

    return 1;
}
