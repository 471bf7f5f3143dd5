
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* lists of names from the configuration, and how names are compared */


#ifndef _PT_NAMES_H_INCLUDED_
#define _PT_NAMES_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define PT_APP_MAX  128                 /* bytes of an application's id */


typedef struct {
    ngx_str_t      *elts;
    ngx_uint_t      nelts;
} pt_names_t;


/* byte by byte */
ngx_uint_t pt_str_equal(const ngx_str_t *a, const ngx_str_t *b);
ngx_uint_t pt_names_have(const pt_names_t *names, const ngx_str_t *name);

/*
 * The same for ids of tenants and applications: a GUID of the list is found
 * in any case.  id is as pt_route_id_key() writes it.
 */
ngx_uint_t pt_names_have_id(const pt_names_t *names, const ngx_str_t *id);

/*
 * Whether an application may be called that: 1-128 bytes of 0x21-0x7e without
 * "{", "}" and "/", which mean more in keys.
 */
ngx_uint_t pt_names_is_app(const ngx_str_t *name);


#endif /* _PT_NAMES_H_INCLUDED_ */
