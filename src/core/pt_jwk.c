
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Reads public keys from a JWK Set (RFC 7517). */


#include "pt_jwk.h"
#include "pt_base64.h"
#include "pt_json.h"
#include "pt_str_list.h"

#include <openssl/err.h>


/* one byte more than the largest modulus: some encoders add a sign byte */
#define PT_JWK_UINT_MAX  (PT_RSA_MAX_BITS / 8 + 1)

/* a member in the name of a skipped key, if each byte needs an escape */
#define PT_JWK_SHOWN_SIZE                                                     \
    (sizeof(", kid \"\"...") - 1 + 4 * PT_JWK_SHOWN_MAX)


static pt_jwks_t *pt_jwks_parse(const ngx_str_t *text, pt_arena_t *arena,
    const char **err);
static const char *pt_jwks_add(pt_jwks_t *jwks, const pt_json_t *json);
static ngx_uint_t pt_jwk_is_secret(const pt_json_t *json);
static const char *pt_jwks_skip(pt_jwks_t *jwks, const pt_json_t *json,
    const char *why);
static u_char *pt_jwk_show(u_char *p, const pt_json_t *json,
    const char *name);
static const char *pt_jwk_read(pt_jwk_t *key, const pt_json_t *json);
static const char *pt_jwk_not_verifying(const pt_json_t *json);
static ngx_uint_t pt_jwk_algs(const pt_json_t *json, ngx_uint_t algs);
static EVP_PKEY *pt_jwk_rsa(const pt_json_t *json, const char **why);
static EVP_PKEY *pt_jwk_ec(const pt_json_t *json, const char **why);
static ngx_int_t pt_jwk_decode(const pt_json_t *value, ngx_str_t *dst);
static ngx_int_t pt_jwk_copy_kid(pt_jwk_t *key, const ngx_str_t *kid);
static ngx_int_t pt_jwk_prepare(pt_jwk_t *key);
static ngx_uint_t pt_jwk_is(const pt_json_t *value, const char *text);


/* members of private and symmetric keys only */

static const char  *pt_jwk_secrets[] = {
    "d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv", NULL
};


/* 64 keys of about 20 values, with certificate chains; names are exact */

static const pt_json_limits_t  pt_jwks_limits = { 8, 4096, 0 };


pt_jwks_t *
pt_jwks_read(const ngx_str_t *text, const char **err)
{
    size_t       size;
    u_char      *scratch;
    pt_jwks_t   *jwks;
    pt_arena_t   arena;

    if (text->len > PT_JWKS_MAX_SIZE) {
        *err = "is larger than 256 KiB";
        return NULL;
    }

    size = pt_json_scratch(text->len, &pt_jwks_limits);

    scratch = OPENSSL_malloc(size);
    if (scratch == NULL) {
        *err = "could not be read: out of memory";
        return NULL;
    }

    pt_arena_init(&arena, scratch, size);

    jwks = pt_jwks_parse(text, &arena, err);

    OPENSSL_free(scratch);
    ERR_clear_error();

    return jwks;
}


static pt_jwks_t *
pt_jwks_parse(const ngx_str_t *text, pt_arena_t *arena, const char **err)
{
    pt_json_t        *root;
    pt_jwks_t        *jwks;
    pt_json_rc_e      rc;
    const pt_json_t  *keys, *json;

    rc = pt_json_read(text, &pt_jwks_limits, arena, &root);

    if (rc != PT_JSON_RC_OK) {
        *err = (rc == PT_JSON_RC_MEMORY) ? "could not be read: out of memory"
                                         : "is not valid JSON";
        return NULL;
    }

    keys = pt_json_member(root, "keys");

    if (keys == NULL || keys->type != PT_JSON_ARRAY) {
        *err = "is not a JSON object with an array \"keys\"";
        return NULL;
    }

    jwks = OPENSSL_zalloc(sizeof(pt_jwks_t));
    if (jwks == NULL) {
        *err = "could not be read: out of memory";
        return NULL;
    }

    *err = NULL;

    for (json = keys->child; json && *err == NULL; json = json->next) {
        *err = pt_jwks_add(jwks, json);
    }

    if (*err == NULL && jwks->nkeys == 0) {
        *err = "has no usable key";
    }

    if (*err) {
        pt_jwks_free(jwks);
        return NULL;
    }

    return jwks;
}


/* adds a key to the set, or skips it; returns an error of the whole set */

static const char *
pt_jwks_add(pt_jwks_t *jwks, const pt_json_t *json)
{
    pt_jwk_t         *key;
    const char       *why;
    const pt_json_t  *kid;

    if (json->type != PT_JSON_OBJECT) {
        return "has a key that is not a JSON object";
    }

    if (jwks->nkeys + jwks->skipped == PT_JWKS_MAX_KEYS) {
        return "has more than 64 keys";
    }

    if (pt_jwk_is_secret(json)) {
        return "holds a private or symmetric key";
    }

    if (jwks->keys == NULL) {
        jwks->keys = OPENSSL_zalloc(PT_JWKS_MAX_KEYS * sizeof(pt_jwk_t));
        if (jwks->keys == NULL) {
            return "could not be read: out of memory";
        }
    }

    key = &jwks->keys[jwks->nkeys];

    why = pt_jwk_read(key, json);

    if (why) {
        return pt_jwks_skip(jwks, json, why);
    }

    /* from here on the set owns the key */

    jwks->nkeys++;

    kid = pt_json_member(json, "kid");

    if (kid && pt_jwks_find(jwks, &kid->value) != NULL) {
        return "has two keys with one \"kid\"";
    }

    if ((kid && pt_jwk_copy_kid(key, &kid->value) != NGX_OK)
        || pt_jwk_prepare(key) != NGX_OK)
    {
        return "could not be read: OpenSSL failed";
    }

    return NULL;
}


static const char *
pt_jwks_skip(pt_jwks_t *jwks, const pt_json_t *json, const char *why)
{
    u_char         *p;
    pt_jwk_skip_t  *skip;
    u_char          buf[3 * PT_JWK_SHOWN_SIZE];

    if (jwks->skipped++ >= PT_JWKS_MAX_SKIPS) {
        return NULL;
    }

    p = pt_jwk_show(buf, json, ", kid");
    p = pt_jwk_show(p, json, ", kty");
    p = pt_jwk_show(p, json, ", alg");

    skip = &jwks->skips[jwks->skipped - 1];
    skip->why = why;
    skip->number = jwks->nkeys + jwks->skipped;

    if (p == buf) {
        p = pt_write(p, ", no kid");
    }

    skip->name.len = p - buf - 2;
    skip->name.data = OPENSSL_memdup(buf + 2, skip->name.len);

    return skip->name.data ? NULL : "could not be read: out of memory";
}


/*
 * Shows a string member, limited to characters that are safe in a log.
 */

static u_char *
pt_jwk_show(u_char *p, const pt_json_t *json, const char *name)
{
    u_char            c;
    size_t            i, len;
    const pt_json_t  *value;

    static const char  hex[] = "0123456789abcdef";

    value = pt_json_member(json, name + 2);

    if (value == NULL || value->type != PT_JSON_STRING) {
        return p;
    }

    p = ngx_cpymem(p, name, ngx_strlen(name));
    p = pt_write(p, " \"");

    len = ngx_min(value->value.len, PT_JWK_SHOWN_MAX);

    for (i = 0; i < len; i++) {
        c = value->value.data[i];

        if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
            *p++ = c;
            continue;
        }

        p = pt_write(p, "\\x");
        *p++ = hex[c >> 4];
        *p++ = hex[c & 0xf];
    }

    return (len < value->value.len) ? pt_write(p, "\"...") : pt_write(p, "\"");
}


static ngx_uint_t
pt_jwk_is_secret(const pt_json_t *json)
{
    ngx_uint_t  i;

    for (i = 0; pt_jwk_secrets[i]; i++) {
        if (pt_json_member(json, pt_jwk_secrets[i])) {
            return 1;
        }
    }

    return pt_jwk_is(pt_json_member(json, "kty"), "oct");
}


/* returns NULL, or why the key is not usable */

static const char *
pt_jwk_read(pt_jwk_t *key, const pt_json_t *json)
{
    const char       *why;
    const pt_json_t  *kid, *kty;

    kid = pt_json_member(json, "kid");

    if (kid && (kid->type != PT_JSON_STRING || kid->value.len == 0
                || kid->value.len > PT_JWK_KID_MAX))
    {
        return "its \"kid\" is not a string of 1 to 128 bytes";
    }

    why = pt_jwk_not_verifying(json);

    if (why) {
        return why;
    }

    kty = pt_json_member(json, "kty");

    if (pt_jwk_is(kty, "RSA")) {
        key->algs = pt_jwk_algs(json, pt_alg_bit(PT_ALG_RS256)
                                      |pt_alg_bit(PT_ALG_PS256));

        if (key->algs == 0) {
            return "its \"alg\" is not \"RS256\" or \"PS256\"";
        }

        key->pkey = pt_jwk_rsa(json, &why);

    } else if (pt_jwk_is(kty, "EC")) {
        key->algs = pt_jwk_algs(json, pt_alg_bit(PT_ALG_ES256));

        if (key->algs == 0) {
            return "its \"alg\" is not \"ES256\"";
        }

        key->pkey = pt_jwk_ec(json, &why);

    } else {
        return "its \"kty\" is not \"RSA\" or \"EC\"";
    }

    return key->pkey ? NULL : why;
}


/* "use" and "key_ops": why the key may not verify signatures */

static const char *
pt_jwk_not_verifying(const pt_json_t *json)
{
    const pt_json_t  *use, *ops, *op;

    use = pt_json_member(json, "use");

    if (use && !pt_jwk_is(use, "sig")) {
        return "its \"use\" is not \"sig\"";
    }

    ops = pt_json_member(json, "key_ops");

    if (ops == NULL) {
        return NULL;
    }

    if (ops->type == PT_JSON_ARRAY) {

        for (op = ops->child; op; op = op->next) {
            if (pt_jwk_is(op, "verify")) {
                return NULL;
            }
        }
    }

    return "its \"key_ops\" do not have \"verify\"";
}


/* restricts the algorithms of the key type to the one that "alg" names */

static ngx_uint_t
pt_jwk_algs(const pt_json_t *json, ngx_uint_t algs)
{
    pt_alg_e          alg;
    const pt_json_t  *value;

    value = pt_json_member(json, "alg");

    if (value == NULL) {
        return algs;
    }

    if (value->type != PT_JSON_STRING) {
        return 0;
    }

    alg = pt_alg_by_name(&value->value);

    return (alg == PT_ALG_N) ? 0 : (algs & pt_alg_bit(alg));
}


static EVP_PKEY *
pt_jwk_rsa(const pt_json_t *json, const char **why)
{
    u_char     n_buf[PT_JWK_UINT_MAX], e_buf[PT_JWK_UINT_MAX];
    ngx_str_t  n, e;

    n.data = n_buf;
    n.len = PT_JWK_UINT_MAX;

    e.data = e_buf;
    e.len = PT_JWK_UINT_MAX;

    if (pt_jwk_decode(pt_json_member(json, "n"), &n) != NGX_OK
        || pt_jwk_decode(pt_json_member(json, "e"), &e) != NGX_OK)
    {
        *why = "its \"n\" or \"e\" is missing, malformed or too long";
        return NULL;
    }

    *why = "OpenSSL failed";

    return pt_pkey_rsa(&n, &e, why);
}


static EVP_PKEY *
pt_jwk_ec(const pt_json_t *json, const char **why)
{
    u_char     x_buf[PT_P256_SIZE], y_buf[PT_P256_SIZE];
    ngx_str_t  x, y;

    if (!pt_jwk_is(pt_json_member(json, "crv"), "P-256")) {
        *why = "its \"crv\" is not \"P-256\"";
        return NULL;
    }

    x.data = x_buf;
    x.len = PT_P256_SIZE;

    y.data = y_buf;
    y.len = PT_P256_SIZE;

    if (pt_jwk_decode(pt_json_member(json, "x"), &x) != NGX_OK
        || pt_jwk_decode(pt_json_member(json, "y"), &y) != NGX_OK
        || x.len != PT_P256_SIZE
        || y.len != PT_P256_SIZE)
    {
        *why = "its \"x\" or \"y\" is missing or malformed";
        return NULL;
    }

    *why = "it is not a point of the curve";

    return pt_pkey_p256(x.data, y.data);
}


/*
 * Decodes a base64url string. dst->len is the size of the memory on entry, and
 * the length of the result on return.
 */

static ngx_int_t
pt_jwk_decode(const pt_json_t *value, ngx_str_t *dst)
{
    if (value == NULL
        || value->type != PT_JSON_STRING
        || pt_base64url_size(value->value.len) > dst->len)
    {
        return NGX_ERROR;
    }

    return pt_base64url_decode(dst, &value->value);
}


static ngx_int_t
pt_jwk_copy_kid(pt_jwk_t *key, const ngx_str_t *kid)
{
    key->kid.data = OPENSSL_memdup(kid->data, kid->len);
    if (key->kid.data == NULL) {
        return NGX_ERROR;
    }

    key->kid.len = kid->len;

    return NGX_OK;
}


static ngx_int_t
pt_jwk_prepare(pt_jwk_t *key)
{
    ngx_uint_t  alg;

    key->cost = pt_pkey_cost(key->pkey);

    for (alg = 0; alg < PT_ALG_N; alg++) {

        if (!(key->algs & pt_alg_bit(alg))) {
            continue;
        }

        key->verify[alg] = pt_verify_create(key->pkey, alg);

        if (key->verify[alg] == NULL) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


void
pt_jwks_free(pt_jwks_t *jwks)
{
    pt_jwk_t    *key;
    ngx_uint_t   i, alg;

    if (jwks == NULL) {
        return;
    }

    for (i = 0; i < jwks->nkeys; i++) {
        key = &jwks->keys[i];

        for (alg = 0; alg < PT_ALG_N; alg++) {
            pt_verify_free(key->verify[alg]);
        }

        EVP_PKEY_free(key->pkey);
        OPENSSL_free(key->kid.data);
    }

    for (i = 0; i < PT_JWKS_MAX_SKIPS; i++) {
        OPENSSL_free(jwks->skips[i].name.data);
    }

    OPENSSL_free(jwks->keys);
    OPENSSL_free(jwks);
}


const pt_jwk_t *
pt_jwks_find(const pt_jwks_t *jwks, const ngx_str_t *kid)
{
    ngx_uint_t       i;
    const pt_jwk_t  *key;

    for (i = 0; i < jwks->nkeys; i++) {
        key = &jwks->keys[i];

        if (key->kid.data && pt_str_equal(&key->kid, kid)) {
            return key;
        }
    }

    return NULL;
}


static ngx_uint_t
pt_jwk_is(const pt_json_t *value, const char *text)
{
    size_t  len;

    len = ngx_strlen(text);

    return value != NULL
           && value->type == PT_JSON_STRING
           && value->value.len == len
           && ngx_memcmp(value->value.data, text, len) == 0;
}
