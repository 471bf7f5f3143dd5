
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Decides which records of a store are reliable after an outage, and which
 * clock its leases run by.
 * Two clocks are involved: the clock of the store, which is in its records, and
 * the monotonic clock of the machine, called "local" here.  An age is a
 * difference of times of the store.  The offset is the store's clock minus the
 * local one; each answer of the store shows it.  If the offset jumps, the clock
 * of the store was set, or a server with another clock took over.
 * All workers of a gateway share one pt_trust_t, which starts zeroed.
 */


#ifndef _PT_TRUST_H_INCLUDED_
#define _PT_TRUST_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define PT_TRUST_JUMP    1000      /* ms: smaller jumps are ignored */
#define PT_TRUST_NESTED  600000    /* ms: jumps that follow each other */


typedef struct {
    uint64_t  known;       /* 1: the offset is known */
    int64_t   offset;      /* the store's clock is ahead of the local one by
                              this, ms */
    uint64_t  lost;        /* local: when a worker last lost the store, found
                              it, or was without it; 0: never */
    uint64_t  set;         /* the store's: the largest time that its clock
                              may have shown before it was set; 0: it was not
                              set */
    uint64_t  jumped;      /* local: when the jump was noticed */
    int64_t   before;      /* the smallest offset before the jump */
} pt_trust_t;


/* a worker is without the store, or was until now */
void pt_trust_lost(pt_trust_t *trust, uint64_t local);

/*
 * The store showed this clock in its answer, between these two local times.
 * Returns by how many ms the clock was set; 0: it was not.
 */
int64_t pt_trust_clock(pt_trust_t *trust, uint64_t clock, uint64_t sent,
    uint64_t received);

/*
 * The time that the store's clock should show now for leases of at most this
 * length.  After the clock was set ahead, this is the time that it would show
 * without the jump, until all leases from before are over.  0: unknown.
 */
uint64_t pt_trust_expected(const pt_trust_t *trust, uint64_t local,
    uint64_t lease);

/*
 * Whether a record that was confirmed at this time of the store's clock is
 * still reliable: no gateway that could change the task has been without the
 * store since. margin: how much longer than this gateway another one may be
 * without the store.
 */
ngx_uint_t pt_trust_believe(const pt_trust_t *trust, uint64_t confirmed,
    uint64_t clock, uint64_t margin);


#endif /* _PT_TRUST_H_INCLUDED_ */
