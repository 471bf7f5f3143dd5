
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Limits the number of log lines that others can cause: PT_RATE_BURST at once,
 * and one more after each PT_RATE_PERIOD.
 * Zeroed memory is an unused rate.  Times are in milliseconds, of any clock
 * that may wrap around.
 */


#ifndef _PT_RATE_H_INCLUDED_
#define _PT_RATE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define PT_RATE_BURST   10
#define PT_RATE_PERIOD  10000   /* ms */


typedef struct {
    ngx_uint_t  used;
    ngx_uint_t  skipped;   /* lines, since the last pt_rate_skipped() */
    ngx_msec_t  since;     /* the start of the period that the used lines
                              count for */
} pt_rate_t;


/* 1: a line may be logged; 0: it is counted as skipped */
ngx_uint_t pt_rate_take(pt_rate_t *rate, ngx_msec_t now);

/* the number of skipped lines since the last call */
ngx_uint_t pt_rate_skipped(pt_rate_t *rate);


#endif /* _PT_RATE_H_INCLUDED_ */
