
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The step "refetch". */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_REFETCH_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_REFETCH_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_reason.h"
#include "http/ctx.h"


/*
 * NGX_AGAIN: a subrequest was started, and the steps run again when it has
 * ended.  NGX_OK: ctx->refetch has the back end's response.  NGX_DECLINED: no
 * memory.  NGX_ERROR: the request must end without an answer.
 */
ngx_int_t ngx_http_print_task_refetch(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);

/*
 * Called before a refetch without a lease.  NGX_DECLINED: another request of
 * this worker and application refetches the same task without a lease.
 */
ngx_int_t ngx_http_print_task_refetch_enter(ngx_http_print_task_ctx_t *ctx);
void ngx_http_print_task_refetch_leave(ngx_http_print_task_ctx_t *ctx);

/* collects the body of the subrequest; the client gets no part of it */
void ngx_http_print_task_refetch_body(ngx_http_request_t *sr,
    ngx_http_print_task_ctx_t *ctx, ngx_chain_t *in);

/* converts ctx->refetch to ctx->op.snapshot, or returns a reason */
pt_reason_e ngx_http_print_task_read_refetched(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_REFETCH_H_INCLUDED_ */
