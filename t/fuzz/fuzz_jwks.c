
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Input: the text of a key set. */


#include "fuzz.h"

#include "pt_jwk.h"
#include "pt_token.h"

#include <openssl/core_names.h>
#include <openssl/err.h>


static void fuzz_set(const pt_jwks_t *jwks);
static void fuzz_key(const pt_jwk_t *key);
static void fuzz_verify(pt_jwks_t *jwks);


int
LLVMFuzzerTestOneInput(const u_char *data, size_t size)
{
    ngx_str_t    text;
    pt_jwks_t   *jwks;
    const char  *err;

    fuzz_copy(&text, data, size);

    err = NULL;
    jwks = pt_jwks_read(&text, &err);

    /* the set keeps nothing of the text */

    memset(text.data, 0xa5, size);
    free(text.data);

    fuzz_assert(ERR_peek_error() == 0);

    if (jwks == NULL) {
        fuzz_assert(err && *err);
        return 0;
    }

    fuzz_set(jwks);
    fuzz_verify(jwks);

    pt_jwks_free(jwks);

    return 0;
}


static void
fuzz_set(const pt_jwks_t *jwks)
{
    ngx_uint_t  i;

    fuzz_assert(jwks->nkeys >= 1
                && jwks->nkeys + jwks->skipped <= PT_JWKS_MAX_KEYS);

    for (i = 0; i < jwks->nkeys; i++) {
        fuzz_key(&jwks->keys[i]);

        /* no other has its name */

        if (jwks->keys[i].kid.data) {
            fuzz_assert(pt_jwks_find(jwks, &jwks->keys[i].kid)
                        == &jwks->keys[i]);
        }
    }
}


static void
fuzz_key(const pt_jwk_t *key)
{
    char        group[32];
    BIGNUM     *private;
    ngx_uint_t  alg;

    fuzz_assert(key->pkey && key->algs && key->kid.len <= PT_JWK_KID_MAX);

    for (alg = 0; alg < PT_ALG_N; alg++) {
        fuzz_assert((key->verify[alg] != NULL)
                    == ((key->algs & pt_alg_bit(alg)) != 0));
    }

    private = NULL;

    if (EVP_PKEY_is_a(key->pkey, "RSA")) {
        fuzz_assert(!(key->algs & pt_alg_bit(PT_ALG_ES256)));
        fuzz_assert(EVP_PKEY_get_bits(key->pkey) >= PT_RSA_MIN_BITS
                    && EVP_PKEY_get_bits(key->pkey) <= PT_RSA_MAX_BITS);

        fuzz_assert(EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_RSA_D,
                                          &private)
                    != 1);

    } else {
        fuzz_assert(EVP_PKEY_is_a(key->pkey, "EC"));
        fuzz_assert(key->algs == pt_alg_bit(PT_ALG_ES256));
        fuzz_assert(EVP_PKEY_get_group_name(key->pkey, group, sizeof(group),
                                            NULL)
                    == 1);
        fuzz_assert(strcmp(group, "prime256v1") == 0);

        fuzz_assert(EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_PRIV_KEY,
                                          &private)
                    != 1);
    }

    ERR_clear_error();
}


/* nothing is signed by these keys; it is enough that they are used */

static void
fuzz_verify(pt_jwks_t *jwks)
{
    size_t           size;
    u_char          *scratch;
    ngx_str_t        token, payload;
    ngx_uint_t       i;
    pt_arena_t       arena;
    const pt_jwk_t  *key;

    static char  ec[] =
        "eyJhbGciOiJFUzI1NiJ9.e30.AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"
        "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ";

    static char  *tokens[] = {
        ec,
        "eyJhbGciOiJSUzI1NiJ9.e30.AQ",
        "eyJhbGciOiJQUzI1NiIsImtpZCI6InJzYTEifQ.e30.AQ"
    };

    for (i = 0; i < 3; i++) {
        token.data = (u_char *) tokens[i];
        token.len = strlen(tokens[i]);

        size = pt_jws_scratch(token.len);
        scratch = fuzz_alloc(size);

        pt_arena_init(&arena, scratch, size);

        fuzz_assert(pt_jws_verify(&token, jwks, &arena, &payload, &key)
                    != PT_OK);
        fuzz_assert(ERR_peek_error() == 0);

        free(scratch);
    }
}
