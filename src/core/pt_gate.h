
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * A request as it goes to a back end, read from the bytes that the back end
 * gets, and whether that is what was checked.
 */


#ifndef _PT_GATE_H_INCLUDED_
#define _PT_GATE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_reason.h"
#include "pt_route.h"


/* bytes of the longest path that is looked at; a longer one is refused */

#define PT_GATE_PATH_MAX  8192


/* the head of a request in HTTP/1 */

typedef struct {
    ngx_str_t          method;
    ngx_str_t          path;            /* as it is sent, without arguments */
    size_t             size;            /* bytes up to the body */
    off_t              content_length;  /* -1: not given */
    ngx_uint_t         chunked;         /* there is a Transfer-Encoding */
} pt_sent_t;


/* what became of the client's request before */

typedef enum {
    PT_GATE_UNCHECKED = 0,              /* refused, or failed before that */
    PT_GATE_REWRITTEN,                  /* led elsewhere, and not checked */
    PT_GATE_FOREIGN,                    /* not ours, but its subrequest is */
    PT_GATE_PASSED,                     /* checked: no change of a task */
    PT_GATE_FORWARDED,                  /* checked: a change of a task */
    PT_GATE_REFETCH                     /* the module's own GET of a task */
} pt_gate_e;


typedef struct {
    pt_gate_e          history;
    ngx_uint_t         aside;           /* not the client's request itself, but
                                           one beside it or after it */
    ngx_str_t          client;          /* the client's path, as it was sent */
    ngx_str_t          method;          /* what nginx means to send now */

    ngx_str_t          checked_method;
    ngx_str_t          checked_path;    /* decoded */
    const pt_route_t  *route;           /* of checked_path */
    ngx_uint_t         same_body;       /* the body is the one that was made */
} pt_gate_t;


/* NGX_OK, or NGX_DECLINED where servers may read the head in different ways */
ngx_int_t pt_sent_read(const u_char *p, const u_char *last, pt_sent_t *sent);

/* PT_OK if the request may be sent, PT_NOT_CHECKED or PT_REQUEST_CHANGED */
pt_reason_e pt_gate_check(const pt_gate_t *gate, const pt_sent_t *sent);

/* whether a request that may be sent is the change that was checked */
ngx_uint_t pt_gate_is_change(const pt_gate_t *gate, const pt_sent_t *sent);

/* whether a path is that of none of the resources that pt_route.h knows */
ngx_uint_t pt_gate_is_other(const ngx_str_t *path);


#endif /* _PT_GATE_H_INCLUDED_ */
