
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* files that are read again when they change, without a reload of nginx */


#ifndef _NGX_HTTP_PRINT_TASK_TOKEN_FILE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_TOKEN_FILE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "conf/conf.h"


typedef struct ngx_http_print_task_file_s  ngx_http_print_task_file_t;


/*
 * Takes a new text, which is freed after the call.  NGX_OK; NGX_DECLINED if the
 * text is bad; NGX_ERROR if it could not be judged, so that it is to be tried
 * again.  Without NGX_OK *err says what is wrong, and what was taken before is
 * kept.
 */
typedef ngx_int_t (*ngx_http_print_task_file_pt)(
    ngx_http_print_task_file_t *file, const ngx_str_t *text,
    const char **err);


/* what the workers know of a file in common */
typedef struct {
    uint64_t                            id;
    ngx_atomic_t                        logged;   /* the bad file that was */
} ngx_http_print_task_file_shared_t;


struct ngx_http_print_task_file_s {
    ngx_str_t                           name;
    const char                         *what;     /* as in: key set */
    const char                         *kept;     /* as in: its last good
                                                     keys are kept */
    size_t                              max;      /* bytes of a text */
    const char                         *larger;   /* as in: is larger than
                                                     256 KiB */
    ngx_http_print_task_file_pt         take;
    void                               *data;     /* of whoever takes it */

    uint64_t                            id;
    ngx_http_print_task_file_shared_t  *shared;   /* NULL: the configuration
                                                     is being loaded */

    /* of this process */
    uint64_t                            hash;     /* of the text in use */
    uint64_t                            bad;      /* of one that is bad */
    const char                         *why;      /* it is; NULL: none */

    /* as it was when it was last read */
    ngx_file_info_t                     info;
    time_t                              checked;
    unsigned                            settled:1;
};


/* reads it for the first time: any error is one of the configuration */
ngx_int_t ngx_http_print_task_file_load(ngx_conf_t *cf,
    ngx_http_print_task_file_t *file);

/* reads it again, if it has changed; looks at most once a second */
void ngx_http_print_task_file_reload(ngx_http_print_task_file_t *file);

/* the shared memory of all files */
ngx_int_t ngx_http_print_task_files_zone(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf);

/* the number of a text; NGX_ERROR if OpenSSL fails: then it has none */
ngx_int_t ngx_http_print_task_text_hash(const ngx_str_t *text,
    uint64_t *hash);


#endif /* _NGX_HTTP_PRINT_TASK_TOKEN_FILE_H_INCLUDED_ */
