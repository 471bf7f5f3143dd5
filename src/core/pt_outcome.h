
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Classifies the back end's answer to a change by its status. */


#ifndef _PT_OUTCOME_H_INCLUDED_
#define _PT_OUTCOME_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


typedef enum {
    PT_OUTCOME_ACCEPTED = 0,    /* the change was made */
    PT_OUTCOME_UNCHANGED,       /* the task is unchanged */
    PT_OUTCOME_UNKNOWN,         /* made or not made, and over */
    PT_OUTCOME_OPEN             /* the change may still be in progress */
} pt_outcome_e;


/* for a complete answer; an incomplete answer always leaves the outcome open */
pt_outcome_e pt_outcome(ngx_uint_t status);


#endif /* _PT_OUTCOME_H_INCLUDED_ */
