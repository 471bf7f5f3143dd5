
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_json_scan.h"


/* eight bytes of the same value */
#define pt_json_each(c)  ((uint64_t) (c) * 0x0101010101010101)


static const u_char *pt_json_scan_escape(const u_char *p, const u_char *end);
static ngx_int_t pt_json_scan_hex(const u_char *p);


pt_json_rc_e
pt_json_scan(const ngx_str_t *text)
{
    u_char         c;
    ngx_uint_t     quoted;
    const u_char  *p, *end;

    p = text->data;
    end = text->data + text->len;
    quoted = 0;

    /*
     * Strings need not be told from the rest of the text: backslashes and
     * bytes over 0x7f are legal in strings only, and yajl refuses them
     * elsewhere.  For an open string, yajl would wait for the rest of it, even
     * after the value was complete.
     */

    for ( ;; ) {
        p = pt_json_scan_plain(p, end);

        if (p == end) {
            break;
        }

        c = *p;

        if (c == '"') {
            quoted = !quoted;
            p++;

        } else if (c == '\\') {
            p = pt_json_scan_escape(p, end);

        } else if (c >= 0x80) {
            p = pt_json_scan_utf8(p, end);

        } else if (c == '\n' || c == '\r' || c == '\t') {
            p++;

        } else {
            return c == '\0' ? PT_JSON_RC_ENCODING : PT_JSON_RC_SYNTAX;
        }

        if (p == NULL) {
            return PT_JSON_RC_ENCODING;
        }
    }

    return quoted ? PT_JSON_RC_SYNTAX : PT_JSON_RC_OK;
}


const u_char *
pt_json_scan_plain(const u_char *p, const u_char *end)
{
    uint64_t  word;

    /*
     * Eight at a time, as far as all are plain: each subtraction leaves the
     * upper bit of a byte clear if it is not below a space, not a quote and not
     * a backslash.
     */

    while (end - p >= (ssize_t) sizeof(uint64_t)) {

        ngx_memcpy(&word, p, sizeof(uint64_t));

        if ((word
             | (word - pt_json_each(' '))
             | ((word ^ pt_json_each('"')) - pt_json_each(1))
             | ((word ^ pt_json_each('\\')) - pt_json_each(1)))
            & pt_json_each(0x80))
        {
            break;
        }

        p += sizeof(uint64_t);
    }

    while (p < end && *p >= ' ' && *p < 0x80 && *p != '"' && *p != '\\') {
        p++;
    }

    return p;
}


/* the end of an escape, or of a pair of them; NULL if it is not valid */

static const u_char *
pt_json_scan_escape(const u_char *p, const u_char *end)
{
    ngx_int_t  code, low;

    if (end - p < 2) {
        return NULL;
    }

    if (p[1] != 'u') {
        return p[1] != '\0' && ngx_strchr("\"\\/bfnrt", p[1]) ? p + 2 : NULL;
    }

    if (end - p < 6) {
        return NULL;
    }

    code = pt_json_scan_hex(p + 2);

    if (code <= 0 || (code >= 0xdc00 && code <= 0xdfff)) {
        return NULL;
    }

    if (code < 0xd800 || code > 0xdbff) {
        return p + 6;
    }

    if (end - p < 12 || p[6] != '\\' || p[7] != 'u') {
        return NULL;
    }

    low = pt_json_scan_hex(p + 8);

    return low >= 0xdc00 && low <= 0xdfff ? p + 12 : NULL;
}


/* the value of four hexadecimal digits, -1 if they are not */

static ngx_int_t
pt_json_scan_hex(const u_char *p)
{
    u_char      c;
    ngx_int_t   value;
    ngx_uint_t  i;

    value = 0;

    for (i = 0; i < 4; i++) {
        c = p[i];

        if (c >= '0' && c <= '9') {
            value = value * 16 + (c - '0');
            continue;
        }

        c |= 0x20;

        if (c < 'a' || c > 'f') {
            return -1;
        }

        value = value * 16 + (c - 'a' + 10);
    }

    return value;
}


/* well-formed: Unicode, table 3-7 */

const u_char *
pt_json_scan_utf8(const u_char *p, const u_char *end)
{
    u_char  lead, low, high;
    size_t  i, n;

    lead = *p;

    if (lead < 0xc2 || lead > 0xf4) {
        return NULL;
    }

    n = (lead < 0xe0) ? 2 : (lead < 0xf0) ? 3 : 4;

    if ((size_t) (end - p) < n) {
        return NULL;
    }

    /* no overlong forms, surrogates, code points over U+10FFFF */

    low = (lead == 0xe0) ? 0xa0 : (lead == 0xf0) ? 0x90 : 0x80;
    high = (lead == 0xed) ? 0x9f : (lead == 0xf4) ? 0x8f : 0xbf;

    if (p[1] < low || p[1] > high) {
        return NULL;
    }

    for (i = 2; i < n; i++) {
        if (p[i] < 0x80 || p[i] > 0xbf) {
            return NULL;
        }
    }

    return p + n;
}
