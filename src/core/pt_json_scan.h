
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* what yajl would let through, or change, in a text: for pt_json_read() only */


#ifndef _PT_JSON_SCAN_H_INCLUDED_
#define _PT_JSON_SCAN_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_json.h"


/*
 * PT_JSON_RC_ENCODING for bytes that are not UTF-8, for bad escapes, lone
 * surrogates and NUL in any spelling; PT_JSON_RC_SYNTAX for other control
 * characters that are no white space, and for a string that is not closed.
 * A text that passes may still be anything but JSON.
 */
pt_json_rc_e pt_json_scan(const ngx_str_t *text);

/*
 * The end of the run of plain characters at p: those of printable ASCII that
 * are written to a string as they are, so neither quotes nor backslashes, and
 * nothing that begins or ends markup: "<", ">", "&".
 */
const u_char *pt_json_scan_plain(const u_char *p, const u_char *end);

/*
 * The end of the UTF-8 character at p, which is a byte over 0x7f; NULL if it
 * is not well-formed.
 */
const u_char *pt_json_scan_utf8(const u_char *p, const u_char *end);


#endif /* _PT_JSON_SCAN_H_INCLUDED_ */
