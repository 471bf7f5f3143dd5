
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Decodes base64url strictly: each value has one spelling. */


#include "pt_base64.h"


/* marks a byte outside the alphabet; no value of a digit has this bit */
#define PT_BASE64_NONE  64


static const u_char  pt_base64url_value[256] = {
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 62, 64, 64,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 64, 64, 64, 64, 64, 64,
    64,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 64, 64, 64, 64, 63,
    64, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64
};


ngx_int_t
pt_base64url_decode(ngx_str_t *dst, const ngx_str_t *src)
{
    u_char      *d, *s, *last;
    uint32_t     v0, v1, v2, v3, all, bits;
    ngx_uint_t   n;

    d = dst->data;
    s = src->data;
    last = s + src->len;

    all = 0;

    while (last - s >= 4) {
        v0 = pt_base64url_value[s[0]];
        v1 = pt_base64url_value[s[1]];
        v2 = pt_base64url_value[s[2]];
        v3 = pt_base64url_value[s[3]];

        all |= v0 | v1 | v2 | v3;

        d[0] = (u_char) (v0 << 2 | v1 >> 4);
        d[1] = (u_char) (v1 << 4 | v2 >> 2);
        d[2] = (u_char) (v2 << 6 | v3);

        s += 4;
        d += 3;
    }

    bits = 0;
    n = 0;

    while (s < last) {
        v0 = pt_base64url_value[*s++];
        all |= v0;
        bits = (bits << 6) | v0;
        n += 6;

        if (n >= 8) {
            n -= 8;
            *d++ = (u_char) (bits >> n);
            bits &= (1u << n) - 1;
        }
    }

    /*
     * Six bits left: a lone last character.  A set bit: another spelling of the
     * same bytes.
     */

    if ((all & PT_BASE64_NONE) || n == 6 || bits != 0) {
        return NGX_ERROR;
    }

    dst->len = d - dst->data;

    return NGX_OK;
}
