
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_number.h"


static void test_integers(void);
static void test_refused(void);
static void test_long(void);

static ngx_int_t test_read(const char *text, size_t len, int64_t *value);


int
main(void)
{
    test_integers();
    test_refused();
    test_long();

    return tap_done();
}


static void
test_integers(void)
{
    size_t   i;
    int64_t  value;

    static const struct {
        const char  *text;
        int64_t      value;
    } cases[] = {
        { "0", 0 },
        { "0.0", 0 },
        { "0e999999999999999999999", 0 },
        { "0.000e-5", 0 },
        { "1", 1 },
        { "10", 10 },
        { "1.0", 1 },
        { "1e0", 1 },
        { "1e3", 1000 },
        { "1E+3", 1000 },
        { "1000e-3", 1 },
        { "1.5e1", 15 },
        { "0.001e3", 1 },
        { "120.00", 120 },
        { "1700000000", 1700000000 },
        { "1.7e9", 1700000000 },
        { "1.700000000e9", 1700000000 },
        { "17000000000000e-4", 1700000000 },
        { "9007199254740991", 9007199254740991 },
        { "9007199254740992", 9007199254740992 },
        { "9007199254740992.000", 9007199254740992 },
        { "900719925474099200e-2", 9007199254740992 }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        value = -1;
        test_read(cases[i].text, strlen(cases[i].text), &value);
        is_int(value, cases[i].value, cases[i].text);
    }
}


static void
test_refused(void)
{
    size_t   i;
    int64_t  value;

    static const char  *refused[] = {
        "-1", "-0", "-1e3", "-",
        "0.5", "1.5", "1e-1", "15e-1", "1.05e1", "1e-999999999999999999999",
        "1700000000.0000000001",
        "9007199254740993", "9007199254740992.5", "9007199254740992.0000001",
        "90071992547409920", "1e16", "1e300", "1e999999999999999999999",
        "18446744073709551616", "18446744075409551616",
        "0.1e-1", "123456789012345678901234567890e-10"
    };

    for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        is_int(test_read(refused[i], strlen(refused[i]), &value), NGX_ERROR,
               refused[i]);
    }
}


static void
test_long(void)
{
    char     text[PT_NUMBER_MAX_LEN + 1];
    int64_t  value;

    memset(text, '0', sizeof(text));

    value = -1;
    test_read(text, PT_NUMBER_MAX_LEN, &value);
    is_int(value, 0, "1024 zeros");

    is_int(test_read(text, PT_NUMBER_MAX_LEN + 1, &value), NGX_ERROR,
           "1025 zeros");

    text[0] = '7';
    memcpy(&text[PT_NUMBER_MAX_LEN - 6], "e-1017", 6);

    value = -1;
    test_read(text, PT_NUMBER_MAX_LEN, &value);
    is_int(value, 7, "7 and 1017 zeros that the exponent takes away");

    text[PT_NUMBER_MAX_LEN - 1] = '8';
    is_int(test_read(text, PT_NUMBER_MAX_LEN, &value), NGX_ERROR,
           "the same with one zero less");

    text[PT_NUMBER_MAX_LEN - 1] = '6';

    value = -1;
    test_read(text, PT_NUMBER_MAX_LEN, &value);
    is_int(value, 70, "the same with one zero more");

    memset(text, '9', sizeof(text));
    is_int(test_read(text, PT_NUMBER_MAX_LEN, &value), NGX_ERROR,
           "1024 nines");
}


static ngx_int_t
test_read(const char *text, size_t len, int64_t *value)
{
    u_char     *copy;
    ngx_int_t   rc;
    ngx_str_t   number;

    /* of its very length, so that a sanitizer sees any byte over */

    copy = malloc(len);
    memcpy(copy, text, len);

    number.data = copy;
    number.len = len;

    rc = pt_number_integer(&number, value);

    free(copy);

    return rc;
}
