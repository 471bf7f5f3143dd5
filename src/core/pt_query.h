
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* the query options of a list of tasks */


#ifndef _PT_QUERY_H_INCLUDED_
#define _PT_QUERY_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_task.h"


#define PT_QUERY_OPTION_MAX  64     /* bytes of a name in a message */


typedef struct {
    ngx_uint_t   top;               /* 0: not given */
    ngx_uint_t   states;            /* that $filter lets through */
    ngx_str_t    skip;              /* $skiptoken; data == NULL: not given */
    ngx_str_t    option;            /* that is not accepted, in printable
                                       characters */
} pt_query_t;


/*
 * Reads the arguments of a request; buf has as many bytes as these.  NGX_OK;
 * NGX_DECLINED: an option whose name begins with "$" is not known, is given
 * twice, or has a value that it cannot have.  Other arguments are ignored.
 */
ngx_int_t pt_query_read(const ngx_str_t *args, u_char *buf, ngx_uint_t max,
    pt_query_t *query);


#endif /* _PT_QUERY_H_INCLUDED_ */
