
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The operation that a request needs in the store, with its key and its lease.
 */


#include "http/operation.h"

#include <openssl/rand.h>

#include "core/pt_route.h"
#include "core/pt_rules.h"
#include "core/pt_task.h"
#include "store/store.h"
#include "conf/conf.h"
#include "http/condition.h"


static ngx_int_t ngx_http_print_task_store_key(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_default_key(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_index_key(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_stream_key(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
static ngx_int_t ngx_http_print_task_definition_key(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, const ngx_str_t *prefix, ngx_str_t *key);
static ngx_int_t ngx_http_print_task_lease_id(ngx_http_print_task_ctx_t *ctx);


ngx_int_t
ngx_http_print_task_store_op(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ngx_http_print_task_op_t  *op;

    op = &ctx->op;

    if (op->type == PT_OPERATION_LIST) {
        op->pool = r->pool;
        op->log = r->connection->log;

        return ngx_http_print_task_index_key(r, ctx);
    }

    if (op->type == PT_OPERATION_EVENTS) {
        op->log = r->connection->log;

        return ngx_http_print_task_stream_key(r, ctx);
    }

    if (op->key.data == NULL
        && ngx_http_print_task_store_key(r, ctx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    op->pool = r->pool;
    op->log = r->connection->log;
    op->final = ctx->conf->rules.final;
    op->tenant = ctx->token.claims.tenant;

    if (op->stream.data == NULL
        && ngx_http_print_task_stream_key(r, ctx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ctx->conf->mode == NGX_HTTP_PRINT_TASK_ANSWER
        && ngx_http_print_task_read_condition(r, ctx) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (op->type == PT_OPERATION_PUT) {
        /* the step "put" has set the other fields */
        op->overdue = ctx->conf->overdue;
        return ngx_http_print_task_index_key(r, ctx);
    }

    if (r->method == NGX_HTTP_DELETE) {
        op->type = PT_OPERATION_DELETE;
        return ngx_http_print_task_index_key(r, ctx);
    }

    op->app = ctx->token.claims.app;

    if (ctx->conf->mode == NGX_HTTP_PRINT_TASK_FORWARD) {

        if (ngx_http_print_task_lease_id(ctx) != NGX_OK) {
            return NGX_ERROR;
        }

        op->type = PT_OPERATION_RESERVE;
        op->lease_time = ctx->conf->lease;
        op->sources = (ctx->any_source || ctx->conf->dry_run)
                      ? PT_ANY_STATE
                      : pt_rules_reach(&ctx->conf->rules, &ctx->update);
        return NGX_OK;
    }

    if (ctx->update.state == PT_UNKNOWN && !ctx->update.has_description) {
        op->type = PT_OPERATION_READ;

    } else {
        op->type = PT_OPERATION_APPLY;
        op->update = ctx->update;
        op->sources = pt_rules_sources(&ctx->conf->rules, &ctx->update);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_store_key(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ngx_int_t  rc;

    if (ctx->conf->key == NULL) {
        return ngx_http_print_task_default_key(r, ctx);
    }

    ctx->building_key = 1;

    rc = ngx_http_complex_value(r, ctx->conf->key, &ctx->op.key);

    ctx->building_key = 0;

    return rc;
}


/*
 * "print-task:{REALM/TENANT/DEFINITION}/TASK", without "REALM/" if no realm is
 * set.  No part contains "/" or a brace, so two tasks never share a key.  All
 * tasks of a definition are in one slot of a Redis cluster.  A complex value
 * could build the same key at ten times the cost.
 */

static ngx_int_t
ngx_http_print_task_default_key(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    u_char     *p;
    size_t      len;
    ngx_str_t  *key, *tenant;

    key = &ctx->op.key;
    tenant = &ctx->token.claims.tenant;

    len = ctx->conf->key_prefix.len + tenant->len + sizeof("/}/") - 1
          + ctx->route.definition.len + ctx->route.task.len;

    p = ngx_pnalloc(r->pool, len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    key->data = p;
    key->len = len;

    p = ngx_cpymem(p, ctx->conf->key_prefix.data, ctx->conf->key_prefix.len);
    p = ngx_cpymem(p, tenant->data, tenant->len);
    *p++ = '/';
    p = pt_route_id_key(p, &ctx->route.definition);
    *p++ = '}';
    *p++ = '/';
    (void) pt_route_id_key(p, &ctx->route.task);

    return NGX_OK;
}


/*
 * "print-task-index:{REALM/TENANT/DEFINITION}".  Keys of print_task_key have no
 * index, because they do not show which tasks belong to one definition.
 */

static ngx_int_t
ngx_http_print_task_index_key(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    static const ngx_str_t  prefix = ngx_string("print-task-index");

    if (ctx->conf->key != NULL) {
        return NGX_OK;
    }

    return ngx_http_print_task_definition_key(r, ctx, &prefix,
                                              &ctx->op.index);
}


/* "print-task-events:{REALM/TENANT/DEFINITION}" */

static ngx_int_t
ngx_http_print_task_stream_key(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    static const ngx_str_t  prefix = ngx_string("print-task-events");

    if (ctx->conf->events_keep == 0) {
        return NGX_OK;
    }

    ctx->op.keep = ctx->conf->events_keep;

    return ngx_http_print_task_definition_key(r, ctx, &prefix,
                                              &ctx->op.stream);
}


static ngx_int_t
ngx_http_print_task_definition_key(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, const ngx_str_t *prefix, ngx_str_t *key)
{
    u_char     *p;
    ngx_str_t   rest, *tenant;

    tenant = &ctx->token.claims.tenant;

    rest.data = ctx->conf->key_prefix.data + sizeof("print-task") - 1;
    rest.len = ctx->conf->key_prefix.len - (sizeof("print-task") - 1);

    p = ngx_pnalloc(r->pool, prefix->len + rest.len + tenant->len
                             + sizeof("/}") - 1 + ctx->route.definition.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    key->data = p;

    p = ngx_cpymem(p, prefix->data, prefix->len);
    p = ngx_cpymem(p, rest.data, rest.len);
    p = ngx_cpymem(p, tenant->data, tenant->len);
    *p++ = '/';
    p = pt_route_id_key(p, &ctx->route.definition);
    *p++ = '}';

    key->len = p - key->data;

    return NGX_OK;
}


/* unique over all workers of all gateways, for the lifetime of the store */

static ngx_int_t
ngx_http_print_task_lease_id(ngx_http_print_task_ctx_t *ctx)
{
    u_char           *p;
    static uint64_t   worker, serial;

    if (ctx->op.lease.len) {
        return NGX_OK;
    }

    if (worker == 0
        && RAND_bytes((u_char *) &worker, sizeof(uint64_t)) != 1)
    {
        ngx_ssl_error(NGX_LOG_ALERT, ctx->request->connection->log, 0,
                      "RAND_bytes() failed");
        return NGX_ERROR;
    }

    p = ngx_sprintf(ctx->lease_id, "%016xL%xL", worker, ++serial);

    ctx->op.lease.data = ctx->lease_id;
    ctx->op.lease.len = p - ctx->lease_id;

    return NGX_OK;
}
