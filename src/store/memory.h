
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#ifndef _NGX_HTTP_PRINT_TASK_STORE_MEMORY_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_STORE_MEMORY_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "store/store.h"


#define NGX_HTTP_PRINT_TASK_MEMORY_MIN   (256 * 1024)
#define NGX_HTTP_PRINT_TASK_MEMORY_MAX   (64ll * 1024 * 1024 * 1024)
#define NGX_HTTP_PRINT_TASK_MEMORY_NAME  128


/*
 * Returns the store with a name, and creates it if needed; file may be empty.
 * tag is the module that owns the zone.
 */
ngx_http_print_task_store_t *ngx_http_print_task_store_memory(ngx_conf_t *cf,
    ngx_str_t *name, size_t size, ngx_str_t *file, void *tag);

/* bytes for records: all; used; used and protected from eviction */
typedef struct {
    ngx_str_t   zone;
    size_t      records;
    size_t      size;
    size_t      used;
    size_t      pinned;
} ngx_http_print_task_memory_usage_t;

/* NGX_DECLINED: not a memory store */
ngx_int_t ngx_http_print_task_store_memory_usage(
    const ngx_http_print_task_store_t *store,
    ngx_http_print_task_memory_usage_t *usage);

/* whether two stores use one file */
ngx_uint_t ngx_http_print_task_store_memory_same(
    const ngx_http_print_task_store_t *one,
    const ngx_http_print_task_store_t *other);


#endif /* _NGX_HTTP_PRINT_TASK_STORE_MEMORY_H_INCLUDED_ */
