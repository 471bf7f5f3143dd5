
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The end of a lease. */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_SETTLE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_SETTLE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "http/ctx.h"


/* the task is unchanged; a state from a refetch is kept */
void ngx_http_print_task_settle_unchanged(ngx_http_print_task_ctx_t *ctx);

/* ends the lease; the request continues */
void ngx_http_print_task_settle_release(ngx_http_print_task_ctx_t *ctx);

/*
 * Whether the back end has shown ctx->op.snapshot to the application of the
 * request, in this request or before.
 */
ngx_uint_t ngx_http_print_task_shown(const ngx_http_print_task_ctx_t *ctx);

/* whether the record belongs to the application of the request, or to none */
ngx_uint_t ngx_http_print_task_owns_task(const ngx_http_print_task_ctx_t *ctx);

/* settles by what is known of the back end when the request ends */
void ngx_http_print_task_settle_end(ngx_http_print_task_ctx_t *ctx);

/* the answer to a forwarded request, in the filters */
void ngx_http_print_task_settle_header(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
void ngx_http_print_task_settle_body(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, ngx_chain_t *in);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_SETTLE_H_INCLUDED_ */
