
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The store of a location: print_task_store and print_task_redis. */


#include "conf/store.h"

#include "store/memory.h"
#include "store/store.h"
#include "redis/redis.h"


#define NGX_HTTP_PRINT_TASK_MEMORY_DEFAULT  (16 * 1024 * 1024)


static ngx_int_t ngx_http_print_task_add_store(ngx_conf_t *cf,
    ngx_http_print_task_store_t *store, ngx_http_print_task_loc_conf_t *conf);
static ngx_http_print_task_store_t *ngx_http_print_task_memory(
    ngx_conf_t *cf, ngx_str_t *value, ngx_str_t *file);
static ngx_int_t ngx_http_print_task_memory_file(ngx_conf_t *cf,
    ngx_str_t *value, ngx_str_t *file);
static ngx_http_print_task_store_t *ngx_http_print_task_memory_zone(
    ngx_conf_t *cf, ngx_str_t *name, size_t size, ngx_str_t *file);


static ngx_str_t  ngx_http_print_task_memory_name = ngx_string("print_task");


char *
ngx_http_print_task_redis(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_print_task_loc_conf_t *ptlcf = conf;

    ngx_str_t    *value;
    ngx_array_t   args;

    if (ptlcf->redis != NULL) {
        return "is duplicate";
    }

    value = cf->args->elts;

    args = *cf->args;
    args.elts = &value[1];
    args.nelts--;

    ptlcf->redis = ngx_http_print_task_store_redis_create(cf, &args);

    if (ptlcf->redis == NULL) {
        return NGX_CONF_ERROR;
    }

    return (ngx_http_print_task_add_store(cf, ptlcf->redis, ptlcf) == NGX_OK)
           ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/* a worker starts and ends each store once, for any number of locations */

static ngx_int_t
ngx_http_print_task_add_store(ngx_conf_t *cf,
    ngx_http_print_task_store_t *store, ngx_http_print_task_loc_conf_t *conf)
{
    ngx_uint_t                         i;
    ngx_http_print_task_main_conf_t   *ptmcf;
    ngx_http_print_task_store_conf_t  *sc;

    ptmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_print_task_module);

    sc = ptmcf->stores.elts;

    for (i = 0; i < ptmcf->stores.nelts; i++) {
        if (sc[i].store == store) {
            return NGX_OK;
        }
    }

    sc = ngx_array_push(&ptmcf->stores);
    if (sc == NULL) {
        return NGX_ERROR;
    }

    sc->store = store;
    sc->conf = conf;
    sc->core = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    return NGX_OK;
}


/* "redis", or "memory:name:size [file=path]" */

char *
ngx_http_print_task_store(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_print_task_loc_conf_t *ptlcf = conf;

    ngx_str_t  *value, file;

    if (ptlcf->store_type != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    value = cf->args->elts;

    ngx_str_set(&file, "");

    if (ngx_strcmp(value[1].data, "redis") == 0) {

        if (cf->args->nelts > 2) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\" in "
                               "\"print_task_store redis\", which takes no "
                               "parameter",
                               &value[2]);
            return NGX_CONF_ERROR;
        }

        ptlcf->store_type = NGX_HTTP_PRINT_TASK_STORE_REDIS;

        return NGX_CONF_OK;
    }

    if (ngx_strncmp(value[1].data, "memory:", 7) != 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid store \"%V\", it must be "
                           "\"memory:name:size\" or \"redis\" in \"%V\"",
                           &value[1], &cmd->name);
        return NGX_CONF_ERROR;
    }

    if (cf->args->nelts > 2
        && ngx_http_print_task_memory_file(cf, &value[2], &file) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    ptlcf->store_type = NGX_HTTP_PRINT_TASK_STORE_MEMORY;
    ptlcf->memory = ngx_http_print_task_memory(cf, &value[1], &file);

    return ptlcf->memory ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/* The size has no default here: a store with a name is for many tasks. */

static ngx_http_print_task_store_t *
ngx_http_print_task_memory(ngx_conf_t *cf, ngx_str_t *value, ngx_str_t *file)
{
    off_t      size;
    u_char    *p, *last;
    ngx_str_t  name, s;

    name.data = value->data + sizeof("memory:") - 1;
    last = value->data + value->len;

    p = ngx_strlchr(name.data, last, ':');

    name.len = (p ? p : last) - name.data;

    if (p == NULL || name.len == 0
        || name.len > NGX_HTTP_PRINT_TASK_MEMORY_NAME)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid store \"%V\", it must be "
                           "\"memory:name:size\" in \"print_task_store\", with "
                           "a name of at most %d bytes", value,
                           NGX_HTTP_PRINT_TASK_MEMORY_NAME);
        return NULL;
    }

    s.data = p + 1;
    s.len = last - s.data;

    size = ngx_parse_offset(&s);

    if (size < NGX_HTTP_PRINT_TASK_MEMORY_MIN
        || size > NGX_HTTP_PRINT_TASK_MEMORY_MAX)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid size \"%V\" in store \"%V\", it must be "
                           "from 256k to 64g in \"print_task_store\"",
                           &s, value);
        return NULL;
    }

    return ngx_http_print_task_memory_zone(cf, &name, (size_t) size, file);
}


static ngx_int_t
ngx_http_print_task_memory_file(ngx_conf_t *cf, ngx_str_t *value,
    ngx_str_t *file)
{
    static const size_t  len = sizeof("file=") - 1;

    if (ngx_strncmp(value->data, "file=", len) != 0 || value->len == len) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid parameter \"%V\" in \"print_task_store\", "
                           "it must be \"file=path\"", value);
        return NGX_ERROR;
    }

    file->data = value->data + len;
    file->len = value->len - len;

    return ngx_conf_full_name(cf->cycle, file, 0);
}


/* One zone may serve several levels, so no level owns it. */

static ngx_http_print_task_store_t *
ngx_http_print_task_memory_zone(ngx_conf_t *cf, ngx_str_t *name, size_t size,
    ngx_str_t *file)
{
    ngx_http_print_task_store_t  *store;

    store = ngx_http_print_task_store_memory(cf, name, size, file,
                                             &ngx_http_print_task_module);

    if (store == NULL
        || ngx_http_print_task_add_store(cf, store, NULL) != NGX_OK)
    {
        return NULL;
    }

    return store;
}


/*
 * A store and its settings belong together: a setting below the level of
 * print_task_redis would have no effect.
 */

char *
ngx_http_print_task_merge_store(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *prev,
    ngx_http_print_task_loc_conf_t *conf)
{
    const char  *directive;

    if (conf->redis == NULL) {

        directive = (conf->connect_timeout != NGX_CONF_UNSET_MSEC)
                    ? "print_task_redis_timeout"
                    : (conf->queue != NGX_CONF_UNSET_UINT) ? "print_task_queue"
                    : NULL;

        if (prev->redis != NULL && directive != NULL) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%s\" must be at the level of "
                               "\"print_task_redis\" or above", directive);
            return NGX_CONF_ERROR;
        }

        conf->redis = prev->redis;

    } else if (conf->store_type == NGX_CONF_UNSET_UINT
               && prev->store_type == NGX_HTTP_PRINT_TASK_STORE_MEMORY)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"print_task_redis\" is not used here, it needs "
                           "\"print_task_store redis\" at its level");
        return NGX_CONF_ERROR;
    }

    if (conf->connect_timeout == NGX_CONF_UNSET_MSEC) {
        conf->connect_timeout = prev->connect_timeout;
        conf->command_timeout = prev->command_timeout;
    }

    if (conf->queue == NGX_CONF_UNSET_UINT) {
        conf->queue = prev->queue;
    }

    ngx_http_print_task_set_timeouts(conf);

    if (conf->store_type == NGX_CONF_UNSET_UINT) {
        conf->store_type = prev->store_type;
        conf->memory = prev->memory;
    }

    return NGX_CONF_OK;
}


void
ngx_http_print_task_set_timeouts(ngx_http_print_task_loc_conf_t *conf)
{
    ngx_conf_init_msec_value(conf->connect_timeout, 1000);
    ngx_conf_init_msec_value(conf->command_timeout, 250);
    ngx_conf_init_uint_value(conf->queue, 1024);
}


/* for guarded locations */

char *
ngx_http_print_task_use_store(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *conf)
{
    ngx_str_t  none;

    switch (conf->store_type) {

    case NGX_HTTP_PRINT_TASK_STORE_REDIS:
        conf->store = conf->redis;
        break;

    case NGX_HTTP_PRINT_TASK_STORE_MEMORY:
        conf->store = conf->memory;
        break;

    default:
        conf->store = conf->redis;

        if (conf->store == NULL) {
            ngx_str_set(&none, "");

            conf->store = ngx_http_print_task_memory_zone(cf,
                                          &ngx_http_print_task_memory_name,
                                          NGX_HTTP_PRINT_TASK_MEMORY_DEFAULT,
                                          &none);
            if (conf->store == NULL) {
                return NGX_CONF_ERROR;
            }
        }
    }

    if (conf->store == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"print_task_store redis\" needs "
                           "\"print_task_redis\"");
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* Stores of different kinds never have the same records. */

ngx_uint_t
ngx_http_print_task_same_store(const ngx_http_print_task_loc_conf_t *one,
    const ngx_http_print_task_loc_conf_t *other)
{
    if (one->store == other->store) {
        return 1;
    }

    if (one->store == one->redis && other->store == other->redis) {
        return ngx_http_print_task_store_redis_same(one->store, other->store);
    }

    if (one->store == one->redis || other->store == other->redis) {
        return 0;
    }

    return ngx_http_print_task_store_memory_same(one->store, other->store);
}
