
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_json.h"
#include "pt_json_scan.h"


typedef struct {
    const char        *name;
    const char        *text;
    pt_json_rc_e       rc;
} test_case_t;


/* a reading in memory of exactly the size that it may use */

typedef struct {
    u_char            *memory;
    u_char            *text;
    pt_arena_t         arena;
    pt_json_t         *root;
    pt_json_rc_e       rc;
} test_read_t;


static void test_legal(void);
static void test_syntax(void);
static void test_white_space(void);
static void test_encoding(void);
static void test_utf8_pairs(void);
static void test_escapes(void);
static void test_prefixes(void);
static void test_duplicates(void);
static void test_depth(void);
static void test_values(void);
static void test_tree(void);
static void test_strings(void);
static void test_member(void);
static void test_letters(void);
static void test_scratch(void);
static void test_arena(void);
static void test_escape_writer(void);
static void test_plain(void);
static void test_scan(void);

static void test_cases(const test_case_t *cases, ngx_uint_t n,
    const pt_json_limits_t *limits);
static void test_fits(const char *name, u_char *text, size_t len,
    const pt_json_limits_t *limits);
static void test_read(test_read_t *rd, const char *text,
    const pt_json_limits_t *limits);
static void test_read_bytes(test_read_t *rd, const void *text, size_t len,
    const pt_json_limits_t *limits);
static pt_json_rc_e test_rc(const void *text, size_t len);
static pt_json_rc_e test_scanned(const u_char *p, const u_char *end);
static size_t test_char(const u_char *p, const u_char *end);
static void test_free(test_read_t *rd);


static const pt_json_limits_t  test_exact = { 16, 512, 0 };
static const pt_json_limits_t  test_fold = { 16, 512, 1 };


int
main(void)
{
    test_legal();
    test_syntax();
    test_white_space();
    test_encoding();
    test_utf8_pairs();
    test_escapes();
    test_prefixes();
    test_duplicates();
    test_depth();
    test_values();
    test_tree();
    test_strings();
    test_member();
    test_letters();
    test_scratch();
    test_arena();
    test_escape_writer();
    test_plain();
    test_scan();

    return tap_done();
}


static void
test_legal(void)
{
    static const test_case_t  cases[] = {
        { "null", "null", PT_JSON_RC_OK },
        { "true", "true", PT_JSON_RC_OK },
        { "false", "false", PT_JSON_RC_OK },
        { "zero", "0", PT_JSON_RC_OK },
        { "minus zero", "-0", PT_JSON_RC_OK },
        { "fraction and exponent", "-12.50e+03", PT_JSON_RC_OK },
        { "exponent without a sign", "1E9", PT_JSON_RC_OK },
        { "a number that no type holds", "1e999999", PT_JSON_RC_OK },
        { "a string", "\"a\"", PT_JSON_RC_OK },
        { "an empty string", "\"\"", PT_JSON_RC_OK },
        { "an empty object", "{}", PT_JSON_RC_OK },
        { "an empty array", "[]", PT_JSON_RC_OK },
        { "all types in an array", "[null,true,false,1,\"\",[],{}]",
          PT_JSON_RC_OK },
        { "an empty name", "{\"\":1}", PT_JSON_RC_OK },
        { "DEL in a string", "\"\x7f\"", PT_JSON_RC_OK },
        { "U+FEFF within a string", "\"\xef\xbb\xbf\"", PT_JSON_RC_OK },
        { "the body of the documentation",
          "{\"status\":{\"state\":\"completed\","
          "\"description\":\"completed\"}}", PT_JSON_RC_OK }
    };

    test_cases(cases, sizeof(cases) / sizeof(cases[0]), &test_exact);
}


static void
test_syntax(void)
{
    static const test_case_t  cases[] = {
        { "no text", "", PT_JSON_RC_SYNTAX },
        { "white space alone", " \t\r\n", PT_JSON_RC_SYNTAX },
        { "byte order mark", "\xef\xbb\xbf{}", PT_JSON_RC_SYNTAX },
        { "two values", "{}{}", PT_JSON_RC_SYNTAX },
        { "two numbers", "1 2", PT_JSON_RC_SYNTAX },
        { "a comma after the value", "{},", PT_JSON_RC_SYNTAX },
        { "a bracket too many", "[]]", PT_JSON_RC_SYNTAX },
        { "a bracket of another kind too many", "[]}", PT_JSON_RC_SYNTAX },
        { "half a word after the value", "{}tru", PT_JSON_RC_SYNTAX },
        { "half a word and a bracket after it", "{}tru}", PT_JSON_RC_SYNTAX },
        { "half a number and a bracket after it", "[]-]", PT_JSON_RC_SYNTAX },
        { "a comment that ends like an object", "{}/*}", PT_JSON_RC_SYNTAX },
        { "an open string after the value", "{}\"a", PT_JSON_RC_SYNTAX },
        { "a quote after the value", "[]\"", PT_JSON_RC_SYNTAX },
        { "an open string that ends like an object", "{}\"}",
          PT_JSON_RC_SYNTAX },
        { "half a word after the value", "{} tru", PT_JSON_RC_SYNTAX },
        { "a sign after the value", "{} -", PT_JSON_RC_SYNTAX },
        { "a string after the value", "{} \"a\"", PT_JSON_RC_SYNTAX },
        { "an escape after the value", "{} \\\"", PT_JSON_RC_SYNTAX },
        { "an open object", "{\"a\":1", PT_JSON_RC_SYNTAX },
        { "an open array", "[1", PT_JSON_RC_SYNTAX },
        { "an open string", "\"a", PT_JSON_RC_SYNTAX },
        { "an open string in an array", "[\"a", PT_JSON_RC_SYNTAX },
        { "brackets that do not match", "[1}", PT_JSON_RC_SYNTAX },
        { "a comma before ]", "[1,]", PT_JSON_RC_SYNTAX },
        { "a comma before }", "{\"a\":1,}", PT_JSON_RC_SYNTAX },
        { "a comma first", "[,1]", PT_JSON_RC_SYNTAX },
        { "two commas", "[1,,2]", PT_JSON_RC_SYNTAX },
        { "no comma", "[1 2]", PT_JSON_RC_SYNTAX },
        { "no colon", "{\"a\" 1}", PT_JSON_RC_SYNTAX },
        { "two colons", "{\"a\"::1}", PT_JSON_RC_SYNTAX },
        { "no value", "{\"a\":}", PT_JSON_RC_SYNTAX },
        { "no name", "{:1}", PT_JSON_RC_SYNTAX },
        { "a name without quotes", "{a:1}", PT_JSON_RC_SYNTAX },
        { "a number for a name", "{1:1}", PT_JSON_RC_SYNTAX },
        { "null for a name", "{null:1}", PT_JSON_RC_SYNTAX },
        { "a colon in an array", "[\"a\":1]", PT_JSON_RC_SYNTAX },
        { "single quotes", "'a'", PT_JSON_RC_SYNTAX },
        { "a comment", "/* */ {}", PT_JSON_RC_SYNTAX },
        { "a line comment", "{} // a", PT_JSON_RC_SYNTAX },
        { "NaN", "NaN", PT_JSON_RC_SYNTAX },
        { "Infinity", "Infinity", PT_JSON_RC_SYNTAX },
        { "-Infinity", "-Infinity", PT_JSON_RC_SYNTAX },
        { "True", "True", PT_JSON_RC_SYNTAX },
        { "NULL", "NULL", PT_JSON_RC_SYNTAX },
        { "nulls", "nulls", PT_JSON_RC_SYNTAX },
        { "nul", "nul", PT_JSON_RC_SYNTAX },
        { "a leading zero", "01", PT_JSON_RC_SYNTAX },
        { "a negative leading zero", "-01", PT_JSON_RC_SYNTAX },
        { "a plus sign", "+1", PT_JSON_RC_SYNTAX },
        { "a minus sign alone", "-", PT_JSON_RC_SYNTAX },
        { "two minus signs", "--1", PT_JSON_RC_SYNTAX },
        { "no digit after the point", "1.", PT_JSON_RC_SYNTAX },
        { "no digit before the point", ".1", PT_JSON_RC_SYNTAX },
        { "no digit in the exponent", "[1e]", PT_JSON_RC_SYNTAX },
        { "a sign alone in the exponent", "1e+", PT_JSON_RC_SYNTAX },
        { "two points", "1.2.3", PT_JSON_RC_SYNTAX },
        { "a hexadecimal number", "0x10", PT_JSON_RC_SYNTAX },
        { "a bare word", "completed", PT_JSON_RC_SYNTAX },
        { "a letter outside of ASCII", "[\xc3\xa9]", PT_JSON_RC_SYNTAX },
        { "U+2028 for white space", "[\xe2\x80\xa8]", PT_JSON_RC_SYNTAX },
        { "an escape outside of a string", "[\\n]", PT_JSON_RC_SYNTAX },
        { "a tab in a string", "\"\t\"", PT_JSON_RC_SYNTAX },
        { "a line feed in a string", "\"\n\"", PT_JSON_RC_SYNTAX },
        { "a line feed in a name", "{\"a\n\":1}", PT_JSON_RC_SYNTAX },
        { "a bell in a string", "\"\x07\"", PT_JSON_RC_SYNTAX }
    };

    test_cases(cases, sizeof(cases) / sizeof(cases[0]), &test_exact);
}


static void
test_white_space(void)
{
    u_char      text[4];
    ngx_uint_t  i, outside, inside;

    outside = 0;
    inside = 0;

    for (i = 0; i <= ' '; i++) {
        text[0] = '[';
        text[1] = (u_char) i;
        text[2] = ']';

        outside += (test_rc(text, 3) == PT_JSON_RC_OK);

        text[0] = '"';
        text[2] = '"';

        inside += (test_rc(text, 3) == PT_JSON_RC_OK);
    }

    is_int(outside, 4, "four characters are white space");
    is_int(inside, 1, "a string holds none but the space unescaped");

    is_int(test_rc("[\v]", 3), PT_JSON_RC_SYNTAX, "\\v is not white space");
    is_int(test_rc("[\f]", 3), PT_JSON_RC_SYNTAX, "\\f is not white space");
    is_int(test_rc("{}\f", 3), PT_JSON_RC_SYNTAX, "nor is it at the end");
    is_int(test_rc(" {} \r\n", 6), PT_JSON_RC_OK, "white space around");
    is_int(test_rc("\t[ 1 ,\n{ \"a\" : 2 } ]", 20), PT_JSON_RC_OK,
           "white space between tokens");
}


static void
test_encoding(void)
{
    static const test_case_t  cases[] = {
        { "overlong /", "\"\xc0\xaf\"", PT_JSON_RC_ENCODING },
        { "overlong, lead C1", "\"\xc1\xbf\"", PT_JSON_RC_ENCODING },
        { "overlong NUL of 3 bytes", "\"\xe0\x80\x80\"",
          PT_JSON_RC_ENCODING },
        { "overlong, E0 9F BF", "\"\xe0\x9f\xbf\"", PT_JSON_RC_ENCODING },
        { "overlong, F0 80 80 AF", "\"\xf0\x80\x80\xaf\"",
          PT_JSON_RC_ENCODING },
        { "overlong, F0 8F BF BF", "\"\xf0\x8f\xbf\xbf\"",
          PT_JSON_RC_ENCODING },
        { "surrogate, ED A0 80", "\"\xed\xa0\x80\"", PT_JSON_RC_ENCODING },
        { "surrogate, ED BF BF", "\"\xed\xbf\xbf\"", PT_JSON_RC_ENCODING },
        { "over U+10FFFF, F4 90 80 80", "\"\xf4\x90\x80\x80\"",
          PT_JSON_RC_ENCODING },
        { "over U+10FFFF, lead F5", "\"\xf5\x80\x80\x80\"",
          PT_JSON_RC_ENCODING },
        { "five bytes", "\"\xf8\x88\x80\x80\x80\"", PT_JSON_RC_ENCODING },
        { "byte FF", "\"\xff\"", PT_JSON_RC_ENCODING },
        { "a continuation alone", "\"\x80\"", PT_JSON_RC_ENCODING },
        { "a lead of 2 alone", "\"\xc3\"", PT_JSON_RC_ENCODING },
        { "a lead of 3 cut short", "\"\xe2\x82\"", PT_JSON_RC_ENCODING },
        { "a lead of 4 cut short", "\"\xf0\x9f\x98\"", PT_JSON_RC_ENCODING },
        { "a lead at the end", "\"\xe2", PT_JSON_RC_ENCODING },
        { "ISO 8859-1", "\"caf\xe9\"", PT_JSON_RC_ENCODING },
        { "in a name", "{\"\xc0\x80\":1}", PT_JSON_RC_ENCODING },
        { "outside of strings", "{}\xff", PT_JSON_RC_ENCODING },
        { "UTF-16 byte order mark", "\xff\xfe{", PT_JSON_RC_ENCODING },

        { "U+0080", "\"\xc2\x80\"", PT_JSON_RC_OK },
        { "U+07FF", "\"\xdf\xbf\"", PT_JSON_RC_OK },
        { "U+0800", "\"\xe0\xa0\x80\"", PT_JSON_RC_OK },
        { "U+D7FF", "\"\xed\x9f\xbf\"", PT_JSON_RC_OK },
        { "U+E000", "\"\xee\x80\x80\"", PT_JSON_RC_OK },
        { "U+FFFF", "\"\xef\xbf\xbf\"", PT_JSON_RC_OK },
        { "U+10000", "\"\xf0\x90\x80\x80\"", PT_JSON_RC_OK },
        { "U+10FFFF", "\"\xf4\x8f\xbf\xbf\"", PT_JSON_RC_OK },

        { "\\a", "\"\\a\"", PT_JSON_RC_ENCODING },
        { "\\'", "\"\\'\"", PT_JSON_RC_ENCODING },
        { "\\x41", "\"\\x41\"", PT_JSON_RC_ENCODING },
        { "\\v", "\"\\v\"", PT_JSON_RC_ENCODING },
        { "\\U0041", "\"\\U0041\"", PT_JSON_RC_ENCODING },
        { "\\u with three digits", "\"\\u004\"", PT_JSON_RC_ENCODING },
        { "\\u with a bad digit", "\"\\u00g0\"", PT_JSON_RC_ENCODING },
        { "\\u with a sign", "\"\\u+041\"", PT_JSON_RC_ENCODING },
        { "\\u at the end", "\"\\u00", PT_JSON_RC_ENCODING },
        { "a backslash at the end", "\"\\", PT_JSON_RC_ENCODING },
        { "\\u0000", "\"\\u0000\"", PT_JSON_RC_ENCODING },
        { "\\u0000 in a name", "{\"state\\u0000\":1}", PT_JSON_RC_ENCODING },
        { "a high surrogate alone", "\"\\ud800\"", PT_JSON_RC_ENCODING },
        { "a high surrogate before text", "\"\\ud800abcdef\"",
          PT_JSON_RC_ENCODING },
        { "a high surrogate before \\n", "\"\\ud800\\nabcde\"",
          PT_JSON_RC_ENCODING },
        { "two high surrogates", "\"\\ud800\\ud800\"", PT_JSON_RC_ENCODING },
        { "a high surrogate before \\u0041", "\"\\uD83D\\u0041\"",
          PT_JSON_RC_ENCODING },
        { "a high surrogate at the end", "\"\\ud800\\udc0",
          PT_JSON_RC_ENCODING },
        { "a low surrogate alone", "\"\\udc00\"", PT_JSON_RC_ENCODING },
        { "surrogates in the wrong order", "\"\\ude00\\ud83d\"",
          PT_JSON_RC_ENCODING },
        { "a pair and a low surrogate", "\"\\ud83d\\ude00\\ude00\"",
          PT_JSON_RC_ENCODING },
        { "an escaped backslash before u", "\"\\\\ud800\"", PT_JSON_RC_OK }
    };

    test_cases(cases, sizeof(cases) / sizeof(cases[0]), &test_exact);

    is_int(test_rc("\"a\0b\"", 5), PT_JSON_RC_ENCODING, "NUL in a string");
    is_int(test_rc("{}\0", 3), PT_JSON_RC_ENCODING, "NUL after the value");
    is_int(test_rc("\"\\\0\"", 4), PT_JSON_RC_ENCODING, "NUL escaped");
    is_int(test_rc("{\0}\0", 4), PT_JSON_RC_ENCODING, "UTF-16");
}


/* well-formed are a lead of C2-DF and one continuation */

static void
test_utf8_pairs(void)
{
    u_char        text[4];
    ngx_uint_t    i, j, legal, wrong;
    pt_json_rc_e  rc;

    wrong = 0;

    for (i = 0x80; i <= 0xff; i++) {
        for (j = 0; j <= 0xff; j++) {
            text[0] = '"';
            text[1] = (u_char) i;
            text[2] = (u_char) j;
            text[3] = '"';

            legal = (i >= 0xc2 && i <= 0xdf && j >= 0x80 && j <= 0xbf);
            rc = test_rc(text, 4);

            wrong += rc != (legal ? PT_JSON_RC_OK : PT_JSON_RC_ENCODING);
        }
    }

    is_int(wrong, 0, "all pairs of bytes in a string");
}


/* every \uXXXX against the same character unescaped */

static void
test_escapes(void)
{
    u_char       want[4];
    char         text[16];
    size_t       len;
    ngx_uint_t   code, wrong;
    test_read_t  rd;

    wrong = 0;

    for (code = 0; code <= 0xffff; code++) {
        snprintf(text, sizeof(text),
                 code % 2 ? "\"\\u%04x\"" : "\"\\u%04X\"", (unsigned) code);

        test_read(&rd, text, &test_exact);

        if (code == 0 || (code >= 0xd800 && code <= 0xdfff)) {
            wrong += rd.rc != PT_JSON_RC_ENCODING;
            test_free(&rd);
            continue;
        }

        if (code < 0x80) {
            len = 1;
            want[0] = (u_char) code;

        } else if (code < 0x800) {
            len = 2;
            want[0] = (u_char) (0xc0 | code >> 6);
            want[1] = (u_char) (0x80 | (code & 0x3f));

        } else {
            len = 3;
            want[0] = (u_char) (0xe0 | code >> 12);
            want[1] = (u_char) (0x80 | (code >> 6 & 0x3f));
            want[2] = (u_char) (0x80 | (code & 0x3f));
        }

        wrong += rd.rc != PT_JSON_RC_OK
                 || rd.root->value.len != len
                 || memcmp(rd.root->value.data, want, len) != 0;

        test_free(&rd);
    }

    is_int(wrong, 0, "all values of \\uXXXX");
}


static void
test_prefixes(void)
{
    size_t             i, len;
    ngx_uint_t         accepted;

    static const char  text[] = "[{\"a\":\"\\ud83d\\ude00\xc3\xa9\","
                                "\"b\":[-1.5e+3,true,false,null]},\"\"]";

    accepted = 0;
    len = sizeof(text) - 1;

    for (i = 0; i < len; i++) {
        accepted += (test_rc(text, i) == PT_JSON_RC_OK);
    }

    is_int(test_rc(text, len), PT_JSON_RC_OK, "a text");
    is_int(accepted, 0, "cut short at any byte");

    accepted = 0;

    for (i = 1; i < len; i++) {
        accepted += (test_rc(text + i, len - i) == PT_JSON_RC_OK);
    }

    is_int(accepted, 0, "begun at any byte");
}


static void
test_duplicates(void)
{
    static const test_case_t  exact[] = {
        { "a name twice", "{\"a\":1,\"a\":1}", PT_JSON_RC_DUPLICATE },
        { "a name twice, others between", "{\"a\":1,\"b\":2,\"c\":3,\"a\":4}",
          PT_JSON_RC_DUPLICATE },
        { "a name twice, once escaped", "{\"a\":1,\"\\u0061\":1}",
          PT_JSON_RC_DUPLICATE },
        { "a name twice, first escaped", "{\"\\u0061\":1,\"a\":1}",
          PT_JSON_RC_DUPLICATE },
        { "a name twice, both escaped", "{\"\\u0061b\":1,\"a\\u0062\":1}",
          PT_JSON_RC_DUPLICATE },
        { "\\/ is /", "{\"a\\/b\":1,\"a/b\":1}", PT_JSON_RC_DUPLICATE },
        { "a pair of surrogates is the character",
          "{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":1}",
          PT_JSON_RC_DUPLICATE },
        { "an empty name twice", "{\"\":1,\"\":1}", PT_JSON_RC_DUPLICATE },
        { "in an object within", "{\"o\":[{\"a\":1,\"a\":1}]}",
          PT_JSON_RC_DUPLICATE },
        { "after an object within", "{\"a\":{\"b\":{}},\"a\":1}",
          PT_JSON_RC_DUPLICATE },
        { "before the syntax error", "{\"a\":1,\"a\":]",
          PT_JSON_RC_DUPLICATE },
        { "a name differs in case", "{\"a\":1,\"A\":1}", PT_JSON_RC_OK },
        { "a name in two objects", "[{\"a\":1},{\"a\":1}]", PT_JSON_RC_OK },
        { "a name in an object and within", "{\"a\":{\"a\":{\"a\":1}}}",
          PT_JSON_RC_OK },
        { "a string equal to a name", "{\"a\":\"a\",\"b\":\"a\"}",
          PT_JSON_RC_OK },
        { "a name that begins like another", "{\"state\":1,\"stat\":1}",
          PT_JSON_RC_OK },
        { "names of one hash", "{\"a\":1,\"a \":1,\"a  \":1}",
          PT_JSON_RC_OK },
        { "names of one hash and length",
          "{\"gfxyxm\":1,\"dueuna\":1,\"zwagby\":1,\"GFXYXM\":1}",
          PT_JSON_RC_OK },
        { "names of one hash and length, one twice",
          "{\"gfxyxm\":1,\"dueuna\":1,\"gfxyxm\":1}", PT_JSON_RC_DUPLICATE },
        { "names of eight bytes", "{\"abcdefgh\":1,\"abcdefgi\":1}",
          PT_JSON_RC_OK },
        { "a name of eight bytes twice", "{\"abcdefgh\":1,\"abcdefgh\":1}",
          PT_JSON_RC_DUPLICATE },
        { "long names that begin like each other",
          "{\"abcdefghijklmnopq\":1,\"abcdefghijklmnopr\":1}",
          PT_JSON_RC_OK },
        { "a long name twice",
          "{\"abcdefghijklmnopq\":1,\"abcdefghijklmnopq\":1}",
          PT_JSON_RC_DUPLICATE }
    };

    static const test_case_t  fold[] = {
        { "folded: differs in case", "{\"state\":1,\"State\":1}",
          PT_JSON_RC_DUPLICATE },
        { "folded: differs in case, escaped", "{\"STATE\":1,\"st\\u0061te\":1}",
          PT_JSON_RC_DUPLICATE },
        { "folded: the same", "{\"a\":1,\"a\":1}", PT_JSON_RC_DUPLICATE },
        { "folded: differs by bit 5, no letters", "{\"@\":1,\"`\":1}",
          PT_JSON_RC_OK },
        { "folded: differs by bit 5, brackets", "{\"[\":1,\"{\":1}",
          PT_JSON_RC_OK },
        { "folded: names of one hash and length",
          "{\"gfxyxm\":1,\"DUEUNA\":1}", PT_JSON_RC_OK },
        { "folded: a long name differs in case",
          "{\"ServicePrincipalName\":1,\"servicePrincipalNAME\":1}",
          PT_JSON_RC_DUPLICATE },
        { "folded: letters outside of ASCII", "{\"\xc3\x89\":1,\"\xc3\xa9\":1}",
          PT_JSON_RC_OK }
    };

    test_cases(exact, sizeof(exact) / sizeof(exact[0]), &test_exact);
    test_cases(fold, sizeof(fold) / sizeof(fold[0]), &test_fold);
}


static void
test_depth(void)
{
    size_t             i, len;
    u_char            *text;
    test_read_t        rd;
    pt_json_limits_t   limits;

    limits.depth = 1;
    limits.values = 512;
    limits.fold = 0;

    test_read(&rd, "{\"a\":1}", &limits);
    is_int(rd.rc, PT_JSON_RC_OK, "depth 1 is flat");
    test_free(&rd);

    test_read(&rd, "[[]]", &limits);
    is_int(rd.rc, PT_JSON_RC_LIMIT, "depth 1 does not nest");
    test_free(&rd);

    limits.depth = 0;

    test_read(&rd, "1", &limits);
    is_int(rd.rc, PT_JSON_RC_OK, "depth 0 is a value");
    test_free(&rd);

    test_read(&rd, "{}", &limits);
    is_int(rd.rc, PT_JSON_RC_LIMIT, "depth 0 is no object");
    test_free(&rd);

    limits.depth = 3;

    test_read(&rd, "{\"a\":[{}]}", &limits);
    is_int(rd.rc, PT_JSON_RC_OK, "at the limit");
    test_free(&rd);

    test_read(&rd, "{\"a\":[{\"b\":[]}]}", &limits);
    is_int(rd.rc, PT_JSON_RC_LIMIT, "one over the limit");
    test_free(&rd);

    test_read(&rd, "[[[]],[[]],[[]]]", &limits);
    is_int(rd.rc, PT_JSON_RC_OK, "what is closed does not count");
    test_free(&rd);

    len = 600000;
    text = malloc(len);

    memset(text, '[', len);
    is_int(test_rc(text, len), PT_JSON_RC_LIMIT, "300000 levels, open");

    memset(text + len / 2, ']', len / 2);
    is_int(test_rc(text, len), PT_JSON_RC_LIMIT, "300000 levels, closed");

    for (i = 0; i + 4 <= len; i += 4) {
        memcpy(text + i, "{\"\":", 4);
    }

    is_int(test_rc(text, len), PT_JSON_RC_LIMIT, "150000 objects");

    free(text);
}


static void
test_values(void)
{
    u_char            *memory;
    ngx_str_t          text;
    pt_json_t         *root;
    pt_arena_t         arena;
    test_read_t        rd;
    pt_json_limits_t   limits;

    limits.depth = 16;
    limits.values = 4;
    limits.fold = 0;

    test_read(&rd, "[1,2,3]", &limits);
    is_int(rd.rc, PT_JSON_RC_OK, "as many values as allowed");
    test_free(&rd);

    test_read(&rd, "[1,2,3,4]", &limits);
    is_int(rd.rc, PT_JSON_RC_LIMIT, "one value more");
    test_free(&rd);

    test_read(&rd, "[[[[]]]]", &limits);
    is_int(rd.rc, PT_JSON_RC_OK, "arrays are values");
    test_free(&rd);

    test_read(&rd, "[[[[[]]]]]", &limits);
    is_int(rd.rc, PT_JSON_RC_LIMIT, "one array more");
    test_free(&rd);

    test_read(&rd, "{\"a\":{\"b\":\"\"},\"c\":\"\\n\",\"d\":null}", &limits);
    is_int(rd.rc, PT_JSON_RC_LIMIT, "members are values");
    test_free(&rd);

    limits.values = 0;

    test_read(&rd, "null", &limits);
    is_int(rd.rc, PT_JSON_RC_LIMIT, "no values at all");
    test_free(&rd);

    /* the limit counts, not the memory that is left */

    limits.values = 2;
    text = tap_str("[1,2]");
    memory = malloc(65536);

    pt_arena_init(&arena, memory, 65536);
    is_int(pt_json_read(&text, &limits, &arena, &root), PT_JSON_RC_LIMIT,
           "one value more, and memory for it");

    free(memory);
}


static void
test_tree(void)
{
    pt_json_t          *node;
    test_read_t         rd;

    static const char   text[] =
        "{\"a\":null,\"b\":[true,false,-1.50E+2,\"x\"],\"c\":{\"d\":{}}}";

    test_read(&rd, text, &test_exact);

    is_int(rd.rc, PT_JSON_RC_OK, "a tree");
    is_int(rd.root->type, PT_JSON_OBJECT, "the root");
    is_int(rd.root->name.len, 0, "the root has no name");
    ok(rd.root->next == NULL, "the root has no sibling");

    node = rd.root->child;
    is_int(node->type, PT_JSON_NULL, "the first member");
    is_str(&node->name, "a", "its name");

    node = node->next;
    is_int(node->type, PT_JSON_ARRAY, "the second member");
    is_str(&node->name, "b", "its name");
    is_int(node->value.len, 0, "an array has no value of its own");

    node = node->child;
    is_int(node->type, PT_JSON_TRUE, "the first element");
    is_int(node->name.len, 0, "an element has no name");

    node = node->next;
    is_int(node->type, PT_JSON_FALSE, "the second element");

    node = node->next;
    is_int(node->type, PT_JSON_NUMBER, "the third element");
    is_str(&node->value, "-1.50E+2", "a number as it was spelled");

    node = node->next;
    is_int(node->type, PT_JSON_STRING, "the fourth element");
    is_str(&node->value, "x", "a string");
    ok(node->next == NULL, "the last element");

    node = rd.root->child->next->next;
    is_int(node->type, PT_JSON_OBJECT, "the third member");
    is_str(&node->name, "c", "its name");
    ok(node->next == NULL, "the last member");

    node = node->child;
    is_int(node->type, PT_JSON_OBJECT, "an object within");
    is_str(&node->name, "d", "its name");
    ok(node->child == NULL, "an empty object has no child");

    test_free(&rd);

    test_read(&rd, " 12345678901234567890.0 ", &test_exact);
    is_str(&rd.root->value, "12345678901234567890.0", "a number alone");
    test_free(&rd);

    /* it ends with the text, so yajl keeps it in a buffer */

    test_read(&rd, "\n-0.0e-0", &test_exact);
    is_int(rd.root->type, PT_JSON_NUMBER, "a number at the end");
    is_str(&rd.root->value, "-0.0e-0", "as it was spelled");
    test_free(&rd);

    test_read(&rd, "false", &test_exact);
    is_int(rd.root->type, PT_JSON_FALSE, "a word at the end");
    test_free(&rd);
}


static void
test_strings(void)
{
    pt_json_t          *node;
    test_read_t         rd;

    static const char   text[] =
        "{\"plain\":\"caf\xc3\xa9\",\"empty\":\"\","
        "\"n\\u0061me\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20AC"
        "\\ud83d\\ude00.\",\"last\":\"\\n\"}";

    test_read(&rd, text, &test_exact);

    is_int(rd.rc, PT_JSON_RC_OK, "strings");

    node = rd.root->child;
    is_str(&node->value, "caf\xc3\xa9", "a string without escapes");
    ok(node->value.data == rd.text + 10, "it is a slice of the text");
    ok(node->name.data == rd.text + 2, "so is its name");

    node = node->next;
    is_int(node->value.len, 0, "an empty string");
    ok(node->value.data != NULL, "it is not null");

    node = node->next;
    is_str(&node->name, "name", "an escaped name");
    is_str(&node->value,
           "\"\\/\b\f\n\r\tA\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80.",
           "all escapes");
    ok(node->value.data >= rd.memory && node->value.data < rd.arena.pos,
       "it is in the arena");

    node = node->next;
    is_str(&node->value, "\n", "another escaped string");
    is_str(&rd.root->child->next->next->name, "name",
           "the first one is still there");

    test_free(&rd);

    test_read(&rd, "\"\\ud800\\udc00\\uDBFF\\uDFFF\"", &test_exact);
    is_str(&rd.root->value, "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf",
           "the first and the last pair of surrogates");
    test_free(&rd);
}


static void
test_member(void)
{
    ngx_str_t         s;
    test_read_t       rd;
    const pt_json_t  *node;

    test_read(&rd, "{\"a\":1,\"A\":2,\"ab\":3,\"\":4}", &test_exact);

    node = pt_json_member(rd.root, "A");
    is_str(&node->value, "2", "a member by its name");

    node = pt_json_member(rd.root, "ab");
    is_str(&node->value, "3", "a longer name");

    node = pt_json_member(rd.root, "");
    is_str(&node->value, "4", "an empty name");

    ok(pt_json_member(rd.root, "Ab") == NULL, "names are exact");
    ok(pt_json_member(rd.root, "abc") == NULL, "a name that is not there");

    node = pt_json_member_fold(rd.root, "AB");
    is_str(&node->value, "3", "without regard to case");

    node = pt_json_member_fold(rd.root, "A");
    is_str(&node->value, "1", "the first of two");

    ok(pt_json_member_fold(rd.root, "b") == NULL, "none");

    node = rd.root->child;
    ok(pt_json_member(node, "a") == NULL, "a number has no members");
    ok(pt_json_member_fold(node, "a") == NULL, "in no case");

    test_free(&rd);

    test_read(&rd, "[{\"a\":1}]", &test_exact);
    ok(pt_json_member(rd.root, "a") == NULL, "an array has no members");
    ok(pt_json_member(rd.root, "") == NULL, "nor without a name");
    ok(pt_json_member_fold(rd.root, "") == NULL, "in no case");
    test_free(&rd);

    s = tap_str("Completed");
    ok(pt_json_is(&s, "cOMPLETED"), "a word in another case");
    ok(!pt_json_is(&s, "complete"), "a shorter word");
    ok(!pt_json_is(&s, "completed!"), "a longer word");
    ok(!pt_json_is(&s, "compleTec"), "another word");

    s = tap_str("{");
    ok(!pt_json_is(&s, "["), "not a letter");
}


/* any two bytes, at each place of a name of up to three words */

static void
test_letters(void)
{
    u_char      a[17], b[17];
    size_t      i, len;
    ngx_str_t   s;
    ngx_uint_t  c, d, wrong;

    wrong = 0;
    s.data = a;

    for (len = 1; len <= sizeof(a); len++) {
        s.len = len;

        for (i = 0; i < len; i++) {
            memset(a, 'x', sizeof(a));
            memset(b, 'X', sizeof(b));

            for (c = 0; c < 256; c++) {
                for (d = 0; d < 256; d++) {
                    a[i] = (u_char) c;
                    b[i] = (u_char) d;

                    wrong += (pt_json_same_fold(&s, b, len)
                              != (ngx_tolower(c) == ngx_tolower(d)));
                }
            }
        }
    }

    is_int(wrong, 0, "letters are the same in both cases, and nothing else");
}


/* the texts that need most of a kind, in as much memory as is asked for */

static void
test_scratch(void)
{
    size_t             i, len;
    u_char            *text;
    pt_json_limits_t   limits;

    len = 300000;
    text = malloc(len);

    limits.fold = 1;
    limits.depth = 16;
    limits.values = len;

    /* [1,1,...]: the most values */

    memset(text, ',', 99999);

    for (i = 1; i < 99998; i += 2) {
        text[i] = '1';
    }

    text[0] = '[';
    text[99998] = ']';
    test_fits("values of one byte", text, 99999, &limits);

    memset(text, '\\', len);
    text[0] = '"';
    text[8001] = '"';
    test_fits("a string of escapes", text, 8002, &limits);

    memset(text + 1, 'x', len - 2);
    text[299999] = '"';
    text[1] = '\\';
    text[2] = 'n';
    test_fits("an escape in a long string", text, len, &limits);

    memset(text, '7', len);
    test_fits("a number that ends with the text", text, len, &limits);

    /* ["\n","\n",...]: the most strings that are copied */

    for (i = 1; i < 100000; i += 5) {
        memcpy(text + i, "\"\\n\",", 5);
    }

    text[0] = '[';
    text[100000] = ']';
    test_fits("many escaped strings", text, 100001, &limits);

    /* an escaped string in each level */

    limits.depth = 2000;

    for (i = 0; i < 1000; i++) {
        memset(text + i * 136, 'x', 135);
        text[i * 136] = '[';
        text[i * 136 + 1] = '"';
        text[i * 136 + 2] = '\\';
        text[i * 136 + 3] = 'n';
        text[i * 136 + 134] = '"';
        text[i * 136 + 135] = ',';
    }

    text[136000] = '1';
    memset(text + 136001, ']', 1000);
    test_fits("strings at 1000 levels", text, 137001, &limits);

    limits.depth = 100000;
    memset(text, '[', 100000);
    memset(text + 100000, ']', 100000);
    test_fits("100000 levels", text, 200000, &limits);

    limits.depth = (ngx_uint_t) -1;
    limits.values = (ngx_uint_t) -1;
    test_fits("no limits", (u_char *) "{\"a\":[{}]}", 10, &limits);

    free(text);
}


static void
test_arena(void)
{
    size_t        size;
    u_char       *memory;
    ngx_str_t     text;
    pt_arena_t    arena;
    pt_json_t    *root;

    text = tap_str("{\"a\":\"\\n\",\"b\":2}");
    size = pt_json_scratch(text.len, &test_exact);
    memory = malloc(size);
    root = NULL;

    pt_arena_init(&arena, memory, size - 1);
    is_int(pt_json_read(&text, &test_exact, &arena, &root), PT_JSON_RC_LIMIT,
           "an arena that is too small");
    ok(root == NULL, "the root is not set");
    ok(arena.pos == memory, "nothing is taken");

    pt_arena_init(&arena, memory, size);
    is_int(pt_json_read(&text, &test_exact, &arena, &root), PT_JSON_RC_OK,
           "an arena of the right size");
    ok(arena.end == memory + size, "the end of the arena is given back");
    ok(arena.pos > memory && (size_t) (arena.pos - memory) < 1024,
       "the tree is all that stays");

    root = NULL;
    text.len--;

    pt_arena_init(&arena, memory, size);
    is_int(pt_json_read(&text, &test_exact, &arena, &root), PT_JSON_RC_SYNTAX,
           "an error");
    ok(root == NULL, "the root is not set");
    ok(arena.end == memory + size, "the end of the arena is given back");

    text.len = 0;
    text.data = NULL;

    is_int(pt_json_read(&text, &test_exact, &arena, &root), PT_JSON_RC_SYNTAX,
           "no text at all");

    text.len = PT_JSON_MAX + 1;
    is_int(pt_json_scratch(text.len, &test_exact), 0, "too long a text");
    is_int(pt_json_read(&text, &test_exact, &arena, &root), PT_JSON_RC_LIMIT,
           "it is not looked at");

    free(memory);
}


/* any byte, at each place of a text of more than two words */

static void
test_plain(void)
{
    u_char      text[19];
    size_t      i, len, want;
    ngx_uint_t  c, wrong;

    wrong = 0;

    for (len = 0; len <= sizeof(text); len++) {
        for (i = 0; i < len; i++) {
            for (c = 0; c < 256; c++) {
                memset(text, "a ~\x7f#!["[c % 7], sizeof(text));
                text[i] = (u_char) c;

                want = (c < ' ' || c > 0x7f || c == '"' || c == '\\'
                        || c == '<' || c == '>' || c == '&')
                       ? i : len;

                wrong += (pt_json_scan_plain(text, text + len) != text + want);
            }
        }
    }

    is_int(wrong, 0, "what is plain, at each place of a text");
    ok(pt_json_scan_plain(text, text) == text, "nothing is plain");
}


/*
 * Any byte, before or behind some that may hide it, at each place of a text,
 * against a scan byte by byte.
 */

static void
test_scan(void)
{
    u_char       text[21];
    size_t       i, len;
    ngx_str_t    str;
    ngx_uint_t   c, n, wrong;

    static const u_char  others[] = "\"#!\\]\"[\x1f \x7f\xc3\xa9\n\"";

    wrong = 0;

    for (len = 1; len <= sizeof(text); len++) {
        for (i = 0; i < len; i++) {
            for (c = 0; c < 256; c++) {
                for (n = 0; n < sizeof(others); n++) {
                    memset(text, 'a', sizeof(text));
                    text[len - 1 - (n + i) % len] = others[n];
                    text[(i + 1) % len] = others[n / 2];
                    text[i] = (u_char) c;

                    str.data = text;
                    str.len = len;

                    wrong += (pt_json_scan(&str)
                              != test_scanned(text, text + len));
                }
            }
        }
    }

    is_int(wrong, 0, "what a scan finds, at each place of a text");
}


static pt_json_rc_e
test_scanned(const u_char *p, const u_char *end)
{
    size_t      len;
    ngx_uint_t  quoted;

    quoted = 0;

    for ( /* void */ ; p < end; p += len) {
        len = test_char(p, end);

        if (len == 0) {
            return (*p == '\0' || *p >= ' ') ? PT_JSON_RC_ENCODING
                                             : PT_JSON_RC_SYNTAX;
        }

        if (*p == '"') {
            quoted = !quoted;
        }
    }

    return quoted ? PT_JSON_RC_SYNTAX : PT_JSON_RC_OK;
}


/* the length of a character or an escape, of those that the texts may have */

static size_t
test_char(const u_char *p, const u_char *end)
{
    if (*p == '\\') {

        if (end - p >= 6 && memcmp(p, "\\uaaaa", 6) == 0) {
            return 6;
        }

        return (end - p >= 2 && p[1] && strchr("\"\\/bfnrt", p[1])) ? 2 : 0;
    }

    if (*p >= 0x80) {
        return (end - p >= 2 && *p >= 0xc2 && *p <= 0xdf
                && p[1] >= 0x80 && p[1] <= 0xbf) ? 2 : 0;
    }

    return (*p >= ' ' || *p == '\t' || *p == '\n' || *p == '\r') ? 1 : 0;
}


static void
test_escape_writer(void)
{
    u_char       all[256], out[1024], text[1026];
    u_char      *end;
    size_t       i;
    ngx_str_t    s;
    test_read_t  rd;

    s = tap_str("plain caf\xc3\xa9 /\x7f");
    end = pt_json_escape(out, &s);
    is_int(end - out, s.len, "nothing to escape");
    ok(memcmp(out, s.data, s.len) == 0, "the bytes are the same");

    s = tap_str("\"\\\b\f\n\r\t");
    end = pt_json_escape(out, &s);
    *end = '\0';
    is_int(end - out, pt_json_escaped(&s), "the size of short escapes");
    s = tap_str((char *) out);
    is_str(&s, "\\\"\\\\\\b\\f\\n\\r\\t", "short escapes");

    s = tap_str("\x01\x0b\x1f");
    end = pt_json_escape(out, &s);
    *end = '\0';
    is_int(end - out, pt_json_escaped(&s), "the size of long escapes");
    s = tap_str((char *) out);
    is_str(&s, "\\u0001\\u000B\\u001F", "long escapes");

    s = tap_str("<a href=\"?b&c\">");
    end = pt_json_escape(out, &s);
    *end = '\0';
    is_int(end - out, pt_json_escaped(&s), "the size of markup");
    s = tap_str((char *) out);
    is_str(&s, "\\u003Ca href=\\\"?b\\u0026c\\\"\\u003E", "markup");

    s = tap_str("a\xc3\xa9\xff" "b\xed\xa0\x80\xf0\x9f\x96");
    end = pt_json_escape(out, &s);
    *end = '\0';
    is_int(end - out, pt_json_escaped(&s), "the size of what is not UTF-8");
    s = tap_str((char *) out);
    is_str(&s, "a\xc3\xa9\\ufffd" "b\\ufffd\\ufffd\\ufffd"
           "\\ufffd\\ufffd\\ufffd", "bytes that are not UTF-8 are replaced");

    s.len = 0;
    s.data = NULL;
    is_int(pt_json_escaped(&s), 0, "the size of nothing");
    ok(pt_json_escape(out, &s) == out, "nothing");

    s.len = 1;
    s.data = (u_char *) "";
    end = pt_json_escape(out, &s);
    ok(end - out == 6 && memcmp(out, "\\u0000", 6) == 0, "NUL");

    for (i = 0; i < 127; i++) {
        all[i] = (u_char) (i + 1);
    }

    s.len = 127;
    s.data = all;

    text[0] = '"';
    end = pt_json_escape(text + 1, &s);
    is_int(end - text - 1, pt_json_escaped(&s), "the size of all of ASCII");
    *end++ = '"';

    test_read_bytes(&rd, text, (size_t) (end - text), &test_exact);
    is_int(rd.rc, PT_JSON_RC_OK, "what is written can be read");
    ok(rd.rc == PT_JSON_RC_OK && rd.root->value.len == 127
       && memcmp(rd.root->value.data, all, 127) == 0, "and is the same");
    test_free(&rd);
}


static void
test_cases(const test_case_t *cases, ngx_uint_t n,
    const pt_json_limits_t *limits)
{
    ngx_uint_t   i;
    test_read_t  rd;

    for (i = 0; i < n; i++) {
        test_read(&rd, cases[i].text, limits);
        is_int(rd.rc, cases[i].rc, cases[i].name);
        test_free(&rd);
    }
}


static void
test_fits(const char *name, u_char *text, size_t len,
    const pt_json_limits_t *limits)
{
    test_read_t  rd;

    test_read_bytes(&rd, text, len, limits);
    is_int(rd.rc, PT_JSON_RC_OK, name);
    test_free(&rd);
}


static void
test_read(test_read_t *rd, const char *text, const pt_json_limits_t *limits)
{
    test_read_bytes(rd, text, strlen(text), limits);
}


static void
test_read_bytes(test_read_t *rd, const void *text, size_t len,
    const pt_json_limits_t *limits)
{
    size_t     size;
    ngx_str_t  str;

    size = pt_json_scratch(len, limits);

    rd->memory = malloc(size);
    rd->text = malloc(len + (len == 0));
    rd->root = NULL;

    memcpy(rd->text, text, len);

    str.data = rd->text;
    str.len = len;

    pt_arena_init(&rd->arena, rd->memory, size);

    rd->rc = pt_json_read(&str, limits, &rd->arena, &rd->root);
}


static pt_json_rc_e
test_rc(const void *text, size_t len)
{
    test_read_t  rd;

    test_read_bytes(&rd, text, len, &test_exact);
    test_free(&rd);

    return rd.rc;
}


static void
test_free(test_read_t *rd)
{
    free(rd->memory);
    free(rd->text);
}
