
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The messages of an event stream (HTML, section 9.2) and their events:
 * CloudEvents 1.0 in JSON, with a printTask as the data.  The "id" of a message
 * is its position in the stream, so that a client can resume after it.
 */


#ifndef _PT_SSE_H_INCLUDED_
#define _PT_SSE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_event.h"
#include "pt_task.h"


/* bytes of a position in a stream; it has no control characters */
#define PT_SSE_POSITION_MAX  PT_EVENT_POSITION_MAX


typedef struct {
    ngx_str_t         position;
    ngx_str_t         type;             /* "created", "updated", "deleted" */
    ngx_str_t         definition;       /* ids: A-Z a-z 0-9 . _ ~ - */
    ngx_str_t         id;
    pt_owned_task_t   owned;            /* the task after the change, or
                                           before its deletion */
    uint64_t          time;             /* ms since the epoch */
} pt_sse_event_t;


/* whether a text has the form of a position */
ngx_uint_t pt_sse_is_position(const ngx_str_t *text);

/*
 * All functions return the end of their output.  Its size is at most
 * pt_sse_..._size(), or PT_SSE_LINE_MAX for the others.
 */
#define PT_SSE_LINE_MAX  (3 * PT_SSE_POSITION_MAX)

size_t pt_sse_event_size(const pt_sse_event_t *event);
u_char *pt_sse_event_write(u_char *dst, const pt_sse_event_t *event);

/* the time in ms that a client waits before it connects again */
u_char *pt_sse_retry_write(u_char *dst, ngx_uint_t ms);

/* the position before the next event; clients dispatch no event for it */
u_char *pt_sse_position_write(u_char *dst, const ngx_str_t *position);

/* events were lost; the next event follows this position */
u_char *pt_sse_missed_write(u_char *dst, const ngx_str_t *position);

u_char *pt_sse_comment_write(u_char *dst);


#endif /* _PT_SSE_H_INCLUDED_ */
