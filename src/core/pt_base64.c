
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "pt_base64.h"


/* the value of a character; 64: none (and all bytes over 127) */

static const u_char  pt_base64url_value[128] = {
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 62, 64, 64,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 64, 64, 64, 64, 64, 64,
    64,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 64, 64, 64, 64, 63,
    64, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 64, 64, 64, 64, 64
};


ngx_int_t
pt_base64url_decode(ngx_str_t *dst, const ngx_str_t *src)
{
    u_char      *d, *s, *last, value;
    uint32_t     bits;
    ngx_uint_t   n;

    d = dst->data;
    s = src->data;
    last = s + src->len;

    bits = 0;
    n = 0;

    while (s < last) {
        value = (*s < 128) ? pt_base64url_value[*s] : 64;

        if (value == 64) {
            return NGX_ERROR;
        }

        s++;
        bits = (bits << 6) | value;
        n += 6;

        if (n >= 8) {
            n -= 8;
            *d++ = (u_char) (bits >> n);
            bits &= (1u << n) - 1;
        }
    }

    /* six bits left: a lone last character; a set bit: another spelling */

    if (n == 6 || bits != 0) {
        return NGX_ERROR;
    }

    dst->len = d - dst->data;

    return NGX_OK;
}
