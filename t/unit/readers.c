
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Whatever is JSON for one part is JSON for all of them: values, good and bad,
 * in a member that nobody asks for, of each text that is read.
 */


#include "tap.h"
#include "jose.h"

#include "pt_task.h"
#include "pt_token.h"


#define NOW  1700000000


typedef enum {
    TEST_BODY = 0,
    TEST_PUT,
    TEST_TASK,
    TEST_KEYS,
    TEST_HEADER,
    TEST_CLAIMS,
    TEST_READERS
} test_reader_e;


typedef struct {
    const char   *name;
    const char   *value;
    pt_reason_e   reason;         /* that a body is refused for */
} test_value_t;


static void test_good(void);
static void test_bad(void);
static void test_case(void);

static void test_values(const test_value_t *values, ngx_uint_t n);
static ngx_uint_t test_accepts(test_reader_e reader, const char *value);
static ngx_uint_t test_body(const char *value);
static ngx_uint_t test_put(const char *value);
static ngx_uint_t test_task(const char *value);
static ngx_uint_t test_keys(const char *value);
static ngx_uint_t test_token(const char *header, const char *claims);
static u_char *test_input(ngx_str_t *str, const char *text);


static const char  *test_readers[TEST_READERS] = {
    "a body", "a whole task", "a task", "a key set", "a header", "claims"
};


static ngx_str_t  test_id = ngx_string("t");
static ngx_str_t  test_names[] = { ngx_string("n") };


static const pt_token_policy_t  test_policy = {
    { test_names, 1 }, { test_names, 1 }, { test_names, 1 },
    { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, 0, 0
};


static EVP_PKEY     *test_pkey;
static pt_jwks_t    *test_jwks;
static pt_reason_e   test_reason;     /* of the last body */


int
main(void)
{
    ngx_str_t    set;
    const char  *err;

    test_pkey = jose_ec("P-256");

    set = tap_str(jose_printf("{\"keys\":[{%s}]}", jose_jwk(test_pkey)));
    test_jwks = jose_must(pt_jwks_read(&set, &err), "pt_jwks_read()");

    test_good();
    test_bad();
    test_case();

    pt_jwks_free(test_jwks);
    EVP_PKEY_free(test_pkey);

    return tap_done();
}


static void
test_good(void)
{
    static const test_value_t  values[] = {
        { "null", "null", PT_OK },
        { "true", "true", PT_OK },
        { "a number", "-12.50e+03", PT_OK },
        { "a large number", "1e400", PT_OK },
        { "a string", "\"a\"", PT_OK },
        { "DEL", "\"\x7f\"", PT_OK },
        { "UTF-8", "\"\xc2\x80\xef\xbf\xbf\xf4\x8f\xbf\xbf\"", PT_OK },
        { "escapes", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\\uffff\"", PT_OK },
        { "a pair of surrogates", "\"\\ud83d\\ude00\"", PT_OK },
        { "an array", "[]", PT_OK },
        { "an object", "{\"a\":[{\"b\":1},{\"b\":2}]}", PT_OK },
        { "white space", " \t\r\n[ 1 ,\t2 ]\n", PT_OK }
    };

    test_values(values, sizeof(values) / sizeof(values[0]));
}


static void
test_bad(void)
{
    static const test_value_t  values[] = {
        { "nothing", "", PT_JSON_SYNTAX },
        { "a vertical tab", "\v1", PT_JSON_SYNTAX },
        { "a form feed", "1\f", PT_JSON_SYNTAX },
        { "a byte order mark", "\xef\xbb\xbf" "1", PT_JSON_SYNTAX },
        { "a comment", "1/* */", PT_JSON_SYNTAX },
        { "a comma", "1,", PT_JSON_SYNTAX },
        { "two values", "1 1", PT_JSON_SYNTAX },
        { "a brace too many", "1}", PT_JSON_SYNTAX },
        { "a text after it", "1}{\"a\":1", PT_JSON_SYNTAX },
        { "an open array", "[1", PT_JSON_SYNTAX },
        { "an open string", "\"a", PT_JSON_SYNTAX },
        { "NaN", "NaN", PT_JSON_SYNTAX },
        { "a zero in front", "01", PT_JSON_SYNTAX },
        { "a point at the end", "1.", PT_JSON_SYNTAX },
        { "a plus sign", "+1", PT_JSON_SYNTAX },
        { "single quotes", "'a'", PT_JSON_SYNTAX },
        { "a bare word", "completed", PT_JSON_SYNTAX },
        { "a tab in a string", "\"\t\"", PT_JSON_SYNTAX },
        { "an overlong form", "\"\xc0\xaf\"", PT_JSON_ENCODING },
        { "an overlong NUL", "\"\xe0\x80\x80\"", PT_JSON_ENCODING },
        { "a surrogate", "\"\xed\xa0\x80\"", PT_JSON_ENCODING },
        { "over U+10FFFF", "\"\xf4\x90\x80\x80\"", PT_JSON_ENCODING },
        { "Latin-1", "\"caf\xe9\"", PT_JSON_ENCODING },
        { "a high surrogate escaped", "\"\\ud800\"", PT_JSON_ENCODING },
        { "a low surrogate escaped", "\"\\udc00\"", PT_JSON_ENCODING },
        { "two high surrogates", "\"\\ud800\\ud800\"", PT_JSON_ENCODING },
        { "NUL escaped", "\"\\u0000\"", PT_JSON_ENCODING },
        { "NUL escaped in a name", "{\"a\\u0000\":1}", PT_JSON_ENCODING },
        { "an escape that is none", "\"\\x41\"", PT_JSON_ENCODING },
        { "a member twice", "{\"a\":1,\"a\":1}", PT_JSON_DUPLICATE },
        { "a member twice, escaped", "{\"a\":1,\"\\u0061\":1}",
          PT_JSON_DUPLICATE },
        { "a member twice, deep", "[{\"b\":[{\"\":1,\"\":2}]}]",
          PT_JSON_DUPLICATE },
        { "its own member twice", "1,\"@x\":2", PT_JSON_DUPLICATE },
        { "17 levels", "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]", PT_JSON_LIMIT }
    };

    test_values(values, sizeof(values) / sizeof(values[0]));
}


/* only OData has names without case */

static void
test_case(void)
{
    static const char  *value = "{\"a\":1,\"A\":2}";

    ok(!test_accepts(TEST_BODY, value), "names that differ in case: a body");
    ok(!test_accepts(TEST_TASK, value), "a task");
    ok(test_accepts(TEST_KEYS, value), "but not a key set");
    ok(test_accepts(TEST_HEADER, value), "a header");
    ok(test_accepts(TEST_CLAIMS, value), "claims");
}


static void
test_values(const test_value_t *values, ngx_uint_t n)
{
    ngx_uint_t     i;
    test_reader_e  reader;

    for (i = 0; i < n; i++) {
        for (reader = TEST_BODY; reader < TEST_READERS; reader++) {
            is_int(test_accepts(reader, values[i].value),
                   values[i].reason == PT_OK,
                   jose_printf("%s in %s", values[i].name,
                               test_readers[reader]));
        }

        (void) test_accepts(TEST_BODY, values[i].value);
        is_int(test_reason, values[i].reason, "... for that reason");
    }
}


static ngx_uint_t
test_accepts(test_reader_e reader, const char *value)
{
    switch (reader) {

    case TEST_BODY:
        return test_body(value);

    case TEST_PUT:
        return test_put(value);

    case TEST_TASK:
        return test_task(value);

    case TEST_KEYS:
        return test_keys(value);

    case TEST_HEADER:
        return test_token(value, "1");

    default: /* TEST_CLAIMS */
        return test_token("1", value);
    }
}


static ngx_uint_t
test_body(const char *value)
{
    u_char       *memory;
    size_t        size;
    ngx_str_t     text;
    pt_arena_t    arena;
    pt_update_t   update;

    memory = test_input(&text,
        jose_printf("{\"status\":{\"state\":\"completed\"},\"@x\":%s}",
                    value));
    size = pt_task_scratch(text.len);

    pt_arena_init(&arena, jose_alloc(size), size);

    test_reason = pt_update_read(&text, &test_id, &arena, &update);

    free(memory);

    return test_reason == PT_OK && update.state == PT_COMPLETED;
}


static ngx_uint_t
test_put(const char *value)
{
    u_char          *memory;
    size_t           size;
    pt_owned_task_t  put;
    ngx_str_t        text;
    pt_arena_t       arena;
    pt_reason_e      reason;

    static const pt_route_t  route = {
        PT_ROUTE_TASK, ngx_string("d"), ngx_string("t")
    };

    memory = test_input(&text,
        jose_printf("{\"status\":{\"state\":\"completed\"},\"@x\":%s}",
                    value));
    size = pt_task_scratch(text.len);

    pt_arena_init(&arena, jose_alloc(size), size);

    reason = pt_put_read(&text, &route, &arena, &put);

    free(memory);

    return reason == PT_OK && put.task.state == PT_COMPLETED;
}


static ngx_uint_t
test_task(const char *value)
{
    u_char      *memory;
    size_t       size;
    ngx_str_t    text;
    ngx_int_t    rc;
    pt_task_t    task;
    pt_arena_t   arena;

    memory = test_input(&text,
        jose_printf("{\"id\":\"t\",\"status\":{\"state\":\"completed\"},"
                    "\"@x\":%s}", value));
    size = pt_task_scratch(text.len);

    pt_arena_init(&arena, jose_alloc(size), size);

    rc = pt_task_read(&text, &test_id, &arena, &task);

    free(memory);

    return rc == NGX_OK && task.state == PT_COMPLETED;
}


static ngx_uint_t
test_keys(const char *value)
{
    u_char      *memory;
    ngx_str_t    text;
    pt_jwks_t   *jwks;
    const char  *err;

    memory = test_input(&text, jose_printf("{\"keys\":[{%s}],\"@x\":%s}",
                                           jose_jwk(test_pkey), value));

    jwks = pt_jwks_read(&text, &err);

    free(memory);
    pt_jwks_free(jwks);

    return jwks != NULL;
}


/* signed, so that it is not refused for anything else */

static ngx_uint_t
test_token(const char *header, const char *claims)
{
    u_char             *memory;
    size_t              size;
    ngx_str_t           text;
    pt_arena_t          arena;
    pt_reason_e         reason;
    pt_token_facts_t    facts;
    pt_token_claims_t   got;

    memory = test_input(&text, jose_token(test_pkey, JOSE_ES256,
        jose_printf("{\"alg\":\"ES256\",\"@x\":%s}", header),
        jose_printf("{\"iss\":\"n\",\"aud\":\"n\",\"roles\":[\"n\"],"
                    "\"azp\":\"a\",\"sub\":\"s\",\"exp\":%d,\"@x\":%s}",
                    NOW + 60, claims)));
    size = pt_token_scratch(text.len);

    pt_arena_init(&arena, jose_alloc(size), size);

    memset(&facts, 0, sizeof(pt_token_facts_t));
    facts.jwks = test_jwks;
    facts.now = NOW;

    reason = pt_token_check(&text, &test_policy, &facts, &arena, &got);

    free(memory);

    if (reason != PT_OK && reason != PT_TOKEN_MALFORMED) {
        is_int(reason, PT_TOKEN_MALFORMED, "refused for what it says");
    }

    return reason == PT_OK;
}


/* of exactly its size, so that reading on is seen */

static u_char *
test_input(ngx_str_t *str, const char *text)
{
    *str = tap_str(text);

    str->data = jose_must(malloc(str->len), "malloc()");
    memcpy(str->data, text, str->len);

    return str->data;
}
