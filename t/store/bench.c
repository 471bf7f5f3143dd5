
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * What the table in shared memory takes: bytes of a task, and time of an
 * operation, with a thousand to a million tasks; and whether it grows while
 * tasks come and go.
 *
 *     bench [SECONDS]
 *
 * Keys, strings and operations are those of a gateway; the lock and the clock
 * of store/memory.c are not in these figures.
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "pt_store_blocks.h"


#define BENCH_SIZE   (448ul * 1024 * 1024)
#define BENCH_OPS    1000000
#define BENCH_START  1700000000000ull
#define BENCH_FINAL  (pt_state_bit(PT_COMPLETED)|pt_state_bit(PT_ABORTED))


static pt_store_t     bench_store;
static u_char         bench_text[PT_STORE_TEXT_MAX];
static u_char        *bench_memory;
static uint64_t       bench_random = 88172645463325252ull;


static double
bench_now(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return ts.tv_sec + ts.tv_nsec / 1e9;
}


static uint64_t
bench_rand(uint64_t n)
{
    bench_random ^= bench_random << 13;
    bench_random ^= bench_random >> 7;
    bench_random ^= bench_random << 17;

    return bench_random % n;
}


static void
bench_new(void)
{
    if (bench_memory) {
        munmap(bench_memory, BENCH_SIZE);
    }

    bench_memory = mmap(NULL, BENCH_SIZE, PROT_READ|PROT_WRITE,
                        MAP_SHARED|MAP_ANONYMOUS, -1, 0);

    if (bench_memory == MAP_FAILED) {
        perror("mmap");
        exit(1);
    }

    pt_store_create(&bench_store, bench_memory, BENCH_SIZE,
                    (u_char *) "0123456789abcdef");

    bench_store.text = bench_text;
    bench_store.now = BENCH_START;
}


static pt_store_op_t
bench_op(uint64_t n)
{
    ngx_str_t      key;
    pt_store_op_t  op;

    static u_char  text[160], url[160];

    memset(&op, 0, sizeof(pt_store_op_t));

    key.data = text;
    key.len = sprintf((char *) text,
                      "print-task:{8f2c5a1e-3b64-4d0f-9a57-1c0de0000001/"
                      "3203656e-6069-4e10-8147-d25290b00a3c}/"
                      "d036638b-1272-4bba-9227-%012lx", (long) n);

    pt_store_key(&bench_store, &key, &op.key);

    key.len = 32;
    op.lease = pt_store_lease(&bench_store, &key);
    op.lease_time = 75000;
    op.ttl = 600000;
    op.sources = pt_state_bit(PT_PENDING)|pt_state_bit(PT_PROCESSING);
    op.final = BENCH_FINAL;

    ngx_str_set(&op.app, "5e1f0a52-6c1b-4c0e-8f7e-1c0de0000003");

    op.task.state = PT_PENDING;
    ngx_str_set(&op.task.description, "waiting for the printer");
    op.task.parent_url.data = url;
    op.task.parent_url.len = sprintf((char *) url,
                      "https://graph.microsoft.com/v1.0/print/printers/"
                      "d5ef6ec4-07ca-4212-baf9-d45be126bfbb/jobs/%lu",
                      (long) (n % 100000));
    op.update.state = PT_PROCESSING;

    return op;
}


/* ns an operation, keys included */

static double
bench_run(pt_store_op_pt handler, uint64_t tasks, pt_result_e want)
{
    double           start;
    unsigned         i;
    pt_store_op_t    op;
    pt_store_seen_t  seen;

    start = bench_now();

    for (i = 0; i < BENCH_OPS; i++) {
        op = bench_op(bench_rand(tasks));

        if (handler(&bench_store, &op, &seen) != want) {
            printf("an operation gave another result\n");
            exit(1);
        }
    }

    return (bench_now() - start) * 1e9 / BENCH_OPS;
}


static pt_result_e
bench_nothing(pt_store_t *store, const pt_store_op_t *op,
    pt_store_seen_t *seen)
{
    return PT_RESULT_SEEN;
}


/* what a forwarded change does */

static pt_result_e
bench_forward(pt_store_t *store, const pt_store_op_t *op,
    pt_store_seen_t *seen)
{
    return (pt_store_reserve(store, op, seen) == PT_RESULT_GRANTED)
           ? pt_store_commit(store, op, seen) : PT_RESULT_STORE_FULL;
}


static void
bench_tasks(uint64_t tasks)
{
    double           bare, read, apply, forward;
    uint64_t         n;
    pt_store_op_t    op;
    pt_store_seen_t  seen;

    bench_new();

    for (n = 0; n < tasks; n++) {
        op = bench_op(n);
        op.ttl = 0;

        if (pt_store_put(&bench_store, &op, &seen) != PT_RESULT_CREATED) {
            printf("full at %lu tasks\n", (long) n);
            exit(1);
        }
    }

    bare = bench_run(bench_nothing, tasks, PT_RESULT_SEEN);
    read = bench_run(pt_store_read, tasks, PT_RESULT_SEEN) - bare;
    apply = bench_run(pt_store_apply, tasks, PT_RESULT_APPLIED) - bare;
    forward = bench_run(bench_forward, tasks, PT_RESULT_SETTLED) - bare;

    printf("%8lu tasks  %3lu bytes each  key and lease %3.0f ns  "
           "read %4.0f  apply %4.0f  reserve + commit %4.0f ns  "
           "%4.2f M apply/s\n", (long) tasks,
           (long) ((pt_store_nblocks(&bench_store)
                    - pt_store_free(&bench_store)) * PT_STORE_BLOCK / tasks),
           bare, read, apply, forward, 1e3 / (bare + apply));
}


/* a million tasks that live for ten minutes, by a clock that runs faster */

static void
bench_churn(double seconds)
{
    double           start, shown;
    uint64_t         n, full;
    pt_store_op_t    op;
    pt_store_seen_t  seen;

    bench_new();

    n = 0;
    full = 0;
    start = bench_now();
    shown = start;

    while (bench_now() - start < seconds) {

        op = bench_op(n++);
        op.task.description.len = n % 24;

        if (pt_store_reserve(&bench_store, &op, &seen) != PT_RESULT_GRANTED) {
            full++;
        }

        op.task.state = PT_COMPLETED;
        op.ttl = 600000;

        (void) pt_store_commit(&bench_store, &op, &seen);

        /* 1666 a second of its time */
        bench_store.now = BENCH_START + n * 6 / 10;

        if (n % 1024 == 0 && bench_now() - shown > seconds / 6) {
            shown = bench_now();

            printf("churn %3.0f s  %9lu tasks made  %7lu there  "
                   "%6.1f MB used  %lu refused\n", shown - start, (long) n,
                   (long) pt_store_records(&bench_store),
                   bench_store.header->top * (double) PT_STORE_BLOCK / 1048576,
                   (long) full);
        }
    }
}


int
main(int argc, char **argv)
{
    uint64_t  tasks;

    setvbuf(stdout, NULL, _IOLBF, 0);

    for (tasks = 1000; tasks <= 1000000; tasks *= 10) {
        bench_tasks(tasks);
    }

    bench_churn(argc > 1 ? atof(argv[1]) : 10);

    return 0;
}
