
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#ifndef _NGX_HTTP_PRINT_TASK_MODULE_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_MODULE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_jwk.h"
#include "core/pt_memo.h"
#include "core/pt_outcome.h"
#include "core/pt_reason.h"
#include "core/pt_retry.h"
#include "core/pt_route.h"
#include "core/pt_rules.h"
#include "core/pt_task.h"
#include "core/pt_token.h"

#include "ngx_http_print_task_store.h"


#define NGX_HTTP_PRINT_TASK_OFF      0
#define NGX_HTTP_PRINT_TASK_FORWARD  1
#define NGX_HTTP_PRINT_TASK_ANSWER   2


/* print_task_store */

#define NGX_HTTP_PRINT_TASK_STORE_REDIS   0
#define NGX_HTTP_PRINT_TASK_STORE_MEMORY  1


/* print_task_store_down */

#define NGX_HTTP_PRINT_TASK_DOWN_REJECT  0
#define NGX_HTTP_PRINT_TASK_DOWN_CHECK   1
#define NGX_HTTP_PRINT_TASK_DOWN_PASS    2


/* of SHA-256 */

#define NGX_HTTP_PRINT_TASK_DIGEST_LEN  PT_MEMO_DIGEST


typedef struct ngx_http_print_task_zone_s  ngx_http_print_task_zone_t;
typedef struct ngx_http_print_task_keys_s  ngx_http_print_task_keys_t;
typedef struct ngx_http_print_task_admin_s  ngx_http_print_task_admin_t;
typedef struct ngx_http_print_task_wait_app_s
    ngx_http_print_task_wait_app_t;
typedef struct ngx_http_print_task_wait_queue_s
    ngx_http_print_task_wait_queue_t;


/*
 * The configuration of a location: const to everything that sees a request.
 * The key set and the store are of the cycle, and end with cf->pool.
 */

typedef struct {
    ngx_uint_t                     mode;
    ngx_flag_t                     dry_run;

    ngx_http_print_task_keys_t    *keys;
    ngx_str_t                      key_uri;

    ngx_msec_t                     key_refresh;
    ngx_msec_t                     key_min;

    pt_token_policy_t              token;
    ngx_array_t                   *issuers;       /* of ngx_str_t */
    ngx_array_t                   *audiences;
    ngx_array_t                   *roles;
    ngx_array_t                   *tenants;
    ngx_array_t                   *apps;
    time_t                         leeway;
    ngx_array_t                   *requires;      /* see ..._require.c */

    ngx_http_print_task_admin_t   *admin;         /* NULL: off */
    ngx_str_t                      admin_tenant;  /* of who has no token */

    u_char                         token_policy[PT_POLICY_DIGEST];
                                                  /* digest of token */

    pt_rules_t                     rules;
    ngx_uint_t                    *next;          /* the rows that are set, of
                                                     PT_STATES, or UNSET */
    ngx_msec_t                     fresh;
    size_t                         body_max;

    ngx_uint_t                     store_type;
    ngx_http_print_task_store_t   *redis;
    ngx_http_print_task_store_t   *memory;
    ngx_http_print_task_store_t   *store;         /* the one that is used */
    ngx_http_complex_value_t      *key;           /* NULL: the default */
    ngx_str_t                      realm;
    ngx_str_t                      key_prefix;    /* of the default */
    ngx_str_t                      key_text;      /* as print_task_key would
                                                     have it */
    ngx_uint_t                     queue;         /* of commands to Redis */

    ngx_msec_t                     connect_timeout;
    ngx_msec_t                     command_timeout;
    ngx_msec_t                     active_valid;
    ngx_msec_t                     final_valid;
    ngx_msec_t                     lease;
    ngx_msec_t                     lease_wait;

    ngx_msec_t                     lease_spare;   /* of the lease, when the
                                                     back end takes its time */
    ngx_uint_t                     store_down;

    ngx_uint_t                     log_level;

    ngx_uint_t                     cached;        /* of the modules for back
                                                     ends, one has a cache */
} ngx_http_print_task_loc_conf_t;


typedef struct {
    ngx_uint_t                     used;          /* by some location of it,
                                                     without a dry run */
} ngx_http_print_task_srv_conf_t;


/* a store, and the level that made it; NULL: that of memory, made by any */

typedef struct {
    ngx_http_print_task_store_t     *store;
    ngx_http_print_task_loc_conf_t  *conf;
    ngx_http_core_loc_conf_t        *core;
} ngx_http_print_task_store_conf_t;


typedef struct {
    ngx_array_t                    stores;        /* of ..._store_conf_t */
    ngx_array_t                    places;        /* see ..._realm.c */
    ngx_int_t                      request_id;    /* index of $request_id */

    ngx_int_t                      marks;         /* see ..._gate.c */
    ngx_int_t                      early;         /* see ..._early.c */
    ngx_array_t                    peers;
    ngx_array_t                    late;          /* of
                                                  ngx_http_upstream_conf_t * */

    ngx_array_t                    keys;          /* of ..._keys_t *: sources */
    void                          *keys_shared;   /* their shared part */

    u_char                        *token_scratch; /* of pt_token_check() */
    ngx_http_print_task_zone_t    *token_zone;    /* NULL: off */
    unsigned                       token_zone_set:1;
    unsigned                       used:1;        /* by some location */
} ngx_http_print_task_main_conf_t;


/*
 * The way of a request.  Each step leads to the next one, with these
 * exceptions:
 *
 *     ROUTE, TOKEN  -> PASS      nothing that is ours to judge
 *     TOKEN         -> STORE     GET of a task in answer mode
 *     BODY          -> PUT       instead of UPDATE
 *     BODY          -> NESTED    the same, then PASS: of another resource
 *     STORE         -> STORE     the task is busy; a lease is needed to learn
 *     STORE         -> LEARN     the store is down (print_task_store_down)
 *     DECIDE        -> STORE     as above
 *     DECIDE        -> LEARN     not known well enough; or, without a lease,
 *                                the task stays busy, and may be final
 *     LEARN         -> DECIDE
 *     any           -> REFUSE    with a reason
 */

typedef enum {
    NGX_HTTP_PRINT_TASK_STEP_ROUTE = 0,
    NGX_HTTP_PRINT_TASK_STEP_TOKEN,
    NGX_HTTP_PRINT_TASK_STEP_BODY,
    NGX_HTTP_PRINT_TASK_STEP_UPDATE,
    NGX_HTTP_PRINT_TASK_STEP_PUT,
    NGX_HTTP_PRINT_TASK_STEP_NESTED,
    NGX_HTTP_PRINT_TASK_STEP_STORE,
    NGX_HTTP_PRINT_TASK_STEP_DECIDE,
    NGX_HTTP_PRINT_TASK_STEP_LEARN,
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


/* $print_task_cache */

typedef enum {
    NGX_HTTP_PRINT_TASK_CACHE_OFF = 0,
    NGX_HTTP_PRINT_TASK_CACHE_HIT,
    NGX_HTTP_PRINT_TASK_CACHE_MISS,
    NGX_HTTP_PRINT_TASK_CACHE_STALE,
    NGX_HTTP_PRINT_TASK_CACHE_BUSY,
    NGX_HTTP_PRINT_TASK_CACHE_DOWN
} ngx_http_print_task_cache_e;


/* $print_task_token_cache */

typedef enum {
    NGX_HTTP_PRINT_TASK_TOKEN_CACHE_OFF = 0,
    NGX_HTTP_PRINT_TASK_TOKEN_CACHE_HIT,
    NGX_HTTP_PRINT_TASK_TOKEN_CACHE_MISS
} ngx_http_print_task_token_cache_e;


/* a response body of the back end, as far as it has been seen */

typedef struct {
    ngx_str_t                      body;
    size_t                         size;          /* allocated */
} ngx_http_print_task_capture_t;


/* the subrequest of the step "learn" */

typedef struct {
    ngx_http_request_t            *request;
    ngx_uint_t                     status;        /* 0: none yet */
    ngx_http_print_task_capture_t  capture;
    ngx_str_t                      retry_after;
    unsigned                       too_large:1;
    unsigned                       complete:1;    /* its body has ended */
    unsigned                       started:1;
    unsigned                       done:1;
} ngx_http_print_task_learn_t;


/* one request on its way, in r->pool */

typedef struct {
    ngx_http_request_t            *request;
    const ngx_http_print_task_loc_conf_t
                                  *conf;
    ngx_http_print_task_step_e     step;
    pt_reason_e                    reason;
    ngx_socket_t                   ident;         /* -1: debug logs of events
                                                     print the fd of a
                                                     connection */

    ngx_uint_t                     retry_after;   /* seconds; 0: not known */
    ngx_http_print_task_verdict_e  verdict;
    ngx_http_print_task_cache_e    cache;

    /* route: and what it was read from */
    pt_route_t                     route;
    ngx_uint_t                     method;
    ngx_str_t                      method_name;
    ngx_str_t                      uri;

    /* token */
    pt_reason_e                    token_reason;
    ngx_http_print_task_token_cache_e
                                   token_cache;
    pt_token_claims_t              claims;
    uint64_t                       keys_generation;
    ngx_queue_t                    keys_queue;    /* of those that wait */
    ngx_msec_t                     keys_deadline;

    /* body, update */
    off_t                          received;
    pt_update_t                    update;

    /* store, decide */
    ngx_http_print_task_op_t       op;
    pt_state_e                     from;          /* as the decision saw it */
    uint64_t                       fence;
    u_char                         lease_id[NGX_HTTP_PRINT_TASK_LEASE_ID_LEN];
    ngx_msec_t                     reserved;      /* when the lease was asked
                                                     for */
    ngx_event_t                    timer;         /* until the next try */
    ngx_msec_t                     deadline;      /* of all tries */
    ngx_msec_t                     backoff;

    ngx_http_print_task_wait_queue_t
                                  *wait_queue;    /* NULL: in none */
    ngx_http_print_task_wait_app_t
                                  *wait_app;      /* in it, while the request
                                                     has no turn */
    ngx_queue_t                    queue;         /* of those that wait */

    /* what the back end said without a lease, see "recall" */
    pt_task_t                      observed;
    uint64_t                       observed_rev;  /* of the record before */
    ngx_msec_t                     observed_at;

    /* learn */
    ngx_http_print_task_learn_t    learn;
    ngx_str_node_t                 asked;         /* of tasks that are asked
                                                     for without a lease */
    ngx_msec_t                     learned_at;

    /* forward, settle: the back end's answer */
    ngx_http_handler_pt            content_handler;
    ngx_http_upstream_t           *upstream;      /* of the content handler */
    ngx_uint_t                     answer_status;
    ngx_str_t                      body;          /* the canonical one */
    ngx_uint_t                     gate_status;   /* of a refusal of the gate */
    ngx_http_print_task_capture_t  captured;

    /* the page that replaces one of nginx's own */
    ngx_str_t                      page;

    unsigned                       admitted:1;    /* by all access modules */
    unsigned                       keying:1;      /* the store key is made */
    unsigned                       token_checked:1;
    unsigned                       admin:1;       /* see print_task_admin */
    unsigned                       keys_waiting:1;
    unsigned                       keys_waited:1;
    unsigned                       reading_body:1;
    unsigned                       pending:1;     /* op is with the store */
    unsigned                       op_done:1;
    unsigned                       widened:1;     /* sources: any state */
    unsigned                       waiting:1;     /* deadline is set */
    unsigned                       blind:1;       /* waits, and has not seen
                                                     the record */
    unsigned                       has_observed:1;
    unsigned                       leased:1;      /* a settlement is owed */
    unsigned                       unleased:1;    /* the change is made without,
                                                     and the record is to be
                                                     forgotten */
    unsigned                       asking:1;      /* asked is in the tree */
    unsigned                       learned:1;
    unsigned                       unchecked:1;   /* forwarded by "pass" */
    unsigned                       forwarded:1;   /* and to be settled */
    unsigned                       answering:1;   /* the answer to the change
                                                     has no end yet */
    unsigned                       capture:1;
    unsigned                       page_sent:1;
    unsigned                       keepalive:1;   /* after a 400 */
} ngx_http_print_task_ctx_t;


extern ngx_module_t  ngx_http_print_task_module;


/* ngx_http_print_task_conf.c: directives */

extern ngx_command_t  ngx_http_print_task_commands[];


/* ngx_http_print_task_admin.c: print_task_admin */

#define ngx_http_print_task_has_admin(conf)                                   \
    ((conf)->mode == NGX_HTTP_PRINT_TASK_ANSWER && (conf)->admin != NULL)

char *ngx_http_print_task_admin(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* where there is one: checks, and adds to the policy for tokens */
char *ngx_http_print_task_use_admin(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *conf);

/*
 * Whether the request, which has no token, needs none, because of where it
 * comes from.  Then ctx->claims are set.
 */
ngx_uint_t ngx_http_print_task_admin_address(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);

/* whether ctx->claims are enough for this request; sets ctx->admin */
pt_reason_e ngx_http_print_task_check_role(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);

/* the step "put": the body to ctx->op */
pt_reason_e ngx_http_print_task_read_put(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);


/* ngx_http_print_task_keys.c: keys of tokens */

char *ngx_http_print_task_key_file(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_print_task_key_request(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

char *ngx_http_print_task_merge_keys(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *prev,
    ngx_http_print_task_loc_conf_t *conf);

/* where tokens are checked: makes the source of print_task_key_request */
char *ngx_http_print_task_use_keys(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *conf);

/* the shared memory of all sources */
ngx_int_t ngx_http_print_task_keys_zone(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf);

void ngx_http_print_task_keys_init_process(ngx_cycle_t *cycle,
    ngx_http_print_task_main_conf_t *ptmcf);
void ngx_http_print_task_keys_exit_process(
    ngx_http_print_task_main_conf_t *ptmcf);

/*
 * A number of the location's keys as they are now: that of their text, so it
 * is the same in all workers that have the same keys.
 */
uint64_t ngx_http_print_task_keys_generation(
    const ngx_http_print_task_loc_conf_t *conf);

/* those that the number is of; NULL if none were ever loaded */
pt_jwks_t *ngx_http_print_task_keys_jwks(
    const ngx_http_print_task_loc_conf_t *conf);


/* ngx_http_print_task_keys_wait.c: who waits for keys */

/*
 * For a token that the keys at hand do not fit.  NGX_OK: there are others, it
 * is to be judged again; NGX_AGAIN: the request is run again when there may
 * be; NGX_DECLINED: there will not be any now; otherwise a status to end the
 * request with.
 */
ngx_int_t ngx_http_print_task_keys_wait(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);

/* seconds until keys that are not there may be: at least 1 */
ngx_uint_t ngx_http_print_task_keys_retry_after(
    const ngx_http_print_task_loc_conf_t *conf);

/* the request ends, or goes another way */
void ngx_http_print_task_keys_detach(ngx_http_print_task_ctx_t *ctx);


/* ngx_http_print_task_fetch.c: requests for keys */

/* whether the request, or the main one of it, is of our own making */
ngx_uint_t ngx_http_print_task_is_fetch(ngx_http_request_t *r);

void ngx_http_print_task_fetch_header(ngx_http_request_t *r);
ngx_int_t ngx_http_print_task_fetch_body(ngx_http_request_t *r,
    ngx_chain_t *in);


/* ngx_http_print_task_merge.c: configurations of locations */

void *ngx_http_print_task_create_main_conf(ngx_conf_t *cf);
void *ngx_http_print_task_create_srv_conf(ngx_conf_t *cf);
void *ngx_http_print_task_create_loc_conf(ngx_conf_t *cf);
char *ngx_http_print_task_merge_loc_conf(ngx_conf_t *cf, void *parent,
    void *child);

/* the defaults of print_task_redis_timeout, where it is not set */
void ngx_http_print_task_set_timeouts(ngx_http_print_task_loc_conf_t *conf);


/* ngx_http_print_task_store_conf.c: which store a location has */

char *ngx_http_print_task_redis(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
char *ngx_http_print_task_store(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

char *ngx_http_print_task_merge_store(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *prev,
    ngx_http_print_task_loc_conf_t *conf);

/* where the module is on: sets conf->store */
char *ngx_http_print_task_use_store(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *conf);

/* whether the stores have the same records, as far as can be seen */
ngx_uint_t ngx_http_print_task_same_store(
    const ngx_http_print_task_loc_conf_t *one,
    const ngx_http_print_task_loc_conf_t *other);


/* ngx_http_print_task_realm.c: what keeps the tasks of locations apart */

/* where the module is on: sets conf->key_prefix and conf->key_text */
char *ngx_http_print_task_use_key(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *conf);

/*
 * Refuses locations that would have records in common though they judge by
 * other rules who may see them: what one believes is not true for the other.
 */
char *ngx_http_print_task_check_shared(ngx_conf_t *cf,
    const ngx_http_print_task_loc_conf_t *conf);


/* ngx_http_print_task_request.c: the way of a request */

ngx_int_t ngx_http_print_task_access_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_print_task_precontent_handler(ngx_http_request_t *r);

/* what a step waited for is there; called from the event loop only */
void ngx_http_print_task_resume(ngx_http_print_task_ctx_t *ctx);

/* records and logs a refusal, returns the status to end the request with */
ngx_int_t ngx_http_print_task_refuse_now(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, pt_reason_e reason);


/* ngx_http_print_task_ctx.c: the context of a request */

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
 * made where there is none; NULL when out of memory.
 */
ngx_http_print_task_ctx_t *ngx_http_print_task_enter(ngx_http_request_t *r);


/* ngx_http_print_task_reserve.c: the step "store" */

/* sets ctx->op to the operation that the request needs */
ngx_int_t ngx_http_print_task_store_op(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);

/*
 * Starts it.  NGX_OK: ctx->op has its result; NGX_AGAIN: the request is run
 * again when it has.
 */
ngx_int_t ngx_http_print_task_reserve(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);


/* ngx_http_print_task_wait_queue.c: who may ask for a lease */

/*
 * NGX_OK: the request may reserve the task, and keeps the turn until it leaves;
 * NGX_BUSY: it is in the wait queue; NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_print_task_take_turn(ngx_http_print_task_ctx_t *ctx);

/*
 * NGX_AGAIN: the request is run again when it has the turn, or after a pause if
 * it has it already; NGX_DECLINED: it has waited for as long as
 * print_task_lease lets it.
 */
ngx_int_t ngx_http_print_task_wait(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);

/*
 * For a request that waits: the record of a task that another worker holds, as
 * the request that has the turn has seen it last.  NULL: there is none yet, the
 * request is run once more when there is.
 */
const pt_snapshot_t *ngx_http_print_task_shared_snapshot(
    ngx_http_print_task_ctx_t *ctx);

/*
 * The request gives up the turn to ask the back end; until it comes back or
 * leaves, no other request of its application has a turn.  The turn is free
 * for others after ngx_http_print_task_pass_turn().  NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_print_task_step_aside(ngx_http_print_task_ctx_t *ctx);
void ngx_http_print_task_pass_turn(ngx_http_print_task_ctx_t *ctx);

/* the request neither waits nor has the turn any more */
void ngx_http_print_task_leave(ngx_http_print_task_ctx_t *ctx);

/* the store is down for the request that has the turn: and for all others */
void ngx_http_print_task_share_down(ngx_http_print_task_ctx_t *ctx);


/* ngx_http_print_task_route.c: the step "route" */

/* PT_OK, with ctx->route set, or a reason */
pt_reason_e ngx_http_print_task_find_route(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);

/* whether a field would have servers take another path or method: a reason */
pt_reason_e ngx_http_print_task_overridden(const ngx_list_t *headers);


/* ngx_http_print_task_gate.c: the gate in front of all back ends */

ngx_int_t ngx_http_print_task_gate_init(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf);

/* the first one of the REWRITE phase: marks that a location was entered */
ngx_int_t ngx_http_print_task_rewrite_handler(ngx_http_request_t *r);

/* for locations that are not ours, before their content handler */
ngx_int_t ngx_http_print_task_gate_early(ngx_http_request_t *r);


/* ngx_http_print_task_token.c: the step "token" */

ngx_int_t ngx_http_print_task_token_init(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf);

/*
 * Verifies the token, once a request.  The result is in ctx->token_reason,
 * and, with PT_OK, in ctx->claims; it is PT_INTERNAL when out of memory.
 */
pt_reason_e ngx_http_print_task_check_token(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);

/* moves the names to the pool; they are empty with NGX_ERROR */
ngx_int_t ngx_http_print_task_keep_claims(ngx_pool_t *pool,
    pt_token_claims_t *claims);


/* ngx_http_print_task_zone.c: tokens that were seen before */

char *ngx_http_print_task_token_zone(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* the zone where print_task_token_zone is not set */
ngx_int_t ngx_http_print_task_zone_default(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf);

/* the key of a token in a location is key->digest */
ngx_int_t ngx_http_print_task_zone_key(ngx_http_print_task_zone_t *zone,
    const ngx_http_print_task_loc_conf_t *conf, const ngx_str_t *token,
    pt_memo_entry_t *key);

/*
 * NGX_OK, with claims copied to the pool; NGX_DONE if the token expired at the
 * time "since" or before, and has no other fault that comes before that;
 * NGX_DECLINED if nothing is known of it; NGX_ERROR.
 */
ngx_int_t ngx_http_print_task_zone_find(ngx_http_print_task_zone_t *zone,
    const pt_memo_entry_t *key, time_t since, ngx_pool_t *pool,
    pt_token_claims_t *claims);

/* remembers a token that is accepted, or expired, if there is room for it */
void ngx_http_print_task_zone_add(ngx_http_print_task_zone_t *zone,
    const pt_memo_entry_t *key, const pt_token_claims_t *claims);


/* ngx_http_print_task_require.c: print_task_require */

char *ngx_http_print_task_require(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);

/* PT_OK, or the reason of the first condition that is not met */
pt_reason_e ngx_http_print_task_check_require(ngx_http_request_t *r,
    const ngx_http_print_task_loc_conf_t *conf);


/* ngx_http_print_task_body.c: the request body */

/* what the headers of a request say about its body */
pt_reason_e ngx_http_print_task_check_body_headers(ngx_http_request_t *r);

/* whether the body of another resource may have tasks in it */
ngx_uint_t ngx_http_print_task_may_nest(ngx_http_request_t *r);

/* the request body as one plain string */
pt_reason_e ngx_http_print_task_get_body(ngx_http_request_t *r,
    ngx_str_t *body);

/* whether nobody can take a part of it for a chunk or a request */
ngx_uint_t ngx_http_print_task_body_is_line(ngx_http_request_t *r);

/* gives the back end the canonical body, and headers that match it */
ngx_int_t ngx_http_print_task_set_body(ngx_http_request_t *r,
    const pt_update_t *update);

/* stops the reading of a body that grows over print_task_body_max */
ngx_int_t ngx_http_print_task_body_filter_init(ngx_conf_t *cf);


/* ngx_http_print_task_json.c: what texts say */

/*
 * As pt_update_read(), pt_put_read(), pt_nested_read() and pt_task_read(),
 * with memory to do it in; strings are slices of the text, or of r->pool.
 * When out of memory, PT_INTERNAL and NGX_ERROR.
 */
pt_reason_e ngx_http_print_task_json_update(ngx_http_request_t *r,
    const ngx_str_t *text, const ngx_str_t *id, pt_update_t *update);
pt_reason_e ngx_http_print_task_json_put(ngx_http_request_t *r,
    const ngx_str_t *text, const pt_route_t *route, pt_put_t *put);
pt_reason_e ngx_http_print_task_json_nested(ngx_http_request_t *r,
    const ngx_str_t *text);
ngx_int_t ngx_http_print_task_json_task(ngx_http_request_t *r,
    const ngx_str_t *text, const ngx_str_t *id, pt_task_t *task);


/* ngx_http_print_task_headers.c: lists of header fields */

/*
 * A copy of the request's header fields without those in the NULL-terminated
 * list of lower case names.
 */
ngx_int_t ngx_http_print_task_copy_headers(ngx_http_request_t *r,
    ngx_list_t *headers, const ngx_str_t *except);

/* a list in place of another one; the former is not to be used any more */
void ngx_http_print_task_move_headers(ngx_list_t *to, const ngx_list_t *from);

/* the first field of that name, NULL if there is none */
ngx_table_elt_t *ngx_http_print_task_find_header(const ngx_list_t *headers,
    const ngx_str_t *name);

/* the next one; *part and *i start with the first part of the list and 0 */
ngx_table_elt_t *ngx_http_print_task_next_header(const ngx_list_part_t **part,
    ngx_uint_t *i, const ngx_str_t *name);

/* whether there is a field of any name in such a list */
ngx_uint_t ngx_http_print_task_has_header(const ngx_list_t *headers,
    const ngx_str_t *names);

ngx_uint_t ngx_http_print_task_count_header(const ngx_list_t *headers,
    const ngx_str_t *name);

/* the variables of the fields in such a list are to be evaluated anew */
void ngx_http_print_task_flush_headers(ngx_http_request_t *r,
    const ngx_str_t *names);

/* to a response */
ngx_table_elt_t *ngx_http_print_task_add_header(ngx_list_t *headers,
    const char *name, const ngx_str_t *value);

/* to the request, where upstream modules look it up by hash and lower case */
ngx_table_elt_t *ngx_http_print_task_add_request_header(ngx_http_request_t *r,
    const char *name, const ngx_str_t *lowcase, const ngx_str_t *value);


/* ngx_http_print_task_record.c: the step "decide" of "print_task answer" */

/* PT_OK if ctx->op is to be answered with, or a reason */
pt_reason_e ngx_http_print_task_decide_record(ngx_http_print_task_ctx_t *ctx);

/* whether the record is of the application of the request, or of any */
ngx_uint_t ngx_http_print_task_owns_record(ngx_http_print_task_ctx_t *ctx);


/* ngx_http_print_task_learn.c: the step "learn" */

/*
 * NGX_AGAIN: a subrequest was started, the request is run again when it has
 * ended; NGX_OK: ctx->learn is set; NGX_DECLINED: no memory; NGX_ERROR: the
 * request has to be ended without an answer.
 */
ngx_int_t ngx_http_print_task_learn(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);

/*
 * Before learning without a lease.  NGX_DECLINED: another request of this
 * worker asks for the same task in this way.
 */
ngx_int_t ngx_http_print_task_learn_enter(ngx_http_print_task_ctx_t *ctx);
void ngx_http_print_task_learn_leave(ngx_http_print_task_ctx_t *ctx);

/* takes the body of the subrequest, none of which goes to the client */
void ngx_http_print_task_learn_body(ngx_http_request_t *sr,
    ngx_http_print_task_ctx_t *ctx, ngx_chain_t *in);

/* turns ctx->learn into ctx->op.snapshot, or a reason */
pt_reason_e ngx_http_print_task_learned(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);


/* ngx_http_print_task_capture.c: the body of a response */

#define NGX_HTTP_PRINT_TASK_CAPTURE_MAX  65536

/* NGX_ERROR if it is too large, or does not lie in memory */
ngx_int_t ngx_http_print_task_capture(ngx_http_request_t *r,
    ngx_http_print_task_capture_t *capture, const ngx_buf_t *b);


/* ngx_http_print_task_settle.c: the end of a lease */

/* nothing was changed; a state that was learnt is kept */
void ngx_http_print_task_settle_unchanged(ngx_http_print_task_ctx_t *ctx);

/* the lease ends, and the request goes on */
void ngx_http_print_task_settle_release(ngx_http_print_task_ctx_t *ctx);

/*
 * Whether ctx->op.snapshot is what the back end has told the application of the
 * request, in this request or before.
 */
ngx_uint_t ngx_http_print_task_shown(const ngx_http_print_task_ctx_t *ctx);

/* by what is known of the back end when the request ends */
void ngx_http_print_task_settle_end(ngx_http_print_task_ctx_t *ctx);

/* the answer to a forwarded request, as it passes the filters */
void ngx_http_print_task_settle_header(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);
void ngx_http_print_task_settle_body(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, ngx_chain_t *in);


/* ngx_http_print_task_answer.c: answers of our own */

/* sends ctx->op.snapshot as a printTask, returns what finalizes r */
ngx_int_t ngx_http_print_task_send_task(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);

/* the status of ctx->reason, after setting the headers that go with it */
ngx_int_t ngx_http_print_task_refusal(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);


/* ngx_http_print_task_filter.c: what leaves a location of ours */

/*
 * Whether the response that passes the filters is one that an upstream sent;
 * u->cleanup is NULL once the upstream has ended the request.
 */
#define ngx_http_print_task_from_upstream(r)                                  \
    ((r)->upstream != NULL && (r)->upstream->cleanup != NULL)

ngx_int_t ngx_http_print_task_filter_init(ngx_conf_t *cf);


/* ngx_http_print_task_error.c: errors in the form of Microsoft Graph */

/* writes the body of the response r->headers_out.status to ctx->page */
ngx_int_t ngx_http_print_task_error_page(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx);

/* "request-id" and "client-request-id", to the response */
ngx_int_t ngx_http_print_task_add_ids(ngx_http_request_t *r);


/* ngx_http_print_task_early.c: variables that were read too early */

ngx_int_t ngx_http_print_task_early_init(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf);

/*
 * A variable of the token is read.  known: it is not empty for want of a token
 * that is accepted; later: it may be once keys were fetched.
 */
void ngx_http_print_task_token_read(ngx_http_request_t *r, ngx_uint_t known,
    ngx_uint_t later);

/* the token is known: values that were computed without it are dropped */
ngx_int_t ngx_http_print_task_drop_early(ngx_http_request_t *r);

/* whether what cannot be computed again was made without it */
ngx_uint_t ngx_http_print_task_token_set_early(ngx_http_request_t *r);


/* ngx_http_print_task_variables.c */

ngx_int_t ngx_http_print_task_add_variables(ngx_conf_t *cf);


#endif /* _NGX_HTTP_PRINT_TASK_MODULE_H_INCLUDED_ */
