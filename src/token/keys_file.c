
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Key sets in files. */


#include "token/keys_file.h"

#include "core/pt_jwk.h"
#include "token/keys.h"


static ngx_int_t ngx_http_print_task_keys_take(
    ngx_http_print_task_file_t *file, const ngx_str_t *text,
    const char **err);
static void ngx_http_print_task_keys_free(void *data);


ngx_int_t
ngx_http_print_task_keys_load(ngx_conf_t *cf,
    ngx_http_print_task_keys_t *keys)
{
    ngx_pool_cleanup_t          *cln;
    ngx_http_print_task_file_t  *file;

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    file = &keys->file;

    file->name = keys->name;
    file->what = "key set";
    file->kept = "its last good keys are kept";
    file->max = PT_JWKS_MAX_SIZE;
    file->larger = "is larger than 256 KiB";
    file->take = ngx_http_print_task_keys_take;
    file->data = keys;
    file->id = keys->id;

    if (ngx_http_print_task_file_load(cf, file) != NGX_OK) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_print_task_keys_free;
    cln->data = keys->jwks;

    ngx_http_print_task_keys_log_skipped(keys, keys->jwks, cf->log);

    return NGX_OK;
}


void
ngx_http_print_task_keys_reload(ngx_http_print_task_keys_t *keys)
{
    ngx_http_print_task_file_reload(&keys->file);
}


/* without shared memory the configuration is still being loaded */

static ngx_int_t
ngx_http_print_task_keys_take(ngx_http_print_task_file_t *file,
    const ngx_str_t *text, const char **err)
{
    pt_jwks_t                   *jwks;
    ngx_http_print_task_keys_t  *keys;

    keys = file->data;

    jwks = pt_jwks_read(text, err);

    if (jwks == NULL) {
        return NGX_ERROR;
    }

    if (file->shared == NULL) {
        keys->jwks = jwks;
        keys->generation = file->hash;
        return NGX_OK;
    }

    ngx_http_print_task_keys_set(keys, jwks, file->hash);

    ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                  "print task key set \"%V\" was read again, %ui keys",
                  &keys->name, jwks->nkeys);

    ngx_http_print_task_keys_log_skipped(keys, jwks, ngx_cycle->log);

    return NGX_OK;
}


static void
ngx_http_print_task_keys_free(void *data)
{
    pt_jwks_free(data);
}
