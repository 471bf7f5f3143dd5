
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Keeps the claims of an accepted token. */


#ifndef _NGX_HTTP_PRINT_TASK_TOKEN_CLAIMS_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_TOKEN_CLAIMS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_token.h"


/* copies the strings to the pool; with NGX_ERROR they are empty */
ngx_int_t ngx_http_print_task_keep_claims(ngx_pool_t *pool,
    pt_token_claims_t *claims);


#endif /* _NGX_HTTP_PRINT_TASK_TOKEN_CLAIMS_H_INCLUDED_ */
