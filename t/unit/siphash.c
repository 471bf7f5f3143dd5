
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "pt_siphash.h"


#define TEST_LEN  300


/* what OpenSSL makes of the same */

static void
test_openssl(EVP_MAC *mac, const u_char *seed, const u_char *data, size_t len,
    uint64_t hash[2])
{
    size_t        n, size;
    u_char        out[16];
    ngx_uint_t    i;
    OSSL_PARAM    params[2];
    EVP_MAC_CTX  *ctx;

    size = sizeof(out);

    params[0] = OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size);
    params[1] = OSSL_PARAM_construct_end();

    ctx = EVP_MAC_CTX_new(mac);

    if (ctx == NULL
        || EVP_MAC_init(ctx, seed, PT_SIPHASH_SEED_LEN, params) != 1
        || EVP_MAC_update(ctx, data, len) != 1
        || EVP_MAC_final(ctx, out, &n, sizeof(out)) != 1)
    {
        printf("Bail out! SipHash of OpenSSL\n");
        exit(1);
    }

    EVP_MAC_CTX_free(ctx);

    hash[0] = 0;
    hash[1] = 0;

    for (i = 0; i < 16; i++) {
        hash[i / 8] |= (uint64_t) out[i] << (8 * (i % 8));
    }
}


int
main(void)
{
    size_t      len;
    u_char      seed[PT_SIPHASH_SEED_LEN], data[TEST_LEN + 8], *p;
    EVP_MAC    *mac;
    uint64_t    got[2], want[2];
    ngx_uint_t  i, wrong, bits;

    mac = EVP_MAC_fetch(NULL, "SIPHASH", NULL);

    if (mac == NULL) {
        printf("1..0 # SKIP no SipHash in OpenSSL\n");
        return 0;
    }

    for (i = 0; i < sizeof(seed); i++) {
        seed[i] = (u_char) (i * 37 + 200);
    }

    for (i = 0; i < sizeof(data); i++) {
        data[i] = (u_char) (i * 101 + 7);
    }

    wrong = 0;

    for (len = 0; len <= TEST_LEN; len++) {

        /* at any alignment */
        p = data + len % 8;

        pt_siphash(seed, p, len, got);
        test_openssl(mac, seed, p, len, want);

        wrong += (got[0] != want[0] || got[1] != want[1]);
    }

    is_int(wrong, 0, "as OpenSSL has it, for 0 to 300 bytes");

    pt_siphash(seed, data, 100, got);

    seed[0] ^= 1;
    pt_siphash(seed, data, 100, want);

    bits = __builtin_popcountll(got[0] ^ want[0])
           + __builtin_popcountll(got[1] ^ want[1]);

    ok(bits > 30 && bits < 98, "another seed, another hash");

    EVP_MAC_free(mac);

    return tap_done();
}
