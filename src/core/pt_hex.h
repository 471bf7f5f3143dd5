
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Reads hexadecimal digits in either case. */


#ifndef _PT_HEX_H_INCLUDED_
#define _PT_HEX_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/* the value of n digits, at most 7; NGX_ERROR: a byte is not a digit */
ngx_int_t pt_hex(const u_char *p, size_t n);


#endif /* _PT_HEX_H_INCLUDED_ */
