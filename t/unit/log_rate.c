
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_log_rate.h"


static ngx_uint_t take_all(pt_log_rate_t *rate, ngx_msec_t now,
    pt_reason_e reason, ngx_uint_t tries);
static const ngx_str_t *summary(pt_log_rate_t *rate, pt_log_kind_e kind,
    size_t size);
static void test_limit(void);
static void test_summary(void);
static void test_size(void);
static void test_wrap(void);
static void test_escape(void);
static void test_lines(void);


int
main(void)
{
    test_limit();
    test_summary();
    test_size();
    test_wrap();
    test_escape();
    test_lines();

    return tap_done();
}


static ngx_uint_t
take_all(pt_log_rate_t *rate, ngx_msec_t now, pt_reason_e reason,
    ngx_uint_t tries)
{
    ngx_uint_t  i, n;

    n = 0;

    for (i = 0; i < tries; i++) {
        n += pt_log_rate_take(rate, now, PT_LOG_REFUSED, reason);
    }

    return n;
}


static const ngx_str_t *
summary(pt_log_rate_t *rate, pt_log_kind_e kind, size_t size)
{
    u_char            *p;
    static u_char      buf[4096];
    static ngx_str_t   text;

    p = pt_log_rate_write(rate, kind, buf, buf + size);
    *p = '\0';

    text.data = buf;
    text.len = p - buf;

    return &text;
}


static void
test_limit(void)
{
    pt_log_rate_t  rate;

    memset(&rate, 0, sizeof(pt_log_rate_t));
    rate.limit = 3;

    is_int(take_all(&rate, 5000, PT_TOKEN_MISSING, 10), 3, "so many at once");
    is_int(pt_log_rate_left(&rate, 5400), 600, "the rest of the second");
    is_int(take_all(&rate, 5999, PT_TOKEN_MISSING, 1), 0,
           "none before the second is over");
    is_int(take_all(&rate, 6000, PT_TOKEN_MISSING, 10), 3,
           "then as many again");
    is_int(take_all(&rate, 9999999, PT_TOKEN_MISSING, 10), 3,
           "no more after a long silence");
    is_int(pt_log_rate_left(&rate, 99999999), 1, "a second that is over");
}


static void
test_summary(void)
{
    pt_log_rate_t  rate;

    memset(&rate, 0, sizeof(pt_log_rate_t));
    rate.limit = 1;

    is_str(summary(&rate, PT_LOG_REFUSED, 1024), "", "nothing was skipped");

    (void) take_all(&rate, 5, PT_TASK_BUSY, 3);
    (void) take_all(&rate, 5, PT_TOKEN_MISSING, 100);
    (void) take_all(&rate, 5, PT_TOKEN_EXPIRED, 20);
    (void) pt_log_rate_take(&rate, 5, PT_LOG_WOULD_REFUSE, PT_TASK_BUSY);

    is_str(summary(&rate, PT_LOG_REFUSED, 1024),
           "122 more: tokenMissing 100, tokenExpired 20, taskBusy 2",
           "the counts, the highest first");
    is_str(summary(&rate, PT_LOG_REFUSED, 1024), "", "once");
    is_str(summary(&rate, PT_LOG_WOULD_REFUSE, 1024), "1 more: taskBusy 1",
           "a dry run has counts of its own");
}


static void
test_size(void)
{
    size_t            size;
    ngx_uint_t        i;
    pt_log_rate_t     rate;
    const ngx_str_t  *text;

    memset(&rate, 0, sizeof(pt_log_rate_t));

    for (size = 256; size < 2048; size += 64) {

        for (i = 1; i < PT_REASON_N; i++) {
            rate.skipped[PT_LOG_REFUSED][i] = (ngx_uint_t) -1 / PT_REASON_N;
        }

        text = summary(&rate, PT_LOG_REFUSED, size);

        if (text->len > size) {
            ok(0, "a summary of every reason fits");
            return;
        }
    }

    ok(1, "a summary of every reason fits");

    for (i = 1; i < PT_REASON_N; i++) {
        rate.skipped[PT_LOG_REFUSED][i] = 1;
    }

    text = summary(&rate, PT_LOG_REFUSED, 256);

    ok(strstr((char *) text->data, ", others ") != NULL,
       "the others are one number");
    is_str(summary(&rate, PT_LOG_REFUSED, 256), "", "and gone afterwards");
}


static void
test_wrap(void)
{
    ngx_msec_t     now;
    pt_log_rate_t  rate;

    memset(&rate, 0, sizeof(pt_log_rate_t));
    rate.limit = 2;

    now = (ngx_msec_t) 0 - 10;

    (void) take_all(&rate, now, PT_TOKEN_MISSING, 2);
    is_int(take_all(&rate, now + 20, PT_TOKEN_MISSING, 1), 0,
           "the clock wraps around");
    is_int(take_all(&rate, now + PT_LOG_RATE_PERIOD, PT_TOKEN_MISSING, 3), 2,
           "and goes on");
}


static void
test_escape(void)
{
    u_char                  buf[64];
    ngx_str_t               text;
    static const ngx_str_t  hostile = ngx_string("a\"b\\c\r\nd\x7f\xc3 e");

    text.data = buf;
    text.len = pt_log_escape(buf, hostile.data, hostile.len) - buf;

    is_str(&text, "a\\x22b\\x5Cc\\x0D\\x0Ad\\x7F\\xC3 e",
           "what could end a line or a quotation is escaped");
}


/* lines about other things than refusals */

static void
test_lines(void)
{
    pt_log_rate_t  rate;

    memset(&rate, 0, sizeof(pt_log_rate_t));
    rate.limit = 3;

    is_int(pt_log_rate_lines(&rate, 5000), 3, "lines of a second");

    pt_log_rate_use(&rate);
    is_int(pt_log_rate_lines(&rate, 5001), 2, "one is used");
    is_int(take_all(&rate, 5002, PT_TOKEN_MISSING, 5), 2,
           "refusals get the others");
    is_int(pt_log_rate_lines(&rate, 5999), 0, "none is left");

    pt_log_rate_use(&rate);
    is_int(pt_log_rate_lines(&rate, 5999), 0, "one too many");
    is_int(pt_log_rate_lines(&rate, 6000), 3, "the next second");
}
