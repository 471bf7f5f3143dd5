
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The TLS parameters of print_task_redis. */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_TLS_CONF_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_TLS_CONF_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


typedef struct {
    ngx_ssl_t                               ssl;

    ngx_str_t                               trusted;
    ngx_str_t                               crl;
    ngx_str_t                               certificate;
    ngx_str_t                               key;
    ngx_str_t                               name;         /* empty: the host */
    ngx_str_t                               verify;       /* "on" or "off" */

    ngx_uint_t                              on;           /* unsigned  :1; */
    ngx_uint_t                              off;          /* unsigned  :1;
                                                             verify is off */
} ngx_http_print_task_redis_tls_t;


/* checks and loads the parameters; NGX_CONF_ERROR: the reason is logged */
char *ngx_http_print_task_redis_tls_conf(ngx_conf_t *cf,
    ngx_http_print_task_redis_tls_t *ssl, ngx_uint_t local);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_TLS_CONF_H_INCLUDED_ */
