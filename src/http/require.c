
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * print_task_require: further conditions for requests with an accepted token.
 */


#include "http/require.h"

#include "token/early.h"


typedef struct {
    ngx_int_t    index;                 /* of the variable */
    pt_reason_e  reason;                /* used if the value is empty or "0" */
} ngx_http_print_task_require_t;


static ngx_int_t ngx_http_print_task_require_variable(ngx_conf_t *cf,
    ngx_array_t *requires, ngx_str_t *value, pt_reason_e reason);


char *
ngx_http_print_task_require(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_print_task_loc_conf_t *ptlcf = conf;

    ngx_str_t    *value, *last;
    ngx_uint_t    i, n;
    pt_reason_e   reason;

    value = cf->args->elts;
    n = cf->args->nelts;
    last = &value[n - 1];

    reason = PT_REQUIRE_FAILED;

    if (ngx_strncmp(last->data, "error=", sizeof("error=") - 1) == 0) {

        if (ngx_strcmp(last->data, "error=404") == 0) {
            reason = PT_REQUIRE_NOT_FOUND;

        } else if (ngx_strcmp(last->data, "error=403") != 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\", it must be "
                               "\"error=403\" or \"error=404\"", last);
            return NGX_CONF_ERROR;
        }

        n--;

        if (n == 1) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "no variable before \"%V\"", last);
            return NGX_CONF_ERROR;
        }
    }

    if (ptlcf->requires == NGX_CONF_UNSET_PTR) {
        ptlcf->requires = ngx_array_create(cf->pool, n - 1,
                                       sizeof(ngx_http_print_task_require_t));
        if (ptlcf->requires == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    for (i = 1; i < n; i++) {
        if (ngx_http_print_task_require_variable(cf, ptlcf->requires,
                                                 &value[i], reason)
            != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_print_task_require_variable(ngx_conf_t *cf, ngx_array_t *requires,
    ngx_str_t *value, pt_reason_e reason)
{
    ngx_str_t                       name;
    ngx_http_print_task_require_t  *require;

    if (value->len < 2 || value->data[0] != '$') {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid variable \"%V\", it must be \"$name\"",
                           value);
        return NGX_ERROR;
    }

    name.data = value->data + 1;
    name.len = value->len - 1;

    require = ngx_array_push(requires);
    if (require == NULL) {
        return NGX_ERROR;
    }

    require->reason = reason;
    require->index = ngx_http_get_variable_index(cf, &name);

    return (require->index == NGX_ERROR) ? NGX_ERROR : NGX_OK;
}


pt_reason_e
ngx_http_print_task_check_require(ngx_http_request_t *r,
    const ngx_http_print_task_loc_conf_t *conf)
{
    ngx_uint_t                            i;
    ngx_http_variable_value_t            *v;
    const ngx_http_print_task_require_t  *require;

    if (conf->requires == NULL) {
        return PT_OK;
    }

    if (ngx_http_print_task_token_set_early(r)) {
        return PT_KEYS_UNAVAILABLE;
    }

    require = conf->requires->elts;

    for (i = 0; i < conf->requires->nelts; i++) {

        v = ngx_http_get_flushed_variable(r, require[i].index);

        if (v == NULL || v->not_found || v->len == 0
            || (v->len == 1 && v->data[0] == '0'))
        {
            return require[i].reason;
        }
    }

    return PT_OK;
}
