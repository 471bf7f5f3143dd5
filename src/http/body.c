
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The request body: its header fields, its bytes as one string, and the
 * canonical body that replaces it.
 */


#include "http/body.h"

#include "core/pt_arena.h"
#include "core/pt_inflate.h"
#include "core/pt_body_headers.h"
#include "conf/conf.h"
#include "http/ctx.h"
#include "http/headers.h"
#include "http/refuse.h"


static ngx_int_t ngx_http_print_task_collect_body(ngx_http_request_t *r,
    ngx_str_t *body);
static ngx_int_t ngx_http_print_task_copy_buf(ngx_buf_t *b, u_char *dst);
static pt_reason_e ngx_http_print_task_inflate_body(ngx_http_request_t *r,
    ngx_str_t *body, size_t max);
static ngx_int_t ngx_http_print_task_set_body_headers(ngx_http_request_t *r,
    size_t len);
static ngx_int_t ngx_http_print_task_set_prefer(ngx_http_request_t *r,
    const ngx_list_t *headers);
static ngx_int_t ngx_http_print_task_request_body_filter(
    ngx_http_request_t *r, ngx_chain_t *in);


static ngx_http_request_body_filter_pt
    ngx_http_next_request_body_filter;


static const ngx_str_t  ngx_http_print_task_content_length =
    ngx_string("content-length");
static const ngx_str_t  ngx_http_print_task_content_type =
    ngx_string("content-type");
static const ngx_str_t  ngx_http_print_task_content_encoding =
    ngx_string("content-encoding");
static const ngx_str_t  ngx_http_print_task_json =
    ngx_string("application/json");


static const ngx_str_t  ngx_http_print_task_prefer = ngx_string("prefer");


/*
 * Fields that describe the client's body, that would let the back end compress
 * an answer that the module reads, or that would let the back end answer before
 * the change is made.
 */

static const ngx_str_t  ngx_http_print_task_body_headers[] = {
    ngx_string("content-length"),
    ngx_string("content-type"),
    ngx_string("content-encoding"),
    ngx_string("transfer-encoding"),
    ngx_string("content-md5"),
    ngx_string("content-digest"),
    ngx_string("content-range"),
    ngx_string("repr-digest"),
    ngx_string("digest"),
    ngx_string("trailer"),
    ngx_string("accept-encoding"),
    ngx_string("prefer"),
    ngx_null_string
};


/*
 * These checks need no body, so they come before nginx reads it.  A request
 * without a length in HTTP/2 or HTTP/3 may still have a body.
 */

pt_reason_e
ngx_http_print_task_check_body_headers(ngx_http_request_t *r)
{
    ngx_uint_t                             encodings;
    ngx_list_t                            *headers;
    ngx_table_elt_t                       *h;
    const ngx_http_print_task_loc_conf_t  *ptlcf;

    headers = &r->headers_in.headers;
    ptlcf = ngx_http_get_module_loc_conf(r, ngx_http_print_task_module);

    if (r->headers_in.content_length_n == 0
        || (r->headers_in.content_length_n < 0
            && !r->headers_in.chunked
            && r->http_version < NGX_HTTP_VERSION_20))
    {
        return PT_BODY_EMPTY;
    }

    encodings = ngx_http_print_task_count_header(headers,
                                        &ngx_http_print_task_content_encoding);

    if (encodings > 1
        || ngx_http_print_task_count_header(headers,
                                            &ngx_http_print_task_content_type)
           > 1)
    {
        return PT_CONTENT_TYPE_REPEATED;
    }

    h = r->headers_in.content_type;

    if (h == NULL || !pt_body_headers_is_json(&h->value)) {
        return PT_CONTENT_TYPE;
    }

    if (encodings) {
        h = ngx_http_print_task_find_header(headers,
                                        &ngx_http_print_task_content_encoding);

        if (h != NULL && !pt_body_headers_encoding(&h->value)) {
            return PT_CONTENT_ENCODING;
        }
    }

    if (r->headers_in.content_length_n > (off_t) ptlcf->body_max) {
        return PT_BODY_TOO_LARGE;
    }

    return PT_OK;
}


/* a printer may have a body in another format, IPP (RFC 8010) */

ngx_uint_t
ngx_http_print_task_may_nest(ngx_http_request_t *r)
{
    ngx_table_elt_t  *h;

    if (r->method & (NGX_HTTP_GET|NGX_HTTP_HEAD|NGX_HTTP_DELETE)) {
        return 0;
    }

    if (r->headers_in.content_length_n == 0
        || (r->headers_in.content_length_n < 0
            && !r->headers_in.chunked))
    {
        return 0;
    }

    h = r->headers_in.content_type;

    return h == NULL
           || h->value.len != sizeof("application/ipp") - 1
           || ngx_strncasecmp(h->value.data, (u_char *) "application/ipp",
                              h->value.len)
              != 0
           || ngx_http_print_task_count_header(&r->headers_in.headers,
                                           &ngx_http_print_task_content_type)
              != 1;
}


/*
 * The limit is checked again, because a chunked body has no length in its
 * header.
 */

pt_reason_e
ngx_http_print_task_get_body(ngx_http_request_t *r, ngx_str_t *body)
{
    pt_reason_e                            reason;
    const ngx_http_print_task_loc_conf_t  *ptlcf;

    ptlcf = ngx_http_get_module_loc_conf(r, ngx_http_print_task_module);

    if (r->request_body == NULL || r->request_body->bufs == NULL) {
        return PT_BODY_EMPTY;
    }

    if (r->request_body->received > (off_t) ptlcf->body_max) {
        return PT_BODY_TOO_LARGE;
    }

    if (ngx_http_print_task_collect_body(r, body) != NGX_OK) {
        return PT_INTERNAL;
    }

    /*
     * Content-Encoding may be wrong: clients retry uncompressed with the old
     * field.
     */

    if (pt_is_gzip(body)) {
        reason = ngx_http_print_task_inflate_body(r, body, ptlcf->body_max);

        if (reason != PT_OK) {
            return reason;
        }
    }

    return (body->len == 0) ? PT_BODY_EMPTY : PT_OK;
}


/*
 * Most bodies are in one buffer, which is used without a copy.  nginx may have
 * written a body to a file, depending on client_body_buffer_size.
 */

static ngx_int_t
ngx_http_print_task_collect_body(ngx_http_request_t *r, ngx_str_t *body)
{
    u_char       *p;
    size_t        len;
    ngx_buf_t    *b;
    ngx_chain_t  *cl, *bufs;

    bufs = r->request_body->bufs;

    b = bufs->buf;

    if (bufs->next == NULL && ngx_buf_in_memory(b)) {
        body->data = b->pos;
        body->len = b->last - b->pos;
        return NGX_OK;
    }

    len = 0;

    for (cl = bufs; cl; cl = cl->next) {
        len += (size_t) ngx_buf_size(cl->buf);
    }

    p = ngx_pnalloc(r->pool, len ? len : 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    body->data = p;
    body->len = len;

    for (cl = bufs; cl; cl = cl->next) {

        if (ngx_http_print_task_copy_buf(cl->buf, p) != NGX_OK) {
            return NGX_ERROR;
        }

        p += (size_t) ngx_buf_size(cl->buf);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_copy_buf(ngx_buf_t *b, u_char *dst)
{
    size_t   size;
    ssize_t  n;

    size = (size_t) ngx_buf_size(b);

    if (ngx_buf_in_memory(b)) {
        ngx_memcpy(dst, b->pos, size);
        return NGX_OK;
    }

    if (size == 0) {
        return NGX_OK;
    }

    n = ngx_read_file(b->file, dst, size, b->file_pos);

    return (n == (ssize_t) size) ? NGX_OK : NGX_ERROR;
}


/*
 * The output has the largest allowed size from the start, so a compressed body
 * cannot use more memory than that.
 */

static pt_reason_e
ngx_http_print_task_inflate_body(ngx_http_request_t *r, ngx_str_t *body,
    size_t max)
{
    u_char       *scratch;
    ngx_str_t     plain;
    pt_arena_t    arena;
    pt_reason_e   reason;

    plain.data = ngx_pnalloc(r->pool, pt_inflate_space(body->len, max));
    scratch = ngx_palloc(r->pool, PT_INFLATE_SCRATCH);

    if (plain.data == NULL || scratch == NULL) {
        return PT_INTERNAL;
    }

    pt_arena_init(&arena, scratch, PT_INFLATE_SCRATCH);

    reason = pt_inflate(body, &plain, max, &arena);

    (void) ngx_pfree(r->pool, scratch);

    if (reason != PT_OK) {
        return reason;
    }

    *body = plain;

    return PT_OK;
}


/*
 * The old buffers belong to r->pool; nginx removes a temporary file with the
 * request.
 */

ngx_int_t
ngx_http_print_task_set_body(ngx_http_request_t *r, const pt_update_t *update)
{
    ngx_buf_t    *b;
    ngx_chain_t  *cl;

    b = ngx_create_temp_buf(r->pool, pt_update_size(update));
    if (b == NULL) {
        return NGX_ERROR;
    }

    b->last = pt_update_write(b->last, update);
    b->last_buf = 1;

    cl = ngx_alloc_chain_link(r->pool);
    if (cl == NULL) {
        return NGX_ERROR;
    }

    cl->buf = b;
    cl->next = NULL;

    if (ngx_http_print_task_set_body_headers(r, b->last - b->pos) != NGX_OK) {
        return NGX_ERROR;
    }

    r->request_body->bufs = cl;
    r->request_body->buf = NULL;
    r->request_body->temp_file = NULL;

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_set_body_headers(ngx_http_request_t *r, size_t len)
{
    ngx_str_t               value;
    ngx_list_t              headers;
    ngx_http_headers_in_t  *in;

    in = &r->headers_in;
    headers = in->headers;

    if (ngx_http_print_task_copy_headers(r, &in->headers,
                                         ngx_http_print_task_body_headers)
        != NGX_OK
        || ngx_http_print_task_set_prefer(r, &headers) != NGX_OK)
    {
        return NGX_ERROR;
    }

    value.data = ngx_pnalloc(r->pool, NGX_SIZE_T_LEN);
    if (value.data == NULL) {
        return NGX_ERROR;
    }

    value.len = ngx_sprintf(value.data, "%uz", len) - value.data;

    in->content_length = ngx_http_print_task_add_request_header(r,
                                          "Content-Length",
                                          &ngx_http_print_task_content_length,
                                          &value);
    in->content_type = ngx_http_print_task_add_request_header(r,
                                            "Content-Type",
                                            &ngx_http_print_task_content_type,
                                            &ngx_http_print_task_json);

    if (in->content_length == NULL || in->content_type == NULL) {
        return NGX_ERROR;
    }

    in->content_length_n = len;
    in->transfer_encoding = NULL;
    in->chunked = 0;

    ngx_http_print_task_flush_headers(r, ngx_http_print_task_body_headers);

    return NGX_OK;
}


/* removes "respond-async": with 202 the outcome of the change stays unknown */

static ngx_int_t
ngx_http_print_task_set_prefer(ngx_http_request_t *r,
    const ngx_list_t *headers)
{
    u_char                 *p;
    ngx_str_t               value;
    ngx_uint_t              i;
    ngx_table_elt_t        *h;
    const ngx_list_part_t  *part;

    i = 0;
    part = &headers->part;

    for ( ;; ) {
        h = ngx_http_print_task_next_header(&part, &i,
                                            &ngx_http_print_task_prefer);
        if (h == NULL) {
            return NGX_OK;
        }

        p = ngx_pnalloc(r->pool, h->value.len + 1);
        if (p == NULL) {
            return NGX_ERROR;
        }

        value.data = p;
        value.len = pt_body_headers_prefer_sync(p, &h->value) - p;

        if (value.len != 0
            && ngx_http_print_task_add_request_header(r, "Prefer",
                                                &ngx_http_print_task_prefer,
                                                &value)
               == NULL)
        {
            return NGX_ERROR;
        }
    }
}


static ngx_int_t
ngx_http_print_task_request_body_filter(ngx_http_request_t *r,
    ngx_chain_t *in)
{
    ngx_chain_t                *cl;
    ngx_http_print_task_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_print_task_module);

    if (ctx == NULL || !ctx->reading_body || ctx->conf->dry_run) {
        return ngx_http_next_request_body_filter(r, in);
    }

    for (cl = in; cl; cl = cl->next) {
        ctx->received += ngx_buf_size(cl->buf);
    }

    if (ctx->received > (off_t) ctx->conf->body_max) {
        ctx->reading_body = 0;
        r->lingering_close = 1;

        return ngx_http_print_task_refuse_now(r, ctx, PT_BODY_TOO_LARGE);
    }

    return ngx_http_next_request_body_filter(r, in);
}


ngx_int_t
ngx_http_print_task_body_filter_init(ngx_conf_t *cf)
{
    ngx_http_next_request_body_filter = ngx_http_top_request_body_filter;
    ngx_http_top_request_body_filter = ngx_http_print_task_request_body_filter;

    return NGX_OK;
}
