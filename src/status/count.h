
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The counters of a process: its slot of the zone of status/zone.c, or private
 * memory without a zone.  Every folder except core may include this header.
 */


#ifndef _NGX_HTTP_PRINT_TASK_STATUS_COUNT_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_STATUS_COUNT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "core/pt_metrics.h"


/* each request counts about ten times: no detour over a table of symbols */
#define ngx_http_print_task_hidden  __attribute__((visibility("hidden")))

/* never NULL */
extern pt_metrics_t  *ngx_http_print_task_metrics ngx_http_print_task_hidden;
extern pt_gauges_t   *ngx_http_print_task_gauges ngx_http_print_task_hidden;

/* other processes count in this slot, too */
extern ngx_uint_t
    ngx_http_print_task_metrics_shared ngx_http_print_task_hidden;


/*
 * Only its owner writes to a slot, and readers need no order: a load and a
 * store suffice, without a lock.
 */

static ngx_inline void
ngx_http_print_task_add(uint64_t *counter, uint64_t n)
{
    if (ngx_http_print_task_metrics_shared) {
        (void) __atomic_fetch_add(counter, n, __ATOMIC_RELAXED);
        return;
    }

    __atomic_store_n(counter, __atomic_load_n(counter, __ATOMIC_RELAXED) + n,
                     __ATOMIC_RELAXED);
}


#define ngx_http_print_task_count(field)                                      \
    ngx_http_print_task_add(&ngx_http_print_task_metrics->field, 1)

#define ngx_http_print_task_gauge(field, n)                                   \
    ngx_http_print_task_add(&ngx_http_print_task_gauges->field, (uint64_t) (n))


/*
 * Sets where to count; NULL: nowhere.  Without gauges, other processes share
 * the counters.
 */
void ngx_http_print_task_count_in(pt_metrics_t *metrics, pt_gauges_t *gauges);

/* ns, of a clock that is never set */
uint64_t ngx_http_print_task_clock(void);


/* counts the time of a step, in us */

static ngx_inline void
ngx_http_print_task_step_took(pt_step_e step, uint64_t time)
{
    pt_histogram_t  *h;

    h = &ngx_http_print_task_metrics->steps[step];

    ngx_http_print_task_add(&h->buckets[pt_histogram_bucket(time)], 1);
    ngx_http_print_task_add(&h->sum, time);
}


/* the same of a step that began at a time of ngx_http_print_task_clock() */

static ngx_inline void
ngx_http_print_task_step_ended(pt_step_e step, uint64_t started)
{
    ngx_http_print_task_step_took(step,
                                  (ngx_http_print_task_clock() - started)
                                  / 1000);
}


#endif /* _NGX_HTTP_PRINT_TASK_STATUS_COUNT_H_INCLUDED_ */
