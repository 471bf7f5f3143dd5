
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * What the workers of a gateway know together about the outages and the clock
 * of a Redis server.  It is in shared memory that survives a reload.
 */


#include "redis/trust.h"

#include <ngx_config.h>
#include <ngx_core.h>

#include "core/pt_circuit.h"
#include "core/pt_rules.h"
#include "core/pt_trust.h"
#include "store/time.h"


#define NGX_HTTP_PRINT_TASK_REDIS_ZONE  "print_task_redis:"


struct ngx_http_print_task_redis_trust_s {
    ngx_slab_pool_t  *shpool;
    pt_trust_t       *trust;
    ngx_msec_t        logged;     /* of this worker */
};


static ngx_int_t ngx_http_print_task_redis_trust_init(ngx_shm_zone_t *shm_zone,
    void *data);
static void ngx_http_print_task_redis_jumped(
    ngx_http_print_task_redis_trust_t *shared, const ngx_str_t *server,
    int64_t jump);


/* stores with the same arguments are one server and share this */

ngx_int_t
ngx_http_print_task_redis_trust_add(ngx_conf_t *cf, ngx_array_t *args,
    ngx_http_print_task_redis_conf_t *conf)
{
    size_t           len;
    u_char          *p;
    ngx_str_t       *arg, name;
    ngx_uint_t       i;
    ngx_shm_zone_t  *shm_zone;

    arg = args->elts;
    len = sizeof(NGX_HTTP_PRINT_TASK_REDIS_ZONE);

    for (i = 0; i < args->nelts; i++) {
        len += arg[i].len + 1;
    }

    name.data = ngx_pnalloc(cf->pool, len);
    if (name.data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(name.data, NGX_HTTP_PRINT_TASK_REDIS_ZONE,
                   sizeof(NGX_HTTP_PRINT_TASK_REDIS_ZONE) - 1);

    for (i = 0; i < args->nelts; i++) {
        p = ngx_cpymem(p, arg[i].data, arg[i].len);
        *p++ = ' ';
    }

    name.len = p - name.data - (i ? 1 : 0);
    name.data[name.len] = '\0';

    shm_zone = ngx_shared_memory_add(cf, &name, 8 * ngx_pagesize,
                                     &ngx_http_print_task_module);
    if (shm_zone == NULL) {
        return NGX_ERROR;
    }

    if (shm_zone->data == NULL) {

        shm_zone->data = ngx_pcalloc(cf->pool,
                                     sizeof(ngx_http_print_task_redis_trust_t));
        if (shm_zone->data == NULL) {
            return NGX_ERROR;
        }

        shm_zone->init = ngx_http_print_task_redis_trust_init;
    }

    conf->trust = shm_zone->data;

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_redis_trust_init(ngx_shm_zone_t *shm_zone, void *data)
{
    ngx_http_print_task_redis_trust_t *old = data;

    ngx_http_print_task_redis_trust_t  *shared;

    shared = shm_zone->data;

    shared->shpool = (ngx_slab_pool_t *) shm_zone->shm.addr;

    if (old) {
        shared->trust = old->trust;
        return NGX_OK;
    }

    if (shm_zone->shm.exists) {
        shared->trust = shared->shpool->data;
        return NGX_OK;
    }

    shared->trust = ngx_slab_calloc(shared->shpool, sizeof(pt_trust_t));
    if (shared->trust == NULL) {
        return NGX_ERROR;
    }

    shared->shpool->data = shared->trust;

    return NGX_OK;
}


void
ngx_http_print_task_redis_trust_lost(ngx_http_print_task_redis_conf_t *conf)
{
    ngx_http_print_task_redis_trust_t  *shared;

    shared = conf->trust;

    ngx_shmtx_lock(&shared->shpool->mutex);

    pt_trust_lost(shared->trust, ngx_current_msec);

    ngx_shmtx_unlock(&shared->shpool->mutex);
}


uint64_t
ngx_http_print_task_redis_trust_expected(
    ngx_http_print_task_redis_conf_t *conf, ngx_msec_t lease)
{
    uint64_t                            expected;
    ngx_http_print_task_redis_trust_t  *shared;

    shared = conf->trust;

    ngx_shmtx_lock(&shared->shpool->mutex);

    expected = pt_trust_expected(shared->trust, ngx_current_msec, lease);

    ngx_shmtx_unlock(&shared->shpool->mutex);

    return expected;
}


void
ngx_http_print_task_redis_trust_answer(
    ngx_http_print_task_redis_conf_t *conf, const ngx_str_t *server,
    ngx_msec_t sent_at, ngx_msec_t margin, ngx_http_print_task_op_t *op)
{
    int64_t                             jump;
    pt_snapshot_t                      *snapshot;
    ngx_http_print_task_redis_trust_t  *shared;

    shared = conf->trust;
    snapshot = &op->snapshot;

    ngx_shmtx_lock(&shared->shpool->mutex);

    jump = pt_trust_clock(shared->trust, snapshot->now, sent_at,
                          ngx_current_msec);

    op->distrusted = !pt_trust_believe(shared->trust, snapshot->confirmed,
                                       snapshot->now, margin);

    ngx_shmtx_unlock(&shared->shpool->mutex);

    if (jump) {
        ngx_http_print_task_redis_jumped(shared, server, jump);
    }
}


static void
ngx_http_print_task_redis_jumped(ngx_http_print_task_redis_trust_t *shared,
    const ngx_str_t *server, int64_t jump)
{
    if (!ngx_http_print_task_may_log(shared->logged)) {
        return;
    }

    shared->logged = ngx_current_msec;

    ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                  "print task: the clock of redis \"%V\" was set %Lms %s: "
                  "earlier records are distrusted",
                  server, jump < 0 ? -jump : jump,
                  jump < 0 ? "back" : "ahead");
}
