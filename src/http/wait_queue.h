
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Decides which request may reserve a task. */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_WAIT_QUEUE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_WAIT_QUEUE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_rules.h"
#include "http/ctx.h"


/*
 * NGX_OK: the request may reserve the task and has the turn until
 * ngx_http_print_task_queue_leave().  NGX_BUSY: it is in the wait queue.
 * NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_print_task_take_turn(ngx_http_print_task_ctx_t *ctx);

/*
 * NGX_AGAIN: the phases run again when the request has the turn; if it has the
 * turn already, after a pause.  NGX_DECLINED: the request has waited for the
 * whole time of print_task_lease.
 */
ngx_int_t ngx_http_print_task_wait(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);

/*
 * For a waiting request: the record of a task that another worker holds, as
 * last read by the request with the turn.  NULL: no request has read it yet;
 * the phases run again when one has.
 */
const pt_snapshot_t *ngx_http_print_task_shared_snapshot(
    ngx_http_print_task_ctx_t *ctx);

/*
 * The request gives up the turn and asks the back end.  Until it returns or
 * leaves the queue, no other request of its application gets the turn; other
 * applications get it after ngx_http_print_task_pass_turn().  NGX_ERROR: no
 * memory.
 */
ngx_int_t ngx_http_print_task_step_aside(ngx_http_print_task_ctx_t *ctx);
void ngx_http_print_task_pass_turn(ngx_http_print_task_ctx_t *ctx);

/* the request has the lease that it waited for, or continues without it */
void ngx_http_print_task_wait_end(ngx_http_print_task_ctx_t *ctx);

/* the request gives up its place and the turn */
void ngx_http_print_task_queue_leave(ngx_http_print_task_ctx_t *ctx);

/* a keyed hash of data that clients choose; NGX_ERROR: no key */
ngx_int_t ngx_http_print_task_hash(const ngx_http_print_task_ctx_t *ctx,
    const ngx_str_t *text, uint64_t hash[2]);

/* the store is down for the request with the turn, and so for all others */
void ngx_http_print_task_share_down(ngx_http_print_task_ctx_t *ctx);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_WAIT_QUEUE_H_INCLUDED_ */
