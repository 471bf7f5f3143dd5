
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Splits a decoded path, and reads names and keys of its segments. */


#include "pt_route_segment.h"
#include "pt_route_id.h"


static ngx_uint_t pt_route_prefix(const ngx_str_t *s, const ngx_str_t *name);


/* in lower case */

static const ngx_str_t  pt_route_namespace = ngx_string("microsoft.graph.");
static const ngx_str_t  pt_route_alias = ngx_string("graph.");


ngx_int_t
pt_route_split(const ngx_str_t *path, pt_segments_t *segs)
{
    u_char     *p, *last;
    ngx_str_t  *segment;

    if (path->len == 0 || path->data[0] != '/') {
        return NGX_ERROR;
    }

    segs->n = 0;
    segment = NULL;

    last = path->data + path->len;

    for (p = path->data; p < last; p++) {

        if (*p != '/') {
            segment->len++;
            continue;
        }

        if (segs->n == PT_SEGMENTS) {
            return NGX_ERROR;
        }

        segment = &segs->elts[segs->n++];

        segment->data = p + 1;
        segment->len = 0;
    }

    return NGX_OK;
}


pt_segment_e
pt_route_segment(const ngx_str_t *segment, const ngx_str_t *name,
    ngx_str_t *key)
{
    u_char  *p, *last, *trimmed;

    if (!pt_route_prefix(segment, name)) {
        return PT_SEGMENT_OTHER;
    }

    if (segment->len == name->len) {
        return PT_SEGMENT_BARE;
    }

    p = segment->data + name->len;
    last = segment->data + segment->len;

    /* some servers cut dots off the end of a segment */

    for (trimmed = p; trimmed < last && *trimmed == '.'; trimmed++) {
        /* void */
    }

    if (trimmed < last && pt_route_is_id_char(*trimmed)) {
        return PT_SEGMENT_OTHER;
    }

    if (last - p < 4
        || p[0] != '(' || p[1] != '\'' || last[-2] != '\'' || last[-1] != ')')
    {
        return PT_SEGMENT_ODD;
    }

    key->data = p + 2;
    key->len = last - p - 4;

    return PT_SEGMENT_KEYED;
}


ngx_uint_t
pt_route_is_cast(const ngx_str_t *segment)
{
    return pt_route_prefix(segment, &pt_route_namespace)
           || pt_route_prefix(segment, &pt_route_alias);
}


/* compares with a name in lower case */

static ngx_uint_t
pt_route_prefix(const ngx_str_t *s, const ngx_str_t *name)
{
    size_t  i;

    if (s->len < name->len) {
        return 0;
    }

    for (i = 0; i < name->len; i++) {
        if (ngx_tolower(s->data[i]) != name->data[i]) {
            return 0;
        }
    }

    return 1;
}
