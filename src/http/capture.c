
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Copies a response body as it passes the filters. */


#include "http/capture.h"


ngx_int_t
ngx_http_print_task_capture(ngx_http_request_t *r,
    ngx_http_print_task_capture_t *capture, const ngx_buf_t *b)
{
    u_char  *p;
    size_t   size, want, space;

    if (!ngx_buf_in_memory(b)) {
        return ngx_buf_special(b) ? NGX_OK : NGX_ERROR;
    }

    size = b->last - b->pos;

    if (size == 0) {
        return NGX_OK;
    }

    want = capture->body.len + size;

    if (want > NGX_HTTP_PRINT_TASK_CAPTURE_MAX) {
        return NGX_ERROR;
    }

    if (want > capture->size) {
        space = ngx_max(want, 2 * capture->size);

        p = ngx_pnalloc(r->pool, space);
        if (p == NULL) {
            return NGX_ERROR;
        }

        if (capture->body.len) {
            ngx_memcpy(p, capture->body.data, capture->body.len);
        }

        capture->body.data = p;
        capture->size = space;
    }

    ngx_memcpy(capture->body.data + capture->body.len, b->pos, size);
    capture->body.len = want;

    return NGX_OK;
}
