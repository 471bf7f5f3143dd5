
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "pt_nh.h"


#if (PT_HAVE_NH)


typedef unsigned __int128  pt_nh_sum_t;


/* sums of words are modulo 2^64, products and their sums modulo 2^128 */

#define pt_nh_product(m, k)                                                   \
    ((pt_nh_sum_t) ((m)[0] + (k)[0]) * ((m)[1] + (k)[1]))


void
pt_nh(const uint64_t *key, const ngx_str_t *text, pt_nh_t *hash)
{
    size_t         left;
    uint64_t       pair[2];
    const u_char  *p;
    pt_nh_sum_t    first, second;

    p = text->data;

    first = 0;
    second = 0;

    for (left = text->len; left >= sizeof(pair); left -= sizeof(pair)) {
        ngx_memcpy(pair, p, sizeof(pair));
        p += sizeof(pair);

        first += pt_nh_product(pair, key);
        second += pt_nh_product(pair, key + 2);
        key += 2;
    }

    /* zeros after it make no other text of this length the same */

    if (left) {
        ngx_memzero(pair, sizeof(pair));
        ngx_memcpy(pair, p, left);

        first += pt_nh_product(pair, key);
        second += pt_nh_product(pair, key + 2);
    }

    hash->word[0] = (uint64_t) first;
    hash->word[1] = (uint64_t) (first >> 64);
    hash->word[2] = (uint64_t) second;
    hash->word[3] = (uint64_t) (second >> 64);
}


#endif
