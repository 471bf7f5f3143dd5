
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The counters of all processes: a slot for each worker, in memory that
 * survives reloads, deaths of workers and upgrades of the binary.
 */


#ifndef _NGX_HTTP_PRINT_TASK_STATUS_ZONE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_STATUS_ZONE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "core/pt_metrics.h"
#include "status/recent.h"
#include "store/store.h"


#define NGX_HTTP_PRINT_TASK_STATUS_NAME  128


/* the name of a store or a node; numbers are those of pt_metrics_t */
typedef struct {
    ngx_atomic_t   used;
    uint64_t       store;                /* of a node: its store */
    uint64_t       len;
    u_char         text[NGX_HTTP_PRINT_TASK_STATUS_NAME];
} ngx_http_print_task_status_name_t;


/* a node as seen by all workers */
typedef struct {
    ngx_str_t      store;
    ngx_str_t      node;
    ngx_uint_t     workers;
    ngx_uint_t     up;                   /* workers that can use it */
    ngx_uint_t     circuit[3];           /* by pt_circuit_state_e */
    ngx_uint_t     queued;
} ngx_http_print_task_status_node_t;


/* creates the zone, or takes that of the previous cycle */
ngx_int_t ngx_http_print_task_status_zone(ngx_conf_t *cf);

/* in a worker: takes a slot; returns it */
void ngx_http_print_task_status_attach(ngx_log_t *log);
void ngx_http_print_task_status_detach(void);

/* the number of a store, by its name; 0: too many stores */
ngx_uint_t ngx_http_print_task_status_store(const ngx_str_t *name);

/* the gauges of this process for a node of a store; never NULL */
pt_node_gauges_t *ngx_http_print_task_status_node(ngx_uint_t store,
    const ngx_str_t *name);

/* sums over all slots */
void ngx_http_print_task_status_metrics(pt_metrics_t *sum);
void ngx_http_print_task_status_gauges(pt_gauges_t *sum);

/*
 * The number of overdue tasks of a store, as the last complete walk found it.
 * NGX_DECLINED: it is not known.
 */
void ngx_http_print_task_status_set_overdue(ngx_uint_t store, uint64_t n,
    ngx_uint_t known);
ngx_int_t ngx_http_print_task_status_overdue(ngx_uint_t store, uint64_t *n);

/* records a refusal of this process, real or of a dry run */
void ngx_http_print_task_status_refused(
    const ngx_http_print_task_recent_t *recent);

/* the last refusals of all processes, see NGX_HTTP_PRINT_TASK_RECENT */
ngx_uint_t ngx_http_print_task_status_recent(
    ngx_http_print_task_recent_t *list);

/* NGX_DECLINED: no store has this number */
ngx_int_t ngx_http_print_task_status_get_store(ngx_uint_t n, ngx_str_t *name);
ngx_int_t ngx_http_print_task_status_get_node(ngx_uint_t n,
    ngx_http_print_task_status_node_t *node);


#endif /* _NGX_HTTP_PRINT_TASK_STATUS_ZONE_H_INCLUDED_ */
