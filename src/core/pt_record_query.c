
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Reads the arguments of print_task_status that name a record. */


#include "pt_record_query.h"

#include "pt_hex.h"
#include "pt_route_id.h"
#include "pt_str_list.h"
#include "pt_token.h"


typedef struct {
    ngx_str_t    name;
    size_t       offset;
} pt_record_arg_t;


static ngx_int_t pt_record_arg(const u_char **p, const u_char *last,
    ngx_str_t *name, ngx_str_t *value);
static ngx_str_t *pt_record_arg_find(pt_record_query_t *query,
    const ngx_str_t *name);
static u_char *pt_record_arg_decode(u_char *dst, ngx_str_t *value);


static const pt_record_arg_t  pt_record_args[] = {
    { ngx_string("tenant"), offsetof(pt_record_query_t, tenant) },
    { ngx_string("definition"), offsetof(pt_record_query_t, definition) },
    { ngx_string("task"), offsetof(pt_record_query_t, task) },
    { ngx_string("key"), offsetof(pt_record_query_t, key) },
    { ngx_string("store"), offsetof(pt_record_query_t, store) },
    { ngx_string("realm"), offsetof(pt_record_query_t, realm) },
    { ngx_null_string, 0 }
};


/* a page may add other arguments, which are ignored */

ngx_uint_t
pt_record_query_is(const ngx_str_t *args)
{
    ngx_str_t           name, value;
    const u_char       *p, *last;
    pt_record_query_t   query;

    p = args->data;
    last = p + args->len;

    while (pt_record_arg(&p, last, &name, &value) == NGX_OK) {
        if (pt_record_arg_find(&query, &name) != NULL) {
            return 1;
        }
    }

    return 0;
}


const char *
pt_record_query_read(const ngx_str_t *args, u_char *buf,
    pt_record_query_t *query)
{
    ngx_str_t      name, value, *arg;
    const u_char  *p, *last;

    ngx_memzero(query, sizeof(pt_record_query_t));

    p = args->data;
    last = p + args->len;

    while (pt_record_arg(&p, last, &name, &value) == NGX_OK) {
        arg = pt_record_arg_find(query, &name);

        if (arg == NULL) {
            return "An argument is not known.";
        }

        if (arg->data != NULL) {
            return "An argument is given twice.";
        }

        buf = pt_record_arg_decode(buf, &value);

        if (buf == NULL) {
            return "An argument is not encoded correctly.";
        }

        *arg = value;
    }

    if (query->key.data != NULL) {

        if (query->key.len == 0
            || query->tenant.data != NULL
            || query->definition.data != NULL
            || query->task.data != NULL
            || query->realm.data != NULL)
        {
            return "\"key\" must not be empty, and names a record alone.";
        }

        return NULL;
    }

    if (!pt_route_id(&query->definition)
        || !pt_route_id(&query->task)
        || (query->tenant.len
            && !pt_str_list_is_plain(&query->tenant, PT_TENANT_MAX)))
    {
        return "\"definition\" and \"task\" must be ids, and \"tenant\" where "
               "tokens have one.";
    }

    return NULL;
}


/* NGX_DONE: no further argument */

static ngx_int_t
pt_record_arg(const u_char **p, const u_char *last, ngx_str_t *name,
    ngx_str_t *value)
{
    const u_char  *start, *end, *equal;

    start = *p;

    while (start < last && *start == '&') {
        start++;
    }

    if (start >= last) {
        return NGX_DONE;
    }

    end = memchr(start, '&', last - start);

    if (end == NULL) {
        end = last;
    }

    equal = memchr(start, '=', end - start);

    if (equal == NULL) {
        equal = end;
    }

    name->data = (u_char *) start;
    name->len = equal - start;

    value->data = (u_char *) (equal < end ? equal + 1 : end);
    value->len = end - value->data;

    *p = end;

    return NGX_OK;
}


static ngx_str_t *
pt_record_arg_find(pt_record_query_t *query, const ngx_str_t *name)
{
    const pt_record_arg_t  *arg;

    for (arg = pt_record_args; arg->name.len; arg++) {

        if (arg->name.len == name->len
            && ngx_memcmp(arg->name.data, name->data, name->len) == 0)
        {
            return (ngx_str_t *) ((u_char *) query + arg->offset);
        }
    }

    return NULL;
}


/* NULL: a broken escape, or a control character */

static u_char *
pt_record_arg_decode(u_char *dst, ngx_str_t *value)
{
    u_char     *p, *last;
    ngx_int_t   ch;

    p = value->data;
    last = p + value->len;

    value->data = dst;

    while (p < last) {
        ch = *p++;

        if (ch == '%') {

            if (last - p < 2) {
                return NULL;
            }

            ch = pt_hex(p, 2);
            p += 2;
        }

        if (ch < ' ' || ch == 0x7f) {
            return NULL;
        }

        *dst++ = (u_char) ch;
    }

    value->len = dst - value->data;

    return dst;
}
