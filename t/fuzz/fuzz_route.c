
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Input: a path as a client spells it, then, if there is a NUL, the path that
 * it is said to mean, which is its decoded form otherwise.
 */


#include "fuzz.h"

#include "pt_route.h"
#include "pt_route_spelling.h"


static void fuzz_spelling(const ngx_str_t *raw, const ngx_str_t *path);
static void fuzz_accepted(const ngx_str_t *raw, const ngx_str_t *path);
static void fuzz_read(const ngx_str_t *path, ngx_uint_t spelled);
static void fuzz_plain(const ngx_str_t *path, pt_reason_e reason,
    const pt_route_t *route);
static void fuzz_task(const ngx_str_t *path, const pt_route_t *route);
static void fuzz_id(const ngx_str_t *path, const ngx_str_t *id);
static void fuzz_again(const pt_route_t *route);
static void fuzz_upper(const ngx_str_t *path, pt_reason_e reason,
    const pt_route_t *route);
static void fuzz_collection(const ngx_str_t *path);
static void fuzz_passed(const ngx_str_t *path);

static ngx_uint_t fuzz_name(const ngx_str_t *path, size_t pos,
    const char *name);
static void fuzz_decode(ngx_str_t *dst, const ngx_str_t *src);


int
LLVMFuzzerTestOneInput(const u_char *data, size_t size)
{
    ngx_str_t      raw, path;
    const u_char  *nul;

    nul = size ? memchr(data, '\0', size) : NULL;

    if (nul == NULL) {
        fuzz_copy(&raw, data, size);
        fuzz_decode(&path, &raw);

    } else {
        fuzz_copy(&raw, data, nul - data);
        fuzz_copy(&path, nul + 1, data + size - nul - 1);
    }

    fuzz_spelling(&raw, &path);
    fuzz_read(&path, pt_route_spelling(&raw, &path) == PT_OK);

    free(raw.data);
    free(path.data);

    return 0;
}


/* a spelling is accepted for the path that it decodes to, and for no other */

static void
fuzz_spelling(const ngx_str_t *raw, const ngx_str_t *path)
{
    ngx_str_t    decoded;
    ngx_uint_t   alone, same;
    pt_reason_e  reason;

    fuzz_decode(&decoded, raw);

    reason = pt_route_spelling(raw, path);
    fuzz_assert(reason == PT_OK || reason == PT_PATH_INVALID);

    alone = (pt_route_spelling(raw, NULL) == PT_OK);
    same = fuzz_equal(&decoded, path);

    fuzz_assert((reason == PT_OK) == (alone && same));
    fuzz_assert((pt_route_spelling(raw, &decoded) == PT_OK) == alone);

    if (alone) {
        fuzz_accepted(raw, &decoded);
    }

    free(decoded.data);
}


/* all servers read it alike */

static void
fuzz_accepted(const ngx_str_t *raw, const ngx_str_t *path)
{
    size_t     i, end;
    ngx_str_t  again;

    fuzz_assert(path->len && path->data[0] == '/' && raw->data[0] == '/');

    for (i = 0; i < path->len; i++) {
        fuzz_assert(path->data[i] >= ' ' && path->data[i] <= '~');
        fuzz_assert(path->data[i] != '\\' && path->data[i] != '%');

        if (path->data[i] != '/' || i + 1 == path->len) {
            continue;
        }

        fuzz_assert(path->data[i + 1] != '/');

        for (end = i + 1; end < path->len; end++) {
            if (path->data[end] != '.') {
                break;
            }
        }

        if (end == path->len || path->data[end] == '/'
            || path->data[end] == ';')
        {
            fuzz_assert(end - i == 1 || end - i > 3);
        }
    }

    /* decoding it once more changes nothing */

    fuzz_decode(&again, path);
    fuzz_assert(fuzz_equal(&again, path));
    fuzz_assert(pt_route_spelling(path, path) == PT_OK);

    free(again.data);
}


static void
fuzz_read(const ngx_str_t *path, ngx_uint_t spelled)
{
    pt_route_t   route;
    pt_reason_e  reason;

    memset(&route, 0xa5, sizeof(pt_route_t));

    reason = pt_route_read(path, &route);

    fuzz_plain(path, reason, &route);

    if (reason != PT_OK) {
        fuzz_assert(reason == PT_PATH_INVALID || reason == PT_ID_INVALID);
        fuzz_upper(path, reason, &route);
        return;
    }

    fuzz_assert(path->len && path->data[0] == '/');
    fuzz_upper(path, reason, &route);

    switch (route.kind) {

    case PT_ROUTE_TASK:
        fuzz_task(path, &route);
        break;

    case PT_ROUTE_TASKS:
        fuzz_collection(path);
        break;

    case PT_ROUTE_BELOW:
    case PT_ROUTE_BATCH:
        break;

    case PT_ROUTE_PARENT:
    case PT_ROUTE_OTHER:
        if (spelled) {
            fuzz_passed(path);
        }

        break;

    default:
        abort();
    }
}


/* what is seen at once is what a closer look finds */

static void
fuzz_plain(const ngx_str_t *path, pt_reason_e reason, const pt_route_t *route)
{
    pt_route_t  plain;

    memset(&plain, 0xa5, sizeof(pt_route_t));

    if (!pt_route_plain(path, &plain)) {
        return;
    }

    fuzz_assert(pt_route_spelling(path, path) == PT_OK);
    fuzz_assert(reason == PT_OK);
    fuzz_assert(route->kind == PT_ROUTE_TASK);
    fuzz_assert(plain.kind == PT_ROUTE_TASK);

    fuzz_assert(plain.definition.data == route->definition.data);
    fuzz_assert(plain.definition.len == route->definition.len);
    fuzz_assert(plain.task.data == route->task.data);
    fuzz_assert(plain.task.len == route->task.len);
}


static void
fuzz_task(const ngx_str_t *path, const pt_route_t *route)
{
    fuzz_id(path, &route->definition);
    fuzz_id(path, &route->task);

    fuzz_assert(route->definition.data + route->definition.len
                < route->task.data);

    fuzz_again(route);
}


/* a slice of the path, of the bytes of an id */

static void
fuzz_id(const ngx_str_t *path, const ngx_str_t *id)
{
    size_t     i, dots;
    ngx_str_t  key, again;

    fuzz_assert(id->data > path->data);
    fuzz_assert(id->data + id->len <= path->data + path->len);
    fuzz_assert(id->len > 0 && id->len <= PT_ID_MAX);

    dots = 0;

    for (i = 0; i < id->len; i++) {
        fuzz_assert(memchr("0123456789._~-"
                           "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                           "abcdefghijklmnopqrstuvwxyz", id->data[i], 66));
        dots += (id->data[i] == '.');
    }

    fuzz_assert(dots < id->len);

    /* in keys folded or not, but always to the same */

    fuzz_copy(&key, id->data, id->len);
    fuzz_assert(pt_route_id_key(key.data, id) == key.data + id->len);

    fuzz_copy(&again, key.data, key.len);
    fuzz_assert(pt_route_id_key(again.data, &key) == again.data + key.len);
    fuzz_assert(fuzz_equal(&again, &key));

    free(key.data);
    free(again.data);
}


/* the same ids in the plainest path are the same task */

static void
fuzz_again(const pt_route_t *route)
{
    int         len;
    char        text[PT_ID_MAX * 2 + sizeof("/taskDefinitions//tasks/")];
    ngx_str_t   path;
    pt_route_t  again;

    len = snprintf(text, sizeof(text), "/taskDefinitions/%.*s/tasks/%.*s",
                   (int) route->definition.len, route->definition.data,
                   (int) route->task.len, route->task.data);

    fuzz_copy(&path, (u_char *) text, len);

    fuzz_assert(pt_route_spelling(&path, &path) == PT_OK);
    fuzz_assert(pt_route_read(&path, &again) == PT_OK);
    fuzz_plain(&path, PT_OK, &again);
    fuzz_assert(again.kind == PT_ROUTE_TASK);
    fuzz_assert(fuzz_equal(&again.definition, &route->definition));
    fuzz_assert(fuzz_equal(&again.task, &route->task));

    free(path.data);
}


/* case does not matter to what a path names */

static void
fuzz_upper(const ngx_str_t *path, pt_reason_e reason, const pt_route_t *route)
{
    size_t      i;
    ngx_str_t   upper;
    pt_route_t  other;

    fuzz_copy(&upper, path->data, path->len);

    for (i = 0; i < upper.len; i++) {
        upper.data[i] = ngx_toupper(upper.data[i]);
    }

    fuzz_assert(pt_route_read(&upper, &other) == reason);

    if (reason == PT_OK) {
        fuzz_assert(other.kind == route->kind);
    }

    if (reason == PT_OK && route->kind == PT_ROUTE_TASK) {
        fuzz_assert(other.definition.len == route->definition.len);
        fuzz_assert(other.task.len == route->task.len);
    }

    free(upper.data);
}


/* ends as one does: nothing can be hidden behind the name */

static void
fuzz_collection(const ngx_str_t *path)
{
    size_t  len;

    len = path->len - (path->data[path->len - 1] == '/');

    fuzz_assert(len > sizeof("/tasks") - 1);
    fuzz_assert(path->data[len - 6] == '/');
    fuzz_assert(strncasecmp((char *) &path->data[len - 5], "tasks", 5) == 0);
}


/*
 * What is passed on as nothing of ours names no task of a print service, as a
 * reader would see who only looks for the words in their order, no batch, and
 * nothing that its arguments name.
 */

static void
fuzz_passed(const ngx_str_t *path)
{
    size_t      i;
    ngx_uint_t  inside;

    inside = 0;

    for (i = 0; i < path->len; i++) {

        if (path->data[i] != '/') {
            continue;
        }

        fuzz_assert(!fuzz_name(path, i + 1, "$batch"));
        fuzz_assert(!fuzz_name(path, i + 1, "$entity"));
        fuzz_assert(!fuzz_name(path, i + 1, "tasks") || !inside);

        inside |= fuzz_name(path, i + 1, "print")
                  || fuzz_name(path, i + 1, "taskdefinitions")
                  || fuzz_name(path, i + 1, "jobs");
    }
}


/* whether a name is at pos, and not as a part of another */

static ngx_uint_t
fuzz_name(const ngx_str_t *path, size_t pos, const char *name)
{
    u_char  ch;
    size_t  i;

    for (i = 0; name[i]; i++) {
        if (pos + i == path->len
            || ngx_tolower(path->data[pos + i]) != (u_char) name[i])
        {
            return 0;
        }
    }

    if (pos + i == path->len) {
        return 1;
    }

    ch = path->data[pos + i];

    return !((ch >= '0' && ch <= '9') || (ch >= 'A' && ch <= 'Z')
             || (ch >= 'a' && ch <= 'z') || ch == '.' || ch == '_'
             || ch == '~' || ch == '-');
}


/* what is no escape stays as it is */

static void
fuzz_decode(ngx_str_t *dst, const ngx_str_t *src)
{
    char       hex[3];
    size_t     i;
    ngx_str_t  decoded;

    fuzz_copy(&decoded, src->data, src->len);
    decoded.len = 0;

    hex[2] = '\0';

    for (i = 0; i < src->len; i++) {

        if (src->data[i] == '%' && src->len - i > 2) {
            hex[0] = (char) src->data[i + 1];
            hex[1] = (char) src->data[i + 2];

            if (isxdigit((u_char) hex[0]) && isxdigit((u_char) hex[1])) {
                decoded.data[decoded.len++] = (u_char) strtoul(hex, NULL, 16);
                i += 2;
                continue;
            }
        }

        decoded.data[decoded.len++] = src->data[i];
    }

    fuzz_copy(dst, decoded.data, decoded.len);
    free(decoded.data);
}
