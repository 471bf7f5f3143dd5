
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Limits the log lines of refusals, and counts the others. */


#include "pt_log_rate.h"

#include "pt_json.h"


/* the size of one reason in the summary */
#define PT_LOG_RATE_REASON  (sizeof(", ") + NGX_INT64_LEN + 64)


static ngx_uint_t pt_log_rate_most(const ngx_uint_t *skipped);
static u_char *pt_log_rate_number(u_char *p, ngx_uint_t n);


ngx_uint_t
pt_log_rate_take(pt_log_rate_t *rate, ngx_msec_t now, pt_log_kind_e kind,
    pt_reason_e reason)
{
    if (pt_log_rate_lines(rate, now)) {
        pt_log_rate_use(rate);
        return 1;
    }

    rate->skipped[kind][reason]++;

    return 0;
}


ngx_uint_t
pt_log_rate_lines(pt_log_rate_t *rate, ngx_msec_t now)
{
    if (now - rate->since >= PT_LOG_RATE_PERIOD) {
        rate->since = now;
        rate->used = 0;
    }

    return (rate->used < rate->limit) ? rate->limit - rate->used : 0;
}


void
pt_log_rate_use(pt_log_rate_t *rate)
{
    rate->used++;
}


ngx_msec_t
pt_log_rate_left(const pt_log_rate_t *rate, ngx_msec_t now)
{
    ngx_msec_t  passed;

    passed = now - rate->since;

    return (passed < PT_LOG_RATE_PERIOD) ? PT_LOG_RATE_PERIOD - passed : 1;
}


u_char *
pt_log_rate_write(pt_log_rate_t *rate, pt_log_kind_e kind, u_char *p,
    u_char *last)
{
    ngx_uint_t  i, n, total, *skipped;

    skipped = rate->skipped[kind];
    total = 0;

    for (i = 0; i < PT_REASON_N; i++) {
        total += skipped[i];
    }

    if (total == 0) {
        return p;
    }

    p = pt_log_rate_number(p, total);
    p = pt_write(p, " more:");

    for ( ;; ) {
        i = pt_log_rate_most(skipped);
        n = skipped[i];

        *p++ = ' ';

        if ((size_t) (last - p) < 2 * PT_LOG_RATE_REASON) {
            p = pt_write(p, "others ");
            p = pt_log_rate_number(p, total);
            break;
        }

        p = pt_write_str(p, &pt_reasons[i].word);
        *p++ = ' ';
        p = pt_log_rate_number(p, n);

        skipped[i] = 0;
        total -= n;

        if (total == 0) {
            break;
        }

        *p++ = ',';
    }

    ngx_memzero(skipped, PT_REASON_N * sizeof(ngx_uint_t));

    return p;
}


static ngx_uint_t
pt_log_rate_most(const ngx_uint_t *skipped)
{
    ngx_uint_t  i, most;

    most = 0;

    for (i = 1; i < PT_REASON_N; i++) {
        if (skipped[i] > skipped[most]) {
            most = i;
        }
    }

    return most;
}


static u_char *
pt_log_rate_number(u_char *p, ngx_uint_t n)
{
    u_char  *d, digits[NGX_INT64_LEN];

    d = digits + sizeof(digits);

    do {
        *--d = (u_char) ('0' + n % 10);
        n /= 10;
    } while (n);

    return ngx_cpymem(p, d, digits + sizeof(digits) - d);
}


u_char *
pt_log_escape(u_char *p, const u_char *text, size_t len)
{
    size_t         i;
    static u_char  hex[] = "0123456789ABCDEF";

    for (i = 0; i < len; i++) {

        if (text[i] < 0x20 || text[i] > 0x7e || text[i] == '"'
            || text[i] == '\\')
        {
            *p++ = '\\';
            *p++ = 'x';
            *p++ = hex[text[i] >> 4];
            *p++ = hex[text[i] & 0xf];

        } else {
            *p++ = text[i];
        }
    }

    return p;
}
