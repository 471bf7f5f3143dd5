
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The messages of an event stream (HTML, section 9.2), and the events in them:
 * CloudEvents 1.0 in JSON, with a printTask as the data.  Each message has the
 * position in the stream as its "id", so that a client can go on after it.
 */


#ifndef _PT_SSE_H_INCLUDED_
#define _PT_SSE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_task.h"


/* of a stream; without control characters, at most PT_SSE_POSITION_MAX bytes */
#define PT_SSE_POSITION_MAX  64


typedef struct {
    ngx_str_t         position;
    ngx_str_t         type;             /* "created", "updated", "deleted" */
    ngx_str_t         definition;       /* ids: A-Z a-z 0-9 . _ ~ - */
    ngx_str_t         id;
    pt_owned_task_t   owned;            /* as it is after the change, or was
                                           before it was deleted */
    uint64_t          time;             /* ms since the epoch */
} pt_sse_event_t;


/* whether a text can be a position at all */
ngx_uint_t pt_sse_is_position(const ngx_str_t *text);

/*
 * All return the end of what was written; the number of bytes needed is at most
 * pt_sse_..._size(), or PT_SSE_LINE_MAX for the others.
 */
#define PT_SSE_LINE_MAX  (3 * PT_SSE_POSITION_MAX)

size_t pt_sse_event_size(const pt_sse_event_t *event);
u_char *pt_sse_event_write(u_char *dst, const pt_sse_event_t *event);

/* how long a client waits, in ms, before it connects again */
u_char *pt_sse_retry_write(u_char *dst, ngx_uint_t ms);

/* what comes next, comes after this position; nothing is dispatched */
u_char *pt_sse_position_write(u_char *dst, const ngx_str_t *position);

/* events were cut off, and what comes next comes after this position */
u_char *pt_sse_missed_write(u_char *dst, const ngx_str_t *position);

u_char *pt_sse_comment_write(u_char *dst);


#endif /* _PT_SSE_H_INCLUDED_ */
