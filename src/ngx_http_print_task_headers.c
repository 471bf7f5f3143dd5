
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* lists of header fields, of requests and of responses */


#include "ngx_http_print_task_module.h"


static ngx_table_elt_t *ngx_http_print_task_any_header(
    const ngx_list_part_t **part, ngx_uint_t *i);
static ngx_uint_t ngx_http_print_task_header_is(const ngx_table_elt_t *h,
    const ngx_str_t *name);


ngx_table_elt_t *
ngx_http_print_task_find_header(const ngx_list_t *headers,
    const ngx_str_t *name)
{
    ngx_uint_t              i;
    const ngx_list_part_t  *part;

    i = 0;
    part = &headers->part;

    return ngx_http_print_task_next_header(&part, &i, name);
}


ngx_table_elt_t *
ngx_http_print_task_next_header(const ngx_list_part_t **part, ngx_uint_t *i,
    const ngx_str_t *name)
{
    ngx_table_elt_t  *h;

    while ((h = ngx_http_print_task_any_header(part, i)) != NULL) {
        if (ngx_http_print_task_header_is(h, name)) {
            return h;
        }
    }

    return NULL;
}


ngx_uint_t
ngx_http_print_task_find_header_any(const ngx_list_t *headers,
    const ngx_str_t *name)
{
    size_t                  i;
    ngx_uint_t              n;
    ngx_table_elt_t        *h;
    const ngx_list_part_t  *part;

    n = 0;
    part = &headers->part;

    while ((h = ngx_http_print_task_any_header(&part, &n)) != NULL) {

        if (h->key.len != name->len) {
            continue;
        }

        for (i = 0; i < name->len; i++) {
            if (ngx_tolower(h->key.data[i]) != name->data[i]
                && !(h->key.data[i] == '_' && name->data[i] == '-'))
            {
                break;
            }
        }

        if (i == name->len) {
            return 1;
        }
    }

    return 0;
}


ngx_uint_t
ngx_http_print_task_count_header(const ngx_list_t *headers,
    const ngx_str_t *name)
{
    ngx_uint_t              i, n;
    const ngx_list_part_t  *part;

    i = 0;
    part = &headers->part;

    for (n = 0; ngx_http_print_task_next_header(&part, &i, name); n++) {
        /* void */
    }

    return n;
}


/*
 * The list is made anew, rather than fields taken out of it, since others
 * point to its elements (r->headers_in.host).  It may take the place of the
 * one that is copied.
 */

ngx_int_t
ngx_http_print_task_copy_headers(ngx_http_request_t *r, ngx_list_t *headers,
    const ngx_str_t *except)
{
    ngx_uint_t              i;
    ngx_list_part_t         first;
    const ngx_str_t        *name;
    ngx_table_elt_t        *h, *copy;
    const ngx_list_part_t  *part;

    first = r->headers_in.headers.part;

    if (ngx_list_init(headers, r->pool, 20, sizeof(ngx_table_elt_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    i = 0;
    part = &first;

    while ((h = ngx_http_print_task_any_header(&part, &i)) != NULL) {

        for (name = except; name->len; name++) {
            if (ngx_http_print_task_header_is(h, name)) {
                break;
            }
        }

        if (name->len) {
            continue;
        }

        copy = ngx_list_push(headers);
        if (copy == NULL) {
            return NGX_ERROR;
        }

        *copy = *h;
    }

    return NGX_OK;
}


/*
 * The values of variables that were taken from header fields, $content_... and
 * $http_..., are taken anew.
 */

void
ngx_http_print_task_flush_headers(ngx_http_request_t *r)
{
    ngx_uint_t                  i;
    ngx_http_variable_t        *var;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_get_module_main_conf(r, ngx_http_core_module);

    var = cmcf->variables.elts;

    for (i = 0; i < cmcf->variables.nelts; i++) {

        if ((var[i].name.len > 5
             && ngx_strncmp(var[i].name.data, "http_", 5) == 0)
            || (var[i].name.len > 8
                && ngx_strncmp(var[i].name.data, "content_", 8) == 0))
        {
            r->variables[i].valid = 0;
            r->variables[i].not_found = 0;
        }
    }
}


ngx_table_elt_t *
ngx_http_print_task_add_header(ngx_http_request_t *r, ngx_list_t *headers,
    const char *name, const ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(headers);
    if (h == NULL) {
        return NULL;
    }

    ngx_memzero(h, sizeof(ngx_table_elt_t));

    h->key.len = ngx_strlen(name);
    h->key.data = (u_char *) name;
    h->value = *value;

    h->lowcase_key = ngx_pnalloc(r->pool, h->key.len);
    if (h->lowcase_key == NULL) {
        h->hash = 0;
        return NULL;
    }

    h->hash = ngx_hash_strlow(h->lowcase_key, h->key.data, h->key.len);

    return h;
}


static ngx_table_elt_t *
ngx_http_print_task_any_header(const ngx_list_part_t **part, ngx_uint_t *i)
{
    ngx_table_elt_t  *h;

    for ( ;; ) {

        while (*i >= (*part)->nelts) {

            if ((*part)->next == NULL) {
                return NULL;
            }

            *part = (*part)->next;
            *i = 0;
        }

        h = (*part)->elts;
        h += (*i)++;

        /* a hash of 0 marks a field that is not to be sent */

        if (h->hash) {
            return h;
        }
    }
}


static ngx_uint_t
ngx_http_print_task_header_is(const ngx_table_elt_t *h, const ngx_str_t *name)
{
    return h->key.len == name->len
           && ngx_strncasecmp(h->key.data, name->data, name->len) == 0;
}
