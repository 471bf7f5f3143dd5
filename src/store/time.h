
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#ifndef _NGX_HTTP_PRINT_TASK_STORE_TIME_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_STORE_TIME_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/* limit of a directive, ms: the sum with any clock does not overflow */
#define NGX_HTTP_PRINT_TASK_TIME_MAX  (3650ll * 24 * 60 * 60 * 1000)

#define NGX_HTTP_PRINT_TASK_LOG_AGAIN  60000      /* ms */


/* parses a time of a directive in ms; NGX_ERROR: not valid */

static ngx_inline ngx_msec_t
ngx_http_print_task_parse_time(ngx_str_t *value)
{
    ngx_int_t  time;

    time = ngx_parse_time(value, 0);

    return (time > NGX_HTTP_PRINT_TASK_TIME_MAX) ? (ngx_msec_t) NGX_ERROR
                                                 : (ngx_msec_t) time;
}


/*
 * Whether a line may be logged again; last is the time of its last line, 0:
 * never.  The clock is the monotonic one, because the time of day may be set
 * back.
 */

static ngx_inline ngx_uint_t
ngx_http_print_task_may_log(ngx_msec_t last)
{
    return last == 0
           || ngx_current_msec - last >= NGX_HTTP_PRINT_TASK_LOG_AGAIN;
}


#endif /* _NGX_HTTP_PRINT_TASK_STORE_TIME_H_INCLUDED_ */
