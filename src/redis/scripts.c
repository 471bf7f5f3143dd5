
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The scripts of src/redis/scripts.  No script contains the name of a state: a
 * script that calls is_state() gets this function before its first line.  The
 * function is generated from the table in core/pt_task.c.  A script that calls
 * append_event() gets the function in append_event.lua.
 */


#include "redis/scripts.h"

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_sha1.h>

#include "core/pt_task.h"
#include "ngx_http_print_task_scripts.h"


static ngx_int_t ngx_http_print_task_redis_is_state(ngx_pool_t *pool,
    ngx_str_t *function);
static ngx_int_t ngx_http_print_task_redis_append_event(ngx_pool_t *pool,
    ngx_str_t *function);
static ngx_int_t ngx_http_print_task_redis_script(ngx_pool_t *pool,
    const char *call, const ngx_str_t *function, ngx_str_t *text);


/* by the type of the operation */

static const ngx_str_t  *ngx_http_print_task_redis_sources[] = {
    &ngx_http_print_task_script_read,
    &ngx_http_print_task_script_reserve,
    &ngx_http_print_task_script_apply,
    &ngx_http_print_task_script_put,
    &ngx_http_print_task_script_delete,
    &ngx_http_print_task_script_list,
    &ngx_http_print_task_script_events,
    &ngx_http_print_task_script_indexes,
    &ngx_http_print_task_script_overdue,
    &ngx_http_print_task_script_commit,
    &ngx_http_print_task_script_release,
    &ngx_http_print_task_script_invalidate
};

_Static_assert(sizeof(ngx_http_print_task_redis_sources) / sizeof(ngx_str_t *)
               == NGX_HTTP_PRINT_TASK_REDIS_SCRIPTS,
               "an operation has no script");


ngx_int_t
ngx_http_print_task_redis_scripts(ngx_pool_t *pool,
    ngx_http_print_task_redis_script_t *scripts)
{
    ngx_str_t    is_state, append_event;
    ngx_sha1_t   sha1;
    ngx_uint_t   i;
    u_char       digest[20];

    if (ngx_http_print_task_redis_is_state(pool, &is_state) != NGX_OK
        || ngx_http_print_task_redis_append_event(pool, &append_event)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < NGX_HTTP_PRINT_TASK_REDIS_SCRIPTS; i++) {

        scripts[i].text = *ngx_http_print_task_redis_sources[i];

        if (ngx_http_print_task_redis_script(pool, "is_state(", &is_state,
                                             &scripts[i].text)
            != NGX_OK
            || ngx_http_print_task_redis_script(pool, "append_event(",
                                                &append_event,
                                                &scripts[i].text)
               != NGX_OK)
        {
            return NGX_ERROR;
        }

        ngx_sha1_init(&sha1);
        ngx_sha1_update(&sha1, scripts[i].text.data, scripts[i].text.len);
        ngx_sha1_final(digest, &sha1);

        ngx_hex_dump(scripts[i].sha1, digest, sizeof(digest));
    }

    return NGX_OK;
}


/*
 * Generates
 *     local function is_state(s) return s == 'pending' or s == ... end
 * Comparisons cost Redis less than a table that each call would create.
 */

static ngx_int_t
ngx_http_print_task_redis_is_state(ngx_pool_t *pool, ngx_str_t *function)
{
    size_t       len;
    u_char      *p;
    ngx_uint_t   i;

    len = sizeof("local function is_state(s) return  end ") - 1;

    for (i = 0; i < PT_STATES; i++) {
        len += sizeof(" or s == ''") - 1 + pt_state_names[i].len;
    }

    p = ngx_pnalloc(pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    function->data = p;

    p = ngx_sprintf(p, "local function is_state(s) return ");

    for (i = 0; i < PT_STATES; i++) {
        p = ngx_sprintf(p, "%ss == '%V'", i ? " or " : "", &pt_state_names[i]);
    }

    p = ngx_sprintf(p, " end ");

    function->len = p - function->data;

    return NGX_OK;
}


/* the lines of the function after its comment, as one */

static ngx_int_t
ngx_http_print_task_redis_append_event(ngx_pool_t *pool, ngx_str_t *function)
{
    u_char           *p, *last;
    const ngx_str_t  *source;

    source = &ngx_http_print_task_script_append_event;

    function->data = ngx_pstrdup(pool, (ngx_str_t *) source);
    if (function->data == NULL) {
        return NGX_ERROR;
    }

    last = function->data + source->len;

    p = ngx_strnstr(function->data, "local function", source->len);
    function->data = p;
    function->len = last - p;

    for ( /* void */ ; p < last; p++) {
        if (*p == LF) {
            *p = ' ';
        }
    }

    return NGX_OK;
}


/* puts a function before a script that calls it */

static ngx_int_t
ngx_http_print_task_redis_script(ngx_pool_t *pool, const char *call,
    const ngx_str_t *function, ngx_str_t *text)
{
    u_char  *p;

    if (ngx_strnstr(text->data, (char *) call, text->len) == NULL) {
        return NGX_OK;
    }

    /*
     * On the first line, so that line numbers in errors of Redis match the
     * source.
     */

    p = ngx_pnalloc(pool, function->len + text->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(ngx_cpymem(p, function->data, function->len), text->data,
               text->len);

    text->data = p;
    text->len += function->len;

    return NGX_OK;
}
