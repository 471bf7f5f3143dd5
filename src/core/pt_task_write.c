
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Writes the canonical body of an update, and printTasks. */


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_json.h"
#include "pt_task.h"


static u_char *pt_members_write(u_char *dst, const pt_task_t *task,
    const ngx_str_t *id);
static size_t pt_status_size(pt_state_e state, const ngx_str_t *description);
static u_char *pt_status_write(u_char *dst, pt_state_e state,
    const ngx_str_t *description);
static size_t pt_text_size(const ngx_str_t *text);
static u_char *pt_text_write(u_char *dst, const ngx_str_t *text);


size_t
pt_update_size(const pt_update_t *update)
{
    return sizeof("{\"status\":}") - 1
           + pt_status_size(update->state, update->has_description
                                           ? &update->description : NULL);
}


u_char *
pt_update_write(u_char *dst, const pt_update_t *update)
{
    dst = pt_write(dst, "{\"status\":");
    dst = pt_status_write(dst, update->state, update->has_description
                                              ? &update->description : NULL);
    dst = pt_write(dst, "}");

    return dst;
}


size_t
pt_task_size(const pt_task_t *task, const ngx_str_t *id)
{
    return sizeof("{\"id\":,\"parentUrl\":,\"status\":}") - 1
           + pt_text_size(id)
           + pt_text_size(&task->parent_url)
           + pt_status_size(task->state, &task->description);
}


u_char *
pt_task_write(u_char *dst, const pt_task_t *task, const ngx_str_t *id)
{
    dst = pt_write(dst, "{");
    dst = pt_members_write(dst, task, id);

    return pt_write(dst, "}");
}


size_t
pt_put_size(const pt_owned_task_t *put, const ngx_str_t *id)
{
    size_t  size;

    size = pt_task_size(&put->task, id);

    if (put->app.data != NULL) {
        size += sizeof(",\"definition\":{\"createdBy\":{\"appId\":}}") - 1
                + pt_text_size(&put->app);
    }

    if (put->etag.data != NULL) {
        size += sizeof("\"@odata.etag\":,") - 1 + pt_text_size(&put->etag);
    }

    return size;
}


u_char *
pt_put_write(u_char *dst, const pt_owned_task_t *put, const ngx_str_t *id)
{
    dst = pt_write(dst, "{");

    if (put->etag.data != NULL) {
        dst = pt_write(dst, "\"@odata.etag\":");
        dst = pt_text_write(dst, &put->etag);
        dst = pt_write(dst, ",");
    }

    dst = pt_members_write(dst, &put->task, id);

    if (put->app.data != NULL) {
        dst = pt_write(dst, ",\"definition\":{\"createdBy\":{\"appId\":");
        dst = pt_text_write(dst, &put->app);
        dst = pt_write(dst, "}}");
    }

    return pt_write(dst, "}");
}


static u_char *
pt_members_write(u_char *dst, const pt_task_t *task, const ngx_str_t *id)
{
    dst = pt_write(dst, "\"id\":");
    dst = pt_text_write(dst, id);
    dst = pt_write(dst, ",\"parentUrl\":");
    dst = pt_text_write(dst, &task->parent_url);
    dst = pt_write(dst, ",\"status\":");

    return pt_status_write(dst, task->state, &task->description);
}


static size_t
pt_status_size(pt_state_e state, const ngx_str_t *description)
{
    size_t  size;

    size = sizeof("{}") - 1;

    if (state != PT_UNKNOWN) {
        size += sizeof("\"state\":\"\"") - 1 + pt_state_names[state].len;
    }

    if (state != PT_UNKNOWN && description != NULL) {
        size += sizeof(",") - 1;
    }

    if (description != NULL) {
        size += sizeof("\"description\":") - 1 + pt_text_size(description);
    }

    return size;
}


/* omits an unknown state and a description of NULL */

static u_char *
pt_status_write(u_char *dst, pt_state_e state, const ngx_str_t *description)
{
    dst = pt_write(dst, "{");

    if (state != PT_UNKNOWN) {
        dst = pt_write(dst, "\"state\":\"");
        dst = pt_write_str(dst, &pt_state_names[state]);
        dst = pt_write(dst, "\"");
    }

    if (state != PT_UNKNOWN && description != NULL) {
        dst = pt_write(dst, ",");
    }

    if (description != NULL) {
        dst = pt_write(dst, "\"description\":");
        dst = pt_text_write(dst, description);
    }

    return pt_write(dst, "}");
}


static size_t
pt_text_size(const ngx_str_t *text)
{
    if (text->data == NULL) {
        return sizeof("null") - 1;
    }

    return sizeof("\"\"") - 1 + pt_json_escaped(text);
}


static u_char *
pt_text_write(u_char *dst, const ngx_str_t *text)
{
    if (text->data == NULL) {
        return pt_write(dst, "null");
    }

    dst = pt_write(dst, "\"");
    dst = pt_json_escape(dst, text);

    return pt_write(dst, "\"");
}
