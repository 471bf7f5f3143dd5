
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * A cache answers before the gate is reached, and its key may not include all
 * that was checked.  A request that was refused, or was not checked, neither
 * reads from a cache nor writes to it.
 */


#include "http/gate_cache.h"

#include "http/gate.h"


#if (NGX_HTTP_CACHE)

/*
 * A condition in nginx's script format: the code of its length, or of its text.
 */

typedef struct {
    void                              *code;
    uintptr_t                          end;
} ngx_http_print_task_uncached_code_t;


static ngx_int_t ngx_http_print_task_gate_cache(ngx_conf_t *cf,
    ngx_array_t **predicates);
static size_t ngx_http_print_task_uncached_length(
    ngx_http_script_engine_t *e);
static void ngx_http_print_task_uncached_copy(ngx_http_script_engine_t *e);


ngx_int_t
ngx_http_print_task_gate_cache_init(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf)
{
    ngx_uint_t                  i;
    ngx_http_upstream_conf_t  **cached;

    if (!ptmcf->used) {
        return NGX_OK;
    }

    cached = ptmcf->cached.elts;

    for (i = 0; i < ptmcf->cached.nelts; i++) {
        if (ngx_http_print_task_gate_cache(cf, &cached[i]->cache_bypass)
            != NGX_OK
            || ngx_http_print_task_gate_cache(cf, &cached[i]->no_cache)
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/* adds a condition to "proxy_cache_bypass" or "proxy_no_cache" */

static ngx_int_t
ngx_http_print_task_gate_cache(ngx_conf_t *cf, ngx_array_t **predicates)
{
    ngx_uint_t                 n;
    ngx_array_t               *old, *array;
    ngx_http_complex_value_t  *cv;

    static ngx_http_print_task_uncached_code_t  length = {
        (void *) (uintptr_t) ngx_http_print_task_uncached_length, 0
    };

    static ngx_http_print_task_uncached_code_t  copy = {
        (void *) (uintptr_t) ngx_http_print_task_uncached_copy, 0
    };

    /* an outer level may share the array */

    old = *predicates;
    n = (old != NULL) ? old->nelts : 0;

    array = ngx_array_create(cf->pool, n + 1,
                             sizeof(ngx_http_complex_value_t));
    if (array == NULL) {
        return NGX_ERROR;
    }

    cv = ngx_array_push_n(array, n + 1);
    if (cv == NULL) {
        return NGX_ERROR;
    }

    if (n) {
        ngx_memcpy(cv, old->elts, n * sizeof(ngx_http_complex_value_t));
    }

    ngx_memzero(&cv[n], sizeof(ngx_http_complex_value_t));

    cv[n].lengths = &length;
    cv[n].values = &copy;

    *predicates = array;

    return NGX_OK;
}


static size_t
ngx_http_print_task_uncached_length(ngx_http_script_engine_t *e)
{
    e->ip += offsetof(ngx_http_print_task_uncached_code_t, end);

    return ngx_http_print_task_uncached(e->request);
}


static void
ngx_http_print_task_uncached_copy(ngx_http_script_engine_t *e)
{
    e->ip += offsetof(ngx_http_print_task_uncached_code_t, end);

    if (e->buf.len) {
        *e->pos++ = '1';
    }
}

#else

ngx_int_t
ngx_http_print_task_gate_cache_init(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf)
{
    return NGX_OK;
}

#endif
