
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Internal requests for keys. */


#ifndef _NGX_HTTP_PRINT_TASK_TOKEN_KEYS_FETCH_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_TOKEN_KEYS_FETCH_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "conf/conf.h"


/* ms; a longer fetch has failed */
#define NGX_HTTP_PRINT_TASK_KEYS_FETCH    15000


typedef void (*ngx_http_print_task_fetch_pt)(ngx_http_print_task_keys_t *keys,
    ngx_uint_t good);


/* whether the main request is an internal request for keys */
ngx_uint_t ngx_http_print_task_is_fetch(ngx_http_request_t *r);
void ngx_http_print_task_fetch_header(ngx_http_request_t *r);
ngx_int_t ngx_http_print_task_fetch_body(ngx_http_request_t *r,
    ngx_chain_t *in);

/* starts a fetch; done is called when it has ended */
void ngx_http_print_task_fetch(ngx_http_print_task_keys_t *keys,
    ngx_http_print_task_fetch_pt done);


#endif /* _NGX_HTTP_PRINT_TASK_TOKEN_KEYS_FETCH_H_INCLUDED_ */
