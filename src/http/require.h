
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* print_task_require */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_REQUIRE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_REQUIRE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_reason.h"
#include "conf/conf.h"


char *ngx_http_print_task_require(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* PT_OK, or the reason of the first condition that fails */
pt_reason_e ngx_http_print_task_check_require(ngx_http_request_t *r,
    const ngx_http_print_task_loc_conf_t *conf);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_REQUIRE_H_INCLUDED_ */
