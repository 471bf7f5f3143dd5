
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The counters of a process, and the clock for the times of steps. */


#include "status/count.h"


static pt_metrics_t  ngx_http_print_task_no_metrics;
static pt_gauges_t   ngx_http_print_task_no_gauges;

pt_metrics_t  *ngx_http_print_task_metrics = &ngx_http_print_task_no_metrics;
pt_gauges_t   *ngx_http_print_task_gauges = &ngx_http_print_task_no_gauges;
ngx_uint_t     ngx_http_print_task_metrics_shared;


void
ngx_http_print_task_count_in(pt_metrics_t *metrics, pt_gauges_t *gauges)
{
    ngx_http_print_task_metrics = metrics ? metrics
                                          : &ngx_http_print_task_no_metrics;
    ngx_http_print_task_gauges = gauges ? gauges
                                        : &ngx_http_print_task_no_gauges;
    ngx_http_print_task_metrics_shared = (metrics != NULL && gauges == NULL);
}


/* "ts" is static because a stack protector takes longer than the rest */

uint64_t
ngx_http_print_task_clock(void)
{
    static struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (uint64_t) ts.tv_sec * 1000000000 + ts.tv_nsec;
}
