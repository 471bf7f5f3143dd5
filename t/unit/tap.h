
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* the Test Anything Protocol, for the unit tests of src/core */


#ifndef _TAP_H_INCLUDED_
#define _TAP_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>


static unsigned  tap_count;
static unsigned  tap_failed;


#define ok(cond, name)                                                        \
    tap_result((cond) != 0, (name), __FILE__, __LINE__)

#define is_int(got, want, name)                                               \
    tap_is_int((long long) (got), (long long) (want), (name),                 \
               __FILE__, __LINE__)

#define is_str(got, want, name)                                               \
    tap_is_str((got), (want), (name), __FILE__, __LINE__)


static ngx_inline ngx_str_t
tap_str(const char *s)
{
    ngx_str_t  str;

    str.len = strlen(s);
    str.data = (u_char *) s;

    return str;
}


static ngx_inline int
tap_result(int passed, const char *name, const char *file, int line)
{
    tap_count++;

    printf("%sok %u - %s\n", passed ? "" : "not ", tap_count, name);

    if (!passed) {
        tap_failed++;
        printf("# failed at %s:%d\n", file, line);
    }

    return passed;
}


static ngx_inline int
tap_is_int(long long got, long long want, const char *name, const char *file,
    int line)
{
    if (!tap_result(got == want, name, file, line)) {
        printf("# got %lld, expected %lld\n", got, want);
        return 0;
    }

    return 1;
}


static ngx_inline int
tap_is_str(const ngx_str_t *got, const char *want, const char *name,
    const char *file, int line)
{
    int  same;

    same = got->len == strlen(want)
           && memcmp(got->data, want, got->len) == 0;

    if (!tap_result(same, name, file, line)) {
        printf("# got \"%.*s\", expected \"%s\"\n",
               (int) got->len, (char *) got->data, want);
    }

    return same;
}


static ngx_inline int
tap_done(void)
{
    printf("1..%u\n", tap_count);

    return tap_failed ? 1 : 0;
}


#endif /* _TAP_H_INCLUDED_ */
