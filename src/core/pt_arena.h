
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * A bump allocator over memory that the caller owns.  Code in src/core
 * allocates no memory of its own: the caller decides where scratch memory lives
 * and how long, and frees all of it at once.
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


/* NULL if the arena is used up; the alignment is that of nginx's pools */

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
