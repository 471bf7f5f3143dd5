
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The arguments of print_task_redis:
 *
 *     address ... [cluster] [db=n] [user=name] [password_file=file]
 *         [sentinel=name [sentinel_user=name] [sentinel_password_file=file]]
 *         [ping=time]
 *         [ssl [ssl_trusted_certificate=file] [ssl_crl=file] [ssl_name=name]
 *              [ssl_verify=on|off]
 *              [ssl_certificate=file ssl_certificate_key=file]]
 */


#include "redis/conf.h"

#include <ngx_config.h>
#include <ngx_core.h>

#include "store/time.h"
#include "core/pt_str_list.h"


#define NGX_HTTP_PRINT_TASK_REDIS_PORT          6379
#define NGX_HTTP_PRINT_TASK_REDIS_PASSWORD_MAX  1024    /* bytes */
#define NGX_HTTP_PRINT_TASK_REDIS_PING          10000   /* ms */


typedef struct {
    ngx_str_t    name;
    size_t       offset;            /* of an ngx_str_t in the configuration */
    char      *(*check)(ngx_conf_t *cf, ngx_str_t *value);
                                    /* NULL: any value that is not empty */
} ngx_http_print_task_redis_param_t;


static char *ngx_http_print_task_redis_argument(ngx_conf_t *cf,
    ngx_http_print_task_redis_conf_t *conf, ngx_str_t *arg);
static char *ngx_http_print_task_redis_parameter(ngx_conf_t *cf,
    ngx_http_print_task_redis_conf_t *conf,
    ngx_http_print_task_redis_param_t *param, ngx_str_t *arg);
static char *ngx_http_print_task_redis_address(ngx_conf_t *cf,
    ngx_http_print_task_redis_conf_t *conf, ngx_str_t *arg);
static char *ngx_http_print_task_redis_flag(ngx_conf_t *cf, ngx_uint_t *flag,
    ngx_str_t *arg);
static char *ngx_http_print_task_redis_check_conf(ngx_conf_t *cf,
    ngx_http_print_task_redis_conf_t *conf);
static char *ngx_http_print_task_redis_db(ngx_conf_t *cf, ngx_str_t *value);
static char *ngx_http_print_task_redis_user(ngx_conf_t *cf, ngx_str_t *value);
static char *ngx_http_print_task_redis_ping(ngx_conf_t *cf, ngx_str_t *value);
static char *ngx_http_print_task_redis_verify(ngx_conf_t *cf,
    ngx_str_t *value);
static char *ngx_http_print_task_redis_master_name(ngx_conf_t *cf,
    ngx_str_t *value);
static char *ngx_http_print_task_redis_password(ngx_conf_t *cf,
    ngx_str_t *value);
static ssize_t ngx_http_print_task_redis_read_file(ngx_conf_t *cf,
    ngx_str_t *name, u_char *buf, size_t size);
static ngx_uint_t ngx_http_print_task_redis_same_server(
    const ngx_http_print_task_redis_server_t *one,
    const ngx_http_print_task_redis_server_t *other);


static ngx_http_print_task_redis_param_t  ngx_http_print_task_redis_params[] = {

    { ngx_string("db="),
      offsetof(ngx_http_print_task_redis_conf_t, db),
      ngx_http_print_task_redis_db },

    { ngx_string("user="),
      offsetof(ngx_http_print_task_redis_conf_t, user),
      ngx_http_print_task_redis_user },

    { ngx_string("password_file="),
      offsetof(ngx_http_print_task_redis_conf_t, password),
      ngx_http_print_task_redis_password },

    { ngx_string("ping="),
      offsetof(ngx_http_print_task_redis_conf_t, ping_value),
      ngx_http_print_task_redis_ping },

    { ngx_string("ssl_trusted_certificate="),
      offsetof(ngx_http_print_task_redis_conf_t, ssl.trusted),
      NULL },

    { ngx_string("ssl_crl="),
      offsetof(ngx_http_print_task_redis_conf_t, ssl.crl),
      NULL },

    { ngx_string("ssl_certificate="),
      offsetof(ngx_http_print_task_redis_conf_t, ssl.certificate),
      NULL },

    { ngx_string("ssl_certificate_key="),
      offsetof(ngx_http_print_task_redis_conf_t, ssl.key),
      NULL },

    { ngx_string("sentinel="),
      offsetof(ngx_http_print_task_redis_conf_t, sentinel),
      ngx_http_print_task_redis_master_name },

    { ngx_string("sentinel_user="),
      offsetof(ngx_http_print_task_redis_conf_t, sentinel_user),
      ngx_http_print_task_redis_user },

    { ngx_string("sentinel_password_file="),
      offsetof(ngx_http_print_task_redis_conf_t, sentinel_password),
      ngx_http_print_task_redis_password },

    { ngx_string("ssl_name="),
      offsetof(ngx_http_print_task_redis_conf_t, ssl.name),
      NULL },

    { ngx_string("ssl_verify="),
      offsetof(ngx_http_print_task_redis_conf_t, ssl.verify),
      ngx_http_print_task_redis_verify },

    { ngx_null_string, 0, NULL }
};


ngx_http_print_task_redis_conf_t *
ngx_http_print_task_redis_parse(ngx_conf_t *cf, ngx_array_t *args)
{
    ngx_str_t                         *arg;
    ngx_uint_t                         i;
    ngx_http_print_task_redis_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_http_print_task_redis_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    if (ngx_array_init(&conf->servers, cf->pool, 1,
                       sizeof(ngx_http_print_task_redis_server_t))
        != NGX_OK)
    {
        return NULL;
    }

    arg = args->elts;

    for (i = 0; i < args->nelts; i++) {
        if (ngx_http_print_task_redis_argument(cf, conf, &arg[i])
            != NGX_CONF_OK)
        {
            return NULL;
        }
    }

    if (ngx_http_print_task_redis_check_conf(cf, conf) != NGX_CONF_OK) {
        return NULL;
    }

    conf->ping = conf->ping_value.data
                 ? ngx_http_print_task_parse_time(&conf->ping_value)
                 : NGX_HTTP_PRINT_TASK_REDIS_PING;

    conf->ssl.off = (conf->ssl.verify.len == sizeof("off") - 1);

    if (ngx_http_print_task_redis_tls_conf(cf, &conf->ssl, conf->local)
        != NGX_CONF_OK) {
        return NULL;
    }

    return conf;
}


static char *
ngx_http_print_task_redis_check_conf(ngx_conf_t *cf,
    ngx_http_print_task_redis_conf_t *conf)
{
    char  *wrong;

    wrong = (conf->servers.nelts == 0)
            ? "no address"
            : (conf->cluster && conf->sentinel.len)
            ? "\"cluster\" together with \"sentinel\""
            : (conf->servers.nelts > 1 && !conf->cluster
               && conf->sentinel.len == 0)
            ? "several addresses without \"cluster\" or \"sentinel\""
            : (conf->sentinel.len == 0 && (conf->sentinel_user.len
                                           || conf->sentinel_password.len))
            ? "\"sentinel_...\" without \"sentinel\""
            : (conf->sentinel_user.len && conf->sentinel_password.len == 0)
            ? "\"sentinel_user\" without \"sentinel_password_file\""
            : (conf->user.len && conf->password.len == 0)
            ? "\"user\" without \"password_file\""
            : (conf->cluster && conf->db.len)
            ? "\"db\" together with \"cluster\""
            : (conf->cluster && conf->local)
            ? "a unix domain socket together with \"cluster\""
            : NULL;

    if (wrong) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "%s in \"print_task_redis\"", wrong);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_print_task_redis_argument(ngx_conf_t *cf,
    ngx_http_print_task_redis_conf_t *conf, ngx_str_t *arg)
{
    ngx_http_print_task_redis_param_t  *param;

    for (param = ngx_http_print_task_redis_params; param->name.len; param++) {

        if (arg->len >= param->name.len
            && ngx_strncmp(arg->data, param->name.data, param->name.len) == 0)
        {
            return ngx_http_print_task_redis_parameter(cf, conf, param, arg);
        }
    }

    if (ngx_strcmp(arg->data, "cluster") == 0) {
        return ngx_http_print_task_redis_flag(cf, &conf->cluster, arg);
    }

    if (ngx_strcmp(arg->data, "ssl") == 0) {
        return ngx_http_print_task_redis_flag(cf, &conf->ssl.on, arg);
    }

    if (ngx_strlchr(arg->data, arg->data + arg->len, '=')
        && ngx_strncasecmp(arg->data, (u_char *) "unix:", 5) != 0)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid parameter \"%V\" in \"print_task_redis\", "
                           "see docs/directives.md for its parameters", arg);
        return NGX_CONF_ERROR;
    }

    return ngx_http_print_task_redis_address(cf, conf, arg);
}


static char *
ngx_http_print_task_redis_parameter(ngx_conf_t *cf,
    ngx_http_print_task_redis_conf_t *conf,
    ngx_http_print_task_redis_param_t *param, ngx_str_t *arg)
{
    ngx_str_t  *field;

    field = (ngx_str_t *) ((char *) conf + param->offset);

    if (field->data) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "duplicate parameter \"%V\" in \"print_task_redis\"",
                           arg);
        return NGX_CONF_ERROR;
    }

    field->len = arg->len - param->name.len;
    field->data = arg->data + param->name.len;

    if (param->check) {
        return param->check(cf, field);
    }

    if (field->len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid parameter \"%V\" in \"print_task_redis\", "
                           "it needs a value", arg);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_print_task_redis_flag(ngx_conf_t *cf, ngx_uint_t *flag,
    ngx_str_t *arg)
{
    if (*flag) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "duplicate parameter \"%V\" in \"print_task_redis\"",
                           arg);
        return NGX_CONF_ERROR;
    }

    *flag = 1;

    return NGX_CONF_OK;
}


static char *
ngx_http_print_task_redis_address(ngx_conf_t *cf,
    ngx_http_print_task_redis_conf_t *conf, ngx_str_t *arg)
{
    ngx_url_t                            u;
    ngx_http_print_task_redis_server_t  *server;

    ngx_memzero(&u, sizeof(ngx_url_t));

    u.url = *arg;
    u.default_port = NGX_HTTP_PRINT_TASK_REDIS_PORT;

    if (ngx_parse_url(cf->pool, &u) != NGX_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid address \"%V\" in \"print_task_redis\"%s%s",
                           arg, u.err ? ": " : "", u.err ? u.err : "");
        return NGX_CONF_ERROR;
    }

    server = ngx_array_push(&conf->servers);
    if (server == NULL) {
        return NGX_CONF_ERROR;
    }

    server->name = *arg;
    server->port = u.port;
    server->addrs = u.addrs;
    server->naddrs = u.naddrs;

    if (u.family != AF_UNIX) {
        server->host = u.host;

    } else {
        ngx_str_null(&server->host);
        conf->local = 1;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_print_task_redis_db(ngx_conf_t *cf, ngx_str_t *value)
{
    if (ngx_atoi(value->data, value->len) == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid db \"%V\" in \"print_task_redis\", it must "
                           "be a number", value);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_print_task_redis_user(ngx_conf_t *cf, ngx_str_t *value)
{
    if (value->len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid user \"%V\" in \"print_task_redis\", it "
                           "must be a name", value);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_print_task_redis_ping(ngx_conf_t *cf, ngx_str_t *value)
{
    if (ngx_http_print_task_parse_time(value) == (ngx_msec_t) NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid ping \"%V\" in \"print_task_redis\", it "
                           "must be from 0 to 3650d", value);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_print_task_redis_verify(ngx_conf_t *cf, ngx_str_t *value)
{
    if (ngx_strcmp(value->data, "on") != 0
        && ngx_strcmp(value->data, "off") != 0)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid ssl_verify \"%V\" in "
                           "\"print_task_redis\", it must be \"on\" or "
                           "\"off\"", value);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_print_task_redis_master_name(ngx_conf_t *cf, ngx_str_t *value)
{
    if (value->len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid sentinel \"%V\" in \"print_task_redis\", "
                           "it must be the name of a master", value);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* replaces the name of a file by the first line of the file */

static char *
ngx_http_print_task_redis_password(ngx_conf_t *cf, ngx_str_t *value)
{
    u_char     *p, *last;
    ssize_t     n;
    ngx_str_t   name;
    u_char      buf[NGX_HTTP_PRINT_TASK_REDIS_PASSWORD_MAX + 2];

    name = *value;

    if (name.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid password_file \"%V\" in "
                           "\"print_task_redis\", it must be a path", &name);
        return NGX_CONF_ERROR;
    }

    if (ngx_conf_full_name(cf->cycle, &name, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    n = ngx_http_print_task_redis_read_file(cf, &name, buf, sizeof(buf));
    if (n < 0) {
        return NGX_CONF_ERROR;
    }

    last = buf + n;

    for (p = buf; p < last && *p != LF && *p != CR && *p != '\0'; p++) {
        /* void */
    }

    if (p == buf || p - buf > NGX_HTTP_PRINT_TASK_REDIS_PASSWORD_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "%s password in \"%V\"",
                           p == buf ? "no" : "too long", &name);
        return NGX_CONF_ERROR;
    }

    value->len = p - buf;
    value->data = ngx_pnalloc(cf->pool, value->len);
    if (value->data == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memcpy(value->data, buf, value->len);
    ngx_explicit_memzero(buf, sizeof(buf));

    return NGX_CONF_OK;
}


static ssize_t
ngx_http_print_task_redis_read_file(ngx_conf_t *cf, ngx_str_t *name,
    u_char *buf, size_t size)
{
    ssize_t   n;
    ngx_fd_t  fd;

    fd = ngx_open_file(name->data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (fd == NGX_INVALID_FILE) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_open_file_n " \"%V\" failed", name);
        return NGX_ERROR;
    }

    n = ngx_read_fd(fd, buf, size);

    if (n == -1) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno,
                           ngx_read_fd_n " \"%V\" failed", name);
    }

    if (ngx_close_file(fd) == NGX_FILE_ERROR) {
        ngx_conf_log_error(NGX_LOG_ALERT, cf, ngx_errno,
                           ngx_close_file_n " \"%V\" failed", name);
    }

    return n;
}


ngx_uint_t
ngx_http_print_task_redis_same_db(const ngx_http_print_task_redis_conf_t *one,
    const ngx_http_print_task_redis_conf_t *other)
{
    ngx_int_t                            a, b;
    ngx_uint_t                           i, j;
    ngx_http_print_task_redis_server_t  *s, *t;

    a = one->db.len ? ngx_atoi(one->db.data, one->db.len) : 0;
    b = other->db.len ? ngx_atoi(other->db.data, other->db.len) : 0;

    if (a != b || !pt_str_equal(&one->sentinel, &other->sentinel)) {
        return 0;
    }

    s = one->servers.elts;
    t = other->servers.elts;

    for (i = 0; i < one->servers.nelts; i++) {
        for (j = 0; j < other->servers.nelts; j++) {
            if (ngx_http_print_task_redis_same_server(&s[i], &t[j])) {
                return 1;
            }
        }
    }

    return 0;
}


static ngx_uint_t
ngx_http_print_task_redis_same_server(
    const ngx_http_print_task_redis_server_t *one,
    const ngx_http_print_task_redis_server_t *other)
{
    ngx_uint_t  i, j;

    for (i = 0; i < one->naddrs; i++) {
        for (j = 0; j < other->naddrs; j++) {
            if (ngx_cmp_sockaddr(one->addrs[i].sockaddr, one->addrs[i].socklen,
                                 other->addrs[j].sockaddr,
                                 other->addrs[j].socklen, 1)
                == NGX_OK)
            {
                return 1;
            }
        }
    }

    return 0;
}
