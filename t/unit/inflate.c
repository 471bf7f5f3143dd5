
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"
#include "gzip.h"


static void test_is_gzip(void);
static void test_plain(void);
static void test_headers(void);
static void test_flags(void);
static void test_formats(void);
static void test_after(void);
static void test_twice(void);
static void test_cut(void);
static void test_damaged(void);


static const char  test_body[] =
    "{\"status\":{\"state\":\"completed\",\"description\":\"completed\"}}";

#define TEST_LEN   (sizeof(test_body) - 1)


int
main(void)
{
    test_is_gzip();
    test_plain();
    test_headers();
    test_flags();
    test_formats();
    test_after();
    test_twice();
    test_cut();
    test_damaged();

    return tap_done();
}


static void
test_is_gzip(void)
{
    ngx_str_t  s;

    s = tap_str("\x1f\x8b\x08");
    ok(pt_is_gzip(&s), "gzip by its first bytes");

    s.len = 2;
    ok(pt_is_gzip(&s), "two bytes are enough");

    s.len = 1;
    ok(!pt_is_gzip(&s), "one byte is not");

    s.len = 0;
    ok(!pt_is_gzip(&s), "nothing is not gzip");

    s = tap_str("{}");
    ok(!pt_is_gzip(&s), "JSON is not gzip");

    s = tap_str("\x1f\x8c");
    ok(!pt_is_gzip(&s), "the second byte counts");

    s = tap_str("\x78\x9c\x03");
    ok(!pt_is_gzip(&s), "zlib is not gzip");
}


static void
test_plain(void)
{
    char           long_text[40000];
    size_t         i;
    uint32_t       noise;
    ngx_str_t      in;
    gzip_output_t  to;

    in = gzip_deflate(test_body, TEST_LEN, GZIP_BITS, NULL);

    ok(pt_is_gzip(&in), "a body is gzip");

    gzip_inflate(&to, &in, 16384);
    is_int(to.reason, PT_OK, "it inflates");
    is_str(&to.out, test_body, "to what it was");
    gzip_free(&to);
    free(in.data);

    in = gzip_deflate("", 0, GZIP_BITS, NULL);

    gzip_inflate(&to, &in, 16384);
    is_int(to.reason, PT_OK, "an empty body inflates");
    is_int(to.out.len, 0, "to nothing");
    gzip_free(&to);
    free(in.data);

    /* more than the window, and little of it repeated */

    noise = 1;

    for (i = 0; i < sizeof(long_text); i++) {
        noise = noise * 1103515245 + 12345;
        long_text[i] = (char) ('a' + (noise >> 16) % 23);
    }

    in = gzip_deflate(long_text, sizeof(long_text), GZIP_BITS, NULL);

    gzip_inflate(&to, &in, 65536);
    is_int(to.reason, PT_OK, "a long body inflates");
    ok(to.out.len == sizeof(long_text)
       && memcmp(to.out.data, long_text, sizeof(long_text)) == 0,
       "to what it was");
    gzip_free(&to);
    free(in.data);
}


static void
test_headers(void)
{
    ngx_str_t      in;
    gz_header      header;
    gzip_output_t  to;

    ngx_memzero(&header, sizeof(gz_header));

    header.name = (Bytef *) "body.json";
    header.comment = (Bytef *) "a comment";
    header.extra = (Bytef *) "extra";
    header.extra_len = 5;
    header.time = 1700000000;
    header.hcrc = 1;

    in = gzip_deflate(test_body, TEST_LEN, GZIP_BITS, &header);

    gzip_inflate(&to, &in, 16384);
    is_int(to.reason, PT_OK, "a header with all optional fields");
    is_str(&to.out, test_body, "is skipped");
    gzip_free(&to);

    /* the name begins after 10 bytes, 2 of length, and "extra" */

    is_int(in.data[17], 'b', "the name");
    in.data[17] = 'B';
    is_int(gzip_reason(&in, 16384), PT_BODY_COMPRESSION,
           "a header that its checksum does not fit");

    in.len = 21;
    is_int(gzip_reason(&in, 16384), PT_BODY_COMPRESSION,
           "a name that does not end");

    in.len = 14;
    is_int(gzip_reason(&in, 16384), PT_BODY_COMPRESSION,
           "an extra field that does not end");
    free(in.data);
}


/* text is a hint, the next four say what follows, the others are reserved */

static void
test_flags(void)
{
    ngx_str_t   in;
    ngx_uint_t  bit;

    in = gzip_deflate(test_body, TEST_LEN, GZIP_BITS, NULL);

    for (bit = 0; bit < 8; bit++) {
        in.data[3] = (u_char) (1 << bit);

        is_int(gzip_reason(&in, 16384), bit ? PT_BODY_COMPRESSION : PT_OK,
               bit ? "a flag for what is not there" : "a flag for text");
    }

    free(in.data);
}


static void
test_formats(void)
{
    ngx_str_t  in;

    in = gzip_deflate(test_body, TEST_LEN, MAX_WBITS, NULL);
    is_int(gzip_reason(&in, 16384), PT_BODY_COMPRESSION, "zlib format");
    free(in.data);

    in = gzip_deflate(test_body, TEST_LEN, -MAX_WBITS, NULL);
    is_int(gzip_reason(&in, 16384), PT_BODY_COMPRESSION, "raw deflate");
    free(in.data);

    in = tap_str(test_body);
    is_int(gzip_reason(&in, 16384), PT_BODY_COMPRESSION, "plain JSON");

    in.len = 0;
    is_int(gzip_reason(&in, 16384), PT_BODY_COMPRESSION, "nothing");

    in.data = NULL;
    is_int(gzip_reason(&in, 16384), PT_BODY_COMPRESSION, "not even a pointer");
}


static void
test_after(void)
{
    ngx_str_t  in, twice;

    in = gzip_deflate(test_body, TEST_LEN, GZIP_BITS, NULL);

    twice = gzip_concat(&in, "x", 1);
    is_int(gzip_reason(&twice, 16384), PT_BODY_COMPRESSION,
           "a byte after the member");
    free(twice.data);

    twice = gzip_concat(&in, "\0\0\0\0", 4);
    is_int(gzip_reason(&twice, 16384), PT_BODY_COMPRESSION,
           "zeros after the member");
    free(twice.data);

    twice = gzip_concat(&in, in.data, in.len);
    is_int(gzip_reason(&twice, 16384), PT_BODY_COMPRESSION,
           "a second member");
    free(twice.data);

    free(in.data);

    twice = gzip_deflate("", 0, GZIP_BITS, NULL);
    in = gzip_concat(&twice, twice.data, twice.len);
    is_int(gzip_reason(&in, 16384), PT_BODY_COMPRESSION, "two empty members");
    free(twice.data);
    free(in.data);
}


static void
test_twice(void)
{
    ngx_str_t      in, twice, thrice;
    gzip_output_t  to;

    in = gzip_deflate(test_body, TEST_LEN, GZIP_BITS, NULL);
    twice = gzip_deflate(in.data, in.len, GZIP_BITS, NULL);
    thrice = gzip_deflate(twice.data, twice.len, GZIP_BITS, NULL);

    is_int(gzip_reason(&twice, 16384), PT_BODY_COMPRESSION, "gzip in gzip");
    is_int(gzip_reason(&thrice, 16384), PT_BODY_COMPRESSION, "three times");

    free(in.data);
    free(twice.data);
    free(thrice.data);

    in = gzip_deflate("\x1f\x8b", 2, GZIP_BITS, NULL);
    is_int(gzip_reason(&in, 16384), PT_BODY_COMPRESSION,
           "what only begins like it");
    free(in.data);

    in = gzip_deflate("\x1f", 1, GZIP_BITS, NULL);
    gzip_inflate(&to, &in, 16384);
    is_int(to.reason, PT_OK, "half of what it begins with");
    is_str(&to.out, "\x1f", "is no gzip");
    gzip_free(&to);
    free(in.data);
}


static void
test_cut(void)
{
    size_t      len;
    ngx_str_t   in, part;
    ngx_uint_t  larger, exact;

    in = gzip_deflate(test_body, TEST_LEN, GZIP_BITS, NULL);
    larger = 0;
    exact = 0;

    for (len = 0; len < in.len; len++) {

        /* a copy, so that reading on is seen */

        part.len = len;
        part.data = malloc(len + (len == 0));
        memcpy(part.data, in.data, len);

        larger += gzip_reason(&part, 16384) == PT_BODY_COMPRESSION;
        exact += gzip_reason(&part, TEST_LEN) == PT_BODY_COMPRESSION;

        free(part.data);
    }

    is_int(larger, in.len, "cut short at any byte");
    is_int(exact, in.len, "with an output of the exact size");

    free(in.data);
}


static void
test_damaged(void)
{
    size_t         i, bit;
    ngx_str_t      in;
    ngx_uint_t     changed;
    gzip_output_t  to;

    in = gzip_deflate(test_body, TEST_LEN, GZIP_BITS, NULL);

    in.data[in.len - 8] ^= 1;
    is_int(gzip_reason(&in, 16384), PT_BODY_COMPRESSION, "a wrong checksum");
    in.data[in.len - 8] ^= 1;

    in.data[in.len - 1] ^= 1;
    is_int(gzip_reason(&in, 16384), PT_BODY_COMPRESSION, "a wrong length");
    in.data[in.len - 1] ^= 1;

    in.data[2] = 7;
    is_int(gzip_reason(&in, 16384), PT_BODY_COMPRESSION, "another method");
    in.data[2] = 8;

    in.data[3] = 0xe0;
    is_int(gzip_reason(&in, 16384), PT_BODY_COMPRESSION, "reserved flags");
    in.data[3] = 0;

    in.data[10] = 0x07;
    is_int(gzip_reason(&in, 16384), PT_BODY_COMPRESSION, "a bad block type");
    free(in.data);

    /* time, system and the like may change, the data never */

    in = gzip_deflate(test_body, TEST_LEN, GZIP_BITS, NULL);
    changed = 0;

    for (i = 0; i < in.len; i++) {
        for (bit = 0; bit < 8; bit++) {
            in.data[i] ^= (u_char) (1 << bit);

            gzip_inflate(&to, &in, 16384);

            changed += to.reason == PT_OK
                       && (to.out.len != TEST_LEN
                           || memcmp(to.out.data, test_body, TEST_LEN) != 0);

            gzip_free(&to);
            in.data[i] ^= (u_char) (1 << bit);
        }
    }

    is_int(changed, 0, "no single bit changes the data unnoticed");

    free(in.data);
}
