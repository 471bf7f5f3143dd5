
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Changes the states of a request, and asserts the transitions. */


#include "http/state.h"

#include "core/pt_transition.h"
#include "status/count.h"
#include "http/ctx.h"


#if (NGX_DEBUG)

#define ngx_http_print_task_check(ctx, name, from, to)                        \
    if (!pt_transition_is_legal(ngx_http_print_task_##name##_next, from, to)) \
    {                                                                         \
        ngx_http_print_task_illegal(ctx, #name, from, to);                    \
    }


#define next(state)  pt_transition_to(NGX_HTTP_PRINT_TASK_##state)


static void ngx_http_print_task_illegal(ngx_http_print_task_ctx_t *ctx,
    const char *name, ngx_uint_t from, ngx_uint_t to);


static const ngx_uint_t  ngx_http_print_task_lease_next[] = {
    /* NONE */        next(LEASE_HELD) | next(LEASE_WITHOUT),
    /* HELD */        next(LEASE_NONE),
    /* WITHOUT */     next(LEASE_NONE)
};

static const ngx_uint_t  ngx_http_print_task_op_next[] = {
    /* IDLE */        next(OP_PENDING) | next(OP_DONE),
    /* PENDING */     next(OP_IDLE) | next(OP_DONE),
    /* DONE */        next(OP_IDLE)
};

static const ngx_uint_t  ngx_http_print_task_wait_next[] = {
    /* NONE */        next(WAIT_QUEUED) | next(WAIT_TURN),
    /* QUEUED */      next(WAIT_NONE) | next(WAIT_TURN),
    /* TURN */        next(WAIT_NONE) | next(WAIT_OBSERVING),
    /* OBSERVING */   next(WAIT_NONE) | next(WAIT_QUEUED)
};

static const ngx_uint_t  ngx_http_print_task_refetch_next[] = {
    /* NONE */        next(REFETCH_STARTED),
    /* STARTED */     next(REFETCH_DONE),
    /* DONE */        next(REFETCH_NONE)
};

static const ngx_uint_t  ngx_http_print_task_change_next[] = {
    /* NONE */        next(CHANGE_FORWARDED),
    /* FORWARDED */   next(CHANGE_ANSWERING) | next(CHANGE_CAPTURING)
                      | next(CHANGE_SETTLED),
    /* ANSWERING */   next(CHANGE_ANSWERING) | next(CHANGE_CAPTURING)
                      | next(CHANGE_SETTLED),
    /* CAPTURING */   next(CHANGE_ANSWERING) | next(CHANGE_CAPTURING)
                      | next(CHANGE_SETTLED),
    /* SETTLED */     0
};


static void
ngx_http_print_task_illegal(ngx_http_print_task_ctx_t *ctx, const char *name,
    ngx_uint_t from, ngx_uint_t to)
{
    ngx_log_error(NGX_LOG_ALERT, ctx->request->connection->log, 0,
                  "print task %s state must not change from %ui to %ui",
                  name, from, to);

    ngx_debug_point();
}


#else

#define ngx_http_print_task_check(ctx, name, from, to)

#endif


void
ngx_http_print_task_set_lease(ngx_http_print_task_ctx_t *ctx,
    ngx_http_print_task_lease_state_e state)
{
    ngx_http_print_task_check(ctx, lease, ctx->lease_state, state);

    if (state == NGX_HTTP_PRINT_TASK_LEASE_HELD) {
        ngx_http_print_task_gauge(leases, 1);
    }

    if (ctx->lease_state == NGX_HTTP_PRINT_TASK_LEASE_HELD) {
        ngx_http_print_task_gauge(leases, -1);
    }

    ctx->lease_state = state;
}


void
ngx_http_print_task_set_op(ngx_http_print_task_ctx_t *ctx,
    ngx_http_print_task_op_state_e state)
{
    ngx_http_print_task_check(ctx, op, ctx->op_state, state);

    ctx->op_state = state;
}


void
ngx_http_print_task_set_wait(ngx_http_print_task_ctx_t *ctx,
    ngx_http_print_task_wait_state_e state)
{
    ngx_http_print_task_check(ctx, wait, ctx->wait_state, state);

    ctx->wait_state = state;
}


void
ngx_http_print_task_set_refetch(ngx_http_print_task_ctx_t *ctx,
    ngx_http_print_task_refetch_state_e state)
{
    ngx_http_print_task_check(ctx, refetch, ctx->refetch.state, state);

    ctx->refetch.state = state;
}


void
ngx_http_print_task_set_change(ngx_http_print_task_ctx_t *ctx,
    ngx_http_print_task_change_state_e state)
{
    ngx_http_print_task_check(ctx, change, ctx->change_state, state);

    ctx->change_state = state;
}
