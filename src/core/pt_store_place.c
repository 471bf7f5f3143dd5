
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Places: what lists and reports need of a task, besides its state.  A table
 * has only hashes of keys, so the name of a definition is here, if at all.
 */


#include "pt_store_blocks.h"


uint64_t
pt_store_definition(const pt_store_t *store, const ngx_str_t *name)
{
    uint64_t  hash[2];

    pt_siphash(store->header->seed, name->data, name->len, hash);

    return hash[0];
}


size_t
pt_store_place_write(u_char *dst, uint64_t definition, const ngx_str_t *id)
{
    u_char  *p;

    p = ngx_cpymem(dst, &definition, PT_STORE_PLACE_HASH);
    p = ngx_cpymem(p, id->data, id->len);

    return p - dst;
}


size_t
pt_store_place_add(u_char *dst, uint64_t since, const ngx_str_t *definition)
{
    u_char  *p;

    p = dst;

    *p++ = '/';
    p = ngx_cpymem(p, &since, PT_STORE_PLACE_SINCE);
    p = ngx_cpymem(p, definition->data, definition->len);

    return p - dst;
}


/* no id contains "/" */

void
pt_store_place_read(const ngx_str_t *text, pt_store_place_t *place)
{
    u_char  *p, *last;

    last = text->data + text->len;

    place->id.data = text->data + PT_STORE_PLACE_HASH;
    place->id.len = text->len - PT_STORE_PLACE_HASH;
    place->since = 0;

    ngx_str_null(&place->definition);

    p = memchr(place->id.data, '/', place->id.len);

    if (p == NULL) {
        return;
    }

    place->id.len = p - place->id.data;
    p++;

    if ((size_t) (last - p) <= PT_STORE_PLACE_SINCE) {
        return;
    }

    ngx_memcpy(&place->since, p, PT_STORE_PLACE_SINCE);

    place->definition.data = p + PT_STORE_PLACE_SINCE;
    place->definition.len = last - place->definition.data;
}
