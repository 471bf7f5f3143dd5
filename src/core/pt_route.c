
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "pt_route.h"
#include "pt_swar.h"


#define PT_SEGMENTS  64
#define PT_GUID_LEN  36


/* bits of pt_route_chars[] */

#define PT_CHAR_USUAL  1        /* printable ASCII, but for % . / ; and \\ */
#define PT_CHAR_ID     2        /* A-Z a-z 0-9 . _ ~ - */


#define pt_route_is(ch, bit)  (pt_route_chars[ch] & (bit))


typedef enum {
    PT_SEGMENT_OTHER = 0,
    PT_SEGMENT_BARE,                    /* tasks: the key is the next one */
    PT_SEGMENT_KEYED,                   /* tasks('id') */
    PT_SEGMENT_ODD                      /* tasks;a, tasks(1), ... */
} pt_segment_e;


typedef struct {
    ngx_str_t      elts[PT_SEGMENTS];
    ngx_uint_t     n;
} pt_segments_t;


static ngx_uint_t pt_route_plain_segment(u_char **end, const u_char *first,
    ngx_str_t *segment);
static ngx_uint_t pt_route_plain_name(u_char **end, const u_char *first,
    const ngx_str_t *name);
static const u_char *pt_route_skip_usual(const u_char *p, const u_char *last);
static ngx_int_t pt_route_decode(const u_char **p, const u_char *last,
    u_char *ch);
static ngx_int_t pt_route_split(const ngx_str_t *path, pt_segments_t *segs);
static ngx_uint_t pt_route_odd(const pt_segments_t *segs);
static ngx_uint_t pt_route_named(const ngx_str_t *segment);
static ngx_uint_t pt_route_has_batch(const pt_segments_t *segs);
static ngx_uint_t pt_route_task(const pt_segments_t *segs, pt_route_t *route);
static pt_route_e pt_route_below(const pt_segments_t *segs);
static ngx_uint_t pt_route_is_parent(const pt_segments_t *segs);
static ngx_uint_t pt_route_is_cast(const ngx_str_t *segment);
static ngx_uint_t pt_route_pop(const pt_segments_t *segs, ngx_uint_t *n,
    const ngx_str_t *name, ngx_str_t *key);
static pt_segment_e pt_route_segment(const ngx_str_t *segment,
    const ngx_str_t *name, ngx_str_t *key);
static ngx_uint_t pt_route_id(const ngx_str_t *id);
static ngx_uint_t pt_route_is_guid(const ngx_str_t *id);
static ngx_uint_t pt_route_are_hex(const u_char *a, const u_char *b);
static ngx_uint_t pt_route_prefix(const ngx_str_t *s, const ngx_str_t *name);


static const u_char  pt_route_chars[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,

    /* SP !  "  #  $  %  &  '  (  )  *  +  ,  -  .  / */
    1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 3, 2, 0,

    /* 0  1  2  3  4  5  6  7  8  9  :  ;  <  =  >  ? */
    3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 1, 0, 1, 1, 1, 1,

    /* @  A  B  C  D  E  F  G  H  I  J  K  L  M  N  O */
    1, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3,

    /* P  Q  R  S  T  U  V  W  X  Y  Z  [  \  ]  ^  _ */
    3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 1, 0, 1, 1, 3,

    /* `  a  b  c  d  e  f  g  h  i  j  k  l  m  n  o */
    1, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3,

    /* p  q  r  s  t  u  v  w  x  y  z  {  |  }  ~ */
    3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 1, 1, 1, 3, 0
};


/* as plain paths have them */

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
static const ngx_str_t  pt_route_namespace = ngx_string("microsoft.graph.");
static const ngx_str_t  pt_route_alias = ngx_string("graph.");


/* tasks can be nested in them, or in what can be nested in them */

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


/* from the end, by which a path is known, to its front */

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
 * Takes a segment from before *end.  It is plain if it has only bytes of an
 * id, so it is not the odd form of a name either; but one that ends with a dot
 * may be.  There is a '/' at first, and so an end to the search.
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
    } while (pt_route_is(*p, PT_CHAR_ID));

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
pt_route_spelling(const ngx_str_t *raw, const ngx_str_t *path)
{
    u_char         ch;
    size_t         len, segment, dots, n;
    ngx_uint_t     parameters;
    const u_char  *p, *last, *run;

    p = raw->data;
    last = raw->data + raw->len;

    if (p == last || *p != '/') {
        return PT_PATH_INVALID;
    }

    len = 0;
    dots = 0;
    segment = 0;
    parameters = 0;

    for ( ;; ) {
        run = p;
        p = pt_route_skip_usual(p, last);
        n = p - run;

        if (path != NULL
            && (path->len - len < n
                || ngx_memcmp(path->data + len, run, n) != 0))
        {
            return PT_PATH_INVALID;
        }

        len += n;

        if (!parameters) {
            segment += n;
        }

        if (p == last) {
            break;
        }

        if (pt_route_decode(&p, last, &ch) != NGX_OK) {
            return PT_PATH_INVALID;
        }

        if (path != NULL && (len == path->len || path->data[len] != ch)) {
            return PT_PATH_INVALID;
        }

        len++;

        if (ch != '/') {

            /* some servers cut "..;a" to ".." before they resolve it */
            parameters |= (ch == ';');

            segment += !parameters;
            dots += (ch == '.' && !parameters);
            continue;
        }

        if (len > 1 && (segment == 0 || (dots == segment && dots <= 2))) {
            return PT_PATH_INVALID;
        }

        dots = 0;
        segment = 0;
        parameters = 0;
    }

    if (path != NULL && len != path->len) {
        return PT_PATH_INVALID;
    }

    if (segment != 0 && dots == segment && dots <= 2) {
        return PT_PATH_INVALID;
    }

    return PT_OK;
}


static const u_char *
pt_route_skip_usual(const u_char *p, const u_char *last)
{
    while (p < last && pt_route_is(*p, PT_CHAR_USUAL)) {
        p++;
    }

    return p;
}


static ngx_int_t
pt_route_decode(const u_char **p, const u_char *last, u_char *ch)
{
    ngx_int_t      high, low;
    const u_char  *s;

    s = *p;
    *ch = *s++;

    if (*ch == '%') {

        if (last - s < 2) {
            return NGX_ERROR;
        }

        high = pt_route_hex(s[0]);
        low = pt_route_hex(s[1]);

        if (high == NGX_ERROR || low == NGX_ERROR) {
            return NGX_ERROR;
        }

        *ch = (u_char) ((high << 4) + low);
        s += 2;

        if (*ch == '/' || *ch == '%') {
            return NGX_ERROR;
        }
    }

    if (*ch < 0x20 || *ch >= 0x7f || *ch == '\\') {
        return NGX_ERROR;
    }

    *p = s;

    return NGX_OK;
}


ngx_int_t
pt_route_hex(u_char ch)
{
    if (ch >= '0' && ch <= '9') {
        return ch - '0';
    }

    ch |= 0x20;

    if (ch >= 'a' && ch <= 'f') {
        return ch - 'a' + 10;
    }

    return NGX_ERROR;
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


static ngx_int_t
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

        /* some servers cut spaces off the front of a segment */

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


/* anywhere: "$batch/" and "$batch;a" are the same to some servers */

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


/*
 * A task of a definition or a job with anything after it, or reached by
 * another way than its definition, can be written through, too; and so can
 * all tasks of a collection.  "$entity" is whatever its arguments name.
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


/* a collection or an element of it, whatever type it is cast to */

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


static ngx_uint_t
pt_route_is_cast(const ngx_str_t *segment)
{
    return pt_route_prefix(segment, &pt_route_namespace)
           || pt_route_prefix(segment, &pt_route_alias);
}


/*
 * Takes "name/key" or "name('key')" from the end of the first n segments.
 * What OData itself names, as in "name/$count", is no key, nor is the name of
 * a type or an action, nor is nothing.
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


static pt_segment_e
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

    if (trimmed < last && pt_route_is(*trimmed, PT_CHAR_ID)) {
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


static ngx_uint_t
pt_route_id(const ngx_str_t *id)
{
    size_t  i, dots;

    if (id->len == 0 || id->len > PT_ID_MAX) {
        return 0;
    }

    dots = 0;

    for (i = 0; i < id->len; i++) {
        if (!pt_route_is(id->data[i], PT_CHAR_ID)) {
            return 0;
        }

        dots += (id->data[i] == '.');
    }

    return dots != id->len;
}


u_char *
pt_route_id_key(u_char *dst, const ngx_str_t *id)
{
    size_t    i;
    uint32_t  word;

    if (id->len == 0) {
        /* there may be no data at all */
        return dst;
    }

    if (!pt_route_is_guid(id)) {
        return ngx_cpymem(dst, id->data, id->len);
    }

    /* digits and '-' have this bit anyway */

    for (i = 0; i < PT_GUID_LEN; i += sizeof(uint32_t)) {
        ngx_memcpy(&word, id->data + i, sizeof(uint32_t));
        word |= (uint32_t) pt_swar_each(0x20);
        ngx_memcpy(dst + i, &word, sizeof(uint32_t));
    }

    return dst + PT_GUID_LEN;
}


static ngx_uint_t
pt_route_is_guid(const ngx_str_t *id)
{
    const u_char  *p;

    p = id->data;

    return id->len == PT_GUID_LEN
           && p[8] == '-' && p[13] == '-' && p[18] == '-' && p[23] == '-'
           && pt_route_are_hex(p, p + 4)
           && pt_route_are_hex(p + 9, p + 14)
           && pt_route_are_hex(p + 19, p + 24)
           && pt_route_are_hex(p + 28, p + 32);
}


/* four bytes at each place, all in one word */

static ngx_uint_t
pt_route_are_hex(const u_char *a, const u_char *b)
{
    uint32_t  half[2];
    uint64_t  word, digits;

    ngx_memcpy(&half[0], a, sizeof(uint32_t));
    ngx_memcpy(&half[1], b, sizeof(uint32_t));
    ngx_memcpy(&word, half, sizeof(uint64_t));

    if (word & PT_SWAR_MARKS) {
        return 0;
    }

    digits = pt_swar_range(word, '0', '9')
             | pt_swar_range(word | pt_swar_each(0x20), 'a', 'f');

    return digits == PT_SWAR_MARKS;
}


/* name is in lower case */

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
