
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* the store as the scripts in src/redis have it, in the most simple way */


#ifndef _STORE_MODEL_H_INCLUDED_
#define _STORE_MODEL_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include <string.h>

#include "pt_etag.h"
#include "pt_store.h"


typedef enum {
    TEST_READ = 0,
    TEST_RESERVE,
    TEST_APPLY,
    TEST_PUT,
    TEST_DELETE,
    TEST_COMMIT,
    TEST_RELEASE,
    TEST_INVALIDATE,
    TEST_OPS
} test_op_e;


/* a record as the scripts of Redis would have it */

typedef struct {
    unsigned           there:1;
    pt_state_e         state;
    ngx_str_t          description;
    ngx_str_t          parent_url;
    ngx_str_t          app;
    uint64_t           rev;
    uint64_t           confirmed;
    uint64_t           lease;
    uint64_t           until;
    uint64_t           ends;
} test_record_t;


static const pt_store_op_pt  test_ops[] = {
    pt_store_read, pt_store_reserve, pt_store_apply, pt_store_put,
    pt_store_delete, pt_store_commit, pt_store_release, pt_store_invalidate
};


static ngx_inline ngx_uint_t
test_model_matches(const pt_store_op_t *op, const test_record_t *r)
{
    return op->match.data == NULL || pt_etag_list_has(&op->match, r->rev);
}


/* as src/redis has it; result and snapshot, which uses no store */

static ngx_inline pt_result_e
test_model_run(test_op_e type, const pt_store_op_t *op, test_record_t *r,
    uint64_t now, pt_store_seen_t *seen)
{
    uint64_t       ttl, least;
    test_record_t  shown;
    unsigned       lapsed, given;

    if (r->there && r->ends && r->ends <= now) {
        r->there = 0;
    }

    memset(seen, 0, sizeof(pt_store_seen_t));

    seen->from = PT_UNKNOWN;

    given = PT_RESULT_ABSENT;
    lapsed = r->there && r->lease && r->until <= now;

    switch (type) {

    case TEST_READ:
        if (r->there) {
            given = PT_RESULT_SEEN;
        }

        break;

    case TEST_RESERVE:
        if (r->there && r->lease != op->lease && !lapsed) {

            if (r->state != PT_UNKNOWN
                && !(op->sources & pt_state_bit(r->state)))
            {
                given = PT_RESULT_SEEN;
                break;
            }

            if (r->lease) {
                given = PT_RESULT_BUSY;
                break;
            }
        }

        if (!r->there) {
            memset(r, 0, sizeof(test_record_t));
            r->there = 1;
            r->state = PT_UNKNOWN;
            r->rev = now;
            r->ends = now;

        } else if (lapsed && r->lease != op->lease) {
            r->state = PT_UNKNOWN;
            r->rev++;
        }

        r->lease = op->lease;
        r->until = now + op->lease_time;

        if (r->ends && r->ends < now + op->lease_time + 60000) {
            r->ends = now + op->lease_time + 60000;
        }

        lapsed = 0;
        given = PT_RESULT_GRANTED;
        break;

    case TEST_APPLY:

        if (!r->there || r->state == PT_UNKNOWN || lapsed
            || (r->app.data
                && (r->app.len != op->app.len
                    || (r->app.len != 0
                        && memcmp(r->app.data, op->app.data, r->app.len)
                           != 0))))
        {
            break;
        }

        given = PT_RESULT_SEEN;

        if (!(op->sources & pt_state_bit(r->state))
            || !test_model_matches(op, r))
        {
            break;
        }

        given = PT_RESULT_APPLIED;
        seen->from = r->state;

        if (op->update.state != PT_UNKNOWN) {
            r->state = op->update.state;
        }

        if (op->update.has_description) {
            r->description = op->update.description;
        }

        r->rev++;
        r->confirmed = now;
        break;

    case TEST_PUT:
        if (r->there && r->state != PT_UNKNOWN && !lapsed) {
            seen->from = r->state;

            if (op->create || !test_model_matches(op, r)) {
                seen->from = PT_UNKNOWN;
                given = PT_RESULT_SEEN;
                break;
            }
        }

        if (seen->from == PT_UNKNOWN && op->match.data) {
            break;
        }

        given = (seen->from == PT_UNKNOWN) ? PT_RESULT_CREATED
                                           : PT_RESULT_APPLIED;
        r->rev = r->there ? r->rev + 1 : now;
        r->there = 1;
        r->ends = op->ttl ? now + op->ttl : 0;
        r->lease = 0;
        r->state = op->task.state;
        r->description = op->task.description;
        r->parent_url = op->task.parent_url;
        r->app = op->app;
        r->confirmed = now;
        lapsed = 0;
        break;

    case TEST_DELETE:

        if (!r->there || r->state == PT_UNKNOWN || lapsed) {
            break;
        }

        given = PT_RESULT_SEEN;

        if (test_model_matches(op, r)) {
            given = PT_RESULT_APPLIED;
            seen->from = r->state;
            r->there = 0;
        }

        break;

    case TEST_COMMIT:
        given = PT_RESULT_LOST;

        if (r->there && r->lease == op->lease && op->lease) {
            given = PT_RESULT_SETTLED;
            r->lease = 0;

            if (op->rev && op->rev != r->rev) {
                r->rev++;
                r->state = PT_UNKNOWN;

                if (op->ttl && (r->ends == 0 || r->ends > now + op->ttl)) {
                    r->ends = now + op->ttl;
                }

                return given;
            }

            r->rev++;
            r->ends = op->ttl ? now + op->ttl : 0;
            r->state = op->task.state;
            r->description = op->task.description;
            r->parent_url = op->task.parent_url;
            r->app = op->app;
            r->confirmed = now;
        }

        return given;

    case TEST_RELEASE:
        given = PT_RESULT_LOST;

        if (r->there && r->lease == op->lease && op->lease) {
            given = PT_RESULT_SETTLED;
            r->lease = 0;
        }

        return given;

    default: /* TEST_INVALIDATE */

        if (!r->there || (op->lease && r->lease != op->lease)) {
            return PT_RESULT_LOST;
        }

        if (op->lease == 0 && op->match.data != NULL) {

            if (!test_model_matches(op, r) || (!op->hold && r->lease == 0)) {
                return PT_RESULT_LOST;
            }

            if (!op->hold) {
                r->lease = 0;
            }
        }

        r->rev++;
        r->state = PT_UNKNOWN;

        if (op->lease) {
            ttl = op->ttl;

            if (!op->hold) {
                r->lease = 0;

            } else if (ttl) {
                least = r->until + 60000 - now;
                ttl = ngx_max((int64_t) ttl, (int64_t) least);
            }

            if (ttl && (r->ends == 0 || r->ends > now + ttl)) {
                r->ends = now + ttl;
            }
        }

        return PT_RESULT_SETTLED;
    }

    seen->snapshot.task.state = PT_UNKNOWN;
    seen->snapshot.now = now;

    if (given == PT_RESULT_ABSENT) {
        return given;
    }

    shown = *r;
    seen->snapshot.rev = shown.rev;

    if (shown.state != PT_UNKNOWN && !lapsed) {
        seen->snapshot.task.state = shown.state;
        seen->snapshot.task.description = shown.description;
        seen->snapshot.task.parent_url = shown.parent_url;
        seen->snapshot.app = shown.app;
        seen->snapshot.confirmed = shown.confirmed;
    }

    return given;
}


static ngx_inline ngx_uint_t
test_same_str(const ngx_str_t *a, const ngx_str_t *b)
{
    return (a->data == NULL) == (b->data == NULL)
           && (a->data == NULL
               || (a->len == b->len && memcmp(a->data, b->data, a->len) == 0));
}


static ngx_inline ngx_uint_t
test_same(const pt_store_seen_t *a, const pt_store_seen_t *b)
{
    const pt_snapshot_t  *x, *y;

    x = &a->snapshot;
    y = &b->snapshot;

    return x->task.state == y->task.state
           && x->rev == y->rev
           && x->confirmed == y->confirmed
           && x->now == y->now
           && test_same_str(&x->task.description, &y->task.description)
           && test_same_str(&x->task.parent_url, &y->task.parent_url)
           && test_same_str(&x->app, &y->app);
}


#endif /* _STORE_MODEL_H_INCLUDED_ */
