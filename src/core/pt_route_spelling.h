
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Refuses spellings of a path that servers may read differently. */


#ifndef _PT_ROUTE_SPELLING_H_INCLUDED_
#define _PT_ROUTE_SPELLING_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_reason.h"


/*
 * Whether all servers read a path alike; raw is the client's spelling without
 * arguments.  PT_PATH_INVALID for "..", ".", "..;a", "//", "%2F", "%5C", "%25",
 * "\\", control characters, characters outside ASCII, and a decoded form that
 * differs from nginx's path. path is NULL if the request was rewritten: then no
 * server gets the client's spelling.
 */
pt_reason_e pt_route_spelling(const ngx_str_t *raw, const ngx_str_t *path);

/*
 * Decodes one character and moves *p behind it.  At least one character is
 * left.  NGX_ERROR: a character that pt_route_spelling() refuses, or a broken
 * escape.
 */
ngx_int_t pt_route_decode(const u_char **p, const u_char *last, u_char *ch);


#endif /* _PT_ROUTE_SPELLING_H_INCLUDED_ */
