
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The gate in front of all back ends.  Each request that an upstream module of
 * nginx has created passes the gate before nginx connects, whatever led the
 * request there: an error page, a redirect, a script, a subrequest.  The gate
 * lets it pass only if the back end gets what was checked.
 * nginx calls peer.init of an upstream after the request for the back end is
 * complete, and before the connection.  If the upstream depends on the request,
 * its peer.init cannot be replaced at load; nginx evaluates the address of
 * "proxy_bind" at the same time, so the gate is there.
 */


#include "http/gate.h"

#include "core/pt_gate.h"
#include "core/pt_str_list.h"
#include "core/pt_reason.h"
#include "token/keys_fetch.h"
#include "http/ctx.h"
#include "http/log.h"
#include "http/route.h"
#include "http/settle.h"


/*
 * What the module knows of a main request in any location.  The bits are in the
 * value of an internal variable: an internal redirect does not clear variables,
 * and they need no allocation.
 */

#define NGX_HTTP_PRINT_TASK_PLACED     0x01  /* the location is not guarded */
#define NGX_HTTP_PRINT_TASK_ENTERED    0x02  /* a guarded location */
#define NGX_HTTP_PRINT_TASK_DRY        0x04  /* a guarded location with a dry
                                                run */
#define NGX_HTTP_PRINT_TASK_REWRITTEN  0x08  /* ENTERED, then redirected out
                                                of the location */


typedef struct {
    ngx_http_upstream_srv_conf_t      *upstream;
    ngx_http_upstream_init_peer_pt     init;
} ngx_http_print_task_peer_t;


typedef struct ngx_http_print_task_late_s  ngx_http_print_task_late_t;

typedef struct {
    void                              *code;
    ngx_http_print_task_late_t        *late;
    uintptr_t                          end;
} ngx_http_print_task_late_code_t;


/* the gate of an upstream that depends on the request */

struct ngx_http_print_task_late_s {
    ngx_http_upstream_local_t          local;
    ngx_http_complex_value_t           value;
    ngx_http_print_task_late_code_t    length;
    ngx_http_print_task_late_code_t    copy;

    /* the original "proxy_bind" */
    ngx_http_complex_value_t          *bind;
    ngx_str_t                          address;
};


static ngx_int_t ngx_http_print_task_marks_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static uintptr_t ngx_http_print_task_marks(ngx_http_request_t *r);
static ngx_int_t ngx_http_print_task_gate_peers(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf);
static int ngx_libc_cdecl ngx_http_print_task_cmp_peers(const void *one,
    const void *two);
static ngx_int_t ngx_http_print_task_gate_late(ngx_conf_t *cf,
    ngx_http_upstream_conf_t *ucf);
static ngx_int_t ngx_http_print_task_init_peer(ngx_http_request_t *r,
    ngx_http_upstream_srv_conf_t *uscf);
static size_t ngx_http_print_task_late_length(ngx_http_script_engine_t *e);
static void ngx_http_print_task_late_copy(ngx_http_script_engine_t *e);
static void ngx_http_print_task_lead_nowhere(ngx_http_request_t *r);
static ngx_int_t ngx_http_print_task_init_nowhere(ngx_http_request_t *r,
    ngx_http_upstream_srv_conf_t *uscf);
static ngx_int_t ngx_http_print_task_gate(ngx_http_request_t *r);
static ngx_int_t ngx_http_print_task_history(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t **ctxp, pt_gate_e *history);
static ngx_uint_t ngx_http_print_task_before_location(ngx_http_request_t *r);
static pt_gate_e ngx_http_print_task_verdict_history(ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx);
static void ngx_http_print_task_gate_input(ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx, pt_gate_t *gate);
static pt_reason_e ngx_http_print_task_gate_check(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, pt_gate_e history);
static pt_reason_e ngx_http_print_task_gate_unread(ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx, const pt_gate_t *gate);
static ngx_uint_t ngx_http_print_task_same_body(ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx, const pt_sent_t *sent);
static const u_char *ngx_http_print_task_match_body(const u_char *p,
    const u_char *last, const ngx_chain_t *cl, size_t skip);
static void ngx_http_print_task_client_path(ngx_http_request_t *r,
    ngx_str_t *path);
static void ngx_http_print_task_gate_refuse(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, pt_reason_e reason);
static void ngx_http_print_task_gate_would_refuse(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, pt_reason_e reason);


/* the name has spaces: no configuration can use it */

static ngx_str_t  ngx_http_print_task_marks_name =
    ngx_string("print task marks");


static ngx_http_upstream_srv_conf_t  ngx_http_print_task_nowhere = {
    .peer = { .init = ngx_http_print_task_init_nowhere }
};


ngx_int_t
ngx_http_print_task_gate_init(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf)
{
    ngx_uint_t                  i;
    ngx_http_variable_t        *var;
    ngx_http_upstream_conf_t  **late;

    if (!ptmcf->used) {
        return NGX_OK;
    }

    var = ngx_http_add_variable(cf, &ngx_http_print_task_marks_name,
                                NGX_HTTP_VAR_NOCACHEABLE|NGX_HTTP_VAR_NOHASH);
    if (var == NULL) {
        return NGX_ERROR;
    }

    var->get_handler = ngx_http_print_task_marks_variable;

    ptmcf->marks = ngx_http_get_variable_index(cf,
                                              &ngx_http_print_task_marks_name);

    if (ptmcf->marks == NGX_ERROR) {
        return NGX_ERROR;
    }

    late = ptmcf->late.elts;

    for (i = 0; i < ptmcf->late.nelts; i++) {
        if (ngx_http_print_task_gate_late(cf, late[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return ngx_http_print_task_gate_peers(cf, ptmcf);
}


static ngx_int_t
ngx_http_print_task_marks_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    /* v->data keeps the bits */

    v->not_found = 1;

    return NGX_OK;
}


static uintptr_t
ngx_http_print_task_marks(ngx_http_request_t *r)
{
    ngx_http_print_task_main_conf_t  *ptmcf;

    ptmcf = ngx_http_get_module_main_conf(r, ngx_http_print_task_module);

    return (uintptr_t) r->main->variables[ptmcf->marks].data;
}


/*
 * Runs when a request enters a location.  nginx chooses the first location,
 * unless the request failed before; uri_changes counts redirects down.
 * "rewrite" leaves a location before any check there.  So does an error page,
 * but only for a named location, or with a status.
 */

ngx_int_t
ngx_http_print_task_rewrite_handler(ngx_http_request_t *r)
{
    uintptr_t                              marks;
    ngx_http_core_loc_conf_t              *clcf;
    ngx_http_print_task_ctx_t             *ctx;
    ngx_http_print_task_main_conf_t       *ptmcf;
    const ngx_http_print_task_loc_conf_t  *ptlcf;

    if (r != r->main) {
        return NGX_DECLINED;
    }

    ptlcf = ngx_http_get_module_loc_conf(r, ngx_http_print_task_module);
    ptmcf = ngx_http_get_module_main_conf(r, ngx_http_print_task_module);

    marks = (uintptr_t) r->variables[ptmcf->marks].data;

    if (ptlcf->mode != NGX_HTTP_PRINT_TASK_OFF) {
        marks &= ~(uintptr_t) NGX_HTTP_PRINT_TASK_REWRITTEN;
        marks |= ptlcf->dry_run ? NGX_HTTP_PRINT_TASK_DRY
                                : NGX_HTTP_PRINT_TASK_ENTERED;

    } else if (marks & NGX_HTTP_PRINT_TASK_ENTERED) {
        clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);
        ctx = ngx_http_print_task_get_ctx(r);

        /*
         * Evaluating a variable creates a context, too, which is at its first
         * step.
         */

        if (!clcf->named
            && !r->error_page
            && r->err_status == 0
            && (ctx == NULL || ctx->step == NGX_HTTP_PRINT_TASK_STEP_ROUTE))
        {
            marks &= ~(uintptr_t) NGX_HTTP_PRINT_TASK_ENTERED;
            marks |= NGX_HTTP_PRINT_TASK_REWRITTEN;
        }

    } else if (r->uri_changes == NGX_HTTP_MAX_URI_CHANGES + 1) {
        marks |= NGX_HTTP_PRINT_TASK_PLACED;
    }

    r->variables[ptmcf->marks].data = (u_char *) marks;

    return NGX_DECLINED;
}


static ngx_int_t
ngx_http_print_task_gate_peers(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf)
{
    ngx_uint_t                       i, n;
    ngx_http_print_task_peer_t      *peer;
    ngx_http_upstream_srv_conf_t   **uscfp;
    ngx_http_upstream_main_conf_t   *umcf;

    umcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_upstream_module);

    uscfp = umcf->upstreams.elts;
    n = umcf->upstreams.nelts;

    if (ngx_array_init(&ptmcf->peers, cf->pool, n + 1,
                       sizeof(ngx_http_print_task_peer_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    peer = ptmcf->peers.elts;
    ptmcf->peers.nelts = n;

    for (i = 0; i < n; i++) {
        peer[i].upstream = uscfp[i];
        peer[i].init = uscfp[i]->peer.init;

        uscfp[i]->peer.init = ngx_http_print_task_init_peer;
    }

    ngx_qsort(peer, n, sizeof(ngx_http_print_task_peer_t),
              ngx_http_print_task_cmp_peers);

    return NGX_OK;
}


static int ngx_libc_cdecl
ngx_http_print_task_cmp_peers(const void *one, const void *two)
{
    uintptr_t  a, b;

    a = (uintptr_t) ((ngx_http_print_task_peer_t *) one)->upstream;
    b = (uintptr_t) ((ngx_http_print_task_peer_t *) two)->upstream;

    return (a > b) - (a < b);
}


static ngx_int_t
ngx_http_print_task_gate_late(ngx_conf_t *cf, ngx_http_upstream_conf_t *ucf)
{
    ngx_http_print_task_late_t  *late;

    late = ngx_pcalloc(cf->pool, sizeof(ngx_http_print_task_late_t));
    if (late == NULL) {
        return NGX_ERROR;
    }

    if (ucf->local) {
        late->local = *ucf->local;
        late->bind = late->local.value;

        if (late->bind) {
            late->value.flushes = late->bind->flushes;

        } else {
            late->address = late->local.addr->name;
        }
    }

    late->length.code = (void *) (uintptr_t) ngx_http_print_task_late_length;
    late->length.late = late;
    late->copy.code = (void *) (uintptr_t) ngx_http_print_task_late_copy;
    late->copy.late = late;

    late->value.lengths = &late->length;
    late->value.values = &late->copy;
    late->local.value = &late->value;

    ucf->local = &late->local;

    return NGX_OK;
}


/*
 * A cache may answer "auth_request", because the client does not see that
 * answer.
 */

ngx_uint_t
ngx_http_print_task_uncached(ngx_http_request_t *r)
{
    pt_gate_e                   history;
    ngx_str_t                   client;
    ngx_http_print_task_ctx_t  *ctx;

    if (ngx_http_print_task_history(r, &ctx, &history) != NGX_OK) {
        return 0;
    }

    switch (history) {

    case PT_GATE_UNCHECKED:
        return r == r->main || !r->header_only;

    case PT_GATE_REWRITTEN:
        ngx_http_print_task_client_path(r, &client);

        return !pt_gate_is_other(&client) || !pt_gate_is_other(&r->uri);

    default:
        return 0;
    }
}


static ngx_int_t
ngx_http_print_task_init_peer(ngx_http_request_t *r,
    ngx_http_upstream_srv_conf_t *uscf)
{
    ngx_uint_t                        i, first, last;
    ngx_http_print_task_peer_t       *peer;
    ngx_http_print_task_main_conf_t  *ptmcf;

    ptmcf = ngx_http_get_module_main_conf(r, ngx_http_print_task_module);

    peer = ptmcf->peers.elts;
    first = 0;
    last = ptmcf->peers.nelts;

    while (last - first > 1) {
        i = first + (last - first) / 2;

        if ((uintptr_t) peer[i].upstream > (uintptr_t) uscf) {
            last = i;

        } else {
            first = i;
        }
    }

    if (peer[first].upstream != uscf
        || ngx_http_print_task_gate(r) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return peer[first].init(r, uscf);
}


static size_t
ngx_http_print_task_late_length(ngx_http_script_engine_t *e)
{
    ngx_http_print_task_late_t       *late;
    ngx_http_print_task_late_code_t  *code;

    code = (ngx_http_print_task_late_code_t *) e->ip;
    late = code->late;

    if (e->request->upstream->resolved
        && ngx_http_print_task_gate(e->request) != NGX_OK)
    {
        ngx_http_print_task_lead_nowhere(e->request);
    }

    if (late->bind) {
        e->ip = late->bind->lengths;
        return 0;
    }

    e->ip = (u_char *) &code->end;

    return late->address.len;
}


static void
ngx_http_print_task_late_copy(ngx_http_script_engine_t *e)
{
    ngx_http_print_task_late_t       *late;
    ngx_http_print_task_late_code_t  *code;

    code = (ngx_http_print_task_late_code_t *) e->ip;
    late = code->late;

    if (late->bind) {
        e->ip = late->bind->values;
        return;
    }

    e->ip = (u_char *) &code->end;

    if (late->address.len) {
        e->pos = ngx_cpymem(e->pos, late->address.data, late->address.len);
    }
}


/* without memory no upstream is set; nginx logs that and refuses */

static void
ngx_http_print_task_lead_nowhere(ngx_http_request_t *r)
{
    ngx_http_upstream_t       *u;
    ngx_http_upstream_conf_t  *ucf;

    u = r->upstream;
    u->resolved = NULL;

    ucf = ngx_palloc(r->pool, sizeof(ngx_http_upstream_conf_t));
    if (ucf == NULL) {
        return;
    }

    *ucf = *u->conf;
    ucf->upstream = &ngx_http_print_task_nowhere;

    u->conf = ucf;
}


static ngx_int_t
ngx_http_print_task_init_nowhere(ngx_http_request_t *r,
    ngx_http_upstream_srv_conf_t *uscf)
{
    return NGX_ERROR;
}


/* NGX_ERROR: nothing may be sent */

static ngx_int_t
ngx_http_print_task_gate(ngx_http_request_t *r)
{
    pt_gate_e                   history;
    pt_reason_e                 reason;
    ngx_http_print_task_ctx_t  *ctx;

    if (ngx_http_print_task_history(r, &ctx, &history) != NGX_OK) {
        return NGX_OK;
    }

    reason = ngx_http_print_task_gate_check(r, ctx, history);

    if (reason == PT_OK) {
        return NGX_OK;
    }

    /* a dry run lets all requests pass, except the module's own refetch */

    if (ctx != NULL && ctx->conf->dry_run && history != PT_GATE_REFETCH) {
        ngx_http_print_task_gate_would_refuse(r, ctx, reason);
        return NGX_OK;
    }

    ngx_http_print_task_gate_refuse(r, ctx, reason);

    return NGX_ERROR;
}


/*
 * The gate for content handlers without an upstream.  They run in a location
 * that is not guarded, for a request that was refused or not checked elsewhere.
 */

ngx_int_t
ngx_http_print_task_gate_early(ngx_http_request_t *r)
{
    pt_gate_e                   history;
    ngx_http_print_task_ctx_t  *ctx;

    if (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD)) {
        return NGX_DECLINED;
    }

    if (ngx_http_print_task_history(r, &ctx, &history) != NGX_OK
        || history != PT_GATE_UNCHECKED
        || (ctx != NULL && ctx->conf->dry_run))
    {
        return NGX_DECLINED;
    }

    ngx_http_print_task_gate_refuse(r, ctx, PT_NOT_CHECKED);

    ctx = ngx_http_get_module_ctx(r, ngx_http_print_task_module);

    return (ctx != NULL) ? (ngx_int_t) ctx->gate_status : NGX_ERROR;
}


/*
 * What happened to the request before, and the context with its verdict, or
 * NULL.  NGX_DECLINED: no guarded location was involved.
 */

static ngx_int_t
ngx_http_print_task_history(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t **ctxp, pt_gate_e *history)
{
    uintptr_t                              marks;
    ngx_http_print_task_ctx_t             *ctx;
    const ngx_http_print_task_loc_conf_t  *ptlcf;

    marks = ngx_http_print_task_marks(r);

    if ((marks == NGX_HTTP_PRINT_TASK_PLACED && r == r->main)
        || ngx_http_print_task_is_fetch(r))
    {
        return NGX_DECLINED;
    }

    ctx = ngx_http_print_task_judged_ctx(r);
    *ctxp = ctx;

    if (marks & NGX_HTTP_PRINT_TASK_REWRITTEN) {
        *history = PT_GATE_REWRITTEN;
        return NGX_OK;
    }

    if (marks & (NGX_HTTP_PRINT_TASK_ENTERED|NGX_HTTP_PRINT_TASK_DRY)) {

        if (ctx != NULL) {
            *history = ngx_http_print_task_verdict_history(r, ctx);
            return (ctx->conf->dry_run && *history == PT_GATE_UNCHECKED)
                   ? NGX_DECLINED : NGX_OK;
        }

        *history = PT_GATE_UNCHECKED;

        return (marks & NGX_HTTP_PRINT_TASK_ENTERED) ? NGX_OK : NGX_DECLINED;
    }

    if (marks == 0 && ngx_http_print_task_before_location(r->main)) {
        *history = PT_GATE_UNCHECKED;
        return NGX_OK;
    }

    ptlcf = ngx_http_get_module_loc_conf(r, ngx_http_print_task_module);

    if (r != r->main
        && ptlcf->mode != NGX_HTTP_PRINT_TASK_OFF
        && !ptlcf->dry_run)
    {
        *history = PT_GATE_FOREIGN;
        return NGX_OK;
    }

    return NGX_DECLINED;
}


/*
 * Whether the request failed before nginx chose a location that may be guarded.
 */

static ngx_uint_t
ngx_http_print_task_before_location(ngx_http_request_t *r)
{
    ngx_http_print_task_srv_conf_t  *ptscf;

    ptscf = ngx_http_get_module_srv_conf(r, ngx_http_print_task_module);

    return ptscf->used && r->uri_changes <= NGX_HTTP_MAX_URI_CHANGES;
}


static pt_gate_e
ngx_http_print_task_verdict_history(ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx)
{
    if (ctx->refetch.request == r) {
        return PT_GATE_REFETCH;
    }

    /* another access module may have refused the request, or failed */

    if (!ctx->admitted) {
        return PT_GATE_UNCHECKED;
    }

    if (ctx->verdict == NGX_HTTP_PRINT_TASK_FORWARDED) {
        return PT_GATE_FORWARDED;
    }

    if (ctx->verdict == NGX_HTTP_PRINT_TASK_PASSED) {
        return ctx->rules_skipped ? PT_GATE_FORWARDED : PT_GATE_PASSED;
    }

    return PT_GATE_UNCHECKED;
}


static pt_reason_e
ngx_http_print_task_gate_check(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, pt_gate_e history)
{
    pt_gate_t             gate;
    pt_sent_t             sent;
    ngx_buf_t            *b;
    pt_reason_e           reason;
    ngx_http_upstream_t  *u;

    u = r->upstream;

    gate.history = history;
    ngx_http_print_task_gate_input(r, ctx, &gate);

    if (r == r->main && history != PT_GATE_REWRITTEN) {

        /* a script may have set these fields; an error page keeps them */

        reason = ngx_http_print_task_overridden(&r->headers_in.headers);

        if (reason != PT_OK) {
            return PT_REQUEST_CHANGED;
        }
    }

    b = u->request_bufs ? u->request_bufs->buf : NULL;

    if (b == NULL
        || !ngx_buf_in_memory(b)
        || pt_sent_read(b->pos, b->last, &sent) != NGX_OK)
    {
        return ngx_http_print_task_gate_unread(r, ctx, &gate);
    }

    if (history == PT_GATE_FORWARDED) {
        gate.same_body = ctx->conf->dry_run
                         || ngx_http_print_task_same_body(r, ctx, &sent);
    }

    reason = pt_gate_check(&gate, &sent);

    if (reason == PT_OK && r != r->main && !r->background
        && pt_gate_is_change(&gate, &sent))
    {
        ctx->sent_beside = 1;
    }

    return reason;
}


static void
ngx_http_print_task_gate_input(ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx, pt_gate_t *gate)
{
    gate->aside = (r != r->main || r->post_action);
    gate->method = r->method_name;
    gate->same_body = 0;

    ngx_http_print_task_client_path(r, &gate->client);

    if (ctx != NULL) {
        gate->checked_method = ctx->method_name;
        gate->checked_path = ctx->uri;
        gate->route = &ctx->route;
    }
}


/*
 * The protocol is not HTTP/1, so the module cannot read what a back end gets.
 * Such a request passes only if it cannot change a task: a subrequest beside a
 * checked request, a GET of another resource, or, in answer mode, a request
 * that is not for a task.
 */

static pt_reason_e
ngx_http_print_task_gate_unread(ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx, const pt_gate_t *gate)
{
    pt_sent_t   sent;
    ngx_uint_t  known;

    sent.method = r->method_name;
    sent.path = r->uri;

    switch (gate->history) {

    case PT_GATE_REWRITTEN:
        known = pt_gate_is_other(&gate->client);
        break;

    case PT_GATE_PASSED:
        known = gate->aside || ctx->conf->mode == NGX_HTTP_PRINT_TASK_ANSWER;
        break;

    default:
        known = gate->aside && gate->history != PT_GATE_REFETCH
                && (gate->history == PT_GATE_FORWARDED
                    || (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD)));
    }

    return known ? pt_gate_check(gate, &sent)
           : (gate->history == PT_GATE_UNCHECKED
              || gate->history == PT_GATE_REWRITTEN
              || gate->history == PT_GATE_FOREIGN) ? PT_NOT_CHECKED
           : PT_REQUEST_CHANGED;
}


/* whether the body is the canonical body, and the head describes it */

static ngx_uint_t
ngx_http_print_task_same_body(ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx, const pt_sent_t *sent)
{
    const u_char  *p, *last;

    if (ctx->body.len == 0
        || sent->chunked
        || sent->content_length != (off_t) ctx->body.len)
    {
        return 0;
    }

    p = ctx->body.data;
    last = p + ctx->body.len;

    p = ngx_http_print_task_match_body(p, last, r->upstream->request_bufs,
                                       sent->size);

    /* with "proxy_request_buffering off" nginx adds the body later */

    if (r->request_body_no_buffering && r->request_body) {
        p = ngx_http_print_task_match_body(p, last, r->request_body->bufs, 0);
    }

    return p == last;
}


/* the remaining text that is not matched yet; NULL: the body differs */

static const u_char *
ngx_http_print_task_match_body(const u_char *p, const u_char *last,
    const ngx_chain_t *cl, size_t skip)
{
    size_t            size;
    const ngx_buf_t  *b;

    for ( /* void */ ; cl && p; cl = cl->next, skip = 0) {
        b = cl->buf;

        if (ngx_buf_special(b)) {
            continue;
        }

        if (!ngx_buf_in_memory(b)) {
            return NULL;
        }

        size = b->last - b->pos - skip;

        if (size > (size_t) (last - p)
            || ngx_memcmp(b->pos + skip, p, size) != 0)
        {
            return NULL;
        }

        p += size;
    }

    return p;
}


static void
ngx_http_print_task_client_path(ngx_http_request_t *r, ngx_str_t *path)
{
    u_char  *args;

    *path = r->main->unparsed_uri;

    args = ngx_strlchr(path->data, path->data + path->len, '?');

    if (args != NULL) {
        path->len = args - path->data;
    }
}


/*
 * The status is that of the earlier refusal, or that of nginx if it is still
 * known.  No further error page applies.
 */

static void
ngx_http_print_task_gate_refuse(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, pt_reason_e reason)
{
    ngx_uint_t  status;

    ngx_http_print_task_log_refusal(r, ctx, PT_LOG_REFUSED, reason,
                                    ", in front of a back end");

    if (r != r->main || r->post_action) {
        return;
    }

    if (ctx == NULL) {
        ctx = ngx_http_print_task_enter(r, ngx_http_print_task_settle_end);
        if (ctx == NULL) {
            return;
        }
    }

    status = pt_reasons[reason].status;

    if (ctx->verdict == NGX_HTTP_PRINT_TASK_REFUSED) {
        status = pt_reasons[ctx->reason].status;

    } else {

        if (reason == PT_NOT_CHECKED
            && r->err_status >= NGX_HTTP_BAD_REQUEST)
        {
            status = r->err_status;
        }

        ctx->reason = reason;
        ctx->verdict = NGX_HTTP_PRINT_TASK_REFUSED;
    }

    ctx->gate_status = status;

    ngx_http_set_ctx(r, ctx, ngx_http_print_task_module);

    r->error_page = 1;

    if (ctx->change_state == NGX_HTTP_PRINT_TASK_CHANGE_NONE) {
        ngx_http_print_task_settle_unchanged(ctx);
    }
}


static void
ngx_http_print_task_gate_would_refuse(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, pt_reason_e reason)
{
    ngx_http_print_task_log_refusal(r, ctx, PT_LOG_WOULD_REFUSE, reason, "");

    if (r == r->main) {
        ctx->reason = reason;
        ctx->verdict = NGX_HTTP_PRINT_TASK_WOULD_REFUSE;
    }
}
