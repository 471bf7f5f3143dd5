
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_json.h"
#include "pt_json_scan.h"


/* what stands for a byte that is not UTF-8: U+FFFD */
#define PT_JSON_REPLACEMENT  "\\ufffd"


static u_char *pt_json_escape_char(u_char *dst, u_char c);


u_char *
pt_json_escape(u_char *dst, const ngx_str_t *src)
{
    const u_char  *p, *end, *next;

    p = src->data;
    end = src->data + src->len;

    while (p < end) {
        next = pt_json_scan_plain(p, end);

        dst = ngx_cpymem(dst, p, next - p);
        p = next;

        if (p == end) {
            break;
        }

        if (*p < 0x80) {
            dst = pt_json_escape_char(dst, *p++);
            continue;
        }

        next = pt_json_scan_utf8(p, end);

        if (next == NULL) {
            dst = ngx_cpymem(dst, PT_JSON_REPLACEMENT,
                             sizeof(PT_JSON_REPLACEMENT) - 1);
            p++;
            continue;
        }

        dst = ngx_cpymem(dst, p, next - p);
        p = next;
    }

    return dst;
}


/* a quote, a backslash or a control character */

static u_char *
pt_json_escape_char(u_char *dst, u_char c)
{
    static const u_char  hex[] = "0123456789ABCDEF";
    static const u_char  names[] = "btn?fr";     /* from 0x08 to 0x0d */

    *dst++ = '\\';

    if (c >= ' ') {
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

    len = 0;

    while (p < end) {
        next = pt_json_scan_plain(p, end);

        len += next - p;
        p = next;

        if (p == end) {
            break;
        }

        if (*p >= 0x80) {
            next = pt_json_scan_utf8(p, end);

            len += (next == NULL) ? sizeof(PT_JSON_REPLACEMENT) - 1
                                  : (size_t) (next - p);
            p = (next == NULL) ? p + 1 : next;
            continue;
        }

        if (*p >= ' ' || (*p >= '\b' && *p <= '\r' && *p != '\v')) {
            len += sizeof("\\n") - 1;

        } else {
            len += sizeof("\\u0000") - 1;
        }

        p++;
    }

    return len;
}
