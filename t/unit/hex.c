
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_hex.h"


static ngx_int_t
test_hex(const char *text)
{
    u_char     *copy;
    size_t      len;
    ngx_int_t   value;

    /* of its very length, so that a sanitizer sees any byte over */

    len = strlen(text);

    copy = malloc(len);
    memcpy(copy, text, len);

    value = pt_hex(copy, len);

    free(copy);

    return value;
}


int
main(void)
{
    u_char      text[2];
    ngx_uint_t  ch, wrong;

    is_int(test_hex("0"), 0, "one digit");
    is_int(test_hex("2f"), 0x2f, "two digits");
    is_int(test_hex("DeAd"), 0xdead, "four digits in both cases");
    is_int(test_hex("fffffff"), 0xfffffff, "seven digits");
    is_int(test_hex("00g0"), NGX_ERROR, "a letter that is no digit");

    wrong = 0;

    for (ch = 0; ch < 256; ch++) {
        text[0] = '1';
        text[1] = (u_char) ch;

        if (ch != 0 && strchr("0123456789abcdefABCDEF", (int) ch)) {
            wrong += pt_hex(text, 2) < 0x10 || pt_hex(text, 2) > 0x1f;

        } else {
            wrong += pt_hex(text, 2) != NGX_ERROR;
        }
    }

    is_int(wrong, 0, "each byte is a digit or an error");

    return tap_done();
}
