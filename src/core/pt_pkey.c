
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Creates public keys and checks signatures with OpenSSL. */


#include "pt_pkey.h"
#include "pt_str_list.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>


/* SEQUENCE { INTEGER, INTEGER }; each number may need a sign byte */
#define PT_DER_SIZE     (2 + 2 * (2 + 1 + PT_P256_SIZE))

#define PT_DIGEST_SIZE  32              /* bytes of SHA-256 */


struct pt_verify_s {
    EVP_PKEY_CTX  *ctx;                 /* key, padding */
    EVP_MD_CTX    *digest;
    pt_alg_e       alg;
};


static const char *pt_pkey_rsa_refused(const BIGNUM *n, const BIGNUM *e);
static ngx_uint_t pt_pkey_rsa_is_roca(const BIGNUM *n);
static EVP_PKEY *pt_pkey_fromdata(const char *type, OSSL_PARAM *params);
static ngx_uint_t pt_pkey_on_curve(EVP_PKEY *pkey);
static ngx_int_t pt_pkey_set_padding(EVP_PKEY_CTX *ctx, pt_alg_e alg);
static size_t pt_pkey_der(u_char *der, const u_char *rs);
static u_char *pt_pkey_der_integer(u_char *dst, const u_char *src);


static const ngx_str_t  pt_alg_names[PT_ALG_N] = {
    ngx_string("RS256"),
    ngx_string("PS256"),
    ngx_string("ES256")
};


pt_alg_e
pt_alg_by_name(const ngx_str_t *name)
{
    ngx_uint_t  alg;

    for (alg = 0; alg < PT_ALG_N; alg++) {
        if (pt_str_equal(&pt_alg_names[alg], name)) {
            break;
        }
    }

    return alg;
}


EVP_PKEY *
pt_pkey_rsa(const ngx_str_t *n, const ngx_str_t *e, const char **why)
{
    BIGNUM          *bn_n, *bn_e;
    EVP_PKEY        *pkey;
    const char      *refused;
    OSSL_PARAM      *params;
    OSSL_PARAM_BLD  *bld;

    pkey = NULL;
    params = NULL;

    bn_n = BN_bin2bn(n->data, n->len, NULL);
    bn_e = BN_bin2bn(e->data, e->len, NULL);
    bld = OSSL_PARAM_BLD_new();

    refused = (bn_n && bn_e) ? pt_pkey_rsa_refused(bn_n, bn_e) : NULL;

    if (refused) {
        *why = refused;
    }

    if (bn_n && bn_e && bld && !refused
        && OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, bn_n) == 1
        && OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, bn_e) == 1)
    {
        params = OSSL_PARAM_BLD_to_param(bld);
    }

    if (params) {
        pkey = pt_pkey_fromdata("RSA", params);
    }

    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(bld);
    BN_free(bn_e);
    BN_free(bn_n);

    return pkey;
}


/* the cost of a check grows with both numbers, so both have an upper bound */

static const char *
pt_pkey_rsa_refused(const BIGNUM *n, const BIGNUM *e)
{
    if (BN_num_bits(n) < PT_RSA_MIN_BITS || BN_num_bits(n) > PT_RSA_MAX_BITS) {
        return "it does not have 2048 to 8192 bits";
    }

    if (!BN_is_odd(n)) {
        return "its modulus is even";
    }

    if (BN_num_bits(e) > PT_RSA_MAX_EXP || !BN_is_odd(e) || BN_is_one(e)) {
        return "its exponent is even, 1, or over 64 bits";
    }

    if (pt_pkey_rsa_is_roca(n)) {
        return "it can be factored (CVE-2017-15361)";
    }

    return NULL;
}


/*
 * CVE-2017-15361: a widespread library generated moduli that are powers of
 * 65537 modulo each small prime.  This pattern makes them factorable, and
 * identifies them.  About one in 2^27 other moduli has the pattern by chance.
 */

static ngx_uint_t
pt_pkey_rsa_is_roca(const BIGNUM *n)
{
    BN_ULONG    rest, power, prime;
    ngx_uint_t  i;

    static const u_char  primes[] = {
        3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67,
        71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139,
        149, 151, 157, 163, 167
    };

    for (i = 0; i < sizeof(primes); i++) {
        prime = primes[i];
        rest = BN_mod_word(n, prime);
        power = 1;

        do {
            power = power * 65537 % prime;
        } while (power != rest && power != 1);

        if (power != rest) {
            return 0;
        }
    }

    return 1;
}


/*
 * A squaring or multiplication for each bit of the exponent but one: 16 for
 * 65537.
 */

ngx_uint_t
pt_pkey_cost(const EVP_PKEY *pkey)
{
    BIGNUM      *e;
    ngx_uint_t   kilobits, squares;

    if (!EVP_PKEY_is_a(pkey, "RSA")) {
        return PT_COST_P256;
    }

    e = NULL;
    squares = PT_RSA_MAX_EXP;

    if (EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &e) == 1) {
        squares = BN_num_bits(e) - 1;
    }

    BN_free(e);

    kilobits = (EVP_PKEY_get_bits(pkey) + 1023) / 1024;

    return (kilobits * kilobits * ngx_max(squares, 16) + 63) / 64;
}


EVP_PKEY *
pt_pkey_p256(const u_char *x, const u_char *y)
{
    u_char       point[1 + 2 * PT_P256_SIZE], *p;
    EVP_PKEY    *pkey;
    OSSL_PARAM   params[3];

    static char  group[] = "prime256v1";

    /* SEC 1, section 2.3.3: an uncompressed point */

    point[0] = 0x04;
    p = ngx_cpymem(&point[1], x, PT_P256_SIZE);
    ngx_memcpy(p, y, PT_P256_SIZE);

    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
                                                 group, 0);
    params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
                                                  point, sizeof(point));
    params[2] = OSSL_PARAM_construct_end();

    pkey = pt_pkey_fromdata("EC", params);

    if (pkey && !pt_pkey_on_curve(pkey)) {
        EVP_PKEY_free(pkey);
        return NULL;
    }

    return pkey;
}


static EVP_PKEY *
pt_pkey_fromdata(const char *type, OSSL_PARAM *params)
{
    EVP_PKEY      *pkey;
    EVP_PKEY_CTX  *ctx;

    pkey = NULL;

    ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);

    if (ctx == NULL
        || EVP_PKEY_fromdata_init(ctx) != 1
        || EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
    {
        pkey = NULL;
    }

    EVP_PKEY_CTX_free(ctx);

    return pkey;
}


/* OpenSSL refuses such a point itself; a provider of another kind may not */

static ngx_uint_t
pt_pkey_on_curve(EVP_PKEY *pkey)
{
    int            rc;
    EVP_PKEY_CTX  *ctx;

    ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    if (ctx == NULL) {
        return 0;
    }

    rc = EVP_PKEY_public_check(ctx);

    EVP_PKEY_CTX_free(ctx);

    return rc == 1;
}


pt_verify_t *
pt_verify_create(EVP_PKEY *pkey, pt_alg_e alg)
{
    pt_verify_t  *verify;

    verify = OPENSSL_zalloc(sizeof(pt_verify_t));
    if (verify == NULL) {
        return NULL;
    }

    verify->alg = alg;
    verify->digest = EVP_MD_CTX_new();
    verify->ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);

    if (verify->digest == NULL
        || EVP_DigestInit_ex(verify->digest, EVP_sha256(), NULL) != 1
        || verify->ctx == NULL
        || EVP_PKEY_verify_init(verify->ctx) != 1
        || EVP_PKEY_CTX_set_signature_md(verify->ctx, EVP_sha256()) != 1
        || pt_pkey_set_padding(verify->ctx, alg) != NGX_OK)
    {
        pt_verify_free(verify);
        return NULL;
    }

    return verify;
}


void
pt_verify_free(pt_verify_t *verify)
{
    if (verify == NULL) {
        return;
    }

    EVP_PKEY_CTX_free(verify->ctx);
    EVP_MD_CTX_free(verify->digest);
    OPENSSL_free(verify);
}


/* RFC 7518, sections 3.3 and 3.5: the salt is as long as the digest */

static ngx_int_t
pt_pkey_set_padding(EVP_PKEY_CTX *ctx, pt_alg_e alg)
{
    switch (alg) {

    case PT_ALG_RS256:
        if (EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1) {
            return NGX_OK;
        }

        return NGX_ERROR;

    case PT_ALG_PS256:
        if (EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1
            && EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()) == 1
            && EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx,
                                                RSA_PSS_SALTLEN_DIGEST) == 1)
        {
            return NGX_OK;
        }

        return NGX_ERROR;

    default: /* PT_ALG_ES256 has none */
        return NGX_OK;
    }
}


size_t
pt_pkey_signature_size(const EVP_PKEY *pkey, pt_alg_e alg)
{
    return (alg == PT_ALG_ES256) ? 2 * PT_P256_SIZE
                                 : (size_t) EVP_PKEY_get_size(pkey);
}


/*
 * EVP_PKEY_verify() reuses its context.  The context of EVP_DigestVerify()
 * serves one text only; to copy or create one takes 0.5 to 6 us.
 */

ngx_int_t
pt_verify(pt_verify_t *verify, const ngx_str_t *signature,
    const ngx_str_t *text)
{
    u_char     der[PT_DER_SIZE], digest[PT_DIGEST_SIZE];
    ngx_str_t  sig;

    sig = *signature;

    if (verify->alg == PT_ALG_ES256) {
        sig.data = der;
        sig.len = pt_pkey_der(der, signature->data);
    }

    if (EVP_DigestInit_ex(verify->digest, NULL, NULL) != 1
        || EVP_DigestUpdate(verify->digest, text->data, text->len) != 1
        || EVP_DigestFinal_ex(verify->digest, digest, NULL) != 1)
    {
        return NGX_ERROR;
    }

    return (EVP_PKEY_verify(verify->ctx, sig.data, sig.len, digest,
                            PT_DIGEST_SIZE)
            == 1)
           ? NGX_OK : NGX_DECLINED;
}


/* converts r and s of JOSE to the ASN.1 that OpenSSL reads */

static size_t
pt_pkey_der(u_char *der, const u_char *rs)
{
    u_char  *p;

    p = pt_pkey_der_integer(der + 2, rs);
    p = pt_pkey_der_integer(p, rs + PT_P256_SIZE);

    der[0] = 0x30;
    der[1] = (u_char) (p - der - 2);

    return p - der;
}


static u_char *
pt_pkey_der_integer(u_char *dst, const u_char *src)
{
    size_t  len, sign;

    len = PT_P256_SIZE;

    while (len > 1 && *src == 0) {
        src++;
        len--;
    }

    sign = *src >> 7;

    *dst++ = 0x02;
    *dst++ = (u_char) (sign + len);

    if (sign) {
        *dst++ = 0;
    }

    return ngx_cpymem(dst, src, len);
}
