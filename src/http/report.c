
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Writes all metrics, in the order of pt_metrics.  Counters and gauges are
 * copied first, so that a second pass with a larger buffer writes the same
 * values.
 * A series for alerts exists from the start, with 0: a series that begins with
 * 1 has no increase.
 */


#include "http/report.h"

#include <hiredis/hiredis.h>
#include <openssl/crypto.h>

#include "version.h"
#include "core/pt_metrics.h"
#include "core/pt_reason.h"
#include "core/pt_task.h"
#include "conf/conf.h"
#include "status/zone.h"
#include "store/memory.h"
#include "store/store.h"
#include "token/keys.h"
#include "http/overdue.h"
#include "http/variables.h"


#define NGX_HTTP_PRINT_TASK_HIREDIS(major, minor, patch)                      \
    NGX_HTTP_PRINT_TASK_HIREDIS_(major, minor, patch)
#define NGX_HTTP_PRINT_TASK_HIREDIS_(major, minor, patch)                     \
    #major "." #minor "." #patch

#define NGX_HTTP_PRINT_TASK_REPORT_SIZE  65536


typedef struct {
    pt_exposition_t                         ex;
    const ngx_http_print_task_main_conf_t  *conf;
    pt_metrics_t                            metrics;
    pt_gauges_t                             gauges;
    ngx_http_print_task_status_node_t       nodes[PT_METRICS_NODES];
    ngx_uint_t                              nnodes;
    ngx_http_print_task_recent_t            recent[NGX_HTTP_PRINT_TASK_RECENT];
    ngx_uint_t                              nrecent;
} ngx_http_print_task_report_t;


typedef void (*ngx_http_print_task_report_pt)(
    ngx_http_print_task_report_t *report);


static ngx_http_print_task_report_t *ngx_http_print_task_report_create(
    ngx_http_request_t *r);
static void ngx_http_print_task_report_write(
    ngx_http_print_task_report_t *report);
static void ngx_http_print_task_report_refusal(pt_exposition_t *ex,
    const ngx_http_print_task_recent_t *recent);
static void ngx_http_print_task_report_id(pt_exposition_t *ex,
    const char *name, const ngx_http_print_task_recent_id_t *id);
static void ngx_http_print_task_report_build(
    ngx_http_print_task_report_t *report);
static void ngx_http_print_task_report_requests(
    ngx_http_print_task_report_t *report);
static void ngx_http_print_task_report_counters(
    ngx_http_print_task_report_t *report, pt_mode_e mode,
    const uint64_t *counters);
static ngx_uint_t ngx_http_print_task_report_expects(
    const ngx_http_print_task_report_t *report, pt_mode_e mode,
    pt_verdict_e verdict, pt_reason_e reason);
static void ngx_http_print_task_report_transitions(
    ngx_http_print_task_report_t *report);
static const char *ngx_http_print_task_report_state(pt_state_e state);
static void ngx_http_print_task_report_steps(
    ngx_http_print_task_report_t *report);
static void ngx_http_print_task_report_tokens(
    ngx_http_print_task_report_t *report);
static void ngx_http_print_task_report_results(
    ngx_http_print_task_report_t *report, const char **words,
    const uint64_t *counts, ngx_uint_t n);
static void ngx_http_print_task_report_keys(
    ngx_http_print_task_report_t *report);
static void ngx_http_print_task_report_keys_age(
    ngx_http_print_task_report_t *report);
static ngx_int_t ngx_http_print_task_report_age(
    const ngx_http_print_task_keys_t *keys, uint64_t *age);
static void ngx_http_print_task_report_key_fetches(
    ngx_http_print_task_report_t *report);
static void ngx_http_print_task_report_up(
    ngx_http_print_task_report_t *report);
static void ngx_http_print_task_report_circuit(
    ngx_http_print_task_report_t *report);
static void ngx_http_print_task_report_operations(
    ngx_http_print_task_report_t *report);
static ngx_uint_t ngx_http_print_task_report_has_store(
    const ngx_http_print_task_report_t *report, ngx_uint_t number);
static void ngx_http_print_task_report_queued(
    ngx_http_print_task_report_t *report);
static void ngx_http_print_task_report_node(
    ngx_http_print_task_report_t *report,
    const ngx_http_print_task_status_node_t *node);
static void ngx_http_print_task_report_leases(
    ngx_http_print_task_report_t *report);
static void ngx_http_print_task_report_waiting(
    ngx_http_print_task_report_t *report);
static void ngx_http_print_task_report_events(
    ngx_http_print_task_report_t *report);
static void ngx_http_print_task_report_listeners(
    ngx_http_print_task_report_t *report);
static void ngx_http_print_task_report_lost(
    ngx_http_print_task_report_t *report);
static void ngx_http_print_task_report_unknown(
    ngx_http_print_task_report_t *report);
static void ngx_http_print_task_report_memory(
    ngx_http_print_task_report_t *report);
static void ngx_http_print_task_report_bytes(
    ngx_http_print_task_report_t *report, const ngx_str_t *zone,
    const char *kind, size_t bytes);
static void ngx_http_print_task_report_tasks(
    ngx_http_print_task_report_t *report);
static void ngx_http_print_task_report_evictions(
    ngx_http_print_task_report_t *report);
static void ngx_http_print_task_report_overdue(
    ngx_http_print_task_report_t *report);
static void ngx_http_print_task_report_overdue_known(
    ngx_http_print_task_report_t *report);
static void ngx_http_print_task_report_actions(
    ngx_http_print_task_report_t *report);


/* the label of a request that ended before a verdict */

static const ngx_str_t  ngx_http_print_task_no_verdict = ngx_string("none");


/* in the order of pt_metric_e */

static const ngx_http_print_task_report_pt
    ngx_http_print_task_reports[] =
{
    ngx_http_print_task_report_build,
    ngx_http_print_task_report_requests,
    ngx_http_print_task_report_transitions,
    ngx_http_print_task_report_steps,
    ngx_http_print_task_report_tokens,
    ngx_http_print_task_report_keys,
    ngx_http_print_task_report_keys_age,
    ngx_http_print_task_report_key_fetches,
    ngx_http_print_task_report_up,
    ngx_http_print_task_report_circuit,
    ngx_http_print_task_report_operations,
    ngx_http_print_task_report_queued,
    ngx_http_print_task_report_leases,
    ngx_http_print_task_report_waiting,
    ngx_http_print_task_report_events,
    ngx_http_print_task_report_listeners,
    ngx_http_print_task_report_lost,
    ngx_http_print_task_report_unknown,
    ngx_http_print_task_report_memory,
    ngx_http_print_task_report_tasks,
    ngx_http_print_task_report_evictions,
    ngx_http_print_task_report_overdue,
    ngx_http_print_task_report_overdue_known,
    ngx_http_print_task_report_actions
};

_Static_assert(sizeof(ngx_http_print_task_reports)
               / sizeof(ngx_http_print_task_report_pt) == PT_METRIC_N,
               "a metric is not written");


/*
 * The size of the output is known only after it is written: a pass with a too
 * small buffer only counts.
 */

ngx_buf_t *
ngx_http_print_task_report(ngx_http_request_t *r, pt_format_e format)
{
    size_t                         size;
    ngx_buf_t                     *b;
    ngx_http_print_task_report_t  *report;

    report = ngx_http_print_task_report_create(r);
    if (report == NULL) {
        return NULL;
    }

    size = NGX_HTTP_PRINT_TASK_REPORT_SIZE;

    for ( ;; ) {
        b = ngx_create_temp_buf(r->pool, size);
        if (b == NULL) {
            return NULL;
        }

        pt_exposition_begin(&report->ex, format, b->start, size);
        ngx_http_print_task_report_write(report);

        if (report->ex.len <= size) {
            b->last = b->start + report->ex.len;
            return b;
        }

        /* values that are not copied may grow before the next pass */

        (void) ngx_pfree(r->pool, b->start);
        size = report->ex.len + NGX_HTTP_PRINT_TASK_REPORT_SIZE;
    }
}


static ngx_http_print_task_report_t *
ngx_http_print_task_report_create(ngx_http_request_t *r)
{
    ngx_uint_t                          i;
    ngx_http_print_task_report_t       *report;
    ngx_http_print_task_status_node_t  *node;

    report = ngx_palloc(r->pool, sizeof(ngx_http_print_task_report_t));
    if (report == NULL) {
        return NULL;
    }

    report->conf = ngx_http_get_module_main_conf(r,
                                                 ngx_http_print_task_module);
    report->nnodes = 0;
    report->nrecent = ngx_http_print_task_status_recent(report->recent);

    ngx_http_print_task_status_metrics(&report->metrics);
    ngx_http_print_task_status_gauges(&report->gauges);

    for (i = 0; i < PT_METRICS_NODES; i++) {
        node = &report->nodes[report->nnodes];

        if (ngx_http_print_task_status_get_node(i, node) == NGX_OK
            && node->workers)
        {
            report->nnodes++;
        }
    }

    return report;
}


static void
ngx_http_print_task_report_write(ngx_http_print_task_report_t *report)
{
    ngx_uint_t  i;

    if (report->ex.format == PT_FORMAT_JSON) {
        pt_exposition_text(&report->ex, "{\"time\":");
        pt_exposition_number(&report->ex, (uint64_t) ngx_time());
        pt_exposition_text(&report->ex, ",\"metrics\":");
    }

    for (i = 0; i < PT_METRIC_N; i++) {
        pt_exposition_family(&report->ex, i);
        ngx_http_print_task_reports[i](report);
    }

    pt_exposition_end(&report->ex);

    if (report->ex.format == PT_FORMAT_JSON) {
        pt_exposition_text(&report->ex, ",\"refusals\":[");

        for (i = 0; i < report->nrecent; i++) {
            pt_exposition_text(&report->ex, i ? "," : "");
            ngx_http_print_task_report_refusal(&report->ex,
                                               &report->recent[i]);
        }

        pt_exposition_text(&report->ex, "]}\n");
    }
}


/* JSON only: ids as labels would create series without limit */

static void
ngx_http_print_task_report_refusal(pt_exposition_t *ex,
    const ngx_http_print_task_recent_t *recent)
{
    pt_reason_e   reason;
    pt_verdict_e  verdict;

    pt_request_of_counter(recent->counter, &verdict, &reason);

    pt_exposition_text(ex, "{\"time\":");
    pt_exposition_number(ex, recent->time);
    pt_exposition_text(ex, ",\"mode\":\"");
    pt_exposition_text(ex, pt_mode_words[recent->mode]);
    pt_exposition_text(ex, "\",\"verdict\":");
    pt_exposition_string(ex, &ngx_http_print_task_verdicts[verdict]);
    pt_exposition_text(ex, ",\"reason\":");
    pt_exposition_string(ex, &pt_reasons[reason].word);

    ngx_http_print_task_report_id(ex, ",\"application\":", &recent->app);
    ngx_http_print_task_report_id(ex, ",\"task\":", &recent->task);
    ngx_http_print_task_report_id(ex, ",\"requestId\":", &recent->request);
    ngx_http_print_task_report_id(ex, ",\"clientRequestId\":",
                                  &recent->client);

    pt_exposition_text(ex, "}");
}


static void
ngx_http_print_task_report_id(pt_exposition_t *ex, const char *name,
    const ngx_http_print_task_recent_id_t *id)
{
    ngx_str_t  s;

    if (id->len == 0) {
        return;
    }

    s.data = (u_char *) id->data;
    s.len = id->len;

    pt_exposition_text(ex, name);
    pt_exposition_string(ex, &s);
}


static void
ngx_http_print_task_report_build(ngx_http_print_task_report_t *report)
{
    pt_exposition_t  *ex;

    ex = &report->ex;

    pt_exposition_word(ex, "version", NGX_HTTP_PRINT_TASK_VERSION);
    pt_exposition_word(ex, "nginx", NGINX_VERSION);
    pt_exposition_word(ex, "openssl", OpenSSL_version(OPENSSL_VERSION_STRING));
    pt_exposition_word(ex, "hiredis",
                       NGX_HTTP_PRINT_TASK_HIREDIS(HIREDIS_MAJOR,
                                                   HIREDIS_MINOR,
                                                   HIREDIS_PATCH));
    pt_exposition_info(ex);
}


static void
ngx_http_print_task_report_requests(ngx_http_print_task_report_t *report)
{
    ngx_uint_t  mode;

    for (mode = 0; mode < PT_MODE_N; mode++) {
        ngx_http_print_task_report_counters(report, mode,
                                 report->metrics.requests.counters[mode]);
    }
}


/*
 * Omits series that are 0 and not expected: a series for each mode, verdict and
 * reason would be several hundred.
 */

static void
ngx_http_print_task_report_counters(ngx_http_print_task_report_t *report,
    pt_mode_e mode, const uint64_t *counters)
{
    ngx_uint_t        i;
    pt_reason_e       reason;
    pt_verdict_e      verdict;
    pt_exposition_t  *ex;

    ex = &report->ex;

    for (i = 0; i < PT_REQUEST_COUNTERS; i++) {
        pt_request_of_counter(i, &verdict, &reason);

        if (counters[i] == 0
            && !ngx_http_print_task_report_expects(report, mode, verdict,
                                                   reason))
        {
            continue;
        }

        pt_exposition_word(ex, "mode", pt_mode_words[mode]);
        pt_exposition_label(ex, "verdict",
                            verdict == PT_VERDICT_NONE
                            ? &ngx_http_print_task_no_verdict
                            : &ngx_http_print_task_verdicts[verdict]);
        pt_exposition_label(ex, "reason", &pt_reasons[reason].word);
        pt_exposition_value(ex, counters[i]);
    }
}


/* whether a location of the configuration can produce this verdict */

static ngx_uint_t
ngx_http_print_task_report_expects(const ngx_http_print_task_report_t *report,
    pt_mode_e mode, pt_verdict_e verdict, pt_reason_e reason)
{
    if (!(report->conf->modes & (1u << mode))) {
        return 0;
    }

    switch (verdict) {

    case PT_VERDICT_REFUSED:
        return mode != PT_MODE_DRY_RUN && reason != PT_OK;

    case PT_VERDICT_WOULD_REFUSE:
        return mode == PT_MODE_DRY_RUN && reason != PT_OK;

    default:
        return 1;
    }
}


static void
ngx_http_print_task_report_transitions(ngx_http_print_task_report_t *report)
{
    uint64_t          n;
    ngx_uint_t        from, to, verdict;
    pt_exposition_t  *ex;

    ex = &report->ex;

    for (from = 0; from <= PT_STATES; from++) {
        for (to = 0; to < PT_STATES; to++) {
            for (verdict = 0; verdict < PT_VERDICT_N; verdict++) {
                n = report->metrics.transitions[from][to][verdict];

                if (n == 0) {
                    continue;
                }

                pt_exposition_word(ex, "from",
                                   ngx_http_print_task_report_state(from));
                pt_exposition_word(ex, "to",
                                   ngx_http_print_task_report_state(to));
                pt_exposition_label(ex, "verdict",
                                    verdict == PT_VERDICT_NONE
                                    ? &ngx_http_print_task_no_verdict
                                    : &ngx_http_print_task_verdicts[verdict]);
                pt_exposition_value(ex, n);
            }
        }
    }
}


static const char *
ngx_http_print_task_report_state(pt_state_e state)
{
    return (state == PT_UNKNOWN) ? "unknown"
                                 : (const char *) pt_state_names[state].data;
}


static void
ngx_http_print_task_report_steps(ngx_http_print_task_report_t *report)
{
    ngx_uint_t  i;

    for (i = 0; i < PT_STEP_N; i++) {
        pt_exposition_word(&report->ex, "step", pt_step_words[i]);
        pt_exposition_histogram(&report->ex, &report->metrics.steps[i]);
    }
}


static void
ngx_http_print_task_report_tokens(ngx_http_print_task_report_t *report)
{
    ngx_http_print_task_report_results(report, pt_token_result_words,
                                       report->metrics.tokens,
                                       PT_TOKEN_RESULT_N);
}


static void
ngx_http_print_task_report_results(ngx_http_print_task_report_t *report,
    const char **words, const uint64_t *counts, ngx_uint_t n)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {
        pt_exposition_word(&report->ex, "result", words[i]);
        pt_exposition_value(&report->ex, counts[i]);
    }
}


/* of this process; other workers have the same keys within a second */

static void
ngx_http_print_task_report_keys(ngx_http_print_task_report_t *report)
{
    ngx_uint_t                    i;
    ngx_http_print_task_keys_t  **keys;

    keys = report->conf->keys.elts;

    for (i = 0; i < report->conf->keys.nelts; i++) {
        keys[i]->update(keys[i]);

        pt_exposition_label(&report->ex, "source", &keys[i]->name);
        pt_exposition_value(&report->ex,
                            keys[i]->jwks ? keys[i]->jwks->nkeys : 0);
    }
}


static void
ngx_http_print_task_report_keys_age(ngx_http_print_task_report_t *report)
{
    uint64_t                      age;
    ngx_uint_t                    i;
    ngx_http_print_task_keys_t  **keys;

    keys = report->conf->keys.elts;

    for (i = 0; i < report->conf->keys.nelts; i++) {
        if (ngx_http_print_task_report_age(keys[i], &age) == NGX_OK) {
            pt_exposition_label(&report->ex, "source", &keys[i]->name);
            pt_exposition_value(&report->ex, age);
        }
    }
}


/* age of the keys in seconds; NGX_DECLINED: no keys yet */

static ngx_int_t
ngx_http_print_task_report_age(const ngx_http_print_task_keys_t *keys,
    uint64_t *age)
{
    time_t  now, written;

    if (ngx_http_print_task_keys_remote(keys)) {

        if (keys->shared == NULL || keys->shared->changes == 0) {
            return NGX_DECLINED;
        }

        *age = (ngx_current_msec - keys->shared->fetched) / 1000;

        return NGX_OK;
    }

    now = ngx_time();
    written = ngx_file_mtime(&keys->file.info);

    *age = (written < now) ? now - written : 0;

    return NGX_OK;
}


static void
ngx_http_print_task_report_key_fetches(ngx_http_print_task_report_t *report)
{
    ngx_http_print_task_report_results(report, pt_fetch_result_words,
                                       report->metrics.key_fetches, PT_FETCH_N);
}


static void
ngx_http_print_task_report_up(ngx_http_print_task_report_t *report)
{
    ngx_uint_t                          i;
    ngx_http_print_task_status_node_t  *node;

    for (i = 0; i < report->nnodes; i++) {
        node = &report->nodes[i];

        ngx_http_print_task_report_node(report, node);
        pt_exposition_value(&report->ex, node->up == node->workers);
    }
}


static void
ngx_http_print_task_report_circuit(ngx_http_print_task_report_t *report)
{
    ngx_uint_t                          i, state;
    ngx_http_print_task_status_node_t  *node;

    for (i = 0; i < report->nnodes; i++) {
        node = &report->nodes[i];

        for (state = 0; state <= PT_CIRCUIT_HALF_OPEN; state++) {
            ngx_http_print_task_report_node(report, node);
            pt_exposition_label(&report->ex, "state",
                                &ngx_http_print_task_store_states[state]);
            pt_exposition_value(&report->ex, node->circuit[state]);
        }
    }
}


static void
ngx_http_print_task_report_operations(ngx_http_print_task_report_t *report)
{
    uint64_t          n;
    ngx_str_t         name;
    ngx_uint_t        store, type, result;
    pt_exposition_t  *ex;

    ex = &report->ex;

    for (store = 0; store < PT_METRICS_STORES; store++) {

        if (ngx_http_print_task_status_get_store(store, &name) != NGX_OK) {
            continue;
        }

        for (type = 0; type < PT_OPERATION_N; type++) {
            for (result = 0; result < PT_RESULT_N; result++) {
                n = report->metrics.operations[store][type][result];

                if (n == 0
                    && (type != PT_OPERATION_RESERVE
                        || result != PT_RESULT_DOWN
                        || !ngx_http_print_task_report_has_store(report,
                                                                 store)))
                {
                    continue;
                }

                pt_exposition_label(ex, "store", &name);
                pt_exposition_word(ex, "operation", pt_operation_words[type]);
                pt_exposition_word(ex, "result", pt_result_words[result]);
                pt_exposition_value(ex, n);
            }
        }
    }
}


/*
 * Whether the present configuration uses the store: the table of names is kept
 * over reloads and may have stores of earlier configurations.
 */

static ngx_uint_t
ngx_http_print_task_report_has_store(
    const ngx_http_print_task_report_t *report, ngx_uint_t number)
{
    ngx_uint_t                         i;
    ngx_http_print_task_store_conf_t  *sc;

    sc = report->conf->stores.elts;

    for (i = 0; i < report->conf->stores.nelts; i++) {
        if (sc[i].store->number == number) {
            return 1;
        }
    }

    return 0;
}


static void
ngx_http_print_task_report_queued(ngx_http_print_task_report_t *report)
{
    ngx_uint_t  i;

    for (i = 0; i < report->nnodes; i++) {
        ngx_http_print_task_report_node(report, &report->nodes[i]);
        pt_exposition_value(&report->ex, report->nodes[i].queued);
    }
}


static void
ngx_http_print_task_report_node(ngx_http_print_task_report_t *report,
    const ngx_http_print_task_status_node_t *node)
{
    pt_exposition_label(&report->ex, "store", &node->store);
    pt_exposition_label(&report->ex, "node", &node->node);
}


static void
ngx_http_print_task_report_leases(ngx_http_print_task_report_t *report)
{
    pt_exposition_value(&report->ex, report->gauges.leases);
}


static void
ngx_http_print_task_report_waiting(ngx_http_print_task_report_t *report)
{
    pt_exposition_value(&report->ex, report->gauges.lease_waiting);
}


static void
ngx_http_print_task_report_events(ngx_http_print_task_report_t *report)
{
    ngx_uint_t  i;

    for (i = 0; i < PT_EVENTS_N; i++) {
        pt_exposition_word(&report->ex, "result", pt_events_result_words[i]);
        pt_exposition_value(&report->ex, report->metrics.events[i]);
    }
}


static void
ngx_http_print_task_report_listeners(ngx_http_print_task_report_t *report)
{
    pt_exposition_value(&report->ex, report->gauges.event_listeners);
}


static void
ngx_http_print_task_report_lost(ngx_http_print_task_report_t *report)
{
    pt_exposition_value(&report->ex, report->metrics.leases_lost);
}


static void
ngx_http_print_task_report_unknown(ngx_http_print_task_report_t *report)
{
    pt_exposition_value(&report->ex, report->metrics.outcomes_unknown);
}


static void
ngx_http_print_task_report_memory(ngx_http_print_task_report_t *report)
{
    ngx_uint_t                           i;
    ngx_http_print_task_store_conf_t    *sc;
    ngx_http_print_task_memory_usage_t   usage;

    sc = report->conf->stores.elts;

    for (i = 0; i < report->conf->stores.nelts; i++) {

        if (ngx_http_print_task_store_memory_usage(sc[i].store, &usage)
            != NGX_OK)
        {
            continue;
        }

        ngx_http_print_task_report_bytes(report, &usage.zone, "pinned",
                                         usage.pinned);
        ngx_http_print_task_report_bytes(report, &usage.zone, "evictable",
                                         usage.used - usage.pinned);
        ngx_http_print_task_report_bytes(report, &usage.zone, "free",
                                         usage.size - usage.used);
    }
}


static void
ngx_http_print_task_report_bytes(ngx_http_print_task_report_t *report,
    const ngx_str_t *zone, const char *kind, size_t bytes)
{
    pt_exposition_label(&report->ex, "zone", zone);
    pt_exposition_word(&report->ex, "kind", kind);
    pt_exposition_value(&report->ex, bytes);
}


static void
ngx_http_print_task_report_tasks(ngx_http_print_task_report_t *report)
{
    ngx_uint_t                           i;
    ngx_http_print_task_store_conf_t    *sc;
    ngx_http_print_task_memory_usage_t   usage;

    sc = report->conf->stores.elts;

    for (i = 0; i < report->conf->stores.nelts; i++) {

        if (ngx_http_print_task_store_memory_usage(sc[i].store, &usage)
            == NGX_OK)
        {
            pt_exposition_label(&report->ex, "zone", &usage.zone);
            pt_exposition_value(&report->ex, usage.records);
        }
    }
}


static void
ngx_http_print_task_report_evictions(ngx_http_print_task_report_t *report)
{
    ngx_uint_t                           i, kind, store;
    ngx_http_print_task_store_conf_t    *sc;
    ngx_http_print_task_memory_usage_t   usage;

    sc = report->conf->stores.elts;

    for (i = 0; i < report->conf->stores.nelts; i++) {

        if (ngx_http_print_task_store_memory_usage(sc[i].store, &usage)
            != NGX_OK)
        {
            continue;
        }

        store = sc[i].store->number;

        for (kind = 0; kind < PT_EVICTION_N; kind++) {
            pt_exposition_label(&report->ex, "zone", &usage.zone);
            pt_exposition_word(&report->ex, "kind", pt_eviction_words[kind]);
            pt_exposition_value(&report->ex,
                                report->metrics.evictions[store][kind]);
        }
    }
}


/* a number that is not known is absent: it must not look like 0 */

static void
ngx_http_print_task_report_overdue(ngx_http_print_task_report_t *report)
{
    uint64_t                              n;
    ngx_uint_t                            i;
    const ngx_http_print_task_store_t    *store;
    const ngx_http_print_task_overdue_t  *overdue;

    overdue = report->conf->overdue.elts;

    for (i = 0; i < report->conf->overdue.nelts; i++) {
        store = overdue[i].conf->store;

        if (ngx_http_print_task_status_overdue(store->number, &n) == NGX_OK) {
            pt_exposition_label(&report->ex, "store", &store->label);
            pt_exposition_value(&report->ex, n);
        }
    }
}


static void
ngx_http_print_task_report_overdue_known(ngx_http_print_task_report_t *report)
{
    uint64_t                              n;
    ngx_uint_t                            i;
    const ngx_http_print_task_store_t    *store;
    const ngx_http_print_task_overdue_t  *overdue;

    overdue = report->conf->overdue.elts;

    for (i = 0; i < report->conf->overdue.nelts; i++) {
        store = overdue[i].conf->store;

        pt_exposition_label(&report->ex, "store", &store->label);
        pt_exposition_value(&report->ex,
                            ngx_http_print_task_status_overdue(store->number,
                                                               &n)
                            == NGX_OK);
    }
}


static void
ngx_http_print_task_report_actions(ngx_http_print_task_report_t *report)
{
    ngx_uint_t  i;

    for (i = 0; i < PT_OPERATOR_N; i++) {
        pt_exposition_word(&report->ex, "action", pt_operator_words[i]);
        pt_exposition_value(&report->ex, report->metrics.actions[i]);
    }
}
