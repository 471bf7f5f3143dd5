
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Converts operations to arguments of scripts, and replies of scripts to
 * snapshots.  Another program may have written a record: a field with an
 * invalid value counts as unknown.
 */


#include "redis/codec.h"

#include <ngx_config.h>
#include <ngx_core.h>
#include <hiredis/hiredis.h>

#include "core/pt_str_list.h"
#include "core/pt_rules.h"
#include "core/pt_task.h"


/*
 * A reply is a line of words, "RESULT NOW ...", or an array that starts with
 * one:
 *     "seen NOW", state, description, parentUrl, app, rev, confirmed
 *     "applied NOW ...", description
 *     "applied NOW", state, ... of a deleted record
 *     "seen NOW", next position, and for each task of a list id, state,
 *         description, parentUrl, app, rev
 *     "seen NOW", next position, "more" | "end" | "missed", and for each event
 *         position, type, task, state, description, parentUrl, app, rev, time
 *     "seen NOW", next position, and indexes
 *     "seen NOW", next position, count, and for each task that is overdue id,
 *         state, app, since
 * Most replies are one string, because that costs Redis and the worker much
 * less.
 */

#define NGX_HTTP_PRINT_TASK_REDIS_SNAPSHOT  7
#define NGX_HTTP_PRINT_TASK_REDIS_APPLIED   2
#define NGX_HTTP_PRINT_TASK_REDIS_LIST      2    /* and for each task: */
#define NGX_HTTP_PRINT_TASK_REDIS_LISTED    6
#define NGX_HTTP_PRINT_TASK_REDIS_EVENTS    3    /* and for each event: */
#define NGX_HTTP_PRINT_TASK_REDIS_EVENT     9
#define NGX_HTTP_PRINT_TASK_REDIS_INDEXES   2    /* and the indexes */
#define NGX_HTTP_PRINT_TASK_REDIS_OVERDUE   3    /* and for each task: */
#define NGX_HTTP_PRINT_TASK_REDIS_REPORTED  4


static ngx_uint_t ngx_http_print_task_redis_appends(
    const ngx_http_print_task_op_t *op);
static void ngx_http_print_task_redis_arg_keys(
    ngx_http_print_task_redis_args_t *args,
    const ngx_http_print_task_op_t *op);
static void ngx_http_print_task_redis_arg(
    ngx_http_print_task_redis_args_t *args, const ngx_str_t *value);
static void ngx_http_print_task_redis_arg_word(
    ngx_http_print_task_redis_args_t *args, const char *word);
static void ngx_http_print_task_redis_arg_number(
    ngx_http_print_task_redis_args_t *args, uint64_t number);
static void ngx_http_print_task_redis_arg_states(
    ngx_http_print_task_redis_args_t *args, ngx_uint_t states);
static void ngx_http_print_task_redis_arg_cursor(
    ngx_http_print_task_redis_args_t *args, const ngx_str_t *position);
static void ngx_http_print_task_redis_arg_record(
    ngx_http_print_task_redis_args_t *args,
    const ngx_http_print_task_op_t *op);
static void ngx_http_print_task_redis_arg_update(
    ngx_http_print_task_redis_args_t *args,
    const ngx_http_print_task_op_t *op);
static void ngx_http_print_task_redis_arg_condition(
    ngx_http_print_task_redis_args_t *args,
    const ngx_http_print_task_op_t *op);

static ngx_int_t ngx_http_print_task_redis_check_long(pt_operation_e type,
    size_t n);
static ngx_int_t ngx_http_print_task_redis_find(const ngx_str_t *word,
    const ngx_str_t *words);
static ngx_str_t ngx_http_print_task_redis_line(const redisReply *reply);
static ngx_int_t ngx_http_print_task_redis_seen(redisReply *reply,
    ngx_http_print_task_op_t *op);
static ngx_int_t ngx_http_print_task_redis_list(redisReply *reply,
    ngx_http_print_task_op_t *op);
static ngx_int_t ngx_http_print_task_redis_listed(redisReply **element,
    ngx_pool_t *pool, pt_listed_t *listed);
static ngx_int_t ngx_http_print_task_redis_indexes(redisReply *reply,
    ngx_http_print_task_op_t *op);
static ngx_int_t ngx_http_print_task_redis_overdue(redisReply *reply,
    ngx_http_print_task_op_t *op);
static ngx_int_t ngx_http_print_task_redis_reported(redisReply **element,
    ngx_http_print_task_op_t *op, pt_listed_t *task);
static ngx_int_t ngx_http_print_task_redis_events(redisReply *reply,
    ngx_http_print_task_op_t *op);
static ngx_int_t ngx_http_print_task_redis_event(redisReply **element,
    ngx_pool_t *pool, pt_event_t *event);
static void ngx_http_print_task_redis_lines(ngx_str_t *text,
    pt_snapshot_t *snapshot);
static ngx_int_t ngx_http_print_task_redis_applied(redisReply *reply,
    ngx_str_t *text, ngx_http_print_task_op_t *op);
static ngx_str_t ngx_http_print_task_redis_take_reply(ngx_str_t *text,
    u_char end);
static ngx_str_t ngx_http_print_task_redis_value(const redisReply *element);
static pt_state_e ngx_http_print_task_redis_parse_task_state(ngx_str_t name);
static uint64_t ngx_http_print_task_redis_number(ngx_str_t digits);
static ngx_int_t ngx_http_print_task_redis_copy(ngx_pool_t *pool,
    ngx_str_t *text, ngx_str_t value);


/* the first word of a reply, by result */

static const ngx_str_t  ngx_http_print_task_redis_results[] = {
    ngx_string("seen"),
    ngx_string("granted"),
    ngx_string("busy"),
    ngx_string("applied"),
    ngx_string("created"),
    ngx_string("absent"),
    ngx_null_string
};


/* the results that an operation may have, by its type */

static const ngx_uint_t  ngx_http_print_task_redis_answers[] = {
    (1 << PT_RESULT_SEEN)
    |(1 << PT_RESULT_ABSENT),
    (1 << PT_RESULT_SEEN)
    |(1 << PT_RESULT_GRANTED)
    |(1 << PT_RESULT_BUSY),
    (1 << PT_RESULT_SEEN)
    |(1 << PT_RESULT_APPLIED)
    |(1 << PT_RESULT_ABSENT),
    (1 << PT_RESULT_SEEN)
    |(1 << PT_RESULT_APPLIED)
    |(1 << PT_RESULT_CREATED)
    |(1 << PT_RESULT_ABSENT),
    (1 << PT_RESULT_SEEN)
    |(1 << PT_RESULT_APPLIED)
    |(1 << PT_RESULT_ABSENT),
    (1 << PT_RESULT_SEEN),
    (1 << PT_RESULT_SEEN),
    (1 << PT_RESULT_SEEN),
    (1 << PT_RESULT_SEEN)
};

_Static_assert(sizeof(ngx_http_print_task_redis_answers) / sizeof(ngx_uint_t)
               == PT_OPERATION_COMMIT,
               "an operation has no results");


/* the results of a settlement */

#define NGX_HTTP_PRINT_TASK_REDIS_LOST  3

static const ngx_str_t  ngx_http_print_task_redis_settlements[] = {
    ngx_string("committed"),
    ngx_string("released"),
    ngx_string("invalidated"),
    ngx_string("lost"),
    ngx_null_string
};


void
ngx_http_print_task_redis_args(ngx_http_print_task_redis_args_t *args,
    ngx_http_print_task_op_t *op)
{
    args->n = 0;
    args->last = args->text;

    ngx_http_print_task_redis_arg_keys(args, op);

    switch (op->type) {

    case PT_OPERATION_READ:
        break;

    case PT_OPERATION_RESERVE:
        ngx_http_print_task_redis_arg(args, &op->lease);
        ngx_http_print_task_redis_arg_number(args, op->lease_time);
        ngx_http_print_task_redis_arg_states(args, op->sources);
        ngx_http_print_task_redis_arg_number(args, op->clock);
        break;

    case PT_OPERATION_APPLY:
        ngx_http_print_task_redis_arg(args, &op->app);
        ngx_http_print_task_redis_arg_states(args, op->sources);
        ngx_http_print_task_redis_arg_update(args, op);
        break;

    case PT_OPERATION_PUT:
        ngx_http_print_task_redis_arg_number(args, op->ttl);
        ngx_http_print_task_redis_arg_condition(args, op);
        ngx_http_print_task_redis_arg_record(args, op);
        break;

    case PT_OPERATION_DELETE:
        if (op->match.data != NULL) {
            ngx_http_print_task_redis_arg(args, &op->match);

        } else if (op->stream.data != NULL) {
            ngx_http_print_task_redis_arg_word(args, "*");
        }

        break;

    case PT_OPERATION_LIST:
        ngx_http_print_task_redis_arg(args, &op->after);
        ngx_http_print_task_redis_arg_number(args, op->max);
        ngx_http_print_task_redis_arg_states(args, op->sources);
        ngx_http_print_task_redis_arg_number(args, op->overdue);

        if (op->app.data != NULL) {
            ngx_http_print_task_redis_arg(args, &op->app);
        }

        break;

    case PT_OPERATION_EVENTS:
        ngx_http_print_task_redis_arg(args, &op->after);
        ngx_http_print_task_redis_arg_number(args, op->max);
        ngx_http_print_task_redis_arg_number(args, op->keep);
        break;

    case PT_OPERATION_INDEXES:
        ngx_http_print_task_redis_arg_cursor(args, &op->after);
        break;

    case PT_OPERATION_OVERDUE:
        ngx_http_print_task_redis_arg(args, &op->after);
        ngx_http_print_task_redis_arg_number(args, op->max);
        ngx_http_print_task_redis_arg_states(args, op->sources);
        ngx_http_print_task_redis_arg_number(args, op->overdue);
        break;

    case PT_OPERATION_COMMIT:
        ngx_http_print_task_redis_arg(args, &op->lease);
        ngx_http_print_task_redis_arg_number(args, op->ttl);
        ngx_http_print_task_redis_arg_number(args, op->rev);
        ngx_http_print_task_redis_arg_number(args, op->rev + 1);
        ngx_http_print_task_redis_arg_record(args, op);
        break;

    case PT_OPERATION_RELEASE:
        ngx_http_print_task_redis_arg(args, &op->lease);
        break;

    case PT_OPERATION_INVALIDATE:
        ngx_http_print_task_redis_arg(args, &op->lease);
        ngx_http_print_task_redis_arg_number(args, op->ttl);
        ngx_http_print_task_redis_arg_word(args, op->hold ? "1" : "0");

        if (op->match.data != NULL) {
            ngx_http_print_task_redis_arg(args, &op->match);
        }

        break;
    }

    if (ngx_http_print_task_redis_appends(op)) {
        ngx_http_print_task_redis_arg_number(args, op->keep);
    }
}


const ngx_str_t *
ngx_http_print_task_redis_key(const ngx_http_print_task_op_t *op)
{
    switch (op->type) {

    case PT_OPERATION_LIST:
    case PT_OPERATION_OVERDUE:
        return &op->index;

    case PT_OPERATION_EVENTS:
        return &op->stream;

    default:
        return &op->key;
    }
}


static ngx_uint_t
ngx_http_print_task_redis_appends(const ngx_http_print_task_op_t *op)
{
    return op->stream.data != NULL
           && (op->type == PT_OPERATION_APPLY
               || op->type == PT_OPERATION_PUT
               || op->type == PT_OPERATION_DELETE
               || op->type == PT_OPERATION_COMMIT);
}


static void
ngx_http_print_task_redis_arg_keys(ngx_http_print_task_redis_args_t *args,
    const ngx_http_print_task_op_t *op)
{
    ngx_http_print_task_redis_arg(args, ngx_http_print_task_redis_key(op));

    if (!ngx_http_print_task_redis_is_long(op->type)) {

        if (op->index.data != NULL) {
            ngx_http_print_task_redis_arg(args, &op->index);
        }

        if (ngx_http_print_task_redis_appends(op)) {
            ngx_http_print_task_redis_arg(args, &op->stream);
        }
    }

    args->keys = args->n;
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
    uint64_t number)
{
    u_char     *p;
    ngx_str_t   value;

    /* writes the digits from last to first */

    args->last += NGX_INT64_LEN;
    p = args->last;

    do {
        *--p = (u_char) (number % 10 + '0');
        number /= 10;
    } while (number);

    value.data = p;
    value.len = args->last - p;

    ngx_http_print_task_redis_arg(args, &value);
}


static void
ngx_http_print_task_redis_arg_states(ngx_http_print_task_redis_args_t *args,
    ngx_uint_t states)
{
    ngx_str_t         value;
    ngx_uint_t        i;
    const ngx_str_t  *name;

    value.data = args->last;

    for (i = 0; i < PT_STATES; i++) {

        if (states & pt_state_bit(i)) {
            name = &pt_state_names[i];

            args->last = ngx_cpymem(args->last, name->data, name->len);
            *args->last++ = ' ';
        }
    }

    value.len = args->last - value.data;

    ngx_http_print_task_redis_arg(args, &value);
}


/* a position of INDEXES is the number of a key and a cursor, see indexes.c */

static void
ngx_http_print_task_redis_arg_cursor(ngx_http_print_task_redis_args_t *args,
    const ngx_str_t *position)
{
    ngx_str_t  cursor;

    cursor = *position;

    (void) ngx_http_print_task_redis_take_reply(&cursor, ' ');

    if (cursor.len == 0) {
        ngx_str_set(&cursor, "0");
    }

    ngx_http_print_task_redis_arg(args, &cursor);
}


/* the names of fields that are null follow the values */

static void
ngx_http_print_task_redis_arg_record(ngx_http_print_task_redis_args_t *args,
    const ngx_http_print_task_op_t *op)
{
    ngx_http_print_task_redis_arg(args, &pt_state_names[op->task.state]);
    ngx_http_print_task_redis_arg(args, &op->task.description);
    ngx_http_print_task_redis_arg(args, &op->task.parent_url);
    ngx_http_print_task_redis_arg(args, &op->app);

    if (op->task.description.data == NULL) {
        ngx_http_print_task_redis_arg_word(args, "description");
    }

    if (op->task.parent_url.data == NULL) {
        ngx_http_print_task_redis_arg_word(args, "parentUrl");
    }

    if (op->app.data == NULL) {
        ngx_http_print_task_redis_arg_word(args, "app");
    }
}


static void
ngx_http_print_task_redis_arg_update(ngx_http_print_task_redis_args_t *args,
    const ngx_http_print_task_op_t *op)
{
    ngx_uint_t          more;
    const pt_update_t  *update;

    update = &op->update;

    ngx_http_print_task_redis_arg(args, &pt_state_names[update->state]);

    /* an argument at the end may be absent, if no other one follows */

    more = (op->match.data != NULL || op->stream.data != NULL);

    if (!update->has_description && !more) {
        return;
    }

    ngx_http_print_task_redis_arg(args, &update->description);

    if (!update->has_description) {
        ngx_http_print_task_redis_arg_word(args, "keep");

    } else if (update->description.data == NULL) {
        ngx_http_print_task_redis_arg_word(args, "null");

    } else if (more) {
        ngx_http_print_task_redis_arg_word(args, "set");
    }

    if (op->match.data != NULL) {
        ngx_http_print_task_redis_arg(args, &op->match);

    } else if (more) {
        ngx_http_print_task_redis_arg_word(args, "*");
    }
}


static void
ngx_http_print_task_redis_arg_condition(ngx_http_print_task_redis_args_t *args,
    const ngx_http_print_task_op_t *op)
{
    if (op->match.data != NULL && !op->create) {
        ngx_http_print_task_redis_arg(args, &op->match);
        return;
    }

    ngx_http_print_task_redis_arg_word(args, op->create ? "1" : "0");
}


ngx_int_t
ngx_http_print_task_redis_result(redisReply *reply,
    pt_operation_e type, pt_result_e *result)
{
    size_t     n;
    ngx_int_t  i;
    ngx_str_t  line, word;

    line = ngx_http_print_task_redis_line(reply);
    word = ngx_http_print_task_redis_take_reply(&line, ' ');

    i = ngx_http_print_task_redis_find(&word,
                                       ngx_http_print_task_redis_results);

    if (i == NGX_ERROR
        || !(ngx_http_print_task_redis_answers[type] & (1 << i)))
    {
        return NGX_ERROR;
    }

    *result = i;

    n = (reply->type == REDIS_REPLY_ARRAY) ? reply->elements : 0;

    switch (*result) {

    case PT_RESULT_SEEN:
        if (ngx_http_print_task_redis_is_long(type)) {
            return ngx_http_print_task_redis_check_long(type, n);
        }

        return (n == NGX_HTTP_PRINT_TASK_REDIS_SNAPSHOT
                || (n == 0 && type == PT_OPERATION_APPLY))
               ? NGX_OK : NGX_ERROR;

    case PT_RESULT_BUSY:
        return (n == NGX_HTTP_PRINT_TASK_REDIS_SNAPSHOT) ? NGX_OK : NGX_ERROR;

    case PT_RESULT_GRANTED:
        return (n == NGX_HTTP_PRINT_TASK_REDIS_SNAPSHOT || n == 0)
               ? NGX_OK : NGX_ERROR;

    case PT_RESULT_APPLIED:
        if (type == PT_OPERATION_DELETE) {
            return (n == NGX_HTTP_PRINT_TASK_REDIS_SNAPSHOT) ? NGX_OK
                                                             : NGX_ERROR;
        }

        return (n == 0
                || (n == NGX_HTTP_PRINT_TASK_REDIS_APPLIED
                    && type == PT_OPERATION_APPLY))
               ? NGX_OK : NGX_ERROR;

    default:
        return (n == 0) ? NGX_OK : NGX_ERROR;
    }
}


/* whether the words before a list are there, and each element is complete */

static ngx_int_t
ngx_http_print_task_redis_check_long(pt_operation_e type, size_t n)
{
    size_t  words, element;

    switch (type) {

    case PT_OPERATION_LIST:
        words = NGX_HTTP_PRINT_TASK_REDIS_LIST;
        element = NGX_HTTP_PRINT_TASK_REDIS_LISTED;
        break;

    case PT_OPERATION_EVENTS:
        words = NGX_HTTP_PRINT_TASK_REDIS_EVENTS;
        element = NGX_HTTP_PRINT_TASK_REDIS_EVENT;
        break;

    case PT_OPERATION_INDEXES:
        words = NGX_HTTP_PRINT_TASK_REDIS_INDEXES;
        element = 1;
        break;

    default: /* PT_OPERATION_OVERDUE */
        words = NGX_HTTP_PRINT_TASK_REDIS_OVERDUE;
        element = NGX_HTTP_PRINT_TASK_REDIS_REPORTED;
        break;
    }

    return (n >= words && (n - words) % element == 0) ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_http_print_task_redis_settlement(redisReply *reply)
{
    ngx_int_t  i;
    ngx_str_t  word;

    word = ngx_http_print_task_redis_value(reply);

    i = ngx_http_print_task_redis_find(&word,
                                       ngx_http_print_task_redis_settlements);

    if (i == NGX_ERROR) {
        return NGX_ERROR;
    }

    return (i == NGX_HTTP_PRINT_TASK_REDIS_LOST) ? NGX_DECLINED : NGX_OK;
}


/* the index of a word, or NGX_ERROR */

static ngx_int_t
ngx_http_print_task_redis_find(const ngx_str_t *word, const ngx_str_t *words)
{
    ngx_int_t  i;

    for (i = 0; words[i].len; i++) {

        if (words[i].len == word->len
            && ngx_memcmp(words[i].data, word->data, word->len) == 0)
        {
            return i;
        }
    }

    return NGX_ERROR;
}


static ngx_str_t
ngx_http_print_task_redis_line(const redisReply *reply)
{
    if (reply->type == REDIS_REPLY_ARRAY && reply->elements) {
        reply = reply->element[0];
    }

    return ngx_http_print_task_redis_value(reply);
}


ngx_int_t
ngx_http_print_task_redis_snapshot(redisReply *reply,
    pt_result_e result, ngx_http_print_task_op_t *op)
{
    ngx_str_t  line, text;

    if (op->type == PT_OPERATION_LIST) {
        return ngx_http_print_task_redis_list(reply, op);
    }

    if (op->type == PT_OPERATION_EVENTS) {
        return ngx_http_print_task_redis_events(reply, op);
    }

    if (op->type == PT_OPERATION_INDEXES) {
        return ngx_http_print_task_redis_indexes(reply, op);
    }

    if (op->type == PT_OPERATION_OVERDUE) {
        return ngx_http_print_task_redis_overdue(reply, op);
    }

    line = ngx_http_print_task_redis_line(reply);

    /* skips the result */
    (void) ngx_http_print_task_redis_take_reply(&line, ' ');

    if (reply->elements == NGX_HTTP_PRINT_TASK_REDIS_SNAPSHOT) {
        op->snapshot.now = ngx_http_print_task_redis_number(
                                  ngx_http_print_task_redis_take_reply(&line,
                                                                       ' '));
        op->snapshot.lease_left = ngx_http_print_task_redis_number(line);

        return ngx_http_print_task_redis_seen(reply, op);
    }

    /* the snapshot consists of slices of the text */

    text.len = line.len;
    text.data = ngx_http_print_task_op_text(op, line.len + 1);
    if (text.data == NULL) {
        return NGX_ERROR;
    }

    if (line.len) {
        ngx_memcpy(text.data, line.data, line.len);
    }

    op->snapshot.now = ngx_http_print_task_redis_number(
                                  ngx_http_print_task_redis_take_reply(&text,
                                                                       ' '));

    switch (result) {

    case PT_RESULT_GRANTED:
    case PT_RESULT_SEEN:
        ngx_http_print_task_redis_lines(&text, &op->snapshot);
        return NGX_OK;

    case PT_RESULT_APPLIED:
    case PT_RESULT_CREATED:
        return ngx_http_print_task_redis_applied(reply, &text, op);

    default: /* PT_RESULT_ABSENT */
        return NGX_OK;
    }
}


static ngx_int_t
ngx_http_print_task_redis_seen(redisReply *reply,
    ngx_http_print_task_op_t *op)
{
    ngx_uint_t      i;
    ngx_str_t       value[NGX_HTTP_PRINT_TASK_REDIS_SNAPSHOT];
    pt_snapshot_t  *snapshot;

    for (i = 1; i < NGX_HTTP_PRINT_TASK_REDIS_SNAPSHOT; i++) {
        value[i] = ngx_http_print_task_redis_value(reply->element[i]);
    }

    snapshot = &op->snapshot;

    snapshot->task.state = ngx_http_print_task_redis_parse_task_state(value[1]);
    snapshot->rev = ngx_http_print_task_redis_number(value[5]);
    snapshot->confirmed = ngx_http_print_task_redis_number(value[6]);

    snapshot->task.description = value[2];
    snapshot->task.parent_url = value[3];
    snapshot->app = value[4];

    if (op->type == PT_OPERATION_DELETE) {
        op->from = snapshot->task.state;
    }

    return ngx_http_print_task_op_keep(op);
}


static ngx_int_t
ngx_http_print_task_redis_list(redisReply *reply,
    ngx_http_print_task_op_t *op)
{
    ngx_str_t      line;
    ngx_uint_t     i, n;
    redisReply   **element;

    element = reply->element + NGX_HTTP_PRINT_TASK_REDIS_LIST;
    n = (reply->elements - NGX_HTTP_PRINT_TASK_REDIS_LIST)
        / NGX_HTTP_PRINT_TASK_REDIS_LISTED;

    if (n > op->max) {
        return NGX_DECLINED;
    }

    line = ngx_http_print_task_redis_line(reply);

    (void) ngx_http_print_task_redis_take_reply(&line, ' ');

    op->snapshot.now = ngx_http_print_task_redis_number(line);

    if (ngx_http_print_task_redis_copy(op->pool, &op->next,
                          ngx_http_print_task_redis_value(reply->element[1]))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    op->tasks = ngx_palloc(op->pool, op->max * sizeof(pt_listed_t));
    if (op->tasks == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {

        if (ngx_http_print_task_redis_listed(element, op->pool, &op->tasks[i])
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        element += NGX_HTTP_PRINT_TASK_REDIS_LISTED;
    }

    op->ntasks = n;

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_redis_listed(redisReply **element, ngx_pool_t *pool,
    pt_listed_t *listed)
{
    ngx_uint_t      i;
    ngx_str_t       value[NGX_HTTP_PRINT_TASK_REDIS_LISTED];
    pt_snapshot_t  *snapshot;

    for (i = 0; i < NGX_HTTP_PRINT_TASK_REDIS_LISTED; i++) {

        if (ngx_http_print_task_redis_copy(pool, &value[i],
                                  ngx_http_print_task_redis_value(element[i]))
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    ngx_memzero(listed, sizeof(pt_listed_t));

    snapshot = &listed->snapshot;

    listed->id = value[0];
    snapshot->task.state = ngx_http_print_task_redis_parse_task_state(value[1]);
    snapshot->task.description = value[2];
    snapshot->task.parent_url = value[3];
    snapshot->app = value[4];
    snapshot->rev = ngx_http_print_task_redis_number(value[5]);

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_redis_indexes(redisReply *reply,
    ngx_http_print_task_op_t *op)
{
    ngx_str_t     value;
    ngx_uint_t    i, n;
    redisReply  **element;

    element = reply->element + NGX_HTTP_PRINT_TASK_REDIS_INDEXES;
    n = reply->elements - NGX_HTTP_PRINT_TASK_REDIS_INDEXES;

    value = ngx_http_print_task_redis_value(reply->element[1]);

    if (value.data == NULL) {
        return NGX_DECLINED;
    }

    op->indexes = ngx_palloc(op->pool, (n + 1) * sizeof(ngx_str_t));

    if (op->indexes == NULL
        || ngx_http_print_task_redis_copy(op->pool, &op->next, value)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    op->nindexes = 0;

    for (i = 0; i < n; i++) {
        value = ngx_http_print_task_redis_value(element[i]);

        if (value.data == NULL) {
            continue;
        }

        if (ngx_http_print_task_redis_copy(op->pool,
                                           &op->indexes[op->nindexes], value)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        op->nindexes++;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_redis_overdue(redisReply *reply,
    ngx_http_print_task_op_t *op)
{
    ngx_uint_t     i, n;
    redisReply   **element;

    element = reply->element + NGX_HTTP_PRINT_TASK_REDIS_OVERDUE;
    n = (reply->elements - NGX_HTTP_PRINT_TASK_REDIS_OVERDUE)
        / NGX_HTTP_PRINT_TASK_REDIS_REPORTED;

    if (n > op->max) {
        return NGX_DECLINED;
    }

    op->count = ngx_http_print_task_redis_number(
                          ngx_http_print_task_redis_value(reply->element[2]));

    op->tasks = ngx_palloc(op->pool, (n + 1) * sizeof(pt_listed_t));

    if (op->tasks == NULL
        || ngx_http_print_task_redis_copy(op->pool, &op->next,
                          ngx_http_print_task_redis_value(reply->element[1]))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {

        if (ngx_http_print_task_redis_reported(element, op, &op->tasks[i])
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        element += NGX_HTTP_PRINT_TASK_REDIS_REPORTED;
    }

    op->ntasks = n;

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_redis_reported(redisReply **element,
    ngx_http_print_task_op_t *op, pt_listed_t *task)
{
    u_char     *p, *last;
    ngx_str_t   name;

    ngx_memzero(task, sizeof(pt_listed_t));

    task->snapshot.task.state = ngx_http_print_task_redis_parse_task_state(
                                ngx_http_print_task_redis_value(element[1]));
    task->since = ngx_http_print_task_redis_number(
                                ngx_http_print_task_redis_value(element[3]));

    /* "print-task-index:{REALM/TENANT/DEFINITION}" */

    last = op->index.data + op->index.len;
    p = ngx_strlchr(op->index.data, last, '{');

    if (p != NULL) {
        name.data = p + 1;
        name.len = last - name.data - 1;

        if (ngx_http_print_task_redis_copy(op->pool, &task->definition, name)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    if (ngx_http_print_task_redis_copy(op->pool, &task->id,
                                ngx_http_print_task_redis_value(element[0]))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_print_task_redis_copy(op->pool, &task->snapshot.app,
                                ngx_http_print_task_redis_value(element[2]));
}


static ngx_int_t
ngx_http_print_task_redis_events(redisReply *reply,
    ngx_http_print_task_op_t *op)
{
    ngx_str_t      line, word;
    ngx_uint_t     i, n;
    redisReply   **element;

    element = reply->element + NGX_HTTP_PRINT_TASK_REDIS_EVENTS;
    n = (reply->elements - NGX_HTTP_PRINT_TASK_REDIS_EVENTS)
        / NGX_HTTP_PRINT_TASK_REDIS_EVENT;

    if (n > op->max) {
        return NGX_DECLINED;
    }

    line = ngx_http_print_task_redis_line(reply);

    (void) ngx_http_print_task_redis_take_reply(&line, ' ');

    op->snapshot.now = ngx_http_print_task_redis_number(line);

    word = ngx_http_print_task_redis_value(reply->element[2]);

    op->more = (word.len == 4 && ngx_memcmp(word.data, "more", 4) == 0);
    op->missed = (word.len == 6 && ngx_memcmp(word.data, "missed", 6) == 0);

    if (ngx_http_print_task_redis_copy(op->pool, &op->next,
                          ngx_http_print_task_redis_value(reply->element[1]))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (op->next.data == NULL) {
        return NGX_DECLINED;
    }

    op->events = ngx_palloc(op->pool, op->max * sizeof(pt_event_t));
    if (op->events == NULL) {
        return NGX_ERROR;
    }

    op->nevents = 0;

    for (i = 0; i < n; i++) {

        switch (ngx_http_print_task_redis_event(element, op->pool,
                                                &op->events[op->nevents]))
        {
        case NGX_OK:
            op->nevents++;
            break;

        case NGX_ERROR:
            return NGX_ERROR;

        default: /* NGX_DECLINED: of another program */
            break;
        }

        element += NGX_HTTP_PRINT_TASK_REDIS_EVENT;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_redis_event(redisReply **element, ngx_pool_t *pool,
    pt_event_t *event)
{
    ngx_uint_t  i;
    ngx_str_t   value[NGX_HTTP_PRINT_TASK_REDIS_EVENT];

    for (i = 0; i < NGX_HTTP_PRINT_TASK_REDIS_EVENT; i++) {

        if (ngx_http_print_task_redis_copy(pool, &value[i],
                                  ngx_http_print_task_redis_value(element[i]))
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    ngx_memzero(event, sizeof(pt_event_t));

    event->position = value[0];
    event->type = pt_event_by_name(&value[1]);
    event->id = value[2];
    event->task.state = ngx_http_print_task_redis_parse_task_state(value[3]);
    event->task.description = value[4];
    event->task.parent_url = value[5];
    event->app = value[6];
    event->rev = ngx_http_print_task_redis_number(value[7]);
    event->time = ngx_http_print_task_redis_number(value[8]);

    return (event->position.data != NULL
            && event->type != PT_EVENTS
            && event->task.state != PT_UNKNOWN
            && event->id.data != NULL
            && pt_route_id(&event->id))
           ? NGX_OK : NGX_DECLINED;
}


/*
 * Reads a record without null fields: only the description may contain line
 * breaks.
 */

static void
ngx_http_print_task_redis_lines(ngx_str_t *text, pt_snapshot_t *snapshot)
{
    snapshot->rev = ngx_http_print_task_redis_number(
                                  ngx_http_print_task_redis_take_reply(text,
                                                                       ' '));
    snapshot->task.state = ngx_http_print_task_redis_parse_task_state(
                                  ngx_http_print_task_redis_take_reply(text,
                                                                       LF));
    snapshot->confirmed = ngx_http_print_task_redis_number(
                                  ngx_http_print_task_redis_take_reply(text,
                                                                       LF));

    snapshot->app = ngx_http_print_task_redis_take_reply(text, LF);
    snapshot->task.parent_url = ngx_http_print_task_redis_take_reply(text, LF);
    snapshot->task.description = *text;
}


/* a description that the reply omits is the one of the operation */

static ngx_int_t
ngx_http_print_task_redis_applied(redisReply *reply, ngx_str_t *text,
    ngx_http_print_task_op_t *op)
{
    ngx_str_t       owned;
    pt_snapshot_t  *snapshot;

    snapshot = &op->snapshot;

    snapshot->rev = ngx_http_print_task_redis_number(
                                  ngx_http_print_task_redis_take_reply(text,
                                                                       ' '));
    snapshot->confirmed = snapshot->now;

    op->from = ngx_http_print_task_redis_parse_task_state(
                                  ngx_http_print_task_redis_take_reply(text,
                                                                       ' '));

    if (op->type == PT_OPERATION_PUT) {
        snapshot->task = op->task;
        snapshot->app = op->app;
        return NGX_OK;
    }

    snapshot->task.state = (op->update.state == PT_UNKNOWN)
                           ? op->from : op->update.state;

    owned = ngx_http_print_task_redis_take_reply(text, ' ');

    if (owned.len == 1 && owned.data[0] == '1') {
        snapshot->app = op->app;
    }

    snapshot->task.parent_url = *text;

    if (op->update.has_description) {
        snapshot->task.description = op->update.description;
        return NGX_OK;
    }

    if (reply->elements != NGX_HTTP_PRINT_TASK_REDIS_APPLIED) {
        return NGX_DECLINED;
    }

    return ngx_http_print_task_redis_copy(op->pool,
                         &snapshot->task.description,
                         ngx_http_print_task_redis_value(reply->element[1]));
}


/* takes the text up to the byte; the rest is empty if the byte is absent */

static ngx_str_t
ngx_http_print_task_redis_take_reply(ngx_str_t *text, u_char end)
{
    u_char     *p;
    ngx_str_t   word;

    word = *text;

    p = text->len ? memchr(text->data, end, text->len) : NULL;

    if (p == NULL) {
        ngx_str_null(text);
        return word;
    }

    word.len = p - word.data;

    text->data = p + 1;
    text->len -= word.len + 1;

    return word;
}


/* data == NULL: null */

static ngx_str_t
ngx_http_print_task_redis_value(const redisReply *element)
{
    ngx_str_t  value;

    ngx_str_null(&value);

    if (element->type == REDIS_REPLY_STRING) {
        value.data = (u_char *) element->str;
        value.len = element->len;
    }

    return value;
}


static pt_state_e
ngx_http_print_task_redis_parse_task_state(ngx_str_t name)
{
    ngx_uint_t  i;

    for (i = 0; i < PT_STATES; i++) {

        if (pt_str_equal(&pt_state_names[i], &name)) {
            return i;
        }
    }

    return PT_UNKNOWN;
}


static uint64_t
ngx_http_print_task_redis_number(ngx_str_t digits)
{
    size_t    i;
    uint64_t  number;

    if (digits.len > NGX_INT64_LEN - 2) {
        return 0;
    }

    number = 0;

    for (i = 0; i < digits.len; i++) {

        if (digits.data[i] < '0' || digits.data[i] > '9') {
            return 0;
        }

        number = number * 10 + (digits.data[i] - '0');
    }

    return number;
}


static ngx_int_t
ngx_http_print_task_redis_copy(ngx_pool_t *pool, ngx_str_t *text,
    ngx_str_t value)
{
    *text = value;

    if (value.data == NULL) {
        return NGX_OK;
    }

    /* an empty string needs an address, because NULL means null */

    text->data = ngx_pnalloc(pool, value.len + 1);
    if (text->data == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(text->data, value.data, value.len);

    return NGX_OK;
}
