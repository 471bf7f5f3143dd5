
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * INDEXES asks each server for its keys, part by part.  A script goes where its
 * key is, so a server is found by a key of one of its slots:
 *     print-task-index:{NUMBER}
 * No such key exists, because the name of a definition contains "/".  A
 * position is the number and the cursor of the server: "16 4711".
 * If slots move meanwhile, an index may be found twice or not at all.
 */


#include "redis/indexes.h"

#include <ngx_config.h>
#include <ngx_core.h>

#include "core/pt_cluster_slot.h"
#include "redis/topology.h"


#define NGX_HTTP_PRINT_TASK_REDIS_INDEX  "print-task-index:{%ui}"


static ngx_uint_t ngx_http_print_task_redis_indexes_number(
    const ngx_http_print_task_store_redis_t *sr, const ngx_str_t *position);
static ngx_uint_t ngx_http_print_task_redis_indexes_of_slot(ngx_uint_t slot);


ngx_int_t
ngx_http_print_task_redis_indexes_key(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_op_t *op)
{
    u_char  *p;

    p = ngx_pnalloc(op->pool, sizeof(NGX_HTTP_PRINT_TASK_REDIS_INDEX)
                              + NGX_INT_T_LEN);
    if (p == NULL) {
        return NGX_ERROR;
    }

    op->key.data = p;
    op->key.len = ngx_sprintf(p, NGX_HTTP_PRINT_TASK_REDIS_INDEX,
                              ngx_http_print_task_redis_indexes_number(sr,
                                                                  &op->after))
                  - p;

    return NGX_OK;
}


/* the first server is that of slot 0 */

static ngx_uint_t
ngx_http_print_task_redis_indexes_number(
    const ngx_http_print_task_store_redis_t *sr, const ngx_str_t *position)
{
    u_char     *space;
    ngx_int_t   number;

    if (position->data == NULL) {
        return (sr->topology->next == NULL)
               ? 0 : ngx_http_print_task_redis_indexes_of_slot(0);
    }

    space = ngx_strlchr(position->data, position->data + position->len, ' ');

    if (space == NULL) {
        return 0;
    }

    number = ngx_atoi(position->data, space - position->data);

    return (number == NGX_ERROR) ? 0 : number;
}


ngx_int_t
ngx_http_print_task_redis_indexes_next(ngx_http_print_task_store_redis_t *sr,
    ngx_http_print_task_op_t *op)
{
    u_char                                *p;
    ngx_str_t                              cursor;
    ngx_uint_t                             number, slot;
    ngx_http_print_task_redis_topology_t  *topology;

    cursor = op->next;
    number = ngx_http_print_task_redis_indexes_number(sr, &op->after);

    if (cursor.len == 1 && cursor.data[0] == '0') {
        ngx_str_null(&op->next);

        topology = sr->topology;
        slot = pt_cluster_slot(&op->key);

        if (topology->next == NULL
            || topology->next(topology, &slot) != NGX_OK)
        {
            return NGX_OK;
        }

        number = ngx_http_print_task_redis_indexes_of_slot(slot);
    }

    p = ngx_pnalloc(op->pool, NGX_INT_T_LEN + 1 + cursor.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    op->next.data = p;
    op->next.len = ngx_sprintf(p, "%ui %V", number, &cursor) - p;

    return NGX_OK;
}


/* Keys are spread over the slots, so each slot has one of the first numbers. */

static ngx_uint_t
ngx_http_print_task_redis_indexes_of_slot(ngx_uint_t slot)
{
    ngx_str_t   key;
    ngx_uint_t  number;
    u_char      text[sizeof(NGX_HTTP_PRINT_TASK_REDIS_INDEX) + NGX_INT_T_LEN];

    key.data = text;

    for (number = 0; /* void */ ; number++) {
        key.len = ngx_sprintf(text, NGX_HTTP_PRINT_TASK_REDIS_INDEX, number)
                  - text;

        if (pt_cluster_slot(&key) == slot) {
            return number;
        }
    }
}
