
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Which records of a store may be believed after an outage, and which clock its
 * leases run by.
 *
 * Two clocks: that of the store, which is in its records, and the monotonic one
 * of the machine, "local" here.  An age is a difference of the former; what the
 * two have to do with each other is their offset, which each answer of the
 * store tells.  If the offset jumps, the clock of the store was set, or another
 * server with another clock has taken over.
 *
 * All workers of a gateway share one pt_trust_t, zeroed at first.
 */


#ifndef _PT_TRUST_H_INCLUDED_
#define _PT_TRUST_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define PT_TRUST_JUMP    1000      /* ms: less is not noticed */
#define PT_TRUST_NESTED  600000    /* ms: jumps that follow each other */


typedef struct {
    uint64_t  known;       /* 1: the offset is */
    int64_t   offset;      /* the store's clock is ahead of the local one by
                              that, ms */
    uint64_t  lost;        /* local: the store was lost to a worker, or found
                              again, or without it; 0: never */
    uint64_t  set;         /* the store's: what its clock may have shown before
                              it was set; 0: it was not */
    uint64_t  jumped;      /* local: when that was noticed */
    int64_t   before;      /* the least offset before that */
} pt_trust_t;


/* a worker is without the store now, or was until now */
void pt_trust_lost(pt_trust_t *trust, uint64_t local);

/*
 * The store showed this clock in the answer to a command, at some time between
 * these two local ones.  By how much it was set, in ms; 0: it was not.
 */
int64_t pt_trust_clock(pt_trust_t *trust, uint64_t clock, uint64_t sent,
    uint64_t received);

/*
 * What the store's clock should show now for leases, none of which is longer
 * than that: after it was set ahead, what it would if it had not been, until
 * all leases of the time before are over.  0: nobody knows.
 */
uint64_t pt_trust_expected(const pt_trust_t *trust, uint64_t local,
    uint64_t lease);

/*
 * Whether a record that was confirmed then, at the store's clock, is as new as
 * what all know who could change the task.  margin: for how long after this
 * gateway another one may still be without the store.
 */
ngx_uint_t pt_trust_believe(const pt_trust_t *trust, uint64_t confirmed,
    uint64_t clock, uint64_t margin);


#endif /* _PT_TRUST_H_INCLUDED_ */
