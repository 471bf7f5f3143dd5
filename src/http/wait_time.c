
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The times that a request waits.  A wait starts where a step returns
 * NGX_AGAIN, and ends when the steps run again.  The step and the state show
 * what the request waits for.
 */


#include "http/wait_time.h"


void
ngx_http_print_task_time_begin(ngx_http_print_task_ctx_t *ctx)
{
    ngx_http_print_task_wait_for_e    what;
    ngx_http_print_task_wait_times_t  *times;

    switch (ctx->step) {

    case NGX_HTTP_PRINT_TASK_STEP_LOOKUP:
        what = (ctx->op_state == NGX_HTTP_PRINT_TASK_OP_PENDING)
               ? NGX_HTTP_PRINT_TASK_TIME_STORE
               : NGX_HTTP_PRINT_TASK_TIME_LEASE;
        break;

    case NGX_HTTP_PRINT_TASK_STEP_REFETCH:
        what = NGX_HTTP_PRINT_TASK_TIME_REFETCH;
        break;

    default:
        return;
    }

    times = &ctx->wait_times;

    times->used |= 1 << what;
    times->current = what;
    times->since = ngx_current_msec;
}


void
ngx_http_print_task_time_end(ngx_http_print_task_ctx_t *ctx)
{
    ngx_http_print_task_wait_times_t  *times;

    times = &ctx->wait_times;

    if (times->current != NGX_HTTP_PRINT_TASK_TIME_NONE) {
        times->total[times->current] += ngx_current_msec - times->since;
        times->current = NGX_HTTP_PRINT_TASK_TIME_NONE;
    }
}


ngx_int_t
ngx_http_print_task_wait_time(const ngx_http_print_task_ctx_t *ctx,
    ngx_http_print_task_wait_for_e what, ngx_msec_t *time)
{
    const ngx_http_print_task_wait_times_t  *times;

    times = &ctx->wait_times;

    if (!(times->used & (1 << what))) {
        return NGX_DECLINED;
    }

    *time = times->total[what];

    if (times->current == what) {
        *time += ngx_current_msec - times->since;
    }

    return NGX_OK;
}
