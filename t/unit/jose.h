
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Keys and tokens for the unit tests: made at run time by OpenSSL, right or
 * wrong as the test wants them.  Texts live until the program ends; a step of
 * OpenSSL that fails here ends it.
 */


#ifndef _JOSE_H_INCLUDED_
#define _JOSE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define JOSE_MEMORY  (16 * 1024 * 1024)


typedef enum {
    JOSE_RS256 = 0,
    JOSE_RS384,
    JOSE_RS512,
    JOSE_PS256,
    JOSE_PS256_SALT_0,
    JOSE_PS256_SALT_20,
    JOSE_PS256_SALT_MAX,
    JOSE_PS256_MGF1_SHA1,
    JOSE_ES256,
    JOSE_ES256_DER
} jose_alg_e;


static ngx_inline void *
jose_must(const void *p, const char *what)
{
    if (p == NULL) {
        fprintf(stderr, "%s failed\n", what);
        abort();
    }

    return (void *) p;
}


static ngx_inline void
jose_must_be(int ok, const char *what)
{
    jose_must(ok == 1 ? what : NULL, what);
}


static ngx_inline void *
jose_alloc(size_t size)
{
    void  *p;

    static u_char  memory[JOSE_MEMORY];
    static size_t  used;

    jose_must(size <= JOSE_MEMORY - used ? memory : NULL, "jose_alloc()");

    p = &memory[used];
    used += size;

    return p;
}


static ngx_inline char *
jose_printf(const char *fmt, ...)
{
    int      len;
    char    *text;
    va_list  args;

    va_start(args, fmt);
    len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);

    text = jose_alloc(len + 1);

    va_start(args, fmt);
    vsnprintf(text, len + 1, fmt, args);
    va_end(args);

    return text;
}


/* a text of n times the same character */

static ngx_inline char *
jose_repeat(int ch, size_t n)
{
    char  *text;

    text = jose_alloc(n + 1);
    memset(text, ch, n);
    text[n] = '\0';

    return text;
}


static ngx_inline char *
jose_base64url(const void *data, size_t len)
{
    char          *text, *p;
    size_t         i;
    const u_char  *s;
    unsigned long  bits;

    static const char  alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    s = data;
    text = jose_alloc(len * 4 / 3 + 3);
    p = text;

    for (i = 0; i < len; i += 3) {
        bits = s[i] << 16;
        bits |= (i + 1 < len) ? s[i + 1] << 8 : 0;
        bits |= (i + 2 < len) ? s[i + 2] : 0;

        *p++ = alphabet[bits >> 18];
        *p++ = alphabet[bits >> 12 & 63];

        if (i + 1 < len) {
            *p++ = alphabet[bits >> 6 & 63];
        }

        if (i + 2 < len) {
            *p++ = alphabet[bits & 63];
        }
    }

    *p = '\0';

    return text;
}


/* a number as text: the bytes, with zeros in front up to len */

static ngx_inline char *
jose_number(const BIGNUM *n, int len)
{
    u_char  buf[2048];

    jose_must_be(BN_bn2binpad(n, buf, len) == len, "BN_bn2binpad()");

    return jose_base64url(buf, len);
}


static ngx_inline char *
jose_pkey_number(EVP_PKEY *pkey, const char *name, int len)
{
    char    *text;
    BIGNUM  *n;

    n = NULL;
    jose_must_be(EVP_PKEY_get_bn_param(pkey, name, &n), name);

    text = jose_number(n, len ? len : BN_num_bytes(n));
    BN_free(n);

    return text;
}


static ngx_inline EVP_PKEY *
jose_rsa(int bits)
{
    return jose_must(EVP_RSA_gen(bits), "EVP_RSA_gen()");
}


static ngx_inline EVP_PKEY *
jose_ec(const char *group)
{
    return jose_must(EVP_EC_gen(group), "EVP_EC_gen()");
}


/* the members of a JWK that are the public key, without braces */

static ngx_inline char *
jose_jwk(EVP_PKEY *pkey)
{
    int  size;

    if (EVP_PKEY_is_a(pkey, "RSA")) {
        return jose_printf("\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\"",
                           jose_pkey_number(pkey, OSSL_PKEY_PARAM_RSA_N, 0),
                           jose_pkey_number(pkey, OSSL_PKEY_PARAM_RSA_E, 0));
    }

    size = (EVP_PKEY_get_bits(pkey) + 7) / 8;

    return jose_printf("\"kty\":\"EC\",\"crv\":\"P-%d\",\"x\":\"%s\","
                       "\"y\":\"%s\"", EVP_PKEY_get_bits(pkey),
                       jose_pkey_number(pkey, OSSL_PKEY_PARAM_EC_PUB_X, size),
                       jose_pkey_number(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, size));
}


static ngx_inline void
jose_set_alg(EVP_PKEY_CTX *ctx, jose_alg_e alg)
{
    int  salt;

    switch (alg) {

    case JOSE_PS256_SALT_0:
        salt = 0;
        break;

    case JOSE_PS256_SALT_20:
        salt = 20;
        break;

    case JOSE_PS256_SALT_MAX:
        salt = RSA_PSS_SALTLEN_MAX;
        break;

    case JOSE_PS256:
    case JOSE_PS256_MGF1_SHA1:
        salt = RSA_PSS_SALTLEN_DIGEST;
        break;

    default:
        return;
    }

    jose_must_be(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING),
                 "EVP_PKEY_CTX_set_rsa_padding()");
    jose_must_be(EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, salt),
                 "EVP_PKEY_CTX_set_rsa_pss_saltlen()");
    jose_must_be(EVP_PKEY_CTX_set_rsa_mgf1_md(ctx,
                     alg == JOSE_PS256_MGF1_SHA1 ? EVP_sha1() : EVP_sha256()),
                 "EVP_PKEY_CTX_set_rsa_mgf1_md()");
}


/* r and s of a DER signature side by side, of half the given length each */

static ngx_inline void
jose_raw(ngx_str_t *sig, int len)
{
    ECDSA_SIG     *rs;
    const u_char  *p;

    p = sig->data;
    rs = jose_must(d2i_ECDSA_SIG(NULL, &p, sig->len), "d2i_ECDSA_SIG()");

    sig->data = jose_alloc(len);
    sig->len = len;

    BN_bn2binpad(ECDSA_SIG_get0_r(rs), sig->data, len / 2);
    BN_bn2binpad(ECDSA_SIG_get0_s(rs), sig->data + len / 2, len / 2);

    ECDSA_SIG_free(rs);
}


static ngx_inline ngx_str_t
jose_sign(EVP_PKEY *pkey, jose_alg_e alg, const char *text)
{
    ngx_str_t      sig;
    EVP_MD_CTX    *ctx;
    EVP_PKEY_CTX  *pctx;
    const EVP_MD  *md;

    md = (alg == JOSE_RS384) ? EVP_sha384()
         : (alg == JOSE_RS512) ? EVP_sha512() : EVP_sha256();

    sig.len = EVP_PKEY_get_size(pkey);
    sig.data = jose_alloc(sig.len);

    ctx = jose_must(EVP_MD_CTX_new(), "EVP_MD_CTX_new()");

    jose_must_be(EVP_DigestSignInit(ctx, &pctx, md, NULL, pkey),
                 "EVP_DigestSignInit()");
    jose_set_alg(pctx, alg);
    jose_must_be(EVP_DigestSign(ctx, sig.data, &sig.len, (u_char *) text,
                                strlen(text)),
                 "EVP_DigestSign()");

    EVP_MD_CTX_free(ctx);

    if (alg == JOSE_ES256) {
        jose_raw(&sig, (EVP_PKEY_get_bits(pkey) + 7) / 8 * 2);
    }

    return sig;
}


/* header and payload, encoded: what is signed */

static ngx_inline char *
jose_input(const char *header, const char *payload)
{
    return jose_printf("%s.%s", jose_base64url(header, strlen(header)),
                       jose_base64url(payload, strlen(payload)));
}


static ngx_inline char *
jose_join(const char *input, const ngx_str_t *sig)
{
    return jose_printf("%s.%s", input, jose_base64url(sig->data, sig->len));
}


static ngx_inline char *
jose_token(EVP_PKEY *pkey, jose_alg_e alg, const char *header,
    const char *payload)
{
    char       *input;
    ngx_str_t   sig;

    input = jose_input(header, payload);
    sig = jose_sign(pkey, alg, input);

    return jose_join(input, &sig);
}


#endif /* _JOSE_H_INCLUDED_ */
