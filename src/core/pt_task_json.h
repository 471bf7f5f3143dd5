
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Shared by the readers of PATCH and PUT; for src/core only. */


#ifndef _PT_TASK_JSON_H_INCLUDED_
#define _PT_TASK_JSON_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_json.h"
#include "pt_task.h"


/* the JSON object of a body */
pt_reason_e pt_task_json(const ngx_str_t *text, pt_arena_t *arena,
    pt_json_t **root);

/* reads "status" into update */
pt_reason_e pt_task_status(const pt_json_t *status, pt_update_t *update);

/* checks "id": null, or the id of the task */
pt_reason_e pt_task_id(const pt_json_t *member, const ngx_str_t *id);

/* "@odata.type", "@type", "status@odata.type" */
ngx_uint_t pt_task_is_annotation(const ngx_str_t *name);


#endif /* _PT_TASK_JSON_H_INCLUDED_ */
