
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The step "route". */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_ROUTE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_ROUTE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_reason.h"
#include "http/ctx.h"


/* PT_OK: ctx->route is set; else a reason */
pt_reason_e ngx_http_print_task_find_route(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);

/* whether a field may make a server use another path or method */
pt_reason_e ngx_http_print_task_overridden(const ngx_list_t *headers);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_ROUTE_H_INCLUDED_ */
