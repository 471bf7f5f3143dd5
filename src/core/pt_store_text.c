
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* the state of a record and its strings: from cells to a snapshot, and back */


#include "pt_store_cells.h"


static void pt_store_slice(pt_store_t *store, size_t *pos, ngx_uint_t len,
    ngx_str_t *text);
static void pt_store_gather(const pt_store_t *store, uint32_t n, size_t len);


void
pt_store_look(pt_store_t *store, uint32_t n, pt_snapshot_t *snapshot)
{
    size_t                   pos;
    const pt_store_state_t  *state;

    ngx_memzero(snapshot, sizeof(pt_snapshot_t));

    snapshot->task.state = PT_UNKNOWN;
    snapshot->now = store->now;

    if (n == 0) {
        return;
    }

    snapshot->rev = pt_store_record(store, n)->rev;

    n = pt_store_record(store, n)->next;

    if (n == 0) {
        return;
    }

    state = pt_store_state(store, n);

    snapshot->task.state = state->state;
    snapshot->confirmed = state->confirmed;

    pos = 0;

    pt_store_slice(store, &pos, state->app, &snapshot->app);
    pt_store_slice(store, &pos, state->description,
                   &snapshot->task.description);
    pt_store_slice(store, &pos, state->parent_url,
                   &snapshot->task.parent_url);

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
    size_t                  part;
    u_char                 *p;
    const pt_store_cell_t  *cell;

    cell = &store->cells[n];
    part = ngx_min(len, PT_STORE_TEXT_FIRST);
    p = ngx_cpymem(store->text, cell->state.text, part);

    while (len -= part) {
        cell = &store->cells[cell->more.next];
        part = ngx_min(len, PT_STORE_TEXT_NEXT);
        p = ngx_cpymem(p, cell->more.text, part);
    }
}


size_t
pt_store_text_len(const pt_task_t *task, const ngx_str_t *app)
{
    return (app->data ? app->len : 0)
           + (task->description.data ? task->description.len : 0)
           + (task->parent_url.data ? task->parent_url.len : 0);
}


uint32_t
pt_store_write(pt_store_t *store, const pt_task_t *task, const ngx_str_t *app)
{
    size_t             left, part;
    u_char            *p, *end, *src;
    uint32_t           n;
    ngx_uint_t         i;
    pt_store_cell_t   *cell;
    pt_store_state_t  *state;
    const ngx_str_t   *texts[3];

    n = pt_store_alloc(store, pt_store_text_cells(pt_store_text_len(task,
                                                                    app)));
    cell = &store->cells[n];
    state = &cell->state;

    state->app = app->data ? app->len : PT_STORE_NULL;
    state->description = task->description.data ? task->description.len
                                                : PT_STORE_NULL;
    state->parent_url = task->parent_url.data ? task->parent_url.len
                                              : PT_STORE_NULL;
    state->state = task->state;
    state->confirmed = store->now;

    texts[0] = app;
    texts[1] = &task->description;
    texts[2] = &task->parent_url;

    p = state->text;
    end = p + PT_STORE_TEXT_FIRST;

    for (i = 0; i < 3; i++) {
        src = texts[i]->data;
        left = src ? texts[i]->len : 0;

        for ( /* void */ ; left; left -= part, src += part) {

            if (p == end) {
                cell = &store->cells[cell->more.next];
                p = cell->more.text;
                end = p + PT_STORE_TEXT_NEXT;
            }

            part = ngx_min(left, (size_t) (end - p));
            p = ngx_cpymem(p, src, part);
            pt_store_step();
        }
    }

    return n;
}
