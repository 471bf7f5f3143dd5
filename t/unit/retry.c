
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_retry.h"


static void test_delay(void);
static void test_bounds(void);
static void test_after(void);


int
main(void)
{
    test_delay();
    test_bounds();
    test_after();

    return tap_done();
}


static void
test_delay(void)
{
    ngx_uint_t  i;
    ngx_msec_t  at, delay;

    static const ngx_msec_t  tries[] = {
        0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811, 1111
    };

    at = 0;

    for (i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
        is_int(at, tries[i] * 1000, "the time of a try");

        delay = pt_retry_delay(i + 1, 1000, 300000);
        at += delay;
    }

    is_int(pt_retry_delay(0, 1000, 300000), 1000, "no failure yet");
}


static void
test_bounds(void)
{
    ngx_msec_t  max;

    max = (ngx_msec_t) -1;

    is_int(pt_retry_delay(1, 1000, 50), 50, "the first delay is over the max");
    is_int(pt_retry_delay(3, 1000, 3000), 3000, "the max is no power of two");
    is_int(pt_retry_delay(100, 1000, 0), 0, "a max of 0");
    ok(pt_retry_delay((ngx_uint_t) -1, 1000, max) == max,
       "no overflow in the delay");
    ok(pt_retry_delay(64, 1, max) == (ngx_msec_t) 1 << 63,
       "the largest power of two");
    is_int(pt_retry_delay((ngx_uint_t) -1, 1, 300000), 300000,
           "no end of failures");
}


static void
test_after(void)
{
    is_int(pt_retry_after(-5000), 1, "it is due");
    is_int(pt_retry_after(0), 1, "it is due now");
    is_int(pt_retry_after(1), 1, "a part of a second");
    is_int(pt_retry_after(1000), 1, "a second");
    is_int(pt_retry_after(1001), 2, "a bit more than a second");
    is_int(pt_retry_after(59001), 60, "nearly a minute");
    is_int(pt_retry_after(60000), 60, "a minute");
    is_int(pt_retry_after(60001), 60, "more than a minute");
    is_int(pt_retry_after((ngx_msec_int_t) (((ngx_msec_t) -1) >> 1)), 60,
           "the longest time");
}
