
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Input: the body of a change.  What the back end gets for one that is
 * accepted is, byte by byte, what Jansson makes of its own reading of it, is
 * read again as the same change, and then written as it was.
 */


#include "fuzz.h"

#include "pt_task.h"

#include <jansson.h>
#include <strings.h>


static u_char *fuzz_update(const ngx_str_t *text, pt_reason_e *reason,
    pt_update_t *update);
static void fuzz_canonical(const ngx_str_t *text, const pt_update_t *update);
static void fuzz_write(ngx_str_t *text, const pt_update_t *update);
static void fuzz_again(const ngx_str_t *canonical, const pt_update_t *update);
static void fuzz_says(const ngx_str_t *canonical, const pt_update_t *update);
static void fuzz_means(const ngx_str_t *canonical, const ngx_str_t *text);
static json_t *fuzz_expected(json_t *body);
static json_t *fuzz_state(const json_t *value);
static json_t *fuzz_member(json_t *object, const char *name);
static void fuzz_task(const pt_update_t *update);

static ngx_uint_t fuzz_is(const json_t *value, const ngx_str_t *text);
static json_t *fuzz_jansson(const ngx_str_t *text, json_error_t *err);


static const ngx_str_t  fuzz_id = ngx_string("Task-0.1_a~");


int
LLVMFuzzerTestOneInput(const u_char *data, size_t size)
{
    u_char       *scratch;
    ngx_str_t     text;
    pt_reason_e   reason;
    pt_update_t   update;

    fuzz_copy(&text, data, size);

    scratch = fuzz_update(&text, &reason, &update);

    if (reason == PT_OK) {
        fuzz_canonical(&text, &update);
        fuzz_task(&update);
    }

    free(scratch);
    free(text.data);

    return 0;
}


/* what it returns is where strings of the update may be */

static u_char *
fuzz_update(const ngx_str_t *text, pt_reason_e *reason, pt_update_t *update)
{
    u_char      *scratch;
    size_t       size;
    pt_arena_t   arena;

    size = pt_task_scratch(text->len);
    scratch = fuzz_alloc(size);

    pt_arena_init(&arena, scratch, size);

    memset(update, 0xa5, sizeof(pt_update_t));

    *reason = pt_update_read(text, &fuzz_id, &arena, update);

    return scratch;
}


static void
fuzz_canonical(const ngx_str_t *text, const pt_update_t *update)
{
    ngx_str_t  canonical;

    fuzz_write(&canonical, update);

    fuzz_again(&canonical, update);
    fuzz_says(&canonical, update);
    fuzz_means(&canonical, text);

    free(canonical.data);
}


static void
fuzz_write(ngx_str_t *text, const pt_update_t *update)
{
    text->len = pt_update_size(update);
    text->data = fuzz_alloc(text->len);

    fuzz_assert(pt_update_write(text->data, update) == text->data + text->len);
}


static void
fuzz_again(const ngx_str_t *canonical, const pt_update_t *update)
{
    u_char       *scratch;
    ngx_str_t     written;
    pt_reason_e   reason;
    pt_update_t   again;

    scratch = fuzz_update(canonical, &reason, &again);

    fuzz_assert(reason == PT_OK);
    fuzz_assert(again.state == update->state);
    fuzz_assert(again.has_description == update->has_description);
    fuzz_assert((again.description.data == NULL)
                == (update->description.data == NULL));
    fuzz_assert(fuzz_equal(&again.description, &update->description));

    fuzz_write(&written, &again);
    fuzz_assert(fuzz_equal(&written, canonical));

    free(written.data);
    free(scratch);
}


/* what the reader understood, member by member, and nothing else */

static void
fuzz_says(const ngx_str_t *canonical, const pt_update_t *update)
{
    json_t        *root, *status, *value;
    size_t         members;
    json_error_t   err;

    root = fuzz_jansson(canonical, &err);

    fuzz_assert(root && json_object_size(root) == 1);

    status = json_object_get(root, "status");
    members = 0;

    if (update->state != PT_UNKNOWN) {
        value = json_object_get(status, "state");
        fuzz_assert(fuzz_is(value, &pt_state_names[update->state]));
        members++;
    }

    if (update->has_description) {
        value = json_object_get(status, "description");
        fuzz_assert(update->description.data
                    ? fuzz_is(value, &update->description)
                    : json_is_null(value));
        members++;
    }

    fuzz_assert(json_is_object(status) && json_object_size(status) == members);

    json_decref(root);
}


/* without a reading or a writing of ours */

static void
fuzz_means(const ngx_str_t *canonical, const ngx_str_t *text)
{
    char          *dumped;
    json_t        *body, *expected;
    json_error_t   err;

    body = fuzz_jansson(text, &err);

    if (body == NULL) {

        /* in what is ignored: there is no number in what is not */

        fuzz_assert(json_error_code(&err) == json_error_numeric_overflow);
        return;
    }

    expected = fuzz_expected(body);
    dumped = json_dumps(expected, JSON_COMPACT);

    fuzz_assert(dumped
                && strlen(dumped) == canonical->len
                && memcmp(dumped, canonical->data, canonical->len) == 0);

    free(dumped);
    json_decref(expected);
    json_decref(body);
}


/* of the members of the status, those that are given, in this order */

static json_t *
fuzz_expected(json_t *body)
{
    json_t  *status, *value, *given;

    given = json_object();
    status = fuzz_member(body, "status");

    value = fuzz_state(fuzz_member(status, "state"));

    if (value) {
        json_object_set_new(given, "state", value);
    }

    value = fuzz_member(status, "description");

    if (value) {
        json_object_set(given, "description", value);
    }

    return json_pack("{s:o}", "status", given);
}


/* one of the values of the enumeration, by its name or its number */

static json_t *
fuzz_state(const json_t *value)
{
    size_t       i;
    const char  *text;

    static const char  *names[][2] = {
        { "0", "pending" },
        { "1", "processing" },
        { "2", "completed" },
        { "3", "aborted" }
    };

    if (value == NULL) {
        return NULL;
    }

    text = json_string_value(value);

    for (i = 0; i < 4; i++) {
        if (strcmp(text, names[i][0]) == 0
            || strcasecmp(text, names[i][1]) == 0)
        {
            return json_string(names[i][1]);
        }
    }

    fuzz_assert(strcmp(text, "4") == 0
                || strcasecmp(text, "unknownFutureValue") == 0);

    return NULL;
}


/* there is no other that differs in case */

static json_t *
fuzz_member(json_t *object, const char *name)
{
    json_t      *value, *found;
    const char  *key;

    found = NULL;

    json_object_foreach(object, key, value) {
        if (strcasecmp(key, name) == 0) {
            fuzz_assert(found == NULL);
            found = value;
        }
    }

    return found;
}


/* the same for a printTask with that state and description */

static void
fuzz_task(const pt_update_t *update)
{
    size_t        size;
    json_t       *root;
    u_char       *scratch;
    ngx_int_t     rc;
    ngx_str_t     text;
    pt_task_t     task, again;
    pt_arena_t    arena;
    json_error_t  err;

    task.state = (update->state == PT_UNKNOWN) ? PT_ABORTED : update->state;
    task.description = update->description;
    task.parent_url = update->description;

    text.len = pt_task_size(&task, &fuzz_id);
    text.data = fuzz_alloc(text.len);

    fuzz_assert(pt_task_write(text.data, &task, &fuzz_id)
                == text.data + text.len);

    root = fuzz_jansson(&text, &err);
    fuzz_assert(root);
    json_decref(root);

    size = pt_task_scratch(text.len);
    scratch = fuzz_alloc(size);

    pt_arena_init(&arena, scratch, size);

    rc = pt_task_read(&text, &fuzz_id, &arena, &again);

    fuzz_assert(rc == NGX_OK && again.state == task.state);
    fuzz_assert((again.description.data == NULL)
                == (task.description.data == NULL));
    fuzz_assert(fuzz_equal(&again.description, &task.description));
    fuzz_assert(fuzz_equal(&again.parent_url, &task.parent_url));

    free(scratch);
    free(text.data);
}


static ngx_uint_t
fuzz_is(const json_t *value, const ngx_str_t *text)
{
    return json_is_string(value)
           && json_string_length(value) == text->len
           && memcmp(json_string_value(value), text->data, text->len) == 0;
}


static json_t *
fuzz_jansson(const ngx_str_t *text, json_error_t *err)
{
    return json_loadb((char *) text->data, text->len, JSON_REJECT_DUPLICATES,
                      err);
}
