
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Input: a JSON text.  Jansson, which is another parser, accepts the same
 * texts, but for numbers that it cannot hold and for what is deeper than it
 * goes, and reads the same out of them.
 */


#include "fuzz.h"

#include "pt_json.h"

#include <jansson.h>


static void fuzz_read(const ngx_str_t *text, ngx_uint_t fold);
static void fuzz_refused(const ngx_str_t *text, pt_json_rc_e rc,
    ngx_uint_t fold);
static void fuzz_same(const pt_json_t *value, const json_t *other);
static void fuzz_same_items(const pt_json_t *array, const json_t *other);
static void fuzz_same_members(const pt_json_t *object, json_t *other);
static void fuzz_same_number(const ngx_str_t *number, const json_t *other);
static void fuzz_same_text(const ngx_str_t *text, const char *other,
    size_t len);
static json_t *fuzz_write(const ngx_str_t *text);
static ngx_uint_t fuzz_is_theirs(const json_error_t *err);
static json_t *fuzz_jansson(const ngx_str_t *text, json_error_t *err);


int
LLVMFuzzerTestOneInput(const u_char *data, size_t size)
{
    ngx_str_t  text;

    fuzz_copy(&text, data, size);

    fuzz_read(&text, 0);
    fuzz_read(&text, 1);

    json_decref(fuzz_write(&text));

    free(text.data);

    return 0;
}


static void
fuzz_read(const ngx_str_t *text, ngx_uint_t fold)
{
    json_t            *other;
    size_t             size;
    u_char            *scratch;
    pt_json_t         *root;
    pt_arena_t         arena;
    json_error_t       err;
    pt_json_rc_e       rc;
    pt_json_limits_t   limits;

    limits.depth = (ngx_uint_t) -1;
    limits.values = (ngx_uint_t) -1;
    limits.fold = (fold != 0);

    size = pt_json_scratch(text->len, &limits);
    scratch = fuzz_alloc(size);

    pt_arena_init(&arena, scratch, size);

    root = NULL;
    rc = pt_json_read(text, &limits, &arena, &root);

    fuzz_assert(arena.end == scratch + size);

    if (rc != PT_JSON_RC_OK) {
        fuzz_assert(root == NULL);
        fuzz_refused(text, rc, fold);
        free(scratch);
        return;
    }

    other = fuzz_jansson(text, &err);

    if (other) {
        fuzz_same(root, other);

    } else {
        fuzz_assert(fuzz_is_theirs(&err));
    }

    json_decref(other);
    free(scratch);
}


static void
fuzz_refused(const ngx_str_t *text, pt_json_rc_e rc, ngx_uint_t fold)
{
    json_t        *other;
    json_error_t   err;

    fuzz_assert(rc == PT_JSON_RC_SYNTAX || rc == PT_JSON_RC_ENCODING
                || rc == PT_JSON_RC_DUPLICATE);

    if (rc == PT_JSON_RC_DUPLICATE && fold) {
        return;
    }

    /* for Jansson, NUL ends a text that is a number */

    if (memchr(text->data, '\0', text->len)) {
        return;
    }

    other = fuzz_jansson(text, &err);

    fuzz_assert(other == NULL);
}


static void
fuzz_same(const pt_json_t *value, const json_t *other)
{
    switch (value->type) {

    case PT_JSON_NULL:
        fuzz_assert(json_is_null(other));
        break;

    case PT_JSON_FALSE:
        fuzz_assert(json_is_false(other));
        break;

    case PT_JSON_TRUE:
        fuzz_assert(json_is_true(other));
        break;

    case PT_JSON_NUMBER:
        fuzz_same_number(&value->value, other);
        break;

    case PT_JSON_STRING:
        fuzz_assert(json_is_string(other));
        fuzz_same_text(&value->value, json_string_value(other),
                       json_string_length(other));
        break;

    case PT_JSON_ARRAY:
        fuzz_same_items(value, other);
        break;

    case PT_JSON_OBJECT:
        fuzz_same_members(value, (json_t *) other);
    }
}


static void
fuzz_same_items(const pt_json_t *array, const json_t *other)
{
    size_t            i;
    const pt_json_t  *item;

    fuzz_assert(json_is_array(other));

    i = 0;

    for (item = array->child; item; item = item->next) {
        fuzz_assert(i < json_array_size(other));
        fuzz_assert(item->name.len == 0);
        fuzz_same(item, json_array_get(other, i++));
    }

    fuzz_assert(i == json_array_size(other));
}


/* in the order of the text */

static void
fuzz_same_members(const pt_json_t *object, json_t *other)
{
    void             *iter;
    const char       *key;
    const pt_json_t  *member;

    fuzz_assert(json_is_object(other));

    iter = json_object_iter(other);

    for (member = object->child; member; member = member->next) {
        fuzz_assert(iter);

        key = json_object_iter_key(iter);

        fuzz_same_text(&member->name, key, strlen(key));
        fuzz_same(member, json_object_iter_value(iter));
        fuzz_assert(pt_json_member(object, key) == member);

        iter = json_object_iter_next(other, iter);
    }

    fuzz_assert(iter == NULL);
}


/* ours are as they were spelled */

static void
fuzz_same_number(const ngx_str_t *number, const json_t *other)
{
    char  *text, *end;

    text = fuzz_alloc(number->len + 1);

    memcpy(text, number->data, number->len);
    text[number->len] = '\0';

    if (json_is_integer(other)) {
        fuzz_assert(strtoll(text, &end, 10) == json_integer_value(other));

    } else {
        fuzz_assert(json_is_real(other));
        fuzz_assert(strtod(text, &end) == json_real_value(other));
    }

    fuzz_assert(end == text + number->len);

    free(text);
}


static void
fuzz_same_text(const ngx_str_t *text, const char *other, size_t len)
{
    json_t  *written;

    fuzz_assert(text->len == len);
    fuzz_assert(memcmp(text->data, other, len) == 0);
    fuzz_assert(memchr(text->data, '\0', len) == NULL);

    /* and is written as itself */

    written = fuzz_write(text);

    fuzz_assert(json_string_length(written) == len);
    fuzz_assert(memcmp(json_string_value(written), other, len) == 0);

    json_decref(written);
}


/* is as long as was said, and a string, whatever the bytes are */

static json_t *
fuzz_write(const ngx_str_t *text)
{
    size_t         len;
    u_char        *p;
    json_t        *other;
    ngx_str_t      written;
    json_error_t   err;

    len = pt_json_escaped(text);

    written.len = len + 2;
    written.data = fuzz_alloc(written.len);

    written.data[0] = '"';
    p = pt_json_escape(written.data + 1, text);

    fuzz_assert(p == written.data + 1 + len);

    *p = '"';

    other = json_loadb((char *) written.data, written.len,
                       JSON_DECODE_ANY | JSON_ALLOW_NUL, &err);

    fuzz_assert(json_is_string(other));

    free(written.data);

    return other;
}


/* a limit of Jansson, and not of JSON */

static ngx_uint_t
fuzz_is_theirs(const json_error_t *err)
{
    return json_error_code(err) == json_error_numeric_overflow
           || json_error_code(err) == json_error_stack_overflow;
}


static json_t *
fuzz_jansson(const ngx_str_t *text, json_error_t *err)
{
    return json_loadb((char *) text->data, text->len,
                      JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, err);
}
