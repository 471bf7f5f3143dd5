
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "pt_digest_cache.h"


#if (PT_HAVE_NH)

static uint16_t pt_digest_cache_place(const ngx_str_t *token, const void *conf);


ngx_int_t
pt_digest_cache_find(const pt_digest_cache_t *memo, const ngx_str_t *token,
    const void *conf,
    uint64_t keys, pt_digest_cache_entry_t *entry)
{
    const pt_digest_cache_entry_t  *known;

    pt_nh(memo->key, token, &entry->hash);

    entry->conf = conf;
    entry->keys = keys;
    entry->len = (uint32_t) token->len;
    entry->place = pt_digest_cache_place(token, conf);
    entry->known = 0;

    known = &memo->entries[entry->place];

    if (!known->known
        || !pt_nh_equal(&known->hash, &entry->hash)
        || known->len != entry->len
        || known->keys != keys
        || known->conf != conf)
    {
        return NGX_DECLINED;
    }

    *entry = *known;

    return NGX_OK;
}


/*
 * By the last bytes, which are of the signature: no two tokens have the same,
 * but by accident.  The multiplier is 2^64 divided by the golden ratio.
 */

static uint16_t
pt_digest_cache_place(const ngx_str_t *token, const void *conf)
{
    size_t    len;
    uint64_t  word;

    len = ngx_min(token->len, sizeof(uint64_t));

    word = 0;
    ngx_memcpy(&word, token->data + token->len - len, len);

    word = (word ^ (uintptr_t) conf) * 0x9e3779b97f4a7c15;

    return (word >> 48) % PT_DIGEST_CACHE_ENTRIES;
}


void
pt_digest_cache_add(pt_digest_cache_t *memo,
    const pt_digest_cache_entry_t *entry)
{
    pt_digest_cache_entry_t  *place;

    if (entry->known) {
        return;
    }

    place = &memo->entries[entry->place];

    *place = *entry;
    place->known = 1;
}


#else


ngx_int_t
pt_digest_cache_find(const pt_digest_cache_t *memo, const ngx_str_t *token,
    const void *conf,
    uint64_t keys, pt_digest_cache_entry_t *entry)
{
    return NGX_DECLINED;
}


void
pt_digest_cache_add(pt_digest_cache_t *memo,
    const pt_digest_cache_entry_t *entry)
{
    /* void */
}


#endif
