
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Bodies of other resources: OData lets them create and change what is nested
 * in them ("deep insert", "deep update").
 */


#ifndef _PT_NESTED_H_INCLUDED_
#define _PT_NESTED_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_arena.h"
#include "pt_reason.h"


/* scratch memory for a text of len bytes */
size_t pt_nested_scratch(size_t len);

/*
 * PT_OK if a JSON text has no member "tasks" at any depth, nor an annotation
 * of one, as "tasks@delta"; PT_NESTED_TASKS, or what is wrong with the text.
 */
pt_reason_e pt_nested_read(const ngx_str_t *text, pt_arena_t *arena);


#endif /* _PT_NESTED_H_INCLUDED_ */
