
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
    ngx_msec_t    valid;                /* of a record; 0: without an end */
};


#define ngx_http_print_task_has_admin(conf)                                   \
    ((conf)->mode == NGX_HTTP_PRINT_TASK_ANSWER && (conf)->admin != NULL)


char *ngx_http_print_task_admin(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* where there is one: checks, and adds to the policy for tokens */
char *ngx_http_print_task_use_admin(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *conf);

/*
 * Whether the request, which has no token, needs none, because of where it
 * comes from.  Then ctx->token.claims are set.
 */
ngx_uint_t ngx_http_print_task_admin_address(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);

/* those of a print service, on what ctx->route is */
ngx_uint_t ngx_http_print_task_admin_methods(
    const ngx_http_print_task_ctx_t *ctx);

/* whether ctx->token.claims are enough for this request; sets ctx->admin */
pt_reason_e ngx_http_print_task_check_role(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_ADMIN_H_INCLUDED_ */
