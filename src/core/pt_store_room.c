
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* how room is made: which records are given up, and in which order */


#include "pt_store_cells.h"


#define PT_STORE_LOOK  4     /* records at the old end of a list that are looked
                                at for one that has expired */
#define PT_STORE_REAP  2     /* records deleted for each one that is made */
#define PT_STORE_TURN  64    /* records looked at before a table is full */


static uint32_t pt_store_victim(pt_store_t *store, uint32_t keep);
static uint32_t pt_store_gone(pt_store_t *store, pt_store_list_e list,
    uint32_t keep);
static ngx_uint_t pt_store_is_gone(const pt_store_t *store,
    pt_store_list_e list, const pt_store_record_t *record);
static uint32_t pt_store_unused(pt_store_t *store, pt_store_list_e list,
    uint32_t keep);
static uint32_t pt_store_turn(pt_store_t *store, pt_store_list_e list,
    uint32_t keep);


/* each deletion is a change of its own */

ngx_int_t
pt_store_room(pt_store_t *store, ngx_uint_t cells, uint32_t keep)
{
    uint32_t  n;

    if (keep == 0) {
        cells += PT_STORE_SPARE;
    }

    while (pt_store_free(store) < cells) {
        n = pt_store_victim(store, keep);

        if (n == 0) {
            return NGX_DECLINED;
        }

        pt_store_delete(store, n);
        pt_store_done(store);
    }

    return NGX_OK;
}


static uint32_t
pt_store_victim(pt_store_t *store, uint32_t keep)
{
    uint32_t  n;

    static const pt_store_list_e  expiring[] = {
        PT_STORE_ACTIVE, PT_STORE_FINAL, PT_STORE_UNKNOWN, PT_STORE_LEASED,
        PT_STORE_OWNED, PT_STORE_LISTS
    };

    static const pt_store_list_e  idle[] = {
        PT_STORE_UNKNOWN, PT_STORE_FINAL, PT_STORE_ACTIVE, PT_STORE_LISTS
    };

    const pt_store_list_e  *p;

    for (p = expiring; *p != PT_STORE_LISTS; p++) {
        n = pt_store_gone(store, *p, keep);

        if (n) {
            return n;
        }
    }

    for (p = idle; *p != PT_STORE_LISTS; p++) {
        n = pt_store_unused(store, *p, keep);

        if (n) {
            return n;
        }
    }

    n = pt_store_turn(store, PT_STORE_OWNED, keep);

    return n ? n : pt_store_turn(store, PT_STORE_LEASED, keep);
}


/* what has expired, or was left by the holder of its lease */

static uint32_t
pt_store_gone(pt_store_t *store, pt_store_list_e list, uint32_t keep)
{
    uint32_t                  n;
    ngx_uint_t                i;
    const pt_store_record_t  *record;

    n = pt_store_record(store, list)->newer;

    for (i = 0; n != list && i < PT_STORE_LOOK; i++, n = record->newer) {
        record = pt_store_record(store, n);

        if (n != keep && pt_store_is_gone(store, list, record)) {
            return n;
        }
    }

    return 0;
}


static ngx_uint_t
pt_store_is_gone(const pt_store_t *store, pt_store_list_e list,
    const pt_store_record_t *record)
{
    return pt_store_expired(store, record)
           || (list == PT_STORE_LEASED && pt_store_lapsed(store, record));
}


/*
 * Ends are not in the order of the list, and those that live are not given up:
 * they go to its end, so that they are not looked at again and again.
 */

static uint32_t
pt_store_turn(pt_store_t *store, pt_store_list_e list, uint32_t keep)
{
    uint32_t    n;
    ngx_uint_t  i;

    for (i = 0; i < PT_STORE_TURN; i++) {
        n = pt_store_record(store, list)->newer;

        if (n == list) {
            break;
        }

        if (n != keep
            && pt_store_is_gone(store, list, pt_store_record(store, n)))
        {
            return n;
        }

        pt_store_place(store, n);
        pt_store_done(store);
    }

    return 0;
}


/* the oldest one; one that was used meanwhile gets another round */

static uint32_t
pt_store_unused(pt_store_t *store, pt_store_list_e list, uint32_t keep)
{
    uint32_t                  n;
    ngx_uint_t                i;
    const pt_store_record_t  *record;

    for (i = 0; /* void */ ; i++) {
        n = pt_store_record(store, list)->newer;

        if (n == keep && n != 0) {
            n = pt_store_record(store, n)->newer;
        }

        if (n == list) {
            return 0;
        }

        record = pt_store_record(store, n);

        if (!(record->ends & PT_STORE_IS_USED) || i == PT_STORE_LOOK) {
            return n;
        }

        pt_store_place(store, n);
        pt_store_done(store);
    }
}


void
pt_store_reap(pt_store_t *store)
{
    uint32_t    n;
    ngx_uint_t  i, list;

    i = 0;

    for (list = PT_STORE_UNKNOWN; list < PT_STORE_KEPT; list++) {

        for ( /* void */ ; i < PT_STORE_REAP; i++) {
            n = pt_store_record(store, list)->newer;

            if (n == list
                || !pt_store_expired(store, pt_store_record(store, n)))
            {
                break;
            }

            pt_store_delete(store, n);
            pt_store_done(store);
        }
    }
}
