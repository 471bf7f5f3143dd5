
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Sends a response that is in one buffer. */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_SEND_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_SEND_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/* sends b as the body; the caller has set the status and the type */
ngx_int_t ngx_http_print_task_send_buf(ngx_http_request_t *r, ngx_buf_t *b);

/* the same for JSON; both return the code that finalizes r */
ngx_int_t ngx_http_print_task_send_json(ngx_http_request_t *r, ngx_buf_t *b);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_SEND_H_INCLUDED_ */
