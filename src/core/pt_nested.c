
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Searches a JSON body for nested tasks. */


#include "pt_json.h"
#include "pt_nested.h"


#define PT_NESTED_NAME  "tasks"


static ngx_uint_t pt_nested_has_tasks(const pt_json_t *value);


/* large enough for a printer with all its capabilities */

static const pt_json_limits_t  pt_nested_limits = {
    32,                          /* depth */
    4096,                        /* values */
    1                            /* fold */
};


/* by pt_json_rc_e */

static const pt_reason_e  pt_nested_reasons[] = {
    PT_OK,
    PT_JSON_SYNTAX,
    PT_JSON_ENCODING,
    PT_JSON_DUPLICATE,
    PT_JSON_LIMIT
};


size_t
pt_nested_scratch(size_t len)
{
    return pt_json_scratch(len, &pt_nested_limits);
}


pt_reason_e
pt_nested_read(const ngx_str_t *text, pt_arena_t *arena)
{
    pt_json_t     *root;
    pt_json_rc_e   rc;

    rc = pt_json_read(text, &pt_nested_limits, arena, &root);

    if (rc != PT_JSON_RC_OK) {
        return pt_nested_reasons[rc];
    }

    return pt_nested_has_tasks(root) ? PT_NESTED_TASKS : PT_OK;
}


/* the recursion is bounded by the depth of pt_nested_limits */

static ngx_uint_t
pt_nested_has_tasks(const pt_json_t *value)
{
    ngx_str_t         name;
    const pt_json_t  *child;

    for (child = value->child; child; child = child->next) {

        if (value->type == PT_JSON_OBJECT
            && child->name.len >= sizeof(PT_NESTED_NAME) - 1)
        {
            name = child->name;

            if (name.len > sizeof(PT_NESTED_NAME) - 1
                && name.data[sizeof(PT_NESTED_NAME) - 1] == '@')
            {
                name.len = sizeof(PT_NESTED_NAME) - 1;
            }

            if (pt_json_is(&name, PT_NESTED_NAME)) {
                return 1;
            }
        }

        if (pt_nested_has_tasks(child)) {
            return 1;
        }
    }

    return 0;
}
