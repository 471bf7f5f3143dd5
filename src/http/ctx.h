
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* the context of a request: what is known of it on its way */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_CTX_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_CTX_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_reason.h"
#include "core/pt_route.h"
#include "core/pt_task.h"
#include "store/store.h"
#include "conf/conf.h"
#include "token/bearer.h"
#include "http/state.h"


typedef struct ngx_http_print_task_wait_app_s
    ngx_http_print_task_wait_app_t;
typedef struct ngx_http_print_task_wait_queue_s
    ngx_http_print_task_wait_queue_t;


typedef struct {
    ngx_uint_t                     used;          /* by some location of it,
                                                     without a dry run */
} ngx_http_print_task_srv_conf_t;


/*
 * The way of a request.  Each step leads to the next one, with these
 * exceptions:
 *
 *     ROUTE, TOKEN  -> PASS      nothing that is ours to judge
 *     TOKEN         -> LOOKUP    GET of a task in answer mode
 *     TOKEN         -> QUERY     GET of the tasks of a definition, likewise
 *     BODY          -> PUT       instead of UPDATE
 *     BODY          -> NESTED    the same, then PASS: of another resource
 *     LOOKUP        -> LOOKUP    the task is busy; a refetch needs a lease
 *     LOOKUP        -> REFETCH   the store is down (print_task_store_down)
 *     DECIDE        -> LOOKUP    a refetch needs a lease
 *     DECIDE        -> REFETCH   the state is not known well enough, or the
 *                                task stays busy and may be final
 *     REFETCH       -> DECIDE
 *     any           -> REFUSE    with a reason
 */
typedef enum {
    NGX_HTTP_PRINT_TASK_STEP_ROUTE = 0,
    NGX_HTTP_PRINT_TASK_STEP_TOKEN,
    NGX_HTTP_PRINT_TASK_STEP_BODY,
    NGX_HTTP_PRINT_TASK_STEP_UPDATE,
    NGX_HTTP_PRINT_TASK_STEP_PUT,
    NGX_HTTP_PRINT_TASK_STEP_NESTED,
    NGX_HTTP_PRINT_TASK_STEP_QUERY,
    NGX_HTTP_PRINT_TASK_STEP_LOOKUP,
    NGX_HTTP_PRINT_TASK_STEP_DECIDE,
    NGX_HTTP_PRINT_TASK_STEP_REFETCH,
    NGX_HTTP_PRINT_TASK_STEP_FORWARD,
    NGX_HTTP_PRINT_TASK_STEP_ANSWER,
    NGX_HTTP_PRINT_TASK_STEP_PASS,
    NGX_HTTP_PRINT_TASK_STEP_REFUSE
} ngx_http_print_task_step_e;


/* $print_task_verdict */
typedef enum {
    NGX_HTTP_PRINT_TASK_NO_VERDICT = 0,
    NGX_HTTP_PRINT_TASK_FORWARDED,
    NGX_HTTP_PRINT_TASK_ANSWERED,
    NGX_HTTP_PRINT_TASK_REPEATED,
    NGX_HTTP_PRINT_TASK_REFUSED,
    NGX_HTTP_PRINT_TASK_WOULD_REFUSE,
    NGX_HTTP_PRINT_TASK_PASSED
} ngx_http_print_task_verdict_e;


/* $print_task_lookup */
typedef enum {
    NGX_HTTP_PRINT_TASK_LOOKUP_OFF = 0,
    NGX_HTTP_PRINT_TASK_LOOKUP_HIT,
    NGX_HTTP_PRINT_TASK_LOOKUP_MISS,
    NGX_HTTP_PRINT_TASK_LOOKUP_STALE,
    NGX_HTTP_PRINT_TASK_LOOKUP_BUSY,
    NGX_HTTP_PRINT_TASK_LOOKUP_DOWN
} ngx_http_print_task_lookup_e;


/* what a request may wait for, see http/wait_time.c */
typedef enum {
    NGX_HTTP_PRINT_TASK_TIME_NONE = 0,
    NGX_HTTP_PRINT_TASK_TIME_STORE,
    NGX_HTTP_PRINT_TASK_TIME_LEASE,
    NGX_HTTP_PRINT_TASK_TIME_REFETCH,
    NGX_HTTP_PRINT_TASK_TIMES
} ngx_http_print_task_wait_for_e;


typedef struct {
    ngx_msec_t                     total[NGX_HTTP_PRINT_TASK_TIMES];
    ngx_msec_t                     since;
    ngx_uint_t                     used;          /* bits */
    ngx_http_print_task_wait_for_e
                                   current;
} ngx_http_print_task_wait_times_t;


/* a response body of the back end, as far as it has been seen */
typedef struct {
    ngx_str_t                      body;
    size_t                         size;          /* allocated */
} ngx_http_print_task_capture_t;


/* the subrequest of the step "refetch" */
typedef struct {
    ngx_http_print_task_refetch_state_e  state;
    ngx_http_request_t            *request;
    ngx_uint_t                     status;        /* 0: none yet */
    ngx_http_print_task_capture_t  capture;
    ngx_str_t                      retry_after;
    ngx_msec_t                     started_at;
    unsigned                       too_large:1;
    unsigned                       complete:1;    /* its body has ended */
} ngx_http_print_task_refetch_state_t;


/* the request ends, or enters another location */
typedef void (*ngx_http_print_task_end_pt)(ngx_http_print_task_ctx_t *ctx);


struct ngx_http_print_task_ctx_s {
    ngx_http_request_t            *request;
    const ngx_http_print_task_loc_conf_t
                                  *conf;
    ngx_http_print_task_step_e     step;
    pt_reason_e                    reason;
    ngx_socket_t                   ident;         /* -1: debug logs of events
                                                     print the fd of a
                                                     connection */
    ngx_http_print_task_end_pt     end;

    ngx_uint_t                     retry_after;   /* seconds; 0: not known */
    ngx_http_print_task_verdict_e  verdict;
    ngx_http_print_task_lookup_e   lookup_status;

    /* route: and what it was read from */
    pt_route_t                     route;
    ngx_uint_t                     method;
    ngx_str_t                      method_name;
    ngx_str_t                      uri;

    ngx_http_print_task_token_t    token;

    /* body, update */
    off_t                          received;
    pt_update_t                    update;

    /* store, decide */
    ngx_http_print_task_op_t       op;
    ngx_uint_t                     top;           /* of a list; 0: none was
                                                     given */
    ngx_str_t                      option;        /* that is refused */
    ngx_str_t                      none_match;    /* revisions that the client
                                                     has; data == NULL: none */
    ngx_http_print_task_op_state_e
                                   op_state;
    ngx_http_print_task_lease_state_e
                                   lease_state;
    pt_state_e                     from;          /* as the decision saw it */
    uint64_t                       fence;
    u_char                         lease_id[NGX_HTTP_PRINT_TASK_LEASE_ID_LEN];
    ngx_msec_t                     lease_requested_at;
    uint64_t                       op_started;    /* us, see status/count.h */
    ngx_event_t                    timer;         /* until the next try */
    ngx_msec_t                     deadline;      /* of all tries */
    ngx_msec_t                     backoff;
    ngx_msec_t                     wait_since;

    ngx_http_print_task_wait_state_e
                                   wait_state;
    ngx_http_print_task_wait_queue_t
                                  *wait_queue;    /* NULL: in none */
    ngx_http_print_task_wait_app_t
                                  *wait_app;      /* in it, while the request
                                                     has no turn */
    ngx_queue_t                    queue;         /* of those that wait */

    ngx_http_print_task_wait_times_t
                                   wait_times;

    /* what the back end said without a lease, see "recall" */
    pt_task_t                      observed;
    uint64_t                       observed_rev;  /* of the record before */
    ngx_msec_t                     observed_at;

    /* refetch */
    ngx_http_print_task_refetch_state_t  refetch;
    ngx_str_node_t                       refetch_node;  /* of tasks that are
                                                     refetched without a
                                                     lease */
    ngx_msec_t                     refetched_at;

    /* forward, settle: the back end's answer */
    ngx_http_print_task_change_state_e
                                   change_state;
    ngx_http_handler_pt            content_handler;
    ngx_http_upstream_t           *upstream;      /* of the content handler */
    ngx_msec_t                     sent_at;       /* to the content handler */
    ngx_uint_t                     answer_status;
    ngx_str_t                      body;          /* the canonical one */
    ngx_uint_t                     gate_status;   /* of a refusal of the gate */
    ngx_http_print_task_capture_t  response_body;

    /* the page that replaces one of nginx's own */
    ngx_str_t                      page;

    /*
     * Facts that do not depend on each other or on the states: each is set
     * once, where it becomes known, or spans one call.
     */

    unsigned                       admitted:1;    /* by all access modules */
    unsigned                       building_key:1;  /* of the store */
    unsigned                       admin:1;       /* see print_task_admin */
    unsigned                       reading_body:1;
    unsigned                       any_source:1;  /* sources: all states */
    unsigned                       waiting:1;     /* deadline is set */
    unsigned                       lease_wait:1;  /* wait_since is set, until it
                                                     has the lease, or gives
                                                     up */
    unsigned                       blind:1;       /* waits, and has not seen
                                                     the record */
    unsigned                       has_observed:1;
    unsigned                       refetch_entered:1;  /* node is in the tree */
    unsigned                       refetched:1;
    unsigned                       rules_skipped:1;  /* forwarded by "pass" */
    unsigned                       sent_beside:1; /* by a subrequest */
    unsigned                       page_sent:1;
    unsigned                       keepalive:1;   /* after a 400 */
};


/*
 * The context of a request, also after an internal redirect has cleared the
 * contexts of modules; NULL if it has none.
 */
ngx_http_print_task_ctx_t *ngx_http_print_task_get_ctx(ngx_http_request_t *r);

/* the same, but rather a context without a dry run, if there is any */
ngx_http_print_task_ctx_t *ngx_http_print_task_judged_ctx(
    ngx_http_request_t *r);

/*
 * The context of a request on its way through the location that it is in now,
 * made where there is none; NULL when out of memory.  A context that is made
 * calls "end" when the request enters another location, and when it ends.
 */
ngx_http_print_task_ctx_t *ngx_http_print_task_enter(ngx_http_request_t *r,
    ngx_http_print_task_end_pt end);

/* the header of the answer to a forwarded change has come, its end has not */
#define ngx_http_print_task_is_answering(ctx)                                 \
    ((ctx)->change_state == NGX_HTTP_PRINT_TASK_CHANGE_ANSWERING              \
     || (ctx)->change_state == NGX_HTTP_PRINT_TASK_CHANGE_CAPTURING)

/* what a step waited for is there; called from the event loop only */
void ngx_http_print_task_resume(ngx_http_print_task_ctx_t *ctx);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_CTX_H_INCLUDED_ */
