
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"
#include "jose.h"

#include "pt_token.h"

#include <openssl/pem.h>


#define PAYLOAD  "{\"sub\":\"s\"}"


typedef struct {
    const char   *name;
    const char   *header;
    pt_reason_e   reason;
} test_header_t;


static void test_make_keys(void);
static void test_good(void);
static void test_segments(void);
static void test_encoding(void);
static void test_headers(void);
static void test_types(void);
static void test_algorithms(void);
static void test_critical(void);
static void test_kids(void);
static void test_wrong_keys(void);
static void test_rsa_signatures(void);
static void test_pss_signatures(void);
static void test_ec_signatures(void);
static void test_ec_numbers(void);
static void test_ec_lengths(void);
static void test_der_signature(void);
static void test_hmac(void);
static void test_tampering(void);
static void test_without_kid(void);
static void test_tries(void);
static void test_costs(void);
static void test_cost(const char *name, EVP_PKEY *pkey, jose_alg_e alg,
    const char *others, ngx_uint_t n);
static void test_restricted_keys(void);
static void test_known_headers(void);
static void test_sizes(void);
static void test_arena(void);
static void test_queue(void);

static void test_header_cases(const test_header_t *cases, ngx_uint_t n);
static void test_is(const char *token, pt_reason_e reason, const char *name);
static pt_reason_e test_verify(const char *token);
static pt_reason_e test_verify_with(pt_jwks_t *set, const char *token,
    size_t scratch);
static pt_jwks_t *test_jwks(const char *keys);
static ngx_str_t test_sig(const void *data, size_t len);
static char *test_signed(EVP_PKEY *pkey, jose_alg_e alg, const char *header);
static char *test_modulus(u_char last);
static char *test_rsa(ngx_uint_t bits, const char *e, u_char last);


static EVP_PKEY    *rsa1, *rsa2, *rsa3, *rsa3072, *ec1, *ec2, *p384;
static pt_jwks_t   *jwks;
static ngx_str_t    payload;
static u_char       payload_buf[PT_TOKEN_MAX];
static ngx_uint_t   test_errors;

static const pt_jwk_t  *signer;


int
main(void)
{
    test_make_keys();

    test_good();
    test_segments();
    test_encoding();
    test_headers();
    test_types();
    test_algorithms();
    test_critical();
    test_kids();
    test_wrong_keys();
    test_rsa_signatures();
    test_pss_signatures();
    test_ec_signatures();
    test_ec_numbers();
    test_ec_lengths();
    test_der_signature();
    test_hmac();
    test_tampering();
    test_without_kid();
    test_tries();
    test_costs();
    test_restricted_keys();
    test_known_headers();
    test_sizes();
    test_arena();
    test_queue();

    pt_jwks_free(jwks);
    EVP_PKEY_free(rsa1);
    EVP_PKEY_free(rsa2);
    EVP_PKEY_free(rsa3);
    EVP_PKEY_free(rsa3072);
    EVP_PKEY_free(ec1);
    EVP_PKEY_free(ec2);
    EVP_PKEY_free(p384);

    return tap_done();
}


/* rsa3, ec2 and p384 are in no set */

static void
test_make_keys(void)
{
    rsa1 = jose_rsa(2048);
    rsa2 = jose_rsa(2048);
    rsa3 = jose_rsa(2048);
    rsa3072 = jose_rsa(3072);
    ec1 = jose_ec("P-256");
    ec2 = jose_ec("P-256");
    p384 = jose_ec("P-384");

    jwks = test_jwks(jose_printf("{%s,\"kid\":\"rsa1\"},{%s,\"kid\":\"rsa2\"},"
                                 "{%s,\"kid\":\"big\"},{%s,\"kid\":\"ec1\"},"
                                 "{%s,\"kid\":\"rs\",\"alg\":\"RS256\"}",
                                 jose_jwk(rsa1), jose_jwk(rsa2),
                                 jose_jwk(rsa3072), jose_jwk(ec1),
                                 jose_jwk(rsa1)));
}


static void
test_good(void)
{
    test_is(test_signed(rsa1, JOSE_RS256,
                        "{\"alg\":\"RS256\",\"kid\":\"rsa1\"}"),
            PT_OK, "RS256");
    is_str(&payload, PAYLOAD, "its payload");

    test_is(test_signed(rsa2, JOSE_PS256,
                        "{\"alg\":\"PS256\",\"kid\":\"rsa2\"}"),
            PT_OK, "PS256");
    is_str(&payload, PAYLOAD, "its payload");

    test_is(test_signed(ec1, JOSE_ES256,
                        "{\"alg\":\"ES256\",\"kid\":\"ec1\"}"),
            PT_OK, "ES256");
    is_str(&payload, PAYLOAD, "its payload");

    test_is(test_signed(rsa3072, JOSE_RS256,
                        "{\"alg\":\"RS256\",\"kid\":\"big\"}"),
            PT_OK, "RS256 with 3072 bits");

    test_is(jose_token(rsa1, JOSE_RS256, " {\"alg\" : \"RS256\"}\n",
                       "no JSON at all"),
            PT_OK, "the payload of a JWS is any text");
    is_str(&payload, "no JSON at all", "as it is");
}


static void
test_segments(void)
{
    char        *token, *dot1, *dot2;
    ngx_uint_t   i, accepted;

    token = test_signed(rsa1, JOSE_RS256,
                        "{\"alg\":\"RS256\",\"kid\":\"rsa1\"}");

    dot1 = strchr(token, '.');
    dot2 = strchr(dot1 + 1, '.');

    test_is("", PT_TOKEN_MALFORMED, "no token");
    test_is(".", PT_TOKEN_MALFORMED, "a dot");
    test_is("..", PT_TOKEN_MALFORMED, "two dots");
    test_is("...", PT_TOKEN_MALFORMED, "three dots");
    test_is("opaque", PT_TOKEN_MALFORMED, "an opaque token");
    test_is(jose_printf("%.*s", (int) (dot1 - token), token),
            PT_TOKEN_MALFORMED, "one segment");
    test_is(jose_printf("%.*s", (int) (dot2 - token), token),
            PT_TOKEN_MALFORMED, "two segments");
    test_is(jose_printf("%.*s", (int) (dot2 - token) + 1, token),
            PT_TOKEN_MALFORMED, "an empty signature");
    test_is(dot1, PT_TOKEN_MALFORMED, "an empty header");
    test_is(dot1 + 1, PT_TOKEN_MALFORMED, "no header");
    test_is(jose_printf("%.*s.%s", (int) (dot1 - token), token, dot2),
            PT_TOKEN_SIGNATURE, "no payload");
    test_is(jose_token(rsa1, JOSE_RS256, "{\"alg\":\"RS256\"}", ""),
            PT_OK, "an empty payload that is signed");
    test_is(jose_printf("%s.", token), PT_TOKEN_MALFORMED, "a dot more");
    test_is(jose_printf(".%s", token), PT_TOKEN_MALFORMED, "a dot first");
    test_is(jose_printf("%s.%s", token, dot2 + 1), PT_TOKEN_MALFORMED,
            "four segments");
    test_is(jose_printf("%s.AAAA.AAAA", token), PT_TOKEN_MALFORMED,
            "five segments, as in JWE");
    test_is("{\"payload\":\"e30\",\"signatures\":[]}", PT_TOKEN_MALFORMED,
            "JWS in JSON form");

    accepted = 0;

    for (i = 0; i < strlen(token); i++) {
        if (test_verify(jose_printf("%.*s", (int) i, token)) == PT_OK) {
            accepted++;
        }
    }

    is_int(accepted, 0, "no part of a token is a token");
}


static void
test_encoding(void)
{
    char       *token, *input, *dot1, *other;
    ngx_str_t   sig;

    token = test_signed(rsa1, JOSE_RS256,
                        "{\"alg\":\"RS256\",\"kid\":\"rsa1\"}");
    dot1 = strchr(token, '.');

    test_is(jose_printf("%s=", token), PT_TOKEN_MALFORMED, "padding");
    test_is(jose_printf("%s==", token), PT_TOKEN_MALFORMED, "more padding");
    test_is(jose_printf(" %s", token), PT_TOKEN_MALFORMED, "a blank first");
    test_is(jose_printf("%s ", token), PT_TOKEN_MALFORMED, "a blank last");
    test_is(jose_printf("%s\n", token), PT_TOKEN_MALFORMED, "a line feed");
    test_is(jose_printf("%.*s= %s", (int) (dot1 - token), token, dot1),
            PT_TOKEN_MALFORMED, "a blank within");
    test_is(jose_printf("%s+", token), PT_TOKEN_MALFORMED,
            "a plus sign");

    /* 256 bytes end in a character of two bits and four unused ones */

    other = jose_printf("%s", token);
    other[strlen(other) - 1]++;
    test_is(other, PT_TOKEN_MALFORMED, "an unused bit of the signature");

    /* signed as it stands, so that the signature is not to blame */

    input = jose_printf("%s==.e30",
                        jose_base64url("{\"alg\":\"RS256\"} ", 16));
    sig = jose_sign(rsa1, JOSE_RS256, input);
    test_is(jose_join(input, &sig), PT_TOKEN_MALFORMED,
            "padding that is signed");

    input = jose_printf("%.*sB.e30", 21,
                        jose_base64url("{\"alg\":\"RS256\"} ", 16));
    sig = jose_sign(rsa1, JOSE_RS256, input);
    test_is(jose_join(input, &sig), PT_TOKEN_MALFORMED,
            "an unused bit that is signed");
}


static void
test_headers(void)
{
    static const test_header_t  cases[] = {
        { "a header that is no JSON", "RS256", PT_TOKEN_MALFORMED },
        { "a header that is a string", "\"RS256\"", PT_TOKEN_MALFORMED },
        { "a header that is an array", "[\"RS256\"]", PT_TOKEN_MALFORMED },
        { "a header that is null", "null", PT_TOKEN_MALFORMED },
        { "two headers", "{\"alg\":\"RS256\"}{}", PT_TOKEN_MALFORMED },
        { "alg twice", "{\"alg\":\"RS256\",\"alg\":\"RS256\"}",
          PT_TOKEN_MALFORMED },
        { "alg twice, once escaped",
          "{\"alg\":\"RS256\",\"\\u0061lg\":\"none\"}", PT_TOKEN_MALFORMED },
        { "kid twice", "{\"alg\":\"RS256\",\"kid\":\"x\",\"kid\":\"rsa1\"}",
          PT_TOKEN_MALFORMED },
        { "invalid UTF-8", "{\"alg\":\"RS256\",\"a\":\"\xc0\x80\"}",
          PT_TOKEN_MALFORMED },
        { "an escaped NUL", "{\"alg\":\"RS256\",\"kid\":\"rsa1\\u0000\"}",
          PT_TOKEN_MALFORMED },
        { "a lone surrogate", "{\"alg\":\"RS256\",\"a\":\"\\ud800\"}",
          PT_TOKEN_MALFORMED },
        { "a comma too many", "{\"alg\":\"RS256\",}", PT_TOKEN_MALFORMED },
        { "a byte order mark", "\xef\xbb\xbf{\"alg\":\"RS256\"}",
          PT_TOKEN_MALFORMED },
        { "a header that is nested deeply",
          "{\"alg\":\"RS256\",\"a\":[[[[[[[[1]]]]]]]]}", PT_TOKEN_MALFORMED },
        { "an alg that is escaped", "{\"\\u0061lg\":\"RS\\u0032\\u00356\"}",
          PT_OK },
        { "x5t, as Entra ID has it",
          "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"x5t\":\"a\",\"kid\":\"rsa1\"}",
          PT_OK },
        { "names of the header are exact",
          "{\"alg\":\"RS256\",\"CRIT\":[],\"Kid\":\"x\",\"ALG\":\"none\"}",
          PT_OK }
    };

    test_header_cases(cases, sizeof(cases) / sizeof(cases[0]));
}


/* RFC 9068, section 4, and what Entra ID has instead */

static void
test_types(void)
{
    static const test_header_t  cases[] = {
        { "no typ", "{\"alg\":\"RS256\"}", PT_OK },
        { "typ JWT", "{\"alg\":\"RS256\",\"typ\":\"JWT\"}", PT_OK },
        { "typ jwt", "{\"alg\":\"RS256\",\"typ\":\"jwt\"}", PT_OK },
        { "typ at+jwt", "{\"alg\":\"RS256\",\"typ\":\"at+jwt\"}", PT_OK },
        { "typ at+JWT", "{\"alg\":\"RS256\",\"typ\":\"at+JWT\"}", PT_OK },
        { "typ application/at+jwt",
          "{\"alg\":\"RS256\",\"typ\":\"application/at+jwt\"}", PT_OK },
        { "typ escaped", "{\"alg\":\"RS256\",\"typ\":\"\\u004aWT\"}",
          PT_OK },
        { "TYP is another member", "{\"alg\":\"RS256\",\"TYP\":\"x\"}",
          PT_OK },
        { "typ logout+jwt", "{\"alg\":\"RS256\",\"typ\":\"logout+jwt\"}",
          PT_TOKEN_TYPE },
        { "typ secevent+jwt",
          "{\"alg\":\"RS256\",\"typ\":\"secevent+jwt\"}", PT_TOKEN_TYPE },
        { "typ dpop+jwt", "{\"alg\":\"RS256\",\"typ\":\"dpop+jwt\"}",
          PT_TOKEN_TYPE },
        { "typ JOSE", "{\"alg\":\"RS256\",\"typ\":\"JOSE\"}",
          PT_TOKEN_TYPE },
        { "typ application/jwt",
          "{\"alg\":\"RS256\",\"typ\":\"application/jwt\"}",
          PT_TOKEN_TYPE },
        { "typ is empty", "{\"alg\":\"RS256\",\"typ\":\"\"}",
          PT_TOKEN_TYPE },
        { "typ is a number", "{\"alg\":\"RS256\",\"typ\":7}",
          PT_TOKEN_TYPE },
        { "typ null", "{\"alg\":\"RS256\",\"typ\":null}", PT_TOKEN_TYPE },
        { "alg is reported before typ", "{\"alg\":\"none\",\"typ\":7}",
          PT_TOKEN_ALGORITHM },
        { "crit is reported before typ",
          "{\"alg\":\"RS256\",\"typ\":7,\"crit\":[]}", PT_TOKEN_CRITICAL },
        { "typ is reported before kid",
          "{\"alg\":\"RS256\",\"typ\":7,\"kid\":\"x\"}", PT_TOKEN_TYPE }
    };

    test_header_cases(cases, sizeof(cases) / sizeof(cases[0]));
}


static void
test_algorithms(void)
{
    size_t       i;
    const char  *token;

    static const char  *algs[] = {
        "none", "None", "NONE", "nOnE", "", " ", "rs256", "Rs256", "RS256 ",
        " RS256", "RS256\\n", "RS25", "RS2566", "RS384", "RS512", "PS384",
        "PS512", "ES384", "ES512", "ES256K", "EdDSA", "HS256", "HS384",
        "HS512", "RSA-OAEP", "dir"
    };

    static const test_header_t  cases[] = {
        { "no alg", "{\"typ\":\"JWT\"}", PT_TOKEN_ALGORITHM },
        { "alg in another case", "{\"Alg\":\"RS256\"}", PT_TOKEN_ALGORITHM },
        { "an empty header", "{}", PT_TOKEN_ALGORITHM },
        { "alg null", "{\"alg\":null}", PT_TOKEN_ALGORITHM },
        { "alg is a number", "{\"alg\":256}", PT_TOKEN_ALGORITHM },
        { "alg is true", "{\"alg\":true}", PT_TOKEN_ALGORITHM },
        { "alg is an array", "{\"alg\":[\"RS256\"]}", PT_TOKEN_ALGORITHM },
        { "alg is an object", "{\"alg\":{\"alg\":\"RS256\"}}",
          PT_TOKEN_ALGORITHM }
    };

    for (i = 0; i < sizeof(algs) / sizeof(algs[0]); i++) {
        token = test_signed(rsa1, JOSE_RS256,
                            jose_printf("{\"alg\":\"%s\",\"kid\":\"rsa1\"}",
                                        algs[i]));

        test_is(token, PT_TOKEN_ALGORITHM, jose_printf("alg \"%s\"", algs[i]));
    }

    test_header_cases(cases, sizeof(cases) / sizeof(cases[0]));

    test_is(jose_printf("%s.", jose_input("{\"alg\":\"none\"}", PAYLOAD)),
            PT_TOKEN_MALFORMED, "alg none without a signature");
    test_is(jose_printf("%s.AA", jose_input("{\"alg\":\"none\"}", PAYLOAD)),
            PT_TOKEN_ALGORITHM, "alg none with any signature");
    test_is(test_signed(rsa1, JOSE_RS512,
                        "{\"alg\":\"RS512\",\"kid\":\"rs\"}"),
            PT_TOKEN_ALGORITHM, "RS512 with a key that is for RS256");
}


static void
test_critical(void)
{
    static const test_header_t  cases[] = {
        { "crit b64", "{\"alg\":\"RS256\",\"crit\":[\"b64\"],\"b64\":true}",
          PT_TOKEN_CRITICAL },
        { "crit empty", "{\"alg\":\"RS256\",\"crit\":[]}",
          PT_TOKEN_CRITICAL },
        { "crit null", "{\"alg\":\"RS256\",\"crit\":null}",
          PT_TOKEN_CRITICAL },
        { "crit exp", "{\"alg\":\"RS256\",\"crit\":[\"exp\"],\"exp\":1}",
          PT_TOKEN_CRITICAL },
        { "crit is a string", "{\"alg\":\"RS256\",\"crit\":\"b64\"}",
          PT_TOKEN_CRITICAL },
        { "crit escaped", "{\"alg\":\"RS256\",\"cr\\u0069t\":[\"a\"]}",
          PT_TOKEN_CRITICAL },
        { "b64 false", "{\"alg\":\"RS256\",\"b64\":false}",
          PT_TOKEN_CRITICAL },
        { "b64 true", "{\"alg\":\"RS256\",\"b64\":true}",
          PT_TOKEN_CRITICAL }
    };

    test_header_cases(cases, sizeof(cases) / sizeof(cases[0]));
}


/* all of them signed with rsa1 */

static void
test_kids(void)
{
    const test_header_t  cases[] = {
        { "the right kid", "{\"alg\":\"RS256\",\"kid\":\"rsa1\"}", PT_OK },
        { "the right kid, escaped",
          "{\"alg\":\"RS256\",\"kid\":\"\\u0072sa1\"}", PT_OK },
        { "the kid of another key", "{\"alg\":\"RS256\",\"kid\":\"rsa2\"}",
          PT_TOKEN_SIGNATURE },
        { "the kid of a larger key", "{\"alg\":\"RS256\",\"kid\":\"big\"}",
          PT_TOKEN_SIGNATURE },
        { "the kid of an EC key", "{\"alg\":\"RS256\",\"kid\":\"ec1\"}",
          PT_TOKEN_ALGORITHM },
        { "an unknown kid", "{\"alg\":\"RS256\",\"kid\":\"other\"}",
          PT_TOKEN_KEY_UNKNOWN },
        { "a kid in another case", "{\"alg\":\"RS256\",\"kid\":\"RSA1\"}",
          PT_TOKEN_KEY_UNKNOWN },
        { "the beginning of a kid", "{\"alg\":\"RS256\",\"kid\":\"rsa\"}",
          PT_TOKEN_KEY_UNKNOWN },
        { "a kid and more", "{\"alg\":\"RS256\",\"kid\":\"rsa11\"}",
          PT_TOKEN_KEY_UNKNOWN },
        { "an empty kid", "{\"alg\":\"RS256\",\"kid\":\"\"}",
          PT_TOKEN_KEY_UNKNOWN },
        { "a kid that is a path",
          "{\"alg\":\"RS256\",\"kid\":\"../../../etc/passwd\"}",
          PT_TOKEN_KEY_UNKNOWN },
        { "a kid with quotes", "{\"alg\":\"RS256\",\"kid\":\"' OR '1'='1\"}",
          PT_TOKEN_KEY_UNKNOWN },
        { "a kid that is a number", "{\"alg\":\"RS256\",\"kid\":1}",
          PT_TOKEN_MALFORMED },
        { "a kid that is null", "{\"alg\":\"RS256\",\"kid\":null}",
          PT_TOKEN_MALFORMED },
        { "a kid that is an array",
          "{\"alg\":\"RS256\",\"kid\":[\"rsa1\"]}", PT_TOKEN_MALFORMED },
        { "a kid of 128 bytes",
          jose_printf("{\"alg\":\"RS256\",\"kid\":\"%s\"}",
                      jose_repeat('k', 128)), PT_TOKEN_KEY_UNKNOWN },
        { "a kid of 129 bytes",
          jose_printf("{\"alg\":\"RS256\",\"kid\":\"%s\"}",
                      jose_repeat('k', 129)), PT_TOKEN_MALFORMED }
    };

    test_header_cases(cases, sizeof(cases) / sizeof(cases[0]));
}


static void
test_wrong_keys(void)
{
    test_is(test_signed(rsa3, JOSE_RS256,
                        "{\"alg\":\"RS256\",\"kid\":\"rsa1\"}"),
            PT_TOKEN_SIGNATURE, "an unknown key with a known kid");
    test_is(test_signed(ec2, JOSE_ES256,
                        "{\"alg\":\"ES256\",\"kid\":\"ec1\"}"),
            PT_TOKEN_SIGNATURE, "an unknown EC key with a known kid");
    test_is(test_signed(ec1, JOSE_ES256,
                        "{\"alg\":\"ES256\",\"kid\":\"rsa1\"}"),
            PT_TOKEN_ALGORITHM, "ES256 with the kid of an RSA key");
    test_is(test_signed(rsa3, JOSE_RS256,
                        jose_printf("{\"alg\":\"RS256\",\"jwk\":{%s}}",
                                    jose_jwk(rsa3))),
            PT_TOKEN_SIGNATURE, "a key that the token brings");
    test_is(test_signed(rsa3, JOSE_RS256,
                        jose_printf("{\"alg\":\"RS256\",\"kid\":\"rsa1\","
                                    "\"jwk\":{%s,\"kid\":\"rsa1\"}}",
                                    jose_jwk(rsa3))),
            PT_TOKEN_SIGNATURE, "the same with a known kid");
    test_is(test_signed(rsa3, JOSE_RS256,
                        "{\"alg\":\"RS256\",\"kid\":\"rsa1\","
                        "\"jku\":\"https://evil.example/jwks\","
                        "\"x5u\":\"https://evil.example/cert\","
                        "\"x5c\":[\"MIIDqDCC\"]}"),
            PT_TOKEN_SIGNATURE, "places where a key could be found");
    test_is(test_signed(rsa1, JOSE_RS256,
                        "{\"alg\":\"RS256\",\"kid\":\"rsa1\","
                        "\"jku\":\"https://evil.example/jwks\",\"jwk\":7}"),
            PT_OK, "they do no harm to a good token");
}


static void
test_rsa_signatures(void)
{
    char       *input;
    u_char      bytes[512];
    BIGNUM     *n;
    ngx_str_t   sig, longer;

    input = jose_input("{\"alg\":\"RS256\",\"kid\":\"rsa1\"}", PAYLOAD);
    sig = jose_sign(rsa1, JOSE_RS256, input);

    test_is(jose_join(input, &sig), PT_OK, "a good RSA signature");

    longer = sig;
    longer.len--;
    test_is(jose_join(input, &longer), PT_TOKEN_SIGNATURE, "a byte less");

    memset(bytes, 0, sizeof(bytes));
    memcpy(bytes, sig.data, 256);
    longer = test_sig(bytes, 257);
    test_is(jose_join(input, &longer), PT_TOKEN_SIGNATURE, "a byte more");

    memset(bytes, 0, sizeof(bytes));
    memcpy(bytes + 1, sig.data, 256);
    longer = test_sig(bytes, 257);
    test_is(jose_join(input, &longer), PT_TOKEN_SIGNATURE,
            "a zero in front");

    memset(bytes, 0, sizeof(bytes));
    longer = test_sig(bytes, 256);
    test_is(jose_join(input, &longer), PT_TOKEN_SIGNATURE, "zeros");

    longer = test_sig(bytes, 1);
    test_is(jose_join(input, &longer), PT_TOKEN_SIGNATURE, "one zero");

    memset(bytes, 0xff, sizeof(bytes));
    longer = test_sig(bytes, 256);
    test_is(jose_join(input, &longer), PT_TOKEN_SIGNATURE,
            "a number over the modulus");

    n = NULL;
    EVP_PKEY_get_bn_param(rsa1, OSSL_PKEY_PARAM_RSA_N, &n);
    BN_bn2binpad(n, bytes, 256);
    longer = test_sig(bytes, 256);
    test_is(jose_join(input, &longer), PT_TOKEN_SIGNATURE, "the modulus");
    BN_free(n);

    sig = jose_sign(rsa1, JOSE_RS384, input);
    test_is(jose_join(input, &sig), PT_TOKEN_SIGNATURE,
            "a signature over SHA-384");

    sig = jose_sign(rsa1, JOSE_RS512, input);
    test_is(jose_join(input, &sig), PT_TOKEN_SIGNATURE,
            "a signature over SHA-512");

    sig = jose_sign(rsa1, JOSE_PS256, input);
    test_is(jose_join(input, &sig), PT_TOKEN_SIGNATURE,
            "PS256 that claims RS256");

    sig = jose_sign(rsa1, JOSE_RS256, jose_input("{\"alg\":\"RS256\"}",
                                                 PAYLOAD));
    test_is(jose_join(input, &sig), PT_TOKEN_SIGNATURE,
            "the signature of another token");
}


static void
test_pss_signatures(void)
{
    size_t      i;
    char       *input;
    ngx_str_t   sig;

    static const struct {
        const char   *name;
        jose_alg_e    alg;
        pt_reason_e   reason;
    } cases[] = {
        { "salt as long as the digest", JOSE_PS256, PT_OK },
        { "no salt", JOSE_PS256_SALT_0, PT_TOKEN_SIGNATURE },
        { "a shorter salt", JOSE_PS256_SALT_20, PT_TOKEN_SIGNATURE },
        { "the longest salt", JOSE_PS256_SALT_MAX, PT_TOKEN_SIGNATURE },
        { "MGF1 with SHA-1", JOSE_PS256_MGF1_SHA1, PT_TOKEN_SIGNATURE },
        { "RS256 that claims PS256", JOSE_RS256, PT_TOKEN_SIGNATURE }
    };

    input = jose_input("{\"alg\":\"PS256\",\"kid\":\"rsa1\"}", PAYLOAD);

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sig = jose_sign(rsa1, cases[i].alg, input);
        test_is(jose_join(input, &sig), cases[i].reason, cases[i].name);
    }
}


static void
test_ec_signatures(void)
{
    char       *input;
    u_char      bytes[128];
    ngx_str_t   sig, other;

    input = jose_input("{\"alg\":\"ES256\",\"kid\":\"ec1\"}", PAYLOAD);
    sig = jose_sign(ec1, JOSE_ES256, input);

    is_int(sig.len, 64, "an ES256 signature has 64 bytes");
    test_is(jose_join(input, &sig), PT_OK, "a good EC signature");

    other = test_sig(sig.data, 63);
    test_is(jose_join(input, &other), PT_TOKEN_SIGNATURE, "63 bytes");

    memset(bytes, 0, sizeof(bytes));
    memcpy(bytes, sig.data, 64);
    other = test_sig(bytes, 65);
    test_is(jose_join(input, &other), PT_TOKEN_SIGNATURE, "65 bytes");

    /* both numbers of 33 bytes and of 48 bytes, with zeros in front */

    memset(bytes, 0, sizeof(bytes));
    memcpy(bytes + 1, sig.data, 32);
    memcpy(bytes + 34, sig.data + 32, 32);
    other = test_sig(bytes, 66);
    test_is(jose_join(input, &other), PT_TOKEN_SIGNATURE, "66 bytes");

    memset(bytes, 0, sizeof(bytes));
    memcpy(bytes + 16, sig.data, 32);
    memcpy(bytes + 64, sig.data + 32, 32);
    other = test_sig(bytes, 96);
    test_is(jose_join(input, &other), PT_TOKEN_SIGNATURE, "96 bytes");

    memcpy(bytes, sig.data + 32, 32);
    memcpy(bytes + 32, sig.data, 32);
    other = test_sig(bytes, 64);
    test_is(jose_join(input, &other), PT_TOKEN_SIGNATURE,
            "r and s exchanged");

    other = jose_sign(p384, JOSE_ES256, input);
    is_int(other.len, 96, "a signature of a P-384 key has 96 bytes");
    test_is(jose_join(input, &other), PT_TOKEN_SIGNATURE,
            "a signature of a P-384 key");

    other.len = 64;
    test_is(jose_join(input, &other), PT_TOKEN_SIGNATURE,
            "64 bytes of a signature of a P-384 key");

    other = jose_sign(rsa1, JOSE_RS256, input);
    test_is(jose_join(input, &other), PT_TOKEN_SIGNATURE,
            "an RSA signature that claims ES256");
}


/* r and s out of range: 0, n and over (n is the order of the curve) */

static void
test_ec_numbers(void)
{
    char       *input;
    u_char      bytes[64], order[32];
    BIGNUM     *n;
    ngx_str_t   sig, good;

    n = NULL;
    EVP_PKEY_get_bn_param(ec1, OSSL_PKEY_PARAM_EC_ORDER, &n);
    BN_bn2binpad(n, order, 32);
    BN_free(n);

    input = jose_input("{\"alg\":\"ES256\",\"kid\":\"ec1\"}", PAYLOAD);
    good = jose_sign(ec1, JOSE_ES256, input);

    memset(bytes, 0, 64);
    sig = test_sig(bytes, 64);
    test_is(jose_join(input, &sig), PT_TOKEN_SIGNATURE, "r and s are 0");

    memcpy(bytes, good.data, 32);
    sig = test_sig(bytes, 64);
    test_is(jose_join(input, &sig), PT_TOKEN_SIGNATURE, "s is 0");

    memset(bytes, 0, 32);
    memcpy(bytes + 32, good.data + 32, 32);
    sig = test_sig(bytes, 64);
    test_is(jose_join(input, &sig), PT_TOKEN_SIGNATURE, "r is 0");

    memcpy(bytes, order, 32);
    sig = test_sig(bytes, 64);
    test_is(jose_join(input, &sig), PT_TOKEN_SIGNATURE, "r is n");

    memcpy(bytes + 32, order, 32);
    sig = test_sig(bytes, 64);
    test_is(jose_join(input, &sig), PT_TOKEN_SIGNATURE, "r and s are n");

    memset(bytes, 0xff, 64);
    sig = test_sig(bytes, 64);
    test_is(jose_join(input, &sig), PT_TOKEN_SIGNATURE, "r and s over n");
}


/*
 * Numbers that DER spells with less or more than 32 bytes: by chance one in
 * 256 begins with a zero byte, and one in two with a bit that needs one more.
 */

static void
test_ec_lengths(void)
{
    char        *input;
    ngx_str_t    sig;
    ngx_uint_t   i, good, short_r, short_s;

    good = 0;
    short_r = 0;
    short_s = 0;

    for (i = 0; (short_r == 0 || short_s == 0) && i < 10000; i++) {
        input = jose_input("{\"alg\":\"ES256\",\"kid\":\"ec1\"}",
                           jose_printf("%d", (int) i));
        sig = jose_sign(ec1, JOSE_ES256, input);

        good += (test_verify(jose_join(input, &sig)) == PT_OK);
        short_r += (sig.data[0] == 0);
        short_s += (sig.data[32] == 0);
    }

    is_int(good, i, "signatures with numbers of all lengths");
    ok(short_r, "r began with a zero byte");
    ok(short_s, "s began with a zero byte");
}


static void
test_der_signature(void)
{
    char       *input;
    ngx_str_t   sig;

    input = jose_input("{\"alg\":\"ES256\",\"kid\":\"ec1\"}", PAYLOAD);
    sig = jose_sign(ec1, JOSE_ES256_DER, input);

    is_int(sig.data[0], 0x30, "a signature in DER");
    test_is(jose_join(input, &sig), PT_TOKEN_SIGNATURE, "is none of JOSE");
}


/* what is public must be of no use as a secret */

static void
test_hmac(void)
{
    BIO        *bio;
    char       *pem, *input;
    u_char      mac[EVP_MAX_MD_SIZE];
    size_t      len;
    ngx_str_t   sig;

    bio = jose_must(BIO_new(BIO_s_mem()), "BIO_new()");
    jose_must_be(PEM_write_bio_PUBKEY(bio, rsa1), "PEM_write_bio_PUBKEY()");
    len = BIO_get_mem_data(bio, &pem);

    input = jose_input("{\"alg\":\"HS256\",\"kid\":\"rsa1\"}", PAYLOAD);

    jose_must(EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, pem, len,
                        (u_char *) input, strlen(input), mac, sizeof(mac),
                        &sig.len),
              "EVP_Q_mac()");

    sig.data = mac;
    test_is(jose_join(input, &sig), PT_TOKEN_ALGORITHM,
            "HS256 with the public key as the secret");

    input = jose_input("{\"alg\":\"RS256\",\"kid\":\"rsa1\"}", PAYLOAD);

    jose_must(EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, pem, len,
                        (u_char *) input, strlen(input), mac, sizeof(mac),
                        &sig.len),
              "EVP_Q_mac()");

    test_is(jose_join(input, &sig), PT_TOKEN_SIGNATURE,
            "the same that claims RS256");

    BIO_free(bio);
}


static void
test_tampering(void)
{
    size_t       i;
    char        *token, *other;
    ngx_uint_t   j, tried, accepted;

    static const char  *headers[] = {
        "{\"alg\":\"RS256\",\"kid\":\"rsa1\"}",
        "{\"alg\":\"PS256\",\"kid\":\"rsa1\"}"
    };

    for (j = 0; j < 2; j++) {
        token = test_signed(rsa1, j ? JOSE_PS256 : JOSE_RS256, headers[j]);
        tried = 0;
        accepted = 0;

        for (i = 0; i < strlen(token); i++) {
            other = jose_printf("%s", token);
            other[i] = (other[i] == 'A') ? 'B' : 'A';

            tried++;
            accepted += (test_verify(other) == PT_OK);
        }

        ok(tried > 350, "a token is changed in each of its characters");
        is_int(accepted, 0, "none of these is accepted");
        test_is(token, PT_OK, "but the token is");
    }

    token = test_signed(rsa1, JOSE_RS256,
                        "{\"alg\":\"RS256\",\"kid\":\"rsa1\"}");
    other = jose_input("{\"alg\":\"RS256\",\"kid\":\"rsa1\"}",
                       "{\"sub\":\"root\"}");
    test_is(jose_printf("%s%s", other, strrchr(token, '.')),
            PT_TOKEN_SIGNATURE, "another payload");

    /* the text that was signed counts, not what it decodes to */

    other = jose_input("{\"alg\":\"RS256\", \"kid\":\"rsa1\"}", PAYLOAD);
    test_is(jose_printf("%s%s", other, strrchr(token, '.')),
            PT_TOKEN_SIGNATURE, "the same header with a blank");
}


static void
test_without_kid(void)
{
    pt_jwks_t  *ec_only;

    test_is(test_signed(rsa1, JOSE_RS256, "{\"alg\":\"RS256\"}"), PT_OK,
            "no kid, the first key");
    test_is(test_signed(rsa2, JOSE_PS256, "{\"alg\":\"PS256\"}"), PT_OK,
            "no kid, another key");
    test_is(test_signed(rsa3072, JOSE_RS256, "{\"alg\":\"RS256\"}"), PT_OK,
            "no kid, a larger key");
    test_is(test_signed(ec1, JOSE_ES256, "{\"alg\":\"ES256\"}"), PT_OK,
            "no kid, an EC key");
    test_is(test_signed(rsa3, JOSE_RS256, "{\"alg\":\"RS256\"}"),
            PT_TOKEN_SIGNATURE, "no kid, no key fits");

    ec_only = test_jwks(jose_printf("{%s}", jose_jwk(ec1)));

    is_int(test_verify_with(ec_only, test_signed(rsa1, JOSE_RS256,
                                                 "{\"alg\":\"RS256\"}"), 0),
           PT_TOKEN_KEY_UNKNOWN, "no kid, no key for the algorithm");
    is_int(test_verify_with(ec_only, test_signed(ec1, JOSE_ES256,
                                                 "{\"alg\":\"ES256\"}"), 0),
           PT_OK, "no kid in the token, none in the set");
    is_int(test_verify_with(ec_only, test_signed(ec1, JOSE_ES256,
                                "{\"alg\":\"ES256\",\"kid\":\"ec1\"}"), 0),
           PT_TOKEN_KEY_UNKNOWN, "a kid in the token, none in the set");

    pt_jwks_free(ec_only);
}


static void
test_tries(void)
{
    char        *keys;
    ngx_uint_t   i;
    pt_jwks_t   *set;

    keys = "";

    for (i = 0; i < PT_JWS_MAX_TRIES - 1; i++) {
        keys = jose_printf("%s{%s},{%s},{%s},", keys, test_modulus(1 + 2 * i),
                           jose_jwk(ec1), jose_jwk(rsa3072));
    }

    set = test_jwks(jose_printf("%s{%s}", keys, jose_jwk(rsa1)));
    is_int(test_verify_with(set, test_signed(rsa1, JOSE_RS256,
                                             "{\"alg\":\"RS256\"}"), 0),
           PT_OK, "the eighth key of algorithm and length is tried");
    pt_jwks_free(set);

    set = test_jwks(jose_printf("%s{%s},{%s,\"kid\":\"a\"}", keys,
                                test_modulus(0x81), jose_jwk(rsa1)));
    is_int(test_verify_with(set, test_signed(rsa1, JOSE_RS256,
                                             "{\"alg\":\"RS256\"}"), 0),
           PT_TOKEN_SIGNATURE, "the ninth is not");
    is_int(test_verify_with(set, test_signed(rsa1, JOSE_RS256,
                                "{\"alg\":\"RS256\",\"kid\":\"a\"}"), 0),
           PT_OK, "with its kid it is found");
    pt_jwks_free(set);
}


/* fewer keys are tried if they are large, but the first one always is */

static void
test_costs(void)
{
    EVP_PKEY  *rsa4096, *rsa8192, *ec;

    rsa4096 = jose_rsa(4096);
    rsa8192 = jose_rsa(8192);
    ec = jose_ec("P-256");

    is_int(pt_pkey_cost(rsa1), 1, "the cost of RSA, 2048 bits");
    is_int(pt_pkey_cost(rsa3072), 3, "of 3072 bits");
    is_int(pt_pkey_cost(rsa4096), 4, "of 4096 bits");
    is_int(pt_pkey_cost(rsa8192), PT_COST_RSA_MAX, "of 8192 bits");
    is_int(pt_pkey_cost(ec), PT_COST_P256, "of P-256");

    test_cost("3072 bits", rsa3072, JOSE_RS256,
              jose_printf("{%s},", test_rsa(3072, "AQAB", 1)), 5);
    test_cost("4096 bits", rsa4096, JOSE_RS256,
              jose_printf("{%s},", test_rsa(4096, "AQAB", 1)), 4);
    test_cost("8192 bits", rsa8192, JOSE_PS256,
              jose_printf("{%s},", test_rsa(8192, "AQAB", 1)), 1);
    test_cost("2048 bits, an exponent of 64 bits", rsa1, JOSE_RS256,
              jose_printf("{%s},", test_rsa(2048, "gAAAAAAAAAE", 1)), 4);
    test_cost("8192 bits, an exponent of 64 bits", rsa8192, JOSE_RS256,
              jose_printf("{%s},", test_rsa(8192, "gAAAAAAAAAE", 1)), 1);
    test_cost("P-256", ec, JOSE_ES256, jose_printf("{%s},", jose_jwk(ec1)), 4);

    EVP_PKEY_free(rsa4096);
    EVP_PKEY_free(rsa8192);
    EVP_PKEY_free(ec);
}


/* the n-th key of a kind is tried, the next one is not */

static void
test_cost(const char *name, EVP_PKEY *pkey, jose_alg_e alg, const char *others,
    ngx_uint_t n)
{
    char        *keys, *token;
    ngx_uint_t   i;
    pt_jwks_t   *set;

    token = test_signed(pkey, alg, (alg == JOSE_RS256) ? "{\"alg\":\"RS256\"}"
                                   : (alg == JOSE_PS256)
                                   ? "{\"alg\":\"PS256\"}"
                                   : "{\"alg\":\"ES256\"}");
    keys = "";

    for (i = 1; i < n; i++) {
        keys = jose_printf("%s%s", keys, others);
    }

    set = test_jwks(jose_printf("%s{%s}", keys, jose_jwk(pkey)));
    is_int(test_verify_with(set, token, 0), PT_OK, name);
    pt_jwks_free(set);

    set = test_jwks(jose_printf("%s%s{%s}", keys, others, jose_jwk(pkey)));
    is_int(test_verify_with(set, token, 0), PT_TOKEN_SIGNATURE, name);
    pt_jwks_free(set);
}


static void
test_restricted_keys(void)
{
    pt_jwks_t  *set;

    test_is(test_signed(rsa1, JOSE_RS256, "{\"alg\":\"RS256\",\"kid\":\"rs\"}"),
            PT_OK, "RS256 with a key for RS256");
    test_is(test_signed(rsa1, JOSE_PS256, "{\"alg\":\"PS256\",\"kid\":\"rs\"}"),
            PT_TOKEN_ALGORITHM, "PS256 with a key for RS256");

    set = test_jwks(jose_printf("{%s,\"alg\":\"PS256\"}", jose_jwk(rsa1)));

    is_int(test_verify_with(set, test_signed(rsa1, JOSE_PS256,
                                             "{\"alg\":\"PS256\"}"), 0),
           PT_OK, "PS256 with a key for PS256");
    is_int(test_verify_with(set, test_signed(rsa1, JOSE_RS256,
                                             "{\"alg\":\"RS256\"}"), 0),
           PT_TOKEN_KEY_UNKNOWN, "RS256 without a key for it");

    pt_jwks_free(set);
}


/* headers that were good before: what they say is not read again */

static void
test_known_headers(void)
{
    size_t       n;
    char        *token, *header;
    pt_jwks_t   *other;
    ngx_uint_t   i, wrong;

    static const char  *first = "{\"alg\":\"RS256\",\"kid\":\"rsa1\"}";
    static const char  *second = "{\"alg\":\"RS256\",\"kid\":\"rsa2\"}";

    token = test_signed(rsa1, JOSE_RS256, first);

    test_is(token, PT_OK, "a header");
    test_is(token, PT_OK, "the same one");

    test_is(test_signed(rsa2, JOSE_RS256, first), PT_TOKEN_SIGNATURE,
            "with a signature of another key");
    test_is(test_signed(rsa1, JOSE_PS256, first), PT_TOKEN_SIGNATURE,
            "of another algorithm");
    test_is(jose_printf("%.*s.!.AAAA", (int) (strchr(token, '.') - token),
                        token),
            PT_TOKEN_MALFORMED, "with something else behind it");

    test_is(test_signed(rsa2, JOSE_RS256, second), PT_OK, "another header");
    test_is(test_signed(rsa1, JOSE_RS256, second), PT_TOKEN_SIGNATURE,
            "it names another key");
    test_is(test_signed(rsa2, JOSE_RS256, "{\"alg\":\"RS256\"}"), PT_OK,
            "one that names none");
    test_is(test_signed(rsa1, JOSE_RS256, "{\"alg\":\"RS256\"}"), PT_OK,
            "... is of any key");
    test_is(token, PT_OK, "the first header again");

    other = test_jwks(jose_printf("{%s,\"kid\":\"rsa2\"},"
                                  "{%s,\"kid\":\"rsa1\"}",
                                  jose_jwk(rsa1), jose_jwk(rsa2)));

    is_int(test_verify_with(other, token, 0), PT_TOKEN_SIGNATURE,
           "with other keys it names another one");

    pt_jwks_free(other);

    wrong = 0;

    for (n = 150; n < 180; n++) {
        header = jose_printf("%s%*s", first, (int) n, "");

        for (i = 0; i < 2; i++) {
            wrong += (test_verify(test_signed(rsa1, JOSE_RS256, header))
                      != PT_OK);
            wrong += (test_verify(test_signed(rsa2, JOSE_RS256, header))
                      != PT_TOKEN_SIGNATURE);
        }
    }

    is_int(wrong, 0, "headers that are and are not too long to be known");
}


/* the last good length and the first that is too much */

static void
test_sizes(void)
{
    char    *token, *header;
    size_t   n, pad;

    header = "{\"alg\":\"ES256\"}";
    token = NULL;

    for (pad = 0; pad < 3; pad++) {
        n = 6000 + pad;

        do {
            token = jose_token(ec1, JOSE_ES256, header, jose_repeat('a', n));
            n += (PT_TOKEN_MAX - ngx_min(strlen(token), PT_TOKEN_MAX)) * 3 / 4;
        } while (strlen(token) + 4 <= PT_TOKEN_MAX);

        if (strlen(token) == PT_TOKEN_MAX) {
            break;
        }

        header = jose_printf(" %s", header);
    }

    is_int(strlen(token), PT_TOKEN_MAX, "a token of 8192 bytes");
    test_is(token, PT_OK, "is read");
    test_is(jose_printf("%sA", token), PT_TOKEN_TOO_LARGE, "8193 bytes");
    test_is(jose_repeat('.', PT_TOKEN_MAX), PT_TOKEN_MALFORMED,
            "8192 dots");
    test_is(jose_repeat('a', 1000000), PT_TOKEN_TOO_LARGE,
            "a million bytes");
}


static void
test_arena(void)
{
    char        *token;
    size_t       size, enough;
    ngx_uint_t   accepted;

    token = test_signed(rsa1, JOSE_RS256,
                        "{\"alg\":\"RS256\",\"kid\":\"rsa\\u0031\"}");
    enough = pt_jws_scratch(strlen(token));
    accepted = 0;

    for (size = 1; size < 400; size++) {
        if (test_verify_with(jwks, token, size) == PT_OK) {
            accepted++;
        }
    }

    is_int(accepted, 0, "no token is accepted without memory");
    is_int(test_verify_with(jwks, token, 8), PT_INTERNAL,
           "too little of it is no fault of the token");
    is_int(test_verify_with(jwks, token, enough), PT_OK,
           "with what was asked for it is");
}


static void
test_queue(void)
{
    ngx_str_t    text, sig;
    pt_arena_t   arena;

    is_int(test_errors, 0, "no token left errors in OpenSSL's queue");

    /* nor is the token judged by errors that were there */

    sig = jose_sign(rsa1, JOSE_RS256, jose_input("{\"alg\":\"RS256\"}",
                                                 PAYLOAD));
    text = tap_str(jose_join(jose_input("{\"alg\":\"RS256\"}", PAYLOAD),
                             &sig));

    pt_arena_init(&arena, jose_alloc(pt_jws_scratch(text.len)),
                  pt_jws_scratch(text.len));

    ERR_raise(ERR_LIB_USER, 1);

    is_int(pt_jws_verify(&text, jwks, &arena, &payload, &signer), PT_OK,
           "an error of somebody else");
    is_int(ERR_peek_error(), 0, "the queue is empty afterwards");
}


/* all of them signed with rsa1 */

static void
test_header_cases(const test_header_t *cases, ngx_uint_t n)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {
        test_is(test_signed(rsa1, JOSE_RS256, cases[i].header),
                cases[i].reason, cases[i].name);
    }
}


static void
test_is(const char *token, pt_reason_e reason, const char *name)
{
    is_int(test_verify(token), reason, name);
}


static pt_reason_e
test_verify(const char *token)
{
    return test_verify_with(jwks, token, 0);
}


/* the token and the scratch memory have no byte of memory after them */

static pt_reason_e
test_verify_with(pt_jwks_t *set, const char *token, size_t scratch)
{
    u_char       *memory, *copy;
    ngx_str_t     text, got;
    pt_arena_t    arena;
    pt_reason_e   rc;

    text.len = strlen(token);

    copy = malloc(text.len ? text.len : 1);
    memcpy(copy, token, text.len);
    text.data = copy;

    if (scratch == 0) {
        scratch = pt_jws_scratch(text.len);
    }

    memory = malloc(scratch);
    pt_arena_init(&arena, memory, scratch);

    ngx_str_null(&payload);
    got.data = NULL;
    got.len = 0;

    rc = pt_jws_verify(&text, set, &arena, &got, &signer);

    if (rc == PT_OK) {
        payload.data = payload_buf;
        payload.len = got.len;
        memcpy(payload_buf, got.data, got.len);

    } else if (got.data != NULL) {
        printf("# a payload without PT_OK\n");
        test_errors++;
    }

    free(memory);
    free(copy);

    if (ERR_peek_error() != 0) {
        test_errors++;
        ERR_clear_error();
    }

    return rc;
}


static pt_jwks_t *
test_jwks(const char *keys)
{
    ngx_str_t    text;
    const char  *err;

    text = tap_str(jose_printf("{\"keys\":[%s]}", keys));

    return jose_must(pt_jwks_read(&text, &err), "pt_jwks_read()");
}


static ngx_str_t
test_sig(const void *data, size_t len)
{
    ngx_str_t  sig;

    sig.data = (u_char *) data;
    sig.len = len;

    return sig;
}


static char *
test_signed(EVP_PKEY *pkey, jose_alg_e alg, const char *header)
{
    return jose_token(pkey, alg, header, PAYLOAD);
}


/* the members of an RSA key that nobody can sign with */

static char *
test_modulus(u_char last)
{
    return test_rsa(2048, "AQAB", last);
}


/* a key of that many bits, of which nobody knows the other half */

static char *
test_rsa(ngx_uint_t bits, const char *e, u_char last)
{
    u_char  bytes[1024];

    memset(bytes, 0xa5, bits / 8);
    bytes[bits / 8 - 1] = last;

    return jose_printf("\"kty\":\"RSA\",\"e\":\"%s\",\"n\":\"%s\"", e,
                       jose_base64url(bytes, bits / 8));
}
