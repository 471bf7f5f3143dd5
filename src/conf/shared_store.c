
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Keeps the tasks of locations apart that share a store. */


#include "conf/shared_store.h"

#include "core/pt_str_list.h"
#include "core/pt_route.h"
#include "conf/store.h"
#include "http/overdue.h"
#include "token/keys.h"


#define NGX_HTTP_PRINT_TASK_PLACE_LEN  300      /* of a name in an error
                                                   message */


#define NGX_HTTP_PRINT_TASK_KEY_PREFIX  "print-task:{"
#define NGX_HTTP_PRINT_TASK_KEY_SUFFIX                                        \
    "$print_task_tenant_id/$print_task_definition_id}/$print_task_id"


/* a location, or a server if none of its locations handles a request */

typedef struct {
    const ngx_http_print_task_loc_conf_t  *conf;
    const ngx_http_core_loc_conf_t        *core;
    const ngx_http_core_srv_conf_t        *server;
} ngx_http_print_task_place_t;


static void ngx_http_print_task_plain_names(ngx_str_t *text);
static ngx_int_t ngx_http_print_task_add_records(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf,
    const ngx_http_print_task_loc_conf_t *conf);
static char *ngx_http_print_task_check_places(ngx_conf_t *cf,
    const ngx_http_print_task_place_t *one,
    const ngx_http_print_task_place_t *other);
static ngx_uint_t ngx_http_print_task_same_place(
    const ngx_http_print_task_loc_conf_t *one,
    const ngx_http_print_task_loc_conf_t *other);
static char *ngx_http_print_task_other_rules(
    const ngx_http_print_task_loc_conf_t *one,
    const ngx_http_print_task_loc_conf_t *other);
static ngx_uint_t ngx_http_print_task_same_keys(
    const ngx_http_print_task_keys_t *one,
    const ngx_http_print_task_keys_t *other);
static ngx_uint_t ngx_http_print_task_same_names(const pt_str_list_t *one,
    const pt_str_list_t *other);
static ngx_int_t ngx_http_print_task_other_tenants(ngx_conf_t *cf,
    const ngx_http_print_task_loc_conf_t *one,
    const ngx_http_print_task_loc_conf_t *other);
static u_char *ngx_http_print_task_write_place(u_char *p,
    const ngx_http_print_task_place_t *place);


/*
 * The text of the key identifies the records: two locations with the same text
 * and store share them.
 */

char *
ngx_http_print_task_use_key(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *conf)
{
    u_char     *p;
    size_t      len;
    ngx_str_t  *text;

    if (conf->key != NULL && conf->realm.len) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"print_task_realm\" cannot be used together with "
                           "\"print_task_key\", which must contain the realm "
                           "itself");
        return NGX_CONF_ERROR;
    }

    text = &conf->key_text;

    len = (conf->key != NULL)
          ? conf->key->value.len
          : sizeof(NGX_HTTP_PRINT_TASK_KEY_PREFIX "/"
                   NGX_HTTP_PRINT_TASK_KEY_SUFFIX) - 1 + conf->realm.len;

    text->data = ngx_pnalloc(cf->pool, len);
    if (text->data == NULL) {
        return NGX_CONF_ERROR;
    }

    if (conf->key != NULL) {
        p = ngx_cpymem(text->data, conf->key->value.data, len);
        text->len = p - text->data;

        ngx_http_print_task_plain_names(text);

        return NGX_CONF_OK;
    }

    p = ngx_sprintf(text->data, NGX_HTTP_PRINT_TASK_KEY_PREFIX "%V%s",
                    &conf->realm, conf->realm.len ? "/" : "");

    conf->key_prefix.data = text->data;
    conf->key_prefix.len = p - text->data;

    p = ngx_cpymem(p, NGX_HTTP_PRINT_TASK_KEY_SUFFIX,
                   sizeof(NGX_HTTP_PRINT_TASK_KEY_SUFFIX) - 1);

    text->len = p - text->data;

    return NGX_CONF_OK;
}


/* "${name}" equals "$name" */

static void
ngx_http_print_task_plain_names(ngx_str_t *text)
{
    u_char      *p, *dst, *last;
    ngx_uint_t   name;

    name = 0;
    dst = text->data;
    last = text->data + text->len;

    for (p = text->data; p < last; p++) {

        if (*p == '{' && p > text->data && p[-1] == '$') {
            name = 1;
            continue;
        }

        if (*p == '}' && name) {
            name = 0;
            continue;
        }

        *dst++ = *p;
    }

    text->len = dst - text->data;
}


/*
 * Each location is compared with one location of every earlier group.
 * Locations that inherit everything are one group, so the work does not grow
 * with the square of the number of locations.
 */

char *
ngx_http_print_task_check_shared(ngx_conf_t *cf,
    const ngx_http_print_task_loc_conf_t *conf)
{
    ngx_uint_t                        i;
    ngx_http_print_task_place_t      *place, new;
    ngx_http_print_task_main_conf_t  *ptmcf;

    ptmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_print_task_module);

    if (ptmcf->places.elts == NULL
        && ngx_array_init(&ptmcf->places, cf->pool, 4,
                          sizeof(ngx_http_print_task_place_t))
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    new.conf = conf;
    new.core = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    new.server = ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module);

    place = ptmcf->places.elts;

    for (i = 0; i < ptmcf->places.nelts; i++) {

        if (ngx_http_print_task_same_place(place[i].conf, conf)) {
            return NGX_CONF_OK;
        }

        if (ngx_http_print_task_check_places(cf, &place[i], &new)
            != NGX_CONF_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    place = ngx_array_push(&ptmcf->places);
    if (place == NULL) {
        return NGX_CONF_ERROR;
    }

    *place = new;

    return (ngx_http_print_task_add_records(cf, ptmcf, conf) == NGX_OK)
           ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/* Collects the different sets of records, which print_task_status can show. */

static ngx_int_t
ngx_http_print_task_add_records(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf,
    const ngx_http_print_task_loc_conf_t *conf)
{
    ngx_uint_t                              i;
    const ngx_http_print_task_loc_conf_t  **records;

    if (ptmcf->records.elts == NULL
        && ngx_array_init(&ptmcf->records, cf->pool, 4,
                          sizeof(ngx_http_print_task_loc_conf_t *))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    records = ptmcf->records.elts;

    for (i = 0; i < ptmcf->records.nelts; i++) {

        if (pt_str_equal(&records[i]->key_text, &conf->key_text)
            && ngx_http_print_task_same_store(records[i], conf))
        {
            return NGX_OK;
        }
    }

    records = ngx_array_push(&ptmcf->records);
    if (records == NULL) {
        return NGX_ERROR;
    }

    *records = conf;

    return NGX_OK;
}


/*
 * Different rules are allowed if the keys always differ: then no record is
 * shared.
 */

static char *
ngx_http_print_task_check_places(ngx_conf_t *cf,
    const ngx_http_print_task_place_t *one,
    const ngx_http_print_task_place_t *other)
{
    char       *differs;
    u_char     *last;
    ngx_int_t   rc;
    u_char      text[2 * NGX_HTTP_PRINT_TASK_PLACE_LEN];

    if (!pt_str_equal(&one->conf->key_text, &other->conf->key_text)
        || !ngx_http_print_task_same_store(one->conf, other->conf))
    {
        return NGX_CONF_OK;
    }

    differs = ngx_http_print_task_other_rules(one->conf, other->conf);

    if (differs == NULL) {
        return NGX_CONF_OK;
    }

    rc = ngx_http_print_task_other_tenants(cf, one->conf, other->conf);

    if (rc != NGX_DECLINED) {
        return (rc == NGX_OK) ? NGX_CONF_OK : NGX_CONF_ERROR;
    }

    last = ngx_http_print_task_write_place(text, one);
    last = ngx_cpymem(last, " and ", sizeof(" and ") - 1);
    last = ngx_http_print_task_write_place(last, other);

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "%*s have the same records in store \"%V\", but not "
                       "the same %s: set \"print_task_realm name;\" in one of "
                       "them, or another store",
                       (size_t) (last - text), text, &one->conf->store->name,
                       differs);

    return NGX_CONF_ERROR;
}


/*
 * A store has one number of overdue tasks, and marks a task that was reported:
 * all locations must agree which tasks are overdue.
 */

char *
ngx_http_print_task_use_overdue(ngx_conf_t *cf,
    const ngx_http_print_task_loc_conf_t *conf)
{
    ngx_uint_t                        i;
    ngx_http_print_task_overdue_t    *overdue;
    ngx_http_print_task_main_conf_t  *ptmcf;

    if (conf->overdue == 0 || conf->mode != NGX_HTTP_PRINT_TASK_ANSWER) {
        return NGX_CONF_OK;
    }

    if (conf->key != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"print_task_overdue\" cannot be used together "
                           "with \"print_task_key\"");
        return NGX_CONF_ERROR;
    }

    ptmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_print_task_module);

    overdue = ptmcf->overdue.elts;

    for (i = 0; i < ptmcf->overdue.nelts; i++) {

        if (!ngx_http_print_task_same_store(overdue[i].conf, conf)) {
            continue;
        }

        if (overdue[i].conf->overdue == conf->overdue
            && overdue[i].conf->rules.final == conf->rules.final)
        {
            return NGX_CONF_OK;
        }

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "locations with the same store \"%V\" must have "
                           "the same time in \"print_task_overdue\", and the "
                           "same final states", &conf->store->label);
        return NGX_CONF_ERROR;
    }

    overdue = ngx_array_push(&ptmcf->overdue);
    if (overdue == NULL) {
        return NGX_CONF_ERROR;
    }

    overdue->conf = conf;
    overdue->core = ngx_http_conf_get_module_loc_conf(cf,
                                                      ngx_http_core_module);

    return NGX_CONF_OK;
}


/* fast path: most locations inherit everything */

static ngx_uint_t
ngx_http_print_task_same_place(const ngx_http_print_task_loc_conf_t *one,
    const ngx_http_print_task_loc_conf_t *other)
{
    return one->store == other->store
           && one->mode == other->mode
           && one->keys == other->keys
           && one->issuers == other->issuers
           && one->tenants == other->tenants
           && pt_str_equal(&one->key_text, &other->key_text);
}


/*
 * Audiences, roles and applications may differ: they restrict clients, but do
 * not change which answers are trusted.
 */

static char *
ngx_http_print_task_other_rules(const ngx_http_print_task_loc_conf_t *one,
    const ngx_http_print_task_loc_conf_t *other)
{
    if (one->mode != other->mode) {
        return "mode in \"print_task\"";
    }

    if (!ngx_http_print_task_same_keys(one->keys, other->keys)) {
        return "keys in \"print_task_key_file\" or "
               "\"print_task_key_request\"";
    }

    if (!ngx_http_print_task_same_names(&one->token.issuers,
                                        &other->token.issuers))
    {
        return "issuers in \"print_task_issuer\"";
    }

    return NULL;
}


/* many servers may have the same uri */

static ngx_uint_t
ngx_http_print_task_same_keys(const ngx_http_print_task_keys_t *one,
    const ngx_http_print_task_keys_t *other)
{
    return ngx_http_print_task_keys_remote(one)
           == ngx_http_print_task_keys_remote(other)
           && pt_str_equal(&one->name, &other->name);
}


/* in any order; a list has no name twice */

static ngx_uint_t
ngx_http_print_task_same_names(const pt_str_list_t *one,
    const pt_str_list_t *other)
{
    ngx_uint_t  i;

    if (one->nelts != other->nelts) {
        return 0;
    }

    for (i = 0; i < one->nelts; i++) {
        if (!pt_str_list_has(other, &one->elts[i])) {
            return 0;
        }
    }

    return 1;
}


/* NGX_OK: the tenants in the keys keep the records apart */

static ngx_int_t
ngx_http_print_task_other_tenants(ngx_conf_t *cf,
    const ngx_http_print_task_loc_conf_t *one,
    const ngx_http_print_task_loc_conf_t *other)
{
    ngx_str_t             id;
    ngx_uint_t            i;
    const ngx_str_t      *tenant;
    const pt_str_list_t  *tenants;

    tenants = &one->token.tenants;

    if (one->key != NULL
        || other->key != NULL
        || tenants->nelts == 0
        || other->token.tenants.nelts == 0)
    {
        return NGX_DECLINED;
    }

    for (i = 0; i < tenants->nelts; i++) {
        tenant = &tenants->elts[i];

        id.data = ngx_pnalloc(cf->temp_pool, tenant->len);
        if (id.data == NULL) {
            return NGX_ERROR;
        }

        id.len = pt_route_id_key(id.data, tenant) - id.data;

        if (pt_str_list_has_id(&other->token.tenants, &id)) {
            return NGX_DECLINED;
        }
    }

    return NGX_OK;
}


static u_char *
ngx_http_print_task_write_place(u_char *p,
    const ngx_http_print_task_place_t *place)
{
    u_char  *last;

    last = p + NGX_HTTP_PRINT_TASK_PLACE_LEN - sizeof(" and ");

    if (place->core->name.len) {
        p = ngx_slprintf(p, last, "location \"%V\" of ", &place->core->name);
    }

    return ngx_slprintf(p, last, "the server in %s:%ui",
                        place->server->file_name, place->server->line);
}
