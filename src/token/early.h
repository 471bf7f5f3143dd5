
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* variables that were read too early */


#ifndef _NGX_HTTP_PRINT_TASK_TOKEN_EARLY_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_TOKEN_EARLY_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "conf/conf.h"


ngx_int_t ngx_http_print_task_early_init(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf);

/*
 * A variable of the token is read.  known: it is not empty for want of a token
 * that is accepted; later: it may be once keys were fetched.
 */
void ngx_http_print_task_token_read(ngx_http_request_t *r, ngx_uint_t known,
    ngx_uint_t later);

/* the token is known: values that were computed without it are dropped */
ngx_int_t ngx_http_print_task_drop_early(ngx_http_request_t *r);

/* whether what cannot be computed again was made without it */
ngx_uint_t ngx_http_print_task_token_set_early(ngx_http_request_t *r);


#endif /* _NGX_HTTP_PRINT_TASK_TOKEN_EARLY_H_INCLUDED_ */
