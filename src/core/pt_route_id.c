
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "pt_route_id.h"


#define PT_GUID_LEN  36




/* A-Z a-z 0-9 . _ ~ - */

const uint32_t  pt_route_id_chars[8] = {
    0x00000000,

                /* ?>=< ;:98 7654 3210  /.-, +*)( '&%$ #"!  */
    0x03ff6000, /* 0000 0011 1111 1111  0110 0000 0000 0000 */

                /* _^]\ [ZYX WVUT SRQP  ONML KJIH GFED CBA@ */
    0x87fffffe, /* 1000 0111 1111 1111  1111 1111 1111 1110 */

                /*  ~}| {zyx wvut srqp  onml kjih gfed cba` */
    0x47fffffe, /* 0100 0111 1111 1111  1111 1111 1111 1110 */

    0x00000000,
    0x00000000,
    0x00000000,
    0x00000000
};


ngx_uint_t
pt_route_id(const ngx_str_t *id)
{
    size_t  i, dots;

    if (id->len == 0 || id->len > PT_ID_MAX) {
        return 0;
    }

    dots = 0;

    for (i = 0; i < id->len; i++) {
        if (!pt_route_is_id_char(id->data[i])) {
            return 0;
        }

        dots += (id->data[i] == '.');
    }

    return dots != id->len;
}


u_char *
pt_route_id_key(u_char *dst, const ngx_str_t *id)
{
    size_t  i;

    if (id->len == 0) {
        /* data may be NULL */
        return dst;
    }

    if (!pt_route_is_guid(id)) {
        return ngx_cpymem(dst, id->data, id->len);
    }

    for (i = 0; i < id->len; i++) {
        *dst++ = ngx_tolower(id->data[i]);
    }

    return dst;
}


ngx_uint_t
pt_route_is_guid(const ngx_str_t *id)
{
    u_char  ch;
    size_t  i;

    if (id->len != PT_GUID_LEN) {
        return 0;
    }

    for (i = 0; i < PT_GUID_LEN; i++) {
        ch = ngx_tolower(id->data[i]);

        if (i == 8 || i == 13 || i == 18 || i == 23) {

            if (ch != '-') {
                return 0;
            }

            continue;
        }

        if (!(ch >= '0' && ch <= '9') && !(ch >= 'a' && ch <= 'f')) {
            return 0;
        }
    }

    return 1;
}
