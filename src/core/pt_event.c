
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "pt_event.h"

#include "pt_str_list.h"


const ngx_str_t  pt_event_names[PT_EVENTS] = {
    ngx_string("created"),
    ngx_string("updated"),
    ngx_string("deleted")
};


pt_event_type_e
pt_event_by_name(const ngx_str_t *name)
{
    ngx_uint_t  type;

    for (type = 0; type < PT_EVENTS; type++) {
        if (pt_str_equal(&pt_event_names[type], name)) {
            break;
        }
    }

    return type;
}
