
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Checks ids of definitions and tasks. */


#include "pt_route_id.h"


#define PT_GUID_LEN  36


static ngx_uint_t pt_route_is_hex(const u_char *p, size_t n);


/* as in ngx_http_parse_header_line(); 256 bytes with the one that ends it */

const u_char  pt_route_lowcase[] =
    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
    "\0\0\0\0\0\0\0\0\0\0\0\0\0-.\0" "0123456789\0\0\0\0\0\0"
    "\0abcdefghijklmnopqrstuvwxyz\0\0\0\0_"
    "\0abcdefghijklmnopqrstuvwxyz\0\0\0~\0"
    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";


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
        *dst++ = pt_route_lowcase[id->data[i]];
    }

    return dst;
}


ngx_uint_t
pt_route_is_guid(const ngx_str_t *id)
{
    const u_char  *p;

    p = id->data;

    return id->len == PT_GUID_LEN
           && pt_route_is_hex(p, 8)
           && p[8] == '-'
           && pt_route_is_hex(p + 9, 4)
           && p[13] == '-'
           && pt_route_is_hex(p + 14, 4)
           && p[18] == '-'
           && pt_route_is_hex(p + 19, 4)
           && p[23] == '-'
           && pt_route_is_hex(p + 24, 12);
}


static ngx_uint_t
pt_route_is_hex(const u_char *p, size_t n)
{
    u_char  ch;

    while (n--) {
        ch = pt_route_lowcase[*p++];

        if (!(ch >= '0' && ch <= '9') && !(ch >= 'a' && ch <= 'f')) {
            return 0;
        }
    }

    return 1;
}
