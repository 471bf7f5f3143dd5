
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * print_task_admin: the clients that may create and delete tasks in a location
 * of "print_task answer" and that see the tasks of all applications.
 */


#include "http/admin.h"

#include "core/pt_str_list.h"
#include "core/pt_route.h"
#include "core/pt_token.h"
#include "store/time.h"


static char *ngx_http_print_task_admin_param(ngx_conf_t *cf,
    ngx_http_print_task_admin_t *admin, ngx_str_t *value);
static char *ngx_http_print_task_admin_role(ngx_conf_t *cf,
    ngx_http_print_task_admin_t *admin, ngx_str_t *role);
static char *ngx_http_print_task_admin_cidr(ngx_conf_t *cf,
    ngx_http_print_task_admin_t *admin, ngx_str_t *value);


char *
ngx_http_print_task_admin(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_print_task_loc_conf_t *ptlcf = conf;

    ngx_str_t                    *value;
    ngx_uint_t                    i;
    ngx_http_print_task_admin_t  *admin;

    if (ptlcf->admin != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_strcmp(value[1].data, "off") == 0) {
        ptlcf->admin = NULL;
        return NGX_CONF_OK;
    }

    admin = ngx_pcalloc(cf->pool, sizeof(ngx_http_print_task_admin_t));
    if (admin == NULL) {
        return NGX_CONF_ERROR;
    }

    if (ngx_array_init(&admin->cidrs, cf->pool, 2, sizeof(ngx_cidr_t))
        != NGX_OK
        || ngx_array_init(&admin->roles, cf->pool, 1, sizeof(ngx_str_t))
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    for (i = 1; i < cf->args->nelts; i++) {
        if (ngx_http_print_task_admin_param(cf, admin, &value[i])
            != NGX_CONF_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    if (admin->cidrs.nelts == 0 && admin->roles.nelts == 0) {
        return "has neither an address nor a role";
    }

    ptlcf->admin = admin;

    return NGX_CONF_OK;
}


static char *
ngx_http_print_task_admin_param(ngx_conf_t *cf,
    ngx_http_print_task_admin_t *admin, ngx_str_t *value)
{
    ngx_str_t  s;

    if (ngx_strncmp(value->data, "role=", sizeof("role=") - 1) == 0) {
        s.data = value->data + sizeof("role=") - 1;
        s.len = value->len - (sizeof("role=") - 1);

        return ngx_http_print_task_admin_role(cf, admin, &s);
    }

    if (ngx_strncmp(value->data, "valid=", sizeof("valid=") - 1) == 0) {

        if (admin->valid) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "duplicate parameter \"%V\" in "
                               "\"print_task_admin\"", value);
            return NGX_CONF_ERROR;
        }

        s.data = value->data + sizeof("valid=") - 1;
        s.len = value->len - (sizeof("valid=") - 1);

        admin->valid = ngx_http_print_task_parse_time(&s);

        if (admin->valid == (ngx_msec_t) NGX_ERROR || admin->valid == 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid time \"%V\" in \"print_task_admin\", "
                               "it must be from 1ms to 3650d", value);
            return NGX_CONF_ERROR;
        }

        return NGX_CONF_OK;
    }

    return ngx_http_print_task_admin_cidr(cf, admin, value);
}


static char *
ngx_http_print_task_admin_role(ngx_conf_t *cf,
    ngx_http_print_task_admin_t *admin, ngx_str_t *role)
{
    ngx_str_t     *elt;
    pt_str_list_t  names;

    names.elts = admin->roles.elts;
    names.nelts = admin->roles.nelts;

    if (role->len == 0 || pt_str_list_has(&names, role)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "%s role \"%V\" in \"print_task_admin\"",
                           role->len ? "duplicate" : "empty", role);
        return NGX_CONF_ERROR;
    }

    elt = ngx_array_push(&admin->roles);
    if (elt == NULL) {
        return NGX_CONF_ERROR;
    }

    *elt = *role;

    return NGX_CONF_OK;
}


static char *
ngx_http_print_task_admin_cidr(ngx_conf_t *cf,
    ngx_http_print_task_admin_t *admin, ngx_str_t *value)
{
    ngx_int_t    rc;
    ngx_cidr_t  *cidr;

    cidr = ngx_array_push(&admin->cidrs);
    if (cidr == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(cidr, sizeof(ngx_cidr_t));

#if (NGX_HAVE_UNIX_DOMAIN)

    if (ngx_strcmp(value->data, "unix:") == 0) {
        cidr->family = AF_UNIX;
        return NGX_CONF_OK;
    }

#endif

    rc = ngx_ptocidr(value, cidr);

    if (rc == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid address \"%V\" in \"print_task_admin\", it "
                           "must be an IP address, a CIDR or \"unix:\"; others "
                           "are \"role=name\", \"valid=time\" and \"off\"",
                           value);
        return NGX_CONF_ERROR;
    }

    if (rc == NGX_DONE) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "low address bits of %V are meaningless", value);
    }

    return NGX_CONF_OK;
}


char *
ngx_http_print_task_use_admin(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *conf)
{
    u_char               *p;
    ngx_str_t            *role;
    ngx_uint_t            i;
    const pt_str_list_t  *tenants;

    role = conf->admin->roles.elts;

    for (i = 0; i < conf->admin->roles.nelts; i++) {

        if (pt_str_list_has(&conf->token.roles, &role[i])) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "role \"%V\" of \"print_task_admin\" is also "
                               "one of \"print_task_role\"", &role[i]);
            return NGX_CONF_ERROR;
        }
    }

    conf->token.admins.elts = role;
    conf->token.admins.nelts = i;

    if (conf->admin->cidrs.nelts == 0) {
        return NGX_CONF_OK;
    }

    /* a request without a token names no tenant, so the configuration has to */

    tenants = &conf->token.tenants;

    if (tenants->nelts != 1) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "an address in \"print_task_admin\" needs exactly "
                           "one \"print_task_tenant\", whose tasks it may "
                           "make");
        return NGX_CONF_ERROR;
    }

    /* the tenant is a part of keys, as the tenant of a token is */

    if (!pt_str_list_is_plain(&tenants->elts[0], PT_TENANT_MAX)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid tenant \"%V\" in \"print_task_tenant\", "
                           "for an address in \"print_task_admin\" it must "
                           "be 1-%d of \"A-Za-z0-9._~-\"",
                           &tenants->elts[0], PT_TENANT_MAX);
        return NGX_CONF_ERROR;
    }

    p = ngx_pnalloc(cf->pool, tenants->elts[0].len);
    if (p == NULL) {
        return NGX_CONF_ERROR;
    }

    conf->admin_tenant.data = p;
    conf->admin_tenant.len = pt_route_id_key(p, &tenants->elts[0]) - p;

    return NGX_CONF_OK;
}


/*
 * Only requests without a token are judged by their address.  nginx's peer
 * address counts, which ngx_http_realip_module may replace.
 */

ngx_uint_t
ngx_http_print_task_admin_address(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    if (!ngx_http_print_task_has_admin(ctx->conf)
        || r->headers_in.authorization != NULL
        || !(r->method & ngx_http_print_task_admin_methods(ctx))
        || ctx->conf->admin->cidrs.nelts == 0)
    {
        return 0;
    }

    if (ngx_cidr_match(r->connection->sockaddr, &ctx->conf->admin->cidrs)
        != NGX_OK)
    {
        return 0;
    }

    ctx->token.reason = PT_OK;
    ctx->token.absent = 1;

    ngx_memzero(&ctx->token.claims, sizeof(pt_token_claims_t));

    ctx->token.claims.tenant = ctx->conf->admin_tenant;
    ctx->token.claims.admin = 1;

    return 1;
}


ngx_uint_t
ngx_http_print_task_admin_methods(const ngx_http_print_task_ctx_t *ctx)
{
    if (!ngx_http_print_task_has_admin(ctx->conf)) {
        return 0;
    }

    switch (ctx->route.kind) {

    case PT_ROUTE_TASK:
        return NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_PUT|NGX_HTTP_DELETE;

    case PT_ROUTE_TASKS:
        return ctx->route.definition.len
               ? NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_POST : 0;

    default:
        return 0;
    }
}


/*
 * A token may have both roles: it reads as an administrator and changes as an
 * application.
 */

pt_reason_e
ngx_http_print_task_check_role(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx)
{
    ngx_uint_t  methods;

    methods = ngx_http_print_task_admin_methods(ctx);

    if (ctx->token.claims.admin && (r->method & methods)) {
        ctx->admin = 1;
        return PT_OK;
    }

    if (r->method & methods & ~(NGX_HTTP_GET|NGX_HTTP_HEAD)) {
        return PT_ROLE_MISSING;
    }

    return ctx->token.claims.role ? PT_OK : PT_ROLE_MISSING;
}
