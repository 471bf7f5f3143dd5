
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Entity tags of tasks: "7" is revision 7 of a task.  A list of revisions is
 * text: "*" for any revision, or " 7 9 ".  Stores send this text as an argument
 * of their commands.
 */


#ifndef _PT_ETAG_H_INCLUDED_
#define _PT_ETAG_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define PT_ETAG_MAX  (sizeof("\"\"") - 1 + NGX_INT64_LEN)


u_char *pt_etag_write(u_char *dst, uint64_t rev);

/* the size of the list for a field of len bytes */
#define pt_etag_list_size(len)  ((len) + 1)

/*
 * Writes to dst the revisions that a field If-Match or If-None-Match names,
 * weak or strong.  Tags that are not a revision are omitted.  A field that
 * violates RFC 9110 gives an empty list.
 */
void pt_etag_list(u_char *dst, const ngx_str_t *field, ngx_str_t *revs);

ngx_uint_t pt_etag_list_has(const ngx_str_t *revs, uint64_t rev);


#endif /* _PT_ETAG_H_INCLUDED_ */
