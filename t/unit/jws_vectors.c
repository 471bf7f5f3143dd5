
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Test vectors for JSON Web Signatures:
 *
 *     jws_vectors FILE ...
 *
 * A file has the form of those of Project Wycheproof: groups of "tests", each
 * group with a key or a key set, each test with a "jws" in compact form and a
 * "result".  Printed is a line for each test:
 *
 *     FILE ID RESULT VERDICT
 *
 * VERDICT is "accepted", "not ours" for what is signed in a way that is not
 * RS256, PS256 or ES256, or the reason of a refusal.  Ends with 1 if a test
 * that is "invalid" is accepted, or one of ours that is "valid" refused; with
 * 2 if a file cannot be read, or holds no test.
 */


#include "pt_base64.h"
#include "pt_json.h"
#include "pt_token.h"

#include <openssl/err.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define VECTORS_VALUES  1000000
#define VECTORS_DEPTH   64


typedef struct {
    const char  *file;
    unsigned     tests;
    unsigned     accepted;
    unsigned     refused;
    unsigned     others;
    unsigned     wrong;
} vectors_t;


static int vectors_file(const char *file, vectors_t *total);
static int vectors_read(const char *file, ngx_str_t *text);
static void vectors_group(vectors_t *v, const pt_json_t *group);
static pt_jwks_t *vectors_keys(const pt_json_t *group, const char **err);
static const pt_json_t *vectors_key_member(const pt_json_t *group);
static u_char *vectors_write_key(u_char *p, const pt_json_t *key);
static u_char *vectors_write(u_char *p, const pt_json_t *value);
static u_char *vectors_write_string(u_char *p, const ngx_str_t *s);
static ngx_uint_t vectors_is_public(const ngx_str_t *name);
static void vectors_test(vectors_t *v, const pt_json_t *test,
    const pt_json_t *key, pt_jwks_t *jwks, const char *err);
static pt_reason_e vectors_verify(const ngx_str_t *jws, pt_jwks_t *jwks);
static ngx_uint_t vectors_is_ours(const ngx_str_t *jws,
    const pt_json_t *key);
static ngx_uint_t vectors_is_our_alg(const pt_json_t *alg);
static ngx_uint_t vectors_is(const pt_json_t *value, const char *text);
static void *vectors_alloc(size_t size);


static const pt_json_limits_t  vectors_limits = {
    VECTORS_DEPTH, VECTORS_VALUES, 0
};


static const pt_json_limits_t  vectors_header_limits = {
    VECTORS_DEPTH, 1024, 0
};


/* of a key pair, what everybody may know */

static const char  *vectors_public[] = {
    "kty", "crv", "x", "y", "n", "e", "kid", "alg", "use", "key_ops", NULL
};


int
main(int argc, char *argv[])
{
    int        i, rc;
    vectors_t  total;

    if (argc < 2) {
        fprintf(stderr, "usage: %s FILE ...\n", argv[0]);
        return 2;
    }

    rc = 0;
    memset(&total, 0, sizeof(vectors_t));

    for (i = 1; i < argc; i++) {
        if (vectors_file(argv[i], &total) != 0) {
            rc = 2;
        }
    }

    printf("# %u tests: %u accepted, %u refused, %u valid but not ours, "
           "%u wrong\n", total.tests, total.accepted, total.refused,
           total.others, total.wrong);

    return rc ? rc : total.wrong ? 1 : 0;
}


static int
vectors_file(const char *file, vectors_t *total)
{
    u_char           *scratch;
    size_t            size;
    unsigned          tests;
    ngx_str_t         text;
    pt_json_t        *root;
    pt_arena_t        arena;
    const pt_json_t  *groups, *group;

    if (vectors_read(file, &text) != 0) {
        return 1;
    }

    size = pt_json_scratch(text.len, &vectors_limits);
    scratch = vectors_alloc(size);

    pt_arena_init(&arena, scratch, size);

    tests = total->tests;
    total->file = file;

    if (pt_json_read(&text, &vectors_limits, &arena, &root) != PT_JSON_RC_OK) {
        fprintf(stderr, "%s: not JSON, or too large\n", file);

    } else {
        groups = pt_json_member(root, "testGroups");

        if (groups == NULL) {
            groups = pt_json_member(root, "groups");
        }

        if (groups == NULL && root->type == PT_JSON_ARRAY) {
            groups = root;
        }

        for (group = groups ? groups->child : NULL; group;
             group = group->next)
        {
            vectors_group(total, group);
        }

        if (total->tests == tests) {
            fprintf(stderr, "%s: no tests\n", file);
        }
    }

    free(scratch);
    free(text.data);

    return total->tests == tests;
}


static int
vectors_read(const char *file, ngx_str_t *text)
{
    FILE    *in;
    size_t   n;

    in = fopen(file, "rb");
    if (in == NULL) {
        perror(file);
        return 1;
    }

    text->data = vectors_alloc(PT_JSON_MAX + 1);
    text->len = 0;

    do {
        n = fread(text->data + text->len, 1, PT_JSON_MAX + 1 - text->len, in);
        text->len += n;
    } while (n);

    n = ferror(in);
    fclose(in);

    if (n || text->len > PT_JSON_MAX) {
        fprintf(stderr, "%s: cannot be read, or is too large\n", file);
        free(text->data);
        return 1;
    }

    return 0;
}


static void
vectors_group(vectors_t *v, const pt_json_t *group)
{
    pt_jwks_t        *jwks, *own;
    const char       *err, *own_err;
    const pt_json_t  *tests, *test;

    tests = pt_json_member(group, "tests");

    if (tests == NULL || tests->type != PT_JSON_ARRAY) {
        return;
    }

    jwks = vectors_keys(group, &err);

    for (test = tests->child; test; test = test->next) {

        /* a test may have a key of its own */

        if (vectors_key_member(test)) {
            own = vectors_keys(test, &own_err);
            vectors_test(v, test, vectors_key_member(test), own, own_err);
            pt_jwks_free(own);
            continue;
        }

        vectors_test(v, test, vectors_key_member(group), jwks, err);
    }

    pt_jwks_free(jwks);
}


/* the public part of the keys of a group, read as a key set is at load */

static pt_jwks_t *
vectors_keys(const pt_json_t *group, const char **err)
{
    u_char           *p;
    ngx_str_t         text;
    pt_jwks_t        *jwks;
    const pt_json_t  *member, *keys, *key;

    member = vectors_key_member(group);

    if (member == NULL) {
        *err = "has no key";
        return NULL;
    }

    keys = pt_json_member(member, "keys");

    if (keys == NULL && member->type == PT_JSON_ARRAY) {
        keys = member;
    }

    text.data = vectors_alloc(PT_JSON_MAX);

    p = text.data + sprintf((char *) text.data, "{\"keys\":[");

    if (keys == NULL) {
        p = vectors_write_key(p, member);

    } else {
        for (key = keys->child; key; key = key->next) {
            p = vectors_write_key(p, key);

            if (key->next) {
                *p++ = ',';
            }
        }
    }

    *p++ = ']';
    *p++ = '}';

    text.len = p - text.data;

    jwks = pt_jwks_read(&text, err);

    free(text.data);

    return jwks;
}


static const pt_json_t *
vectors_key_member(const pt_json_t *group)
{
    const char       **name;
    const pt_json_t   *member;

    static const char  *names[] = {
        "jwks", "public", "jwk", "key", "publicKey", "publicKeyJwk", "keys",
        "private", NULL
    };

    for (name = names; *name; name++) {
        member = pt_json_member(group, *name);

        if (member
            && (member->type == PT_JSON_OBJECT
                || member->type == PT_JSON_ARRAY))
        {
            return member;
        }
    }

    return NULL;
}


/* a symmetric key stays one, without its secret: it has no public part */

static u_char *
vectors_write_key(u_char *p, const pt_json_t *key)
{
    ngx_uint_t        n;
    const pt_json_t  *member;

    *p++ = '{';

    n = 0;

    for (member = key->child; member; member = member->next) {

        if (!vectors_is_public(&member->name)) {
            continue;
        }

        if (n++) {
            *p++ = ',';
        }

        p = vectors_write_string(p, &member->name);
        *p++ = ':';
        p = vectors_write(p, member);
    }

    *p++ = '}';

    return p;
}


static u_char *
vectors_write(u_char *p, const pt_json_t *value)
{
    const pt_json_t  *item;

    switch (value->type) {

    case PT_JSON_STRING:
        return vectors_write_string(p, &value->value);

    case PT_JSON_NUMBER:
        return ngx_cpymem(p, value->value.data, value->value.len);

    case PT_JSON_ARRAY:
        *p++ = '[';

        for (item = value->child; item; item = item->next) {
            p = vectors_write(p, item);

            if (item->next) {
                *p++ = ',';
            }
        }

        *p++ = ']';
        return p;

    default:
        return ngx_cpymem(p, "null", 4);
    }
}


static u_char *
vectors_write_string(u_char *p, const ngx_str_t *s)
{
    *p++ = '"';
    p = pt_json_escape(p, s);
    *p++ = '"';

    return p;
}


static ngx_uint_t
vectors_is_public(const ngx_str_t *name)
{
    const char  **s;

    for (s = vectors_public; *s; s++) {
        if (name->len == strlen(*s)
            && memcmp(name->data, *s, name->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


static void
vectors_test(vectors_t *v, const pt_json_t *test, const pt_json_t *key,
    pt_jwks_t *jwks, const char *err)
{
    ngx_uint_t        valid, wrong;
    ngx_str_t         verdict;
    pt_reason_e       reason;
    const pt_json_t  *jws, *id, *result;

    jws = pt_json_member(test, "jws");
    id = pt_json_member(test, "tcId");
    result = pt_json_member(test, "result");

    /* such as tests of encryption, which a file may have beside these */

    if (jws == NULL || jws->type != PT_JSON_STRING || result == NULL) {
        return;
    }

    reason = jwks ? vectors_verify(&jws->value, jwks) : PT_TOKEN_KEY_UNKNOWN;
    valid = vectors_is(result, "valid");
    verdict = pt_reasons[reason].word;
    wrong = 0;

    if (reason == PT_OK) {
        ngx_str_set(&verdict, "accepted");
        wrong = vectors_is(result, "invalid");
        v->accepted++;

    } else if (valid && !vectors_is_ours(&jws->value, key)) {
        ngx_str_set(&verdict, "not ours");
        v->others++;

    } else {
        wrong = valid;
        v->refused++;
    }

    v->tests++;
    v->wrong += wrong;

    printf("%s %.*s %.*s %.*s%s%s%s\n", v->file,
           id ? (int) id->value.len : 1, id ? (char *) id->value.data : "-",
           (int) result->value.len, (char *) result->value.data,
           (int) verdict.len, (char *) verdict.data,
           jwks ? "" : " (key set ", jwks ? "" : err,
           jwks ? (wrong ? " WRONG" : "") : (wrong ? ") WRONG" : ")"));
}


static pt_reason_e
vectors_verify(const ngx_str_t *jws, pt_jwks_t *jwks)
{
    size_t           size;
    u_char          *scratch, *text;
    ngx_str_t        token, payload;
    pt_arena_t       arena;
    pt_reason_e      reason;
    const pt_jwk_t  *key;

    if (jws->len > PT_TOKEN_MAX) {
        return PT_TOKEN_TOO_LARGE;
    }

    /* a copy of exactly its size, so that reading on is seen */

    text = vectors_alloc(jws->len);
    memcpy(text, jws->data, jws->len);

    token.data = text;
    token.len = jws->len;

    size = pt_jws_scratch(token.len);
    scratch = vectors_alloc(size);

    pt_arena_init(&arena, scratch, size);

    reason = pt_jws_verify(&token, jwks, &arena, &payload, &key);

    if (ERR_peek_error() != 0) {
        fprintf(stderr, "the error queue of OpenSSL is not empty\n");
        abort();
    }

    free(scratch);
    free(text);

    return reason;
}


/* by what the header says or, if it says nothing that can be read, the key */

static ngx_uint_t
vectors_is_ours(const ngx_str_t *jws, const pt_json_t *key)
{
    u_char      *dot, *scratch;
    size_t       size;
    ngx_str_t    text, header;
    pt_json_t   *root;
    ngx_uint_t   ours;
    pt_arena_t   arena;

    dot = memchr(jws->data, '.', jws->len);

    text.data = jws->data;
    text.len = dot ? (size_t) (dot - jws->data) : jws->len;

    header.data = vectors_alloc(pt_base64url_size(text.len));

    if (pt_base64url_decode(&header, &text) != NGX_OK) {
        header.len = 0;
    }

    size = pt_json_scratch(header.len, &vectors_header_limits);
    scratch = vectors_alloc(size);

    pt_arena_init(&arena, scratch, size);

    if (pt_json_read(&header, &vectors_header_limits, &arena, &root)
        == PT_JSON_RC_OK)
    {
        ours = vectors_is_our_alg(pt_json_member(root, "alg"));

    } else {
        ours = vectors_is_our_alg(key ? pt_json_member(key, "alg") : NULL);
    }

    free(scratch);
    free(header.data);

    return ours;
}


static ngx_uint_t
vectors_is_our_alg(const pt_json_t *alg)
{
    return alg == NULL
           || alg->type != PT_JSON_STRING
           || pt_alg_by_name(&alg->value) != PT_ALG_N;
}


static ngx_uint_t
vectors_is(const pt_json_t *value, const char *text)
{
    return value->type == PT_JSON_STRING
           && value->value.len == strlen(text)
           && memcmp(value->value.data, text, value->value.len) == 0;
}


static void *
vectors_alloc(size_t size)
{
    void  *p;

    p = malloc(size ? size : 1);
    if (p == NULL) {
        abort();
    }

    return p;
}
