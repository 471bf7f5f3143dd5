
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Decompresses gzip (RFC 1952) under a limit. */


#include <ngx_config.h>
#include <ngx_core.h>

#include <zlib.h>

#include "pt_inflate.h"


#define PT_INFLATE_GZIP  (MAX_WBITS + 16)   /* zlib requires a gzip header */

#define PT_INFLATE_MAX   ((uInt) -1)        /* the largest size that zlib can
                                               count */


static pt_reason_e pt_inflate_member(z_stream *zstream);
static void *pt_inflate_alloc(void *opaque, uInt items, uInt size);
static void pt_inflate_free(void *opaque, void *p);


size_t
pt_inflate_space(size_t len, size_t max)
{
    size_t  space;

    space = (len <= max / PT_INFLATE_RATIO) ? len * PT_INFLATE_RATIO : max;

    return ngx_min(ngx_max(space, PT_INFLATE_FREE), max);
}


pt_reason_e
pt_inflate(const ngx_str_t *in, ngx_str_t *out, size_t max, pt_arena_t *arena)
{
    size_t       space;
    z_stream     zstream;
    pt_arena_t   scratch;
    pt_reason_e  reason;

    /* a copy of the arena: its original end is valid again on return */

    scratch = *arena;

    ngx_memzero(&zstream, sizeof(z_stream));

    zstream.zalloc = pt_inflate_alloc;
    zstream.zfree = pt_inflate_free;
    zstream.opaque = &scratch;

    space = pt_inflate_space(in->len, max);

    zstream.next_in = in->data;
    zstream.avail_in = (uInt) in->len;
    zstream.next_out = out->data;
    zstream.avail_out = (uInt) ngx_min(space, PT_INFLATE_MAX);

    if (zstream.avail_in != in->len) {
        return PT_BODY_TOO_LARGE;
    }

    if (inflateInit2(&zstream, PT_INFLATE_GZIP) != Z_OK) {
        return PT_INTERNAL;
    }

    reason = pt_inflate_member(&zstream);

    (void) inflateEnd(&zstream);

    if (reason != PT_OK) {
        return reason;
    }

    out->len = zstream.total_out;

    /*
     * Output that is neither JSON nor gzip is refused by the JSON reader.  Gzip
     * within gzip has a reason of its own, because some clients compress a body
     * twice.
     */

    return pt_is_gzip(out) ? PT_BODY_COMPRESSION : PT_OK;
}


static pt_reason_e
pt_inflate_member(z_stream *zstream)
{
    switch (inflate(zstream, Z_FINISH)) {

    case Z_STREAM_END:

        /*
         * Bytes after the member: another reader might take them as a second
         * member.
         */

        return zstream->avail_in == 0 ? PT_OK : PT_BODY_COMPRESSION;

    case Z_BUF_ERROR:

        /* either the output is full, or the input is truncated */

        return zstream->avail_in != 0 ? PT_BODY_TOO_LARGE
                                      : PT_BODY_COMPRESSION;

    case Z_MEM_ERROR:
        return PT_INTERNAL;

    default:
        return PT_BODY_COMPRESSION;
    }
}


static void *
pt_inflate_alloc(void *opaque, uInt items, uInt size)
{
    if (size != 0 && items > PT_INFLATE_SCRATCH / size) {
        return NULL;
    }

    return pt_arena_alloc(opaque, (size_t) items * size);
}


static void
pt_inflate_free(void *opaque, void *p)
{
    /* a no-op: the arena is freed as a whole */
}
