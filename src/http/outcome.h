
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* what is known of the outcome of a change */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_OUTCOME_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_OUTCOME_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "http/ctx.h"


/* the upstream that decides on the outcome, NULL if there is none */
ngx_http_upstream_t *ngx_http_print_task_upstream(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);

/* whether any byte of the request went to a peer of this upstream */
ngx_uint_t ngx_http_print_task_was_sent(ngx_http_request_t *r,
    ngx_http_upstream_t *u);

/* whether a peer may still make the change, whatever the answer says */
ngx_uint_t ngx_http_print_task_peer_open(ngx_http_request_t *r);

/* whether each peer that got a byte has left the task as it was */
ngx_uint_t ngx_http_print_task_peers_unchanged(ngx_http_request_t *r);

/* the status that came from the back end, 0 if none did */
ngx_uint_t ngx_http_print_task_backend_status(ngx_http_request_t *r,
    ngx_http_upstream_t *u);

/* whether the end of the answer is that of its body, not of its header */
ngx_uint_t ngx_http_print_task_has_body(ngx_http_request_t *r,
    ngx_http_upstream_t *u);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_OUTCOME_H_INCLUDED_ */
