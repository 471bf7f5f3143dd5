
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* what leaves a location of ours */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_FILTER_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_FILTER_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


/*
 * Whether the response that passes the filters is one that an upstream sent;
 * u->cleanup is NULL once the upstream has ended the request.
 */
#define ngx_http_print_task_from_upstream(r)                                  \
    ((r)->upstream != NULL && (r)->upstream->cleanup != NULL)


ngx_int_t ngx_http_print_task_filter_init(ngx_conf_t *cf);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_FILTER_H_INCLUDED_ */
