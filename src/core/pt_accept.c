
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Chooses the media type that a client prefers (RFC 9110, section 12.5.1). */


#include "pt_accept.h"


#define PT_ACCEPT_ANY      1       /* how exactly a range names an offer */
#define PT_ACCEPT_TYPE     2
#define PT_ACCEPT_EXACT    3


typedef struct {
    ngx_str_t      type;
    ngx_uint_t     weight;         /* in 1/1000 */
} pt_accept_range_t;


typedef struct {
    ngx_uint_t     match;          /* 0: no range names the offer */
    ngx_uint_t     weight;
    const u_char  *place;
} pt_accept_offer_t;


static const u_char *pt_accept_range(const u_char *p, const u_char *end,
    pt_accept_range_t *range);
static ngx_uint_t pt_accept_weight(const u_char *p, const u_char *end);
static ngx_uint_t pt_accept_match(const pt_accept_range_t *range,
    const ngx_str_t *offer);
static ngx_uint_t pt_accept_is(const ngx_str_t *s, const u_char *word,
    size_t len);
static ngx_uint_t pt_accept_same(const u_char *s, const u_char *word,
    size_t len);
static void pt_accept_judge(const ngx_str_t *field, const ngx_str_t *offer,
    pt_accept_offer_t *judged);


ngx_uint_t
pt_accept_best(const ngx_str_t *field, const ngx_str_t *offers, ngx_uint_t n)
{
    ngx_uint_t         i, best;
    pt_accept_offer_t  offer, top;

    best = n;
    ngx_memzero(&top, sizeof(pt_accept_offer_t));

    for (i = 0; i < n; i++) {
        pt_accept_judge(field, &offers[i], &offer);

        if (offer.match == 0 || offer.weight == 0) {
            continue;
        }

        if (best == n
            || offer.weight > top.weight
            || (offer.weight == top.weight
                && (offer.match > top.match
                    || (offer.match == top.match && offer.place < top.place))))
        {
            best = i;
            top = offer;
        }
    }

    return best;
}


/* the most specific range that matches decides (RFC 9110, section 12.5.1) */

static void
pt_accept_judge(const ngx_str_t *field, const ngx_str_t *offer,
    pt_accept_offer_t *judged)
{
    ngx_uint_t          match;
    const u_char       *p, *end, *start;
    pt_accept_range_t   range;

    ngx_memzero(judged, sizeof(pt_accept_offer_t));

    p = field->data;
    end = field->data + field->len;

    while (p < end) {
        start = p;
        p = pt_accept_range(p, end, &range);

        match = pt_accept_match(&range, offer);

        if (match > judged->match) {
            judged->match = match;
            judged->weight = range.weight;
            judged->place = start;
        }
    }
}


/* returns the start of the next range */

static const u_char *
pt_accept_range(const u_char *p, const u_char *end, pt_accept_range_t *range)
{
    const u_char  *last, *type;

    while (p < end && (*p == ' ' || *p == '\t')) {
        p++;
    }

    type = p;

    while (p < end && *p != ',' && *p != ';') {
        p++;
    }

    last = p;

    while (last > type && (last[-1] == ' ' || last[-1] == '\t')) {
        last--;
    }

    range->type.data = (u_char *) type;
    range->type.len = last - type;
    range->weight = 1000;

    while (p < end && *p == ';') {

        do {
            p++;
        } while (p < end && (*p == ' ' || *p == '\t'));

        if (end - p >= 2 && (*p | 0x20) == 'q' && p[1] == '=') {
            range->weight = pt_accept_weight(p + 2, end);
        }

        while (p < end && *p != ',' && *p != ';') {
            p++;
        }
    }

    return (p < end) ? p + 1 : end;
}


/* "1", "0.75"; a weight of any other form counts as 0 */

static ngx_uint_t
pt_accept_weight(const u_char *p, const u_char *end)
{
    ngx_uint_t  n, unit;

    if (p == end || (*p != '0' && *p != '1')) {
        return 0;
    }

    n = (*p++ - '0') * 1000;

    if (p < end && *p == '.') {

        p++;

        for (unit = 100; p < end && *p >= '0' && *p <= '9'; p++) {
            n += (*p - '0') * unit;
            unit /= 10;
        }
    }

    return ngx_min(n, 1000);
}


static ngx_uint_t
pt_accept_match(const pt_accept_range_t *range, const ngx_str_t *offer)
{
    size_t  len;

    if (pt_accept_is(&range->type, offer->data, offer->len)) {
        return PT_ACCEPT_EXACT;
    }

    if (pt_accept_is(&range->type, (u_char *) "*/*", 3)) {
        return PT_ACCEPT_ANY;
    }

    len = ngx_strlchr(offer->data, offer->data + offer->len, '/')
          - offer->data + 1;

    if (range->type.len == len + 1
        && range->type.data[len] == '*'
        && pt_accept_same(range->type.data, offer->data, len))
    {
        return PT_ACCEPT_TYPE;
    }

    return 0;
}


static ngx_uint_t
pt_accept_is(const ngx_str_t *s, const u_char *word, size_t len)
{
    return s->len == len && pt_accept_same(s->data, word, len);
}


/* compares text in any case with a word in lower case */

static ngx_uint_t
pt_accept_same(const u_char *s, const u_char *word, size_t len)
{
    size_t  i;

    for (i = 0; i < len; i++) {
        if (ngx_tolower(s[i]) != word[i]) {
            return 0;
        }
    }

    return 1;
}
