
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Finds the digest of a token by a faster keyed hash. */


#include "pt_digest_cache.h"


/*
 * The place depends on the location too: a token in two locations has two
 * entries.
 */

#define pt_digest_cache_place(entry)                                          \
    (((entry)->hash[0] + (uintptr_t) (entry)->conf / NGX_ALIGNMENT)           \
     % PT_DIGEST_CACHE_ENTRIES)


ngx_int_t
pt_digest_cache_find(const pt_digest_cache_t *cache, const ngx_str_t *token,
    const void *conf, uint64_t keys, pt_digest_cache_entry_t *entry)
{
    const pt_digest_cache_entry_t  *known;

    pt_siphash(cache->seed, token->data, token->len, entry->hash);

    entry->conf = conf;
    entry->keys = keys;
    entry->len = token->len;

    known = &cache->entries[pt_digest_cache_place(entry)];

    if (known->hash[0] != entry->hash[0]
        || known->hash[1] != entry->hash[1]
        || known->len != entry->len
        || known->keys != keys
        || known->conf != conf)
    {
        return NGX_DECLINED;
    }

    ngx_memcpy(entry->digest, known->digest, PT_DIGEST_CACHE_DIGEST);

    return NGX_OK;
}


void
pt_digest_cache_add(pt_digest_cache_t *cache,
    const pt_digest_cache_entry_t *entry)
{
    cache->entries[pt_digest_cache_place(entry)] = *entry;
}
