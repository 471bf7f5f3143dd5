
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The allocator of yajl, which never returns NULL. */


#include "pt_json_memory.h"

#include <openssl/crypto.h>
#include <stdlib.h>


/* precedes a block on the heap; a block in the arena has only the size */

typedef struct {
    ngx_queue_t   queue;
    size_t        size;             /* as requested by yajl */
} pt_json_block_t;


#define pt_json_block_size(p)  (((size_t *) (p))[-1])


static void *pt_json_memory_malloc(void *ctx, size_t size);
static void *pt_json_memory_realloc(void *ctx, void *old, size_t size);
static void pt_json_memory_release(void *ctx, void *p);
static void *pt_json_memory_heap(pt_json_memory_t *memory, size_t size);
static void pt_json_memory_free_block(pt_json_block_t *block);


void
pt_json_memory_init(pt_json_memory_t *memory, u_char *start, size_t size)
{
    memory->start = start;
    pt_arena_init(&memory->arena, start, size);
    ngx_queue_init(&memory->blocks);
}


void
pt_json_memory_free(pt_json_memory_t *memory)
{
    ngx_queue_t  *q;

    ngx_memzero(memory->start, memory->arena.pos - memory->start);

    while (!ngx_queue_empty(&memory->blocks)) {
        q = ngx_queue_head(&memory->blocks);
        pt_json_memory_free_block(ngx_queue_data(q, pt_json_block_t, queue));
    }
}


void
pt_json_memory_funcs(pt_json_memory_t *memory, yajl_alloc_funcs *funcs)
{
    funcs->malloc = pt_json_memory_malloc;
    funcs->realloc = pt_json_memory_realloc;
    funcs->free = pt_json_memory_release;
    funcs->ctx = memory;
}


static void *
pt_json_memory_malloc(void *ctx, size_t size)
{
    pt_json_memory_t *memory = ctx;

    u_char  *p;

    if (size > NGX_MAX_SIZE_T_VALUE - sizeof(pt_json_block_t)) {
        siglongjmp(memory->failed, 1);
    }

    p = pt_arena_alloc(&memory->arena, sizeof(size_t) + size);

    if (p == NULL) {
        return pt_json_memory_heap(memory, size);
    }

    p += sizeof(size_t);
    pt_json_block_size(p) = size;

    return p;
}


static void *
pt_json_memory_realloc(void *ctx, void *old, size_t size)
{
    void  *p;

    p = pt_json_memory_malloc(ctx, size);

    if (old != NULL) {
        ngx_memcpy(p, old, ngx_min(pt_json_block_size(old), size));
        pt_json_memory_release(ctx, old);
    }

    return p;
}


/* a no-op for blocks of the arena, which is freed as a whole */

static void
pt_json_memory_release(void *ctx, void *p)
{
    pt_json_memory_t *memory = ctx;

    if (p == NULL
        || ((u_char *) p >= memory->start
            && (u_char *) p <= memory->arena.end))
    {
        return;
    }

    pt_json_memory_free_block((pt_json_block_t *) p - 1);
}


static void *
pt_json_memory_heap(pt_json_memory_t *memory, size_t size)
{
    pt_json_block_t  *block;

    block = malloc(sizeof(pt_json_block_t) + size);

    if (block == NULL) {
        siglongjmp(memory->failed, 1);
    }

    block->size = size;
    ngx_queue_insert_tail(&memory->blocks, &block->queue);

    return block + 1;
}


static void
pt_json_memory_free_block(pt_json_block_t *block)
{
    ngx_queue_remove(&block->queue);

    OPENSSL_cleanse(block + 1, block->size);

    free(block);
}
