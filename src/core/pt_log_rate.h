
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Limits how many refusals of a second are logged one by one.  The others of
 * that second are counted by reason, for one line at its end.
 * Zeroed memory with a limit is an unused rate.  Times are in milliseconds, of
 * any clock that may wrap around.
 */


#ifndef _PT_LOG_RATE_H_INCLUDED_
#define _PT_LOG_RATE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_reason.h"


#define PT_LOG_RATE_PERIOD  1000   /* ms */


/* what happened to the request */
typedef enum {
    PT_LOG_REFUSED = 0,
    PT_LOG_WOULD_REFUSE,
    PT_LOG_KIND_N
} pt_log_kind_e;


typedef struct {
    ngx_uint_t  limit;
    ngx_uint_t  used;
    ngx_msec_t  since;
    ngx_uint_t  skipped[PT_LOG_KIND_N][PT_REASON_N];
} pt_log_rate_t;


/* 1: the refusal may be logged; 0: it was counted */
ngx_uint_t pt_log_rate_take(pt_log_rate_t *rate, ngx_msec_t now,
    pt_log_kind_e kind, pt_reason_e reason);

/*
 * Lines that may be logged until the end of the second, and the use of one of
 * them for what is never counted instead.
 */
ngx_uint_t pt_log_rate_lines(pt_log_rate_t *rate, ngx_msec_t now);
void pt_log_rate_use(pt_log_rate_t *rate);

/* the time until the end of the second */
ngx_msec_t pt_log_rate_left(const pt_log_rate_t *rate, ngx_msec_t now);

/*
 * Writes how many refusals were counted since the last call, the most frequent
 * reason first:
 *     120 more: tokenMissing 100, tokenExpired 20
 * Reasons beyond the size of the table are "others".  Writes nothing and
 * returns p if no refusal was counted.
 */
u_char *pt_log_rate_write(pt_log_rate_t *rate, pt_log_kind_e kind, u_char *p,
    u_char *last);

/*
 * Writes a string that a client may have chosen, with the escapes of
 * ngx_http_log_module.  One byte takes up to four.
 */
u_char *pt_log_escape(u_char *p, const u_char *text, size_t len);


#endif /* _PT_LOG_RATE_H_INCLUDED_ */
