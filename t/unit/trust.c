
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_trust.h"


#define T  1700000000000ull      /* the store's clock at local time 0 */


static void test_outage(void);
static void test_drift(void);
static void test_ahead(void);
static void test_back(void);
static void test_twice(void);


int
main(void)
{
    test_outage();
    test_drift();
    test_ahead();
    test_back();
    test_twice();

    return tap_done();
}


static void
test_outage(void)
{
    pt_trust_t  trust;

    memset(&trust, 0, sizeof(pt_trust_t));

    is_int(pt_trust_expected(&trust, 1000, 75000), 0, "no clock is known");
    is_int(pt_trust_believe(&trust, 0, T, 5000), 1, "never lost: believed");

    is_int(pt_trust_clock(&trust, T + 1000, 1000, 1002), 0, "the first clock");
    is_int(pt_trust_believe(&trust, 1, T + 1000, 5000), 1,
           "however old, it is believed");

    pt_trust_lost(&trust, 10000);
    pt_trust_lost(&trust, 9000);

    is_int(pt_trust_believe(&trust, T + 9000, T + 20000, 5000), 0,
           "from before the outage");
    is_int(pt_trust_believe(&trust, T + 12000, T + 20000, 5000), 0,
           "from when another gateway may have been without");
    is_int(pt_trust_believe(&trust, T + 15001, T + 20000, 5000), 1,
           "from after that");
    is_int(pt_trust_believe(&trust, T + 26001, T + 25000, 5000), 0,
           "from the future");
}


static void
test_drift(void)
{
    uint64_t    i, set;
    pt_trust_t  trust;

    memset(&trust, 0, sizeof(pt_trust_t));

    set = 0;

    for (i = 1; i < 10000; i++) {
        set |= pt_trust_clock(&trust, T + 1000 * i + 2 * i, 1000 * i - 3,
                              1000 * i);
    }

    is_int(set, 0, "a clock that drifts was not set");

    set = pt_trust_clock(&trust, T + 10020000, 9990000, 10060000);
    is_int(set, 0, "nor one that is asked slowly");
    is_int(trust.jumped, 0, "no jump");
}


static void
test_ahead(void)
{
    pt_trust_t  trust;

    memset(&trust, 0, sizeof(pt_trust_t));

    (void) pt_trust_clock(&trust, T + 1000, 1000, 1000);

    is_int(pt_trust_clock(&trust, T + 81000, 1000, 1001), 79999, "80 s ahead");
    is_int(pt_trust_expected(&trust, 1500, 75000), T + 1500,
           "leases go by the clock before");
    is_int(pt_trust_expected(&trust, 76001, 75000), T + 76001,
           "until they are over at the latest");
    is_int(pt_trust_expected(&trust, 76002, 75000), T + 156002,
           "then by the clock");

    is_int(pt_trust_believe(&trust, T + 81001, T + 81002, 0), 0,
           "a record of the clock before");
    is_int(pt_trust_believe(&trust, T + 82001, T + 82001, 0), 1,
           "and one of the clock as it is");
}


static void
test_back(void)
{
    pt_trust_t  trust;

    memset(&trust, 0, sizeof(pt_trust_t));

    (void) pt_trust_clock(&trust, T + 10000000, 5000, 5000);

    is_int(pt_trust_clock(&trust, T + 6400000, 5000, 5000), -3600000,
           "an hour back");
    is_int(pt_trust_expected(&trust, 5000, 75000), T + 6400000,
           "leases go by the clock as it is");
    is_int(pt_trust_believe(&trust, T + 6399000, T + 6400000, 0), 0,
           "a record that looks fresh");
    is_int(pt_trust_believe(&trust, T + 10000001, T + 10002000, 0), 0,
           "an hour later");
    is_int(pt_trust_believe(&trust, T + 10001001, T + 10002000, 0), 1,
           "and a little more");
}


static void
test_twice(void)
{
    pt_trust_t  trust;

    memset(&trust, 0, sizeof(pt_trust_t));

    (void) pt_trust_clock(&trust, T, 0, 0);
    (void) pt_trust_clock(&trust, T + 101000, 1000, 1000);
    (void) pt_trust_clock(&trust, T + 202000, 2000, 2000);

    is_int(pt_trust_expected(&trust, 3000, 75000), T + 3000,
           "two jumps: leases go by the slowest clock");

    (void) pt_trust_clock(&trust, T + 202000 + 700000, 702000, 702000);
    (void) pt_trust_clock(&trust, T + 302000 + 700000, 702000, 702000);

    is_int(pt_trust_expected(&trust, 703000, 75000), T + 903000,
           "a jump long after others");
}
