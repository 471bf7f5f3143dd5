
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Reads public keys from a JWK Set (RFC 7517), for RS256, PS256 and ES256. */


#ifndef _PT_JWK_H_INCLUDED_
#define _PT_JWK_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_pkey.h"


#define PT_JWKS_MAX_SIZE  (256 * 1024)      /* bytes of a key set */
#define PT_JWKS_MAX_KEYS  64
#define PT_JWK_KID_MAX    128               /* bytes */
#define PT_JWK_HEAD_MAX   256               /* bytes of a header that is
                                               remembered */
#define PT_JWKS_MAX_SKIPS  8                /* skipped keys that are
                                               described */
#define PT_JWK_SHOWN_MAX  64                /* bytes of a member in a
                                               description */


typedef struct {
    ngx_str_t       kid;                    /* data == NULL: absent */
    ngx_uint_t      algs;                   /* bits: pt_alg_bit() */
    EVP_PKEY       *pkey;
    ngx_uint_t      cost;                   /* pt_pkey_cost() */

    /* reused for all tokens; NULL: the algorithm is not in algs */
    pt_verify_t    *verify[PT_ALG_N];
} pt_jwk_t;


/*
 * A header that has named a key by its "kid" and had a valid signature of that
 * key.  All tokens of an issuer have the same header until the key changes, so
 * the header is parsed once.
 */

typedef struct {
    size_t          len;                    /* 0: empty */
    u_char          text[PT_JWK_HEAD_MAX];  /* as received */
    const pt_jwk_t *key;
    pt_alg_e        alg;
} pt_jwk_head_t;


/* a key that is not usable, for a log line */

typedef struct {
    ngx_uint_t      number;                 /* in the set, from 1 */
    ngx_str_t       name;                   /* as in: kid "1", kty "OKP" */
    const char     *why;                    /* as in: its "use" is not "sig" */
} pt_jwk_skip_t;


typedef struct {
    pt_jwk_t       *keys;
    ngx_uint_t      nkeys;
    ngx_uint_t      skipped;                /* keys of other kinds or uses */
    pt_jwk_skip_t   skips[PT_JWKS_MAX_SKIPS];
                                            /* the first of the skipped keys */
    pt_jwk_head_t   head;                   /* the last one; the check of a
                                               token writes it */
} pt_jwks_t;


/*
 * Reads a JWK Set.  Keys that the module cannot use are skipped and counted,
 * and the first of them are described in printable ASCII.  These are:
 *   - another "kty", "crv", "use", "key_ops" or "alg";
 *   - a "kid" that is not a string of 1 to PT_JWK_KID_MAX bytes;
 *   - a missing or malformed number, as in keys with only a certificate;
 *   - RSA under 2048 or over 8192 bits, or with an exponent that is even,
 *     1, or over 64 bits;
 *   - a point off the curve.
 * The whole set is refused if it has a private or symmetric key, two usable
 * keys with one "kid", or no usable key.
 * NULL: *err says what is wrong, as a constant string that follows the name of
 * the set: "holds a private or symmetric key".  The result is from OpenSSL's
 * allocator; pt_jwks_free() frees it.  Processes may use it after fork(),
 * threads may not share it.  OpenSSL's error queue is empty on return.
 */
pt_jwks_t *pt_jwks_read(const ngx_str_t *text, const char **err);
void pt_jwks_free(pt_jwks_t *jwks);

/* NULL: the set has no key with this "kid" */
const pt_jwk_t *pt_jwks_find(const pt_jwks_t *jwks, const ngx_str_t *kid);


#endif /* _PT_JWK_H_INCLUDED_ */
