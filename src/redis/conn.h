
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* the connection of a worker to a Redis server */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_CONN_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_CONN_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "core/pt_circuit.h"
#include "core/pt_metrics.h"
#include "core/pt_rate.h"
#include "redis/cmd.h"
#include "redis/conf.h"
#include "redis/topology.h"


struct redisReader;


#define NGX_HTTP_PRINT_TASK_REDIS_BACKOFF_MAX                                 \
                                           1000    /* ms between attempts */
#define NGX_HTTP_PRINT_TASK_REDIS_MORE     64      /* of a count in a log */
#define NGX_HTTP_PRINT_TASK_REDIS_TLS_ERROR_LEN                               \
                                           256     /* of a reason in a log */

/* AUTH, SELECT, ROLE, PING, and the scripts */
#define NGX_HTTP_PRINT_TASK_REDIS_HANDSHAKE_CMDS                              \
    (NGX_HTTP_PRINT_TASK_REDIS_SCRIPTS + 4)


/* log lines of this worker about its servers, which these can cause */
typedef struct {
    pt_rate_t                               outages;
    pt_rate_t                               refusals;
    pt_rate_t                               leases;
} ngx_http_print_task_redis_rates_t;


extern ngx_http_print_task_redis_rates_t  ngx_http_print_task_redis_rates;


/*
 * Finds out where a server is, before each attempt to connect.
 *
 *     start     ends in exactly one call, now or later, from the event loop, of
 *               ngx_http_print_task_redis_located() or ..._fail()
 *     cancel    unless it is cancelled first: it took too long, or the worker
 *               ends.  The addresses known before are used then
 *
 * While it is at work, and not longer, redis->locating is its own and not NULL.
 */
typedef struct {
    void                                  (*start)(
                                       ngx_http_print_task_redis_t *redis);
    void                                  (*cancel)(
                                       ngx_http_print_task_redis_t *redis);
} ngx_http_print_task_redis_locator_t;


/*
 * What speaks to the server over a connection.  The functions are above this
 * file; the connection calls each of them at one point of its life.
 *
 *     connected    the server has accepted the connection: begins with TLS or
 *                  with the handshake, and ends in ..._retry(), ..._fail() or
 *                  ..._ready(), at once or later
 *     handshake    TLS is established: begins with the handshake
 *     ready        commands may be sent: begins to check the server's health
 *     write        appends a command to what leaves at the end of this turn of
 *                  the loop
 *     flush        sends what was written
 *     close        the connection is about to be closed, or there is none
 *     exit         the worker ends
 */
typedef struct {
    void                                  (*connected)(
                                       ngx_http_print_task_redis_t *redis);
    void                                  (*handshake)(
                                       ngx_http_print_task_redis_t *redis);
    void                                  (*ready)(
                                       ngx_http_print_task_redis_t *redis);
    ngx_int_t                             (*write)(
                                       ngx_http_print_task_redis_t *redis,
                                       ngx_http_print_task_redis_cmd_t *cmd);
    void                                  (*flush)(ngx_event_t *ev);
    void                                  (*close)(
                                       ngx_http_print_task_redis_t *redis);
    void                                  (*exit)(
                                       ngx_http_print_task_redis_t *redis);
} ngx_http_print_task_redis_protocol_t;


typedef enum {
    NGX_HTTP_PRINT_TASK_REDIS_IDLE = 0,     /* nobody asked for it */
    NGX_HTTP_PRINT_TASK_REDIS_LOCATING,
    NGX_HTTP_PRINT_TASK_REDIS_CONNECTING,
    NGX_HTTP_PRINT_TASK_REDIS_TLS_HANDSHAKE,
    NGX_HTTP_PRINT_TASK_REDIS_HANDSHAKE,     /* AUTH, SELECT, PING */
    NGX_HTTP_PRINT_TASK_REDIS_READY,
    NGX_HTTP_PRINT_TASK_REDIS_DOWN          /* waits to try again */
} ngx_http_print_task_redis_state_e;


/*
 * What the worker has missed: changes may be made without a server that it
 * cannot use.
 */
typedef enum {
    NGX_HTTP_PRINT_TASK_REDIS_OUTAGE_NO = 0,
    NGX_HTTP_PRINT_TASK_REDIS_OUTAGE_LOST,      /* commands are sent, and the
                                                   first answer ends it */
    NGX_HTTP_PRINT_TASK_REDIS_OUTAGE_FAILED     /* no operation is sent until
                                                   the connection is READY */
} ngx_http_print_task_redis_outage_e;


/* the connection of a worker to a server */
struct ngx_http_print_task_redis_s {
    ngx_http_print_task_redis_conf_t       *conf;
    ngx_connection_t                       *connection;
    struct redisReader                     *reader;
    ngx_socket_t                            ident;        /* -1: debug logs of
                                                             events print the fd
                                                             of a connection,
                                                             which comes after
                                                             three pointers */
    ngx_http_print_task_redis_server_t     *server;

    const ngx_http_print_task_redis_protocol_t
                                           *protocol;

    const ngx_http_print_task_redis_locator_t
                                           *locator;      /* NULL: none */
    void                                   *locating;     /* of it; NULL: it is
                                                             not at work */

    ngx_addr_t                             *addrs;        /* where it is now */
    ngx_uint_t                              naddrs;
    ngx_pool_t                             *pool;         /* of these; NULL:
                                                             those of server */

    ngx_http_print_task_redis_topology_t   *topology;     /* it belongs to */
    ngx_queue_t                             node;         /* of the cluster */
    ngx_uint_t                              slots;        /* that it has */

    ngx_http_print_task_redis_state_e       state;
    ngx_http_print_task_redis_outage_e      outage;

    ngx_queue_t                             waiting;      /* until ready */
    ngx_queue_t                             sent;         /* unanswered */
    ngx_uint_t                              pending_replies;  /* to commands
                                                             that are not
                                                             internal */
    ngx_uint_t                              ops;          /* waiting or sent:
                                                             operations */
    pt_node_gauges_t                       *gauges;       /* NULL: it is of no
                                                             task, or not used
                                                             yet */

    ngx_http_print_task_redis_script_t     *scripts;
    ngx_http_print_task_redis_cmd_t         handshake_cmds[
                                     NGX_HTTP_PRINT_TASK_REDIS_HANDSHAKE_CMDS];
    ngx_uint_t                              nhandshake_cmds;

    ngx_event_t                             timer;        /* of the state */
    ngx_event_t                             flush;        /* posted */

    pt_circuit_t                            circuit;
    ngx_http_print_task_redis_cmd_t         probe;
    ngx_event_t                             probe_timer;

    ngx_http_print_task_redis_cmd_t         ping;
    ngx_event_t                             ping_timer;
    ngx_msec_t                              last_reply;   /* when it came */

    u_char                                 *start;        /* to be written: */
    u_char                                 *pos;          /* from here */
    u_char                                 *last;         /* to here */
    u_char                                 *end;

    size_t                                  unfinished;   /* bytes of a reply */

    ngx_uint_t                              addr;         /* in use, or next */
    ngx_uint_t                              tried;        /* in this attempt */
    ngx_uint_t                              failures;     /* since an answer */
    ngx_msec_t                              key_logged;   /* last complaint
                                                             about a key */
    ngx_msec_t                              logged;       /* last complaint */

    ngx_log_t                               ssl_log;      /* of a connection
                                                             with TLS: to why */
    u_char                                  tls_error[
                                      NGX_HTTP_PRINT_TASK_REDIS_TLS_ERROR_LEN];

    unsigned                                starved:1;    /* no descriptor was
                                                             left to connect
                                                             with */
    unsigned                                refused:1;    /* a command, since
                                                             the last answer */
    unsigned                                reported:1;   /* it was logged */
    unsigned                                probing:1;    /* probe is sent */
    unsigned                                exited:1;     /* the worker ends */
    unsigned                                seed:1;       /* of a cluster, from
                                                             the configuration
                                                             */
};


#define ngx_http_print_task_redis_write(redis, cmd)                           \
    (redis)->protocol->write(redis, cmd)


/* events have these as their data */

#define ngx_http_print_task_redis_ident(type)                                 \
    _Static_assert(offsetof(type, ident) == offsetof(ngx_connection_t, fd),   \
                   "the identity of an event is where a connection has its fd")


/*
 * The only functions that change redis->state and redis->outage.  With
 * NGX_DEBUG, a transition that is not in the tables of conn.c is an alert.
 */
void ngx_http_print_task_redis_set_state(ngx_http_print_task_redis_t *redis,
    ngx_http_print_task_redis_state_e state);
void ngx_http_print_task_redis_set_outage(ngx_http_print_task_redis_t *redis,
    ngx_http_print_task_redis_outage_e outage);

/* the configuration, the server and the protocol of redis are set */
void ngx_http_print_task_redis_conn_init(ngx_http_print_task_redis_t *redis);

/*
 * Connects at the first use.  NGX_OK: commands may be sent, they leave as soon
 * as the connection is ready.  NGX_DECLINED: the server is down.
 * Calls no handler of a command.
 */
ngx_int_t ngx_http_print_task_redis_open(ngx_http_print_task_redis_t *redis);

/*
 * What a locator has found: the pool, which has the addresses, is the
 * connection's from now on.  NULL: the addresses known before are used.
 */
void ngx_http_print_task_redis_located(ngx_http_print_task_redis_t *redis,
    ngx_pool_t *pool, ngx_addr_t *addrs, ngx_uint_t naddrs);

/*
 * Sends a command, or keeps it until the connection is ready, however long
 * that takes.  NGX_ERROR: no memory, the handler will not be called.
 */
ngx_int_t ngx_http_print_task_redis_send(ngx_http_print_task_redis_t *redis,
    ngx_http_print_task_redis_cmd_t *cmd);

/* all commands of a queue to the end of another one */
void ngx_http_print_task_redis_move(ngx_queue_t *to, ngx_queue_t *from);

/* takes back a command that was not sent yet */
void ngx_http_print_task_redis_unqueue(ngx_http_print_task_redis_cmd_t *cmd);

/*
 * Closes the connection, gives all commands back to their handlers and tries
 * again after a while.  why: for the log, NULL if it was logged already.
 */
void ngx_http_print_task_redis_fail(ngx_http_print_task_redis_t *redis,
    ngx_err_t err, const char *why);

/* the same for a connection that never came up: to the next address, if any */
void ngx_http_print_task_redis_retry(ngx_http_print_task_redis_t *redis,
    ngx_err_t err, const char *why);

/*
 * Logs that the server is unreachable, or what else, once until it is back;
 * and where nothing is ever answered, now and then.
 */
void ngx_http_print_task_redis_report(ngx_http_print_task_redis_t *redis,
    ngx_err_t err, const char *what, const char *why);

/* the server may be gone, or does not answer in time */
void ngx_http_print_task_redis_set_lost(ngx_http_print_task_redis_t *redis);

/* the server does what it should again: what was known before is old */
void ngx_http_print_task_redis_recovered(ngx_http_print_task_redis_t *redis);

/*
 * Whether a line may be logged, with what is to be appended to it: the number
 * of lines before it that were not, or nothing.
 */
ngx_uint_t ngx_http_print_task_redis_rate(pt_rate_t *rate, ngx_str_t *more,
    u_char *buf);

/* it is time to complain again */
ngx_uint_t ngx_http_print_task_redis_may_log_again(
    ngx_http_print_task_redis_t *redis);

/* the handshake has ended: sends all commands that were kept */
void ngx_http_print_task_redis_ready(ngx_http_print_task_redis_t *redis);

/* OPEN: no operation is sent, because it is slow or does not work at all */
pt_circuit_state_e ngx_http_print_task_redis_circuit(
    ngx_http_print_task_redis_t *redis);

/* this worker is without the server now, or was until now */
void ngx_http_print_task_redis_without(ngx_http_print_task_redis_t *redis);

/* how long after one worker another one may find out that the server answers */
ngx_msec_t ngx_http_print_task_redis_margin(
    ngx_http_print_task_redis_t *redis);

/* closes a connection that nothing waits for */
void ngx_http_print_task_redis_close_idle(ngx_http_print_task_redis_t *redis);

/* the worker ends: gives all commands back, and keeps quiet from now on */
void ngx_http_print_task_redis_exit(ngx_http_print_task_redis_t *redis);

/* for print_task_status: what has become of the connection */
void ngx_http_print_task_redis_show(ngx_http_print_task_redis_t *redis);

/* operations were added to those that are unanswered, or taken from them */
void ngx_http_print_task_redis_add_ops(ngx_http_print_task_redis_t *redis,
    ngx_int_t n);

/* somebody counts on a command that is not answered */
ngx_uint_t ngx_http_print_task_redis_has_pending(
    ngx_http_print_task_redis_t *redis);

/* the answer of has_pending() has changed */
void ngx_http_print_task_redis_update_cancelable(
    ngx_http_print_task_redis_t *redis);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_CONN_H_INCLUDED_ */
