
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Reads the JSON of clients and back ends. */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_JSON_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_JSON_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_reason.h"
#include "core/pt_route.h"
#include "core/pt_task.h"


/*
 * Like pt_update_read(), pt_put_read(), pt_nested_read() and pt_task_read(),
 * with memory for them.  Strings are slices of the text or of r->pool.  Out of
 * memory: PT_INTERNAL or NGX_ERROR.
 */
pt_reason_e ngx_http_print_task_json_update(ngx_http_request_t *r,
    const ngx_str_t *text, const ngx_str_t *id, pt_update_t *update);
pt_reason_e ngx_http_print_task_json_put(ngx_http_request_t *r,
    const ngx_str_t *text, const pt_route_t *route, pt_owned_task_t *put);
pt_reason_e ngx_http_print_task_json_nested(ngx_http_request_t *r,
    const ngx_str_t *text);
ngx_int_t ngx_http_print_task_json_task(ngx_http_request_t *r,
    const ngx_str_t *text, const ngx_str_t *id, pt_task_t *task);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_JSON_H_INCLUDED_ */
