
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * print_task_status with arguments that name a task: shows the record of the
 * task as JSON.  With print_task_status_actions, a POST makes the state of the
 * record unknown, or ends a lease.
 * An action is a settlement, and stores do not report the results of
 * settlements.  So the record is read before and after the action.  The action
 * applies only to the revision that was read.
 */


#include "http/record.h"

#include "core/pt_exposition.h"
#include "core/pt_log_rate.h"
#include "core/pt_metrics.h"
#include "core/pt_record_query.h"
#include "core/pt_route_id.h"
#include "core/pt_str_list.h"
#include "conf/conf.h"
#include "status/count.h"
#include "store/store.h"
#include "http/headers.h"
#include "http/send.h"


#define NGX_HTTP_PRINT_TASK_RECORD_LOG  512     /* bytes of a key or a user */


typedef struct {
    ngx_http_request_t                    *request;
    const ngx_http_print_task_loc_conf_t  *conf;     /* of a location that
                                                        uses the record */
    ngx_http_print_task_op_t               op;
    pt_operator_action_e                   action;   /* ..._N: no action */
    uint64_t                               rev;      /* before the action */
    unsigned                               pending:1;
    unsigned                               acted:1;  /* the store has got the
                                                        settlement */
} ngx_http_print_task_record_t;


static ngx_http_print_task_record_t *ngx_http_print_task_record_create(
    ngx_http_request_t *r);
static void ngx_http_print_task_record_cleanup(void *data);
static ngx_int_t ngx_http_print_task_record_find(
    ngx_http_print_task_record_t *record, const pt_record_query_t *query);
static ngx_uint_t ngx_http_print_task_record_matches(
    const ngx_http_print_task_loc_conf_t *conf,
    const pt_record_query_t *query);
static ngx_int_t ngx_http_print_task_record_key(
    ngx_http_print_task_record_t *record, const pt_record_query_t *query);
static ngx_int_t ngx_http_print_task_record_read_action(
    ngx_http_print_task_record_t *record);
static ngx_uint_t ngx_http_print_task_record_is_json(
    const ngx_http_request_t *r);
static ngx_uint_t ngx_http_print_task_record_is_foreign(
    ngx_http_request_t *r);
static ngx_int_t ngx_http_print_task_record_read(
    ngx_http_print_task_record_t *record);
static void ngx_http_print_task_record_done(ngx_http_print_task_op_t *op);
static ngx_int_t ngx_http_print_task_record_answered(
    ngx_http_print_task_record_t *record);
static ngx_int_t ngx_http_print_task_record_act(
    ngx_http_print_task_record_t *record);
static ngx_int_t ngx_http_print_task_record_acted(
    ngx_http_print_task_record_t *record);
static void ngx_http_print_task_record_log(
    ngx_http_print_task_record_t *record, const char *result);
static ngx_int_t ngx_http_print_task_record_send(
    ngx_http_print_task_record_t *record, ngx_uint_t status);
static void ngx_http_print_task_record_write(
    const ngx_http_print_task_record_t *record, pt_exposition_t *ex);
static void ngx_http_print_task_record_write_snapshot(pt_exposition_t *ex,
    const pt_snapshot_t *snapshot);
static void ngx_http_print_task_record_write_string(pt_exposition_t *ex,
    const char *name, const ngx_str_t *value);
static ngx_int_t ngx_http_print_task_record_refuse(ngx_http_request_t *r,
    ngx_uint_t status, const char *code, const char *message);
static void ngx_http_print_task_record_write_error(ngx_http_request_t *r,
    pt_exposition_t *ex, ngx_uint_t status, const char *code,
    const char *message);
static void ngx_http_print_task_record_write_stores(ngx_http_request_t *r,
    pt_exposition_t *ex);
static ngx_buf_t *ngx_http_print_task_record_buf(ngx_http_request_t *r,
    pt_exposition_t *ex);
static ngx_int_t ngx_http_print_task_record_send_buf(ngx_http_request_t *r,
    ngx_uint_t status, ngx_buf_t *b);


static const ngx_str_t  ngx_http_print_task_action_header =
    ngx_string("print-task-action");
static const ngx_str_t  ngx_http_print_task_fetch_site =
    ngx_string("sec-fetch-site");
static const ngx_str_t  ngx_http_print_task_record_no_store =
    ngx_string("no-store");
static const ngx_str_t  ngx_http_print_task_record_nosniff =
    ngx_string("nosniff");


ngx_uint_t
ngx_http_print_task_is_record(ngx_http_request_t *r)
{
    return r->method == NGX_HTTP_POST || pt_record_query_is(&r->args);
}


ngx_int_t
ngx_http_print_task_record_handler(ngx_http_request_t *r)
{
    u_char                        *buf;
    ngx_int_t                      rc;
    const char                    *wrong;
    pt_record_query_t              query;
    ngx_http_print_task_record_t  *record;

    rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }

    record = ngx_http_print_task_record_create(r);
    buf = ngx_pnalloc(r->pool, r->args.len + 1);

    if (record == NULL || buf == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (r->method == NGX_HTTP_POST) {
        rc = ngx_http_print_task_record_read_action(record);

        if (rc != NGX_DECLINED) {
            return rc;
        }
    }

    wrong = pt_record_query_read(&r->args, buf, &query);

    if (wrong != NULL) {
        return ngx_http_print_task_record_refuse(r, NGX_HTTP_BAD_REQUEST,
                                                 "badRequest", wrong);
    }

    rc = ngx_http_print_task_record_find(record, &query);

    if (rc != NGX_DECLINED) {
        return rc;
    }

    if (ngx_http_print_task_record_key(record, &query) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_print_task_record_read(record);
}


static ngx_http_print_task_record_t *
ngx_http_print_task_record_create(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t            *cln;
    ngx_http_print_task_record_t  *record;

    cln = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_print_task_record_t));
    if (cln == NULL) {
        return NULL;
    }

    record = cln->data;

    ngx_memzero(record, sizeof(ngx_http_print_task_record_t));

    record->request = r;
    record->action = PT_OPERATOR_N;

    cln->handler = ngx_http_print_task_record_cleanup;

    return record;
}


static void
ngx_http_print_task_record_cleanup(void *data)
{
    ngx_http_print_task_record_t *record = data;

    if (!record->pending) {
        return;
    }

    record->conf->store->cancel(record->conf->store, &record->op);

    if (record->acted) {
        ngx_http_print_task_record_log(record, "unknown: the client has gone");
    }
}


/*
 * Finds the store: the only one, or the one that the arguments choose.
 * NGX_DECLINED: found, and nothing was sent.
 */

static ngx_int_t
ngx_http_print_task_record_find(ngx_http_print_task_record_t *record,
    const pt_record_query_t *query)
{
    ngx_uint_t                               i, n;
    ngx_http_request_t                      *r;
    const ngx_http_print_task_main_conf_t   *ptmcf;
    const ngx_http_print_task_loc_conf_t   **conf;

    r = record->request;
    ptmcf = ngx_http_get_module_main_conf(r, ngx_http_print_task_module);
    conf = ptmcf->records.elts;
    n = 0;

    for (i = 0; i < ptmcf->records.nelts; i++) {

        if (ngx_http_print_task_record_matches(conf[i], query)) {
            record->conf = conf[i];
            n++;
        }
    }

    if (n == 1) {
        return NGX_DECLINED;
    }

    if (n == 0) {
        return ngx_http_print_task_record_refuse(r, NGX_HTTP_NOT_FOUND,
                                  "storeNotFound",
                                  "No location has such a store and realm.");
    }

    return ngx_http_print_task_record_refuse(r, NGX_HTTP_BAD_REQUEST,
                                  "storeAmbiguous",
                                  "Choose one by \"store\" and \"realm\".");
}


static ngx_uint_t
ngx_http_print_task_record_matches(const ngx_http_print_task_loc_conf_t *conf,
    const pt_record_query_t *query)
{
    return (conf->key != NULL) == (query->key.data != NULL)
           && (query->store.data == NULL
               || pt_str_equal(&query->store, &conf->store->label))
           && (query->realm.data == NULL
               || pt_str_equal(&query->realm, &conf->realm));
}


static ngx_int_t
ngx_http_print_task_record_key(ngx_http_print_task_record_t *record,
    const pt_record_query_t *query)
{
    u_char     *p;
    ngx_str_t  *key, prefix;

    key = &record->op.key;
    prefix = record->conf->key_prefix;

    if (query->key.data != NULL) {
        *key = query->key;
        return NGX_OK;
    }

    p = ngx_pnalloc(record->request->pool,
                    prefix.len + query->tenant.len + query->definition.len
                    + query->task.len + sizeof("/}/") - 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    key->data = p;

    p = ngx_cpymem(p, prefix.data, prefix.len);
    p = pt_route_id_key(p, &query->tenant);
    *p++ = '/';
    p = pt_route_id_key(p, &query->definition);
    *p++ = '}';
    *p++ = '/';
    p = pt_route_id_key(p, &query->task);

    key->len = p - key->data;

    return NGX_OK;
}


/*
 * A page of another site cannot make a browser send this request: the type of
 * the body and the header field require a preflight request, which gets 405.
 * NGX_DECLINED: the action is permitted, and nothing was sent.
 */

static ngx_int_t
ngx_http_print_task_record_read_action(ngx_http_print_task_record_t *record)
{
    ngx_uint_t           i;
    ngx_table_elt_t     *header;
    ngx_http_request_t  *r;

    r = record->request;

    if (ngx_http_print_task_record_is_foreign(r)) {
        return ngx_http_print_task_record_refuse(r, NGX_HTTP_FORBIDDEN,
                           "crossSite", "Another site has sent the request.");
    }

    if (!ngx_http_print_task_record_is_json(r)) {
        return ngx_http_print_task_record_refuse(r,
                           NGX_HTTP_UNSUPPORTED_MEDIA_TYPE,
                           "contentTypeNotSupported",
                           "\"Content-Type\" must be \"application/json\".");
    }

    header = ngx_http_print_task_find_header(&r->headers_in.headers,
                                        &ngx_http_print_task_action_header);

    if (header != NULL
        && ngx_http_print_task_count_header(&r->headers_in.headers,
                                        &ngx_http_print_task_action_header)
           == 1)
    {
        for (i = 0; i < PT_OPERATOR_N; i++) {

            if (header->value.len == ngx_strlen(pt_operator_words[i])
                && ngx_strncmp(header->value.data, pt_operator_words[i],
                               header->value.len)
                   == 0)
            {
                record->action = i;
                return NGX_DECLINED;
            }
        }
    }

    return ngx_http_print_task_record_refuse(r, NGX_HTTP_BAD_REQUEST,
                       "badRequest", "\"Print-Task-Action\" must be "
                       "\"invalidate\" or \"release\".");
}


static ngx_uint_t
ngx_http_print_task_record_is_json(const ngx_http_request_t *r)
{
    size_t            len;
    const ngx_str_t  *type;

    static const ngx_str_t  json = ngx_string("application/json");

    if (r->headers_in.content_type == NULL) {
        return 0;
    }

    type = &r->headers_in.content_type->value;
    len = json.len;

    return type->len >= len
           && ngx_strncasecmp(type->data, json.data, len) == 0
           && (type->len == len
               || type->data[len] == ';' || type->data[len] == ' ');
}


/* browsers name the site of the page, other clients do not */

static ngx_uint_t
ngx_http_print_task_record_is_foreign(ngx_http_request_t *r)
{
    ngx_uint_t              i;
    ngx_table_elt_t        *site;
    const ngx_list_part_t  *part;

    i = 0;
    part = &r->headers_in.headers.part;

    for ( ;; ) {
        site = ngx_http_print_task_next_header(&part, &i,
                                               &ngx_http_print_task_fetch_site);
        if (site == NULL) {
            return 0;
        }

        if (ngx_strcmp(site->value.data, "same-origin") != 0
            && ngx_strcmp(site->value.data, "none") != 0)
        {
            return 1;
        }
    }
}


static ngx_int_t
ngx_http_print_task_record_read(ngx_http_print_task_record_t *record)
{
    ngx_int_t                     rc;
    ngx_http_request_t           *r;
    ngx_http_print_task_op_t     *op;
    ngx_http_print_task_store_t  *store;

    r = record->request;
    op = &record->op;
    store = record->conf->store;

    op->type = PT_OPERATION_READ;
    op->pool = r->pool;
    op->log = r->connection->log;
    op->done = ngx_http_print_task_record_done;
    op->data = record;

    rc = store->start(store, op);

    if (rc == NGX_OK) {
        return ngx_http_print_task_record_answered(record);
    }

    record->pending = 1;
    r->main->count++;

    return NGX_DONE;
}


static void
ngx_http_print_task_record_done(ngx_http_print_task_op_t *op)
{
    ngx_connection_t              *c;
    ngx_http_request_t            *r;
    ngx_http_print_task_record_t  *record;

    record = op->data;
    record->pending = 0;

    r = record->request;
    c = r->connection;

    ngx_http_set_log_request(c->log, r);

    ngx_http_finalize_request(r, ngx_http_print_task_record_answered(record));
    ngx_http_run_posted_requests(c);
}


static ngx_int_t
ngx_http_print_task_record_answered(ngx_http_print_task_record_t *record)
{
    ngx_http_request_t            *r;
    pt_result_e                    result;

    r = record->request;
    result = record->op.result;

    ngx_http_print_task_count(operations[record->conf->store->number]
                                        [PT_OPERATION_READ][result]);

    if (record->acted) {
        return ngx_http_print_task_record_acted(record);
    }

    if (result == PT_RESULT_BROKEN) {
        return ngx_http_print_task_record_refuse(r, NGX_HTTP_CONFLICT,
                                 "notARecord",
                                 "What the store has for the key is no "
                                 "record.");
    }

    if (ngx_http_print_task_unanswered(result)) {
        return ngx_http_print_task_record_refuse(r,
                                 NGX_HTTP_SERVICE_UNAVAILABLE,
                                 "storeDown", "The store did not answer.");
    }

    if (result == PT_RESULT_ABSENT) {
        return ngx_http_print_task_record_send(record, NGX_HTTP_NOT_FOUND);
    }

    if (record->action == PT_OPERATOR_N) {
        return ngx_http_print_task_record_send(record, NGX_HTTP_OK);
    }

    return ngx_http_print_task_record_act(record);
}


static ngx_int_t
ngx_http_print_task_record_act(ngx_http_print_task_record_t *record)
{
    u_char                    *p;
    ngx_http_print_task_op_t   op;
    u_char                     match[NGX_INT64_LEN + 2];

    if (record->action == PT_OPERATOR_RELEASE
        && record->op.snapshot.lease_left == 0)
    {
        return ngx_http_print_task_record_refuse(record->request,
                                 NGX_HTTP_CONFLICT, "leaseNotFound",
                                 "No request has a lease of the task.");
    }

    record->acted = 1;
    record->rev = record->op.snapshot.rev;

    p = ngx_sprintf(match, " %uL ", record->rev);

    ngx_memzero(&op, sizeof(ngx_http_print_task_op_t));

    op.type = PT_OPERATION_INVALIDATE;
    op.key = record->op.key;
    op.match.data = match;
    op.match.len = p - match;
    op.hold = (record->action == PT_OPERATOR_INVALIDATE);
    op.ttl = record->conf->command_timeout;
    op.log = record->request->connection->log;

    ngx_http_print_task_op_settle(record->conf->store, &op);

    return ngx_http_print_task_record_read(record);
}


/* each action gives the record another revision */

static ngx_int_t
ngx_http_print_task_record_acted(ngx_http_print_task_record_t *record)
{
    pt_result_e  result;

    result = record->op.result;

    if (result >= PT_RESULT_BROKEN) {
        ngx_http_print_task_record_log(record,
                                       "unknown: the store did not answer");

        return ngx_http_print_task_record_refuse(record->request,
                                 NGX_HTTP_SERVICE_UNAVAILABLE,
                                 "outcomeUnknown",
                                 "The store did not answer: look at the "
                                 "record again.");
    }

    if (result == PT_RESULT_SEEN
        && record->op.snapshot.rev == record->rev)
    {
        ngx_http_print_task_record_log(record, "not done");

        return ngx_http_print_task_record_refuse(record->request,
                                 NGX_HTTP_CONFLICT,
                                 "notDone", "The record was changed, or the "
                                 "store did not take the action: look at the "
                                 "record again.");
    }

    ngx_http_print_task_count(actions[record->action]);
    ngx_http_print_task_record_log(record, "done");

    return ngx_http_print_task_record_send(record, NGX_HTTP_OK);
}


/* each line ends with the address of the client */

static void
ngx_http_print_task_record_log(ngx_http_print_task_record_t *record,
    const char *result)
{
    u_char              *key_end, *user_end;
    ngx_str_t           *user;
    ngx_http_request_t  *r;
    u_char               key[4 * NGX_HTTP_PRINT_TASK_RECORD_LOG];
    u_char               name[4 * NGX_HTTP_PRINT_TASK_RECORD_LOG];

    r = record->request;
    user = &r->headers_in.user;

    key_end = pt_log_escape(key, record->op.key.data,
                            ngx_min(record->op.key.len,
                                    NGX_HTTP_PRINT_TASK_RECORD_LOG));
    user_end = name;

    if (ngx_http_auth_basic_user(r) == NGX_OK) {
        user_end = pt_log_escape(name, user->data,
                                 ngx_min(user->len,
                                         NGX_HTTP_PRINT_TASK_RECORD_LOG));
    }

    ngx_log_error(NGX_LOG_NOTICE, r->connection->log, 0,
                  "print task: %s of key \"%*s\" rev %uL in store \"%V\" by "
                  "user \"%*s\": %s",
                  pt_operator_words[record->action],
                  (size_t) (key_end - key), key, record->rev,
                  &record->conf->store->label,
                  (size_t) (user_end - name), name, result);
}


static ngx_int_t
ngx_http_print_task_record_send(ngx_http_print_task_record_t *record,
    ngx_uint_t status)
{
    ngx_buf_t           *b;
    pt_exposition_t      ex;
    ngx_http_request_t  *r;

    r = record->request;

    pt_exposition_begin(&ex, PT_FORMAT_JSON, NULL, 0);
    ngx_http_print_task_record_write(record, &ex);

    b = ngx_http_print_task_record_buf(r, &ex);
    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_print_task_record_write(record, &ex);
    b->last = b->start + ex.len;

    return ngx_http_print_task_record_send_buf(r, status, b);
}


static void
ngx_http_print_task_record_write(const ngx_http_print_task_record_t *record,
    pt_exposition_t *ex)
{
    const ngx_http_print_task_op_t        *op;
    const ngx_http_print_task_loc_conf_t  *conf;

    op = &record->op;
    conf = record->conf;

    pt_exposition_text(ex, "{\"store\":");
    pt_exposition_string(ex, &conf->store->label);
    pt_exposition_text(ex, ",\"realm\":");
    pt_exposition_string(ex, &conf->realm);
    pt_exposition_text(ex, ",\"key\":");
    pt_exposition_string(ex, &op->key);
    pt_exposition_text(ex, ",\"time\":");
    pt_exposition_number(ex, op->snapshot.now);

    if (record->acted) {
        pt_exposition_text(ex, ",\"action\":\"");
        pt_exposition_text(ex, pt_operator_words[record->action]);
        pt_exposition_text(ex, "\"");
    }

    pt_exposition_text(ex, ",\"record\":");

    if (op->result == PT_RESULT_ABSENT) {
        pt_exposition_text(ex, "null");

    } else {
        ngx_http_print_task_record_write_snapshot(ex, &op->snapshot);
    }

    pt_exposition_text(ex, "}\n");
}


static void
ngx_http_print_task_record_write_snapshot(pt_exposition_t *ex,
    const pt_snapshot_t *snapshot)
{
    ngx_str_t  state;

    state = pt_state_names[snapshot->task.state];

    if (state.len == 0) {
        ngx_str_null(&state);
    }

    ngx_http_print_task_record_write_string(ex, "{\"state\":", &state);
    ngx_http_print_task_record_write_string(ex, ",\"description\":",
                                            &snapshot->task.description);
    ngx_http_print_task_record_write_string(ex, ",\"parentUrl\":",
                                            &snapshot->task.parent_url);
    ngx_http_print_task_record_write_string(ex, ",\"application\":",
                                            &snapshot->app);

    pt_exposition_text(ex, ",\"rev\":");
    pt_exposition_number(ex, snapshot->rev);
    pt_exposition_text(ex, ",\"confirmed\":");

    if (snapshot->confirmed) {
        pt_exposition_number(ex, snapshot->confirmed);

    } else {
        pt_exposition_text(ex, "null");
    }

    pt_exposition_text(ex, ",\"lease\":");

    if (snapshot->lease_left) {
        pt_exposition_text(ex, "{\"left\":");
        pt_exposition_number(ex, snapshot->lease_left);
        pt_exposition_text(ex, "}}");

    } else {
        pt_exposition_text(ex, "null}");
    }
}


static void
ngx_http_print_task_record_write_string(pt_exposition_t *ex, const char *name,
    const ngx_str_t *value)
{
    pt_exposition_text(ex, name);

    if (value->data == NULL) {
        pt_exposition_text(ex, "null");

    } else {
        pt_exposition_string(ex, value);
    }
}


static ngx_int_t
ngx_http_print_task_record_refuse(ngx_http_request_t *r, ngx_uint_t status,
    const char *code, const char *message)
{
    ngx_buf_t        *b;
    pt_exposition_t   ex;

    pt_exposition_begin(&ex, PT_FORMAT_JSON, NULL, 0);
    ngx_http_print_task_record_write_error(r, &ex, status, code, message);

    b = ngx_http_print_task_record_buf(r, &ex);
    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_print_task_record_write_error(r, &ex, status, code, message);
    b->last = b->start + ex.len;

    return ngx_http_print_task_record_send_buf(r, status, b);
}


/* a client that has not chosen a store gets the list of stores */

static void
ngx_http_print_task_record_write_error(ngx_http_request_t *r,
    pt_exposition_t *ex, ngx_uint_t status, const char *code,
    const char *message)
{
    ngx_str_t  text;

    text.data = (u_char *) message;
    text.len = ngx_strlen(message);

    pt_exposition_text(ex, "{\"error\":{\"code\":\"");
    pt_exposition_text(ex, code);
    pt_exposition_text(ex, "\",\"message\":");
    pt_exposition_string(ex, &text);
    pt_exposition_text(ex, "}");

    if (status == NGX_HTTP_NOT_FOUND || status == NGX_HTTP_BAD_REQUEST) {
        ngx_http_print_task_record_write_stores(r, ex);
    }

    pt_exposition_text(ex, "}\n");
}


static void
ngx_http_print_task_record_write_stores(ngx_http_request_t *r,
    pt_exposition_t *ex)
{
    ngx_uint_t                               i;
    const ngx_http_print_task_main_conf_t   *ptmcf;
    const ngx_http_print_task_loc_conf_t   **conf;

    static const ngx_str_t  none = ngx_null_string;

    ptmcf = ngx_http_get_module_main_conf(r, ngx_http_print_task_module);
    conf = ptmcf->records.elts;

    pt_exposition_text(ex, ",\"stores\":[");

    for (i = 0; i < ptmcf->records.nelts; i++) {
        pt_exposition_text(ex, i ? ",{\"store\":" : "{\"store\":");
        pt_exposition_string(ex, &conf[i]->store->label);
        pt_exposition_text(ex, ",\"realm\":");
        pt_exposition_string(ex, &conf[i]->realm);
        ngx_http_print_task_record_write_string(ex, ",\"print_task_key\":",
                                   conf[i]->key ? &conf[i]->key->value
                                                : &none);
        pt_exposition_text(ex, "}");
    }

    pt_exposition_text(ex, "]");
}


/* returns a larger buffer for the next pass of ex */

static ngx_buf_t *
ngx_http_print_task_record_buf(ngx_http_request_t *r, pt_exposition_t *ex)
{
    ngx_buf_t  *b;

    b = ngx_create_temp_buf(r->pool, ex->len);

    if (b != NULL) {
        pt_exposition_begin(ex, PT_FORMAT_JSON, b->start, ex->len);
    }

    return b;
}


static ngx_int_t
ngx_http_print_task_record_send_buf(ngx_http_request_t *r, ngx_uint_t status,
    ngx_buf_t *b)
{
    ngx_list_t  *headers;

    headers = &r->headers_out.headers;

    if (ngx_http_print_task_set_header(headers, "Cache-Control",
                                       &ngx_http_print_task_record_no_store)
        == NULL
        || ngx_http_print_task_set_header(headers, "X-Content-Type-Options",
                                          &ngx_http_print_task_record_nosniff)
           == NULL)
    {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    r->headers_out.status = status;

    return ngx_http_print_task_send_json(r, b);
}
