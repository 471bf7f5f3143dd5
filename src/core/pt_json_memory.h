
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The memory of yajl, for pt_json_read() only. yajl 2.1 does not check for NULL
 * from its allocator, so this allocator never returns NULL.  It takes blocks
 * from an arena, which suffices for nearly all texts, then from the heap.  When
 * the heap is exhausted, it jumps to the sigsetjmp() of memory->failed; the
 * caller then uses no object of yajl any more.
 */


#ifndef _PT_JSON_MEMORY_H_INCLUDED_
#define _PT_JSON_MEMORY_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include <yajl/yajl_parse.h>
#include <setjmp.h>

#include "pt_arena.h"


typedef struct {
    u_char          *start;         /* of the arena */
    pt_arena_t       arena;
    ngx_queue_t      blocks;        /* on the heap */
    sigjmp_buf       failed;        /* by sigsetjmp(), before yajl_alloc() */
} pt_json_memory_t;


void pt_json_memory_init(pt_json_memory_t *memory, u_char *start, size_t size);

/* frees and wipes all blocks: the text may contain a secret */
void pt_json_memory_free(pt_json_memory_t *memory);

/* for yajl_alloc() */
void pt_json_memory_funcs(pt_json_memory_t *memory, yajl_alloc_funcs *funcs);


#endif /* _PT_JSON_MEMORY_H_INCLUDED_ */
