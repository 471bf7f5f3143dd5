
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * A circuit breaker: stops operations to a server that is too slow.
 *     CLOSED       operations are sent.  PT_CIRCUIT_LATE late replies in a
 *                  row open the circuit
 *     OPEN         no operation is sent until a probe is due
 *     HALF_OPEN    only the probe is sent: a reply in time closes the
 *                  circuit, a late one opens it again for a longer pause
 * Zeroed memory is a closed circuit.  Times are in milliseconds, of any clock
 * that may wrap around.
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
    ngx_uint_t          late;      /* CLOSED: late replies in a row */
    ngx_uint_t          opened;    /* openings in a row without a closed
                                      state between */
    ngx_msec_t          probe_at;  /* OPEN: when the probe is due */
} pt_circuit_t;


/*
 * An operation was answered in time; or was late, which returns 1 if it has
 * opened the circuit.
 */
void pt_circuit_answered(pt_circuit_t *circuit);
ngx_uint_t pt_circuit_late(pt_circuit_t *circuit, ngx_msec_t now);

/* OPEN: the time until the next probe */
ngx_msec_t pt_circuit_wait(const pt_circuit_t *circuit, ngx_msec_t now);

/* A probe was sent; was answered in time; was late. */
void pt_circuit_probe(pt_circuit_t *circuit);
void pt_circuit_probed(pt_circuit_t *circuit, ngx_uint_t answered,
    ngx_msec_t now);


#endif /* _PT_CIRCUIT_H_INCLUDED_ */
