
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_circuit.h"


static void test_closed(void);
static void test_opens(void);
static void test_half_open(void);
static void test_pauses(void);
static void test_no_news(void);
static void test_clock(void);

static void test_open(pt_circuit_t *circuit, ngx_msec_t now);


int
main(void)
{
    test_closed();
    test_opens();
    test_half_open();
    test_pauses();
    test_no_news();
    test_clock();

    return tap_done();
}


static void
test_closed(void)
{
    ngx_uint_t    i, opened;
    pt_circuit_t  circuit;

    memset(&circuit, 0, sizeof(pt_circuit_t));

    is_int(circuit.state, PT_CIRCUIT_CLOSED, "closed at first");

    opened = 0;

    for (i = 0; i < 100; i++) {
        opened |= pt_circuit_late(&circuit, 1000);
        opened |= pt_circuit_late(&circuit, 1000);
        pt_circuit_answered(&circuit);
    }

    is_int(opened, 0, "stays closed while one of three is answered");
    is_int(circuit.state, PT_CIRCUIT_CLOSED, "and is");
}


static void
test_opens(void)
{
    pt_circuit_t  circuit;

    memset(&circuit, 0, sizeof(pt_circuit_t));

    is_int(pt_circuit_late(&circuit, 1000), 0, "one is late");
    is_int(pt_circuit_late(&circuit, 1001), 0, "two are late");
    is_int(pt_circuit_late(&circuit, 1002), 1, "three are late: it opens");
    is_int(circuit.state, PT_CIRCUIT_OPEN, "it is open");
    is_int(pt_circuit_late(&circuit, 1003), 0, "one more: it was open before");

    is_int(pt_circuit_wait(&circuit, 1002), PT_CIRCUIT_PAUSE,
           "a probe after the pause");
    is_int(pt_circuit_wait(&circuit, 1102), 0, "it is time for it");
    is_int(pt_circuit_wait(&circuit, 9999), 0, "and stays so");
}


static void
test_half_open(void)
{
    pt_circuit_t  circuit;

    test_open(&circuit, 1000);

    pt_circuit_probe(&circuit);
    is_int(circuit.state, PT_CIRCUIT_HALF_OPEN, "probe: half-open");

    pt_circuit_probed(&circuit, 0, 2000);
    is_int(circuit.state, PT_CIRCUIT_OPEN, "not answered: open");
    is_int(pt_circuit_wait(&circuit, 2000), 2 * PT_CIRCUIT_PAUSE,
           "for longer");

    pt_circuit_probe(&circuit);
    pt_circuit_probed(&circuit, 1, 3000);
    is_int(circuit.state, PT_CIRCUIT_CLOSED, "answered: closed");

    is_int(pt_circuit_late(&circuit, 3000), 0, "one is late: counted anew");
    is_int(pt_circuit_late(&circuit, 3000), 0, "two");
    is_int(pt_circuit_late(&circuit, 3000), 1, "three: open");
    is_int(pt_circuit_wait(&circuit, 3000), PT_CIRCUIT_PAUSE,
           "for the first pause again");
}


static void
test_pauses(void)
{
    ngx_uint_t    i, longer, most;
    ngx_msec_t    wait, last;
    pt_circuit_t  circuit;

    test_open(&circuit, 0);

    longer = 1;
    most = 0;
    last = 0;

    for (i = 0; i < 1000; i++) {
        wait = pt_circuit_wait(&circuit, 0);

        longer &= (wait > last || wait == PT_CIRCUIT_PAUSE_MAX);
        most = ngx_max(most, wait);
        last = wait;

        pt_circuit_probe(&circuit);
        pt_circuit_probed(&circuit, 0, 0);
    }

    ok(longer, "each pause is longer than the one before");
    is_int(most, PT_CIRCUIT_PAUSE_MAX, "up to a limit");
}


/* events that are of another state */

static void
test_no_news(void)
{
    pt_circuit_t  circuit;

    memset(&circuit, 0, sizeof(pt_circuit_t));

    pt_circuit_probe(&circuit);
    is_int(circuit.state, PT_CIRCUIT_CLOSED, "no probe while closed");

    pt_circuit_probed(&circuit, 0, 0);
    is_int(circuit.state, PT_CIRCUIT_CLOSED, "nor a result of one");

    test_open(&circuit, 0);

    pt_circuit_answered(&circuit);
    is_int(circuit.state, PT_CIRCUIT_OPEN, "an operation does not close it");

    pt_circuit_probed(&circuit, 1, 0);
    is_int(circuit.state, PT_CIRCUIT_OPEN, "nor a probe that was too late");

    pt_circuit_probe(&circuit);

    is_int(pt_circuit_late(&circuit, 0), 0, "late while half-open: no news");
    is_int(circuit.state, PT_CIRCUIT_HALF_OPEN, "the probe decides");
}


static void
test_clock(void)
{
    pt_circuit_t  circuit;

    test_open(&circuit, (ngx_msec_t) -50);

    is_int(pt_circuit_wait(&circuit, (ngx_msec_t) -50), PT_CIRCUIT_PAUSE,
           "the clock is about to wrap around");
    is_int(pt_circuit_wait(&circuit, 20), 30, "and has");
    is_int(pt_circuit_wait(&circuit, 50), 0, "it is time");
}


static void
test_open(pt_circuit_t *circuit, ngx_msec_t now)
{
    ngx_uint_t  i;

    memset(circuit, 0, sizeof(pt_circuit_t));

    for (i = 0; i < PT_CIRCUIT_LATE; i++) {
        (void) pt_circuit_late(circuit, now);
    }
}
