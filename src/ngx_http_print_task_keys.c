
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* the keys that tokens are verified with */


#include "ngx_http_print_task_module.h"


static ngx_int_t ngx_http_print_task_read_file(ngx_conf_t *cf,
    ngx_str_t *name, ngx_str_t *text);
static void ngx_http_print_task_free_jwks(void *data);


char *
ngx_http_print_task_key_file(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_print_task_loc_conf_t *ptlcf = conf;

    ngx_str_t           *value, text;
    const char          *err;
    ngx_pool_cleanup_t  *cln;

    if (ptlcf->jwks != NULL) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_conf_full_name(cf->cycle, &value[1], 1) != NGX_OK
        || ngx_http_print_task_read_file(cf, &value[1], &text) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NGX_CONF_ERROR;
    }

    ptlcf->jwks = pt_jwks_read(&text, &err);

    if (ptlcf->jwks == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid key set in \"%V\": %s", &value[1], err);
        return NGX_CONF_ERROR;
    }

    cln->handler = ngx_http_print_task_free_jwks;
    cln->data = ptlcf->jwks;

    if (ptlcf->jwks->skipped) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "%ui keys in \"%V\" cannot be used and are skipped",
                           ptlcf->jwks->skipped, &value[1]);
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_print_task_read_file(ngx_conf_t *cf, ngx_str_t *name,
    ngx_str_t *text)
{
    off_t       size;
    ssize_t     n;
    ngx_int_t   rc;
    ngx_file_t  file;

    rc = NGX_ERROR;

    ngx_memzero(&file, sizeof(ngx_file_t));

    file.name = *name;
    file.log = cf->log;

    file.fd = ngx_open_file(name->data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (file.fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_open_file_n " \"%V\" failed", name);
        return NGX_ERROR;
    }

    if (ngx_fd_info(file.fd, &file.info) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_fd_info_n " \"%V\" failed", name);
        goto done;
    }

    size = ngx_file_size(&file.info);

    if (size > PT_JWKS_MAX_SIZE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" is larger than %d bytes",
                           name, PT_JWKS_MAX_SIZE);
        goto done;
    }

    text->data = ngx_pnalloc(cf->pool, (size_t) size + 1);
    if (text->data == NULL) {
        goto done;
    }

    n = ngx_read_file(&file, text->data, (size_t) size, 0);

    if (n == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_read_file_n " \"%V\" failed", name);
        goto done;
    }

    text->len = (size_t) n;

    rc = NGX_OK;

done:

    if (ngx_close_file(file.fd) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_ALERT, cf, ngx_errno,
                           ngx_close_file_n " \"%V\" failed", name);
    }

    return rc;
}


static void
ngx_http_print_task_free_jwks(void *data)
{
    pt_jwks_free(data);
}
