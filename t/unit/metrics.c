
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_metrics.h"


static void test_counters(void);
static void test_buckets(void);
static void test_sum(void);
static void test_layout(void);
static void test_names(void);


int
main(void)
{
    test_counters();
    test_buckets();
    test_sum();
    test_layout();
    test_names();

    return tap_done();
}


static void
test_counters(void)
{
    ngx_uint_t     counter, seen, n, v, r;
    pt_reason_e    reason;
    pt_verdict_e   verdict;
    unsigned char  used[PT_REQUEST_COUNTERS];

    memset(used, 0, sizeof(used));

    seen = 0;
    n = 0;

    for (v = 0; v < PT_VERDICT_N; v++) {
        for (r = 0; r < PT_REASON_N; r++) {
            counter = pt_request_counter(v, r);
            pt_request_of_counter(counter, &verdict, &reason);

            n += (counter >= PT_REQUEST_COUNTERS || verdict != v);

            if (v == PT_VERDICT_REFUSED || v == PT_VERDICT_WOULD_REFUSE) {
                n += (reason != r || used[counter]);

            } else {
                n += (reason != PT_OK);
            }

            seen += !used[counter];
            used[counter] = 1;
        }
    }

    is_int(n, 0, "a counter is of one verdict, and of one reason of a refusal");
    is_int(seen, PT_REQUEST_COUNTERS - 2,
           "all counters are used but two, of verdicts that have reasons");
}


static void
test_buckets(void)
{
    ngx_uint_t  i, wrong;

    wrong = 0;

    for (i = 0; i < PT_HISTOGRAM_BUCKETS; i++) {
        wrong += (pt_histogram_bucket(pt_histogram_bounds[i]) != i);
        wrong += (pt_histogram_bucket(pt_histogram_bounds[i] + 1) != i + 1);
        wrong += (i && pt_histogram_bounds[i] <= pt_histogram_bounds[i - 1]);
    }

    is_int(wrong, 0, "a bound is in its bucket, more than it in the next one");
    is_int(pt_histogram_bucket(0), 0, "nothing at all");
    is_int(pt_histogram_bucket((uint64_t) -1), PT_HISTOGRAM_BUCKETS,
           "the longest time");
}


static void
test_sum(void)
{
    static pt_metrics_t  one, two, sum;

    memset(&sum, 0, sizeof(pt_metrics_t));
    memset(&one, 0, sizeof(pt_metrics_t));
    memset(&two, 0, sizeof(pt_metrics_t));

    one.requests.counters[0][0] = 3;
    one.outcomes_unknown = 5;
    two.requests.counters[0][0] = 4;
    two.steps[PT_STEP_BACKEND].sum = ~(uint64_t) 0;

    pt_metrics_add(&sum, &one);
    pt_metrics_add(&sum, &two);

    is_int(sum.requests.counters[0][0], 7, "the first counter");
    is_int(sum.outcomes_unknown, 5, "the last one");
    ok(sum.steps[PT_STEP_BACKEND].sum == ~(uint64_t) 0, "a large one");

    pt_requests_add(&sum.requests, &one.requests);
    is_int(sum.requests.counters[0][0], 10, "requests alone");
    is_int(sum.outcomes_unknown, 5, "and nothing else");
}


static void
test_layout(void)
{
    ok(pt_metrics_layout() != 0, "a layout has a number");
    ok(pt_metrics_layout() == pt_metrics_layout(), "which stays the same");
}


static void
test_names(void)
{
    size_t              len, unit;
    ngx_uint_t          i, wrong;
    const char         *name;
    const pt_metric_t  *metric;

    wrong = 0;

    for (i = 0; i < PT_METRIC_N; i++) {
        metric = &pt_metrics[i];
        name = metric->name;
        len = strlen(name);
        unit = strlen(metric->unit);

        wrong += (strncmp(name, "nginx_print_task_", 17) != 0);
        wrong += (strspn(name, "abcdefghijklmnopqrstuvwxyz_") != len);
        wrong += (unit && strcmp(name + len - unit, metric->unit) != 0);
        wrong += (strstr(name, "_total") != NULL);
        wrong += (metric->help[strlen(metric->help) - 1] != '.');
        wrong += (strpbrk(metric->help, "\\\"\n") != NULL);
    }

    is_int(wrong, 0, "names end with their unit, help needs no escapes");
}
