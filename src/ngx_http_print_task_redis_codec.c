
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Operations to arguments of the scripts in src/redis, and what the scripts
 * return to snapshots.  A record may have been written by others: whatever is
 * not as it should be counts as not known.
 */


#include <ngx_config.h>
#include <ngx_core.h>
#include <hiredis/hiredis.h>

#include "ngx_http_print_task_redis.h"


/*
 * The scripts return
 *
 *     0 result  1 now  2 state  3 description  4 parentUrl  5 app  6 rev
 *     7 confirmed
 *
 * or, of a record that is absent, the first two
 */

#define NGX_HTTP_PRINT_TASK_REDIS_ELEMENTS         8
#define NGX_HTTP_PRINT_TASK_REDIS_ELEMENTS_ABSENT  2


static void ngx_http_print_task_redis_arg(
    ngx_http_print_task_redis_args_t *args, const ngx_str_t *value);
static void ngx_http_print_task_redis_arg_word(
    ngx_http_print_task_redis_args_t *args, const char *word);
static void ngx_http_print_task_redis_arg_number(
    ngx_http_print_task_redis_args_t *args, uint64_t number);
static void ngx_http_print_task_redis_arg_states(
    ngx_http_print_task_redis_args_t *args, ngx_uint_t states);
static void ngx_http_print_task_redis_arg_record(
    ngx_http_print_task_redis_args_t *args,
    const ngx_http_print_task_op_t *op);
static void ngx_http_print_task_redis_arg_field(
    ngx_http_print_task_redis_args_t *args, const char *name,
    const ngx_str_t *value);
static void ngx_http_print_task_redis_arg_update(
    ngx_http_print_task_redis_args_t *args, const pt_update_t *update);

static ngx_int_t ngx_http_print_task_redis_first(redisReply *reply,
    const ngx_str_t *words);
static pt_state_e ngx_http_print_task_redis_state(const redisReply *field);
static uint64_t ngx_http_print_task_redis_number(const redisReply *field);
static ngx_int_t ngx_http_print_task_redis_text(const redisReply *field,
    ngx_pool_t *pool, ngx_str_t *text);


/* the words that the scripts return, by result */

static const ngx_str_t  ngx_http_print_task_redis_results[] = {
    ngx_string("seen"),
    ngx_string("granted"),
    ngx_string("busy"),
    ngx_string("applied"),
    ngx_string("created"),
    ngx_string("absent"),
    ngx_null_string
};


/* ... at the end of a lease, which is all the same to us */

static const ngx_str_t  ngx_http_print_task_redis_settlements[] = {
    ngx_string("committed"),
    ngx_string("released"),
    ngx_string("forgotten"),
    ngx_string("lost"),
    ngx_null_string
};


void
ngx_http_print_task_redis_args(ngx_http_print_task_redis_args_t *args,
    ngx_http_print_task_op_t *op)
{
    args->n = 0;
    args->last = args->text;

    ngx_http_print_task_redis_arg(args, &op->key);

    switch (op->type) {

    case NGX_HTTP_PRINT_TASK_READ:
        break;

    case NGX_HTTP_PRINT_TASK_RESERVE:
        ngx_http_print_task_redis_arg(args, &op->lease);
        ngx_http_print_task_redis_arg_number(args, op->lease_time);
        ngx_http_print_task_redis_arg_states(args, op->sources);
        break;

    case NGX_HTTP_PRINT_TASK_APPLY:
        ngx_http_print_task_redis_arg(args, &op->app);
        ngx_http_print_task_redis_arg_states(args, op->sources);
        ngx_http_print_task_redis_arg_update(args, &op->update);
        break;

    case NGX_HTTP_PRINT_TASK_PUT:
        ngx_http_print_task_redis_arg_number(args, op->ttl);
        ngx_http_print_task_redis_arg_word(args, op->create ? "1" : "0");
        ngx_http_print_task_redis_arg_record(args, op);
        break;

    case NGX_HTTP_PRINT_TASK_COMMIT:
        ngx_http_print_task_redis_arg(args, &op->lease);
        ngx_http_print_task_redis_arg_number(args, op->ttl);
        ngx_http_print_task_redis_arg_number(args, op->rev);
        ngx_http_print_task_redis_arg_record(args, op);
        break;

    case NGX_HTTP_PRINT_TASK_RELEASE:
        ngx_http_print_task_redis_arg(args, &op->lease);
        break;

    case NGX_HTTP_PRINT_TASK_FORGET:
        ngx_http_print_task_redis_arg(args, &op->lease);
        ngx_http_print_task_redis_arg_number(args, op->ttl);
        ngx_http_print_task_redis_arg_word(args, op->hold ? "1" : "0");
        break;
    }
}


static void
ngx_http_print_task_redis_arg(ngx_http_print_task_redis_args_t *args,
    const ngx_str_t *value)
{
    args->value[args->n] = *value;

    if (value->data == NULL) {
        ngx_str_set(&args->value[args->n], "");
    }

    args->n++;
}


static void
ngx_http_print_task_redis_arg_word(ngx_http_print_task_redis_args_t *args,
    const char *word)
{
    ngx_str_t  value;

    value.len = ngx_strlen(word);
    value.data = (u_char *) word;

    ngx_http_print_task_redis_arg(args, &value);
}


static void
ngx_http_print_task_redis_arg_number(ngx_http_print_task_redis_args_t *args,
    ngx_msec_t number)
{
    ngx_str_t  value;

    value.data = args->last;
    args->last = ngx_sprintf(args->last, "%uL", number);
    value.len = args->last - value.data;

    ngx_http_print_task_redis_arg(args, &value);
}


static void
ngx_http_print_task_redis_arg_states(ngx_http_print_task_redis_args_t *args,
    ngx_uint_t states)
{
    ngx_str_t   value;
    ngx_uint_t  i;

    value.data = args->last;

    for (i = 0; i < PT_STATES; i++) {

        if (states & pt_state_bit(i)) {
            args->last = ngx_sprintf(args->last, "%V ", &pt_state_names[i]);
        }
    }

    value.len = args->last - value.data;

    ngx_http_print_task_redis_arg(args, &value);
}


static void
ngx_http_print_task_redis_arg_record(ngx_http_print_task_redis_args_t *args,
    const ngx_http_print_task_op_t *op)
{
    ngx_http_print_task_redis_arg(args, &pt_state_names[op->task.state]);
    ngx_http_print_task_redis_arg_field(args, "description",
                                        &op->task.description);
    ngx_http_print_task_redis_arg_field(args, "parentUrl",
                                        &op->task.parent_url);
    ngx_http_print_task_redis_arg_field(args, "app", &op->app);
}


/* fields of null are left out */

static void
ngx_http_print_task_redis_arg_field(ngx_http_print_task_redis_args_t *args,
    const char *name, const ngx_str_t *value)
{
    if (value->data == NULL) {
        return;
    }

    ngx_http_print_task_redis_arg_word(args, name);
    ngx_http_print_task_redis_arg(args, value);
}


static void
ngx_http_print_task_redis_arg_update(ngx_http_print_task_redis_args_t *args,
    const pt_update_t *update)
{
    ngx_http_print_task_redis_arg(args, &pt_state_names[update->state]);

    if (!update->has_description) {
        ngx_http_print_task_redis_arg_word(args, "keep");

    } else if (update->description.data == NULL) {
        ngx_http_print_task_redis_arg_word(args, "null");

    } else {
        ngx_http_print_task_redis_arg_word(args, "set");
        ngx_http_print_task_redis_arg(args, &update->description);
    }
}


ngx_int_t
ngx_http_print_task_redis_result(redisReply *reply,
    ngx_http_print_task_result_e *result)
{
    size_t     n;
    ngx_int_t  i;

    i = ngx_http_print_task_redis_first(reply,
                                        ngx_http_print_task_redis_results);

    if (i == NGX_ERROR) {
        return NGX_ERROR;
    }

    switch (i) {

    case NGX_HTTP_PRINT_TASK_ABSENT:
        n = NGX_HTTP_PRINT_TASK_REDIS_ELEMENTS_ABSENT;
        break;

    case NGX_HTTP_PRINT_TASK_APPLIED:
        n = NGX_HTTP_PRINT_TASK_REDIS_ELEMENTS + 1;
        break;

    default:
        n = NGX_HTTP_PRINT_TASK_REDIS_ELEMENTS;
    }

    if (reply->elements != n) {
        return NGX_ERROR;
    }

    *result = i;

    return NGX_OK;
}


ngx_int_t
ngx_http_print_task_redis_settlement(redisReply *reply)
{
    ngx_int_t  i;

    i = ngx_http_print_task_redis_first(reply,
                                        ngx_http_print_task_redis_settlements);

    return (i == NGX_ERROR) ? NGX_ERROR : NGX_OK;
}


/* which of the words an answer begins with, or NGX_ERROR */

static ngx_int_t
ngx_http_print_task_redis_first(redisReply *reply, const ngx_str_t *words)
{
    ngx_int_t          i;
    const redisReply  *first;

    if (reply->type != REDIS_REPLY_ARRAY || reply->elements == 0) {
        return NGX_ERROR;
    }

    first = reply->element[0];

    if (first->type != REDIS_REPLY_STRING) {
        return NGX_ERROR;
    }

    for (i = 0; words[i].len; i++) {

        if (words[i].len == (size_t) first->len
            && ngx_memcmp(words[i].data, first->str, words[i].len) == 0)
        {
            return i;
        }
    }

    return NGX_ERROR;
}


ngx_int_t
ngx_http_print_task_redis_snapshot(redisReply *reply,
    ngx_http_print_task_op_t *op)
{
    redisReply     **element;
    pt_snapshot_t   *snapshot;

    element = reply->element;
    snapshot = &op->snapshot;

    snapshot->now = ngx_http_print_task_redis_number(element[1]);

    if (reply->elements == NGX_HTTP_PRINT_TASK_REDIS_ELEMENTS_ABSENT) {
        return NGX_OK;
    }

    snapshot->task.state = ngx_http_print_task_redis_state(element[2]);
    snapshot->rev = ngx_http_print_task_redis_number(element[6]);
    snapshot->confirmed = ngx_http_print_task_redis_number(element[7]);

    if (reply->elements > NGX_HTTP_PRINT_TASK_REDIS_ELEMENTS) {
        op->from = ngx_http_print_task_redis_state(element[8]);
    }

    if (ngx_http_print_task_redis_text(element[3], op->pool,
                                       &snapshot->task.description)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (ngx_http_print_task_redis_text(element[4], op->pool,
                                       &snapshot->task.parent_url)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_print_task_redis_text(element[5], op->pool,
                                          &snapshot->app);
}


static pt_state_e
ngx_http_print_task_redis_state(const redisReply *element)
{
    ngx_uint_t        i;
    const ngx_str_t  *name;

    if (element->type != REDIS_REPLY_STRING) {
        return PT_UNKNOWN;
    }

    for (i = 0; i < PT_STATES; i++) {

        name = &pt_state_names[i];

        if (name->len == (size_t) element->len
            && ngx_memcmp(name->data, element->str, name->len) == 0)
        {
            return i;
        }
    }

    return PT_UNKNOWN;
}


/* scripts return numbers as such, and those of the record as they found them */

static uint64_t
ngx_http_print_task_redis_number(const redisReply *element)
{
    size_t    i, len;
    uint64_t  number;

    if (element->type == REDIS_REPLY_INTEGER && element->integer > 0) {
        return element->integer;
    }

    if (element->type != REDIS_REPLY_STRING) {
        return 0;
    }

    len = element->len;

    if (len > NGX_INT64_LEN - 2) {
        return 0;
    }

    number = 0;

    for (i = 0; i < len; i++) {

        if (element->str[i] < '0' || element->str[i] > '9') {
            return 0;
        }

        number = number * 10 + (element->str[i] - '0');
    }

    return number;
}


/* data == NULL: null */

static ngx_int_t
ngx_http_print_task_redis_text(const redisReply *element, ngx_pool_t *pool,
    ngx_str_t *text)
{
    ngx_str_null(text);

    if (element->type != REDIS_REPLY_STRING) {
        return NGX_OK;
    }

    /* an empty string needs an address, too */

    text->data = ngx_pnalloc(pool, element->len + 1);
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    text->len = element->len;
    ngx_memcpy(text->data, element->str, element->len);

    return NGX_OK;
}
