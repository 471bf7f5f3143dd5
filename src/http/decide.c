
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The step "decide" where the record is the task ("print_task answer"): the
 * store has read, changed or made it already, or found a reason not to.
 */


#include "http/decide.h"

#include "core/pt_str_list.h"
#include "core/pt_rules.h"
#include "core/pt_task.h"
#include "store/store.h"


static pt_reason_e ngx_http_print_task_decide_put(
    ngx_http_print_task_ctx_t *ctx);
static ngx_uint_t ngx_http_print_task_visible(ngx_http_print_task_ctx_t *ctx);


pt_reason_e
ngx_http_print_task_decide_task(ngx_http_print_task_ctx_t *ctx)
{
    pt_reason_e          reason;
    pt_decision_input_t  question;

    if (ctx->op.type == NGX_HTTP_PRINT_TASK_PUT) {
        return ngx_http_print_task_decide_put(ctx);
    }

    if (!ngx_http_print_task_visible(ctx)) {
        ctx->cache = NGX_HTTP_PRINT_TASK_LOOKUP_MISS;
        return PT_TASK_NOT_FOUND;
    }

    ctx->from = (ctx->op.result == NGX_HTTP_PRINT_TASK_APPLIED)
                ? ctx->op.from : ctx->op.snapshot.task.state;
    ctx->fence = ctx->op.snapshot.rev;
    ctx->cache = NGX_HTTP_PRINT_TASK_LOOKUP_HIT;
    ctx->verdict = NGX_HTTP_PRINT_TASK_ANSWERED;

    if (ctx->op.type == NGX_HTTP_PRINT_TASK_READ
        || ctx->op.result == NGX_HTTP_PRINT_TASK_APPLIED)
    {
        return PT_OK;
    }

    question.snapshot = &ctx->op.snapshot;
    question.update = &ctx->update;
    question.app = &ctx->token.claims.app;
    question.fresh = 0;
    question.learned = 1;
    question.held = 0;

    switch (pt_rules_decide(&ctx->conf->rules, &question, &reason)) {

    case PT_REPEAT:
        ctx->verdict = NGX_HTTP_PRINT_TASK_REPEATED;
        return PT_OK;

    case PT_REFUSE:
        return reason;

    default:
        return PT_INTERNAL;
    }
}


static pt_reason_e
ngx_http_print_task_decide_put(ngx_http_print_task_ctx_t *ctx)
{
    ctx->fence = ctx->op.snapshot.rev;

    switch (ctx->op.result) {

    case NGX_HTTP_PRINT_TASK_CREATED:
        ctx->cache = NGX_HTTP_PRINT_TASK_LOOKUP_MISS;
        break;

    case NGX_HTTP_PRINT_TASK_APPLIED:
        ctx->cache = NGX_HTTP_PRINT_TASK_LOOKUP_HIT;
        ctx->from = ctx->op.from;
        break;

    case NGX_HTTP_PRINT_TASK_SEEN:
        ctx->cache = NGX_HTTP_PRINT_TASK_LOOKUP_HIT;
        ctx->from = ctx->op.snapshot.task.state;
        return PT_TASK_EXISTS;

    default:
        return PT_INTERNAL;
    }

    ctx->verdict = NGX_HTTP_PRINT_TASK_ANSWERED;

    return PT_OK;
}


/* to others than its owner a task is as one that does not exist */

static ngx_uint_t
ngx_http_print_task_visible(ngx_http_print_task_ctx_t *ctx)
{
    if (ctx->op.result == NGX_HTTP_PRINT_TASK_ABSENT
        || ctx->op.snapshot.task.state == PT_UNKNOWN)
    {
        return 0;
    }

    return ctx->admin || ngx_http_print_task_owns_task(ctx);
}


ngx_uint_t
ngx_http_print_task_owns_task(ngx_http_print_task_ctx_t *ctx)
{
    const ngx_str_t  *owner;

    owner = &ctx->op.snapshot.app;

    return owner->data == NULL || pt_str_equal(owner, &ctx->token.claims.app);
}
