
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* what the targets share */


#ifndef _FUZZ_H_INCLUDED_
#define _FUZZ_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include <stdlib.h>
#include <string.h>


#define fuzz_assert(cond)  if (!(cond)) { abort(); }


int LLVMFuzzerTestOneInput(const u_char *data, size_t size);


static ngx_inline void *
fuzz_alloc(size_t size)
{
    void  *p;

    p = malloc(size ? size : 1);
    fuzz_assert(p);

    return p;
}


/* of exactly its size, so that reading on is seen */

static ngx_inline void
fuzz_copy(ngx_str_t *dst, const u_char *data, size_t len)
{
    dst->len = len;
    dst->data = malloc(len);

    fuzz_assert(dst->data);

    if (len) {
        memcpy(dst->data, data, len);
    }
}


static ngx_inline ngx_uint_t
fuzz_equal(const ngx_str_t *a, const ngx_str_t *b)
{
    return a->len == b->len
           && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}


#endif /* _FUZZ_H_INCLUDED_ */
