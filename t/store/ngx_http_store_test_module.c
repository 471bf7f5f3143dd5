
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * For t/store_contract.t: a request does one operation on the store of its
 * location, and is answered with what came of it, a line each.  The operation
 * is in the arguments:
 *
 *     op, key, tenant, lease, lease_time, sources, final, app, state,
 *     description, parentUrl, ttl, create, match, hold, rev, index, after,
 *     max
 *
 * A settlement has no result, so READ follows it.  States are
 * numbers, sets of them are sums of 1 << number.
 */


#include "http/ctx.h"


typedef struct {
    ngx_http_print_task_op_t       op;
    ngx_http_request_t            *request;
    ngx_http_print_task_store_t   *store;
    unsigned                       pending:1;
} ngx_http_store_test_ctx_t;


static ngx_int_t ngx_http_store_test_handler(ngx_http_request_t *r);
static ngx_int_t ngx_http_store_test_op(ngx_http_request_t *r,
    ngx_http_print_task_op_t *op);
static ngx_int_t ngx_http_store_test_arg(ngx_http_request_t *r, char *name,
    ngx_str_t *value);
static ngx_uint_t ngx_http_store_test_number(ngx_http_request_t *r,
    char *name);
static ngx_int_t ngx_http_store_test_start(ngx_http_store_test_ctx_t *ctx);
static void ngx_http_store_test_done(ngx_http_print_task_op_t *op);
static void ngx_http_store_test_cleanup(void *data);
static ngx_int_t ngx_http_store_test_send(ngx_http_store_test_ctx_t *ctx);
static u_char *ngx_http_store_test_text(u_char *p, char *name,
    const ngx_str_t *text);
static ngx_int_t ngx_http_store_test_init(ngx_conf_t *cf);


/* in the order of pt_operation_e, pt_result_e */

static char  *ngx_http_store_test_ops[] = {
    "read", "reserve", "apply", "put", "delete", "list", "events", "indexes",
    "overdue", "commit", "release", "invalidate", NULL
};

static char  *ngx_http_store_test_results[] = {
    "seen", "granted", "busy", "applied", "created", "absent", "broken",
    "down", "queue_full", "store_full", "failed"
};


static ngx_http_module_t  ngx_http_store_test_module_ctx = {
    NULL,                                  /* preconfiguration */
    ngx_http_store_test_init,              /* postconfiguration */

    NULL,                                  /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    NULL,                                  /* create location configuration */
    NULL                                   /* merge location configuration */
};


ngx_module_t  ngx_http_store_test_module = {
    NGX_MODULE_V1,
    &ngx_http_store_test_module_ctx,       /* module context */
    NULL,                                  /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    NULL,                                  /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    NULL,                                  /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


/* what nginx's configure writes for a module that is loaded */

ngx_module_t  *ngx_modules[] = {
    &ngx_http_store_test_module,
    NULL
};

char  *ngx_module_names[] = {
    "ngx_http_store_test_module",
    NULL
};

char  *ngx_module_order[] = {
    NULL
};


/* before the phases in which the module asks for a token, and instead */

static ngx_int_t
ngx_http_store_test_handler(ngx_http_request_t *r)
{
    ngx_int_t                        rc;
    ngx_str_t                        type;
    ngx_pool_cleanup_t              *cln;
    ngx_http_store_test_ctx_t       *ctx;
    ngx_http_print_task_loc_conf_t  *ptlcf;

    if (ngx_http_store_test_arg(r, "op", &type) != NGX_OK) {
        return NGX_DECLINED;
    }

    ptlcf = ngx_http_get_module_loc_conf(r, ngx_http_print_task_module);

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_store_test_ctx_t));
    if (cln == NULL || ptlcf->store == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx = cln->data;

    ngx_memzero(ctx, sizeof(ngx_http_store_test_ctx_t));

    cln->handler = ngx_http_store_test_cleanup;

    ctx->request = r;
    ctx->store = ptlcf->store;
    ctx->op.data = ctx;

    if (ngx_http_store_test_op(r, &ctx->op) != NGX_OK) {
        return NGX_HTTP_BAD_REQUEST;
    }

    rc = ngx_http_store_test_start(ctx);

    if (rc != NGX_AGAIN) {
        ngx_http_finalize_request(r, ngx_http_store_test_send(ctx));
    }

    return NGX_DONE;
}


static ngx_int_t
ngx_http_store_test_op(ngx_http_request_t *r, ngx_http_print_task_op_t *op)
{
    char       **name;
    ngx_str_t    type;

    if (ngx_http_store_test_arg(r, "op", &type) != NGX_OK
        || ngx_http_store_test_arg(r, "key", &op->key) != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (name = ngx_http_store_test_ops; *name; name++) {

        if (type.len == ngx_strlen(*name)
            && ngx_strncmp(type.data, *name, type.len) == 0)
        {
            break;
        }
    }

    if (*name == NULL) {
        return NGX_ERROR;
    }

    op->type = name - ngx_http_store_test_ops;

    (void) ngx_http_store_test_arg(r, "lease", &op->lease);
    (void) ngx_http_store_test_arg(r, "tenant", &op->tenant);
    (void) ngx_http_store_test_arg(r, "app", &op->app);
    (void) ngx_http_store_test_arg(r, "match", &op->match);
    (void) ngx_http_store_test_arg(r, "index", &op->index);
    (void) ngx_http_store_test_arg(r, "after", &op->after);
    (void) ngx_http_store_test_arg(r, "parentUrl", &op->task.parent_url);

    op->update.has_description =
        (ngx_http_store_test_arg(r, "description", &op->task.description)
         == NGX_OK);

    op->update.description = op->task.description;

    /* a description of null to be set */

    op->update.has_description |= ngx_http_store_test_number(r, "null");

    op->lease_time = ngx_http_store_test_number(r, "lease_time");
    op->sources = ngx_http_store_test_number(r, "sources");
    op->final = ngx_http_store_test_number(r, "final");
    op->ttl = ngx_http_store_test_number(r, "ttl");
    op->create = ngx_http_store_test_number(r, "create");
    op->hold = ngx_http_store_test_number(r, "hold");
    op->rev = ngx_http_store_test_number(r, "rev");
    op->max = ngx_http_store_test_number(r, "max");
    op->overdue = ngx_http_store_test_number(r, "overdue");

    op->task.state = ngx_http_store_test_number(r, "state");
    op->update.state = op->task.state;

    op->pool = r->pool;
    op->log = r->connection->log;
    op->done = ngx_http_store_test_done;

    return NGX_OK;
}


static ngx_int_t
ngx_http_store_test_arg(ngx_http_request_t *r, char *name, ngx_str_t *value)
{
    u_char  *dst, *src;

    if (ngx_http_arg(r, (u_char *) name, ngx_strlen(name), value) != NGX_OK) {
        return NGX_DECLINED;
    }

    src = value->data;

    /* an empty string needs an address, too */

    value->data = ngx_pnalloc(r->pool, value->len + 1);
    if (value->data == NULL) {
        return NGX_ERROR;
    }

    dst = value->data;

    ngx_unescape_uri(&dst, &src, value->len, 0);

    value->len = dst - value->data;

    return NGX_OK;
}


static ngx_uint_t
ngx_http_store_test_number(ngx_http_request_t *r, char *name)
{
    ngx_int_t  n;
    ngx_str_t  value;

    if (ngx_http_arg(r, (u_char *) name, ngx_strlen(name), &value) != NGX_OK) {
        return 0;
    }

    n = ngx_atoi(value.data, value.len);

    return (n == NGX_ERROR) ? 0 : n;
}


static ngx_int_t
ngx_http_store_test_start(ngx_http_store_test_ctx_t *ctx)
{
    ngx_int_t                  rc;
    ngx_http_print_task_op_t  *op;

    op = &ctx->op;

    if (pt_operation_settles(op->type)) {
        ngx_http_print_task_op_settle(ctx->store, op);
        op->type = PT_OPERATION_READ;
    }

    rc = ctx->store->start(ctx->store, op);

    ctx->pending = (rc == NGX_AGAIN);

    return rc;
}


static void
ngx_http_store_test_done(ngx_http_print_task_op_t *op)
{
    ngx_connection_t           *c;
    ngx_http_request_t         *r;
    ngx_http_store_test_ctx_t  *ctx;

    ctx = op->data;
    r = ctx->request;
    c = r->connection;

    ctx->pending = 0;

    ngx_http_finalize_request(r, ngx_http_store_test_send(ctx));
    ngx_http_run_posted_requests(c);
}


static void
ngx_http_store_test_cleanup(void *data)
{
    ngx_http_store_test_ctx_t *ctx = data;

    if (ctx->pending) {
        ctx->store->cancel(ctx->store, &ctx->op);
    }
}


static ngx_int_t
ngx_http_store_test_send(ngx_http_store_test_ctx_t *ctx)
{
    size_t                     size;
    ngx_int_t                  rc;
    ngx_buf_t                 *b;
    ngx_uint_t                 i;
    ngx_chain_t                out;
    pt_snapshot_t             *snapshot;
    ngx_http_request_t        *r;
    ngx_http_print_task_op_t  *op;

    r = ctx->request;
    op = &ctx->op;
    snapshot = &op->snapshot;

    size = 512 + snapshot->app.len + snapshot->task.description.len
           + snapshot->task.parent_url.len + op->next.len
           + op->ntasks * 512 + op->nindexes * 256;

    b = ngx_create_temp_buf(r->pool, size);
    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    b->last = ngx_sprintf(b->last,
                          "result %s\nnow %uL\nrev %uL\nconfirmed %uL\n"
                          "left %uL\nstate %d\nfrom %d\nworker %P\ncount %ui\n",
                          ngx_http_store_test_results[op->result],
                          snapshot->now, snapshot->rev, snapshot->confirmed,
                          snapshot->lease_left, snapshot->task.state, op->from,
                          ngx_pid, op->count);

    b->last = ngx_http_store_test_text(b->last, "next", &op->next);

    for (i = 0; i < op->ntasks; i++) {
        b->last = ngx_sprintf(b->last, "id%ui %V\n", i, &op->tasks[i].id);
    }

    for (i = 0; op->type == PT_OPERATION_OVERDUE && i < op->ntasks; i++) {
        b->last = ngx_sprintf(b->last, "since%ui %uL\ndefinition%ui %V\n", i,
                              op->tasks[i].since, i, &op->tasks[i].definition);
    }

    for (i = 0; i < op->nindexes; i++) {
        b->last = ngx_sprintf(b->last, "index%ui %V\n", i, &op->indexes[i]);
    }

    b->last = ngx_http_store_test_text(b->last, "app", &snapshot->app);
    b->last = ngx_http_store_test_text(b->last, "description",
                                       &snapshot->task.description);
    b->last = ngx_http_store_test_text(b->last, "parentUrl",
                                       &snapshot->task.parent_url);
    b->last_buf = 1;

    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = b->last - b->pos;

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    out.buf = b;
    out.next = NULL;

    return ngx_http_output_filter(r, &out);
}


/* no line of what is null */

static u_char *
ngx_http_store_test_text(u_char *p, char *name, const ngx_str_t *text)
{
    return text->data ? ngx_sprintf(p, "%s %V\n", name, text) : p;
}


static ngx_int_t
ngx_http_store_test_init(ngx_conf_t *cf)
{
    ngx_http_handler_pt        *h;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[NGX_HTTP_PREACCESS_PHASE].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = ngx_http_store_test_handler;

    return NGX_OK;
}
