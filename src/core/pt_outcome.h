
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* what the status of a back end's answer to a change says of that change */


#ifndef _PT_OUTCOME_H_INCLUDED_
#define _PT_OUTCOME_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


typedef enum {
    PT_OUTCOME_ACCEPTED = 0,    /* the change was made */
    PT_OUTCOME_UNCHANGED,       /* the task is as it was */
    PT_OUTCOME_UNKNOWN,         /* the change was made or not, and is over */
    PT_OUTCOME_OPEN             /* the change may still be under way */
} pt_outcome_e;


/* of an answer that is complete; any other one leaves the outcome open */
pt_outcome_e pt_outcome(ngx_uint_t status);


#endif /* _PT_OUTCOME_H_INCLUDED_ */
