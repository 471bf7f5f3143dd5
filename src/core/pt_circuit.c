
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* A circuit breaker, without a clock or timers of its own. */


#include "pt_circuit.h"


/* 100 ms << 4 exceeds the longest pause, and more doublings would overflow */

#define PT_CIRCUIT_DOUBLINGS  4


static void pt_circuit_open(pt_circuit_t *circuit, ngx_msec_t now);


void
pt_circuit_answered(pt_circuit_t *circuit)
{
    circuit->late = 0;
}


/*
 * A late reply to an operation that was sent before the circuit opened says
 * nothing new: the circuit counted that operation already.
 */

ngx_uint_t
pt_circuit_late(pt_circuit_t *circuit, ngx_msec_t now)
{
    if (circuit->state != PT_CIRCUIT_CLOSED
        || ++circuit->late < PT_CIRCUIT_LATE)
    {
        return 0;
    }

    pt_circuit_open(circuit, now);

    return 1;
}


ngx_msec_t
pt_circuit_wait(const pt_circuit_t *circuit, ngx_msec_t now)
{
    ngx_msec_int_t  left;

    left = (ngx_msec_int_t) (circuit->probe_at - now);

    return left > 0 ? (ngx_msec_t) left : 0;
}


void
pt_circuit_probe(pt_circuit_t *circuit)
{
    if (circuit->state == PT_CIRCUIT_OPEN) {
        circuit->state = PT_CIRCUIT_HALF_OPEN;
    }
}


void
pt_circuit_probed(pt_circuit_t *circuit, ngx_uint_t answered, ngx_msec_t now)
{
    if (circuit->state != PT_CIRCUIT_HALF_OPEN) {
        return;
    }

    if (!answered) {
        pt_circuit_open(circuit, now);
        return;
    }

    circuit->state = PT_CIRCUIT_CLOSED;
    circuit->opened = 0;
    circuit->late = 0;
}


static void
pt_circuit_open(pt_circuit_t *circuit, ngx_msec_t now)
{
    ngx_msec_t  pause;

    pause = PT_CIRCUIT_PAUSE << ngx_min(circuit->opened, PT_CIRCUIT_DOUBLINGS);

    circuit->state = PT_CIRCUIT_OPEN;
    circuit->opened++;
    circuit->probe_at = now + ngx_min(pause, PT_CIRCUIT_PAUSE_MAX);
}
