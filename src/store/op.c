
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Functions that all stores share: settlements, and the memory of snapshots. */


#include "store/store.h"

#include "core/pt_rules.h"


#define NGX_HTTP_PRINT_TASK_TEXT_LEAST  256


static u_char *ngx_http_print_task_op_move(ngx_str_t *text, u_char *p);


/* the answer did not show the state: the task is unknown */

void
ngx_http_print_task_op_settle(ngx_http_print_task_store_t *store,
    ngx_http_print_task_op_t *op)
{
    if (op->type == PT_OPERATION_COMMIT && op->task.state == PT_UNKNOWN) {
        op->type = PT_OPERATION_INVALIDATE;
        op->hold = 0;
    }

    store->settle(store, op);
}


u_char *
ngx_http_print_task_op_text(ngx_http_print_task_op_t *op, size_t size)
{
    if (size <= op->text_size) {
        return op->text;
    }

    /* doubling bounds the abandoned memory by the memory in use */

    size = ngx_max(size, 2 * op->text_size);
    size = ngx_max(size, NGX_HTTP_PRINT_TASK_TEXT_LEAST);

    op->text = ngx_pnalloc(op->pool, size);
    op->text_size = op->text ? size : 0;

    return op->text;
}


/* an empty string needs an address, because NULL means null */

ngx_int_t
ngx_http_print_task_op_keep(ngx_http_print_task_op_t *op)
{
    u_char         *p;
    pt_snapshot_t  *snapshot;

    snapshot = &op->snapshot;

    if (snapshot->app.data == NULL
        && snapshot->task.description.data == NULL
        && snapshot->task.parent_url.data == NULL)
    {
        return NGX_OK;
    }

    p = ngx_http_print_task_op_text(op, snapshot->app.len
                                        + snapshot->task.description.len
                                        + snapshot->task.parent_url.len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    p = ngx_http_print_task_op_move(&snapshot->app, p);
    p = ngx_http_print_task_op_move(&snapshot->task.description, p);

    (void) ngx_http_print_task_op_move(&snapshot->task.parent_url, p);

    return NGX_OK;
}


static u_char *
ngx_http_print_task_op_move(ngx_str_t *text, u_char *p)
{
    if (text->data == NULL) {
        return p;
    }

    ngx_memcpy(p, text->data, text->len);

    text->data = p;

    return p + text->len;
}
