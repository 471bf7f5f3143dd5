
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Decides about an update by the legal transitions and a snapshot. */


#include "pt_rules.h"


typedef enum {
    PT_CHANGE_NOTHING = 0,              /* the update is empty */
    PT_CHANGE_LEGAL,
    PT_CHANGE_REPEAT,                   /* a final task has these values
                                           already */
    PT_CHANGE_ILLEGAL
} pt_change_e;


static pt_change_e pt_rules_change(const pt_rules_t *rules,
    const pt_task_t *task, const pt_update_t *update);
static ngx_uint_t pt_rules_same_description(const pt_task_t *task,
    const pt_update_t *update);
static ngx_uint_t pt_rules_must_wait(const pt_rules_t *rules,
    const pt_decision_input_t *input);
static ngx_uint_t pt_rules_of_another(const pt_decision_input_t *input);
static ngx_uint_t pt_rules_is_fresh(const pt_decision_input_t *input);
static ngx_uint_t pt_rules_proven(const pt_rules_t *rules,
    const pt_decision_input_t *input);


void
pt_rules_default(pt_rules_t *rules)
{
    pt_rules_set(rules, PT_PENDING, pt_state_bit(PT_PROCESSING)
                                    |pt_state_bit(PT_COMPLETED)
                                    |pt_state_bit(PT_ABORTED));

    pt_rules_set(rules, PT_PROCESSING, pt_state_bit(PT_COMPLETED)
                                       |pt_state_bit(PT_ABORTED));

    pt_rules_set(rules, PT_COMPLETED, 0);
    pt_rules_set(rules, PT_ABORTED, 0);
}


void
pt_rules_set(pt_rules_t *rules, pt_state_e from, ngx_uint_t next)
{
    rules->next[from] = next & ~pt_state_bit(from);
}


void
pt_rules_compile(pt_rules_t *rules)
{
    ngx_uint_t  from, to, known;

    rules->final = 0;

    for (from = 0; from < PT_STATES; from++) {
        if (rules->next[from] == 0) {
            rules->final |= pt_state_bit(from);
        }
    }

    for (to = 0; to < PT_STATES; to++) {
        rules->sources[to] = 0;

        for (from = 0; from < PT_STATES; from++) {
            if (rules->next[from] & pt_state_bit(to)) {
                rules->sources[to] |= pt_state_bit(from);
            }
        }
    }

    for (to = 0; to < PT_STATES; to++) {
        rules->reach[to] = pt_state_bit(to);

        do {
            known = rules->reach[to];

            for (from = 0; from < PT_STATES; from++) {
                if (rules->next[from] & known) {
                    rules->reach[to] |= pt_state_bit(from);
                }
            }

        } while (rules->reach[to] != known);
    }
}


/* in a final state only an exact repeat is legal */

ngx_uint_t
pt_rules_reach(const pt_rules_t *rules, const pt_update_t *update)
{
    if (update->state == PT_UNKNOWN) {
        return PT_ANY_STATE & ~rules->final;
    }

    return rules->reach[update->state] & ~rules->final;
}


ngx_uint_t
pt_rules_sources(const pt_rules_t *rules, const pt_update_t *update)
{
    if (update->state == PT_UNKNOWN) {
        return PT_ANY_STATE & ~rules->final;
    }

    return (rules->sources[update->state] | pt_state_bit(update->state))
           & ~rules->final;
}


ngx_uint_t
pt_rules_is_made(const pt_task_t *task, const pt_update_t *update)
{
    return (update->state == PT_UNKNOWN || update->state == task->state)
           && pt_rules_same_description(task, update);
}


pt_action_e
pt_rules_decide(const pt_rules_t *rules, const pt_decision_input_t *input,
    pt_reason_e *reason)
{
    pt_change_e       change;
    const pt_task_t  *task;

    task = &input->snapshot->task;

    if (task->state == PT_UNKNOWN) {

        if (!input->refetched) {
            return PT_REFETCH;
        }

        /* a second refetch could loop without end */
        *reason = PT_REFETCH_FAILED;
        return PT_REFUSE;
    }

    change = pt_rules_change(rules, task, input->update);

    if (change != PT_CHANGE_NOTHING && pt_rules_must_wait(rules, input)) {
        *reason = PT_TASK_BUSY;
        return PT_REFUSE;
    }

    switch (change) {

    case PT_CHANGE_LEGAL:
        return pt_rules_of_another(input) ? PT_REFETCH : PT_FORWARD;

    case PT_CHANGE_NOTHING:
    case PT_CHANGE_REPEAT:
        return pt_rules_proven(rules, input) ? PT_REPEAT : PT_REFETCH;

    case PT_CHANGE_ILLEGAL:
        break;
    }

    if (!pt_rules_proven(rules, input)) {
        return PT_REFETCH;
    }

    *reason = (task->state == input->update->state
               || input->update->state == PT_UNKNOWN)
              ? PT_TASK_FINAL : PT_TRANSITION_NOT_ALLOWED;

    return PT_REFUSE;
}


static pt_change_e
pt_rules_change(const pt_rules_t *rules, const pt_task_t *task,
    const pt_update_t *update)
{
    ngx_uint_t  final;

    if (update->state == PT_UNKNOWN && !update->has_description) {
        return PT_CHANGE_NOTHING;
    }

    final = rules->final & pt_state_bit(task->state);

    if (update->state == PT_UNKNOWN || update->state == task->state) {

        if (!final) {
            return PT_CHANGE_LEGAL;
        }

        return pt_rules_same_description(task, update) ? PT_CHANGE_REPEAT
                                                       : PT_CHANGE_ILLEGAL;
    }

    return (rules->next[task->state] & pt_state_bit(update->state))
           ? PT_CHANGE_LEGAL : PT_CHANGE_ILLEGAL;
}


static ngx_uint_t
pt_rules_same_description(const pt_task_t *task, const pt_update_t *update)
{
    if (!update->has_description) {
        return 1;
    }

    if (task->description.data == NULL || update->description.data == NULL) {
        return task->description.data == update->description.data;
    }

    return task->description.len == update->description.len
           && ngx_memcmp(task->description.data, update->description.data,
                         task->description.len) == 0;
}


/*
 * While a change may be in progress, only a final state at the back end is
 * reliable.
 */

static ngx_uint_t
pt_rules_must_wait(const pt_rules_t *rules, const pt_decision_input_t *input)
{
    return input->refetched
           && input->leased_by_other
           && !(rules->final & pt_state_bit(input->snapshot->task.state));
}


/* whether the record may be shown to this application and is still valid */

static ngx_uint_t
pt_rules_proven(const pt_rules_t *rules, const pt_decision_input_t *input)
{
    const pt_update_t    *update;
    const pt_snapshot_t  *snapshot;

    if (input->refetched) {
        return 1;
    }

    snapshot = input->snapshot;

    if (snapshot->app.data == NULL || pt_rules_of_another(input)) {
        return 0;
    }

    if (pt_rules_is_fresh(input)) {
        return 1;
    }

    if (rules->final & pt_state_bit(snapshot->task.state)) {
        return 1;
    }

    update = input->update;

    return update->state != PT_UNKNOWN
           && !(rules->reach[update->state]
                & pt_state_bit(snapshot->task.state));
}


/* the back end gave the state in the record to another application */

static ngx_uint_t
pt_rules_of_another(const pt_decision_input_t *input)
{
    const ngx_str_t  *app;

    app = &input->snapshot->app;

    return !input->refetched
           && app->data != NULL
           && (app->len != input->app->len
               || ngx_memcmp(app->data, input->app->data, app->len) != 0);
}


/*
 * A time in the future comes from another clock and proves nothing.  The same
 * holds for a state from before a change whose outcome is unknown.
 */

static ngx_uint_t
pt_rules_is_fresh(const pt_decision_input_t *input)
{
    const pt_snapshot_t  *snapshot;

    snapshot = input->snapshot;

    return !input->leased_by_other
           && snapshot->confirmed != 0
           && snapshot->confirmed <= snapshot->now
           && snapshot->now - snapshot->confirmed <= input->max_age;
}
