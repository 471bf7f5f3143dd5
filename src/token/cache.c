
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The token cache: verdicts about accepted and expired tokens, by a digest of
 * the token and of all other inputs of the verdict.  A token that is not in the
 * cache is verified, so a full or lost zone only costs time.
 */


#include "token/cache.h"

#include <openssl/rand.h>
#include <openssl/x509.h>

#include "token/claims.h"
#include "token/keys.h"
#include "token/revoked.h"


#define NGX_HTTP_PRINT_TASK_ZONE_SIZE   (4 * 1024 * 1024)

/* the largest number of evictions for a new entry */
#define NGX_HTTP_PRINT_TASK_ZONE_EVICT  16


/* lengths of app and tenant: pt_token_check() allows 128 and 64 bytes */

typedef struct {
    ngx_rbtree_node_t             node;     /* by the first word of key */
    ngx_queue_t                   queue;    /* the most recently used entry
                                               is first */
    u_char                        key[NGX_HTTP_PRINT_TASK_DIGEST_LEN];
    time_t                        exp;
    u_char                        app;      /* length */
    u_char                        tenant;   /* length */
    unsigned                      role:1;
    unsigned                      admin:1;
    unsigned                      bound:1;
    u_char                        ids[1];   /* application, tenant and, if
                                               bound, the certificate */
} ngx_http_print_task_token_cache_node_t;


typedef struct {
    ngx_rbtree_t                  rbtree;
    ngx_rbtree_node_t             sentinel;
    ngx_queue_t                   queue;
} ngx_http_print_task_token_cache_sh_t;


struct ngx_http_print_task_token_cache_s {
    ngx_http_print_task_token_cache_sh_t  *sh;
    ngx_slab_pool_t                       *shpool;

    /* fetched once, and initialized again for each token */
    EVP_MD_CTX                     *digest;

    /* of tokens in the zone; after fork() each worker has its own copy */
    pt_digest_cache_t              *digests;
};


_Static_assert(sizeof(pt_token_claims_t)
               <= 2 * sizeof(ngx_str_t) + sizeof(time_t)
                  + PT_CERTIFICATE_DIGEST + sizeof(uint64_t),
               "the cache does not keep a field of the claims");


static ngx_int_t ngx_http_print_task_token_cache_add_shm(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf, ngx_str_t *name, size_t size);
static ngx_int_t ngx_http_print_task_token_cache_init(ngx_shm_zone_t *shm_zone,
    void *data);
static void ngx_http_print_task_token_cache_cleanup(void *data);

static ngx_int_t ngx_http_print_task_token_cache_digest(
    ngx_http_print_task_token_cache_t *zone,
    const ngx_http_print_task_loc_conf_t *conf, uint64_t generation,
    const ngx_str_t *token, u_char *digest);
static ngx_http_print_task_token_cache_node_t *
    ngx_http_print_task_token_cache_lookup(
    ngx_http_print_task_token_cache_t *zone, const u_char *key);
static void
    ngx_http_print_task_token_cache_insert_value(ngx_rbtree_node_t *temp,
    ngx_rbtree_node_t *node, ngx_rbtree_node_t *sentinel);
static ngx_http_print_task_token_cache_node_t *
    ngx_http_print_task_token_cache_alloc(
    ngx_http_print_task_token_cache_t *zone, size_t size);
static ngx_uint_t ngx_http_print_task_token_cache_expire(
    ngx_http_print_task_token_cache_t *zone, ngx_uint_t force);
static void ngx_http_print_task_token_cache_delete(
    ngx_http_print_task_token_cache_t *zone,
    ngx_http_print_task_token_cache_node_t *zn);
static ngx_rbtree_key_t ngx_http_print_task_token_cache_hash(const u_char *key);


static ngx_str_t  ngx_http_print_task_token_cache_name =
    ngx_string("print_task_tokens");


char *
ngx_http_print_task_token_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_print_task_main_conf_t *ptmcf = conf;

    u_char     *p;
    ssize_t     size;
    ngx_str_t  *value, name, s;

    if (ptmcf->token_zone_set) {
        return "is duplicate";
    }

    ptmcf->token_zone_set = 1;

    value = cf->args->elts;

    if (ngx_strcmp(value[1].data, "off") == 0) {
        return NGX_CONF_OK;
    }

    name = value[1];
    size = NGX_ERROR;

    p = (u_char *) ngx_strchr(name.data, ':');

    if (p != NULL) {
        name.len = p - name.data;

        s.data = p + 1;
        s.len = value[1].data + value[1].len - s.data;

        size = ngx_parse_size(&s);
    }

    if (size == NGX_ERROR || name.len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid zone \"%V\", it must be \"name:size\"",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    if (size < (ssize_t) (8 * ngx_pagesize)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "zone \"%V\" is too small", &value[1]);
        return NGX_CONF_ERROR;
    }

    return (ngx_http_print_task_token_cache_add_shm(cf, ptmcf, &name,
                                                    (size_t) size)
            == NGX_OK) ? NGX_CONF_OK : NGX_CONF_ERROR;
}


ngx_int_t
ngx_http_print_task_token_cache_default(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf)
{
    if (ptmcf->token_zone_set || !ptmcf->used) {
        return NGX_OK;
    }

    return ngx_http_print_task_token_cache_add_shm(cf, ptmcf,
                                        &ngx_http_print_task_token_cache_name,
                                        NGX_HTTP_PRINT_TASK_ZONE_SIZE);
}


static ngx_int_t
ngx_http_print_task_token_cache_add_shm(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf, ngx_str_t *name, size_t size)
{
    ngx_shm_zone_t                     *shm_zone;
    ngx_pool_cleanup_t                 *cln;
    ngx_http_print_task_token_cache_t  *zone;

    cln = ngx_pool_cleanup_add(cf->pool,
                               sizeof(ngx_http_print_task_token_cache_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    zone = cln->data;

    ngx_memzero(zone, sizeof(ngx_http_print_task_token_cache_t));

    cln->handler = ngx_http_print_task_token_cache_cleanup;

    zone->digest = EVP_MD_CTX_new();

    if (zone->digest == NULL
        || EVP_DigestInit_ex(zone->digest, EVP_sha256(), NULL) != 1)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "SHA-256 is not available");
        return NGX_ERROR;
    }

    zone->digests = ngx_pcalloc(cf->pool, sizeof(pt_digest_cache_t));
    if (zone->digests == NULL) {
        return NGX_ERROR;
    }

    if (RAND_bytes(zone->digests->seed, PT_SIPHASH_SEED_LEN) != 1) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "RAND_bytes() failed");
        return NGX_ERROR;
    }

    shm_zone = ngx_shared_memory_add(cf, name, size,
                                     &ngx_http_print_task_module);
    if (shm_zone == NULL) {
        return NGX_ERROR;
    }

    if (shm_zone->data) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "zone \"%V\" is in use for another purpose", name);
        return NGX_ERROR;
    }

    shm_zone->init = ngx_http_print_task_token_cache_init;
    shm_zone->data = zone;

    ptmcf->token_zone = zone;

    return NGX_OK;
}


/* A reload keeps the entries: their keys include the configuration. */

static ngx_int_t
ngx_http_print_task_token_cache_init(ngx_shm_zone_t *shm_zone, void *data)
{
    ngx_http_print_task_token_cache_t  *old = data;

    size_t                              len;
    ngx_http_print_task_token_cache_t  *zone;

    zone = shm_zone->data;

    if (old) {
        zone->sh = old->sh;
        zone->shpool = old->shpool;
        return NGX_OK;
    }

    zone->shpool = (ngx_slab_pool_t *) shm_zone->shm.addr;

    if (shm_zone->shm.exists) {
        zone->sh = zone->shpool->data;
        return NGX_OK;
    }

    zone->sh = ngx_slab_alloc(zone->shpool,
                              sizeof(ngx_http_print_task_token_cache_sh_t));
    if (zone->sh == NULL) {
        return NGX_ERROR;
    }

    zone->shpool->data = zone->sh;

    ngx_rbtree_init(&zone->sh->rbtree, &zone->sh->sentinel,
                    ngx_http_print_task_token_cache_insert_value);

    ngx_queue_init(&zone->sh->queue);

    len = sizeof(" in print_task_token_zone \"\"") + shm_zone->shm.name.len;

    zone->shpool->log_ctx = ngx_slab_alloc(zone->shpool, len);
    if (zone->shpool->log_ctx == NULL) {
        return NGX_ERROR;
    }

    ngx_sprintf(zone->shpool->log_ctx, " in print_task_token_zone \"%V\"%Z",
                &shm_zone->shm.name);

    zone->shpool->log_nomem = 0;

    return NGX_OK;
}


static void
ngx_http_print_task_token_cache_cleanup(void *data)
{
    ngx_http_print_task_token_cache_t  *zone = data;

    EVP_MD_CTX_free(zone->digest);
}


/*
 * The hash of pt_digest_cache_find() is cheaper than SHA-256.  Its result is
 * the digest of the same inputs, so both ways give the same key.
 */

ngx_int_t
ngx_http_print_task_token_cache_key(ngx_http_print_task_token_cache_t *zone,
    const ngx_http_print_task_loc_conf_t *conf, const ngx_str_t *token,
    pt_digest_cache_entry_t *key)
{
    uint64_t  generation;

    generation = ngx_http_print_task_keys_generation(conf)
                 ^ ngx_http_print_task_revoked_generation(conf);

    if (pt_digest_cache_find(zone->digests, token, conf, generation, key)
        == NGX_OK)
    {
        return NGX_OK;
    }

    return ngx_http_print_task_token_cache_digest(zone, conf, generation, token,
                                                  key->digest);
}


/*
 * The policy and the generations of keys and lists are in the digest: after a
 * change of any of them, no old verdict is found.
 */

static ngx_int_t
ngx_http_print_task_token_cache_digest(ngx_http_print_task_token_cache_t *zone,
    const ngx_http_print_task_loc_conf_t *conf, uint64_t generation,
    const ngx_str_t *token, u_char *digest)
{
    return (EVP_DigestInit_ex(zone->digest, NULL, NULL) == 1
            && EVP_DigestUpdate(zone->digest, conf->token_policy,
                                PT_POLICY_DIGEST) == 1
            && EVP_DigestUpdate(zone->digest, &generation, sizeof(uint64_t))
               == 1
            && EVP_DigestUpdate(zone->digest, token->data, token->len) == 1
            && EVP_DigestFinal_ex(zone->digest, digest, NULL) == 1)
           ? NGX_OK : NGX_ERROR;
}


ngx_int_t
ngx_http_print_task_token_cache_find(ngx_http_print_task_token_cache_t *zone,
    const pt_digest_cache_entry_t *key, time_t since, ngx_pool_t *pool,
    pt_token_claims_t *claims)
{
    pt_token_claims_t                        got;
    ngx_http_print_task_token_cache_node_t  *zn;
    u_char                                   ids[2 * 256];

    ngx_shmtx_lock(&zone->shpool->mutex);

    zn = ngx_http_print_task_token_cache_lookup(zone, key->digest);

    if (zn == NULL) {
        ngx_shmtx_unlock(&zone->shpool->mutex);
        return NGX_DECLINED;
    }

    if (zn->exp <= since) {
        ngx_shmtx_unlock(&zone->shpool->mutex);
        pt_digest_cache_add(zone->digests, key);
        return NGX_DONE;
    }

    if (zn->app == 0) {

        /*
         * The token had expired when it was seen, and the clock was set back
         * since: the verdict for the current time is unknown.
         */

        ngx_shmtx_unlock(&zone->shpool->mutex);
        return NGX_DECLINED;
    }

    ngx_queue_remove(&zn->queue);
    ngx_queue_insert_head(&zone->sh->queue, &zn->queue);

    got.exp = zn->exp;
    got.app.len = zn->app;
    got.tenant.len = zn->tenant;
    got.role = zn->role;
    got.admin = zn->admin;
    got.bound = zn->bound;

    ngx_memcpy(ids, zn->ids, got.app.len + got.tenant.len);

    if (got.bound) {
        ngx_memcpy(got.certificate, zn->ids + got.app.len + got.tenant.len,
                   PT_CERTIFICATE_DIGEST);
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);

    pt_digest_cache_add(zone->digests, key);

    got.app.data = ids;
    got.tenant.data = ids + got.app.len;

    *claims = got;

    return ngx_http_print_task_keep_claims(pool, claims);
}


void
ngx_http_print_task_token_cache_add(ngx_http_print_task_token_cache_t *zone,
    const pt_digest_cache_entry_t *key, const pt_token_claims_t *claims)
{
    u_char                                  *p;
    size_t                                   size;
    ngx_http_print_task_token_cache_node_t  *zn;

    if (claims->app.len > 255 || claims->tenant.len > 255) {
        return;
    }

    size = offsetof(ngx_http_print_task_token_cache_node_t, ids)
           + claims->app.len + claims->tenant.len
           + (claims->bound ? PT_CERTIFICATE_DIGEST : 0);

    ngx_shmtx_lock(&zone->shpool->mutex);

    /* another worker may have added the entry meanwhile */

    zn = ngx_http_print_task_token_cache_lookup(zone, key->digest);

    if (zn == NULL) {
        zn = ngx_http_print_task_token_cache_alloc(zone, size);

        if (zn != NULL) {
            zn->node.key = ngx_http_print_task_token_cache_hash(key->digest);
            zn->exp = claims->exp;
            zn->app = (u_char) claims->app.len;
            zn->tenant = (u_char) claims->tenant.len;
            zn->role = claims->role;
            zn->admin = claims->admin;
            zn->bound = claims->bound;

            ngx_memcpy(zn->key, key->digest,
                       NGX_HTTP_PRINT_TASK_DIGEST_LEN);

            /* an expired token has neither application nor tenant */

            p = zn->ids;

            if (claims->app.len) {
                p = ngx_cpymem(p, claims->app.data, claims->app.len);
            }

            if (claims->tenant.len) {
                p = ngx_cpymem(p, claims->tenant.data, claims->tenant.len);
            }

            if (claims->bound) {
                ngx_memcpy(p, claims->certificate, PT_CERTIFICATE_DIGEST);
            }

            ngx_rbtree_insert(&zone->sh->rbtree, &zn->node);
            ngx_queue_insert_head(&zone->sh->queue, &zn->queue);
        }
    }

    ngx_shmtx_unlock(&zone->shpool->mutex);
}


static ngx_http_print_task_token_cache_node_t *
ngx_http_print_task_token_cache_lookup(ngx_http_print_task_token_cache_t *zone,
    const u_char *key)
{
    ngx_int_t                                rc;
    ngx_rbtree_key_t                         hash;
    ngx_rbtree_node_t                       *node, *sentinel;
    ngx_http_print_task_token_cache_node_t  *zn;

    hash = ngx_http_print_task_token_cache_hash(key);

    node = zone->sh->rbtree.root;
    sentinel = zone->sh->rbtree.sentinel;

    while (node != sentinel) {

        if (hash != node->key) {
            node = (hash < node->key) ? node->left : node->right;
            continue;
        }

        zn = (ngx_http_print_task_token_cache_node_t *) node;

        rc = ngx_memcmp(key, zn->key, NGX_HTTP_PRINT_TASK_DIGEST_LEN);

        if (rc == 0) {
            return zn;
        }

        node = (rc < 0) ? node->left : node->right;
    }

    return NULL;
}


static void
ngx_http_print_task_token_cache_insert_value(ngx_rbtree_node_t *temp,
    ngx_rbtree_node_t *node, ngx_rbtree_node_t *sentinel)
{
    ngx_uint_t                               less;
    ngx_rbtree_node_t                      **p;
    ngx_http_print_task_token_cache_node_t  *zn, *znt;

    for ( ;; ) {

        if (node->key != temp->key) {
            less = node->key < temp->key;

        } else {
            zn = (ngx_http_print_task_token_cache_node_t *) node;
            znt = (ngx_http_print_task_token_cache_node_t *) temp;

            less = ngx_memcmp(zn->key, znt->key,
                              NGX_HTTP_PRINT_TASK_DIGEST_LEN) < 0;
        }

        p = less ? &temp->left : &temp->right;

        if (*p == sentinel) {
            break;
        }

        temp = *p;
    }

    *p = node;
    node->parent = temp;
    node->left = sentinel;
    node->right = sentinel;
    ngx_rbt_red(node);
}


/* NULL: no memory, even after some evictions */

static ngx_http_print_task_token_cache_node_t *
ngx_http_print_task_token_cache_alloc(ngx_http_print_task_token_cache_t *zone,
    size_t size)
{
    ngx_uint_t                               n;
    ngx_http_print_task_token_cache_node_t  *zn;

    /* checks two old entries for each new one */

    if (ngx_http_print_task_token_cache_expire(zone, 0)) {
        (void) ngx_http_print_task_token_cache_expire(zone, 0);
    }

    zn = ngx_slab_alloc_locked(zone->shpool, size);

    for (n = 0; zn == NULL && n < NGX_HTTP_PRINT_TASK_ZONE_EVICT; n++) {

        if (!ngx_http_print_task_token_cache_expire(zone, 1)) {
            return NULL;
        }

        zn = ngx_slab_alloc_locked(zone->shpool, size);
    }

    return zn;
}


/*
 * Deletes the least recently used entry if it has expired, with the largest
 * leeway, or if forced.  Returns whether it deleted the entry.
 */

static ngx_uint_t
ngx_http_print_task_token_cache_expire(ngx_http_print_task_token_cache_t *zone,
    ngx_uint_t force)
{
    ngx_queue_t                             *q;
    ngx_http_print_task_token_cache_node_t  *zn;

    if (ngx_queue_empty(&zone->sh->queue)) {
        return 0;
    }

    q = ngx_queue_last(&zone->sh->queue);

    zn = ngx_queue_data(q, ngx_http_print_task_token_cache_node_t, queue);

    if (!force && zn->exp > ngx_time() - PT_TOKEN_LEEWAY_MAX) {
        return 0;
    }

    ngx_http_print_task_token_cache_delete(zone, zn);

    return 1;
}


static void
ngx_http_print_task_token_cache_delete(ngx_http_print_task_token_cache_t *zone,
    ngx_http_print_task_token_cache_node_t *zn)
{
    ngx_queue_remove(&zn->queue);
    ngx_rbtree_delete(&zone->sh->rbtree, &zn->node);
    ngx_slab_free_locked(zone->shpool, zn);
}


static ngx_rbtree_key_t
ngx_http_print_task_token_cache_hash(const u_char *key)
{
    ngx_rbtree_key_t  hash;

    ngx_memcpy(&hash, key, sizeof(ngx_rbtree_key_t));

    return hash;
}
