
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Finds well-formed settings that can never work: an issuer that no token has,
 * a key that two tasks share, a directive of nginx that changes the request
 * after its check.  nginx stops at start instead of refusing all requests
 * later.
 */


#include "conf/check.h"

#include "core/pt_hex.h"
#include "core/pt_route_id.h"
#include "core/pt_str_list.h"


/* the host and the rest of an issuer, after "https" */
typedef struct {
    ngx_str_t  start;
    ngx_str_t  end;
} ngx_http_print_task_issuer_t;


static char *ngx_http_print_task_check_issuer(ngx_conf_t *cf,
    const ngx_str_t *issuer);
static ngx_uint_t ngx_http_print_task_has_bad_brace(const ngx_str_t *issuer);
static const ngx_http_print_task_issuer_t *ngx_http_print_task_entra(
    const ngx_str_t *issuer);
static ngx_uint_t ngx_http_print_task_is_entra(const ngx_str_t *issuer,
    const ngx_http_print_task_issuer_t *entra);
static char *ngx_http_print_task_check_ids(ngx_conf_t *cf,
    const char *directive, const pt_str_list_t *ids, ngx_uint_t guids);
static ngx_uint_t ngx_http_print_task_looks_like_guid(const ngx_str_t *id);
static ngx_uint_t ngx_http_print_task_one_tenant(
    const ngx_http_print_task_loc_conf_t *conf);
static ngx_uint_t ngx_http_print_task_key_has(const ngx_str_t *key,
    const char *name);
static ngx_uint_t ngx_http_print_task_key_has_others(const ngx_str_t *key);
static char *ngx_http_print_task_check_version(ngx_conf_t *cf,
    const ngx_http_print_task_loc_conf_t *conf,
    const ngx_http_upstream_conf_t *ucf);
static void *ngx_http_print_task_proxy_value(ngx_conf_t *cf, const char *name,
    void *handler, const ngx_http_upstream_conf_t *ucf);


/* Microsoft Entra ID: the tenant is between the two parts */

static const ngx_http_print_task_issuer_t  ngx_http_print_task_entras[] = {
    { ngx_string("https://login.microsoftonline.com/"), ngx_string("/v2.0") },
    { ngx_string("https://login.microsoftonline.us/"), ngx_string("/v2.0") },
    { ngx_string("https://sts.windows.net/"), ngx_string("/") },
    { ngx_null_string, ngx_null_string }
};


/*
 * A name without the form of a GUID is an error only if it looks like a
 * mistyped GUID: other identity providers use any names.
 */

char *
ngx_http_print_task_check_names(ngx_conf_t *cf,
    const ngx_http_print_task_loc_conf_t *conf)
{
    ngx_uint_t                i, entra;
    const pt_token_policy_t  *token;

    token = &conf->token;
    entra = 1;

    for (i = 0; i < token->issuers.nelts; i++) {

        if (ngx_http_print_task_check_issuer(cf, &token->issuers.elts[i])
            != NGX_CONF_OK)
        {
            return NGX_CONF_ERROR;
        }

        entra &= (ngx_http_print_task_entra(&token->issuers.elts[i]) != NULL);
    }

    if (ngx_http_print_task_check_ids(cf, "print_task_tenant", &token->tenants,
                                      entra)
        != NGX_CONF_OK
        || ngx_http_print_task_check_ids(cf, "print_task_app", &token->apps,
                                         entra)
           != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    return ngx_http_print_task_check_ids(cf, "print_task_audience",
                                         &token->audiences, 0);
}


/* A wrong path after the host is the usual mistake: it refuses every token. */

static char *
ngx_http_print_task_check_issuer(ngx_conf_t *cf, const ngx_str_t *issuer)
{
    const ngx_http_print_task_issuer_t  *entra;

    if (ngx_http_print_task_has_bad_brace(issuer)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid issuer \"%V\" in \"print_task_issuer\", "
                           "only \"{tid}\" may be in braces", issuer);
        return NGX_CONF_ERROR;
    }

    entra = ngx_http_print_task_entra(issuer);

    if (entra != NULL && !ngx_http_print_task_is_entra(issuer, entra)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid issuer \"%V\" in \"print_task_issuer\", it "
                           "must be \"%VTENANT%V\", and TENANT a GUID or "
                           "\"{tid}\"", issuer, &entra->start, &entra->end);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/*
 * "{tenant}" and similar names are copied from the documentation of Entra ID.
 */

static ngx_uint_t
ngx_http_print_task_has_bad_brace(const ngx_str_t *issuer)
{
    u_char                  *p, *last;
    static const ngx_str_t   tid = ngx_string("{tid}");

    last = issuer->data + issuer->len;

    for (p = issuer->data; p < last; p++) {

        if ((size_t) (last - p) >= tid.len
            && ngx_memcmp(p, tid.data, tid.len) == 0)
        {
            p += tid.len - 1;

        } else if (*p == '{' || *p == '}') {
            return 1;
        }
    }

    return 0;
}


/* NULL: another identity provider, whose names have any form */

static const ngx_http_print_task_issuer_t *
ngx_http_print_task_entra(const ngx_str_t *issuer)
{
    const ngx_http_print_task_issuer_t  *entra;

    for (entra = ngx_http_print_task_entras; entra->start.len; entra++) {

        if (issuer->len >= entra->start.len
            && ngx_memcmp(issuer->data, entra->start.data, entra->start.len)
               == 0)
        {
            return entra;
        }
    }

    return NULL;
}


static ngx_uint_t
ngx_http_print_task_is_entra(const ngx_str_t *issuer,
    const ngx_http_print_task_issuer_t *entra)
{
    ngx_str_t               tenant;
    static const ngx_str_t  tid = ngx_string("{tid}");

    if (issuer->len <= entra->start.len + entra->end.len
        || ngx_memcmp(issuer->data + issuer->len - entra->end.len,
                      entra->end.data, entra->end.len)
           != 0)
    {
        return 0;
    }

    tenant.data = issuer->data + entra->start.len;
    tenant.len = issuer->len - entra->start.len - entra->end.len;

    return pt_str_equal(&tenant, &tid) || pt_route_is_guid(&tenant);
}


static char *
ngx_http_print_task_check_ids(ngx_conf_t *cf, const char *directive,
    const pt_str_list_t *ids, ngx_uint_t guids)
{
    ngx_uint_t        i;
    const ngx_str_t  *id;

    for (i = 0; i < ids->nelts; i++) {
        id = &ids->elts[i];

        if (pt_route_is_guid(id)) {
            continue;
        }

        if (ngx_http_print_task_looks_like_guid(id)) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid value \"%V\" in \"%s\", it must be a "
                               "GUID of 36 characters, as in tokens",
                               id, directive);
            return NGX_CONF_ERROR;
        }

        if (guids) {
            ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                               "no token of Microsoft Entra ID has \"%V\" in "
                               "\"%s\", it must be a GUID", id, directive);
        }
    }

    return NGX_CONF_OK;
}


/*
 * Four of five groups, or one digit too many: a mistyped GUID, not a chosen
 * name.
 */

static ngx_uint_t
ngx_http_print_task_looks_like_guid(const ngx_str_t *id)
{
    size_t      i;
    ngx_uint_t  dashes;

    dashes = 0;

    for (i = 0; i < id->len; i++) {

        if (id->data[i] == '-') {
            dashes++;

        } else if (pt_hex(&id->data[i], 1) == NGX_ERROR) {
            return 0;
        }
    }

    return dashes >= 3 && id->len > 20;
}


/*
 * A variable of another module may have any value, so it may identify the task.
 */

char *
ngx_http_print_task_check_key(ngx_conf_t *cf,
    const ngx_http_print_task_loc_conf_t *conf)
{
    const char       *missing;
    const ngx_str_t  *key;

    if (conf->key == NULL) {
        return NGX_CONF_OK;
    }

    key = &conf->key_text;

    if (ngx_http_print_task_key_has_others(key)) {
        return NGX_CONF_OK;
    }

    missing = !ngx_http_print_task_key_has(key, "$print_task_id")
              ? "$print_task_id"
              : !ngx_http_print_task_key_has(key, "$print_task_tenant_id")
                && !ngx_http_print_task_one_tenant(conf)
              ? "$print_task_tenant_id"
              : NULL;

    if (missing) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" in \"print_task_key\" is the key of more "
                           "than one task, it needs \"%s\"%s",
                           key, missing,
                           (missing[sizeof("$print_task_") - 1] == 't')
                           ? ", or \"print_task_tenant\" with one tenant"
                           : "");
        return NGX_CONF_ERROR;
    }

    if (!ngx_http_print_task_key_has(key, "$print_task_definition_id")) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "\"%V\" in \"print_task_key\" is the key of more "
                           "than one task, unless ids of tasks are unique "
                           "without \"$print_task_definition_id\"", key);
    }

    return NGX_CONF_OK;
}


/* An issuer without "{tid}" belongs to one tenant, too. */

static ngx_uint_t
ngx_http_print_task_one_tenant(const ngx_http_print_task_loc_conf_t *conf)
{
    const pt_str_list_t  *issuers;

    issuers = &conf->token.issuers;

    return conf->token.tenants.nelts == 1
           || (issuers->nelts == 1
               && ngx_strlchr(issuers->elts[0].data,
                              issuers->elts[0].data + issuers->elts[0].len,
                              '{')
                  == NULL);
}


/* A longer name that starts with this one is another variable. */

static ngx_uint_t
ngx_http_print_task_key_has(const ngx_str_t *key, const char *name)
{
    u_char  *p, *last;
    size_t   len;

    len = ngx_strlen(name);
    last = key->data + key->len;

    for (p = key->data; (size_t) (last - p) >= len; p++) {

        if (ngx_memcmp(p, name, len) == 0
            && (p + len == last
                || !((p[len] >= 'a' && p[len] <= 'z')
                     || (p[len] >= 'A' && p[len] <= 'Z')
                     || (p[len] >= '0' && p[len] <= '9')
                     || p[len] == '_')))
        {
            return 1;
        }
    }

    return 0;
}


static ngx_uint_t
ngx_http_print_task_key_has_others(const ngx_str_t *key)
{
    u_char                  *p, *last;
    static const ngx_str_t   ours = ngx_string("$print_task_");

    last = key->data + key->len;

    for (p = key->data; p < last; p++) {

        if (*p == '$'
            && ((size_t) (last - p) < ours.len
                || ngx_memcmp(p, ours.data, ours.len) != 0))
        {
            return 1;
        }
    }

    return 0;
}


char *
ngx_http_print_task_check_upstream(ngx_conf_t *cf,
    const ngx_http_print_task_loc_conf_t *conf,
    const ngx_http_upstream_conf_t *ucf)
{
    ngx_str_t                  *body;
    ngx_uint_t                  level;
    ngx_http_core_loc_conf_t   *clcf;
    ngx_http_complex_value_t  **method;

    /* a dry run must not stop a configuration that works */

    level = conf->dry_run ? NGX_LOG_WARN : NGX_LOG_EMERG;

    method = ngx_http_print_task_proxy_value(cf, "proxy_method",
                                             ngx_http_set_complex_value_slot,
                                             ucf);

    if (method && *method && (*method)->lengths == NULL) {
        ngx_conf_log_error(level, cf, 0,
                           "\"proxy_method %V\" cannot be used with "
                           "\"print_task forward\", the back end must get the "
                           "method of the client", &(*method)->value);

        if (!conf->dry_run) {
            return NGX_CONF_ERROR;
        }
    }

    body = ngx_http_print_task_proxy_value(cf, "proxy_set_body",
                                           ngx_conf_set_str_slot, ucf);

    if (body && body->len
        && ngx_strlchr(body->data, body->data + body->len, '$') == NULL)
    {
        ngx_conf_log_error(level, cf, 0,
                           "\"proxy_set_body %V\" cannot be used with "
                           "\"print_task forward\", the back end must get the "
                           "body that was checked", body);

        if (!conf->dry_run) {
            return NGX_CONF_ERROR;
        }
    }

    if (ngx_http_print_task_check_version(cf, conf, ucf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    if (ucf->next_upstream & NGX_HTTP_UPSTREAM_FT_NON_IDEMPOTENT) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "with \"proxy_next_upstream non_idempotent\" a "
                           "change of \"print_task forward\" may be sent "
                           "twice");
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    if (clcf->client_max_body_size
        && clcf->client_max_body_size < (off_t) conf->body_max)
    {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "\"client_max_body_size\" of %O is smaller than "
                           "\"print_task_body_max\" of %uz",
                           clcf->client_max_body_size, conf->body_max);
    }

    return NGX_CONF_OK;
}


/* the gate does not read the frames of HTTP/2 */

static char *
ngx_http_print_task_check_version(ngx_conf_t *cf,
    const ngx_http_print_task_loc_conf_t *conf,
    const ngx_http_upstream_conf_t *ucf)
{
    ngx_uint_t  *version;

    version = ngx_http_print_task_proxy_value(cf, "proxy_http_version",
                                              ngx_conf_set_enum_slot, ucf);

    if (version == NULL || *version < NGX_HTTP_VERSION_20) {
        return NGX_CONF_OK;
    }

    ngx_conf_log_error(conf->dry_run ? NGX_LOG_WARN : NGX_LOG_EMERG, cf, 0,
                       "\"proxy_http_version 2\" cannot be used with "
                       "\"print_task forward\", it must be \"1.0\" or \"1.1\"");

    return conf->dry_run ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/*
 * Finds the module's value of a directive of the proxy module, if the directive
 * has the expected handler: only that module knows the layout of its
 * configuration.  The layout starts with that of the upstream.
 */

static void *
ngx_http_print_task_proxy_value(ngx_conf_t *cf, const char *name,
    void *handler, const ngx_http_upstream_conf_t *ucf)
{
    ngx_uint_t      i;
    ngx_command_t  *cmd;
    ngx_module_t  **modules;

    modules = cf->cycle->modules;

    for (i = 0; modules[i]; i++) {

        if (ngx_strcmp(modules[i]->name, "ngx_http_proxy_module") != 0) {
            continue;
        }

        for (cmd = modules[i]->commands; cmd->name.len; cmd++) {

            if (ngx_strcmp(cmd->name.data, name) == 0
                && (void *) cmd->set == handler
                && cmd->conf == NGX_HTTP_LOC_CONF_OFFSET)
            {
                return (u_char *) ucf + cmd->offset;
            }
        }
    }

    return NULL;
}
