
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* A worker's connection to a Redis server. */


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
#define NGX_HTTP_PRINT_TASK_REDIS_MORE     64      /* of a counter in a log
                                                      line */
#define NGX_HTTP_PRINT_TASK_REDIS_TLS_ERROR_LEN                               \
                                           256     /* of a reason in a log
                                                      line */

/* AUTH, SELECT, ROLE, PING, and the scripts */
#define NGX_HTTP_PRINT_TASK_REDIS_HANDSHAKE_CMDS                              \
    (NGX_HTTP_PRINT_TASK_REDIS_SCRIPTS + 4)


/* limits the log lines of this worker that servers can cause */
typedef struct {
    pt_rate_t                               outages;
    pt_rate_t                               refusals;
    pt_rate_t                               leases;
} ngx_http_print_task_redis_rates_t;


extern ngx_http_print_task_redis_rates_t  ngx_http_print_task_redis_rates;


/*
 * Finds the addresses of a server before each attempt to connect.
 *     start     ends in exactly one call, now or later, of
 *               ngx_http_print_task_redis_located() or ..._fail(); a later
 *               call comes from the event loop
 *     cancel    ends it early: it took too long, or the worker ends.  Then the
 *               previous addresses are used
 * redis->locating belongs to the locator.  It is not NULL exactly while the
 * locator is working.
 */
typedef struct {
    void                                  (*start)(
                                       ngx_http_print_task_redis_t *redis);
    void                                  (*cancel)(
                                       ngx_http_print_task_redis_t *redis);
} ngx_http_print_task_redis_locator_t;


/*
 * The protocol on a connection.  Its functions are above this file; the
 * connection calls each of them at one point of its life.
 *     connected    the server has accepted the connection: starts TLS or the
 *                  handshake.  This ends in ..._retry(), ..._fail() or
 *                  ..._ready(), at once or later
 *     handshake    TLS is established: starts the handshake
 *     ready        commands may be sent: starts the health check
 *     write        appends a command to the output of this iteration of the
 *                  event loop
 *     flush        sends the output
 *     close        the connection is about to be closed, or does not exist
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
    NGX_HTTP_PRINT_TASK_REDIS_IDLE = 0,     /* not used yet */
    NGX_HTTP_PRINT_TASK_REDIS_LOCATING,
    NGX_HTTP_PRINT_TASK_REDIS_CONNECTING,
    NGX_HTTP_PRINT_TASK_REDIS_TLS_HANDSHAKE,
    NGX_HTTP_PRINT_TASK_REDIS_HANDSHAKE,     /* AUTH, SELECT, PING */
    NGX_HTTP_PRINT_TASK_REDIS_READY,
    NGX_HTTP_PRINT_TASK_REDIS_DOWN          /* waits for the next attempt */
} ngx_http_print_task_redis_state_e;


/*
 * What this worker has missed.  While it cannot use a server, others may change
 * tasks without that server.
 */
typedef enum {
    NGX_HTTP_PRINT_TASK_REDIS_OUTAGE_NO = 0,
    NGX_HTTP_PRINT_TASK_REDIS_OUTAGE_LOST,      /* commands are sent, and the
                                                   first reply ends the
                                                   outage */
    NGX_HTTP_PRINT_TASK_REDIS_OUTAGE_FAILED     /* no operation is sent until
                                                   the connection is READY */
} ngx_http_print_task_redis_outage_e;


/* a worker's connection to a server */
struct ngx_http_print_task_redis_s {
    ngx_http_print_task_redis_conf_t       *conf;
    ngx_connection_t                       *connection;
    struct redisReader                     *reader;
    ngx_socket_t                            ident;        /* -1: debug logs
                                                             of events print
                                                             the fd of a
                                                             connection,
                                                             which comes
                                                             after three
                                                             pointers */
    ngx_http_print_task_redis_server_t     *server;

    const ngx_http_print_task_redis_protocol_t
                                           *protocol;

    const ngx_http_print_task_redis_locator_t
                                           *locator;      /* NULL: the
                                                             addresses are
                                                             fixed */
    void                                   *locating;     /* the state of the
                                                             locator; NULL:
                                                             it is not
                                                             working */

    ngx_addr_t                             *addrs;        /* the current
                                                             addresses */
    ngx_uint_t                              naddrs;
    ngx_pool_t                             *pool;         /* of the
                                                             addresses; NULL:
                                                             they are those
                                                             of server */

    ngx_http_print_task_redis_topology_t   *topology;     /* the topology of
                                                             the connection */
    ngx_queue_t                             node;         /* in the list of
                                                             the cluster */
    ngx_uint_t                              slots;        /* number of slots
                                                             of the node */
    ngx_uint_t                              round;        /* of a cluster: in
                                                             which it was seen
                                                             last */

    ngx_http_print_task_redis_state_e       state;
    ngx_http_print_task_redis_outage_e      outage;

    ngx_queue_t                             waiting;      /* commands, until
                                                             ready */
    ngx_queue_t                             sent;         /* unanswered
                                                             commands */
    ngx_uint_t                              pending_replies;  /* number of
                                                                 unanswered
                                                                 commands
                                                                 that are not
                                                                 internal */
    ngx_uint_t                              ops;          /* number of
                                                             operations that
                                                             wait or were
                                                             sent */
    pt_node_gauges_t                       *gauges;       /* NULL: for no
                                                             tasks, or not
                                                             used yet */

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
    ngx_msec_t                              last_reply;   /* the time of the
                                                             last reply */

    u_char                                 *start;        /* the output: */
    u_char                                 *pos;          /* from here */
    u_char                                 *last;         /* to here */
    u_char                                 *end;

    size_t                                  unfinished;   /* bytes of an
                                                             incomplete reply */

    ngx_uint_t                              addr;         /* the current or
                                                             next address */
    ngx_uint_t                              tried;        /* in this attempt */
    ngx_uint_t                              failures;     /* since the last
                                                             reply */
    ngx_msec_t                              key_logged;   /* time of the last
                                                             line about a key */
    ngx_msec_t                              logged;       /* time of the last
                                                             line */

    ngx_log_t                               ssl_log;      /* of a connection
                                                             with TLS: writes
                                                             to tls_error */
    u_char                                  tls_error[
                                      NGX_HTTP_PRINT_TASK_REDIS_TLS_ERROR_LEN];

    unsigned                                starved:1;    /* no descriptor
                                                             was left for a
                                                             connection */
    unsigned                                refused:1;    /* the server
                                                             refused a
                                                             command, and has
                                                             answered none
                                                             since */
    unsigned                                reported:1;   /* the outage was
                                                             logged */
    unsigned                                probing:1;    /* the probe was
                                                             sent */
    unsigned                                exited:1;     /* the worker ends */
    unsigned                                quiet:1;      /* another connection
                                                             logs outages */
    unsigned                                seed:1;       /* a cluster node
                                                             of the
                                                             configuration */
};


#define ngx_http_print_task_redis_write(redis, cmd)                           \
    (redis)->protocol->write(redis, cmd)


/* these are the data of events, see ident */

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

/* needs the configuration, the server and the protocol of redis */
void ngx_http_print_task_redis_conn_init(ngx_http_print_task_redis_t *redis);

/*
 * Connects at the first use.  NGX_OK: commands may be sent; they leave when the
 * connection is ready.  NGX_DECLINED: the server is down.  Calls no handler of
 * a command.
 */
ngx_int_t ngx_http_print_task_redis_open(ngx_http_print_task_redis_t *redis);

/*
 * Reports the result of a locator.  The connection owns the pool with the
 * addresses from now on.  NULL: the previous addresses are used.
 */
void ngx_http_print_task_redis_located(ngx_http_print_task_redis_t *redis,
    ngx_pool_t *pool, ngx_addr_t *addrs, ngx_uint_t naddrs);

/*
 * Sends a command, or keeps it until the connection is ready, without a limit
 * of time.  NGX_ERROR: no memory; the handler is not called.
 */
ngx_int_t ngx_http_print_task_redis_send(ngx_http_print_task_redis_t *redis,
    ngx_http_print_task_redis_cmd_t *cmd);

/* moves all commands of a queue to the end of another one */
void ngx_http_print_task_redis_move(ngx_queue_t *to, ngx_queue_t *from);

/* takes back a command that was not sent yet */
void ngx_http_print_task_redis_unqueue(ngx_http_print_task_redis_cmd_t *cmd);

/*
 * Closes the connection, gives all commands to their handlers, and connects
 * again after a pause.  why: for the log; NULL: already logged.
 */
void ngx_http_print_task_redis_fail(ngx_http_print_task_redis_t *redis,
    ngx_err_t err, const char *why);

/* the same for a connection that never came up: tries the next address first */
void ngx_http_print_task_redis_retry(ngx_http_print_task_redis_t *redis,
    ngx_err_t err, const char *why);

/*
 * Logs once per outage that the server is unreachable, or another reason.  If
 * the server never answers, repeats the line at intervals.
 */
void ngx_http_print_task_redis_report(ngx_http_print_task_redis_t *redis,
    ngx_err_t err, const char *what, const char *why);

/* the server may be gone, or does not answer in time */
void ngx_http_print_task_redis_set_lost(ngx_http_print_task_redis_t *redis);

/* the server works again: records from before are distrusted */
void ngx_http_print_task_redis_recovered(ngx_http_print_task_redis_t *redis);

/*
 * Whether a line may be logged.  *more is text for its end: the number of lines
 * that were skipped before it, or an empty string.
 */
ngx_uint_t ngx_http_print_task_redis_rate(pt_rate_t *rate, ngx_str_t *more,
    u_char *buf);

/* whether the interval of repeated log lines has passed */
ngx_uint_t ngx_http_print_task_redis_may_log_again(
    ngx_http_print_task_redis_t *redis);

/* the handshake is complete: sends the commands that were kept */
void ngx_http_print_task_redis_ready(ngx_http_print_task_redis_t *redis);

/* OPEN: no operation is sent, because the server is slow or does not work */
pt_circuit_state_e ngx_http_print_task_redis_circuit(
    ngx_http_print_task_redis_t *redis);

/* this worker is without the server now, or was until now */
void ngx_http_print_task_redis_without(ngx_http_print_task_redis_t *redis);

/*
 * How much later than one worker another one may find out that the server
 * works.
 */
ngx_msec_t ngx_http_print_task_redis_margin(
    ngx_http_print_task_redis_t *redis);

/* closes a connection without unanswered commands */
void ngx_http_print_task_redis_close_idle(ngx_http_print_task_redis_t *redis);

/* the worker ends: gives all commands back and logs nothing more */
void ngx_http_print_task_redis_exit(ngx_http_print_task_redis_t *redis);

/* for print_task_status: sets the gauges of the connection */
void ngx_http_print_task_redis_show(ngx_http_print_task_redis_t *redis);

/* changes the number of unanswered operations */
void ngx_http_print_task_redis_add_ops(ngx_http_print_task_redis_t *redis,
    ngx_int_t n);

/* whether a command is unanswered that is not internal */
ngx_uint_t ngx_http_print_task_redis_has_pending(
    ngx_http_print_task_redis_t *redis);

/* to be called when the result of has_pending() may have changed */
void ngx_http_print_task_redis_update_cancelable(
    ngx_http_print_task_redis_t *redis);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_CONN_H_INCLUDED_ */
