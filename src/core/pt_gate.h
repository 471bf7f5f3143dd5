
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Compares a request, read from the bytes that a back end gets, with the
 * request that was checked.
 */


#ifndef _PT_GATE_H_INCLUDED_
#define _PT_GATE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_reason.h"
#include "pt_route.h"


/* bytes of the longest path that is compared; a longer one is refused */

#define PT_GATE_PATH_MAX  8192


/* the head of a request in HTTP/1 */

typedef struct {
    ngx_str_t          method;
    ngx_str_t          path;            /* as sent, without arguments */
    size_t             size;            /* bytes up to the body */
    off_t              content_length;  /* -1: absent */
    ngx_uint_t         chunked;         /* a Transfer-Encoding is present */
} pt_sent_t;


/* the result of the earlier steps for the client's request */

typedef enum {
    PT_GATE_UNCHECKED = 0,              /* refused, or failed before a
                                           decision */
    PT_GATE_REWRITTEN,                  /* redirected to another path, and
                                           not checked again */
    PT_GATE_FOREIGN,                    /* another resource, but its
                                           subrequest is a task */
    PT_GATE_PASSED,                     /* checked: not a change of a task */
    PT_GATE_FORWARDED,                  /* checked: a change of a task */
    PT_GATE_REFETCH                     /* the module's own GET of a task */
} pt_gate_e;


typedef struct {
    pt_gate_e          history;
    ngx_uint_t         aside;           /* a subrequest or an error page, not
                                           the client's request itself */
    ngx_str_t          client;          /* the client's path as received */
    ngx_str_t          method;          /* the method that nginx intends to
                                           send */

    ngx_str_t          checked_method;
    ngx_str_t          checked_path;    /* decoded */
    const pt_route_t  *route;           /* of checked_path */
    ngx_uint_t         same_body;       /* the body is the canonical body
                                           that the module wrote */
} pt_gate_t;


/* NGX_OK; NGX_DECLINED: servers may read this head in different ways */
ngx_int_t pt_sent_read(const u_char *p, const u_char *last, pt_sent_t *sent);

/* PT_OK: the request may be sent; else PT_NOT_CHECKED or PT_REQUEST_CHANGED */
pt_reason_e pt_gate_check(const pt_gate_t *gate, const pt_sent_t *sent);

/* whether a request that may be sent is the change that was checked */
ngx_uint_t pt_gate_is_change(const pt_gate_t *gate, const pt_sent_t *sent);

/* whether a path names no resource that pt_route.h knows */
ngx_uint_t pt_gate_is_other(const ngx_str_t *path);


#endif /* _PT_GATE_H_INCLUDED_ */
