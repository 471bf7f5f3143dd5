
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_etag.h"


static void test_write(void);
static void test_lists(void);
static void test_has(void);

static void list(ngx_str_t *revs, const char *field);
static u_char  memory[256];


int
main(void)
{
    test_write();
    test_lists();
    test_has();

    return tap_done();
}


static void
test_write(void)
{
    u_char     tag[PT_ETAG_MAX];
    ngx_str_t  s;

    s.data = tag;
    s.len = pt_etag_write(tag, 0) - tag;
    is_str(&s, "\"0\"", "the tag of a record without a revision");

    s.len = pt_etag_write(tag, 1796000000123ull) - tag;
    is_str(&s, "\"1796000000123\"", "a revision that began at the clock");

    s.len = pt_etag_write(tag, (uint64_t) -1) - tag;
    is_str(&s, "\"18446744073709551615\"", "the highest one");
}


static void
test_lists(void)
{
    ngx_uint_t  i;
    ngx_str_t   revs;

    static const struct {
        const char  *field, *revs;
    } lists[] = {
        { "", " " },
        { "*", "*" },
        { "\"7\"", " 7 " },
        { "W/\"7\"", " 7 " },
        { "\"7\", W/\"9\",\"0\"", " 7 9 0 " },
        { " ,\t\"7\" ,, \"9\" ,", " 7 9 " },
        { "\"\"", " " },
        { "\"07\"", " " },
        { "\"7a\", \"-7\", \"\xc3\xa9\"", " " },
        { "\"00000000000000000000000000000000\"", " " },
        { "\"7,8\",\"9\"", " 9 " },

        { "7", " " },
        { "\"", " " },
        { "\"7", " " },
        { "W/7", " " },
        { "W/", " " },
        { "w/\"7\"", " " },
        { "\"7\" \"8\"", " " },
        { "\"7\"\"8\"", " " },
        { "\"7 8\"", " " },
        { "\"7\", *", " " },
        { "*, \"7\"", " " },
        { "**", " " },
    };

    for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {

        list(&revs, lists[i].field);
        is_str(&revs, lists[i].revs, lists[i].field);
    }
}


static void
test_has(void)
{
    ngx_str_t  revs;

    list(&revs, "*");
    is_int(pt_etag_list_has(&revs, 0), 1, "* is any");

    list(&revs, "\"17\", \"9\"");
    is_int(pt_etag_list_has(&revs, 17), 1, "the first");
    is_int(pt_etag_list_has(&revs, 9), 1, "the last");
    is_int(pt_etag_list_has(&revs, 7), 0, "a part of one");
    is_int(pt_etag_list_has(&revs, 179), 0, "two together");

    list(&revs, "");
    is_int(pt_etag_list_has(&revs, 0), 0, "nothing is in an empty list");
}


/* in memory that is just enough, so that the sanitizer sees more than that */

static void
list(ngx_str_t *revs, const char *text)
{
    size_t     len;
    ngx_str_t  field;
    u_char    *data;

    len = strlen(text);

    data = malloc(pt_etag_list_size(len));

    field.data = (u_char *) text;
    field.len = len;

    pt_etag_list(data, &field, revs);

    memcpy(memory, data, revs->len);
    revs->data = memory;

    free(data);
}
