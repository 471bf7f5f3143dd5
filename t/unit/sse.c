
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_sse.h"


static void test_position(void);
static void test_event(void);
static void test_escaped(void);
static void test_time(void);
static void test_lines(void);

static void event(ngx_str_t *s, pt_sse_event_t *e);


static u_char           memory[65536];

static pt_sse_event_t   usual = {
    ngx_string("1796000000000-0"),
    ngx_string("updated"),
    ngx_string("d-1"),
    ngx_string("t-1"),
    { { ngx_null_string, ngx_null_string, ngx_null_string, PT_COMPLETED },
      ngx_null_string, ngx_string("\"7\"") },
    1796083200123ull
};


int
main(void)
{
    test_position();
    test_event();
    test_escaped();
    test_time();
    test_lines();

    return tap_done();
}


static void
test_position(void)
{
    size_t     len;
    ngx_str_t  s;

    ngx_str_set(&s, "1796000000000-0");
    ok(pt_sse_is_position(&s), "a position");

    ngx_str_set(&s, "");
    ok(!pt_sse_is_position(&s), "an empty text is no position");

    ngx_str_set(&s, "1 2");
    ok(!pt_sse_is_position(&s), "a text with a space is no position");

    ngx_str_set(&s, "1\n2");
    ok(!pt_sse_is_position(&s), "a text with a line break is no position");

    ngx_str_set(&s, "1\177");
    ok(!pt_sse_is_position(&s), "a text with DEL is no position");

    for (len = PT_SSE_POSITION_MAX; len <= PT_SSE_POSITION_MAX + 1; len++) {
        ngx_memset(memory, '1', len);
        s.data = memory;
        s.len = len;
        is_int(pt_sse_is_position(&s), len == PT_SSE_POSITION_MAX,
               "a position has 64 bytes at most");
    }
}


static void
test_event(void)
{
    ngx_str_t       s;
    pt_sse_event_t  e;

    event(&s, &usual);
    is_str(&s, "id: 1796000000000-0\n"
               "event: updated\n"
               "data: {\"specversion\":\"1.0\",\"id\":\"1796000000000-0\","
               "\"source\":\"/print/taskDefinitions/d-1\","
               "\"type\":\"print.task.updated\",\"subject\":\"t-1\","
               "\"time\":\"2026-12-01T00:00:00.123Z\","
               "\"datacontenttype\":\"application/json\","
               "\"data\":{\"@odata.etag\":\"\\\"7\\\"\",\"id\":\"t-1\","
               "\"parentUrl\":null,\"status\":{\"state\":\"completed\","
               "\"description\":null}}}\n\n",
           "an event");

    e = usual;
    ngx_str_set(&e.type, "deleted");
    ngx_str_set(&e.owned.app, "app");

    event(&s, &e);
    ok(strstr((char *) s.data, "event: deleted\n") != NULL
       && strstr((char *) s.data, "\"type\":\"print.task.deleted\"") != NULL,
       "another type");
    ok(strstr((char *) s.data, "\"appId\":\"app\"") != NULL, "the owner");
}


/* nothing of a task can end a line */

static void
test_escaped(void)
{
    u_char          *p;
    ngx_str_t        s;
    ngx_uint_t       lines;
    pt_sse_event_t   e;

    e = usual;
    ngx_str_set(&e.owned.task.description, "a\r\n\ndata: b\"\\\r\001\377");
    ngx_str_set(&e.owned.task.parent_url, "https://x/\nid: 9\n\n");

    event(&s, &e);

    lines = 0;

    for (p = s.data; p < s.data + s.len; p++) {
        lines += (*p == '\n');
        lines += (*p == '\r') * 100;
    }

    ok(lines == 4, "an event with line breaks in its strings has four lines");
    ok(strstr((char *) s.data, "a\\r\\n\\ndata: b\\\"\\\\") != NULL,
       "line breaks are escaped");
}


static void
test_time(void)
{
    ngx_uint_t       i;
    ngx_str_t        s;
    pt_sse_event_t   e;

    static const struct {
        uint64_t      time;
        const char   *text;
    } times[] = {
        { 0, "\"time\":\"1970-01-01T00:00:00.000Z\"" },
        { 1709164799999ull, "\"time\":\"2024-02-28T23:59:59.999Z\"" },
        { 1709164800000ull, "\"time\":\"2024-02-29T00:00:00.000Z\"" },
        { 253402300799999ull, "\"time\":\"9999-12-31T23:59:59.999Z\"" },
        { (uint64_t) -1, "\"time\":\"9999-12-31T23:59:59.999Z\"" }
    };

    for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        e = usual;
        e.time = times[i].time;

        event(&s, &e);
        ok(strstr((char *) s.data, times[i].text) != NULL,
           times[i].text);
    }
}


static void
test_lines(void)
{
    ngx_str_t  s, position;

    s.data = memory;
    ngx_str_set(&position, "1-2");

    s.len = pt_sse_retry_write(memory, 2000) - memory;
    is_str(&s, "retry: 2000\n\n", "the time until the next connection");

    s.len = pt_sse_retry_write(memory, 0) - memory;
    is_str(&s, "retry: 0\n\n", "no time");

    s.len = pt_sse_position_write(memory, &position) - memory;
    is_str(&s, "id: 1-2\n\n", "a position");

    s.len = pt_sse_missed_write(memory, &position) - memory;
    is_str(&s, "id: 1-2\nevent: missed\ndata: {\"position\":\"1-2\"}\n\n",
           "a notice of missed events");

    s.len = pt_sse_comment_write(memory) - memory;
    is_str(&s, ":\n\n", "a comment");
}


static void
event(ngx_str_t *s, pt_sse_event_t *e)
{
    size_t  size;

    size = pt_sse_event_size(e);

    s->data = memory;
    s->len = pt_sse_event_write(memory, e) - memory;
    s->data[s->len] = '\0';

    ok(s->len <= size && size - s->len < 64,
       "an event needs no more than its size");
}
