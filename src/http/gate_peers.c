
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The gate in the upstreams of nginx, which calls peer.init after the request
 * for the back end is complete, and before the connection.  If the upstream
 * depends on the request, its peer.init cannot be replaced at load; nginx
 * evaluates the address of "proxy_bind" at the same time, so the gate is there.
 */


#include "http/gate_peers.h"

#include "http/gate.h"
#include "http/gate_history.h"


typedef struct {
    ngx_http_upstream_srv_conf_t      *upstream;
    ngx_http_upstream_init_peer_pt     init;
} ngx_http_print_task_peer_t;


typedef struct ngx_http_print_task_late_s  ngx_http_print_task_late_t;

typedef struct {
    void                              *code;
    ngx_http_print_task_late_t        *late;
    uintptr_t                          end;
} ngx_http_print_task_late_code_t;


/* the gate of an upstream that depends on the request */

struct ngx_http_print_task_late_s {
    ngx_http_upstream_local_t          local;
    ngx_http_complex_value_t           value;
    ngx_http_print_task_late_code_t    length;
    ngx_http_print_task_late_code_t    copy;

    /* the original "proxy_bind" */
    ngx_http_complex_value_t          *bind;
    ngx_str_t                          address;
};


static ngx_int_t ngx_http_print_task_gate_peers(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf);
static int ngx_libc_cdecl ngx_http_print_task_cmp_peers(const void *one,
    const void *two);
static ngx_int_t ngx_http_print_task_gate_late(ngx_conf_t *cf,
    ngx_http_upstream_conf_t *ucf);
static ngx_int_t ngx_http_print_task_init_peer(ngx_http_request_t *r,
    ngx_http_upstream_srv_conf_t *uscf);
static size_t ngx_http_print_task_late_length(ngx_http_script_engine_t *e);
static void ngx_http_print_task_late_copy(ngx_http_script_engine_t *e);
static void ngx_http_print_task_lead_nowhere(ngx_http_request_t *r);
static ngx_int_t ngx_http_print_task_init_nowhere(ngx_http_request_t *r,
    ngx_http_upstream_srv_conf_t *uscf);


static ngx_http_upstream_srv_conf_t  ngx_http_print_task_nowhere = {
    .peer = { .init = ngx_http_print_task_init_nowhere }
};


ngx_int_t
ngx_http_print_task_gate_init(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf)
{
    ngx_uint_t                  i;
    ngx_http_upstream_conf_t  **late;

    if (!ptmcf->used) {
        return NGX_OK;
    }

    if (ngx_http_print_task_history_init(cf, ptmcf) != NGX_OK) {
        return NGX_ERROR;
    }

    late = ptmcf->late.elts;

    for (i = 0; i < ptmcf->late.nelts; i++) {
        if (ngx_http_print_task_gate_late(cf, late[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return ngx_http_print_task_gate_peers(cf, ptmcf);
}


static ngx_int_t
ngx_http_print_task_gate_peers(ngx_conf_t *cf,
    ngx_http_print_task_main_conf_t *ptmcf)
{
    ngx_uint_t                       i, n;
    ngx_http_print_task_peer_t      *peer;
    ngx_http_upstream_srv_conf_t   **uscfp;
    ngx_http_upstream_main_conf_t   *umcf;

    umcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_upstream_module);

    uscfp = umcf->upstreams.elts;
    n = umcf->upstreams.nelts;

    if (ngx_array_init(&ptmcf->peers, cf->pool, n + 1,
                       sizeof(ngx_http_print_task_peer_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    peer = ptmcf->peers.elts;
    ptmcf->peers.nelts = n;

    for (i = 0; i < n; i++) {
        peer[i].upstream = uscfp[i];
        peer[i].init = uscfp[i]->peer.init;

        uscfp[i]->peer.init = ngx_http_print_task_init_peer;
    }

    ngx_qsort(peer, n, sizeof(ngx_http_print_task_peer_t),
              ngx_http_print_task_cmp_peers);

    return NGX_OK;
}


static int ngx_libc_cdecl
ngx_http_print_task_cmp_peers(const void *one, const void *two)
{
    uintptr_t  a, b;

    a = (uintptr_t) ((ngx_http_print_task_peer_t *) one)->upstream;
    b = (uintptr_t) ((ngx_http_print_task_peer_t *) two)->upstream;

    return (a > b) - (a < b);
}


static ngx_int_t
ngx_http_print_task_gate_late(ngx_conf_t *cf, ngx_http_upstream_conf_t *ucf)
{
    ngx_http_print_task_late_t  *late;

    late = ngx_pcalloc(cf->pool, sizeof(ngx_http_print_task_late_t));
    if (late == NULL) {
        return NGX_ERROR;
    }

    if (ucf->local) {
        late->local = *ucf->local;
        late->bind = late->local.value;

        if (late->bind) {
            late->value.flushes = late->bind->flushes;

        } else {
            late->address = late->local.addr->name;
        }
    }

    late->length.code = (void *) (uintptr_t) ngx_http_print_task_late_length;
    late->length.late = late;
    late->copy.code = (void *) (uintptr_t) ngx_http_print_task_late_copy;
    late->copy.late = late;

    late->value.lengths = &late->length;
    late->value.values = &late->copy;
    late->local.value = &late->value;

    ucf->local = &late->local;

    return NGX_OK;
}


static ngx_int_t
ngx_http_print_task_init_peer(ngx_http_request_t *r,
    ngx_http_upstream_srv_conf_t *uscf)
{
    ngx_uint_t                        i, first, last;
    ngx_http_print_task_peer_t       *peer;
    ngx_http_print_task_main_conf_t  *ptmcf;

    ptmcf = ngx_http_get_module_main_conf(r, ngx_http_print_task_module);

    peer = ptmcf->peers.elts;
    first = 0;
    last = ptmcf->peers.nelts;

    while (last - first > 1) {
        i = first + (last - first) / 2;

        if ((uintptr_t) peer[i].upstream > (uintptr_t) uscf) {
            last = i;

        } else {
            first = i;
        }
    }

    if (peer[first].upstream != uscf
        || ngx_http_print_task_gate(r) != NGX_OK)
    {
        return NGX_ERROR;
    }

    return peer[first].init(r, uscf);
}


static size_t
ngx_http_print_task_late_length(ngx_http_script_engine_t *e)
{
    ngx_http_print_task_late_t       *late;
    ngx_http_print_task_late_code_t  *code;

    code = (ngx_http_print_task_late_code_t *) e->ip;
    late = code->late;

    if (e->request->upstream->resolved
        && ngx_http_print_task_gate(e->request) != NGX_OK)
    {
        ngx_http_print_task_lead_nowhere(e->request);
    }

    if (late->bind) {
        e->ip = late->bind->lengths;
        return 0;
    }

    e->ip = (u_char *) &code->end;

    return late->address.len;
}


static void
ngx_http_print_task_late_copy(ngx_http_script_engine_t *e)
{
    ngx_http_print_task_late_t       *late;
    ngx_http_print_task_late_code_t  *code;

    code = (ngx_http_print_task_late_code_t *) e->ip;
    late = code->late;

    if (late->bind) {
        e->ip = late->bind->values;
        return;
    }

    e->ip = (u_char *) &code->end;

    if (late->address.len) {
        e->pos = ngx_cpymem(e->pos, late->address.data, late->address.len);
    }
}


/* without memory no upstream is set; nginx logs that and refuses */

static void
ngx_http_print_task_lead_nowhere(ngx_http_request_t *r)
{
    ngx_http_upstream_t       *u;
    ngx_http_upstream_conf_t  *ucf;

    u = r->upstream;
    u->resolved = NULL;

    ucf = ngx_palloc(r->pool, sizeof(ngx_http_upstream_conf_t));
    if (ucf == NULL) {
        return;
    }

    *ucf = *u->conf;
    ucf->upstream = &ngx_http_print_task_nowhere;

    u->conf = ucf;
}


static ngx_int_t
ngx_http_print_task_init_nowhere(ngx_http_request_t *r,
    ngx_http_upstream_srv_conf_t *uscf)
{
    return NGX_ERROR;
}
