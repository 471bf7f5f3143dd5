
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_outcome.h"


/* as letters: accepted, unchanged, ended and not known, open */

static const char  test_letters[] = "AUEO";


static void test_statuses(void);
static void test_others(void);


int
main(void)
{
    test_statuses();
    test_others();

    return tap_done();
}


static void
test_statuses(void)
{
    char    name[32];
    size_t  i;

    static const struct {
        ngx_uint_t  status;
        char        outcome;
    } cases[] = {
        { 200, 'A' }, { 201, 'A' }, { 202, 'O' }, { 203, 'A' }, { 204, 'A' },
        { 206, 'A' }, { 299, 'A' },
        { 300, 'E' }, { 302, 'E' }, { 307, 'E' }, { 399, 'E' },
        { 400, 'U' }, { 401, 'U' }, { 403, 'U' }, { 404, 'E' }, { 405, 'U' },
        { 409, 'E' }, { 410, 'E' }, { 412, 'E' }, { 413, 'U' }, { 422, 'U' },
        { 429, 'U' }, { 499, 'U' },
        { 500, 'E' }, { 501, 'E' }, { 502, 'O' }, { 503, 'E' }, { 504, 'O' },
        { 505, 'E' }, { 507, 'E' }, { 511, 'E' },
        { 512, 'O' }, { 520, 'O' }, { 522, 'O' }, { 524, 'O' }, { 598, 'O' }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        snprintf(name, sizeof(name), "%u", (unsigned) cases[i].status);

        is_int(test_letters[pt_outcome(cases[i].status)], cases[i].outcome,
               name);
    }
}


/* what is not a status of HTTP ends nothing */

static void
test_others(void)
{
    ngx_uint_t  status, open;

    open = 0;

    for (status = 0; status < 200; status++) {
        open += (pt_outcome(status) == PT_OUTCOME_OPEN);
    }

    is_int(open, 200, "less than 200");

    open = 0;

    for (status = 600; status < 1000; status++) {
        open += (pt_outcome(status) == PT_OUTCOME_OPEN);
    }

    is_int(open, 400, "600 and more");
}
