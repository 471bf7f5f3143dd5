
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Limits the number of log lines of one kind. */


#include "pt_rate.h"


ngx_uint_t
pt_rate_take(pt_rate_t *rate, ngx_msec_t now)
{
    ngx_msec_t  periods;

    periods = (now - rate->since) / PT_RATE_PERIOD;

    if (periods >= rate->used) {
        rate->used = 0;
        rate->since = now;

    } else {
        rate->used -= periods;
        rate->since += periods * PT_RATE_PERIOD;
    }

    if (rate->used == PT_RATE_BURST) {
        rate->skipped++;
        return 0;
    }

    rate->used++;

    return 1;
}


ngx_uint_t
pt_rate_skipped(pt_rate_t *rate)
{
    ngx_uint_t  skipped;

    skipped = rate->skipped;
    rate->skipped = 0;

    return skipped;
}
