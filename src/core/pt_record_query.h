
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The arguments of print_task_status that name a record. */


#ifndef _PT_RECORD_QUERY_H_INCLUDED_
#define _PT_RECORD_QUERY_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/* data == NULL: absent */
typedef struct {
    ngx_str_t     tenant;
    ngx_str_t     definition;
    ngx_str_t     task;
    ngx_str_t     key;
    ngx_str_t     store;
    ngx_str_t     realm;
} pt_record_query_t;


/* whether the arguments name a record */
ngx_uint_t pt_record_query_is(const ngx_str_t *args);

/*
 * Reads the arguments; the size of buf is that of the arguments.  Returns NULL,
 * or what is wrong.  A task has "definition", "task" and, if tokens have a
 * tenant, "tenant".  With print_task_key, "key" names the record instead.
 */
const char *pt_record_query_read(const ngx_str_t *args, u_char *buf,
    pt_record_query_t *query);


#endif /* _PT_RECORD_QUERY_H_INCLUDED_ */
