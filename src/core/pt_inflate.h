
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* gzip (RFC 1952) to plain bytes, under a limit */


#ifndef _PT_INFLATE_H_INCLUDED_
#define _PT_INFLATE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_arena.h"
#include "pt_reason.h"


/* scratch memory that pt_inflate() needs, beside the output */
#define PT_INFLATE_SCRATCH  65536

/*
 * How many bytes may come out of one, and the size of the output from which on
 * that counts: a short body may be nearly all white space, say, and costs
 * nothing.  JSON packs by 10 or so, DEFLATE goes up to 1032.
 */
#define PT_INFLATE_RATIO    100
#define PT_INFLATE_FREE     16384


/* whether the bytes begin as gzip does; a label is not to be trusted */
#define pt_is_gzip(s)                                                         \
    ((s)->len >= 2 && (s)->data[0] == 0x1f && (s)->data[1] == 0x8b)


/* the most bytes that len bytes may inflate to, under a limit of max */
size_t pt_inflate_space(size_t len, size_t max);

/*
 * Inflates one gzip member into out->data, which has room for
 * pt_inflate_space() bytes, and sets out->len.  PT_BODY_TOO_LARGE if it is not
 * enough, PT_BODY_COMPRESSION if the data are damaged, cut short, have anything
 * after the member, or are gzip once more; PT_INTERNAL if the arena has less
 * than PT_INFLATE_SCRATCH bytes left.  It is as it was afterwards.
 */
pt_reason_e pt_inflate(const ngx_str_t *in, ngx_str_t *out, size_t max,
    pt_arena_t *arena);


#endif /* _PT_INFLATE_H_INCLUDED_ */
