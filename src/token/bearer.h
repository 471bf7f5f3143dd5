
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The step "token". */


#ifndef _NGX_HTTP_PRINT_TASK_TOKEN_BEARER_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_TOKEN_BEARER_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_reason.h"
#include "core/pt_token.h"
#include "conf/conf.h"
#include "token/keys_refresh.h"


/* $print_task_token_cache */
typedef enum {
    NGX_HTTP_PRINT_TASK_TOKEN_CACHE_OFF = 0,
    NGX_HTTP_PRINT_TASK_TOKEN_CACHE_HIT,
    NGX_HTTP_PRINT_TASK_TOKEN_CACHE_MISS
} ngx_http_print_task_token_cache_e;


/* the token of a request, in its context */
typedef struct {
    pt_reason_e                        reason;
    ngx_http_print_task_token_cache_e  cache;
    pt_token_claims_t                  claims;
    ngx_http_print_task_keys_wait_t    keys;
    uint64_t                           revoked;   /* number of the list that
                                                     it was checked with */
    unsigned                           checked:1;
    unsigned                           absent:1;  /* accepted without one, by
                                                     its address */
} ngx_http_print_task_token_t;


ngx_int_t ngx_http_print_task_token_init(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf);

/*
 * Verifies the token once for each request.  The result is in token->reason,
 * and with PT_OK in token->claims; PT_INTERNAL: out of memory.
 */
pt_reason_e ngx_http_print_task_check_token(ngx_http_request_t *r,
    const ngx_http_print_task_loc_conf_t *conf,
    ngx_http_print_task_token_t *token);

/*
 * Checks the token of a request that may have waited.  PT_OK, also for a token
 * that was refused before; else the reason why an accepted token is not
 * accepted any more.
 */
pt_reason_e ngx_http_print_task_check_token_again(ngx_http_request_t *r,
    const ngx_http_print_task_loc_conf_t *conf,
    ngx_http_print_task_token_t *token);


#endif /* _NGX_HTTP_PRINT_TASK_TOKEN_BEARER_H_INCLUDED_ */
