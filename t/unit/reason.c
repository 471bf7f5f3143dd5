
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_reason.h"


#define test_nelts(a)  (sizeof(a) / sizeof(a[0]))


/* the rows again, with the names of their enumerators */

#define PT_REASON(name, word, status, message)  { PT_##name, #name },

static const struct {
    ngx_uint_t    reason;
    const char   *name;
} test_names[] = {
    PT_REASONS
};

#undef PT_REASON


static void test_ok(void);
static void test_rows(void);
static void test_words(void);
static void test_status_of_reasons(void);
static void test_statuses(void);
static void test_statuses_unknown(void);

static ngx_uint_t test_camel_case(const ngx_str_t *s);
static ngx_uint_t test_plain(const ngx_str_t *s);
static ngx_uint_t test_sentence(const ngx_str_t *s);
static size_t test_fold(char *dst, const char *name);


int
main(void)
{
    test_ok();
    test_rows();
    test_words();
    test_status_of_reasons();
    test_statuses();
    test_statuses_unknown();

    return tap_done();
}


/* what lets a request pass has nothing to say */

static void
test_ok(void)
{
    is_int(PT_OK, 0, "PT_OK is what memory is cleared to");
    is_int(pt_reasons[PT_OK].status, 0, "... without a status");
    is_int(pt_reasons[PT_OK].word.len, 0, "... without a word");
    is_int(pt_reasons[PT_OK].message.len, 0, "... without a message");
}


static void
test_rows(void)
{
    char                word[64];
    size_t              i;
    const pt_reason_t  *r;
    const pt_status_t  *status;

    is_int(test_nelts(test_names), PT_REASON_N - 1, "a row for each reason");

    for (i = 0; i < test_nelts(test_names); i++) {
        r = &pt_reasons[test_names[i].reason];
        status = pt_status(r->status);

        is_int(test_names[i].reason, i + 1, test_names[i].name);

        word[test_fold(word, test_names[i].name)] = '\0';

        is_str(&r->word, word, "... word");
        ok(test_camel_case(&r->word), "... in camelCase");

        ok(r->status >= 400 && r->status <= 599, "... status of an error");
        is_int(status->status, r->status, "... that has a code");

        ok(test_plain(&r->message), "... message that is a JSON string");

        if (test_names[i].reason == PT_TRANSITION_NOT_ALLOWED
            || test_names[i].reason == PT_TASK_FINAL
            || test_names[i].reason == PT_QUERY_NOT_SUPPORTED)
        {
            ok(r->message.data[r->message.len - 1] != '.',
               "... which the states, or the option, follow");
            continue;
        }

        ok(test_sentence(&r->message), "... of a sentence");
    }
}


static void
test_words(void)
{
    ngx_uint_t          i, j, same, alike;
    const pt_reason_t  *a, *b;

    same = 0;
    alike = 0;

    for (i = 1; i < PT_REASON_N; i++) {

        for (j = 1; j < i; j++) {
            a = &pt_reasons[i];
            b = &pt_reasons[j];

            same += (a->word.len == b->word.len
                     && strncasecmp((char *) a->word.data,
                                    (char *) b->word.data, a->word.len)
                        == 0);

            alike += (a->message.len == b->message.len
                      && memcmp(a->message.data, b->message.data,
                                a->message.len) == 0);
        }
    }

    is_int(same, 0, "no word twice");
    is_int(alike, 0, "no message twice");
}


/* what clients rely on */

static void
test_status_of_reasons(void)
{
    size_t             i;

    static const struct {
        pt_reason_e    reason;
        ngx_uint_t     status;
    } cases[] = {
        { PT_PATH_INVALID, 400 },
        { PT_ID_INVALID, 400 },
        { PT_METHOD_OVERRIDE, 400 },
        { PT_METHOD_NOT_ALLOWED, 405 },
        { PT_NOT_CANONICAL_PATH, 405 },
        { PT_TOKEN_MISSING, 401 },
        { PT_TOKEN_SIGNATURE, 401 },
        { PT_TOKEN_EXPIRED, 401 },
        { PT_TOKEN_DELEGATED, 403 },
        { PT_ROLE_MISSING, 403 },
        { PT_TENANT_NOT_ALLOWED, 403 },
        { PT_APP_NOT_ALLOWED, 403 },
        { PT_CONTENT_TYPE, 415 },
        { PT_CONTENT_TYPE_REPEATED, 400 },
        { PT_CONTENT_ENCODING, 415 },
        { PT_BODY_TOO_LARGE, 413 },
        { PT_JSON_SYNTAX, 400 },
        { PT_PROPERTY_UNKNOWN, 400 },
        { PT_STATE_INVALID, 400 },
        { PT_TRANSITION_NOT_ALLOWED, 409 },
        { PT_TASK_FINAL, 409 },
        { PT_TASK_NOT_FOUND, 404 },
        { PT_TASK_BUSY, 503 },
        { PT_STORE_DOWN, 503 },
        { PT_QUEUE_FULL, 503 },
        { PT_REFETCH_FAILED, 502 },
        { PT_REFETCH_TIMEOUT, 504 },
        { PT_INTERNAL, 500 }
    };

    for (i = 0; i < test_nelts(cases); i++) {
        is_int(pt_reasons[cases[i].reason].status, cases[i].status,
               (char *) pt_reasons[cases[i].reason].word.data);
    }
}


/* the code is the camelCase of the reason phrase */

static void
test_statuses(void)
{
    size_t              i, len;
    char                code[64];
    const pt_status_t  *status;

    static const struct {
        ngx_uint_t      status;
        const char     *phrase;
    } cases[] = {
        { 400, "BAD_REQUEST" },
        { 401, "UNAUTHORIZED" },
        { 402, "PAYMENT_REQUIRED" },
        { 403, "FORBIDDEN" },
        { 404, "NOT_FOUND" },
        { 405, "METHOD_NOT_ALLOWED" },
        { 406, "NOT_ACCEPTABLE" },
        { 408, "REQUEST_TIMEOUT" },
        { 409, "CONFLICT" },
        { 410, "GONE" },
        { 411, "LENGTH_REQUIRED" },
        { 412, "PRECONDITION_FAILED" },
        { 413, "CONTENT_TOO_LARGE" },
        { 414, "URI_TOO_LONG" },
        { 415, "UNSUPPORTED_MEDIA_TYPE" },
        { 416, "RANGE_NOT_SATISFIABLE" },
        { 421, "MISDIRECTED_REQUEST" },
        { 422, "UNPROCESSABLE_CONTENT" },
        { 425, "TOO_EARLY" },
        { 428, "PRECONDITION_REQUIRED" },
        { 429, "TOO_MANY_REQUESTS" },
        { 431, "REQUEST_HEADER_FIELDS_TOO_LARGE" },
        { 500, "INTERNAL_SERVER_ERROR" },
        { 501, "NOT_IMPLEMENTED" },
        { 502, "BAD_GATEWAY" },
        { 503, "SERVICE_UNAVAILABLE" },
        { 504, "GATEWAY_TIMEOUT" },
        { 505, "HTTP_VERSION_NOT_SUPPORTED" },
        { 507, "INSUFFICIENT_STORAGE" }
    };

    for (i = 0; i < test_nelts(cases); i++) {
        status = pt_status(cases[i].status);
        len = test_fold(code, cases[i].phrase);
        code[len] = '\0';

        is_int(status->status, cases[i].status, cases[i].phrase);
        is_str(&status->code, code, "... code");
        ok(test_plain(&status->message) && test_sentence(&status->message),
           "... message");
    }
}


/* all others have one in common, that can be written like any */

static void
test_statuses_unknown(void)
{
    ngx_uint_t          i, n, wrong;
    const pt_status_t  *common, *status;

    n = 0;
    wrong = 0;
    common = pt_status(0);

    is_int(common->status, 0, "a status that is not known");
    ok(test_camel_case(&common->code), "... code");
    ok(test_plain(&common->message) && test_sentence(&common->message),
       "... message");

    for (i = 0; i <= 1000; i++) {
        status = pt_status(i);

        if (status == common) {
            continue;
        }

        n++;
        wrong += status->status != i || !test_camel_case(&status->code)
                 || !test_plain(&status->message);
    }

    ok(n >= 28, "statuses that are known");
    is_int(wrong, 0, "... have a code and a message each");

    ok(pt_status(200) == common, "200 is no error");
    ok(pt_status(499) == common, "499 is not known");
    ok(pt_status((ngx_uint_t) -1) == common, "nor is the largest number");
}


static ngx_uint_t
test_camel_case(const ngx_str_t *s)
{
    size_t  i;

    if (s->len == 0 || s->data[0] < 'a' || s->data[0] > 'z') {
        return 0;
    }

    for (i = 1; i < s->len; i++) {
        if ((s->data[i] < 'a' || s->data[i] > 'z')
            && (s->data[i] < 'A' || s->data[i] > 'Z'))
        {
            return 0;
        }
    }

    return 1;
}


/* as it is between the quotes of a JSON string, or of a header */

static ngx_uint_t
test_plain(const ngx_str_t *s)
{
    size_t  i;

    for (i = 0; i < s->len; i++) {
        if (s->data[i] < ' ' || s->data[i] > '~'
            || s->data[i] == '"' || s->data[i] == '\\')
        {
            return 0;
        }
    }

    return s->len > 0;
}


static ngx_uint_t
test_sentence(const ngx_str_t *s)
{
    return s->len > 1
           && s->data[0] >= 'A' && s->data[0] <= 'Z'
           && s->data[s->len - 1] == '.'
           && s->data[s->len - 2] != '.' && s->data[s->len - 2] != ' ';
}


/* "TASK_FINAL" is "taskFinal" */

static size_t
test_fold(char *dst, const char *name)
{
    char        *p;
    ngx_uint_t   upper;

    upper = 0;

    for (p = dst; *name; name++) {

        if (*name == '_') {
            upper = 1;
            continue;
        }

        *p++ = (char) (upper ? *name : ngx_tolower(*name));
        upper = 0;
    }

    return p - dst;
}
