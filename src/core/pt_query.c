
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Reads the query options of a list of tasks. */


#include "pt_query.h"

#include "pt_hex.h"
#include "pt_json.h"


static ngx_int_t pt_query_option(pt_query_t *query, const ngx_str_t *name,
    const ngx_str_t *value, ngx_uint_t max);
static ngx_int_t pt_query_top(pt_query_t *query, const ngx_str_t *value,
    ngx_uint_t max);
static ngx_int_t pt_query_filter(pt_query_t *query, const ngx_str_t *value);
static ngx_int_t pt_query_overdue(pt_query_t *query, const ngx_str_t *value);
static ngx_int_t pt_query_word(ngx_str_t *text, ngx_str_t *word);
static void pt_query_name(pt_query_t *query, ngx_str_t *name);
static u_char *pt_query_decode(u_char *dst, const u_char *p,
    const u_char *last);


ngx_int_t
pt_query_read(const ngx_str_t *args, u_char *buf, ngx_uint_t max,
    pt_query_t *query)
{
    ngx_str_t      name, value;
    ngx_uint_t     overdue;
    const u_char  *p, *end, *equal, *last;

    ngx_memzero(query, sizeof(pt_query_t));

    overdue = 0;

    query->states = PT_ANY_STATE;

    p = args->data;
    last = p + args->len;

    for ( /* void */ ; p < last; p = end + 1) {

        end = memchr(p, '&', last - p);
        end = end ? end : last;

        equal = memchr(p, '=', end - p);
        equal = equal ? equal : end;

        name.data = buf;
        buf = pt_query_decode(buf, p, equal);
        name.len = buf - name.data;

        value.data = buf;

        if (equal < end) {
            buf = pt_query_decode(buf, equal + 1, end);
        }

        value.len = buf - value.data;

        if (pt_json_is(&name, "overdue")) {

            if (overdue++ == 0
                && pt_query_overdue(query, &value) == NGX_OK)
            {
                continue;
            }

            pt_query_name(query, &name);
            return NGX_DECLINED;
        }

        if (name.len == 0 || name.data[0] != '$') {
            continue;
        }

        if (pt_query_option(query, &name, &value, max) != NGX_OK) {
            pt_query_name(query, &name);
            return NGX_DECLINED;
        }
    }

    return NGX_OK;
}


static ngx_int_t
pt_query_option(pt_query_t *query, const ngx_str_t *name,
    const ngx_str_t *value, ngx_uint_t max)
{
    if (pt_json_is(name, "$top")) {
        return pt_query_top(query, value, max);
    }

    if (pt_json_is(name, "$filter")) {
        return pt_query_filter(query, value);
    }

    if (pt_json_is(name, "$skiptoken")
        && query->skip.data == NULL
        && value->len)
    {
        query->skip = *value;
        return NGX_OK;
    }

    return NGX_DECLINED;
}


static ngx_int_t
pt_query_top(pt_query_t *query, const ngx_str_t *value, ngx_uint_t max)
{
    size_t      i;
    ngx_uint_t  top;

    if (query->top || value->len == 0) {
        return NGX_DECLINED;
    }

    top = 0;

    for (i = 0; i < value->len; i++) {

        if (value->data[i] < '0' || value->data[i] > '9') {
            return NGX_DECLINED;
        }

        top = top * 10 + (value->data[i] - '0');

        if (top > max) {
            return NGX_DECLINED;
        }
    }

    query->top = top;

    return top ? NGX_OK : NGX_DECLINED;
}


/* "status/state eq 'pending'" */

static ngx_int_t
pt_query_filter(pt_query_t *query, const ngx_str_t *value)
{
    ngx_str_t   text, path, operator, literal, rest;
    pt_state_e  state;

    text = *value;

    if (query->states != PT_ANY_STATE
        || pt_query_word(&text, &path) != NGX_OK
        || pt_query_word(&text, &operator) != NGX_OK
        || pt_query_word(&text, &literal) != NGX_OK
        || pt_query_word(&text, &rest) == NGX_OK
        || !pt_json_is(&path, "status/state")
        || !pt_json_is(&operator, "eq")
        || literal.len < 3
        || literal.data[0] != '\''
        || literal.data[literal.len - 1] != '\'')
    {
        return NGX_DECLINED;
    }

    literal.data++;
    literal.len -= 2;

    state = pt_state_by_name(&literal);

    if (state == PT_UNKNOWN) {
        return NGX_DECLINED;
    }

    query->states = pt_state_bit(state);

    return NGX_OK;
}


static ngx_int_t
pt_query_overdue(pt_query_t *query, const ngx_str_t *value)
{
    query->overdue = pt_json_is(value, "true");

    return (query->overdue || pt_json_is(value, "false")) ? NGX_OK
                                                          : NGX_DECLINED;
}


static ngx_int_t
pt_query_word(ngx_str_t *text, ngx_str_t *word)
{
    while (text->len && (*text->data == ' ' || *text->data == '\t')) {
        text->data++;
        text->len--;
    }

    word->data = text->data;

    while (text->len && *text->data != ' ' && *text->data != '\t') {
        text->data++;
        text->len--;
    }

    word->len = text->data - word->data;

    return word->len ? NGX_OK : NGX_DECLINED;
}


static void
pt_query_name(pt_query_t *query, ngx_str_t *name)
{
    size_t  i;

    name->len = ngx_min(name->len, PT_QUERY_OPTION_MAX);

    for (i = 0; i < name->len; i++) {

        if (name->data[i] < ' ' || name->data[i] > '~') {
            name->data[i] = '?';
        }
    }

    query->option = *name;
}


/* a "%" without two digits is kept as it is */

static u_char *
pt_query_decode(u_char *dst, const u_char *p, const u_char *last)
{
    ngx_int_t  code;

    while (p < last) {

        if (*p == '%' && last - p > 2) {
            code = pt_hex(p + 1, 2);

            if (code != NGX_ERROR) {
                *dst++ = (u_char) code;
                p += 3;
                continue;
            }
        }

        *dst++ = (*p == '+') ? ' ' : *p;
        p++;
    }

    return dst;
}
