
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Keeps the claims of an accepted token for the time of the request. */


#include "token/claims.h"


ngx_int_t
ngx_http_print_task_keep_claims(ngx_pool_t *pool, pt_token_claims_t *claims)
{
    u_char  *p;

    p = ngx_pnalloc(pool, claims->app.len + claims->tenant.len);
    if (p == NULL) {
        ngx_str_null(&claims->app);
        ngx_str_null(&claims->tenant);
        return NGX_ERROR;
    }

    ngx_memcpy(p, claims->app.data, claims->app.len);
    claims->app.data = p;

    p += claims->app.len;

    ngx_memcpy(p, claims->tenant.data, claims->tenant.len);
    claims->tenant.data = p;

    return NGX_OK;
}
