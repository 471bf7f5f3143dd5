
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Parsers of values, for fields of any type: they name a bad value, and what it
 * may be.
 */


#include "conf/slots.h"

#include "core/pt_str_list.h"
#include "store/time.h"


static ngx_int_t ngx_http_print_task_time(ngx_conf_t *cf, ngx_str_t *value,
    ngx_msec_t *time);


char *
ngx_http_print_task_str_list_slot(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    char  *p = conf;

    ngx_str_t     *value, *name, *names;
    ngx_uint_t     i, j;
    ngx_array_t  **array;

    array = (ngx_array_t **) (p + cmd->offset);

    if (*array == NGX_CONF_UNSET_PTR) {
        *array = ngx_array_create(cf->pool, cf->args->nelts - 1,
                                  sizeof(ngx_str_t));
        if (*array == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        if (value[i].len == 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "empty value in \"%V\"", &cmd->name);
            return NGX_CONF_ERROR;
        }

        names = (*array)->elts;

        for (j = 0; j < (*array)->nelts; j++) {
            if (names[j].len == value[i].len
                && ngx_memcmp(names[j].data, value[i].data, value[i].len)
                   == 0)
            {
                ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                                   "duplicate value \"%V\" in \"%V\"",
                                   &value[i], &cmd->name);
                return NGX_CONF_ERROR;
            }
        }

        name = ngx_array_push(*array);
        if (name == NULL) {
            return NGX_CONF_ERROR;
        }

        *name = value[i];
    }

    return NGX_CONF_OK;
}


/* ngx_conf_set_enum_slot() with a message that lists the choices */

char *
ngx_http_print_task_enum_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char  *p = conf;

    u_char            choices[128], *last;
    ngx_str_t        *value;
    ngx_uint_t        i, *number;
    ngx_conf_enum_t  *e;

    number = (ngx_uint_t *) (p + cmd->offset);

    if (*number != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    value = cf->args->elts;
    e = cmd->post;
    last = choices;

    for (i = 0; e[i].name.len; i++) {

        if (pt_str_equal(&e[i].name, &value[1])) {
            *number = e[i].value;
            return NGX_CONF_OK;
        }

        last = ngx_slprintf(last, choices + sizeof(choices), "%s\"%V\"",
                            (i == 0) ? "" : e[i + 1].name.len ? ", " : " or ",
                            &e[i].name);
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid value \"%V\" in \"%V\", it must be %*s",
                       &value[1], &cmd->name, (size_t) (last - choices),
                       choices);

    return NGX_CONF_ERROR;
}


char *
ngx_http_print_task_number_slot(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char  *p = conf;

    ngx_int_t               n;
    ngx_str_t              *value;
    ngx_uint_t             *number;
    ngx_conf_num_bounds_t  *bounds;

    number = (ngx_uint_t *) (p + cmd->offset);

    if (*number != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    value = cf->args->elts;
    bounds = cmd->post;

    n = ngx_atoi(value[1].data, value[1].len);

    if (n < bounds->low || n > bounds->high) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid number \"%V\", it must be from %i to %i "
                           "in \"%V\"", &value[1], bounds->low,
                           bounds->high, &cmd->name);
        return NGX_CONF_ERROR;
    }

    *number = n;

    return NGX_CONF_OK;
}


char *
ngx_http_print_task_msec_pair_slot(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    char  *p = conf;

    ngx_str_t   *value;
    ngx_msec_t  *first, *second;

    first = (ngx_msec_t *) (p + cmd->offset);
    second = (ngx_msec_t *) (p + (uintptr_t) cmd->post);

    if (*first != NGX_CONF_UNSET_MSEC) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_http_print_task_time(cf, &value[1], first) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (cf->args->nelts == 3
        && ngx_http_print_task_time(cf, &value[2], second) != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_print_task_time(ngx_conf_t *cf, ngx_str_t *value, ngx_msec_t *time)
{
    ngx_str_t  *name;

    *time = ngx_http_print_task_parse_time(value);

    if (*time == (ngx_msec_t) NGX_ERROR || *time == 0) {
        name = cf->args->elts;

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid time \"%V\" in \"%V\", it must be from "
                           "1ms to 3650d", value, name);
        return NGX_ERROR;
    }

    return NGX_OK;
}
