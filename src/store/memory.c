
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The memory store: core/pt_store.c with a lock, a clock and a log.  Every
 * operation completes at once.
 * The shared memory zone of nginx is empty.  It makes names unique and passes
 * the memory from one cycle to the next; the memory itself is that of
 * store/shm.c.
 */


#include "store/memory.h"

#include <openssl/rand.h>

#include "core/pt_log_rate.h"
#include "core/pt_rate.h"
#include "core/pt_rules.h"
#include "core/pt_siphash.h"
#include "core/pt_str_list.h"
#include "core/pt_store.h"
#include "core/pt_task.h"
#include "status/count.h"
#include "store/shm.h"
#include "store/wake.h"


#define NGX_HTTP_PRINT_TASK_MEMORY_ZONE     (8 * ngx_pagesize)
#define NGX_HTTP_PRINT_TASK_MEMORY_LIST  65536   /* bytes of a list */
#define NGX_HTTP_PRINT_TASK_MEMORY_DEFINITION  1024    /* bytes of the name of a
                                                    definition that is kept */
#define NGX_HTTP_PRINT_TASK_MEMORY_PLACE                                      \
    (PT_STORE_PLACE_MAX + PT_STORE_PLACE_MORE                                 \
     + NGX_HTTP_PRINT_TASK_MEMORY_DEFINITION)
#define NGX_HTTP_PRINT_TASK_MEMORY_LOG      60000   /* ms between log lines
                                                       about a full store */
#define NGX_HTTP_PRINT_TASK_MEMORY_LOG_KEY  512     /* bytes of a key */


/* owners whose hashes a process caches; a power of two */
#define NGX_HTTP_PRINT_TASK_MEMORY_OWNERS  16


typedef struct {
    pt_store_owner_t              owner;
    size_t                        tenant;       /* bytes of text; 0: a free
                                                   entry */
    size_t                        app;
    u_char                        text[PT_TENANT_MAX + PT_APP_MAX];
} ngx_http_print_task_memory_owner_t;


typedef struct {
    ngx_http_print_task_store_t   store;
    ngx_str_t                     name;
    ngx_str_t                     file;
    size_t                        size;

    ngx_http_print_task_shm_t    *shm;
    pt_store_t                    table;

    ngx_msec_t                    lock_logged;  /* by this process */
    ngx_http_print_task_memory_owner_t
                                  owners[NGX_HTTP_PRINT_TASK_MEMORY_OWNERS];
} ngx_http_print_task_memory_t;


static ngx_http_print_task_memory_t *ngx_http_print_task_memory_create(
    ngx_conf_t *cf, ngx_shm_zone_t *shm_zone);
static ngx_int_t ngx_http_print_task_memory_label(ngx_conf_t *cf,
    ngx_http_print_task_memory_t *memory);
static ngx_int_t ngx_http_print_task_memory_init(ngx_shm_zone_t *shm_zone,
    void *data);
static ngx_int_t ngx_http_print_task_memory_reuse(
    ngx_http_print_task_memory_t *memory, ngx_http_print_task_memory_t *old,
    ngx_log_t *log);
static ngx_int_t ngx_http_print_task_memory_grow(
    ngx_http_print_task_memory_t *memory, ngx_log_t *log);
static ngx_int_t ngx_http_print_task_memory_table(
    ngx_http_print_task_memory_t *memory, ngx_log_t *log);
static ngx_int_t ngx_http_print_task_memory_check(
    ngx_http_print_task_memory_t *memory, ngx_log_t *log);
static void ngx_http_print_task_memory_refuse(
    ngx_http_print_task_memory_t *memory, const char *wrong, ngx_log_t *log);
static void ngx_http_print_task_memory_cleanup(void *data);

static ngx_int_t ngx_http_print_task_memory_start(
    ngx_http_print_task_store_t *store, ngx_http_print_task_op_t *op);
static void ngx_http_print_task_memory_cancel(
    ngx_http_print_task_store_t *store, ngx_http_print_task_op_t *op);
static void ngx_http_print_task_memory_settle(
    ngx_http_print_task_store_t *store, ngx_http_print_task_op_t *op);
static ngx_int_t ngx_http_print_task_memory_process(
    ngx_http_print_task_store_t *store, ngx_cycle_t *cycle);
static void ngx_http_print_task_memory_exit_process(
    ngx_http_print_task_store_t *store, ngx_cycle_t *cycle);

static pt_result_e ngx_http_print_task_memory_run(
    ngx_http_print_task_memory_t *memory, ngx_http_print_task_op_t *op,
    pt_store_seen_t *seen);
static void ngx_http_print_task_memory_owner(
    ngx_http_print_task_memory_t *memory, const ngx_http_print_task_op_t *op,
    pt_store_owner_t *owner);
static ngx_str_t ngx_http_print_task_memory_place(
    const ngx_http_print_task_memory_t *memory,
    const ngx_http_print_task_op_t *op, u_char *text);
static ngx_str_t ngx_http_print_task_memory_definition(
    const ngx_http_print_task_op_t *op);
static ngx_str_t ngx_http_print_task_memory_id(
    const ngx_http_print_task_op_t *op);
static pt_result_e ngx_http_print_task_memory_events(
    ngx_http_print_task_memory_t *memory, ngx_http_print_task_op_t *op);
static pt_result_e ngx_http_print_task_memory_list(
    ngx_http_print_task_memory_t *memory, ngx_http_print_task_op_t *op);
static pt_result_e ngx_http_print_task_memory_indexes(
    ngx_http_print_task_op_t *op);
static pt_result_e ngx_http_print_task_memory_overdue(
    ngx_http_print_task_memory_t *memory, ngx_http_print_task_op_t *op);
static ngx_int_t ngx_http_print_task_memory_position(const ngx_str_t *text,
    uint64_t *position);
static ngx_int_t ngx_http_print_task_memory_lock(
    ngx_http_print_task_memory_t *memory, ngx_log_t *log);
static void ngx_http_print_task_memory_count(
    ngx_http_print_task_memory_t *memory, const ngx_http_print_task_op_t *op,
    pt_result_e result);
static ngx_uint_t ngx_http_print_task_memory_may_log(
    ngx_http_print_task_memory_t *memory);
static void ngx_http_print_task_memory_log_lost_lease(
    ngx_http_print_task_memory_t *memory, const ngx_http_print_task_op_t *op);


/* by the type of the operation */

static const pt_store_op_pt  ngx_http_print_task_memory_ops[] = {
    pt_store_read,
    pt_store_reserve,
    pt_store_apply,
    pt_store_put,
    pt_store_delete,
    NULL,                              /* LIST */
    NULL,                              /* EVENTS */
    NULL,                              /* INDEXES */
    NULL,                              /* OVERDUE */
    pt_store_commit,
    pt_store_release,
    pt_store_invalidate
};

_Static_assert(sizeof(ngx_http_print_task_memory_ops) / sizeof(pt_store_op_pt)
               == PT_OPERATION_N,
               "an operation has no function");


/* Locations may name a store several times; the first one creates it. */

ngx_http_print_task_store_t *
ngx_http_print_task_store_memory(ngx_conf_t *cf, ngx_str_t *name, size_t size,
    ngx_str_t *file, void *tag)
{
    ngx_shm_zone_t                *shm_zone;
    ngx_http_print_task_memory_t  *memory;

    shm_zone = ngx_shared_memory_add(cf, name, NGX_HTTP_PRINT_TASK_MEMORY_ZONE,
                                     tag);
    if (shm_zone == NULL) {
        return NULL;
    }

    if (shm_zone->data == NULL) {

        memory = ngx_http_print_task_memory_create(cf, shm_zone);
        if (memory == NULL) {
            return NULL;
        }

        memory->name = *name;
        memory->size = size;
        memory->file = *file;

        return (ngx_http_print_task_memory_label(cf, memory) == NGX_OK)
               ? &memory->store : NULL;
    }

    if (shm_zone->init != ngx_http_print_task_memory_init) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "zone \"%V\" is in use for another purpose", name);
        return NULL;
    }

    memory = shm_zone->data;

    if (memory->size != size
        || memory->file.len != file->len
        || ngx_strncmp(memory->file.data, file->data, file->len) != 0)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" in \"print_task_store\" must have the same "
                           "size and file everywhere", name);
        return NULL;
    }

    return &memory->store;
}


static ngx_int_t
ngx_http_print_task_memory_label(ngx_conf_t *cf,
    ngx_http_print_task_memory_t *memory)
{
    ngx_str_t  *label;

    label = &memory->store.label;

    label->data = ngx_pnalloc(cf->pool,
                              sizeof("memory:") - 1 + memory->name.len);
    if (label->data == NULL) {
        return NGX_ERROR;
    }

    label->len = ngx_sprintf(label->data, "memory:%V", &memory->name)
                 - label->data;

    return NGX_OK;
}


ngx_int_t
ngx_http_print_task_store_memory_usage(
    const ngx_http_print_task_store_t *store,
    ngx_http_print_task_memory_usage_t *usage)
{
    const ngx_http_print_task_memory_t  *memory;

    if (store->start != ngx_http_print_task_memory_start) {
        return NGX_DECLINED;
    }

    memory = store->data;

    usage->zone = memory->name;
    usage->records = pt_store_records(&memory->table);

    pt_store_usage(&memory->table, &usage->size, &usage->used, &usage->pinned);

    return NGX_OK;
}


/* Without files, stores of different names are never the same memory. */

ngx_uint_t
ngx_http_print_task_store_memory_same(const ngx_http_print_task_store_t *one,
    const ngx_http_print_task_store_t *other)
{
    const ngx_http_print_task_memory_t  *a, *b;

    a = one->data;
    b = other->data;

    return a->file.len != 0
           && a->file.len == b->file.len
           && ngx_memcmp(a->file.data, b->file.data, a->file.len) == 0;
}


/*
 * The configuration owns the description of the store.  The memory itself is
 * counted by the cycles that use it, and outlives the configuration.
 */

static ngx_http_print_task_memory_t *
ngx_http_print_task_memory_create(ngx_conf_t *cf, ngx_shm_zone_t *shm_zone)
{
    ngx_pool_cleanup_t            *cln;
    ngx_http_print_task_store_t   *store;
    ngx_http_print_task_memory_t  *memory;

    cln = ngx_pool_cleanup_add(cf->pool, sizeof(ngx_http_print_task_memory_t));
    if (cln == NULL) {
        return NULL;
    }

    memory = cln->data;

    ngx_memzero(memory, sizeof(ngx_http_print_task_memory_t));

    cln->handler = ngx_http_print_task_memory_cleanup;

    memory->table.text = ngx_pnalloc(cf->pool, PT_STORE_TEXT_MAX);
    if (memory->table.text == NULL) {
        return NULL;
    }

    store = &memory->store;

    ngx_str_set(&store->name, "memory");

    store->start = ngx_http_print_task_memory_start;
    store->cancel = ngx_http_print_task_memory_cancel;
    store->settle = ngx_http_print_task_memory_settle;
    store->watch = ngx_http_print_task_wake_watch;
    store->unwatch = ngx_http_print_task_wake_unwatch;
    store->init_process = ngx_http_print_task_memory_process;
    store->exit_process = ngx_http_print_task_memory_exit_process;
    store->data = memory;

    shm_zone->init = ngx_http_print_task_memory_init;
    shm_zone->data = memory;

    return memory;
}


/*
 * nginx calls this in the master before it forks, with the data of the zone in
 * the previous cycle.
 */

static ngx_int_t
ngx_http_print_task_memory_init(ngx_shm_zone_t *shm_zone, void *data)
{
    ngx_http_print_task_memory_t *old = data;

    ngx_int_t                      rc;
    ngx_log_t                     *log;
    ngx_str_t                     *file;
    ngx_http_print_task_memory_t  *memory;

    static ngx_str_t  none = ngx_string("");

    memory = shm_zone->data;
    log = shm_zone->shm.log;

    if (old) {
        rc = ngx_http_print_task_memory_reuse(memory, old, log);

        if (rc != NGX_DECLINED) {
            return rc;
        }
    }

    /* "nginx -t" must not touch the memory of a running nginx */

    if (ngx_test_config
        && memory->file.len
        && ngx_http_print_task_shm_check(&memory->file, log) != NGX_OK)
    {
        return NGX_ERROR;
    }

    file = ngx_test_config ? &none : &memory->file;

    memory->shm = ngx_http_print_task_shm_open(&memory->name, file,
                                               memory->size, log);
    if (memory->shm == NULL) {
        return NGX_ERROR;
    }

    if (ngx_http_print_task_memory_table(memory, log) != NGX_OK
        || ngx_http_print_task_memory_grow(memory, log) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return ngx_http_print_task_shm_ready(memory->shm, log);
}


/* NGX_DECLINED: another store of the same name */

static ngx_int_t
ngx_http_print_task_memory_reuse(ngx_http_print_task_memory_t *memory,
    ngx_http_print_task_memory_t *old, ngx_log_t *log)
{
    ngx_uint_t  same;

    same = memory->file.len == old->file.len
           && ngx_strncmp(memory->file.data, old->file.data, old->file.len)
              == 0;

    if (!same) {
        return NGX_DECLINED;
    }

    memory->shm = old->shm;
    memory->shm->refs++;

    if (pt_store_attach(&memory->table, memory->shm->start,
                        memory->shm->size - NGX_HTTP_PRINT_TASK_SHM_HEADER)
        != NGX_OK)
    {
        ngx_http_print_task_memory_refuse(memory, NULL, log);
        return NGX_ERROR;
    }

    return ngx_http_print_task_memory_grow(memory, log);
}


/* processes with the old configuration use the memory that is added, too */

static ngx_int_t
ngx_http_print_task_memory_grow(ngx_http_print_task_memory_t *memory,
    ngx_log_t *log)
{
    size_t                      before, size;
    ngx_http_print_task_shm_t  *shm;

    shm = memory->shm;
    before = shm->size;

    if (ngx_http_print_task_shm_grow(shm, memory->size, &memory->name, log)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (shm->size > memory->size) {
        ngx_log_error(NGX_LOG_WARN, log, 0,
                      "print_task_store \"%V\" keeps its size of %uz bytes, "
                      "it cannot shrink: to make it smaller, export its tasks, "
                      "stop nginx%s, start nginx, and import them",
                      &memory->name, shm->size,
                      memory->file.len ? ", remove the file" : "");
    }

    size = shm->size - NGX_HTTP_PRINT_TASK_SHM_HEADER;

    if (size == pt_store_size(&memory->table)) {
        return NGX_OK;
    }

    if (ngx_http_print_task_memory_lock(memory, log) != NGX_OK) {
        return NGX_ERROR;
    }

    pt_store_grow(&memory->table, size);

    ngx_http_print_task_shm_unlock(shm);

    if (shm->size != before) {
        ngx_log_error(NGX_LOG_NOTICE, log, 0,
                      "print_task_store \"%V\" has grown from %uz to %uz "
                      "bytes", &memory->name, before, shm->size);
    }

    return NGX_OK;
}


/*
 * Recovery needs that no other process uses the memory.  In an upgrade the old
 * workers still do: then the next holder of the lock recovers, if that is
 * needed.
 */

static ngx_int_t
ngx_http_print_task_memory_table(ngx_http_print_task_memory_t *memory,
    ngx_log_t *log)
{
    size_t                      size;
    u_char                      seed[PT_SIPHASH_SEED_LEN];
    ngx_http_print_task_shm_t  *shm;

    shm = memory->shm;
    size = shm->size - NGX_HTTP_PRINT_TASK_SHM_HEADER;

    if (!shm->exists) {

        if (RAND_bytes(seed, sizeof(seed)) != 1) {
            ngx_ssl_error(NGX_LOG_EMERG, log, 0, "RAND_bytes() failed");
            return NGX_ERROR;
        }

        pt_store_create(&memory->table, shm->start, size, seed);

        return NGX_OK;
    }

    if (shm->alone
        && ngx_http_print_task_memory_check(memory, log) != NGX_OK)
    {
        return NGX_ERROR;
    }

    if (pt_store_attach(&memory->table, shm->start, size) != NGX_OK) {
        ngx_http_print_task_memory_refuse(memory, NULL, log);
        return NGX_ERROR;
    }

    if (!shm->alone) {
        return NGX_OK;
    }

    if (pt_store_recover(&memory->table) != NGX_OK) {
        return NGX_ERROR;
    }

    pt_store_recount(&memory->table);

    ngx_log_error(NGX_LOG_NOTICE, log, 0,
                  "print_task_store \"%V\" has %uz records",
                  &memory->file, pt_store_records(&memory->table));

    return NGX_OK;
}


/*
 * A file may have been damaged between two runs of nginx.  A private view of it
 * is recovered and checked before anything is written to the file.
 */

static ngx_int_t
ngx_http_print_task_memory_check(ngx_http_print_task_memory_t *memory,
    ngx_log_t *log)
{
    u_char      *view, *marks;
    ngx_int_t    rc;
    pt_store_t   table;
    const char  *wrong;

    view = ngx_http_print_task_shm_view(memory->shm, log);
    if (view == NULL) {
        return NGX_ERROR;
    }

    rc = NGX_ERROR;

    if (pt_store_attach(&table, view,
                        memory->shm->size - NGX_HTTP_PRINT_TASK_SHM_HEADER)
        != NGX_OK)
    {
        ngx_http_print_task_memory_refuse(memory, NULL, log);
        goto done;
    }

    marks = ngx_calloc(pt_store_nblocks(&table), log);
    if (marks == NULL) {
        goto done;
    }

    wrong = (pt_store_recover(&table) == NGX_OK)
            ? pt_store_check(&table, marks) : "the journal";

    ngx_free(marks);

    if (wrong) {
        ngx_http_print_task_memory_refuse(memory, wrong, log);

    } else {
        rc = NGX_OK;
    }

done:

    ngx_http_print_task_shm_view_done(memory->shm, view);

    return rc;
}


/* wrong == NULL: a table of another version */

static void
ngx_http_print_task_memory_refuse(ngx_http_print_task_memory_t *memory,
    const char *wrong, ngx_log_t *log)
{
    ngx_str_t  *name;

    name = memory->file.len ? &memory->file : &memory->name;

    if (wrong) {
        ngx_log_error(NGX_LOG_EMERG, log, 0,
                      "print_task_store \"%V\" is damaged: %s", name, wrong);
        return;
    }

    ngx_log_error(NGX_LOG_EMERG, log, 0,
                  "print_task_store \"%V\" was written by another version "
                  "of the module", name);
}


static void
ngx_http_print_task_memory_cleanup(void *data)
{
    ngx_http_print_task_memory_t *memory = data;

    if (memory->shm) {
        ngx_http_print_task_shm_close(memory->shm);
    }
}


/*
 * If the strings of the snapshot do not fit in memory, a lease that was granted
 * is released at once: the request ends without knowing of it.
 */

static ngx_int_t
ngx_http_print_task_memory_start(ngx_http_print_task_store_t *store,
    ngx_http_print_task_op_t *op)
{
    pt_store_seen_t                seen;
    ngx_http_print_task_memory_t  *memory;

    memory = store->data;

    op->pending = NULL;
    op->distrusted = 0;

    if (op->type == PT_OPERATION_LIST) {
        op->result = ngx_http_print_task_memory_list(memory, op);
        return NGX_OK;
    }

    if (op->type == PT_OPERATION_EVENTS) {
        op->result = ngx_http_print_task_memory_events(memory, op);
        return NGX_OK;
    }

    if (op->type == PT_OPERATION_INDEXES) {
        op->result = ngx_http_print_task_memory_indexes(op);
        return NGX_OK;
    }

    if (op->type == PT_OPERATION_OVERDUE) {
        op->result = ngx_http_print_task_memory_overdue(memory, op);
        return NGX_OK;
    }

    op->result = ngx_http_print_task_memory_run(memory, op, &seen);

    op->snapshot = seen.snapshot;
    op->from = seen.from;

    if (ngx_http_print_task_op_keep(op) == NGX_OK) {
        return NGX_OK;
    }

    if (op->result == PT_RESULT_GRANTED) {
        op->type = PT_OPERATION_RELEASE;
        ngx_http_print_task_memory_settle(store, op);
        op->type = PT_OPERATION_RESERVE;
    }

    ngx_memzero(&op->snapshot, sizeof(pt_snapshot_t));

    op->snapshot.task.state = PT_UNKNOWN;
    op->result = PT_RESULT_FAILED;

    return NGX_OK;
}


static void
ngx_http_print_task_memory_cancel(ngx_http_print_task_store_t *store,
    ngx_http_print_task_op_t *op)
{
    /* no operation is ever pending */
}


static void
ngx_http_print_task_memory_settle(ngx_http_print_task_store_t *store,
    ngx_http_print_task_op_t *op)
{
    pt_store_seen_t  seen;

    (void) ngx_http_print_task_memory_run(store->data, op, &seen);
}


static ngx_int_t
ngx_http_print_task_memory_process(ngx_http_print_task_store_t *store,
    ngx_cycle_t *cycle)
{
    ngx_http_print_task_memory_t *memory = store->data;

    return ngx_http_print_task_shm_private(memory->shm, cycle->log);
}


static void
ngx_http_print_task_memory_exit_process(ngx_http_print_task_store_t *store,
    ngx_cycle_t *cycle)
{
    /* void */
}


static pt_result_e
ngx_http_print_task_memory_run(ngx_http_print_task_memory_t *memory,
    ngx_http_print_task_op_t *op, pt_store_seen_t *seen)
{
    u_char          place[NGX_HTTP_PRINT_TASK_MEMORY_PLACE];
    ngx_uint_t      full;
    pt_store_t     *table;
    pt_result_e     result;
    pt_store_op_t   args;

    table = &memory->table;

    args.key.hash[0] = op->key_hash[0];
    args.key.hash[1] = op->key_hash[1];

    if (args.key.hash[0] == 0) {
        pt_store_key(table, &op->key, &args.key);

        op->key_hash[0] = args.key.hash[0];
        op->key_hash[1] = args.key.hash[1];
    }

    if (op->type == PT_OPERATION_RESERVE
        || op->type == PT_OPERATION_PUT
        || op->type == PT_OPERATION_COMMIT)
    {
        ngx_http_print_task_memory_owner(memory, op, &args.owner);
    }

    args.lease = pt_store_lease(table, &op->lease);
    args.lease_time = op->lease_time;
    args.ttl = op->ttl;
    args.sources = op->sources;
    args.final = op->final;
    args.app = op->app;
    args.update = op->update;
    args.match = op->match;
    args.rev = op->rev;
    args.task = op->task;
    args.task.place = ngx_http_print_task_memory_place(memory, op, place);
    args.keep = 0;

    if (op->stream.data != NULL) {
        args.id = ngx_http_print_task_memory_id(op);
        args.stream = pt_store_definition(table, &op->stream);
        args.keep = op->keep;
    }

    args.create = op->create;
    args.hold = op->hold;

    ngx_memzero(seen, sizeof(pt_store_seen_t));

    seen->from = PT_UNKNOWN;
    seen->snapshot.task.state = PT_UNKNOWN;

    if (ngx_http_print_task_memory_lock(memory, op->log) != NGX_OK) {
        return PT_RESULT_DOWN;
    }

    table->now = ngx_http_print_task_shm_now(memory->shm);

    result = ngx_http_print_task_memory_ops[op->type](table, &args, seen);

    full = (result == PT_RESULT_STORE_FULL)
           && ngx_http_print_task_memory_may_log(memory);

    ngx_http_print_task_shm_unlock(memory->shm);

    ngx_http_print_task_memory_count(memory, op, result);

    if (op->stream.data != NULL
        && (result == PT_RESULT_APPLIED
            || result == PT_RESULT_CREATED
            || result == PT_RESULT_SETTLED))
    {
        ngx_http_print_task_wake(&op->stream);
    }

    if (result == PT_RESULT_STORE_FULL) {
        ngx_memzero(&seen->snapshot, sizeof(pt_snapshot_t));
        seen->snapshot.task.state = PT_UNKNOWN;
    }

    if (full) {
        ngx_log_error(NGX_LOG_WARN, op->log, 0,
                      "print_task_store \"%V\" is full for tenant \"%V\": "
                      "%uz records, %uz bytes are left for others",
                      &memory->name, &op->tenant, pt_store_records(table),
                      pt_store_unused_size(table));
    }

    if (result == PT_RESULT_LOST
        && op->type != PT_OPERATION_RELEASE
        && op->lease.len)
    {
        ngx_http_print_task_memory_log_lost_lease(memory, op);
    }

    return result;
}


/* STORE_FULL for COMMIT: the state is unknown now */

static void
ngx_http_print_task_memory_count(ngx_http_print_task_memory_t *memory,
    const ngx_http_print_task_op_t *op, pt_result_e result)
{
    ngx_uint_t   i, store;
    pt_store_t  *table;

    table = &memory->table;
    store = memory->store.number;

    if (table->evicted) {

        for (i = 0; i < PT_EVICTION_N; i++) {
            ngx_http_print_task_add(
                     &ngx_http_print_task_metrics->evictions[store][i],
                     table->evictions[i]);
            table->evictions[i] = 0;
        }

        table->evicted = 0;
    }

    if (!pt_operation_settles(op->type)) {
        return;
    }

    if (result != PT_RESULT_LOST) {
        ngx_http_print_task_count(operations[store][op->type]
                                  [result == PT_RESULT_STORE_FULL
                                   ? PT_RESULT_STORE_FULL : PT_RESULT_SETTLED]);
        return;
    }

    ngx_http_print_task_count(operations[store][op->type][PT_RESULT_LOST]);

    if (op->type != PT_OPERATION_RELEASE && op->lease.len) {
        ngx_http_print_task_count(leases_lost);
    }
}


/*
 * A change needs the hashes of its owner twice, and few owners make most
 * changes.
 */

static void
ngx_http_print_task_memory_owner(ngx_http_print_task_memory_t *memory,
    const ngx_http_print_task_op_t *op, pt_store_owner_t *owner)
{
    const ngx_str_t                     *tenant, *app;
    ngx_http_print_task_memory_owner_t  *known;

    tenant = &op->tenant;
    app = &op->app;

    if (tenant->len == 0 || tenant->len > PT_TENANT_MAX
        || app->len == 0 || app->len > PT_APP_MAX)
    {
        pt_store_owner(&memory->table, tenant, app, owner);
        return;
    }

    known = &memory->owners[(app->data[0] ^ app->data[app->len - 1])
                            & (NGX_HTTP_PRINT_TASK_MEMORY_OWNERS - 1)];

    if (known->tenant != tenant->len
        || known->app != app->len
        || ngx_memcmp(known->text, tenant->data, tenant->len) != 0
        || ngx_memcmp(known->text + tenant->len, app->data, app->len) != 0)
    {
        pt_store_owner(&memory->table, tenant, app, &known->owner);

        known->tenant = tenant->len;
        known->app = app->len;

        ngx_memcpy(ngx_cpymem(known->text, tenant->data, tenant->len),
                   app->data, app->len);
    }

    *owner = known->owner;
}


/* data == NULL: in no list */

static ngx_str_t
ngx_http_print_task_memory_place(const ngx_http_print_task_memory_t *memory,
    const ngx_http_print_task_op_t *op, u_char *text)
{
    ngx_str_t          id, place, definition;
    const pt_store_t  *table;

    table = &memory->table;

    ngx_str_null(&place);

    if (op->type != PT_OPERATION_PUT || op->index.data == NULL) {
        return place;
    }

    id = ngx_http_print_task_memory_id(op);

    place.data = text;
    place.len = pt_store_place_write(text,
                                     pt_store_definition(table, &op->index),
                                     &id);

    if (op->overdue == 0) {
        return place;
    }

    definition = ngx_http_print_task_memory_definition(op);

    place.len += pt_store_place_add(text + place.len,
                                 ngx_http_print_task_shm_now(memory->shm),
                                 &definition);

    return place;
}


/* the part of the key in braces; a longer name than any of answer is cut */

static ngx_str_t
ngx_http_print_task_memory_definition(const ngx_http_print_task_op_t *op)
{
    u_char     *p, *last;
    ngx_str_t   name;

    last = op->index.data + op->index.len;

    p = ngx_strlchr(op->index.data, last, '{');

    name.data = p ? p + 1 : op->index.data;
    name.len = last - name.data;

    if (name.len && last[-1] == '}') {
        name.len--;
    }

    name.len = ngx_min(name.len, NGX_HTTP_PRINT_TASK_MEMORY_DEFINITION);

    return name;
}


static pt_result_e
ngx_http_print_task_memory_list(ngx_http_print_task_memory_t *memory,
    ngx_http_print_task_op_t *op)
{
    u_char           *p;
    pt_store_t       *table;
    pt_store_page_t   page;

    table = &memory->table;

    ngx_memzero(&page, sizeof(pt_store_page_t));

    page.definition = pt_store_definition(table, &op->index);
    page.states = op->sources;
    page.overdue = op->overdue;
    page.app = op->app;
    page.max = op->max;
    page.first = (op->after.data == NULL);

    p = ngx_palloc(op->pool, op->max * sizeof(pt_listed_t)
                             + NGX_HTTP_PRINT_TASK_MEMORY_LIST);

    op->next.data = ngx_pnalloc(op->pool, 2 * sizeof(uint64_t));

    if (p == NULL || op->next.data == NULL) {
        return PT_RESULT_FAILED;
    }

    page.tasks = (pt_listed_t *) p;
    page.pos = p + op->max * sizeof(pt_listed_t);
    page.end = page.pos + NGX_HTTP_PRINT_TASK_MEMORY_LIST;

    if (!page.first
        && ngx_http_print_task_memory_position(&op->after, &page.after)
           != NGX_OK)
    {
        return PT_RESULT_FAILED;
    }

    if (ngx_http_print_task_memory_lock(memory, op->log) != NGX_OK) {
        return PT_RESULT_DOWN;
    }

    table->now = ngx_http_print_task_shm_now(memory->shm);

    pt_store_list_tasks(table, &page);

    ngx_http_print_task_shm_unlock(memory->shm);

    op->tasks = page.tasks;
    op->ntasks = page.n;

    if (page.more) {
        op->next.len = ngx_sprintf(op->next.data, "%016xL", page.next)
                       - op->next.data;

    } else {
        ngx_str_null(&op->next);
    }

    return PT_RESULT_SEEN;
}


/* all tasks are walked through at once: the only index has no name */

static pt_result_e
ngx_http_print_task_memory_indexes(ngx_http_print_task_op_t *op)
{
    op->indexes = ngx_palloc(op->pool, sizeof(ngx_str_t));
    if (op->indexes == NULL) {
        return PT_RESULT_FAILED;
    }

    ngx_str_set(&op->indexes[0], "");
    op->nindexes = 1;

    ngx_str_null(&op->next);

    return PT_RESULT_SEEN;
}


static pt_result_e
ngx_http_print_task_memory_overdue(ngx_http_print_task_memory_t *memory,
    ngx_http_print_task_op_t *op)
{
    u_char              *p;
    ngx_int_t            after;
    pt_store_t          *table;
    pt_store_overdue_t   part;

    table = &memory->table;

    ngx_memzero(&part, sizeof(pt_store_overdue_t));

    part.states = op->sources;
    part.overdue = op->overdue;
    part.max = op->max;

    if (op->after.data != NULL) {
        after = ngx_hextoi(op->after.data, op->after.len);

        if (after == NGX_ERROR) {
            return PT_RESULT_FAILED;
        }

        part.after = (uint32_t) after;
    }

    p = ngx_palloc(op->pool, op->max * sizeof(pt_listed_t)
                             + NGX_HTTP_PRINT_TASK_MEMORY_LIST);

    op->next.data = ngx_pnalloc(op->pool, 2 * sizeof(uint32_t));

    if (p == NULL || op->next.data == NULL) {
        return PT_RESULT_FAILED;
    }

    part.tasks = (pt_listed_t *) p;
    part.pos = p + op->max * sizeof(pt_listed_t);
    part.end = part.pos + NGX_HTTP_PRINT_TASK_MEMORY_LIST;

    if (ngx_http_print_task_memory_lock(memory, op->log) != NGX_OK) {
        return PT_RESULT_DOWN;
    }

    table->now = ngx_http_print_task_shm_now(memory->shm);

    pt_store_count_overdue(table, &part);

    ngx_http_print_task_shm_unlock(memory->shm);

    op->count = part.count;
    op->tasks = part.tasks;
    op->ntasks = part.n;

    if (part.next) {
        op->next.len = ngx_sprintf(op->next.data, "%08xD", part.next)
                       - op->next.data;

    } else {
        ngx_str_null(&op->next);
    }

    return PT_RESULT_SEEN;
}


/* the last part of the key */

static ngx_str_t
ngx_http_print_task_memory_id(const ngx_http_print_task_op_t *op)
{
    u_char     *p;
    ngx_str_t   id;

    for (p = op->key.data + op->key.len; p[-1] != '/'; p--) { /* void */ }

    id.data = p;
    id.len = op->key.data + op->key.len - p;

    return id;
}


static pt_result_e
ngx_http_print_task_memory_events(ngx_http_print_task_memory_t *memory,
    ngx_http_print_task_op_t *op)
{
    u_char                 *p;
    pt_store_t             *table;
    pt_store_event_page_t   page;

    table = &memory->table;

    ngx_memzero(&page, sizeof(pt_store_event_page_t));

    page.stream = pt_store_definition(table, &op->stream);
    page.after = op->after;
    page.max = op->max;

    p = ngx_palloc(op->pool, op->max * sizeof(pt_event_t)
                             + NGX_HTTP_PRINT_TASK_MEMORY_LIST);

    op->next.data = ngx_pnalloc(op->pool, PT_STORE_POSITION_LEN);

    if (p == NULL || op->next.data == NULL) {
        return PT_RESULT_FAILED;
    }

    page.events = (pt_event_t *) p;
    page.pos = p + op->max * sizeof(pt_event_t);
    page.end = page.pos + NGX_HTTP_PRINT_TASK_MEMORY_LIST;

    if (ngx_http_print_task_memory_lock(memory, op->log) != NGX_OK) {
        return PT_RESULT_DOWN;
    }

    pt_store_read_events(table, &page);

    ngx_http_print_task_shm_unlock(memory->shm);

    op->events = page.events;
    op->nevents = page.n;
    op->missed = page.missed;
    op->more = page.more;
    op->next.len = PT_STORE_POSITION_LEN;

    ngx_memcpy(op->next.data, page.next, PT_STORE_POSITION_LEN);

    return PT_RESULT_SEEN;
}


static ngx_int_t
ngx_http_print_task_memory_position(const ngx_str_t *text, uint64_t *position)
{
    ngx_int_t  high, low;

    if (text->len != 2 * sizeof(uint64_t)) {
        return NGX_ERROR;
    }

    high = ngx_hextoi(text->data, sizeof(uint64_t));
    low = ngx_hextoi(text->data + sizeof(uint64_t), sizeof(uint64_t));

    if (high == NGX_ERROR || low == NGX_ERROR) {
        return NGX_ERROR;
    }

    *position = (uint64_t) high << 32 | (uint64_t) low;

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_memory_lock(ngx_http_print_task_memory_t *memory,
    ngx_log_t *log)
{
    ngx_int_t  rc;

    rc = ngx_http_print_task_shm_lock(memory->shm);

    if (rc == NGX_DECLINED) {

        if (pt_store_recover(&memory->table) != NGX_OK) {
            ngx_http_print_task_shm_unlock(memory->shm);
            rc = NGX_ERROR;
        }
    }

    if (rc == NGX_DECLINED) {
        ngx_http_print_task_shm_consistent(memory->shm);

        ngx_log_error(NGX_LOG_WARN, log, 0,
                      "a process ended while it changed print_task_store "
                      "\"%V\", the change was undone", &memory->name);
        return NGX_OK;
    }

    if (rc != NGX_OK
        && (memory->lock_logged == 0
            || ngx_current_msec - memory->lock_logged
               >= NGX_HTTP_PRINT_TASK_MEMORY_LOG))
    {
        memory->lock_logged = ngx_max(ngx_current_msec, 1);

        ngx_log_error(NGX_LOG_ERR, log, 0,
                      "cannot lock print_task_store \"%V\"%s", &memory->name,
                      rc == NGX_BUSY ? ": a process that uses it is stopped"
                                     : "");
    }

    return rc;
}


/* all processes share the time of the last line */

static ngx_uint_t
ngx_http_print_task_memory_may_log(ngx_http_print_task_memory_t *memory)
{
    uint64_t  *logged;

    logged = &memory->shm->header->logged;

    if (*logged != 0
        && memory->table.now - *logged < NGX_HTTP_PRINT_TASK_MEMORY_LOG)
    {
        return 0;
    }

    *logged = memory->table.now;

    return 1;
}


/* another request may have changed the task at the same time */

static void
ngx_http_print_task_memory_log_lost_lease(ngx_http_print_task_memory_t *memory,
    const ngx_http_print_task_op_t *op)
{
    u_char            *last;
    u_char             key[4 * NGX_HTTP_PRINT_TASK_MEMORY_LOG_KEY];
    static pt_rate_t   rate;

    if (!pt_rate_take(&rate, ngx_current_msec)) {
        return;
    }

    last = pt_log_escape(key, op->key.data,
                         ngx_min(op->key.len,
                                 NGX_HTTP_PRINT_TASK_MEMORY_LOG_KEY));

    ngx_log_error(NGX_LOG_WARN, op->log, 0,
                  "the lease of key \"%*s\" in print_task_store \"%V\" was "
                  "lost before the change ended",
                  (size_t) (last - key), key, &memory->name);
}
