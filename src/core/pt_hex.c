
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Reads hexadecimal digits in either case. */


#include "pt_hex.h"


ngx_int_t
pt_hex(const u_char *p, size_t n)
{
    u_char     ch;
    ngx_int_t  value;

    value = 0;

    for ( /* void */ ; n; n--) {
        ch = *p++;

        if (ch >= '0' && ch <= '9') {
            value = value * 16 + (ch - '0');
            continue;
        }

        ch |= 0x20;

        if (ch < 'a' || ch > 'f') {
            return NGX_ERROR;
        }

        value = value * 16 + (ch - 'a' + 10);
    }

    return value;
}
