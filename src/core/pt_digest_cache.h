
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Digests of accepted tokens, found by a faster hash of the token.  The cache
 * keeps no token.
 * The hash is SipHash of 128 bits with a random seed that never leaves the
 * worker.  Nobody can construct a token with the hash of another one: each
 * attempt succeeds with probability 2^-128.  The length of the token and the
 * other inputs of the digest are compared directly.
 */


#ifndef _PT_DIGEST_CACHE_H_INCLUDED_
#define _PT_DIGEST_CACHE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_siphash.h"


#define PT_DIGEST_CACHE_DIGEST   32             /* bytes */
#define PT_DIGEST_CACHE_ENTRIES  1024           /* a power of 2 */


typedef struct {
    uint64_t           hash[2];         /* of the token */
    const void        *conf;            /* the other inputs of the digest */
    uint64_t           keys;
    size_t             len;             /* of the token; 0: a free entry */
    u_char             digest[PT_DIGEST_CACHE_DIGEST];
} pt_digest_cache_entry_t;


/* zeroes, except for the seed: 72k */

typedef struct {
    u_char                   seed[PT_SIPHASH_SEED_LEN];
    pt_digest_cache_entry_t  entries[PT_DIGEST_CACHE_ENTRIES];
} pt_digest_cache_t;


/*
 * Fills in the entry of a token.  The token must not be empty.  NGX_OK: the
 * entry has the digest.  NGX_DECLINED: the cache does not have the digest; the
 * caller may compute it and add the entry.
 */
ngx_int_t pt_digest_cache_find(const pt_digest_cache_t *cache,
    const ngx_str_t *token, const void *conf, uint64_t keys,
    pt_digest_cache_entry_t *entry);

/* replaces the entry at the same place */
void pt_digest_cache_add(pt_digest_cache_t *cache,
    const pt_digest_cache_entry_t *entry);


#endif /* _PT_DIGEST_CACHE_H_INCLUDED_ */
