
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Input: a line with a Content-Type, which is also taken for a Prefer, a line
 * with a Content-Encoding, and a body, plain or gzip; without two lines it is
 * all body.
 */


#include "fuzz.h"

#include "pt_inflate.h"
#include "pt_body_headers.h"
#include "pt_task.h"

#include <strings.h>


#define FUZZ_BODY_MAX  16384


static const u_char *fuzz_line(const u_char *p, const u_char *end,
    ngx_str_t *line);
static void fuzz_type(const ngx_str_t *type);
static ngx_uint_t fuzz_type_with(const ngx_str_t *type, const char *more);
static void fuzz_encoding(const ngx_str_t *encoding);
static void fuzz_minimal(const ngx_str_t *prefer);

static void fuzz_body(const ngx_str_t *body);
static void fuzz_plain(const ngx_str_t *text);
static void fuzz_accepted(const ngx_str_t *text, const pt_update_t *update);
static void fuzz_around(const ngx_str_t *text, pt_reason_e reason);
static void fuzz_other_id(const ngx_str_t *text, pt_reason_e reason);
static void fuzz_task(const ngx_str_t *text, pt_reason_e reason,
    const pt_update_t *update);

static pt_reason_e fuzz_reason(const char *before, const ngx_str_t *text,
    const char *after);
static u_char *fuzz_update(const ngx_str_t *text, const ngx_str_t *id,
    pt_reason_e *reason, pt_update_t *update);
static ngx_uint_t fuzz_is_blank(const ngx_str_t *s);
static ngx_uint_t fuzz_is_word(const ngx_str_t *s, const char *word);


static const ngx_str_t  fuzz_id = ngx_string("Task-0.1_a~");
static const ngx_str_t  fuzz_another_id = ngx_string("b");


int
LLVMFuzzerTestOneInput(const u_char *data, size_t size)
{
    ngx_str_t      type, encoding, body;
    const u_char  *p, *end;

    end = data + size;

    p = fuzz_line(data, end, &type);
    p = fuzz_line(p, end, &encoding);

    fuzz_copy(&body, p, end - p);

    fuzz_type(&type);
    fuzz_encoding(&encoding);
    fuzz_minimal(&type);
    fuzz_body(&body);

    free(body.data);
    free(encoding.data);
    free(type.data);

    return 0;
}


static const u_char *
fuzz_line(const u_char *p, const u_char *end, ngx_str_t *line)
{
    const u_char  *lf;

    lf = (p < end) ? memchr(p, '\n', end - p) : NULL;

    if (lf == NULL) {
        fuzz_copy(line, p, 0);
        return p;
    }

    fuzz_copy(line, p, lf - p);

    return lf + 1;
}


static void
fuzz_type(const ngx_str_t *type)
{
    size_t      i, len;
    ngx_str_t   upper;
    ngx_uint_t  json;

    json = pt_body_headers_is_json(type);

    /* case does not matter */

    fuzz_copy(&upper, type->data, type->len);

    for (i = 0; i < upper.len; i++) {
        upper.data[i] = ngx_toupper(upper.data[i]);
    }

    fuzz_assert(pt_body_headers_is_json(&upper) == json);

    free(upper.data);

    if (!json) {
        return;
    }

    /* it is that type, and not one that begins like it */

    len = sizeof("application/json") - 1;

    fuzz_assert(type->len >= len);
    fuzz_assert(strncasecmp((char *) type->data, "application/json", len) == 0);
    fuzz_assert(type->len == len || strchr(" \t;", type->data[len]));

    for (i = 0; i < type->len; i++) {
        fuzz_assert(type->data[i] >= ' ' || type->data[i] == '\t');
        fuzz_assert(type->data[i] != 0x7f);
    }

    /* it is complete: what follows is seen */

    fuzz_assert(fuzz_type_with(type, ";"));
    fuzz_assert(fuzz_type_with(type, ";a=b"));
    fuzz_assert(fuzz_type_with(type, " ; charset=\"UTF-8\"\t"));
    fuzz_assert(!fuzz_type_with(type, ";charset=utf-16"));
    fuzz_assert(!fuzz_type_with(type, "; a=b; Charset=\"latin1\""));
    fuzz_assert(!fuzz_type_with(type, ","));
    fuzz_assert(!fuzz_type_with(type, ";a"));
    fuzz_assert(!fuzz_type_with(type, ";a=\""));
    fuzz_assert(!fuzz_type_with(type, ";a=b c"));
}


static ngx_uint_t
fuzz_type_with(const ngx_str_t *type, const char *more)
{
    ngx_str_t   longer;
    ngx_uint_t  json;

    longer.len = type->len + strlen(more);
    longer.data = fuzz_alloc(longer.len);

    memcpy(longer.data, type->data, type->len);
    memcpy(longer.data + type->len, more, strlen(more));

    json = pt_body_headers_is_json(&longer);

    free(longer.data);

    return json;
}


static void
fuzz_encoding(const ngx_str_t *encoding)
{
    fuzz_assert(pt_body_headers_encoding(encoding)
                == (fuzz_is_word(encoding, "gzip")
                    || fuzz_is_word(encoding, "identity")));
}


static void
fuzz_minimal(const ngx_str_t *prefer)
{
    size_t  i;

    if (!pt_body_headers_minimal(prefer)) {
        return;
    }

    for (i = 0; i + sizeof("minimal") - 1 <= prefer->len; i++) {
        if (strncasecmp((char *) prefer->data + i, "minimal", 7) == 0) {
            return;
        }
    }

    abort();
}


static void
fuzz_body(const ngx_str_t *body)
{
    u_char       *scratch;
    ngx_str_t     plain;
    pt_arena_t    arena;
    pt_reason_e   reason;

    if (!pt_is_gzip(body)) {
        fuzz_plain(body);
        return;
    }

    scratch = fuzz_alloc(PT_INFLATE_SCRATCH);
    pt_arena_init(&arena, scratch, PT_INFLATE_SCRATCH);

    plain.data = fuzz_alloc(pt_inflate_space(body->len, FUZZ_BODY_MAX));

    reason = pt_inflate(body, &plain, FUZZ_BODY_MAX, &arena);

    if (reason == PT_OK) {
        fuzz_assert(plain.len <= FUZZ_BODY_MAX && !pt_is_gzip(&plain));
        fuzz_plain(&plain);
    }

    free(plain.data);
    free(scratch);
}


static void
fuzz_plain(const ngx_str_t *text)
{
    u_char       *scratch;
    ngx_str_t     copy;
    pt_reason_e   reason;
    pt_update_t   update;

    fuzz_copy(&copy, text->data, text->len);

    scratch = fuzz_update(&copy, &fuzz_id, &reason, &update);

    fuzz_assert((reason == PT_BODY_EMPTY) == fuzz_is_blank(&copy));

    if (reason == PT_OK) {
        fuzz_accepted(&copy, &update);
    }

    fuzz_around(&copy, reason);
    fuzz_other_id(&copy, reason);
    fuzz_task(&copy, reason, &update);

    free(scratch);
    free(copy.data);
}


/* what pt_task.h promises */

static void
fuzz_accepted(const ngx_str_t *text, const pt_update_t *update)
{
    fuzz_assert(update->state <= PT_UNKNOWN);
    fuzz_assert(update->description.len <= PT_DESCRIPTION_MAX);
    fuzz_assert(update->description.data || update->description.len == 0);
    fuzz_assert(update->has_description || update->description.data == NULL);

    if (update->description.len) {
        fuzz_assert(!memchr(update->description.data, '\0',
                            update->description.len));
    }

    /* an object: begins as one, and is over when it is over */

    fuzz_assert(memchr(text->data, '{', text->len));
    fuzz_assert(memchr(text->data, '}', text->len));
    fuzz_assert(fuzz_reason("", text, "}") == PT_JSON_SYNTAX);
    fuzz_assert(fuzz_reason("", text, ",") == PT_JSON_SYNTAX);
    fuzz_assert(fuzz_reason("", text, "\"") == PT_JSON_SYNTAX);
    fuzz_assert(fuzz_reason("", text, "{}") == PT_JSON_SYNTAX);
    fuzz_assert(fuzz_reason("", text, "\v") == PT_JSON_SYNTAX);
    fuzz_assert(fuzz_reason("\xef\xbb\xbf", text, "") == PT_JSON_SYNTAX);
    fuzz_assert(fuzz_reason("[", text, "]") == PT_PROPERTY_TYPE
                || fuzz_reason("[", text, "]") == PT_JSON_LIMIT);
}


/* white space around it changes nothing */

static void
fuzz_around(const ngx_str_t *text, pt_reason_e reason)
{
    fuzz_assert(fuzz_reason(" \t\r\n", text, "") == reason);

    if (reason == PT_OK || reason == PT_BODY_EMPTY) {
        fuzz_assert(fuzz_reason("", text, "\n\r\t ") == reason);
        fuzz_assert(fuzz_reason("", text, "\xff") == PT_JSON_ENCODING);
    }
}


/* an id may only be what decides if it is there */

static void
fuzz_other_id(const ngx_str_t *text, pt_reason_e reason)
{
    u_char       *scratch;
    pt_reason_e   other;
    pt_update_t   update;

    scratch = fuzz_update(text, &fuzz_another_id, &other, &update);

    fuzz_assert(other == reason || other == PT_ID_MISMATCH
                || reason == PT_ID_MISMATCH);

    free(scratch);
}


/* as the answer of a back end: the same JSON, the same task */

static void
fuzz_task(const ngx_str_t *text, pt_reason_e reason,
    const pt_update_t *update)
{
    u_char      *scratch;
    size_t       size;
    pt_task_t    task;
    ngx_int_t    rc;
    pt_arena_t   arena;

    size = pt_task_scratch(text->len);
    scratch = fuzz_alloc(size);

    pt_arena_init(&arena, scratch, size);

    rc = pt_task_read(text, &fuzz_id, &arena, &task);

    fuzz_assert(rc == NGX_OK || rc == NGX_DECLINED);

    if (rc == NGX_OK) {
        fuzz_assert(task.state < PT_UNKNOWN);
        fuzz_assert(reason == PT_OK || reason == PT_PROPERTY_UNKNOWN
                    || reason == PT_DESCRIPTION_TOO_LONG);
    }

    if (rc == NGX_OK && reason == PT_OK) {
        fuzz_assert(task.state == update->state);
        fuzz_assert((task.description.data == NULL)
                    == (update->description.data == NULL));
        fuzz_assert(fuzz_equal(&task.description, &update->description));
    }

    free(scratch);
}


static pt_reason_e
fuzz_reason(const char *before, const ngx_str_t *text, const char *after)
{
    u_char       *p, *scratch;
    ngx_str_t     longer;
    pt_reason_e   reason;
    pt_update_t   update;

    longer.len = strlen(before) + text->len + strlen(after);
    longer.data = fuzz_alloc(longer.len);

    p = ngx_cpymem(longer.data, before, strlen(before));
    p = ngx_cpymem(p, text->data, text->len);
    memcpy(p, after, strlen(after));

    scratch = fuzz_update(&longer, &fuzz_id, &reason, &update);

    free(scratch);
    free(longer.data);

    return reason;
}


/* what it returns is where strings of the update may be */

static u_char *
fuzz_update(const ngx_str_t *text, const ngx_str_t *id, pt_reason_e *reason,
    pt_update_t *update)
{
    u_char      *scratch;
    size_t       size;
    pt_arena_t   arena;

    size = pt_task_scratch(text->len);
    scratch = fuzz_alloc(size);

    pt_arena_init(&arena, scratch, size);

    memset(update, 0xa5, sizeof(pt_update_t));

    *reason = pt_update_read(text, id, &arena, update);

    switch (*reason) {

    case PT_OK:
    case PT_BODY_EMPTY:
    case PT_JSON_SYNTAX:
    case PT_JSON_ENCODING:
    case PT_JSON_DUPLICATE:
    case PT_JSON_LIMIT:
    case PT_PROPERTY_TYPE:
    case PT_PROPERTY_UNKNOWN:
    case PT_ID_MISMATCH:
    case PT_STATE_INVALID:
    case PT_DESCRIPTION_TOO_LONG:
        break;

    default:
        abort();
    }

    return scratch;
}


static ngx_uint_t
fuzz_is_blank(const ngx_str_t *s)
{
    size_t  i;

    for (i = 0; i < s->len; i++) {
        if (!memchr(" \t\r\n", s->data[i], 4)) {
            return 0;
        }
    }

    return 1;
}


static ngx_uint_t
fuzz_is_word(const ngx_str_t *s, const char *word)
{
    return s->len == strlen(word)
           && strncasecmp((char *) s->data, word, s->len) == 0;
}
