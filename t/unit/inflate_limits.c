
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"
#include "gzip.h"


static void test_size(void);
static void test_bomb(void);
static void test_ratio(void);
static void test_arena(void);


static const char  test_body[] =
    "{\"status\":{\"state\":\"completed\",\"description\":\"completed\"}}";

#define TEST_LEN   (sizeof(test_body) - 1)


int
main(void)
{
    test_size();
    test_bomb();
    test_ratio();
    test_arena();

    return tap_done();
}


static void
test_size(void)
{
    size_t         max;
    ngx_str_t      in;
    ngx_uint_t     wrong;
    gzip_output_t  to;

    in = gzip_deflate(test_body, TEST_LEN, GZIP_BITS, NULL);

    gzip_inflate(&to, &in, TEST_LEN);
    is_int(to.reason, PT_OK, "an output of the exact size");
    is_str(&to.out, test_body, "is enough");
    gzip_free(&to);

    wrong = 0;

    for (max = 0; max < TEST_LEN; max++) {
        wrong += gzip_reason(&in, max) != PT_BODY_TOO_LARGE;
    }

    is_int(wrong, 0, "a smaller output is too small");

    gzip_inflate(&to, &in, TEST_LEN - 1);
    is_int(to.out.len, (size_t) -1, "the length is not set then");
    gzip_free(&to);
    free(in.data);

    in = gzip_deflate("", 0, GZIP_BITS, NULL);
    is_int(gzip_reason(&in, 0), PT_OK, "no output for nothing");
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
    in = gzip_deflate(zeros, len, GZIP_BITS, NULL);

    ok(in.len < 16384, "8 megabytes of zeros pass a limit of the raw size");
    is_int(gzip_reason(&in, 16384), PT_BODY_TOO_LARGE, "but not inflated");
    is_int(gzip_reason(&in, len - 1), PT_BODY_TOO_LARGE, "not by one byte");
    is_int(gzip_reason(&in, len), PT_BODY_TOO_LARGE,
           "not even into a larger output");

    free(in.data);

    /* 16k are free, and they are the default of the limit */

    in = gzip_deflate(zeros, 16384, GZIP_BITS, NULL);
    ok(in.len * PT_INFLATE_RATIO < 16384, "a small bomb");
    is_int(gzip_reason(&in, len), PT_OK, "may be as small as it likes");
    free(in.data);

    in = gzip_deflate(zeros, 16385, GZIP_BITS, NULL);
    is_int(gzip_reason(&in, len), PT_BODY_TOO_LARGE, "up to 16k");
    free(in.data);

    free(zeros);
}


/* just as many bytes as are allowed: a comment in the header fills it up */

static void
test_ratio(void)
{
    char        comment[1000];
    u_char     *zeros;
    size_t      len, min;
    ngx_str_t   in;
    gz_header   header;

    is_int(pt_inflate_space(0, 64), 64, "a limit of 64 bytes is the limit");
    is_int(pt_inflate_space(20, 16384), 16384, "so is the default");
    is_int(pt_inflate_space(163, 1048576), 16384, "16k are free");
    is_int(pt_inflate_space(164, 1048576), 16400, "then it is the ratio");
    is_int(pt_inflate_space(10485, 1048576), 1048500, "up to the limit");
    is_int(pt_inflate_space(10486, 1048576), 1048576, "... but not beyond");
    is_int(pt_inflate_space((size_t) -1, (size_t) -1), (size_t) -1,
           "and it does not overflow");

    len = 1000 * PT_INFLATE_RATIO;
    zeros = calloc(1, len);

    ngx_memzero(&header, sizeof(gz_header));
    ngx_memzero(comment, sizeof(comment));
    header.comment = (Bytef *) comment;

    in = gzip_deflate(zeros, len, GZIP_BITS, &header);
    min = in.len;
    free(in.data);

    memset(comment, 'x', 1000 - min);
    in = gzip_deflate(zeros, len, GZIP_BITS, &header);
    is_int(in.len, 1000, "1000 bytes");
    is_int(gzip_reason(&in, 1048576), PT_OK, "may become 100000");
    free(in.data);

    comment[999 - min] = '\0';
    in = gzip_deflate(zeros, len, GZIP_BITS, &header);
    is_int(in.len, 999, "999 bytes");
    is_int(gzip_reason(&in, 1048576), PT_BODY_TOO_LARGE, "may not");
    free(in.data);

    free(zeros);
}


static void
test_arena(void)
{
    u_char      out[256], memory[16384];
    ngx_str_t   in, str;
    pt_arena_t  arena;

    in = gzip_deflate(test_body, TEST_LEN, GZIP_BITS, NULL);

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
