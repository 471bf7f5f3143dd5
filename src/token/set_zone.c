
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Adds the shared memory of a set of files or other sources. */


#include "token/set_zone.h"

#include "conf/conf.h"


ngx_int_t
ngx_http_print_task_set_zone(ngx_conf_t *cf, const char *kind, uint64_t set,
    size_t size, ngx_shm_zone_init_pt init)
{
    ngx_str_t        name;
    ngx_shm_zone_t  *zone;

    name.len = sizeof("print_task__") - 1 + ngx_strlen(kind) + 16;

    name.data = ngx_pnalloc(cf->pool, name.len);
    if (name.data == NULL) {
        return NGX_ERROR;
    }

    ngx_sprintf(name.data, "print_task_%s_%016xL", kind, set);

    zone = ngx_shared_memory_add(cf, &name, ngx_align(size, ngx_pagesize),
                                 &ngx_http_print_task_module);
    if (zone == NULL) {
        return NGX_ERROR;
    }

    zone->init = init;
    zone->data = ngx_http_conf_get_module_main_conf(cf,
                                                  ngx_http_print_task_module);

    return NGX_OK;
}
