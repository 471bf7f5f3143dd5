
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Merges the directives of locations: inheritance, defaults, and all that can
 * be calculated before the first request.
 */


#include "conf/merge.h"

#include "core/pt_str_list.h"
#include "core/pt_rules.h"
#include "core/pt_task.h"
#include "core/pt_token.h"
#include "conf/check.h"
#include "conf/shared_store.h"
#include "conf/store.h"
#include "token/keys_conf.h"
#include "http/admin.h"
#include "http/count.h"
#include "http/ctx.h"
#include "http/health.h"
#include "http/overdue.h"
#include "http/status.h"


static void ngx_http_print_task_merge_token(
    ngx_http_print_task_loc_conf_t *prev,
    ngx_http_print_task_loc_conf_t *conf);
static void ngx_http_print_task_copy_names(pt_str_list_t *names,
    ngx_array_t *array);
static void ngx_http_print_task_compile_rules(
    ngx_http_print_task_loc_conf_t *conf);
static void ngx_http_print_task_merge_lease(
    ngx_http_print_task_loc_conf_t *prev,
    ngx_http_print_task_loc_conf_t *conf);
static char *ngx_http_print_task_merge_overdue(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *prev,
    ngx_http_print_task_loc_conf_t *conf);
static char *ngx_http_print_task_check_conf(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *conf);
static char *ngx_http_print_task_check_needed(ngx_conf_t *cf,
    const ngx_http_print_task_loc_conf_t *conf);
static char *ngx_http_print_task_check_mode(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *conf);
static char *ngx_http_print_task_check_forward(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *conf);
static char *ngx_http_print_task_check_proxy(ngx_conf_t *cf,
    const ngx_http_upstream_conf_t *ucf);
static char *ngx_http_print_task_check_lease(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *conf,
    const ngx_http_upstream_conf_t *ucf);
static ngx_http_upstream_conf_t *ngx_http_print_task_upstream_conf(
    ngx_conf_t *cf, const char *name);
static char *ngx_http_print_task_merge_gate(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *conf);


/* nginx's modules for back ends; the first one supports "forward" */

static const char  *ngx_http_print_task_upstream_modules[] = {
    "ngx_http_proxy_module",
    "ngx_http_fastcgi_module",
    "ngx_http_scgi_module",
    "ngx_http_uwsgi_module",
    "ngx_http_grpc_module",
    "ngx_http_memcached_module",
    "ngx_http_tunnel_module",
    NULL
};


static ngx_str_t  ngx_http_print_task_default_role =
    ngx_string("PrintTaskDefinition.ReadWrite.All");


void *
ngx_http_print_task_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_print_task_main_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_http_print_task_main_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    conf->log_rate = NGX_CONF_UNSET_UINT;

    if (ngx_array_init(&conf->late, cf->pool, 4,
                       sizeof(ngx_http_upstream_conf_t *))
        != NGX_OK
        || ngx_array_init(&conf->cached, cf->pool, 4,
                          sizeof(ngx_http_upstream_conf_t *))
           != NGX_OK
        || ngx_array_init(&conf->stores, cf->pool, 1,
                          sizeof(ngx_http_print_task_store_conf_t))
           != NGX_OK
        || ngx_array_init(&conf->keys, cf->pool, 1,
                          sizeof(ngx_http_print_task_keys_t *))
           != NGX_OK
        || ngx_array_init(&conf->revoked, cf->pool, 1,
                          sizeof(ngx_http_print_task_revoked_t *))
           != NGX_OK
        || ngx_array_init(&conf->overdue, cf->pool, 1,
                          sizeof(ngx_http_print_task_overdue_t))
           != NGX_OK
        || ngx_array_init(&conf->files, cf->pool, 2, sizeof(void *))
           != NGX_OK)
    {
        return NULL;
    }

    return conf;
}


void *
ngx_http_print_task_create_srv_conf(ngx_conf_t *cf)
{
    return ngx_pcalloc(cf->pool, sizeof(ngx_http_print_task_srv_conf_t));
}


void *
ngx_http_print_task_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_print_task_loc_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_http_print_task_loc_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    /*
     * Set by ngx_pcalloc():
     *
     *     conf->keys = NULL;
     *     conf->key_uri = { 0, NULL };
     *     conf->revoked = NULL;
     *     conf->token = { 0 };
     *     conf->admin_tenant = { 0, NULL };
     *     conf->rules = { 0 };
     *     conf->redis = NULL;
     *     conf->memory = NULL;
     *     conf->store = NULL;
     *     conf->key = NULL;
     *     conf->realm = { 0, NULL };
     *     conf->key_prefix = { 0, NULL };
     *     conf->key_text = { 0, NULL };
     */

    conf->mode = NGX_CONF_UNSET_UINT;
    conf->dry_run = NGX_CONF_UNSET;

    conf->key_refresh = NGX_CONF_UNSET_MSEC;
    conf->key_min = NGX_CONF_UNSET_MSEC;
    conf->certificate = NGX_CONF_UNSET;
    conf->bound = NGX_CONF_UNSET;
    conf->issuers = NGX_CONF_UNSET_PTR;
    conf->audiences = NGX_CONF_UNSET_PTR;
    conf->roles = NGX_CONF_UNSET_PTR;
    conf->tenants = NGX_CONF_UNSET_PTR;
    conf->apps = NGX_CONF_UNSET_PTR;
    conf->leeway = NGX_CONF_UNSET;
    conf->requires = NGX_CONF_UNSET_PTR;
    conf->admin = NGX_CONF_UNSET_PTR;

    conf->next = NGX_CONF_UNSET_PTR;
    conf->max_age = NGX_CONF_UNSET_MSEC;
    conf->body_max = NGX_CONF_UNSET_SIZE;

    conf->store_type = NGX_CONF_UNSET_UINT;
    conf->queue = NGX_CONF_UNSET_UINT;
    conf->connect_timeout = NGX_CONF_UNSET_MSEC;
    conf->command_timeout = NGX_CONF_UNSET_MSEC;
    conf->active_valid = NGX_CONF_UNSET_MSEC;
    conf->final_valid = NGX_CONF_UNSET_MSEC;
    conf->lease = NGX_CONF_UNSET_MSEC;
    conf->lease_wait = NGX_CONF_UNSET_MSEC;
    conf->store_down = NGX_CONF_UNSET_UINT;

    conf->events_keep = NGX_CONF_UNSET_UINT;
    conf->overdue = NGX_CONF_UNSET_MSEC;

    conf->log_level = NGX_CONF_UNSET_UINT;
    conf->health = NGX_CONF_UNSET_UINT;
    conf->status = NGX_CONF_UNSET_UINT;
    conf->status_actions = NGX_CONF_UNSET;

    return conf;
}


/*
 * The order matters: keys, rules and store of a location must be complete
 * before the checks, which read all of them.
 */

char *
ngx_http_print_task_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_print_task_loc_conf_t *prev = parent;
    ngx_http_print_task_loc_conf_t *conf = child;

    char  *rv;

    if (conf->health != NGX_CONF_UNSET_UINT) {

        /* a health check has no token */

        ngx_conf_init_uint_value(conf->mode, NGX_HTTP_PRINT_TASK_OFF);

        if (conf->mode != NGX_HTTP_PRINT_TASK_OFF) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"print_task_health\" cannot be used together "
                               "with \"print_task\", it needs a separate "
                               "location");
            return NGX_CONF_ERROR;
        }
    }

    if (ngx_http_print_task_merge_status(cf, conf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    ngx_conf_merge_uint_value(conf->mode, prev->mode,
                              NGX_HTTP_PRINT_TASK_OFF);
    ngx_conf_merge_value(conf->dry_run, prev->dry_run, 0);

    rv = ngx_http_print_task_merge_keys(cf, prev, conf);

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    ngx_http_print_task_merge_token(prev, conf);

    ngx_conf_merge_ptr_value(conf->next, prev->next, NULL);
    ngx_http_print_task_compile_rules(conf);

    ngx_conf_merge_msec_value(conf->max_age, prev->max_age, 1000);
    ngx_conf_merge_size_value(conf->body_max, prev->body_max, 16384);

    rv = ngx_http_print_task_merge_store(cf, prev, conf);

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    ngx_http_print_task_merge_lease(prev, conf);

    if (conf->events_keep == NGX_CONF_UNSET_UINT) {
        conf->events_keep = prev->events_keep;
        conf->events_listeners = prev->events_listeners;
    }

    ngx_conf_init_uint_value(conf->events_keep, 0);

    if (ngx_http_print_task_merge_overdue(cf, prev, conf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    ngx_conf_merge_uint_value(conf->log_level, prev->log_level,
                              NGX_LOG_NOTICE);

    if (ngx_http_print_task_merge_gate(cf, conf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    return ngx_http_print_task_check_conf(cf, conf);
}


/*
 * nginx merges pointers to arrays; src/core knows no ngx_array_t, so the policy
 * of a token gets the elements.
 */

static void
ngx_http_print_task_merge_token(ngx_http_print_task_loc_conf_t *prev,
    ngx_http_print_task_loc_conf_t *conf)
{
    ngx_conf_merge_ptr_value(conf->issuers, prev->issuers, NULL);
    ngx_conf_merge_ptr_value(conf->audiences, prev->audiences, NULL);
    ngx_conf_merge_ptr_value(conf->roles, prev->roles, NULL);
    ngx_conf_merge_ptr_value(conf->tenants, prev->tenants, NULL);
    ngx_conf_merge_ptr_value(conf->apps, prev->apps, NULL);
    ngx_conf_merge_value(conf->leeway, prev->leeway, 60);

    if (conf->revoked == NULL) {
        conf->revoked = prev->revoked;
    }

    if (conf->certificate == NGX_CONF_UNSET) {
        conf->certificate = prev->certificate;
        conf->bound = prev->bound;
    }

    ngx_conf_merge_ptr_value(conf->requires, prev->requires, NULL);
    conf->admin_here = (conf->admin != NGX_CONF_UNSET_PTR);
    ngx_conf_merge_ptr_value(conf->admin, prev->admin, NULL);

    ngx_http_print_task_copy_names(&conf->token.issuers, conf->issuers);
    ngx_http_print_task_copy_names(&conf->token.audiences, conf->audiences);
    ngx_http_print_task_copy_names(&conf->token.roles, conf->roles);
    ngx_http_print_task_copy_names(&conf->token.tenants, conf->tenants);
    ngx_http_print_task_copy_names(&conf->token.apps, conf->apps);

    if (conf->roles == NULL) {
        conf->token.roles.elts = &ngx_http_print_task_default_role;
        conf->token.roles.nelts = 1;
    }

    conf->token.leeway = conf->leeway;
    conf->token.bound = (conf->bound == 1);
}


static void
ngx_http_print_task_copy_names(pt_str_list_t *names, ngx_array_t *array)
{
    if (array != NULL) {
        names->elts = array->elts;
        names->nelts = array->nelts;
    }
}


/*
 * The rows that a location sets replace rows of the default table.  All derived
 * sets are computed here, so a request only reads bits.
 */

static void
ngx_http_print_task_compile_rules(ngx_http_print_task_loc_conf_t *conf)
{
    ngx_uint_t  i;

    pt_rules_default(&conf->rules);

    for (i = 0; conf->next != NULL && i < PT_STATES; i++) {
        if (conf->next[i] != NGX_CONF_UNSET_UINT) {
            pt_rules_set(&conf->rules, i, conf->next[i]);
        }
    }

    pt_rules_compile(&conf->rules);
}


/*
 * The two times of a directive are inherited together: the second one has no
 * meaning without the first.
 */

static void
ngx_http_print_task_merge_lease(ngx_http_print_task_loc_conf_t *prev,
    ngx_http_print_task_loc_conf_t *conf)
{
    if (conf->active_valid == NGX_CONF_UNSET_MSEC) {
        conf->active_valid = prev->active_valid;
        conf->final_valid = prev->final_valid;
    }

    ngx_conf_init_msec_value(conf->active_valid, 600000);
    ngx_conf_init_msec_value(conf->final_valid, 86400000);

    if (conf->lease == NGX_CONF_UNSET_MSEC) {
        conf->lease = prev->lease;
        conf->lease_wait = prev->lease_wait;
    }

    ngx_conf_init_msec_value(conf->lease, 75000);
    ngx_conf_init_msec_value(conf->lease_wait, 2000);

    ngx_conf_merge_uint_value(conf->store_down, prev->store_down,
                              NGX_HTTP_PRINT_TASK_DOWN_CHECK);

    if (conf->key == NULL) {
        conf->key = prev->key;
    }

    ngx_conf_merge_str_value(conf->realm, prev->realm, "");
}


/* a forwarded task belongs to the back end, which knows its age */

static char *
ngx_http_print_task_merge_overdue(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *prev, ngx_http_print_task_loc_conf_t *conf)
{
    if (conf->mode == NGX_HTTP_PRINT_TASK_FORWARD
        && conf->overdue != NGX_CONF_UNSET_MSEC
        && conf->overdue != 0)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"print_task_overdue\" cannot be used with "
                           "\"print_task forward\", it needs "
                           "\"print_task answer\"");
        return NGX_CONF_ERROR;
    }

    ngx_conf_merge_msec_value(conf->overdue, prev->overdue, 0);

    return NGX_CONF_OK;
}


/*
 * A location without "print_task" may have any of these directives, because
 * locations below it inherit them.  So only guarded locations are checked.
 */

static char *
ngx_http_print_task_check_conf(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *conf)
{
    ngx_http_print_task_main_conf_t  *ptmcf;

    if (conf->mode == NGX_HTTP_PRINT_TASK_OFF) {
        return NGX_CONF_OK;
    }

    if (ngx_http_print_task_use_keys(cf, conf) != NGX_CONF_OK
        || ngx_http_print_task_check_needed(cf, conf) != NGX_CONF_OK
        || ngx_http_print_task_check_names(cf, conf) != NGX_CONF_OK
        || ngx_http_print_task_use_store(cf, conf) != NGX_CONF_OK
        || ngx_http_print_task_use_key(cf, conf) != NGX_CONF_OK
        || ngx_http_print_task_check_key(cf, conf) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    /*
     * Keys of print_task_key do not show which tasks belong to one definition.
     */

    if (conf->events_keep && conf->key != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"print_task_events\" cannot be used together with "
                           "\"print_task_key\"");
        return NGX_CONF_ERROR;
    }

    if (ngx_http_print_task_use_overdue(cf, conf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    ptmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_print_task_module);

    ptmcf->used = 1;

    if (conf->events_keep) {
        ptmcf->events = 1;
    }

    ptmcf->modes |= 1u << ngx_http_print_task_mode(conf);

    if (ngx_http_print_task_health_add(cf, conf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (ngx_http_print_task_has_admin(conf)
        && ngx_http_print_task_use_admin(cf, conf) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (pt_token_policy_digest(&conf->token, conf->token_policy) != NGX_OK
        || ngx_http_print_task_check_shared(cf, conf) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    return ngx_http_print_task_check_mode(cf, conf);
}


static char *
ngx_http_print_task_check_needed(ngx_conf_t *cf,
    const ngx_http_print_task_loc_conf_t *conf)
{
    char  *missing;

    missing = (conf->keys == NULL)
              ? "print_task_key_file\" or \"print_task_key_request"
              : (conf->issuers == NULL) ? "print_task_issuer"
              : (conf->audiences == NULL) ? "print_task_audience"
              : NULL;

    if (missing) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"print_task\" needs \"%s\"", missing);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_print_task_check_mode(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *conf)
{
    if (conf->mode == NGX_HTTP_PRINT_TASK_FORWARD) {

        if (conf->admin_here && conf->admin != NULL) {
            ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                               "\"print_task_admin\" has no effect with "
                               "\"print_task forward\", it needs "
                               "\"print_task answer\"");
        }

        return ngx_http_print_task_check_forward(cf, conf);
    }

    if (conf->dry_run) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"print_task_dry_run\" cannot be used with "
                           "\"print_task answer\", which has no back end");
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/*
 * What "forward" requires of nginx's modules for back ends.  Their
 * configurations are merged before the module's, and start with that of the
 * upstream.
 */

static char *
ngx_http_print_task_check_forward(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *conf)
{
    const char                      **name;
    const ngx_http_upstream_conf_t   *ucf;

    for (name = &ngx_http_print_task_upstream_modules[1]; *name; name++) {
        ucf = ngx_http_print_task_upstream_conf(cf, *name);

        if (ucf != NULL && ucf->upstream != NULL) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"print_task forward\" needs \"proxy_pass\", "
                               "it does not work with %s", *name);
            return NGX_CONF_ERROR;
        }
    }

    ucf = ngx_http_print_task_upstream_conf(cf,
                                      ngx_http_print_task_upstream_modules[0]);

    if (ucf == NULL) {
        /*
         * No proxy module, or no handler: the time-outs of a back end are
         * unknown.
         */
        conf->lease_spare = conf->lease / 2;
        return NGX_CONF_OK;
    }

    if (ngx_http_print_task_check_proxy(cf, ucf) != NGX_CONF_OK
        || ngx_http_print_task_check_upstream(cf, conf, ucf) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    return ngx_http_print_task_check_lease(cf, conf, ucf);
}


/* a refetch needs the answer of the back end to the unchanged request */

static char *
ngx_http_print_task_check_proxy(ngx_conf_t *cf,
    const ngx_http_upstream_conf_t *ucf)
{
    char  *wrong;

    wrong = (!ucf->pass_request_headers) ? "proxy_pass_request_headers off"
            : (!ucf->pass_request_body) ? "proxy_pass_request_body off"
#if (NGX_HTTP_CACHE)
            : (ucf->cache) ? "proxy_cache"
#endif
            : (ucf->store) ? "proxy_store"
            : NULL;

    if (wrong) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%s\" cannot be used with \"print_task forward\", "
                           "set another value here", wrong);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/*
 * A lease must be longer than the wait for the back end, or another request
 * could change the task meanwhile.
 */

static char *
ngx_http_print_task_check_lease(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *conf, const ngx_http_upstream_conf_t *ucf)
{
    ngx_msec_t  wait, answers;

    wait = ngx_max(ucf->connect_timeout, ucf->read_timeout);
    wait = ngx_max(ucf->send_timeout, wait);

    answers = (conf->store == conf->redis) ? conf->command_timeout : 0;

    if (conf->lease <= wait + answers) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"print_task_lease\" of %Mms must be longer than "
                           "the time-outs of the proxy, %Mms, and of the "
                           "store, %Mms", conf->lease, wait, answers);
        return NGX_CONF_ERROR;
    }

    conf->lease_spare = conf->lease - wait;

    return NGX_CONF_OK;
}


/* NULL: the module is missing, or nothing handles the location */

static ngx_http_upstream_conf_t *
ngx_http_print_task_upstream_conf(ngx_conf_t *cf, const char *name)
{
    ngx_uint_t                 i;
    ngx_module_t             **modules;
    ngx_http_conf_ctx_t       *ctx;
    ngx_http_core_loc_conf_t  *clcf;

    ctx = cf->ctx;
    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    /*
     * nginx copies the handler of a location to its "if" only during a request.
     */

    if (clcf->handler == NULL && !clcf->noname) {
        return NULL;
    }

    modules = cf->cycle->modules;

    for (i = 0; modules[i]; i++) {
        if (ngx_strcmp(modules[i]->name, name) == 0) {
            return ctx->loc_conf[modules[i]->ctx_index];
        }
    }

    return NULL;
}


/*
 * Collects what the gate needs of every location: upstreams that depend on the
 * request, and upstreams with a cache.
 */

static char *
ngx_http_print_task_merge_gate(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *conf)
{
    const char                       **name;
    ngx_http_upstream_conf_t          *ucf, **late;
#if (NGX_HTTP_CACHE)
    ngx_http_upstream_conf_t         **cached;
#endif
    ngx_http_print_task_main_conf_t   *ptmcf;
    ngx_http_print_task_srv_conf_t    *ptscf;

    ptmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_print_task_module);
    ptscf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_print_task_module);

    if (conf->mode != NGX_HTTP_PRINT_TASK_OFF && !conf->dry_run) {
        ptscf->used = 1;
    }

    for (name = ngx_http_print_task_upstream_modules; *name; name++) {
        ucf = ngx_http_print_task_upstream_conf(cf, *name);

        if (ucf == NULL) {
            continue;
        }

#if (NGX_HTTP_CACHE)
        if (ucf->cache) {
            cached = ngx_array_push(&ptmcf->cached);
            if (cached == NULL) {
                return NGX_CONF_ERROR;
            }

            *cached = ucf;
        }
#endif

        if (ucf->upstream != NULL) {
            continue;
        }

        late = ngx_array_push(&ptmcf->late);
        if (late == NULL) {
            return NGX_CONF_ERROR;
        }

        *late = ucf;
    }

    return NGX_CONF_OK;
}
