
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* the body of PUT, and the task that is answered to it */


#include "tap.h"

#include "pt_task.h"


#define TEST_DEFINITION  "D-1"
#define TEST_TASK        "3203656E-6069-4e10-8147-d25290b00a3c"

#define TEST_OWNER(members)                                                   \
    "{\"status\":{\"state\":\"pending\"},"                                    \
    "\"definition\":{\"createdBy\":" members "}}"


/* NULL: null */

typedef struct {
    const char        *text;
    pt_state_e         state;
    const char        *description;
    const char        *parent_url;
    const char        *app;
} test_put_t;


typedef struct {
    const char        *text;
    pt_reason_e        reason;
} test_refused_t;


typedef struct {
    pt_route_t         route;
    ngx_str_t          text;
    pt_owned_task_t    put;
    pt_reason_e        reason;
    u_char            *memory;
} test_input_t;


static void test_good(void);
static void test_refused(void);
static void test_lengths(void);
static void test_length(const char *head, size_t len, const char *tail,
    pt_reason_e reason, const char *name);
static void test_written(void);
static void test_read(test_input_t *in, const char *text);
static void test_free(test_input_t *in);
static void test_is(const ngx_str_t *got, const char *want, const char *name);


int
main(void)
{
    test_good();
    test_refused();
    test_lengths();
    test_written();

    return tap_done();
}


static void
test_good(void)
{
    size_t                   i;
    test_input_t             in;

    static const test_put_t  cases[] = {

        { "{\"status\":{\"state\":\"pending\"}}",
          PT_PENDING, NULL, NULL, NULL },

        { "{\"STATUS\":{\"State\":\"COMPLETED\",\"Description\":\"\"}}",
          PT_COMPLETED, "", NULL, NULL },

        { "{\"status\":{\"state\":\"1\",\"description\":null}}",
          PT_PROCESSING, NULL, NULL, NULL },

        { "{\"@odata.type\":\"#x\",\"status@odata.type\":\"y\","
          "\"status\":{\"state\":\"aborted\",\"@odata.type\":\"z\"}}",
          PT_ABORTED, NULL, NULL, NULL },

        { "{\"id\":\"3203656e-6069-4E10-8147-d25290b00a3c\","
          "\"parentUrl\":\"https:\\/\\/x\\/1\",\"trigger\":{\"id\":1},"
          "\"status\":{\"state\":\"pending\",\"description\":\"\\u00e9\"}}",
          PT_PENDING, "\xc3\xa9", "https://x/1", NULL },

        { "{\"id\":null,\"parentUrl\":null,\"trigger\":null,"
          "\"definition\":null,\"status\":{\"state\":\"pending\"}}",
          PT_PENDING, NULL, NULL, NULL },

        { "{\"status\":{\"state\":\"pending\"},\"definition\":{}}",
          PT_PENDING, NULL, NULL, NULL },

        { TEST_OWNER("null"), PT_PENDING, NULL, NULL, NULL },

        { TEST_OWNER("{\"appId\":\"App.1\"}"),
          PT_PENDING, NULL, NULL, "App.1" },

        { TEST_OWNER("{\"APPID\":\"8F2C5A1E-3B64-4D0F-9A57-1C0DE0000002\"}"),
          PT_PENDING, NULL, NULL, "8f2c5a1e-3b64-4d0f-9a57-1c0de0000002" },

        { TEST_OWNER("{\"@odata.type\":\"x\",\"displayName\":1,"
                     "\"servicePrincipalId\":null,\"appId\":\"a\\u0062\","
                     "\"servicePrincipalName\":\"s\"}"),
          PT_PENDING, NULL, NULL, "ab" },

        { "{\"definition\":{\"id\":\"" TEST_DEFINITION "\","
          "\"displayName\":\"x\",\"createdBy@x\":1,"
          "\"createdBy\":{\"appId\":\"a\"}},"
          "\"status\":{\"state\":\"pending\"}}",
          PT_PENDING, NULL, NULL, "a" }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        test_read(&in, cases[i].text);

        is_int(in.reason, PT_OK, cases[i].text);
        is_int(in.put.task.state, cases[i].state, "its state");
        test_is(&in.put.task.description, cases[i].description,
                "its description");
        test_is(&in.put.task.parent_url, cases[i].parent_url, "its parent");
        test_is(&in.put.app, cases[i].app, "its owner");

        test_free(&in);
    }
}


static void
test_refused(void)
{
    size_t                       i;
    test_input_t                 in;

    static const test_refused_t  cases[] = {
        { "", PT_BODY_EMPTY },
        { " \n", PT_BODY_EMPTY },
        { "{\"status\":{\"state\":\"pending\"}", PT_JSON_SYNTAX },
        { "{\"status\":{\"state\":\"pending\"}}{}", PT_JSON_SYNTAX },
        { "{\"status\":{\"state\":\"\xff\"}}", PT_JSON_ENCODING },
        { "{\"status\":{\"state\":\"pending\"},\"Status\":null}",
          PT_JSON_DUPLICATE },
        { TEST_OWNER("{\"appId\":\"a\",\"AppId\":\"b\"}"),
          PT_JSON_DUPLICATE },
        { "[]", PT_PROPERTY_TYPE },
        { "null", PT_PROPERTY_TYPE },

        { "{}", PT_PROPERTY_MISSING },
        { "{\"id\":\"" TEST_TASK "\"}", PT_PROPERTY_MISSING },
        { "{\"status\":{}}", PT_PROPERTY_MISSING },
        { "{\"status\":{\"description\":\"x\"}}", PT_PROPERTY_MISSING },
        { "{\"status\":{\"state@odata.type\":\"x\"}}", PT_PROPERTY_MISSING },
        { "{\"status\":null}", PT_PROPERTY_TYPE },
        { "{\"status\":\"pending\"}", PT_PROPERTY_TYPE },
        { "{\"status\":[]}", PT_PROPERTY_TYPE },
        { "{\"status\":{\"state\":null}}", PT_STATE_INVALID },
        { "{\"status\":{\"state\":1}}", PT_STATE_INVALID },
        { "{\"status\":{\"state\":\"paused\"}}", PT_STATE_INVALID },
        { "{\"status\":{\"state\":\"unknownFutureValue\"}}",
          PT_STATE_INVALID },
        { "{\"status\":{\"state\":\"4\"}}", PT_STATE_INVALID },
        { "{\"status\":{\"state\":\"pending\",\"description\":1}}",
          PT_PROPERTY_TYPE },
        { "{\"status\":{\"state\":\"pending\",\"reason\":1}}",
          PT_PROPERTY_UNKNOWN },
        { "{\"status\":{\"state\":\"pending\"},\"lease\":\"x\"}",
          PT_PROPERTY_UNKNOWN },
        { "{\"status\":{\"state\":\"pending\"},\"app\":\"x\"}",
          PT_PROPERTY_UNKNOWN },

        { "{\"status\":{\"state\":\"pending\"},\"id\":\"other\"}",
          PT_ID_MISMATCH },
        { "{\"status\":{\"state\":\"pending\"},\"id\":1}", PT_PROPERTY_TYPE },
        { "{\"status\":{\"state\":\"pending\"},\"parentUrl\":{}}",
          PT_PROPERTY_TYPE },
        { "{\"status\":{\"state\":\"pending\"},\"definition\":\"d\"}",
          PT_PROPERTY_TYPE },
        { "{\"status\":{\"state\":\"pending\"},\"definition\":{\"id\":"
          "\"d-1\"}}", PT_ID_MISMATCH },
        { "{\"status\":{\"state\":\"pending\"},\"definition\":{\"x\":1}}",
          PT_PROPERTY_UNKNOWN },

        { TEST_OWNER("\"a\""), PT_PROPERTY_TYPE },
        { TEST_OWNER("[]"), PT_PROPERTY_TYPE },
        { TEST_OWNER("{}"), PT_OWNER_INVALID },
        { TEST_OWNER("{\"displayName\":\"a\"}"), PT_OWNER_INVALID },
        { TEST_OWNER("{\"appId\":null}"), PT_OWNER_INVALID },
        { TEST_OWNER("{\"appId\":7}"), PT_OWNER_INVALID },
        { TEST_OWNER("{\"appId\":\"\"}"), PT_OWNER_INVALID },
        { TEST_OWNER("{\"appId\":\"a b\"}"), PT_OWNER_INVALID },
        { TEST_OWNER("{\"appId\":\"a/b\"}"), PT_OWNER_INVALID },
        { TEST_OWNER("{\"appId\":\"{a}\"}"), PT_OWNER_INVALID },
        { TEST_OWNER("{\"appId\":\"\xc3\xa9\"}"), PT_OWNER_INVALID },
        { TEST_OWNER("{\"appId\":\"a\\n\"}"), PT_OWNER_INVALID },
        { TEST_OWNER("{\"appId\":\"a\",\"x\":1}"), PT_PROPERTY_UNKNOWN }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        test_read(&in, cases[i].text);

        is_int(in.reason, cases[i].reason, cases[i].text);

        test_free(&in);
    }
}


static void
test_lengths(void)
{
    test_length("{\"status\":{\"state\":\"pending\"},\"parentUrl\":\"",
                PT_PARENT_URL_MAX, "\"}", PT_OK, "a long parent");
    test_length("{\"status\":{\"state\":\"pending\"},\"parentUrl\":\"",
                PT_PARENT_URL_MAX + 1, "\"}", PT_PARENT_URL_TOO_LONG,
                "a longer one");
    test_length("{\"status\":{\"state\":\"pending\",\"description\":\"",
                PT_DESCRIPTION_MAX, "\"}}", PT_OK, "a long description");
    test_length("{\"status\":{\"state\":\"pending\",\"description\":\"",
                PT_DESCRIPTION_MAX + 1, "\"}}", PT_DESCRIPTION_TOO_LONG,
                "a longer one");
    test_length("{\"status\":{\"state\":\"pending\"},\"definition\":"
                "{\"createdBy\":{\"appId\":\"", 128, "\"}}}", PT_OK,
                "a long owner");
    test_length("{\"status\":{\"state\":\"pending\"},\"definition\":"
                "{\"createdBy\":{\"appId\":\"", 129, "\"}}}",
                PT_OWNER_INVALID, "a longer one");
}


static void
test_length(const char *head, size_t len, const char *tail,
    pt_reason_e reason, const char *name)
{
    char          *text, *p;
    test_input_t   in;

    text = malloc(strlen(head) + len + strlen(tail) + 1);

    p = text + sprintf(text, "%s", head);
    memset(p, 'x', len);
    strcpy(p + len, tail);

    test_read(&in, text);

    is_int(in.reason, reason, name);

    test_free(&in);
    free(text);
}


/* with its owner, so that what was read can be put again */

static void
test_written(void)
{
    size_t         size;
    u_char        *out, *end;
    ngx_str_t      text;
    test_input_t   in, again;

    static const char  want[] =
        "{\"id\":\"" TEST_TASK "\",\"parentUrl\":\"u\",\"status\":"
        "{\"state\":\"processing\",\"description\":\"d\"},"
        "\"definition\":{\"createdBy\":{\"appId\":\"a\\\"b\"}}}";

    test_read(&in, "{\"status\":{\"state\":\"processing\","
                   "\"description\":\"d\"},\"parentUrl\":\"u\","
                   "\"definition\":{\"createdBy\":{\"appId\":\"a\\\"b\"}}}");

    size = pt_put_size(&in.put, &in.route.task);
    out = malloc(size + 1);
    end = pt_put_write(out, &in.put, &in.route.task);

    text.data = out;
    text.len = end - out;
    *end = '\0';

    is_str(&text, want, "the task with its owner");
    is_int(text.len, size, "the size is exact");

    test_read(&again, (char *) out);

    is_int(again.reason, PT_OK, "it can be put again");
    test_is(&again.put.app, "a\"b", "and has the same owner");

    test_free(&again);
    test_free(&in);
    free(out);
}


/* in memory of its exact size */

static void
test_read(test_input_t *in, const char *text)
{
    size_t      size;
    pt_arena_t  arena;

    in->route.kind = PT_ROUTE_TASK;
    in->route.definition = tap_str(TEST_DEFINITION);
    in->route.task = tap_str(TEST_TASK);

    in->text.len = strlen(text);
    in->text.data = malloc(in->text.len + (in->text.len == 0));
    memcpy(in->text.data, text, in->text.len);

    size = pt_task_scratch(in->text.len);
    in->memory = malloc(size);
    pt_arena_init(&arena, in->memory, size);

    memset(&in->put, 0xa5, sizeof(pt_owned_task_t));

    in->reason = pt_put_read(&in->text, &in->route, &arena, &in->put);
}


static void
test_free(test_input_t *in)
{
    free(in->memory);
    free(in->text.data);
}


static void
test_is(const ngx_str_t *got, const char *want, const char *name)
{
    if (want == NULL) {
        ok(got->data == NULL, name);

    } else {
        is_str(got, want, name);
    }
}
