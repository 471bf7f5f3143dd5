
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_record_query.h"


static void test_is(void);
static void test_accepted(void);
static void test_refused(void);

static const char *query(pt_record_query_t *q, const char *args);


int
main(void)
{
    test_is();
    test_accepted();
    test_refused();

    return tap_done();
}


static void
test_is(void)
{
    ngx_uint_t  i;
    ngx_str_t   s;

    static const char  *others[] = {
        "", "&", "=", "a=1", "tasks=1", "Task=1", "a&b&", "xtask", "=task"
    };
    static const char  *names[] = {
        "task", "task=", "a=1&key=2", "&&realm=&", "store=1", "tenant", "a&"
        "definition=d"
    };

    for (i = 0; i < sizeof(others) / sizeof(char *); i++) {
        s.data = (u_char *) others[i];
        s.len = strlen(others[i]);
        ok(!pt_record_query_is(&s), others[i]);
    }

    for (i = 0; i < sizeof(names) / sizeof(char *); i++) {
        s.data = (u_char *) names[i];
        s.len = strlen(names[i]);
        ok(pt_record_query_is(&s), names[i]);
    }
}


static void
test_accepted(void)
{
    pt_record_query_t  q;

    ok(query(&q, "definition=d&task=%74-1&tenant=a") == NULL, "a task");
    is_str(&q.definition, "d", "its definition");
    is_str(&q.task, "t-1", "its id");
    is_str(&q.tenant, "a", "its tenant");
    ok(q.key.data == NULL && q.store.data == NULL && q.realm.data == NULL,
       "what is not given");

    ok(query(&q, "&task=t&&definition=d&tenant=&realm=&store=redis:%2Fa+b/1")
       == NULL, "the rest");
    is_str(&q.store, "redis:/a+b/1", "a store");
    ok(q.realm.data != NULL && q.realm.len == 0, "an empty realm");

    ok(query(&q, "key=a%C3%A4/b=c&store=x") == NULL, "a key");
    is_str(&q.key, "a\xc3\xa4/b=c", "its bytes");
}


static void
test_refused(void)
{
    ngx_uint_t         i;
    pt_record_query_t  q;

    static const char  *args[] = {
        "", "task=t", "definition=d", "definition=d&task=", "task&definition=d",
        "definition=d&task=.", "definition=d&task=a/b", "definition=d&task=%7d",
        "definition=d&task=t&tenant=a%2Fb", "definition=d&task=t&a=b",
        "definition=d&task=t&task=t", "definition=d&task=%", "key", "key=",
        "definition=d&task=%4", "definition=d&task=%4g", "key=%00", "key=%7f",
        "definition=d&task=t&store=a%0ab", "key=a&key=b", "key=a&realm=b",
        "key=a&task=t", "key=a&tenant=t", "key=a&definition=t",
        "definition=d&task=t&%74ask=t"
    };

    for (i = 0; i < sizeof(args) / sizeof(char *); i++) {
        ok(query(&q, args[i]) != NULL, args[i]);
    }
}


/* with memory of just the size, so that nothing is written behind it */

static const char *
query(pt_record_query_t *q, const char *args)
{
    ngx_str_t         s;
    const char       *wrong;
    static u_char    *text, *buf;

    free(text);
    free(buf);

    s.len = strlen(args);
    text = malloc(s.len + 1);
    buf = malloc(s.len + 1);

    memcpy(text, args, s.len);
    s.data = text;

    wrong = pt_record_query_read(&s, buf, q);

    return wrong;
}
