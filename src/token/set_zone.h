
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Shared memory for a set of files or other sources. */


#ifndef _NGX_HTTP_PRINT_TASK_TOKEN_SET_ZONE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_TOKEN_SET_ZONE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Adds the zone "print_task_KIND_SET".  On reload nginx keeps it only if the
 * set is the same.  zone->data is the main configuration.
 */
ngx_int_t ngx_http_print_task_set_zone(ngx_conf_t *cf, const char *kind,
    uint64_t set, size_t size, ngx_shm_zone_init_pt init);


#endif /* _NGX_HTTP_PRINT_TASK_TOKEN_SET_ZONE_H_INCLUDED_ */
