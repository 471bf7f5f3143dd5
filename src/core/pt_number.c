
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Reads JSON numbers that are integers, without floating point. */


#include "pt_number.h"


/* the limit of an exponent: no number has enough digits to compensate it */
#define PT_NUMBER_EXP10  (2 * PT_NUMBER_MAX_LEN)


static ngx_int_t pt_number_shift(int64_t *n, ngx_int_t zeros);
static ngx_int_t pt_number_exponent(u_char *p, u_char *last);


ngx_int_t
pt_number_integer(const ngx_str_t *number, int64_t *value)
{
    u_char     *p, *last;
    int64_t     n;
    ngx_int_t   zeros, places, fraction;

    if (number->len > PT_NUMBER_MAX_LEN) {
        return NGX_ERROR;
    }

    p = number->data;
    last = p + number->len;

    /*
     * N excludes trailing zeros: they are counted until another digit follows.
     */

    n = 0;
    zeros = 0;
    places = 0;
    fraction = 0;

    for ( /* void */ ; p < last && *p != 'e' && *p != 'E'; p++) {

        if (*p == '.') {
            fraction = 1;
            continue;
        }

        if (*p < '0' || *p > '9') {
            return NGX_ERROR;
        }

        zeros++;
        places += fraction;

        if (*p == '0') {
            continue;
        }

        if (pt_number_shift(&n, zeros) != NGX_OK) {
            return NGX_ERROR;
        }

        n += *p - '0';
        zeros = 0;
    }

    zeros += pt_number_exponent(p, last) - places;

    if ((n != 0 && zeros < 0)
        || pt_number_shift(&n, zeros) != NGX_OK
        || n > PT_NUMBER_MAX)
    {
        return NGX_ERROR;
    }

    *value = n;

    return NGX_OK;
}


/* appends decimal zeros */

static ngx_int_t
pt_number_shift(int64_t *n, ngx_int_t zeros)
{
    while (*n != 0 && zeros-- > 0) {

        if (*n > PT_NUMBER_MAX / 10) {
            return NGX_ERROR;
        }

        *n *= 10;
    }

    return NGX_OK;
}


static ngx_int_t
pt_number_exponent(u_char *p, u_char *last)
{
    ngx_int_t   n;
    ngx_uint_t  negative;

    if (p == last) {
        return 0;
    }

    p++;    /* "e" */

    negative = (p < last && *p == '-');

    n = 0;

    for ( /* void */ ; p < last; p++) {

        if (*p >= '0' && *p <= '9' && n < PT_NUMBER_EXP10) {
            n = n * 10 + (*p - '0');
        }
    }

    return negative ? -n : n;
}
