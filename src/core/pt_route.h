
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* what resource a path names: the step "route" */


#ifndef _PT_ROUTE_H_INCLUDED_
#define _PT_ROUTE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_reason.h"
#include "pt_route_id.h"


typedef enum {
    PT_ROUTE_OTHER = 0,                 /* nothing of ours */
    PT_ROUTE_TASK,                      /* taskDefinitions/{d}/tasks/{t} */
    PT_ROUTE_TASKS,                     /* the collection of tasks: may be read
                                           and added to */
    PT_ROUTE_BELOW,                     /* below a task, or a task by another
                                           way: may be read, never written */
    PT_ROUTE_BATCH,                     /* $batch */
    PT_ROUTE_PARENT                     /* what tasks can be nested in: print,
                                           definitions, jobs, ... */
} pt_route_e;


typedef struct {
    pt_route_e   kind;
    ngx_str_t    definition;            /* slices of the path; TASK, and TASKS
                                           if they are of one definition */
    ngx_str_t    task;                  /* TASK only */
} pt_route_t;


/*
 * Whether a path is that of a task in its plainest form: names as they are
 * documented, bytes of ids ("A-Za-z0-9._~-"), no segment empty or ended by a
 * dot.  Then route is set, and the two below would find nothing else, with
 * this path for both raw and path; if not, they have to be asked.
 */
ngx_uint_t pt_route_plain(const ngx_str_t *path, pt_route_t *route);

/*
 * Recognises the resource at the end of a decoded path.  Names are compared
 * without regard to case, ids are not changed.  PT_PATH_INVALID where a
 * segment is a spelling of ours that only some servers read alike ("tasks;a",
 * "tasks(1)", " tasks"); PT_ID_INVALID for an id that is not 1-128 bytes of
 * "A-Za-z0-9._~-", or only dots.
 */
pt_reason_e pt_route_read(const ngx_str_t *path, pt_route_t *route);

/*
 * Decodes and recognises the path of a request as it goes to a back end.  The
 * room for the decoded path is as long as raw; where nothing is encoded, path
 * is raw itself.  It is empty with PT_PATH_INVALID.
 */
pt_reason_e pt_route_target(const ngx_str_t *raw, u_char *space,
    ngx_str_t *path, pt_route_t *route);

/*
 * The end of a decoded path from the first name that pt_route_read() knows:
 * what is before it is a prefix, of this server or another one.  The whole
 * path where there is no such name.
 */
void pt_route_resource(const ngx_str_t *path, ngx_str_t *resource);


#endif /* _PT_ROUTE_H_INCLUDED_ */
