
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Refuses spellings of a path that servers may read differently. */


#include "pt_route_spelling.h"
#include "pt_hex.h"


static ngx_uint_t pt_route_decodes(const ngx_str_t *raw);
static ngx_uint_t pt_route_decodes_to(const ngx_str_t *raw,
    const ngx_str_t *path);
static ngx_int_t pt_route_check_segment(const u_char **p, const u_char *last);


pt_reason_e
pt_route_spelling(const ngx_str_t *raw, const ngx_str_t *path)
{
    const u_char  *p, *last;

    if (raw->len == 0 || raw->data[0] != '/' || !pt_route_decodes(raw)) {
        return PT_PATH_INVALID;
    }

    if (path != NULL && !pt_route_decodes_to(raw, path)) {
        return PT_PATH_INVALID;
    }

    p = raw->data;
    last = raw->data + raw->len;

    while (p < last) {
        p++;                            /* the "/" before a segment */

        if (pt_route_check_segment(&p, last) != NGX_OK) {
            return PT_PATH_INVALID;
        }
    }

    return PT_OK;
}


static ngx_uint_t
pt_route_decodes(const ngx_str_t *raw)
{
    u_char         ch;
    const u_char  *p, *last;

    p = raw->data;
    last = raw->data + raw->len;

    while (p < last) {
        if (pt_route_decode(&p, last, &ch) != NGX_OK) {
            return 0;
        }
    }

    return 1;
}


static ngx_uint_t
pt_route_decodes_to(const ngx_str_t *raw, const ngx_str_t *path)
{
    u_char         ch;
    size_t         len;
    const u_char  *p, *last;

    p = raw->data;
    last = raw->data + raw->len;

    for (len = 0; p < last; len++) {

        (void) pt_route_decode(&p, last, &ch);

        if (len == path->len || path->data[len] != ch) {
            return 0;
        }
    }

    return len == path->len;
}


/*
 * From the start of a segment to the "/" after it, or to the end.  Every
 * segment except the last one needs a name other than "." and "..".  The name
 * ends before ";": some servers remove parameters before they resolve dots.
 */

static ngx_int_t
pt_route_check_segment(const u_char **p, const u_char *last)
{
    u_char      ch;
    size_t      len, dots;
    ngx_uint_t  parameters;

    len = 0;
    dots = 0;
    parameters = 0;

    while (*p < last && **p != '/') {

        (void) pt_route_decode(p, last, &ch);

        if (ch == ';') {
            parameters = 1;
        }

        if (!parameters) {
            len++;
            dots += (ch == '.');
        }
    }

    if (len == 0) {
        return (*p == last) ? NGX_OK : NGX_ERROR;
    }

    return (dots == len && dots <= 2) ? NGX_ERROR : NGX_OK;
}


ngx_int_t
pt_route_decode(const u_char **p, const u_char *last, u_char *ch)
{
    ngx_int_t  code;

    code = *(*p)++;

    if (code == '%') {

        if (last - *p < 2) {
            return NGX_ERROR;
        }

        code = pt_hex(*p, 2);
        *p += 2;

        if (code == '/' || code == '%') {
            return NGX_ERROR;
        }
    }

    /* NGX_ERROR is negative, so this test covers it */

    if (code < 0x20 || code >= 0x7f || code == '\\') {
        return NGX_ERROR;
    }

    *ch = (u_char) code;

    return NGX_OK;
}
