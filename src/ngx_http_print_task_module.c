
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The hooks of the module in nginx.  src/http/steps.c handles requests. */


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <hiredis/hiredis.h>
#include <openssl/crypto.h>
#include <yajl/yajl_version.h>

#include "version.h"
#include "redis/redis.h"
#include "conf/conf.h"
#include "conf/directives.h"
#include "conf/merge.h"
#include "conf/store.h"
#include "store/wake.h"
#include "status/zone.h"
#include "token/bearer.h"
#include "token/cache.h"
#include "token/early.h"
#include "token/file.h"
#include "token/keys_conf.h"
#include "token/revoked.h"
#include "http/body.h"
#include "http/count.h"
#include "http/filter.h"
#include "http/gate_cache.h"
#include "http/gate_history.h"
#include "http/gate_peers.h"
#include "http/health.h"
#include "http/listen.h"
#include "http/log.h"
#include "http/overdue.h"
#include "http/steps.h"
#include "http/variables.h"


static ngx_int_t ngx_http_print_task_init(ngx_conf_t *cf);
static ngx_int_t ngx_http_print_task_add_handler(ngx_conf_t *cf,
    ngx_http_phases phase, ngx_http_handler_pt handler);
static void ngx_http_print_task_init_stores(
    ngx_http_print_task_main_conf_t *ptmcf);
static ngx_int_t ngx_http_print_task_init_module(ngx_cycle_t *cycle);
static ngx_int_t ngx_http_print_task_init_wake(ngx_cycle_t *cycle,
    ngx_http_print_task_main_conf_t *ptmcf);
static ngx_int_t ngx_http_print_task_init_process(ngx_cycle_t *cycle);
static ngx_int_t ngx_http_print_task_attach_wake(ngx_cycle_t *cycle,
    ngx_http_print_task_main_conf_t *ptmcf);
static void ngx_http_print_task_exit_process(ngx_cycle_t *cycle);


static ngx_http_module_t  ngx_http_print_task_module_ctx = {
    ngx_http_print_task_add_variables,     /* preconfiguration */
    ngx_http_print_task_init,              /* postconfiguration */

    ngx_http_print_task_create_main_conf,  /* create main configuration */
    NULL,                                  /* init main configuration */

    ngx_http_print_task_create_srv_conf,   /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_http_print_task_create_loc_conf,   /* create location configuration */
    ngx_http_print_task_merge_loc_conf     /* merge location configuration */
};


ngx_module_t  ngx_http_print_task_module = {
    NGX_MODULE_V1,
    &ngx_http_print_task_module_ctx,       /* module context */
    ngx_http_print_task_commands,          /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    ngx_http_print_task_init_module,       /* init module */
    ngx_http_print_task_init_process,      /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    ngx_http_print_task_exit_process,      /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


static ngx_int_t
ngx_http_print_task_init(ngx_conf_t *cf)
{
    ngx_str_t                         name;
    ngx_http_print_task_main_conf_t  *ptmcf;

    ptmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_print_task_module);

    ngx_str_set(&name, "request_id");

    ptmcf->request_id = ngx_http_get_variable_index(cf, &name);

    if (ptmcf->request_id == NGX_ERROR) {
        return NGX_ERROR;
    }

    ngx_http_print_task_init_stores(ptmcf);
    ngx_http_print_task_health_init(ptmcf);

    if (ngx_http_print_task_log_init(cf, ptmcf) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_http_print_task_keys_zone(cf, ptmcf) != NGX_OK
        || ngx_http_print_task_files_zone(cf, ptmcf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_http_print_task_token_init(cf, ptmcf) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_http_print_task_token_cache_default(cf, ptmcf) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_http_print_task_gate_init(cf, ptmcf) != NGX_OK
        || ngx_http_print_task_gate_cache_init(cf, ptmcf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_http_print_task_early_init(cf, ptmcf) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ptmcf->used
        && ngx_http_print_task_add_handler(cf, NGX_HTTP_REWRITE_PHASE,
                                           ngx_http_print_task_rewrite_handler)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_http_print_task_add_handler(cf, NGX_HTTP_ACCESS_PHASE,
                                        ngx_http_print_task_access_handler)
        != NGX_OK
        || ngx_http_print_task_add_handler(cf, NGX_HTTP_PRECONTENT_PHASE,
                                       ngx_http_print_task_precontent_handler)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ptmcf->used
        && ngx_http_print_task_add_handler(cf, NGX_HTTP_LOG_PHASE,
                                           ngx_http_print_task_log_handler)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    if ((ptmcf->used || ptmcf->status)
        && ngx_http_print_task_status_zone(cf) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_http_print_task_body_filter_init(cf) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_print_task_filter_init(cf);
}


static ngx_int_t
ngx_http_print_task_add_handler(ngx_conf_t *cf, ngx_http_phases phase,
    ngx_http_handler_pt handler)
{
    ngx_http_handler_pt        *h;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    h = ngx_array_push(&cmcf->phases[phase].handlers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    *h = handler;

    return NGX_OK;
}


/* All configurations except that of the http level are merged now. */

static void
ngx_http_print_task_init_stores(ngx_http_print_task_main_conf_t *ptmcf)
{
    ngx_uint_t                         i;
    ngx_http_print_task_loc_conf_t    *conf;
    ngx_http_print_task_store_conf_t  *sc;

    sc = ptmcf->stores.elts;

    for (i = 0; i < ptmcf->stores.nelts; i++) {
        conf = sc[i].conf;

        if (conf == NULL) {
            continue;
        }

        ngx_http_print_task_set_timeouts(conf);

        ngx_http_print_task_store_redis_timeouts(sc[i].store,
                                                 conf->connect_timeout,
                                                 conf->command_timeout);
        ngx_http_print_task_store_redis_queue(sc[i].store, conf->queue);
        ngx_http_print_task_store_redis_resolver(sc[i].store,
                                                 sc[i].core->resolver);
    }
}


static ngx_int_t
ngx_http_print_task_init_module(ngx_cycle_t *cycle)
{
    int                               yajl;
    ngx_http_print_task_main_conf_t  *ptmcf;

    ptmcf = ngx_http_cycle_get_module_main_conf(cycle,
                                                ngx_http_print_task_module);

    if (ptmcf == NULL || !ptmcf->used || ngx_test_config) {
        return NGX_OK;
    }

    yajl = yajl_version();

    ngx_log_error(NGX_LOG_NOTICE, cycle->log, 0,
                  "print task: " NGX_HTTP_PRINT_TASK_VERSION
                  ", %s, hiredis %d.%d.%d, yajl %d.%d.%d",
                  OpenSSL_version(OPENSSL_VERSION),
                  HIREDIS_MAJOR, HIREDIS_MINOR, HIREDIS_PATCH,
                  yajl / 10000, yajl / 100 % 100, yajl % 100);

    return ngx_http_print_task_init_wake(cycle, ptmcf);
}


/* before the fork, so that each worker has the pipes of all */

static ngx_int_t
ngx_http_print_task_init_wake(ngx_cycle_t *cycle,
    ngx_http_print_task_main_conf_t *ptmcf)
{
    ngx_uint_t        workers;
    ngx_core_conf_t  *ccf;

    if (!ptmcf->events) {
        return NGX_OK;
    }

    ccf = (ngx_core_conf_t *) ngx_get_conf(cycle->conf_ctx, ngx_core_module);
    workers = ccf->master ? ccf->worker_processes : 1;

    ptmcf->wake = ngx_http_print_task_wake_create(cycle->pool, workers,
                                                  cycle->log);

    return (ptmcf->wake != NULL) ? NGX_OK : NGX_ERROR;
}


static ngx_int_t
ngx_http_print_task_init_process(ngx_cycle_t *cycle)
{
    ngx_uint_t                         i;
    ngx_http_print_task_store_conf_t  *sc;
    ngx_http_print_task_main_conf_t   *ptmcf;

    ptmcf = ngx_http_cycle_get_module_main_conf(cycle,
                                                ngx_http_print_task_module);
    if (ptmcf == NULL) {
        return NGX_OK;
    }

    ngx_http_print_task_status_attach(cycle->log);

    sc = ptmcf->stores.elts;

    for (i = 0; i < ptmcf->stores.nelts; i++) {
        sc[i].store->number = ngx_http_print_task_status_store(
                                                          &sc[i].store->label);

        if (sc[i].store->init_process(sc[i].store, cycle) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    ngx_http_print_task_keys_init_process(cycle, ptmcf);

    if (ngx_http_print_task_overdue_init_process(cycle, ptmcf) != NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_print_task_attach_wake(cycle, ptmcf);
}


static ngx_int_t
ngx_http_print_task_attach_wake(ngx_cycle_t *cycle,
    ngx_http_print_task_main_conf_t *ptmcf)
{
    ngx_http_print_task_listen_init();

    if (ptmcf->wake == NULL
        || (ngx_process != NGX_PROCESS_WORKER
            && ngx_process != NGX_PROCESS_SINGLE))
    {
        return NGX_OK;
    }

    return ngx_http_print_task_wake_attach(ptmcf->wake, ngx_worker,
                                           ngx_http_print_task_listen_quit,
                                           cycle->log);
}


static void
ngx_http_print_task_exit_process(ngx_cycle_t *cycle)
{
    ngx_uint_t                         i;
    ngx_http_print_task_store_conf_t  *sc;
    ngx_http_print_task_main_conf_t   *ptmcf;

    ptmcf = ngx_http_cycle_get_module_main_conf(cycle,
                                                ngx_http_print_task_module);
    if (ptmcf == NULL) {
        return;
    }

    ngx_http_print_task_wake_detach();
    ngx_http_print_task_overdue_exit_process();

    sc = ptmcf->stores.elts;

    for (i = 0; i < ptmcf->stores.nelts; i++) {
        sc[i].store->exit_process(sc[i].store, cycle);
    }

    ngx_http_print_task_keys_exit_process(ptmcf);
    ngx_http_print_task_log_exit_process(ptmcf);
    ngx_http_print_task_revoked_exit_process(ptmcf);
    ngx_http_print_task_status_detach();
}
