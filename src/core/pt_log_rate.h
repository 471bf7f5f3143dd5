
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * How many refusals are logged one by one: so many in a second.  The others of
 * the second are counted by reason, for one line at its end.
 *
 * Zeroed memory with a limit is a rate that nothing was taken from.  All times
 * are in milliseconds, of any clock that may wrap around.
 */


#ifndef _PT_LOG_RATE_H_INCLUDED_
#define _PT_LOG_RATE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_reason.h"


#define PT_LOG_RATE_PERIOD  1000   /* ms */


/* what has become of the request */
typedef enum {
    PT_LOG_REFUSED = 0,
    PT_LOG_WOULD_REFUSE,
    PT_LOG_KINDS
} pt_log_kind_e;


typedef struct {
    ngx_uint_t  limit;
    ngx_uint_t  used;
    ngx_msec_t  since;
    ngx_uint_t  skipped[PT_LOG_KINDS][PT_REASON_N];
} pt_log_rate_t;


/* 1: the refusal may be logged; 0: it is counted */
ngx_uint_t pt_log_rate_take(pt_log_rate_t *rate, ngx_msec_t now,
    pt_log_kind_e kind, pt_reason_e reason);

/* how long it is until the end of the second */
ngx_msec_t pt_log_rate_left(const pt_log_rate_t *rate, ngx_msec_t now);

/*
 * Writes how many were counted since the last call, most frequent first:
 *
 *     120 more: tokenMissing 100, tokenExpired 20
 *
 * Reasons that there is no place for are "others".  Nothing is written, and p
 * is returned, if there were none.
 */
u_char *pt_log_rate_write(pt_log_rate_t *rate, pt_log_kind_e kind, u_char *p,
    u_char *last);

/*
 * Writes a string that others may have chosen, as ngx_http_log_module does: a
 * byte takes up to four.
 */
u_char *pt_log_escape(u_char *p, const u_char *text, size_t len);


#endif /* _PT_LOG_RATE_H_INCLUDED_ */
