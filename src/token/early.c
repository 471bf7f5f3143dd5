
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Variables that were evaluated before the token was known.
 * A variable of the token is empty while keys are fetched, and in a location
 * without print_task.  nginx caches the values of "map" and similar directives
 * for the whole request.  Once the token is known, the module drops such
 * values, and nginx evaluates them again when they are used.
 * nginx does not record which variables depend on which.  A value depends on
 * the token if evaluating it again reads the token.
 */


#include "token/early.h"


#define NGX_HTTP_PRINT_TASK_EARLY      0x01  /* a variable was read while
                                                empty */
#define NGX_HTTP_PRINT_TASK_EARLY_SET  0x02  /* the same, while "set" was
                                                running */


static ngx_int_t ngx_http_print_task_early_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_uint_t ngx_http_print_task_reads_token(ngx_http_request_t *r,
    ngx_uint_t n, const u_char *depends);
static void ngx_http_print_task_drop_values(ngx_http_request_t *r,
    const u_char *depends);


/* the name has spaces: no configuration can use it */

static ngx_str_t  ngx_http_print_task_early_name =
    ngx_string("print task early");


/* for all requests of the worker */

static ngx_uint_t  ngx_http_print_task_token_reads;


ngx_int_t
ngx_http_print_task_early_init(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf)
{
    ngx_http_variable_t  *var;

    if (!ptmcf->used) {
        return NGX_OK;
    }

    var = ngx_http_add_variable(cf, &ngx_http_print_task_early_name,
                                NGX_HTTP_VAR_NOCACHEABLE|NGX_HTTP_VAR_NOHASH);
    if (var == NULL) {
        return NGX_ERROR;
    }

    var->get_handler = ngx_http_print_task_early_variable;

    ptmcf->early = ngx_http_get_variable_index(cf,
                                              &ngx_http_print_task_early_name);

    return (ptmcf->early == NGX_ERROR) ? NGX_ERROR : NGX_OK;
}


static ngx_int_t
ngx_http_print_task_early_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    /* v->data keeps the bits */

    v->not_found = 1;

    return NGX_OK;
}


void
ngx_http_print_task_token_read(ngx_http_request_t *r, ngx_uint_t known,
    ngx_uint_t later)
{
    uintptr_t                         early;
    ngx_http_variable_value_t        *v;
    ngx_http_core_main_conf_t        *cmcf;
    ngx_http_print_task_main_conf_t  *ptmcf;

    ngx_http_print_task_token_reads++;

    ptmcf = ngx_http_get_module_main_conf(r, ngx_http_print_task_module);

    if (known || !ptmcf->used) {
        return;
    }

    early = NGX_HTTP_PRINT_TASK_EARLY;

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_core_module);

    if (later
        && cmcf->phase_engine.handlers[r->phase_handler].checker
           == ngx_http_core_rewrite_phase)
    {
        early |= NGX_HTTP_PRINT_TASK_EARLY_SET;
    }

    v = &r->variables[ptmcf->early];
    v->data = (u_char *) ((uintptr_t) v->data | early);
}


/*
 * The effects of "set", "if" and similar directives cannot be repeated, because
 * other conditions may depend on them.
 */

ngx_uint_t
ngx_http_print_task_token_set_early(ngx_http_request_t *r)
{
    ngx_http_print_task_main_conf_t  *ptmcf;

    ptmcf = ngx_http_get_module_main_conf(r, ngx_http_print_task_module);

    return ((uintptr_t) r->variables[ptmcf->early].data
            & NGX_HTTP_PRINT_TASK_EARLY_SET) != 0;
}


ngx_int_t
ngx_http_print_task_drop_early(ngx_http_request_t *r)
{
    u_char                           *depends;
    uintptr_t                         early;
    ngx_uint_t                        i, n, found;
    ngx_http_core_main_conf_t        *cmcf;
    ngx_http_print_task_main_conf_t  *ptmcf;

    ptmcf = ngx_http_get_module_main_conf(r, ngx_http_print_task_module);

    early = (uintptr_t) r->variables[ptmcf->early].data;

    if (!(early & NGX_HTTP_PRINT_TASK_EARLY)) {
        return NGX_OK;
    }

    early &= ~(uintptr_t) NGX_HTTP_PRINT_TASK_EARLY;
    r->variables[ptmcf->early].data = (u_char *) early;

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_core_module);

    n = cmcf->variables.nelts;

    depends = ngx_pcalloc(r->pool, n);
    if (depends == NULL) {
        return NGX_ERROR;
    }

    /* repeats until no further variable depends on a dropped one */

    do {
        found = 0;

        for (i = 0; i < n; i++) {
            if (!depends[i] && ngx_http_print_task_reads_token(r, i, depends)) {
                depends[i] = 1;
                found = 1;
            }
        }

    } while (found);

    ngx_http_print_task_drop_values(r, depends);

    return NGX_OK;
}


/* a value that was set and not evaluated is kept */

static ngx_uint_t
ngx_http_print_task_reads_token(ngx_http_request_t *r, ngx_uint_t n,
    const u_char *depends)
{
    ngx_uint_t                  reads;
    ngx_http_variable_t        *var;
    ngx_http_variable_value_t  *v, value;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_core_module);

    var = cmcf->variables.elts;
    v = &r->variables[n];

    if ((!v->valid && !v->not_found)
        || v->no_cacheable
        || (var[n].flags & (NGX_HTTP_VAR_WEAK|NGX_HTTP_VAR_NOCACHEABLE)))
    {
        return 0;
    }

    value = *v;

    ngx_http_print_task_drop_values(r, depends);

    v->valid = 0;
    v->not_found = 0;

    reads = ngx_http_print_task_token_reads;

    (void) ngx_http_get_indexed_variable(r, n);

    if (ngx_http_print_task_token_reads != reads) {
        return 1;
    }

    *v = value;

    return 0;
}


static void
ngx_http_print_task_drop_values(ngx_http_request_t *r, const u_char *depends)
{
    ngx_uint_t                  i;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_core_module);

    for (i = 0; i < cmcf->variables.nelts; i++) {
        if (depends[i]) {
            r->variables[i].valid = 0;
            r->variables[i].not_found = 0;
        }
    }
}
