
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * A source of keys as a worker sees it.  Each worker has the keys of its own,
 * parsed; the text of a set that was fetched is in shared memory, so that one
 * worker fetches for all, and a reload keeps it.
 */


#include "token/keys.h"


static void
    ngx_http_print_task_keys_load_shared(ngx_http_print_task_keys_t *keys);


/* a set without a number of its own could be taken for another one */

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


/* without a shared part the configuration is being loaded */

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
 * The text is one that a worker could read: what fails here is memory, and is
 * tried again after a second.  It is a copy, so that others can go on.
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
