
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The step "decide": which transitions are legal, and the action for an update
 * of a task whose state was observed at some time.
 */


#ifndef _PT_RULES_H_INCLUDED_
#define _PT_RULES_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_reason.h"
#include "pt_task.h"


/* compiled at load from the table of legal transitions, then constant */

typedef struct {
    ngx_uint_t       next[PT_STATES];     /* from: states one transition away */
    ngx_uint_t       sources[PT_STATES];  /* to: states with a transition to
                                             it */
    ngx_uint_t       reach[PT_STATES];    /* to: states with any path to it */
    ngx_uint_t       final;               /* states without a transition */
} pt_rules_t;


/* a task as last observed */

typedef struct {
    pt_task_t        task;                /* task.state PT_UNKNOWN: unknown */
    ngx_str_t        app;                 /* the application that the back
                                             end accepted; data == NULL: none */
    uint64_t         rev;
    uint64_t         confirmed;           /* ms since the epoch, 0: never */
    uint64_t         now;                 /* the current time of the same
                                             clock */
    uint64_t         lease_left;          /* ms, of the lease of another
                                             request; 0: no lease, or unknown */
} pt_snapshot_t;


/* a task in a list */

typedef struct {
    ngx_str_t        id;
    pt_snapshot_t    snapshot;
    uint64_t         since;               /* OVERDUE: when the task was put, ms
                                             since the epoch */
    ngx_str_t        definition;          /* OVERDUE: "REALM/TENANT/DEFINITION",
                                             as in keys; data == NULL: unknown
                                             */
} pt_listed_t;


typedef enum {
    PT_FORWARD = 0,         /* a legal change */
    PT_REPEAT,              /* nothing would change: answer with the task */
    PT_REFETCH,               /* the record does not suffice for a decision */
    PT_REFUSE
} pt_action_e;


typedef struct {
    const pt_snapshot_t  *snapshot;
    const pt_update_t    *update;
    const ngx_str_t      *app;            /* the application of the request */
    uint64_t              max_age;        /* ms during which an observation
                                             is reliable */
    unsigned              refetched:1;    /* the back end has just answered a
                                             request of this application */
    unsigned              leased_by_other:1;  /* another request changes the
                                                 task */
} pt_decision_input_t;


/* the table of transitions in the documentation */
void pt_rules_default(pt_rules_t *rules);

/* replaces the row of a state; pt_rules_compile() has to follow */
void pt_rules_set(pt_rules_t *rules, pt_state_e from, ngx_uint_t next);

/* computes the other sets from rules->next */
void pt_rules_compile(pt_rules_t *rules);

/*
 * The states from which a sequence of legal transitions could make the update
 * legal.  A refusal is proven if the task is in another state.
 */
ngx_uint_t pt_rules_reach(const pt_rules_t *rules, const pt_update_t *update);

/*
 * The states from which an update is legal at once, for stores that change a
 * task in one atomic step.
 */
ngx_uint_t pt_rules_sources(const pt_rules_t *rules,
    const pt_update_t *update);

/* whether the task has the values of the update already */
ngx_uint_t pt_rules_is_made(const pt_task_t *task, const pt_update_t *update);

/*
 * Decides about an update.  With PT_REFUSE *reason is set.  If input->refetched
 * is set, the action is never PT_REFETCH.
 * If another request holds the task and the back end's state is not final, the
 * update has to wait: PT_TASK_BUSY.
 * A refusal needs proof: either the state is at most input->max_age old and no
 * request changes it, or no path of transitions leads from it to the requested
 * state.  An answer from the record is only for the application of the record;
 * for another one the action is a refetch first, whatever the update is.
 */
pt_action_e pt_rules_decide(const pt_rules_t *rules,
    const pt_decision_input_t *input, pt_reason_e *reason);


#endif /* _PT_RULES_H_INCLUDED_ */
