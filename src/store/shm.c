
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Opens, checks, locks and inherits the memory of a store. */


#include "store/shm.h"

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_channel.h>
#include <sys/file.h>


#define NGX_HTTP_PRINT_TASK_SHM_MAGIC   0x33706d206b736174ull
#define NGX_HTTP_PRINT_TASK_SHM_PREFIX  "print_task:"
#define NGX_HTTP_PRINT_TASK_SHM_SPIN    64
#define NGX_HTTP_PRINT_TASK_SHM_GROWTH  8       /* times the first size */
#define NGX_HTTP_PRINT_TASK_SHM_SPAN_MAX  (64ull * 1024 * 1024 * 1024)
#define NGX_HTTP_PRINT_TASK_SHM_NAME    255
#define NGX_HTTP_PRINT_TASK_SHM_WAIT    250     /* ms, for the lock */
#define NGX_HTTP_PRINT_TASK_SHM_STUCK   1000    /* ms until the next wait */

#define NGX_HTTP_PRINT_TASK_BOOT_ID     "/proc/sys/kernel/random/boot_id"
#define NGX_HTTP_PRINT_TASK_NS_PID      "/proc/self/ns/pid"
#define NGX_HTTP_PRINT_TASK_NS_TIME     "/proc/self/ns/time"


static ngx_int_t ngx_http_print_task_shm_check_dirs(ngx_str_t *file,
    ngx_log_t *log);
static ngx_int_t ngx_http_print_task_shm_check_dir(ngx_str_t *file,
    const char *dir, ngx_log_t *log);
static size_t ngx_http_print_task_shm_span(size_t size);
static ngx_int_t ngx_http_print_task_shm_resize(
    ngx_http_print_task_shm_t *shm, size_t size);
static ngx_int_t ngx_http_print_task_shm_check_info(ngx_str_t *file,
    const ngx_file_info_t *fi, ngx_log_t *log);
static ngx_int_t ngx_http_print_task_shm_file(ngx_http_print_task_shm_t *shm,
    ngx_str_t *file, ngx_log_t *log);
static ngx_int_t ngx_http_print_task_shm_open_file(
    ngx_http_print_task_shm_t *shm, ngx_str_t *file, ngx_log_t *log);
static ngx_int_t ngx_http_print_task_shm_own_file(
    ngx_http_print_task_shm_t *shm, ngx_str_t *file, ngx_log_t *log);
static ngx_int_t ngx_http_print_task_shm_new_file(
    ngx_http_print_task_shm_t *shm, ngx_str_t *file, ngx_log_t *log);
static ngx_int_t ngx_http_print_task_shm_is_empty(
    ngx_http_print_task_shm_t *shm);

static ngx_int_t ngx_http_print_task_shm_anonymous(
    ngx_http_print_task_shm_t *shm, ngx_str_t *name, ngx_log_t *log);
static void ngx_http_print_task_shm_inherit(ngx_http_print_task_shm_t *shm,
    u_char *name, ngx_log_t *log);

static ngx_int_t ngx_http_print_task_shm_memory(
    ngx_http_print_task_shm_t *shm, ngx_log_t *log);
static ngx_int_t ngx_http_print_task_shm_init(ngx_http_print_task_shm_t *shm,
    ngx_log_t *log);
static ngx_int_t ngx_http_print_task_shm_mutex(pthread_mutex_t *mutex,
    ngx_log_t *log);
static ngx_int_t ngx_http_print_task_shm_check_place(
    ngx_http_print_task_shm_t *shm, ngx_str_t *file, ngx_log_t *log);
static void ngx_http_print_task_shm_boot(u_char *boot, size_t size);
static void ngx_http_print_task_shm_place(u_char *place, size_t size);
static int ngx_http_print_task_shm_wait(ngx_http_print_task_shm_t *shm);
static int ngx_http_print_task_shm_lock_in_time(pthread_mutex_t *mutex);
static int64_t ngx_http_print_task_shm_clock(void);


ngx_http_print_task_shm_t *
ngx_http_print_task_shm_open(ngx_str_t *name, ngx_str_t *file, size_t size,
    ngx_log_t *log)
{
    ngx_int_t                   rc;
    ngx_http_print_task_shm_t  *shm;

    shm = ngx_calloc(sizeof(ngx_http_print_task_shm_t), log);
    if (shm == NULL) {
        return NULL;
    }

    shm->refs = 1;
    shm->size = size;
    shm->wanted = size;
    shm->span = ngx_http_print_task_shm_span(size);
    shm->file = (file->len != 0);
    shm->fd = NGX_INVALID_FILE;

    rc = file->len ? ngx_http_print_task_shm_file(shm, file, log)
                   : ngx_http_print_task_shm_anonymous(shm, name, log);

    if (rc == NGX_OK && !shm->exists) {
        rc = ngx_http_print_task_shm_init(shm, log);
    }

    if (rc != NGX_OK) {
        ngx_http_print_task_shm_close(shm);
        return NULL;
    }

    shm->start = (u_char *) shm->header + NGX_HTTP_PRINT_TASK_SHM_HEADER;

    return shm;
}


/* addresses cost nothing, where there are enough of them */

static size_t
ngx_http_print_task_shm_span(size_t size)
{
    size_t  most;

    most = NGX_HTTP_PRINT_TASK_SHM_SPAN_MAX;

    return ngx_max(size, ngx_min(NGX_HTTP_PRINT_TASK_SHM_GROWTH * size, most));
}


/*
 * A process that has mapped more than there is can use what is added later.
 * All processes have mapped header->span bytes.
 */

ngx_int_t
ngx_http_print_task_shm_grow(ngx_http_print_task_shm_t *shm, size_t size,
    ngx_str_t *name, ngx_log_t *log)
{
    ngx_int_t        err;
    ngx_file_info_t  fi;

    if (ngx_fd_info(shm->fd, &fi) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      ngx_fd_info_n " \"%V\" failed", name);
        return NGX_ERROR;
    }

    shm->size = (size_t) ngx_file_size(&fi);

    if (shm->size >= size) {
        return NGX_OK;
    }

    if (size > shm->span) {
        ngx_log_error(NGX_LOG_EMERG, log, 0,
                      "print_task_store \"%V\" cannot grow from %uz to %uz "
                      "bytes, only to %uz: choose that, or export its tasks, "
                      "start nginx anew, and import them",
                      name, shm->size, size, shm->span);
        return NGX_ERROR;
    }

    err = ngx_http_print_task_shm_resize(shm, size);

    if (err) {
        ngx_log_error(NGX_LOG_EMERG, log, err,
                      "print_task_store \"%V\" cannot grow from %uz to %uz "
                      "bytes", name, shm->size, size);
        return NGX_ERROR;
    }

    shm->size = size;

    return NGX_OK;
}


/* the blocks of a file are allocated now, as those of a new one */

static ngx_int_t
ngx_http_print_task_shm_resize(ngx_http_print_task_shm_t *shm, size_t size)
{
    ngx_int_t  err;

    if (!shm->file) {
        return (ftruncate(shm->fd, size) == -1) ? ngx_errno : 0;
    }

    err = posix_fallocate(shm->fd, 0, size);

    if (err && ftruncate(shm->fd, shm->size) == -1) {
        return ngx_errno;
    }

    return err;
}


ngx_int_t
ngx_http_print_task_shm_check(ngx_str_t *file, ngx_log_t *log)
{
    ngx_file_info_t  fi;

    if (ngx_http_print_task_shm_check_dirs(file, log) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ngx_link_info(file->data, &fi) == NGX_FILE_ERROR) {
        return NGX_OK;
    }

    return ngx_http_print_task_shm_check_info(file, &fi, log);
}


/* a user who can write to one of these directories can replace the file */

static ngx_int_t
ngx_http_print_task_shm_check_dirs(ngx_str_t *file, ngx_log_t *log)
{
    char        *p, *dir;
    ngx_int_t    rc;
    char         path[PATH_MAX];

    if (file->len >= PATH_MAX) {
        ngx_log_error(NGX_LOG_EMERG, log, 0, "\"%V\" is too long", file);
        return NGX_ERROR;
    }

    ngx_memcpy(path, file->data, file->len + 1);

    p = strrchr(path, '/');

    if (p != NULL) {
        *(p == path ? p + 1 : p) = '\0';
    }

    dir = realpath(p != NULL ? path : ".", NULL);

    if (dir == NULL) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      "cannot find the directory of \"file=%V\" in "
                      "\"print_task_store\"", file);
        return NGX_ERROR;
    }

    do {
        rc = ngx_http_print_task_shm_check_dir(file, dir, log);

        p = strrchr(dir, '/');

        if (p == dir && p[1] == '\0') {
            break;
        }

        *(p == dir ? p + 1 : p) = '\0';

    } while (rc == NGX_OK);

    free(dir);

    return rc;
}


static ngx_int_t
ngx_http_print_task_shm_check_dir(ngx_str_t *file, const char *dir,
    ngx_log_t *log)
{
    ngx_file_info_t  fi;

    if (ngx_file_info(dir, &fi) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      ngx_file_info_n " \"%s\" failed", dir);
        return NGX_ERROR;
    }

    if (fi.st_uid != 0 && fi.st_uid != geteuid()) {
        ngx_log_error(NGX_LOG_EMERG, log, 0,
                      "\"file=%V\" is not used: the directory \"%s\" belongs "
                      "to user %ui, it must belong to root or to the user that "
                      "starts nginx", file, dir, (ngx_uint_t) fi.st_uid);
        return NGX_ERROR;
    }

    if ((fi.st_mode & (S_IWGRP|S_IWOTH)) && !(fi.st_mode & S_ISVTX)) {
        ngx_log_error(NGX_LOG_EMERG, log, 0,
                      "\"file=%V\" is not used: others can write to the "
                      "directory \"%s\"", file, dir);
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_shm_check_info(ngx_str_t *file, const ngx_file_info_t *fi,
    ngx_log_t *log)
{
    if (!S_ISREG(fi->st_mode)) {
        ngx_log_error(NGX_LOG_EMERG, log, 0,
                      "\"%V\" is not a regular file", file);
        return NGX_ERROR;
    }

    if (fi->st_uid != 0 && fi->st_uid != geteuid()) {
        ngx_log_error(NGX_LOG_EMERG, log, 0,
                      "\"file=%V\" is not used: it belongs to user %ui, it "
                      "must belong to root or to the user that starts nginx",
                      file, (ngx_uint_t) fi->st_uid);
        return NGX_ERROR;
    }

    if (fi->st_mode & (S_IWGRP|S_IWOTH)) {
        ngx_log_error(NGX_LOG_EMERG, log, 0,
                      "\"file=%V\" is not used: others can write to it", file);
        return NGX_ERROR;
    }

    if (fi->st_nlink != 1) {
        ngx_log_error(NGX_LOG_EMERG, log, 0,
                      "\"file=%V\" is not used: it has %ui names", file,
                      (ngx_uint_t) fi->st_nlink);
        return NGX_ERROR;
    }

    return NGX_OK;
}


/*
 * Every process that uses the file holds a shared lock on it, which the kernel
 * releases with the last process.  An exclusive lock is held while the file is
 * checked.
 */

static ngx_int_t
ngx_http_print_task_shm_file(ngx_http_print_task_shm_t *shm, ngx_str_t *file,
    ngx_log_t *log)
{
    if (ngx_http_print_task_shm_open_file(shm, file, log) != NGX_OK) {
        return NGX_ERROR;
    }

    if (flock(shm->fd, LOCK_EX|LOCK_NB) == 0) {
        shm->alone = 1;
        return ngx_http_print_task_shm_own_file(shm, file, log);
    }

    if (flock(shm->fd, LOCK_SH) == -1) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      "flock() \"%V\" failed", file);
        return NGX_ERROR;
    }

    shm->exists = 1;

    if (ngx_http_print_task_shm_is_empty(shm) != NGX_DECLINED
        || ngx_http_print_task_shm_memory(shm, log) != NGX_OK
        || shm->header->magic != NGX_HTTP_PRINT_TASK_SHM_MAGIC
        || !shm->header->ready)
    {
        ngx_log_error(NGX_LOG_EMERG, log, 0,
                      "\"%V\" is in use, but not as a print_task_store of "
                      "%uz bytes", file, shm->size);
        return NGX_ERROR;
    }

    return ngx_http_print_task_shm_check_place(shm, file, log);
}


/*
 * The robust mutex identifies its holder by a number of the PID namespace.  In
 * another namespace a living holder counts as dead, and its change would be
 * undone.
 */

static ngx_int_t
ngx_http_print_task_shm_check_place(ngx_http_print_task_shm_t *shm,
    ngx_str_t *file, ngx_log_t *log)
{
    ngx_http_print_task_shm_header_t  *header;
    u_char                             boot[sizeof(header->boot)];
    u_char                             place[sizeof(header->place)];

    header = shm->header;

    ngx_http_print_task_shm_boot(boot, sizeof(boot));
    ngx_http_print_task_shm_place(place, sizeof(place));

    if (place[0] != '\0'
        && ngx_memcmp(place, header->place, sizeof(place)) == 0
        && ngx_memcmp(boot, header->boot, sizeof(boot)) == 0)
    {
        return NGX_OK;
    }

    ngx_log_error(NGX_LOG_EMERG, log, 0,
                  "\"%V\" is in use by an nginx in another PID namespace, in "
                  "another container for example: give each its own file, "
                  "or use Redis", file);

    return NGX_ERROR;
}


/* O_NONBLOCK: opening a pipe would block */

static ngx_int_t
ngx_http_print_task_shm_open_file(ngx_http_print_task_shm_t *shm,
    ngx_str_t *file, ngx_log_t *log)
{
    ngx_file_info_t  fi;

    if (ngx_http_print_task_shm_check_dirs(file, log) != NGX_OK) {
        return NGX_ERROR;
    }

    shm->fd = open((char *) file->data,
                   O_RDWR|O_CREAT|O_CLOEXEC|O_NOFOLLOW|O_NONBLOCK|O_NOCTTY,
                   0600);

    if (shm->fd == NGX_INVALID_FILE) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      ngx_open_file_n " \"%V\" failed%s", file,
                      ngx_errno == ELOOP ? ", a symbolic link is not followed"
                                         : "");
        return NGX_ERROR;
    }

    if (ngx_fd_info(shm->fd, &fi) == NGX_FILE_ERROR) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      ngx_fd_info_n " \"%V\" failed", file);
        return NGX_ERROR;
    }

    return ngx_http_print_task_shm_check_info(file, &fi, log);
}


/*
 * Nobody else uses the file.  A file from before the last start of the machine
 * is not reused: the kernel may have written its pages in any order.
 */

static ngx_int_t
ngx_http_print_task_shm_own_file(ngx_http_print_task_shm_t *shm,
    ngx_str_t *file, ngx_log_t *log)
{
    ngx_int_t                          rc;
    ngx_http_print_task_shm_header_t  *header;
    u_char                             boot[sizeof(header->boot)];

    rc = ngx_http_print_task_shm_is_empty(shm);

    if (rc == NGX_ERROR) {
        ngx_log_error(NGX_LOG_EMERG, log, 0,
                      "\"%V\" is not a print_task_store of %uz bytes, or of "
                      "another version of the module: it has to be removed "
                      "first, which loses its tasks", file, shm->size);
        return NGX_ERROR;
    }

    if (rc == NGX_OK) {
        return ngx_http_print_task_shm_new_file(shm, file, log);
    }

    if (ngx_http_print_task_shm_memory(shm, log) != NGX_OK) {
        return NGX_ERROR;
    }

    header = shm->header;

    if (header->magic != NGX_HTTP_PRINT_TASK_SHM_MAGIC) {
        ngx_log_error(NGX_LOG_EMERG, log, 0,
                      "\"%V\" is not a print_task_store", file);
        return NGX_ERROR;
    }

    ngx_http_print_task_shm_boot(boot, sizeof(boot));

    if (header->ready && ngx_memcmp(boot, header->boot, sizeof(boot)) == 0) {
        shm->exists = 1;
        return NGX_OK;
    }

    if (header->ready) {
        ngx_log_error(NGX_LOG_WARN, log, 0,
                      "print_task_store \"%V\" is older than the start of the "
                      "machine, it is created anew", file);
    }

    (void) munmap((void *) header, shm->span);
    shm->header = NULL;
    shm->size = shm->wanted;
    shm->span = ngx_http_print_task_shm_span(shm->wanted);

    return ngx_http_print_task_shm_new_file(shm, file, log);
}


/*
 * Allocates all blocks now: later, a write to mapped memory on a full disk
 * would be a crash.
 */

static ngx_int_t
ngx_http_print_task_shm_new_file(ngx_http_print_task_shm_t *shm,
    ngx_str_t *file, ngx_log_t *log)
{
    int  err;

    err = (ftruncate(shm->fd, 0) == -1) ? ngx_errno
          : posix_fallocate(shm->fd, 0, shm->size);

    if (err) {
        ngx_log_error(NGX_LOG_EMERG, log, err,
                      "cannot create \"%V\" of %uz bytes", file, shm->size);

        if (ftruncate(shm->fd, 0) == -1) {
            ngx_log_error(NGX_LOG_ALERT, log, ngx_errno,
                          "ftruncate() \"%V\" failed", file);
        }

        return NGX_ERROR;
    }

    return ngx_http_print_task_shm_memory(shm, log);
}


/*
 * NGX_OK: empty.  NGX_DECLINED: it has data, and its size is set.  NGX_ERROR:
 * it has something else.
 */

static ngx_int_t
ngx_http_print_task_shm_is_empty(ngx_http_print_task_shm_t *shm)
{
    size_t                             size;
    ngx_file_info_t                    fi;
    u_char                             buf[NGX_HTTP_PRINT_TASK_SHM_HEADER];
    ngx_http_print_task_shm_header_t   header;

    static const u_char  zeroes[NGX_HTTP_PRINT_TASK_SHM_HEADER];

    if (ngx_fd_info(shm->fd, &fi) == NGX_FILE_ERROR) {
        return NGX_ERROR;
    }

    size = (size_t) ngx_file_size(&fi);

    if (size == 0) {
        return NGX_OK;
    }

    if (pread(shm->fd, buf, sizeof(buf), 0) != (ssize_t) sizeof(buf)) {
        return NGX_ERROR;
    }

    ngx_memcpy(&header, buf, sizeof(header));

    if (header.magic == NGX_HTTP_PRINT_TASK_SHM_MAGIC
        && size <= header.span
        && header.span <= NGX_HTTP_PRINT_TASK_SHM_SPAN_MAX)
    {
        shm->size = size;
        shm->span = (size_t) header.span;
        return NGX_DECLINED;
    }

    if (size != shm->size) {
        return NGX_ERROR;
    }

    return (ngx_memcmp(buf, zeroes, sizeof(buf)) == 0) ? NGX_OK : NGX_DECLINED;
}


/*
 * Without FD_CLOEXEC, so that the new binary of an upgrade inherits the memory.
 * Only the first cycle of a process searches for it: later ones get it from
 * nginx.
 */

static ngx_int_t
ngx_http_print_task_shm_anonymous(ngx_http_print_task_shm_t *shm,
    ngx_str_t *name, ngx_log_t *log)
{
    u_char  text[NGX_HTTP_PRINT_TASK_SHM_NAME];

    (void) ngx_snprintf(text, sizeof(text),
                        NGX_HTTP_PRINT_TASK_SHM_PREFIX "%V%Z", name);

    if (ngx_inherited && ngx_is_init_cycle(ngx_cycle)) {
        ngx_http_print_task_shm_inherit(shm, text, log);

        if (shm->exists) {
            return NGX_OK;
        }
    }

    shm->fd = memfd_create((char *) text, 0);

    if (shm->fd == NGX_INVALID_FILE) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      "memfd_create() \"%s\" failed", text);
        return NGX_ERROR;
    }

    if (ftruncate(shm->fd, shm->size) == -1) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      "ftruncate() of memory failed");
        return NGX_ERROR;
    }

    return ngx_http_print_task_shm_memory(shm, log);
}


/*
 * In an upgrade nginx starts the new binary by execve(), which keeps open all
 * descriptors without FD_CLOEXEC.  The new binary finds the memory among them.
 */

static void
ngx_http_print_task_shm_inherit(ngx_http_print_task_shm_t *shm, u_char *name,
    ngx_log_t *log)
{
    ssize_t    n, len;
    ngx_dir_t  dir;
    ngx_str_t  path;
    u_char     link[sizeof("/memfd: (deleted)") + NGX_HTTP_PRINT_TASK_SHM_NAME];
    u_char     want[sizeof(link)];

    len = ngx_snprintf(want, sizeof(want), "/memfd:%s (deleted)", name) - want;

    ngx_str_set(&path, "/proc/self/fd");

    if (ngx_open_dir(&path, &dir) == NGX_ERROR) {
        ngx_log_error(NGX_LOG_WARN, log, ngx_errno,
                      ngx_open_dir_n " \"%V\" failed", &path);
        return;
    }

    while (!shm->exists && ngx_read_dir(&dir) == NGX_OK) {

        n = readlinkat(dirfd(dir.dir), (char *) ngx_de_name(&dir),
                       (char *) link, sizeof(link));

        if (n != len || ngx_memcmp(link, want, n) != 0) {
            continue;
        }

        shm->fd = ngx_atoi(ngx_de_name(&dir), ngx_de_namelen(&dir));

        if (ngx_http_print_task_shm_is_empty(shm) == NGX_DECLINED
            && ngx_http_print_task_shm_memory(shm, log) == NGX_OK)
        {
            shm->exists = (shm->header->magic == NGX_HTTP_PRINT_TASK_SHM_MAGIC
                           && shm->header->ready);
        }

        if (!shm->exists) {
            ngx_log_error(NGX_LOG_WARN, log, 0,
                          "print_task_store \"%s\" has another size than in "
                          "the nginx that is upgraded, it is created anew",
                          name + sizeof(NGX_HTTP_PRINT_TASK_SHM_PREFIX) - 1);
            (void) close(shm->fd);
            shm->fd = NGX_INVALID_FILE;
            break;
        }
    }

    (void) ngx_close_dir(&dir);
}


static ngx_int_t
ngx_http_print_task_shm_memory(ngx_http_print_task_shm_t *shm, ngx_log_t *log)
{
    void  *p;

    p = mmap(NULL, shm->span, PROT_READ|PROT_WRITE, MAP_SHARED, shm->fd, 0);

    if (p == MAP_FAILED) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      "mmap(%uz) failed", shm->span);
        return NGX_ERROR;
    }

    shm->header = p;

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_shm_init(ngx_http_print_task_shm_t *shm, ngx_log_t *log)
{
    ngx_time_t                        *tp;
    ngx_http_print_task_shm_header_t  *header;

    header = shm->header;

    header->span = shm->span;
    header->magic = NGX_HTTP_PRINT_TASK_SHM_MAGIC;

    ngx_time_update();
    tp = ngx_timeofday();

    header->epoch = (int64_t) tp->sec * 1000 + tp->msec
                    - ngx_http_print_task_shm_clock();

    ngx_http_print_task_shm_boot(header->boot, sizeof(header->boot));
    ngx_http_print_task_shm_place(header->place, sizeof(header->place));

    return ngx_http_print_task_shm_mutex(&header->mutex, log);
}


static ngx_int_t
ngx_http_print_task_shm_mutex(pthread_mutex_t *mutex, ngx_log_t *log)
{
    int                  err;
    pthread_mutexattr_t  attr;

    ngx_memzero(mutex, sizeof(pthread_mutex_t));

    err = pthread_mutexattr_init(&attr);

    if (err == 0) {
        err = pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    }

    if (err == 0) {
        err = pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
    }

    if (err == 0) {
        err = pthread_mutex_init(mutex, &attr);
    }

    if (err) {
        ngx_log_error(NGX_LOG_EMERG, log, err,
                      "cannot create a robust mutex");
        return NGX_ERROR;
    }

    (void) pthread_mutexattr_destroy(&attr);

    return NGX_OK;
}


/* all zeroes if the system does not provide it */

static void
ngx_http_print_task_shm_boot(u_char *boot, size_t size)
{
    ngx_fd_t  fd;

    ngx_memzero(boot, size);

    fd = ngx_open_file(NGX_HTTP_PRINT_TASK_BOOT_ID, NGX_FILE_RDONLY,
                       NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        return;
    }

    if (ngx_read_fd(fd, boot, size) == -1) {
        ngx_memzero(boot, size);
    }

    (void) ngx_close_file(fd);
}


/* empty if the system does not provide it */

static void
ngx_http_print_task_shm_place(u_char *place, size_t size)
{
    char     pid[32], time[32];
    ssize_t  n;

    ngx_memzero(place, size);

    n = readlink(NGX_HTTP_PRINT_TASK_NS_PID, pid, sizeof(pid) - 1);

    if (n == -1) {
        return;
    }

    pid[n] = '\0';

    /* older systems have no time namespaces */

    n = readlink(NGX_HTTP_PRINT_TASK_NS_TIME, time, sizeof(time) - 1);
    time[n == -1 ? 0 : n] = '\0';

    (void) ngx_snprintf(place, size, "%s %s", pid, time);
}


u_char *
ngx_http_print_task_shm_view(ngx_http_print_task_shm_t *shm, ngx_log_t *log)
{
    u_char  *p;

    p = mmap(NULL, shm->size, PROT_READ|PROT_WRITE, MAP_PRIVATE, shm->fd, 0);

    if (p == MAP_FAILED) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno,
                      "mmap(%uz) failed", shm->size);
        return NULL;
    }

    return p + NGX_HTTP_PRINT_TASK_SHM_HEADER;
}


void
ngx_http_print_task_shm_view_done(ngx_http_print_task_shm_t *shm, u_char *view)
{
    (void) munmap(view - NGX_HTTP_PRINT_TASK_SHM_HEADER, shm->size);
}


/*
 * "ready" is written last: if the process dies before, the memory counts as
 * new.  The mutex of an earlier run is initialized again, because its holder is
 * gone.  The shared lock on the file allows other processes to use it from now
 * on.
 */

ngx_int_t
ngx_http_print_task_shm_ready(ngx_http_print_task_shm_t *shm, ngx_log_t *log)
{
    ngx_http_print_task_shm_header_t  *header;

    header = shm->header;

    if (shm->alone && shm->exists) {

        if (ngx_http_print_task_shm_mutex(&header->mutex, log) != NGX_OK) {
            return NGX_ERROR;
        }

        ngx_http_print_task_shm_place(header->place, sizeof(header->place));
    }

    ngx_memory_barrier();

    header->ready = 1;

    if (!shm->alone) {
        return NGX_OK;
    }

    shm->alone = 0;

    if (flock(shm->fd, LOCK_SH) == -1) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno, "flock() failed");
        return NGX_ERROR;
    }

    return NGX_OK;
}


void
ngx_http_print_task_shm_close(ngx_http_print_task_shm_t *shm)
{
    if (--shm->refs) {
        return;
    }

    if (shm->header) {
        (void) munmap((void *) shm->header, shm->span);
    }

    if (shm->fd != NGX_INVALID_FILE) {
        (void) close(shm->fd);
    }

    ngx_free(shm);
}


/*
 * The master keeps the descriptor open for the new binary of an upgrade.  A
 * worker closes it on exec, so that programs that a script starts do not
 * inherit the memory.
 */

ngx_int_t
ngx_http_print_task_shm_private(ngx_http_print_task_shm_t *shm, ngx_log_t *log)
{
    if (fcntl(shm->fd, F_SETFD, FD_CLOEXEC) == -1) {
        ngx_log_error(NGX_LOG_ALERT, log, ngx_errno,
                      "fcntl(FD_CLOEXEC) of memory failed");
        return NGX_ERROR;
    }

    return NGX_OK;
}


/* spins first: operations under the lock are shorter than a sleep */

ngx_int_t
ngx_http_print_task_shm_lock(ngx_http_print_task_shm_t *shm)
{
    int               err;
    ngx_uint_t        i;
    pthread_mutex_t  *mutex;

    mutex = &shm->header->mutex;
    err = EBUSY;

    if (ngx_ncpu > 1) {

        for (i = 0; i < NGX_HTTP_PRINT_TASK_SHM_SPIN; i++) {
            err = pthread_mutex_trylock(mutex);

            if (err != EBUSY) {
                break;
            }

            ngx_cpu_pause();
        }
    }

    if (err == EBUSY) {
        err = ngx_http_print_task_shm_wait(shm);
    }

    switch (err) {

    case 0:
        return NGX_OK;

    case EOWNERDEAD:
        return NGX_DECLINED;

    case EBUSY:
    case ETIMEDOUT:
        return NGX_BUSY;

    default:
        return NGX_ERROR;
    }
}


/*
 * The holder of the lock may be stopped, for example by a debugger, and all
 * workers would stop with it.  A worker that has waited in vain does not wait
 * again soon.
 */

static int
ngx_http_print_task_shm_wait(ngx_http_print_task_shm_t *shm)
{
    int  err;

    if (shm->stuck > ngx_http_print_task_shm_clock()) {
        return pthread_mutex_trylock(&shm->header->mutex);
    }

    err = ngx_http_print_task_shm_lock_in_time(&shm->header->mutex);

    shm->stuck = (err == EBUSY || err == ETIMEDOUT)
                 ? ngx_http_print_task_shm_clock()
                   + NGX_HTTP_PRINT_TASK_SHM_STUCK
                 : 0;

    return err;
}


/*
 * pthread_mutex_timedlock() would use the wall clock, and wait longer if that
 * clock is set back.
 */

#if (NGX_HAVE_MUTEX_CLOCKLOCK)

static int
ngx_http_print_task_shm_lock_in_time(pthread_mutex_t *mutex)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    ts.tv_nsec += NGX_HTTP_PRINT_TASK_SHM_WAIT * 1000000;

    if (ts.tv_nsec >= 1000000000) {
        ts.tv_nsec -= 1000000000;
        ts.tv_sec++;
    }

    return pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, &ts);
}

#else

static int
ngx_http_print_task_shm_lock_in_time(pthread_mutex_t *mutex)
{
    int      err;
    int64_t  end;

    end = ngx_http_print_task_shm_clock() + NGX_HTTP_PRINT_TASK_SHM_WAIT;

    for ( ;; ) {
        err = pthread_mutex_trylock(mutex);

        if (err != EBUSY || ngx_http_print_task_shm_clock() >= end) {
            return err;
        }

        ngx_msleep(1);
    }
}

#endif


void
ngx_http_print_task_shm_consistent(ngx_http_print_task_shm_t *shm)
{
    (void) pthread_mutex_consistent(&shm->header->mutex);
}


void
ngx_http_print_task_shm_unlock(ngx_http_print_task_shm_t *shm)
{
    (void) pthread_mutex_unlock(&shm->header->mutex);
}


uint64_t
ngx_http_print_task_shm_now(const ngx_http_print_task_shm_t *shm)
{
    return shm->header->epoch + ngx_http_print_task_shm_clock();
}


static int64_t
ngx_http_print_task_shm_clock(void)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_MONOTONIC, &ts);

    return (int64_t) ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}
