
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_accept.h"


static void is_best(const char *field, const char *want);


static const ngx_str_t  offers[] = {
    ngx_string("text/plain"),
    ngx_string("application/openmetrics-text"),
    ngx_string("application/json"),
    ngx_string("text/html")
};

#define OFFERS  (sizeof(offers) / sizeof(offers[0]))


int
main(void)
{
    is_best("*/*", "text/plain");
    is_best("application/json", "application/json");
    is_best("APPLICATION/JSON", "application/json");
    is_best("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "text/html");
    is_best("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8,"
            "application/openmetrics-text;version=0.0.1;q=0.75,"
            "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            "application/openmetrics-text");
    is_best("text/plain;version=0.0.4;q=0.9,"
            "application/openmetrics-text;version=1.0.0;q=0.5", "text/plain");
    is_best("application/json, text/plain, */*", "application/json");
    is_best("text/plain, application/json", "text/plain");
    is_best("text/*", "text/plain");
    is_best("text/*;q=0.5, application/json;q=0.4", "text/plain");
    is_best("text/plain;q=0, text/*", "text/html");
    is_best("text/plain;q=0, */*;q=0.001", "application/openmetrics-text");
    is_best("application/json;q=0.2, text/html;Q=0.3", "text/html");
    is_best(" \ttext/html \t; charset=x ; q=1.000 , application/json ",
            "text/html");
    is_best("image/png", "none");
    is_best("", "none");
    is_best(",,;;,", "none");
    is_best("text/html;q=", "none");
    is_best("text/html;q=x", "none");
    is_best("text/html;q", "text/html");
    is_best("text/htm", "none");
    is_best("text/htmlx", "none");
    is_best("text/html;q=1.9, text/plain;q=1", "text/html");
    is_best("text/html;q=0.0009, text/plain;q=0", "none");

    return tap_done();
}


static void
is_best(const char *field, const char *want)
{
    ngx_str_t   s, best;
    ngx_uint_t  n;

    /* with nothing behind it that could be read */

    s.len = strlen(field);
    s.data = malloc(s.len ? s.len : 1);
    memcpy(s.data, field, s.len);

    n = pt_accept_best(&s, offers, OFFERS);
    best = (n == OFFERS) ? tap_str("none") : offers[n];

    is_str(&best, want, field);

    free(s.data);
}
