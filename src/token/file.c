
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Files that are read again when they change.  A check of a token looks at the
 * file at most once a second, and reads it if the file is another one or was
 * modified.  Each worker reads the file itself.
 */


#include "token/file.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include "token/set_zone.h"


static ngx_uint_t ngx_http_print_task_file_changed(
    ngx_http_print_task_file_t *file, const ngx_file_info_t *info);
static void ngx_http_print_task_file_clear(ngx_http_print_task_file_t *file);
static void ngx_http_print_task_file_read_again(
    ngx_http_print_task_file_t *file);
static const char *ngx_http_print_task_file_take(
    ngx_http_print_task_file_t *file, const ngx_str_t *text);
static const char *ngx_http_print_task_file_read(
    ngx_http_print_task_file_t *file, ngx_str_t *text, ngx_err_t *errp);
static const char *ngx_http_print_task_file_read_fd(
    ngx_http_print_task_file_t *file, ngx_fd_t fd, ngx_str_t *text,
    ngx_err_t *errp);
static ngx_uint_t ngx_http_print_task_file_log_once(
    ngx_http_print_task_file_t *file, const char *err);
static ngx_int_t ngx_http_print_task_files_init_zone(ngx_shm_zone_t *zone,
    void *data);
static ngx_http_print_task_file_shared_t *ngx_http_print_task_file_shared(
    ngx_http_print_task_file_shared_t *shared, ngx_uint_t n, uint64_t id);


/* seconds, with a margin for the resolution of file times */

#define NGX_HTTP_PRINT_TASK_FILE_SETTLED  2


#define ngx_http_print_task_file_nsec(info)  ((info)->st_mtim.tv_nsec)


ngx_int_t
ngx_http_print_task_file_load(ngx_conf_t *cf, ngx_http_print_task_file_t *file)
{
    ngx_err_t                          error;
    ngx_str_t                          text;
    const char                        *err;
    ngx_http_print_task_file_t       **f;
    ngx_http_print_task_main_conf_t   *ptmcf;

    ptmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_print_task_module);

    f = ngx_array_push(&ptmcf->files);
    if (f == NULL) {
        return NGX_ERROR;
    }

    *f = file;

    err = ngx_http_print_task_file_read(file, &text, &error);

    if (err != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, error,
                           "reading of \"%V\" failed: it %s", &file->name,
                           err);
        return NGX_ERROR;
    }

    err = ngx_http_print_task_file_take(file, &text);

    ngx_free(text.data);

    if (err != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "invalid %s in \"%V\": %s",
                           file->what, &file->name, err);
        return NGX_ERROR;
    }

    return NGX_OK;
}


void
ngx_http_print_task_file_reload(ngx_http_print_task_file_t *file)
{
    ngx_file_info_t  info;

    if (file->checked == ngx_time()) {
        return;
    }

    file->checked = ngx_time();

    if (ngx_file_info(file->name.data, &info) == NGX_FILE_ERROR) {

        ngx_http_print_task_file_clear(file);

        if (ngx_http_print_task_file_log_once(file, ngx_file_info_n)) {
            ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, ngx_errno,
                          ngx_file_info_n " \"%V\" failed, %s", &file->name,
                          file->kept);
        }

        return;
    }

    if (ngx_http_print_task_file_changed(file, &info)) {
        ngx_http_print_task_file_read_again(file);
    }
}


/*
 * A file that was just written may be written again within the resolution of
 * its time, so it is read again a little later.  A program can set the time of
 * modification, but not the time of change.
 */

static ngx_uint_t
ngx_http_print_task_file_changed(ngx_http_print_task_file_t *file,
    const ngx_file_info_t *info)
{
    const ngx_file_info_t  *old;

    old = &file->info;

    return !file->settled
           || ngx_file_mtime(info) != ngx_file_mtime(old)
           || ngx_http_print_task_file_nsec(info)
              != ngx_http_print_task_file_nsec(old)
           || info->st_ctim.tv_sec != old->st_ctim.tv_sec
           || info->st_ctim.tv_nsec != old->st_ctim.tv_nsec
           || ngx_file_size(info) != ngx_file_size(old)
           || ngx_file_uniq(info) != ngx_file_uniq(old);
}


/*
 * Clears the version that was read.  Without it, workers that have read
 * different versions log the same error.
 */

static void
ngx_http_print_task_file_clear(ngx_http_print_task_file_t *file)
{
    ngx_memzero(&file->info, sizeof(ngx_file_info_t));

    file->settled = 0;
}


static void
ngx_http_print_task_file_read_again(ngx_http_print_task_file_t *file)
{
    ngx_err_t    error;
    ngx_str_t    text;
    const char  *err;

    err = ngx_http_print_task_file_read(file, &text, &error);

    if (err == NULL) {
        err = ngx_http_print_task_file_take(file, &text);
        ngx_free(text.data);
    }

    if (err == NULL) {
        file->shared->logged = 0;
        return;
    }

    /* the error may be temporary, although the file does not change */

    file->settled = 0;

    if (ngx_http_print_task_file_log_once(file, err)) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, error,
                      "print task %s \"%V\" %s, %s", file->what, &file->name,
                      err, file->kept);
    }
}


/* a text that is known to be invalid is not parsed again */

static const char *
ngx_http_print_task_file_take(ngx_http_print_task_file_t *file,
    const ngx_str_t *text)
{
    uint64_t     hash, old;
    ngx_int_t    rc;
    const char  *err;

    /* without a hash, two texts could not be distinguished */

    if (ngx_http_print_task_text_hash(text, &hash) != NGX_OK) {
        return "cannot be used: SHA-256 failed";
    }

    old = file->hash;

    if (file->shared != NULL && hash == old) {
        return NULL;
    }

    if (file->why != NULL && hash == file->bad) {
        return file->why;
    }

    file->hash = hash;

    rc = file->take(file, text, &err);

    if (rc == NGX_OK) {
        file->why = NULL;
        return NULL;
    }

    file->hash = old;

    if (rc == NGX_DECLINED) {
        file->bad = hash;
        file->why = err;
    }

    return err;
}


/* the caller frees text->data; returns NULL or an error */

static const char *
ngx_http_print_task_file_read(ngx_http_print_task_file_t *file,
    ngx_str_t *text, ngx_err_t *errp)
{
    ngx_fd_t     fd;
    const char  *err;

    *errp = 0;

    ngx_http_print_task_file_clear(file);

    fd = ngx_open_file(file->name.data, NGX_FILE_RDONLY|NGX_FILE_NONBLOCK,
                       NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        *errp = ngx_errno;
        return "could not be opened";
    }

    text->data = ngx_alloc(file->max + 1, ngx_cycle->log);

    err = (text->data == NULL)
          ? "could not be read: out of memory"
          : ngx_http_print_task_file_read_fd(file, fd, text, errp);

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_ALERT, ngx_cycle->log, ngx_errno,
                      ngx_close_file_n " \"%V\" failed", &file->name);
    }

    if (err != NULL && text->data != NULL) {
        ngx_free(text->data);
    }

    return err;
}


static const char *
ngx_http_print_task_file_read_fd(ngx_http_print_task_file_t *file,
    ngx_fd_t fd, ngx_str_t *text, ngx_err_t *errp)
{
    ssize_t          n;
    ngx_file_info_t  info;

    if (ngx_fd_info(fd, &info) == NGX_FILE_ERROR) {
        *errp = ngx_errno;
        return "could not be read: " ngx_fd_info_n " failed";
    }

    if (!ngx_is_file(&info)) {
        return "is not a file";
    }

    file->info = info;
    file->settled = (ngx_time() - info.st_ctim.tv_sec
                     > NGX_HTTP_PRINT_TASK_FILE_SETTLED);

    n = ngx_read_fd(fd, text->data, file->max + 1);

    if (n == -1) {
        *errp = ngx_errno;
        return "could not be read";
    }

    text->len = (size_t) n;

    return (text->len > file->max) ? file->larger : NULL;
}


/* all workers find the same error, and one of them logs it */

static ngx_uint_t
ngx_http_print_task_file_log_once(ngx_http_print_task_file_t *file,
    const char *err)
{
    uint32_t           crc;
    time_t             mtime;
    ngx_uint_t         nsec;
    ngx_file_uniq_t    uniq;
    ngx_atomic_uint_t  old, bad;

    mtime = ngx_file_mtime(&file->info);
    nsec = ngx_http_print_task_file_nsec(&file->info);
    uniq = ngx_file_uniq(&file->info);

    ngx_crc32_init(crc);
    ngx_crc32_update(&crc, (u_char *) err, ngx_strlen(err));
    ngx_crc32_update(&crc, (u_char *) &mtime, sizeof(time_t));
    ngx_crc32_update(&crc, (u_char *) &nsec, sizeof(ngx_uint_t));
    ngx_crc32_update(&crc, (u_char *) &uniq, sizeof(ngx_file_uniq_t));
    ngx_crc32_final(crc);

    bad = (crc == 0) ? 1 : crc;
    old = file->shared->logged;

    return old != bad && ngx_atomic_cmp_set(&file->shared->logged, old, bad);
}


ngx_int_t
ngx_http_print_task_files_zone(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf)
{
    size_t                        size;
    uint64_t                      set;
    ngx_uint_t                    i;
    ngx_http_print_task_file_t  **files;

    if (ptmcf->files.nelts == 0) {
        return NGX_OK;
    }

    set = 0;
    files = ptmcf->files.elts;

    for (i = 0; i < ptmcf->files.nelts; i++) {
        set ^= files[i]->id;
    }

    size = 8 * ngx_pagesize
           + 2 * ptmcf->files.nelts * sizeof(ngx_http_print_task_file_shared_t);

    return ngx_http_print_task_set_zone(cf, "files", set, size,
                                        ngx_http_print_task_files_init_zone);
}


static ngx_int_t
ngx_http_print_task_files_init_zone(ngx_shm_zone_t *zone, void *data)
{
    ngx_uint_t                          i, n;
    ngx_slab_pool_t                    *shpool;
    ngx_http_print_task_file_t        **files;
    ngx_http_print_task_main_conf_t    *ptmcf;
    ngx_http_print_task_file_shared_t  *shared;

    ptmcf = zone->data;
    files = ptmcf->files.elts;
    n = ptmcf->files.nelts;

    shpool = (ngx_slab_pool_t *) zone->shm.addr;

    if (data == NULL && !zone->shm.exists) {

        shared = ngx_slab_calloc(shpool,
                              n * sizeof(ngx_http_print_task_file_shared_t));
        if (shared == NULL) {
            return NGX_ERROR;
        }

        for (i = 0; i < n; i++) {
            shared[i].id = files[i]->id;
        }

        shpool->data = shared;
    }

    for (i = 0; i < n; i++) {
        files[i]->shared = ngx_http_print_task_file_shared(shpool->data, n,
                                                           files[i]->id);

        if (files[i]->shared == NULL) {
            ngx_log_error(NGX_LOG_EMERG, zone->shm.log, 0,
                          "zone \"%V\" is of other files", &zone->shm.name);
            return NGX_ERROR;
        }

        /* the configuration has just read the file without an error */

        files[i]->shared->logged = 0;
    }

    return NGX_OK;
}


static ngx_http_print_task_file_shared_t *
ngx_http_print_task_file_shared(ngx_http_print_task_file_shared_t *shared,
    ngx_uint_t n, uint64_t id)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {
        if (shared[i].id == id) {
            return &shared[i];
        }
    }

    return NULL;
}


ngx_int_t
ngx_http_print_task_text_hash(const ngx_str_t *text, uint64_t *hash)
{
    u_char  md[EVP_MAX_MD_SIZE];

    if (EVP_Digest(text->data, text->len, md, NULL, EVP_sha256(), NULL) != 1) {
        ERR_clear_error();
        return NGX_ERROR;
    }

    ngx_memcpy(hash, md, sizeof(uint64_t));

    return NGX_OK;
}
