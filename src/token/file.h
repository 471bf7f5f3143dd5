
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Files that are read again when they change, without a reload of nginx. */


#ifndef _NGX_HTTP_PRINT_TASK_TOKEN_FILE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_TOKEN_FILE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "conf/conf.h"


typedef struct ngx_http_print_task_file_s  ngx_http_print_task_file_t;


/*
 * Takes a new text, which is freed after the call.  NGX_DECLINED: the text is
 * not valid.  NGX_ERROR: the text could not be checked and is read again.  With
 * both, *err says what is wrong, and the previous text stays in use.
 */
typedef ngx_int_t (*ngx_http_print_task_file_pt)(
    ngx_http_print_task_file_t *file, const ngx_str_t *text,
    const char **err);


/* what the workers know together about a file */
typedef struct {
    uint64_t                            id;
    ngx_atomic_t                        logged;   /* hash of the invalid text
                                                     that was logged */
} ngx_http_print_task_file_shared_t;


struct ngx_http_print_task_file_s {
    ngx_str_t                           name;
    const char                         *what;     /* in log lines: "key set" */
    const char                         *kept;     /* in log lines: "its last
                                                     good keys are kept" */
    size_t                              max;      /* limit of a text in bytes */
    const char                         *larger;   /* in log lines: "is larger
                                                     than 256 KiB" */
    ngx_http_print_task_file_pt         take;
    void                               *data;     /* of the function take */

    uint64_t                            id;
    ngx_http_print_task_file_shared_t  *shared;   /* NULL: the configuration
                                                     is being loaded */

    /* of this process */
    uint64_t                            hash;     /* of the text in use */
    uint64_t                            bad;      /* of the last invalid text */
    const char                         *why;      /* the last error; NULL: no
                                                     error */

    /* the file when it was last read */
    ngx_file_info_t                     info;
    time_t                              checked;
    unsigned                            settled:1;
};


/* reads the file for the first time: an error stops nginx */
ngx_int_t ngx_http_print_task_file_load(ngx_conf_t *cf,
    ngx_http_print_task_file_t *file);

/* reads the file again if it has changed; checks at most once a second */
void ngx_http_print_task_file_reload(ngx_http_print_task_file_t *file);

/* creates the shared memory of all files */
ngx_int_t ngx_http_print_task_files_zone(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf);

/* the hash of a text; NGX_ERROR: OpenSSL failed */
ngx_int_t ngx_http_print_task_text_hash(const ngx_str_t *text,
    uint64_t *hash);


#endif /* _NGX_HTTP_PRINT_TASK_TOKEN_FILE_H_INCLUDED_ */
