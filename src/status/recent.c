
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* A ring of the last refusals, written by one worker and read by others. */


#include "status/recent.h"


static ngx_uint_t ngx_http_print_task_recent_read(
    ngx_http_print_task_recent_t *copy,
    const ngx_http_print_task_recent_t *recent);


void
ngx_http_print_task_recent_id(ngx_http_print_task_recent_id_t *id,
    const ngx_str_t *s)
{
    id->len = ngx_min(s->len, NGX_HTTP_PRINT_TASK_RECENT_ID);

    if (id->len) {
        ngx_memcpy(id->data, s->data, id->len);
    }
}


/* the number shows a reader whether an entry is complete */

void
ngx_http_print_task_recent_add(ngx_http_print_task_recents_t *recents,
    const ngx_http_print_task_recent_t *recent)
{
    uint64_t                       number;
    ngx_http_print_task_recent_t  *to;

    to = &recents->ring[recents->written % NGX_HTTP_PRINT_TASK_RECENT];
    number = recents->written + 1;

    __atomic_store_n(&to->number, 0, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_RELEASE);

    to->time = recent->time;
    to->counter = recent->counter;
    to->mode = recent->mode;
    to->app = recent->app;
    to->task = recent->task;
    to->request = recent->request;
    to->client = recent->client;

    __atomic_store_n(&to->number, number, __ATOMIC_RELEASE);

    recents->written = number;
}


ngx_uint_t
ngx_http_print_task_recent_merge(ngx_http_print_task_recent_t *list,
    ngx_uint_t n, const ngx_http_print_task_recents_t *recents)
{
    ngx_uint_t                    i, j;
    ngx_http_print_task_recent_t  copy;

    for (i = 0; i < NGX_HTTP_PRINT_TASK_RECENT; i++) {

        if (!ngx_http_print_task_recent_read(&copy, &recents->ring[i])) {
            continue;
        }

        for (j = n; j && list[j - 1].time < copy.time; j--) {
            if (j < NGX_HTTP_PRINT_TASK_RECENT) {
                list[j] = list[j - 1];
            }
        }

        if (j < NGX_HTTP_PRINT_TASK_RECENT) {
            list[j] = copy;
            n = ngx_min(n + 1, NGX_HTTP_PRINT_TASK_RECENT);
        }
    }

    return n;
}


static ngx_uint_t
ngx_http_print_task_recent_read(ngx_http_print_task_recent_t *copy,
    const ngx_http_print_task_recent_t *recent)
{
    uint64_t  number;

    number = __atomic_load_n(&recent->number, __ATOMIC_ACQUIRE);

    if (number == 0) {
        return 0;
    }

    *copy = *recent;

    __atomic_thread_fence(__ATOMIC_ACQUIRE);

    return number == __atomic_load_n(&recent->number, __ATOMIC_RELAXED)
           && copy->mode < PT_MODE_N
           && copy->counter < PT_REQUEST_COUNTERS
           && copy->app.len <= NGX_HTTP_PRINT_TASK_RECENT_ID
           && copy->task.len <= NGX_HTTP_PRINT_TASK_RECENT_ID
           && copy->request.len <= NGX_HTTP_PRINT_TASK_RECENT_ID
           && copy->client.len <= NGX_HTTP_PRINT_TASK_RECENT_ID;
}
