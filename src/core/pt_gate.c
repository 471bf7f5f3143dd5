
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Parses a request for a back end and compares it with the checked one. */


#include "pt_gate.h"
#include "pt_hex.h"
#include "pt_str_list.h"


static const u_char *pt_sent_line(const u_char *p, const u_char *last);
static ngx_int_t pt_sent_request_line(const u_char *p, const u_char *end,
    pt_sent_t *sent);
static ngx_int_t pt_sent_field(const u_char *p, const u_char *end,
    pt_sent_t *sent);
static ngx_uint_t pt_sent_is(const u_char *p, size_t len,
    const ngx_str_t *name);
static ngx_int_t pt_sent_length(const u_char *p, const u_char *end,
    pt_sent_t *sent);

static ngx_uint_t pt_gate_unchecked(const pt_gate_t *gate,
    const pt_sent_t *sent, const ngx_str_t *path);
static ngx_uint_t pt_gate_is_wanted(const ngx_str_t *client,
    const ngx_str_t *path);
static void pt_gate_resolve(const ngx_str_t *raw, u_char *space,
    ngx_str_t *path);
static u_char pt_gate_byte(const u_char **p, const u_char *last);
static u_char *pt_gate_segment(u_char *first, u_char *end, ngx_uint_t slash);
static ngx_uint_t pt_gate_passed(const pt_gate_t *gate, const pt_sent_t *sent,
    const ngx_str_t *path, const pt_route_t *route);
static ngx_uint_t pt_gate_forwarded(const pt_gate_t *gate,
    const pt_sent_t *sent, const pt_route_t *route);
static ngx_uint_t pt_gate_reads(const ngx_str_t *method);
static ngx_uint_t pt_gate_is_method(const ngx_str_t *sent,
    const ngx_str_t *method);
static ngx_uint_t pt_gate_is_task(const pt_route_t *a, const pt_route_t *b);
static ngx_uint_t pt_gate_is_resource(const ngx_str_t *a,
    const ngx_str_t *b);
static ngx_uint_t pt_gate_is_end(const ngx_str_t *a, const ngx_str_t *b);


static const ngx_str_t  pt_gate_get = ngx_string("GET");
static const ngx_str_t  pt_gate_head = ngx_string("HEAD");
static const ngx_str_t  pt_gate_patch = ngx_string("PATCH");


/* in lower case */

static const ngx_str_t  pt_sent_content_length = ngx_string("content-length");
static const ngx_str_t  pt_sent_transfer_encoding =
    ngx_string("transfer-encoding");


ngx_int_t
pt_sent_read(const u_char *p, const u_char *last, pt_sent_t *sent)
{
    const u_char  *end, *start;

    start = p;

    sent->content_length = -1;
    sent->chunked = 0;

    end = pt_sent_line(p, last);

    if (end == NULL || pt_sent_request_line(p, end, sent) != NGX_OK) {
        return NGX_DECLINED;
    }

    for ( ;; ) {
        p = end + 2;
        end = pt_sent_line(p, last);

        if (end == NULL) {
            return NGX_DECLINED;
        }

        if (end == p) {
            sent->size = end + 2 - start;
            return NGX_OK;
        }

        if (pt_sent_field(p, end, sent) != NGX_OK) {
            return NGX_DECLINED;
        }
    }
}


/*
 * The CR of the CR LF that ends a line.  A lone CR or LF is refused, because
 * some servers accept either one as the end of a line.
 */

static const u_char *
pt_sent_line(const u_char *p, const u_char *last)
{
    const u_char  *cr, *lf;

    if (p >= last) {
        return NULL;
    }

    lf = memchr(p, LF, last - p);

    if (lf == NULL) {
        return NULL;
    }

    cr = memchr(p, CR, lf - p);

    return (cr != NULL && cr + 1 == lf) ? cr : NULL;
}


static ngx_int_t
pt_sent_request_line(const u_char *p, const u_char *end, pt_sent_t *sent)
{
    const u_char  *sp, *s;

    sp = memchr(p, ' ', end - p);

    if (sp == NULL || sp == p) {
        return NGX_DECLINED;
    }

    sent->method.data = (u_char *) p;
    sent->method.len = sp - p;

    p = sp + 1;
    sp = memchr(p, ' ', end - p);

    if (sp == NULL || *p != '/') {
        return NGX_DECLINED;
    }

    if (end - sp != sizeof(" HTTP/1.x") - 1
        || ngx_memcmp(sp, " HTTP/1.", sizeof(" HTTP/1.") - 1) != 0)
    {
        return NGX_DECLINED;
    }

    /* A client sends no fragment.  Some servers cut it off, others keep it. */

    if (memchr(p, '#', sp - p) != NULL) {
        return NGX_DECLINED;
    }

    s = memchr(p, '?', sp - p);

    sent->path.data = (u_char *) p;
    sent->path.len = (s != NULL ? s : sp) - p;

    return NGX_OK;
}


static ngx_int_t
pt_sent_field(const u_char *p, const u_char *end, pt_sent_t *sent)
{
    size_t         len;
    const u_char  *colon;

    colon = memchr(p, ':', end - p);

    if (colon == NULL || colon == p || *p == ' ' || *p == '\t') {
        return NGX_DECLINED;
    }

    len = colon - p;

    if (pt_sent_is(p, len, &pt_sent_content_length)) {
        return pt_sent_length(colon + 1, end, sent);
    }

    sent->chunked |= pt_sent_is(p, len, &pt_sent_transfer_encoding);

    return NGX_OK;
}


static ngx_uint_t
pt_sent_is(const u_char *p, size_t len, const ngx_str_t *name)
{
    size_t  i;

    if (len != name->len) {
        return 0;
    }

    for (i = 0; i < len; i++) {
        if (ngx_tolower(p[i]) != name->data[i]) {
            return 0;
        }
    }

    return 1;
}


static ngx_int_t
pt_sent_length(const u_char *p, const u_char *end, pt_sent_t *sent)
{
    off_t  n;

    while (p < end && *p == ' ') {
        p++;
    }

    if (p == end || end - p > 15 || sent->content_length != -1) {
        return NGX_DECLINED;
    }

    for (n = 0; p < end; p++) {
        if (*p < '0' || *p > '9') {
            return NGX_DECLINED;
        }

        n = n * 10 + (*p - '0');
    }

    sent->content_length = n;

    return NGX_OK;
}


pt_reason_e
pt_gate_check(const pt_gate_t *gate, const pt_sent_t *sent)
{
    ngx_str_t    path;
    ngx_uint_t   ok;
    pt_route_t   route;
    u_char       space[PT_GATE_PATH_MAX];

    ok = sent->path.len <= PT_GATE_PATH_MAX
         && pt_route_target(&sent->path, space, &path, &route) == PT_OK;

    switch (gate->history) {

    case PT_GATE_UNCHECKED:
        ok = ok && route.kind == PT_ROUTE_OTHER
             && pt_gate_unchecked(gate, sent, &path);
        break;

    case PT_GATE_REWRITTEN:
        ok = ok && route.kind == PT_ROUTE_OTHER;
        break;

    case PT_GATE_FOREIGN:
        ok = ok && (route.kind == PT_ROUTE_OTHER
                    || pt_gate_reads(&sent->method));
        break;

    case PT_GATE_PASSED:
        return (ok && pt_gate_passed(gate, sent, &path, &route))
               ? PT_OK : PT_REQUEST_CHANGED;

    case PT_GATE_FORWARDED:
        return (ok && pt_gate_forwarded(gate, sent, &route))
               ? PT_OK : PT_REQUEST_CHANGED;

    case PT_GATE_REFETCH:
        return (ok && pt_str_equal(&sent->method, &pt_gate_get)
                && pt_gate_is_task(&route, gate->route))
               ? PT_OK : PT_REQUEST_CHANGED;
    }

    return ok ? PT_OK : PT_NOT_CHECKED;
}


/*
 * An error page, and a subrequest of nginx such as that of "auth_request", may
 * go to a back end for another resource than the client's.  They are sent only
 * if they name no resource of the module.
 */

static ngx_uint_t
pt_gate_unchecked(const pt_gate_t *gate, const pt_sent_t *sent,
    const ngx_str_t *path)
{
    if (!gate->aside && !pt_gate_reads(&sent->method)) {
        return 0;
    }

    return !pt_gate_is_wanted(&gate->client, path);
}


static ngx_uint_t
pt_gate_is_wanted(const ngx_str_t *client, const ngx_str_t *path)
{
    ngx_str_t  wanted;
    u_char     space[PT_GATE_PATH_MAX];

    if (client->len > PT_GATE_PATH_MAX) {
        return 1;
    }

    pt_gate_resolve(client, space, &wanted);

    return pt_gate_is_resource(path, &wanted);
}


/*
 * Decodes a path as nginx does, whatever its spelling.  A path that is refused
 * for its spelling still names a resource that must not be reached.
 */

static void
pt_gate_resolve(const ngx_str_t *raw, u_char *space, ngx_str_t *path)
{
    u_char         ch, *end;
    const u_char  *p, *last;

    p = raw->data;
    last = raw->data + raw->len;
    end = space;

    while (p < last && *p != '#') {
        ch = pt_gate_byte(&p, last);

        if (ch == '/') {
            end = pt_gate_segment(space, end, 1);

        } else {
            *end++ = ch;
        }
    }

    end = pt_gate_segment(space, end, 0);

    path->data = space;
    path->len = end - space;
}


static u_char
pt_gate_byte(const u_char **p, const u_char *last)
{
    ngx_int_t  code;

    if (**p == '%' && last - *p > 2) {
        code = pt_hex(*p + 1, 2);

        if (code != NGX_ERROR) {
            *p += 3;
            return (u_char) code;
        }
    }

    return *(*p)++;
}


/* ends a segment; "", "." and ".." are removed from the path */

static u_char *
pt_gate_segment(u_char *first, u_char *end, ngx_uint_t slash)
{
    size_t   len;
    u_char  *segment;

    segment = end;

    while (segment > first && segment[-1] != '/') {
        segment--;
    }

    len = end - segment;

    if (len == 0 && segment > first) {
        return end;
    }

    if (len == 1 && segment[0] == '.') {
        return segment;
    }

    if (len == 2 && segment[0] == '.' && segment[1] == '.') {

        if (segment - first > 1) {
            segment--;

            while (segment > first && segment[-1] != '/') {
                segment--;
            }
        }

        return segment;
    }

    if (slash) {
        *end++ = '/';
    }

    return end;
}


static ngx_uint_t
pt_gate_passed(const pt_gate_t *gate, const pt_sent_t *sent,
    const ngx_str_t *path, const pt_route_t *route)
{
    ngx_uint_t  same;

    if (gate->aside) {
        if (route->kind == PT_ROUTE_OTHER || pt_gate_reads(&sent->method)) {
            return 1;
        }

    } else if (!pt_gate_is_method(&sent->method, &gate->method)) {
        return 0;

    } else if (route->kind == PT_ROUTE_OTHER && pt_gate_reads(&sent->method))
    {
        return 1;
    }

    switch (route->kind) {

    case PT_ROUTE_OTHER:
        same = (gate->route->kind == PT_ROUTE_OTHER);
        break;

    case PT_ROUTE_TASK:
        same = pt_gate_is_task(route, gate->route);
        break;

    default:
        same = route->kind == gate->route->kind
               && pt_gate_is_resource(path, &gate->checked_path);
    }

    return same && pt_gate_is_method(&sent->method, &gate->checked_method);
}


/* nginx turns a request that it redirects to an error page into GET */

static ngx_uint_t
pt_gate_forwarded(const pt_gate_t *gate, const pt_sent_t *sent,
    const pt_route_t *route)
{
    ngx_uint_t  same;

    same = pt_gate_is_task(route, gate->route);

    if (same && pt_gate_is_change(gate, sent)) {
        return 1;
    }

    if (gate->aside) {
        return route->kind == PT_ROUTE_OTHER || pt_gate_reads(&sent->method);
    }

    return pt_gate_reads(&sent->method)
           && pt_gate_reads(&gate->method)
           && (same || route->kind == PT_ROUTE_OTHER);
}


ngx_uint_t
pt_gate_is_change(const pt_gate_t *gate, const pt_sent_t *sent)
{
    return gate->history == PT_GATE_FORWARDED
           && gate->same_body
           && pt_str_equal(&sent->method, &pt_gate_patch);
}


static ngx_uint_t
pt_gate_reads(const ngx_str_t *method)
{
    return pt_str_equal(method, &pt_gate_get)
           || pt_str_equal(method, &pt_gate_head);
}


/* proxy_cache sends GET for HEAD, to store the whole response */

static ngx_uint_t
pt_gate_is_method(const ngx_str_t *sent, const ngx_str_t *method)
{
    return pt_str_equal(sent, method)
           || (pt_str_equal(sent, &pt_gate_get)
               && pt_str_equal(method, &pt_gate_head));
}


static ngx_uint_t
pt_gate_is_task(const pt_route_t *a, const pt_route_t *b)
{
    return a->kind == PT_ROUTE_TASK
           && b->kind == PT_ROUTE_TASK
           && pt_str_equal(&a->definition, &b->definition)
           && pt_str_equal(&a->task, &b->task);
}


/* the prefix of a path may differ: proxy_pass replaces it or removes it */

static ngx_uint_t
pt_gate_is_resource(const ngx_str_t *a, const ngx_str_t *b)
{
    ngx_str_t  one, two;

    pt_route_resource(a, &one);
    pt_route_resource(b, &two);

    return pt_gate_is_end(&one, &two) || pt_gate_is_end(&two, &one);
}


static ngx_uint_t
pt_gate_is_end(const ngx_str_t *a, const ngx_str_t *b)
{
    return a->len > 1
           && a->len <= b->len
           && ngx_memcmp(a->data, b->data + b->len - a->len, a->len) == 0;
}


ngx_uint_t
pt_gate_is_other(const ngx_str_t *path)
{
    ngx_str_t    decoded;
    pt_route_t   route;
    u_char       space[PT_GATE_PATH_MAX];

    return path->len <= PT_GATE_PATH_MAX
           && pt_route_target(path, space, &decoded, &route) == PT_OK
           && route.kind == PT_ROUTE_OTHER;
}
