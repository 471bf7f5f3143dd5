
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The segments of a decoded path. */


#ifndef _PT_ROUTE_SEGMENT_H_INCLUDED_
#define _PT_ROUTE_SEGMENT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define PT_SEGMENTS  64


typedef enum {
    PT_SEGMENT_OTHER = 0,
    PT_SEGMENT_BARE,                    /* tasks: the key is the next one */
    PT_SEGMENT_KEYED,                   /* tasks('id') */
    PT_SEGMENT_ODD                      /* tasks;a, tasks(1), ... */
} pt_segment_e;


typedef struct {
    ngx_str_t      elts[PT_SEGMENTS];
    ngx_uint_t     n;
} pt_segments_t;


/* NGX_ERROR: too many segments, or the path does not start with "/" */
ngx_int_t pt_route_split(const ngx_str_t *path, pt_segments_t *segs);

/* compares a segment with a name in lower case; sets key for KEYED */
pt_segment_e pt_route_segment(const ngx_str_t *segment, const ngx_str_t *name,
    ngx_str_t *key);

/* a type or an action, as in "tasks/microsoft.graph.printTask" */
ngx_uint_t pt_route_is_cast(const ngx_str_t *segment);


#endif /* _PT_ROUTE_SEGMENT_H_INCLUDED_ */
