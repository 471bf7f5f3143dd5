
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Checks of a text that yajl does not do, for pt_json_read() only. */


#ifndef _PT_JSON_SCAN_H_INCLUDED_
#define _PT_JSON_SCAN_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_json.h"


/*
 * PT_JSON_RC_ENCODING: bytes that are not UTF-8, bad escapes, lone surrogates,
 * NUL in any spelling.  PT_JSON_RC_SYNTAX: control characters other than white
 * space, a string that is not closed.  A text that passes need not be JSON.
 */
pt_json_rc_e pt_json_scan(const ngx_str_t *text);

/*
 * The end of the run of plain characters at p: printable ASCII that a JSON
 * string contains without escapes.  Quotes, backslashes and the markup
 * characters "<", ">" and "&" end the run.
 */
const u_char *pt_json_scan_plain(const u_char *p, const u_char *end);

/*
 * The end of the UTF-8 character at p, whose first byte is over 0x7f; NULL: the
 * character is not well-formed.
 */
const u_char *pt_json_scan_utf8(const u_char *p, const u_char *end);


#endif /* _PT_JSON_SCAN_H_INCLUDED_ */
