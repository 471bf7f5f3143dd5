
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Reads the body of PUT. */


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_str_list.h"
#include "pt_task.h"
#include "pt_task_json.h"


static pt_reason_e pt_put_member(const pt_json_t *member,
    const pt_route_t *route, pt_owned_task_t *put, pt_update_t *update);
static pt_reason_e pt_put_parent_url(const pt_json_t *member, ngx_str_t *url);
static pt_reason_e pt_put_definition(const pt_json_t *definition,
    const ngx_str_t *id, ngx_str_t *app);
static pt_reason_e pt_put_owner(const pt_json_t *owner, ngx_str_t *app);
static ngx_uint_t pt_put_has_state(const pt_json_t *root);
static ngx_int_t pt_put_fold(ngx_str_t *app, pt_arena_t *arena);


/* properties of an appIdentity that are ignored; only "appId" counts */

static const ngx_str_t  pt_put_identity[] = {
    ngx_string("displayName"),
    ngx_string("servicePrincipalId"),
    ngx_string("servicePrincipalName")
};


pt_reason_e
pt_put_read(const ngx_str_t *text, const pt_route_t *route, pt_arena_t *arena,
    pt_owned_task_t *put)
{
    pt_json_t        *root;
    pt_update_t       update;
    pt_reason_e       reason;
    const pt_json_t  *member;

    ngx_memzero(put, sizeof(pt_owned_task_t));
    ngx_memzero(&update, sizeof(pt_update_t));

    update.state = PT_UNKNOWN;

    reason = pt_task_json(text, arena, &root);

    if (reason != PT_OK) {
        return reason;
    }

    for (member = root->child; member; member = member->next) {
        reason = pt_put_member(member, route, put, &update);

        if (reason != PT_OK) {
            return reason;
        }
    }

    /* a task cannot be in the sentinel state of an evolvable enumeration */

    if (update.state == PT_UNKNOWN) {
        return pt_put_has_state(root) ? PT_STATE_INVALID : PT_PROPERTY_MISSING;
    }

    put->task.state = update.state;
    put->task.description = update.description;

    return (pt_put_fold(&put->app, arena) == NGX_OK) ? PT_OK : PT_INTERNAL;
}


static pt_reason_e
pt_put_member(const pt_json_t *member, const pt_route_t *route,
    pt_owned_task_t *put,
    pt_update_t *update)
{
    if (pt_task_is_annotation(&member->name)) {
        return PT_OK;
    }

    if (pt_json_is(&member->name, "status")) {
        return pt_task_status(member, update);
    }

    if (pt_json_is(&member->name, "id")) {
        return pt_task_id(member, &route->task);
    }

    if (pt_json_is(&member->name, "parentUrl")) {
        return pt_put_parent_url(member, &put->task.parent_url);
    }

    if (pt_json_is(&member->name, "definition")) {
        return pt_put_definition(member, &route->definition, &put->app);
    }

    /* the trigger of a task does not concern the gateway */

    if (pt_json_is(&member->name, "trigger")) {
        return PT_OK;
    }

    return PT_PROPERTY_UNKNOWN;
}


static pt_reason_e
pt_put_parent_url(const pt_json_t *member, ngx_str_t *url)
{
    if (member->type == PT_JSON_NULL) {
        return PT_OK;
    }

    if (member->type != PT_JSON_STRING) {
        return PT_PROPERTY_TYPE;
    }

    if (member->value.len > PT_PARENT_URL_MAX) {
        return PT_PARENT_URL_TOO_LONG;
    }

    *url = member->value;

    return PT_OK;
}


/* of a printTaskDefinition, only the application that created it is needed */

static pt_reason_e
pt_put_definition(const pt_json_t *definition, const ngx_str_t *id,
    ngx_str_t *app)
{
    pt_reason_e       reason;
    const pt_json_t  *member;

    if (definition->type == PT_JSON_NULL) {
        return PT_OK;
    }

    if (definition->type != PT_JSON_OBJECT) {
        return PT_PROPERTY_TYPE;
    }

    for (member = definition->child; member; member = member->next) {

        if (pt_task_is_annotation(&member->name)
            || pt_json_is(&member->name, "displayName"))
        {
            continue;
        }

        if (pt_json_is(&member->name, "createdBy")) {
            reason = pt_put_owner(member, app);

        } else if (pt_json_is(&member->name, "id")) {
            reason = pt_task_id(member, id);

        } else {
            reason = PT_PROPERTY_UNKNOWN;
        }

        if (reason != PT_OK) {
            return reason;
        }
    }

    return PT_OK;
}


/* an owner must have an id that a token can have */

static pt_reason_e
pt_put_owner(const pt_json_t *owner, ngx_str_t *app)
{
    ngx_uint_t        i, n;
    const pt_json_t  *member;

    if (owner->type == PT_JSON_NULL) {
        return PT_OK;
    }

    if (owner->type != PT_JSON_OBJECT) {
        return PT_PROPERTY_TYPE;
    }

    n = sizeof(pt_put_identity) / sizeof(ngx_str_t);

    for (member = owner->child; member; member = member->next) {

        if (pt_task_is_annotation(&member->name)) {
            continue;
        }

        if (pt_json_is(&member->name, "appId")) {

            if (member->type != PT_JSON_STRING) {
                return PT_OWNER_INVALID;
            }

            *app = member->value;
            continue;
        }

        for (i = 0; i < n; i++) {
            if (pt_json_same_fold(&member->name, pt_put_identity[i].data,
                                  pt_put_identity[i].len))
            {
                break;
            }
        }

        if (i == n) {
            return PT_PROPERTY_UNKNOWN;
        }
    }

    return pt_str_list_is_app(app) ? PT_OK : PT_OWNER_INVALID;
}


static ngx_uint_t
pt_put_has_state(const pt_json_t *root)
{
    const pt_json_t  *status;

    status = pt_json_member_fold(root, "status");

    return status != NULL && pt_json_member_fold(status, "state") != NULL;
}


/* in the form of tokens, so that ids are compared byte by byte */

static ngx_int_t
pt_put_fold(ngx_str_t *app, pt_arena_t *arena)
{
    u_char  *p;

    if (app->data == NULL) {
        return NGX_OK;
    }

    p = pt_arena_alloc(arena, app->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    (void) pt_route_id_key(p, app);

    app->data = p;

    return NGX_OK;
}
