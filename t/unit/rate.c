
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_rate.h"


static ngx_uint_t take_all(pt_rate_t *rate, ngx_msec_t now, ngx_uint_t tries);
static void test_burst(void);
static void test_refill(void);
static void test_wrap(void);


int
main(void)
{
    test_burst();
    test_refill();
    test_wrap();

    return tap_done();
}


static ngx_uint_t
take_all(pt_rate_t *rate, ngx_msec_t now, ngx_uint_t tries)
{
    ngx_uint_t  i, n;

    n = 0;

    for (i = 0; i < tries; i++) {
        n += pt_rate_take(rate, now);
    }

    return n;
}


static void
test_burst(void)
{
    pt_rate_t  rate;

    memset(&rate, 0, sizeof(pt_rate_t));

    is_int(take_all(&rate, 5, 100), PT_RATE_BURST, "so many at once");
    is_int(pt_rate_skipped(&rate), 100 - PT_RATE_BURST, "the others counted");
    is_int(pt_rate_skipped(&rate), 0, "once");
    is_int(take_all(&rate, 5 + PT_RATE_PERIOD - 1, 1), 0,
           "none before a period has passed");
}


static void
test_refill(void)
{
    pt_rate_t   rate;
    ngx_msec_t  now;
    ngx_uint_t  i, n;

    memset(&rate, 0, sizeof(pt_rate_t));

    now = 1000000;
    (void) take_all(&rate, now, 100);

    n = 0;

    for (i = 0; i < 100; i++) {
        now += PT_RATE_PERIOD / 10;
        n += pt_rate_take(&rate, now);
    }

    is_int(n, 10, "one for each period of a flood");

    now += 3 * PT_RATE_PERIOD;
    is_int(take_all(&rate, now, 100), 3, "as many as periods of silence");

    now += 1000 * (ngx_msec_t) PT_RATE_PERIOD;
    is_int(take_all(&rate, now, 100), PT_RATE_BURST,
           "no more than at first after a long silence");
}


static void
test_wrap(void)
{
    pt_rate_t   rate;
    ngx_msec_t  now;

    memset(&rate, 0, sizeof(pt_rate_t));

    now = (ngx_msec_t) 0 - 10;

    (void) take_all(&rate, now, 100);
    is_int(take_all(&rate, now + 20, 1), 0, "the clock wraps around");
    is_int(take_all(&rate, now + PT_RATE_PERIOD, 2), 1, "and goes on");
}
