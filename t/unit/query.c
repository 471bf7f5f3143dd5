
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_query.h"


static void test_accepted(void);
static void test_refused(void);

static ngx_int_t query(pt_query_t *q, const char *args);


int
main(void)
{
    test_accepted();
    test_refused();

    return tap_done();
}


static void
test_accepted(void)
{
    pt_query_t  q;

    is_int(query(&q, ""), NGX_OK, "no arguments");
    is_int(q.top, 0, "without $top");
    is_int(q.states, PT_ANY_STATE, "without $filter");
    ok(q.skip.data == NULL, "without $skiptoken");

    is_int(query(&q, "a=1&&b&=&top=5&a=2&%24"), NGX_DECLINED, "\"$\" alone");
    is_int(query(&q, "a=1&&b&=&top=5&a=2&x%24y"), NGX_OK, "other arguments");

    is_int(query(&q, "$top=100"), NGX_OK, "$top");
    is_int(q.top, 100, "its value");
    is_int(query(&q, "%24t%6Fp=%31"), NGX_OK, "with escapes");
    is_int(q.top, 1, "their value");

    is_int(query(&q, "$filter=status/state%20eq%20'pending'&$skiptoken=a%2Db"),
           NGX_OK, "$filter and $skiptoken");
    is_int(q.states, pt_state_bit(PT_PENDING), "a state");
    is_str(&q.skip, "a-b", "a token");

    is_int(query(&q, "$filter=+status%2Fstate+eq++%27Aborted%27+"), NGX_OK,
           "$filter as a form has it");
    is_int(q.states, pt_state_bit(PT_ABORTED), "a state in any case");
    is_int(q.overdue, 0, "without overdue");

    is_int(query(&q, "overdue=true&$top=5"), NGX_OK, "overdue");
    is_int(q.overdue, 1, "overdue tasks");
    is_int(q.top, 5, "and $top");
    is_int(query(&q, "overdue=false"), NGX_OK, "overdue=false");
    is_int(q.overdue, 0, "all tasks");
    is_int(query(&q, "overdu%65=%74rue"), NGX_OK, "overdue with escapes");
    is_int(q.overdue, 1, "overdue tasks");
    is_int(query(&q, "overdues=x&xoverdue=1&$top=1"), NGX_OK, "longer names");
    is_int(q.overdue, 0, "are others");
}


static void
test_refused(void)
{
    ngx_uint_t  i;
    pt_query_t  q;

    static const struct {
        const char  *args, *option;
    } refused[] = {
        { "$orderby=id", "$orderby" },
        { "a=b&$select", "$select" },
        { "$top=5&$expand=definition", "$expand" },
        { "$a\x80\n\"=", "$a??\"" },
        { "$top=0", "$top" },
        { "$top=", "$top" },
        { "$top", "$top" },
        { "$top=101", "$top" },
        { "$top=-1", "$top" },
        { "$top=1.0", "$top" },
        { "$top=99999999999999999999999999999999999999999", "$top" },
        { "$top=5&$top=5", "$top" },
        { "$top=5&%24TOP=5", "$TOP" },
        { "$skiptoken=", "$skiptoken" },
        { "$skiptoken=a&$skiptoken=a", "$skiptoken" },
        { "$filter=", "$filter" },
        { "$filter=status/state", "$filter" },
        { "$filter=status/state eq", "$filter" },
        { "$filter=status/state eq pending", "$filter" },
        { "$filter=status/state eq ''", "$filter" },
        { "$filter=status/state eq '", "$filter" },
        { "$filter=status/state eq 'gone'", "$filter" },
        { "$filter=status/state ne 'pending'", "$filter" },
        { "$filter=id eq 'pending'", "$filter" },
        { "$filter=status/state eq 'pending' or true", "$filter" },
        { "$filter=status/state eq 'pending'&$filter=a", "$filter" },
        { "overdue", "overdue" },
        { "overdue=", "overdue" },
        { "overdue=1", "overdue" },
        { "overdue=true ", "overdue" },
        { "overdue=truefalse", "overdue" },
        { "overdue=true&overdue=true", "overdue" },
        { "overdue=false&overdue=true", "overdue" },
    };

    for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        is_int(query(&q, refused[i].args), NGX_DECLINED, refused[i].args);
        is_str(&q.option, refused[i].option, "the option");
    }

    is_int(query(&q, "$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=1"),
           NGX_DECLINED, "a name");
    is_int(q.option.len, PT_QUERY_OPTION_MAX, "is cut off");
}


static ngx_int_t
query(pt_query_t *q, const char *args)
{
    ngx_str_t       text;
    static u_char  *buf;

    text = tap_str(args);

    free(buf);
    buf = malloc(text.len + 1);

    return pt_query_read(&text, buf, 100, q);
}
