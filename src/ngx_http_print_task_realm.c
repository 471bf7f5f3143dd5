
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* what keeps the tasks of locations apart that share a store */


#include "ngx_http_print_task_module.h"


char *
ngx_http_print_task_use_key(ngx_conf_t *cf,
    ngx_http_print_task_loc_conf_t *conf)
{
    u_char     *p;
    ngx_str_t  *prefix;

    if (conf->key != NULL) {

        if (conf->realm.len == 0) {
            return NGX_CONF_OK;
        }

        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"print_task_realm\" cannot be used together with "
                           "\"print_task_key\", which has to hold the realm "
                           "itself");
        return NGX_CONF_ERROR;
    }

    prefix = &conf->key_prefix;

    prefix->len = sizeof("print-task:{/") - 1 + conf->realm.len;

    prefix->data = ngx_pnalloc(cf->pool, prefix->len);
    if (prefix->data == NULL) {
        return NGX_CONF_ERROR;
    }

    p = ngx_sprintf(prefix->data, "print-task:{%V", &conf->realm);

    if (conf->realm.len) {
        *p++ = '/';
    }

    prefix->len = p - prefix->data;

    return NGX_CONF_OK;
}
