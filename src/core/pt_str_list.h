
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* lists of names from the configuration, and how names are compared */


#ifndef _PT_STR_LIST_H_INCLUDED_
#define _PT_STR_LIST_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define PT_APP_MAX    128               /* bytes of an application's id */
#define PT_REALM_MAX  64                /* bytes of a realm */
#define PT_TENANT_MAX 64                /* bytes of a tenant */


typedef struct {
    ngx_str_t      *elts;
    ngx_uint_t      nelts;
} pt_str_list_t;


/* byte by byte */
ngx_uint_t pt_str_equal(const ngx_str_t *a, const ngx_str_t *b);
ngx_uint_t pt_str_list_has(const pt_str_list_t *names, const ngx_str_t *name);

/*
 * The same for ids of tenants and applications: a GUID of the list is found
 * in any case.  id is as pt_route_id_key() writes it.
 */
ngx_uint_t pt_str_list_has_id(const pt_str_list_t *names, const ngx_str_t *id);

/*
 * Whether an application may be called that: 1-128 bytes of 0x21-0x7e without
 * "{", "}" and "/", which mean more in keys.
 */
ngx_uint_t pt_str_list_is_app(const ngx_str_t *name);

/*
 * Whether a name is 1-max bytes of "A-Za-z0-9._~-", so that it is one part of
 * a key and can be written there as it is.
 */
ngx_uint_t pt_str_list_is_plain(const ngx_str_t *name, size_t max);


#endif /* _PT_STR_LIST_H_INCLUDED_ */
