
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* What is known about the outcome of a change. */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_OUTCOME_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_OUTCOME_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "http/ctx.h"


/* the upstream that determines the outcome; NULL: none */
ngx_http_upstream_t *ngx_http_print_task_upstream(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);

/* whether a peer of this upstream got a byte of the request */
ngx_uint_t ngx_http_print_task_was_sent(ngx_http_request_t *r,
    ngx_http_upstream_t *u);

/* whether a peer may still make the change, whatever the answer is */
ngx_uint_t ngx_http_print_task_peer_open(ngx_http_request_t *r);

/* whether every peer that got a byte left the task unchanged */
ngx_uint_t ngx_http_print_task_peers_unchanged(ngx_http_request_t *r);

/* the status from the back end; 0: no answer */
ngx_uint_t ngx_http_print_task_backend_status(ngx_http_request_t *r,
    ngx_http_upstream_t *u);

/* whether the answer ends with its body, not with its header */
ngx_uint_t ngx_http_print_task_has_body(ngx_http_request_t *r,
    ngx_http_upstream_t *u);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_OUTCOME_H_INCLUDED_ */
