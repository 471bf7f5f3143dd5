
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Which state may follow which, and what to do with an update of a task whose
 * state was seen at some time before: the step "decide".
 */


#ifndef _PT_RULES_H_INCLUDED_
#define _PT_RULES_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_reason.h"
#include "pt_task.h"


/* compiled at load from a table of legal steps, never changed after */

typedef struct {
    ngx_uint_t       next[PT_STATES];     /* from: states one step away */
    ngx_uint_t       sources[PT_STATES];  /* to: states with a step to it */
    ngx_uint_t       reach[PT_STATES];    /* to: states with any way to it */
    ngx_uint_t       final;               /* states without a step */
} pt_rules_t;


/* a task as it was last seen */

typedef struct {
    pt_task_t        task;                /* task.state PT_UNKNOWN: not known */
    ngx_str_t        app;                 /* the application that the back end
                                             accepted; data == NULL: none */
    uint64_t         rev;
    uint64_t         confirmed;           /* ms since the epoch, 0: never */
    uint64_t         now;                 /* of the same clock */
    uint64_t         lease_left;          /* ms, of the lease of another; 0:
                                             there is none, or not known */
} pt_snapshot_t;


/* a task of a list */

typedef struct {
    ngx_str_t        id;
    pt_snapshot_t    snapshot;
} pt_listed_t;


typedef enum {
    PT_FORWARD = 0,         /* a legal change */
    PT_REPEAT,              /* nothing would change: answer with the task */
    PT_REFETCH,               /* not known well enough to decide */
    PT_REFUSE
} pt_action_e;


typedef struct {
    const pt_snapshot_t  *snapshot;
    const pt_update_t    *update;
    const ngx_str_t      *app;            /* who asks */
    uint64_t              max_age;        /* ms that an observation is good
                                             for */
    unsigned              refetched:1;    /* the back end has just answered a
                                             request of this application */
    unsigned              leased_by_other:1;  /* another request changes it */
} pt_decision_input_t;


/* the table of the documentation */
void pt_rules_default(pt_rules_t *rules);

/* replaces the row of a state; pt_rules_compile() has to follow */
void pt_rules_set(pt_rules_t *rules, pt_state_e from, ngx_uint_t next);

/* computes all the rest from rules->next */
void pt_rules_compile(pt_rules_t *rules);

/*
 * The states from which an update could be legal by some sequence of legal
 * steps: where the task is in none of them, a refusal is proven.
 */
ngx_uint_t pt_rules_reach(const pt_rules_t *rules, const pt_update_t *update);

/*
 * The states from which an update is legal at once, for stores that change a
 * task in one atomic step.
 */
ngx_uint_t pt_rules_sources(const pt_rules_t *rules,
    const pt_update_t *update);

/* whether the task is as the update would have it */
ngx_uint_t pt_rules_is_made(const pt_task_t *task, const pt_update_t *update);

/*
 * The verdict, and with PT_REFUSE the *reason.  With question->learned the
 * verdict is never PT_REFETCH.
 *
 * Where another request holds the task and the back end says that it is not
 * final, what is asked for has to wait: PT_TASK_BUSY.
 *
 * A refusal needs proof: the state was seen within question->fresh and nobody
 * is changing it, or no way leads from it to the state asked for.  An answer
 * out of the record needs the application that the record is of; another one
 * learns first, whatever it asks for.
 */
pt_action_e pt_rules_decide(const pt_rules_t *rules,
    const pt_decision_input_t *input, pt_reason_e *reason);


#endif /* _PT_RULES_H_INCLUDED_ */
