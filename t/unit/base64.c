
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_base64.h"


static void test_vectors(void);
static void test_refused(void);
static void test_every_byte(void);
static void test_every_pair(void);
static void test_size(void);

static ngx_int_t test_bits(const ngx_str_t *bytes, ngx_uint_t at);
static ngx_int_t test_decode(const void *text, size_t len, ngx_str_t *bytes);


static u_char      test_buf[64];

static const char  test_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";


int
main(void)
{
    test_vectors();
    test_refused();
    test_every_byte();
    test_every_pair();
    test_size();

    return tap_done();
}


static void
test_vectors(void)
{
    size_t      i;
    ngx_str_t   bytes;

    static const char  *vectors[][2] = {
        { "", "" },
        { "Zg", "f" },
        { "Zm8", "fo" },
        { "Zm9v", "foo" },
        { "Zm9vYg", "foob" },
        { "Zm9vYmE", "fooba" },
        { "Zm9vYmFy", "foobar" },
        { "_-_-", "\xff\xef\xfe" },
        { "eyJhbGciOiJub25lIn0", "{\"alg\":\"none\"}" }
    };

    for (i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        bytes.len = 99;
        test_decode(vectors[i][0], strlen(vectors[i][0]), &bytes);
        is_str(&bytes, vectors[i][1], vectors[i][0]);
    }
}


static void
test_refused(void)
{
    size_t      i;
    ngx_str_t   bytes;

    static const char  *refused[][2] = {
        { "Z", "one character" },
        { "Zm9vY", "one character over" },
        { "Zh", "an unused bit is set" },
        { "Zk", "the other unused bit is set" },
        { "Zm9", "an unused bit of two is set" },
        { "Zg==", "padding" },
        { "Zm8=", "one character of padding" },
        { "=", "padding alone" },
        { "Zm 9v", "a blank" },
        { "Zm9v\n", "a line feed" },
        { " Zm9v", "a blank first" },
        { "+/+/", "the other alphabet" },
        { "Zm9.", "a dot" },
        { "Zm9.Zm9v", "a dot within" },
        { "Zm9vZm9vY", "one character over, after others" },
        { "Zm9vZm9vYh", "an unused bit, after others" },
        { "Zm9\xc3\xa9", "letters outside of ASCII" }
    };

    for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        is_int(test_decode(refused[i][0], strlen(refused[i][0]), &bytes),
               NGX_ERROR, refused[i][1]);
    }
}


/* in four characters that are read at once, and in those after them */

static void
test_every_byte(void)
{
    u_char       text[7];
    ngx_str_t    bytes;
    ngx_uint_t   ch, at, accepted, wrong;
    const char  *value;

    accepted = 0;
    wrong = 0;

    for (ch = 0; ch < 256; ch++) {
        value = ch ? strchr(test_alphabet, ch) : NULL;

        for (at = 0; at < 6; at++) {
            memcpy(text, "AAAAAAA", 7);
            text[at] = (u_char) ch;

            if (test_decode(text, 7, &bytes) != NGX_OK) {
                continue;
            }

            accepted++;
            wrong += (value == NULL
                      || test_bits(&bytes, at) != value - test_alphabet);
        }
    }

    is_int(accepted, 6 * 64, "64 of 256 bytes are in the alphabet");
    is_int(wrong, 0, "each of them has its value");
}


/* six of them: those of a character */

static ngx_int_t
test_bits(const ngx_str_t *bytes, ngx_uint_t at)
{
    ngx_int_t   value;
    ngx_uint_t  i;

    value = 0;

    for (i = 6 * at; i < 6 * at + 6; i++) {
        value = value << 1 | (bytes->data[i / 8] >> (7 - i % 8) & 1);
    }

    return value;
}


static void
test_every_pair(void)
{
    u_char      text[2];
    ngx_str_t   bytes;
    ngx_uint_t  i, accepted, twice;

    static u_char  seen[256];

    accepted = 0;
    twice = 0;

    for (i = 0; i < 65536; i++) {
        text[0] = (u_char) (i >> 8);
        text[1] = (u_char) i;

        if (test_decode(text, 2, &bytes) == NGX_OK) {
            accepted++;
            twice += seen[bytes.data[0]]++;
        }
    }

    is_int(accepted, 256, "256 of 65536 pairs are a byte");
    is_int(twice, 0, "no byte has two spellings");
}


static void
test_size(void)
{
    size_t      len;
    ngx_str_t   bytes;
    ngx_uint_t  wrong;

    wrong = 0;

    for (len = 0; len < 64; len++) {
        if (len % 4 == 1) {
            continue;
        }

        test_decode("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", len, &bytes);

        if (bytes.len != pt_base64url_size(len)) {
            wrong++;
        }
    }

    is_int(wrong, 0, "the size asked for is the size needed");
}


static ngx_int_t
test_decode(const void *text, size_t len, ngx_str_t *bytes)
{
    u_char     *copy;
    ngx_str_t   src;
    ngx_int_t   rc;

    /* of its very length, so that a sanitizer sees any byte over */

    copy = malloc(len ? len : 1);
    memcpy(copy, text, len);

    src.data = copy;
    src.len = len;

    bytes->data = test_buf;
    rc = pt_base64url_decode(bytes, &src);

    free(copy);

    return rc;
}
