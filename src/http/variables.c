
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Variables.  The variables of the token verify it on demand, so that they can
 * be used before the ACCESS phase, as by limit_req_zone.
 */


#include "http/variables.h"

#include "core/pt_circuit.h"
#include "core/pt_reason.h"
#include "core/pt_route.h"
#include "store/store.h"
#include "conf/conf.h"
#include "token/bearer.h"
#include "token/early.h"
#include "http/ctx.h"
#include "http/settle.h"
#include "http/wait_time.h"


typedef enum {
    NGX_HTTP_PRINT_TASK_VAR_DEFINITION_ID = 0,
    NGX_HTTP_PRINT_TASK_VAR_ID,
    NGX_HTTP_PRINT_TASK_VAR_APP_ID,
    NGX_HTTP_PRINT_TASK_VAR_TENANT_ID,
    NGX_HTTP_PRINT_TASK_VAR_FROM,
    NGX_HTTP_PRINT_TASK_VAR_TO,
    NGX_HTTP_PRINT_TASK_VAR_VERDICT,
    NGX_HTTP_PRINT_TASK_VAR_REASON,
    NGX_HTTP_PRINT_TASK_VAR_CACHE,
    NGX_HTTP_PRINT_TASK_VAR_TOKEN_CACHE
} ngx_http_print_task_var_e;


static ngx_int_t ngx_http_print_task_route_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_print_task_token_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_print_task_id_variable(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, ngx_http_variable_value_t *v,
    const ngx_str_t *id);
static ngx_int_t ngx_http_print_task_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_print_task_fence_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_print_task_time_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_print_task_store_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static void ngx_http_print_task_set_variable(ngx_http_variable_value_t *v,
    const ngx_str_t *value);


static ngx_http_variable_t  ngx_http_print_task_vars[] = {

    { ngx_string("print_task_definition_id"), NULL,
      ngx_http_print_task_route_variable,
      NGX_HTTP_PRINT_TASK_VAR_DEFINITION_ID, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("print_task_id"), NULL,
      ngx_http_print_task_route_variable,
      NGX_HTTP_PRINT_TASK_VAR_ID, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("print_task_app_id"), NULL,
      ngx_http_print_task_token_variable,
      NGX_HTTP_PRINT_TASK_VAR_APP_ID, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("print_task_tenant_id"), NULL,
      ngx_http_print_task_token_variable,
      NGX_HTTP_PRINT_TASK_VAR_TENANT_ID, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("print_task_from"), NULL,
      ngx_http_print_task_variable,
      NGX_HTTP_PRINT_TASK_VAR_FROM, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("print_task_to"), NULL,
      ngx_http_print_task_variable,
      NGX_HTTP_PRINT_TASK_VAR_TO, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("print_task_verdict"), NULL,
      ngx_http_print_task_variable,
      NGX_HTTP_PRINT_TASK_VAR_VERDICT, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("print_task_reason"), NULL,
      ngx_http_print_task_variable,
      NGX_HTTP_PRINT_TASK_VAR_REASON, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("print_task_lookup"), NULL,
      ngx_http_print_task_variable,
      NGX_HTTP_PRINT_TASK_VAR_CACHE, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("print_task_token_cache"), NULL,
      ngx_http_print_task_variable,
      NGX_HTTP_PRINT_TASK_VAR_TOKEN_CACHE, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("print_task_fence"), NULL,
      ngx_http_print_task_fence_variable, 0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("print_task_store_time"), NULL,
      ngx_http_print_task_time_variable,
      NGX_HTTP_PRINT_TASK_TIME_STORE, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("print_task_lease_time"), NULL,
      ngx_http_print_task_time_variable,
      NGX_HTTP_PRINT_TASK_TIME_LEASE, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("print_task_refetch_time"), NULL,
      ngx_http_print_task_time_variable,
      NGX_HTTP_PRINT_TASK_TIME_REFETCH, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("print_task_store_state"), NULL,
      ngx_http_print_task_store_variable, 0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


/* in the order of ngx_http_print_task_verdict_e */

const ngx_str_t  ngx_http_print_task_verdicts[] = {
    ngx_null_string,
    ngx_string("forwarded"),
    ngx_string("answered"),
    ngx_string("repeated"),
    ngx_string("refused"),
    ngx_string("would_refuse"),
    ngx_string("passed")
};


/* in the order of ngx_http_print_task_lookup_e */

static const ngx_str_t  ngx_http_print_task_lookups[] = {
    ngx_string("off"),
    ngx_string("hit"),
    ngx_string("miss"),
    ngx_string("stale"),
    ngx_string("busy"),
    ngx_string("down")
};


/* in the order of ngx_http_print_task_token_cache_e */

static const ngx_str_t  ngx_http_print_task_token_caches[] = {
    ngx_string("off"),
    ngx_string("hit"),
    ngx_string("miss")
};


/* in the order of pt_circuit_state_e */

const ngx_str_t  ngx_http_print_task_store_states[] = {
    ngx_string("closed"),
    ngx_string("open"),
    ngx_string("half_open")
};


/* ids as they are in the path; works without a context */

static ngx_int_t
ngx_http_print_task_route_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    pt_route_t                  route;
    ngx_http_print_task_ctx_t  *ctx;

    r = r->main;

    ctx = ngx_http_print_task_get_ctx(r);

    if (ctx != NULL && ctx->route.task.len) {
        route = ctx->route;

    } else if (pt_route_read(&r->uri, &route) != PT_OK
               || route.kind != PT_ROUTE_TASK)
    {
        v->not_found = 1;
        return NGX_OK;
    }

    return ngx_http_print_task_id_variable(r, ctx, v,
                                data == NGX_HTTP_PRINT_TASK_VAR_DEFINITION_ID
                                ? &route.definition : &route.task);
}


static ngx_int_t
ngx_http_print_task_token_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    pt_reason_e                            reason;
    const pt_token_claims_t               *claims;
    ngx_http_print_task_ctx_t             *ctx;
    const ngx_http_print_task_loc_conf_t  *ptlcf;

    r = r->main;

    ctx = ngx_http_print_task_get_ctx(r);

    if (ctx == NULL) {
        ptlcf = ngx_http_get_module_loc_conf(r, ngx_http_print_task_module);

        if (ptlcf->mode == NGX_HTTP_PRINT_TASK_OFF) {
            ngx_http_print_task_token_read(r, 0, 0);
            v->not_found = 1;
            return NGX_OK;
        }

        ctx = ngx_http_print_task_enter(r, ngx_http_print_task_settle_end);
        if (ctx == NULL) {
            return NGX_ERROR;
        }
    }

    reason = ngx_http_print_task_check_token(r, ctx->conf, &ctx->token);

    ngx_http_print_task_token_read(r, reason == PT_OK,
                                   reason == PT_TOKEN_KEY_UNKNOWN
                                   || reason == PT_KEYS_UNAVAILABLE);

    if (reason != PT_OK) {
        v->not_found = 1;
        return NGX_OK;
    }

    claims = &ctx->token.claims;

    return ngx_http_print_task_id_variable(r, ctx, v,
                                     data == NGX_HTTP_PRINT_TASK_VAR_APP_ID
                                     ? &claims->app : &claims->tenant);
}


/* GUIDs are in lower case only in store keys */

static ngx_int_t
ngx_http_print_task_id_variable(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, ngx_http_variable_value_t *v,
    const ngx_str_t *id)
{
    ngx_str_t  key;

    if (ctx == NULL || !ctx->building_key || id->len == 0) {
        ngx_http_print_task_set_variable(v, id);
        return NGX_OK;
    }

    key.data = ngx_pnalloc(r->pool, id->len);
    if (key.data == NULL) {
        return NGX_ERROR;
    }

    key.len = pt_route_id_key(key.data, id) - key.data;

    ngx_http_print_task_set_variable(v, &key);

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    const ngx_str_t            *value;
    ngx_http_print_task_ctx_t  *ctx;

    ctx = ngx_http_print_task_get_ctx(r);

    if (ctx == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    switch (data) {

    case NGX_HTTP_PRINT_TASK_VAR_FROM:
        value = &pt_state_names[ctx->from];
        break;

    case NGX_HTTP_PRINT_TASK_VAR_TO:
        value = &pt_state_names[ctx->update.state];
        break;

    case NGX_HTTP_PRINT_TASK_VAR_VERDICT:
        value = &ngx_http_print_task_verdicts[ctx->verdict];
        break;

    case NGX_HTTP_PRINT_TASK_VAR_REASON:
        value = &pt_reasons[ctx->reason].word;
        break;

    case NGX_HTTP_PRINT_TASK_VAR_TOKEN_CACHE:
        value = &ngx_http_print_task_token_caches[ctx->token.cache];
        break;

    default: /* NGX_HTTP_PRINT_TASK_VAR_CACHE */
        value = &ngx_http_print_task_lookups[ctx->lookup_status];
    }

    if (value->len == 0) {
        v->not_found = 1;
        return NGX_OK;
    }

    ngx_http_print_task_set_variable(v, value);

    return NGX_OK;
}


/* the revision that the record will have after the change */

static ngx_int_t
ngx_http_print_task_fence_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    u_char                     *p;
    ngx_str_t                   value;
    ngx_http_print_task_ctx_t  *ctx;

    ctx = ngx_http_print_task_get_ctx(r);

    if (ctx == NULL || ctx->fence == 0) {
        v->not_found = 1;
        return NGX_OK;
    }

    p = ngx_pnalloc(r->pool, NGX_INT64_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    value.data = p;
    value.len = ngx_sprintf(p, "%uL", ctx->fence) - p;

    ngx_http_print_task_set_variable(v, &value);

    return NGX_OK;
}


/* in seconds, as $request_time */

static ngx_int_t
ngx_http_print_task_time_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t                   value;
    ngx_msec_t                  ms;
    ngx_http_print_task_ctx_t  *ctx;

    ctx = ngx_http_print_task_get_ctx(r);

    if (ctx == NULL || ngx_http_print_task_wait_time(ctx, data, &ms) != NGX_OK)
    {
        v->not_found = 1;
        return NGX_OK;
    }

    value.data = ngx_pnalloc(r->pool, NGX_TIME_T_LEN + 4);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    value.len = ngx_sprintf(value.data, "%T.%03M", (time_t) ms / 1000,
                            ms % 1000)
                - value.data;

    ngx_http_print_task_set_variable(v, &value);

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_store_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    pt_circuit_state_e               state;
    ngx_http_print_task_store_t     *store;
    ngx_http_print_task_loc_conf_t  *conf;

    conf = ngx_http_get_module_loc_conf(r, ngx_http_print_task_module);

    store = conf->store;

    if (store == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    state = store->state ? store->state(store) : PT_CIRCUIT_CLOSED;

    ngx_http_print_task_set_variable(v,
                                     &ngx_http_print_task_store_states[state]);

    return NGX_OK;
}


static void
ngx_http_print_task_set_variable(ngx_http_variable_value_t *v,
    const ngx_str_t *value)
{
    v->data = value->data;
    v->len = value->len;

    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
}


ngx_int_t
ngx_http_print_task_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t  *var, *v;

    for (v = ngx_http_print_task_vars; v->name.len; v++) {

        var = ngx_http_add_variable(cf, &v->name, v->flags);
        if (var == NULL) {
            return NGX_ERROR;
        }

        var->get_handler = v->get_handler;
        var->data = v->data;
    }

    return NGX_OK;
}
