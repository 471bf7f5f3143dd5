
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_token.h"


#define TEST_MAX  64


static void test_fields(void);
static void test_lists(void);

static void test_same(const pt_token_policy_t *policy, const char *name);
static void test_new(const pt_token_policy_t *policy, const char *name);
static ngx_uint_t test_seen(const pt_token_policy_t *policy);


/* digests of policies that were all different */

static u_char      test_digests[TEST_MAX][PT_POLICY_DIGEST];
static ngx_uint_t  test_ndigests;


int
main(void)
{
    test_fields();
    test_lists();

    return tap_done();
}


/* each field of the policy changes the digest */

static void
test_fields(void)
{
    ngx_str_t           a, b, two[2];
    ngx_uint_t          i;
    pt_str_list_t      *lists;
    pt_token_policy_t   policy;

    a = tap_str("a");
    b = tap_str("b");
    two[0] = a;
    two[1] = b;

    memset(&policy, 0, sizeof(pt_token_policy_t));

    is_int(sizeof(pt_token_policy_t) - sizeof(policy.leeway)
           - sizeof(policy.bound),
           6 * sizeof(pt_str_list_t), "the policy has no other fields");

    test_new(&policy, "an empty policy");

    lists = (pt_str_list_t *) &policy;

    for (i = 0; i < 6; i++) {
        lists[i].elts = &a;
        lists[i].nelts = 1;
        test_new(&policy, "a name in one list");

        lists[i].elts = &b;
        test_new(&policy, "another name");

        lists[i].elts = two;
        lists[i].nelts = 2;
        test_new(&policy, "both");

        lists[i].elts = NULL;
        lists[i].nelts = 0;
        test_same(&policy, "the empty policy again");
    }

    policy.leeway = 1;
    test_new(&policy, "a leeway");

    policy.leeway = (time_t) 1 << 32;
    test_new(&policy, "a long one");

    policy.bound = 1;
    test_new(&policy, "tokens that have to be bound");
}


/* by what the names are, and where one ends */

static void
test_lists(void)
{
    ngx_uint_t          i;
    ngx_str_t           names[3], copy[3];
    pt_token_policy_t   policy;

    memset(&policy, 0, sizeof(pt_token_policy_t));

    names[0] = tap_str("abc");
    names[1] = tap_str("d");
    names[2] = tap_str("");

    policy.audiences.elts = names;
    policy.audiences.nelts = 3;
    test_new(&policy, "three names");

    for (i = 0; i < 3; i++) {
        copy[i].len = names[i].len;
        copy[i].data = (u_char *) strdup((char *) names[i].data);
    }

    policy.audiences.elts = copy;
    test_same(&policy, "the same names elsewhere");

    for (i = 0; i < 3; i++) {
        free(copy[i].data);
    }

    policy.audiences.elts = names;

    names[0] = tap_str("ab");
    names[1] = tap_str("cd");
    test_new(&policy, "the same text in other names");

    names[0] = tap_str("");
    names[1] = tap_str("");
    names[2] = tap_str("abcd");
    test_new(&policy, "in one of them");

    policy.audiences.elts = &names[2];
    policy.audiences.nelts = 1;
    test_new(&policy, "in one");

    names[2] = tap_str("Abcd");
    test_new(&policy, "in another case");
}


static void
test_same(const pt_token_policy_t *policy, const char *name)
{
    ok(test_seen(policy), name);
}


static void
test_new(const pt_token_policy_t *policy, const char *name)
{
    ok(!test_seen(policy), name);

    test_ndigests++;
}


/* the digest stays behind the others until it is counted */

static ngx_uint_t
test_seen(const pt_token_policy_t *policy)
{
    ngx_uint_t   i;
    u_char      *digest;

    if (test_ndigests == TEST_MAX) {
        abort();
    }

    digest = test_digests[test_ndigests];

    memset(digest, 0, PT_POLICY_DIGEST);

    is_int(pt_token_policy_digest(policy, digest), NGX_OK, "a digest");

    for (i = 0; i < test_ndigests; i++) {
        if (memcmp(test_digests[i], digest, PT_POLICY_DIGEST) == 0) {
            return 1;
        }
    }

    return 0;
}
