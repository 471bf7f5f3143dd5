
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Computes the times of retries. */


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_retry.h"


ngx_msec_t
pt_retry_delay(ngx_uint_t failures, ngx_msec_t first, ngx_msec_t max)
{
    ngx_msec_t  delay;

    delay = ngx_min(first, max);

    for ( /* void */ ; failures > 1 && delay < max; failures--) {
        delay = (delay > max / 2) ? max : 2 * delay;
    }

    return delay;
}


ngx_uint_t
pt_retry_after(ngx_msec_int_t left)
{
    if (left <= 1000) {
        return 1;
    }

    if (left > PT_RETRY_AFTER_MAX * 1000) {
        return PT_RETRY_AFTER_MAX;
    }

    return (ngx_uint_t) (left + 999) / 1000;
}
