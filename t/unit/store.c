
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The table in shared memory: against a model that does the same in the most
 * simple way, and with a death between any two stores to memory.
 */


#include "tap.h"

#include <setjmp.h>

#include "pt_store.h"


static void test_step(void);

#define pt_store_step()  test_step()

#include "../../src/core/pt_store_blocks.c"
#include "../../src/core/pt_store_eviction.c"
#include "../../src/core/pt_store_share.c"
#include "../../src/core/pt_store_text.c"
#include "../../src/core/pt_store_list.c"
#include "../../src/core/pt_store_overdue.c"
#include "../../src/core/pt_store_place.c"
#include "../../src/core/pt_store_events.c"
#include "../../src/core/pt_store.c"
#include "../../src/core/pt_store_check.c"

#include "store_model.h"


#define TEST_SIZE    (PT_STORE_SIZE_MIN)
#define TEST_START   1700000000000ull
#define TEST_KEYS    12
#define TEST_SEED    ((u_char *) "0123456789abcdef")
#define TEST_FINAL   (pt_state_bit(PT_COMPLETED)|pt_state_bit(PT_ABORTED))


static void test_blocks(void);
static void test_life(void);
static void test_strings(void);
static void test_expiry(void);
static void test_evict_order(void);
static void test_evict_behind(void);
static void test_evict_owned(void);
static void test_evict_never(void);
static void test_second_chance(void);
static void test_spare(void);
static void test_no_blocks(void);
static void test_shares(void);
static void test_accounts(void);
static void test_fence(void);
static void test_churn(void);
static void test_list(void);
static void test_grow(void);
static void test_list_limits(void);
static void test_overdue(void);
static void test_events(void);
static void test_events_limits(void);
static void test_events_full(void);
static ngx_uint_t test_change(const char *key, pt_state_e state,
    ngx_uint_t keep);
static void test_events_read(uint64_t stream, const char *after,
    pt_store_event_page_t *page);
static const ngx_str_t *test_events_text(const pt_store_event_page_t *page);
static void test_random(unsigned seed);
static void test_deaths(unsigned seed, size_t fill);
static void test_damage(unsigned images);
static void test_journal(void);


static pt_store_t      test_store;
static u_char         *test_memory;
static u_char          test_text[PT_STORE_TEXT_MAX];
static u_char          test_long[PT_STORE_TEXT_MAX + 1];
static test_record_t   test_model[TEST_KEYS];
static unsigned        test_rand_state;

/* the number of stores until the process "dies"; 0: it does not */
static unsigned long   test_left;
static unsigned long   test_steps;
static size_t          test_undos;
static jmp_buf         test_death;

/* events that random operations keep at most; 0: they write none */
static unsigned        test_keep;


int
main(void)
{
    unsigned  i;

    memset(test_long, 'x', sizeof(test_long));

    test_blocks();
    test_life();
    test_strings();
    test_expiry();
    test_evict_order();
    test_evict_behind();
    test_evict_owned();
    test_evict_never();
    test_second_chance();
    test_spare();
    test_no_blocks();
    test_shares();
    test_accounts();
    test_fence();
    test_churn();
    test_list();
    test_list_limits();
    test_overdue();
    test_events();
    test_events_limits();
    test_events_full();
    test_grow();

    for (i = 1; i <= 4; i++) {
        test_keep = (i % 2) ? 0 : 100;
        test_random(i);
    }

    test_keep = 0;

    test_deaths(1, 0);
    test_deaths(2, TEST_SIZE);

    test_keep = 20;

    test_deaths(3, 0);
    test_deaths(4, TEST_SIZE);

    test_keep = 0;

    test_journal();
    test_damage(20000);

    ok(test_undos > 10 && test_undos <= PT_STORE_JOURNAL / 2,
       "an operation needs a part of the journal only");
    printf("# %lu words of %d\n", (unsigned long) test_undos,
           PT_STORE_JOURNAL);

    return tap_done();
}


static void
test_step(void)
{
    __atomic_signal_fence(__ATOMIC_SEQ_CST);

    test_steps++;
    if (test_store.header && test_store.header->undos > test_undos) {
        test_undos = test_store.header->undos;
    }

    if (test_left && --test_left == 0) {
        longjmp(test_death, 1);
    }
}


static unsigned
test_rand(unsigned n)
{
    test_rand_state = test_rand_state * 1103515245 + 12345;

    return (test_rand_state >> 8) % n;
}


static void
test_new(size_t size)
{
    free(test_memory);

    test_memory = NULL;

    if (posix_memalign((void **) &test_memory, 4096, size) != 0) {
        exit(1);
    }

    memset(test_memory, 0, size);

    pt_store_create(&test_store, test_memory, size, TEST_SEED);

    test_store.text = test_text;
    test_store.now = TEST_START;
}


/* NULL, or what is wrong */

static const char *
test_damaged(void)
{
    u_char      *marks;
    const char  *wrong;

    marks = calloc(1, pt_store_nblocks(&test_store));
    wrong = pt_store_check(&test_store, marks);
    free(marks);

    return wrong;
}


/* whether each account has the load of its records */

static ngx_uint_t
test_counted(void)
{
    size_t      size;
    u_char     *before;
    ngx_uint_t  same;

    size = test_store.header->size;
    before = malloc(size);

    memcpy(before, test_memory, size);
    pt_store_recount(&test_store);
    same = (memcmp(before, test_memory, size) == 0);

    if (!same) {
        memcpy(test_memory, before, size);
    }

    free(before);

    return same;
}


static const char *
test_check(void)
{
    const char  *wrong;

    wrong = test_damaged();

    if (wrong == NULL && !test_counted()) {
        wrong = "loads are not those of the records";
    }

    if (wrong) {
        printf("# %s\n", wrong);
    }

    return wrong;
}


static pt_store_op_t
test_op(const char *key)
{
    ngx_str_t      text;
    pt_store_op_t  op;

    memset(&op, 0, sizeof(pt_store_op_t));

    text = tap_str(key);

    pt_store_key(&test_store, &text, &op.key);

    op.lease = 1;
    op.lease_time = 1000;
    op.ttl = 10000;
    op.sources = PT_ANY_STATE;
    op.final = TEST_FINAL;
    op.update.state = PT_UNKNOWN;

    return op;
}


static pt_result_e
test_run(test_op_e type, const pt_store_op_t *op, pt_store_seen_t *seen)
{
    return test_ops[type](&test_store, op, seen);
}


static pt_result_e
test_put(const char *key, pt_state_e state, uint64_t ttl)
{
    pt_store_op_t    op;
    pt_store_seen_t  seen;

    op = test_op(key);
    op.task.state = state;
    op.ttl = ttl;

    return test_run(TEST_PUT, &op, &seen);
}


static pt_result_e
test_read(const char *key)
{
    pt_store_op_t    op;
    pt_store_seen_t  seen;

    op = test_op(key);

    return test_run(TEST_READ, &op, &seen);
}


/* whether it is there, without anything being done with it */

static ngx_uint_t
test_there(const char *key)
{
    pt_store_op_t  op;

    op = test_op(key);

    return pt_store_find(&test_store, &op.key) != 0;
}


static void
test_blocks(void)
{
    pt_store_t  other;

    test_new(TEST_SIZE);

    ok(test_check() == NULL, "a new table is sound");
    is_int(pt_store_records(&test_store), 0, "and empty");

    is_int(pt_store_attach(&other, test_memory, TEST_SIZE), NGX_OK,
           "another process attaches to it");
    ok(other.blocks == test_store.blocks && other.buckets == test_store.buckets,
       "and finds it as it is");

    is_int(pt_store_attach(&other, test_memory, TEST_SIZE / 2), NGX_DECLINED,
           "not if there is less memory");

    test_store.header->layout++;
    is_int(pt_store_attach(&other, test_memory, TEST_SIZE), NGX_DECLINED,
           "nor another layout");

    memset(test_memory, 0, TEST_SIZE);
    is_int(pt_store_attach(&other, test_memory, TEST_SIZE), NGX_DECLINED,
           "nor to zeroes");
}


/* a table that is full, and then has four times the memory */

static void
test_grow(void)
{
    size_t            size, used, pinned, before;
    unsigned          n, full;
    char              key[32];
    pt_store_t        other;

    test_new(4 * TEST_SIZE);
    memset(test_memory, 0, 4 * TEST_SIZE);
    pt_store_create(&test_store, test_memory, TEST_SIZE, TEST_SEED);

    for (n = 0; n < 100000; n++) {
        sprintf(key, "grow%u", n);

        if (test_put(key, PT_PENDING, 0) != PT_RESULT_CREATED) {
            break;
        }
    }

    full = n;
    pt_store_usage(&test_store, &before, &used, &pinned);

    is_int(pt_store_attach(&other, test_memory, 4 * TEST_SIZE), NGX_OK,
           "another process attaches to the memory that has grown");

    pt_store_grow(&other, 4 * TEST_SIZE);
    pt_store_grow(&other, 2 * TEST_SIZE);
    pt_store_usage(&test_store, &size, &used, &pinned);

    ok(size > 4 * before && size < 5 * before,
       "a process that was attached before uses it, too");

    for ( /* void */ ; n < 100000; n++) {
        sprintf(key, "grow%u", n);

        if (test_put(key, PT_PENDING, 0) != PT_RESULT_CREATED) {
            break;
        }
    }

    ok(n > 3 * full && n < 6 * full, "it takes more tasks");
    is_int(pt_store_records(&test_store), n, "and has all of them");
    ok(test_check() == NULL, "it is sound");

    /* a process that dies in between has changed one field of two */

    other.header->size = TEST_SIZE;
    is_int(pt_store_attach(&other, test_memory, 4 * TEST_SIZE), NGX_OK,
           "a change of size that was interrupted");
    pt_store_grow(&other, 4 * TEST_SIZE);
    is_int(other.header->size, 4 * TEST_SIZE, "is made again");
    ok(test_check() == NULL, "and it is sound");
}


static void
test_life(void)
{
    pt_store_op_t    op;
    pt_store_seen_t  seen;

    test_new(TEST_SIZE);

    op = test_op("a");

    is_int(test_read("a"), PT_RESULT_ABSENT, "nothing is there");
    is_int(test_run(TEST_RESERVE, &op, &seen), PT_RESULT_GRANTED, "a lease");
    is_int(seen.snapshot.rev, TEST_START, "rev starts at the clock");
    is_int(seen.snapshot.task.state, PT_UNKNOWN, "of a task not known");

    op.lease = 2;
    is_int(test_run(TEST_RESERVE, &op, &seen), PT_RESULT_BUSY,
           "not for another");

    op.task.state = PT_PROCESSING;
    op.task.description = tap_str("");
    op.app = tap_str("A");

    is_int(test_run(TEST_COMMIT, &op, &seen), PT_RESULT_LOST,
           "nor may that commit");

    op.lease = 1;
    is_int(test_run(TEST_COMMIT, &op, &seen), PT_RESULT_SETTLED, "commit");
    is_int(test_run(TEST_COMMIT, &op, &seen), PT_RESULT_LOST, "not twice");

    is_int(test_run(TEST_READ, &op, &seen), PT_RESULT_SEEN, "it is known now");
    is_int(seen.snapshot.rev, TEST_START + 1, "rev is the fence");
    is_int(seen.snapshot.task.state, PT_PROCESSING, "with the state");
    ok(seen.snapshot.task.description.data != NULL
       && seen.snapshot.task.description.len == 0, "and an empty description");
    ok(seen.snapshot.task.parent_url.data == NULL, "no parentUrl");
    is_str(&seen.snapshot.app, "A", "and its application");

    ok(test_check() == NULL, "sound after all that");
}


static void
test_strings(void)
{
    size_t           len, wrong;
    pt_store_op_t    op;
    pt_store_seen_t  seen;

    test_new(TEST_SIZE);

    op = test_op("a");
    op.task.state = PT_PENDING;
    wrong = 0;

    for (len = 0; len <= PT_STORE_TEXT_MAX; len += len < 400 ? 1 : 997) {
        op.app = tap_str("app");
        op.app.len = ngx_min(len, 3);
        op.task.description.data = test_long;
        op.task.description.len = (len - op.app.len) / 3;
        op.task.parent_url.data = test_long;
        op.task.parent_url.len = len - op.app.len - op.task.description.len;

        if (test_run(TEST_PUT, &op, &seen)
            != (len ? PT_RESULT_APPLIED : PT_RESULT_CREATED)
            || seen.snapshot.app.len != op.app.len
            || memcmp(seen.snapshot.app.data, "app", op.app.len) != 0
            || seen.snapshot.task.description.len
               != op.task.description.len
            || seen.snapshot.task.parent_url.len != op.task.parent_url.len
            || memcmp(seen.snapshot.task.parent_url.data, test_long,
                      op.task.parent_url.len) != 0
            || test_check() != NULL)
        {
            wrong++;
        }
    }

    is_int(wrong, 0, "strings of any length come back");

    op.app.len = 0;
    op.task.description.len = 0;
    op.task.parent_url.len = PT_STORE_TEXT_MAX;
    is_int(test_run(TEST_PUT, &op, &seen), PT_RESULT_APPLIED,
           "as long as they may be");

    op.task.parent_url.len++;
    is_int(test_run(TEST_PUT, &op, &seen), PT_RESULT_STORE_FULL,
           "but not longer");

    (void) test_run(TEST_RESERVE, &op, &seen);
    is_int(test_run(TEST_COMMIT, &op, &seen), PT_RESULT_STORE_FULL,
           "a commit of that");
    is_int(test_run(TEST_READ, &op, &seen), PT_RESULT_SEEN, "ends the lease");
    is_int(seen.snapshot.task.state, PT_UNKNOWN, "and removes the state");
    is_int(test_run(TEST_RELEASE, &op, &seen), PT_RESULT_LOST,
           "there is no lease any more");
}


static void
test_expiry(void)
{
    pt_store_op_t    op;
    pt_store_seen_t  seen;

    test_new(TEST_SIZE);

    test_put("a", PT_PENDING, 1000);
    test_put("b", PT_PENDING, 1000);
    test_put("c", PT_PENDING, 0);
    test_put("d", PT_COMPLETED, 2000);

    test_store.now += 999;
    is_int(test_read("a"), PT_RESULT_SEEN, "it lives");
    test_store.now += 1;
    is_int(test_read("a"), PT_RESULT_ABSENT, "until then");
    ok(!test_there("a"), "and is deleted when it is asked for");
    ok(test_there("b"), "or");
    test_put("e", PT_PENDING, 0);
    ok(!test_there("b"), "... when another one comes");
    is_int(test_read("c"), PT_RESULT_SEEN, "some have no end");
    is_int(test_read("d"), PT_RESULT_SEEN, "or a later one");

    op = test_op("d");
    op.lease_time = 100000;
    is_int(test_run(TEST_RESERVE, &op, &seen), PT_RESULT_GRANTED, "a lease");
    test_store.now += 99999;
    is_int(test_run(TEST_RELEASE, &op, &seen), PT_RESULT_SETTLED,
           "outlasts the record, which lives on");
    test_store.now += 60000;
    is_int(test_read("d"), PT_RESULT_SEEN, "for a minute");
    test_store.now += 1;
    is_int(test_read("d"), PT_RESULT_ABSENT, "and no longer");

    ok(test_check() == NULL, "sound after that");
}


/* small records until memory is full: the number of them */

static unsigned
test_fill(const char *prefix, pt_state_e state, uint64_t ttl)
{
    char      key[32];
    unsigned  n;

    for (n = 0; /* void */ ; n++) {
        sprintf(key, "%s%u", prefix, n);

        if (pt_store_left(&test_store) < 4
            || test_put(key, state, ttl) == PT_RESULT_STORE_FULL)
        {
            return n;
        }
    }
}


/* a lease takes one block */

static pt_result_e
test_lease(const char *key, uint64_t time)
{
    pt_store_op_t    op;
    pt_store_seen_t  seen;

    op = test_op(key);
    op.lease_time = time;

    return test_run(TEST_RESERVE, &op, &seen);
}


static void
test_fill_up(void)
{
    char      key[32];
    unsigned  n;

    for (n = 0; pt_store_left(&test_store) > 0; n++) {
        sprintf(key, "fill%u", n);
        (void) test_lease(key, 100000);
    }
}


static void
test_evict_order(void)
{
    char             key[32];
    unsigned         n;
    pt_store_op_t    op;
    pt_store_seen_t  seen;

    test_new(TEST_SIZE);

    op = test_op("active");
    op.ttl = 100000;
    op.task.state = PT_PENDING;
    (void) test_run(TEST_RESERVE, &op, &seen);
    (void) test_run(TEST_COMMIT, &op, &seen);

    test_put("final", PT_COMPLETED, 100000);
    test_put("kept", PT_PENDING, 0);
    test_put("timed", PT_PENDING, 100000);
    test_put("past", PT_COMPLETED, 1);

    op = test_op("unknown");
    (void) test_run(TEST_RESERVE, &op, &seen);
    (void) test_run(TEST_INVALIDATE, &op, &seen);

    (void) test_lease("left", 1);
    (void) test_lease("held", 100000);

    test_fill("k", PT_COMPLETED, 0);
    test_fill_up();

    test_store.now += 10;

    (void) test_lease("n1", 100000);
    ok(!test_there("left") && test_there("past"),
       "first goes what was left by its holder");

    (void) test_lease("n2", 100000);
    ok(!test_there("past") && test_there("unknown"), "or has expired");

    (void) test_lease("n3", 100000);
    (void) test_lease("n4", 100000);
    ok(!test_there("unknown") && test_there("final"),
       "then what is not known");

    (void) test_lease("n5", 100000);
    ok(!test_there("final") && test_there("k0"), "then what is final");

    for (n = 0; n < 5000; n++) {
        sprintf(key, "more%u", n);

        if (test_lease(key, 100000) == PT_RESULT_STORE_FULL) {
            break;
        }
    }

    ok(n < 5000, "then it is full");
    ok(test_there("active"), "what others know goes after what is final");
    ok(test_there("held") && test_there("n1"),
       "a lease that lives is not given up");
    ok(test_there("kept"), "nor a task that is only here");
    ok(test_there("timed"), "nor one that is to be here for some time");
    ok(test_check() == NULL, "sound when full");

    test_store.now += 100000;

    is_int(test_put("n6", PT_PENDING, 0), PT_RESULT_CREATED,
           "when that is over, there is memory");
    ok(test_check() == NULL, "sound after that");
}


/* those that have expired behind others that live longer */

static void
test_evict_behind(void)
{
    char             key[32];
    unsigned         i, put;
    pt_store_op_t    op;
    pt_store_seen_t  seen;

    test_new(TEST_SIZE);

    for (i = 0; i < 10; i++) {
        sprintf(key, "long%u", i);
        test_put(key, PT_PENDING, 1000000);
    }

    test_fill("short", PT_PENDING, 1000);
    test_store.now += 1000;

    for (put = 0, i = 0; i < 100; i++) {
        sprintf(key, "new%u", i);
        put += (test_put(key, PT_PENDING, 0) == PT_RESULT_CREATED);
    }

    is_int(put, 100, "tasks that have expired free memory for others");

    test_new(TEST_SIZE);

    for (i = 0; /* void */ ; i++) {
        sprintf(key, "l%u", i);

        op = test_op(key);
        op.lease_time = (i < 10) ? 100000 : 1000;

        if (test_run(TEST_RESERVE, &op, &seen) == PT_RESULT_STORE_FULL) {
            break;
        }
    }

    test_store.now += 1000;

    op = test_op("x");
    is_int(test_run(TEST_RESERVE, &op, &seen), PT_RESULT_GRANTED,
           "and so do leases that have run out");
    ok(test_there("l0") && test_there("l9"), "not those that live");
    ok(test_check() == NULL, "sound after that");
}


/* a put task has no copy; a back end has the other ones */

static void
test_evict_owned(void)
{
    char             key[32];
    unsigned         n;
    pt_store_op_t    op;
    pt_store_seen_t  seen;

    test_new(TEST_SIZE);

    test_put("put", PT_PENDING, 100000);
    test_put("backend", PT_PENDING, 100000);

    op = test_op("backend");
    op.ttl = 100000;
    op.task.state = PT_PENDING;
    (void) test_run(TEST_RESERVE, &op, &seen);
    (void) test_run(TEST_COMMIT, &op, &seen);

    op = test_op("put");
    op.update.state = PT_PROCESSING;
    (void) test_run(TEST_APPLY, &op, &seen);

    for (n = 0; pt_store_left(&test_store) > 3; n++) {
        sprintf(key, "k%u", n);
        op = test_op(key);
        op.ttl = 100000;
        op.task.state = PT_PENDING;
        (void) test_run(TEST_RESERVE, &op, &seen);
        (void) test_run(TEST_COMMIT, &op, &seen);
    }

    (void) test_put("more", PT_PENDING, 0);

    ok(!test_there("backend"), "a task that a back end has is evicted");

    (void) test_fill("another", PT_PENDING, 0);

    ok(test_there("put"), "what was changed after it was put does not");
    ok(test_check() == NULL, "sound with both");
}


static void
test_evict_never(void)
{
    char             key[32];
    unsigned         n, i, there;
    pt_store_op_t    op;
    pt_store_seen_t  seen;

    test_new(TEST_SIZE);

    for (n = 0; /* void */ ; n++) {
        sprintf(key, "l%u", n);

        op = test_op(key);
        op.lease_time = 100000;

        if (test_run(TEST_RESERVE, &op, &seen) == PT_RESULT_STORE_FULL) {
            break;
        }
    }

    there = 0;

    for (i = 0; i < n; i++) {
        sprintf(key, "l%u", i);
        there += test_there(key);
    }

    ok(n > 1000, "a lease without a state takes one block");
    is_int(there, n, "none was given up for another");

    test_store.now += 100000;
    op = test_op("x");
    is_int(test_run(TEST_RESERVE, &op, &seen), PT_RESULT_GRANTED,
           "once they have run out, there is memory again");

    ok(test_check() == NULL, "sound with leases only");
}


static void
test_second_chance(void)
{
    char             key[32];
    unsigned         n, i;
    pt_store_op_t    op;
    pt_store_seen_t  seen;

    test_new(TEST_SIZE);

    n = test_fill("f", PT_COMPLETED, 0);
    test_fill_up();

    test_read("f0");
    test_read("f2");

    (void) test_lease("x", 100000);
    ok(test_there("f0") && !test_there("f1"),
       "what was used is not the first to go");

    test_fill_up();
    (void) test_lease("y", 100000);
    ok(test_there("f2") && !test_there("f3"), "nor is this one");

    op = test_op("f4");
    op.update.state = PT_ABORTED;
    (void) test_run(TEST_APPLY, &op, &seen);

    test_fill_up();
    (void) test_lease("w", 100000);
    ok(test_there("f4") && !test_there("f5"), "nor what was changed");

    for (i = 0; i < n; i++) {
        sprintf(key, "f%u", i);
        test_read(key);
    }

    test_fill_up();
    is_int(test_lease("z", 100000), PT_RESULT_GRANTED,
           "all were used: one goes nevertheless");
    ok(test_check() == NULL, "sound after that");
}


static pt_result_e
test_describe(const char *key, size_t len)
{
    pt_store_op_t    op;
    pt_store_seen_t  seen;

    op = test_op(key);
    op.update.state = PT_PROCESSING;
    op.update.description.data = test_long;
    op.update.description.len = len;
    op.update.has_description = 1;

    return test_run(TEST_APPLY, &op, &seen);
}


static void
test_spare(void)
{
    char             key[32];
    unsigned         n, i, changed;
    pt_store_op_t    op;
    pt_store_seen_t  seen;

    test_new(TEST_SIZE);

    n = test_fill("k", PT_PENDING, 0);

    is_int(test_put("more", PT_PENDING, 0), PT_RESULT_STORE_FULL, "it is full");
    ok(n > 100, "of tasks that are only here");

    changed = 0;

    for (i = 0; i < n; i++) {
        sprintf(key, "k%u", i);
        changed += (test_describe(key, PT_STORE_DESCRIPTION)
                    == PT_RESULT_APPLIED);
    }

    is_int(changed, n, "each can still be changed, with a description");

    is_int(test_describe("k0", PT_DESCRIPTION_MAX), PT_RESULT_STORE_FULL,
           "but not with one of any length");

    op = test_op("k1");
    op.update.state = PT_COMPLETED;
    is_int(test_run(TEST_APPLY, &op, &seen), PT_RESULT_APPLIED,
           "and each can end");

    is_int(test_put("more", PT_PENDING, 0), PT_RESULT_CREATED,
           "which is when there is memory for another");
    ok(test_check() == NULL, "sound after that");
}


/* every task was given a longer description, until no more blocks were left */

static void
test_no_blocks(void)
{
    char             key[32];
    u_char           other[300];
    unsigned         i, n;
    pt_store_op_t    op;
    pt_store_seen_t  seen;

    memset(other, 'y', sizeof(other));

    test_new(TEST_SIZE);

    n = 300;

    for (i = 0; i < n; i++) {
        sprintf(key, "k%u", i);
        (void) test_put(key, PT_PENDING, 0);
    }

    for (i = 0; i < n; i++) {
        sprintf(key, "k%u", i);

        if (test_describe(key, sizeof(other)) == PT_RESULT_STORE_FULL) {
            break;
        }
    }

    ok(i > 10 && i < n, "not all can have it");

    op = test_op("k0");
    op.update.state = PT_UNKNOWN;
    op.update.description.data = other;
    op.update.description.len = sizeof(other);
    op.update.has_description = 1;

    is_int(test_run(TEST_APPLY, &op, &seen), PT_RESULT_APPLIED,
           "one that has can have another of that length");

    op.update.description.len = 250;

    is_int(test_run(TEST_APPLY, &op, &seen), PT_RESULT_APPLIED, "or less");
    ok(test_check() == NULL, "sound without free blocks");
}


/* a task of an application of a tenant */

static pt_result_e
test_put_of(const char *tenant, const char *app, unsigned n, pt_state_e state)
{
    char             key[64];
    ngx_str_t        t;
    pt_store_op_t    op;
    pt_store_seen_t  seen;

    sprintf(key, "%s-%s-%u", tenant, app, n);
    op = test_op(key);
    op.app = tap_str(app);
    op.ttl = 0;
    op.task.state = state;

    t = tap_str(tenant);
    pt_store_owner(&test_store, &t, &op.app, &op.owner);

    return test_run(TEST_PUT, &op, &seen);
}


/* as many tasks of an application as there is memory for */

static unsigned
test_fill_of(const char *tenant, const char *app)
{
    unsigned  n;

    for (n = 0;
         test_put_of(tenant, app, n, PT_PENDING) != PT_RESULT_STORE_FULL;
         n++)
    {
        /* void */
    }

    return n;
}


/* how many of the first tasks of an application are there */

static unsigned
test_there_of(const char *tenant, const char *app, unsigned n)
{
    char      key[64];
    unsigned  there;

    there = 0;

    while (n--) {
        sprintf(key, "%s-%s-%u", tenant, app, n);
        there += test_there(key);
    }

    return there;
}


static void
test_shares(void)
{
    unsigned  n, k;

    /* tasks that are not final */

    test_new(TEST_SIZE);

    n = test_fill_of("t2", "A");

    ok(n > 300, "an application can use most of the memory");

    k = test_fill_of("t2", "B");

    ok(k > 10, "another one of its tenant finds some");

    k = test_fill_of("t1", "A");

    ok(k > 10, "and so does one of another tenant");
    is_int(test_there_of("t2", "A", n), n, "at the cost of no task");
    ok(test_check() == NULL, "sound with shares");

    /* tasks that are final */

    test_new(TEST_SIZE);

    for (n = 0; n < 40; n++) {
        (void) test_put_of("t1", "A", n, PT_COMPLETED);
    }

    for (n = 0; n < 3000; n++) {
        (void) test_put_of("t2", "B", n, PT_COMPLETED);
    }

    is_int(test_there_of("t1", "A", 40), 40,
           "a tenant that uses most evicts only its own tasks");

    for (n = 0; n < 3000; n++) {
        (void) test_put_of("t1", "C", n, PT_COMPLETED);
    }

    is_int(test_there_of("t1", "A", 40), 40,
           "and so does an application of a tenant");
    ok(test_there_of("t2", "B", 3000) > 200
       && test_there_of("t1", "C", 3000) > 200, "tenants have about as much");

    /* whoever is small takes it from the biggest */

    n = test_there_of("t2", "B", 3000) + test_there_of("t1", "C", 3000);

    for (k = 0; k < 20; k++) {
        if (test_put_of("t3", "D", k, PT_PENDING) != PT_RESULT_CREATED) {
            break;
        }
    }

    is_int(k, 20, "a small tenant gets memory");
    ok(test_there_of("t2", "B", 3000) + test_there_of("t1", "C", 3000) < n,
       "which the biggest ones make");
    is_int(test_there_of("t1", "A", 40), 40, "and no small one");
    ok(test_check() == NULL, "sound after that");

    /* nobody has needed them for long */

    test_store.now += 3600000;

    for (n = 0; n < 3000; n++) {
        if (test_put_of("t2", "E", n, PT_PENDING) == PT_RESULT_STORE_FULL) {
            break;
        }
    }

    ok(test_there_of("t1", "C", 3000) < 100,
       "old final tasks of anybody are evicted for new ones");
    ok(test_check() == NULL, "sound after that, too");
}


/* accounts come with their first task and go with their last one */

static void
test_accounts(void)
{
    char             app[16];
    size_t           left;
    unsigned         n, full;
    pt_store_op_t    op;
    pt_store_seen_t  seen;

    test_new(TEST_SIZE);

    left = pt_store_left(&test_store);
    full = 0;

    for (n = 0; n < 2000; n++) {
        sprintf(app, "a%u", n);
        full += test_put_of(n % 2 ? "t1" : "t2", app, 0, PT_COMPLETED)
                == PT_RESULT_STORE_FULL;

        if (n % 100 == 0 && test_check() != NULL) {
            break;
        }
    }

    is_int(n, 2000, "sound with many accounts");
    ok(full < 100, "which are evicted for each other");

    test_store.now += 1;

    for (n = 0; n < 2000; n++) {
        sprintf(app, "t%u-a%u-0", n % 2 ? 1 : 2, n);
        op = test_op(app);
        op.ttl = 1;
        op.create = 0;
        op.task.state = PT_COMPLETED;

        if (test_there(app)) {
            (void) test_run(TEST_PUT, &op, &seen);
        }
    }

    test_store.now += 10;

    for (n = 0; n < 2000; n++) {
        sprintf(app, "t%u-a%u-0", n % 2 ? 1 : 2, n);
        (void) test_read(app);
    }

    is_int(pt_store_records(&test_store), 0, "when all tasks are gone");
    is_int(pt_store_left(&test_store), left, "so are all accounts");
    ok(test_check() == NULL, "sound without any");
}


static void
test_fence(void)
{
    unsigned         i;
    uint64_t         rev;
    pt_store_op_t    op;
    pt_store_seen_t  seen;

    test_new(TEST_SIZE);

    op = test_op("a");
    op.task.state = PT_COMPLETED;
    op.ttl = 1;

    for (i = 0; i < 1000; i++) {
        (void) test_run(TEST_PUT, &op, &seen);
    }

    rev = seen.snapshot.rev;
    is_int(rev, TEST_START + 999, "rev may outrun the clock");

    test_store.now += 1;

    (void) test_run(TEST_RESERVE, &op, &seen);
    is_int(seen.snapshot.rev, rev + 1,
           "it does not go back, even if the record is made anew");
}


/* what comes and goes takes no more memory after many rounds than after one */

static void
test_churn(void)
{
    char             key[32];
    size_t           top;
    unsigned         i, round;
    pt_store_op_t    op;
    pt_store_seen_t  seen;

    test_new(TEST_SIZE);

    top = 0;

    for (round = 0; round < 50; round++) {

        for (i = 0; i < 200; i++) {
            sprintf(key, "c%u-%u", round, i);

            op = test_op(key);
            op.ttl = 100;
            op.task.state = i % 2 ? PT_COMPLETED : PT_PENDING;
            op.task.description.data = test_long;
            op.task.description.len = (i * 37) % 300;

            (void) test_run(TEST_RESERVE, &op, &seen);
            (void) test_run(TEST_COMMIT, &op, &seen);

            test_store.now += 1;
        }

        if (round == 1) {
            top = test_store.header->top;
        }
    }

    ok(pt_store_records(&test_store) < 210, "old records go");
    ok(test_store.header->top <= top + 20, "their blocks are used again");
    ok(test_check() == NULL, "sound after churn");
}


static ngx_str_t
test_random_str(void)
{
    ngx_str_t  s;

    static const size_t  lens[] = { 0, 1, 3, 36, 40, 41, 100, 150, 1024 };

    ngx_str_null(&s);

    if (test_rand(5)) {
        s.data = test_long;
        s.len = lens[test_rand(sizeof(lens) / sizeof(lens[0]))];
    }

    return s;
}


static pt_store_op_t
test_random_op(unsigned *n)
{
    char           key[8];
    pt_store_op_t  op;

    static const uint64_t  times[] = { 1, 5, 100, 5000, 100000 };

    *n = test_rand(TEST_KEYS);

    sprintf(key, "k%u", *n);
    op = test_op(key);

    op.lease = 1 + test_rand(3);
    op.lease_time = times[test_rand(5)];
    op.ttl = test_rand(4) ? times[test_rand(5)] : 0;
    op.sources = test_rand(PT_ANY_STATE + 1);
    op.app = tap_str(test_rand(3) ? "app-a" : "app-b");

    if (test_rand(6) == 0) {
        ngx_str_null(&op.app);
    }

    op.update.state = test_rand(PT_STATES + 1);
    op.update.has_description = test_rand(2);
    op.update.description = test_random_str();
    op.task.state = test_rand(PT_STATES);
    op.task.description = test_random_str();
    op.task.parent_url = test_random_str();
    op.task.place = tap_str(test_rand(2) ? "12345678k" : "a place with an id");
    op.create = test_rand(2);
    op.hold = test_rand(2);

    op.owner.tenant.hash[0] = test_rand(3);
    op.owner.account.hash[0] = test_rand(3);

    if (test_keep) {
        op.keep = 1 + test_rand(test_keep);
        op.stream = (uint64_t) (1 + test_rand(2)) << 40;
        op.id = tap_str(*n % 2 ? "task" : "another");
    }

    return op;
}


/* none, any, that of the record, or another one */

static ngx_str_t
test_match(uint64_t rev)
{
    ngx_str_t    match;
    static char  text[64];

    ngx_str_null(&match);

    switch (test_rand(6)) {

    case 0:
        ngx_str_set(&match, "*");
        break;

    case 1:
    case 2:
        sprintf(text, " 9 %lu ", (unsigned long) rev + test_rand(2));
        match = tap_str(text);
        break;

    default:
        break;
    }

    return match;
}


static void
test_pass_time(void)
{
    static const uint64_t  steps[] = { 0, 0, 0, 1, 1, 4, 50, 3000 };

    test_store.now += test_rand(50) ? steps[test_rand(8)] : 70000;
}


/* there is memory for all: the table equals the model */

static void
test_random(unsigned seed)
{
    unsigned           i, n, wrong;
    test_op_e          type;
    pt_store_op_t      op;
    pt_store_seen_t    got, want;
    pt_result_e        result, expected;

    test_rand_state = seed;
    test_new(TEST_SIZE);

    memset(test_model, 0, sizeof(test_model));

    wrong = 0;

    for (i = 0; i < 20000 && wrong == 0; i++) {

        /* a rev must not outrun the clock: the model does not know of that */

        test_store.now++;
        test_pass_time();

        type = test_rand(TEST_OPS);
        op = test_random_op(&n);

        if (type == TEST_INVALIDATE && test_rand(3) == 0) {
            op.lease = 0;
        }

        /* not looked at, as it is, another one */

        op.rev = test_rand(3) ? test_model[n].rev - test_rand(2) : 0;
        op.match = test_match(test_model[n].rev);

        memset(&got, 0, sizeof(got));
        got.from = PT_UNKNOWN;

        result = test_run(type, &op, &got);
        expected = test_model_run(type, &op, &test_model[n], test_store.now,
                                  &want);

        if (result != expected
            || (type < TEST_COMMIT && !test_same(&got, &want))
            || (result == PT_RESULT_APPLIED && got.from != want.from))
        {
            printf("# %u: op %d gave %d, model %d, rev %lu %lu\n", i, type,
                   result, expected, (unsigned long) got.snapshot.rev,
                   (unsigned long) want.snapshot.rev);
            wrong++;
        }

        if (i % 64 == 0 && test_check() != NULL) {
            wrong++;
        }
    }

    is_int(wrong, 0, "20000 random operations, each as the model");
    ok(test_check() == NULL, "and sound after them");
}


static void
test_list_put(unsigned n, const char *definition, const char *app)
{
    char             key[32];
    u_char           place[PT_STORE_PLACE_MAX];
    ngx_str_t        name, id;
    pt_store_op_t    op;
    pt_store_seen_t  seen;

    sprintf(key, "%s/%u", definition, n);
    op = test_op(key);

    name = tap_str(definition);
    id = tap_str(strchr(key, '/') + 1);

    op.task.state = n % 3 ? PT_PENDING : PT_COMPLETED;
    op.task.place.data = place;
    op.task.place.len = pt_store_place_write(place,
                                  pt_store_definition(&test_store, &name),
                                  &id);
    op.ttl = 1000000;

    if (app) {
        op.app = tap_str(app);
    }

    if (test_run(TEST_PUT, &op, &seen) == PT_RESULT_STORE_FULL) {
        printf("# no memory for %s\n", key);
        exit(1);
    }
}


static void
test_list_delete(unsigned n, const char *definition)
{
    char             key[32];
    pt_store_op_t    op;
    pt_store_seen_t  seen;

    sprintf(key, "%s/%u", definition, n);
    op = test_op(key);

    (void) test_run(TEST_DELETE, &op, &seen);
}


/* a page after another: how often each task was in one */

static unsigned
test_list_all(const char *definition, ngx_uint_t states, const char *app,
    ngx_uint_t max, unsigned *seen, unsigned churn)
{
    char              number[32];
    unsigned          i, pages;
    ngx_str_t         name;
    pt_store_page_t   page;
    pt_listed_t       tasks[100];
    static u_char     text[65536];

    memset(&page, 0, sizeof(pt_store_page_t));

    name = tap_str(definition);

    page.definition = pt_store_definition(&test_store, &name);
    page.states = states;
    page.max = max;
    page.first = 1;

    if (app) {
        page.app = tap_str(app);
    }

    pages = 0;

    do {
        page.tasks = tasks;
        page.pos = text;
        page.end = text + sizeof(text);

        pt_store_list_tasks(&test_store, &page);

        for (i = 0; i < page.n; i++) {
            sprintf(number, "%.*s", (int) tasks[i].id.len, tasks[i].id.data);
            seen[atoi(number)]++;
        }

        if (page.n > max) {
            return 0;
        }

        page.first = 0;
        page.after = page.next;
        pages++;

        for (i = 0; i < churn; i++) {
            test_list_delete(1000 + test_rand(1000), definition);
            test_list_put(1000 + test_rand(1000), definition, NULL);
        }

    } while (page.more);

    return pages;
}


static void
test_list(void)
{
    unsigned  i, pages, once, strange, seen[2000];

    test_new(16 * TEST_SIZE);
    test_rand_state = 7;

    for (i = 0; i < 1000; i++) {
        test_list_put(i, "d", NULL);
        test_list_put(i, "e", NULL);
    }

    memset(seen, 0, sizeof(seen));

    pages = test_list_all("d", PT_ANY_STATE, NULL, 7, seen, 5);

    for (once = 0, strange = 0, i = 0; i < 1000; i++) {
        once += (seen[i] == 1);
    }

    for (i = 1000; i < 2000; i++) {
        strange += (seen[i] > 1);
    }

    is_int(once, 1000, "what is there throughout is listed once");
    ok(pages > 1000 / 7, "in as many pages as it takes");
    ok(strange < 100, "what comes and goes may be there again");
    ok(test_check() == NULL, "the table is sound");
}


static void
test_list_limits(void)
{
    unsigned  i, n, seen[2000];

    test_new(TEST_SIZE);

    for (i = 0; i < 30; i++) {
        test_list_put(i, "d", i < 10 ? NULL : i < 20 ? "app-a" : "app-b");
    }

    memset(seen, 0, sizeof(seen));
    (void) test_list_all("d", PT_ANY_STATE, "app-a", 1, seen, 0);

    for (n = 0, i = 0; i < 30; i++) {
        n += (seen[i] == (i < 20));
    }

    is_int(n, 30, "an application has its own and those without an owner");

    memset(seen, 0, sizeof(seen));
    (void) test_list_all("d", pt_state_bit(PT_COMPLETED), NULL, 100, seen, 0);

    for (n = 0, i = 0; i < 30; i++) {
        n += (seen[i] == (i % 3 == 0));
    }

    is_int(n, 30, "those of a state");

    memset(seen, 0, sizeof(seen));
    is_int(test_list_all("x", PT_ANY_STATE, NULL, 100, seen, 0),
           (test_store.header->mask + 1 + 2047) / 2048,
           "a definition without tasks");

    test_store.now += 1000001;

    memset(seen, 0, sizeof(seen));
    (void) test_list_all("d", PT_ANY_STATE, NULL, 100, seen, 0);

    for (n = 0, i = 0; i < 30; i++) {
        n += seen[i];
    }

    is_int(n, 0, "what has expired is not listed");
}


/* a task of "r/t/d" that may become overdue */

static pt_result_e
test_overdue_put(const char *id, pt_state_e state)
{
    char             key[300];
    u_char           place[PT_STORE_PLACE_MAX + PT_STORE_PLACE_MORE + 5];
    ngx_str_t        name, text;
    pt_store_op_t    op;
    pt_store_seen_t  seen;

    sprintf(key, "r/t/d/%s", id);
    op = test_op(key);

    name = tap_str("r/t/d");
    text = tap_str(id);

    op.task.state = state;
    op.task.place.data = place;
    op.task.place.len = pt_store_place_write(place,
                                  pt_store_definition(&test_store, &name),
                                  &text);
    op.task.place.len += pt_store_place_add(place + op.task.place.len,
                                            test_store.now, &name);
    op.ttl = 1000000;

    return test_run(TEST_PUT, &op, &seen);
}


/* all parts; the tasks that are reported, in text */

static unsigned
test_overdue_walk(uint64_t overdue, ngx_uint_t max, char *reported)
{
    char                 line[512];
    unsigned             i, count, parts;
    pt_listed_t          tasks[100], *task;
    pt_store_overdue_t   part;
    static u_char        text[4096];

    memset(&part, 0, sizeof(pt_store_overdue_t));

    part.states = pt_state_bit(PT_PENDING) | pt_state_bit(PT_PROCESSING);
    part.overdue = overdue;
    part.max = max;

    count = 0;
    parts = 0;
    reported[0] = '\0';

    do {
        part.tasks = tasks;
        part.pos = text;
        part.end = text + sizeof(text);

        pt_store_count_overdue(&test_store, &part);

        count += part.count;
        parts++;

        for (i = 0; i < part.n; i++) {
            task = &tasks[i];

            sprintf(line, "%.*s %.*s %llu %d, ", (int) task->definition.len,
                    (char *) task->definition.data, (int) task->id.len,
                    (char *) task->id.data,
                    (unsigned long long) (task->since - TEST_START),
                    task->snapshot.task.state);

            strcat(reported, line);
        }

        part.after = part.next;

    } while (part.next && parts < 10000);

    return count;
}


static void
is_text(const char *text, const char *want, const char *name)
{
    ngx_str_t  got;

    got = tap_str(text);

    is_str(&got, want, name);
}


static void
test_overdue(void)
{
    char              reported[65536];
    ngx_str_t         text;
    pt_store_op_t     op;
    pt_store_seen_t   seen;
    pt_store_place_t  place;

    test_new(16 * TEST_SIZE);

    (void) test_overdue_put("a", PT_PENDING);
    (void) test_overdue_put("final", PT_COMPLETED);
    test_put("elsewhere", PT_PENDING, 0);

    test_store.now += 1000;
    is_int(test_overdue_walk(1000, 10, reported), 0, "not longer than a time");

    test_store.now += 1;
    is_int(test_overdue_walk(1000, 0, reported), 1, "longer");
    is_text(reported, "",
           "but no task may be reported");
    is_int(test_overdue_walk(1000, 10, reported), 1, "counted again");
    is_text(reported, "r/t/d a 0 0, ", "and reported");
    is_int(test_overdue_walk(1000, 10, reported), 1, "counted once more");
    is_int(reported[0], 0, "and reported once");

    /* APPLY keeps the time and the mark, PUT does not */

    op = test_op("r/t/d/a");
    op.sources = PT_ANY_STATE;
    op.update.state = PT_PROCESSING;
    is_int(test_run(TEST_APPLY, &op, &seen), PT_RESULT_APPLIED, "a change");
    is_int(test_overdue_walk(1000, 10, reported), 1, "is still overdue");
    is_int(reported[0], 0, "and is not reported again");

    (void) test_overdue_put("a", PT_PROCESSING);
    is_int(test_overdue_walk(1000, 10, reported), 0, "PUT begins again");
    test_store.now += 1001;
    is_int(test_overdue_walk(1000, 10, reported), 1, "and ends");
    is_text(reported, "r/t/d a 1001 1, ", "and is reported");
    ok(test_check() == NULL, "the table is sound");

    op = test_op("r/t/d/a");
    (void) test_run(TEST_DELETE, &op, &seen);
    is_int(test_overdue_walk(1, 10, reported), 0, "it is gone");

    /* without the time: since the last change */

    test_list_put(1, "plain", NULL);
    test_store.now += 100;
    is_int(test_overdue_walk(99, 10, reported), 1, "a task without its time");
    is_text(reported, " 1 2002 0, ", "has no definition");

    test_store.now += 1000000;
    is_int(test_overdue_walk(1, 10, reported), 0, "until it expires");

    /* places that another version or nobody has written */

    text = tap_str("12345678id/1234567");
    pt_store_place_read(&text, &place);
    is_str(&place.id, "id", "a place that is cut off");
    ok(place.since == 0 && place.definition.data == NULL, "has no time");

    text = tap_str("12345678id/12345678");
    pt_store_place_read(&text, &place);
    ok(place.since == 0 && place.definition.data == NULL,
       "nor without a definition");
}


static void
test_events(void)
{
    char                    next[PT_STORE_POSITION_LEN + 1];
    pt_store_op_t           op;
    pt_store_seen_t         seen;
    pt_store_event_page_t   page;

    test_new(TEST_SIZE);

    test_events_read(1ull << 40, NULL, &page);
    memcpy(next, page.next, PT_STORE_POSITION_LEN);
    next[PT_STORE_POSITION_LEN] = 0;
    is_int(page.n, 0, "the end has no events");

    (void) test_change("a", PT_PENDING, 10);
    (void) test_change("b", PT_PENDING, 10);
    (void) test_change("a", PT_PROCESSING, 10);

    op = test_op("a");
    op.keep = 10;
    op.stream = 1ull << 40;
    op.id = tap_str("a");
    op.update.state = PT_COMPLETED;
    is_int(test_run(TEST_APPLY, &op, &seen), PT_RESULT_APPLIED, "a change");
    is_int(test_run(TEST_DELETE, &op, &seen), PT_RESULT_APPLIED, "a deletion");
    is_int(test_run(TEST_DELETE, &op, &seen), PT_RESULT_ABSENT, "... repeated");

    test_events_read(1ull << 40, next, &page);
    is_str(test_events_text(&page), "created a pending, created b pending, "
           "updated a processing, updated a completed, deleted a completed",
           "events are in the order of the changes");
    ok(page.events[2].rev > page.events[0].rev
       && page.events[4].rev > page.events[3].rev, "revisions grow");
    ok(!page.missed && !page.more, "nothing is missed, and nothing left");

    (void) test_change("a", PT_PENDING, 10);
    memcpy(next, page.events[4].position.data, PT_STORE_POSITION_LEN);
    test_events_read(1ull << 40, next, &page);
    is_str(test_events_text(&page), "created a pending",
           "the position of an event is that after it");
    ok(page.n == 1 && page.events[0].rev > seen.snapshot.rev + 1,
       "a task that is created again has a greater revision");

    test_events_read(2ull << 40, next, &page);
    is_int(page.n, 0, "another stream has none of them");

    op = test_op("c");
    op.keep = 10;
    op.stream = 2ull << 40;
    op.id = tap_str("c");
    op.task.state = PT_PROCESSING;
    (void) test_run(TEST_RESERVE, &op, &seen);
    is_int(test_run(TEST_COMMIT, &op, &seen), PT_RESULT_SETTLED, "a commit");
    is_int(test_run(TEST_COMMIT, &op, &seen), PT_RESULT_LOST, "... repeated");
    (void) test_run(TEST_RESERVE, &op, &seen);
    is_int(test_run(TEST_COMMIT, &op, &seen), PT_RESULT_SETTLED,
           "a commit that changes nothing");

    test_events_read(2ull << 40, next, &page);
    is_str(test_events_text(&page), "updated c processing",
           "a commit appends one event, if it changes something");

    ok(test_check() == NULL, "the table is sound");
}


static void
test_events_limits(void)
{
    char                    key[16], first[PT_STORE_POSITION_LEN + 1];
    unsigned                i;
    pt_store_event_page_t   page;

    test_new(TEST_SIZE);

    test_events_read(1ull << 40, NULL, &page);
    memcpy(first, page.next, PT_STORE_POSITION_LEN);
    first[PT_STORE_POSITION_LEN] = 0;

    for (i = 0; i < 30; i++) {
        sprintf(key, "k%u", i % 5);
        (void) test_change(key, i % 2 ? PT_PENDING : PT_PROCESSING, 10);
    }

    is_int(test_store.header->event_next - test_store.header->event_first, 10,
           "ten events are kept");

    test_events_read(1ull << 40, first, &page);
    ok(page.missed && page.n == 0, "what is cut off is missed");

    memcpy(first, page.next, PT_STORE_POSITION_LEN);
    (void) test_change("k", PT_PENDING, 1);
    test_events_read(1ull << 40, first, &page);
    is_str(test_events_text(&page), "created k pending", "one event is kept");

    for (i = 0; i < 3 * test_store.header->events; i++) {
        (void) test_change("k", i % 2 ? PT_PENDING : PT_PROCESSING, 1000000);
    }

    is_int(test_store.header->event_next - test_store.header->event_first,
           test_store.header->events, "no more than the ring has");
    ok(test_check() == NULL, "the table is sound");

    first[0] ^= 1;
    test_events_read(1ull << 40, first, &page);
    ok(page.missed, "a position of another table is missed");

    test_events_read(1ull << 40, "1-1", &page);
    ok(page.missed, "and one of another form");

    memcpy(first, page.next, PT_STORE_POSITION_LEN);
    first[PT_STORE_POSITION_LEN - 1] ^= 1;
    first[PT_STORE_POSITION_LEN - 4] = 'f';
    test_events_read(1ull << 40, first, &page);
    ok(page.missed, "and one behind the end");
}


/* tasks get all memory, and events what is left */

static void
test_events_full(void)
{
    char                    key[16], next[PT_STORE_POSITION_LEN + 1];
    unsigned                i, put, without;
    pt_store_event_page_t   page;

    test_new(TEST_SIZE);

    for (without = 0; /* void */ ; without++) {
        sprintf(key, "k%u", without);

        if (test_change(key, PT_PENDING, 0) != PT_RESULT_CREATED) {
            break;
        }
    }

    test_new(TEST_SIZE);

    for (put = 0; /* void */ ; put++) {
        sprintf(key, "k%u", put);

        if (test_change(key, PT_PENDING, 1000000) != PT_RESULT_CREATED) {
            break;
        }
    }

    is_int(put, without, "a table takes as many tasks as without events");
    ok(test_check() == NULL, "the table is sound");

    test_events_read(1ull << 40, NULL, &page);
    memcpy(next, page.next, PT_STORE_POSITION_LEN);
    next[PT_STORE_POSITION_LEN] = 0;

    for (i = 0; i < 100; i++) {
        sprintf(key, "k%u", i % put);
        (void) test_change(key, PT_PROCESSING, 1000000);
    }

    is_int(test_store.header->records, put, "no task is evicted for events");

    test_events_read(1ull << 40, next, &page);
    ok(page.missed || page.n == 100, "events are there, or missed");
    ok(test_check() == NULL, "the table is sound with changes, too");
}


static ngx_uint_t
test_change(const char *key, pt_state_e state, ngx_uint_t keep)
{
    pt_store_op_t    op;
    pt_store_seen_t  seen;

    op = test_op(key);
    op.ttl = 0;
    op.task.state = state;
    op.keep = keep;
    op.stream = 1ull << 40;
    op.id = tap_str(key);

    return test_run(TEST_PUT, &op, &seen);
}


static void
test_events_read(uint64_t stream, const char *after,
    pt_store_event_page_t *page)
{
    static u_char      text[4 * PT_STORE_TEXT_MAX];
    static pt_event_t  events[100];

    memset(page, 0, sizeof(pt_store_event_page_t));

    page->stream = stream;
    page->max = 100;
    page->events = events;
    page->pos = text;
    page->end = text + sizeof(text);

    if (after) {
        page->after = tap_str(after);
    }

    pt_store_read_events(&test_store, page);
}


static const ngx_str_t *
test_events_text(const pt_store_event_page_t *page)
{
    char              *p;
    ngx_uint_t         i;
    const ngx_str_t   *type, *id, *state;
    static char        text[1024];
    static ngx_str_t   result;

    p = text;
    *p = 0;

    for (i = 0; i < page->n; i++) {
        type = &pt_event_names[page->events[i].type];
        id = &page->events[i].id;
        state = &pt_state_names[page->events[i].task.state];

        p += sprintf(p, "%s%.*s %.*s %.*s", i ? ", " : "",
                     (int) type->len, type->data, (int) id->len, id->data,
                     (int) state->len, state->data);
    }

    result = tap_str(text);

    return &result;
}


/* what a record is, for comparison; nothing if it is not there */

static size_t
test_dump(unsigned n, u_char *to)
{
    char                key[8];
    u_char             *p;
    uint32_t            block;
    pt_snapshot_t       snapshot;
    pt_store_op_t       op;
    pt_store_record_t  *record;

    sprintf(key, "k%u", n);
    op = test_op(key);
    block = pt_store_find(&test_store, &op.key);

    if (block == 0
        || pt_store_expired(&test_store, pt_store_record(&test_store, block)))
    {
        return 0;
    }

    record = pt_store_record(&test_store, block);

    pt_store_read_snapshot(&test_store, block, &snapshot);

    p = to;
    p = ngx_cpymem(p, &record->lease, 8);
    p = ngx_cpymem(p, &record->until, 8);
    p = ngx_cpymem(p, &record->rev, 8);
    *p++ = (u_char) pt_store_end(record);
    p = ngx_cpymem(p, &snapshot.confirmed, 8);
    *p++ = (u_char) snapshot.task.state;
    *p++ = snapshot.app.data != NULL;
    *p++ = snapshot.task.description.data != NULL;
    *p++ = snapshot.task.parent_url.data != NULL;
    p = ngx_cpymem(p, &snapshot.task.description.len, 8);
    p = ngx_cpymem(p, &snapshot.task.parent_url.len, 8);

    return p - to;
}


typedef struct {
    size_t  len[TEST_KEYS];
    u_char  text[TEST_KEYS][128];
} test_dump_t;


static void
test_dump_all(test_dump_t *dump)
{
    unsigned  n;

    for (n = 0; n < TEST_KEYS; n++) {
        dump->len[n] = test_dump(n, dump->text[n]);
    }
}


static ngx_uint_t
test_same_dump(const test_dump_t *a, const test_dump_t *b, unsigned n)
{
    return a->len[n] == b->len[n]
           && memcmp(a->text[n], b->text[n], a->len[n]) == 0;
}


/* after that many stores, in an operation or the recovery */

static void
test_die(test_op_e type, const pt_store_op_t *op, unsigned long left)
{
    pt_store_seen_t  seen;

    if (setjmp(test_death) == 0) {
        test_left = left;

        if (op) {
            (void) test_run(type, op, &seen);

        } else {
            (void) pt_store_recover(&test_store);
        }
    }

    test_left = 0;
}


/*
 * Each operation is done once to the end, and then again from the same start
 * with a death after some of its stores, and some of those of the recovery.
 */

static void
test_deaths(unsigned seed, size_t fill)
{
    u_char           *before, *after;
    unsigned          i, n, k, wrong;
    test_op_e         type;
    uint64_t          next, appended;
    test_dump_t       was, is, now;
    unsigned long     steps, at, deaths;
    pt_store_op_t     op;
    pt_store_seen_t   seen;

    test_rand_state = seed;
    test_new(TEST_SIZE);

    if (fill) {
        (void) test_fill("f", PT_COMPLETED, 0);
    }

    before = malloc(TEST_SIZE);
    after = malloc(TEST_SIZE);
    deaths = 0;
    wrong = 0;

    for (i = 0; i < 1500 && wrong == 0; i++) {
        test_pass_time();

        type = test_rand(TEST_OPS);
        op = test_random_op(&n);

        memcpy(before, test_memory, TEST_SIZE);
        test_dump_all(&was);

        next = test_store.header->event_next;

        test_steps = 0;
        (void) test_run(type, &op, &seen);
        steps = test_steps;

        appended = test_store.header->event_next - next;

        memcpy(after, test_memory, TEST_SIZE);
        test_dump_all(&is);

        for (at = 1; at <= steps && wrong == 0; at += 1 + test_rand(7)) {
            memcpy(test_memory, before, TEST_SIZE);
            deaths++;

            test_die(type, &op, at);
            test_die(TEST_OPS, NULL, test_rand(40));

            (void) pt_store_recover(&test_store);

            test_dump_all(&now);

            for (k = 0; k < TEST_KEYS; k++) {
                wrong += !test_same_dump(&now, &was, k)
                         && !test_same_dump(&now, &is, k);
            }

            if (test_check() != NULL) {
                    wrong++;
            }

            /* the record and its event are one change */

            if (appended && !test_same_dump(&was, &is, n)) {
                wrong += test_same_dump(&now, &is, n)
                         != (test_store.header->event_next - next == appended);
            }

            if (wrong) {
                printf("# operation %u, type %d, death at %lu of %lu\n",
                       i, type, at, steps);
            }
        }

        memcpy(test_memory, after, TEST_SIZE);
    }

    free(before);
    free(after);

    is_int(wrong, 0, "a change is done or not, wherever its process dies");
    ok(deaths > 3000, "in many places");
    printf("# %lu deaths\n", deaths);
}


/* a word of what a file can hold of a table */

static void
test_damage_word(void)
{
    size_t    first, at;
    uint64_t  value;

    static const uint64_t  values[] = {
        0, 1, 5, 6, 7, 200, 4000, 0xffff, 0x7fffffff, 0xfffffff0, 0xffffffff,
        1ull << 20, 1ull << 32, 1ull << 63, (uint64_t) -512
    };

    first = offsetof(pt_store_header_t, free);

    switch (test_rand(4)) {

    case 0: /* the journal is half of the block, and nothing of the table */
        at = offsetof(pt_store_header_t, undos) + 8 * test_rand(6);
        break;

    case 1:
        at = first + 4 * test_rand((sizeof(pt_store_header_t) - first) / 4);
        break;

    default:
        at = first + 4 * test_rand((TEST_SIZE - first) / 4);
    }

    value = test_rand(3) ? values[test_rand(sizeof(values) / sizeof(*values))]
                         : test_rand(1 << 24) * (uint64_t) test_rand(1 << 24);

    memcpy(test_memory + at, &value, (test_rand(2) && at % 8 == 0) ? 8 : 4);
}


/* any operations, on a table that was found sound */

static void
test_use(unsigned ops)
{
    unsigned         n;
    test_op_e        type;
    pt_store_op_t    op;
    pt_store_seen_t  seen;

    while (ops--) {
        test_pass_time();

        type = test_rand(TEST_OPS);
        op = test_random_op(&n);

        (void) test_run(type, &op, &seen);
    }
}


/* found or not, damage leads nothing outside of the block */

static void
test_damage(unsigned images)
{
    unsigned     i, wrong, sound, left;
    u_char      *good;
    const char  *why;

    test_rand_state = 7;

    test_new(TEST_SIZE);
    test_fill("f", PT_PENDING, 0);
    test_put("f0", PT_COMPLETED, 100);
    test_put("f0", PT_COMPLETED, 1);
    test_use(2000);

    good = malloc(TEST_SIZE);
    memcpy(good, test_memory, TEST_SIZE);

    wrong = 0;
    sound = 0;

    for (i = 0; i < images; i++) {
        memcpy(test_memory, good, TEST_SIZE);

        for (left = 1 + test_rand(3); left; left--) {
            test_damage_word();
        }

        why = (pt_store_recover(&test_store) == NGX_OK) ? test_damaged()
                                                        : "the journal";
        if (why) {
            wrong++;
            continue;
        }

        sound++;

        pt_store_recount(&test_store);
        test_use(30);

        if (test_damaged() != NULL) {
            printf("# image %u is not sound after operations\n", i);
            break;
        }
    }

    is_int(i, images, "damaged tables are found, or remain sound");
    ok(wrong > images / 10 && sound > images / 20, "there were both");
    printf("# %u of %u found\n", wrong, i);

    free(good);
    free(test_memory);
    test_memory = NULL;
}


static void
test_journal(void)
{
    u_char             *before;
    uint64_t            word;
    unsigned            i;
    pt_store_header_t  *header;

    static const int64_t  outside[] = {
        -512, -1, 0, 5,
        offsetof(pt_store_header_t, undos) / 8,
        offsetof(pt_store_header_t, journal) / 8,
        sizeof(pt_store_header_t) / 8 - 1,
        TEST_SIZE / 8, 1ll << 40, INT64_MIN
    };

    test_new(TEST_SIZE);

    header = test_store.header;
    before = malloc(TEST_SIZE);

    for (i = 0; i < sizeof(outside) / sizeof(*outside); i++) {
        word = outside[i];

        header->undos = 1;
        header->journal[0].word = word;
        header->journal[0].value = 1;

        memcpy(before, test_memory, TEST_SIZE);

        if (pt_store_recover(&test_store) != NGX_DECLINED
            || memcmp(before, test_memory, TEST_SIZE) != 0)
        {
            break;
        }
    }

    is_int(i, sizeof(outside) / sizeof(*outside),
           "a journal does not write outside of what operations change");

    header->journal[0].word = (uint64_t *) test_store.buckets
                              - (uint64_t *) header;
    header->undos = PT_STORE_JOURNAL + 1;
    is_int(pt_store_recover(&test_store), NGX_DECLINED,
           "nor is one read that is too long");

    header->undos = 1;
    is_int(pt_store_recover(&test_store), NGX_OK, "the buckets may be changed");
    is_int(test_store.buckets[0], 1, "and were");

    free(before);
}
