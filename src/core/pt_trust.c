
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Compares clocks and outages, to decide which records are reliable. */


#include "pt_trust.h"


void
pt_trust_lost(pt_trust_t *trust, uint64_t local)
{
    trust->lost = ngx_max(trust->lost, local);
}


int64_t
pt_trust_clock(pt_trust_t *trust, uint64_t clock, uint64_t sent,
    uint64_t received)
{
    int64_t   least, most, jump;
    uint64_t  before;

    least = (int64_t) (clock - received);
    most = (int64_t) (clock - sent);

    if (!trust->known) {
        trust->known = 1;
        trust->offset = most;
        return 0;
    }

    if (trust->offset >= least - PT_TRUST_JUMP
        && trust->offset <= most + PT_TRUST_JUMP)
    {
        /* clocks drift */

        if (trust->offset < least) {
            trust->offset = least;

        } else if (trust->offset > most) {
            trust->offset = most;
        }

        return 0;
    }

    jump = (trust->offset < least) ? least - trust->offset
                                   : most - trust->offset;

    before = ngx_max(clock, received + trust->offset);

    trust->set = ngx_max(trust->set, before);

    if (trust->jumped == 0
        || received - trust->jumped > PT_TRUST_NESTED
        || trust->offset < trust->before)
    {
        trust->before = trust->offset;
    }

    trust->jumped = received;
    trust->offset = most;

    return jump;
}


uint64_t
pt_trust_expected(const pt_trust_t *trust, uint64_t local, uint64_t lease)
{
    int64_t  offset;

    if (!trust->known) {
        return 0;
    }

    offset = trust->offset;

    if (trust->jumped != 0
        && local - trust->jumped <= lease
        && trust->before < offset)
    {
        offset = trust->before;
    }

    return local + offset;
}


ngx_uint_t
pt_trust_believe(const pt_trust_t *trust, uint64_t confirmed, uint64_t clock,
    uint64_t margin)
{
    if (confirmed > clock + PT_TRUST_JUMP) {
        /* the clock was set back since */
        return 0;
    }

    if (trust->set != 0 && confirmed <= trust->set + PT_TRUST_JUMP) {
        return 0;
    }

    return trust->lost == 0
           || confirmed > trust->lost + trust->offset + margin;
}
