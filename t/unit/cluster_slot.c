
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_cluster_slot.h"


static void test_slots(void);
static void test_redirects(void);
static void test_not_redirects(void);


int
main(void)
{
    test_slots();
    test_redirects();
    test_not_redirects();

    return tap_done();
}


/* what CLUSTER KEYSLOT of Redis 7.0 answers */

static void
test_slots(void)
{
    size_t     i;
    ngx_str_t  key;

    static const struct {
        const char  *key;
        ngx_uint_t   slot;
    } cases[] = {
        { "", 0 },
        { "123456789", 0x31c3 },
        { "foo", 12182 },
        { "foo{bar}", 5061 },
        { "bar", 5061 },
        { "{bar}", 5061 },
        { "x{bar}{foo}", 5061 },
        { "{bar", 4015 },
        { "foo{}{bar}", 8363 },
        { "foo{{bar}}zap", 4015 },
        { "}bar{", 1498 },
        { "{", 4092 },
        { "{}", 15257 },
        { "\xc3\xa9\xff", 1713 },
        { "print-task:{t/d}/1", 15922 },
        { "print-task:{t/d}/2", 15922 }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        key = tap_str(cases[i].key);
        is_int(pt_cluster_slot(&key), cases[i].slot, cases[i].key);
    }
}


static void
test_redirects(void)
{
    ngx_str_t      error;
    pt_redirect_t  redirect;

    error = tap_str("MOVED 3999 127.0.0.1:6381");
    is_int(pt_redirect_read(&error, &redirect), NGX_OK, "MOVED");
    is_int(redirect.ask, 0, "MOVED: not for once");
    is_int(redirect.slot, 3999, "MOVED: slot");
    is_str(&redirect.host, "127.0.0.1", "MOVED: host");
    is_int(redirect.port, 6381, "MOVED: port");

    error = tap_str("ASK 0 ::1:1");
    is_int(pt_redirect_read(&error, &redirect), NGX_OK, "ASK");
    is_int(redirect.ask, 1, "ASK: for once");
    is_int(redirect.slot, 0, "ASK: slot");
    is_str(&redirect.host, "::1", "ASK: IPv6");
    is_int(redirect.port, 1, "ASK: port");

    error = tap_str("MOVED 16383 redis-1.example.com:65535");
    is_int(pt_redirect_read(&error, &redirect), NGX_OK, "a name");
    is_str(&redirect.host, "redis-1.example.com", "a name: host");
    is_int(redirect.slot, 16383, "the last slot");
    is_int(redirect.port, 65535, "the last port");

    error = tap_str("MOVED 1 :6379");
    is_int(pt_redirect_read(&error, &redirect), NGX_OK, "no host");
    is_int(redirect.host.len, 0, "no host: empty");
}


static void
test_not_redirects(void)
{
    size_t          i;
    u_char         *copy;
    ngx_str_t       error;
    pt_redirect_t   redirect;

    static const char  *cases[] = {
        "", "MOVED", "MOVED ", "MOVED 1", "MOVED 1 ", "MOVED 1 h", "MOVED 1 h:",
        "MOVED 1 h:0", "MOVED 1 h:65536", "MOVED 1 h:1x", "MOVED 1 h:x",
        "MOVED 16384 h:1", "MOVED -1 h:1", "MOVED x h:1", "MOVED  1 h:1",
        "MOVED 1h:1", "MOVED 99999999999999999999 h:1", "MOVED1 h:1",
        "moved 1 h:1", "ASKING", "ASK", "ASK 1", "ASK h:1", "CROSSSLOT x"
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {

        /* its own memory: a byte too far is seen by the sanitizer */

        error = tap_str(cases[i]);
        copy = malloc(error.len + !error.len);
        memcpy(copy, error.data, error.len);
        error.data = copy;

        is_int(pt_redirect_read(&error, &redirect), NGX_DECLINED, cases[i]);

        free(copy);
    }
}
