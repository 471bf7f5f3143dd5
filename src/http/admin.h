
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* print_task_admin */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_ADMIN_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_ADMIN_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_reason.h"
#include "conf/conf.h"
#include "http/ctx.h"


struct ngx_http_print_task_admin_s {
    ngx_array_t   cidrs;                /* of ngx_cidr_t */
    ngx_array_t   roles;                /* of ngx_str_t */
    ngx_msec_t    valid;                /* of a record; 0: no end */
};


#define ngx_http_print_task_has_admin(conf)                                   \
    ((conf)->mode == NGX_HTTP_PRINT_TASK_ANSWER && (conf)->admin != NULL)


char *ngx_http_print_task_admin(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* checks the directive if it is set, and adds its roles to the token policy */
char *ngx_http_print_task_use_admin(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *conf);

/*
 * Whether a request without a token needs none, because of its address.  If so,
 * ctx->token.claims are set.
 */
ngx_uint_t ngx_http_print_task_admin_address(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);

/* the methods of a print service for the resource ctx->route */
ngx_uint_t ngx_http_print_task_admin_methods(
    const ngx_http_print_task_ctx_t *ctx);

/* whether ctx->token.claims permit this request; sets ctx->admin */
pt_reason_e ngx_http_print_task_check_role(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_ADMIN_H_INCLUDED_ */
