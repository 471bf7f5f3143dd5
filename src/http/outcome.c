
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * What is known about the outcome of a change that was sent: the upstream that
 * got it, its answer, and whether the answer ends the change.
 */


#include "http/outcome.h"

#include "core/pt_outcome.h"
#include "http/capture.h"


static ngx_uint_t ngx_http_print_task_peer_reached(ngx_http_request_t *r,
    const ngx_http_upstream_state_t *state);


/*
 * The upstream that determines the outcome.  This is the one that got the
 * change, wherever the client is redirected afterwards.  If no upstream got a
 * byte, it is the one that nginx tries instead.
 */

ngx_http_upstream_t *
ngx_http_print_task_upstream(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    if (ctx->upstream == NULL || !ngx_http_print_task_was_sent(r,
                                                               ctx->upstream)) {
        return r->upstream;
    }

    return ctx->upstream;
}


/*
 * Whether a peer of this upstream got a byte of the request.  In
 * upstream_states an empty element separates the upstreams.
 */

ngx_uint_t
ngx_http_print_task_was_sent(ngx_http_request_t *r, ngx_http_upstream_t *u)
{
    ngx_uint_t                  i;
    ngx_http_upstream_state_t  *state;

    if (u == NULL) {
        return 0;
    }

    if (u->request_sent) {
        return 1;
    }

    if (r->upstream_states == NULL) {
        return 0;
    }

    state = r->upstream_states->elts;

    for (i = 0; i < r->upstream_states->nelts; i++) {

        if (i && state[i].peer == NULL && u != r->upstream) {
            break;
        }

        if (state[i].bytes_sent) {
            return 1;
        }
    }

    return 0;
}


/*
 * Whether a peer got a byte of the change.  nginx records the bytes of a peer
 * when it has finished with the peer.
 */

static ngx_uint_t
ngx_http_print_task_peer_reached(ngx_http_request_t *r,
    const ngx_http_upstream_state_t *state)
{
    ngx_http_upstream_t  *u;

    u = r->upstream;

    return state->bytes_sent || (u && u->request_sent && u->state == state);
}


/*
 * Whether a peer that got a byte of the change has not answered, or with a
 * status that does not end the change.
 */

ngx_uint_t
ngx_http_print_task_peer_open(ngx_http_request_t *r)
{
    ngx_uint_t                  i;
    ngx_http_upstream_state_t  *state;

    if (r->upstream_states == NULL) {
        return 0;
    }

    state = r->upstream_states->elts;

    for (i = 0; i < r->upstream_states->nelts; i++) {

        if (!ngx_http_print_task_peer_reached(r, &state[i])) {
            continue;
        }

        if (state[i].header_time == (ngx_msec_t) -1
            || pt_outcome(state[i].status) == PT_OUTCOME_OPEN)
        {
            return 1;
        }
    }

    return 0;
}


/*
 * Whether every peer that got a byte of the change answered that the task is
 * unchanged.  An error page may have led the change to another back end.
 */

ngx_uint_t
ngx_http_print_task_peers_unchanged(ngx_http_request_t *r)
{
    ngx_uint_t                  i;
    ngx_http_upstream_state_t  *state;

    if (r->upstream_states == NULL) {
        return 1;
    }

    state = r->upstream_states->elts;

    for (i = 0; i < r->upstream_states->nelts; i++) {

        if (!ngx_http_print_task_peer_reached(r, &state[i])) {
            continue;
        }

        if (pt_outcome(state[i].status) != PT_OUTCOME_UNCHANGED) {
            return 0;
        }
    }

    return 1;
}


/*
 * The status from the back end, whatever page the client gets; 0: no answer.
 * nginx sets header_time once the header is complete and valid.
 */

ngx_uint_t
ngx_http_print_task_backend_status(ngx_http_request_t *r,
    ngx_http_upstream_t *u)
{
    if (u == NULL) {
        return r->err_status ? 0 : r->headers_out.status;
    }

    if (u->state == NULL || u->state->header_time == (ngx_msec_t) -1) {
        return 0;
    }

    return u->headers_in.status_n;
}


ngx_uint_t
ngx_http_print_task_has_body(ngx_http_request_t *r, ngx_http_upstream_t *u)
{
    if (u != NULL && !ngx_http_print_task_from_upstream(r)) {
        return 0;
    }

    return !r->header_only
           && r->headers_out.status != NGX_HTTP_NO_CONTENT
           && r->headers_out.status != NGX_HTTP_NOT_MODIFIED
           && r->headers_out.content_length_n != 0;
}
