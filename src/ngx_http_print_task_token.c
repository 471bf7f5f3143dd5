
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* the bearer token of a request (RFC 6750, section 2.1) */


#include "ngx_http_print_task_module.h"


static pt_reason_e ngx_http_print_task_token(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
static pt_reason_e ngx_http_print_task_bearer(ngx_http_request_t *r,
    ngx_str_t *token);


pt_reason_e
ngx_http_print_task_check_token(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    if (!ctx->token_checked) {
        ctx->token_checked = 1;
        ctx->token_reason = ngx_http_print_task_token(r, ctx);
    }

    return ctx->token_reason;
}


static pt_reason_e
ngx_http_print_task_token(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    u_char       *scratch;
    size_t        size;
    ngx_str_t     token;
    pt_arena_t    arena;
    pt_reason_e   reason;

    reason = ngx_http_print_task_bearer(r, &token);

    if (reason != PT_OK) {
        return reason;
    }

    if (token.len > PT_TOKEN_MAX) {
        return PT_TOKEN_TOO_LARGE;
    }

    size = pt_token_scratch(token.len);

    scratch = ngx_palloc(r->pool, size);
    if (scratch == NULL) {
        return PT_INTERNAL;
    }

    pt_arena_init(&arena, scratch, size);

    return pt_token_check(&token, &ctx->conf->token, ctx->conf->jwks,
                          ngx_time(), &arena, &ctx->claims);
}


static pt_reason_e
ngx_http_print_task_bearer(ngx_http_request_t *r, ngx_str_t *token)
{
    u_char           *p, *last;
    ngx_table_elt_t  *h;

    h = r->headers_in.authorization;

    if (h == NULL
        || h->value.len < sizeof("Bearer ") - 1
        || ngx_strncasecmp(h->value.data, (u_char *) "Bearer ",
                           sizeof("Bearer ") - 1)
           != 0)
    {
        return PT_TOKEN_MISSING;
    }

    p = h->value.data + sizeof("Bearer ") - 1;
    last = h->value.data + h->value.len;

    while (p < last && *p == ' ') {
        p++;
    }

    token->data = p;
    token->len = last - p;

    if (token->len == 0 || ngx_strlchr(p, last, ' ') != NULL) {
        return PT_TOKEN_MISSING;
    }

    return PT_OK;
}
