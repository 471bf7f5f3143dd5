
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Writes JSON strings. */


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_json.h"
#include "pt_json_scan.h"


/* U+FFFD replaces a byte that is not UTF-8 */
#define PT_JSON_REPLACEMENT  "\\ufffd"


static const u_char *pt_json_escape_none(const u_char *p, const u_char *end);
static ngx_inline ngx_uint_t pt_json_escape_self(u_char c);
static u_char *pt_json_escape_char(u_char *dst, u_char c);


u_char *
pt_json_escape(u_char *dst, const ngx_str_t *src)
{
    const u_char  *p, *end, *next;

    p = src->data;
    end = src->data + src->len;

    while (p < end) {
        next = pt_json_escape_none(p, end);

        dst = ngx_cpymem(dst, p, next - p);
        p = next;

        if (p == end) {
            break;
        }

        if (*p < 0x80) {
            dst = pt_json_escape_char(dst, *p);

        } else {
            dst = ngx_cpymem(dst, PT_JSON_REPLACEMENT,
                             sizeof(PT_JSON_REPLACEMENT) - 1);
        }

        p++;
    }

    return dst;
}


/* the end of the run of characters that need no escape */

static const u_char *
pt_json_escape_none(const u_char *p, const u_char *end)
{
    const u_char  *next;

    while (p < end) {
        next = (*p < 0x80) ? pt_json_scan_plain(p, end)
                           : pt_json_scan_utf8(p, end);

        if (next == p || next == NULL) {
            break;
        }

        p = next;
    }

    return p;
}


/* whether the escape is a backslash and the character itself */

static ngx_inline ngx_uint_t
pt_json_escape_self(u_char c)
{
    return c == '"' || c == '\\';
}


/*
 * Escapes quotes, backslashes and control characters.  Markup characters are
 * escaped, too, so that filters that search a response for markup, such as SSI,
 * do not match within a string.
 */

static u_char *
pt_json_escape_char(u_char *dst, u_char c)
{
    static const u_char  hex[] = "0123456789ABCDEF";
    static const u_char  names[] = "btn?fr";     /* from 0x08 to 0x0d */

    *dst++ = '\\';

    if (pt_json_escape_self(c)) {
        *dst++ = c;

    } else if (c >= '\b' && c <= '\r' && c != '\v') {
        *dst++ = names[c - '\b'];

    } else {
        *dst++ = 'u';
        *dst++ = '0';
        *dst++ = '0';
        *dst++ = hex[c >> 4];
        *dst++ = hex[c & 0xf];
    }

    return dst;
}


size_t
pt_json_escaped(const ngx_str_t *src)
{
    size_t         len;
    const u_char  *p, *end, *next;

    p = src->data;
    end = src->data + src->len;

    for (len = 0; ; p++) {
        next = pt_json_escape_none(p, end);

        len += next - p;
        p = next;

        if (p == end) {
            return len;
        }

        if (*p >= 0x80) {
            len += sizeof(PT_JSON_REPLACEMENT) - 1;

        } else if (pt_json_escape_self(*p)
                   || (*p >= '\b' && *p <= '\r' && *p != '\v'))
        {
            len += sizeof("\\n") - 1;

        } else {
            len += sizeof("\\u0000") - 1;
        }
    }
}
