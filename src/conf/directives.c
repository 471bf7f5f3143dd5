
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Directives.  Everything that can be calculated is calculated here, once.
 * Every wrong value stops nginx with a message that names it.
 */


#include "conf/directives.h"

#include "core/pt_task.h"
#include "core/pt_token.h"
#include "store/time.h"
#include "conf/conf.h"
#include "conf/slots.h"
#include "conf/store.h"
#include "token/cache.h"
#include "token/certificate.h"
#include "token/keys_conf.h"
#include "token/revoked.h"
#include "http/admin.h"
#include "http/health.h"
#include "http/require.h"
#include "http/status.h"


#define NGX_HTTP_PRINT_TASK_BODY_MAX_LEAST  64
#define NGX_HTTP_PRINT_TASK_BODY_MAX_MOST   (1024 * 1024)

#define NGX_HTTP_PRINT_TASK_EVENTS_KEEP       10000
#define NGX_HTTP_PRINT_TASK_EVENTS_LISTENERS  10000
#define NGX_HTTP_PRINT_TASK_EVENTS_MOST       1000000


static char *ngx_http_print_task_key_refresh(ngx_conf_t *cf,
    ngx_command_t *cmd, void *conf);
static char *ngx_http_print_task_leeway(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_print_task_transition(ngx_conf_t *cf,
    ngx_command_t *cmd, void *conf);
static pt_state_e ngx_http_print_task_state(ngx_conf_t *cf, ngx_str_t *name);
static char *ngx_http_print_task_max_age(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_print_task_body_max(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_print_task_health(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_print_task_key(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_print_task_realm(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static char *ngx_http_print_task_events(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static ngx_int_t ngx_http_print_task_events_number(const ngx_str_t *value,
    const char *name, ngx_uint_t *number);
static char *ngx_http_print_task_overdue(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);


static ngx_conf_enum_t  ngx_http_print_task_modes[] = {
    { ngx_string("off"), NGX_HTTP_PRINT_TASK_OFF },
    { ngx_string("forward"), NGX_HTTP_PRINT_TASK_FORWARD },
    { ngx_string("answer"), NGX_HTTP_PRINT_TASK_ANSWER },
    { ngx_null_string, 0 }
};


static ngx_conf_enum_t  ngx_http_print_task_store_downs[] = {
    { ngx_string("reject"), NGX_HTTP_PRINT_TASK_DOWN_REJECT },
    { ngx_string("check"), NGX_HTTP_PRINT_TASK_DOWN_CHECK },
    { ngx_string("pass"), NGX_HTTP_PRINT_TASK_DOWN_PASS },
    { ngx_null_string, 0 }
};


static ngx_conf_enum_t  ngx_http_print_task_healths[] = {
    { ngx_string("live"), NGX_HTTP_PRINT_TASK_HEALTH_LIVE },
    { ngx_string("ready"), NGX_HTTP_PRINT_TASK_HEALTH_READY },
    { ngx_null_string, 0 }
};


static ngx_conf_enum_t  ngx_http_print_task_log_levels[] = {
    { ngx_string("info"), NGX_LOG_INFO },
    { ngx_string("notice"), NGX_LOG_NOTICE },
    { ngx_string("warn"), NGX_LOG_WARN },
    { ngx_string("error"), NGX_LOG_ERR },
    { ngx_null_string, 0 }
};


static ngx_conf_num_bounds_t  ngx_http_print_task_queues = {
    NULL, 1, 65536
};


static ngx_conf_num_bounds_t  ngx_http_print_task_log_rates = {
    NULL, 1, 100000
};


#define NGX_HTTP_PRINT_TASK_CONF                                              \
    NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF


ngx_command_t  ngx_http_print_task_commands[] = {

    { ngx_string("print_task"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_TAKE1,
      ngx_http_print_task_enum_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_print_task_loc_conf_t, mode),
      &ngx_http_print_task_modes },

    { ngx_string("print_task_dry_run"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_print_task_loc_conf_t, dry_run),
      NULL },

    { ngx_string("print_task_key_file"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_TAKE1,
      ngx_http_print_task_key_file,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("print_task_key_request"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_TAKE1,
      ngx_http_print_task_key_request,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("print_task_key_refresh"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_TAKE12,
      ngx_http_print_task_key_refresh,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_print_task_loc_conf_t, key_refresh),
      (void *) offsetof(ngx_http_print_task_loc_conf_t, key_min) },

    { ngx_string("print_task_issuer"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_1MORE,
      ngx_http_print_task_str_list_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_print_task_loc_conf_t, issuers),
      NULL },

    { ngx_string("print_task_audience"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_1MORE,
      ngx_http_print_task_str_list_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_print_task_loc_conf_t, audiences),
      NULL },

    { ngx_string("print_task_role"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_1MORE,
      ngx_http_print_task_str_list_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_print_task_loc_conf_t, roles),
      NULL },

    { ngx_string("print_task_tenant"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_1MORE,
      ngx_http_print_task_str_list_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_print_task_loc_conf_t, tenants),
      NULL },

    { ngx_string("print_task_app"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_1MORE,
      ngx_http_print_task_str_list_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_print_task_loc_conf_t, apps),
      NULL },

    { ngx_string("print_task_leeway"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_TAKE1,
      ngx_http_print_task_leeway,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("print_task_revoked_file"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_TAKE1,
      ngx_http_print_task_revoked_file,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("print_task_client_certificate"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_TAKE12,
      ngx_http_print_task_client_certificate,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("print_task_token_zone"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_print_task_token_zone,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("print_task_require"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_1MORE,
      ngx_http_print_task_require,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("print_task_admin"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_1MORE,
      ngx_http_print_task_admin,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("print_task_transition"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_2MORE,
      ngx_http_print_task_transition,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("print_task_fresh"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_TAKE1,
      ngx_http_print_task_max_age,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("print_task_body_max"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_TAKE1,
      ngx_http_print_task_body_max,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("print_task_store"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_TAKE12,
      ngx_http_print_task_store,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("print_task_redis"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_1MORE,
      ngx_http_print_task_redis,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("print_task_redis_timeout"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_TAKE12,
      ngx_http_print_task_msec_pair_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_print_task_loc_conf_t, connect_timeout),
      (void *) offsetof(ngx_http_print_task_loc_conf_t, command_timeout) },

    { ngx_string("print_task_queue"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_TAKE1,
      ngx_http_print_task_number_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_print_task_loc_conf_t, queue),
      &ngx_http_print_task_queues },

    { ngx_string("print_task_key"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_TAKE1,
      ngx_http_print_task_key,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_print_task_loc_conf_t, key),
      NULL },

    { ngx_string("print_task_realm"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_TAKE1,
      ngx_http_print_task_realm,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("print_task_cache_valid"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_TAKE12,
      ngx_http_print_task_msec_pair_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_print_task_loc_conf_t, active_valid),
      (void *) offsetof(ngx_http_print_task_loc_conf_t, final_valid) },

    { ngx_string("print_task_lease"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_TAKE12,
      ngx_http_print_task_msec_pair_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_print_task_loc_conf_t, lease),
      (void *) offsetof(ngx_http_print_task_loc_conf_t, lease_wait) },

    { ngx_string("print_task_store_down"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_TAKE1,
      ngx_http_print_task_enum_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_print_task_loc_conf_t, store_down),
      &ngx_http_print_task_store_downs },

    { ngx_string("print_task_events"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_TAKE123,
      ngx_http_print_task_events,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("print_task_overdue"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_TAKE1,
      ngx_http_print_task_overdue,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("print_task_log_level"),
      NGX_HTTP_PRINT_TASK_CONF|NGX_CONF_TAKE1,
      ngx_http_print_task_enum_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_print_task_loc_conf_t, log_level),
      &ngx_http_print_task_log_levels },

    { ngx_string("print_task_health"),
      NGX_HTTP_LOC_CONF|NGX_CONF_TAKE1,
      ngx_http_print_task_health,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_print_task_loc_conf_t, health),
      &ngx_http_print_task_healths },

    { ngx_string("print_task_log_rate"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      ngx_http_print_task_number_slot,
      NGX_HTTP_MAIN_CONF_OFFSET,
      offsetof(ngx_http_print_task_main_conf_t, log_rate),
      &ngx_http_print_task_log_rates },

    { ngx_string("print_task_status"),
      NGX_HTTP_LOC_CONF|NGX_CONF_NOARGS|NGX_CONF_TAKE1,
      ngx_http_print_task_status,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("print_task_status_actions"),
      NGX_HTTP_LOC_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_print_task_loc_conf_t, status_actions),
      NULL },

      ngx_null_command
};


static char *
ngx_http_print_task_key_refresh(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_print_task_loc_conf_t *ptlcf = conf;

    char       *rv;
    ngx_str_t  *value;

    rv = ngx_http_print_task_msec_pair_slot(cf, cmd, conf);

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    if (ptlcf->key_min != NGX_CONF_UNSET_MSEC
        && ptlcf->key_min > ptlcf->key_refresh)
    {
        value = cf->args->elts;

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the second time of \"%V\", \"%V\", must not be "
                           "longer than the first one, \"%V\"",
                           &cmd->name, &value[2], &value[1]);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* The limit is low: a large leeway would accept stolen tokens for longer. */

static char *
ngx_http_print_task_leeway(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_print_task_loc_conf_t *ptlcf = conf;

    ngx_str_t  *value;

    if (ptlcf->leeway != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    value = cf->args->elts;

    ptlcf->leeway = ngx_parse_time(&value[1], 1);

    if (ptlcf->leeway == (time_t) NGX_ERROR
        || ptlcf->leeway > PT_TOKEN_LEEWAY_MAX)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid leeway \"%V\", it must be from 0 to %ds "
                           "in \"%V\"", &value[1], PT_TOKEN_LEEWAY_MAX,
                           &cmd->name);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/*
 * Only collects the rows.  They are compiled at the merge, because a level
 * below may replace single rows.
 */

static char *
ngx_http_print_task_transition(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_print_task_loc_conf_t *ptlcf = conf;

    ngx_str_t   *value;
    pt_state_e   from, to;
    ngx_uint_t   i;

    if (ptlcf->next == NGX_CONF_UNSET_PTR) {
        ptlcf->next = ngx_palloc(cf->pool, PT_STATES * sizeof(ngx_uint_t));
        if (ptlcf->next == NULL) {
            return NGX_CONF_ERROR;
        }

        for (i = 0; i < PT_STATES; i++) {
            ptlcf->next[i] = NGX_CONF_UNSET_UINT;
        }
    }

    value = cf->args->elts;

    from = ngx_http_print_task_state(cf, &value[1]);

    if (from == PT_UNKNOWN) {
        return NGX_CONF_ERROR;
    }

    if (ptlcf->next[from] != NGX_CONF_UNSET_UINT) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "duplicate transition from \"%V\" in \"%V\"",
                           &value[1], &cmd->name);
        return NGX_CONF_ERROR;
    }

    ptlcf->next[from] = 0;

    for (i = 2; i < cf->args->nelts; i++) {
        to = ngx_http_print_task_state(cf, &value[i]);

        if (to == PT_UNKNOWN) {
            return NGX_CONF_ERROR;
        }

        if (to == from || (ptlcf->next[from] & pt_state_bit(to))) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid transition from \"%V\" to \"%V\" in "
                               "\"%V\", it must be to another state, once",
                               &value[1], &value[i], &cmd->name);
            return NGX_CONF_ERROR;
        }

        ptlcf->next[from] |= pt_state_bit(to);
    }

    return NGX_CONF_OK;
}


static pt_state_e
ngx_http_print_task_state(ngx_conf_t *cf, ngx_str_t *name)
{
    u_char           *p;
    ngx_uint_t        i;
    const ngx_str_t  *state;
    u_char            words[128];

    for (i = 0; i < PT_STATES; i++) {
        state = &pt_state_names[i];

        if (state->len == name->len
            && ngx_strncmp(state->data, name->data, name->len) == 0)
        {
            return i;
        }
    }

    p = words;

    for (i = 0; i < PT_STATES; i++) {
        p = ngx_slprintf(p, words + sizeof(words), "%s\"%V\"",
                         i == 0 ? "" : i == PT_STATES - 1 ? " or " : ", ",
                         &pt_state_names[i]);
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid state \"%V\" in \"print_task_transition\", it "
                       "must be %*s", name, (size_t) (p - words), words);

    return PT_UNKNOWN;
}


static char *
ngx_http_print_task_max_age(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_print_task_loc_conf_t *ptlcf = conf;

    ngx_str_t  *value;

    if (ptlcf->max_age != NGX_CONF_UNSET_MSEC) {
        return "is duplicate";
    }

    value = cf->args->elts;

    ptlcf->max_age = ngx_http_print_task_parse_time(&value[1]);

    if (ptlcf->max_age == (ngx_msec_t) NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid time \"%V\" in \"%V\", it must be from 0 "
                           "to 3650d", &value[1], &cmd->name);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_print_task_body_max(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_print_task_loc_conf_t *ptlcf = conf;

    ssize_t     size;
    ngx_str_t  *value;

    if (ptlcf->body_max != NGX_CONF_UNSET_SIZE) {
        return "is duplicate";
    }

    value = cf->args->elts;

    size = ngx_parse_size(&value[1]);

    if (size < NGX_HTTP_PRINT_TASK_BODY_MAX_LEAST
        || size > NGX_HTTP_PRINT_TASK_BODY_MAX_MOST)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid size \"%V\", it must be from %d to %d "
                           "in \"%V\"", &value[1],
                           NGX_HTTP_PRINT_TASK_BODY_MAX_LEAST,
                           NGX_HTTP_PRINT_TASK_BODY_MAX_MOST, &cmd->name);
        return NGX_CONF_ERROR;
    }

    ptlcf->body_max = (size_t) size;

    return NGX_CONF_OK;
}


static char *
ngx_http_print_task_health(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char                      *rv;
    ngx_http_core_loc_conf_t  *clcf;

    rv = ngx_http_print_task_enum_slot(cf, cmd, conf);

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    clcf->handler = ngx_http_print_task_health_handler;

    return NGX_CONF_OK;
}


/* without a variable, all tasks would have the same key */

static char *
ngx_http_print_task_key(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_print_task_loc_conf_t *ptlcf = conf;

    char       *rv;
    ngx_str_t  *value;

    rv = ngx_http_set_complex_value_slot(cf, cmd, conf);

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    if (ptlcf->key->lengths == NULL) {
        value = cf->args->elts;

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "no variable in \"print_task_key\" \"%V\"",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* one part of a key; "" removes the realm of the level above */

static char *
ngx_http_print_task_realm(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_print_task_loc_conf_t *ptlcf = conf;

    ngx_str_t  *value;

    if (ptlcf->realm.data != NULL) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (value[1].len && !pt_str_list_is_plain(&value[1], PT_REALM_MAX)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid realm \"%V\" in \"%V\", it must be "
                           "1-%d of \"A-Za-z0-9._~-\", or \"\" for none",
                           &value[1], &cmd->name, PT_REALM_MAX);
        return NGX_CONF_ERROR;
    }

    ptlcf->realm = value[1];

    return NGX_CONF_OK;
}


static char *
ngx_http_print_task_events(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_print_task_loc_conf_t *ptlcf = conf;

    ngx_str_t   *value;
    ngx_uint_t   i;

    if (ptlcf->events_keep != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0 && cf->args->nelts == 2) {
        ptlcf->events_keep = 0;
        return NGX_CONF_OK;
    }

    if (ngx_strcmp(value[1].data, "on") != 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid value \"%V\" in \"%V\", it must be "
                           "\"off\" or \"on [keep=number] "
                           "[listeners=number]\"",
                           &value[cf->args->nelts - 1], &cmd->name);
        return NGX_CONF_ERROR;
    }

    ptlcf->events_listeners = NGX_CONF_UNSET_UINT;

    for (i = 2; i < cf->args->nelts; i++) {

        if (ngx_http_print_task_events_number(&value[i], "keep=",
                                              &ptlcf->events_keep)
            != NGX_OK
            && ngx_http_print_task_events_number(&value[i], "listeners=",
                                                 &ptlcf->events_listeners)
               != NGX_OK)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\" in \"%V\", it must "
                               "be \"keep=number\" or \"listeners=number\", "
                               "each once and from 1 to %d",
                               &value[i], &cmd->name,
                               NGX_HTTP_PRINT_TASK_EVENTS_MOST);
            return NGX_CONF_ERROR;
        }
    }

    ngx_conf_init_uint_value(ptlcf->events_keep,
                             NGX_HTTP_PRINT_TASK_EVENTS_KEEP);
    ngx_conf_init_uint_value(ptlcf->events_listeners,
                             NGX_HTTP_PRINT_TASK_EVENTS_LISTENERS);

    return NGX_CONF_OK;
}


/* NGX_DECLINED: it is another parameter, is there already, or is wrong */

static ngx_int_t
ngx_http_print_task_events_number(const ngx_str_t *value, const char *name,
    ngx_uint_t *number)
{
    size_t     len;
    ngx_int_t  n;

    len = ngx_strlen(name);

    if (ngx_strncmp(value->data, name, len) != 0
        || *number != NGX_CONF_UNSET_UINT)
    {
        return NGX_DECLINED;
    }

    n = ngx_atoi(value->data + len, value->len - len);

    if (n < 1 || n > NGX_HTTP_PRINT_TASK_EVENTS_MOST) {
        return NGX_DECLINED;
    }

    *number = n;

    return NGX_OK;
}


static char *
ngx_http_print_task_overdue(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_print_task_loc_conf_t *ptlcf = conf;

    ngx_str_t   *value;
    ngx_msec_t   time;

    if (ptlcf->overdue != NGX_CONF_UNSET_MSEC) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        ptlcf->overdue = 0;
        return NGX_CONF_OK;
    }

    time = ngx_http_print_task_parse_time(&value[1]);

    if (time == (ngx_msec_t) NGX_ERROR || time < 1000) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid time \"%V\" in \"%V\", it must be from "
                           "1s to 3650d, or \"off\"", &value[1], &cmd->name);
        return NGX_CONF_ERROR;
    }

    ptlcf->overdue = time;

    return NGX_CONF_OK;
}
