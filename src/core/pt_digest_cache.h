
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Digests of accepted tokens, found by a faster hash of the token.  No token
 * is kept.
 *
 * The hash is SipHash with 128 bits and a random seed that stays within the
 * worker, so nobody can make a token that has the hash of another one: each
 * try succeeds with probability 2^-128.  The length of the token, and what else
 * the digest depends on, are compared as they are.
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
    const void        *conf;            /* what else the digest depends on */
    uint64_t           keys;
    size_t             len;             /* of the token; 0: a free entry */
    u_char             digest[PT_DIGEST_CACHE_DIGEST];
} pt_digest_cache_entry_t;


/* zeros, except for the seed: 72k */

typedef struct {
    u_char                   seed[PT_SIPHASH_SEED_LEN];
    pt_digest_cache_entry_t  entries[PT_DIGEST_CACHE_ENTRIES];
} pt_digest_cache_t;


/*
 * Fills in the entry of a token that is not empty.  NGX_OK: with its digest.
 * NGX_DECLINED: the cache does not have the digest, and the caller may set it
 * and add the entry.
 */
ngx_int_t pt_digest_cache_find(const pt_digest_cache_t *cache,
    const ngx_str_t *token, const void *conf, uint64_t keys,
    pt_digest_cache_entry_t *entry);

/* replaces the entry that has the same place */
void pt_digest_cache_add(pt_digest_cache_t *cache,
    const pt_digest_cache_entry_t *entry);


#endif /* _PT_DIGEST_CACHE_H_INCLUDED_ */
