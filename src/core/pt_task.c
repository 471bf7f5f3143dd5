
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Reads the body of PATCH, and printTasks of back ends. */


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_str_list.h"
#include "pt_task.h"
#include "pt_task_json.h"


static pt_reason_e pt_update_member(const pt_json_t *member,
    const ngx_str_t *id, pt_update_t *update);
static pt_reason_e pt_task_state(const pt_json_t *member,
    pt_update_t *update);
static pt_reason_e pt_task_description(const pt_json_t *member,
    pt_update_t *update);

static ngx_int_t pt_task_text(const pt_json_t *object, const char *name,
    ngx_str_t *value);

static ngx_uint_t pt_is_blank(const ngx_str_t *text);
static ngx_uint_t pt_same_id(const ngx_str_t *a, const ngx_str_t *b);


/* in the order of pt_state_e */

const ngx_str_t  pt_state_names[] = {
    ngx_string("pending"),
    ngx_string("processing"),
    ngx_string("completed"),
    ngx_string("aborted"),
    ngx_null_string
};


/* large enough for a task with all properties that $expand adds */

static const pt_json_limits_t  pt_task_limits = {
    16,                          /* depth */
    512,                         /* values */
    1                            /* fold */
};


/* by pt_json_rc_e */

static const pt_reason_e  pt_task_reasons[] = {
    PT_OK,
    PT_JSON_SYNTAX,
    PT_JSON_ENCODING,
    PT_JSON_DUPLICATE,
    PT_JSON_LIMIT,
    PT_INTERNAL
};


/* properties of a printTask that clients may send back, in addition to "id" */

static const ngx_str_t  pt_task_read_only[] = {
    ngx_string("parentUrl"),
    ngx_string("definition"),
    ngx_string("trigger")
};


pt_state_e
pt_state_by_name(const ngx_str_t *name)
{
    ngx_uint_t  state;

    if (name->len == 1 && name->data[0] >= '0'
        && name->data[0] < '0' + PT_STATES)
    {
        return (pt_state_e) (name->data[0] - '0');
    }

    for (state = 0; state < PT_STATES; state++) {
        if (pt_json_same_fold(name, pt_state_names[state].data,
                              pt_state_names[state].len))
        {
            return (pt_state_e) state;
        }
    }

    return PT_UNKNOWN;
}


size_t
pt_task_scratch(size_t len)
{
    return pt_json_scratch(len, &pt_task_limits) + NGX_ALIGNMENT + PT_APP_MAX;
}


pt_reason_e
pt_task_json(const ngx_str_t *text, pt_arena_t *arena, pt_json_t **root)
{
    pt_json_rc_e  rc;

    if (pt_is_blank(text)) {
        return PT_BODY_EMPTY;
    }

    rc = pt_json_read(text, &pt_task_limits, arena, root);

    if (rc != PT_JSON_RC_OK) {
        return pt_task_reasons[rc];
    }

    return ((*root)->type == PT_JSON_OBJECT) ? PT_OK : PT_PROPERTY_TYPE;
}


pt_reason_e
pt_update_read(const ngx_str_t *text, const ngx_str_t *id, pt_arena_t *arena,
    pt_update_t *update)
{
    pt_json_t        *root;
    pt_reason_e       reason;
    const pt_json_t  *member;

    ngx_str_null(&update->description);
    update->state = PT_UNKNOWN;
    update->has_description = 0;

    reason = pt_task_json(text, arena, &root);

    if (reason != PT_OK) {
        return reason;
    }

    for (member = root->child; member; member = member->next) {
        reason = pt_update_member(member, id, update);

        if (reason != PT_OK) {
            return reason;
        }
    }

    return PT_OK;
}


static pt_reason_e
pt_update_member(const pt_json_t *member, const ngx_str_t *id,
    pt_update_t *update)
{
    ngx_uint_t  i, n;

    if (pt_json_is(&member->name, "status")) {
        return pt_task_status(member, update);
    }

    if (pt_json_is(&member->name, "id")) {
        return pt_task_id(member, id);
    }

    n = sizeof(pt_task_read_only) / sizeof(ngx_str_t);

    for (i = 0; i < n; i++) {
        if (pt_json_same_fold(&member->name, pt_task_read_only[i].data,
                              pt_task_read_only[i].len))
        {
            return PT_OK;
        }
    }

    return pt_task_is_annotation(&member->name) ? PT_OK : PT_PROPERTY_UNKNOWN;
}


pt_reason_e
pt_task_id(const pt_json_t *member, const ngx_str_t *id)
{
    /* clients that never read the task send its properties as null */

    if (member->type == PT_JSON_NULL) {
        return PT_OK;
    }

    if (member->type != PT_JSON_STRING) {
        return PT_PROPERTY_TYPE;
    }

    return pt_same_id(&member->value, id) ? PT_OK : PT_ID_MISMATCH;
}


pt_reason_e
pt_task_status(const pt_json_t *status, pt_update_t *update)
{
    pt_reason_e       reason;
    const pt_json_t  *member;

    /* null would delete the status, and a task has no such state */

    if (status->type != PT_JSON_OBJECT) {
        return PT_PROPERTY_TYPE;
    }

    for (member = status->child; member; member = member->next) {

        if (pt_json_is(&member->name, "state")) {
            reason = pt_task_state(member, update);

        } else if (pt_json_is(&member->name, "description")) {
            reason = pt_task_description(member, update);

        } else {
            reason = pt_task_is_annotation(&member->name)
                     ? PT_OK : PT_PROPERTY_UNKNOWN;
        }

        if (reason != PT_OK) {
            return reason;
        }
    }

    return PT_OK;
}


static pt_reason_e
pt_task_state(const pt_json_t *member, pt_update_t *update)
{
    if (member->type != PT_JSON_STRING) {
        return PT_STATE_INVALID;
    }

    update->state = pt_state_by_name(&member->value);

    if (update->state != PT_UNKNOWN) {
        return PT_OK;
    }

    /* the sentinel of an evolvable enumeration keeps the state */

    if (pt_json_is(&member->value, "unknownFutureValue")
        || pt_json_is(&member->value, "4"))
    {
        return PT_OK;
    }

    return PT_STATE_INVALID;
}


static pt_reason_e
pt_task_description(const pt_json_t *member, pt_update_t *update)
{
    if (member->type == PT_JSON_STRING) {

        if (member->value.len > PT_DESCRIPTION_MAX) {
            return PT_DESCRIPTION_TOO_LONG;
        }

        update->description = member->value;

    } else if (member->type != PT_JSON_NULL) {
        return PT_PROPERTY_TYPE;
    }

    update->has_description = 1;

    return PT_OK;
}


ngx_int_t
pt_task_read(const ngx_str_t *text, const ngx_str_t *id, pt_arena_t *arena,
    pt_task_t *task)
{
    pt_task_t         read;
    pt_json_t        *root;
    pt_json_rc_e      rc;
    const pt_json_t  *member, *status;

    rc = pt_json_read(text, &pt_task_limits, arena, &root);

    if (rc != PT_JSON_RC_OK) {
        return (rc == PT_JSON_RC_MEMORY) ? NGX_ERROR : NGX_DECLINED;
    }

    member = pt_json_member_fold(root, "id");

    if (member == NULL
        || member->type != PT_JSON_STRING
        || !pt_same_id(&member->value, id))
    {
        return NGX_DECLINED;
    }

    status = pt_json_member_fold(root, "status");

    if (status == NULL) {
        return NGX_DECLINED;
    }

    member = pt_json_member_fold(status, "state");

    if (member == NULL || member->type != PT_JSON_STRING) {
        return NGX_DECLINED;
    }

    read.state = pt_state_by_name(&member->value);

    if (read.state == PT_UNKNOWN
        || pt_task_text(status, "description", &read.description) != NGX_OK
        || pt_task_text(root, "parentUrl", &read.parent_url) != NGX_OK)
    {
        return NGX_DECLINED;
    }

    *task = read;

    return NGX_OK;
}


/* reads a string or null; an absent member is the same as null */

static ngx_int_t
pt_task_text(const pt_json_t *object, const char *name, ngx_str_t *value)
{
    const pt_json_t  *member;

    ngx_str_null(value);

    member = pt_json_member_fold(object, name);

    if (member == NULL || member->type == PT_JSON_NULL) {
        return NGX_OK;
    }

    if (member->type != PT_JSON_STRING) {
        return NGX_DECLINED;
    }

    *value = member->value;

    return NGX_OK;
}


static ngx_uint_t
pt_is_blank(const ngx_str_t *text)
{
    size_t  i;

    for (i = 0; i < text->len; i++) {

        switch (text->data[i]) {

        case ' ':
        case '\t':
        case '\n':
        case '\r':
            continue;

        default:
            return 0;
        }
    }

    return 1;
}


ngx_uint_t
pt_task_is_annotation(const ngx_str_t *name)
{
    return ngx_strlchr(name->data, name->data + name->len, '@') != NULL;
}


/* compares ids as store keys do */

static ngx_uint_t
pt_same_id(const ngx_str_t *a, const ngx_str_t *b)
{
    u_char  keys[2][PT_ID_MAX];

    if (a->len != b->len || a->len > PT_ID_MAX) {
        return 0;
    }

    if (ngx_memcmp(a->data, b->data, a->len) == 0) {
        return 1;
    }

    pt_route_id_key(keys[0], a);
    pt_route_id_key(keys[1], b);

    return ngx_memcmp(keys[0], keys[1], a->len) == 0;
}
