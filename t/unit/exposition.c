
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_exposition.h"
#include "pt_json.h"


static void test_prometheus(void);
static void test_openmetrics(void);
static void test_json(void);
static void test_escapes(void);
static void test_histogram(void);
static void test_size(void);
static ngx_str_t some(pt_exposition_t *ex, pt_format_e format, u_char *buf,
    size_t size);
static ngx_str_t labelled(pt_format_e format, const char *value, size_t len);


static u_char  buffer[65536];


int
main(void)
{
    test_prometheus();
    test_openmetrics();
    test_json();
    test_escapes();
    test_histogram();
    test_size();

    return tap_done();
}


static ngx_str_t
some(pt_exposition_t *ex, pt_format_e format, u_char *buf, size_t size)
{
    ngx_str_t  text, none = ngx_null_string;

    pt_exposition_begin(ex, format, buf, size);

    pt_exposition_family(ex, PT_METRIC_BUILD);
    pt_exposition_word(ex, "version", "1");
    pt_exposition_info(ex);

    pt_exposition_family(ex, PT_METRIC_TOKENS);
    pt_exposition_word(ex, "result", "cached");
    pt_exposition_value(ex, 0);
    pt_exposition_label(ex, "result", &none);
    pt_exposition_value(ex, ~(uint64_t) 0);

    pt_exposition_family(ex, PT_METRIC_KEYS_AGE);

    pt_exposition_family(ex, PT_METRIC_LEASES);
    pt_exposition_value(ex, 17);

    pt_exposition_end(ex);

    text.data = buf;
    text.len = ex->len;

    return text;
}


static void
test_prometheus(void)
{
    ngx_str_t        text;
    pt_exposition_t  ex;

    text = some(&ex, PT_FORMAT_PROMETHEUS, buffer, sizeof(buffer));

    is_str(&text,
        "# HELP nginx_print_task_build_info Versions of the module and of what "
        "it is built with.\n"
        "# TYPE nginx_print_task_build_info gauge\n"
        "nginx_print_task_build_info{version=\"1\"} 1\n"
        "# HELP nginx_print_task_tokens_total Requests whose token was "
        "judged.\n"
        "# TYPE nginx_print_task_tokens_total counter\n"
        "nginx_print_task_tokens_total{result=\"cached\"} 0\n"
        "nginx_print_task_tokens_total 18446744073709551615\n"
        "# HELP nginx_print_task_keys_age_seconds Time since keys were "
        "fetched, or since their file was written.\n"
        "# TYPE nginx_print_task_keys_age_seconds gauge\n"
        "# HELP nginx_print_task_leases Leases that requests of this gateway "
        "have.\n"
        "# TYPE nginx_print_task_leases gauge\n"
        "nginx_print_task_leases 17\n",
        "Prometheus");
}


static void
test_openmetrics(void)
{
    ngx_str_t        text;
    pt_exposition_t  ex;

    text = some(&ex, PT_FORMAT_OPENMETRICS, buffer, sizeof(buffer));

    is_str(&text,
        "# HELP nginx_print_task_build Versions of the module and of what "
        "it is built with.\n"
        "# TYPE nginx_print_task_build info\n"
        "nginx_print_task_build_info{version=\"1\"} 1\n"
        "# HELP nginx_print_task_tokens Requests whose token was judged.\n"
        "# TYPE nginx_print_task_tokens counter\n"
        "nginx_print_task_tokens_total{result=\"cached\"} 0\n"
        "nginx_print_task_tokens_total 18446744073709551615\n"
        "# HELP nginx_print_task_keys_age_seconds Time since keys were "
        "fetched, or since their file was written.\n"
        "# TYPE nginx_print_task_keys_age_seconds gauge\n"
        "# UNIT nginx_print_task_keys_age_seconds seconds\n"
        "# HELP nginx_print_task_leases Leases that requests of this gateway "
        "have.\n"
        "# TYPE nginx_print_task_leases gauge\n"
        "nginx_print_task_leases 17\n"
        "# EOF\n",
        "OpenMetrics");
}


static void
test_json(void)
{
    ngx_str_t        text;
    pt_exposition_t  ex;

    text = some(&ex, PT_FORMAT_JSON, buffer, sizeof(buffer));

    is_str(&text,
        "{\"nginx_print_task_build\":{\"type\":\"info\",\"help\":\"Versions of "
        "the module and of what it is built with.\",\"samples\":["
        "{\"labels\":{\"version\":\"1\"},\"value\":1}]},"
        "\"nginx_print_task_tokens\":{\"type\":\"counter\",\"help\":\"Requests "
        "whose token was judged.\",\"samples\":["
        "{\"labels\":{\"result\":\"cached\"},\"value\":0},"
        "{\"labels\":{},\"value\":18446744073709551615}]},"
        "\"nginx_print_task_keys_age_seconds\":{\"type\":\"gauge\",\"help\":"
        "\"Time since keys were fetched, or since their file was written.\","
        "\"samples\":[]},"
        "\"nginx_print_task_leases\":{\"type\":\"gauge\",\"help\":\"Leases "
        "that requests of this gateway have.\",\"samples\":["
        "{\"labels\":{},\"value\":17}]}}",
        "JSON");

    pt_exposition_begin(&ex, PT_FORMAT_JSON, buffer, sizeof(buffer));
    pt_exposition_end(&ex);

    text.data = buffer;
    text.len = ex.len;

    is_str(&text, "{}", "JSON: no metric");
}


/* the value of a label, as it was written */

static ngx_str_t
labelled(pt_format_e format, const char *value, size_t len)
{
    u_char           *p;
    ngx_str_t         s;
    pt_exposition_t   ex;

    s.data = (u_char *) value;
    s.len = len;

    pt_exposition_begin(&ex, format, buffer, sizeof(buffer) - 1);
    pt_exposition_family(&ex, PT_METRIC_KEYS);
    pt_exposition_label(&ex, "source", &s);
    pt_exposition_value(&ex, 1);

    buffer[ex.len] = '\0';

    p = (u_char *) strstr((char *) buffer,
                          format == PT_FORMAT_JSON ? "\"source\":" : "source=");

    s.data = p + sizeof("source=") - 1 + (format == PT_FORMAT_JSON ? 2 : 0);
    s.len = buffer + ex.len - s.data;
    s.len -= (format == PT_FORMAT_JSON) ? sizeof("},\"value\":1}") - 1
                                        : sizeof("} 1\n") - 1;

    return s;
}


static void
test_escapes(void)
{
    ngx_str_t    s;
    ngx_uint_t   i;
    static char  all[256];

    s = labelled(PT_FORMAT_PROMETHEUS, "a\"b\\c\nd", 7);
    is_str(&s, "\"a\\\"b\\\\c\\nd\"", "a quote, a backslash, a line feed");

    s = labelled(PT_FORMAT_JSON, "a\"b\\c\nd", 7);
    is_str(&s, "\"a\\\"b\\\\c\\nd\"", "so in JSON");

    s = labelled(PT_FORMAT_PROMETHEUS, "\xc3\xa4\xf0\x9f\x98\x80", 6);
    is_str(&s, "\"\xc3\xa4\xf0\x9f\x98\x80\"", "UTF-8 stays");

    s = labelled(PT_FORMAT_OPENMETRICS, "a\xff\xc3", 3);
    is_str(&s, "\"a\xef\xbf\xbd\xef\xbf\xbd\"", "other bytes do not");

    s = labelled(PT_FORMAT_PROMETHEUS, "\0\r\x7f", 3);
    is_str(&s, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"", "nor do controls");

    s = labelled(PT_FORMAT_JSON, "</script>", 9);
    is_str(&s, "\"\\u003C/script\\u003E\"", "JSON is not markup");

    for (i = 0; i < 256; i++) {
        all[i] = (char) i;
    }

    s = labelled(PT_FORMAT_PROMETHEUS, all, 256);

    for (i = 0; i < s.len; i++) {
        if (s.data[i] < ' ') {
            break;
        }
    }

    ok(i == s.len, "no byte ends the line");
}


static void
test_histogram(void)
{
    u_char           *p;
    pt_histogram_t    h;
    pt_exposition_t   ex;

    memset(&h, 0, sizeof(pt_histogram_t));

    h.buckets[0] = 2;
    h.buckets[15] = 1;
    h.buckets[PT_HISTOGRAM_BUCKETS] = 4;
    h.sum = 12000345;

    pt_exposition_begin(&ex, PT_FORMAT_PROMETHEUS, buffer, sizeof(buffer) - 1);
    pt_exposition_family(&ex, PT_METRIC_STEP_SECONDS);
    pt_exposition_word(&ex, "step", "store");
    pt_exposition_histogram(&ex, &h);
    buffer[ex.len] = '\0';
    p = buffer;

    ok(strstr((char *) p, "_bucket{step=\"store\",le=\"0.00005\"} 2\n"),
       "the first bucket");
    ok(strstr((char *) p, "_bucket{step=\"store\",le=\"0.75\"} 2\n"),
       "buckets add up");
    ok(strstr((char *) p, "_bucket{step=\"store\",le=\"1\"} 3\n"),
       "a whole number");
    ok(strstr((char *) p, "_bucket{step=\"store\",le=\"10\"} 3\n"),
       "the last bound");
    ok(strstr((char *) p, "_bucket{step=\"store\",le=\"+Inf\"} 7\n"),
       "no bound");
    ok(strstr((char *) p, "_sum{step=\"store\"} 12.000345\n"), "the sum");
    ok(strstr((char *) p, "_count{step=\"store\"} 7\n"), "the count");

    pt_exposition_begin(&ex, PT_FORMAT_OPENMETRICS, buffer, sizeof(buffer) - 1);
    pt_exposition_family(&ex, PT_METRIC_STEP_SECONDS);
    pt_exposition_histogram(&ex, &h);
    buffer[ex.len] = '\0';

    ok(strstr((char *) p, "_bucket{le=\"1.0\"} 3\n"),
       "OpenMetrics: a whole number is a float");

    pt_exposition_begin(&ex, PT_FORMAT_JSON, buffer, sizeof(buffer) - 1);
    pt_exposition_family(&ex, PT_METRIC_STEP_SECONDS);
    pt_exposition_histogram(&ex, &h);
    buffer[ex.len] = '\0';

    ok(strstr((char *) p, "\"buckets\":[[0.00005,2],"), "JSON: buckets");
    ok(strstr((char *) p, ",[10.0,3]],\"sum\":12.000345,\"count\":7}"),
       "JSON: sum and count");
}


/* what does not fit is not written, and its size is known */

static void
test_size(void)
{
    u_char           *small;
    ngx_uint_t        format, wrong;
    size_t            len, size;
    ngx_str_t         text;
    pt_exposition_t   ex;

    wrong = 0;

    for (format = 0; format < PT_FORMAT_N; format++) {
        text = some(&ex, format, buffer, sizeof(buffer));
        len = text.len;

        for (size = 0; size <= len; size++) {
            small = malloc(size + 1);
            small[size] = 0xa5;

            (void) some(&ex, format, small, size);

            wrong += (ex.len != len || small[size] != 0xa5);
            wrong += (size == len
                      && memcmp(small, buffer, len) != 0);

            free(small);
        }
    }

    is_int(wrong, 0, "no buffer is too small, and the size is what it takes");
}
