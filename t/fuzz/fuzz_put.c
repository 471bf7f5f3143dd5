
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Input: the body of a PUT. */


#include "pt_str_list.h"
#include "pt_task.h"

#include <stdlib.h>
#include <string.h>


#define fuzz_assert(cond)  if (!(cond)) { abort(); }


int LLVMFuzzerTestOneInput(const u_char *data, size_t size);

static void fuzz_accepted(const ngx_str_t *text, const pt_owned_task_t *put);
static void fuzz_again(const pt_owned_task_t *put);
static u_char *fuzz_scratch(const ngx_str_t *text, pt_arena_t *arena);
static void fuzz_same(const ngx_str_t *a, const ngx_str_t *b);


static const pt_route_t  fuzz_route = {
    PT_ROUTE_TASK,
    ngx_string("3203656e-6069-4e10-8147-d25290b00a3c"),
    ngx_string("Task-0.1_a~")
};


int
LLVMFuzzerTestOneInput(const u_char *data, size_t size)
{
    u_char          *scratch;
    pt_owned_task_t  put;
    ngx_str_t        text;
    pt_arena_t       arena;
    pt_reason_e      reason;

    /* of exactly its size, so that reading on is seen */

    text.len = size;
    text.data = malloc(size ? size : 1);

    fuzz_assert(text.data);

    memcpy(text.data, data, size);

    scratch = fuzz_scratch(&text, &arena);

    reason = pt_put_read(&text, &fuzz_route, &arena, &put);

    fuzz_assert(reason != PT_INTERNAL);

    if (reason == PT_OK) {
        fuzz_accepted(&text, &put);
        fuzz_again(&put);
    }

    free(scratch);
    free(text.data);

    return 0;
}


/* a PATCH with that body would ask for the same state */

static void
fuzz_accepted(const ngx_str_t *text, const pt_owned_task_t *put)
{
    u_char       *scratch;
    pt_arena_t    arena;
    pt_update_t   update;

    fuzz_assert(put->task.state < PT_STATES);
    fuzz_assert(put->task.description.len <= PT_DESCRIPTION_MAX);
    fuzz_assert(put->task.parent_url.len <= PT_PARENT_URL_MAX);
    fuzz_assert(put->app.data == NULL || pt_str_list_is_app(&put->app));

    scratch = fuzz_scratch(text, &arena);

    fuzz_assert(pt_update_read(text, &fuzz_route.task, &arena, &update)
                == PT_OK);
    fuzz_assert(update.state == put->task.state);
    fuzz_same(&update.description, &put->task.description);

    free(scratch);
}


/* what is answered can be put again, and is the same */

static void
fuzz_again(const pt_owned_task_t *put)
{
    u_char          *scratch;
    size_t           size;
    pt_owned_task_t  again;
    ngx_str_t        text;
    pt_arena_t       arena;

    size = pt_put_size(put, &fuzz_route.task);

    text.data = malloc(size);
    fuzz_assert(text.data);

    text.len = pt_put_write(text.data, put, &fuzz_route.task) - text.data;
    fuzz_assert(text.len == size);

    scratch = fuzz_scratch(&text, &arena);

    fuzz_assert(pt_put_read(&text, &fuzz_route, &arena, &again) == PT_OK);
    fuzz_assert(again.task.state == put->task.state);
    fuzz_same(&again.task.description, &put->task.description);
    fuzz_same(&again.task.parent_url, &put->task.parent_url);
    fuzz_same(&again.app, &put->app);

    free(scratch);
    free(text.data);
}


static u_char *
fuzz_scratch(const ngx_str_t *text, pt_arena_t *arena)
{
    size_t   size;
    u_char  *p;

    size = pt_task_scratch(text->len);

    p = malloc(size);
    fuzz_assert(p);

    pt_arena_init(arena, p, size);

    return p;
}


static void
fuzz_same(const ngx_str_t *a, const ngx_str_t *b)
{
    fuzz_assert((a->data == NULL) == (b->data == NULL));
    fuzz_assert(a->len == b->len
                && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0));
}
