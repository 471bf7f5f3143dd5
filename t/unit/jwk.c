
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"
#include "jose.h"

#include "pt_jwk.h"


#define RSA_ALGS  (pt_alg_bit(PT_ALG_RS256) | pt_alg_bit(PT_ALG_PS256))


/* a key beside a good one: which algorithms it gets, 0 if it is skipped */

typedef struct {
    const char  *name;
    const char  *members;
    ngx_uint_t   algs;
} test_case_t;


static void test_make_keys(void);
static void test_keys(void);
static void test_restrictions(void);
static void test_rsa_numbers(void);
static void test_rsa_spelling(void);
static void test_ec_points(void);
static void test_kid(void);
static void test_duplicate_kid(void);
static void test_secrets(void);
static void test_form(void);
static void test_limits(void);
static void test_skipped(void);
static void test_skipped_names(void);
static void test_find(void);
static void test_contexts(void);
static void test_queue(void);

static void test_cases(const test_case_t *cases, ngx_uint_t n);
static ngx_uint_t test_algs(const char *members, const char *name);
static void test_refused(const char *text, const char *err, const char *name);
static pt_jwks_t *test_read(const char *text, size_t len, const char **err);
static char *test_modulus(int bits);
static char *test_even_modulus(void);
static char *test_roca_modulus(BN_ULONG rest);
static char *test_rsa(const char *n, const char *e);
static char *test_ec(const char *crv, const char *x, const char *y);
static char *test_other_curve(const char *group, const char *crv, int size);
static char *test_bytes(int value, size_t len);


/* members of good keys, and numbers in base64url */

static char        *rsa_jwk;
static char        *ec_jwk;
static char        *modulus;
static char        *x, *y;
static ngx_uint_t   test_errors;


int
main(void)
{
    test_make_keys();

    test_keys();
    test_restrictions();
    test_rsa_numbers();
    test_rsa_spelling();
    test_ec_points();
    test_kid();
    test_duplicate_kid();
    test_secrets();
    test_form();
    test_limits();
    test_skipped();
    test_skipped_names();
    test_find();
    test_contexts();
    test_queue();

    return tap_done();
}


static void
test_make_keys(void)
{
    EVP_PKEY  *rsa, *ec;

    rsa = jose_rsa(2048);
    ec = jose_ec("P-256");

    rsa_jwk = jose_jwk(rsa);
    ec_jwk = jose_jwk(ec);

    modulus = test_modulus(2048);
    x = jose_pkey_number(ec, OSSL_PKEY_PARAM_EC_PUB_X, 32);
    y = jose_pkey_number(ec, OSSL_PKEY_PARAM_EC_PUB_Y, 32);

    EVP_PKEY_free(rsa);
    EVP_PKEY_free(ec);
}


static void
test_keys(void)
{
    pt_jwks_t   *jwks;
    const char  *text, *err;

    text = jose_printf("{\"keys\":[{%s,\"kid\":\"r\"},{%s,\"kid\":\"e\"},"
                       "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AA\"}]}",
                       rsa_jwk, ec_jwk);

    jwks = test_read(text, strlen(text), &err);

    if (!ok(jwks != NULL, "a set of three keys")) {
        return;
    }

    ok(err == NULL, "nothing is wrong with it");
    is_int(jwks->nkeys, 2, "two of them are of use");
    is_int(jwks->skipped, 1, "one is skipped");

    is_str(&jwks->keys[0].kid, "r", "the first \"kid\"");
    is_int(jwks->keys[0].algs, RSA_ALGS, "RSA is for RS256 and PS256");
    is_int(EVP_PKEY_get_bits(jwks->keys[0].pkey), 2048, "of 2048 bits");

    is_str(&jwks->keys[1].kid, "e", "the second \"kid\"");
    is_int(jwks->keys[1].algs, pt_alg_bit(PT_ALG_ES256), "EC is for ES256");
    is_int(EVP_PKEY_get_bits(jwks->keys[1].pkey), 256, "of 256 bits");

    pt_jwks_free(jwks);
    pt_jwks_free(NULL);
}


static void
test_restrictions(void)
{
    const test_case_t  cases[] = {
        { "RSA", rsa_jwk, RSA_ALGS },
        { "RSA, alg RS256", jose_printf("%s,\"alg\":\"RS256\"", rsa_jwk),
          pt_alg_bit(PT_ALG_RS256) },
        { "RSA, alg PS256", jose_printf("%s,\"alg\":\"PS256\"", rsa_jwk),
          pt_alg_bit(PT_ALG_PS256) },
        { "RSA, alg ES256", jose_printf("%s,\"alg\":\"ES256\"", rsa_jwk), 0 },
        { "RSA, alg RS512", jose_printf("%s,\"alg\":\"RS512\"", rsa_jwk), 0 },
        { "RSA, alg RSA-OAEP",
          jose_printf("%s,\"alg\":\"RSA-OAEP\"", rsa_jwk), 0 },
        { "RSA, alg rs256", jose_printf("%s,\"alg\":\"rs256\"", rsa_jwk), 0 },
        { "RSA, alg empty", jose_printf("%s,\"alg\":\"\"", rsa_jwk), 0 },
        { "RSA, alg null", jose_printf("%s,\"alg\":null", rsa_jwk), 0 },
        { "RSA, alg is an array",
          jose_printf("%s,\"alg\":[\"RS256\"]", rsa_jwk), 0 },
        { "EC", ec_jwk, pt_alg_bit(PT_ALG_ES256) },
        { "EC, alg ES256", jose_printf("%s,\"alg\":\"ES256\"", ec_jwk),
          pt_alg_bit(PT_ALG_ES256) },
        { "EC, alg RS256", jose_printf("%s,\"alg\":\"RS256\"", ec_jwk), 0 },
        { "EC, alg ES384", jose_printf("%s,\"alg\":\"ES384\"", ec_jwk), 0 },
        { "use sig", jose_printf("%s,\"use\":\"sig\"", rsa_jwk), RSA_ALGS },
        { "use enc", jose_printf("%s,\"use\":\"enc\"", rsa_jwk), 0 },
        { "use SIG", jose_printf("%s,\"use\":\"SIG\"", rsa_jwk), 0 },
        { "use null", jose_printf("%s,\"use\":null", rsa_jwk), 0 },
        { "key_ops verify", jose_printf("%s,\"key_ops\":[\"verify\"]", ec_jwk),
          pt_alg_bit(PT_ALG_ES256) },
        { "key_ops with verify",
          jose_printf("%s,\"key_ops\":[1,\"wrapKey\",\"verify\"]", ec_jwk),
          pt_alg_bit(PT_ALG_ES256) },
        { "key_ops without verify",
          jose_printf("%s,\"key_ops\":[\"sign\",\"encrypt\"]", ec_jwk), 0 },
        { "key_ops empty", jose_printf("%s,\"key_ops\":[]", ec_jwk), 0 },
        { "key_ops is a string",
          jose_printf("%s,\"key_ops\":\"verify\"", ec_jwk), 0 },
        { "key_ops is an object",
          jose_printf("%s,\"key_ops\":{\"a\":\"verify\"}", ec_jwk), 0 },
        { "key_ops verify, use enc",
          jose_printf("%s,\"key_ops\":[\"verify\"],\"use\":\"enc\"", ec_jwk),
          0 },
        { "other members",
          jose_printf("%s,\"x5t\":\"a\",\"x5c\":[\"MII\"],\"issuer\":\"i\","
                      "\"D\":1,\"K\":2", rsa_jwk), RSA_ALGS },
        { "no kty", "\"n\":\"AQAB\",\"e\":\"AQAB\"", 0 },
        { "kty rsa", "\"kty\":\"rsa\",\"n\":\"AQAB\",\"e\":\"AQAB\"", 0 },
        { "kty is a number", "\"kty\":1", 0 },
        { "kty OKP", "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AQAB\"", 0 },
        { "an empty key", "", 0 },
        { "a certificate only",
          "\"kty\":\"RSA\",\"kid\":\"c\",\"x5c\":[\"MIIDqDCC\"]", 0 }
    };

    test_cases(cases, sizeof(cases) / sizeof(cases[0]));
}


static void
test_rsa_numbers(void)
{
    const test_case_t  cases[] = {
        { "1024 bits", test_rsa(test_modulus(1024), "AQAB"), 0 },
        { "2047 bits", test_rsa(test_modulus(2047), "AQAB"), 0 },
        { "2048 bits", test_rsa(modulus, "AQAB"), RSA_ALGS },
        { "2049 bits", test_rsa(test_modulus(2049), "AQAB"), RSA_ALGS },
        { "8192 bits", test_rsa(test_modulus(8192), "AQAB"), RSA_ALGS },
        { "8193 bits", test_rsa(test_modulus(8193), "AQAB"), 0 },
        { "8201 bits", test_rsa(test_modulus(8201), "AQAB"), 0 },
        { "16384 bits", test_rsa(test_modulus(16384), "AQAB"), 0 },
        { "an even modulus", test_rsa(test_even_modulus(), "AQAB"), 0 },
        { "a modulus that can be factored",
          test_rsa(test_roca_modulus(65537), "AQAB"), 0 },
        { "another one", test_rsa(test_roca_modulus(1), "AQAB"), 0 },
        { "one like it that cannot",
          test_rsa(test_roca_modulus(7), "AQAB"), RSA_ALGS },
        { "exponent 0", test_rsa(modulus, "AA"), 0 },
        { "exponent 1", test_rsa(modulus, "AQ"), 0 },
        { "exponent 2", test_rsa(modulus, "Ag"), 0 },
        { "exponent 3", test_rsa(modulus, "Aw"), RSA_ALGS },
        { "exponent 65536", test_rsa(modulus, "AQAA"), 0 },
        { "exponent of 64 bits", test_rsa(modulus, "gAAAAAAAAAE"), RSA_ALGS },
        { "exponent of 65 bits", test_rsa(modulus, "AQAAAAAAAAAB"), 0 },
        { "exponent like the modulus", test_rsa(modulus, modulus), 0 }
    };

    test_cases(cases, sizeof(cases) / sizeof(cases[0]));
}


static void
test_rsa_spelling(void)
{
    const test_case_t  cases[] = {
        { "no n", "\"kty\":\"RSA\",\"e\":\"AQAB\"", 0 },
        { "no e", jose_printf("\"kty\":\"RSA\",\"n\":\"%s\"", modulus), 0 },
        { "n is a number", "\"kty\":\"RSA\",\"n\":1,\"e\":\"AQAB\"", 0 },
        { "n is null", "\"kty\":\"RSA\",\"n\":null,\"e\":\"AQAB\"", 0 },
        { "n is empty", test_rsa("", "AQAB"), 0 },
        { "e is empty", test_rsa(modulus, ""), 0 },
        { "e is a number",
          jose_printf("\"kty\":\"RSA\",\"n\":\"%s\",\"e\":65537", modulus), 0 },
        { "n with padding", test_rsa(jose_printf("%s==", modulus), "AQAB"), 0 },
        { "n with a blank", test_rsa(jose_printf("%s ", modulus), "AQAB"), 0 },
        { "n with a line feed", test_rsa(jose_printf("%s\\n", modulus), "AQAB"),
          0 },
        { "n in the other alphabet",
          test_rsa(jose_printf("%.340s+Q", modulus), "AQAB"), 0 },
        { "n with an unused bit set",
          test_rsa(jose_printf("%.341sB", modulus), "AQAB"), 0 },
        { "n with zeros in front",
          test_rsa(jose_printf("AAAA%s", modulus), "AQAB"), RSA_ALGS },
        { "e with zeros in front",
          test_rsa(modulus, "AAAAAQAB"), RSA_ALGS },
        { "e with a thousand zeros in front",
          test_rsa(modulus, jose_printf("%sAQAB", jose_repeat('A', 1000))),
          RSA_ALGS },
        { "e with too many zeros in front",
          test_rsa(modulus, jose_printf("%sAQAB", jose_repeat('A', 1400))), 0 }
    };

    test_cases(cases, sizeof(cases) / sizeof(cases[0]));
}


static void
test_ec_points(void)
{
    const test_case_t  cases[] = {
        { "a point on the curve", test_ec("P-256", x, y),
          pt_alg_bit(PT_ALG_ES256) },
        { "x and y exchanged", test_ec("P-256", y, x), 0 },
        { "x twice", test_ec("P-256", x, x), 0 },
        { "x over the prime", test_ec("P-256", test_bytes(0xff, 32), y), 0 },
        { "y over the prime", test_ec("P-256", x, test_bytes(0xff, 32)), 0 },
        { "0, 0", test_ec("P-256", test_bytes(0, 32), test_bytes(0, 32)), 0 },
        { "x of 31 bytes", test_ec("P-256", test_bytes(1, 31), y), 0 },
        { "x of 33 bytes", test_ec("P-256", test_bytes(1, 33), y), 0 },
        { "y of 33 bytes", test_ec("P-256", x, test_bytes(1, 33)), 0 },
        { "x is empty", test_ec("P-256", "", y), 0 },
        { "y is empty", test_ec("P-256", x, ""), 0 },
        { "y of 31 bytes", test_ec("P-256", x, test_bytes(1, 31)), 0 },
        { "x with padding", test_ec("P-256", jose_printf("%s=", x), y), 0 },
        { "no x", jose_printf("\"kty\":\"EC\",\"crv\":\"P-256\",\"y\":\"%s\"",
                              y), 0 },
        { "no y", jose_printf("\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%s\"",
                              x), 0 },
        { "no crv", jose_printf("\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"",
                                x, y), 0 },
        { "crv p-256", test_ec("p-256", x, y), 0 },
        { "crv P-384", test_ec("P-384", x, y), 0 },
        { "a key on P-384", test_other_curve("P-384", "P-384", 48), 0 },
        { "a key on P-384 that claims P-256",
          test_other_curve("P-384", "P-256", 48), 0 },
        { "a key on secp256k1 that claims P-256",
          test_other_curve("secp256k1", "P-256", 32), 0 },
        { "an EC key that claims RSA",
          jose_printf("\"kty\":\"RSA\",\"crv\":\"P-256\",\"x\":\"%s\","
                      "\"y\":\"%s\"", x, y), 0 }
    };

    test_cases(cases, sizeof(cases) / sizeof(cases[0]));
}


static void
test_kid(void)
{
    const test_case_t  cases[] = {
        { "a kid", jose_printf("%s,\"kid\":\"a\"", ec_jwk),
          pt_alg_bit(PT_ALG_ES256) },
        { "a kid of any characters",
          jose_printf("%s,\"kid\":\"../\\\"'%%00 \\n\"", ec_jwk),
          pt_alg_bit(PT_ALG_ES256) },
        { "a kid of 128 bytes",
          jose_printf("%s,\"kid\":\"%s\"", ec_jwk, jose_repeat('k', 128)),
          pt_alg_bit(PT_ALG_ES256) },
        { "a kid of 129 bytes",
          jose_printf("%s,\"kid\":\"%s\"", ec_jwk, jose_repeat('k', 129)),
          0 },
        { "an empty kid", jose_printf("%s,\"kid\":\"\"", ec_jwk), 0 },
        { "a kid that is a number", jose_printf("%s,\"kid\":1", ec_jwk), 0 },
        { "a kid that is null", jose_printf("%s,\"kid\":null", ec_jwk), 0 }
    };

    test_cases(cases, sizeof(cases) / sizeof(cases[0]));
}


static void
test_duplicate_kid(void)
{
    pt_jwks_t   *jwks;
    const char  *text, *err;

    test_refused(jose_printf("{\"keys\":[{%s,\"kid\":\"a\"},"
                             "{%s,\"kid\":\"a\"}]}", rsa_jwk, ec_jwk),
                 "has two keys with one \"kid\"", "one kid twice");

    test_refused(jose_printf("{\"keys\":[{%s,\"kid\":\"a\"},{%s},"
                             "{%s,\"kid\":\"\\u0061\"}]}",
                             rsa_jwk, ec_jwk, ec_jwk),
                 "has two keys with one \"kid\"", "one kid in two spellings");

    text = jose_printf("{\"keys\":[{%s},{%s},{%s,\"kid\":\"a\"},"
                       "{%s,\"kid\":\"A\"},{%s,\"kid\":\"aa\"},"
                       "{%s,\"kid\":\"a\",\"use\":\"enc\"}]}",
                       rsa_jwk, ec_jwk, ec_jwk, ec_jwk, ec_jwk, ec_jwk);

    jwks = test_read(text, strlen(text), &err);

    if (ok(jwks != NULL, "kids that differ, none at all, or of a skipped key"))
    {
        is_int(jwks->nkeys, 5, "five keys are of use");
        is_int(jwks->skipped, 1, "one is skipped");
        ok(jwks->keys[0].kid.data == NULL, "a key without a kid has none");
        pt_jwks_free(jwks);
    }
}


static void
test_secrets(void)
{
    size_t       i;
    const char  *err;

    static const char  *secrets[] = {
        "d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"
    };

    err = "holds a private or symmetric key";

    for (i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
        test_refused(jose_printf("{\"keys\":[{%s},{%s,\"%s\":\"AQAB\"}]}",
                                 ec_jwk, rsa_jwk, secrets[i]), err,
                     jose_printf("a key with \"%s\"", secrets[i]));
    }

    test_refused(jose_printf("{\"keys\":[{%s,\"d\":null}]}", ec_jwk), err,
                 "a private member that is null");
    test_refused(jose_printf("{\"keys\":[{%s,\"\\u0064\":\"AQAB\"}]}", ec_jwk),
                 err, "a private member that is escaped");
    test_refused(jose_printf("{\"keys\":[{%s},{%s,\"use\":\"enc\",\"d\":\"A\""
                             "}]}", rsa_jwk, ec_jwk), err,
                 "a private key that would be skipped");
    test_refused(jose_printf("{\"keys\":[{%s},{\"kty\":\"OKP\",\"d\":\"A\"}]}",
                             rsa_jwk), err, "a private key of another type");
    test_refused(jose_printf("{\"keys\":[{%s},{\"kty\":\"oct\"}]}", rsa_jwk),
                 err, "a symmetric key");
    test_refused(jose_printf("{\"keys\":[{\"kty\":\"oct\",\"k\":\"AQAB\","
                             "\"alg\":\"HS256\"},{%s}]}", rsa_jwk), err,
                 "a symmetric key before a good one");
}


static void
test_form(void)
{
    size_t  i;

    static const struct {
        const char  *name;
        const char  *text;
        const char  *err;
    } cases[] = {
        { "no text", "", "is not valid JSON" },
        { "HTML", "<!DOCTYPE html><html></html>", "is not valid JSON" },
        { "half a set", "{\"keys\":[{\"kty\":", "is not valid JSON" },
        { "two sets", "{\"keys\":[]}{\"keys\":[]}", "is not valid JSON" },
        { "keys twice", "{\"keys\":[],\"keys\":[]}", "is not valid JSON" },
        { "invalid UTF-8", "{\"keys\":[],\"a\":\"\xff\"}",
          "is not valid JSON" },
        { "a string", "\"keys\"",
          "is not a JSON object with an array \"keys\"" },
        { "an array", "[{\"kty\":\"RSA\"}]",
          "is not a JSON object with an array \"keys\"" },
        { "null", "null", "is not a JSON object with an array \"keys\"" },
        { "no keys", "{\"Keys\":[]}",
          "is not a JSON object with an array \"keys\"" },
        { "one key alone", "{\"kty\":\"RSA\",\"n\":\"AQ\",\"e\":\"AQAB\"}",
          "is not a JSON object with an array \"keys\"" },
        { "keys is an object", "{\"keys\":{\"kty\":\"RSA\"}}",
          "is not a JSON object with an array \"keys\"" },
        { "an empty set", "{\"keys\":[]}", "has no usable key" },
        { "keys of no use", "{\"keys\":[{},{\"kty\":\"RSA\"}]}",
          "has no usable key" },
        { "a key that is a string", "{\"keys\":[\"RSA\"]}",
          "has a key that is not a JSON object" },
        { "a key that is null", "{\"keys\":[null]}",
          "has a key that is not a JSON object" }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        test_refused(cases[i].text, cases[i].err, cases[i].name);
    }
}


static void
test_limits(void)
{
    char        *text, *p;
    size_t       len;
    ngx_uint_t   i;
    pt_jwks_t   *jwks;
    const char  *err;

    text = jose_alloc(PT_JWKS_MAX_SIZE + 2);
    p = text + sprintf(text, "{\"keys\":[");

    for (i = 0; i < PT_JWKS_MAX_KEYS; i++) {
        p += sprintf(p, "%s{%s,\"kid\":\"%d\"}", i ? "," : "", ec_jwk,
                     (int) i);
    }

    strcpy(p, "]}");
    jwks = test_read(text, strlen(text), &err);

    if (ok(jwks != NULL, "64 keys")) {
        is_int(jwks->nkeys, 64, "all of them are of use");
        pt_jwks_free(jwks);
    }

    strcpy(p, ",{\"kty\":\"OKP\"}]}");
    test_refused(text, "has more than 64 keys", "65 keys");

    strcpy(p, "]}");
    len = strlen(text);
    memset(text + len, ' ', PT_JWKS_MAX_SIZE + 1 - len);

    jwks = test_read(text, PT_JWKS_MAX_SIZE, &err);
    ok(jwks != NULL, "256 KiB");
    pt_jwks_free(jwks);

    text[PT_JWKS_MAX_SIZE + 1] = '\0';
    test_refused(text, "is larger than 256 KiB", "256 KiB and a byte");

    text = jose_printf("{\"keys\":[{%s,\"a\":%s%s}]}", ec_jwk,
                       jose_repeat('[', 100), jose_repeat(']', 100));
    test_refused(text, "is not valid JSON", "a key that is nested deeply");
}


/* why keys of different kinds are skipped, all of them in one set */

static void
test_skipped(void)
{
    ngx_uint_t   i, n;
    pt_jwks_t   *jwks;
    const char  *text, *err;

    const struct {
        const char  *members;
        const char  *name;
        const char  *why;
    } cases[] = {
        { "\"kid\":\"1\",\"kty\":\"OKP\",\"crv\":\"Ed25519\"",
          "kid \"1\", kty \"OKP\"", "its \"kty\" is not \"RSA\" or \"EC\"" },
        { "\"kty\":\"EC\",\"alg\":\"ES384\",\"crv\":\"P-384\"",
          "kty \"EC\", alg \"ES384\"", "its \"alg\" is not \"ES256\"" },
        { jose_printf("%s,\"kid\":\"enc\",\"use\":\"enc\"", rsa_jwk),
          "kid \"enc\", kty \"RSA\"", "its \"use\" is not \"sig\"" },
        { test_rsa(test_modulus(1024), "AQAB"),
          "kty \"RSA\"", "it does not have 2048 to 8192 bits" },
        { test_rsa(test_roca_modulus(65537), "AQAB"),
          "kty \"RSA\"", "it can be factored (CVE-2017-15361)" },
        { test_rsa(modulus, "Ag"),
          "kty \"RSA\"", "its exponent is even, 1, or over 64 bits" },
        { test_ec("P-256", x, x),
          "kty \"EC\"", "it is not a point of the curve" },
        { "\"kid\":1", "no kid",
          "its \"kid\" is not a string of 1 to 128 bytes" }
    };

    n = sizeof(cases) / sizeof(cases[0]);
    text = jose_printf("{\"keys\":[{%s}", ec_jwk);

    for (i = 0; i < n; i++) {
        text = jose_printf("%s,{%s}", text, cases[i].members);
    }

    text = jose_printf("%s,{},{}]}", text);
    jwks = test_read(text, strlen(text), &err);

    if (!ok(jwks != NULL, "a set with keys of many kinds")) {
        return;
    }

    is_int(n, PT_JWKS_MAX_SKIPS, "as many as are described");
    is_int(jwks->skipped, n + 2, "more are counted");

    for (i = 0; i < n; i++) {
        is_int(jwks->skips[i].number, i + 2, "the place of a key");
        is_str(&jwks->skips[i].name, cases[i].name, "its name");
        ok(strcmp(jwks->skips[i].why, cases[i].why) == 0, cases[i].why);
    }

    pt_jwks_free(jwks);
}


/* the name is printable, whatever the set says, and not long */

static void
test_skipped_names(void)
{
    ngx_uint_t   i;
    pt_jwks_t   *jwks;
    const char  *text, *err;

    const struct {
        const char  *kid;
        const char  *name;
    } cases[] = {
        { "a\\n\\u001b[1m\\u007f", "kid \"a\\x0a\\x1b[1m\\x7f\"" },
        { "\\\"\\\\", "kid \"\\x22\\x5c\"" },
        { "\\u009b\xc3\xa4", "kid \"\\xc2\\x9b\\xc3\\xa4\"" },
        { jose_repeat('k', 64),
          jose_printf("kid \"%s\"", jose_repeat('k', 64)) },
        { jose_repeat('k', 200),
          jose_printf("kid \"%s\"...", jose_repeat('k', 64)) }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        text = jose_printf("{\"keys\":[{%s},{\"kid\":\"%s\"}]}", ec_jwk,
                           cases[i].kid);
        jwks = test_read(text, strlen(text), &err);

        if (ok(jwks != NULL, "a set with a skipped key")) {
            is_str(&jwks->skips[0].name, cases[i].name, "its name");
            pt_jwks_free(jwks);
        }
    }

    /* the most that a name can have */

    text = jose_printf("%s", "\\u0001");

    for (i = 1; i < 64; i++) {
        text = jose_printf("%s\\u0001", text);
    }

    text = jose_printf("{\"keys\":[{%s},{\"kid\":\"%sx\",\"kty\":\"%sx\","
                       "\"alg\":\"%sx\"}]}", ec_jwk, text, text, text);
    jwks = test_read(text, strlen(text), &err);

    if (ok(jwks != NULL, "a set with a long name")) {
        is_int(jwks->skips[0].name.len,
               3 * (sizeof("kid \"\"..., ") - 1 + 4 * 64) - 2, "its length");
        pt_jwks_free(jwks);
    }
}


static void
test_find(void)
{
    ngx_str_t        kid;
    pt_jwks_t       *jwks;
    const char      *text, *err;
    const pt_jwk_t  *key;

    text = jose_printf("{\"keys\":[{%s},{%s,\"kid\":\"abc\"},"
                       "{%s,\"kid\":\"ab\"}]}", ec_jwk, rsa_jwk, ec_jwk);

    jwks = test_read(text, strlen(text), &err);
    if (!ok(jwks != NULL, "a set to find keys in")) {
        return;
    }

    kid = tap_str("abc");
    key = pt_jwks_find(jwks, &kid);
    ok(key == &jwks->keys[1], "a key is found");

    kid = tap_str("ab");
    key = pt_jwks_find(jwks, &kid);
    ok(key == &jwks->keys[2], "so is one that begins like it");

    kid = tap_str("a");
    ok(pt_jwks_find(jwks, &kid) == NULL, "the beginning of a kid is none");

    kid = tap_str("ABC");
    ok(pt_jwks_find(jwks, &kid) == NULL, "nor is another case");

    kid = tap_str("");
    ok(pt_jwks_find(jwks, &kid) == NULL, "nor is an empty one");

    pt_jwks_free(jwks);
}


static void
test_contexts(void)
{
    pt_jwks_t   *jwks;
    const char  *text, *err;

    text = jose_printf("{\"keys\":[{%s},{%s},{%s,\"alg\":\"PS256\"}]}",
                       rsa_jwk, ec_jwk, rsa_jwk);

    jwks = test_read(text, strlen(text), &err);
    if (!ok(jwks != NULL, "a set with contexts")) {
        return;
    }

    ok(jwks->keys[0].verify[PT_ALG_RS256]
       && jwks->keys[0].verify[PT_ALG_PS256]
       && !jwks->keys[0].verify[PT_ALG_ES256], "those of an RSA key");

    ok(!jwks->keys[1].verify[PT_ALG_RS256]
       && !jwks->keys[1].verify[PT_ALG_PS256]
       && jwks->keys[1].verify[PT_ALG_ES256], "those of an EC key");

    ok(!jwks->keys[2].verify[PT_ALG_RS256]
       && jwks->keys[2].verify[PT_ALG_PS256]
       && !jwks->keys[2].verify[PT_ALG_ES256], "those that \"alg\" leaves");

    pt_jwks_free(jwks);
}


static void
test_queue(void)
{
    is_int(test_errors, 0, "no set left errors in OpenSSL's queue");
}


static void
test_cases(const test_case_t *cases, ngx_uint_t n)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {
        is_int(test_algs(cases[i].members, cases[i].name), cases[i].algs,
               cases[i].name);
    }
}


/* what a key gets that is in a set behind a good one; -1 if that is amiss */

static ngx_uint_t
test_algs(const char *members, const char *name)
{
    ngx_uint_t   algs;
    pt_jwks_t   *jwks;
    const char  *text, *err;

    text = jose_printf("{\"a\":{},\"keys\":[{%s,\"kid\":\"good\"},{%s}]}",
                       ec_jwk, members);

    jwks = test_read(text, strlen(text), &err);

    if (jwks == NULL) {
        printf("# the set with %s %s\n", name, err);
        return -1;
    }

    if (jwks->nkeys == 2) {
        algs = jwks->keys[1].algs;

    } else {
        algs = (jwks->nkeys == 1 && jwks->skipped == 1) ? 0 : (ngx_uint_t) -1;
    }

    pt_jwks_free(jwks);

    return algs;
}


static void
test_refused(const char *text, const char *err, const char *name)
{
    ngx_str_t    got;
    pt_jwks_t   *jwks;
    const char  *got_err;

    jwks = test_read(text, strlen(text), &got_err);

    got = tap_str(jwks ? "is read" : got_err);
    is_str(&got, err, name);

    pt_jwks_free(jwks);
}


/* reads a set that has no byte of memory after it */

static pt_jwks_t *
test_read(const char *text, size_t len, const char **err)
{
    u_char     *copy;
    ngx_str_t   str;
    pt_jwks_t  *jwks;

    copy = malloc(len ? len : 1);
    memcpy(copy, text, len);

    str.data = copy;
    str.len = len;

    *err = NULL;
    jwks = pt_jwks_read(&str, err);

    free(copy);

    if (ERR_peek_error() != 0) {
        test_errors++;
    }

    ERR_clear_error();

    return jwks;
}


/* 2^(bits - 1) + 1: nobody can sign with it, but the gateway accepts it */

static char *
test_modulus(int bits)
{
    char    *text;
    BIGNUM  *n;

    n = BN_new();
    BN_set_word(n, 1);
    BN_set_bit(n, bits - 1);

    text = jose_number(n, BN_num_bytes(n));
    BN_free(n);

    return text;
}


static char *
test_even_modulus(void)
{
    char    *text;
    BIGNUM  *n;

    n = BN_new();
    BN_set_bit(n, 2047);
    BN_set_bit(n, 1);

    text = jose_number(n, BN_num_bytes(n));
    BN_free(n);

    return text;
}


/* the same rest modulo each small prime; CVE-2017-15361: a power of 65537 */

static char *
test_roca_modulus(BN_ULONG rest)
{
    int      i, j;
    char    *text;
    BIGNUM  *n;

    n = BN_new();
    BN_one(n);

    for (i = 3; i < 168; i += 2) {
        for (j = 3; i % j; j += 2) { /* void */ }

        if (j == i) {
            BN_mul_word(n, i);
        }
    }

    BN_lshift(n, n, 2048 - BN_num_bits(n));

    BN_add_word(n, rest);

    text = jose_number(n, BN_num_bytes(n));
    BN_free(n);

    return text;
}


static char *
test_rsa(const char *n, const char *e)
{
    return jose_printf("\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\"", n, e);
}


static char *
test_ec(const char *crv, const char *x, const char *y)
{
    return jose_printf("\"kty\":\"EC\",\"crv\":\"%s\",\"x\":\"%s\","
                       "\"y\":\"%s\"", crv, x, y);
}


static char *
test_other_curve(const char *group, const char *crv, int size)
{
    char      *members;
    EVP_PKEY  *pkey;

    pkey = jose_ec(group);

    members = test_ec(crv,
                      jose_pkey_number(pkey, OSSL_PKEY_PARAM_EC_PUB_X, size),
                      jose_pkey_number(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, size));

    EVP_PKEY_free(pkey);

    return members;
}


static char *
test_bytes(int value, size_t len)
{
    return jose_base64url(jose_repeat(value, len), len);
}
