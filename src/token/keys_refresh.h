
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Requests that wait for keys. */


#ifndef _NGX_HTTP_PRINT_TASK_TOKEN_KEYS_REFRESH_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_TOKEN_KEYS_REFRESH_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "conf/conf.h"


/* a request that may wait for keys, in its context */
typedef struct {
    uint64_t                     generation;  /* of the keys that its token
                                                 was checked with */
    void                       (*resume)(void *data);
    void                        *data;        /* of resume */

    ngx_http_print_task_keys_t  *keys;        /* the source that it waits for */
    ngx_http_request_t          *request;
    ngx_queue_t                  queue;
    ngx_msec_t                   deadline;
    unsigned                     waiting:1;
    unsigned                     waited:1;
} ngx_http_print_task_keys_wait_t;


/*
 * For a token whose key is unknown.  NGX_OK: there are newer keys, check the
 * token again.  NGX_AGAIN: wait->resume is called later.  NGX_DECLINED: no new
 * keys will come now.  Otherwise the status that ends the request.
 */
ngx_int_t ngx_http_print_task_keys_wait(ngx_http_request_t *r,
    const ngx_http_print_task_loc_conf_t *conf,
    ngx_http_print_task_keys_wait_t *wait);

/* seconds until missing keys may be available, at least 1 */
ngx_uint_t ngx_http_print_task_keys_retry_after(
    const ngx_http_print_task_loc_conf_t *conf);

/* the request ends, or stops waiting */
void ngx_http_print_task_keys_detach(ngx_http_print_task_keys_wait_t *wait);

void ngx_http_print_task_keys_start(ngx_http_print_task_keys_t *keys,
    ngx_log_t *log);


#endif /* _NGX_HTTP_PRINT_TASK_TOKEN_KEYS_REFRESH_H_INCLUDED_ */
