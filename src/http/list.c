
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * GET of the tasks of a definition that the store owns.  A $skiptoken is a
 * position in the store and a hash, so that a token of another list is refused.
 * Positions are not secret, so the hash has no key.
 */


#include "http/list.h"

#include "core/pt_base64.h"
#include "core/pt_etag.h"
#include "core/pt_json.h"
#include "core/pt_query.h"
#include "core/pt_route.h"
#include "core/pt_siphash.h"
#include "core/pt_task.h"
#include "store/store.h"
#include "http/send.h"


#define NGX_HTTP_PRINT_TASK_SKIP_HASH  8


static pt_reason_e ngx_http_print_task_refuse_option(
    ngx_http_print_task_ctx_t *ctx, ngx_str_t *option);
static ngx_int_t ngx_http_print_task_read_skip(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, const ngx_str_t *token);
static ngx_int_t ngx_http_print_task_write_skip(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, ngx_str_t *token);
static ngx_int_t ngx_http_print_task_skip_hash(ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx, const ngx_str_t *position,
    uint64_t *hash);
static size_t ngx_http_print_task_list_size(ngx_http_print_task_ctx_t *ctx);
static u_char *ngx_http_print_task_list_write(u_char *p,
    ngx_http_print_task_ctx_t *ctx);
static void ngx_http_print_task_list_task(ngx_http_print_task_ctx_t *ctx,
    const pt_listed_t *listed, u_char *tag, pt_owned_task_t *task);
static void ngx_http_print_task_list_base(ngx_http_request_t *r,
    ngx_str_t *scheme, ngx_str_t *host);
static ngx_int_t ngx_http_print_task_list_context(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, ngx_str_t *url);
static ngx_int_t ngx_http_print_task_list_next(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, ngx_str_t *url);


/*
 * The query is read before the store is asked: a wrong option costs no
 * operation.
 */

pt_reason_e
ngx_http_print_task_read_query(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    u_char                    *buf;
    pt_query_t                 query;
    ngx_http_print_task_op_t  *op;

    static ngx_str_t  skip = ngx_string("$skiptoken"),
                      overdue = ngx_string("overdue");

    if (ctx->conf->key != NULL) {
        return PT_LIST_NOT_SUPPORTED;
    }

    buf = ngx_pnalloc(r->pool, r->args.len + 1);
    if (buf == NULL) {
        return PT_INTERNAL;
    }

    if (pt_query_read(&r->args, buf, NGX_HTTP_PRINT_TASK_LIST_MAX, &query)
        != NGX_OK)
    {
        return ngx_http_print_task_refuse_option(ctx, &query.option);
    }

    op = &ctx->op;

    op->type = PT_OPERATION_LIST;
    op->max = query.top ? query.top : NGX_HTTP_PRINT_TASK_LIST_MAX;
    op->sources = query.states;

    if (query.overdue) {

        if (ctx->conf->overdue == 0) {
            return ngx_http_print_task_refuse_option(ctx, &overdue);
        }

        op->overdue = ctx->conf->overdue;
        op->sources &= ~ctx->conf->rules.final;
    }

    ngx_str_null(&op->app);

    if (!ctx->admin) {
        op->app = ctx->token.claims.app;
    }

    ctx->top = query.top;

    if (query.skip.data == NULL) {
        return PT_OK;
    }

    switch (ngx_http_print_task_read_skip(r, ctx, &query.skip)) {

    case NGX_OK:
        return PT_OK;

    case NGX_DECLINED:
        return ngx_http_print_task_refuse_option(ctx, &skip);

    default: /* NGX_ERROR */
        return PT_INTERNAL;
    }
}


static pt_reason_e
ngx_http_print_task_refuse_option(ngx_http_print_task_ctx_t *ctx,
    ngx_str_t *option)
{
    ctx->option = *option;

    return PT_QUERY_NOT_SUPPORTED;
}


/* NGX_DECLINED: the $skiptoken belongs to another list */

static ngx_int_t
ngx_http_print_task_read_skip(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, const ngx_str_t *token)
{
    uint64_t   hash;
    ngx_str_t  text, position;

    text.data = ngx_pnalloc(r->pool, pt_base64url_size(token->len) + 1);
    if (text.data == NULL) {
        return NGX_ERROR;
    }

    if (pt_base64url_decode(&text, token) != NGX_OK
        || text.len <= NGX_HTTP_PRINT_TASK_SKIP_HASH)
    {
        return NGX_DECLINED;
    }

    position.data = text.data + NGX_HTTP_PRINT_TASK_SKIP_HASH;
    position.len = text.len - NGX_HTTP_PRINT_TASK_SKIP_HASH;

    if (ngx_http_print_task_skip_hash(r, ctx, &position, &hash) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_memcmp(text.data, &hash, NGX_HTTP_PRINT_TASK_SKIP_HASH) != 0) {
        return NGX_DECLINED;
    }

    ctx->op.after = position;

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_write_skip(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, ngx_str_t *token)
{
    u_char     *p;
    uint64_t    hash;
    ngx_str_t   text, *next;

    next = &ctx->op.next;

    text.len = NGX_HTTP_PRINT_TASK_SKIP_HASH + next->len;

    p = ngx_pnalloc(r->pool, text.len + ngx_base64_encoded_length(text.len));

    if (p == NULL
        || ngx_http_print_task_skip_hash(r, ctx, next, &hash) != NGX_OK)
    {
        return NGX_ERROR;
    }

    text.data = p;

    p = ngx_cpymem(p, &hash, NGX_HTTP_PRINT_TASK_SKIP_HASH);
    p = ngx_cpymem(p, next->data, next->len);

    token->data = p;

    ngx_encode_base64url(token, &text);

    return NGX_OK;
}


/* the hash of a position in the list of this definition with this filter */

static ngx_int_t
ngx_http_print_task_skip_hash(ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx, const ngx_str_t *position,
    uint64_t *hash)
{
    u_char     *p;
    size_t      len;
    uint64_t    two[2];
    ngx_str_t   text;

    static const u_char  seed[PT_SIPHASH_SEED_LEN] = "print task list";

    len = sizeof("::: overdue") - 1 + ctx->token.claims.tenant.len
          + ctx->route.definition.len + NGX_INT_T_LEN + position->len;

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    text.data = p;

    p = ngx_cpymem(p, ctx->token.claims.tenant.data,
                   ctx->token.claims.tenant.len);
    *p++ = ':';
    p = pt_route_id_key(p, &ctx->route.definition);
    p = ngx_sprintf(p, ":%ui%s:", ctx->op.sources,
                    ctx->op.overdue ? " overdue" : "");
    p = ngx_cpymem(p, position->data, position->len);

    text.len = p - text.data;

    pt_siphash(seed, text.data, text.len, two);

    *hash = two[0];

    return NGX_OK;
}


/*
 * The size of the list is computed first, so that the whole response is in one
 * buffer.
 */

ngx_int_t
ngx_http_print_task_send_list(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ngx_buf_t  *b;
    ngx_str_t   context, next;

    ngx_str_null(&next);

    if (ngx_http_print_task_list_context(r, ctx, &context) != NGX_OK
        || (ctx->op.next.data != NULL
            && ngx_http_print_task_list_next(r, ctx, &next) != NGX_OK))
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    b = ngx_create_temp_buf(r->pool,
                      sizeof("{\"@odata.context\":\"\",\"value\":[],"
                             "\"@odata.nextLink\":\"\"}")
                      + pt_json_escaped(&context) + pt_json_escaped(&next)
                      + ngx_http_print_task_list_size(ctx));
    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    b->last = pt_write(b->last, "{\"@odata.context\":\"");
    b->last = pt_json_escape(b->last, &context);
    b->last = pt_write(b->last, "\",\"value\":[");
    b->last = ngx_http_print_task_list_write(b->last, ctx);
    b->last = pt_write(b->last, "]");

    if (next.data != NULL) {
        b->last = pt_write(b->last, ",\"@odata.nextLink\":\"");
        b->last = pt_json_escape(b->last, &next);
        b->last = pt_write(b->last, "\"");
    }

    b->last = pt_write(b->last, "}");

    r->headers_out.status = NGX_HTTP_OK;

    return ngx_http_print_task_send_json(r, b);
}


static size_t
ngx_http_print_task_list_size(ngx_http_print_task_ctx_t *ctx)
{
    size_t            size;
    u_char            tag[PT_ETAG_MAX];
    ngx_uint_t        i;
    pt_owned_task_t   task;

    size = 0;

    for (i = 0; i < ctx->op.ntasks; i++) {
        ngx_http_print_task_list_task(ctx, &ctx->op.tasks[i], tag, &task);

        size += pt_put_size(&task, &ctx->op.tasks[i].id) + 1;
    }

    return size;
}


static u_char *
ngx_http_print_task_list_write(u_char *p, ngx_http_print_task_ctx_t *ctx)
{
    u_char            tag[PT_ETAG_MAX];
    ngx_uint_t        i;
    pt_owned_task_t   task;

    for (i = 0; i < ctx->op.ntasks; i++) {

        if (i) {
            *p++ = ',';
        }

        ngx_http_print_task_list_task(ctx, &ctx->op.tasks[i], tag, &task);

        p = pt_put_write(p, &task, &ctx->op.tasks[i].id);
    }

    return p;
}


static void
ngx_http_print_task_list_task(ngx_http_print_task_ctx_t *ctx,
    const pt_listed_t *listed, u_char *tag, pt_owned_task_t *task)
{
    task->task = listed->snapshot.task;
    task->etag.data = tag;
    task->etag.len = pt_etag_write(tag, listed->snapshot.rev) - tag;

    ngx_str_null(&task->app);

    if (ctx->admin) {
        task->app = listed->snapshot.app;
    }
}


/* the scheme and host that the client used */

static void
ngx_http_print_task_list_base(ngx_http_request_t *r, ngx_str_t *scheme,
    ngx_str_t *host)
{
    ngx_str_set(scheme, "http://");

#if (NGX_HTTP_SSL)
    if (r->connection->ssl) {
        ngx_str_set(scheme, "https://");
    }
#endif

    *host = r->headers_in.host ? r->headers_in.host->value
                               : r->headers_in.server;

    if (host->len == 0) {
        ngx_str_set(scheme, "");
    }
}


/* "https://host/v1.0/$metadata#print/taskDefinitions('...')/tasks" */

static ngx_int_t
ngx_http_print_task_list_context(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, ngx_str_t *url)
{
    u_char     *p;
    ngx_str_t   scheme, host, prefix;

    ngx_http_print_task_list_base(r, &scheme, &host);

    pt_route_resource(&r->uri, &prefix);

    prefix.len = prefix.data - r->uri.data;
    prefix.data = r->uri.data;

    url->len = scheme.len + host.len + prefix.len
               + sizeof("/$metadata#print/taskDefinitions('')/tasks") - 1
               + ctx->route.definition.len;

    p = ngx_pnalloc(r->pool, url->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    url->data = p;

    p = pt_write_str(p, &scheme);
    p = pt_write_str(p, &host);
    p = pt_write_str(p, &prefix);
    p = pt_write(p, "/$metadata#print/taskDefinitions('");
    p = pt_write_str(p, &ctx->route.definition);
    (void) pt_write(p, "')/tasks");

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_list_next(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, ngx_str_t *url)
{
    u_char      *p, *args;
    ngx_str_t    scheme, host, path, token;
    ngx_uint_t   state;

    if (ngx_http_print_task_write_skip(r, ctx, &token) != NGX_OK) {
        return NGX_ERROR;
    }

    ngx_http_print_task_list_base(r, &scheme, &host);

    path = r->unparsed_uri;

    args = ngx_strlchr(path.data, path.data + path.len, '?');

    if (args != NULL) {
        path.len = args - path.data;
    }

    p = ngx_pnalloc(r->pool,
                    scheme.len + host.len + path.len + token.len
                    + sizeof("?$top=&$filter=status/state%20eq%20'processing'"
                             "&overdue=true&$skiptoken=") - 1
                    + NGX_INT_T_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    url->data = p;

    p = pt_write_str(p, &scheme);
    p = pt_write_str(p, &host);
    p = pt_write_str(p, &path);
    *p++ = '?';

    if (ctx->top) {
        p = ngx_sprintf(p, "$top=%ui&", ctx->top);
    }

    for (state = 0; state < PT_STATES; state++) {

        if (ctx->op.sources == pt_state_bit(state)) {
            p = pt_write(p, "$filter=status/state%20eq%20'");
            p = pt_write_str(p, &pt_state_names[state]);
            p = pt_write(p, "'&");
        }
    }

    if (ctx->op.overdue) {
        p = pt_write(p, "overdue=true&");
    }

    p = pt_write(p, "$skiptoken=");
    p = pt_write_str(p, &token);

    url->len = p - url->data;

    return NGX_OK;
}
