
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Replies that are errors.  What is to be done depends on their first word,
 * which is also all of them that is logged: the rest may repeat the command.
 */


#include "redis/error.h"

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_event.h>
#include <hiredis/hiredis.h>

#include "store/time.h"
#include "redis/cluster.h"
#include "redis/io.h"


#define NGX_HTTP_PRINT_TASK_REDIS_WORD  32
#define NGX_HTTP_PRINT_TASK_REDIS_KEYS  128     /* bytes of a key in a log */


typedef enum {
    NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND = 0, /* this command, and no other */
    NGX_HTTP_PRINT_TASK_REDIS_SEND_SCRIPT,  /* the text of the script is sent */
    NGX_HTTP_PRINT_TASK_REDIS_KEY,         /* this key has no record that can be
                                              used, the server is all right */
    NGX_HTTP_PRINT_TASK_REDIS_RECONNECT     /* no command will do: the server is
                                              left, looked for, and tried again
                                              after a while */
} ngx_http_print_task_redis_treatment_e;


typedef struct {
    ngx_str_t                              word;
    ngx_http_print_task_redis_treatment_e  treatment;
    ngx_http_print_task_redis_treatment_e  cluster;      /* in a cluster */
    const char                            *hint;
} ngx_http_print_task_redis_error_t;


static void ngx_http_print_task_redis_strip_script_prefix(redisReply *reply);
static const ngx_http_print_task_redis_error_t *
    ngx_http_print_task_redis_find_error(redisReply *reply);
static void ngx_http_print_task_redis_foreign(
    ngx_http_print_task_redis_t *redis, ngx_http_print_task_redis_cmd_t *cmd,
    redisReply *reply);
static u_char *ngx_http_print_task_redis_escape(u_char *p, const u_char *text,
    size_t len);
static void ngx_http_print_task_redis_eval(ngx_http_print_task_redis_t *redis,
    ngx_http_print_task_redis_cmd_t *cmd, redisReply *reply);


static const ngx_http_print_task_redis_error_t
    ngx_http_print_task_redis_errors[] =
{
    { ngx_string("NOSCRIPT"),
      NGX_HTTP_PRINT_TASK_REDIS_SEND_SCRIPT,
      NGX_HTTP_PRINT_TASK_REDIS_SEND_SCRIPT,
      "" },

    /* not ready */

    { ngx_string("LOADING"),
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      ", it is still starting" },

    { ngx_string("BUSY"),
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      ", a script has been running for too long" },

    { ngx_string("MASTERDOWN"),
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      ", it is a replica that has lost its master" },

    { ngx_string("CLUSTERDOWN"),
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      ", the cluster is not complete" },

    { ngx_string("TRYAGAIN"),
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      ", a slot is on its way to another node" },

    /* the wrong server */

    { ngx_string("READONLY"),
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      ", it is a replica" },

    { ngx_string("MOVED"),
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      ", this is a Redis Cluster: is \"cluster\" missing?" },

    { ngx_string("ASK"),
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      ", this is a Redis Cluster: is \"cluster\" missing?" },

    /* the wrong configuration */

    { ngx_string("NOAUTH"),
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      ", it wants a password: \"password_file\"" },

    { ngx_string("WRONGPASS"),
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      ", the user or the password is wrong" },

    { ngx_string("NOPERM"),
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      ", the user lacks rights" },

    /* nothing can be written, but it can be read */

    { ngx_string("OOM"),
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      ", it is out of memory: \"maxmemory\"" },

    { ngx_string("MISCONF"),
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      ", it cannot write its data to the disk" },

    { ngx_string("NOREPLICAS"),
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      ", it has too few replicas: \"min-replicas-to-write\"" },

    /* another program's key, or one that was written by hand */

    { ngx_string("WRONGTYPE"),
      NGX_HTTP_PRINT_TASK_REDIS_KEY,
      NGX_HTTP_PRINT_TASK_REDIS_KEY,
      ", it is not a hash" },

    { ngx_string("TOOLONG"),
      NGX_HTTP_PRINT_TASK_REDIS_KEY,
      NGX_HTTP_PRINT_TASK_REDIS_KEY,
      ", it is longer than a megabyte" },

    /* anything else */

    { ngx_null_string,
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      "" }
};


void
ngx_http_print_task_redis_error(ngx_http_print_task_redis_t *redis,
    ngx_http_print_task_redis_cmd_t *cmd, redisReply *reply)
{
    ngx_http_print_task_redis_treatment_e     treatment;
    const ngx_http_print_task_redis_error_t  *error;

    ngx_http_print_task_redis_strip_script_prefix(reply);

    error = ngx_http_print_task_redis_find_error(reply);

    treatment = redis->cluster ? error->cluster : error->treatment;

    if (treatment == NGX_HTTP_PRINT_TASK_REDIS_SEND_SCRIPT && !cmd->eval) {
        ngx_http_print_task_redis_eval(redis, cmd, reply);
        return;
    }

    if (redis->cluster
        && ngx_http_print_task_redis_cluster_redirect(redis, cmd, reply)
           == NGX_OK)
    {
        return;
    }

    if (treatment == NGX_HTTP_PRINT_TASK_REDIS_KEY) {
        ngx_http_print_task_redis_foreign(redis, cmd, reply);
        (void) cmd->handler(cmd, reply);
        return;
    }

    ngx_http_print_task_redis_refused(redis, reply);

    redis->refused = 1;

    if (treatment == NGX_HTTP_PRINT_TASK_REDIS_RECONNECT) {
        ngx_queue_insert_head(&redis->sent, &cmd->queue);
        ngx_http_print_task_redis_fail(redis, 0, NULL);
        return;
    }

    (void) cmd->handler(cmd, reply);
}


/* clients may ask for such a key again and again: a line now and then */

static void
ngx_http_print_task_redis_foreign(ngx_http_print_task_redis_t *redis,
    ngx_http_print_task_redis_cmd_t *cmd, redisReply *reply)
{
    size_t   len;
    u_char  *last, key[4 * NGX_HTTP_PRINT_TASK_REDIS_KEYS];

    if (!ngx_http_print_task_may_log(redis->key_logged)) {
        return;
    }

    redis->key_logged = ngx_current_msec;

    len = ngx_min(cmd->len[NGX_HTTP_PRINT_TASK_REDIS_PREFIX],
                  NGX_HTTP_PRINT_TASK_REDIS_KEYS);

    last = ngx_http_print_task_redis_escape(key,
                     (u_char *) cmd->argv[NGX_HTTP_PRINT_TASK_REDIS_PREFIX],
                     len);

    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                  "print_task: redis \"%V\" has no record in key \"%*s\": "
                  "\"%*s\"%s",
                  &redis->server->name, (size_t) (last - key), key,
                  ngx_http_print_task_redis_error_len(reply), reply->str,
                  ngx_http_print_task_redis_error_hint(reply));
}


/* as ngx_http_log_module does: a byte takes up to four */

static u_char *
ngx_http_print_task_redis_escape(u_char *p, const u_char *text, size_t len)
{
    size_t  i;

    for (i = 0; i < len; i++) {

        if (text[i] < 0x20 || text[i] > 0x7e || text[i] == '"'
            || text[i] == '\\')
        {
            p = ngx_sprintf(p, "\\x%02Xd", (ngx_uint_t) text[i]);

        } else {
            *p++ = text[i];
        }
    }

    return p;
}


/* before Redis 7 the error of a command is at the end of one of its script */

static void
ngx_http_print_task_redis_strip_script_prefix(redisReply *reply)
{
    char  *p;

    static const ngx_str_t  script = ngx_string("ERR Error running script");

    if ((size_t) reply->len < script.len
        || ngx_memcmp(reply->str, script.data, script.len) != 0)
    {
        return;
    }

    p = ngx_strstr(reply->str, ": -");

    if (p != NULL) {
        p += sizeof(": -") - 1;

        reply->len -= p - reply->str;
        reply->str = p;
    }
}


static const ngx_http_print_task_redis_error_t *
ngx_http_print_task_redis_find_error(redisReply *reply)
{
    size_t                                    len;
    const ngx_http_print_task_redis_error_t  *error;

    len = ngx_http_print_task_redis_error_len(reply);

    for (error = ngx_http_print_task_redis_errors; error->word.len; error++) {

        if (error->word.len == len
            && ngx_memcmp(error->word.data, reply->str, len) == 0)
        {
            break;
        }
    }

    return error;
}


ngx_uint_t
ngx_http_print_task_redis_error_of_key(redisReply *reply)
{
    return ngx_http_print_task_redis_find_error(reply)->treatment
           == NGX_HTTP_PRINT_TASK_REDIS_KEY;
}


const char *
ngx_http_print_task_redis_error_hint(redisReply *reply)
{
    return ngx_http_print_task_redis_find_error(reply)->hint;
}


/* the server does not have the script, any more or yet: sends it along */

static void
ngx_http_print_task_redis_eval(ngx_http_print_task_redis_t *redis,
    ngx_http_print_task_redis_cmd_t *cmd, redisReply *reply)
{
    if (cmd->abandoned) {
        (void) cmd->handler(cmd, reply);
        return;
    }

    cmd->eval = 1;

    if (ngx_http_print_task_redis_write(redis, cmd) != NGX_OK) {
        cmd->sent = 0;
        (void) cmd->handler(cmd, NULL);
    }
}


ngx_uint_t
ngx_http_print_task_redis_error_is(redisReply *reply, const ngx_str_t *words)
{
    size_t  len;

    len = ngx_http_print_task_redis_error_len(reply);

    for ( /* void */ ; words->len; words++) {

        if (words->len == len
            && ngx_memcmp(words->data, reply->str, len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


size_t
ngx_http_print_task_redis_error_len(redisReply *reply)
{
    size_t  i, len;

    len = ngx_min((size_t) reply->len, NGX_HTTP_PRINT_TASK_REDIS_WORD);

    for (i = 0; i < len; i++) {
        if (reply->str[i] < 'A' || reply->str[i] > 'Z') {
            break;
        }
    }

    return i;
}


/* a server may refuse every command: a reminder now and then is enough */

void
ngx_http_print_task_redis_refused(ngx_http_print_task_redis_t *redis,
    redisReply *reply)
{
    ngx_str_t  more;
    u_char     buf[NGX_HTTP_PRINT_TASK_REDIS_MORE];

    if (!ngx_http_print_task_redis_may_log_again(redis)) {
        return;
    }

    if (!ngx_http_print_task_redis_rate(
                                    &ngx_http_print_task_redis_rates.refusals,
                                    &more, buf))
    {
        return;
    }

    redis->logged = ngx_current_msec;

    ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                  "print_task: redis \"%V\" refuses commands: \"%*s\"%s%V",
                  &redis->server->name,
                  ngx_http_print_task_redis_error_len(reply), reply->str,
                  ngx_http_print_task_redis_error_hint(reply), &more);
}
