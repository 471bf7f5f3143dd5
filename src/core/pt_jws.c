
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Verifies the signature of a JWS in compact form (RFC 7515). */


#include "pt_token.h"
#include "pt_base64.h"
#include "pt_json.h"

#include <openssl/err.h>


typedef struct {
    ngx_str_t         head;             /* as received */
    ngx_str_t         signed_text;
    ngx_str_t         payload;          /* decoded */
    ngx_str_t         signature;
    const pt_jwk_t   *key;              /* the key that "kid" names; NULL:
                                           the header has no "kid" */
    pt_alg_e          alg;
} pt_jws_t;


static pt_reason_e pt_jws_split(pt_jws_t *jws, const ngx_str_t *text,
    pt_arena_t *arena);
static pt_reason_e pt_jws_decode(ngx_str_t *dst, u_char *start, u_char *end,
    pt_arena_t *arena);
static ngx_uint_t pt_jws_head_is_known(pt_jws_t *jws, const pt_jwks_t *jwks);
static void pt_jws_keep_head(const pt_jws_t *jws, pt_jwks_t *jwks);
static pt_reason_e pt_jws_header(pt_jws_t *jws, const pt_jwks_t *jwks,
    pt_arena_t *arena);
static pt_reason_e pt_jws_find_key(pt_jws_t *jws, const pt_jwks_t *jwks,
    const pt_json_t *kid);
static ngx_uint_t pt_jws_is_access_token(const pt_json_t *typ);
static pt_reason_e pt_jws_try_keys(const pt_jws_t *jws,
    const pt_jwks_t *jwks, const pt_jwk_t **signer);
static ngx_uint_t pt_jws_fits(const pt_jws_t *jws, const pt_jwk_t *key);
static pt_reason_e pt_jws_check(const pt_jws_t *jws, const pt_jwk_t *key);


/*
 * The values include those of "jwk" and "x5c", which are ignored.  Names are
 * exact.
 */

static const pt_json_limits_t  pt_jws_limits = { 4, 64, 0 };


size_t
pt_jws_scratch(size_t len)
{
    len = pt_base64url_size(ngx_min(len, PT_TOKEN_MAX));

    return len + 3 * NGX_ALIGNMENT + pt_json_scratch(len, &pt_jws_limits);
}


pt_reason_e
pt_jws_verify(const ngx_str_t *text, pt_jwks_t *jwks,
    pt_arena_t *arena, ngx_str_t *payload, const pt_jwk_t **key)
{
    pt_jws_t         jws;
    pt_reason_e      rc;
    const pt_jwk_t  *signer;

    ngx_memzero(&jws, sizeof(pt_jws_t));

    rc = pt_jws_split(&jws, text, arena);

    if (rc == PT_OK && !pt_jws_head_is_known(&jws, jwks)) {
        rc = pt_jws_header(&jws, jwks, arena);
    }

    signer = jws.key;

    if (rc == PT_OK) {
        rc = jws.key ? pt_jws_check(&jws, jws.key)
                     : pt_jws_try_keys(&jws, jwks, &signer);
    }

    /*
     * An error that stays in the queue would fail the next TLS call of the
     * worker.
     */

    if (ERR_peek_error() != 0) {
        ERR_clear_error();
    }

    if (rc == PT_OK) {
        pt_jws_keep_head(&jws, jwks);
        *payload = jws.payload;
        *key = signer;
    }

    return rc;
}


static pt_reason_e
pt_jws_split(pt_jws_t *jws, const ngx_str_t *text, pt_arena_t *arena)
{
    u_char       *start, *end, *dot1, *dot2;
    pt_reason_e   rc;

    if (text->len > PT_TOKEN_MAX) {
        return PT_TOKEN_TOO_LARGE;
    }

    start = text->data;
    end = start + text->len;

    dot1 = memchr(start, '.', end - start);
    if (dot1 == NULL) {
        return PT_TOKEN_MALFORMED;
    }

    dot2 = memchr(dot1 + 1, '.', end - dot1 - 1);
    if (dot2 == NULL) {
        return PT_TOKEN_MALFORMED;
    }

    jws->head.data = start;
    jws->head.len = dot1 - start;

    jws->signed_text.data = start;
    jws->signed_text.len = dot2 - start;

    /* a third dot is not in the alphabet of base64url */

    rc = pt_jws_decode(&jws->payload, dot1 + 1, dot2, arena);

    if (rc == PT_OK) {
        rc = pt_jws_decode(&jws->signature, dot2 + 1, end, arena);
    }

    /* an empty payload may be signed: the caller decides about its content */

    if (rc == PT_OK && (jws->head.len == 0 || jws->signature.len == 0)) {
        return PT_TOKEN_MALFORMED;
    }

    return rc;
}


static pt_reason_e
pt_jws_decode(ngx_str_t *dst, u_char *start, u_char *end, pt_arena_t *arena)
{
    ngx_str_t  src;

    src.data = start;
    src.len = end - start;

    dst->data = pt_arena_alloc(arena, pt_base64url_size(src.len));
    if (dst->data == NULL) {
        return PT_INTERNAL;
    }

    return (pt_base64url_decode(dst, &src) == NGX_OK) ? PT_OK
                                                      : PT_TOKEN_MALFORMED;
}


/*
 * The result for a header depends only on its text, which is not empty, and on
 * the keys.
 */

static ngx_uint_t
pt_jws_head_is_known(pt_jws_t *jws, const pt_jwks_t *jwks)
{
    const pt_jwk_head_t  *head;

    head = &jwks->head;

    if (jws->head.len != head->len
        || ngx_memcmp(jws->head.data, head->text, head->len) != 0)
    {
        return 0;
    }

    jws->alg = head->alg;
    jws->key = head->key;

    return 1;
}


static void
pt_jws_keep_head(const pt_jws_t *jws, pt_jwks_t *jwks)
{
    pt_jwk_head_t  *head;

    if (jws->key == NULL || jws->head.len > PT_JWK_HEAD_MAX) {
        return;
    }

    head = &jwks->head;

    head->len = jws->head.len;
    ngx_memcpy(head->text, jws->head.data, head->len);

    head->alg = jws->alg;
    head->key = jws->key;
}


/*
 * "jku", "x5u", "jwk" and "x5c" would let a token bring its own key.  The
 * reader ignores them.
 */

static pt_reason_e
pt_jws_header(pt_jws_t *jws, const pt_jwks_t *jwks, pt_arena_t *arena)
{
    ngx_str_t         header;
    pt_json_t        *root;
    pt_reason_e       rc;
    pt_json_rc_e      read;
    const pt_json_t  *alg, *kid;

    rc = pt_jws_decode(&header, jws->head.data, jws->head.data + jws->head.len,
                       arena);

    if (rc != PT_OK) {
        return rc;
    }

    read = pt_json_read(&header, &pt_jws_limits, arena, &root);

    if (read == PT_JSON_RC_MEMORY) {
        return PT_INTERNAL;
    }

    if (read != PT_JSON_RC_OK || root->type != PT_JSON_OBJECT) {
        return PT_TOKEN_MALFORMED;
    }

    alg = pt_json_member(root, "alg");

    if (alg == NULL || alg->type != PT_JSON_STRING) {
        return PT_TOKEN_ALGORITHM;
    }

    jws->alg = pt_alg_by_name(&alg->value);

    if (jws->alg == PT_ALG_N) {
        return PT_TOKEN_ALGORITHM;
    }

    if (pt_json_member(root, "crit") || pt_json_member(root, "b64")) {
        return PT_TOKEN_CRITICAL;
    }

    if (!pt_jws_is_access_token(pt_json_member(root, "typ"))) {
        return PT_TOKEN_TYPE;
    }

    kid = pt_json_member(root, "kid");

    return kid ? pt_jws_find_key(jws, jwks, kid) : PT_OK;
}


/*
 * An issuer may sign other things with the same keys, such as logout tokens,
 * and names their type in "typ" (RFC 8725, section 3.11; RFC 9068, section 4).
 * Entra ID names access tokens "JWT".
 */

static ngx_uint_t
pt_jws_is_access_token(const pt_json_t *typ)
{
    if (typ == NULL) {
        return 1;
    }

    return typ->type == PT_JSON_STRING
           && (pt_json_is(&typ->value, "JWT")
               || pt_json_is(&typ->value, "at+jwt")
               || pt_json_is(&typ->value, "application/at+jwt"));
}


static pt_reason_e
pt_jws_find_key(pt_jws_t *jws, const pt_jwks_t *jwks, const pt_json_t *kid)
{
    /* longer than any "kid" of a set */

    if (kid->type != PT_JSON_STRING || kid->value.len > PT_JWK_KID_MAX) {
        return PT_TOKEN_MALFORMED;
    }

    jws->key = pt_jwks_find(jwks, &kid->value);

    if (jws->key == NULL) {
        return PT_TOKEN_KEY_UNKNOWN;
    }

    if (jws->key->verify[jws->alg] == NULL) {
        return PT_TOKEN_ALGORITHM;
    }

    return PT_OK;
}


/*
 * Tries all keys.  The client is not authenticated yet, so the work is bounded:
 * by the number of checks, and by their cost, which is that of one check with
 * the largest key.  The first key is tried whatever its cost, as a key named by
 * "kid" would be.
 */

static pt_reason_e
pt_jws_try_keys(const pt_jws_t *jws, const pt_jwks_t *jwks,
    const pt_jwk_t **signer)
{
    ngx_uint_t       i, tries, cost;
    pt_reason_e      rc;
    const pt_jwk_t  *key;

    tries = 0;
    cost = 0;
    rc = PT_TOKEN_KEY_UNKNOWN;

    for (i = 0; i < jwks->nkeys && tries < PT_JWS_MAX_TRIES; i++) {
        key = &jwks->keys[i];

        if (key->verify[jws->alg] == NULL) {
            continue;
        }

        if (!pt_jws_fits(jws, key)
            || (tries && cost + key->cost > PT_JWS_MAX_COST))
        {
            rc = PT_TOKEN_SIGNATURE;
            continue;
        }

        rc = pt_jws_check(jws, key);

        if (rc != PT_TOKEN_SIGNATURE) {
            *signer = key;
            return rc;
        }

        tries++;
        cost += key->cost;
    }

    return rc;
}


/* a signature of another length cannot be of this key */

static ngx_uint_t
pt_jws_fits(const pt_jws_t *jws, const pt_jwk_t *key)
{
    return jws->signature.len == pt_pkey_signature_size(key->pkey, jws->alg);
}


static pt_reason_e
pt_jws_check(const pt_jws_t *jws, const pt_jwk_t *key)
{
    if (!pt_jws_fits(jws, key)) {
        return PT_TOKEN_SIGNATURE;
    }

    switch (pt_verify(key->verify[jws->alg], &jws->signature,
                      &jws->signed_text))
    {
    case NGX_OK:
        return PT_OK;

    case NGX_DECLINED:
        return PT_TOKEN_SIGNATURE;

    default: /* NGX_ERROR */
        return PT_INTERNAL;
    }
}
