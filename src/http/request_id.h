
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The ids of a request. */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_REQUEST_ID_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_REQUEST_ID_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


#define NGX_HTTP_PRINT_TASK_GUID_LEN  36


/* adds "request-id" and "client-request-id" to the response */
ngx_int_t ngx_http_print_task_add_ids(ngx_http_request_t *r);

/* $request_id in the form of a GUID */
ngx_int_t ngx_http_print_task_request_id(ngx_http_request_t *r, u_char *guid);

/* the client's own id; empty: absent, or not safe to send back */
void ngx_http_print_task_client_id(ngx_http_request_t *r, ngx_str_t *id);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_REQUEST_ID_H_INCLUDED_ */
