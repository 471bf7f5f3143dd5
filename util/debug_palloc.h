
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * A pool hands out pieces of a larger block, so a sanitizer does not see a
 * write past the end of one.  Included before everything else in a build for
 * sanitizers or valgrind, this makes each piece a malloc() of its own, which
 * is still freed with the pool.
 */


#ifndef _PRINT_TASK_DEBUG_PALLOC_H_INCLUDED_
#define _PRINT_TASK_DEBUG_PALLOC_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


static ngx_inline void *
print_task_debug_palloc(ngx_pool_t *pool, size_t size)
{
    return ngx_pmemalign(pool, size, 16);
}


static ngx_inline void *
print_task_debug_pcalloc(ngx_pool_t *pool, size_t size)
{
    void  *p;

    p = ngx_pmemalign(pool, size, 16);

    if (p != NULL) {
        ngx_memzero(p, size);
    }

    return p;
}


#define ngx_palloc   print_task_debug_palloc
#define ngx_pnalloc  print_task_debug_palloc
#define ngx_pcalloc  print_task_debug_pcalloc


#endif /* _PRINT_TASK_DEBUG_PALLOC_H_INCLUDED_ */
