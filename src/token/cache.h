
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The token cache. */


#ifndef _NGX_HTTP_PRINT_TASK_TOKEN_CACHE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_TOKEN_CACHE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_digest_cache.h"
#include "core/pt_token.h"
#include "conf/conf.h"


char *ngx_http_print_task_token_zone(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* creates the default zone, if print_task_token_zone is not set */
ngx_int_t ngx_http_print_task_token_cache_default(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf);

/* sets key->digest, the key of a token in a location */
ngx_int_t
    ngx_http_print_task_token_cache_key(ngx_http_print_task_token_cache_t *zone,
    const ngx_http_print_task_loc_conf_t *conf, const ngx_str_t *token,
    pt_digest_cache_entry_t *key);

/*
 * NGX_OK: claims are copied to the pool.  NGX_DONE: the token expired at the
 * time "since" or before, and has no fault that is reported first.
 * NGX_DECLINED: not in the cache.  NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_print_task_token_cache_find(
    ngx_http_print_task_token_cache_t *zone,
    const pt_digest_cache_entry_t *key, time_t since, ngx_pool_t *pool,
    pt_token_claims_t *claims);

/* adds an accepted or expired token, if there is memory */
void
    ngx_http_print_task_token_cache_add(ngx_http_print_task_token_cache_t *zone,
    const pt_digest_cache_entry_t *key, const pt_token_claims_t *claims);


#endif /* _NGX_HTTP_PRINT_TASK_TOKEN_CACHE_H_INCLUDED_ */
