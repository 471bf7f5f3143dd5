
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* base64url as JOSE wants it (RFC 7515, section 2), and nothing else */


#ifndef _PT_BASE64_H_INCLUDED_
#define _PT_BASE64_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/* bytes that len characters decode to */
#define pt_base64url_size(len)  ((len) / 4 * 3 + (len) % 4 * 3 / 4)


/*
 * Decodes src into dst->data, which has room for pt_base64url_size(src->len)
 * bytes and does not overlap src, and sets dst->len.
 *
 * NGX_ERROR unless src is the one spelling of these bytes: no padding, no
 * white space, no other alphabet, no unused bit set.  ngx_decode_base64url()
 * lets all of these through, so that one token would have many spellings.
 */
ngx_int_t pt_base64url_decode(ngx_str_t *dst, const ngx_str_t *src);


#endif /* _PT_BASE64_H_INCLUDED_ */
