
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Finds the resource that a path names. */


#include "pt_route.h"
#include "pt_route_segment.h"
#include "pt_route_spelling.h"


static ngx_uint_t pt_route_plain_segment(u_char **end, const u_char *first,
    ngx_str_t *segment);
static ngx_uint_t pt_route_plain_name(u_char **end, const u_char *first,
    const ngx_str_t *name);
static ngx_uint_t pt_route_odd(const pt_segments_t *segs);
static ngx_uint_t pt_route_named(const ngx_str_t *segment);
static ngx_uint_t pt_route_has_batch(const pt_segments_t *segs);
static void pt_route_collection(const pt_segments_t *segs, pt_route_t *route);
static ngx_uint_t pt_route_task(const pt_segments_t *segs, pt_route_t *route);
static pt_route_e pt_route_below(const pt_segments_t *segs);
static ngx_uint_t pt_route_is_parent(const pt_segments_t *segs);
static ngx_uint_t pt_route_pop(const pt_segments_t *segs, ngx_uint_t *n,
    const ngx_str_t *name, ngx_str_t *key);


/* the usual spelling of clients */

static const ngx_str_t  pt_route_plain_definitions =
    ngx_string("/taskDefinitions");
static const ngx_str_t  pt_route_plain_tasks = ngx_string("/tasks");


/* in lower case */

static const ngx_str_t  pt_route_print = ngx_string("print");
static const ngx_str_t  pt_route_definitions = ngx_string("taskdefinitions");
static const ngx_str_t  pt_route_jobs = ngx_string("jobs");
static const ngx_str_t  pt_route_tasks = ngx_string("tasks");
static const ngx_str_t  pt_route_batch = ngx_string("$batch");
static const ngx_str_t  pt_route_entity = ngx_string("$entity");
static const ngx_str_t  pt_route_links = ngx_string("$links");


/* resources that contain tasks, directly or through others */

static const ngx_str_t  pt_route_parents[] = {
    ngx_string("taskdefinitions"),
    ngx_string("definition"),
    ngx_string("tasktriggers"),
    ngx_string("jobs"),
    ngx_string("printers"),
    ngx_string("printer"),
    ngx_string("printershares"),
    ngx_string("shares"),
    ngx_string("share"),
    ngx_null_string
};


/* Parses from the end to the front: the last segments identify the path. */

ngx_uint_t
pt_route_plain(const ngx_str_t *path, pt_route_t *route)
{
    u_char      *end;
    ngx_str_t    other, task, definition;
    ngx_uint_t   n;

    if (path->len == 0 || path->data[0] != '/') {
        return 0;
    }

    end = path->data + path->len;

    if (!pt_route_plain_segment(&end, path->data, &task)
        || !pt_route_plain_name(&end, path->data, &pt_route_plain_tasks)
        || !pt_route_plain_segment(&end, path->data, &definition)
        || !pt_route_plain_name(&end, path->data,
                                &pt_route_plain_definitions)
        || task.len > PT_ID_MAX
        || definition.len > PT_ID_MAX
        || pt_route_is_cast(&task)
        || pt_route_is_cast(&definition))
    {
        return 0;
    }

    for (n = 4; end != path->data; n++) {

        if (n == PT_SEGMENTS
            || !pt_route_plain_segment(&end, path->data, &other))
        {
            return 0;
        }
    }

    route->kind = PT_ROUTE_TASK;
    route->task = task;
    route->definition = definition;

    return 1;
}


/*
 * Takes a segment from before *end.  A segment of id characters only is plain:
 * it is no other spelling of a name.  A segment that ends with a dot is not
 * plain, because some servers cut the dot off.  The path starts with "/", which
 * ends the search.
 */

static ngx_uint_t
pt_route_plain_segment(u_char **end, const u_char *first, ngx_str_t *segment)
{
    u_char  *p;

    p = *end;

    if (p == first) {
        return 0;
    }

    do {
        p--;
    } while (pt_route_is_id_char(*p));

    segment->data = p + 1;
    segment->len = *end - segment->data;

    if (*p != '/' || segment->len == 0 || (*end)[-1] == '.') {
        return 0;
    }

    *end = p;

    return 1;
}


static ngx_uint_t
pt_route_plain_name(u_char **end, const u_char *first, const ngx_str_t *name)
{
    if ((size_t) (*end - first) < name->len
        || ngx_memcmp(*end - name->len, name->data, name->len) != 0)
    {
        return 0;
    }

    *end -= name->len;

    return 1;
}


pt_reason_e
pt_route_read(const ngx_str_t *path, pt_route_t *route)
{
    pt_segments_t  segs;

    ngx_memzero(route, sizeof(pt_route_t));

    if (pt_route_split(path, &segs) != NGX_OK || pt_route_odd(&segs)) {
        return PT_PATH_INVALID;
    }

    if (pt_route_has_batch(&segs)) {
        route->kind = PT_ROUTE_BATCH;
        return PT_OK;
    }

    if (pt_route_task(&segs, route)) {

        if (!pt_route_id(&route->definition) || !pt_route_id(&route->task)) {
            return PT_ID_INVALID;
        }

        route->kind = PT_ROUTE_TASK;
        return PT_OK;
    }

    route->kind = pt_route_below(&segs);

    ngx_str_null(&route->definition);
    ngx_str_null(&route->task);

    if (route->kind == PT_ROUTE_TASKS) {
        pt_route_collection(&segs, route);
    }

    if (route->kind == PT_ROUTE_OTHER && pt_route_is_parent(&segs)) {
        route->kind = PT_ROUTE_PARENT;
    }

    return PT_OK;
}


pt_reason_e
pt_route_target(const ngx_str_t *raw, u_char *space, ngx_str_t *path,
    pt_route_t *route)
{
    pt_reason_e    reason;
    const u_char  *p, *last;

    *path = *raw;

    if (pt_route_plain(raw, route)) {
        return PT_OK;
    }

    reason = pt_route_spelling(raw, NULL);

    if (reason != PT_OK) {
        ngx_str_null(path);
        return reason;
    }

    p = raw->data;
    last = raw->data + raw->len;

    if (memchr(p, '%', raw->len) != NULL) {
        path->data = space;

        while (p < last) {
            (void) pt_route_decode(&p, last, space++);
        }

        path->len = space - path->data;
    }

    return pt_route_read(path, route);
}


void
pt_route_resource(const ngx_str_t *path, ngx_str_t *resource)
{
    ngx_uint_t      i;
    pt_segments_t   segs;

    *resource = *path;

    if (pt_route_split(path, &segs) != NGX_OK) {
        return;
    }

    for (i = 0; i < segs.n; i++) {
        if (pt_route_named(&segs.elts[i])) {
            resource->data = segs.elts[i].data - 1;
            resource->len = path->data + path->len - resource->data;
            return;
        }
    }
}


static ngx_uint_t
pt_route_odd(const pt_segments_t *segs)
{
    ngx_str_t   key, segment;
    ngx_uint_t  i;

    for (i = 0; i < segs->n; i++) {
        segment = segs->elts[i];

        if (pt_route_segment(&segment, &pt_route_tasks, &key)
               == PT_SEGMENT_ODD
            || pt_route_segment(&segment, &pt_route_definitions, &key)
               == PT_SEGMENT_ODD)
        {
            return 1;
        }

        /* some servers cut spaces off the start of a segment */

        while (segment.len && segment.data[0] == ' ') {
            segment.data++;
            segment.len--;
        }

        if (segment.len < segs->elts[i].len && pt_route_named(&segment)) {
            return 1;
        }
    }

    return 0;
}


static ngx_uint_t
pt_route_named(const ngx_str_t *segment)
{
    ngx_str_t  key;

    return pt_route_segment(segment, &pt_route_print, &key)
           || pt_route_segment(segment, &pt_route_definitions, &key)
           || pt_route_segment(segment, &pt_route_jobs, &key)
           || pt_route_segment(segment, &pt_route_tasks, &key)
           || pt_route_segment(segment, &pt_route_batch, &key);
}


/* at any place: some servers treat "$batch/" and "$batch;a" as $batch */

static ngx_uint_t
pt_route_has_batch(const pt_segments_t *segs)
{
    ngx_str_t   key;
    ngx_uint_t  i;

    for (i = 0; i < segs->n; i++) {
        if (pt_route_segment(&segs->elts[i], &pt_route_batch, &key)
            != PT_SEGMENT_OTHER)
        {
            return 1;
        }
    }

    return 0;
}


static ngx_uint_t
pt_route_task(const pt_segments_t *segs, pt_route_t *route)
{
    ngx_uint_t  n;

    n = segs->n;

    return pt_route_pop(segs, &n, &pt_route_tasks, &route->task)
           && pt_route_pop(segs, &n, &pt_route_definitions,
                           &route->definition);
}


/* "taskDefinitions/{d}/tasks"; other collections have no definition */

static void
pt_route_collection(const pt_segments_t *segs, pt_route_t *route)
{
    ngx_str_t   key, definition;
    ngx_uint_t  n;

    n = segs->n;

    if (segs->elts[n - 1].len == 0) {
        n--;
    }

    if (pt_route_segment(&segs->elts[n - 1], &pt_route_tasks, &key)
        != PT_SEGMENT_BARE)
    {
        return;
    }

    n--;

    if (pt_route_pop(segs, &n, &pt_route_definitions, &definition)
        && pt_route_id(&definition))
    {
        route->definition = definition;
    }
}


/*
 * A longer path of a task, a task that is reached through a job, and a path
 * that addresses all tasks of a collection can change tasks, too. "$entity" can
 * address any resource: its arguments name it.
 */

static pt_route_e
pt_route_below(const pt_segments_t *segs)
{
    ngx_str_t         key;
    ngx_uint_t        i, inside;
    const ngx_str_t  *segment;

    inside = 0;

    for (i = 0; i < segs->n; i++) {
        segment = &segs->elts[i];

        if (pt_route_segment(segment, &pt_route_entity, &key)
            || (inside && pt_route_segment(segment, &pt_route_links, &key)))
        {
            return PT_ROUTE_BELOW;
        }

        if (inside) {
            switch (pt_route_segment(segment, &pt_route_tasks, &key)) {

            case PT_SEGMENT_KEYED:
                return PT_ROUTE_BELOW;

            case PT_SEGMENT_BARE:
                return (i + 2 < segs->n
                        || (i + 1 < segs->n && segs->elts[i + 1].len))
                       ? PT_ROUTE_BELOW : PT_ROUTE_TASKS;

            default:
                break;
            }
        }

        inside |= pt_route_segment(segment, &pt_route_print, &key)
                  || pt_route_segment(segment, &pt_route_definitions, &key)
                  || pt_route_segment(segment, &pt_route_jobs, &key);
    }

    return PT_ROUTE_OTHER;
}


/* a collection or an element, with any type cast */

static ngx_uint_t
pt_route_is_parent(const pt_segments_t *segs)
{
    ngx_str_t         key;
    ngx_uint_t        i, n;
    const ngx_str_t  *name;

    n = segs->n;

    while (n && (segs->elts[n - 1].len == 0
                 || segs->elts[n - 1].data[0] == '$'
                 || pt_route_is_cast(&segs->elts[n - 1])))
    {
        n--;
    }

    for (i = 0; i < n; i++) {
        if (pt_route_segment(&segs->elts[i], &pt_route_print, &key)
            || pt_route_segment(&segs->elts[i], &pt_route_definitions, &key))
        {
            break;
        }
    }

    if (i == n) {
        return 0;
    }

    if (pt_route_segment(&segs->elts[n - 1], &pt_route_print, &key)) {
        return 1;
    }

    for (name = pt_route_parents; name->len; name++) {
        if (pt_route_segment(&segs->elts[n - 1], name, &key)
            || (n > 1
                && pt_route_segment(&segs->elts[n - 2], name, &key)
                   == PT_SEGMENT_BARE))
        {
            return 1;
        }
    }

    return 0;
}


/*
 * Takes "name/key" or "name('key')" from the end of the first n segments.  A
 * system segment of OData, as in "name/$count", the name of a type or an
 * action, and an empty segment are not keys.
 */

static ngx_uint_t
pt_route_pop(const pt_segments_t *segs, ngx_uint_t *n, const ngx_str_t *name,
    ngx_str_t *key)
{
    if (*n >= 2
        && pt_route_segment(&segs->elts[*n - 2], name, key)
           == PT_SEGMENT_BARE)
    {
        *key = segs->elts[*n - 1];
        *n -= 2;
        return key->len && key->data[0] != '$' && !pt_route_is_cast(key);
    }

    if (*n >= 1
        && pt_route_segment(&segs->elts[*n - 1], name, key)
           == PT_SEGMENT_KEYED)
    {
        *n -= 1;
        return !pt_route_is_cast(key);
    }

    return 0;
}
