
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * How many lines may be logged about something that others cause: PT_RATE_BURST
 * at once, and one more for each PT_RATE_PERIOD that has passed.
 *
 * Zeroed memory is a rate that nothing was taken from.  All times are in
 * milliseconds, of any clock that may wrap around.
 */


#ifndef _PT_RATE_H_INCLUDED_
#define _PT_RATE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define PT_RATE_BURST   10
#define PT_RATE_PERIOD  10000   /* ms */


typedef struct {
    ngx_uint_t  used;
    ngx_uint_t  skipped;   /* since pt_rate_skipped() was called */
    ngx_msec_t  since;     /* of what was used, the next is free a period
                              later */
} pt_rate_t;


/* 1: a line may be logged; 0: it is counted as skipped */
ngx_uint_t pt_rate_take(pt_rate_t *rate, ngx_msec_t now);

/* the number of lines that were skipped since the last call */
ngx_uint_t pt_rate_skipped(pt_rate_t *rate);


#endif /* _PT_RATE_H_INCLUDED_ */
