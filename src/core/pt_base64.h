
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Base64url as JOSE requires it (RFC 7515, section 2); any other spelling is
 * refused.
 */


#ifndef _PT_BASE64_H_INCLUDED_
#define _PT_BASE64_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/* the number of bytes that len characters decode to */
#define pt_base64url_size(len)  ((len) / 4 * 3 + (len) % 4 * 3 / 4)


/*
 * Decodes src into dst->data and sets dst->len.  The memory of dst->data holds
 * pt_base64url_size(src->len) bytes and does not overlap src.
 * NGX_ERROR if src is not the only spelling of its bytes: padding, white space,
 * another alphabet and unused bits that are set are refused.
 * ngx_decode_base64url() accepts all of these, and would give one token many
 * spellings.
 */
ngx_int_t pt_base64url_decode(ngx_str_t *dst, const ngx_str_t *src);


#endif /* _PT_BASE64_H_INCLUDED_ */
