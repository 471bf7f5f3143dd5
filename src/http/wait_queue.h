
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* who may ask for a lease */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_WAIT_QUEUE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_WAIT_QUEUE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_rules.h"
#include "http/ctx.h"


/*
 * NGX_OK: the request may reserve the task, and keeps the turn until it leaves;
 * NGX_BUSY: it is in the wait queue; NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_print_task_take_turn(ngx_http_print_task_ctx_t *ctx);

/*
 * NGX_AGAIN: the request is run again when it has the turn, or after a pause if
 * it has it already; NGX_DECLINED: it has waited for as long as
 * print_task_lease lets it.
 */
ngx_int_t ngx_http_print_task_wait(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);

/*
 * For a request that waits: the record of a task that another worker holds, as
 * the request that has the turn has seen it last.  NULL: there is none yet, the
 * request is run once more when there is.
 */
const pt_snapshot_t *ngx_http_print_task_shared_snapshot(
    ngx_http_print_task_ctx_t *ctx);

/*
 * The request gives up the turn to ask the back end; until it comes back or
 * leaves, no other request of its application has a turn.  The turn is free
 * for others after ngx_http_print_task_pass_turn().  NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_print_task_step_aside(ngx_http_print_task_ctx_t *ctx);
void ngx_http_print_task_pass_turn(ngx_http_print_task_ctx_t *ctx);

/* the request has got the lease that it waited for, or does without */
void ngx_http_print_task_wait_end(ngx_http_print_task_ctx_t *ctx);

/* the request neither waits nor has the turn any more */
void ngx_http_print_task_queue_leave(ngx_http_print_task_ctx_t *ctx);

/* a keyed hash of what clients choose; NGX_ERROR if there is no key for it */
ngx_int_t ngx_http_print_task_hash(const ngx_http_print_task_ctx_t *ctx,
    const ngx_str_t *text, uint64_t hash[2]);

/* the store is down for the request that has the turn: and for all others */
void ngx_http_print_task_share_down(ngx_http_print_task_ctx_t *ctx);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_WAIT_QUEUE_H_INCLUDED_ */
