
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* which of several media types a client prefers (RFC 9110, section 12.5.1) */


#ifndef _PT_ACCEPT_H_INCLUDED_
#define _PT_ACCEPT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * The index of the offer that the field prefers most: by its weight, then by
 * how exactly it is named, then by its place in the field, then by that among
 * the offers.  Offers are of lower case, "type/subtype".  n: none is accepted.
 * Parameters of media types are not looked at.
 */
ngx_uint_t pt_accept_best(const ngx_str_t *field, const ngx_str_t *offers,
    ngx_uint_t n);


#endif /* _PT_ACCEPT_H_INCLUDED_ */
