
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "pt_certificate.h"

#include <openssl/evp.h>


static ngx_int_t pt_certificate_unescape(ngx_str_t *dst,
    const ngx_str_t *src);
static ngx_int_t pt_certificate_digit(u_char c);
static void pt_certificate_strip(ngx_str_t *s);
static ngx_uint_t pt_certificate_unwrap(ngx_str_t *s, const ngx_str_t *before,
    const ngx_str_t *after);
static ngx_int_t pt_certificate_decode(ngx_str_t *s);
static ngx_uint_t pt_certificate_is_space(u_char c);


static const ngx_str_t  pt_certificate_begin =
    ngx_string("-----BEGIN CERTIFICATE-----");
static const ngx_str_t  pt_certificate_end =
    ngx_string("-----END CERTIFICATE-----");
static const ngx_str_t  pt_certificate_colon = ngx_string(":");


/* the value of a digit of base64; 64: it is none */

static const u_char  pt_certificate_sextets[128] = {
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 62, 64, 64, 64, 63,
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 64, 64, 64, 64, 64, 64,
    64,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14,
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 64, 64, 64, 64, 64,
    64, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 64, 64, 64, 64, 64
};


ngx_int_t
pt_certificate_digest(const ngx_str_t *value, u_char *digest)
{
    ngx_str_t  s;
    u_char     buf[PT_CERTIFICATE_MAX];

    if (value->len > PT_CERTIFICATE_MAX) {
        return NGX_DECLINED;
    }

    s.data = buf;

    if (pt_certificate_unescape(&s, value) != NGX_OK) {
        return NGX_DECLINED;
    }

    pt_certificate_strip(&s);

    if (!pt_certificate_unwrap(&s, &pt_certificate_begin, &pt_certificate_end))
    {
        (void) pt_certificate_unwrap(&s, &pt_certificate_colon,
                                     &pt_certificate_colon);
    }

    /* what is left of other marks is not base64 */

    if (pt_certificate_decode(&s) != NGX_OK || s.len == 0) {
        return NGX_DECLINED;
    }

    return (EVP_Digest(s.data, s.len, digest, NULL, EVP_sha256(), NULL) == 1)
           ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
pt_certificate_unescape(ngx_str_t *dst, const ngx_str_t *src)
{
    u_char     *d, *s, *last;
    ngx_int_t   high, low;

    d = dst->data;
    s = src->data;
    last = s + src->len;

    while (s < last) {

        if (*s != '%') {
            *d++ = *s++;
            continue;
        }

        if (last - s < 3) {
            return NGX_ERROR;
        }

        high = pt_certificate_digit(s[1]);
        low = pt_certificate_digit(s[2]);

        if (high < 0 || low < 0) {
            return NGX_ERROR;
        }

        *d++ = (u_char) (high << 4 | low);
        s += 3;
    }

    dst->len = d - dst->data;

    return NGX_OK;
}


static ngx_int_t
pt_certificate_digit(u_char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    c |= 0x20;

    return (c >= 'a' && c <= 'f') ? c - 'a' + 10 : NGX_ERROR;
}


static void
pt_certificate_strip(ngx_str_t *s)
{
    while (s->len && pt_certificate_is_space(s->data[0])) {
        s->data++;
        s->len--;
    }

    while (s->len && pt_certificate_is_space(s->data[s->len - 1])) {
        s->len--;
    }
}


/* only if both marks are there */

static ngx_uint_t
pt_certificate_unwrap(ngx_str_t *s, const ngx_str_t *before,
    const ngx_str_t *after)
{
    if (s->len < before->len + after->len
        || ngx_memcmp(s->data, before->data, before->len) != 0
        || ngx_memcmp(s->data + s->len - after->len, after->data, after->len)
           != 0)
    {
        return 0;
    }

    s->data += before->len;
    s->len -= before->len + after->len;

    return 1;
}


/* base64 with padding (RFC 4648, section 4), in place */

static ngx_int_t
pt_certificate_decode(ngx_str_t *s)
{
    u_char     *d, *p, *last, sextet;
    uint32_t    bits;
    ngx_uint_t  n, padding;

    d = s->data;
    last = s->data + s->len;

    bits = 0;
    n = 0;
    padding = 0;

    for (p = s->data; p < last; p++) {

        sextet = (*p < 128) ? pt_certificate_sextets[*p] : 64;

        if (sextet == 64) {

            if (pt_certificate_is_space(*p)) {
                continue;
            }

            if (*p != '=' || n < 2) {
                return NGX_ERROR;
            }

            sextet = 0;
            padding++;

        } else if (padding) {
            return NGX_ERROR;
        }

        bits = bits << 6 | sextet;

        if (++n < 4) {
            continue;
        }

        *d++ = (u_char) (bits >> 16);
        *d++ = (u_char) (bits >> 8);
        *d++ = (u_char) bits;

        bits = 0;
        n = 0;
    }

    s->len = d - s->data - padding;

    return (n == 0) ? NGX_OK : NGX_ERROR;
}


static ngx_uint_t
pt_certificate_is_space(u_char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}
