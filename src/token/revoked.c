
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Lists of revoked tokens, in files.  Locations that name the same file share a
 * list.  Each worker has its own copy, and reads the file again when it
 * changes.
 */


#include "token/revoked.h"

#include <openssl/rand.h>

#include "token/file.h"


struct ngx_http_print_task_revoked_s {
    ngx_http_print_task_file_t   file;

    /* of this process */
    pt_revoked_t                *list;
    pt_revoked_t                *loaded;     /* list, if it is not that of
                                                the configuration */

    u_char                       seed[PT_SIPHASH_SEED_LEN];
};


static ngx_http_print_task_revoked_t *ngx_http_print_task_revoked_find(
    ngx_http_print_task_main_conf_t *ptmcf, const ngx_str_t *name);
static ngx_http_print_task_revoked_t *ngx_http_print_task_revoked_add(
    ngx_conf_t *cf, const ngx_str_t *name);
static ngx_int_t ngx_http_print_task_revoked_load(ngx_conf_t *cf,
    ngx_http_print_task_revoked_t *revoked);
static ngx_int_t ngx_http_print_task_revoked_take(
    ngx_http_print_task_file_t *file, const ngx_str_t *text,
    const char **err);
static void ngx_http_print_task_revoked_free(void *data);


char *
ngx_http_print_task_revoked_file(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_print_task_loc_conf_t *ptlcf = conf;

    ngx_str_t                        *value;
    ngx_http_print_task_main_conf_t  *ptmcf;

    if (ptlcf->revoked != NULL) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_conf_full_name(cf->cycle, &value[1], 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    ptmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_print_task_module);

    ptlcf->revoked = ngx_http_print_task_revoked_find(ptmcf, &value[1]);

    if (ptlcf->revoked != NULL) {
        return NGX_CONF_OK;
    }

    ptlcf->revoked = ngx_http_print_task_revoked_add(cf, &value[1]);

    if (ptlcf->revoked == NULL) {
        return NGX_CONF_ERROR;
    }

    return (ngx_http_print_task_revoked_load(cf, ptlcf->revoked) == NGX_OK)
           ? NGX_CONF_OK : NGX_CONF_ERROR;
}


static ngx_http_print_task_revoked_t *
ngx_http_print_task_revoked_find(ngx_http_print_task_main_conf_t *ptmcf,
    const ngx_str_t *name)
{
    ngx_uint_t                       i;
    ngx_http_print_task_revoked_t  **revoked;

    revoked = ptmcf->revoked.elts;

    for (i = 0; i < ptmcf->revoked.nelts; i++) {
        if (revoked[i]->file.name.len == name->len
            && ngx_memcmp(revoked[i]->file.name.data, name->data, name->len)
               == 0)
        {
            return revoked[i];
        }
    }

    return NULL;
}


static ngx_http_print_task_revoked_t *
ngx_http_print_task_revoked_add(ngx_conf_t *cf, const ngx_str_t *name)
{
    ngx_http_print_task_revoked_t    *revoked, **r;
    ngx_http_print_task_main_conf_t  *ptmcf;

    ptmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_print_task_module);

    r = ngx_array_push(&ptmcf->revoked);
    if (r == NULL) {
        return NULL;
    }

    revoked = ngx_pcalloc(cf->pool, sizeof(ngx_http_print_task_revoked_t));
    if (revoked == NULL) {
        return NULL;
    }

    *r = revoked;

    revoked->file.name = *name;

    return revoked;
}


static ngx_int_t
ngx_http_print_task_revoked_load(ngx_conf_t *cf,
    ngx_http_print_task_revoked_t *revoked)
{
    ngx_pool_cleanup_t          *cln;
    ngx_http_print_task_file_t  *file;

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    if (ngx_http_print_task_text_hash(&revoked->file.name, &revoked->file.id)
        != NGX_OK)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "SHA-256 of \"%V\" cannot be computed",
                           &revoked->file.name);
        return NGX_ERROR;
    }

    if (RAND_bytes(revoked->seed, PT_SIPHASH_SEED_LEN) != 1) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "RAND_bytes() failed");
        return NGX_ERROR;
    }

    file = &revoked->file;

    file->what = "list of revoked tokens";
    file->kept = "its last good entries are kept";
    file->max = PT_REVOKED_MAX_SIZE;
    file->larger = "is larger than 16 MiB";
    file->take = ngx_http_print_task_revoked_take;
    file->data = revoked;

    /* a key file may have the same name: the ids must differ */

    file->id = ~file->id;

    if (ngx_http_print_task_file_load(cf, file) != NGX_OK) {
        return NGX_ERROR;
    }

    cln->handler = ngx_http_print_task_revoked_free;
    cln->data = revoked->list;

    return NGX_OK;
}


/* without shared memory the configuration is still being loaded */

static ngx_int_t
ngx_http_print_task_revoked_take(ngx_http_print_task_file_t *file,
    const ngx_str_t *text, const char **err)
{
    ngx_int_t                       rc;
    pt_revoked_t                   *list;
    ngx_http_print_task_revoked_t  *revoked;

    revoked = file->data;

    rc = pt_revoked_read(text, revoked->seed, &list, err);

    if (rc != NGX_OK) {
        return rc;
    }

    revoked->list = list;

    if (file->shared == NULL) {
        return NGX_OK;
    }

    pt_revoked_free(revoked->loaded);
    revoked->loaded = list;

    ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                  "print task list of revoked tokens \"%V\" was read again, "
                  "%ui entries", &file->name, pt_revoked_count(list));

    return NGX_OK;
}


static void
ngx_http_print_task_revoked_free(void *data)
{
    pt_revoked_free(data);
}


uint64_t
ngx_http_print_task_revoked_generation(
    const ngx_http_print_task_loc_conf_t *conf)
{
    if (conf->revoked == NULL) {
        return 0;
    }

    ngx_http_print_task_file_reload(&conf->revoked->file);

    return conf->revoked->file.hash;
}


const pt_revoked_t *
ngx_http_print_task_revoked_list(const ngx_http_print_task_loc_conf_t *conf)
{
    return conf->revoked ? conf->revoked->list : NULL;
}


void
ngx_http_print_task_revoked_exit_process(
    ngx_http_print_task_main_conf_t *ptmcf)
{
    ngx_uint_t                       i;
    ngx_http_print_task_revoked_t  **revoked;

    revoked = ptmcf->revoked.elts;

    for (i = 0; i < ptmcf->revoked.nelts; i++) {
        pt_revoked_free(revoked[i]->loaded);
        revoked[i]->loaded = NULL;
        revoked[i]->list = NULL;
    }
}
