
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The context of a request: what the module knows about it. */


#include "http/ctx.h"


/* nginx's debug log reads the fd of a timer's connection from its data */

_Static_assert(offsetof(ngx_http_print_task_ctx_t, ident)
               == offsetof(ngx_connection_t, fd),
               "the identity of an event is where a connection has its fd");


static ngx_http_print_task_ctx_t *ngx_http_print_task_create_ctx(
    ngx_http_request_t *r, const ngx_http_print_task_loc_conf_t *conf,
    ngx_http_print_task_end_pt end);
static void ngx_http_print_task_keys_handler(void *data);
static void ngx_http_print_task_cleanup(void *data);


ngx_http_print_task_ctx_t *
ngx_http_print_task_enter(ngx_http_request_t *r,
    ngx_http_print_task_end_pt end)
{
    ngx_http_print_task_ctx_t             *ctx;
    const ngx_http_print_task_loc_conf_t  *ptlcf;

    ptlcf = ngx_http_get_module_loc_conf(r, ngx_http_print_task_module);

    ctx = ngx_http_get_module_ctx(r, ngx_http_print_task_module);

    if (ctx != NULL && ctx->conf == ptlcf) {
        return ctx;
    }

    /* the request left another location: the context of that location ends */

    ctx = ngx_http_print_task_get_ctx(r);

    if (ctx != NULL) {
        ctx->end(ctx);
    }

    return ngx_http_print_task_create_ctx(r, ptlcf, end);
}


static ngx_http_print_task_ctx_t *
ngx_http_print_task_create_ctx(ngx_http_request_t *r,
    const ngx_http_print_task_loc_conf_t *conf, ngx_http_print_task_end_pt end)
{
    ngx_pool_cleanup_t         *cln;
    ngx_http_print_task_ctx_t  *ctx;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_print_task_ctx_t));
    if (cln == NULL) {
        return NULL;
    }

    ctx = cln->data;

    ngx_memzero(ctx, sizeof(ngx_http_print_task_ctx_t));

    /*
     * Set by ngx_memzero():
     *     ctx->step = NGX_HTTP_PRINT_TASK_STEP_ROUTE;
     *     ctx->reason = PT_OK;
     *     ctx->verdict = NGX_HTTP_PRINT_TASK_NO_VERDICT;
     *     ctx->lookup_status = NGX_HTTP_PRINT_TASK_LOOKUP_OFF;
     */

    ctx->request = r;
    ctx->conf = conf;
    ctx->end = end;
    ctx->ident = (ngx_socket_t) -1;
    ctx->token.reason = PT_TOKEN_MISSING;
    ctx->token.keys.resume = ngx_http_print_task_keys_handler;
    ctx->token.keys.data = ctx;
    ctx->update.state = PT_UNKNOWN;
    ctx->from = PT_UNKNOWN;
    ctx->op.snapshot.task.state = PT_UNKNOWN;

    cln->handler = ngx_http_print_task_cleanup;

    ngx_http_set_ctx(r, ctx, ngx_http_print_task_module);

    return ctx;
}


ngx_http_print_task_ctx_t *
ngx_http_print_task_get_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t         *cln;
    ngx_http_print_task_ctx_t  *ctx;

    r = r->main;

    ctx = ngx_http_get_module_ctx(r, ngx_http_print_task_module);

    if (ctx == NULL && (r->internal || r->filter_finalize)) {

        /*
         * An internal redirect has cleared r->ctx: the cleanup handler has the
         * context.
         */

        for (cln = r->pool->cleanup; cln; cln = cln->next) {
            if (cln->handler == ngx_http_print_task_cleanup) {
                ctx = cln->data;
                break;
            }
        }
    }

    return ctx;
}


ngx_http_print_task_ctx_t *
ngx_http_print_task_judged_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t         *cln;
    ngx_http_print_task_ctx_t  *ctx, *judged;

    ctx = ngx_http_print_task_get_ctx(r);

    if (ctx == NULL || !ctx->conf->dry_run) {
        return ctx;
    }

    for (cln = r->main->pool->cleanup; cln; cln = cln->next) {
        if (cln->handler == ngx_http_print_task_cleanup) {
            judged = cln->data;

            if (!judged->conf->dry_run) {
                return judged;
            }
        }
    }

    return ctx;
}


void
ngx_http_print_task_resume(ngx_http_print_task_ctx_t *ctx)
{
    ngx_connection_t    *c;
    ngx_http_request_t  *r;

    r = ctx->request;
    c = r->connection;

    if (ngx_http_get_module_ctx(r, ngx_http_print_task_module) != ctx) {
        return;
    }

    ngx_http_set_log_request(c->log, r);

    ngx_http_core_run_phases(r);

    ngx_http_run_posted_requests(c);
}


/* new keys are available, or the fetch has failed */

static void
ngx_http_print_task_keys_handler(void *data)
{
    ngx_http_print_task_resume(data);
}


/* every end of a request runs this handler */

static void
ngx_http_print_task_cleanup(void *data)
{
    ngx_http_print_task_ctx_t *ctx = data;

    ctx->end(ctx);
}
