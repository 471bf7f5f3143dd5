
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * What the JOSE algorithms RS256, PS256 and ES256 (RFC 7518) are in terms of
 * OpenSSL: public keys from their numbers, and signatures checked with them.
 * All of these may leave errors in OpenSSL's queue.
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
    PT_ALG_N                            /* not an algorithm of ours */
} pt_alg_e;

#define pt_alg_bit(alg)  (1u << (alg))


typedef struct pt_verify_s  pt_verify_t;


/* by its name in "alg", byte by byte; PT_ALG_N if it is not one of ours */
pt_alg_e pt_alg_by_name(const ngx_str_t *name);

/*
 * An RSA key from its modulus and exponent, big-endian.  NULL if the modulus
 * is even, not of PT_RSA_MIN_BITS to PT_RSA_MAX_BITS or of a kind that can be
 * factored, or the exponent is even, 1, or over PT_RSA_MAX_EXP; *why says
 * which of them, unless OpenSSL failed.
 */
EVP_PKEY *pt_pkey_rsa(const ngx_str_t *n, const ngx_str_t *e,
    const char **why);

/* a P-256 key from x and y of PT_P256_SIZE each; NULL if not on the curve */
EVP_PKEY *pt_pkey_p256(const u_char *x, const u_char *y);

/*
 * What a check of a signature costs, in checks of RSA keys of 2048 bits with
 * the usual exponent, rounded up.
 */
ngx_uint_t pt_pkey_cost(const EVP_PKEY *pkey);

/*
 * What is needed to check signatures of a key: made once, freed by the caller,
 * and used for one signature after the other.  It may be made before fork()
 * and used by each process after, but not by threads.
 */
pt_verify_t *pt_verify_create(EVP_PKEY *pkey, pt_alg_e alg);
void pt_verify_free(pt_verify_t *verify);

/* bytes of a signature: every other length is refused unseen */
size_t pt_pkey_signature_size(const EVP_PKEY *pkey, pt_alg_e alg);

/*
 * Checks a signature of pt_pkey_signature_size() bytes over a text.  NGX_OK;
 * NGX_DECLINED if it is not valid; NGX_ERROR if that could not be found out.
 */
ngx_int_t pt_verify(pt_verify_t *verify, const ngx_str_t *signature,
    const ngx_str_t *text);


#endif /* _PT_PKEY_H_INCLUDED_ */
