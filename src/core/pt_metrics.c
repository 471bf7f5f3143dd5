
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The table of metrics, and sums of counters. */


#include "pt_metrics.h"


static void pt_metrics_add_words(uint64_t *sum, const uint64_t *words,
    size_t size);
static uint64_t pt_metrics_hash(uint64_t hash, const void *data, size_t len);
static uint64_t pt_metrics_hash_words(uint64_t hash, const char **words,
    ngx_uint_t n);


#define PT_METRIC(id, name, type, unit, labels, help)                         \
    { name, PT_##type, unit, labels, help },

const pt_metric_t  pt_metrics[PT_METRIC_N] = {
    PT_METRICS
};

#undef PT_METRIC


const uint32_t  pt_histogram_bounds[PT_HISTOGRAM_BUCKETS] = {
    50, 100, 250, 500, 1000, 2500,
    5000, 10000, 25000, 50000, 75000, 100000, 250000, 500000, 750000,
    1000000, 2500000, 5000000, 10000000
};


/* in the order of pt_mode_e */

const char  *pt_mode_words[] = {
    "forward", "answer", "dry_run"
};


/* in the order of pt_step_e */

const char  *pt_step_words[] = {
    "token", "store", "lease_wait", "refetch", "backend"
};


/* in the order of pt_token_result_e */

const char  *pt_token_result_words[] = {
    "cached", "verified", "refused"
};


/* in the order of pt_fetch_result_e */

const char  *pt_fetch_result_words[] = {
    "ok", "failed"
};


/* in the order of pt_operation_e */

const char  *pt_operation_words[] = {
    "read", "reserve", "apply", "put", "delete", "list", "events", "indexes",
    "overdue", "commit", "release", "invalidate"
};


/* in the order of pt_result_e */

const char  *pt_result_words[] = {
    "seen", "granted", "busy", "applied", "created", "absent", "broken", "down",
    "queue_full", "store_full", "failed", "canceled", "settled", "lost",
    "dropped"
};


/* in the order of pt_events_result_e */

const char  *pt_events_result_words[] = {
    "sent", "missed", "slow", "failed"
};


/* in the order of pt_eviction_e */

const char  *pt_eviction_words[] = {
    "expired", "unknown", "final", "active"
};


const char  *pt_operator_words[PT_OPERATOR_N] = {
    "invalidate", "release"
};


void
pt_request_of_counter(ngx_uint_t counter, pt_verdict_e *verdict,
    pt_reason_e *reason)
{
    if (counter < PT_VERDICT_N) {
        *verdict = (pt_verdict_e) counter;
        *reason = PT_OK;
        return;
    }

    counter -= PT_VERDICT_N;

    *verdict = (counter < PT_REASON_N) ? PT_VERDICT_REFUSED
                                       : PT_VERDICT_WOULD_REFUSE;
    *reason = (pt_reason_e) (counter % PT_REASON_N);
}


void
pt_metrics_add(pt_metrics_t *sum, const pt_metrics_t *metrics)
{
    pt_metrics_add_words((uint64_t *) sum, (const uint64_t *) metrics,
                         sizeof(pt_metrics_t));
}


void
pt_requests_add(pt_requests_t *sum, const pt_requests_t *requests)
{
    pt_metrics_add_words((uint64_t *) sum, (const uint64_t *) requests,
                         sizeof(pt_requests_t));
}


static void
pt_metrics_add_words(uint64_t *sum, const uint64_t *words, size_t size)
{
    size_t  i;

    for (i = 0; i < size / sizeof(uint64_t); i++) {
        sum[i] += __atomic_load_n(&words[i], __ATOMIC_RELAXED);
    }
}


uint64_t
pt_metrics_layout(void)
{
    size_t      size;
    uint64_t    hash;
    ngx_uint_t  i;

    hash = 0xcbf29ce484222325ull;

    size = sizeof(pt_metrics_t);
    hash = pt_metrics_hash(hash, &size, sizeof(size));

    hash = pt_metrics_hash(hash, pt_histogram_bounds,
                           sizeof(pt_histogram_bounds));

    for (i = 0; i < PT_REASON_N; i++) {
        hash = pt_metrics_hash(hash, pt_reasons[i].word.data,
                               pt_reasons[i].word.len);
    }

    for (i = 0; i < PT_STATES; i++) {
        hash = pt_metrics_hash(hash, pt_state_names[i].data,
                               pt_state_names[i].len);
    }

    hash = pt_metrics_hash_words(hash, pt_mode_words, PT_MODE_N);
    hash = pt_metrics_hash_words(hash, pt_step_words, PT_STEP_N);
    hash = pt_metrics_hash_words(hash, pt_token_result_words,
                                 PT_TOKEN_RESULT_N);
    hash = pt_metrics_hash_words(hash, pt_fetch_result_words, PT_FETCH_N);
    hash = pt_metrics_hash_words(hash, pt_operation_words, PT_OPERATION_N);
    hash = pt_metrics_hash_words(hash, pt_result_words, PT_RESULT_N);

    hash = pt_metrics_hash_words(hash, pt_events_result_words, PT_EVENTS_N);
    hash = pt_metrics_hash_words(hash, pt_eviction_words, PT_EVICTION_N);

    return pt_metrics_hash_words(hash, pt_operator_words, PT_OPERATOR_N);
}


static uint64_t
pt_metrics_hash_words(uint64_t hash, const char **words, ngx_uint_t n)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {
        hash = pt_metrics_hash(hash, words[i], ngx_strlen(words[i]) + 1);
    }

    return hash;
}


/* FNV-1a */

static uint64_t
pt_metrics_hash(uint64_t hash, const void *data, size_t len)
{
    size_t         i;
    const u_char  *p;

    p = data;

    for (i = 0; i < len; i++) {
        hash = (hash ^ p[i]) * 0x100000001b3ull;
    }

    return hash;
}
