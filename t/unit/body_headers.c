
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_body_headers.h"


#define test_nelts(a)  (sizeof(a) / sizeof(a[0]))


typedef ngx_uint_t (*test_field_pt)(const ngx_str_t *value);


static void test_json(void);
static void test_not_json(void);
static void test_json_bytes(void);
static void test_json_quoted_bytes(void);
static void test_json_truncated(void);
static void test_encodings(void);
static void test_minimal(void);
static void test_not_minimal(void);
static void test_minimal_first(void);
static void test_minimal_truncated(void);
static void test_sync(void);
static void test_random(void);

static void test_values(test_field_pt field, const char **values,
    ngx_uint_t n, ngx_uint_t want);
static ngx_uint_t test_field(test_field_pt field, const void *value,
    size_t len);
static const char *test_name(const char *text);


int
main(void)
{
    test_json();
    test_not_json();
    test_json_bytes();
    test_json_quoted_bytes();
    test_json_truncated();
    test_encodings();
    test_minimal();
    test_not_minimal();
    test_minimal_first();
    test_minimal_truncated();
    test_sync();
    test_random();

    return tap_done();
}


static void
test_json(void)
{
    static const char  *types[] = {
        "application/json",
        "Application/JSON",
        "APPLICATION/json",
        "application/json ",
        "application/json\t",
        "application/json;",
        "application/json ; ",
        "application/json;;",
        "application/json; ;\t;",

        "application/json;charset=utf-8",
        "application/json; charset=utf-8",
        "application/json;  \t charset=utf-8",
        "application/json ;charset=utf-8",
        "application/json\t;\tcharset=utf-8\t",
        "application/json; charset=utf-8;",
        "application/json; charset=UTF-8",
        "application/json; CHARSET=Utf-8",
        "application/json; charset=\"utf-8\"",
        "application/json; charset=\"UTF-8\" ",
        "application/json; charset=utf-8; charset=utf-8",

        "application/json; odata.metadata=minimal",
        "application/json;odata.metadata=full;charset=utf-8",
        "application/json; IEEE754Compatible=true; charset=utf-8",
        "application/json; a=b; c=d; e=f",
        "application/json; a=\"b\"",
        "application/json; a=\"\"",
        "application/json; a=\"b c;d,e=f\"",
        "application/json; a=\";charset=utf-16\"",
        "application/json; a=\"\\\"\"",
        "application/json; a=\"\\\\\"",
        "application/json; a=\"\\\";charset=utf-16;\\\"\"",
        "application/json; a=\"\\\\\"; charset=utf-8",
        "application/json; a=\"\tb\xc3\xa9\"",
        "application/json; a=!#$%&'*+-.^_`|~09AZaz",
        "application/json; xcharset=utf-16",
        "application/json; charsets=utf-16",
        "application/json; charse=utf-16"
    };

    test_values(pt_body_headers_is_json, types, test_nelts(types), 1);
}


static void
test_not_json(void)
{
    static const char  *types[] = {
        "",
        " ",
        "/",
        ";",
        "application",
        "application/",
        "/json",
        "json",
        "application/jso",
        "application/jsonx",
        "application/json+x",
        "xapplication/json",
        "application/problem+json",
        "application/merge-patch+json",
        "application/json-patch+json",
        "application/x-json",
        "application/*",
        "*/*",
        "text/json",
        "bpplication/json",
        "application/bson",
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=application/json",

        " application/json",
        "application /json",
        "application/ json",
        "application//json",
        "application/json/",
        "application/json/x",
        "application\\json",
        "\"application/json\"",
        "application/json, application/json",
        "application/json,",
        "text/plain, application/json",
        "application/json text/plain",
        "application/json charset=utf-8",
        "application/json: charset=utf-8",

        "application/json; charset=utf-16",
        "application/json; charset=utf-32",
        "application/json; charset=utf8",
        "application/json; charset=utf-7",
        "application/json; charset=xtf-8",
        "application/json; charset=us-ascii",
        "application/json; charset=iso-8859-1",
        "application/json; charset=utf-8-sig",
        "application/json; charset=utf-",
        "application/json; charset='utf-8'",
        "application/json; charset=*",
        "application/json; charset=\"\"",
        "application/json; charset=\" utf-8\"",
        "application/json; charset=\"utf-8 \"",
        "application/json; charset=\"utf-16\"",
        "application/json; charset=\"utf-8\\\"\"",
        "application/json; charset=utf-8; charset=utf-16",
        "application/json; charset=utf-16; charset=utf-8",
        "application/json; a=b; Charset=utf-16",
        "application/json; a=\"b\"; charset=utf-16",
        "application/json; a=\"\\\\\"; charset=utf-16",

        "application/json; a",
        "application/json; charset",
        "application/json; a=",
        "application/json; charset=",
        "application/json; =b",
        "application/json; =",
        "application/json; a =b",
        "application/json; a= b",
        "application/json; charset = utf-8",
        "application/json; a=b c",
        "application/json; a=b=c",
        "application/json; a=b, c=d",
        "application/json; a=b/c",
        "application/json; a=(b)",
        "application/json; charset=utf-8 x",
        "application/json; charset=utf-8, utf-8",
        "application/json; charset:utf-8",
        "application/json; \"charset\"=utf-8",
        "application/json; a=\"",
        "application/json; a=\"b",
        "application/json; a=\"b\\",
        "application/json; a=\"b\\\"",
        "application/json; a=\"b\"c",
        "application/json; a=\"b\"\"c\"",
        "application/json; a=\"b\x01\"",
        "application/json; a=\"b\x7f\"",
        "application/json; a=\"b\n\"",
        "application/json; a=\"b\\\r\"",
        "application/json; a=\xc3\xa9",
        "application/json\v;charset=utf-8",
        "application/json\r\n",
        "application/json; charset=utf-8\n",
        "\357\273\277application/json",
        "applic\xc3\xa1tion/json"
    };

    test_values(pt_body_headers_is_json, types, test_nelts(types), 0);

    ok(!test_field(pt_body_headers_is_json, "application/json\0", 17),
       "NUL at the end");
    ok(!test_field(pt_body_headers_is_json, "application/json\0;", 18),
       "NUL before a parameter");
    ok(!test_field(pt_body_headers_is_json, "application/json;a=\"\0\"", 22),
       "NUL in quotes");
    ok(!test_field(pt_body_headers_is_json, "application/json;charset=utf-8\0",
                   31),
       "NUL after a value");
}


/* the bytes of a token, of RFC 9110 */

static void
test_json_bytes(void)
{
    char               type[] = "application/json;a=?";
    size_t             len;
    ngx_uint_t         ch, legal, wrong;

    static const char  other[] = "!#$%&'*+-.^_`|~";

    legal = 0;
    wrong = 0;
    len = sizeof(type) - 1;

    for (ch = 0; ch <= 0xff; ch++) {
        type[len - 1] = (char) ch;

        if (!test_field(pt_body_headers_is_json, type, len)) {
            continue;
        }

        legal++;

        wrong += !((ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z')
                   || (ch >= 'A' && ch <= 'Z')
                   || (ch && strchr(other, (int) ch)));
    }

    is_int(legal, 10 + 26 + 26 + 15, "bytes of a token");
    is_int(wrong, 0, "... are those of RFC 9110");

    legal = 0;

    for (ch = 0; ch <= 0xff; ch++) {
        memcpy(type, "application?json", 16);
        type[11] = (char) ch;

        legal += test_field(pt_body_headers_is_json, type, 16);
    }

    is_int(legal, 1, "between type and subtype is a slash");

    legal = 0;

    for (ch = 0; ch <= 0xff; ch++) {
        memcpy(type, "application/json?", 17);
        type[16] = (char) ch;

        legal += test_field(pt_body_headers_is_json, type, 17);
    }

    is_int(legal, 3, "at the end is a semicolon, a space or a tab");
}


static void
test_json_quoted_bytes(void)
{
    char        plain[] = "application/json;a=\"?\"";
    char        escaped[] = "application/json;a=\"\\?\"";
    size_t      len;
    ngx_uint_t  ch, bytes, pairs;

    bytes = 0;
    pairs = 0;
    len = sizeof(plain) - 1;

    for (ch = 0; ch <= 0xff; ch++) {
        plain[len - 2] = (char) ch;
        escaped[len - 1] = (char) ch;

        bytes += test_field(pt_body_headers_is_json, plain, len);
        pairs += test_field(pt_body_headers_is_json, escaped, len + 1);
    }

    is_int(bytes, 256 - 31 - 1 - 2, "bytes in quotes: no controls, \" and \\");
    is_int(pairs, 256 - 31 - 1, "bytes after a backslash: no controls");
}


static void
test_json_truncated(void)
{
    size_t             i;
    ngx_uint_t         legal;

    static const char  type[] = "application/json; a=\"\\\"b\"; charset=utf-8";

    legal = 0;

    for (i = 0; i < sizeof(type); i++) {
        legal += test_field(pt_body_headers_is_json, type, i);
    }

    /* after "json", ";", " ", "a=...", ";", " " and at the end */
    is_int(legal, 7, "a type cut short at any byte");

    legal = 0;

    for (i = 1; i < sizeof(type); i++) {
        legal += test_field(pt_body_headers_is_json, type + i,
                            sizeof(type) - 1 - i);
    }

    is_int(legal, 0, "a type begun at any byte");
}


static void
test_encodings(void)
{
    size_t              i;
    ngx_uint_t          legal;

    static const char  *ours[] = {
        "gzip", "GZIP", "Gzip", "gZiP", "identity", "Identity", "IDENTITY"
    };

    static const char  *others[] = {
        "", " ", ",", "*", "g", "gzi", "gzipp", "gzip ", " gzip", "\tgzip",
        "gzip,", "gzip, gzip", "gzip,identity", "identity, gzip",
        "identity,", "identit", "identityx", "gzip;q=1", "\"gzip\"",
        "bzip", "x-gzip", "deflate", "compress", "br", "zstd", "gzip\n",
        "g\xc2\xbazip"
    };

    test_values(pt_body_headers_encoding, ours, test_nelts(ours), 1);
    test_values(pt_body_headers_encoding, others, test_nelts(others), 0);

    ok(!test_field(pt_body_headers_encoding, "gzip\0", 5), "NUL at the end");
    ok(!test_field(pt_body_headers_encoding, "\0", 1), "NUL alone");

    legal = 0;

    for (i = 0; i < 8; i++) {
        legal += test_field(pt_body_headers_encoding, "identity", i);
    }

    is_int(legal, 0, "an encoding cut short");
}


static void
test_minimal(void)
{
    static const char  *values[] = {
        "return=minimal",
        "RETURN=MINIMAL",
        "Return=Minimal",
        " return=minimal",
        "\treturn=minimal\t",
        "return=\"minimal\"",
        "return=minimal;",
        "return=minimal; a=b",
        "return=minimal;a=\"b,c\"",
        "return=minimal,",
        ",return=minimal",
        ", ,,\t, return=minimal",
        "return=minimal, respond-async",
        "respond-async, return=minimal",
        "respond-async,return=minimal",
        "respond-async; a=b, return=minimal",
        "respond-async, wait=100, handling=lenient, return=minimal",
        "wait=10;a;b=c, return=minimal, foo",
        "IdType=\"ImmutableId\", return=minimal",
        "odata.maxpagesize=5, return=minimal",
        "odata.include-annotations=\"*\", return=minimal",
        "a=\"\\\"\", return=minimal",
        "a=\"\\\\\", return=minimal",
        "a=\"b,c\", return=minimal",
        "a;b=\"c,d\", return=minimal",
        "=, return=minimal",
        "@, return=minimal",
        "a=, return=minimal",
        "a=b c, return=minimal",
        "xreturn=representation, return=minimal",
        "returns=representation, return=minimal"
    };

    test_values(pt_body_headers_minimal, values, test_nelts(values), 1);
}


static void
test_not_minimal(void)
{
    static const char  *values[] = {
        "",
        " ",
        ",",
        ",,,",
        "return",
        "minimal",
        "return=",
        "return=\"\"",
        "return=\"minimal",
        "return=\"minimal\\",
        "return=minima",
        "return=minimals",
        "return=xminimal",
        "return=\" minimal\"",
        "return=representation",
        "return=\"representation\"",
        "return:minimal",
        "return minimal",
        "\"return=minimal\"",
        "\"return\"=minimal",
        "xreturn=minimal",
        "returnx=minimal",
        "x-return=minimal",
        "xeturn=minimal",
        "return=xinimal",
        "respond-async",
        "respond-async return=minimal",
        "respond-async; return=minimal",
        "wait=10; return=minimal",
        "a=return=minimal",
        "a=\"return=minimal\"",
        "a=\"b, return=minimal\"",
        "a=\"b\\\", return=minimal\"",
        "a=\"b, return=minimal",
        "a; b=\"c, return=minimal\"",
        "a=b; c=\"d, return=minimal\"",
        "a b=\"c, return=minimal, d\", e",
        "\"a, return=minimal\"",
        "a; b=\"c, return=minimal",
        "return; a=\", return=minimal\""
    };

    test_values(pt_body_headers_minimal, values, test_nelts(values), 0);

    ok(!test_field(pt_body_headers_minimal, "\0return=minimal", 15),
       "NUL before");
    ok(!test_field(pt_body_headers_minimal, "return\0=minimal", 15),
       "NUL within");
}


/* of a preference that is there twice the first counts */

static void
test_minimal_first(void)
{
    static const char  *minimal[] = {
        "return=minimal, return=representation",
        "return=minimal, return=minimal",
        "return=\"minimal\",return=x",
        "a, return=minimal, return=representation"
    };

    static const char  *other[] = {
        "return=representation, return=minimal",
        "return=x, return=minimal",
        "return=\"\", return=minimal",
        "Return=Representation; a=b, return=minimal",
        "a, return=representation, return=minimal"
    };

    test_values(pt_body_headers_minimal, minimal, test_nelts(minimal), 1);
    test_values(pt_body_headers_minimal, other, test_nelts(other), 0);
}


static void
test_minimal_truncated(void)
{
    size_t             i;
    ngx_uint_t         minimal;

    static const char  value[] = "a=\"b,\\\"c\"; d, return=minimal; e=\"f\", g";

    minimal = 0;

    for (i = 0; i < sizeof(value); i++) {
        minimal += test_field(pt_body_headers_minimal, value, i);
    }

    /* from the "l" on */
    is_int(minimal, strlen(strstr(value, "; e")) + 1,
           "preferences cut short at any byte");
}


static void
test_sync(void)
{
    ngx_uint_t   i;
    ngx_str_t    prefer;
    u_char      *copy;
    ngx_str_t    got;

    static const struct {
        const char  *prefer;
        const char  *want;
    } tests[] = {
        { "", "" },
        { "respond-async", "" },
        { " Respond-ASYNC ; a=b , ", "" },
        { "respond-async=1", "" },
        { "return=minimal", "return=minimal" },
        { "return=minimal, respond-async, wait=5", "return=minimal,wait=5" },
        { "respond-async,a", "a" },
        { "a,,b", "a,b" },
        { "respond-asynchronous", "respond-asynchronous" },
        { "a=\"b, respond-async\", c", "a=\"b, respond-async\",c" },
        { "a=\"b, respond-async", "a=\"b, respond-async" }
    };

    for (i = 0; i < test_nelts(tests); i++) {
        prefer.len = strlen(tests[i].prefer);
        prefer.data = malloc(prefer.len + 1);
        copy = malloc(prefer.len + 1);

        memcpy(prefer.data, tests[i].prefer, prefer.len);

        got.data = copy;
        got.len = pt_body_headers_prefer_sync(copy, &prefer) - copy;

        is_str(&got, tests[i].want, tests[i].prefer);

        free(prefer.data);
        free(copy);
    }
}


/* what is a list of parameters can be gone on with, whatever is in it */

static void
test_random(void)
{
    char               type[64], prefer[64];
    size_t             i, len, size;
    unsigned           seed;
    ngx_uint_t         n, json, minimal, wrong;

    static const char  bytes[] = "aB==\"\";;,\\ /";

    seed = 1;
    json = 0;
    minimal = 0;
    wrong = 0;

    for (n = 0; n < 50000; n++) {
        size = n % 10;

        memcpy(type, "application/json;", 17);
        memcpy(prefer, "return=minimal,", 15);

        for (i = 0; i < size; i++) {
            seed = seed * 1103515245 + 12345;
            type[17 + i] = bytes[(seed >> 16) % (sizeof(bytes) - 1)];
            prefer[15 + i] = type[17 + i];
        }

        len = 17 + size;

        minimal += test_field(pt_body_headers_minimal, prefer, 15 + size);

        if (!test_field(pt_body_headers_is_json, type, len)) {
            continue;
        }

        json++;

        memcpy(type + len, ";charset=utf-16", 15);
        wrong += test_field(pt_body_headers_is_json, type, len + 15);

        memcpy(type + len, ";charset=utf-8", 14);
        wrong += !test_field(pt_body_headers_is_json, type, len + 14);

        memcpy(prefer + 15 + size, ",return=minimal", 15);
        wrong += !test_field(pt_body_headers_minimal, prefer + 15, size + 15);
    }

    /* the empty ones are 5000 */
    ok(json > 6000, "parameters at random");
    is_int(wrong, 0, "... end where they end");
    is_int(minimal, n, "... and do not matter after what is preferred");
}


static void
test_values(test_field_pt field, const char **values, ngx_uint_t n,
    ngx_uint_t want)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {
        is_int(test_field(field, values[i], strlen(values[i])), want,
               test_name(values[i]));
    }
}


/* in memory of exactly its size, so that reading on is seen */

static ngx_uint_t
test_field(test_field_pt field, const void *value, size_t len)
{
    ngx_str_t   copy;
    ngx_uint_t  rc;

    copy.len = len;
    copy.data = malloc(len);

    memcpy(copy.data, value, len);

    rc = field(&copy);

    free(copy.data);

    return rc;
}


/* printable, for a line of TAP */

static const char *
test_name(const char *text)
{
    size_t       len;
    static char  name[256];

    len = 0;
    name[0] = '\0';

    for ( /* void */ ; *text && len < sizeof(name) - 5; text++) {

        if (*text < ' ' || *text > '~' || *text == '#') {
            len += snprintf(name + len, 5, "\\x%02x", (u_char) *text);
            continue;
        }

        name[len++] = *text;
        name[len] = '\0';
    }

    return name;
}
