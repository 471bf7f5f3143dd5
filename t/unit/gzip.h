
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* gzip, and the inflating of it in no more memory than it may have */


#ifndef _GZIP_H_INCLUDED_
#define _GZIP_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "pt_inflate.h"


#define GZIP_BITS  (MAX_WBITS + 16)


/* an output and a scratch of exactly the size that they may have */

typedef struct {
    u_char            *memory;
    pt_arena_t         arena;
    ngx_str_t          out;
    pt_reason_e        reason;
} gzip_output_t;


static ngx_inline void
gzip_free(gzip_output_t *to)
{
    free(to->memory);
    free(to->out.data);
}


static ngx_inline void
gzip_inflate(gzip_output_t *to, const ngx_str_t *in, size_t max)
{
    size_t  space;

    space = pt_inflate_space(in->len, max);

    to->memory = malloc(PT_INFLATE_SCRATCH);
    to->out.data = malloc(space + (space == 0));
    to->out.len = (size_t) -1;

    pt_arena_init(&to->arena, to->memory, PT_INFLATE_SCRATCH);

    to->reason = pt_inflate(in, &to->out, max, &to->arena);

    /* the scratch memory is given back */

    if (to->arena.pos != to->memory
        || to->arena.end != to->memory + PT_INFLATE_SCRATCH)
    {
        abort();
    }
}


static ngx_inline pt_reason_e
gzip_reason(const ngx_str_t *in, size_t max)
{
    gzip_output_t  to;

    gzip_inflate(&to, in, max);
    gzip_free(&to);

    return to.reason;
}


static ngx_inline ngx_str_t
gzip_deflate(const void *data, size_t len, int bits, gz_header *header)
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


static ngx_inline ngx_str_t
gzip_concat(const ngx_str_t *a, const void *data, size_t len)
{
    ngx_str_t  out;

    out.len = a->len + len;
    out.data = malloc(out.len);

    memcpy(out.data, a->data, a->len);
    memcpy(out.data + a->len, data, len);

    return out;
}


#endif /* _GZIP_H_INCLUDED_ */
