
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Logs each refusal with its ids.  Clients cause these lines, so each worker
 * limits them: print_task_log_rate lines in a second, and one line with the
 * number of the others by reason.  Lines about overdue tasks count for the
 * limit, too; those beyond it come later.
 */


#include "http/log.h"

#include "core/pt_json.h"
#include "core/pt_route.h"
#include "core/pt_task.h"
#include "http/request_id.h"


#define NGX_HTTP_PRINT_TASK_LOG_LINE     1024
#define NGX_HTTP_PRINT_TASK_LOG_SUMMARY  1024
#define NGX_HTTP_PRINT_TASK_LOG_TEXT     128     /* bytes of a name that
                                                    another program may have
                                                    written */


/* of a worker; the timer is cancelable and does not delay a shutdown */
struct ngx_http_print_task_log_s {
    ngx_log_t      *log;           /* of the summary; NULL: nothing to log */
    ngx_uint_t      level;
    ngx_uint_t      unused;
    ngx_socket_t    ident;         /* -1: debug logs of events print the fd
                                      of a connection */
    pt_log_rate_t   rate;
    ngx_event_t     timer;
};


static ngx_uint_t ngx_http_print_task_log_take(ngx_http_request_t *r,
    ngx_uint_t level, pt_log_kind_e kind, pt_reason_e reason);
static u_char *ngx_http_print_task_log_states(u_char *p,
    const ngx_http_print_task_ctx_t *ctx, pt_reason_e reason);
static u_char *ngx_http_print_task_log_token(u_char *p,
    const ngx_http_print_task_ctx_t *ctx);
static u_char *ngx_http_print_task_log_task(u_char *p, ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx);
static u_char *ngx_http_print_task_log_ids(u_char *p, ngx_http_request_t *r);
static u_char *ngx_http_print_task_log_field(u_char *p, const char *name,
    const ngx_str_t *value);
static ngx_str_t ngx_http_print_task_log_last(ngx_str_t *name);
static u_char *ngx_http_print_task_log_text(u_char *p, const char *name,
    const ngx_str_t *value);
static void ngx_http_print_task_log_timer_handler(ngx_event_t *ev);
static void ngx_http_print_task_log_summary(ngx_http_print_task_log_t *ptl);


_Static_assert(offsetof(ngx_http_print_task_log_t, ident)
               == offsetof(ngx_connection_t, fd),
               "the identity of an event is where a connection has its fd");


/* in the order of pt_log_kind_e */

static const char  *ngx_http_print_task_log_kinds[] = {
    "print task refused",
    "print task would be refused"
};


void
ngx_http_print_task_log_refusal(ngx_http_request_t *r,
    ngx_http_print_task_ctx_t *ctx, pt_log_kind_e kind, pt_reason_e reason,
    const char *where)
{
    u_char                                *p;
    ngx_uint_t                             level;
    const ngx_http_print_task_loc_conf_t  *ptlcf;
    u_char                                 line[NGX_HTTP_PRINT_TASK_LOG_LINE];

    ptlcf = ngx_http_get_module_loc_conf(r, ngx_http_print_task_module);

    level = (ctx != NULL) ? ctx->conf->log_level : ptlcf->log_level;

    if (r->connection->log->log_level < level
        || !ngx_http_print_task_log_take(r, level, kind, reason))
    {
        return;
    }

    p = line;

    if (ctx != NULL) {
        p = ngx_http_print_task_log_states(p, ctx, reason);
        p = ngx_http_print_task_log_token(p, ctx);
    }

    p = ngx_http_print_task_log_task(p, r->main, ctx);
    p = ngx_http_print_task_log_ids(p, r);

    ngx_log_error(level, r->connection->log, 0, "%s: %V (%ui)%s%*s",
                  ngx_http_print_task_log_kinds[kind],
                  &pt_reasons[reason].word, pt_reasons[reason].status, where,
                  (size_t) (p - line), line);
}


static ngx_uint_t
ngx_http_print_task_log_take(ngx_http_request_t *r, ngx_uint_t level,
    pt_log_kind_e kind, pt_reason_e reason)
{
    ngx_http_core_loc_conf_t         *clcf;
    ngx_http_print_task_log_t        *ptl;
    ngx_http_print_task_main_conf_t  *ptmcf;

    ptmcf = ngx_http_get_module_main_conf(r, ngx_http_print_task_module);

    ptl = ptmcf->log;

    if (pt_log_rate_take(&ptl->rate, ngx_current_msec, kind, reason)) {
        return 1;
    }

    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (ptl->log == NULL || level < ptl->level) {
        ptl->log = clcf->error_log;
        ptl->level = level;
    }

    if (!ptl->timer.timer_set) {
        ptl->timer.log = ngx_cycle->log;

        ngx_add_timer(&ptl->timer,
                      pt_log_rate_left(&ptl->rate, ngx_current_msec));
    }

    return 0;
}


/* the same states as in the message to the client */

static u_char *
ngx_http_print_task_log_states(u_char *p, const ngx_http_print_task_ctx_t *ctx,
    pt_reason_e reason)
{
    if (reason != PT_TRANSITION_NOT_ALLOWED && reason != PT_TASK_FINAL) {
        return p;
    }

    p = ngx_http_print_task_log_field(p, "from", &pt_state_names[ctx->from]);

    return ngx_http_print_task_log_field(p, "to",
                                         &pt_state_names[ctx->update.state]);
}


/* the claims of an accepted token, or empty strings */

static u_char *
ngx_http_print_task_log_token(u_char *p, const ngx_http_print_task_ctx_t *ctx)
{
    p = ngx_http_print_task_log_field(p, "tenant", &ctx->token.claims.tenant);

    return ngx_http_print_task_log_field(p, "application",
                                         &ctx->token.claims.app);
}


static u_char *
ngx_http_print_task_log_task(u_char *p, ngx_http_request_t *r,
    const ngx_http_print_task_ctx_t *ctx)
{
    pt_route_t  route;

    if (ctx != NULL) {
        route = ctx->route;

    } else if (pt_route_read(&r->uri, &route) != PT_OK) {
        return p;
    }

    if (route.kind != PT_ROUTE_TASK) {
        return p;
    }

    p = ngx_http_print_task_log_field(p, "definition", &route.definition);

    return ngx_http_print_task_log_field(p, "task", &route.task);
}


static u_char *
ngx_http_print_task_log_ids(u_char *p, ngx_http_request_t *r)
{
    ngx_str_t  id;
    u_char     guid[NGX_HTTP_PRINT_TASK_GUID_LEN];

    if (ngx_http_print_task_request_id(r, guid) == NGX_OK) {
        id.data = guid;
        id.len = NGX_HTTP_PRINT_TASK_GUID_LEN;

        p = ngx_http_print_task_log_field(p, "request-id", &id);
    }

    ngx_http_print_task_client_id(r, &id);

    return ngx_http_print_task_log_field(p, "client-request-id", &id);
}


static u_char *
ngx_http_print_task_log_field(u_char *p, const char *name,
    const ngx_str_t *value)
{
    if (value->len == 0) {
        return p;
    }

    p = ngx_sprintf(p, ", %s: \"", name);
    p = pt_log_escape(p, value->data, value->len);
    *p++ = '"';

    return p;
}


ngx_uint_t
ngx_http_print_task_log_lines(ngx_http_print_task_main_conf_t *ptmcf)
{
    return pt_log_rate_lines(&ptmcf->log->rate, ngx_current_msec);
}


/* the ids in the order of the other lines */

void
ngx_http_print_task_log_overdue(ngx_http_print_task_main_conf_t *ptmcf,
    ngx_uint_t level, ngx_log_t *log, const pt_listed_t *task)
{
    u_char     *p;
    ngx_tm_t    tm;
    ngx_str_t   realm, tenant, definition;
    u_char      line[4 * 5 * NGX_HTTP_PRINT_TASK_LOG_TEXT + 128];

    pt_log_rate_use(&ptmcf->log->rate);

    ngx_gmtime((time_t) (task->since / 1000), &tm);

    realm = task->definition;
    definition = ngx_http_print_task_log_last(&realm);
    tenant = ngx_http_print_task_log_last(&realm);

    p = ngx_http_print_task_log_text(line, "realm", &realm);
    p = ngx_http_print_task_log_text(p, "tenant", &tenant);
    p = ngx_http_print_task_log_text(p, "application", &task->snapshot.app);
    p = ngx_http_print_task_log_text(p, "definition", &definition);
    p = ngx_http_print_task_log_text(p, "task", &task->id);

    ngx_log_error(level, log, 0,
                  "print task overdue: %V since "
                  "%4d-%02d-%02dT%02d:%02d:%02dZ%*s",
                  &pt_state_names[task->snapshot.task.state],
                  tm.ngx_tm_year, tm.ngx_tm_mon, tm.ngx_tm_mday,
                  tm.ngx_tm_hour, tm.ngx_tm_min, tm.ngx_tm_sec,
                  (size_t) (p - line), line);
}


/* takes the part after the last "/" */

static ngx_str_t
ngx_http_print_task_log_last(ngx_str_t *name)
{
    ngx_str_t  last;

    last = *name;

    while (name->len && name->data[name->len - 1] != '/') {
        name->len--;
    }

    last.data += name->len;
    last.len -= name->len;

    if (name->len) {
        name->len--;
    }

    return last;
}


/* a field that another program may have written */

static u_char *
ngx_http_print_task_log_text(u_char *p, const char *name,
    const ngx_str_t *value)
{
    ngx_str_t  text;

    text = *value;
    text.len = ngx_min(text.len, NGX_HTTP_PRINT_TASK_LOG_TEXT);

    return ngx_http_print_task_log_field(p, name, &text);
}


static void
ngx_http_print_task_log_timer_handler(ngx_event_t *ev)
{
    ngx_http_print_task_log_summary(ev->data);
}


static void
ngx_http_print_task_log_summary(ngx_http_print_task_log_t *ptl)
{
    u_char      *p;
    ngx_uint_t   kind;
    u_char       text[NGX_HTTP_PRINT_TASK_LOG_SUMMARY];

    if (ptl->log == NULL) {
        return;
    }

    for (kind = 0; kind < PT_LOG_KIND_N; kind++) {

        p = pt_log_rate_write(&ptl->rate, kind, text, text + sizeof(text));

        if (p != text) {
            ngx_log_error(ptl->level, ptl->log, 0, "%s: %*s",
                          ngx_http_print_task_log_kinds[kind],
                          (size_t) (p - text), text);
        }
    }

    ptl->log = NULL;
}


ngx_int_t
ngx_http_print_task_log_init(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf)
{
    ngx_http_print_task_log_t  *ptl;

    ptl = ngx_pcalloc(cf->pool, sizeof(ngx_http_print_task_log_t));
    if (ptl == NULL) {
        return NGX_ERROR;
    }

    ngx_conf_init_uint_value(ptmcf->log_rate, 10);

    ptl->ident = (ngx_socket_t) -1;
    ptl->rate.limit = ptmcf->log_rate;

    ptl->timer.handler = ngx_http_print_task_log_timer_handler;
    ptl->timer.data = ptl;
    ptl->timer.cancelable = 1;

    ptmcf->log = ptl;

    return NGX_OK;
}


void
ngx_http_print_task_log_exit_process(ngx_http_print_task_main_conf_t *ptmcf)
{
    ngx_http_print_task_log_t  *ptl;

    ptl = ptmcf->log;

    if (ptl->timer.timer_set) {
        ngx_del_timer(&ptl->timer);
    }

    ngx_http_print_task_log_summary(ptl);
}
