
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_gate.h"


#define test_nelts(a)  (sizeof(a) / sizeof(a[0]))

#define TEST_TASK  "/print/taskDefinitions/d/tasks/t"
#define TEST_PATCH  "PATCH " TEST_TASK " HTTP/1.1\r\n"


typedef struct {
    pt_gate_e          history;
    ngx_uint_t         aside;
    const char        *now;             /* method of nginx */
    const char        *client;          /* and the path that was checked */
    const char        *checked;         /* method */
    const char        *method;          /* as it is sent */
    const char        *path;
    pt_reason_e        reason;
} test_gate_t;


static void test_heads(void);
static void test_odd_heads(void);
static void test_truncated(void);
static void test_mutated(void);
static void test_gates(void);
static void test_bodies(void);
static void test_long_paths(void);
static void test_others(void);

static ngx_int_t test_sent(const char *text, size_t len, pt_sent_t *sent);
static pt_reason_e test_gate(const test_gate_t *test, ngx_uint_t same_body);


int
main(void)
{
    test_heads();
    test_odd_heads();
    test_truncated();
    test_mutated();
    test_gates();
    test_bodies();
    test_long_paths();
    test_others();

    return tap_done();
}


static void
test_heads(void)
{
    pt_sent_t    sent;
    const char  *text;

    text = TEST_PATCH "Host: a\r\ncontent-LENGTH: 12\r\n\r\n{}";

    is_int(test_sent(text, strlen(text), &sent), NGX_OK, "a head");
    is_int(sent.method.len, 5, "its method");
    is_int(sent.path.len, strlen(TEST_TASK), "its path");
    is_int(sent.content_length, 12, "its length");
    is_int(sent.chunked, 0, "no transfer coding");
    is_int(sent.size, strlen(text) - 2, "where it ends");

    text = "GET /a?b#c HTTP/1.0\r\n\r\n";
    is_int(test_sent(text, strlen(text), &sent), NGX_DECLINED, "a fragment");

    text = "GET /a?b/c HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n";
    is_int(test_sent(text, strlen(text), &sent), NGX_OK, "arguments");
    is_int(sent.path.len, 2, "are no part of the path");
    is_int(sent.content_length, -1, "no length");
    is_int(sent.chunked, 1, "a transfer coding");
}


static void
test_odd_heads(void)
{
    pt_sent_t    sent;
    ngx_uint_t   i;

    static const char  *heads[] = {
        "",
        "\r\n\r\n",
        "GET\r\n\r\n",
        "GET /\r\n\r\n",
        " / HTTP/1.1\r\n\r\n",
        "GET  HTTP/1.1\r\n\r\n",
        "GET / HTTP/2.0\r\n\r\n",
        "GET / HTTP/1.10\r\n\r\n",
        "GET /a b HTTP/1.1\r\n\r\n",
        "GET a HTTP/1.1\r\n\r\n",
        "GET http://a/ HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\n\n",
        "GET / HTTP/1.1\r\nA: b\n\r\n",
        "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\r\n\tc: d\r\n\r\n",
        "GET / HTTP/1.1\r\nA\r\n\r\n",
        "GET / HTTP/1.1\r\n: a\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: \r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 1 \r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: +1\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 1234567890123456\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "get key\r\n",
        "\1\1\0\1\0\10\0\0"
    };

    for (i = 0; i < test_nelts(heads); i++) {
        is_int(test_sent(heads[i], strlen(heads[i]), &sent), NGX_DECLINED,
               "an odd head");
    }
}


static void
test_truncated(void)
{
    size_t       n;
    pt_sent_t    sent;
    ngx_uint_t   wrong;

    static const char  text[] = TEST_PATCH "Content-Length: 2\r\nA: b\r\n\r\n";

    wrong = 0;

    for (n = 0; n < sizeof(text) - 1; n++) {
        wrong += (test_sent(text, n, &sent) != NGX_DECLINED);
    }

    is_int(wrong, 0, "a part of a head is none");
}


/* nothing is read beyond the text, whatever is in it */

static void
test_mutated(void)
{
    char         text[] = TEST_PATCH "Content-Length: 2\r\nA: b\r\n\r\n{}";
    char         was;
    size_t       n;
    pt_sent_t    sent;
    unsigned     ch;
    ngx_uint_t   ok;

    ok = 0;

    for (n = 0; n < sizeof(text) - 1; n++) {
        was = text[n];

        for (ch = 0; ch < 256; ch++) {
            text[n] = (char) ch;

            if (test_sent(text, sizeof(text) - 1, &sent) == NGX_OK) {
                ok += (sent.size <= sizeof(text) - 1);
            }
        }

        text[n] = was;
    }

    ok(ok > 0, "mutated heads");
}


static void
test_gates(void)
{
    ngx_uint_t   i;

    static const test_gate_t  tests[] = {

        /* not checked: only a page, which is another resource */

        { PT_GATE_UNCHECKED, 0, "GET", TEST_TASK, "", "GET", "/401.html",
          PT_OK },
        { PT_GATE_UNCHECKED, 0, "HEAD", "/a/b", "", "HEAD", "/c",
          PT_OK },
        { PT_GATE_UNCHECKED, 0, "GET", TEST_TASK, "", "GET", TEST_TASK,
          PT_NOT_CHECKED },
        { PT_GATE_UNCHECKED, 0, "GET", "/a", "", "GET", TEST_TASK,
          PT_NOT_CHECKED },
        { PT_GATE_UNCHECKED, 0, "GET", "/a/b", "", "GET", "/a/b",
          PT_NOT_CHECKED },
        { PT_GATE_UNCHECKED, 0, "GET", "/a/b", "", "GET", "/x/a/b",
          PT_NOT_CHECKED },
        { PT_GATE_UNCHECKED, 0, "GET", "/a/b", "", "GET", "/%61/b",
          PT_NOT_CHECKED },
        { PT_GATE_UNCHECKED, 0, "GET", "/%61/b", "", "GET", "/b",
          PT_NOT_CHECKED },
        { PT_GATE_UNCHECKED, 0, "GET", "/v1/print/x", "", "GET",
          "/v2/print/x", PT_NOT_CHECKED },
        { PT_GATE_UNCHECKED, 0, "GET", "/a//b", "", "GET", "/a//b",
          PT_NOT_CHECKED },
        { PT_GATE_UNCHECKED, 0, "GET", "/a//b", "", "GET", "/400.html",
          PT_OK },
        { PT_GATE_UNCHECKED, 0, "GET", "/a//b", "", "GET", "/x/a/b",
          PT_NOT_CHECKED },
        { PT_GATE_UNCHECKED, 0, "GET", "/a/x%2f/../b", "", "GET", "/a/x/b",
          PT_OK },
        { PT_GATE_UNCHECKED, 0, "GET", "/a/x%2F/../b", "", "GET", "/a/b",
          PT_NOT_CHECKED },
        { PT_GATE_UNCHECKED, 0, "GET", "/../a/./c/%2e%2E/b", "", "GET", "/a/b",
          PT_NOT_CHECKED },
        { PT_GATE_UNCHECKED, 0, "GET", "/a/b/c/..", "", "GET", "/a/b/",
          PT_NOT_CHECKED },
        { PT_GATE_UNCHECKED, 0, "GET", "/a/b/.", "", "GET", "/a/b/",
          PT_NOT_CHECKED },
        { PT_GATE_UNCHECKED, 0, "GET", "/a/b#c", "", "GET", "/a/b",
          PT_NOT_CHECKED },
        { PT_GATE_UNCHECKED, 0, "GET", "/a/b%", "", "GET", "/a/b",
          PT_OK },
        { PT_GATE_UNCHECKED, 0, "PATCH", "/a", "", "PATCH", "/log",
          PT_NOT_CHECKED },
        { PT_GATE_UNCHECKED, 0, "OPTIONS", "/a", "", "OPTIONS", "/log",
          PT_NOT_CHECKED },
        { PT_GATE_UNCHECKED, 1, "GET", TEST_TASK, "", "POST", "/introspect",
          PT_OK },
        { PT_GATE_UNCHECKED, 1, "GET", TEST_TASK, "", "GET", TEST_TASK,
          PT_NOT_CHECKED },
        { PT_GATE_UNCHECKED, 1, "POST", "/a", "", "POST", "/b/$batch",
          PT_NOT_CHECKED },

        { PT_GATE_REWRITTEN, 0, "POST", "/a", "", "POST", "/b", PT_OK },
        { PT_GATE_REWRITTEN, 0, "GET", "/a", "", "GET", TEST_TASK,
          PT_NOT_CHECKED },

        { PT_GATE_FOREIGN, 1, "GET", "/a", "", "GET", TEST_TASK, PT_OK },
        { PT_GATE_FOREIGN, 1, "POST", "/a", "", "POST", "/b", PT_OK },
        { PT_GATE_FOREIGN, 1, "PATCH", "/a", "", "PATCH", TEST_TASK,
          PT_NOT_CHECKED },

        /* no change of a task, and it stays so */

        { PT_GATE_PASSED, 0, "GET", TEST_TASK, "GET", "GET", TEST_TASK,
          PT_OK },
        { PT_GATE_PASSED, 0, "HEAD", TEST_TASK, "HEAD", "GET",
          "/v2" TEST_TASK, PT_OK },
        { PT_GATE_PASSED, 0, "GET", "/td/d/tasks/t", "GET", "GET", TEST_TASK,
          PT_REQUEST_CHANGED },
        { PT_GATE_PASSED, 0, "GET", TEST_TASK, "GET", "GET", TEST_TASK "2",
          PT_REQUEST_CHANGED },
        { PT_GATE_PASSED, 0, "GET", TEST_TASK, "GET", "PATCH", TEST_TASK,
          PT_REQUEST_CHANGED },
        { PT_GATE_PASSED, 0, "PATCH", TEST_TASK, "GET", "PATCH", TEST_TASK,
          PT_REQUEST_CHANGED },
        { PT_GATE_PASSED, 0, "POST", "/a", "POST", "POST", "/b/a", PT_OK },
        { PT_GATE_PASSED, 0, "POST", "/a", "POST", "PUT", "/a",
          PT_REQUEST_CHANGED },
        { PT_GATE_PASSED, 0, "PATCH", "/td/d/tasks/t", "PATCH", "PATCH",
          TEST_TASK, PT_REQUEST_CHANGED },
        { PT_GATE_PASSED, 0, "POST", "/v1/print/taskDefinitions/d/tasks",
          "POST", "POST", "/v2/print/taskDefinitions/d/tasks", PT_OK },
        { PT_GATE_PASSED, 0, "POST", "/print/taskDefinitions/d/tasks",
          "POST", "POST", "/print/taskDefinitions/e/tasks",
          PT_REQUEST_CHANGED },
        { PT_GATE_PASSED, 0, "GET", "/a", "POST", "GET", "/page", PT_OK },
        { PT_GATE_PASSED, 1, "POST", "/a", "POST", "POST", "/copy", PT_OK },
        { PT_GATE_PASSED, 1, "POST", "/a", "POST", "POST", TEST_TASK,
          PT_REQUEST_CHANGED },
        { PT_GATE_PASSED, 1, "GET", "/a", "POST", "GET", TEST_TASK, PT_OK },

        /* a change */

        { PT_GATE_FORWARDED, 0, "PATCH", TEST_TASK, "PATCH", "PATCH",
          "/v2" TEST_TASK, PT_OK },
        { PT_GATE_FORWARDED, 0, "PATCH", TEST_TASK, "PATCH", "PATCH",
          "/print/taskDefinitions('d')/tasks('%74')", PT_OK },
        { PT_GATE_FORWARDED, 0, "PATCH", TEST_TASK, "PATCH", "PATCH",
          "/print/taskDefinitions/D/tasks/t", PT_REQUEST_CHANGED },
        { PT_GATE_FORWARDED, 0, "PATCH", TEST_TASK, "PATCH", "PATCH", "/a",
          PT_REQUEST_CHANGED },
        { PT_GATE_FORWARDED, 0, "PATCH", TEST_TASK, "PATCH", "PATCH",
          "/x/.." TEST_TASK, PT_REQUEST_CHANGED },
        { PT_GATE_FORWARDED, 0, "PATCH", TEST_TASK, "PATCH", "PUT",
          TEST_TASK, PT_REQUEST_CHANGED },
        { PT_GATE_FORWARDED, 0, "PATCH", TEST_TASK, "PATCH", "GET",
          TEST_TASK, PT_REQUEST_CHANGED },
        { PT_GATE_FORWARDED, 0, "GET", TEST_TASK, "PATCH", "GET",
          "/50x.html", PT_OK },
        { PT_GATE_FORWARDED, 0, "GET", TEST_TASK, "PATCH", "GET",
          TEST_TASK "2", PT_REQUEST_CHANGED },
        { PT_GATE_FORWARDED, 1, "PATCH", TEST_TASK, "PATCH", "PATCH",
          "/copy", PT_OK },
        { PT_GATE_FORWARDED, 1, "PATCH", TEST_TASK, "PATCH", "PATCH",
          TEST_TASK "2", PT_REQUEST_CHANGED },
        { PT_GATE_FORWARDED, 1, "GET", TEST_TASK, "PATCH", "GET", "/auth",
          PT_OK },

        { PT_GATE_REFETCH, 1, "GET", TEST_TASK, "PATCH", "GET", TEST_TASK,
          PT_OK },
        { PT_GATE_REFETCH, 1, "GET", TEST_TASK, "PATCH", "PATCH", TEST_TASK,
          PT_REQUEST_CHANGED },
        { PT_GATE_REFETCH, 1, "GET", TEST_TASK, "PATCH", "GET",
          TEST_TASK "2", PT_REQUEST_CHANGED },
    };

    for (i = 0; i < test_nelts(tests); i++) {
        is_int(test_gate(&tests[i], 1), tests[i].reason, tests[i].path);
    }
}


static void
test_bodies(void)
{
    test_gate_t  test = { PT_GATE_FORWARDED, 0, "PATCH", TEST_TASK, "PATCH",
                          "PATCH", TEST_TASK, PT_OK };

    is_int(test_gate(&test, 0), PT_REQUEST_CHANGED, "another body");

    test.aside = 1;
    is_int(test_gate(&test, 0), PT_REQUEST_CHANGED, "another body, aside");
}


static void
test_long_paths(void)
{
    char         path[PT_GATE_PATH_MAX + 2];
    test_gate_t  test = { PT_GATE_PASSED, 0, "GET", "/a", "GET", "GET", path,
                          PT_OK };

    memset(path, 'a', sizeof(path));
    path[0] = '/';
    path[PT_GATE_PATH_MAX + 1] = '\0';

    is_int(test_gate(&test, 0), PT_REQUEST_CHANGED, "a path that is too long");

    path[PT_GATE_PATH_MAX] = '\0';
    is_int(test_gate(&test, 0), PT_OK, "a long path");

    test.history = PT_GATE_UNCHECKED;
    test.client = path;
    test.path = "/b";
    is_int(test_gate(&test, 0), PT_OK, "a long path of the client");

    path[PT_GATE_PATH_MAX] = 'a';
    is_int(test_gate(&test, 0), PT_NOT_CHECKED,
           "a path of the client that is too long");
}


static void
test_others(void)
{
    ngx_str_t  other, task, odd;

    other = tap_str("/a/b");
    task = tap_str(TEST_TASK);
    odd = tap_str("/c/../a/b");

    ok(pt_gate_is_other(&other), "another resource");
    ok(!pt_gate_is_other(&task), "a task is none");
    ok(!pt_gate_is_other(&odd), "what servers read in different ways neither");
}


/* in memory of exactly its size, so that reading on is seen */

static ngx_int_t
test_sent(const char *text, size_t len, pt_sent_t *sent)
{
    u_char     *copy;
    ngx_int_t   rc;

    copy = malloc(len ? len : 1);
    memcpy(copy, text, len);

    rc = pt_sent_read(copy, copy + len, sent);

    free(copy);

    return rc;
}


static pt_reason_e
test_gate(const test_gate_t *test, ngx_uint_t same_body)
{
    ngx_str_t    raw;
    pt_gate_t    gate;
    pt_sent_t    sent;
    pt_route_t   route;
    u_char       space[PT_GATE_PATH_MAX + 1];

    raw = tap_str(test->client);

    gate.history = test->history;
    gate.aside = test->aside;
    gate.client = raw;
    gate.method = tap_str(test->now);
    gate.checked_method = tap_str(test->checked);
    gate.same_body = same_body;
    gate.route = &route;

    (void) pt_route_target(&raw, space, &gate.checked_path, &route);

    sent.method = tap_str(test->method);
    sent.path = tap_str(test->path);

    return pt_gate_check(&gate, &sent);
}
