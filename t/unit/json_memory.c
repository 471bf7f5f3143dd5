
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * What the JSON reader does with a yajl that needs more memory than the one
 * that is linked, and when there is none: the linker wraps yajl_alloc(),
 * malloc() and free().
 */


#include "tap.h"
#include "jose.h"

#include "pt_json.h"
#include "pt_task.h"
#include "pt_token.h"

#include <yajl/yajl_parse.h>


#define TEST_TREE  65536


/* what yajl asks for, in place of size bytes */

typedef struct {
    size_t             factor;
    size_t             extra;
    size_t             limit;           /* over that: all that there is */
} test_growth_t;


typedef struct {
    pt_json_rc_e       rc;
    size_t             len;
    char               tree[TEST_TREE];
} test_result_t;


static void test_growths(void);
static void test_oversize(void);
static void test_no_heap(void);
static void test_callers(void);
static void test_token(void);

static void test_read(test_result_t *got, const char *text);
static void test_write(test_result_t *got, const pt_json_t *value);
static void test_add(test_result_t *got, const ngx_str_t *s, char ch);
static void test_heap(ngx_uint_t allowed);
static void *test_yajl_malloc(void *ctx, size_t size);
static void *test_yajl_realloc(void *ctx, void *old, size_t size);
static void test_yajl_free(void *ctx, void *p);
static size_t test_yajl_size(size_t size);

yajl_handle __real_yajl_alloc(const yajl_callbacks *callbacks,
    yajl_alloc_funcs *funcs, void *ctx);
yajl_handle __wrap_yajl_alloc(const yajl_callbacks *callbacks,
    yajl_alloc_funcs *funcs, void *ctx);
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void __real_free(void *p);
void __wrap_free(void *p);


static test_growth_t      test_growth = { 1, 0, (size_t) -1 };
static yajl_alloc_funcs   test_funcs;
static ngx_uint_t         test_nulls;       /* that yajl got */
static ngx_uint_t         test_allowed = (ngx_uint_t) -1;
                                            /* blocks of the heap, from now */
static ngx_uint_t         test_blocks;      /* that are not freed */
static ngx_uint_t         test_secrets;     /* freed with text in them */


int
main(void)
{
    test_growths();
    test_oversize();
    test_no_heap();
    test_callers();
    test_token();

    is_int(test_nulls, 0, "yajl never gets NULL");

    return tap_done();
}


/* the result is the same, whatever yajl asks for */

static void
test_growths(void)
{
    ngx_uint_t      i, k;
    test_result_t  *want, *got;

    const char  *texts[] = {
        "{}", "[]", "1", "\"\"", "[1,2,{\"a\":[true,null]}]",
        "{\"status\":{\"state\":\"completed\",\"description\":\"a\\nb\"}}",
        jose_printf("\"\\n%s\"", jose_repeat('x', 5000)),
        jose_printf("[\"\\u00e4%s\",\"\\n%s\"]", jose_repeat('x', 200),
                    jose_repeat('y', 3000)),
        jose_printf("%s", jose_repeat('7', 5000)),
        jose_printf("%s1%s", jose_repeat('[', 16), jose_repeat(']', 16)),
        jose_printf("%s", jose_repeat('[', 300)),
        "{\"a\":1,\"a\":2}", "{\"a\"", "[1", "\"\\ud800\"", "tru", ""
    };

    static const test_growth_t  growths[] = {
        { 2, 0, (size_t) -1 }, { 3, 1, (size_t) -1 }, { 1, 4096, (size_t) -1 },
        { 100, 0, (size_t) -1 }, { 1, 1000000, (size_t) -1 }
    };

    want = malloc(sizeof(test_result_t));
    got = malloc(sizeof(test_result_t));

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        test_growth.factor = 1;
        test_growth.extra = 0;
        test_heap((ngx_uint_t) -1);
        test_read(want, texts[i]);

        for (k = 0; k < sizeof(growths) / sizeof(growths[0]); k++) {
            test_growth = growths[k];
            test_heap((ngx_uint_t) -1);
            test_read(got, texts[i]);

            ok(got->rc == want->rc
               && got->len == want->len
               && memcmp(got->tree, want->tree, got->len) == 0,
               jose_printf("%.20s, of a yajl that needs %d times as much and "
                           "%d bytes", texts[i], (int) growths[k].factor,
                           (int) growths[k].extra));
            is_int(test_blocks, 0, "all blocks are freed");
            is_int(test_secrets, 0, "and wiped");
        }
    }

    free(want);
    free(got);
}


/* a size with which the blocks' own fields would overflow */

static void
test_oversize(void)
{
    size_t          size;
    test_result_t  *got;

    got = malloc(sizeof(test_result_t));

    for (size = (size_t) -64; size != 0; size++) {
        test_growth.factor = 1;
        test_growth.extra = 0;
        test_growth.limit = 100;
        test_heap((ngx_uint_t) -1);

        test_growth.extra = size;
        test_read(got, "[1]");

        if (got->rc != PT_JSON_RC_MEMORY || test_blocks != 0) {
            break;
        }
    }

    ok(size == 0, "sizes that overflow");

    test_growth.limit = (size_t) -1;
    free(got);
}


/* each of the blocks in turn is the one that the heap does not have */

static void
test_no_heap(void)
{
    ngx_uint_t      i;
    test_result_t  *got;
    const char     *text;

    got = malloc(sizeof(test_result_t));

    text = jose_printf("{\"a\":[\"\\n%s\",{\"b\":\"\\t%s\"}]}",
                       jose_repeat('x', 300), jose_repeat('y', 3000));

    test_growth.factor = 100;
    test_growth.extra = 0;

    for (i = 0; i < 1000; i++) {
        test_heap(i);
        test_read(got, text);

        if (got->rc != PT_JSON_RC_MEMORY) {
            break;
        }

        is_int(test_blocks, 0, "all blocks are freed");
        is_int(test_secrets, 0, "and wiped");
    }

    is_int(got->rc, PT_JSON_RC_OK, "with as many blocks as it needs");
    ok(i > 3 && i < 1000, "several blocks are needed");

    test_heap((ngx_uint_t) -1);
    free(got);
}


/* without memory nothing is said about a text */

static void
test_callers(void)
{
    u_char       *memory;
    ngx_str_t     text, id;
    pt_task_t     task;
    pt_jwks_t    *jwks;
    pt_arena_t    arena;
    const char   *err;
    pt_update_t   update;

    text = tap_str("{\"id\":\"t\",\"status\":{\"state\":\"completed\"}}");
    id = tap_str("t");

    memory = malloc(pt_task_scratch(text.len));

    test_growth.factor = 1000;
    test_heap(0);

    pt_arena_init(&arena, memory, pt_task_scratch(text.len));
    is_int(pt_update_read(&text, &id, &arena, &update), PT_INTERNAL,
           "a body is not judged");

    pt_arena_init(&arena, memory, pt_task_scratch(text.len));
    is_int(pt_task_read(&text, &id, &arena, &task), NGX_ERROR,
           "a task of a back end is not judged");

    err = NULL;
    jwks = pt_jwks_read(&text, &err);
    ok(jwks == NULL && err != NULL
       && strcmp(err, "could not be read: out of memory") == 0,
       "a key set is not judged");

    test_heap((ngx_uint_t) -1);
    free(memory);
}


/* the header of a token is read, then its claims */

static void
test_token(void)
{
    u_char             *memory;
    size_t              size;
    EVP_PKEY           *pkey;
    ngx_str_t           text, token;
    pt_jwks_t          *jwks;
    ngx_uint_t          i;
    pt_arena_t          arena;
    const char         *err;
    pt_reason_e         rc;
    pt_token_claims_t   claims;
    pt_token_facts_t    facts;
    pt_token_policy_t   policy;

    memset(&facts, 0, sizeof(pt_token_facts_t));
    memset(&policy, 0, sizeof(pt_token_policy_t));

    pkey = jose_ec("P-256");
    text = tap_str(jose_printf("{\"keys\":[{%s}]}", jose_jwk(pkey)));
    token = tap_str(jose_token(pkey, JOSE_ES256, "{\"alg\":\"ES256\"}", "{}"));

    test_growth.factor = 1;
    test_heap((ngx_uint_t) -1);
    jwks = pt_jwks_read(&text, &err);
    facts.jwks = jwks;

    size = pt_token_scratch(token.len);
    memory = malloc(size);
    rc = PT_INTERNAL;

    test_growth.factor = 1000;

    for (i = 0; i < 100 && rc == PT_INTERNAL; i++) {
        test_heap(i);
        pt_arena_init(&arena, memory, size);
        rc = pt_token_check(&token, &policy, &facts, &arena, &claims);
    }

    test_heap((ngx_uint_t) -1);

    is_int(rc, PT_TOKEN_CLAIMS, "a token is judged when there is memory");
    ok(i > 3 && i < 100, "and not before");

    free(memory);
    pt_jwks_free(jwks);
    EVP_PKEY_free(pkey);
}


static void
test_read(test_result_t *got, const char *text)
{
    size_t             size;
    u_char            *memory;
    ngx_str_t          str;
    pt_json_t         *root;
    pt_arena_t         arena;
    ngx_uint_t         allowed;

    static const pt_json_limits_t  limits = { 16, 512, 1 };

    str = tap_str(text);
    size = pt_json_scratch(str.len, &limits);
    memory = __real_malloc(size);
    allowed = test_allowed;

    pt_arena_init(&arena, memory, size);

    got->rc = pt_json_read(&str, &limits, &arena, &root);
    got->len = 0;

    test_allowed = (ngx_uint_t) -1;

    if (got->rc == PT_JSON_RC_OK) {
        test_write(got, root);
    }

    test_allowed = allowed;
    __real_free(memory);
}


static void
test_write(test_result_t *got, const pt_json_t *value)
{
    const pt_json_t  *child;

    test_add(got, &value->name, (char) ('0' + value->type));
    test_add(got, &value->value, ':');

    for (child = value->child; child; child = child->next) {
        test_write(got, child);
    }

    test_add(got, &value->name, '.');
}


static void
test_add(test_result_t *got, const ngx_str_t *s, char ch)
{
    if (s->len + 1 > TEST_TREE - got->len) {
        abort();
    }

    if (s->len) {
        memcpy(got->tree + got->len, s->data, s->len);
    }

    got->len += s->len;
    got->tree[got->len++] = ch;
}


static void
test_heap(ngx_uint_t allowed)
{
    test_allowed = allowed;
    test_blocks = 0;
    test_secrets = 0;
}


yajl_handle
__wrap_yajl_alloc(const yajl_callbacks *callbacks, yajl_alloc_funcs *funcs,
    void *ctx)
{
    yajl_alloc_funcs  mine;

    test_funcs = *funcs;

    mine.malloc = test_yajl_malloc;
    mine.realloc = test_yajl_realloc;
    mine.free = test_yajl_free;
    mine.ctx = NULL;

    return __real_yajl_alloc(callbacks, &mine, ctx);
}


static void *
test_yajl_malloc(void *ctx, size_t size)
{
    void  *p;

    p = test_funcs.malloc(test_funcs.ctx, test_yajl_size(size));

    if (p == NULL) {
        test_nulls++;
        abort();
    }

    return p;
}


static void *
test_yajl_realloc(void *ctx, void *old, size_t size)
{
    void  *p;

    p = test_funcs.realloc(test_funcs.ctx, old, test_yajl_size(size));

    if (p == NULL) {
        test_nulls++;
        abort();
    }

    return p;
}


static void
test_yajl_free(void *ctx, void *p)
{
    test_funcs.free(test_funcs.ctx, p);
}


static size_t
test_yajl_size(size_t size)
{
    if (size > test_growth.limit) {
        return test_growth.extra;
    }

    return size * test_growth.factor + test_growth.extra;
}


/* a block remembers its size */

void *
__wrap_malloc(size_t size)
{
    size_t  *p;

    if (test_allowed == 0) {
        return NULL;
    }

    test_allowed--;
    test_blocks++;

    p = __real_malloc(size + 16);

    if (p == NULL) {
        return NULL;
    }

    *p = size;

    return p + 2;
}


/* strings that are read here have "xxxx" or "yyyy" in them */

void
__wrap_free(void *p)
{
    size_t  *head;

    if (p == NULL) {
        return;
    }

    head = (size_t *) p - 2;

    if (memmem(p, *head, "xxxx", 4) || memmem(p, *head, "yyyy", 4)) {
        test_secrets++;
    }

    test_blocks--;
    __real_free(head);
}
