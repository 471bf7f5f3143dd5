
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Digests of tokens that were seen before, by a faster hash of them (pt_nh.h).
 * No token is in it.
 *
 * It is safe to take one token for another by the hash, because that happens
 * with probability 2^-128 at each try, and no try makes the next one better:
 *
 *   - the key is random, and nothing but hashes is made of it.  Who looks at
 *     the time sees whether a token was found, and the key has no part in that
 *     until two tokens are the same by it;
 *   - where an entry goes depends on bytes of the token, which whoever has it
 *     knows, and not on its hash: that one entry has displaced another one
 *     tells nothing;
 *   - the length, and what else is in the digest, are compared as they are.
 */


#ifndef _PT_DIGEST_CACHE_H_INCLUDED_
#define _PT_DIGEST_CACHE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_nh.h"
#include "pt_token.h"


#define PT_DIGEST_CACHE_DIGEST   32             /* bytes */
#define PT_DIGEST_CACHE_ENTRIES  1024           /* a power of 2 */


typedef struct {
    pt_nh_t            hash;            /* of the token */
    const void        *conf;            /* what else the digest is of */
    uint64_t           keys;
    uint32_t           len;             /* of the token */
    uint16_t           place;
    uint16_t           known;           /* boolean: it is in the memo */
    u_char             digest[PT_DIGEST_CACHE_DIGEST];
} pt_digest_cache_entry_t;


/* zeros, but for the key: 98k */

typedef struct {
    uint64_t                 key[pt_nh_key_words(PT_TOKEN_MAX)];
    pt_digest_cache_entry_t  entries[PT_DIGEST_CACHE_ENTRIES];
} pt_digest_cache_t;


/*
 * The entry of a token of at most PT_TOKEN_MAX bytes.  NGX_OK if its digest is
 * known.  NGX_DECLINED if not: the entry can be added, once it has a digest.
 * Without products of 128 bits nothing is ever known.
 */
ngx_int_t pt_digest_cache_find(const pt_digest_cache_t *memo,
    const ngx_str_t *token,
    const void  *conf, uint64_t keys, pt_digest_cache_entry_t *entry);

/* also of an entry that was found, which changes nothing */
void pt_digest_cache_add(pt_digest_cache_t *memo,
    const pt_digest_cache_entry_t *entry);


#endif /* _PT_DIGEST_CACHE_H_INCLUDED_ */
