
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * print_task_client_certificate: the certificate that tokens may be bound to.
 */


#ifndef _NGX_HTTP_PRINT_TASK_TOKEN_CERTIFICATE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_TOKEN_CERTIFICATE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_certificate.h"
#include "conf/conf.h"


char *ngx_http_print_task_client_certificate(ngx_conf_t *cf,
    ngx_command_t *cmd, void *conf);

/*
 * Returns the digest of the client's certificate, PT_CERTIFICATE_DIGEST bytes.
 * NGX_DECLINED: no certificate, or the location does not use it.  NGX_ERROR:
 * failed.
 */
ngx_int_t ngx_http_print_task_certificate(ngx_http_request_t *r,
    const ngx_http_print_task_loc_conf_t *conf, u_char *digest);


#endif /* _NGX_HTTP_PRINT_TASK_TOKEN_CERTIFICATE_H_INCLUDED_ */
