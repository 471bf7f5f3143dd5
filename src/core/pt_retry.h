
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* when to try again: this gateway, or its clients */


#ifndef _PT_RETRY_H_INCLUDED_
#define _PT_RETRY_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define PT_RETRY_AFTER_MAX  60          /* seconds */


/*
 * Milliseconds from one try to the next one after so many failures in a row:
 * first, doubled with each further failure, up to max.
 */
ngx_msec_t pt_retry_delay(ngx_uint_t failures, ngx_msec_t first,
    ngx_msec_t max);

/*
 * The value of Retry-After for something that happens in so many
 * milliseconds: whole seconds, rounded up, from 1 to PT_RETRY_AFTER_MAX.  Some
 * clients wait for as long as they are told, others give up if it is long.
 */
ngx_uint_t pt_retry_after(ngx_msec_int_t left);


#endif /* _PT_RETRY_H_INCLUDED_ */
