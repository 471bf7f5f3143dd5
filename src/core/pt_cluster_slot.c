
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Computes hash slots and parses redirections of Redis Cluster. */


#include "pt_cluster_slot.h"


static uint16_t pt_crc16(const u_char *p, const u_char *last);
static const u_char *pt_redirect_number(const u_char *p, const u_char *last,
    ngx_uint_t max, ngx_uint_t *number);


static const ngx_str_t  pt_moved = ngx_string("MOVED ");
static const ngx_str_t  pt_ask = ngx_string("ASK ");


ngx_uint_t
pt_cluster_slot(const ngx_str_t *key)
{
    const u_char  *p, *tag, *last;

    p = key->data;
    last = key->data + key->len;

    while (p < last && *p != '{') {
        p++;
    }

    for (tag = p + 1; tag < last; tag++) {

        if (*tag == '}') {

            if (tag > p + 1) {
                return pt_crc16(p + 1, tag) % PT_CLUSTER_SLOTS;
            }

            break;
        }
    }

    return pt_crc16(key->data, last) % PT_CLUSTER_SLOTS;
}


/* CRC-16/XMODEM, half a byte at a time */

static uint16_t
pt_crc16(const u_char *p, const u_char *last)
{
    uint16_t  crc;

    static const uint16_t  table[] = {
        0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50a5, 0x60c6, 0x70e7,
        0x8108, 0x9129, 0xa14a, 0xb16b, 0xc18c, 0xd1ad, 0xe1ce, 0xf1ef
    };

    crc = 0;

    for ( /* void */ ; p < last; p++) {
        crc = (uint16_t) (crc << 4) ^ table[(crc >> 12) ^ (*p >> 4)];
        crc = (uint16_t) (crc << 4) ^ table[(crc >> 12) ^ (*p & 0x0f)];
    }

    return crc;
}


ngx_int_t
pt_redirect_read(const ngx_str_t *error, pt_redirect_t *redirect)
{
    ngx_uint_t     port;
    const u_char  *p, *colon, *last;

    p = error->data;
    last = error->data + error->len;

    if (error->len > pt_moved.len
        && ngx_memcmp(p, pt_moved.data, pt_moved.len) == 0)
    {
        redirect->ask = 0;
        p += pt_moved.len;

    } else if (error->len > pt_ask.len
               && ngx_memcmp(p, pt_ask.data, pt_ask.len) == 0)
    {
        redirect->ask = 1;
        p += pt_ask.len;

    } else {
        return NGX_DECLINED;
    }

    p = pt_redirect_number(p, last, PT_CLUSTER_SLOTS - 1, &redirect->slot);

    if (p == NULL || p == last || *p++ != ' ') {
        return NGX_DECLINED;
    }

    for (colon = last; colon > p && colon[-1] != ':'; colon--) {
        /* void */
    }

    if (colon == p
        || pt_redirect_number(colon, last, 65535, &port) != last
        || port == 0)
    {
        return NGX_DECLINED;
    }

    redirect->host.data = (u_char *) p;
    redirect->host.len = colon - 1 - p;
    redirect->port = (in_port_t) port;

    return NGX_OK;
}


/* the end of the number; NULL: no number, or a number over the limit */

static const u_char *
pt_redirect_number(const u_char *p, const u_char *last, ngx_uint_t max,
    ngx_uint_t *number)
{
    const u_char  *start;

    start = p;
    *number = 0;

    for ( /* void */ ; p < last && *p >= '0' && *p <= '9'; p++) {
        *number = *number * 10 + (*p - '0');

        if (*number > max) {
            return NULL;
        }
    }

    return (p > start) ? p : NULL;
}
