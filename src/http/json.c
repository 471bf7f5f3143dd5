
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Reads the JSON of clients and back ends: provides the memory, and keeps the
 * strings that are needed.
 */


#include "http/json.h"

#include "core/pt_arena.h"
#include "core/pt_nested.h"


static ngx_int_t ngx_http_print_task_json_arena(ngx_pool_t *pool,
    const ngx_str_t *text, pt_arena_t *arena);
static ngx_int_t ngx_http_print_task_json_keep(ngx_pool_t *pool,
    ngx_str_t *s);


/*
 * Texts up to about 4k are read in memory of the worker, one after the other: a
 * pool would call malloc() each time.  Only the pages in use are touched.
 */

#define NGX_HTTP_PRINT_TASK_JSON_SCRATCH  65536

static u_char
    ngx_http_print_task_json_scratch[NGX_HTTP_PRINT_TASK_JSON_SCRATCH];


pt_reason_e
ngx_http_print_task_json_update(ngx_http_request_t *r, const ngx_str_t *text,
    const ngx_str_t *id, pt_update_t *update)
{
    pt_arena_t   arena;
    pt_reason_e  reason;

    if (ngx_http_print_task_json_arena(r->pool, text, &arena) != NGX_OK) {
        return PT_INTERNAL;
    }

    reason = pt_update_read(text, id, &arena, update);

    if (ngx_http_print_task_json_keep(r->pool, &update->description)
        != NGX_OK)
    {
        return PT_INTERNAL;
    }

    return reason;
}


pt_reason_e
ngx_http_print_task_json_put(ngx_http_request_t *r, const ngx_str_t *text,
    const pt_route_t *route, pt_owned_task_t *put)
{
    pt_arena_t   arena;
    pt_reason_e  reason;

    if (ngx_http_print_task_json_arena(r->pool, text, &arena) != NGX_OK) {
        return PT_INTERNAL;
    }

    reason = pt_put_read(text, route, &arena, put);

    if (ngx_http_print_task_json_keep(r->pool, &put->task.description)
        != NGX_OK
        || ngx_http_print_task_json_keep(r->pool, &put->task.parent_url)
           != NGX_OK
        || ngx_http_print_task_json_keep(r->pool, &put->app) != NGX_OK)
    {
        return PT_INTERNAL;
    }

    return reason;
}


pt_reason_e
ngx_http_print_task_json_nested(ngx_http_request_t *r, const ngx_str_t *text)
{
    u_char      *p;
    size_t       size;
    pt_arena_t   arena;

    size = pt_nested_scratch(text->len);

    p = ngx_palloc(r->pool, size);
    if (p == NULL) {
        return PT_INTERNAL;
    }

    pt_arena_init(&arena, p, size);

    return pt_nested_read(text, &arena);
}


ngx_int_t
ngx_http_print_task_json_task(ngx_http_request_t *r, const ngx_str_t *text,
    const ngx_str_t *id, pt_task_t *task)
{
    ngx_int_t   rc;
    pt_arena_t  arena;

    if (ngx_http_print_task_json_arena(r->pool, text, &arena) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = pt_task_read(text, id, &arena, task);

    if (rc != NGX_OK) {
        return rc;
    }

    if (ngx_http_print_task_json_keep(r->pool, &task->description) != NGX_OK
        || ngx_http_print_task_json_keep(r->pool, &task->parent_url)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_json_arena(ngx_pool_t *pool, const ngx_str_t *text,
    pt_arena_t *arena)
{
    u_char  *p;
    size_t   size;

    size = pt_task_scratch(text->len);

    if (size <= NGX_HTTP_PRINT_TASK_JSON_SCRATCH) {
        pt_arena_init(arena, ngx_http_print_task_json_scratch,
                      NGX_HTTP_PRINT_TASK_JSON_SCRATCH);
        return NGX_OK;
    }

    p = ngx_palloc(pool, size);
    if (p == NULL) {
        return NGX_ERROR;
    }

    pt_arena_init(arena, p, size);

    return NGX_OK;
}


/* strings without escapes are slices of the text already */

static ngx_int_t
ngx_http_print_task_json_keep(ngx_pool_t *pool, ngx_str_t *s)
{
    u_char  *p;

    if (s->data < ngx_http_print_task_json_scratch
        || s->data >= ngx_http_print_task_json_scratch
                      + NGX_HTTP_PRINT_TASK_JSON_SCRATCH)
    {
        return NGX_OK;
    }

    p = ngx_pnalloc(pool, s->len ? s->len : 1);
    if (p == NULL) {
        ngx_str_null(s);
        return NGX_ERROR;
    }

    ngx_memcpy(p, s->data, s->len);
    s->data = p;

    return NGX_OK;
}
