
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* how a path is spelled: servers must not read it differently */


#ifndef _PT_ROUTE_SPELLING_H_INCLUDED_
#define _PT_ROUTE_SPELLING_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_reason.h"


/*
 * Whether a path, as the client spelled it and without arguments, is one that
 * all servers read alike: "..", ".", "..;a", "//", "%2F", "%5C", "%25", "\\",
 * control and non-ASCII characters are PT_PATH_INVALID.  So is any difference
 * between its decoded form and path, the one that nginx made of it; path is
 * NULL where the request was rewritten, and the client's spelling goes nowhere.
 */
pt_reason_e pt_route_spelling(const ngx_str_t *raw, const ngx_str_t *path);

/*
 * Decodes one character, and moves *p behind it; there is one.  NGX_ERROR for a
 * character that pt_route_spelling() refuses, and for a broken escape.
 */
ngx_int_t pt_route_decode(const u_char **p, const u_char *last, u_char *ch);


#endif /* _PT_ROUTE_SPELLING_H_INCLUDED_ */
