
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Input: "G", a limit, and gzip data as they are; or "D", a limit, the flags
 * of a header, and raw deflate data, which are made gzip here: nobody gets
 * behind a checksum by chance.  The limit is two bytes, in units of 16.
 *
 * The other reader takes the format apart by itself, and has only the deflate
 * data in common with the one that is tested.
 */


#include "fuzz.h"

#include "pt_inflate.h"

#include <zlib.h>


#define FUZZ_MAX         (65535 * 16)
#define FUZZ_HEADER_LEN  10
#define FUZZ_FOOTER_LEN  8

#define FUZZ_FHCRC       0x02
#define FUZZ_FEXTRA      0x04
#define FUZZ_FNAME       0x08
#define FUZZ_FCOMMENT    0x10


static void fuzz_make(ngx_str_t *dst, ngx_uint_t flags, const u_char *data,
    size_t len);
static size_t fuzz_make_header(u_char *dst, ngx_uint_t flags);
static void fuzz_check(const ngx_str_t *in, size_t max);
static pt_reason_e fuzz_expected(const ngx_str_t *plain, size_t space);
static void fuzz_around(const ngx_str_t *in, size_t max, size_t len);
static pt_reason_e fuzz_inflate(const ngx_str_t *in, size_t max,
    ngx_str_t *out);

static ngx_uint_t fuzz_read(const ngx_str_t *in, ngx_str_t *plain);
static const u_char *fuzz_read_header(const u_char *p, const u_char *end);
static const u_char *fuzz_read_text(const u_char *p, const u_char *end);
static ngx_uint_t fuzz_read_data(const u_char *data, size_t len,
    ngx_str_t *plain, size_t *used);
static uint32_t fuzz_number(const u_char *p, ngx_uint_t bytes);


int
LLVMFuzzerTestOneInput(const u_char *data, size_t size)
{
    size_t     max;
    ngx_str_t  in;

    if (size < 4) {
        return 0;
    }

    max = (data[1] * 256 + data[2]) * 16;

    switch (data[0]) {

    case 'G':
        fuzz_copy(&in, data + 3, size - 3);
        break;

    case 'D':
        fuzz_make(&in, data[3], data + 4, size - 4);
        break;

    default:
        return 0;
    }

    fuzz_check(&in, max);

    free(in.data);

    return 0;
}


/* gzip of deflate data: the checksum is right if they are */

static void
fuzz_make(ngx_str_t *dst, ngx_uint_t flags, const u_char *data, size_t len)
{
    size_t      used;
    u_char     *p, *memory;
    uint32_t    numbers[2];
    ngx_str_t   plain;
    ngx_uint_t  i, shift;

    memory = fuzz_alloc(FUZZ_HEADER_LEN + 64 + len + FUZZ_FOOTER_LEN);
    p = memory + fuzz_make_header(memory, flags);

    if (!fuzz_read_data(data, len, &plain, &used)) {
        used = len;
        plain.len = 0;
    }

    p = ngx_cpymem(p, data, used);

    numbers[0] = crc32(crc32(0, NULL, 0), plain.data, plain.len);
    numbers[1] = plain.len;

    for (i = 0; i < 2; i++) {
        for (shift = 0; shift < 32; shift += 8) {
            *p++ = (u_char) (numbers[i] >> shift);
        }
    }

    /* what is not used follows as what it is */

    p = ngx_cpymem(p, data + used, len - used);

    fuzz_copy(dst, memory, p - memory);

    free(plain.data);
    free(memory);
}


static size_t
fuzz_make_header(u_char *dst, ngx_uint_t flags)
{
    u_char    *p;
    uint32_t   crc;

    p = ngx_cpymem(dst, "\x1f\x8b\x08\0\0\0\0\0\0\x03", FUZZ_HEADER_LEN);
    dst[3] = (u_char) flags;

    if (flags & FUZZ_FEXTRA) {
        p = ngx_cpymem(p, "\x05\0extra", 7);
    }

    if (flags & FUZZ_FNAME) {
        p = ngx_cpymem(p, "name", sizeof("name"));
    }

    if (flags & FUZZ_FCOMMENT) {
        p = ngx_cpymem(p, "", sizeof(""));
    }

    if (flags & FUZZ_FHCRC) {
        crc = crc32(crc32(0, NULL, 0), dst, p - dst);

        *p++ = (u_char) crc;
        *p++ = (u_char) (crc >> 8);
    }

    return p - dst;
}


static void
fuzz_check(const ngx_str_t *in, size_t max)
{
    size_t       space;
    ngx_str_t    plain, out;
    ngx_uint_t   good;
    pt_reason_e  reason;

    space = pt_inflate_space(in->len, max);

    fuzz_assert(space <= max);
    fuzz_assert(space <= PT_INFLATE_FREE
                || space <= in->len * PT_INFLATE_RATIO);

    good = fuzz_read(in, &plain);
    reason = fuzz_inflate(in, max, &out);

    if (good) {
        fuzz_assert(reason == fuzz_expected(&plain, space));

    } else {

        /* it may be full before it comes to what is wrong */

        fuzz_assert(reason == PT_BODY_COMPRESSION
                    || reason == PT_BODY_TOO_LARGE);
    }

    if (reason == PT_OK) {
        fuzz_assert(fuzz_equal(&out, &plain));
        fuzz_around(in, max, plain.len);
    }

    free(out.data);
    free(plain.data);
}


static pt_reason_e
fuzz_expected(const ngx_str_t *plain, size_t space)
{
    if (plain->len > space) {
        return PT_BODY_TOO_LARGE;
    }

    if (plain->len >= 2 && fuzz_number(plain->data, 2) == 0x8b1f) {
        return PT_BODY_COMPRESSION;
    }

    return PT_OK;
}


/* one byte more or less, or a smaller output, for what was accepted */

static void
fuzz_around(const ngx_str_t *in, size_t max, size_t len)
{
    ngx_str_t  other, out;

    fuzz_copy(&other, in->data, in->len - 1);

    fuzz_assert(fuzz_inflate(&other, max, &out) != PT_OK);

    free(out.data);
    free(other.data);

    other.len = in->len + 1;
    other.data = fuzz_alloc(other.len);

    memcpy(other.data, in->data, in->len);
    other.data[in->len] = in->data[0];

    fuzz_assert(fuzz_inflate(&other, max, &out) == PT_BODY_COMPRESSION);

    free(out.data);
    free(other.data);

    if (len > 0) {
        fuzz_assert(fuzz_inflate(in, len - 1, &out) == PT_BODY_TOO_LARGE);
        free(out.data);
    }
}


/* in no more memory than it may have, none of which it keeps */

static pt_reason_e
fuzz_inflate(const ngx_str_t *in, size_t max, ngx_str_t *out)
{
    u_char       *scratch;
    pt_arena_t    arena;
    pt_reason_e   reason;

    scratch = fuzz_alloc(PT_INFLATE_SCRATCH);
    pt_arena_init(&arena, scratch, PT_INFLATE_SCRATCH);

    out->len = 0;
    out->data = malloc(pt_inflate_space(in->len, max));

    fuzz_assert(out->data);

    reason = pt_inflate(in, out, max, &arena);

    fuzz_assert(arena.pos == scratch);
    fuzz_assert(arena.end == scratch + PT_INFLATE_SCRATCH);

    free(scratch);

    return reason;
}


/* RFC 1952, section 2.3: whether it is one member, and nothing else */

static ngx_uint_t
fuzz_read(const ngx_str_t *in, ngx_str_t *plain)
{
    size_t         used;
    const u_char  *p, *end;

    plain->data = NULL;
    plain->len = 0;

    end = in->data + in->len;
    p = fuzz_read_header(in->data, end);

    if (p == NULL || !fuzz_read_data(p, end - p, plain, &used)) {
        return 0;
    }

    p += used;

    return end - p == FUZZ_FOOTER_LEN
           && fuzz_number(p, 4)
              == crc32(crc32(0, NULL, 0), plain->data, plain->len)
           && fuzz_number(p + 4, 4) == plain->len;
}


static const u_char *
fuzz_read_header(const u_char *p, const u_char *end)
{
    ngx_uint_t     flags;
    const u_char  *start;

    start = p;

    if (end - p < FUZZ_HEADER_LEN
        || p[0] != 0x1f || p[1] != 0x8b || p[2] != 8 || p[3] > 0x1f)
    {
        return NULL;
    }

    flags = p[3];
    p += FUZZ_HEADER_LEN;

    if (flags & FUZZ_FEXTRA) {

        if (end - p < 2 || end - p - 2 < (ssize_t) fuzz_number(p, 2)) {
            return NULL;
        }

        p += 2 + fuzz_number(p, 2);
    }

    if (flags & FUZZ_FNAME) {
        p = fuzz_read_text(p, end);
    }

    if (p && (flags & FUZZ_FCOMMENT)) {
        p = fuzz_read_text(p, end);
    }

    if (p == NULL || !(flags & FUZZ_FHCRC)) {
        return p;
    }

    if (end - p < 2
        || fuzz_number(p, 2)
           != (crc32(crc32(0, NULL, 0), start, p - start) & 0xffff))
    {
        return NULL;
    }

    return p + 2;
}


/* after the NUL */

static const u_char *
fuzz_read_text(const u_char *p, const u_char *end)
{
    p = (p < end) ? memchr(p, '\0', end - p) : NULL;

    return p ? p + 1 : NULL;
}


/* whether they come to an end, after no more than may ever be asked for */

static ngx_uint_t
fuzz_read_data(const u_char *data, size_t len, ngx_str_t *plain, size_t *used)
{
    int       rc;
    z_stream  zs;

    plain->data = fuzz_alloc(FUZZ_MAX + 1);

    memset(&zs, 0, sizeof(z_stream));

    fuzz_assert(inflateInit2(&zs, -MAX_WBITS) == Z_OK);

    zs.next_in = (Bytef *) data;
    zs.avail_in = len;
    zs.next_out = plain->data;
    zs.avail_out = FUZZ_MAX + 1;

    rc = inflate(&zs, Z_SYNC_FLUSH);

    plain->len = zs.total_out;
    *used = zs.total_in;

    inflateEnd(&zs);

    return rc == Z_STREAM_END && plain->len <= FUZZ_MAX;
}


/* the lowest byte first */

static uint32_t
fuzz_number(const u_char *p, ngx_uint_t bytes)
{
    uint32_t  n;

    for (n = 0; bytes--; /* void */ ) {
        n = n << 8 | p[bytes];
    }

    return n;
}
