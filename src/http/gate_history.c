
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* What has happened to a request before it comes to the gate. */


#include "http/gate_history.h"

#include "token/keys_fetch.h"


/*
 * What the module knows of a main request in any location.  The bits are in the
 * value of an internal variable: an internal redirect does not clear variables,
 * and they need no allocation.
 */

#define NGX_HTTP_PRINT_TASK_PLACED     0x01  /* the location is not guarded */
#define NGX_HTTP_PRINT_TASK_ENTERED    0x02  /* a guarded location */
#define NGX_HTTP_PRINT_TASK_DRY        0x04  /* a guarded location with a dry
                                                run */
#define NGX_HTTP_PRINT_TASK_REWRITTEN  0x08  /* ENTERED, then redirected out
                                                of the location */


static ngx_int_t ngx_http_print_task_marks_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static uintptr_t ngx_http_print_task_marks(ngx_http_request_t *r);
static ngx_uint_t ngx_http_print_task_before_location(ngx_http_request_t *r);
static pt_gate_e ngx_http_print_task_verdict_history(ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx);


/* the name has spaces: no configuration can use it */

static ngx_str_t  ngx_http_print_task_marks_name =
    ngx_string("print task marks");


ngx_int_t
ngx_http_print_task_history_init(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf)
{
    ngx_http_variable_t  *var;

    var = ngx_http_add_variable(cf, &ngx_http_print_task_marks_name,
                                NGX_HTTP_VAR_NOCACHEABLE|NGX_HTTP_VAR_NOHASH);
    if (var == NULL) {
        return NGX_ERROR;
    }

    var->get_handler = ngx_http_print_task_marks_variable;

    ptmcf->marks = ngx_http_get_variable_index(cf,
                                              &ngx_http_print_task_marks_name);

    return (ptmcf->marks == NGX_ERROR) ? NGX_ERROR : NGX_OK;
}


static ngx_int_t
ngx_http_print_task_marks_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    /* v->data keeps the bits */

    v->not_found = 1;

    return NGX_OK;
}


static uintptr_t
ngx_http_print_task_marks(ngx_http_request_t *r)
{
    ngx_http_print_task_main_conf_t  *ptmcf;

    ptmcf = ngx_http_get_module_main_conf(r, ngx_http_print_task_module);

    return (uintptr_t) r->main->variables[ptmcf->marks].data;
}


/*
 * Runs when a request enters a location.  nginx chooses the first location,
 * unless the request failed before; uri_changes counts redirects down.
 * "rewrite" leaves a location before any check there.  So does an error page,
 * but only for a named location, or with a status.
 */

ngx_int_t
ngx_http_print_task_rewrite_handler(ngx_http_request_t *r)
{
    uintptr_t                              marks;
    ngx_http_core_loc_conf_t              *clcf;
    ngx_http_print_task_ctx_t             *ctx;
    ngx_http_print_task_main_conf_t       *ptmcf;
    const ngx_http_print_task_loc_conf_t  *ptlcf;

    if (r != r->main) {
        return NGX_DECLINED;
    }

    ptlcf = ngx_http_get_module_loc_conf(r, ngx_http_print_task_module);
    ptmcf = ngx_http_get_module_main_conf(r, ngx_http_print_task_module);

    marks = (uintptr_t) r->variables[ptmcf->marks].data;

    if (ptlcf->mode != NGX_HTTP_PRINT_TASK_OFF) {
        marks &= ~(uintptr_t) NGX_HTTP_PRINT_TASK_REWRITTEN;
        marks |= ptlcf->dry_run ? NGX_HTTP_PRINT_TASK_DRY
                                : NGX_HTTP_PRINT_TASK_ENTERED;

    } else if (marks & NGX_HTTP_PRINT_TASK_ENTERED) {
        clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);
        ctx = ngx_http_print_task_get_ctx(r);

        /*
         * Evaluating a variable creates a context, too, which is at its first
         * step.
         */

        if (!clcf->named
            && !r->error_page
            && r->err_status == 0
            && (ctx == NULL || ctx->step == NGX_HTTP_PRINT_TASK_STEP_ROUTE))
        {
            marks &= ~(uintptr_t) NGX_HTTP_PRINT_TASK_ENTERED;
            marks |= NGX_HTTP_PRINT_TASK_REWRITTEN;
        }

    } else if (r->uri_changes == NGX_HTTP_MAX_URI_CHANGES + 1) {
        marks |= NGX_HTTP_PRINT_TASK_PLACED;
    }

    r->variables[ptmcf->marks].data = (u_char *) marks;

    return NGX_DECLINED;
}


ngx_int_t
ngx_http_print_task_history(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t **ctxp, pt_gate_e *history)
{
    uintptr_t                              marks;
    ngx_http_print_task_ctx_t             *ctx;
    const ngx_http_print_task_loc_conf_t  *ptlcf;

    marks = ngx_http_print_task_marks(r);

    if ((marks == NGX_HTTP_PRINT_TASK_PLACED && r == r->main)
        || ngx_http_print_task_is_fetch(r))
    {
        return NGX_DECLINED;
    }

    ctx = ngx_http_print_task_judged_ctx(r);
    *ctxp = ctx;

    if (marks & NGX_HTTP_PRINT_TASK_REWRITTEN) {
        *history = PT_GATE_REWRITTEN;
        return NGX_OK;
    }

    if (marks & (NGX_HTTP_PRINT_TASK_ENTERED|NGX_HTTP_PRINT_TASK_DRY)) {

        if (ctx != NULL) {
            *history = ngx_http_print_task_verdict_history(r, ctx);
            return (ctx->conf->dry_run && *history == PT_GATE_UNCHECKED)
                   ? NGX_DECLINED : NGX_OK;
        }

        *history = PT_GATE_UNCHECKED;

        return (marks & NGX_HTTP_PRINT_TASK_ENTERED) ? NGX_OK : NGX_DECLINED;
    }

    if (marks == 0 && ngx_http_print_task_before_location(r->main)) {
        *history = PT_GATE_UNCHECKED;
        return NGX_OK;
    }

    ptlcf = ngx_http_get_module_loc_conf(r, ngx_http_print_task_module);

    if (r != r->main
        && ptlcf->mode != NGX_HTTP_PRINT_TASK_OFF
        && !ptlcf->dry_run)
    {
        *history = PT_GATE_FOREIGN;
        return NGX_OK;
    }

    return NGX_DECLINED;
}


/*
 * Whether the request failed before nginx chose a location that may be guarded.
 */

static ngx_uint_t
ngx_http_print_task_before_location(ngx_http_request_t *r)
{
    ngx_http_print_task_srv_conf_t  *ptscf;

    ptscf = ngx_http_get_module_srv_conf(r, ngx_http_print_task_module);

    return ptscf->used && r->uri_changes <= NGX_HTTP_MAX_URI_CHANGES;
}


static pt_gate_e
ngx_http_print_task_verdict_history(ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx)
{
    if (ctx->refetch.request == r) {
        return PT_GATE_REFETCH;
    }

    /* another access module may have refused the request, or failed */

    if (!ctx->admitted) {
        return PT_GATE_UNCHECKED;
    }

    if (ctx->verdict == NGX_HTTP_PRINT_TASK_FORWARDED) {
        return PT_GATE_FORWARDED;
    }

    if (ctx->verdict == NGX_HTTP_PRINT_TASK_PASSED) {
        return ctx->rules_skipped ? PT_GATE_FORWARDED : PT_GATE_PASSED;
    }

    return PT_GATE_UNCHECKED;
}
