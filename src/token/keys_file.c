
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Key sets in files.  A file is looked at when tokens are verified, at most
 * once a second, and read again when it is not the one that it was.
 */


#include "token/keys_file.h"

#include "core/pt_jwk.h"
#include "token/keys.h"


static ngx_uint_t ngx_http_print_task_keys_changed(
    ngx_http_print_task_keys_t *keys, const ngx_file_info_t *info);
static void ngx_http_print_task_keys_read(ngx_http_print_task_keys_t *keys);
static const char *ngx_http_print_task_keys_read_file(
    ngx_http_print_task_keys_t *keys, ngx_str_t *text, ngx_err_t *errp);
static ngx_uint_t ngx_http_print_task_keys_log_once(
    ngx_http_print_task_keys_t *keys, const char *err);
static void ngx_http_print_task_keys_free(void *data);


/* with one more granularity of file systems' clocks */

#define NGX_HTTP_PRINT_TASK_KEYS_SETTLED  2


#define ngx_http_print_task_keys_nsec(info)  ((info)->st_mtim.tv_nsec)


ngx_int_t
ngx_http_print_task_keys_load(ngx_conf_t *cf,
    ngx_http_print_task_keys_t *keys)
{
    ngx_err_t            error;
    ngx_str_t            text;
    const char          *err;
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(cf->pool, 0);
    if (cln == NULL) {
        return NGX_ERROR;
    }

    err = ngx_http_print_task_keys_read_file(keys, &text, &error);

    if (err != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, error,
                           "reading of \"%V\" failed: it %s", &keys->name, err);
        return NGX_ERROR;
    }

    keys->jwks = ngx_http_print_task_keys_parse(&text, &keys->generation, &err);

    ngx_free(text.data);

    if (keys->jwks == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid key set in \"%V\": %s", &keys->name, err);
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
    ngx_file_info_t  info;

    if (keys->checked == ngx_time()) {
        return;
    }

    keys->checked = ngx_time();

    if (ngx_file_info(keys->name.data, &info) == NGX_FILE_ERROR) {

        if (ngx_http_print_task_keys_log_once(keys, ngx_file_info_n)) {
            ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, ngx_errno,
                          ngx_file_info_n " \"%V\" failed, "
                          "its last good keys are kept", &keys->name);
        }

        return;
    }

    if (ngx_http_print_task_keys_changed(keys, &info)) {
        ngx_http_print_task_keys_read(keys);
    }
}


/* a file that was just written may be written again in the same instant */

static ngx_uint_t
ngx_http_print_task_keys_changed(ngx_http_print_task_keys_t *keys,
    const ngx_file_info_t *info)
{
    const ngx_file_info_t  *old;

    old = &keys->info;

    return !keys->settled
           || ngx_file_mtime(info) != ngx_file_mtime(old)
           || ngx_http_print_task_keys_nsec(info)
              != ngx_http_print_task_keys_nsec(old)
           || ngx_file_size(info) != ngx_file_size(old)
           || ngx_file_uniq(info) != ngx_file_uniq(old);
}


static void
ngx_http_print_task_keys_read(ngx_http_print_task_keys_t *keys)
{
    uint64_t     hash;
    ngx_err_t    error;
    ngx_str_t    text;
    pt_jwks_t   *jwks;
    const char  *err;

    error = 0;
    jwks = NULL;
    hash = 0;

    err = ngx_http_print_task_keys_read_file(keys, &text, &error);

    if (err == NULL) {
        if (ngx_http_print_task_keys_hash(&text, &hash) != NGX_OK
            || hash != keys->generation)
        {
            jwks = ngx_http_print_task_keys_parse(&text, &hash, &err);
        }

        ngx_free(text.data);
    }

    if (jwks != NULL) {
        ngx_http_print_task_keys_set(keys, jwks, hash);

        ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                      "print task key set \"%V\" was read again, %ui keys",
                      &keys->name, jwks->nkeys);

        ngx_http_print_task_keys_log_skipped(keys, jwks, ngx_cycle->log);
    }

    if (err == NULL) {
        keys->shared->logged = 0;
        return;
    }

    /* what failed may be something else than the file, which stays the same */

    keys->settled = 0;

    if (ngx_http_print_task_keys_log_once(keys, err)) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, error,
                      "print task key set \"%V\" %s, "
                      "its last good keys are kept", &keys->name, err);
    }
}


/* text->data is to be freed; returns what is wrong */

static const char *
ngx_http_print_task_keys_read_file(ngx_http_print_task_keys_t *keys,
    ngx_str_t *text, ngx_err_t *errp)
{
    ssize_t      n;
    const char  *err;
    ngx_file_t   file;

    *errp = 0;

    ngx_memzero(&file, sizeof(ngx_file_t));

    file.name = keys->name;
    file.log = ngx_cycle->log;

    file.fd = ngx_open_file(keys->name.data, NGX_FILE_RDONLY|NGX_FILE_NONBLOCK,
                            NGX_FILE_OPEN, 0);

    if (file.fd == NGX_INVALID_FILE) {
        *errp = ngx_errno;
        return "could not be opened";
    }

    text->data = ngx_alloc(PT_JWKS_MAX_SIZE + 1, ngx_cycle->log);

    if (text->data == NULL) {
        err = "could not be read: out of memory";

    } else if (ngx_fd_info(file.fd, &file.info) == NGX_FILE_ERROR) {
        *errp = ngx_errno;
        err = "could not be read: " ngx_fd_info_n " failed";

    } else if (!ngx_is_file(&file.info)) {
        err = "is not a file";

    } else {
        keys->info = file.info;
        keys->settled = (ngx_time() - ngx_file_mtime(&file.info)
                         > NGX_HTTP_PRINT_TASK_KEYS_SETTLED);

        n = ngx_read_fd(file.fd, text->data, PT_JWKS_MAX_SIZE + 1);

        if (n == -1) {
            *errp = ngx_errno;
            err = "could not be read";

        } else {
            text->len = (size_t) n;
            err = (n > PT_JWKS_MAX_SIZE) ? "is larger than 256 KiB" : NULL;
        }
    }

    if (ngx_close_file(file.fd) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_ALERT, ngx_cycle->log, ngx_errno,
                      ngx_close_file_n " \"%V\" failed", &keys->name);
    }

    if (err != NULL && text->data != NULL) {
        ngx_free(text->data);
    }

    return err;
}


/* one worker logs what all of them see */

static ngx_uint_t
ngx_http_print_task_keys_log_once(ngx_http_print_task_keys_t *keys,
    const char *err)
{
    uint32_t           crc;
    time_t             mtime;
    ngx_uint_t         nsec;
    ngx_file_uniq_t    uniq;
    ngx_atomic_uint_t  old, bad;

    mtime = ngx_file_mtime(&keys->info);
    nsec = ngx_http_print_task_keys_nsec(&keys->info);
    uniq = ngx_file_uniq(&keys->info);

    ngx_crc32_init(crc);
    ngx_crc32_update(&crc, (u_char *) err, ngx_strlen(err));
    ngx_crc32_update(&crc, (u_char *) &mtime, sizeof(time_t));
    ngx_crc32_update(&crc, (u_char *) &nsec, sizeof(ngx_uint_t));
    ngx_crc32_update(&crc, (u_char *) &uniq, sizeof(ngx_file_uniq_t));
    ngx_crc32_final(crc);

    bad = (crc == 0) ? 1 : crc;
    old = keys->shared->logged;

    return old != bad && ngx_atomic_cmp_set(&keys->shared->logged, old, bad);
}


static void
ngx_http_print_task_keys_free(void *data)
{
    pt_jwks_free(data);
}
