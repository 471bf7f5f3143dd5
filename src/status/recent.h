
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The last refusals of a worker, in its slot of the zone. */


#ifndef _NGX_HTTP_PRINT_TASK_STATUS_RECENT_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_STATUS_RECENT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "core/pt_metrics.h"


#define NGX_HTTP_PRINT_TASK_RECENT     100
#define NGX_HTTP_PRINT_TASK_RECENT_ID  64     /* bytes of an id; the rest is
                                                 cut off */


typedef struct {
    size_t        len;
    u_char        data[NGX_HTTP_PRINT_TASK_RECENT_ID];
} ngx_http_print_task_recent_id_t;


typedef struct {
    uint64_t                         number;  /* 0: empty, or being written */
    uint64_t                         time;    /* ms since the epoch */
    uint64_t                         counter;  /* see pt_request_counter() */
    uint64_t                         mode;
    ngx_http_print_task_recent_id_t  app;
    ngx_http_print_task_recent_id_t  task;
    ngx_http_print_task_recent_id_t  request;
    ngx_http_print_task_recent_id_t  client;  /* client-request-id */
} ngx_http_print_task_recent_t;


typedef struct {
    uint64_t                         written;
    ngx_http_print_task_recent_t     ring[NGX_HTTP_PRINT_TASK_RECENT];
} ngx_http_print_task_recents_t;


void ngx_http_print_task_recent_id(ngx_http_print_task_recent_id_t *id,
    const ngx_str_t *s);

/* adds an entry as the newest; sets its number */
void ngx_http_print_task_recent_add(ngx_http_print_task_recents_t *recents,
    const ngx_http_print_task_recent_t *recent);

/*
 * Merges a ring, to which its worker may be writing, into a list of n entries,
 * the newest first.  The list has at most NGX_HTTP_PRINT_TASK_RECENT entries.
 * Returns its new length.
 */
ngx_uint_t ngx_http_print_task_recent_merge(
    ngx_http_print_task_recent_t *list, ngx_uint_t n,
    const ngx_http_print_task_recents_t *recents);


#endif /* _NGX_HTTP_PRINT_TASK_STATUS_RECENT_H_INCLUDED_ */
