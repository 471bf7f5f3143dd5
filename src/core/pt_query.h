
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Reads the query options of a list of tasks. */


#ifndef _PT_QUERY_H_INCLUDED_
#define _PT_QUERY_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_task.h"


#define PT_QUERY_OPTION_MAX  64     /* bytes of a name in an error message */


typedef struct {
    ngx_uint_t   top;               /* 0: absent */
    ngx_uint_t   states;            /* states that $filter selects */
    ngx_str_t    skip;              /* $skiptoken; data == NULL: absent */
    ngx_uint_t   overdue;           /* whether only overdue tasks are listed */
    ngx_str_t    option;            /* the option that is not accepted, in
                                       printable characters */
} pt_query_t;


/*
 * Reads the arguments of a request; the size of buf is that of the arguments.
 * NGX_DECLINED: an option whose name begins with "$" is unknown, or an option
 * is repeated or has a wrong value.  "overdue" is the only option without "$".
 * Other arguments are ignored, as OData requires of custom options.
 */
ngx_int_t pt_query_read(const ngx_str_t *args, u_char *buf, ngx_uint_t max,
    pt_query_t *query);


#endif /* _PT_QUERY_H_INCLUDED_ */
