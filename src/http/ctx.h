
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The context of a request: what the module knows about it. */


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
typedef struct ngx_http_print_task_listener_s
    ngx_http_print_task_listener_t;


typedef struct {
    ngx_uint_t                     used;          /* a location of this
                                                     server uses the module
                                                     without a dry run */
} ngx_http_print_task_srv_conf_t;


/*
 * The steps of a request.  Each step leads to the next one, with these
 * exceptions:
 *     ROUTE, TOKEN  -> PASS      the module does not guard the resource
 *     TOKEN         -> LOOKUP    GET of a task in answer mode
 *     TOKEN         -> QUERY     GET of the tasks of a definition, answer mode
 *     TOKEN         -> LISTEN    GET of the events of a definition; then LOOKUP
 *     BODY          -> PUT       instead of UPDATE
 *     BODY          -> NESTED    instead of UPDATE, then PASS: another
 *                                resource
 *     LOOKUP        -> LOOKUP    the task is busy; a refetch needs a lease
 *     LOOKUP        -> REFETCH   the store is down (print_task_store_down)
 *     DECIDE        -> LOOKUP    a refetch needs a lease
 *     DECIDE        -> REFETCH   the record does not suffice, or the task
 *                                stays busy and may be final
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
    NGX_HTTP_PRINT_TASK_STEP_LISTEN,
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


/* what a request can wait for, see http/wait_time.c */
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
    ngx_uint_t                     used;          /* bits of the times that
                                                     are set */
    ngx_http_print_task_wait_for_e
                                   current;
} ngx_http_print_task_wait_times_t;


/* a response body of the back end, as read so far */
typedef struct {
    ngx_str_t                      body;
    size_t                         size;          /* allocated bytes */
} ngx_http_print_task_capture_t;


/* the subrequest of the step "refetch" */
typedef struct {
    ngx_http_print_task_refetch_state_e  state;
    ngx_http_request_t            *request;
    ngx_uint_t                     status;        /* 0: no response yet */
    ngx_http_print_task_capture_t  capture;
    ngx_str_t                      retry_after;
    ngx_msec_t                     started_at;
    unsigned                       too_large:1;
    unsigned                       complete:1;    /* the body is complete */
} ngx_http_print_task_refetch_state_t;


/* called when the request ends or enters another location */
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

    ngx_uint_t                     retry_after;   /* seconds; 0: unknown */
    ngx_http_print_task_verdict_e  verdict;
    ngx_http_print_task_lookup_e   lookup_status;

    /* route, and the path that it was read from */
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
    ngx_uint_t                     top;           /* of a list; 0: absent */
    ngx_str_t                      option;        /* the refused query option */
    ngx_str_t                      none_match;    /* revisions that the
                                                     client has; data ==
                                                     NULL: absent */
    ngx_http_print_task_op_state_e
                                   op_state;
    ngx_http_print_task_lease_state_e
                                   lease_state;
    pt_state_e                     from;          /* the state that the
                                                     decision was based on */
    uint64_t                       fence;
    u_char                         lease_id[NGX_HTTP_PRINT_TASK_LEASE_ID_LEN];
    ngx_msec_t                     lease_requested_at;
    uint64_t                       op_started;    /* ns, see status/count.h */
    ngx_event_t                    timer;         /* until the next attempt */
    ngx_msec_t                     deadline;      /* of all attempts */
    ngx_msec_t                     backoff;
    ngx_msec_t                     wait_since;

    ngx_http_print_task_wait_state_e
                                   wait_state;
    ngx_http_print_task_wait_queue_t
                                  *wait_queue;    /* NULL: in no queue */
    ngx_http_print_task_wait_app_t
                                  *wait_app;      /* in the queue, while the
                                                     request does not have
                                                     the turn */
    ngx_queue_t                    queue;         /* of waiting requests */

    ngx_http_print_task_wait_times_t
                                   wait_times;

    /*
     * The back end's answer without a lease, see ngx_http_print_task_recall().
     */
    pt_task_t                      observed;
    uint64_t                       observed_rev;  /* of the record before the
                                                     answer */
    ngx_msec_t                     observed_at;

    /* refetch */
    ngx_http_print_task_refetch_state_t  refetch;
    ngx_str_node_t                       refetch_node;  /* of refetches
                                                           without a lease */
    ngx_msec_t                     refetched_at;

    /* forward, settle: the back end's answer to the change */
    ngx_http_print_task_change_state_e
                                   change_state;
    ngx_http_handler_pt            content_handler;
    ngx_http_upstream_t           *upstream;      /* of the content handler */
    ngx_msec_t                     sent_at;       /* to the content handler */
    ngx_uint_t                     answer_status;
    ngx_str_t                      body;          /* the canonical body */
    ngx_uint_t                     gate_status;   /* of a refusal by the gate */
    ngx_http_print_task_capture_t  response_body;

    ngx_http_print_task_listener_t
                                  *listener;      /* NULL: none */

    /* the page that replaces an error page of nginx */
    ngx_str_t                      page;

    /*
     * Facts that are independent of each other and of the states.  Each fact is
     * set once, when it becomes known, or only during one call.
     */

    unsigned                       admitted:1;    /* by all access modules */
    unsigned                       building_key:1;  /* the variable of the
                                                       key is being evaluated */
    unsigned                       admin:1;       /* see print_task_admin */
    unsigned                       reading_body:1;
    unsigned                       any_source:1;  /* op.sources has all
                                                     states */
    unsigned                       waiting:1;     /* deadline is set */
    unsigned                       lease_wait:1;  /* wait_since is set, until
                                                     the request has the
                                                     lease or gives up */
    unsigned                       blind:1;       /* waits and has not seen
                                                     the record */
    unsigned                       has_observed:1;
    unsigned                       refetch_entered:1;  /* refetch_node is in
                                                          the tree */
    unsigned                       refetched:1;
    unsigned                       rules_skipped:1;  /* forwarded by the
                                                        policy "pass" */
    unsigned                       sent_beside:1; /* a subrequest sent the
                                                     change */
    unsigned                       page_sent:1;
    unsigned                       keepalive:1;   /* the connection is kept
                                                     after a 400 */
};


/*
 * The context of a request, even after an internal redirect has cleared the
 * contexts of modules; NULL: the request has none.
 */
ngx_http_print_task_ctx_t *ngx_http_print_task_get_ctx(ngx_http_request_t *r);

/* the same, but prefers a context without a dry run */
ngx_http_print_task_ctx_t *ngx_http_print_task_judged_ctx(
    ngx_http_request_t *r);

/*
 * Returns the context of a request in its current location, and creates it if
 * needed; NULL: no memory.  A new context calls "end" when the request enters
 * another location and when it ends.
 */
ngx_http_print_task_ctx_t *ngx_http_print_task_enter(ngx_http_request_t *r,
    ngx_http_print_task_end_pt end);

/* the answer to a forwarded change has a header, but no end yet */
#define ngx_http_print_task_is_answering(ctx)                                 \
    ((ctx)->change_state == NGX_HTTP_PRINT_TASK_CHANGE_ANSWERING              \
     || (ctx)->change_state == NGX_HTTP_PRINT_TASK_CHANGE_CAPTURING)

/* continues a step that waited; called from the event loop only */
void ngx_http_print_task_resume(ngx_http_print_task_ctx_t *ctx);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_CTX_H_INCLUDED_ */
