
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * A source of keys in a worker.  Each worker parses the keys itself.  The text
 * of a fetched key set is in shared memory, so that one worker fetches for all,
 * and a reload keeps it.
 */


#include "token/keys.h"


static void
    ngx_http_print_task_keys_load_shared(ngx_http_print_task_keys_t *keys);


/* without a hash, two sets could not be distinguished */

pt_jwks_t *
ngx_http_print_task_keys_parse(const ngx_str_t *text, uint64_t *hash,
    const char **err)
{
    if (ngx_http_print_task_text_hash(text, hash) != NGX_OK) {
        *err = "cannot be used: SHA-256 failed";
        return NULL;
    }

    return pt_jwks_read(text, err);
}


void
ngx_http_print_task_keys_set(ngx_http_print_task_keys_t *keys,
    pt_jwks_t *jwks, uint64_t generation)
{
    pt_jwks_free(keys->loaded);

    keys->loaded = jwks;
    keys->jwks = jwks;
    keys->generation = generation;
}


/* without shared memory the configuration is still being loaded */

void
ngx_http_print_task_keys_log_skipped(ngx_http_print_task_keys_t *keys,
    const pt_jwks_t *jwks, ngx_log_t *log)
{
    ngx_uint_t            i, n;
    ngx_atomic_uint_t     old, set;
    const pt_jwk_skip_t  *skip;

    if (jwks->skipped == 0) {
        return;
    }

    if (keys->shared != NULL) {
        set = (ngx_atomic_uint_t) keys->generation;
        old = keys->shared->skips;

        if (old == set || !ngx_atomic_cmp_set(&keys->shared->skips, old, set))
        {
            return;
        }
    }

    ngx_log_error(NGX_LOG_WARN, log, 0,
                  "%ui keys in \"%V\" cannot be used and are skipped",
                  jwks->skipped, &keys->name);

    n = ngx_min(jwks->skipped, PT_JWKS_MAX_SKIPS);

    for (i = 0; i < n; i++) {
        skip = &jwks->skips[i];

        ngx_log_error(NGX_LOG_WARN, log, 0,
                      "key %ui in \"%V\" (%V) is skipped: %s",
                      skip->number, &keys->name, &skip->name, skip->why);
    }

    if (n < jwks->skipped) {
        ngx_log_error(NGX_LOG_WARN, log, 0,
                      "%ui more keys in \"%V\" are skipped",
                      jwks->skipped - n, &keys->name);
    }
}


uint64_t
ngx_http_print_task_keys_generation(const ngx_http_print_task_loc_conf_t *conf)
{
    conf->keys->update(conf->keys);

    return conf->keys->generation;
}


pt_jwks_t *
ngx_http_print_task_keys_jwks(const ngx_http_print_task_loc_conf_t *conf)
{
    return conf->keys->jwks;
}


void
ngx_http_print_task_keys_sync(ngx_http_print_task_keys_t *keys)
{
    if (keys->shared->changes != keys->seen && keys->checked != ngx_time()) {
        ngx_http_print_task_keys_load_shared(keys);
    }
}


/*
 * The worker that fetched the text has parsed it, so an error here is a lack of
 * memory; the next attempt is after a second.  The text is copied, so that the
 * lock is held only briefly.
 */

static void
ngx_http_print_task_keys_load_shared(ngx_http_print_task_keys_t *keys)
{
    uint64_t            hash;
    ngx_str_t           text;
    pt_jwks_t          *jwks;
    const char         *err;
    ngx_atomic_uint_t   changes;

    keys->checked = ngx_time();

    text.data = ngx_alloc(PT_JWKS_MAX_SIZE, ngx_cycle->log);
    if (text.data == NULL) {
        return;
    }

    ngx_shmtx_lock(&keys->shpool->mutex);

    text.len = keys->shared->len;
    ngx_memcpy(text.data, keys->shared->text, text.len);
    changes = keys->shared->changes;

    ngx_shmtx_unlock(&keys->shpool->mutex);

    jwks = ngx_http_print_task_keys_parse(&text, &hash, &err);

    if (jwks != NULL) {
        ngx_http_print_task_keys_set(keys, jwks, hash);
        keys->seen = changes;
        keys->checked = 0;

    } else {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "print task key set \"%V\" %s", &keys->name, err);
    }

    ngx_free(text.data);
}
