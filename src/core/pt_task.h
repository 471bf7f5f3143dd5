
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The printTask of Microsoft Graph: its states, the update that a PATCH asks
 * for, the task that a PUT makes, and all of them as JSON.
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


/* the order is that of the Graph enumeration printTaskProcessingState */

typedef enum {
    PT_PENDING = 0,
    PT_PROCESSING,
    PT_COMPLETED,
    PT_ABORTED,
    PT_UNKNOWN                      /* not known, or none given */
} pt_state_e;

#define PT_STATES  PT_UNKNOWN       /* the number of known states */


/* a set of states */

#define pt_state_bit(state)  (1u << (state))
#define PT_ANY_STATE         ((1u << PT_STATES) - 1)


typedef struct {
    ngx_str_t     description;      /* data == NULL: null */
    ngx_str_t     parent_url;       /* data == NULL: null */
    ngx_str_t     place;            /* of a store in memory: in its lists */
    pt_state_e    state;            /* PT_UNKNOWN: not known */
} pt_task_t;


typedef struct {
    ngx_str_t     description;      /* data == NULL: null */
    pt_state_e    state;            /* PT_UNKNOWN: leave it as it is */
    unsigned      has_description:1;
} pt_update_t;


/* a task with its owner */

typedef struct {
    pt_task_t     task;
    ngx_str_t     app;              /* the owner, GUIDs in lower case;
                                       data == NULL: none */
    ngx_str_t     etag;             /* data == NULL: none */
} pt_owned_task_t;


/* the name of a state; empty for PT_UNKNOWN */
extern const ngx_str_t  pt_state_names[PT_STATES + 1];

/*
 * The state of that name, compared without regard to ASCII case, or of that
 * numeric value as a string ("2"), which OData allows.  PT_UNKNOWN if none.
 */
pt_state_e pt_state_by_name(const ngx_str_t *name);


/* scratch memory that the readers below need for a text of len bytes */
size_t pt_task_scratch(size_t len);

/*
 * Reads the body of PATCH: {"status": {"state": ..., "description": ...}}.
 * Names and states are compared without regard to case, annotations and
 * read-only properties are ignored, but an "id" other than the task's is
 * refused.  "unknownFutureValue" counts as absent.
 * update->description is a slice of the text or of the arena.
 */
pt_reason_e pt_update_read(const ngx_str_t *text, const ngx_str_t *id,
    pt_arena_t *arena, pt_update_t *update);

/*
 * Reads the body of PUT, in the same way: a whole printTask, of which "status"
 * with a "state" is required, "unknownFutureValue" is none.  The owner is
 * "definition": {"createdBy": {"appId": ...}}.  What is left out is null.
 * Strings are slices of the text or of the arena.
 */
pt_reason_e pt_put_read(const ngx_str_t *text, const pt_route_t *route,
    pt_arena_t *arena, pt_owned_task_t *put);

/*
 * Reads a printTask that a back end sent.  NGX_OK; NGX_DECLINED if the text is
 * not a printTask with one of the four states, or has another id.
 * Strings are slices of the text or of the arena.
 */
ngx_int_t pt_task_read(const ngx_str_t *text, const ngx_str_t *id,
    pt_arena_t *arena, pt_task_t *task);

/*
 * The canonical body of an update, with only the members given, in fixed
 * order; a printTask; and one with its owner and its entity tag, if there are
 * any, in the form that can be put again.  All return the end of what was
 * written; the number of bytes needed is at most pt_..._size().
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
