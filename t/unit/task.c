
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_task.h"


#define TEST_ID    "Task-0.1_a~"
#define TEST_GUID  "d036638b-1272-473d-9227-732463823d7a"


typedef struct {
    const char        *name;
    const char        *text;
    pt_reason_e        reason;
} test_refused_t;


/* description NULL: not given; "null": null */

typedef struct {
    const char        *name;
    const char        *text;
    pt_state_e         state;
    const char        *description;
} test_update_t;


typedef struct {
    u_char            *memory;
    u_char            *text;
    pt_arena_t         arena;
    ngx_str_t          str;
    ngx_str_t          id;
} test_input_t;


static void test_states(void);
static void test_updates(void);
static void test_refused(void);
static void test_ids(void);
static void test_descriptions(void);
static void test_long_description(size_t len, pt_reason_e reason,
    const char *name);
static void test_depth(void);
static void test_values(void);
static void test_tasks(void);
static void test_not_tasks(void);
static void test_update_written(void);
static void test_task_written(void);

static void test_update_is(pt_state_e state, const char *description,
    const char *want);
static void test_task_is(pt_state_e state, const char *parent_url,
    const char *description, const char *want);
static pt_reason_e test_update(const char *text, const char *id,
    pt_update_t *update, test_input_t *in);
static ngx_int_t test_task(const char *text, const char *id, pt_task_t *task,
    test_input_t *in);
static void test_input(test_input_t *in, const char *text, const char *id);
static void test_free(test_input_t *in);


int
main(void)
{
    test_states();
    test_updates();
    test_refused();
    test_ids();
    test_descriptions();
    test_depth();
    test_values();
    test_tasks();
    test_not_tasks();
    test_update_written();
    test_task_written();

    return tap_done();
}


static void
test_states(void)
{
    size_t             i;
    ngx_str_t          s;

    static const char  *others[] = {
        "", "4", "-1", "00", "1 ", " completed", "complete", "completed1",
        "cancelled", "canceled", "unknownFutureValue", "stopped", "null", "/",
        ":"
    };

    is_str(&pt_state_names[PT_PENDING], "pending", "the name of pending");
    is_str(&pt_state_names[PT_PROCESSING], "processing", "of processing");
    is_str(&pt_state_names[PT_COMPLETED], "completed", "of completed");
    is_str(&pt_state_names[PT_ABORTED], "aborted", "of aborted");
    is_int(pt_state_names[PT_UNKNOWN].len, 0, "of none");

    for (i = 0; i < PT_STATES; i++) {
        is_int(pt_state_by_name(&pt_state_names[i]), i, "a state by its name");
    }

    s = tap_str("PENDING");
    is_int(pt_state_by_name(&s), PT_PENDING, "PENDING");
    s = tap_str("Processing");
    is_int(pt_state_by_name(&s), PT_PROCESSING, "Processing");
    s = tap_str("cOmPlEtEd");
    is_int(pt_state_by_name(&s), PT_COMPLETED, "cOmPlEtEd");
    s = tap_str("aborteD");
    is_int(pt_state_by_name(&s), PT_ABORTED, "aborteD");

    s = tap_str("0");
    is_int(pt_state_by_name(&s), PT_PENDING, "0");
    s = tap_str("1");
    is_int(pt_state_by_name(&s), PT_PROCESSING, "1");
    s = tap_str("2");
    is_int(pt_state_by_name(&s), PT_COMPLETED, "2");
    s = tap_str("3");
    is_int(pt_state_by_name(&s), PT_ABORTED, "3");

    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        s = tap_str(others[i]);
        is_int(pt_state_by_name(&s), PT_UNKNOWN, "not a state");
    }

    s.len = 8;
    s.data = (u_char *) "pending";
    is_int(pt_state_by_name(&s), PT_UNKNOWN, "a name with NUL");
}


static void
test_updates(void)
{
    size_t                      i;
    pt_update_t                 update;
    test_input_t                in;
    const test_update_t        *c;

    static const test_update_t  cases[] = {
        { "the body of the documentation",
          "{\"status\":{\"state\":\"completed\","
          "\"description\":\"completed\"}}",
          PT_COMPLETED, "completed" },
        { "of the Go client",
          "{\"status\":{\"description\":\"done\",\"state\":\"aborted\"}}",
          PT_ABORTED, "done" },
        { "of the Python client",
          "{\"status\": {\"description\": \"caf\\u00e9\", "
          "\"state\": \"processing\"}}",
          PT_PROCESSING, "caf\xc3\xa9" },
        { "a task sent back as it was read",
          "{\"@odata.context\":\"https://x/$metadata#print\","
          "\"id\":\"" TEST_ID "\",\"parentUrl\":\"https://x/jobs/1\","
          "\"status\":{\"@odata.type\":\"#microsoft.graph.printTaskStatus\","
          "\"state\":\"completed\",\"description\":\"x\"},"
          "\"definition\":{\"id\":\"d\",\"createdBy\":{\"appId\":\"a\"}},"
          "\"trigger\":{\"id\":\"t\",\"event\":\"jobStarted\"}}",
          PT_COMPLETED, "x" },
        { "explicit nulls",
          "{\"id\":null,\"parentUrl\":null,\"definition\":null,"
          "\"trigger\":null,\"status\":{\"state\":\"completed\","
          "\"description\":null}}",
          PT_COMPLETED, "null" },
        { "members in other case",
          "{\"Status\":{\"STATE\":\"COMPLETED\",\"Description\":\"A\"},"
          "\"ID\":\"" TEST_ID "\",\"PARENTURL\":1,\"Trigger\":[]}",
          PT_COMPLETED, "A" },
        { "members escaped",
          "{\"\\u0073tatus\":{\"stat\\u0065\":\"comple\\u0074ed\"}}",
          PT_COMPLETED, NULL },
        { "annotations",
          "{\"@type\":1,\"@odata.etag\":\"W/1\",\"status@odata.type\":\"t\","
          "\"@\":{},\"status\":{\"state@odata.type\":\"#Enum\",\"@type\":[],"
          "\"state\":\"pending\",\"unknown@x\":1}}",
          PT_PENDING, NULL },
        { "the state alone", "{\"status\":{\"state\":\"processing\"}}",
          PT_PROCESSING, NULL },
        { "the description alone", "{\"status\":{\"description\":\"half\"}}",
          PT_UNKNOWN, "half" },
        { "a description of null", "{\"status\":{\"description\":null}}",
          PT_UNKNOWN, "null" },
        { "an empty description", "{\"status\":{\"description\":\"\"}}",
          PT_UNKNOWN, "" },
        { "an empty status", "{\"status\":{}}", PT_UNKNOWN, NULL },
        { "an empty object", "{}", PT_UNKNOWN, NULL },
        { "an empty object with space", " {\r\n}\t", PT_UNKNOWN, NULL },
        { "nothing but an id", "{\"id\":\"" TEST_ID "\"}", PT_UNKNOWN, NULL },
        { "pending as a number", "{\"status\":{\"state\":\"0\"}}",
          PT_PENDING, NULL },
        { "aborted as a number", "{\"status\":{\"state\":\"3\"}}",
          PT_ABORTED, NULL },
        { "the sentinel value",
          "{\"status\":{\"state\":\"unknownFutureValue\"}}",
          PT_UNKNOWN, NULL },
        { "the sentinel value in other case",
          "{\"status\":{\"state\":\"UnknownFutureVALUE\","
          "\"description\":\"x\"}}",
          PT_UNKNOWN, "x" },
        { "the sentinel value as a number", "{\"status\":{\"state\":\"4\"}}",
          PT_UNKNOWN, NULL }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        c = &cases[i];

        is_int(test_update(c->text, TEST_ID, &update, &in), PT_OK, c->name);
        is_int(update.state, c->state, "its state");
        is_int(update.has_description, c->description != NULL,
               "whether it has a description");

        if (c->description == NULL || strcmp(c->description, "null") == 0) {
            ok(update.description.data == NULL && update.description.len == 0,
               "it is null");

        } else {
            ok(update.description.data != NULL, "it is not null");
            is_str(&update.description, c->description, "its description");
        }

        test_free(&in);
    }
}


static void
test_refused(void)
{
    size_t                       i;
    pt_update_t                  update;
    test_input_t                 in;

    static const test_refused_t  cases[] = {
        { "no body", "", PT_BODY_EMPTY },
        { "a body of white space", " \t\r\n", PT_BODY_EMPTY },
        { "a byte order mark alone", "\xef\xbb\xbf", PT_JSON_SYNTAX },
        { "not JSON", "status=completed", PT_JSON_SYNTAX },
        { "JSON cut short", "{\"status\":{\"state\":\"completed\"}",
          PT_JSON_SYNTAX },
        { "two values", "{} {}", PT_JSON_SYNTAX },
        { "not UTF-8", "{\"status\":{\"description\":\"\xe9\"}}",
          PT_JSON_ENCODING },
        { "NUL in a description", "{\"status\":{\"description\":\"\\u0000\"}}",
          PT_JSON_ENCODING },
        { "a state twice",
          "{\"status\":{\"state\":\"completed\",\"State\":\"aborted\"}}",
          PT_JSON_DUPLICATE },
        { "a status twice", "{\"status\":{},\"STATUS\":{}}",
          PT_JSON_DUPLICATE },
        { "an annotation twice", "{\"@type\":1,\"@type\":2}",
          PT_JSON_DUPLICATE },
        { "a member twice in what is ignored",
          "{\"trigger\":{\"a\":1,\"a\":1}}", PT_JSON_DUPLICATE },

        { "an array", "[]", PT_PROPERTY_TYPE },
        { "an update in an array", "[{\"status\":{}}]", PT_PROPERTY_TYPE },
        { "null", "null", PT_PROPERTY_TYPE },
        { "a string", "\"completed\"", PT_PROPERTY_TYPE },
        { "a number", "2", PT_PROPERTY_TYPE },
        { "a status of null", "{\"status\":null}", PT_PROPERTY_TYPE },
        { "a status of a string", "{\"status\":\"completed\"}",
          PT_PROPERTY_TYPE },
        { "a status of an array", "{\"status\":[]}", PT_PROPERTY_TYPE },
        { "a description of a number", "{\"status\":{\"description\":1}}",
          PT_PROPERTY_TYPE },
        { "a description of false", "{\"status\":{\"description\":false}}",
          PT_PROPERTY_TYPE },
        { "a description of an object", "{\"status\":{\"description\":{}}}",
          PT_PROPERTY_TYPE },

        { "an unknown member", "{\"state\":\"completed\"}",
          PT_PROPERTY_UNKNOWN },
        { "an unknown member of the status",
          "{\"status\":{\"state\":\"completed\",\"isAcquired\":true}}",
          PT_PROPERTY_UNKNOWN },
        { "a read-only member of the task in the status",
          "{\"status\":{\"parentUrl\":\"x\"}}", PT_PROPERTY_UNKNOWN },
        { "an empty name", "{\"\":1}", PT_PROPERTY_UNKNOWN },
        { "an empty name in the status", "{\"status\":{\"\":1}}",
          PT_PROPERTY_UNKNOWN },
        { "a name with more to it", "{\"status \":{}}", PT_PROPERTY_UNKNOWN },
        { "a name with less to it", "{\"statu\":{}}", PT_PROPERTY_UNKNOWN },
        { "a letter that folds outside of ASCII", "{\"\xc5\xbftatus\":{}}",
          PT_PROPERTY_UNKNOWN },
        { "createdDateTime", "{\"createdDateTime\":\"x\"}",
          PT_PROPERTY_UNKNOWN },

        { "a state of null", "{\"status\":{\"state\":null}}",
          PT_STATE_INVALID },
        { "a state of a number", "{\"status\":{\"state\":2}}",
          PT_STATE_INVALID },
        { "a state of true", "{\"status\":{\"state\":true}}",
          PT_STATE_INVALID },
        { "a state of an object",
          "{\"status\":{\"state\":{\"state\":\"completed\"}}}",
          PT_STATE_INVALID },
        { "a state of an array",
          "{\"status\":{\"state\":[\"completed\"]}}", PT_STATE_INVALID },
        { "an empty state", "{\"status\":{\"state\":\"\"}}",
          PT_STATE_INVALID },
        { "another state", "{\"status\":{\"state\":\"cancelled\"}}",
          PT_STATE_INVALID },
        { "a state with a space", "{\"status\":{\"state\":\"completed \"}}",
          PT_STATE_INVALID },
        { "another number", "{\"status\":{\"state\":\"5\"}}",
          PT_STATE_INVALID },
        { "a number with a zero", "{\"status\":{\"state\":\"02\"}}",
          PT_STATE_INVALID },
        { "a list of states",
          "{\"status\":{\"state\":\"completed,aborted\"}}",
          PT_STATE_INVALID }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        is_int(test_update(cases[i].text, TEST_ID, &update, &in),
               cases[i].reason, cases[i].name);
        test_free(&in);
    }
}


static void
test_ids(void)
{
    size_t             i;
    pt_update_t        update;
    test_input_t       in;

    static const struct {
        const char    *name;
        const char    *text;
        const char    *id;
        pt_reason_e    reason;
    } cases[] = {
        { "the id of the path", "{\"id\":\"abc\"}", "abc", PT_OK },
        { "escaped", "{\"id\":\"\\u0061bc\"}", "abc", PT_OK },
        { "another id", "{\"id\":\"abd\"}", "abc", PT_ID_MISMATCH },
        { "in another case", "{\"id\":\"ABC\"}", "abc", PT_ID_MISMATCH },
        { "a longer id", "{\"id\":\"abcd\"}", "abc", PT_ID_MISMATCH },
        { "a shorter id", "{\"id\":\"ab\"}", "abc", PT_ID_MISMATCH },
        { "an empty id", "{\"id\":\"\"}", "abc", PT_ID_MISMATCH },
        { "another id after the status",
          "{\"status\":{\"state\":\"completed\"},\"ID\":\"x\"}", "abc",
          PT_ID_MISMATCH },
        { "null", "{\"id\":null}", "abc", PT_OK },
        { "a number", "{\"id\":1}", "1", PT_PROPERTY_TYPE },
        { "an object", "{\"id\":{}}", "abc", PT_PROPERTY_TYPE },
        { "a GUID", "{\"id\":\"" TEST_GUID "\"}", TEST_GUID, PT_OK },
        { "a GUID in upper case",
          "{\"id\":\"D036638B-1272-473D-9227-732463823D7A\"}", TEST_GUID,
          PT_OK },
        { "another GUID",
          "{\"id\":\"d036638b-1272-473d-9227-732463823d7b\"}", TEST_GUID,
          PT_ID_MISMATCH },
        { "a GUID in braces", "{\"id\":\"{" TEST_GUID "}\"}", TEST_GUID,
          PT_ID_MISMATCH },
        { "as long as a GUID, a letter too high",
          "{\"id\":\"G036638b-1272-473d-9227-732463823d7a\"}",
          "g036638b-1272-473d-9227-732463823d7a", PT_ID_MISMATCH },
        { "as long as a GUID, a dash elsewhere",
          "{\"id\":\"D036638-b1272-473d-9227-732463823d7a\"}",
          "d036638-b1272-473d-9227-732463823d7a", PT_ID_MISMATCH }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        is_int(test_update(cases[i].text, cases[i].id, &update, &in),
               cases[i].reason, cases[i].name);
        test_free(&in);
    }
}


static void
test_descriptions(void)
{
    pt_update_t   update;
    test_input_t  in;

    is_int(test_update("{\"status\":{\"description\":\"a\\tb\\r\\n\\u0007\"}}",
                       TEST_ID, &update, &in),
           PT_OK, "control characters, escaped");
    is_str(&update.description, "a\tb\r\n\x07", "they are kept");
    test_free(&in);

    is_int(test_update("{\"status\":{\"description\":\"a\"}}", TEST_ID,
                       &update, &in),
           PT_OK, "without escapes");
    ok(update.description.data > in.text
       && update.description.data < in.text + in.str.len,
       "a slice of the text");
    test_free(&in);

    is_int(test_update("{\"status\":{\"description\":\"a\tb\"}}", TEST_ID,
                       &update, &in),
           PT_JSON_SYNTAX, "control characters, raw");
    test_free(&in);

    test_long_description(1024, PT_OK, "1024 bytes");
    test_long_description(1025, PT_DESCRIPTION_TOO_LONG, "1025 bytes");
    test_long_description(15000, PT_DESCRIPTION_TOO_LONG, "15000 bytes");
}


/* plain, and with each byte written as an escape: what counts is decoded */

static void
test_long_description(size_t len, pt_reason_e reason, const char *name)
{
    char          *text, *p;
    size_t         i;
    pt_update_t    update;
    test_input_t   in;

    text = malloc(len * 6 + 64);

    p = text + sprintf(text, "{\"status\":{\"description\":\"");
    memset(p, 'x', len);
    strcpy(p + len, "\"}}");

    is_int(test_update(text, TEST_ID, &update, &in), reason, name);

    if (reason == PT_OK) {
        is_int(update.description.len, len, "the length");
    }

    test_free(&in);

    for (i = 0; i < len; i++) {
        p += sprintf(p, "\\u0078");
    }

    strcpy(p, "\"}}");

    is_int(test_update(text, TEST_ID, &update, &in), reason, name);

    if (reason == PT_OK) {
        is_int(update.description.len, len, "the length, decoded");
    }

    test_free(&in);
    free(text);
}


static void
test_depth(void)
{
    char          text[128];
    pt_update_t   update;
    test_input_t  in;

    sprintf(text, "{\"trigger\":%.15s%.15s}", "[[[[[[[[[[[[[[[",
            "]]]]]]]]]]]]]]]");
    is_int(test_update(text, TEST_ID, &update, &in), PT_OK, "16 levels");
    test_free(&in);

    sprintf(text, "{\"trigger\":%.16s%.16s}", "[[[[[[[[[[[[[[[[",
            "]]]]]]]]]]]]]]]]");
    is_int(test_update(text, TEST_ID, &update, &in), PT_JSON_LIMIT,
           "17 levels");
    test_free(&in);
}


static void
test_values(void)
{
    char          *text, *p;
    size_t         i;
    pt_update_t    update;
    test_input_t   in;

    text = malloc(8192);
    p = text + sprintf(text, "{\"@a\":[0");

    for (i = 3; i < 512; i++) {
        p += sprintf(p, ",1");
    }

    strcpy(p, "]}");

    is_int(test_update(text, TEST_ID, &update, &in), PT_OK, "512 values");
    test_free(&in);

    strcpy(p, ",2]}");

    is_int(test_update(text, TEST_ID, &update, &in), PT_JSON_LIMIT,
           "513 values");
    test_free(&in);

    free(text);
}


static void
test_tasks(void)
{
    pt_task_t     task;
    test_input_t  in;

    is_int(test_task("{\"@odata.context\":\"x\",\"id\":\"" TEST_ID "\","
                     "\"parentUrl\":\"https:\\/\\/x\\/jobs\\/1\","
                     "\"status\":{\"state\":\"processing\","
                     "\"description\":\"printing\"}}",
                     TEST_ID, &task, &in),
           NGX_OK, "a task");
    is_int(task.state, PT_PROCESSING, "its state");
    is_str(&task.description, "printing", "its description");
    is_str(&task.parent_url, "https://x/jobs/1", "its parentUrl");
    test_free(&in);

    is_int(test_task("{\"id\":\"" TEST_ID "\",\"status\":"
                     "{\"state\":\"completed\"}}", TEST_ID, &task, &in),
           NGX_OK, "a task with no more than its state");
    is_int(task.state, PT_COMPLETED, "its state");
    ok(task.description.data == NULL, "no description");
    ok(task.parent_url.data == NULL, "no parentUrl");
    test_free(&in);

    is_int(test_task("{\"id\":\"" TEST_ID "\",\"parentUrl\":null,"
                     "\"status\":{\"state\":\"0\",\"description\":null}}",
                     TEST_ID, &task, &in),
           NGX_OK, "a task with nulls");
    is_int(task.state, PT_PENDING, "a state as a number");
    ok(task.description.data == NULL, "no description");
    ok(task.parent_url.data == NULL, "no parentUrl");
    test_free(&in);

    is_int(test_task("{\"ID\":\"" TEST_ID "\",\"Status\":{\"State\":"
                     "\"Aborted\",\"DESCRIPTION\":\"\"},\"ParentURL\":\"\","
                     "\"more\":[1,{\"of\":\"it\"}]}", TEST_ID, &task, &in),
           NGX_OK, "other case, and members that are not known");
    is_int(task.state, PT_ABORTED, "its state");
    ok(task.description.data != NULL && task.description.len == 0,
       "an empty description is not null");
    ok(task.parent_url.data != NULL && task.parent_url.len == 0,
       "an empty parentUrl is not null");
    test_free(&in);

    is_int(test_task("{\"id\":\"D036638B-1272-473D-9227-732463823D7A\","
                     "\"status\":{\"state\":\"completed\"}}", TEST_GUID,
                     &task, &in),
           NGX_OK, "a GUID in upper case");
    test_free(&in);
}


static void
test_not_tasks(void)
{
    char               *text, *p;
    size_t              i;
    pt_task_t           task;
    test_input_t        in;

    static const char  *cases[] = {
        "",
        " ",
        "<html>",
        "null",
        "[]",
        "\"completed\"",
        "{}",
        "{\"id\":\"" TEST_ID "\"}",
        "{\"status\":{\"state\":\"completed\"}}",
        "{\"id\":null,\"status\":{\"state\":\"completed\"}}",
        "{\"id\":1,\"status\":{\"state\":\"completed\"}}",
        "{\"id\":\"other\",\"status\":{\"state\":\"completed\"}}",
        "{\"id\":\"TASK-0.1_A~\",\"status\":{\"state\":\"completed\"}}",
        "{\"id\":\"" TEST_ID "\",\"status\":null}",
        "{\"id\":\"" TEST_ID "\",\"status\":\"completed\"}",
        "{\"id\":\"" TEST_ID "\",\"status\":[{\"state\":\"completed\"}]}",
        "{\"id\":\"" TEST_ID "\",\"status\":{}}",
        "{\"id\":\"" TEST_ID "\",\"status\":{\"state\":null}}",
        "{\"id\":\"" TEST_ID "\",\"status\":{\"state\":2}}",
        "{\"id\":\"" TEST_ID "\",\"status\":{\"state\":\"paused\"}}",
        "{\"id\":\"" TEST_ID "\",\"status\":{\"state\":"
            "\"unknownFutureValue\"}}",
        "{\"id\":\"" TEST_ID "\",\"status\":{\"state\":\"completed\","
            "\"description\":1}}",
        "{\"id\":\"" TEST_ID "\",\"parentUrl\":[],"
            "\"status\":{\"state\":\"completed\"}}",
        "{\"id\":\"" TEST_ID "\",\"status\":{\"state\":\"completed\","
            "\"State\":\"aborted\"}}",
        "{\"id\":\"" TEST_ID "\",\"status\":{\"state\":\"completed\"}} {}",
        "{\"id\":\"" TEST_ID "\",\"status\":{\"state\":\"completed\"}",
        "{\"error\":{\"code\":\"notFound\",\"message\":\"x\"}}",
        "{\"value\":[{\"id\":\"" TEST_ID "\",\"status\":"
            "{\"state\":\"completed\"}}]}"
    };

    task.state = PT_UNKNOWN;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        is_int(test_task(cases[i], TEST_ID, &task, &in), NGX_DECLINED,
               "not a task");
        test_free(&in);
    }

    is_int(task.state, PT_UNKNOWN, "nothing is set");

    /* the limit is for clients, the back end may write what it likes */

    text = malloc(4096);
    p = text + sprintf(text, "{\"id\":\"" TEST_ID "\",\"status\":"
                             "{\"state\":\"completed\",\"description\":\"");
    memset(p, 'x', 2000);
    strcpy(p + 2000, "\"}}");

    is_int(test_task(text, TEST_ID, &task, &in), NGX_OK,
           "a task with a long description");
    is_int(task.description.len, 2000, "its length");

    test_free(&in);
    free(text);
}


static void
test_update_written(void)
{
    test_update_is(PT_UNKNOWN, NULL, "{\"status\":{}}");
    test_update_is(PT_COMPLETED, NULL,
                   "{\"status\":{\"state\":\"completed\"}}");
    test_update_is(PT_UNKNOWN, "x", "{\"status\":{\"description\":\"x\"}}");
    test_update_is(PT_UNKNOWN, "null", "{\"status\":{\"description\":null}}");
    test_update_is(PT_PENDING, "null",
                   "{\"status\":{\"state\":\"pending\",\"description\":null}}");
    test_update_is(PT_PROCESSING, "",
                   "{\"status\":{\"state\":\"processing\","
                   "\"description\":\"\"}}");
    test_update_is(PT_ABORTED, "a \"b\" \\\n\x01 caf\xc3\xa9",
                   "{\"status\":{\"state\":\"aborted\","
                   "\"description\":\"a \\\"b\\\" \\\\\\n\\u0001 "
                   "caf\xc3\xa9\"}}");
}


static void
test_task_written(void)
{
    test_task_is(PT_COMPLETED, "null", "null",
                 "{\"id\":\"" TEST_ID "\",\"parentUrl\":null,\"status\":"
                 "{\"state\":\"completed\",\"description\":null}}");
    test_task_is(PT_PROCESSING, "https://x/jobs/1", "half\tway",
                 "{\"id\":\"" TEST_ID "\",\"parentUrl\":"
                 "\"https://x/jobs/1\",\"status\":"
                 "{\"state\":\"processing\",\"description\":"
                 "\"half\\tway\"}}");
    test_task_is(PT_PENDING, "", "",
                 "{\"id\":\"" TEST_ID "\",\"parentUrl\":\"\",\"status\":"
                 "{\"state\":\"pending\",\"description\":\"\"}}");
}


/* written into as many bytes as are asked for, and read again */

static void
test_update_is(pt_state_e state, const char *description, const char *want)
{
    size_t        size;
    u_char       *out, *end;
    ngx_str_t     text, id;
    pt_arena_t    arena;
    pt_update_t   update, back;

    ngx_memzero(&update, sizeof(pt_update_t));
    update.state = state;
    update.has_description = (description != NULL);

    if (description != NULL && strcmp(description, "null") != 0) {
        update.description = tap_str(description);
    }

    size = pt_update_size(&update);
    out = malloc(size);
    end = pt_update_write(out, &update);

    text.data = out;
    text.len = (size_t) (end - out);

    is_str(&text, want, want);
    is_int(text.len, size, "the size is exact");

    size = pt_task_scratch(text.len);
    pt_arena_init(&arena, malloc(size), size);
    end = arena.pos;
    id = tap_str(TEST_ID);

    is_int(pt_update_read(&text, &id, &arena, &back), PT_OK,
           "it can be read again");
    ok(back.state == update.state
       && back.has_description == update.has_description
       && (back.description.data == NULL) == (update.description.data == NULL)
       && back.description.len == update.description.len
       && (back.description.len == 0
           || memcmp(back.description.data, update.description.data,
                     back.description.len) == 0),
       "and is the same");

    free(end);
    free(out);
}


static void
test_task_is(pt_state_e state, const char *parent_url,
    const char *description, const char *want)
{
    size_t       size;
    u_char      *out, *end;
    ngx_str_t    text, id;
    pt_task_t    task, back;
    pt_arena_t   arena;

    ngx_memzero(&task, sizeof(pt_task_t));
    task.state = state;
    id = tap_str(TEST_ID);

    if (strcmp(parent_url, "null") != 0) {
        task.parent_url = tap_str(parent_url);
    }

    if (strcmp(description, "null") != 0) {
        task.description = tap_str(description);
    }

    size = pt_task_size(&task, &id);
    out = malloc(size);
    end = pt_task_write(out, &task, &id);

    text.data = out;
    text.len = (size_t) (end - out);

    is_str(&text, want, want);
    is_int(text.len, size, "the size is exact");

    size = pt_task_scratch(text.len);
    pt_arena_init(&arena, malloc(size), size);
    end = arena.pos;

    is_int(pt_task_read(&text, &id, &arena, &back), NGX_OK,
           "it can be read again");
    ok(back.state == state
       && back.parent_url.len == task.parent_url.len
       && (back.parent_url.data == NULL) == (task.parent_url.data == NULL)
       && back.description.len == task.description.len
       && (back.description.data == NULL) == (task.description.data == NULL),
       "and is the same");

    free(end);
    free(out);
}


static pt_reason_e
test_update(const char *text, const char *id, pt_update_t *update,
    test_input_t *in)
{
    memset(update, 0xa5, sizeof(pt_update_t));

    test_input(in, text, id);

    return pt_update_read(&in->str, &in->id, &in->arena, update);
}


static ngx_int_t
test_task(const char *text, const char *id, pt_task_t *task, test_input_t *in)
{
    test_input(in, text, id);

    return pt_task_read(&in->str, &in->id, &in->arena, task);
}


static void
test_input(test_input_t *in, const char *text, const char *id)
{
    size_t  size;

    in->id = tap_str(id);
    in->str = tap_str(text);

    size = pt_task_scratch(in->str.len);

    in->memory = malloc(size);
    in->text = malloc(in->str.len + (in->str.len == 0));

    memcpy(in->text, in->str.data, in->str.len);
    in->str.data = in->text;

    pt_arena_init(&in->arena, in->memory, size);
}


static void
test_free(test_input_t *in)
{
    free(in->memory);
    free(in->text);
}
