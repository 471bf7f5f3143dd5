
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Tables of transitions: for each state, the bits of the states that may
 * follow.  They describe states of the code, not states of tasks.  Only debug
 * builds check them.
 */


#ifndef _PT_TRANSITION_H_INCLUDED_
#define _PT_TRANSITION_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define pt_transition_to(state)  ((ngx_uint_t) 1 << (state))

#define pt_transition_is_legal(table, from, to)                               \
    (((table)[from] & pt_transition_to(to)) != 0)


#endif /* _PT_TRANSITION_H_INCLUDED_ */
