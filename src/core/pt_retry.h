
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Computes when to retry: this gateway, or its clients. */


#ifndef _PT_RETRY_H_INCLUDED_
#define _PT_RETRY_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define PT_RETRY_AFTER_MAX  60          /* seconds */


/*
 * The pause in milliseconds before the next attempt, after this many failures
 * in a row: first, doubled with each further failure, at most max.
 */
ngx_msec_t pt_retry_delay(ngx_uint_t failures, ngx_msec_t first,
    ngx_msec_t max);

/*
 * The value of Retry-After for an event in left milliseconds: whole seconds,
 * rounded up, from 1 to PT_RETRY_AFTER_MAX.  The limit is low because some
 * clients wait for the whole time, and others give up if it is long.
 */
ngx_uint_t pt_retry_after(ngx_msec_int_t left);


#endif /* _PT_RETRY_H_INCLUDED_ */
