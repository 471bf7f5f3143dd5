
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The keys that verify tokens. */


#ifndef _NGX_HTTP_PRINT_TASK_TOKEN_KEYS_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_TOKEN_KEYS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_jwk.h"
#include "conf/conf.h"
#include "token/file.h"


/* of one source: tokens that have already caused a fetch without success */
#define NGX_HTTP_PRINT_TASK_KEYS_UNKNOWN  64

typedef struct {
    uint64_t                           hash;
    ngx_msec_t                         time;
} ngx_http_print_task_keys_unknown_t;


/*
 * What the workers know together about a source, in the module's zone.  Writers
 * hold the mutex of the zone; readers of single words do not.  Times are those
 * of ngx_current_msec, a clock that all processes share.
 */
typedef struct {
    uint64_t                           id;         /* of the source */

    ngx_atomic_t                       changes;    /* of the text; 0: no text */
    u_char                            *text;
    size_t                             len;

    ngx_atomic_t                       fetching;   /* the end of the claim to
                                                      fetch; 0: free */
    ngx_atomic_t                       tried;      /* start of the last
                                                      fetch; 0: none */
    ngx_atomic_t                       fetched;    /* end of the last
                                                      successful fetch */
    ngx_atomic_t                       failures;   /* since the last success */
    ngx_atomic_t                       waited;     /* end of the time that
                                                      requests may wait; 0:
                                                      none waited */
    ngx_atomic_t                       skips;      /* the set whose skipped
                                                      keys were logged */

    ngx_http_print_task_keys_unknown_t
                               unknown[NGX_HTTP_PRINT_TASK_KEYS_UNKNOWN];
} ngx_http_print_task_keys_shared_t;


/* takes newer keys, if there are any */
typedef void (*ngx_http_print_task_keys_update_pt)(
    ngx_http_print_task_keys_t *keys);


/* a source; without a uri it is a file */
struct ngx_http_print_task_keys_s {
    ngx_str_t                          name;       /* of the file; or the uri */
    ngx_http_conf_ctx_t               *ctx;        /* of the server of the
                                                      uri */
    ngx_socket_t                       ident;      /* -1: debug logs of
                                                      events print the fd of
                                                      a connection, which
                                                      comes after three words */
    ngx_msec_t                         refresh;
    ngx_msec_t                         min;

    ngx_http_print_task_keys_update_pt update;

    uint64_t                           id;
    ngx_http_print_task_keys_shared_t *shared;
    ngx_slab_pool_t                   *shpool;

    /* of this process */
    pt_jwks_t                         *jwks;       /* NULL: not loaded yet */
    uint64_t                           generation; /* of the text of jwks */
    pt_jwks_t                         *loaded;     /* jwks, if it is not that
                                                      of the configuration */
    ngx_atomic_uint_t                  seen;       /* value of
                                                      shared->changes that is
                                                      loaded */

    ngx_http_print_task_file_t         file;

    /* a uri */
    time_t                             checked;
    ngx_event_t                        timer;      /* until the next fetch */
    ngx_event_t                        fetch;      /* posted */
    ngx_event_t                        poll;       /* while requests wait */
    ngx_event_t                        wake;       /* posted */
    ngx_queue_t                        waiting;    /* of ..._keys_wait_t */
    ngx_connection_t                  *connection; /* of the current fetch */
};


/* whether a request fetches the source */
#define ngx_http_print_task_keys_remote(keys)  ((keys)->ctx != NULL)


/*
 * Identifies the current keys of a location: the number of their text, which is
 * equal in all workers with the same keys.
 */
uint64_t ngx_http_print_task_keys_generation(
    const ngx_http_print_task_loc_conf_t *conf);

/* the keys of that number; NULL: never loaded */
pt_jwks_t *ngx_http_print_task_keys_jwks(
    const ngx_http_print_task_loc_conf_t *conf);

/* parses a text and sets its number; NULL: *err says what is wrong */
pt_jwks_t *ngx_http_print_task_keys_parse(const ngx_str_t *text,
    uint64_t *hash, const char **err);

/* replaces the key set and frees the old one */
void ngx_http_print_task_keys_set(ngx_http_print_task_keys_t *keys,
    pt_jwks_t *jwks, uint64_t generation);

/* logs the skipped keys of a set, once for all workers */
void ngx_http_print_task_keys_log_skipped(ngx_http_print_task_keys_t *keys,
    const pt_jwks_t *jwks, ngx_log_t *log);

/* takes a text that another worker has fetched */
void ngx_http_print_task_keys_sync(ngx_http_print_task_keys_t *keys);


#endif /* _NGX_HTTP_PRINT_TASK_TOKEN_KEYS_H_INCLUDED_ */
