
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_digest_cache.h"
#include "pt_token.h"


static void test_known(void);
static void test_other(void);
static void test_every_bit(void);
static void test_place(void);
static void test_lengths(void);

static ngx_int_t test_find(const ngx_str_t *token, uint64_t keys);
static void test_add(const ngx_str_t *token, uint64_t keys, u_char mark);


static pt_digest_cache_t        test_cache;
static pt_digest_cache_entry_t  test_entry;
static u_char                   test_text[PT_TOKEN_MAX];
static char                     test_conf[2];


int
main(void)
{
    size_t  i;

    memcpy(test_cache.seed, "0123456789abcdef", PT_SIPHASH_SEED_LEN);

    for (i = 0; i < sizeof(test_text); i++) {
        test_text[i] = "abcdefghijklmnop.-_"[i * i % 19];
    }

    test_known();
    test_other();
    test_every_bit();
    test_place();
    test_lengths();

    return tap_done();
}


static void
test_known(void)
{
    ngx_str_t  token = tap_str("header.claims.signature");

    is_int(test_find(&token, 1), NGX_DECLINED, "at first nothing is known");

    test_add(&token, 1, 'x');

    is_int(test_find(&token, 1), NGX_OK, "what was added is");
    is_int(test_entry.digest[0], 'x', "its digest");
    is_int(test_entry.digest[PT_DIGEST_CACHE_DIGEST - 1], 'x', "all of it");

    pt_digest_cache_add(&test_cache, &test_entry);

    is_int(test_find(&token, 1), NGX_OK, "added again");
    is_int(test_entry.digest[0], 'x', "it stays as it was");
}


static void
test_other(void)
{
    ngx_str_t                token = tap_str("header.claims.signature");
    ngx_str_t                other = tap_str("header.Claims.signature");
    pt_digest_cache_entry_t  entry;

    is_int(test_find(&token, 2), NGX_DECLINED, "not with other keys");
    is_int(test_find(&other, 1), NGX_DECLINED, "not another token");

    is_int(pt_digest_cache_find(&test_cache, &token, &test_conf[1], 1, &entry),
           NGX_DECLINED, "not in another location");

    test_add(&token, 2, 'z');

    is_int(test_find(&token, 1), NGX_DECLINED, "one entry is in a place");
    is_int(test_find(&token, 2), NGX_OK, "the last one");
}


static void
test_every_bit(void)
{
    size_t      i;
    ngx_str_t   token;
    ngx_uint_t  found;

    token.data = test_text;
    token.len = 1038;

    test_add(&token, 1, 'x');

    found = 0;

    for (i = 0; i < token.len * 8; i++) {
        test_text[i / 8] ^= 1 << i % 8;
        found += (test_find(&token, 1) == NGX_OK);
        test_text[i / 8] ^= 1 << i % 8;
    }

    is_int(found, 0, "a token with one other bit is not known");
    is_int(test_find(&token, 1), NGX_OK, "the token itself is");
}


/* more tokens than entries */

static void
test_place(void)
{
    size_t      i, n;
    ngx_str_t   token;
    ngx_uint_t  known, wrong;
    u_char      text[32];

    n = 2 * PT_DIGEST_CACHE_ENTRIES;

    token.data = text;

    for (i = 0; i < n; i++) {
        token.len = sprintf((char *) text, "header.claims.%05zu", i);
        test_add(&token, 1, (u_char) (i % 251));
    }

    known = 0;
    wrong = 0;

    for (i = 0; i < n; i++) {
        token.len = sprintf((char *) text, "header.claims.%05zu", i);

        if (test_find(&token, 1) == NGX_OK) {
            known++;
            wrong += (test_entry.digest[0] != i % 251);
        }
    }

    is_int(wrong, 0, "each token that is known has its own digest");
    ok(known > n / 4 && known <= PT_DIGEST_CACHE_ENTRIES,
       "a new token replaces the one in its place");

    is_int(test_find(&token, 1), NGX_OK, "the last one is known");
}


static void
test_lengths(void)
{
    size_t      len;
    ngx_str_t   token, more;
    ngx_uint_t  wrong;

    static u_char  zeros[PT_TOKEN_MAX];

    wrong = 0;

    for (len = 1; len <= PT_TOKEN_MAX; len += (len < 64) ? 1 : 508) {
        token.data = test_text + PT_TOKEN_MAX - len;
        token.len = len;

        wrong += (test_find(&token, len) != NGX_DECLINED);
        test_add(&token, len, 'l');
        wrong += (test_find(&token, len) != NGX_OK);
    }

    is_int(wrong, 0, "tokens of all lengths");

    token.data = zeros;
    token.len = 20;

    more = token;
    more.len = 24;

    test_add(&token, 1, '0');

    is_int(test_find(&token, 1), NGX_OK, "zeros");
    is_int(test_find(&more, 1), NGX_DECLINED, "more of them");
}


static ngx_int_t
test_find(const ngx_str_t *token, uint64_t keys)
{
    return pt_digest_cache_find(&test_cache, token, &test_conf[0], keys,
                                &test_entry);
}


static void
test_add(const ngx_str_t *token, uint64_t keys, u_char mark)
{
    if (test_find(token, keys) == NGX_OK) {
        return;
    }

    memset(test_entry.digest, mark, PT_DIGEST_CACHE_DIGEST);
    pt_digest_cache_add(&test_cache, &test_entry);
}
