
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Reads JSON numbers that are integers. */


#ifndef _PT_NUMBER_H_INCLUDED_
#define _PT_NUMBER_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/* 2^53: the last integer that all JSON readers represent exactly (RFC 8259) */
#define PT_NUMBER_MAX      ((int64_t) 1 << 53)

/* bytes of a number; a longer one is refused */
#define PT_NUMBER_MAX_LEN  1024


/*
 * The value of a JSON number that is an integer from 0 to PT_NUMBER_MAX, in any
 * spelling: 1e3 and 1000.0 are 1000.  NGX_ERROR: any other number, even if
 * floating point would round it to an integer.
 */
ngx_int_t pt_number_integer(const ngx_str_t *number, int64_t *value);


#endif /* _PT_NUMBER_H_INCLUDED_ */
