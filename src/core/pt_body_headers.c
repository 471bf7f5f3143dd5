
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Reads the header fields that describe a body. */


#include "pt_body_headers.h"


static u_char *pt_body_headers_next(u_char *p, u_char *last);
static ngx_int_t pt_body_headers_parameter(u_char **pos, u_char *last,
    ngx_str_t *name, ngx_str_t *value);
static u_char *pt_body_headers_token(u_char *p, u_char *last, ngx_str_t *token);
static u_char *pt_body_headers_quoted(u_char *p, u_char *last,
    ngx_str_t *value);
static u_char *pt_body_headers_space(u_char *p, u_char *last);
static ngx_uint_t pt_body_headers_token_char(u_char ch);
static ngx_uint_t pt_body_headers_equal(const ngx_str_t *s, const char *word);


ngx_uint_t
pt_body_headers_is_json(const ngx_str_t *type)
{
    u_char     *p, *last;
    ngx_str_t   main, sub, name, value;

    /* the spelling of nearly all clients: no parser is needed */

    if (type->len == sizeof("application/json") - 1
        && ngx_memcmp(type->data, "application/json", type->len) == 0)
    {
        return 1;
    }

    p = type->data;
    last = type->data + type->len;

    p = pt_body_headers_token(p, last, &main);

    if (p == last || *p != '/') {
        return 0;
    }

    p = pt_body_headers_token(p + 1, last, &sub);

    if (!pt_body_headers_equal(&main, "application")
        || !pt_body_headers_equal(&sub, "json"))
    {
        return 0;
    }

    for ( ;; ) {
        p = pt_body_headers_space(p, last);

        if (p == last) {
            return 1;
        }

        if (*p != ';') {
            return 0;
        }

        p = pt_body_headers_space(p + 1, last);

        if (p == last || *p == ';') {
            continue;
        }

        if (pt_body_headers_parameter(&p, last, &name, &value) != NGX_OK) {
            return 0;
        }

        if (pt_body_headers_equal(&name, "charset")
            && !pt_body_headers_equal(&value, "utf-8"))
        {
            return 0;
        }
    }
}


ngx_uint_t
pt_body_headers_encoding(const ngx_str_t *encoding)
{
    return pt_body_headers_equal(encoding, "gzip")
           || pt_body_headers_equal(encoding, "identity");
}


/*
 * Only the first "return" counts (RFC 7240, section 2: the first preference of
 * a name).  A preference that cannot be parsed is skipped up to the next comma.
 */

ngx_uint_t
pt_body_headers_minimal(const ngx_str_t *prefer)
{
    u_char     *p, *last;
    ngx_str_t   name, value;

    p = prefer->data;
    last = prefer->data + prefer->len;

    while (p < last) {
        p = pt_body_headers_space(p, last);

        if (pt_body_headers_parameter(&p, last, &name, &value) == NGX_OK
            && pt_body_headers_equal(&name, "return"))
        {
            return pt_body_headers_equal(&value, "minimal");
        }

        p = pt_body_headers_next(p, last);
    }

    return 0;
}


u_char *
pt_body_headers_prefer_sync(u_char *dst, const ngx_str_t *prefer)
{
    u_char     *p, *start, *end, *last, *first;
    ngx_str_t   name;

    p = prefer->data;
    last = prefer->data + prefer->len;
    first = dst;

    while (p < last) {
        start = pt_body_headers_space(p, last);
        end = pt_body_headers_next(start, last);
        p = end;

        (void) pt_body_headers_token(start, last, &name);

        if (pt_body_headers_equal(&name, "respond-async")) {
            continue;
        }

        while (end > start && (end[-1] == ',' || end[-1] == ' ')) {
            end--;
        }

        if (end == start) {
            continue;
        }

        if (dst != first) {
            *dst++ = ',';
        }

        dst = ngx_movemem(dst, start, end - start);
    }

    return dst;
}


/*
 * A comma within quotes does not separate.  A quoted string without an end
 * takes the rest of the field.
 */

static u_char *
pt_body_headers_next(u_char *p, u_char *last)
{
    ngx_str_t  value;

    while (p < last) {

        switch (*p++) {

        case ',':
            return p;

        case '"':
            p = pt_body_headers_quoted(p, last, &value);

            if (p == NULL) {
                return last;
            }
        }
    }

    return last;
}


/* name "=" ( token / quoted-string ) */

static ngx_int_t
pt_body_headers_parameter(u_char **pos, u_char *last, ngx_str_t *name,
    ngx_str_t *value)
{
    u_char  *p;

    p = pt_body_headers_token(*pos, last, name);

    if (name->len == 0 || p == last || *p++ != '=') {
        return NGX_ERROR;
    }

    if (p < last && *p == '"') {

        p = pt_body_headers_quoted(p + 1, last, value);
        if (p == NULL) {
            return NGX_ERROR;
        }

    } else {
        p = pt_body_headers_token(p, last, value);

        if (value->len == 0) {
            return NGX_ERROR;
        }
    }

    *pos = p;

    return NGX_OK;
}


static u_char *
pt_body_headers_token(u_char *p, u_char *last, ngx_str_t *token)
{
    token->data = p;

    while (p < last && pt_body_headers_token_char(*p)) {
        p++;
    }

    token->len = p - token->data;

    return p;
}


/* the value keeps its backslashes: no value that is compared here has one */

static u_char *
pt_body_headers_quoted(u_char *p, u_char *last, ngx_str_t *value)
{
    value->data = p;

    for ( /* void */ ; p < last; p++) {

        if (*p == '"') {
            value->len = p - value->data;
            return p + 1;
        }

        if (*p == '\\' && ++p == last) {
            break;
        }

        if ((*p < ' ' && *p != '\t') || *p == 0x7f) {
            break;
        }
    }

    return NULL;
}


static u_char *
pt_body_headers_space(u_char *p, u_char *last)
{
    while (p < last && (*p == ' ' || *p == '\t')) {
        p++;
    }

    return p;
}


/* "tchar" of RFC 9110, section 5.6.2 */

static ngx_uint_t
pt_body_headers_token_char(u_char ch)
{
    if ((ch >= '0' && ch <= '9') || (ch >= 'A' && ch <= 'Z')
        || (ch >= 'a' && ch <= 'z'))
    {
        return 1;
    }

    switch (ch) {

    case '!': case '#': case '$': case '%': case '&': case '\'': case '*':
    case '+': case '-': case '.': case '^': case '_': case '`': case '|':
    case '~':
        return 1;

    default:
        return 0;
    }
}


/* compares text in any case with a word in lower case */

static ngx_uint_t
pt_body_headers_equal(const ngx_str_t *s, const char *word)
{
    size_t  i;

    for (i = 0; i < s->len; i++) {
        if (word[i] == '\0' || ngx_tolower(s->data[i]) != (u_char) word[i]) {
            return 0;
        }
    }

    return word[i] == '\0';
}
