
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The request body. */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_BODY_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_BODY_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_reason.h"
#include "core/pt_task.h"


/* checks the header fields that describe the body */
pt_reason_e ngx_http_print_task_check_body_headers(ngx_http_request_t *r);

/* whether the body of another resource may contain tasks */
ngx_uint_t ngx_http_print_task_may_nest(ngx_http_request_t *r);

/* the request body as one uncompressed string */
pt_reason_e ngx_http_print_task_get_body(ngx_http_request_t *r,
    ngx_str_t *body);

/* gives the back end the canonical body and matching header fields */
ngx_int_t ngx_http_print_task_set_body(ngx_http_request_t *r,
    const pt_update_t *update);

/* installs the filter that stops a body larger than print_task_body_max */
ngx_int_t ngx_http_print_task_body_filter_init(ngx_conf_t *cf);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_BODY_H_INCLUDED_ */
