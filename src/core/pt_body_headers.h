
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Reads the header fields that describe a body. */


#ifndef _PT_BODY_HEADERS_H_INCLUDED_
#define _PT_BODY_HEADERS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/*
 * Whether a Content-Type is application/json.  Parameters are allowed;
 * "charset" must be utf-8 (RFC 9110, section 8.3).
 */
ngx_uint_t pt_body_headers_is_json(const ngx_str_t *type);

/* whether a Content-Encoding is supported: gzip or identity */
ngx_uint_t pt_body_headers_encoding(const ngx_str_t *encoding);

/*
 * Copies a Prefer field to dst, without "respond-async".  The memory at dst is
 * as long as the field.  Returns the end of the copy.
 */
u_char *pt_body_headers_prefer_sync(u_char *dst, const ngx_str_t *prefer);

/* whether a Prefer field has "return=minimal" (RFC 7240, section 4.2) */
ngx_uint_t pt_body_headers_minimal(const ngx_str_t *prefer);


#endif /* _PT_BODY_HEADERS_H_INCLUDED_ */
