
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The states of a request.  docs/architecture.md has a table of each.  Only the
 * functions below change a state.  With NGX_DEBUG, a transition that is not in
 * the tables of state.c is an alert.
 */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_STATE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_STATE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/* one request, allocated in r->pool */
typedef struct ngx_http_print_task_ctx_s  ngx_http_print_task_ctx_t;


/* the settlement that the record still needs */
typedef enum {
    NGX_HTTP_PRINT_TASK_LEASE_NONE = 0,     /* nothing */
    NGX_HTTP_PRINT_TASK_LEASE_HELD,         /* a settlement */
    NGX_HTTP_PRINT_TASK_LEASE_WITHOUT       /* INVALIDATE: the change is sent
                                               without a lease */
} ngx_http_print_task_lease_state_e;


/* the operation of the request, ctx->op */
typedef enum {
    NGX_HTTP_PRINT_TASK_OP_IDLE = 0,
    NGX_HTTP_PRINT_TASK_OP_PENDING,         /* the store will call op->done() */
    NGX_HTTP_PRINT_TASK_OP_DONE             /* no step has read the result */
} ngx_http_print_task_op_state_e;


/* the place of the request in the wait queue of its task */
typedef enum {
    NGX_HTTP_PRINT_TASK_WAIT_NONE = 0,
    NGX_HTTP_PRINT_TASK_WAIT_QUEUED,        /* in ctx->wait_app->waiting */
    NGX_HTTP_PRINT_TASK_WAIT_TURN,          /* it may reserve the task */
    NGX_HTTP_PRINT_TASK_WAIT_OBSERVING      /* it asks the back end first */
} ngx_http_print_task_wait_state_e;


/* the subrequest of the step "refetch" */
typedef enum {
    NGX_HTTP_PRINT_TASK_REFETCH_NONE = 0,
    NGX_HTTP_PRINT_TASK_REFETCH_STARTED,
    NGX_HTTP_PRINT_TASK_REFETCH_DONE
} ngx_http_print_task_refetch_state_e;


/* a change that goes to the back end */
typedef enum {
    NGX_HTTP_PRINT_TASK_CHANGE_NONE = 0,
    NGX_HTTP_PRINT_TASK_CHANGE_FORWARDED,   /* no answer yet */
    NGX_HTTP_PRINT_TASK_CHANGE_ANSWERING,   /* the answer is not complete yet */
    NGX_HTTP_PRINT_TASK_CHANGE_CAPTURING,   /* the same, and its body is kept */
    NGX_HTTP_PRINT_TASK_CHANGE_SETTLED
} ngx_http_print_task_change_state_e;


void ngx_http_print_task_set_lease(ngx_http_print_task_ctx_t *ctx,
    ngx_http_print_task_lease_state_e state);
void ngx_http_print_task_set_op(ngx_http_print_task_ctx_t *ctx,
    ngx_http_print_task_op_state_e state);
void ngx_http_print_task_set_wait(ngx_http_print_task_ctx_t *ctx,
    ngx_http_print_task_wait_state_e state);
void ngx_http_print_task_set_refetch(ngx_http_print_task_ctx_t *ctx,
    ngx_http_print_task_refetch_state_e state);
void ngx_http_print_task_set_change(ngx_http_print_task_ctx_t *ctx,
    ngx_http_print_task_change_state_e state);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_STATE_H_INCLUDED_ */
