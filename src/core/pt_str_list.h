
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Lists of names from the configuration, and the comparison of names. */


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


/* compares byte by byte */
ngx_uint_t pt_str_equal(const ngx_str_t *a, const ngx_str_t *b);
ngx_uint_t pt_str_list_has(const pt_str_list_t *names, const ngx_str_t *name);

/*
 * The same for ids of tenants and applications: a GUID of the list matches in
 * any case. id has the form of pt_route_id_key().
 */
ngx_uint_t pt_str_list_has_id(const pt_str_list_t *names, const ngx_str_t *id);

/*
 * Whether a name can be the id of an application: 1-128 bytes of 0x21-0x7e
 * without "{", "}" and "/", which separate the parts of a key.
 */
ngx_uint_t pt_str_list_is_app(const ngx_str_t *name);

/*
 * Whether a name is 1-max bytes of "A-Za-z0-9._~-".  Such a name is one part of
 * a key and needs no escapes there.
 */
ngx_uint_t pt_str_list_is_plain(const ngx_str_t *name, size_t max);


#endif /* _PT_STR_LIST_H_INCLUDED_ */
