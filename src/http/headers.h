
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Lists of header fields. */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_HEADERS_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_HEADERS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/*
 * A copy of the request's header fields, without those in the NULL-terminated
 * list of lower case names.
 */
ngx_int_t ngx_http_print_task_copy_headers(ngx_http_request_t *r,
    ngx_list_t *headers, const ngx_str_t *except);

/* replaces a list; the old one must not be used any more */
void ngx_http_print_task_move_headers(ngx_list_t *to, const ngx_list_t *from);

/* the first field with a name; NULL: the list has none */
ngx_table_elt_t *ngx_http_print_task_find_header(const ngx_list_t *headers,
    const ngx_str_t *name);

/* the next field; *part and *i start with the first part of the list and 0 */
ngx_table_elt_t *ngx_http_print_task_next_header(const ngx_list_part_t **part,
    ngx_uint_t *i, const ngx_str_t *name);

/* whether the list has a field with one of the names */
ngx_uint_t ngx_http_print_task_has_header(const ngx_list_t *headers,
    const ngx_str_t *names);
ngx_uint_t ngx_http_print_task_count_header(const ngx_list_t *headers,
    const ngx_str_t *name);

/* marks the variables of the fields in such a list as not cacheable */
void ngx_http_print_task_flush_headers(ngx_http_request_t *r,
    const ngx_str_t *names);

/* adds a field to a response */
ngx_table_elt_t *ngx_http_print_task_add_header(ngx_list_t *headers,
    const char *name, const ngx_str_t *value);

/* replaces a field of that name: a request may be refused twice */
ngx_table_elt_t *ngx_http_print_task_set_header(ngx_list_t *headers,
    const char *name, const ngx_str_t *value);

/*
 * Adds a field to the request; upstream modules search by hash and lower case.
 */
ngx_table_elt_t *ngx_http_print_task_add_request_header(ngx_http_request_t *r,
    const char *name, const ngx_str_t *lowcase, const ngx_str_t *value);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_HEADERS_H_INCLUDED_ */
