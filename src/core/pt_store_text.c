
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Converts the state of a record and its strings between blocks and a snapshot.
 */


#include "pt_store_blocks.h"


/* bytes of strings in a state that is changed in place */
#define PT_STORE_IN_PLACE_TEXT                                               \
    (PT_STORE_TEXT_FIRST + (PT_STORE_IN_PLACE - 1) * PT_STORE_TEXT_NEXT)


static void pt_store_slice(pt_store_t *store, size_t *pos, ngx_uint_t len,
    ngx_str_t *text);
static void pt_store_gather(const pt_store_t *store, uint32_t n, size_t len);
static void pt_store_rewrite(pt_store_t *store, uint32_t n,
    const pt_task_t *task, const ngx_str_t *app);
static void pt_store_resize(pt_store_t *store, uint32_t n, ngx_uint_t blocks);
static void pt_store_rewrite_block(pt_store_t *store, uint32_t n,
    const pt_store_block_t *block);
static void pt_store_head(pt_store_t *store, pt_store_state_t *state,
    const pt_task_t *task, const ngx_str_t *app);
static u_char *pt_store_put_text(u_char *dst, const ngx_str_t *text);


void
pt_store_read_snapshot(pt_store_t *store, uint32_t n, pt_snapshot_t *snapshot)
{
    pt_store_read_text(store, n ? pt_store_record(store, n)->next : 0,
                       snapshot);

    if (n) {
        snapshot->rev = pt_store_record(store, n)->rev;
    }
}


void
pt_store_read_text(pt_store_t *store, uint32_t n, pt_snapshot_t *snapshot)
{
    size_t                   pos;
    const pt_store_state_t  *state;

    ngx_memzero(snapshot, sizeof(pt_snapshot_t));

    snapshot->task.state = PT_UNKNOWN;
    snapshot->now = store->now;

    if (n == 0) {
        return;
    }

    state = pt_store_state(store, n);

    snapshot->task.state = state->state;
    snapshot->confirmed = state->confirmed;

    pos = 0;

    pt_store_slice(store, &pos, state->place, &snapshot->task.place);
    pt_store_slice(store, &pos, state->app, &snapshot->app);
    pt_store_slice(store, &pos, state->parent_url,
                   &snapshot->task.parent_url);
    pt_store_slice(store, &pos, state->description,
                   &snapshot->task.description);

    pt_store_gather(store, n, pos);
}


static void
pt_store_slice(pt_store_t *store, size_t *pos, ngx_uint_t len,
    ngx_str_t *text)
{
    if (len == PT_STORE_NULL) {
        return;
    }

    text->data = store->text + *pos;
    text->len = len;

    *pos += len;
}


static void
pt_store_gather(const pt_store_t *store, uint32_t n, size_t len)
{
    size_t                   part;
    u_char                  *p;
    const pt_store_block_t  *block;

    block = &store->blocks[n];
    part = ngx_min(len, PT_STORE_TEXT_FIRST);
    p = ngx_cpymem(store->text, block->state.text, part);

    while (len -= part) {
        block = &store->blocks[block->more.next];
        part = ngx_min(len, PT_STORE_TEXT_NEXT);
        p = ngx_cpymem(p, block->more.text, part);
    }
}


size_t
pt_store_text_len(const pt_task_t *task, const ngx_str_t *app)
{
    return (task->place.data ? task->place.len : 0)
           + (app->data ? app->len : 0)
           + (task->description.data ? task->description.len : 0)
           + (task->parent_url.data ? task->parent_url.len : 0);
}


/*
 * Changes a state in place if possible: the blocks stay near their record, and
 * the journal needs few words.
 */

void
pt_store_set_state(pt_store_t *store, uint32_t n, const pt_task_t *task,
    const ngx_str_t *app)
{
    uint32_t    old;
    ngx_uint_t  blocks;

    old = pt_store_record(store, n)->next;
    blocks = pt_store_text_blocks(pt_store_text_len(task, app));

    if (old != 0 && blocks <= PT_STORE_IN_PLACE) {
        pt_store_resize(store, old, blocks);
        pt_store_rewrite(store, old, task, app);
        return;
    }

    pt_store_set32(store, &pt_store_record(store, n)->next,
                   pt_store_write(store, task, app));
    pt_store_free_chain(store, old);
}


/* writes to new blocks that no record points to yet: no journal is needed */

uint32_t
pt_store_write(pt_store_t *store, const pt_task_t *task, const ngx_str_t *app)
{
    size_t             left, part;
    u_char            *p, *end, *src;
    uint32_t           n;
    ngx_uint_t         i;
    pt_store_block_t  *block;
    const ngx_str_t   *texts[4];

    n = pt_store_alloc(store, pt_store_text_blocks(pt_store_text_len(task,
                                                                     app)));
    block = &store->blocks[n];

    pt_store_head(store, &block->state, task, app);

    texts[0] = &task->place;
    texts[1] = app;
    texts[2] = &task->parent_url;
    texts[3] = &task->description;

    p = block->state.text;
    end = p + PT_STORE_TEXT_FIRST;

    for (i = 0; i < 4; i++) {
        src = texts[i]->data;
        left = src ? texts[i]->len : 0;

        for ( /* void */ ; left; left -= part, src += part) {

            if (p == end) {
                block = &store->blocks[block->more.next];
                p = block->more.text;
                end = p + PT_STORE_TEXT_NEXT;
            }

            part = ngx_min(left, (size_t) (end - p));
            p = ngx_cpymem(p, src, part);
            pt_store_step();
        }
    }

    return n;
}


/* the chain has the right number of blocks already */

static void
pt_store_rewrite(pt_store_t *store, uint32_t n, const pt_task_t *task,
    const ngx_str_t *app)
{
    size_t            part;
    u_char           *p, *last;
    pt_store_block_t  block;
    u_char            text[PT_STORE_IN_PLACE_TEXT];

    last = pt_store_put_text(text, &task->place);
    last = pt_store_put_text(last, app);
    last = pt_store_put_text(last, &task->parent_url);
    last = pt_store_put_text(last, &task->description);

    block = store->blocks[n];

    pt_store_head(store, &block.state, task, app);

    part = ngx_min(last - text, PT_STORE_TEXT_FIRST);
    ngx_memcpy(block.state.text, text, part);

    pt_store_rewrite_block(store, n, &block);

    for (p = text + part; p < last; p += part) {
        n = store->blocks[n].more.next;
        part = ngx_min(last - p, PT_STORE_TEXT_NEXT);

        if (ngx_memcmp(store->blocks[n].more.text, p, part) != 0) {
            block = store->blocks[n];
            ngx_memcpy(block.more.text, p, part);

            pt_store_rewrite_block(store, n, &block);
        }
    }
}


static void
pt_store_resize(pt_store_t *store, uint32_t n, ngx_uint_t blocks)
{
    uint32_t   *next, rest;
    ngx_uint_t  i;

    next = &store->blocks[n].more.next;

    for (i = 1; i < blocks && *next; i++) {
        next = &store->blocks[*next].more.next;
    }

    if (i < blocks) {
        pt_store_set32(store, next, pt_store_alloc(store, blocks - i));
        return;
    }

    rest = *next;

    if (rest) {
        pt_store_set32(store, next, 0);
        pt_store_free_chain(store, rest);
    }
}


static void
pt_store_rewrite_block(pt_store_t *store, uint32_t n,
    const pt_store_block_t *block)
{
    uint64_t    *word;
    ngx_uint_t   i;

    word = store->blocks[n].words;

    for (i = 0; i < PT_STORE_WORDS; i++) {

        if (word[i] != block->words[i]) {
            pt_store_set64(store, &word[i], block->words[i]);
        }
    }
}


static void
pt_store_head(pt_store_t *store, pt_store_state_t *state,
    const pt_task_t *task, const ngx_str_t *app)
{
    state->place = task->place.data ? task->place.len : PT_STORE_NULL;
    state->unused = 0;
    state->app = app->data ? app->len : PT_STORE_NULL;
    state->description = task->description.data ? task->description.len
                                                : PT_STORE_NULL;
    state->parent_url = task->parent_url.data ? task->parent_url.len
                                              : PT_STORE_NULL;
    state->state = task->state;
    state->confirmed = store->now;
}


static u_char *
pt_store_put_text(u_char *dst, const ngx_str_t *text)
{
    return text->data ? ngx_cpymem(dst, text->data, text->len) : dst;
}
