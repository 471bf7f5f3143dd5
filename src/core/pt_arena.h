
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * A bump allocator over memory that the caller owns.  Nothing in src/core
 * allocates by itself: who calls decides where scratch memory lives, and how
 * long, and nothing has to be freed.
 */


#ifndef _PT_ARENA_H_INCLUDED_
#define _PT_ARENA_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


typedef struct {
    u_char  *pos;
    u_char  *end;
} pt_arena_t;


static ngx_inline void
pt_arena_init(pt_arena_t *arena, u_char *start, size_t size)
{
    arena->pos = start;
    arena->end = start + size;
}


/* NULL when the arena is used up; aligned as nginx aligns its pools */

static ngx_inline void *
pt_arena_alloc(pt_arena_t *arena, size_t size)
{
    u_char  *p;

    p = ngx_align_ptr(arena->pos, NGX_ALIGNMENT);

    if (p > arena->end || size > (size_t) (arena->end - p)) {
        return NULL;
    }

    arena->pos = p + size;

    return p;
}


#endif /* _PT_ARENA_H_INCLUDED_ */
