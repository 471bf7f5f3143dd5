
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Error replies.  The first word of an error decides how it is treated.  Only
 * this word is logged, because the rest may repeat the command.
 */


#include "redis/error.h"

#include <ngx_config.h>
#include <ngx_core.h>
#include <hiredis/hiredis.h>


#define NGX_HTTP_PRINT_TASK_REDIS_ERROR_LEN  32


typedef struct {
    ngx_str_t                              word;
    ngx_http_print_task_redis_treatment_e  treatment;
    ngx_http_print_task_redis_treatment_e  cluster;      /* in a cluster */
    ngx_uint_t                             again;        /* Redis did not run
                                                            the command: a
                                                            settlement is
                                                            sent again later */
    const char                            *hint;
} ngx_http_print_task_redis_error_t;


static void ngx_http_print_task_redis_strip_script_prefix(redisReply *reply);
static const ngx_http_print_task_redis_error_t *
    ngx_http_print_task_redis_find_error(redisReply *reply);


static const ngx_http_print_task_redis_error_t
    ngx_http_print_task_redis_errors[] =
{
    { ngx_string("NOSCRIPT"),
      NGX_HTTP_PRINT_TASK_REDIS_SEND_SCRIPT,
      NGX_HTTP_PRINT_TASK_REDIS_SEND_SCRIPT,
      0, "" },

    /* the server is not ready */

    { ngx_string("LOADING"),
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      0, ", it is still loading its data" },

    { ngx_string("BUSY"),
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      0, ", a script is running for too long" },

    { ngx_string("MASTERDOWN"),
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      0, ", it is a replica that is cut off from its master" },

    { ngx_string("CLUSTERDOWN"),
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      1, ", the cluster is down or lacks slots" },

    { ngx_string("TRYAGAIN"),
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      1, ", a slot is being moved to another node" },

    /* the wrong server */

    { ngx_string("READONLY"),
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      0, ", it is a replica" },

    { ngx_string("MOVED"),
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      1, ", this is a Redis Cluster: is \"cluster\" missing?" },

    { ngx_string("ASK"),
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      1, ", this is a Redis Cluster: is \"cluster\" missing?" },

    /* the wrong configuration */

    { ngx_string("NOAUTH"),
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      0, ", it requires a password: set \"password_file\"" },

    { ngx_string("WRONGPASS"),
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      NGX_HTTP_PRINT_TASK_REDIS_RECONNECT,
      0, ", the user or the password is wrong" },

    { ngx_string("NOPERM"),
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      0, ", the user lacks rights" },

    /* Redis refuses writes, but answers reads */

    { ngx_string("OOM"),
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      1, ", it is out of memory: see \"maxmemory\"" },

    { ngx_string("MISCONF"),
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      1, ", it cannot write its data to the disk" },

    { ngx_string("NOREPLICAS"),
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      1, ", it has too few replicas: see \"min-replicas-to-write\"" },

    /* the key of another program, or of a record written by hand */

    { ngx_string("WRONGTYPE"),
      NGX_HTTP_PRINT_TASK_REDIS_KEY,
      NGX_HTTP_PRINT_TASK_REDIS_KEY,
      0, ", the value is not a hash" },

    { ngx_string("TOOLONG"),
      NGX_HTTP_PRINT_TASK_REDIS_KEY,
      NGX_HTTP_PRINT_TASK_REDIS_KEY,
      0, ", the value is longer than a megabyte" },

    /* any other error */

    { ngx_null_string,
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      NGX_HTTP_PRINT_TASK_REDIS_FAIL_COMMAND,
      0, "" }
};


/*
 * Before Redis 7, the error of a command within a script is at the end of the
 * error of the script.
 */

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

        /* moves the text, because hiredis frees reply->str */

        reply->len -= p - reply->str;
        ngx_memmove(reply->str, p, reply->len + 1);
    }
}


ngx_http_print_task_redis_treatment_e
ngx_http_print_task_redis_treatment(redisReply *reply, ngx_uint_t cluster)
{
    const ngx_http_print_task_redis_error_t  *error;

    ngx_http_print_task_redis_strip_script_prefix(reply);

    error = ngx_http_print_task_redis_find_error(reply);

    return cluster ? error->cluster : error->treatment;
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


ngx_uint_t
ngx_http_print_task_redis_error_is_transient(redisReply *reply)
{
    return ngx_http_print_task_redis_find_error(reply)->again;
}


size_t
ngx_http_print_task_redis_error_len(redisReply *reply)
{
    size_t  i, len;

    len = ngx_min((size_t) reply->len, NGX_HTTP_PRINT_TASK_REDIS_ERROR_LEN);

    for (i = 0; i < len; i++) {
        if (reply->str[i] < 'A' || reply->str[i] > 'Z') {
            break;
        }
    }

    return i;
}
