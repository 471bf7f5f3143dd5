
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Checks encoding and escapes of a text before yajl parses it. */


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_json_scan.h"
#include "pt_hex.h"
#include "pt_swar.h"


/*
 * Marks the bytes of a word that are control characters, backslashes or not
 * ASCII.  Only the first mark is reliable, because the subtraction may borrow
 * into the bytes after it.
 */

#define pt_json_special(word)                                                 \
    (((word)                                                                  \
      | ((word) - pt_swar_each(' '))                                          \
      | (((word) ^ pt_swar_each('\\')) - pt_swar_each(1)))                    \
     & PT_SWAR_MARKS)

#define pt_json_stop(word)                                                    \
    (pt_json_special(word) | pt_json_quotes(word) | pt_json_markup(word))

/* marks "<" and ">", which differ in one bit, and "&" */

#define pt_json_markup(word)                                                  \
    ((((((word) & ~pt_swar_each(0x02)) ^ pt_swar_each('<'))                   \
       - pt_swar_each(1))                                                     \
      | (((word) ^ pt_swar_each('&')) - pt_swar_each(1)))                     \
     & PT_SWAR_MARKS)

/* marks quotes; the marks before the first byte over 0x7f are reliable */

#define pt_json_quotes(word)                                                  \
    ((PT_SWAR_MARKS - ((word) ^ pt_swar_each('"'))) & PT_SWAR_MARKS)


static const u_char *pt_json_scan_special(const u_char *p, const u_char *end,
    pt_json_rc_e *rc);
static const u_char *pt_json_scan_escape(const u_char *p, const u_char *end);


pt_json_rc_e
pt_json_scan(const ngx_str_t *text)
{
    uint64_t       word, special, quotes;
    pt_json_rc_e   rc;
    const u_char  *p, *end;

    p = text->data;
    end = text->data + text->len;
    quotes = 0;

    /*
     * The scan does not separate strings from other text: backslashes and bytes
     * over 0x7f are legal only in strings, and yajl refuses them elsewhere.  It
     * refuses an unclosed string, because yajl would wait for more input even
     * after a complete value.
     */

    for ( ;; ) {

        for ( /* void */ ; end - p >= PT_SWAR_LEN; p += PT_SWAR_LEN) {
            word = pt_swar_load(p);

            if (pt_json_special(word)) {
                break;
            }

            quotes ^= pt_json_quotes(word);
        }

        if (p == end) {
            break;
        }

        word = pt_swar_load_last(p, end);
        special = pt_json_special(word);

        quotes ^= pt_json_quotes(word) & pt_swar_before(special);

        if (special == 0) {
            break;
        }

        p = pt_json_scan_special(p + pt_swar_first(special), end, &rc);

        if (p == NULL) {
            return rc;
        }
    }

    return pt_swar_odd(quotes) ? PT_JSON_RC_SYNTAX : PT_JSON_RC_OK;
}


/* returns the end of a run of special characters; NULL: *rc is set */

static const u_char *
pt_json_scan_special(const u_char *p, const u_char *end, pt_json_rc_e *rc)
{
    *rc = PT_JSON_RC_ENCODING;

    while (p != NULL && p < end) {

        if (*p == '\\') {
            p = pt_json_scan_escape(p, end);

        } else if (*p >= 0x80) {
            p = pt_json_scan_utf8(p, end);

        } else if (*p == '\n' || *p == '\r' || *p == '\t') {
            p++;

        } else if (*p >= ' ') {
            break;

        } else {
            *rc = (*p == '\0') ? PT_JSON_RC_ENCODING : PT_JSON_RC_SYNTAX;
            return NULL;
        }
    }

    return p;
}


const u_char *
pt_json_scan_plain(const u_char *p, const u_char *end)
{
    uint64_t  stop;

    for ( /* void */ ; end - p >= PT_SWAR_LEN; p += PT_SWAR_LEN) {
        stop = pt_json_stop(pt_swar_load(p));

        if (stop) {
            return p + pt_swar_first(stop);
        }
    }

    stop = pt_json_stop(pt_swar_load_last(p, end));

    return stop ? p + pt_swar_first(stop) : end;
}


/* returns the end of an escape or a surrogate pair; NULL: it is not valid */

static const u_char *
pt_json_scan_escape(const u_char *p, const u_char *end)
{
    ngx_int_t  code, low;

    if (end - p < 2) {
        return NULL;
    }

    if (p[1] != 'u') {
        return p[1] != '\0' && ngx_strchr("\"\\/bfnrt", p[1]) ? p + 2 : NULL;
    }

    if (end - p < 6) {
        return NULL;
    }

    code = pt_hex(p + 2, 4);

    if (code <= 0 || (code >= 0xdc00 && code <= 0xdfff)) {
        return NULL;
    }

    if (code < 0xd800 || code > 0xdbff) {
        return p + 6;
    }

    if (end - p < 12 || p[6] != '\\' || p[7] != 'u') {
        return NULL;
    }

    low = pt_hex(p + 8, 4);

    return low >= 0xdc00 && low <= 0xdfff ? p + 12 : NULL;
}


/* well-formed sequences: the Unicode Standard, table 3-7 */

const u_char *
pt_json_scan_utf8(const u_char *p, const u_char *end)
{
    u_char  lead, low, high;
    size_t  i, n;

    lead = *p;

    if (lead < 0xc2 || lead > 0xf4) {
        return NULL;
    }

    n = (lead < 0xe0) ? 2 : (lead < 0xf0) ? 3 : 4;

    if ((size_t) (end - p) < n) {
        return NULL;
    }

    /* excludes overlong forms, surrogates and code points over U+10FFFF */

    low = (lead == 0xe0) ? 0xa0 : (lead == 0xf0) ? 0x90 : 0x80;
    high = (lead == 0xed) ? 0x9f : (lead == 0xf4) ? 0x8f : 0xbf;

    if (p[1] < low || p[1] > high) {
        return NULL;
    }

    for (i = 2; i < n; i++) {
        if (p[i] < 0x80 || p[i] > 0xbf) {
            return NULL;
        }
    }

    return p + n;
}
