
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The servers and cursors of INDEXES. */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_INDEXES_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_INDEXES_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "redis/script_call.h"


/* sets op->key, which leads to the server; NGX_ERROR: no memory */
ngx_int_t ngx_http_print_task_redis_indexes_key(
    ngx_http_print_task_store_redis_t *sr, ngx_http_print_task_op_t *op);

/*
 * Changes op->next from the cursor of the server to a position.  NGX_ERROR: no
 * memory.
 */
ngx_int_t ngx_http_print_task_redis_indexes_next(
    ngx_http_print_task_store_redis_t *sr, ngx_http_print_task_op_t *op);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_INDEXES_H_INCLUDED_ */
