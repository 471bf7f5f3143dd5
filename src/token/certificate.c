
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The client's certificate, from the variable that the configuration names.
 * The server that terminates TLS, nginx or a proxy in front of it, has verified
 * that the client has the private key.
 */


#include "token/certificate.h"


char *
ngx_http_print_task_client_certificate(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_print_task_loc_conf_t *ptlcf = conf;

    ngx_str_t  *value, name;

    if (ptlcf->certificate != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    value = cf->args->elts;
    name = value[1];

    if (name.len < 2 || name.data[0] != '$') {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid variable \"%V\" in \"%V\", it must be "
                           "\"$name\"", &name, &cmd->name);
        return NGX_CONF_ERROR;
    }

    name.data++;
    name.len--;

    ptlcf->bound = 0;

    if (cf->args->nelts == 3) {

        if (ngx_strcmp(value[2].data, "require") != 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid parameter \"%V\" in \"%V\", it must "
                               "be \"require\"", &value[2], &cmd->name);
            return NGX_CONF_ERROR;
        }

        ptlcf->bound = 1;
    }

    ptlcf->certificate = ngx_http_get_variable_index(cf, &name);

    return (ptlcf->certificate == NGX_ERROR) ? NGX_CONF_ERROR : NGX_CONF_OK;
}


ngx_int_t
ngx_http_print_task_certificate(ngx_http_request_t *r,
    const ngx_http_print_task_loc_conf_t *conf, u_char *digest)
{
    ngx_str_t                   value;
    ngx_http_variable_value_t  *v;

    if (conf->certificate == NGX_CONF_UNSET) {
        return NGX_DECLINED;
    }

    v = ngx_http_get_indexed_variable(r, conf->certificate);

    if (v == NULL || v->not_found || v->len == 0) {
        return NGX_DECLINED;
    }

    value.data = v->data;
    value.len = v->len;

    return pt_certificate_digest(&value, digest);
}
