
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Chooses the media type that a client prefers (RFC 9110, section 12.5.1). */


#ifndef _PT_ACCEPT_H_INCLUDED_
#define _PT_ACCEPT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * The index of the offer that the field prefers most: by weight, then by how
 * exactly a range names the offer, then by the order of the ranges, then by the
 * order of the offers.  Offers are in lower case, "type/subtype".  Returns n if
 * the field accepts no offer.  Parameters of media types are ignored.
 */
ngx_uint_t pt_accept_best(const ngx_str_t *field, const ngx_str_t *offers,
    ngx_uint_t n);


#endif /* _PT_ACCEPT_H_INCLUDED_ */
