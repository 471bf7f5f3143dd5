
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Variables that were evaluated too early. */


#ifndef _NGX_HTTP_PRINT_TASK_TOKEN_EARLY_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_TOKEN_EARLY_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "conf/conf.h"


ngx_int_t ngx_http_print_task_early_init(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf);

/*
 * Records that a variable of the token was read.  known: the value is final.
 * later: it may have a value once keys are fetched.
 */
void ngx_http_print_task_token_read(ngx_http_request_t *r, ngx_uint_t known,
    ngx_uint_t later);

/* drops values that were evaluated before the token was known */
ngx_int_t ngx_http_print_task_drop_early(ngx_http_request_t *r);

/* whether a value that cannot be evaluated again used an empty variable */
ngx_uint_t ngx_http_print_task_token_set_early(ngx_http_request_t *r);


#endif /* _NGX_HTTP_PRINT_TASK_TOKEN_EARLY_H_INCLUDED_ */
