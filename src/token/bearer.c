
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The bearer token of a request (RFC 6750, section 2.1). */


#include "token/bearer.h"

#include "core/pt_arena.h"
#include "core/pt_jwk.h"
#include "core/pt_digest_cache.h"
#include "status/count.h"
#include "token/cache.h"
#include "token/certificate.h"
#include "token/claims.h"
#include "token/keys.h"
#include "token/revoked.h"


static pt_reason_e ngx_http_print_task_judge_token(ngx_http_request_t *r,
    const ngx_http_print_task_loc_conf_t *conf,
    ngx_http_print_task_token_t *token);
static pt_reason_e ngx_http_print_task_remembered(ngx_http_request_t *r,
    const ngx_http_print_task_loc_conf_t *conf,
    ngx_http_print_task_token_t *token, ngx_http_print_task_token_cache_t *zone,
    const ngx_str_t *text);
static pt_reason_e ngx_http_print_task_check_bound(ngx_http_request_t *r,
    const ngx_http_print_task_loc_conf_t *conf,
    const pt_token_claims_t *claims);
static pt_reason_e ngx_http_print_task_verify(ngx_http_request_t *r,
    const ngx_http_print_task_loc_conf_t *conf,
    ngx_http_print_task_token_t *token, const ngx_str_t *text);
static pt_reason_e ngx_http_print_task_bearer(ngx_http_request_t *r,
    ngx_str_t *token);


ngx_int_t
ngx_http_print_task_token_init(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf)
{
    if (!ptmcf->used) {
        return NGX_OK;
    }

    ptmcf->token_scratch = ngx_palloc(cf->pool,
                                      pt_token_scratch(PT_TOKEN_MAX));

    return ptmcf->token_scratch ? NGX_OK : NGX_ERROR;
}


pt_reason_e
ngx_http_print_task_check_token(ngx_http_request_t *r,
    const ngx_http_print_task_loc_conf_t *conf,
    ngx_http_print_task_token_t *token)
{
    if (!token->checked) {
        token->checked = 1;
        token->keys.generation = ngx_http_print_task_keys_generation(conf);
        token->revoked = ngx_http_print_task_revoked_generation(conf);
        token->reason = ngx_http_print_task_judge_token(r, conf, token);
    }

    return token->reason;
}


pt_reason_e
ngx_http_print_task_check_token_again(ngx_http_request_t *r,
    const ngx_http_print_task_loc_conf_t *conf,
    ngx_http_print_task_token_t *token)
{
    /* a request without a token was accepted by its address */

    if (token->reason != PT_OK
        || r->headers_in.authorization == NULL
        || token->revoked == ngx_http_print_task_revoked_generation(conf))
    {
        return PT_OK;
    }

    token->checked = 0;

    return ngx_http_print_task_check_token(r, conf, token);
}


static pt_reason_e
ngx_http_print_task_judge_token(ngx_http_request_t *r,
    const ngx_http_print_task_loc_conf_t *conf,
    ngx_http_print_task_token_t *token)
{
    ngx_str_t                         text;
    pt_reason_e                       reason;
    ngx_http_print_task_main_conf_t  *ptmcf;

    reason = ngx_http_print_task_bearer(r, &text);

    if (reason != PT_OK) {
        return reason;
    }

    if (text.len > PT_TOKEN_MAX) {
        return PT_TOKEN_TOO_LARGE;
    }

    ptmcf = ngx_http_get_module_main_conf(r, ngx_http_print_task_module);

    if (ptmcf->token_zone != NULL) {
        return ngx_http_print_task_remembered(r, conf, token,
                                              ptmcf->token_zone, &text);
    }

    return ngx_http_print_task_verify(r, conf, token, &text);
}


/*
 * An accepted token stays accepted until it expires, and an expired token stays
 * expired, unless another input of the verdict changes.  The key of the cache
 * contains all these inputs.  Other refusals are not cached.
 */

static pt_reason_e
ngx_http_print_task_remembered(ngx_http_request_t *r,
    const ngx_http_print_task_loc_conf_t *conf,
    ngx_http_print_task_token_t *token, ngx_http_print_task_token_cache_t *zone,
    const ngx_str_t *text)
{
    pt_reason_e              reason;
    pt_digest_cache_entry_t  key;

    if (ngx_http_print_task_token_cache_key(zone, conf, text, &key) != NGX_OK) {
        return ngx_http_print_task_verify(r, conf, token, text);
    }

    switch (ngx_http_print_task_token_cache_find(zone, &key,
                                                 ngx_time() - conf->leeway,
                                                 r->pool, &token->claims))
    {
    case NGX_OK:
        token->cache = NGX_HTTP_PRINT_TASK_TOKEN_CACHE_HIT;
        return ngx_http_print_task_check_bound(r, conf, &token->claims);

    case NGX_DONE:
        token->cache = NGX_HTTP_PRINT_TASK_TOKEN_CACHE_HIT;
        return PT_TOKEN_EXPIRED;

    case NGX_DECLINED:
        break;

    default: /* NGX_ERROR */
        return PT_INTERNAL;
    }

    token->cache = NGX_HTTP_PRINT_TASK_TOKEN_CACHE_MISS;

    reason = ngx_http_print_task_verify(r, conf, token, text);

    if (reason == PT_OK || reason == PT_TOKEN_EXPIRED) {
        ngx_http_print_task_token_cache_add(zone, &key, &token->claims);
    }

    return reason;
}


/*
 * The certificate belongs to this request, the cached verdict does not include
 * it.
 */

static pt_reason_e
ngx_http_print_task_check_bound(ngx_http_request_t *r,
    const ngx_http_print_task_loc_conf_t *conf,
    const pt_token_claims_t *claims)
{
    u_char  digest[PT_CERTIFICATE_DIGEST];

    if (!claims->bound) {
        return PT_OK;
    }

    switch (ngx_http_print_task_certificate(r, conf, digest)) {

    case NGX_OK:
        return pt_token_check_bound(claims, digest);

    case NGX_DECLINED:
        return pt_token_check_bound(claims, NULL);

    default: /* NGX_ERROR */
        return PT_INTERNAL;
    }
}


/*
 * All tokens use the same scratch memory: to allocate and free that much takes
 * longer than the check itself.  No part of a token stays there.
 */

static pt_reason_e
ngx_http_print_task_verify(ngx_http_request_t *r,
    const ngx_http_print_task_loc_conf_t *conf,
    ngx_http_print_task_token_t *token, const ngx_str_t *text)
{
    uint64_t                          start;
    pt_arena_t                        arena;
    pt_reason_e                       reason;
    pt_token_facts_t                  facts;
    ngx_http_print_task_main_conf_t  *ptmcf;
    u_char                            digest[PT_CERTIFICATE_DIGEST];

    facts.jwks = ngx_http_print_task_keys_jwks(conf);
    facts.revoked = ngx_http_print_task_revoked_list(conf);
    facts.certificate = NULL;
    facts.now = ngx_time();

    if (facts.jwks == NULL) {
        return PT_KEYS_UNAVAILABLE;
    }

    switch (ngx_http_print_task_certificate(r, conf, digest)) {

    case NGX_OK:
        facts.certificate = digest;
        break;

    case NGX_DECLINED:
        break;

    default: /* NGX_ERROR */
        return PT_INTERNAL;
    }

    ptmcf = ngx_http_get_module_main_conf(r, ngx_http_print_task_module);

    pt_arena_init(&arena, ptmcf->token_scratch, pt_token_scratch(text->len));

    start = ngx_http_print_task_clock();

    reason = pt_token_check(text, &conf->token, &facts, &arena,
                            &token->claims);

    ngx_http_print_task_step_ended(PT_STEP_TOKEN, start);

    if (reason == PT_OK
        && ngx_http_print_task_keep_claims(r->pool, &token->claims) != NGX_OK)
    {
        reason = PT_INTERNAL;
    }

    ngx_explicit_memzero(ptmcf->token_scratch,
                         arena.pos - ptmcf->token_scratch);

    ngx_log_debug1(NGX_LOG_DEBUG_HTTP, r->connection->log, 0,
                   "print task token verified: %ui", reason);

    return reason;
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

    if (token->len == 0 || memchr(p, ' ', token->len) != NULL) {
        return PT_TOKEN_MISSING;
    }

    return PT_OK;
}
