
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_base64.h"
#include "pt_certificate.h"


/* RFC 8705, appendix A, and the digest that it has for the certificate */

#define LINE1                                                                 \
    "MIIBBjCBrAIBAjAKBggqhkjOPQQDAjAP"                                        \
    "MQ0wCwYDVQQDDARtdGxzMB4XDTE4MTAx"
#define LINE2                                                                 \
    "ODEyMzcwOVoXDTIyMDUwMjEyMzcwOVow"                                        \
    "DzENMAsGA1UEAwwEbXRsczBZMBMGByqG"
#define LINE3                                                                 \
    "SM49AgEGCCqGSM49AwEHA0IABNcnyxwq"                                        \
    "V6hY8QnhxxzFQ03C7HKW9OylMbnQZjjJ"
#define LINE4                                                                 \
    "/Au08/coZwxS7LfA4vOLS9WuneIXhbGG"                                        \
    "WvsDSb0tH6IxLm8wCgYIKoZIzj0EAwID"
#define LINE5                                                                 \
    "SQAwRgIhAP0RC1E+vwJD/D1AGHGzuri+"                                        \
    "hlV/PpQEKTWUVeORWz83AiEA5x2eXZOV"
#define LINE6                                                                 \
    "bUlJSGQgjwD5vaUaKl"                                                      \
    "LR50Q2DmFfQj1L+SY="

#define BEGIN  "-----BEGIN CERTIFICATE-----"
#define END    "-----END CERTIFICATE-----"
#define ONE    LINE1 LINE2 LINE3 LINE4 LINE5 LINE6

#define LINES(eol)                                                            \
    LINE1 eol LINE2 eol LINE3 eol LINE4 eol LINE5 eol LINE6 eol

/* "+", "/" and "=" are escaped as well */

#define ESCAPED                                                               \
    "-----BEGIN%20CERTIFICATE-----%0A" LINE1 "%0a" LINE2 "%0A" LINE3 "%0A"    \
    "%2FAu08%2fcoZwxS7LfA4vOLS9WuneIXhbGGWvsDSb0tH6IxLm8wCgYIKoZIzj0EAwID"    \
    "%0ASQAwRgIhAP0RC1E%2BvwJD%2FD1AGHGzuri%2bhlV%2FPpQEKTWUVeORWz83AiEA5x2"  \
    "eXZOV%0AbUlJSGQgjwD5vaUaKlLR50Q2DmFfQj1L%2BSY%3D"                        \
    "%0A-----END%20CERTIFICATE-----%0A"


static void test_good(void);
static void test_bad(void);
static void test_length(void);
static void test_changes(void);

static ngx_int_t test_digest(const char *value);


static u_char  digest[PT_CERTIFICATE_DIGEST];


int
main(void)
{
    test_good();
    test_bad();
    test_length();
    test_changes();

    return tap_done();
}


static void
test_good(void)
{
    u_char      want[PT_CERTIFICATE_DIGEST];
    ngx_str_t   x5t, got;
    ngx_uint_t  i;

    static const struct {
        const char  *value;
        const char  *name;
    } cases[] = {
        { BEGIN "\n" LINES("\n") END "\n", "PEM" },
        { BEGIN "\n" LINES("\n") END, "PEM without its last line feed" },
        { BEGIN "\r\n" LINES("\r\n") END "\r\n", "PEM of another system" },
        { BEGIN "\n\t" LINES("\n\t") END "\n",
          "PEM as in $ssl_client_cert" },
        { BEGIN " " LINES(" ") END, "PEM in one line" },
        { BEGIN ONE END, "PEM in one line without blanks" },
        { ESCAPED, "PEM with escapes" },
        { ":" ONE ":", "base64 between colons (RFC 9440)" },
        { ONE, "base64 alone" },
        { " " LINES("\n") "\n", "base64 in lines" }
    };

    got.data = want;
    x5t = tap_str("A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0");
    (void) pt_base64url_decode(&got, &x5t);

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        is_int(test_digest(cases[i].value), NGX_OK, cases[i].name);
        ok(memcmp(digest, want, PT_CERTIFICATE_DIGEST) == 0,
           "... the digest of RFC 8705");
    }
}


static void
test_bad(void)
{
    ngx_uint_t  i;

    static const struct {
        const char  *value;
        const char  *name;
    } cases[] = {
        { "", "nothing" },
        { " \n", "blanks" },
        { "-", "a dash" },
        { "DCA2-", "a dash after a digit" },
        { "DCA2----", "dashes after digits" },
        { "DC=2", "padding among digits" },
        { BEGIN END, "PEM of nothing" },
        { BEGIN "\n" LINES("\n"), "PEM without its end" },
        { LINES("\n") END "\n", "PEM without its beginning" },
        { BEGIN "\n" LINES("\n") END "\n" BEGIN "\n" LINES("\n") END "\n",
          "two certificates" },
        { "-----BEGIN PUBLIC KEY-----\n" LINES("\n")
          "-----END PUBLIC KEY-----\n", "a key" },
        { "-----BEGIN TRUSTED CERTIFICATE-----\n" LINES("\n")
          "-----END TRUSTED CERTIFICATE-----\n",
          "a certificate with more in it" },
        { "subject=mtls\n" BEGIN "\n" LINES("\n") END "\n",
          "text before it" },
        { "::", "nothing between colons" },
        { ":", "a colon" },
        { ":" ONE, "one colon" },
        { ":" ONE ":;x=1", "parameters after it" },
        { ":" ONE ":, :" ONE ":", "two fields in one" },
        { ONE "," ONE, "two values" },
        { ONE "=", "too much padding" },
        { ONE "====", "a group of padding" },
        { ONE ONE, "padding within" },
        { LINE1 "A", "a group of one" },
        { LINE1 "AA", "a group of two" },
        { LINE1 "AAA", "a group of three" },
        { LINE1 "A===", "a group of one with padding" },
        { LINE1 "AA=A", "a digit after padding" },
        { LINE1 "_-8=", "base64url" },
        { LINE1 "A\x01" "AA", "a control character" },
        { LINE1 "\xc3\xa4" "AA", "a letter that is not ASCII" },
        { LINE1 "%", "an escape without digits" },
        { LINE1 "%4", "an escape with one digit" },
        { LINE1 "%4x", "an escape with a bad digit" },
        { LINE1 "%-1", "an escape with a sign" },
        { LINE1 "%2541", "an escape of an escape" },
        { LINE1 "%00AAA", "an escape of NUL" },
        { "Hash=" ONE, "a field of another proxy" }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        is_int(test_digest(cases[i].value), NGX_DECLINED, cases[i].name);
    }
}


static void
test_length(void)
{
    char  *value;

    value = malloc(PT_CERTIFICATE_MAX + 5);

    memset(value, 'A', PT_CERTIFICATE_MAX);
    value[PT_CERTIFICATE_MAX] = '\0';
    is_int(test_digest(value), NGX_OK, "the longest value");

    memcpy(value + PT_CERTIFICATE_MAX, "AAAA", 5);
    is_int(test_digest(value), NGX_DECLINED, "a longer one");

    free(value);
}


/* of any byte that has another value, the digest is another one, or none */

static void
test_changes(void)
{
    char       *value;
    u_char      want[PT_CERTIFICATE_DIGEST];
    ngx_uint_t  i, same;

    value = strdup(ONE);
    same = 0;

    (void) test_digest(value);
    memcpy(want, digest, PT_CERTIFICATE_DIGEST);

    /* two bits of the last digit are not used */

    for (i = 0; i < sizeof(ONE) - 3; i++) {
        value[i] ^= 4;

        same += (test_digest(value) == NGX_OK
                 && memcmp(want, digest, PT_CERTIFICATE_DIGEST) == 0);

        value[i] ^= 4;
    }

    is_int(same, 0, "another certificate has another digest");

    free(value);
}


/* the value has no byte of memory after it */

static ngx_int_t
test_digest(const char *value)
{
    u_char     *copy;
    ngx_int_t   rc;
    ngx_str_t   text;

    text.len = strlen(value);

    copy = malloc(text.len ? text.len : 1);
    memcpy(copy, value, text.len);
    text.data = copy;

    memset(digest, 0, PT_CERTIFICATE_DIGEST);

    rc = pt_certificate_digest(&text, digest);

    free(copy);

    return rc;
}
