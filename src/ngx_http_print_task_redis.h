
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The Redis store: what the configuration calls to make one, and, below, what
 * its parts know of each other.
 *
 *     ngx_http_print_task_redis_conf.c    the arguments of print_task_redis
 *     ngx_http_print_task_redis.c         the life of the connection
 *     ngx_http_print_task_redis_resolve.c names to addresses
 *     ngx_http_print_task_redis_ssl.c     TLS, before anything is said on it
 *     ngx_http_print_task_redis_greet.c   what is said on a new one
 *     ngx_http_print_task_redis_io.c      commands out, replies in
 *     ngx_http_print_task_redis_cluster.c which node of a cluster has a key
 *     ngx_http_print_task_redis_node.c    the nodes
 *     ngx_http_print_task_redis_sentinel.c
 *                                         where the master is
 *     ngx_http_print_task_redis_error.c   replies that are errors
 *     ngx_http_print_task_redis_resp.c    a command, a reply
 *     ngx_http_print_task_redis_watch.c   whether it answers: circuit and ping
 *     ngx_http_print_task_redis_trust.c   whether what it knows is believed
 *     ngx_http_print_task_redis_codec.c   operations to arguments of scripts,
 *                                         replies to snapshots
 *     ngx_http_print_task_redis_job.c     calls of scripts; settlements
 *     ngx_http_print_task_store_redis.c   the store: operations and answers
 */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>

#include "core/pt_circuit.h"
#include "core/pt_rate.h"
#include "ngx_http_print_task_store.h"


/*
 * A store in the server that the arguments of print_task_redis name, of type
 * ngx_str_t, without the name of the directive.  NULL, and the reason logged,
 * if they are not good.
 */
ngx_http_print_task_store_t *ngx_http_print_task_store_redis_create(
    ngx_conf_t *cf, ngx_array_t *args);

/*
 * Whether two such stores are one database: of one master for the sentinels, or
 * of servers that have an address in common.
 */
ngx_uint_t ngx_http_print_task_store_redis_same(
    const ngx_http_print_task_store_t *one,
    const ngx_http_print_task_store_t *other);

/* what resolves names once the configuration is loaded; NULL: nothing does */
void ngx_http_print_task_store_redis_resolver(
    ngx_http_print_task_store_t *store, ngx_resolver_t *resolver);

/* how long to wait for a connection, and for the answer to an operation */
void ngx_http_print_task_store_redis_timeouts(
    ngx_http_print_task_store_t *store, ngx_msec_t connect,
    ngx_msec_t command);

/* how many operations of a worker may be unanswered by a server */
void ngx_http_print_task_store_redis_queue(
    ngx_http_print_task_store_t *store, ngx_uint_t queue);


/* the rest is of the store alone */

#define NGX_HTTP_PRINT_TASK_REDIS_ARGS     16
#define NGX_HTTP_PRINT_TASK_REDIS_BACKOFF_MAX                                 \
                                           1000    /* ms between attempts */
#define NGX_HTTP_PRINT_TASK_REDIS_PREFIX   3       /* EVALSHA, its SHA-1, the
                                                      number of keys */
#define NGX_HTTP_PRINT_TASK_REDIS_MORE     64      /* of a count in a log */
#define NGX_HTTP_PRINT_TASK_REDIS_WHY      256     /* of a reason in a log */

/* one for each type of operation */
#define NGX_HTTP_PRINT_TASK_REDIS_SCRIPTS  (NGX_HTTP_PRINT_TASK_FORGET + 1)

/* AUTH, SELECT, ROLE, PING, and the scripts */
#define NGX_HTTP_PRINT_TASK_REDIS_GREETINGS                                   \
    (NGX_HTTP_PRINT_TASK_REDIS_SCRIPTS + 4)


typedef struct ngx_http_print_task_redis_s      ngx_http_print_task_redis_t;
typedef struct ngx_http_print_task_redis_cmd_s  ngx_http_print_task_redis_cmd_t;
typedef struct ngx_http_print_task_redis_trust_s
    ngx_http_print_task_redis_trust_t;
typedef struct ngx_http_print_task_redis_cluster_s
    ngx_http_print_task_redis_cluster_t;
typedef struct ngx_http_print_task_redis_sentinel_s
    ngx_http_print_task_redis_sentinel_t;

struct redisReply;
struct redisReader;


/* log lines of this worker about its servers, which these can cause */

typedef struct {
    pt_rate_t                               outages;
    pt_rate_t                               refusals;
} ngx_http_print_task_redis_rates_t;

extern ngx_http_print_task_redis_rates_t  ngx_http_print_task_redis_rates;


/*
 * Called once for each command that was sent, from the event loop; the command
 * is the handler's then, to be freed or sent again.
 *
 *     reply == NULL    the connection broke; with cmd->sent the server may
 *                      have got the command
 *     an error reply   the server refused the command (and that was logged)
 *
 * NGX_ERROR: not a reply to this command, the connection is not to be trusted.
 */
typedef ngx_int_t (*ngx_http_print_task_redis_handler_pt)(
    ngx_http_print_task_redis_cmd_t *cmd, struct redisReply *reply);


typedef struct {
    ngx_str_t                               text;
    u_char                                  sha1[40];     /* in hex */
} ngx_http_print_task_redis_script_t;


/* the memory of a command and of its arguments is the caller's */

struct ngx_http_print_task_redis_cmd_s {
    ngx_queue_t                             queue;
    ngx_http_print_task_redis_handler_pt    handler;
    void                                   *data;         /* of the handler */

    ngx_http_print_task_redis_t            *redis;        /* that it was given
                                                             to last */
    ngx_http_print_task_redis_script_t     *script;       /* NULL: none */
    ngx_msec_t                              sent_at;

    /* of a script the first two are set here: EVALSHA and its SHA-1 */
    ngx_uint_t                              argc;
    const char                             *argv[
                                               NGX_HTTP_PRINT_TASK_REDIS_ARGS];
    size_t                                  len[
                                               NGX_HTTP_PRINT_TASK_REDIS_ARGS];

    unsigned                                sent:1;       /* or about to be */
    unsigned                                eval:1;       /* with its text */
    unsigned                                abandoned:1;  /* nobody waits */
    unsigned                                lasting:1;    /* it is kept until it
                                                             was answered */
    unsigned                                nested:1;     /* so may its reply be
                                                             */
    unsigned                                ask:1;        /* to be sent after
                                                             ASKING */
    unsigned                                asking:1;     /* which was not
                                                             answered yet */
    unsigned                                redirects:3;
    unsigned                                own:1;        /* of the connection:
                                                             nobody counts on
                                                             it */
};


/* whether the limit of print_task_queue is about it */

#define ngx_http_print_task_redis_is_op(cmd)                                  \
    (!(cmd)->own && !(cmd)->lasting)


/* a server, as it was known when its connection was set up */

typedef struct {
    ngx_str_t                               name;         /* as written */
    ngx_str_t                               host;         /* of it, without the
                                                             port; empty: a unix
                                                             socket */
    in_port_t                               port;
    ngx_addr_t                             *addrs;
    ngx_uint_t                              naddrs;
} ngx_http_print_task_redis_server_t;


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


/* TLS as configured */

typedef struct {
    ngx_ssl_t                               ssl;

    ngx_str_t                               trusted;
    ngx_str_t                               crl;
    ngx_str_t                               certificate;
    ngx_str_t                               key;
    ngx_str_t                               name;         /* empty: the host */
    ngx_str_t                               verify;       /* "on" or "off" */

    ngx_uint_t                              on;           /* unsigned  :1; */
    ngx_uint_t                              off;          /* unsigned  :1;
                                                             verify is off */
} ngx_http_print_task_redis_ssl_t;


/* what all connections of a store have in common */

typedef struct {
    ngx_array_t                             servers;      /* of ..._server_t */
    ngx_uint_t                              local;        /* unsigned  :1;
                                                             one of them is a
                                                             unix socket */
    ngx_uint_t                              cluster;      /* unsigned  :1; */
    ngx_http_print_task_redis_ssl_t         ssl;

    ngx_str_t                               sentinel;     /* len 0: servers are
                                                             not sentinels;
                                                             otherwise the name
                                                             of the master */

    ngx_str_t                               user;
    ngx_str_t                               password;
    ngx_str_t                               sentinel_user;
    ngx_str_t                               sentinel_password;
    ngx_str_t                               db;           /* len 0: the first */
    ngx_str_t                               ping_value;

    ngx_resolver_t                         *resolver;

    ngx_http_print_task_redis_trust_t      *trust;

    ngx_msec_t                              connect_timeout;
    ngx_msec_t                              command_timeout;
    ngx_msec_t                              stall_timeout; /* of the oldest */
    ngx_msec_t                              ping;         /* 0: never */
    ngx_uint_t                              queue;        /* operations that may
                                                             be unanswered */
} ngx_http_print_task_redis_conf_t;


typedef enum {
    NGX_HTTP_PRINT_TASK_REDIS_IDLE = 0,     /* nobody asked for it */
    NGX_HTTP_PRINT_TASK_REDIS_LOCATING,
    NGX_HTTP_PRINT_TASK_REDIS_CONNECTING,
    NGX_HTTP_PRINT_TASK_REDIS_HANDSHAKING,
    NGX_HTTP_PRINT_TASK_REDIS_GREETING,     /* AUTH, SELECT, PING */
    NGX_HTTP_PRINT_TASK_REDIS_READY,
    NGX_HTTP_PRINT_TASK_REDIS_DOWN          /* waits to try again */
} ngx_http_print_task_redis_state_e;


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
    ngx_pool_t                             *reply_pool;   /* of the one that is
                                                             being read */
    ngx_http_print_task_redis_server_t     *server;

    const ngx_http_print_task_redis_locator_t
                                           *locator;      /* NULL: none */
    void                                   *locating;     /* of it; NULL: it is
                                                             not at work */

    ngx_addr_t                             *addrs;        /* where it is now */
    ngx_uint_t                              naddrs;
    ngx_pool_t                             *pool;         /* of these; NULL:
                                                             those of server */

    ngx_http_print_task_redis_cluster_t    *cluster;      /* NULL: none */
    ngx_queue_t                             node;         /* of the cluster */
    ngx_uint_t                              slots;        /* that it has */

    ngx_http_print_task_redis_sentinel_t   *sentinel;     /* NULL: none */

    ngx_http_print_task_redis_state_e       state;

    ngx_queue_t                             waiting;      /* until ready */
    ngx_queue_t                             sent;         /* unanswered */
    ngx_uint_t                              owed;         /* of these, that are
                                                             not its own */
    ngx_uint_t                              ops;          /* waiting or sent:
                                                             operations */

    ngx_http_print_task_redis_script_t     *scripts;
    ngx_http_print_task_redis_cmd_t         greeting[
                                           NGX_HTTP_PRINT_TASK_REDIS_GREETINGS];
    ngx_uint_t                              greetings;

    ngx_event_t                             timer;        /* of the state */
    ngx_event_t                             flush;        /* posted */

    pt_circuit_t                            circuit;
    ngx_http_print_task_redis_cmd_t         probe;
    ngx_event_t                             probe_timer;

    ngx_http_print_task_redis_cmd_t         ping;
    ngx_event_t                             ping_timer;
    ngx_msec_t                              heard;        /* the last reply */

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
    u_char                                  why[
                                               NGX_HTTP_PRINT_TASK_REDIS_WHY];

    unsigned                                lost:1;       /* since it was ready,
                                                             or never was */
    unsigned                                failed:1;     /* not ready since */
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


/* the connections of a worker to a cluster */

struct ngx_http_print_task_redis_cluster_s {
    ngx_http_print_task_redis_conf_t       *conf;
    ngx_http_print_task_redis_script_t     *scripts;
    ngx_http_print_task_redis_t           **slots;        /* PT_SLOTS of them;
                                                             NULL: nobody has
                                                             told yet */
    ngx_socket_t                            ident;        /* -1, as above */

    ngx_queue_t                             nodes;
    ngx_uint_t                              nnodes;
    ngx_http_print_task_redis_cmd_t         query;        /* for the slots */
    ngx_event_t                             timer;        /* until the next */

    unsigned                                querying:1;
    unsigned                                stale:1;      /* some slots are not
                                                             where they were */
    unsigned                                exited:1;     /* the worker ends */
};


/* the connections of a worker to sentinels */

struct ngx_http_print_task_redis_sentinel_s {
    ngx_http_print_task_redis_t            *master;
    ngx_http_print_task_redis_t            *nodes;        /* NULL: not used
                                                             yet */
    ngx_uint_t                              nnodes;
    ngx_socket_t                            ident;        /* -1, as above */

    ngx_http_print_task_redis_conf_t        conf;         /* of the nodes */
    ngx_http_print_task_redis_server_t      server;       /* of the master */
    u_char                                  host[NGX_SOCKADDR_STRLEN];

    ngx_http_print_task_redis_cmd_t         query;
    ngx_event_t                             timer;        /* until the next */
    ngx_uint_t                              current;      /* to be asked */
    ngx_uint_t                              tried;        /* of them, since it
                                                             began */
    unsigned                                asking:1;     /* query is under
                                                             way */
};


/* the arguments of a script, in memory of others */

typedef struct {
    ngx_str_t                               value[
                                               NGX_HTTP_PRINT_TASK_REDIS_ARGS];
    ngx_uint_t                              n;

    u_char                                 *last;         /* in text */
    u_char                                  text[128];    /* numbers, states */
} ngx_http_print_task_redis_args_t;


/* ..._redis_conf.c */

ngx_http_print_task_redis_conf_t *ngx_http_print_task_redis_parse(
    ngx_conf_t *cf, ngx_array_t *args);

/* whether two of these name one database */
ngx_uint_t ngx_http_print_task_redis_same_db(
    const ngx_http_print_task_redis_conf_t *one,
    const ngx_http_print_task_redis_conf_t *other);


/* ..._redis.c: all of it is called from the event loop of a worker */

/* redis: zeroed; the strings and addresses of the server are the caller's */
void ngx_http_print_task_redis_init(ngx_http_print_task_redis_t *redis,
    ngx_http_print_task_redis_conf_t *conf,
    ngx_http_print_task_redis_server_t *server,
    ngx_http_print_task_redis_script_t *scripts);

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
void ngx_http_print_task_redis_drop(ngx_http_print_task_redis_cmd_t *cmd);

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
void ngx_http_print_task_redis_regain(ngx_http_print_task_redis_t *redis);

/*
 * Whether a line may be logged, with what is to be appended to it: the number
 * of lines before it that were not, or nothing.
 */
ngx_uint_t ngx_http_print_task_redis_rate(pt_rate_t *rate, ngx_str_t *more,
    u_char *buf);

/* it is time to complain again */
ngx_uint_t ngx_http_print_task_redis_remind(
    ngx_http_print_task_redis_t *redis);

/* the greeting was answered: sends all commands that were kept */
void ngx_http_print_task_redis_ready(ngx_http_print_task_redis_t *redis);

/* closes a connection that nothing waits for */
void ngx_http_print_task_redis_rest(ngx_http_print_task_redis_t *redis);

/* the worker ends: gives all commands back, and keeps quiet from now on */
void ngx_http_print_task_redis_exit(ngx_http_print_task_redis_t *redis);

/* somebody counts on a command that is not answered */
ngx_uint_t ngx_http_print_task_redis_busy(ngx_http_print_task_redis_t *redis);

/* what busy() says has changed */
void ngx_http_print_task_redis_hold(ngx_http_print_task_redis_t *redis);


/* ..._redis_resolve.c */

/* has the name of the server resolved, if it has one */
void ngx_http_print_task_redis_resolve(ngx_http_print_task_redis_t *redis);

/* the address with another port, from the pool */
ngx_int_t ngx_http_print_task_redis_copy_addr(ngx_pool_t *pool,
    ngx_addr_t *addr, struct sockaddr *sockaddr, socklen_t socklen,
    in_port_t port);

/* whether a host is an address, an IPv6 one in brackets or not */
ngx_uint_t ngx_http_print_task_redis_ip(const ngx_str_t *host);


/* ..._redis_ssl.c */

/* NGX_CONF_ERROR: and the reason was logged */
char *ngx_http_print_task_redis_ssl_conf(ngx_conf_t *cf,
    ngx_http_print_task_redis_conf_t *conf);

/* a connection was made */
void ngx_http_print_task_redis_ssl_start(ngx_http_print_task_redis_t *redis);

/* and is about to be closed */
void ngx_http_print_task_redis_ssl_close(ngx_connection_t *c);

/* with TLS: what is known beyond why of a connection that broke */
const char *ngx_http_print_task_redis_ssl_why(
    ngx_http_print_task_redis_t *redis, const char *why);


/* ..._redis_greet.c */

void ngx_http_print_task_redis_greet(ngx_http_print_task_redis_t *redis);


/* ..._redis_io.c */

/* a connection was made, or is closed */
ngx_int_t ngx_http_print_task_redis_io_start(
    ngx_http_print_task_redis_t *redis);
void ngx_http_print_task_redis_io_stop(ngx_http_print_task_redis_t *redis);

/* the next argument of a command */
void ngx_http_print_task_redis_word(ngx_http_print_task_redis_cmd_t *cmd,
    const char *word, size_t len);

/* appends a command to what leaves at the end of this turn of the loop */
ngx_int_t ngx_http_print_task_redis_write(ngx_http_print_task_redis_t *redis,
    ngx_http_print_task_redis_cmd_t *cmd);

void ngx_http_print_task_redis_flush(ngx_event_t *ev);

/* ..._redis_error.c */

/* an error was the reply to the call of a script */
void ngx_http_print_task_redis_error(ngx_http_print_task_redis_t *redis,
    ngx_http_print_task_redis_cmd_t *cmd, struct redisReply *reply);

/* logs an error reply, now and then */
void ngx_http_print_task_redis_refused(ngx_http_print_task_redis_t *redis,
    struct redisReply *reply);

/* whether an error is about the record of the key alone */
ngx_uint_t ngx_http_print_task_redis_error_of_key(struct redisReply *reply);

/* whether the first word of an error is one of these */
ngx_uint_t ngx_http_print_task_redis_error_is(struct redisReply *reply,
    const ngx_str_t *words);

/* the length of the first word of an error, the part that may be logged */
size_t ngx_http_print_task_redis_error_len(struct redisReply *reply);

/* what may be done about it; an empty string if there is nothing to say */
const char *ngx_http_print_task_redis_error_hint(struct redisReply *reply);


/* ..._redis_cluster.c */

void ngx_http_print_task_redis_cluster_init(
    ngx_http_print_task_redis_cluster_t *cluster,
    ngx_http_print_task_redis_conf_t *conf,
    ngx_http_print_task_redis_script_t *scripts);

/* the node that has the key, as far as it is known; NULL: no memory */
ngx_http_print_task_redis_t *ngx_http_print_task_redis_cluster_node(
    ngx_http_print_task_redis_cluster_t *cluster, const ngx_str_t *key);

/*
 * The error that a node answered to a command.  NGX_OK: another node has the
 * key, and has got the command, or its handler was called; NGX_DECLINED: this
 * is another error.
 */
ngx_int_t ngx_http_print_task_redis_cluster_redirect(
    ngx_http_print_task_redis_t *redis, ngx_http_print_task_redis_cmd_t *cmd,
    struct redisReply *reply);

/* OPEN: some node that is needed is not used */
pt_circuit_state_e ngx_http_print_task_redis_cluster_state(
    ngx_http_print_task_redis_cluster_t *cluster);

/* a node has failed */
void ngx_http_print_task_redis_cluster_failed(
    ngx_http_print_task_redis_cluster_t *cluster);

/* the worker ends: asks no node any more; then frees all of them */
void ngx_http_print_task_redis_cluster_stop(
    ngx_http_print_task_redis_cluster_t *cluster);
void ngx_http_print_task_redis_cluster_exit(
    ngx_http_print_task_redis_cluster_t *cluster);


/* ..._redis_node.c */

/* makes the nodes of the configuration, once; NGX_ERROR: no memory */
ngx_int_t ngx_http_print_task_redis_seeds(
    ngx_http_print_task_redis_cluster_t *cluster);

/* one that works, or else one that may work, or else one that did not */
ngx_http_print_task_redis_t *ngx_http_print_task_redis_any_node(
    ngx_http_print_task_redis_cluster_t *cluster);

/*
 * The node at an address, which another one told, with the name for it; made
 * where there is none.  An empty address is the one that the other node is
 * connected to.  NULL: this is neither an address nor a name that is known,
 * there are too many nodes, or no memory.
 */
ngx_http_print_task_redis_t *ngx_http_print_task_redis_get_node(
    ngx_http_print_task_redis_t *from, const ngx_str_t *name,
    const ngx_str_t *address, in_port_t port);

/* of one that nothing waits for */
void ngx_http_print_task_redis_free_node(ngx_http_print_task_redis_t *redis);

/* an address that a server has answered; 0: it is none */
socklen_t ngx_http_print_task_redis_sockaddr(const ngx_str_t *host,
    in_port_t port, ngx_sockaddr_t *sockaddr);


/* ..._redis_sentinel.c */

/* also that of redis, the connection to the master; both zeroed */
void ngx_http_print_task_redis_sentinel_init(
    ngx_http_print_task_redis_sentinel_t *sentinel,
    ngx_http_print_task_redis_t *redis, ngx_http_print_task_redis_conf_t *conf,
    ngx_http_print_task_redis_script_t *scripts);

void ngx_http_print_task_redis_sentinel_exit(
    ngx_http_print_task_redis_sentinel_t *sentinel);
/* ..._redis_watch.c */

void ngx_http_print_task_redis_watch_init(ngx_http_print_task_redis_t *redis);

/* the connection is ready; the worker ends */
void ngx_http_print_task_redis_watch(ngx_http_print_task_redis_t *redis);
void ngx_http_print_task_redis_watch_stop(ngx_http_print_task_redis_t *redis);

/* OPEN: no operation is sent, because it is slow or does not work at all */
pt_circuit_state_e ngx_http_print_task_redis_circuit(
    ngx_http_print_task_redis_t *redis);

/* an operation was not answered in time */
void ngx_http_print_task_redis_slow(ngx_http_print_task_redis_t *redis);


/* ..._redis_trust.c: what the workers know of a server together */

/* args: as of ngx_http_print_task_store_redis_create() */
ngx_int_t ngx_http_print_task_redis_trust_add(ngx_conf_t *cf,
    ngx_array_t *args, ngx_http_print_task_redis_conf_t *conf);

/* this worker is without the server now, or was until now */
void ngx_http_print_task_redis_without(ngx_http_print_task_redis_t *redis);
void ngx_http_print_task_redis_trust_lost(
    ngx_http_print_task_redis_conf_t *conf);

/* what its clock should show for leases of that time; 0: it is not known */
uint64_t ngx_http_print_task_redis_trust_expected(
    ngx_http_print_task_redis_conf_t *conf, ngx_msec_t lease);

/* a snapshot was the answer: looks at its clock, and sets op->doubtful */
void ngx_http_print_task_redis_trust_answer(
    ngx_http_print_task_redis_cmd_t *cmd, ngx_http_print_task_op_t *op);


/* ..._redis_resp.c */

/* the bytes of a command, and the most that there may be of them */
u_char *ngx_http_print_task_redis_command(u_char *p,
    ngx_http_print_task_redis_cmd_t *cmd);
size_t ngx_http_print_task_redis_command_size(
    ngx_http_print_task_redis_cmd_t *cmd);

/* replies are from redis->reply_pool, which is reset when one is done with */
struct redisReader *ngx_http_print_task_redis_reader(
    ngx_http_print_task_redis_t *redis);


/* ..._redis_codec.c */

/* the arguments of the script of an operation: its key is the first */
void ngx_http_print_task_redis_args(ngx_http_print_task_redis_args_t *args,
    ngx_http_print_task_op_t *op);

/*
 * What a script answered to READ, RESERVE, APPLY or PUT.  NGX_ERROR: this is
 * no answer to that.
 */
ngx_int_t ngx_http_print_task_redis_result(struct redisReply *reply,
    ngx_http_print_task_op_e type, ngx_http_print_task_result_e *result);

/* the same to COMMIT, RELEASE or FORGET, which all come to the same */
ngx_int_t ngx_http_print_task_redis_settlement(struct redisReply *reply);

/*
 * The snapshot of an answer to the former, its strings in op->pool.
 * NGX_ERROR: no memory; NGX_DECLINED: what was not asked for is not told.
 */
ngx_int_t ngx_http_print_task_redis_snapshot(struct redisReply *reply,
    ngx_http_print_task_result_e result, ngx_http_print_task_op_t *op);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_H_INCLUDED_ */
