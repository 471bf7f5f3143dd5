
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The shared memory zone of nginx is empty: it passes the memory from one cycle
 * to the next.  The memory itself is that of store/shm.c, which a new binary
 * inherits.
 * A slot belongs to the process whose number it has.  A new process takes the
 * slot of a process that has ended or has returned it, and continues its
 * counters, so that no counter ever decreases.  The last slot is shared by
 * processes that find no free slot.
 */


#include "status/zone.h"

#include <signal.h>

#include "status/count.h"
#include "status/recent.h"
#include "store/shm.h"


#define NGX_HTTP_PRINT_TASK_STATUS_SLOTS  256
#define NGX_HTTP_PRINT_TASK_STATUS_ALIGN  128     /* two cache lines, because
                                                     a processor fetches them
                                                     in pairs */
#define NGX_HTTP_PRINT_TASK_STATUS_ZONE   (8 * ngx_pagesize)


typedef struct {
    pt_gauges_t                         gauges;
    pt_metrics_t                        metrics;
    ngx_http_print_task_recents_t       recents;
} __attribute__((aligned(NGX_HTTP_PRINT_TASK_STATUS_ALIGN)))
    ngx_http_print_task_status_slot_t;


/* memory of slots that were never used is never touched */

typedef struct {
    ngx_http_print_task_status_name_t   stores[PT_METRICS_STORES];
    ngx_http_print_task_status_name_t   nodes[PT_METRICS_NODES];

    /* 1 + the number of overdue tasks; 0: not known */
    ngx_atomic_t                  overdue[PT_METRICS_STORES];

    /* the processes that own the slots; 0: free */
    ngx_atomic_t                  owners[NGX_HTTP_PRINT_TASK_STATUS_SLOTS];
    ngx_atomic_t                  taken[NGX_HTTP_PRINT_TASK_STATUS_SLOTS];

    ngx_http_print_task_status_slot_t
                                  slots[NGX_HTTP_PRINT_TASK_STATUS_SLOTS];
} ngx_http_print_task_status_shared_t;


static ngx_int_t ngx_http_print_task_status_init(ngx_shm_zone_t *shm_zone,
    void *data);
static void ngx_http_print_task_status_cleanup(void *data);
static ngx_uint_t ngx_http_print_task_status_take(ngx_atomic_t *owner);
static ngx_uint_t ngx_http_print_task_status_is_gone(ngx_atomic_uint_t pid);
static const pt_gauges_t *ngx_http_print_task_status_living(ngx_uint_t i);
static ngx_int_t ngx_http_print_task_status_name(
    ngx_http_print_task_status_name_t *entry, ngx_uint_t n, ngx_str_t *name);
static ngx_uint_t ngx_http_print_task_status_find(
    ngx_http_print_task_status_name_t *names, ngx_uint_t n, ngx_uint_t store,
    const ngx_str_t *name);


/* of this process; NULL: no slot */
static ngx_http_print_task_shm_t  *ngx_http_print_task_status_map;
static ngx_atomic_t               *ngx_http_print_task_status_owner;
static ngx_http_print_task_recents_t
                                  *ngx_http_print_task_status_own_recents;


#define ngx_http_print_task_status_shared()                                   \
    ((ngx_http_print_task_status_shared_t *)                                  \
     ngx_http_print_task_status_map->start)


ngx_int_t
ngx_http_print_task_status_zone(ngx_conf_t *cf)
{
    ngx_shm_zone_t      *shm_zone;
    ngx_pool_cleanup_t  *cln;

    static ngx_str_t  name = ngx_string("print_task_status");

    shm_zone = ngx_shared_memory_add(cf, &name, NGX_HTTP_PRINT_TASK_STATUS_ZONE,
                                     &ngx_http_print_task_module);
    if (shm_zone == NULL) {
        return NGX_ERROR;
    }

    if (shm_zone->data != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "zone \"%V\" is in use for another purpose", &name);
        return NGX_ERROR;
    }

    cln = ngx_pool_cleanup_add(cf->pool, sizeof(ngx_http_print_task_shm_t *));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    *(ngx_http_print_task_shm_t **) cln->data = NULL;
    cln->handler = ngx_http_print_task_status_cleanup;

    shm_zone->init = ngx_http_print_task_status_init;
    shm_zone->data = cln->data;

    return NGX_OK;
}


/*
 * A binary with other counters uses memory of another name, and starts from 0.
 */

static ngx_int_t
ngx_http_print_task_status_init(ngx_shm_zone_t *shm_zone, void *data)
{
    ngx_http_print_task_shm_t **old = data;

    ngx_str_t                    name;
    ngx_http_print_task_shm_t  **map;
    u_char                       buf[sizeof("status counters ") + 16];

    static ngx_str_t  none = ngx_string("");

    map = shm_zone->data;

    if (old) {
        *map = *old;
        (*map)->refs++;

    } else {
        name.data = buf;
        name.len = ngx_sprintf(buf, "status counters %016xL",
                               pt_metrics_layout()
                               ^ sizeof(ngx_http_print_task_status_shared_t))
                   - buf;

        *map = ngx_http_print_task_shm_open(&name, &none,
                                  NGX_HTTP_PRINT_TASK_SHM_HEADER
                                  + sizeof(ngx_http_print_task_status_shared_t),
                                  shm_zone->shm.log);
        if (*map == NULL) {
            return NGX_ERROR;
        }

        if (ngx_http_print_task_shm_ready(*map, shm_zone->shm.log) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    if (!ngx_test_config) {
        ngx_http_print_task_status_map = *map;
    }

    return NGX_OK;
}


static void
ngx_http_print_task_status_cleanup(void *data)
{
    ngx_http_print_task_shm_t  *map;

    map = *(ngx_http_print_task_shm_t **) data;

    if (map == NULL) {
        return;
    }

    if (map == ngx_http_print_task_status_map && map->refs == 1) {
        ngx_http_print_task_status_detach();
        ngx_http_print_task_status_map = NULL;
    }

    ngx_http_print_task_shm_close(map);
}


/*
 * The slot with the lowest number is taken first, so that memory of unused
 * slots is never touched.
 */

void
ngx_http_print_task_status_attach(ngx_log_t *log)
{
    ngx_uint_t                            i, last;
    ngx_http_print_task_status_slot_t    *slot;
    ngx_http_print_task_status_shared_t  *shared;

    if (ngx_http_print_task_status_map == NULL
        || ngx_process == NGX_PROCESS_HELPER)
    {
        return;
    }

    (void) ngx_http_print_task_shm_private(ngx_http_print_task_status_map, log);

    shared = ngx_http_print_task_status_shared();
    last = NGX_HTTP_PRINT_TASK_STATUS_SLOTS - 1;

    for (i = 0; i < last; i++) {
        if (ngx_http_print_task_status_take(&shared->owners[i])) {
            break;
        }
    }

    slot = &shared->slots[i];
    shared->taken[i] = 1;

    if (i == last) {
        ngx_log_error(NGX_LOG_WARN, log, 0,
                      "more than %ui workers count for print_task_status: "
                      "its gauges do not include the others", last);

        ngx_http_print_task_count_in(&slot->metrics, NULL);
        return;
    }

    /* the gauges of the previous owner are gone */

    ngx_memzero(&slot->gauges, sizeof(pt_gauges_t));

    ngx_http_print_task_count_in(&slot->metrics, &slot->gauges);
    ngx_http_print_task_status_owner = &shared->owners[i];
    ngx_http_print_task_status_own_recents = &slot->recents;
}


static ngx_uint_t
ngx_http_print_task_status_take(ngx_atomic_t *owner)
{
    ngx_atomic_uint_t  pid;

    pid = *owner;

    if (pid != 0 && !ngx_http_print_task_status_is_gone(pid)) {
        return 0;
    }

    return ngx_atomic_cmp_set(owner, pid, (ngx_atomic_uint_t) ngx_pid);
}


/* the owner with the number of this process is an earlier process */

static ngx_uint_t
ngx_http_print_task_status_is_gone(ngx_atomic_uint_t pid)
{
    return pid == (ngx_atomic_uint_t) ngx_pid
           || (kill((ngx_pid_t) pid, 0) == -1 && ngx_errno == NGX_ESRCH);
}


void
ngx_http_print_task_status_detach(void)
{
    ngx_http_print_task_count_in(NULL, NULL);
    ngx_http_print_task_status_own_recents = NULL;

    if (ngx_http_print_task_status_owner != NULL) {
        ngx_memory_barrier();

        *ngx_http_print_task_status_owner = 0;
        ngx_http_print_task_status_owner = NULL;
    }
}


ngx_uint_t
ngx_http_print_task_status_store(const ngx_str_t *name)
{
    if (ngx_http_print_task_status_map == NULL) {
        return 0;
    }

    return ngx_http_print_task_status_find(
                              ngx_http_print_task_status_shared()->stores,
                              PT_METRICS_STORES, 0, name);
}


pt_node_gauges_t *
ngx_http_print_task_status_node(ngx_uint_t store, const ngx_str_t *name)
{
    ngx_uint_t  n;

    n = 0;

    if (ngx_http_print_task_status_map != NULL) {
        n = ngx_http_print_task_status_find(
                              ngx_http_print_task_status_shared()->nodes,
                              PT_METRICS_NODES, store, name);
    }

    return &ngx_http_print_task_gauges->nodes[n];
}


/*
 * Returns the number of a name, and adds the name if needed.  0 stands for
 * further names after the table is full.  If a process dies here, its
 * incomplete entry is not used, and the next process overwrites it.
 */

static ngx_uint_t
ngx_http_print_task_status_find(ngx_http_print_task_status_name_t *names,
    ngx_uint_t n, ngx_uint_t store, const ngx_str_t *name)
{
    size_t      len;
    ngx_int_t   rc;
    ngx_uint_t  i;

    len = ngx_min(name->len, NGX_HTTP_PRINT_TASK_STATUS_NAME);

    rc = ngx_http_print_task_shm_lock(ngx_http_print_task_status_map);

    if (rc == NGX_DECLINED) {
        ngx_http_print_task_shm_consistent(ngx_http_print_task_status_map);

    } else if (rc != NGX_OK) {
        return 0;
    }

    for (i = 1; i < n; i++) {

        if (!names[i].used) {
            names[i].store = store;
            names[i].len = len;
            ngx_memcpy(names[i].text, name->data, len);

            ngx_memory_barrier();

            names[i].used = 1;
            break;
        }

        if (names[i].store == store
            && names[i].len == len
            && ngx_memcmp(names[i].text, name->data, len) == 0)
        {
            break;
        }
    }

    ngx_http_print_task_shm_unlock(ngx_http_print_task_status_map);

    return (i < n) ? i : 0;
}


void
ngx_http_print_task_status_metrics(pt_metrics_t *sum)
{
    ngx_uint_t                            i;
    ngx_http_print_task_status_shared_t  *shared;

    ngx_memzero(sum, sizeof(pt_metrics_t));

    if (ngx_http_print_task_status_map == NULL) {
        return;
    }

    shared = ngx_http_print_task_status_shared();

    for (i = 0; i < NGX_HTTP_PRINT_TASK_STATUS_SLOTS; i++) {
        if (shared->taken[i]) {
            pt_metrics_add(sum, &shared->slots[i].metrics);
        }
    }
}


void
ngx_http_print_task_status_refused(const ngx_http_print_task_recent_t *recent)
{
    if (ngx_http_print_task_status_own_recents != NULL) {
        ngx_http_print_task_recent_add(ngx_http_print_task_status_own_recents,
                                       recent);
    }
}


ngx_uint_t
ngx_http_print_task_status_recent(ngx_http_print_task_recent_t *list)
{
    ngx_uint_t                            i, n;
    ngx_http_print_task_status_shared_t  *shared;

    n = 0;

    if (ngx_http_print_task_status_map == NULL) {
        return 0;
    }

    shared = ngx_http_print_task_status_shared();

    for (i = 0; i < NGX_HTTP_PRINT_TASK_STATUS_SLOTS; i++) {
        if (shared->taken[i]) {
            n = ngx_http_print_task_recent_merge(list, n,
                                                 &shared->slots[i].recents);
        }
    }

    return n;
}


/* sums the gauges of living processes; for those of nodes see below */

void
ngx_http_print_task_status_gauges(pt_gauges_t *sum)
{
    ngx_uint_t          i;
    const pt_gauges_t  *gauges;

    ngx_memzero(sum, sizeof(pt_gauges_t));

    for (i = 0; i < NGX_HTTP_PRINT_TASK_STATUS_SLOTS; i++) {
        gauges = ngx_http_print_task_status_living(i);

        if (gauges != NULL) {
            sum->leases += gauges->leases;
            sum->lease_waiting += gauges->lease_waiting;
            sum->event_listeners += gauges->event_listeners;
        }
    }
}


static const pt_gauges_t *
ngx_http_print_task_status_living(ngx_uint_t i)
{
    ngx_atomic_uint_t                     owner;
    ngx_http_print_task_status_shared_t  *shared;

    if (ngx_http_print_task_status_map == NULL) {
        return NULL;
    }

    shared = ngx_http_print_task_status_shared();
    owner = shared->owners[i];

    if (owner == 0
        || (owner != (ngx_atomic_uint_t) ngx_pid
            && ngx_http_print_task_status_is_gone(owner)))
    {
        return NULL;
    }

    return &shared->slots[i].gauges;
}


/* 0 is not the number of one store: there are too many */

void
ngx_http_print_task_status_set_overdue(ngx_uint_t store, uint64_t n,
    ngx_uint_t known)
{
    if (ngx_http_print_task_status_map != NULL && store != 0) {
        ngx_http_print_task_status_shared()->overdue[store] =
                                       known ? (ngx_atomic_uint_t) n + 1 : 0;
    }
}


ngx_int_t
ngx_http_print_task_status_overdue(ngx_uint_t store, uint64_t *n)
{
    ngx_atomic_uint_t  value;

    if (ngx_http_print_task_status_map == NULL || store == 0) {
        return NGX_DECLINED;
    }

    value = ngx_http_print_task_status_shared()->overdue[store];

    *n = value - 1;

    return value ? NGX_OK : NGX_DECLINED;
}


ngx_int_t
ngx_http_print_task_status_get_store(ngx_uint_t n, ngx_str_t *name)
{
    if (ngx_http_print_task_status_map == NULL || n >= PT_METRICS_STORES) {
        return NGX_DECLINED;
    }

    return ngx_http_print_task_status_name(
                      &ngx_http_print_task_status_shared()->stores[n], n, name);
}


ngx_int_t
ngx_http_print_task_status_get_node(ngx_uint_t n,
    ngx_http_print_task_status_node_t *node)
{
    ngx_uint_t                            i;
    const pt_gauges_t                    *gauges;
    const pt_node_gauges_t               *ng;
    ngx_http_print_task_status_shared_t  *shared;

    ngx_memzero(node, sizeof(ngx_http_print_task_status_node_t));

    if (ngx_http_print_task_status_map == NULL || n >= PT_METRICS_NODES) {
        return NGX_DECLINED;
    }

    shared = ngx_http_print_task_status_shared();

    if (ngx_http_print_task_status_name(&shared->nodes[n], n, &node->node)
        != NGX_OK)
    {
        return NGX_DECLINED;
    }

    (void) ngx_http_print_task_status_get_store(shared->nodes[n].store,
                                                &node->store);

    for (i = 0; i < NGX_HTTP_PRINT_TASK_STATUS_SLOTS; i++) {
        gauges = ngx_http_print_task_status_living(i);

        if (gauges == NULL) {
            continue;
        }

        ng = &gauges->nodes[n];

        if (ng->circuit == 0) {
            continue;
        }

        node->workers++;
        node->up += (ng->up != 0);
        node->queued += ng->queued;
        node->circuit[(ng->circuit - 1) % 3]++;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_status_name(ngx_http_print_task_status_name_t *entry,
    ngx_uint_t n, ngx_str_t *name)
{
    if (n == 0) {
        ngx_str_set(name, "other");
        return NGX_OK;
    }

    if (!entry->used) {
        return NGX_DECLINED;
    }

    name->data = entry->text;
    name->len = entry->len;

    return NGX_OK;
}
