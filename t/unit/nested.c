
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_nested.h"


static pt_reason_e test_nested(const char *text);


int
main(void)
{
    ngx_uint_t   i;

    static const char  *without[] = {
        "{}", "[]", "1", "null", "{\"a\":{\"b\":[{\"c\":1}]}}",
        "{\"task\":1,\"tasksx\":2,\"xtasks\":3,\"a\":\"tasks\"}",
        "{\"task@s\":1,\"a@tasks\":2,\"displayName\":\"tasks@delta\"}"
    };

    static const char  *with[] = {
        "{\"tasks\":[]}", "{\"tasks\":null}", "{\"TASKS\":1}",
        "{\"tasks@delta\":[]}", "{\"Tasks@odata.bind\":[]}",
        "{\"tasks@\":1}", "{\"\\u0074asks\":[]}", "[{\"tasks\":[]}]",
        "{\"a\":{\"b\":[1,{\"c\":{\"tasks\":{}}}]}}"
    };

    for (i = 0; i < sizeof(without) / sizeof(without[0]); i++) {
        is_int(test_nested(without[i]), PT_OK, without[i]);
    }

    for (i = 0; i < sizeof(with) / sizeof(with[0]); i++) {
        is_int(test_nested(with[i]), PT_NESTED_TASKS, "tasks");
    }

    is_int(test_nested(""), PT_JSON_SYNTAX, "nothing");
    is_int(test_nested("{\"a\":"), PT_JSON_SYNTAX, "no JSON");
    is_int(test_nested("{\"a\":1,\"A\":2}"), PT_JSON_DUPLICATE, "twice");

    return tap_done();
}


static pt_reason_e
test_nested(const char *text)
{
    u_char       *scratch;
    ngx_str_t     s;
    pt_arena_t    arena;
    pt_reason_e   reason;

    s = tap_str(text);

    scratch = malloc(pt_nested_scratch(s.len));
    pt_arena_init(&arena, scratch, pt_nested_scratch(s.len));

    reason = pt_nested_read(&s, &arena);

    free(scratch);

    return reason;
}
