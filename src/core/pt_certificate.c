
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Computes the digest of a client certificate from its text forms. */


#include "pt_certificate.h"

#include <openssl/evp.h>

#include "pt_hex.h"


static ngx_int_t pt_certificate_unescape(ngx_str_t *dst,
    const ngx_str_t *src);
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

    /* a remaining "-" or ":" belongs to another form and is not base64 */

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
    ngx_int_t   code;

    d = dst->data;
    s = src->data;
    last = s + src->len;

    while (s < last) {

        if (*s != '%') {
            *d++ = *s++;
            continue;
        }

        code = (last - s > 2) ? pt_hex(s + 1, 2) : NGX_ERROR;

        if (code == NGX_ERROR) {
            return NGX_ERROR;
        }

        *d++ = (u_char) code;
        s += 3;
    }

    dst->len = d - dst->data;

    return NGX_OK;
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


/* both marks are required: one mark alone is a damaged value */

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


/*
 * Decodes base64 with padding (RFC 4648, section 4) in place.  The checks come
 * first, because OpenSSL accepts "=" as a digit anywhere and ignores "-" at the
 * end.
 */

static ngx_int_t
pt_certificate_decode(ngx_str_t *s)
{
    int         size;
    u_char     *d, *p, *last;
    u_char      buf[PT_CERTIFICATE_MAX];
    ngx_uint_t  padding;

    d = buf;
    last = s->data + s->len;
    padding = 0;

    for (p = s->data; p < last; p++) {

        if (pt_certificate_is_space(*p)) {
            continue;
        }

        if (*p == '=') {
            padding++;

        } else if (padding) {
            return NGX_ERROR;
        }

        *d++ = *p;
    }

    if (padding > 2) {
        return NGX_ERROR;
    }

    size = EVP_DecodeBlock(s->data, buf, (int) (d - buf));

    if (size * 4 != (d - buf) * 3) {
        return NGX_ERROR;
    }

    s->len = size - padding;

    return NGX_OK;
}


static ngx_uint_t
pt_certificate_is_space(u_char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}
