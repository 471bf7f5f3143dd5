
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Checks bodies of other resources: in OData they can create and change nested
 * entities ("deep insert", "deep update").
 */


#ifndef _PT_NESTED_H_INCLUDED_
#define _PT_NESTED_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_arena.h"
#include "pt_reason.h"


/* the scratch memory for a text of len bytes */
size_t pt_nested_scratch(size_t len);

/*
 * PT_OK: the JSON text has no member "tasks" at any depth, and no annotation of
 * one, such as "tasks@delta".  PT_NESTED_TASKS: it has one.  Other reasons: the
 * text is not valid.
 */
pt_reason_e pt_nested_read(const ngx_str_t *text, pt_arena_t *arena);


#endif /* _PT_NESTED_H_INCLUDED_ */
