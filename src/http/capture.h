
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* A copy of a response body. */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_CAPTURE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_CAPTURE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "http/ctx.h"


#define NGX_HTTP_PRINT_TASK_CAPTURE_MAX  65536


/*
 * Whether the response in the filters comes from an upstream.  nginx sets
 * u->cleanup to NULL when the upstream has ended the request.
 */
#define ngx_http_print_task_from_upstream(r)                                  \
    ((r)->upstream != NULL && (r)->upstream->cleanup != NULL)


/* NGX_ERROR: the body is too large, or is in a file */
ngx_int_t ngx_http_print_task_capture(ngx_http_request_t *r,
    ngx_http_print_task_capture_t *capture, const ngx_buf_t *b);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_CAPTURE_H_INCLUDED_ */
