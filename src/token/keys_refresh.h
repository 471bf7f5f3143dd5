
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* who waits for keys */


#ifndef _NGX_HTTP_PRINT_TASK_TOKEN_KEYS_REFRESH_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_TOKEN_KEYS_REFRESH_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "conf/conf.h"
#include "http/ctx.h"


/*
 * For a token that the keys at hand do not fit.  NGX_OK: there are others, it
 * is to be judged again; NGX_AGAIN: the request is run again when there may
 * be; NGX_DECLINED: there will not be any now; otherwise a status to end the
 * request with.
 */
ngx_int_t ngx_http_print_task_keys_wait(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);

/* seconds until keys that are not there may be: at least 1 */
ngx_uint_t ngx_http_print_task_keys_retry_after(
    const ngx_http_print_task_loc_conf_t *conf);

/* the request ends, or goes another way */
void ngx_http_print_task_keys_detach(ngx_http_print_task_ctx_t *ctx);
void ngx_http_print_task_keys_start(ngx_http_print_task_keys_t *keys,
    ngx_log_t *log);

/* a fetch of this worker has ended */
void ngx_http_print_task_keys_fetched(ngx_http_print_task_keys_t *keys,
    ngx_uint_t good);


#endif /* _NGX_HTTP_PRINT_TASK_TOKEN_KEYS_REFRESH_H_INCLUDED_ */
