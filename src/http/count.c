
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Counts each request once, in the LOG phase. */


#include "http/count.h"

#include "status/count.h"
#include "status/zone.h"
#include "http/ctx.h"
#include "http/request_id.h"


_Static_assert((int) NGX_HTTP_PRINT_TASK_PASSED == (int) PT_VERDICT_PASSED
               && (int) NGX_HTTP_PRINT_TASK_REFUSED == (int) PT_VERDICT_REFUSED,
               "verdicts are counted by their number");


static void ngx_http_print_task_keep_refusal(ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx, pt_mode_e mode, ngx_uint_t counter);
static void ngx_http_print_task_count_token(
    const ngx_http_print_task_token_t *token);


/* counts a request with the values that its variables have in the log */

ngx_int_t
ngx_http_print_task_log_handler(ngx_http_request_t *r)
{
    ngx_uint_t                        counter;
    pt_mode_e                         mode;
    pt_verdict_e                      verdict;
    const ngx_http_print_task_ctx_t  *ctx;

    ctx = ngx_http_print_task_get_ctx(r);

    if (ctx == NULL) {
        return NGX_OK;
    }

    mode = ngx_http_print_task_mode(ctx->conf);
    verdict = (pt_verdict_e) ctx->verdict;
    counter = pt_request_counter(verdict, ctx->reason);

    ngx_http_print_task_count(requests.counters[mode][counter]);

    if (ctx->update.state != PT_UNKNOWN) {
        ngx_http_print_task_count(transitions[ctx->from][ctx->update.state]
                                             [verdict]);
    }

    if (ctx->token.checked && !ctx->token.absent) {
        ngx_http_print_task_count_token(&ctx->token);
    }

    if (counter >= PT_VERDICT_N) {
        ngx_http_print_task_keep_refusal(r, ctx, mode, counter);
    }

    return NGX_OK;
}


/*
 * Keeps a refusal for the page of print_task_status; ids are those of the log.
 */

static void
ngx_http_print_task_keep_refusal(ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx, pt_mode_e mode, ngx_uint_t counter)
{
    ngx_str_t                     id;
    ngx_time_t                   *tp;
    ngx_http_print_task_recent_t  recent;
    u_char                        guid[NGX_HTTP_PRINT_TASK_GUID_LEN];

    ngx_memzero(&recent, sizeof(ngx_http_print_task_recent_t));

    tp = ngx_timeofday();

    recent.time = (uint64_t) tp->sec * 1000 + tp->msec;
    recent.mode = mode;
    recent.counter = counter;

    ngx_http_print_task_recent_id(&recent.app, &ctx->token.claims.app);

    if (ctx->route.kind == PT_ROUTE_TASK) {
        ngx_http_print_task_recent_id(&recent.task, &ctx->route.task);
    }

    if (ngx_http_print_task_request_id(r, guid) == NGX_OK) {
        id.data = guid;
        id.len = NGX_HTTP_PRINT_TASK_GUID_LEN;

        ngx_http_print_task_recent_id(&recent.request, &id);
    }

    ngx_http_print_task_client_id(r, &id);
    ngx_http_print_task_recent_id(&recent.client, &id);

    ngx_http_print_task_status_refused(&recent);
}


static void
ngx_http_print_task_count_token(const ngx_http_print_task_token_t *token)
{
    pt_token_result_e  result;

    result = (token->reason != PT_OK) ? PT_TOKEN_REFUSED
             : (token->cache == NGX_HTTP_PRINT_TASK_TOKEN_CACHE_HIT)
             ? PT_TOKEN_CACHED
             : PT_TOKEN_VERIFIED;

    ngx_http_print_task_count(tokens[result]);
}
