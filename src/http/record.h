
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Shows the record of a task to an operator, and changes it. */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_RECORD_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_RECORD_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/* whether a request of a status location names a record */
ngx_uint_t ngx_http_print_task_is_record(ngx_http_request_t *r);

/* answers the request; the method is GET, HEAD, or POST if that is allowed */
ngx_int_t ngx_http_print_task_record_handler(ngx_http_request_t *r);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_RECORD_H_INCLUDED_ */
