
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The step "refetch": asks the back end for the task, with the client's own
 * token.  The subrequest goes where the request itself would go.
 */


#include "http/refetch.h"

#include "core/pt_task.h"
#include "status/count.h"
#include "http/capture.h"
#include "http/headers.h"
#include "http/json.h"
#include "http/wait_queue.h"


/* the memory of a subrequest, allocated before the subrequest exists */

typedef struct {
    ngx_http_post_subrequest_t    *post;
    ngx_http_variable_value_t     *variables;
    ngx_http_request_body_t       *body;
    ngx_list_t                     headers;
} ngx_http_print_task_refetch_t;


static ngx_int_t ngx_http_print_task_refetch_start(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_refetch_prepare(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, ngx_http_print_task_refetch_t *refetch);
static void ngx_http_print_task_refetch_request(ngx_http_request_t *sr,
    const ngx_http_print_task_refetch_t *refetch);
static ngx_int_t ngx_http_print_task_refetch_done(ngx_http_request_t *sr,
    void *data, ngx_int_t rc);
static pt_reason_e ngx_http_print_task_refetch_reason(
    const ngx_http_print_task_refetch_state_t *refetch);


/*
 * Fields of the client's request that would change the answer to GET, or
 * describe a body that GET does not have.
 */

static const ngx_str_t  ngx_http_print_task_refetch_headers[] = {
    ngx_string("accept-encoding"),
    ngx_string("content-encoding"),
    ngx_string("content-length"),
    ngx_string("content-type"),
    ngx_string("expect"),
    ngx_string("if-match"),
    ngx_string("if-modified-since"),
    ngx_string("if-none-match"),
    ngx_string("if-range"),
    ngx_string("if-unmodified-since"),
    ngx_string("prefer"),
    ngx_string("range"),
    ngx_string("transfer-encoding"),
    ngx_null_string
};


/*
 * The refetches without a lease of this worker, by store, task and application.
 * An application has only one such refetch for a task at a time.
 */

static ngx_rbtree_t       ngx_http_print_task_refetches;
static ngx_rbtree_node_t  ngx_http_print_task_refetch_sentinel;


static const ngx_str_t  ngx_http_print_task_retry_after =
    ngx_string("retry-after");


ngx_int_t
ngx_http_print_task_refetch(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    switch (ctx->refetch.state) {

    case NGX_HTTP_PRINT_TASK_REFETCH_DONE:
        return NGX_OK;

    case NGX_HTTP_PRINT_TASK_REFETCH_STARTED:
        return NGX_AGAIN;

    default: /* NGX_HTTP_PRINT_TASK_REFETCH_NONE */
        ngx_http_print_task_set_refetch(ctx,
                                        NGX_HTTP_PRINT_TASK_REFETCH_STARTED);
        ctx->refetch.started_at = ngx_current_msec;

        return ngx_http_print_task_refetch_start(r, ctx);
    }
}


ngx_int_t
ngx_http_print_task_refetch_enter(ngx_http_print_task_ctx_t *ctx)
{
    u_char        *p;
    uint64_t       hash[2];
    ngx_str_t     *key, *app, *asked;
    ngx_rbtree_t  *tree;

    key = &ctx->op.key;
    app = &ctx->token.claims.app;
    asked = &ctx->refetch_node.str;
    tree = &ngx_http_print_task_refetches;

    if (tree->root == NULL) {
        ngx_rbtree_init(tree, &ngx_http_print_task_refetch_sentinel,
                        ngx_str_rbtree_insert_value);
    }

    asked->len = sizeof(void *) + key->len + 1 + app->len;

    asked->data = ngx_pnalloc(ctx->request->pool, asked->len);
    if (asked->data == NULL) {
        return NGX_DECLINED;
    }

    p = ngx_cpymem(asked->data, &ctx->conf->store, sizeof(void *));
    p = ngx_cpymem(p, key->data, key->len);
    *p++ = '/';
    ngx_memcpy(p, app->data, app->len);

    if (ngx_http_print_task_hash(ctx, asked, hash) != NGX_OK
        || ngx_str_rbtree_lookup(tree, asked, (uint32_t) hash[0]) != NULL)
    {
        return NGX_DECLINED;
    }

    ctx->refetch_entered = 1;
    ctx->refetch_node.node.key = (uint32_t) hash[0];

    ngx_rbtree_insert(tree, &ctx->refetch_node.node);

    return NGX_OK;
}


void
ngx_http_print_task_refetch_leave(ngx_http_print_task_ctx_t *ctx)
{
    if (ctx->refetch_entered) {
        ctx->refetch_entered = 0;
        ngx_rbtree_delete(&ngx_http_print_task_refetches,
                          &ctx->refetch_node.node);
    }
}


/*
 * The subrequest is a clone: it continues in this phase and enters the same
 * content handler as soon as it exists.  So everything must be ready before its
 * creation.  If nginx fails after a part of the creation, the request cannot be
 * answered any more.
 */

static ngx_int_t
ngx_http_print_task_refetch_start(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ngx_http_request_t             *sr;
    ngx_http_print_task_refetch_t   refetch;

    if (ngx_http_print_task_refetch_prepare(r, ctx, &refetch) != NGX_OK) {
        return NGX_DECLINED;
    }

    if (ngx_http_subrequest(r, &r->uri, NULL, &sr, refetch.post,
                            NGX_HTTP_SUBREQUEST_IN_MEMORY
                            |NGX_HTTP_SUBREQUEST_WAITED
                            |NGX_HTTP_SUBREQUEST_CLONE)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    ctx->refetch.request = sr;

    ngx_http_print_task_refetch_request(sr, &refetch);

    return NGX_AGAIN;
}


static ngx_int_t
ngx_http_print_task_refetch_prepare(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, ngx_http_print_task_refetch_t *refetch)
{
    size_t                      size;
    ngx_http_core_main_conf_t  *cmcf;

    refetch->post = ngx_palloc(r->pool, sizeof(ngx_http_post_subrequest_t));
    if (refetch->post == NULL) {
        return NGX_ERROR;
    }

    refetch->post->handler = ngx_http_print_task_refetch_done;
    refetch->post->data = ctx;

    /* the values of variables for PATCH may be wrong for GET */

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_core_module);

    size = cmcf->variables.nelts * sizeof(ngx_http_variable_value_t);

    refetch->variables = ngx_palloc(r->pool, size);
    if (refetch->variables == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(refetch->variables, r->variables, size);

    /* an empty body of its own: the client's body must not change */

    refetch->body = ngx_pcalloc(r->pool, sizeof(ngx_http_request_body_t));
    if (refetch->body == NULL) {
        return NGX_ERROR;
    }

    return ngx_http_print_task_copy_headers(r, &refetch->headers,
                                         ngx_http_print_task_refetch_headers);
}


static void
ngx_http_print_task_refetch_request(ngx_http_request_t *sr,
    const ngx_http_print_task_refetch_t *refetch)
{
    u_char                 *args;
    ngx_http_headers_in_t  *in;

    sr->variables = refetch->variables;
    sr->request_body = refetch->body;

    ngx_http_print_task_flush_headers(sr, ngx_http_print_task_refetch_headers);

    sr->method = NGX_HTTP_GET;
    ngx_str_set(&sr->method_name, "GET");

    args = ngx_strlchr(sr->unparsed_uri.data,
                       sr->unparsed_uri.data + sr->unparsed_uri.len, '?');

    if (args != NULL) {
        sr->unparsed_uri.len = args - sr->unparsed_uri.data;
    }

    /* error pages of the operator are for clients */

    sr->error_page = 1;

    in = &sr->headers_in;

    in->content_length_n = -1;
    in->content_length = NULL;
    in->content_type = NULL;
    in->transfer_encoding = NULL;
    in->range = NULL;
    in->if_range = NULL;
    in->if_match = NULL;
    in->if_none_match = NULL;
    in->if_modified_since = NULL;
    in->if_unmodified_since = NULL;
    in->chunked = 0;

    ngx_http_print_task_move_headers(&in->headers, &refetch->headers);
}


/*
 * Takes over from nginx, which ends the whole request if the body of a
 * subrequest in memory is larger than its buffer.
 */

void
ngx_http_print_task_refetch_body(ngx_http_request_t *sr,
    ngx_http_print_task_ctx_t *ctx, ngx_chain_t *in)
{
    ngx_buf_t  *b;

    for ( /* void */ ; in; in = in->next) {
        b = in->buf;

        if (ngx_http_print_task_capture(sr, &ctx->refetch.capture, b)
            != NGX_OK)
        {
            ctx->refetch.too_large = 1;
        }

        if (b->last_buf || b->last_in_chain) {
            ctx->refetch.complete = 1;
        }

        b->pos = b->last;
        b->file_pos = b->file_last;
    }
}


/*
 * May be called twice: with the error that ends the subrequest, and after the
 * page of that error.  NGX_ERROR, as for a body with bad framing, becomes
 * NGX_OK, because nginx would close the client's connection.  nginx reports no
 * error for a body that ends early; refetch->complete shows that.
 */

static ngx_int_t
ngx_http_print_task_refetch_done(ngx_http_request_t *sr, void *data,
    ngx_int_t rc)
{
    ngx_http_print_task_ctx_t *ctx = data;

    ngx_table_elt_t                      *h;
    ngx_http_print_task_refetch_state_t  *refetch;

    refetch = &ctx->refetch;

    ngx_log_debug2(NGX_LOG_DEBUG_HTTP, sr->connection->log, 0,
                   "print task refetch done: %i s:%ui",
                   rc, sr->headers_out.status);

    if (refetch->state == NGX_HTTP_PRINT_TASK_REFETCH_DONE) {
        return (rc == NGX_ERROR) ? NGX_OK : rc;
    }

    ngx_http_print_task_set_refetch(ctx, NGX_HTTP_PRINT_TASK_REFETCH_DONE);

    ngx_http_print_task_step_took(PT_STEP_REFETCH, 1000
                                  * (uint64_t) (ngx_current_msec
                                                - refetch->started_at));

    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        refetch->status = rc;

    } else if (rc == NGX_OK && refetch->complete) {
        refetch->status = sr->headers_out.status;

    } else {
        refetch->status = NGX_HTTP_BAD_GATEWAY;
    }

    h = ngx_http_print_task_find_header(&sr->headers_out.headers,
                                        &ngx_http_print_task_retry_after);
    if (h != NULL) {
        refetch->retry_after = h->value;
    }

    return (rc == NGX_ERROR) ? NGX_OK : rc;
}


pt_reason_e
ngx_http_print_task_read_refetched(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    pt_task_t    task;
    pt_reason_e  reason;

    reason = ngx_http_print_task_refetch_reason(&ctx->refetch);

    if (reason != PT_OK) {
        return reason;
    }

    if (ctx->refetch.too_large) {
        return PT_REFETCH_FAILED;
    }

    switch (ngx_http_print_task_json_task(r, &ctx->refetch.capture.body,
                                          &ctx->route.task, &task))
    {
    case NGX_OK:
        ctx->op.snapshot.task = task;
        return PT_OK;

    case NGX_DECLINED:
        ctx->op.snapshot.task.state = PT_UNKNOWN;
        return PT_REFETCH_FAILED;

    default: /* NGX_ERROR */
        return PT_INTERNAL;
    }
}


static pt_reason_e
ngx_http_print_task_refetch_reason(
    const ngx_http_print_task_refetch_state_t *refetch)
{
    switch (refetch->status) {

    case NGX_HTTP_OK:
        return PT_OK;

    case NGX_HTTP_NOT_FOUND:
    case 410:
        return PT_TASK_NOT_FOUND;

    case NGX_HTTP_UNAUTHORIZED:
        return PT_REFETCH_UNAUTHORIZED;

    case NGX_HTTP_FORBIDDEN:
        return PT_REFETCH_REFUSED;

    case NGX_HTTP_TOO_MANY_REQUESTS:
    case NGX_HTTP_SERVICE_UNAVAILABLE:
        return PT_REFETCH_THROTTLED;

    case NGX_HTTP_GATEWAY_TIME_OUT:
        return PT_REFETCH_TIMEOUT;

    default:
        return PT_REFETCH_FAILED;
    }
}
