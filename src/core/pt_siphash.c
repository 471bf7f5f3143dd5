
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* SipHash-2-4 with 128 bits, after the paper of Aumasson and Bernstein. */


#include "pt_siphash.h"


#define pt_siphash_rotate(x, n)  (((x) << (n)) | ((x) >> (64 - (n))))


static uint64_t pt_siphash_load(const u_char *p, size_t len);
static void pt_siphash_rounds(uint64_t v[4], ngx_uint_t n);


void
pt_siphash(const u_char *seed, const u_char *data, size_t len,
    uint64_t hash[2])
{
    size_t    left;
    uint64_t  k0, k1, m, v[4];

    k0 = pt_siphash_load(seed, 8);
    k1 = pt_siphash_load(seed + 8, 8);

    v[0] = k0 ^ 0x736f6d6570736575ull;
    v[1] = k1 ^ 0x646f72616e646f6dull ^ 0xee;
    v[2] = k0 ^ 0x6c7967656e657261ull;
    v[3] = k1 ^ 0x7465646279746573ull;

    for (left = len; left >= 8; left -= 8) {
        m = pt_siphash_load(data, 8);
        data += 8;

        v[3] ^= m;
        pt_siphash_rounds(v, 2);
        v[0] ^= m;
    }

    m = pt_siphash_load(data, left) | (uint64_t) len << 56;

    v[3] ^= m;
    pt_siphash_rounds(v, 2);
    v[0] ^= m;

    v[2] ^= 0xee;
    pt_siphash_rounds(v, 4);
    hash[0] = v[0] ^ v[1] ^ v[2] ^ v[3];

    v[1] ^= 0xdd;
    pt_siphash_rounds(v, 4);
    hash[1] = v[0] ^ v[1] ^ v[2] ^ v[3];
}


/* reads at most 8 bytes, little-endian */

static uint64_t
pt_siphash_load(const u_char *p, size_t len)
{
    size_t    i;
    uint64_t  m;

    m = 0;

#if (NGX_HAVE_LITTLE_ENDIAN)

    if (len == 8) {
        ngx_memcpy(&m, p, 8);
        return m;
    }

#endif

    for (i = 0; i < len; i++) {
        m |= (uint64_t) p[i] << (8 * i);
    }

    return m;
}


static void
pt_siphash_rounds(uint64_t v[4], ngx_uint_t n)
{
    for ( /* void */ ; n; n--) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = pt_siphash_rotate(v[1], 13) ^ v[0];
        v[3] = pt_siphash_rotate(v[3], 16) ^ v[2];
        v[0] = pt_siphash_rotate(v[0], 32);

        v[2] += v[1];
        v[0] += v[3];
        v[1] = pt_siphash_rotate(v[1], 17) ^ v[2];
        v[3] = pt_siphash_rotate(v[3], 21) ^ v[0];
        v[2] = pt_siphash_rotate(v[2], 32);
    }
}
