
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_revoked.h"


#define GUID   "8f2c5a1e-3b64-4d0f-9a57-1c0de000000b"
#define UPPER  "8F2C5A1E-3B64-4D0F-9A57-1C0DE000000B"


static void test_empty(void);
static void test_kinds(void);
static void test_ids(void);
static void test_before(void);
static void test_repeated(void);
static void test_refused(void);
static void test_limits(void);
static void test_many(void);

static pt_revoked_t *test_read(const char *text);
static ngx_uint_t test_has(const char *text, pt_revoked_kind_e kind,
    const char *id, int64_t issued);
static void test_is_refused(const char *text, const char *want,
    const char *name);
static char *test_list(ngx_uint_t n, size_t *len);


static const u_char  seed[PT_SIPHASH_SEED_LEN] = "0123456789abcdef";


int
main(void)
{
    test_empty();
    test_kinds();
    test_ids();
    test_before();
    test_repeated();
    test_refused();
    test_limits();
    test_many();

    return tap_done();
}


static void
test_empty(void)
{
    ok(!test_has("{}", PT_REVOKED_APP, "a", 1), "no member");
    ok(!test_has("{\"apps\":[]}", PT_REVOKED_APP, "a", 1), "an empty array");
    ok(!test_has("{\"apps\":[],\"objects\":[],\"tokens\":[],\"keys\":[]}",
                 PT_REVOKED_KEY, "a", PT_REVOKED_NO_TIME),
       "four empty arrays");
}


static void
test_kinds(void)
{
    ngx_uint_t  kind, other;

    static const char  *lists[PT_REVOKED_N] = {
        "{\"apps\":[{\"id\":\"x\"}],\"keys\":[{\"id\":\"y\"}]}",
        "{\"objects\":[{\"id\":\"x\"}],\"apps\":[{\"id\":\"y\"}]}",
        "{\"tokens\":[{\"id\":\"x\"}],\"objects\":[{\"id\":\"y\"}]}",
        "{\"keys\":[{\"id\":\"x\"}],\"tokens\":[{\"id\":\"y\"}]}"
    };

    for (kind = 0; kind < PT_REVOKED_N; kind++) {
        for (other = 0; other < PT_REVOKED_N; other++) {
            is_int(test_has(lists[kind], other, "x", 1), kind == other,
                   "an id is of one kind");
        }

        ok(!test_has(lists[kind], kind, "y", 1), "the id of another kind");
    }
}


static void
test_ids(void)
{
    char  *text;

    text = "{\"apps\":[{\"id\":\"" UPPER "\"}],"
           "\"objects\":[{\"id\":\"" GUID "\"},{\"id\":\"Name\"}],"
           "\"tokens\":[{\"id\":\"" GUID "\"},{\"id\":\"a\\u0062c\"}],"
           "\"keys\":[{\"id\":\"Key\"}]}";

    ok(test_has(text, PT_REVOKED_APP, GUID, 1),
       "a GUID of an application: upper case in the list");
    ok(test_has(text, PT_REVOKED_APP, UPPER, 1), "... and in the token");
    ok(test_has(text, PT_REVOKED_OBJECT, UPPER, 1),
       "a GUID of an object: upper case in the token");
    ok(!test_has(text, PT_REVOKED_OBJECT, "name", 1),
       "a name is compared byte by byte");
    ok(test_has(text, PT_REVOKED_OBJECT, "Name", 1), "... and found");
    ok(!test_has(text, PT_REVOKED_TOKEN, UPPER, 1),
       "an id of a token is compared byte by byte");
    ok(test_has(text, PT_REVOKED_TOKEN, "abc", 1),
       "an escape is a character");
    ok(!test_has(text, PT_REVOKED_TOKEN, "ab", 1), "a part of an id");
    ok(!test_has(text, PT_REVOKED_TOKEN, "abcd", 1), "more than an id");
    ok(!test_has(text, PT_REVOKED_TOKEN, "", 1), "an empty id");
    ok(!test_has(text, PT_REVOKED_KEY, "key", 1),
       "an id of a key is compared byte by byte");
}


static void
test_before(void)
{
    char  *text;

    text = "{\"apps\":[{\"id\":\"a\",\"before\":1000},"
           "{\"id\":\"b\",\"before\":0},{\"before\":1e3,\"id\":\"c\"},"
           "{\"id\":\"d\",\"before\":253402300799}]}";

    ok(test_has(text, PT_REVOKED_APP, "a", 999), "issued before that time");
    ok(!test_has(text, PT_REVOKED_APP, "a", 1000), "issued at that time");
    ok(!test_has(text, PT_REVOKED_APP, "a", 1001), "issued after that time");
    ok(test_has(text, PT_REVOKED_APP, "a", PT_REVOKED_NO_TIME),
       "issued at a time that is not known");
    ok(!test_has(text, PT_REVOKED_APP, "b", 0), "before 0: no time is");
    ok(test_has(text, PT_REVOKED_APP, "b", PT_REVOKED_NO_TIME),
       "before 0: but one that is not known");
    ok(test_has(text, PT_REVOKED_APP, "c", 999)
       && !test_has(text, PT_REVOKED_APP, "c", 1000),
       "another spelling of a number, another order of members");
    ok(test_has(text, PT_REVOKED_APP, "d", 253402300798),
       "the last time that there is");
    ok(test_has("{\"apps\":[{\"id\":\"a\"}]}", PT_REVOKED_APP, "a", INT64_MAX
                - 1),
       "without a time: always");
}


static void
test_repeated(void)
{
    pt_revoked_t  *list;

    list = test_read("{\"apps\":[{\"id\":\"a\",\"before\":5},{\"id\":\"a\","
                     "\"before\":9},{\"id\":\"a\",\"before\":7},"
                     "{\"id\":\"" GUID "\",\"before\":5},"
                     "{\"id\":\"" UPPER "\"}]}");

    is_int(pt_revoked_count(list), 2, "an id twice is one entry");
    pt_revoked_free(list);

    ok(test_has("{\"apps\":[{\"id\":\"a\",\"before\":9},{\"id\":\"a\","
                "\"before\":7}]}", PT_REVOKED_APP, "a", 8),
       "an id twice: the later time counts");
    ok(test_has("{\"apps\":[{\"id\":\"a\"},{\"id\":\"a\",\"before\":7}]}",
                PT_REVOKED_APP, "a", 8),
       "an id twice: no time counts for more than any");
    ok(test_has("{\"apps\":[{\"id\":\"a\",\"before\":7},{\"id\":\"a\"}]}",
                PT_REVOKED_APP, "a", 8),
       "... also when it is the second one");
}


static void
test_refused(void)
{
    static const struct {
        const char  *text;
        const char  *err;
        const char  *name;
    } cases[] = {
        { "", "is not valid JSON", "nothing" },
        { "{", "is not valid JSON", "half an object" },
        { "{} {}", "is not valid JSON", "two objects" },
        { "{\"apps\":[{\"id\":\"\xff\"}]}", "is not valid JSON",
          "not UTF-8" },
        { "{\"apps\":[{\"id\":\"a\\u0000\"}]}", "is not valid JSON", "NUL" },
        { "[]", "is not a JSON object", "an array" },
        { "null", "is not a JSON object", "null" },
        { "{\"app\":[]}", "has a member other than \"apps\", \"objects\", "
          "\"tokens\" and \"keys\"", "an unknown member" },
        { "{\"Apps\":[]}", "has a member other than \"apps\", \"objects\", "
          "\"tokens\" and \"keys\"", "a member in another case" },
        { "{\"apps\":[],\"apps\":[]}", "has a member twice",
          "a member twice" },
        { "{\"apps\":[],\"\\u0061pps\":[]}", "has a member twice",
          "a member twice, the second one escaped" },
        { "{\"apps\":{}}", "has a member that is not an array",
          "an object for an array" },
        { "{\"keys\":null}", "has a member that is not an array",
          "null for an array" },
        { "{\"apps\":[\"a\"]}", "has an entry that is not an object",
          "a string for an entry" },
        { "{\"apps\":[[]]}", "has an entry that is not an object",
          "an array for an entry" },
        { "{\"apps\":[{}]}", "has an entry without an \"id\" that is a "
          "string", "an empty entry" },
        { "{\"apps\":[{\"id\":1}]}", "has an entry without an \"id\" that is "
          "a string", "a number for an id" },
        { "{\"apps\":[{\"id\":null}]}", "has an entry without an \"id\" that "
          "is a string", "null for an id" },
        { "{\"apps\":[{\"id\":\"\"}]}", "has an entry without an \"id\" that "
          "is a string", "an empty id" },
        { "{\"apps\":[{\"before\":1}]}", "has an entry without an \"id\" that "
          "is a string", "a time alone" },
        { "{\"apps\":[{\"id\":\"a\",\"id\":\"b\"}]}", "has a member twice",
          "an id twice in one entry" },
        { "{\"apps\":[{\"id\":\"a\",\"after\":1}]}", "has an entry with a "
          "member other than \"id\" and \"before\"",
          "an unknown member of an entry" },
        { "{\"apps\":[{\"id\":\"a\",\"Before\":1}]}", "has an entry with a "
          "member other than \"id\" and \"before\"",
          "a time in another case" },
        { "{\"apps\":[{\"after\":1,\"id\":\"a\",\"before\":1}]}", "has an "
          "entry with a member other than \"id\" and \"before\"",
          "an unknown member before the others" },
        { "{\"apps\":[{\"id\":\"a\",\"before\":\"1\"}]}", "has a \"before\" "
          "that is not a time in seconds", "a string for a time" },
        { "{\"apps\":[{\"id\":\"a\",\"before\":null}]}", "has a \"before\" "
          "that is not a time in seconds", "null for a time" },
        { "{\"apps\":[{\"id\":\"a\",\"before\":-1}]}", "has a \"before\" "
          "that is not a time in seconds", "a negative time" },
        { "{\"apps\":[{\"id\":\"a\",\"before\":1.5}]}", "has a \"before\" "
          "that is not a time in seconds", "half a second" },
        { "{\"apps\":[{\"id\":\"a\",\"before\":1796000000000}]}", "has a "
          "\"before\" that is not a time in seconds", "milliseconds" },
        { "{\"apps\":[{\"id\":\"a\"}],\"keys\":[{\"id\":2}]}", "has an entry "
          "without an \"id\" that is a string", "a bad entry after a good" },
        { "{\"apps\":[{\"id\":[\"a\"]}]}", "is nested too deeply or has more "
          "than 100000 entries", "an array for an id" }
    };

    ngx_uint_t  i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        test_is_refused(cases[i].text, cases[i].err, cases[i].name);
    }
}


static void
test_limits(void)
{
    char          *text;
    size_t         len;
    ngx_str_t      str;
    const char    *err;
    pt_revoked_t  *list;

    text = test_list(PT_REVOKED_MAX_ENTRIES, &len);

    list = test_read(text);
    is_int(pt_revoked_count(list), PT_REVOKED_MAX_ENTRIES, "100000 entries");
    ok(pt_revoked_size(list) <= 38 * PT_REVOKED_MAX_ENTRIES,
       "... in 3.8 MB at most");
    pt_revoked_free(list);
    free(text);

    text = test_list(PT_REVOKED_MAX_ENTRIES + 1, &len);
    test_is_refused(text, "has more than 100000 entries", "one entry more");
    free(text);

    text = test_list(PT_REVOKED_MAX_ENTRIES + 10, &len);
    test_is_refused(text, "is nested too deeply or has more than 100000 "
                    "entries", "ten entries more");
    free(text);

    str.len = PT_REVOKED_MAX_SIZE + 1;
    str.data = malloc(str.len);
    memset(str.data, ' ', str.len);
    memcpy(str.data, "{}", 2);

    is_int(pt_revoked_read(&str, seed, &list, &err), NGX_DECLINED,
           "one byte over 16 MiB");
    is_int(strcmp(err, "is larger than 16 MiB"), 0, "... and why");

    str.len--;
    is_int(pt_revoked_read(&str, seed, &list, &err), NGX_OK, "16 MiB");
    pt_revoked_free(list);
    free(str.data);
}


/* each entry is found, and no other */

static void
test_many(void)
{
    char           id[37];
    char          *text;
    size_t         len;
    ngx_str_t      str;
    ngx_uint_t     i, found, others;
    pt_revoked_t  *list;

    text = test_list(5000, &len);
    list = test_read(text);

    found = 0;
    others = 0;

    for (i = 0; i < 10000; i++) {
        (void) snprintf(id, sizeof(id),
                        "00000000-0000-4000-8000-%012x", (unsigned) i);
        str = tap_str(id);

        if (pt_revoked_has(list, PT_REVOKED_APP, &str, 1)) {
            found += (i < 5000);
            others += (i >= 5000);
        }
    }

    is_int(found, 5000, "5000 entries are found");
    is_int(others, 0, "and no others");

    pt_revoked_free(list);
    free(text);
}


static pt_revoked_t *
test_read(const char *text)
{
    ngx_int_t      rc;
    ngx_str_t      str;
    const char    *err;
    pt_revoked_t  *list;

    str = tap_str(text);

    rc = pt_revoked_read(&str, seed, &list, &err);

    if (rc != NGX_OK) {
        fprintf(stderr, "%.60s %s\n", text, err);
        exit(1);
    }

    return list;
}


static ngx_uint_t
test_has(const char *text, pt_revoked_kind_e kind, const char *id,
    int64_t issued)
{
    ngx_str_t      str;
    ngx_uint_t     has;
    pt_revoked_t  *list;

    list = test_read(text);
    str = tap_str(id);

    has = pt_revoked_has(list, kind, &str, issued);

    pt_revoked_free(list);

    return has;
}


static void
test_is_refused(const char *text, const char *want, const char *name)
{
    ngx_int_t      rc;
    ngx_str_t      str, got;
    const char    *err;
    pt_revoked_t  *list;

    str = tap_str(text);
    err = "";

    rc = pt_revoked_read(&str, seed, &list, &err);

    is_int(rc, NGX_DECLINED, name);

    got = tap_str(err);
    is_str(&got, want, "... and why");
}


static char *
test_list(ngx_uint_t n, size_t *len)
{
    char        *text, *p;
    ngx_uint_t   i;

    text = malloc(n * 80 + 64);
    p = text + sprintf(text, "{\"apps\":[");

    for (i = 0; i < n; i++) {
        p += sprintf(p, "%s{\"id\":\"00000000-0000-4000-8000-%012x\","
                     "\"before\":1796000000}", i ? "," : "", (unsigned) i);
    }

    p += sprintf(p, "]}");
    *len = p - text;

    return text;
}
