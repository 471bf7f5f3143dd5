
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Lists of header fields, of requests and of responses.  "_" in a name counts
 * as "-", because some back ends read it so.
 */


#include "http/headers.h"


static uint32_t ngx_http_print_task_lengths(const ngx_str_t *names);
static ngx_uint_t ngx_http_print_task_header_listed(const ngx_str_t *field,
    const ngx_str_t *names);
static ngx_uint_t ngx_http_print_task_header_same(const u_char *field,
    const u_char *name, size_t len);


/* the number of fields that may be added to a copied list */

#define NGX_HTTP_PRINT_TASK_HEADERS_ADDED  2


/* a bit for each length of a name in a list: most fields need no comparison */

#define ngx_http_print_task_length(len)  ((uint32_t) 1 << ((len) & 0x1f))


#define ngx_http_print_task_header_is(field, name)                            \
    ((field)->len == (name)->len                                              \
     && ngx_http_print_task_header_same((field)->data, (name)->data,          \
                                        (name)->len))


ngx_table_elt_t *
ngx_http_print_task_find_header(const ngx_list_t *headers,
    const ngx_str_t *name)
{
    ngx_uint_t              i;
    ngx_table_elt_t        *h;
    const ngx_list_part_t  *part;

    i = 0;
    part = &headers->part;

    /* nginx marks a field that is not sent with a hash of 0 */

    do {
        h = ngx_http_print_task_next_header(&part, &i, name);
    } while (h != NULL && h->hash == 0);

    return h;
}


ngx_table_elt_t *
ngx_http_print_task_next_header(const ngx_list_part_t **part, ngx_uint_t *i,
    const ngx_str_t *name)
{
    ngx_uint_t        n;
    ngx_table_elt_t  *h;

    for ( ;; ) {
        h = (*part)->elts;

        for (n = *i; n < (*part)->nelts; n++) {
            if (ngx_http_print_task_header_is(&h[n].key, name)) {
                *i = n + 1;
                return &h[n];
            }
        }

        if ((*part)->next == NULL) {
            *i = n;
            return NULL;
        }

        *part = (*part)->next;
        *i = 0;
    }
}


ngx_uint_t
ngx_http_print_task_has_header(const ngx_list_t *headers,
    const ngx_str_t *names)
{
    uint32_t                lengths;
    ngx_uint_t              i;
    ngx_table_elt_t        *h;
    const ngx_list_part_t  *part;

    lengths = ngx_http_print_task_lengths(names);

    for (part = &headers->part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if ((lengths & ngx_http_print_task_length(h[i].key.len))
                && ngx_http_print_task_header_listed(&h[i].key, names))
            {
                return 1;
            }
        }
    }

    return 0;
}


ngx_uint_t
ngx_http_print_task_count_header(const ngx_list_t *headers,
    const ngx_str_t *name)
{
    ngx_uint_t              i, n;
    ngx_table_elt_t        *h;
    const ngx_list_part_t  *part;

    n = 0;

    for (part = &headers->part; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            n += (ngx_http_print_task_header_is(&h[i].key, name) != 0);
        }
    }

    return n;
}


/*
 * Creates a new list instead of removing fields, because other modules have
 * pointers to elements (r->headers_in.host).  The new list replaces the old one
 * only when complete: a request that runs out of memory is still logged and
 * gets an error page.
 */

ngx_int_t
ngx_http_print_task_copy_headers(ngx_http_request_t *r, ngx_list_t *headers,
    const ngx_str_t *except)
{
    uint32_t                lengths;
    ngx_list_t              list;
    ngx_uint_t              i;
    ngx_table_elt_t        *h, *copy;
    const ngx_list_part_t  *part;

    part = &r->headers_in.headers.part;

    if (ngx_list_init(&list, r->pool,
                      part->nelts + NGX_HTTP_PRINT_TASK_HEADERS_ADDED,
                      sizeof(ngx_table_elt_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    lengths = ngx_http_print_task_lengths(except);

    for ( /* void */ ; part; part = part->next) {
        h = part->elts;

        for (i = 0; i < part->nelts; i++) {
            if ((lengths & ngx_http_print_task_length(h[i].key.len))
                && ngx_http_print_task_header_listed(&h[i].key, except))
            {
                continue;
            }

            copy = ngx_list_push(&list);
            if (copy == NULL) {
                return NGX_ERROR;
            }

            *copy = h[i];
        }
    }

    ngx_http_print_task_move_headers(headers, &list);

    return NGX_OK;
}


void
ngx_http_print_task_move_headers(ngx_list_t *to, const ngx_list_t *from)
{
    *to = *from;

    if (from->last == &from->part) {
        to->last = &to->part;
    }
}


void
ngx_http_print_task_flush_headers(ngx_http_request_t *r,
    const ngx_str_t *names)
{
    uint32_t                    lengths;
    ngx_str_t                   name;
    ngx_uint_t                  i;
    ngx_http_variable_t        *var;
    ngx_http_variable_value_t  *v;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_core_module);

    var = cmcf->variables.elts;
    lengths = ngx_http_print_task_lengths(names);

    for (i = 0; i < cmcf->variables.nelts; i++) {
        v = &r->variables[i];

        if (!v->valid && !v->not_found) {
            continue;
        }

        name = var[i].name;

        /* $content_type and $content_length have no prefix "http_" */

        if (name.len > sizeof("http_") - 1
            && ngx_memcmp(name.data, "http_", sizeof("http_") - 1) == 0)
        {
            name.data += sizeof("http_") - 1;
            name.len -= sizeof("http_") - 1;
        }

        if ((lengths & ngx_http_print_task_length(name.len))
            && ngx_http_print_task_header_listed(&name, names))
        {
            v->valid = 0;
            v->not_found = 0;
        }
    }
}


ngx_table_elt_t *
ngx_http_print_task_add_header(ngx_list_t *headers, const char *name,
    const ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(headers);
    if (h == NULL) {
        return NULL;
    }

    ngx_memzero(h, sizeof(ngx_table_elt_t));

    /* in a response the hash only says that the field is sent */
    h->hash = 1;

    h->key.len = ngx_strlen(name);
    h->key.data = (u_char *) name;
    h->value = *value;

    return h;
}


ngx_table_elt_t *
ngx_http_print_task_set_header(ngx_list_t *headers, const char *name,
    const ngx_str_t *value)
{
    ngx_str_t         key;
    ngx_table_elt_t  *h;

    key.data = (u_char *) name;
    key.len = ngx_strlen(name);

    h = ngx_http_print_task_find_header(headers, &key);

    if (h != NULL) {
        h->value = *value;
        return h;
    }

    return ngx_http_print_task_add_header(headers, name, value);
}


ngx_table_elt_t *
ngx_http_print_task_add_request_header(ngx_http_request_t *r,
    const char *name, const ngx_str_t *lowcase, const ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    h = ngx_http_print_task_add_header(&r->headers_in.headers, name, value);
    if (h == NULL) {
        return NULL;
    }

    h->lowcase_key = lowcase->data;
    h->hash = ngx_hash_key(lowcase->data, lowcase->len);

    return h;
}


static uint32_t
ngx_http_print_task_lengths(const ngx_str_t *names)
{
    uint32_t  lengths;

    lengths = 0;

    for ( /* void */ ; names->len; names++) {
        lengths |= ngx_http_print_task_length(names->len);
    }

    return lengths;
}


static ngx_uint_t
ngx_http_print_task_header_listed(const ngx_str_t *field,
    const ngx_str_t *names)
{
    for ( /* void */ ; names->len; names++) {
        if (ngx_http_print_task_header_is(field, names)) {
            return 1;
        }
    }

    return 0;
}


static ngx_uint_t
ngx_http_print_task_header_same(const u_char *field, const u_char *name,
    size_t len)
{
    u_char  ch;
    size_t  i;

    for (i = 0; i < len; i++) {
        ch = field[i];

        if (ch == name[i]) {
            continue;
        }

        ch = (ch == '_') ? '-' : ngx_tolower(ch);

        if (ch != ngx_tolower(name[i])) {
            return 0;
        }
    }

    return 1;
}
