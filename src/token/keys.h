
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* the keys that tokens are verified with */


#ifndef _NGX_HTTP_PRINT_TASK_TOKEN_KEYS_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_TOKEN_KEYS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_jwk.h"
#include "conf/conf.h"
#include "token/file.h"


/* of one source: tokens that were held against fresh keys, in vain */
#define NGX_HTTP_PRINT_TASK_KEYS_UNKNOWN  64

typedef struct {
    uint64_t                           hash;
    ngx_msec_t                         time;
} ngx_http_print_task_keys_unknown_t;


/*
 * What the workers know of a source in common, in the zone of the module.
 * Written under the mutex of the zone; the single words are read without it.
 * Times are of ngx_current_msec, which is the same clock in all processes.
 */
typedef struct {
    uint64_t                           id;         /* of the source */

    ngx_atomic_t                       changes;    /* of the text, 0: none */
    u_char                            *text;
    size_t                             len;

    ngx_atomic_t                       fetching;   /* until then, 0: not */
    ngx_atomic_t                       tried;      /* start of the last fetch,
                                                      0: none yet */
    ngx_atomic_t                       fetched;    /* end of the last good
                                                      one */
    ngx_atomic_t                       failures;   /* since then */
    ngx_atomic_t                       waited;     /* requests may wait until
                                                      then, 0: none did */
    ngx_atomic_t                       skips;      /* the set whose skipped
                                                      keys were logged */

    ngx_http_print_task_keys_unknown_t
                               unknown[NGX_HTTP_PRINT_TASK_KEYS_UNKNOWN];
} ngx_http_print_task_keys_shared_t;


/* takes newer keys, where there are any */
typedef void (*ngx_http_print_task_keys_update_pt)(
    ngx_http_print_task_keys_t *keys);


/* a source: a file, if there is no uri */
struct ngx_http_print_task_keys_s {
    ngx_str_t                          name;       /* of the file; or uri */
    ngx_http_conf_ctx_t               *ctx;        /* of the uri's server */
    ngx_socket_t                       ident;      /* -1: debug logs of events
                                                      print the fd of a
                                                      connection, which comes
                                                      after three words */
    ngx_msec_t                         refresh;
    ngx_msec_t                         min;

    ngx_http_print_task_keys_update_pt update;

    uint64_t                           id;
    ngx_http_print_task_keys_shared_t *shared;
    ngx_slab_pool_t                   *shpool;

    /* of this process */
    pt_jwks_t                         *jwks;       /* NULL: none yet */
    uint64_t                           generation; /* of its text */
    pt_jwks_t                         *loaded;     /* jwks, if it is not of
                                                      the configuration */
    ngx_atomic_uint_t                  seen;       /* shared->changes */

    ngx_http_print_task_file_t         file;

    /* a uri */
    time_t                             checked;
    ngx_event_t                        timer;      /* until it is due */
    ngx_event_t                        fetch;      /* posted */
    ngx_event_t                        poll;       /* while requests wait */
    ngx_event_t                        wake;       /* posted */
    ngx_queue_t                        waiting;    /* of ..._keys_wait_t */
    ngx_connection_t                  *connection; /* that fetches */
};


/* the source is fetched by a request */
#define ngx_http_print_task_keys_remote(keys)  ((keys)->ctx != NULL)


/*
 * A number of the location's keys as they are now: that of their text, so it
 * is the same in all workers that have the same keys.
 */
uint64_t ngx_http_print_task_keys_generation(
    const ngx_http_print_task_loc_conf_t *conf);

/* those that the number is of; NULL if none were ever loaded */
pt_jwks_t *ngx_http_print_task_keys_jwks(
    const ngx_http_print_task_loc_conf_t *conf);

/* the keys of a text, and its number; NULL: *err says what is wrong with it */
pt_jwks_t *ngx_http_print_task_keys_parse(const ngx_str_t *text,
    uint64_t *hash, const char **err);

/* takes a new key set, of that text, and frees the old one */
void ngx_http_print_task_keys_set(ngx_http_print_task_keys_t *keys,
    pt_jwks_t *jwks, uint64_t generation);

/* logs the keys of a set that are of no use, each set in one worker */
void ngx_http_print_task_keys_log_skipped(ngx_http_print_task_keys_t *keys,
    const pt_jwks_t *jwks, ngx_log_t *log);

/* takes what another worker has fetched meanwhile */
void ngx_http_print_task_keys_sync(ngx_http_print_task_keys_t *keys);


#endif /* _NGX_HTTP_PRINT_TASK_TOKEN_KEYS_H_INCLUDED_ */
