
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The configuration of http and of a location; constant during requests. */


#ifndef _NGX_HTTP_PRINT_TASK_CONF_CONF_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_CONF_CONF_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_rules.h"
#include "core/pt_token.h"
#include "store/store.h"


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

/* print_task_health */
#define NGX_HTTP_PRINT_TASK_HEALTH_LIVE   0
#define NGX_HTTP_PRINT_TASK_HEALTH_READY  1

/* of SHA-256 */
#define NGX_HTTP_PRINT_TASK_DIGEST_LEN  PT_DIGEST_CACHE_DIGEST


typedef struct ngx_http_print_task_token_cache_s
    ngx_http_print_task_token_cache_t;
typedef struct ngx_http_print_task_keys_s  ngx_http_print_task_keys_t;
typedef struct ngx_http_print_task_revoked_s  ngx_http_print_task_revoked_t;
typedef struct ngx_http_print_task_admin_s  ngx_http_print_task_admin_t;
typedef struct ngx_http_print_task_log_s  ngx_http_print_task_log_t;
typedef struct ngx_http_print_task_wake_s  ngx_http_print_task_wake_t;


/*
 * The configuration of a location; constant during requests.  The key set and
 * the store belong to the cycle and end with cf->pool.
 */
typedef struct {
    ngx_uint_t                     mode;
    ngx_flag_t                     dry_run;

    ngx_http_print_task_keys_t    *keys;
    ngx_str_t                      key_uri;

    ngx_msec_t                     key_refresh;
    ngx_msec_t                     key_min;

    ngx_http_print_task_revoked_t *revoked;       /* NULL: no list */
    ngx_int_t                      certificate;   /* index of the variable */
    ngx_flag_t                     bound;

    pt_token_policy_t              token;
    ngx_array_t                   *issuers;       /* of ngx_str_t */
    ngx_array_t                   *audiences;
    ngx_array_t                   *roles;
    ngx_array_t                   *tenants;
    ngx_array_t                   *apps;
    time_t                         leeway;
    ngx_array_t                   *requires;      /* see http/require.c */

    ngx_http_print_task_admin_t   *admin;         /* NULL: off */
    ngx_str_t                      admin_tenant;  /* of requests without a
                                                     token */
    ngx_uint_t                     admin_here;    /* set at this level */

    u_char                         token_policy[PT_POLICY_DIGEST];
                                                  /* digest of token */

    pt_rules_t                     rules;
    ngx_uint_t                    *next;          /* PT_STATES rows that are
                                                     set, or UNSET */
    ngx_msec_t                     max_age;
    size_t                         body_max;

    ngx_uint_t                     store_type;
    ngx_http_print_task_store_t   *redis;
    ngx_http_print_task_store_t   *memory;
    ngx_http_print_task_store_t   *store;         /* the store of this
                                                     location */
    ngx_http_complex_value_t      *key;           /* NULL: the default key */
    ngx_str_t                      realm;
    ngx_str_t                      key_prefix;    /* of the default key */
    ngx_str_t                      key_text;      /* as print_task_key would
                                                     spell it */
    ngx_uint_t                     queue;         /* limit of commands to
                                                     Redis */

    ngx_msec_t                     connect_timeout;
    ngx_msec_t                     command_timeout;
    ngx_msec_t                     active_valid;
    ngx_msec_t                     final_valid;
    ngx_msec_t                     lease;
    ngx_msec_t                     lease_wait;

    ngx_msec_t                     lease_spare;   /* of the lease, after the
                                                     longest wait for the
                                                     back end */
    ngx_uint_t                     store_down;

    ngx_uint_t                     events_keep;   /* of a stream; 0: no
                                                     events */
    ngx_uint_t                     events_listeners;  /* of a worker */

    ngx_msec_t                     overdue;       /* 0: off */

    ngx_uint_t                     log_level;
    ngx_uint_t                     health;        /* UNSET: off */
    ngx_uint_t                     status;        /* print_task_status;
                                                     UNSET: off */
    ngx_flag_t                     status_actions;
} ngx_http_print_task_loc_conf_t;


/* a store, and the level that created it; NULL: a memory store of any level */
typedef struct {
    ngx_http_print_task_store_t     *store;
    ngx_http_print_task_loc_conf_t  *conf;
    ngx_http_core_loc_conf_t        *core;
} ngx_http_print_task_store_conf_t;


typedef struct {
    ngx_array_t                    stores;        /* of ..._store_conf_t */
    ngx_array_t                    places;        /* see shared_store.c */
    ngx_array_t                    records;       /* of ..._loc_conf_t *: one
                                                     of all that have the same
                                                     records */
    ngx_array_t                    overdue;       /* of ..._overdue_t: one
                                                     location of each store */
    ngx_int_t                      request_id;    /* index of $request_id */

    ngx_int_t                      marks;         /* see http/gate.c */
    ngx_int_t                      early;         /* see token/early.c */
    ngx_array_t                    peers;
    ngx_array_t                    late;          /* of
                                                     ngx_http_upstream_conf_t
                                                     * */
    ngx_array_t                    cached;        /* the same */

    ngx_array_t                    keys;          /* of ..._keys_t *: sources */
    void                          *keys_shared;   /* their shared part */
    ngx_array_t                    revoked;       /* of ..._revoked_t * */
    ngx_array_t                    files;         /* see token/file.c */

    ngx_array_t                    health;        /* see http/health.c */
    ngx_uint_t                     log_rate;
    ngx_http_print_task_log_t     *log;           /* see http/log.c */

    u_char                             *token_scratch; /* of pt_token_check() */
    ngx_http_print_task_token_cache_t  *token_zone;    /* NULL: off */
    ngx_uint_t                          modes;    /* of locations: bits of
                                                     pt_mode_e */
    unsigned                            token_zone_set:1;
    ngx_http_print_task_wake_t         *wake;     /* NULL: none */
    unsigned                            status:1; /* in a location */
    unsigned                            events:1; /* in a location */
    unsigned                            used:1;   /* by a location */
} ngx_http_print_task_main_conf_t;


#endif /* _NGX_HTTP_PRINT_TASK_CONF_CONF_H_INCLUDED_ */
