
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Entity tags of tasks: "7" is the task in revision 7.  A list of revisions is
 * a text, "*" for any, or " 7 9 ", which is a part of the commands of stores.
 */


#ifndef _PT_ETAG_H_INCLUDED_
#define _PT_ETAG_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define PT_ETAG_MAX  (sizeof("\"\"") - 1 + NGX_INT64_LEN)


u_char *pt_etag_write(u_char *dst, uint64_t rev);

/* of the list that a field with len bytes becomes */
#define pt_etag_list_size(len)  ((len) + 1)

/*
 * The revisions that a field If-Match or If-None-Match names, each weak or
 * strong, in the memory at dst.  Tags that are of no revision are left out.  A
 * field that is not what RFC 9110 says names none.
 */
void pt_etag_list(u_char *dst, const ngx_str_t *field, ngx_str_t *revs);

ngx_uint_t pt_etag_list_has(const ngx_str_t *revs, uint64_t rev);


#endif /* _PT_ETAG_H_INCLUDED_ */
