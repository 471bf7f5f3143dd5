
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * A circuit breaker: whether a server that is slow is left alone.
 *
 *     CLOSED       operations are sent.  PT_CIRCUIT_LATE of them in a row that
 *                  were not answered in time open it
 *     OPEN         none is sent, until it is time for a probe
 *     HALF_OPEN    none but the probe: if it is answered in time the circuit
 *                  is closed, otherwise it is open again, for longer
 *
 * Zeroed memory is a circuit that is closed.  All times are in milliseconds,
 * of any clock that may wrap around.
 */


#ifndef _PT_CIRCUIT_H_INCLUDED_
#define _PT_CIRCUIT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define PT_CIRCUIT_LATE       3       /* in a row */
#define PT_CIRCUIT_PAUSE      100     /* ms, doubled up to */
#define PT_CIRCUIT_PAUSE_MAX  1000


typedef enum {
    PT_CIRCUIT_CLOSED = 0,
    PT_CIRCUIT_OPEN,
    PT_CIRCUIT_HALF_OPEN
} pt_circuit_state_e;


typedef struct {
    pt_circuit_state_e  state;
    ngx_uint_t          late;      /* CLOSED: in a row */
    ngx_uint_t          opened;    /* in a row, without having been closed */
    ngx_msec_t          probe_at;  /* OPEN */
} pt_circuit_t;


/* an operation was answered in time, or was not; 1: it is open from now on */
void pt_circuit_answered(pt_circuit_t *circuit);
ngx_uint_t pt_circuit_late(pt_circuit_t *circuit, ngx_msec_t now);

/* OPEN: how long until the next probe */
ngx_msec_t pt_circuit_wait(const pt_circuit_t *circuit, ngx_msec_t now);

/* a probe is sent; and it was answered in time, or was not */
void pt_circuit_probe(pt_circuit_t *circuit);
void pt_circuit_probed(pt_circuit_t *circuit, ngx_uint_t answered,
    ngx_msec_t now);


#endif /* _PT_CIRCUIT_H_INCLUDED_ */
