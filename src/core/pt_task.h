
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The printTask of Microsoft Graph: its states, the update of a PATCH, the task
 * of a PUT, and their JSON.
 */


#ifndef _PT_TASK_H_INCLUDED_
#define _PT_TASK_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_arena.h"
#include "pt_reason.h"
#include "pt_route.h"


#define PT_DESCRIPTION_MAX  1024    /* bytes */
#define PT_PARENT_URL_MAX   2048


/* the order of the Graph enumeration printTaskProcessingState */

typedef enum {
    PT_PENDING = 0,
    PT_PROCESSING,
    PT_COMPLETED,
    PT_ABORTED,
    PT_UNKNOWN                      /* unknown, or absent */
} pt_state_e;

#define PT_STATES  PT_UNKNOWN       /* the number of states */


/* a set of states */

#define pt_state_bit(state)  (1u << (state))
#define PT_ANY_STATE         ((1u << PT_STATES) - 1)


typedef struct {
    ngx_str_t     description;      /* data == NULL: null */
    ngx_str_t     parent_url;       /* data == NULL: null */
    ngx_str_t     place;            /* of the memory store: the place in
                                       lists */
    pt_state_e    state;            /* PT_UNKNOWN: unknown */
} pt_task_t;


typedef struct {
    ngx_str_t     description;      /* data == NULL: null */
    pt_state_e    state;            /* PT_UNKNOWN: keep the state */
    unsigned      has_description:1;
} pt_update_t;


/* a task with its owner */

typedef struct {
    pt_task_t     task;
    ngx_str_t     app;              /* the owner, GUIDs in lower case; data
                                       == NULL: no owner */
    ngx_str_t     etag;             /* data == NULL: no tag */
} pt_owned_task_t;


/* the name of a state; empty for PT_UNKNOWN */
extern const ngx_str_t  pt_state_names[PT_STATES + 1];

/*
 * The state with a name, compared without regard to ASCII case, or with a
 * numeric value as a string ("2"), which OData allows.  PT_UNKNOWN: not a
 * state.
 */
pt_state_e pt_state_by_name(const ngx_str_t *name);


/* the scratch memory of the readers below for a text of len bytes */
size_t pt_task_scratch(size_t len);

/*
 * Reads the body of PATCH: {"status": {"state": ..., "description": ...}}.
 * Names and states are compared without regard to case.  Annotations and
 * read-only properties are ignored, except that an "id" of another task is
 * refused. "unknownFutureValue" counts as absent. update->description is a
 * slice of the text or of the arena.
 */
pt_reason_e pt_update_read(const ngx_str_t *text, const ngx_str_t *id,
    pt_arena_t *arena, pt_update_t *update);

/*
 * Reads the body of PUT in the same way: a whole printTask.  It needs a
 * "status" with a "state" other than "unknownFutureValue".  The owner is
 * "definition": {"createdBy": {"appId": ...}}.  Absent properties are null.
 * Strings are slices of the text or of the arena.
 */
pt_reason_e pt_put_read(const ngx_str_t *text, const pt_route_t *route,
    pt_arena_t *arena, pt_owned_task_t *put);

/*
 * Reads a printTask of a back end.  NGX_DECLINED: the text is not a printTask
 * with one of the four states, or has another id.  Strings are slices of the
 * text or of the arena.
 */
ngx_int_t pt_task_read(const ngx_str_t *text, const ngx_str_t *id,
    pt_arena_t *arena, pt_task_t *task);

/*
 * Writes the canonical body of an update, with only the given members in fixed
 * order; a printTask; a printTask with its owner and its entity tag, if they
 * are set, in a form that PUT accepts.  All return the end of the output, whose
 * size is at most pt_..._size().
 */
size_t pt_update_size(const pt_update_t *update);
u_char *pt_update_write(u_char *dst, const pt_update_t *update);

size_t pt_task_size(const pt_task_t *task, const ngx_str_t *id);
u_char *pt_task_write(u_char *dst, const pt_task_t *task,
    const ngx_str_t *id);

size_t pt_put_size(const pt_owned_task_t *put, const ngx_str_t *id);
u_char *pt_put_write(u_char *dst, const pt_owned_task_t *put,
    const ngx_str_t *id);


#endif /* _PT_TASK_H_INCLUDED_ */
