
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* the arguments that name a record to print_task_status */


#ifndef _PT_RECORD_QUERY_H_INCLUDED_
#define _PT_RECORD_QUERY_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/* data == NULL: not given */
typedef struct {
    ngx_str_t     tenant;
    ngx_str_t     definition;
    ngx_str_t     task;
    ngx_str_t     key;
    ngx_str_t     store;
    ngx_str_t     realm;
} pt_record_query_t;


/* whether the arguments ask for a record at all */
ngx_uint_t pt_record_query_is(const ngx_str_t *args);

/*
 * Reads the arguments; buf has as many bytes as these.  NULL, or what is wrong
 * with them.  A task has "definition", "task" and "tenant", which is left out
 * where tokens have none; or, where the operator chose the keys, "key".
 */
const char *pt_record_query_read(const ngx_str_t *args, u_char *buf,
    pt_record_query_t *query);


#endif /* _PT_RECORD_QUERY_H_INCLUDED_ */
