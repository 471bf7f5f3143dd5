
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_nh.h"
#include "pt_token.h"


#if (PT_HAVE_NH)


#define TEST_LEN    PT_TOKEN_MAX
#define TEST_WORDS  pt_nh_key_words(TEST_LEN)


static void test_reference(void);
static void test_edges(void);
static void test_differences(void);
static void test_end(void);
static void test_equal(void);

static void test_fill(void);
static ngx_uint_t test_as_reference(const u_char *data, size_t len);
static void test_row(const uint64_t *key, const u_char *data, size_t len,
    uint64_t sum[2]);
static void test_add(uint64_t sum[2], uint64_t a, uint64_t b);
static uint64_t test_word(const u_char *data, size_t len, size_t from);
static pt_nh_t test_hash(const u_char *data, size_t len);


static uint64_t  test_key[TEST_WORDS];
static u_char    test_data[TEST_LEN + 8];


int
main(void)
{
    test_fill();

    test_reference();
    test_edges();
    test_differences();
    test_end();
    test_equal();

    return tap_done();
}


static void
test_reference(void)
{
    size_t      len;
    ngx_uint_t  wrong;

    wrong = 0;

    for (len = 0; len <= TEST_LEN; len++) {
        wrong += !test_as_reference(test_data + len % 8, len);
    }

    is_int(wrong, 0, "as the definition has it, for 0 to 8192 bytes");
}


/* where carries go: all bits set, and only the upper ones */

static void
test_edges(void)
{
    size_t      i;
    ngx_uint_t  n, wrong;

    static const uint64_t  words[] = {
        0, 1, 0xffffffffffffffff, 0x8000000000000000, 0xffffffff,
        0xffffffff00000000
    };

    wrong = 0;

    for (n = 0; n < 36; n++) {

        for (i = 0; i < TEST_WORDS; i++) {
            test_key[i] = words[n / 6];
        }

        for (i = 0; i + 8 <= TEST_LEN; i += 8) {
            memcpy(test_data + i, &words[(n + i / 8 % 2) % 6], 8);
        }

        for (i = TEST_LEN - 40; i <= TEST_LEN; i++) {
            wrong += !test_as_reference(test_data, i);
        }
    }

    is_int(wrong, 0, "as the definition has it, at the edges");

    test_fill();
}


static void
test_differences(void)
{
    size_t      i;
    pt_nh_t     hash, other;
    ngx_uint_t  same;

    hash = test_hash(test_data, 1037);
    same = 0;

    for (i = 0; i < 1037 * 8; i++) {
        test_data[i / 8] ^= 1 << i % 8;
        other = test_hash(test_data, 1037);
        test_data[i / 8] ^= 1 << i % 8;

        same += (hash.word[0] == other.word[0] && hash.word[1] == other.word[1])
                || (hash.word[2] == other.word[2]
                    && hash.word[3] == other.word[3]);
    }

    is_int(same, 0, "each bit is in both rows");

    same = 0;

    for (i = 0; i < TEST_WORDS; i++) {
        test_key[i] ^= 1;
        other = test_hash(test_data, TEST_LEN);
        test_key[i] ^= 1;

        hash = test_hash(test_data, TEST_LEN);
        same += pt_nh_equal(&hash, &other);
    }

    is_int(same, 0, "each word of the key is used");
}


/* by the sanitizer: memory that has just these bytes */

static void
test_end(void)
{
    size_t     len;
    u_char    *data;
    pt_nh_t    hash, want;
    uint64_t  *key;

    for (len = 1; len <= 65; len++) {
        data = malloc(len);
        key = malloc(pt_nh_key_words(len) * sizeof(uint64_t));

        if (data == NULL || key == NULL) {
            abort();
        }

        memcpy(data, test_data, len);
        memcpy(key, test_key, pt_nh_key_words(len) * sizeof(uint64_t));

        pt_nh(key, &(ngx_str_t) { len, data }, &hash);
        want = test_hash(test_data, len);

        if (!pt_nh_equal(&hash, &want)) {
            break;
        }

        free(data);
        free(key);
    }

    is_int(len, 66, "nothing is read behind the text, or its part of the key");
}


static void
test_equal(void)
{
    pt_nh_t     a, b;
    ngx_uint_t  i, equal;

    a = test_hash(test_data, 100);
    equal = 0;

    for (i = 0; i < 256; i++) {
        b = a;
        b.word[i / 64] ^= (uint64_t) 1 << i % 64;
        equal += pt_nh_equal(&a, &b);
    }

    b = a;

    is_int(equal, 0, "hashes that differ in a bit are not equal");
    ok(pt_nh_equal(&a, &b), "the same hash is");
}


static void
test_fill(void)
{
    size_t    i;
    uint64_t  x;

    x = 20;

    for (i = 0; i < TEST_WORDS; i++) {
        x = x * 6364136223846793005 + 1442695040888963407;
        test_key[i] = x ^ x >> 29;
    }

    for (i = 0; i < sizeof(test_data); i++) {
        test_data[i] = (u_char) (i * 101 + i / 256 * 7 + 3);
    }
}


static ngx_uint_t
test_as_reference(const u_char *data, size_t len)
{
    pt_nh_t  got, want;

    got = test_hash(data, len);

    test_row(test_key, data, len, &want.word[0]);
    test_row(test_key + 2, data, len, &want.word[2]);

    return memcmp(&got, &want, sizeof(pt_nh_t)) == 0;
}


/* the definition, in products of 32 bits */

static void
test_row(const uint64_t *key, const u_char *data, size_t len,
    uint64_t sum[2])
{
    size_t  i;

    sum[0] = 0;
    sum[1] = 0;

    for (i = 0; i < len; i += 16) {
        test_add(sum, key[i / 8] + test_word(data, len, i),
                 key[i / 8 + 1] + test_word(data, len, i + 8));
    }
}


/* adds a product, piece by piece */

static void
test_add(uint64_t sum[2], uint64_t a, uint64_t b)
{
    uint64_t    part;
    ngx_uint_t  i, j, shift;

    for (i = 0; i < 2; i++) {
        for (j = 0; j < 2; j++) {
            part = (a >> 32 * i & 0xffffffff) * (b >> 32 * j & 0xffffffff);
            shift = 32 * (i + j);

            if (shift == 64) {
                sum[1] += part;
                continue;
            }

            sum[1] += shift ? part >> 32 : 0;
            sum[0] += part << shift;
            sum[1] += sum[0] < part << shift;
        }
    }
}


/* zeros behind the end */

static uint64_t
test_word(const u_char *data, size_t len, size_t from)
{
    size_t    i;
    u_char    bytes[8];
    uint64_t  word;

    for (i = 0; i < 8; i++) {
        bytes[i] = (from + i < len) ? data[from + i] : 0;
    }

    memcpy(&word, bytes, 8);

    return word;
}


static pt_nh_t
test_hash(const u_char *data, size_t len)
{
    pt_nh_t    hash;
    ngx_str_t  text;

    text.data = (u_char *) data;
    text.len = len;

    pt_nh(test_key, &text, &hash);

    return hash;
}


#else


int
main(void)
{
    printf("1..0 # SKIP no products of 128 bits\n");
    return 0;
}


#endif
