
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* the end of a lease */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_SETTLE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_SETTLE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "http/ctx.h"


/* nothing was changed; a state that was learnt is kept */
void ngx_http_print_task_settle_unchanged(ngx_http_print_task_ctx_t *ctx);

/* the lease ends, and the request goes on */
void ngx_http_print_task_settle_release(ngx_http_print_task_ctx_t *ctx);

/*
 * Whether ctx->op.snapshot is what the back end has told the application of the
 * request, in this request or before.
 */
ngx_uint_t ngx_http_print_task_shown(const ngx_http_print_task_ctx_t *ctx);

/* whether the record is of the application of the request, or of any */
ngx_uint_t ngx_http_print_task_owns_task(const ngx_http_print_task_ctx_t *ctx);

/* by what is known of the back end when the request ends */
void ngx_http_print_task_settle_end(ngx_http_print_task_ctx_t *ctx);

/* the answer to a forwarded request, as it passes the filters */
void ngx_http_print_task_settle_header(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
void ngx_http_print_task_settle_body(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, ngx_chain_t *in);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_SETTLE_H_INCLUDED_ */
