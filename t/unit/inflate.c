
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include <zlib.h>

#include "pt_inflate.h"


/* an output and a scratch of exactly the size that they may have */

typedef struct {
    u_char            *memory;
    pt_arena_t         arena;
    ngx_str_t          out;
    pt_reason_e        reason;
} test_output_t;


static void test_is_gzip(void);
static void test_plain(void);
static void test_room(void);
static void test_headers(void);
static void test_formats(void);
static void test_after(void);
static void test_cut(void);
static void test_damaged(void);
static void test_bomb(void);
static void test_arena(void);

static pt_reason_e test_reason(const ngx_str_t *in, size_t max);
static void test_inflate(test_output_t *to, const ngx_str_t *in, size_t max);
static void test_free(test_output_t *to);
static ngx_str_t test_deflate(const void *data, size_t len, int bits,
    gz_header *header);
static ngx_str_t test_concat(const ngx_str_t *a, const void *data, size_t len);


static const char  test_body[] =
    "{\"status\":{\"state\":\"completed\",\"description\":\"completed\"}}";

#define TEST_LEN   (sizeof(test_body) - 1)
#define TEST_GZIP  (MAX_WBITS + 16)


int
main(void)
{
    test_is_gzip();
    test_plain();
    test_room();
    test_headers();
    test_formats();
    test_after();
    test_cut();
    test_damaged();
    test_bomb();
    test_arena();

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
    ngx_str_t      in;
    test_output_t  to;

    in = test_deflate(test_body, TEST_LEN, TEST_GZIP, NULL);

    ok(pt_is_gzip(&in), "a body is gzip");

    test_inflate(&to, &in, 16384);
    is_int(to.reason, PT_OK, "it inflates");
    is_str(&to.out, test_body, "to what it was");
    test_free(&to);
    free(in.data);

    in = test_deflate("", 0, TEST_GZIP, NULL);

    test_inflate(&to, &in, 16384);
    is_int(to.reason, PT_OK, "an empty body inflates");
    is_int(to.out.len, 0, "to nothing");
    test_free(&to);
    free(in.data);

    /* more than the window, and little of it repeated */

    for (i = 0; i < sizeof(long_text); i++) {
        long_text[i] = (char) ('a' + (i * i / 7 + i) % 23);
    }

    in = test_deflate(long_text, sizeof(long_text), TEST_GZIP, NULL);

    test_inflate(&to, &in, 65536);
    is_int(to.reason, PT_OK, "a long body inflates");
    ok(to.out.len == sizeof(long_text)
       && memcmp(to.out.data, long_text, sizeof(long_text)) == 0,
       "to what it was");
    test_free(&to);
    free(in.data);
}


static void
test_room(void)
{
    size_t         max;
    ngx_str_t      in;
    ngx_uint_t     wrong;
    test_output_t  to;

    in = test_deflate(test_body, TEST_LEN, TEST_GZIP, NULL);

    test_inflate(&to, &in, TEST_LEN);
    is_int(to.reason, PT_OK, "room for just the body");
    is_str(&to.out, test_body, "is enough");
    test_free(&to);

    wrong = 0;

    for (max = 0; max < TEST_LEN; max++) {
        wrong += test_reason(&in, max) != PT_BODY_TOO_LARGE;
    }

    is_int(wrong, 0, "room for fewer bytes is too small");

    test_inflate(&to, &in, TEST_LEN - 1);
    is_int(to.out.len, (size_t) -1, "the length is not set then");
    test_free(&to);
    free(in.data);

    in = test_deflate("", 0, TEST_GZIP, NULL);
    is_int(test_reason(&in, 0), PT_OK, "no room for nothing");
    free(in.data);
}


static void
test_headers(void)
{
    ngx_str_t      in;
    gz_header      header;
    test_output_t  to;

    ngx_memzero(&header, sizeof(gz_header));

    header.name = (Bytef *) "body.json";
    header.comment = (Bytef *) "a comment";
    header.extra = (Bytef *) "extra";
    header.extra_len = 5;
    header.time = 1700000000;
    header.hcrc = 1;

    in = test_deflate(test_body, TEST_LEN, TEST_GZIP, &header);

    test_inflate(&to, &in, 16384);
    is_int(to.reason, PT_OK, "a header with all optional fields");
    is_str(&to.out, test_body, "is skipped");
    test_free(&to);

    /* the name begins after 10 bytes, 2 of length, and "extra" */

    is_int(in.data[17], 'b', "the name");
    in.data[17] = 'B';
    is_int(test_reason(&in, 16384), PT_BODY_COMPRESSION,
           "a header that its checksum does not fit");
    free(in.data);
}


static void
test_formats(void)
{
    ngx_str_t  in;

    in = test_deflate(test_body, TEST_LEN, MAX_WBITS, NULL);
    is_int(test_reason(&in, 16384), PT_BODY_COMPRESSION, "zlib format");
    free(in.data);

    in = test_deflate(test_body, TEST_LEN, -MAX_WBITS, NULL);
    is_int(test_reason(&in, 16384), PT_BODY_COMPRESSION, "raw deflate");
    free(in.data);

    in = tap_str(test_body);
    is_int(test_reason(&in, 16384), PT_BODY_COMPRESSION, "plain JSON");

    in.len = 0;
    is_int(test_reason(&in, 16384), PT_BODY_COMPRESSION, "nothing");

    in.data = NULL;
    is_int(test_reason(&in, 16384), PT_BODY_COMPRESSION, "not even a pointer");
}


static void
test_after(void)
{
    ngx_str_t  in, twice;

    in = test_deflate(test_body, TEST_LEN, TEST_GZIP, NULL);

    twice = test_concat(&in, "x", 1);
    is_int(test_reason(&twice, 16384), PT_BODY_COMPRESSION,
           "a byte after the member");
    free(twice.data);

    twice = test_concat(&in, "\0\0\0\0", 4);
    is_int(test_reason(&twice, 16384), PT_BODY_COMPRESSION,
           "zeros after the member");
    free(twice.data);

    twice = test_concat(&in, in.data, in.len);
    is_int(test_reason(&twice, 16384), PT_BODY_COMPRESSION,
           "a second member");
    free(twice.data);

    /* compressed twice under one label: what comes out is not JSON */

    twice = test_deflate(in.data, in.len, TEST_GZIP, NULL);
    is_int(test_reason(&twice, 16384), PT_OK, "gzip within gzip");
    free(twice.data);

    free(in.data);
}


static void
test_cut(void)
{
    size_t      len;
    ngx_str_t   in, part;
    ngx_uint_t  roomy, exact;

    in = test_deflate(test_body, TEST_LEN, TEST_GZIP, NULL);
    roomy = 0;
    exact = 0;

    for (len = 0; len < in.len; len++) {

        /* a copy, so that reading on is seen */

        part.len = len;
        part.data = malloc(len + (len == 0));
        memcpy(part.data, in.data, len);

        roomy += test_reason(&part, 16384) == PT_BODY_COMPRESSION;
        exact += test_reason(&part, TEST_LEN) == PT_BODY_COMPRESSION;

        free(part.data);
    }

    is_int(roomy, in.len, "cut short at any byte");
    is_int(exact, in.len, "with no room to spare");

    free(in.data);
}


static void
test_damaged(void)
{
    size_t         i, bit;
    ngx_str_t      in;
    ngx_uint_t     changed;
    test_output_t  to;

    in = test_deflate(test_body, TEST_LEN, TEST_GZIP, NULL);

    in.data[in.len - 8] ^= 1;
    is_int(test_reason(&in, 16384), PT_BODY_COMPRESSION, "a wrong checksum");
    in.data[in.len - 8] ^= 1;

    in.data[in.len - 1] ^= 1;
    is_int(test_reason(&in, 16384), PT_BODY_COMPRESSION, "a wrong length");
    in.data[in.len - 1] ^= 1;

    in.data[2] = 7;
    is_int(test_reason(&in, 16384), PT_BODY_COMPRESSION, "another method");
    in.data[2] = 8;

    in.data[3] = 0xe0;
    is_int(test_reason(&in, 16384), PT_BODY_COMPRESSION, "reserved flags");
    in.data[3] = 0;

    in.data[10] = 0x07;
    is_int(test_reason(&in, 16384), PT_BODY_COMPRESSION, "a bad block type");
    free(in.data);

    /* time, system and the like may change, the data never */

    in = test_deflate(test_body, TEST_LEN, TEST_GZIP, NULL);
    changed = 0;

    for (i = 0; i < in.len; i++) {
        for (bit = 0; bit < 8; bit++) {
            in.data[i] ^= (u_char) (1 << bit);

            test_inflate(&to, &in, 16384);

            changed += to.reason == PT_OK
                       && (to.out.len != TEST_LEN
                           || memcmp(to.out.data, test_body, TEST_LEN) != 0);

            test_free(&to);
            in.data[i] ^= (u_char) (1 << bit);
        }
    }

    is_int(changed, 0, "no single bit changes the data unnoticed");

    free(in.data);
}


static void
test_bomb(void)
{
    u_char     *zeros;
    size_t      len;
    ngx_str_t   in;

    len = 8 * 1024 * 1024;
    zeros = calloc(1, len);
    in = test_deflate(zeros, len, TEST_GZIP, NULL);

    ok(in.len < 16384, "8 megabytes of zeros pass a limit of the raw size");
    is_int(test_reason(&in, 16384), PT_BODY_TOO_LARGE, "but not inflated");
    is_int(test_reason(&in, len - 1), PT_BODY_TOO_LARGE, "not by one byte");
    is_int(test_reason(&in, len), PT_OK, "unless there is room");

    free(in.data);
    free(zeros);
}


static void
test_arena(void)
{
    u_char      out[256], memory[16384];
    ngx_str_t   in, str;
    pt_arena_t  arena;

    in = test_deflate(test_body, TEST_LEN, TEST_GZIP, NULL);

    str.data = out;
    str.len = 7;

    pt_arena_init(&arena, memory, 1024);
    is_int(pt_inflate(&in, &str, sizeof(out), &arena), PT_INTERNAL,
           "an arena that is too small is a fault of ours");
    is_int(str.len, 7, "the length is not set");

    pt_arena_init(&arena, memory, 0);
    is_int(pt_inflate(&in, &str, sizeof(out), &arena), PT_INTERNAL,
           "an empty arena");

    /* zlib keeps a window of 32k once the output is full */

    pt_arena_init(&arena, memory, sizeof(memory));
    is_int(pt_inflate(&in, &str, 8, &arena), PT_INTERNAL,
           "an arena that is too small for the window");

    free(in.data);

#if (NGX_PTR_SIZE == 8)

    pt_arena_init(&arena, memory, 0);
    in.data = out;
    in.len = (size_t) 1 << 32;

    is_int(pt_inflate(&in, &str, sizeof(out), &arena), PT_BODY_TOO_LARGE,
           "more than zlib can count is not looked at");

#endif
}


static pt_reason_e
test_reason(const ngx_str_t *in, size_t max)
{
    test_output_t  to;

    test_inflate(&to, in, max);
    test_free(&to);

    return to.reason;
}


static void
test_inflate(test_output_t *to, const ngx_str_t *in, size_t max)
{
    to->memory = malloc(PT_INFLATE_SCRATCH);
    to->out.data = malloc(max + (max == 0));
    to->out.len = (size_t) -1;

    pt_arena_init(&to->arena, to->memory, PT_INFLATE_SCRATCH);

    to->reason = pt_inflate(in, &to->out, max, &to->arena);

    if (to->arena.pos != to->memory) {
        ok(0, "the scratch memory is given back");
    }
}


static void
test_free(test_output_t *to)
{
    free(to->memory);
    free(to->out.data);
}


static ngx_str_t
test_deflate(const void *data, size_t len, int bits, gz_header *header)
{
    z_stream   zs;
    ngx_str_t  out;

    memset(&zs, 0, sizeof(z_stream));

    if (deflateInit2(&zs, 9, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY)
        != Z_OK)
    {
        abort();
    }

    if (header != NULL && deflateSetHeader(&zs, header) != Z_OK) {
        abort();
    }

    out.len = deflateBound(&zs, (uLong) len) + 128;
    out.data = malloc(out.len);

    zs.next_in = (Bytef *) data;
    zs.avail_in = (uInt) len;
    zs.next_out = out.data;
    zs.avail_out = (uInt) out.len;

    if (deflate(&zs, Z_FINISH) != Z_STREAM_END) {
        abort();
    }

    out.len = zs.total_out;
    deflateEnd(&zs);

    return out;
}


static ngx_str_t
test_concat(const ngx_str_t *a, const void *data, size_t len)
{
    ngx_str_t  out;

    out.len = a->len + len;
    out.data = malloc(out.len);

    memcpy(out.data, a->data, a->len);
    memcpy(out.data + a->len, data, len);

    return out;
}
