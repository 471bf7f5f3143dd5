
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * A change of a stored task.  The changes of all tasks of a definition are a
 * stream: their order in it is the order in which they were made.
 */


#ifndef _PT_EVENT_H_INCLUDED_
#define _PT_EVENT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_task.h"


/* bytes of a position in a stream, which is opaque for all but its store */
#define PT_EVENT_POSITION_MAX  64


typedef enum {
    PT_EVENT_CREATED = 0,
    PT_EVENT_UPDATED,
    PT_EVENT_DELETED,
    PT_EVENTS
} pt_event_type_e;


typedef struct {
    ngx_str_t          position;         /* of a reader that has got this event,
                                            and all before it */
    pt_event_type_e    type;
    ngx_str_t          id;
    pt_task_t          task;             /* after the change; DELETED: before
                                            it */
    ngx_str_t          app;              /* the owner; data == NULL: none */
    uint64_t           rev;              /* DELETED: the last one */
    uint64_t           time;             /* ms since the epoch */
} pt_event_t;


/* by pt_event_type_e: "created", "updated", "deleted" */
extern const ngx_str_t  pt_event_names[PT_EVENTS];

/* PT_EVENTS: there is no type of this name */
pt_event_type_e pt_event_by_name(const ngx_str_t *name);


#endif /* _PT_EVENT_H_INCLUDED_ */
