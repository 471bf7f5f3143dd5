
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* the step "token" */


#ifndef _NGX_HTTP_PRINT_TASK_TOKEN_BEARER_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_TOKEN_BEARER_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_reason.h"
#include "core/pt_token.h"
#include "conf/conf.h"
#include "http/ctx.h"


ngx_int_t ngx_http_print_task_token_init(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf);

/*
 * Verifies the token, once a request.  The result is in ctx->token_reason,
 * and, with PT_OK, in ctx->claims; it is PT_INTERNAL when out of memory.
 */
pt_reason_e ngx_http_print_task_check_token(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);

/* moves the names to the pool; they are empty with NGX_ERROR */
ngx_int_t ngx_http_print_task_keep_claims(ngx_pool_t *pool,
    pt_token_claims_t *claims);


#endif /* _NGX_HTTP_PRINT_TASK_TOKEN_BEARER_H_INCLUDED_ */
