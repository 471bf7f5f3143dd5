
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Counters, and the metrics that are made of them.
 * A process counts in a pt_metrics_t of its own, so that no other process
 * writes to its cache lines.  Counters are never reset.  The value of a metric
 * is the sum over all processes, see pt_metrics_add().
 * The words of labels are part of the API: they never change.
 */


#ifndef _PT_METRICS_H_INCLUDED_
#define _PT_METRICS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_operation.h"
#include "pt_reason.h"
#include "pt_task.h"


/* stores and nodes with names of their own; all further ones are "other" */
#define PT_METRICS_STORES  16
#define PT_METRICS_NODES   64


/* the mode of a location */
typedef enum {
    PT_MODE_FORWARD = 0,
    PT_MODE_ANSWER,
    PT_MODE_DRY_RUN,
    PT_MODE_N
} pt_mode_e;


/* $print_task_verdict; NONE: the request ended before a verdict */
typedef enum {
    PT_VERDICT_NONE = 0,
    PT_VERDICT_FORWARDED,
    PT_VERDICT_ANSWERED,
    PT_VERDICT_REPEATED,
    PT_VERDICT_REFUSED,
    PT_VERDICT_WOULD_REFUSE,
    PT_VERDICT_PASSED,
    PT_VERDICT_N
} pt_verdict_e;


typedef enum {
    PT_STEP_TOKEN = 0,
    PT_STEP_STORE,
    PT_STEP_LEASE_WAIT,
    PT_STEP_REFETCH,
    PT_STEP_BACKEND,
    PT_STEP_N
} pt_step_e;


typedef enum {
    PT_TOKEN_CACHED = 0,
    PT_TOKEN_VERIFIED,
    PT_TOKEN_REFUSED,
    PT_TOKEN_RESULT_N
} pt_token_result_e;


typedef enum {
    PT_FETCH_OK = 0,
    PT_FETCH_FAILED,
    PT_FETCH_N
} pt_fetch_result_e;


/* of events and listeners */
typedef enum {
    PT_EVENTS_SENT = 0,
    PT_EVENTS_MISSED,                 /* notices of events that were cut off */
    PT_EVENTS_SLOW,                   /* listeners that were too slow */
    PT_EVENTS_FAILED,                 /* attempts to read events */
    PT_EVENTS_N
} pt_events_result_e;


/* the kind of a record that the memory store evicted */
typedef enum {
    PT_EVICTION_EXPIRED = 0,
    PT_EVICTION_UNKNOWN,
    PT_EVICTION_FINAL,
    PT_EVICTION_ACTIVE,
    PT_EVICTION_N
} pt_eviction_e;


/* what an operator does to a record */
typedef enum {
    PT_OPERATOR_INVALIDATE = 0,
    PT_OPERATOR_RELEASE,
    PT_OPERATOR_N
} pt_operator_action_e;


/* us; the bounds of OpenTelemetry from 5 ms on, and finer ones below */

#define PT_HISTOGRAM_BUCKETS  19

typedef struct {
    uint64_t             buckets[PT_HISTOGRAM_BUCKETS + 1];  /* the last one:
                                                                above all
                                                                bounds */
    uint64_t             sum;
} pt_histogram_t;

extern const uint32_t  pt_histogram_bounds[PT_HISTOGRAM_BUCKETS];


/*
 * One counter for each verdict, and one for each reason of the two verdicts
 * that have reasons.
 */

#define PT_REQUEST_COUNTERS  (PT_VERDICT_N + 2 * PT_REASON_N)

typedef struct {
    uint64_t             counters[PT_MODE_N][PT_REQUEST_COUNTERS];
} pt_requests_t;


/* counters, all of uint64_t */

typedef struct {
    pt_requests_t        requests;
    uint64_t             transitions[PT_STATES + 1][PT_STATES + 1]
                                    [PT_VERDICT_N];
    pt_histogram_t       steps[PT_STEP_N];
    uint64_t             tokens[PT_TOKEN_RESULT_N];
    uint64_t             key_fetches[PT_FETCH_N];
    uint64_t             operations[PT_METRICS_STORES][PT_OPERATION_N]
                                   [PT_RESULT_N];
    uint64_t             evictions[PT_METRICS_STORES][PT_EVICTION_N];
    uint64_t             actions[PT_OPERATOR_N];
    uint64_t             events[PT_EVENTS_N];
    uint64_t             leases_lost;
    uint64_t             outcomes_unknown;
} pt_metrics_t;


/* one node of a store, as seen by one process */

typedef struct {
    uint64_t             up;           /* 0 or 1 */
    uint64_t             circuit;      /* 1 + pt_circuit_state_e; 0: this
                                          process does not use the node */
    uint64_t             queued;
} pt_node_gauges_t;


/* gauges: they are gone with the process */

typedef struct {
    uint64_t             leases;
    uint64_t             lease_waiting;
    uint64_t             event_listeners;
    pt_node_gauges_t     nodes[PT_METRICS_NODES];
} pt_gauges_t;


typedef enum {
    PT_COUNTER = 0,
    PT_GAUGE,
    PT_HISTOGRAM,
    PT_INFO
} pt_metric_type_e;


/*
 * PT_METRIC(id, name, type, unit, labels, help)
 * The name is that of OpenMetrics: without "_total" and "_info".
 */

#define PT_METRICS                                                            \
    PT_METRIC(BUILD, "nginx_print_task_build", INFO, "",                      \
        "version nginx openssl hiredis",                                      \
        "Versions of the module and of what it is built with.")               \
    PT_METRIC(REQUESTS, "nginx_print_task_requests", COUNTER, "",             \
        "mode verdict reason",                                                \
        "Requests that ended, by verdict.")                                   \
    PT_METRIC(TRANSITIONS, "nginx_print_task_transitions", COUNTER, "",       \
        "from to verdict",                                                    \
        "Requests to change the state of a task.")                            \
    PT_METRIC(STEP_SECONDS, "nginx_print_task_step_seconds", HISTOGRAM,       \
        "seconds", "step",                                                    \
        "Time that a step of a request took.")                                \
    PT_METRIC(TOKENS, "nginx_print_task_tokens", COUNTER, "", "result",       \
        "Requests whose token was judged.")                                   \
    PT_METRIC(KEYS, "nginx_print_task_keys", GAUGE, "", "source",             \
        "Keys that tokens are verified with.")                                \
    PT_METRIC(KEYS_AGE, "nginx_print_task_keys_age_seconds", GAUGE,           \
        "seconds", "source",                                                  \
        "Time since keys were fetched, or since their file was written.")     \
    PT_METRIC(KEY_FETCHES, "nginx_print_task_key_fetches", COUNTER, "",       \
        "result",                                                             \
        "Fetches of keys.")                                                   \
    PT_METRIC(STORE_UP, "nginx_print_task_store_up", GAUGE, "",               \
        "store node",                                                         \
        "Whether each worker that uses the node can.")                        \
    PT_METRIC(STORE_CIRCUIT, "nginx_print_task_store_circuit", GAUGE, "",     \
        "store node state",                                                   \
        "Workers whose circuit to the node is in the state.")                 \
    PT_METRIC(STORE_OPERATIONS, "nginx_print_task_store_operations",          \
        COUNTER, "", "store operation result",                                \
        "Operations and settlements of a store.")                             \
    PT_METRIC(STORE_QUEUED, "nginx_print_task_store_commands_queued", GAUGE,  \
        "", "store node",                                                     \
        "Operations that a node has not answered yet.")                       \
    PT_METRIC(LEASES, "nginx_print_task_leases", GAUGE, "", "",               \
        "Leases that requests of this gateway have.")                         \
    PT_METRIC(LEASE_WAITING, "nginx_print_task_lease_waiting", GAUGE, "", "", \
        "Requests that wait for a task that another request has.")            \
    PT_METRIC(EVENTS, "nginx_print_task_events", COUNTER, "", "result",       \
        "Events for listeners, and what became of listeners.")                \
    PT_METRIC(EVENT_LISTENERS, "nginx_print_task_event_listeners", GAUGE, "", \
        "",                                                                   \
        "Requests that are answered with events.")                            \
    PT_METRIC(LEASES_LOST, "nginx_print_task_leases_lost", COUNTER, "", "",   \
        "Leases that another had taken when they were settled.")              \
    PT_METRIC(OUTCOMES_UNKNOWN, "nginx_print_task_outcomes_unknown",          \
        COUNTER, "", "",                                                      \
        "Changes that were sent and got no complete answer.")                 \
    PT_METRIC(MEMORY_BYTES, "nginx_print_task_memory_bytes", GAUGE, "bytes",  \
        "zone kind",                                                          \
        "Memory of a store in shared memory.")                                \
    PT_METRIC(MEMORY_TASKS, "nginx_print_task_memory_tasks", GAUGE, "",       \
        "zone",                                                               \
        "Records in a store in shared memory.")                               \
    PT_METRIC(EVICTIONS, "nginx_print_task_evictions", COUNTER, "",           \
        "zone kind",                                                          \
        "Records that a store in shared memory deleted for another one.")     \
    PT_METRIC(OVERDUE, "nginx_print_task_overdue", GAUGE, "", "store",        \
        "Tasks that are not final for longer than print_task_overdue.")       \
    PT_METRIC(OVERDUE_KNOWN, "nginx_print_task_overdue_known", GAUGE, "",     \
        "store",                                                              \
        "Whether the number of overdue tasks is known.")                      \
    PT_METRIC(ACTIONS, "nginx_print_task_operator_actions", COUNTER, "",      \
        "action",                                                             \
        "Changes of records that operators made.")


#define PT_METRIC(id, name, type, unit, labels, help)  PT_METRIC_##id,

typedef enum {
    PT_METRICS
    PT_METRIC_N
} pt_metric_e;

#undef PT_METRIC


typedef struct {
    const char          *name;
    pt_metric_type_e     type;
    const char          *unit;
    const char          *labels;       /* names of labels, separated by
                                          spaces */
    const char          *help;
} pt_metric_t;


extern const pt_metric_t  pt_metrics[PT_METRIC_N];

extern const char  *pt_mode_words[PT_MODE_N];
extern const char  *pt_step_words[PT_STEP_N];
extern const char  *pt_token_result_words[PT_TOKEN_RESULT_N];
extern const char  *pt_fetch_result_words[PT_FETCH_N];
extern const char  *pt_operation_words[PT_OPERATION_N];
extern const char  *pt_result_words[PT_RESULT_N];
extern const char  *pt_events_result_words[PT_EVENTS_N];
extern const char  *pt_eviction_words[PT_EVICTION_N];
extern const char  *pt_operator_words[PT_OPERATOR_N];


/* the index of a counter in pt_requests_t, and the inverse */

static ngx_inline ngx_uint_t
pt_request_counter(pt_verdict_e verdict, pt_reason_e reason)
{
    switch (verdict) {

    case PT_VERDICT_REFUSED:
        return PT_VERDICT_N + reason;

    case PT_VERDICT_WOULD_REFUSE:
        return PT_VERDICT_N + PT_REASON_N + reason;

    default:
        return verdict;
    }
}


void pt_request_of_counter(ngx_uint_t counter, pt_verdict_e *verdict,
    pt_reason_e *reason);


/*
 * The bucket of a time in us, by a linear search from the start: most steps are
 * short.
 */

static ngx_inline ngx_uint_t
pt_histogram_bucket(uint64_t time)
{
    ngx_uint_t  i;

    for (i = 0; i < PT_HISTOGRAM_BUCKETS; i++) {
        if (time <= pt_histogram_bounds[i]) {
            break;
        }
    }

    return i;
}


/* adds a copy of counters to a sum; the owner may change them meanwhile */
void pt_metrics_add(pt_metrics_t *sum, const pt_metrics_t *metrics);
void pt_requests_add(pt_requests_t *sum, const pt_requests_t *requests);

/*
 * A number that identifies the layout of pt_metrics_t.  A file of another
 * version has another number.
 */
uint64_t pt_metrics_layout(void);


#endif /* _PT_METRICS_H_INCLUDED_ */
