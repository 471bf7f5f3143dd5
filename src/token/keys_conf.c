
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The sources of keys in a configuration: a file, or a location that answers
 * with a key set.  Locations that name the same source share it.
 */


#include "token/keys_conf.h"

#include "core/pt_jwk.h"
#include "token/keys.h"
#include "token/keys_file.h"
#include "token/keys_refresh.h"
#include "token/set_zone.h"


/*
 * In addition to the texts: the slab pool itself, and the shared data of
 * sources.
 */

#define NGX_HTTP_PRINT_TASK_KEYS_ZONE  (64 * 1024)


static ngx_http_print_task_keys_t *ngx_http_print_task_keys_find(
    ngx_http_print_task_main_conf_t *ptmcf, const ngx_str_t *name,
    const ngx_http_conf_ctx_t *ctx);
static ngx_http_print_task_keys_t *ngx_http_print_task_keys_add(
    ngx_conf_t *cf, const ngx_str_t *name);
static ngx_int_t ngx_http_print_task_keys_name(ngx_conf_t *cf,
    ngx_http_print_task_keys_t *keys);
static ngx_int_t ngx_http_print_task_keys_init_zone(ngx_shm_zone_t *zone,
    void *data);
static ngx_http_print_task_keys_shared_t *ngx_http_print_task_keys_shared(
    ngx_http_print_task_main_conf_t *ptmcf, uint64_t id);
static void ngx_http_print_task_keys_restart(
    ngx_http_print_task_keys_t *keys);


static ngx_str_t  ngx_http_print_task_keys_any = ngx_string("*");


char *
ngx_http_print_task_key_file(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_print_task_loc_conf_t *ptlcf = conf;

    ngx_str_t                        *value;
    ngx_http_print_task_main_conf_t  *ptmcf;

    if (ptlcf->keys != NULL) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_conf_full_name(cf->cycle, &value[1], 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    ptmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_print_task_module);

    ptlcf->keys = ngx_http_print_task_keys_find(ptmcf, &value[1], NULL);

    if (ptlcf->keys != NULL) {
        return NGX_CONF_OK;
    }

    ptlcf->keys = ngx_http_print_task_keys_add(cf, &value[1]);

    if (ptlcf->keys == NULL) {
        return NGX_CONF_ERROR;
    }

    ptlcf->keys->update = ngx_http_print_task_keys_reload;

    if (ngx_http_print_task_text_hash(&value[1], &ptlcf->keys->id) != NGX_OK) {
        return "failed: SHA-256 cannot be computed";
    }

    return (ngx_http_print_task_keys_load(cf, ptlcf->keys) == NGX_OK)
           ? NGX_CONF_OK : NGX_CONF_ERROR;
}


char *
ngx_http_print_task_key_request(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_print_task_loc_conf_t *ptlcf = conf;

    ngx_str_t  *value;

    if (ptlcf->key_uri.data != NULL) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (value[1].len == 0 || value[1].data[0] != '/') {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid uri \"%V\" in \"%V\", it must start "
                           "with \"/\"", &value[1], &cmd->name);
        return NGX_CONF_ERROR;
    }

    ptlcf->key_uri = value[1];

    return NGX_CONF_OK;
}


char *
ngx_http_print_task_merge_keys(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *prev,
    ngx_http_print_task_loc_conf_t *conf)
{
    if (conf->keys == NULL && conf->key_uri.data == NULL) {
        conf->keys = prev->keys;
        conf->key_uri = prev->key_uri;
    }

    if (conf->key_refresh == NGX_CONF_UNSET_MSEC) {
        conf->key_refresh = prev->key_refresh;
        conf->key_min = prev->key_min;
    }

    if (conf->keys != NULL
        && !ngx_http_print_task_keys_remote(conf->keys)
        && conf->key_uri.data != NULL)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"print_task_key_file\" and "
                           "\"print_task_key_request\" cannot be used "
                           "together");
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* a uri belongs to the server of the location */

char *
ngx_http_print_task_use_keys(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *conf)
{
    ngx_msec_t                        refresh, min;
    ngx_http_core_srv_conf_t         *cscf;
    ngx_http_print_task_keys_t       *keys;
    ngx_http_print_task_main_conf_t  *ptmcf;

    if (conf->key_uri.data == NULL) {
        return NGX_CONF_OK;
    }

    refresh = (conf->key_refresh == NGX_CONF_UNSET_MSEC) ? 3600000
                                                         : conf->key_refresh;
    min = (conf->key_min == NGX_CONF_UNSET_MSEC) ? ngx_min(300000, refresh)
                                                 : conf->key_min;

    ptmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_print_task_module);
    cscf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module);

    keys = ngx_http_print_task_keys_find(ptmcf, &conf->key_uri, cscf->ctx);

    if (keys != NULL) {

        if (keys->refresh != refresh || keys->min != min) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"print_task_key_refresh\" differs from that "
                               "of another location with the "
                               "\"print_task_key_request\" \"%V\"",
                               &conf->key_uri);
            return NGX_CONF_ERROR;
        }

        conf->keys = keys;
        return NGX_CONF_OK;
    }

    keys = ngx_http_print_task_keys_add(cf, &conf->key_uri);
    if (keys == NULL) {
        return NGX_CONF_ERROR;
    }

    keys->update = ngx_http_print_task_keys_sync;
    keys->ctx = cscf->ctx;
    keys->refresh = refresh;
    keys->min = min;

    conf->keys = keys;

    return (ngx_http_print_task_keys_name(cf, keys) == NGX_OK)
           ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static ngx_http_print_task_keys_t *
ngx_http_print_task_keys_find(ngx_http_print_task_main_conf_t *ptmcf,
    const ngx_str_t *name, const ngx_http_conf_ctx_t *ctx)
{
    ngx_uint_t                    i;
    ngx_http_print_task_keys_t  **keys;

    keys = ptmcf->keys.elts;

    for (i = 0; i < ptmcf->keys.nelts; i++) {
        if (keys[i]->ctx == ctx
            && keys[i]->name.len == name->len
            && ngx_memcmp(keys[i]->name.data, name->data, name->len) == 0)
        {
            return keys[i];
        }
    }

    return NULL;
}


static ngx_http_print_task_keys_t *
ngx_http_print_task_keys_add(ngx_conf_t *cf, const ngx_str_t *name)
{
    ngx_http_print_task_keys_t       *keys, **k;
    ngx_http_print_task_main_conf_t  *ptmcf;

    ptmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_print_task_module);

    k = ngx_array_push(&ptmcf->keys);
    if (k == NULL) {
        return NULL;
    }

    keys = ngx_pcalloc(cf->pool, sizeof(ngx_http_print_task_keys_t));
    if (keys == NULL) {
        return NULL;
    }

    *k = keys;

    keys->name = *name;
    keys->ident = (ngx_socket_t) -1;

    return keys;
}


/*
 * A name for the uri that is the same in the next configuration.  Several
 * servers may have one server name: their order distinguishes them.
 */

static ngx_int_t
ngx_http_print_task_keys_name(ngx_conf_t *cf, ngx_http_print_task_keys_t *keys)
{
    size_t                             len;
    ngx_str_t                          name, *server;
    ngx_uint_t                         i, n;
    ngx_http_core_srv_conf_t          *cscf;
    ngx_http_print_task_keys_t       **k;
    ngx_http_print_task_main_conf_t   *ptmcf;

    ptmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_print_task_module);
    cscf = ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module);

    server = cscf->server_name.len ? &cscf->server_name
                                   : &ngx_http_print_task_keys_any;

    len = server->len + 2 * (1 + NGX_INT_T_LEN) + keys->name.len;

    name.data = ngx_pnalloc(cf->pool, len);
    if (name.data == NULL) {
        return NGX_ERROR;
    }

    k = ptmcf->keys.elts;

    for (n = 0; /* void */ ; n++) {
        name.len = ngx_sprintf(name.data, "%V %ui %V", server, n, &keys->name)
                   - name.data;

        if (ngx_http_print_task_text_hash(&name, &keys->id) != NGX_OK) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "SHA-256 of \"%V\" cannot be computed", &name);
            return NGX_ERROR;
        }

        for (i = 0; i < ptmcf->keys.nelts; i++) {
            if (k[i] != keys && k[i]->id == keys->id) {
                break;
            }
        }

        if (i == ptmcf->keys.nelts) {
            return NGX_OK;
        }
    }
}


ngx_int_t
ngx_http_print_task_keys_zone(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf)
{
    size_t                        size;
    uint64_t                      set;
    ngx_uint_t                    i;
    ngx_http_print_task_keys_t  **keys;

    if (ptmcf->keys.nelts == 0) {
        return NGX_OK;
    }

    set = 0;
    size = NGX_HTTP_PRINT_TASK_KEYS_ZONE;
    keys = ptmcf->keys.elts;

    for (i = 0; i < ptmcf->keys.nelts; i++) {
        set ^= keys[i]->id;
        size += sizeof(ngx_http_print_task_keys_shared_t);

        if (ngx_http_print_task_keys_remote(keys[i])) {

            /* the old text, the new one, and fragmentation */

            size += 3 * PT_JWKS_MAX_SIZE;
        }
    }

    return ngx_http_print_task_set_zone(cf, "keys", set, size,
                                        ngx_http_print_task_keys_init_zone);
}


static ngx_int_t
ngx_http_print_task_keys_init_zone(ngx_shm_zone_t *zone, void *data)
{
    ngx_uint_t                          i;
    ngx_slab_pool_t                    *shpool;
    ngx_http_print_task_keys_t        **keys;
    ngx_http_print_task_main_conf_t    *ptmcf;
    ngx_http_print_task_keys_shared_t  *shared;

    ptmcf = zone->data;
    keys = ptmcf->keys.elts;

    shpool = (ngx_slab_pool_t *) zone->shm.addr;

    if (data == NULL && !zone->shm.exists) {

        shared = ngx_slab_calloc(shpool, ptmcf->keys.nelts
                                 * sizeof(ngx_http_print_task_keys_shared_t));
        if (shared == NULL) {
            return NGX_ERROR;
        }

        for (i = 0; i < ptmcf->keys.nelts; i++) {
            shared[i].id = keys[i]->id;
        }

        shpool->data = shared;
    }

    ptmcf->keys_shared = shpool->data;

    for (i = 0; i < ptmcf->keys.nelts; i++) {
        keys[i]->shpool = shpool;
        keys[i]->shared = ngx_http_print_task_keys_shared(ptmcf, keys[i]->id);

        if (keys[i]->shared == NULL) {
            ngx_log_error(NGX_LOG_EMERG, zone->shm.log, 0,
                          "zone \"%V\" is of other keys", &zone->shm.name);
            return NGX_ERROR;
        }

        ngx_http_print_task_keys_restart(keys[i]);
    }

    return NGX_OK;
}


static ngx_http_print_task_keys_shared_t *
ngx_http_print_task_keys_shared(ngx_http_print_task_main_conf_t *ptmcf,
    uint64_t id)
{
    ngx_uint_t                          i;
    ngx_http_print_task_keys_shared_t  *shared;

    shared = ptmcf->keys_shared;

    for (i = 0; i < ptmcf->keys.nelts; i++) {
        if (shared[i].id == id) {
            return &shared[i];
        }
    }

    return NULL;
}


/* the new configuration may have removed the cause of earlier failures */

static void
ngx_http_print_task_keys_restart(ngx_http_print_task_keys_t *keys)
{
    ngx_shmtx_lock(&keys->shpool->mutex);

    if (keys->shared->changes == 0) {
        keys->shared->tried = 0;
        keys->shared->failures = 0;
    }

    ngx_shmtx_unlock(&keys->shpool->mutex);
}


void
ngx_http_print_task_keys_init_process(ngx_cycle_t *cycle,
    ngx_http_print_task_main_conf_t *ptmcf)
{
    ngx_uint_t                    i;
    ngx_http_print_task_keys_t  **keys;

    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE)
    {
        return;
    }

    keys = ptmcf->keys.elts;

    for (i = 0; i < ptmcf->keys.nelts; i++) {
        if (ngx_http_print_task_keys_remote(keys[i])) {
            ngx_http_print_task_keys_start(keys[i], cycle->log);
        }
    }
}


void
ngx_http_print_task_keys_exit_process(ngx_http_print_task_main_conf_t *ptmcf)
{
    ngx_uint_t                    i;
    ngx_http_print_task_keys_t  **keys;

    keys = ptmcf->keys.elts;

    for (i = 0; i < ptmcf->keys.nelts; i++) {
        ngx_http_print_task_keys_set(keys[i], NULL, 0);
    }
}
