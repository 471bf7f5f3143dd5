
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The step "route": finds the resource that a path names. */


#ifndef _PT_ROUTE_H_INCLUDED_
#define _PT_ROUTE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_reason.h"
#include "pt_route_id.h"


typedef enum {
    PT_ROUTE_OTHER = 0,                 /* another resource */
    PT_ROUTE_TASK,                      /* taskDefinitions/{d}/tasks/{t} */
    PT_ROUTE_TASKS,                     /* the collection of tasks: GET and
                                           POST */
    PT_ROUTE_BELOW,                     /* below a task, or a task by another
                                           path: GET only */
    PT_ROUTE_BATCH,                     /* $batch */
    PT_ROUTE_PARENT                     /* a resource that contains tasks:
                                           print, definitions, jobs, ... */
} pt_route_e;


typedef struct {
    pt_route_e   kind;
    ngx_str_t    definition;            /* slices of the path; TASK, and
                                           TASKS of one definition */
    ngx_str_t    task;                  /* TASK only */
} pt_route_t;


/*
 * Whether a path is that of a task in its usual spelling: names as documented,
 * ids of "A-Za-z0-9._~-", no segment empty or with a dot at the end.  Then
 * route is set, and the two functions below would return the same with this
 * path as raw and as path.  If not, the caller has to call them.
 */
ngx_uint_t pt_route_plain(const ngx_str_t *path, pt_route_t *route);

/*
 * Finds the resource at the end of a decoded path.  Names are compared without
 * regard to case, ids are kept as they are.  PT_PATH_INVALID: only some servers
 * read a segment as one of these names ("tasks;a", "tasks(1)", " tasks").
 * PT_ID_INVALID: an id is not 1-128 bytes of "A-Za-z0-9._~-", or has only dots.
 */
pt_reason_e pt_route_read(const ngx_str_t *path, pt_route_t *route);

/*
 * Decodes the path that a back end gets, and finds its resource.  The memory at
 * space is as long as raw.  If raw has no escapes, path is raw itself.  With
 * PT_PATH_INVALID path is empty.
 */
pt_reason_e pt_route_target(const ngx_str_t *raw, u_char *space,
    ngx_str_t *path, pt_route_t *route);

/*
 * The end of a decoded path, from the first name that pt_route_read() knows.
 * The start is a prefix of this server or of another one.  Without such a name,
 * the result is the whole path.
 */
void pt_route_resource(const ngx_str_t *path, ngx_str_t *resource);


#endif /* _PT_ROUTE_H_INCLUDED_ */
