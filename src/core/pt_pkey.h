
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The JOSE algorithms RS256, PS256 and ES256 (RFC 7518) in terms of OpenSSL:
 * creates public keys from their numbers and checks signatures.
 * All functions may leave errors in OpenSSL's queue.
 */


#ifndef _PT_PKEY_H_INCLUDED_
#define _PT_PKEY_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include <openssl/evp.h>


#define PT_P256_SIZE     32             /* bytes of a coordinate */
#define PT_RSA_MIN_BITS  2048           /* of the modulus */
#define PT_RSA_MAX_BITS  8192
#define PT_RSA_MAX_EXP   64             /* bits of the public exponent */

#define PT_COST_RSA_MAX  16             /* PT_RSA_MAX_BITS, usual exponent */
#define PT_COST_P256     4


typedef enum {
    PT_ALG_RS256 = 0,
    PT_ALG_PS256,
    PT_ALG_ES256,
    PT_ALG_N                            /* the number of algorithms; any
                                           other algorithm */
} pt_alg_e;

#define pt_alg_bit(alg)  (1u << (alg))


typedef struct pt_verify_s  pt_verify_t;


/* by the exact name in "alg"; PT_ALG_N: not supported */
pt_alg_e pt_alg_by_name(const ngx_str_t *name);

/*
 * Creates an RSA key from its modulus and exponent, both big-endian.  NULL:
 * *why names the fault, unless OpenSSL failed.  Refused are a modulus that is
 * even, not of PT_RSA_MIN_BITS to PT_RSA_MAX_BITS, or factorable, and an
 * exponent that is even, 1, or over PT_RSA_MAX_EXP bits.
 */
EVP_PKEY *pt_pkey_rsa(const ngx_str_t *n, const ngx_str_t *e,
    const char **why);

/*
 * A P-256 key from x and y of PT_P256_SIZE each; NULL: not on the curve.
 */
EVP_PKEY *pt_pkey_p256(const u_char *x, const u_char *y);

/*
 * The cost of a check with this key, rounded up.  The unit is a check with an
 * RSA key of 2048 bits and the usual exponent.
 */
ngx_uint_t pt_pkey_cost(const EVP_PKEY *pkey);

/*
 * A verifier for the signatures of a key.  The caller frees it and reuses it
 * for many signatures.  Processes may use it after fork(); threads may not
 * share it.
 */
pt_verify_t *pt_verify_create(EVP_PKEY *pkey, pt_alg_e alg);
void pt_verify_free(pt_verify_t *verify);

/* bytes of a signature; the caller refuses other lengths without a check */
size_t pt_pkey_signature_size(const EVP_PKEY *pkey, pt_alg_e alg);

/*
 * Checks a signature of pt_pkey_signature_size() bytes over a text.  NGX_OK:
 * valid.  NGX_DECLINED: not valid.  NGX_ERROR: OpenSSL failed.
 */
ngx_int_t pt_verify(pt_verify_t *verify, const ngx_str_t *signature,
    const ngx_str_t *text);


#endif /* _PT_PKEY_H_INCLUDED_ */
