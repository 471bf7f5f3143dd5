
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Reads and writes entity tags of tasks. */


#include "pt_etag.h"


static ngx_int_t pt_etag_read(const u_char **p, const u_char *last,
    ngx_str_t *tag);
static ngx_uint_t pt_etag_is_rev(const ngx_str_t *tag);
static u_char *pt_etag_rev_write(u_char *dst, uint64_t rev);


u_char *
pt_etag_write(u_char *dst, uint64_t rev)
{
    *dst++ = '"';
    dst = pt_etag_rev_write(dst, rev);
    *dst++ = '"';

    return dst;
}


void
pt_etag_list(u_char *dst, const ngx_str_t *field, ngx_str_t *revs)
{
    u_char        *p;
    ngx_str_t      tag;
    ngx_uint_t     separated;
    const u_char  *src, *last;

    revs->data = dst;
    revs->len = 1;

    src = field->data;
    last = src + field->len;

    if (field->len == 1 && *src == '*') {
        *dst = '*';
        return;
    }

    p = dst;
    *p++ = ' ';

    for (separated = 1; src < last; /* void */ ) {

        if (*src == ' ' || *src == '\t') {
            src++;
            continue;
        }

        if (*src == ',') {
            separated = 1;
            src++;
            continue;
        }

        if (!separated || pt_etag_read(&src, last, &tag) != NGX_OK) {
            return;
        }

        separated = 0;

        if (pt_etag_is_rev(&tag)) {
            p = ngx_cpymem(p, tag.data, tag.len);
            *p++ = ' ';
        }
    }

    revs->len = p - dst;
}


/* returns an entity tag without its quotes */

static ngx_int_t
pt_etag_read(const u_char **pos, const u_char *last, ngx_str_t *tag)
{
    const u_char  *p;

    p = *pos;

    if (last - p > 2 && p[0] == 'W' && p[1] == '/') {
        p += 2;
    }

    if (p == last || *p++ != '"') {
        return NGX_DECLINED;
    }

    tag->data = (u_char *) p;

    while (p < last && *p != '"') {

        if (*p <= ' ' || *p == 0x7f) {
            return NGX_DECLINED;
        }

        p++;
    }

    if (p == last) {
        return NGX_DECLINED;
    }

    tag->len = p - tag->data;
    *pos = p + 1;

    return NGX_OK;
}


/* whether a tag has the form that pt_etag_write() writes */

static ngx_uint_t
pt_etag_is_rev(const ngx_str_t *tag)
{
    size_t  i;

    if (tag->len == 0
        || tag->len >= NGX_INT64_LEN
        || (tag->data[0] == '0' && tag->len > 1))
    {
        return 0;
    }

    for (i = 0; i < tag->len; i++) {

        if (tag->data[i] < '0' || tag->data[i] > '9') {
            return 0;
        }
    }

    return 1;
}


ngx_uint_t
pt_etag_list_has(const ngx_str_t *revs, uint64_t rev)
{
    size_t   i, len;
    u_char   word[PT_ETAG_MAX];

    if (revs->len && revs->data[0] == '*') {
        return 1;
    }

    word[0] = ' ';
    len = pt_etag_rev_write(word + 1, rev) - word;
    word[len++] = ' ';

    for (i = 0; i + len <= revs->len; i++) {

        if (ngx_memcmp(revs->data + i, word, len) == 0) {
            return 1;
        }
    }

    return 0;
}


static u_char *
pt_etag_rev_write(u_char *dst, uint64_t rev)
{
    size_t  len;
    u_char  *p, digits[NGX_INT64_LEN];

    p = digits + NGX_INT64_LEN;

    do {
        *--p = (u_char) (rev % 10 + '0');
        rev /= 10;
    } while (rev);

    len = digits + NGX_INT64_LEN - p;

    return ngx_cpymem(dst, p, len);
}
