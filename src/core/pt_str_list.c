
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Compares names with lists of the configuration. */


#include "pt_str_list.h"
#include "pt_route.h"


ngx_uint_t
pt_str_equal(const ngx_str_t *a, const ngx_str_t *b)
{
    return a->len == b->len
           && (a->len == 0 || ngx_memcmp(a->data, b->data, a->len) == 0);
}


ngx_uint_t
pt_str_list_has(const pt_str_list_t *names, const ngx_str_t *name)
{
    ngx_uint_t  i;

    for (i = 0; i < names->nelts; i++) {
        if (pt_str_equal(&names->elts[i], name)) {
            return 1;
        }
    }

    return 0;
}


ngx_uint_t
pt_str_list_has_id(const pt_str_list_t *names, const ngx_str_t *id)
{
    u_char      buf[PT_ID_MAX];
    ngx_str_t   name;
    ngx_uint_t  i;

    name.data = buf;

    for (i = 0; i < names->nelts; i++) {

        if (names->elts[i].len > PT_ID_MAX) {
            continue;
        }

        name.len = pt_route_id_key(buf, &names->elts[i]) - buf;

        if (pt_str_equal(&name, id)) {
            return 1;
        }
    }

    return 0;
}


ngx_uint_t
pt_str_list_is_app(const ngx_str_t *name)
{
    u_char  ch;
    size_t  i;

    for (i = 0; i < name->len; i++) {
        ch = name->data[i];

        if (ch < 0x21 || ch > 0x7e || ch == '{' || ch == '}' || ch == '/') {
            return 0;
        }
    }

    return name->len != 0 && name->len <= PT_APP_MAX;
}


ngx_uint_t
pt_str_list_is_plain(const ngx_str_t *name, size_t max)
{
    u_char  c;
    size_t  i;

    if (name->len == 0 || name->len > max) {
        return 0;
    }

    for (i = 0; i < name->len; i++) {
        c = ngx_tolower(name->data[i]);

        if ((c < 'a' || c > 'z') && (c < '0' || c > '9')
            && c != '.' && c != '_' && c != '~' && c != '-')
        {
            return 0;
        }
    }

    return 1;
}
