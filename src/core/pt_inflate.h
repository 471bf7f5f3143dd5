
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Decompresses gzip (RFC 1952) under a limit. */


#ifndef _PT_INFLATE_H_INCLUDED_
#define _PT_INFLATE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_arena.h"
#include "pt_reason.h"


/* scratch memory of pt_inflate(), in addition to the output */
#define PT_INFLATE_SCRATCH  65536

/*
 * The largest allowed ratio of output to input, and the size of the output from
 * which the ratio counts: a short body may be mostly white space and costs
 * little.  JSON compresses by a factor of about 10, DEFLATE allows 1032.
 */
#define PT_INFLATE_RATIO    100
#define PT_INFLATE_FREE     16384


/*
 * Whether the bytes begin with the magic number of gzip.  The module trusts
 * this and not Content-Encoding, which clients set wrongly.
 */
#define pt_is_gzip(s)                                                         \
    ((s)->len >= 2 && (s)->data[0] == 0x1f && (s)->data[1] == 0x8b)


/* the largest output for len bytes of input, under a limit of max */
size_t pt_inflate_space(size_t len, size_t max);

/*
 * Inflates one gzip member into out->data and sets out->len.  The memory of
 * out->data holds pt_inflate_space() bytes.
 * PT_BODY_TOO_LARGE: the output does not fit.  PT_BODY_COMPRESSION: the data
 * are damaged or truncated, have bytes after the member, or contain gzip again.
 * PT_INTERNAL: the arena has less than PT_INFLATE_SCRATCH bytes left.  The
 * arena is restored on return.
 */
pt_reason_e pt_inflate(const ngx_str_t *in, ngx_str_t *out, size_t max,
    pt_arena_t *arena);


#endif /* _PT_INFLATE_H_INCLUDED_ */
