
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"
#include "jose.h"

#include "pt_base64.h"
#include "pt_token.h"

#include <sys/wait.h>
#include <unistd.h>


#define NOW       1700000000
#define TENANT    "8f2c5a1e-3b64-4d0f-9a57-1c0de000000a"
#define APP       "8f2c5a1e-3b64-4d0f-9a57-1c0de000000b"
#define OBJECT    "8f2c5a1e-3b64-4d0f-9a57-1c0de000000c"
#define AUDIENCE  "8f2c5a1e-3b64-4d0f-9a57-1c0de000000d"
#define ROLE      "PrintTaskDefinition.ReadWrite.All"
#define ISSUER    "https://login.microsoftonline.com/" TENANT "/v2.0"
#define ISSUER1   "https://sts.windows.net/" TENANT "/"
#define ANY       "https://login.microsoftonline.com/{tid}/v2.0"

#define names(list)  { list, sizeof(list) / sizeof(list[0]) }


/* a good token without some claims, and with others */

typedef struct {
    const char   *name;
    const char   *without;
    const char   *with;
    pt_reason_e   reason;
} test_case_t;


static void test_good(void);
static void test_version_1(void);
static void test_payload(void);
static void test_exp(void);
static void test_starts(void);
static void test_leeway(void);
static void test_issuer(void);
static void test_issuer_of_tenant(void);
static void test_audience(void);
static void test_app(void);
static void test_app_characters(void);
static void test_tenant(void);
static void test_delegated(void);
static void test_roles(void);
static void test_admins(void);
static void test_tenants(void);
static void test_apps(void);
static void test_revoked(void);
static void test_revoked_keys(void);
static void test_bound(void);
static void test_bound_certificates(void);
static void test_order(void);
static void test_empty_policy(void);
static void test_signature_first(void);
static void test_values(void);
static void test_arena(void);
static void test_fork(void);
static void test_queue(void);

static void test_cases(const test_case_t *cases, ngx_uint_t n);
static pt_reason_e test_claims_at(const char *without, const char *with,
    time_t now, time_t leeway);
static char *test_token(const char *without, const char *with);
static ngx_uint_t test_listed(const char *list, const char *name);
static pt_reason_e test_check(const char *token);
static pt_reason_e test_check_with(const char *token, time_t now,
    size_t scratch);
static pt_revoked_t *test_list(const char *text);
static void test_copy(ngx_str_t *dst, u_char *buf, const ngx_str_t *src);


static ngx_str_t  test_issuers[] = {
    ngx_string("https://issuer.example/a"),
    ngx_string(ISSUER),
    ngx_string(ISSUER1)
};

static ngx_str_t  test_any_issuer[] = {
    ngx_string(ANY),
    ngx_string("https://{tid}.example/{tid}/"),
    ngx_string("{tid}")
};

static ngx_str_t  test_audiences[] = {
    ngx_string("api://print"),
    ngx_string(AUDIENCE)
};

static ngx_str_t  test_role_names[] = {
    ngx_string("PrintTask.Admin"),
    ngx_string(ROLE)
};

static ngx_str_t  test_tenant_ids[] = {
    ngx_string("contoso.example"),
    ngx_string("8F2C5A1E-3B64-4D0F-9A57-1C0DE000000A")
};

static ngx_str_t  test_app_ids[] = {
    ngx_string("Connector"),
    ngx_string("8F2C5a1e-3b64-4d0f-9a57-1c0de000000B")
};


static const pt_token_policy_t  test_default = {
    names(test_issuers),
    names(test_audiences),
    names(test_role_names),
    { NULL, 0 },
    { NULL, 0 },
    { NULL, 0 },
    0,
    0
};


static EVP_PKEY           *pkey, *stranger;
static pt_jwks_t          *jwks;
static pt_token_policy_t   policy;
static pt_token_facts_t    facts;
static pt_token_claims_t   claims;
static u_char              app_buf[128], tenant_buf[64];
static ngx_uint_t          test_errors;


int
main(void)
{
    ngx_str_t    text;
    const char  *err;

    pkey = jose_ec("P-256");
    stranger = jose_ec("P-256");

    text = tap_str(jose_printf("{\"keys\":[{%s}]}", jose_jwk(pkey)));
    jwks = jose_must(pt_jwks_read(&text, &err), "pt_jwks_read()");

    policy = test_default;

    test_good();
    test_version_1();
    test_payload();
    test_exp();
    test_starts();
    test_leeway();
    test_issuer();
    test_issuer_of_tenant();
    test_audience();
    test_app();
    test_app_characters();
    test_tenant();
    test_delegated();
    test_roles();
    test_admins();
    test_tenants();
    test_apps();
    test_revoked();
    test_revoked_keys();
    test_bound();
    test_bound_certificates();
    test_order();
    test_empty_policy();
    test_signature_first();
    test_values();
    test_arena();
    test_fork();
    test_queue();

    pt_jwks_free(jwks);
    EVP_PKEY_free(pkey);
    EVP_PKEY_free(stranger);

    return tap_done();
}


static void
test_good(void)
{
    is_int(test_check(test_token("", "")), PT_OK, "a token of version 2.0");
    is_str(&claims.app, APP, "its application");
    is_str(&claims.tenant, TENANT, "its tenant");
    is_int(claims.exp, NOW + 3600, "its end");

    is_int(test_check(test_token("azp,tid",
                                 "\"azp\":\"8F2C5A1E-3B64-4D0F-9A57-"
                                 "1C0DE000000B\",\"tid\":\"8F2C5A1E-3B64-"
                                 "4D0F-9A57-1C0DE000000A\"")),
           PT_OK, "GUIDs in upper case");
    is_str(&claims.app, APP, "the application in lower case");
    is_str(&claims.tenant, TENANT, "the tenant in lower case");

    is_int(test_check(test_token("azp,tid", "\"azp\":\"Connector\","
                                 "\"tid\":\"Contoso.example\"")),
           PT_OK, "ids that are no GUIDs");
    is_str(&claims.app, "Connector", "the application as it is");
    is_str(&claims.tenant, "Contoso.example", "the tenant as it is");

    is_int(test_check(test_token("azp", "\"\\u0061zp\":\"a\\u0062c\"")), PT_OK,
           "an application that is escaped");
    is_str(&claims.app, "abc", "is decoded");

    is_int(test_check(test_token("tid", "")), PT_OK, "no tenant");
    is_int(claims.tenant.len, 0, "is empty");

    is_int(test_check(test_token("idtyp,oid,sub,nbf,iat,ver,tid", "")), PT_OK,
           "no claim but those that are needed");
}


static void
test_version_1(void)
{
    is_int(test_check(test_token("iss,azp,azpacr,ver",
                                 "\"iss\":\"" ISSUER1 "\","
                                 "\"appid\":\"" APP "\",\"appidacr\":\"1\","
                                 "\"ver\":\"1.0\"")),
           PT_OK, "a token of version 1.0");
    is_str(&claims.app, APP, "its application");
    is_str(&claims.tenant, TENANT, "its tenant");
}


static void
test_payload(void)
{
    size_t  i;
    char   *token;

    static const struct {
        const char  *name;
        const char  *payload;
    } cases[] = {
        { "a payload that is no JSON", "roles" },
        { "a payload that is an array", "[]" },
        { "a payload that is a string", "\"roles\"" },
        { "a payload that is a number", "1" },
        { "a payload that is null", "null" },
        { "a payload of blanks", "  " },
        { "two payloads", "{\"exp\":1700003600}{}" },
        { "half a payload", "{\"exp\":1700003600" },
        { "a claim twice", "{\"exp\":1700003600,\"exp\":1700003600}" },
        { "a claim twice, once escaped", "{\"exp\":1,\"\\u0065xp\":1}" },
        { "a claim of a claim twice", "{\"a\":{\"b\":1,\"b\":1}}" },
        { "invalid UTF-8", "{\"sub\":\"\xff\"}" },
        { "overlong UTF-8", "{\"sub\":\"\xc0\xaf\"}" },
        { "a surrogate in UTF-8", "{\"sub\":\"\xed\xa0\x80\"}" },
        { "an escaped NUL", "{\"sub\":\"a\\u0000b\"}" },
        { "a lone surrogate", "{\"sub\":\"\\udc00\"}" },
        { "a byte order mark", "\xef\xbb\xbf{}" },
        { "a comment", "{/* */}" },
        { "NaN", "{\"exp\":NaN}" },
        { "a claim that is nested deeply",
          "{\"a\":[[[[[[[[[[[[1]]]]]]]]]]]]}" }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        token = jose_token(pkey, JOSE_ES256, "{\"alg\":\"ES256\"}",
                           cases[i].payload);

        is_int(test_check(token), PT_TOKEN_MALFORMED, cases[i].name);
    }
}


static void
test_exp(void)
{
    static const test_case_t  cases[] = {
        { "no exp", "exp", "", PT_TOKEN_CLAIMS },
        { "exp in another case", "exp", "\"Exp\":1700003600",
          PT_TOKEN_CLAIMS },
        { "exp is a string", "exp", "\"exp\":\"1700003600\"",
          PT_TOKEN_CLAIMS },
        { "exp null", "exp", "\"exp\":null", PT_TOKEN_CLAIMS },
        { "exp true", "exp", "\"exp\":true", PT_TOKEN_CLAIMS },
        { "exp is an array", "exp", "\"exp\":[1700003600]", PT_TOKEN_CLAIMS },
        { "exp is an object", "exp", "\"exp\":{}", PT_TOKEN_CLAIMS },
        { "exp negative", "exp", "\"exp\":-1", PT_TOKEN_CLAIMS },
        { "exp minus zero", "exp", "\"exp\":-0", PT_TOKEN_CLAIMS },
        { "exp with a fraction", "exp", "\"exp\":1700003600.5",
          PT_TOKEN_CLAIMS },
        { "exp with a fraction that a double does not hold", "exp",
          "\"exp\":1700003600.00000000001", PT_TOKEN_CLAIMS },
        { "exp 1e300", "exp", "\"exp\":1e300", PT_TOKEN_CLAIMS },
        { "exp 1e999999999999", "exp", "\"exp\":1e999999999999",
          PT_TOKEN_CLAIMS },
        { "exp 2^53 + 1", "exp", "\"exp\":9007199254740993",
          PT_TOKEN_CLAIMS },
        { "exp 2^63", "exp", "\"exp\":9223372036854775808", PT_TOKEN_CLAIMS },
        { "exp 2^64 and an hour", "exp", "\"exp\":18446744075409555216",
          PT_TOKEN_CLAIMS },
        { "exp 2^53", "exp", "\"exp\":9007199254740992", PT_OK },
        { "exp is an integral float", "exp", "\"exp\":1700003600.000", PT_OK },
        { "exp with an exponent", "exp", "\"exp\":17000036e2", PT_OK },
        { "exp in scientific notation", "exp", "\"exp\":1.7000036E+9",
          PT_OK },
        { "exp 0", "exp", "\"exp\":0", PT_TOKEN_EXPIRED },
        { "exp in the past", "exp", "\"exp\":1699999999", PT_TOKEN_EXPIRED },
        { "exp now", "exp", "\"exp\":1700000000", PT_TOKEN_EXPIRED },
        { "exp in a second", "exp", "\"exp\":1700000001", PT_OK }
    };

    test_cases(cases, sizeof(cases) / sizeof(cases[0]));

    test_check(test_token("exp", "\"exp\":17000036.01e2"));
    is_int(claims.exp, 1700003601, "exp is an integer");
}


static void
test_starts(void)
{
    static const test_case_t  cases[] = {
        { "nbf now", "nbf", "\"nbf\":1700000000", PT_OK },
        { "nbf in a second", "nbf", "\"nbf\":1700000001",
          PT_TOKEN_NOT_YET_VALID },
        { "nbf is a string", "nbf", "\"nbf\":\"1699999999\"",
          PT_TOKEN_CLAIMS },
        { "nbf null", "nbf", "\"nbf\":null", PT_TOKEN_CLAIMS },
        { "nbf 1e300", "nbf", "\"nbf\":1e300", PT_TOKEN_CLAIMS },
        { "nbf negative", "nbf", "\"nbf\":-1", PT_TOKEN_CLAIMS },
        { "no nbf", "nbf", "", PT_OK },
        { "iat now", "iat", "\"iat\":1700000000", PT_OK },
        { "iat in a second", "iat", "\"iat\":1700000001",
          PT_TOKEN_NOT_YET_VALID },
        { "iat 2^53", "iat", "\"iat\":9007199254740992",
          PT_TOKEN_NOT_YET_VALID },
        { "iat is a string", "iat", "\"iat\":\"1699999999\"",
          PT_TOKEN_CLAIMS },
        { "iat with a fraction", "iat", "\"iat\":1.5", PT_TOKEN_CLAIMS },
        { "no iat", "iat", "", PT_OK },
        { "iat in the past, nbf in the future", "nbf",
          "\"nbf\":1700000001", PT_TOKEN_NOT_YET_VALID },
        { "expired and not yet valid", "exp,nbf",
          "\"exp\":1,\"nbf\":1800000000", PT_TOKEN_EXPIRED },
        { "expired with an nbf that is malformed", "exp,nbf",
          "\"exp\":1,\"nbf\":\"1\"", PT_TOKEN_CLAIMS }
    };

    test_cases(cases, sizeof(cases) / sizeof(cases[0]));
}


static void
test_leeway(void)
{
    is_int(test_claims_at("", "", NOW + 3599, 0), PT_OK,
           "the last second");
    is_int(test_claims_at("", "", NOW + 3600, 0), PT_TOKEN_EXPIRED,
           "the first second after it");
    is_int(test_claims_at("", "", NOW + 3659, 60), PT_OK,
           "the last second with a leeway");
    is_int(test_claims_at("", "", NOW + 3660, 60), PT_TOKEN_EXPIRED,
           "the first second after that");
    is_int(test_claims_at("", "", NOW - 60, 60), PT_OK,
           "the first second with a leeway");
    is_int(test_claims_at("", "", NOW - 61, 60), PT_TOKEN_NOT_YET_VALID,
           "the last second before that");
    is_int(test_claims_at("exp", "\"exp\":9007199254740992",
                          NOW, PT_TOKEN_LEEWAY_MAX), PT_OK,
           "the largest end and the largest leeway");
    is_int(test_claims_at("exp", "\"exp\":0", 0, PT_TOKEN_LEEWAY_MAX),
           PT_TOKEN_NOT_YET_VALID, "a clock that was not set");
}


static void
test_issuer(void)
{
    static const test_case_t  cases[] = {
        { "no iss", "iss", "", PT_TOKEN_CLAIMS },
        { "iss null", "iss", "\"iss\":null", PT_TOKEN_CLAIMS },
        { "iss is an array", "iss", "\"iss\":[\"" ISSUER "\"]",
          PT_TOKEN_CLAIMS },
        { "iss is empty", "iss", "\"iss\":\"\"", PT_TOKEN_ISSUER },
        { "iss of the list", "iss", "\"iss\":\"https://issuer.example/a\"",
          PT_OK },
        { "iss of another tenant", "iss",
          "\"iss\":\"https://login.microsoftonline.com/other/v2.0\"",
          PT_TOKEN_ISSUER },
        { "iss with a slash more", "iss", "\"iss\":\"" ISSUER "/\"",
          PT_TOKEN_ISSUER },
        { "iss with a slash less", "iss",
          "\"iss\":\"https://sts.windows.net/" TENANT "\"", PT_TOKEN_ISSUER },
        { "the beginning of an iss", "iss",
          "\"iss\":\"https://issuer.example/\"", PT_TOKEN_ISSUER },
        { "iss in another case", "iss",
          "\"iss\":\"https://Issuer.example/a\"", PT_TOKEN_ISSUER },
        { "iss with a blank", "iss", "\"iss\":\"https://issuer.example/a \"",
          PT_TOKEN_ISSUER },
        { "iss escaped", "iss",
          "\"iss\":\"https:\\/\\/issuer.ex\\u0061mple\\/a\"", PT_OK }
    };

    test_cases(cases, sizeof(cases) / sizeof(cases[0]));
}


static void
test_issuer_of_tenant(void)
{
    static const test_case_t  cases[] = {
        { "the issuer of the tenant", "", "", PT_OK },
        { "the issuer of another tenant", "tid", "\"tid\":\"other\"",
          PT_TOKEN_ISSUER },
        { "another tenant and its issuer", "tid,iss",
          "\"tid\":\"contoso.example\",\"iss\":\""
          "https://login.microsoftonline.com/contoso.example/v2.0\"", PT_OK },
        { "no tenant", "tid", "", PT_TOKEN_ISSUER },
        { "no tenant, and none in the issuer", "tid,iss",
          "\"iss\":\"https://login.microsoftonline.com//v2.0\"",
          PT_TOKEN_ISSUER },
        { "no tenant, and {tid} in the issuer", "tid,iss",
          "\"iss\":\"" ANY "\"", PT_TOKEN_ISSUER },
        { "{tid} in the issuer", "iss", "\"iss\":\"" ANY "\"",
          PT_TOKEN_ISSUER },
        { "the tenant in another case", "tid",
          "\"tid\":\"8F2C5A1E-3B64-4D0F-9A57-1C0DE000000A\"",
          PT_TOKEN_ISSUER },
        { "the issuer of a longer tenant", "iss",
          "\"iss\":\"https://login.microsoftonline.com/" TENANT "a/v2.0\"",
          PT_TOKEN_ISSUER },
        { "the issuer of a shorter tenant", "tid", "\"tid\":\"" TENANT "a\"",
          PT_TOKEN_ISSUER },
        { "the issuer ends with the tenant", "iss",
          "\"iss\":\"https://login.microsoftonline.com/" TENANT "\"",
          PT_TOKEN_ISSUER },
        { "more after the issuer", "iss", "\"iss\":\"" ISSUER "0\"",
          PT_TOKEN_ISSUER },
        { "the tenant twice", "tid,iss",
          "\"tid\":\"a\",\"iss\":\"https://a.example/a/\"", PT_OK },
        { "two tenants", "tid,iss",
          "\"tid\":\"a\",\"iss\":\"https://a.example/b/\"", PT_TOKEN_ISSUER },
        { "the tenant alone", "tid,iss", "\"tid\":\"a\",\"iss\":\"a\"",
          PT_OK },
        { "a tenant that brings a part of the path", "tid,iss",
          "\"tid\":\"a/v2.0\",\"iss\":\""
          "https://login.microsoftonline.com/a/v2.0/v2.0\"", PT_TOKEN_CLAIMS }
    };

    policy.issuers.elts = test_any_issuer;
    policy.issuers.nelts = 3;

    test_cases(cases, sizeof(cases) / sizeof(cases[0]));

    policy = test_default;
}


static void
test_audience(void)
{
    static const test_case_t  cases[] = {
        { "no aud", "aud", "", PT_TOKEN_CLAIMS },
        { "aud null", "aud", "\"aud\":null", PT_TOKEN_CLAIMS },
        { "aud is a number", "aud", "\"aud\":1", PT_TOKEN_CLAIMS },
        { "aud is an object", "aud", "\"aud\":{\"a\":\"" AUDIENCE "\"}",
          PT_TOKEN_CLAIMS },
        { "aud of another API", "aud",
          "\"aud\":\"https://graph.microsoft.com\"", PT_TOKEN_AUDIENCE },
        { "aud is empty", "aud", "\"aud\":\"\"", PT_TOKEN_AUDIENCE },
        { "aud is another of the list", "aud", "\"aud\":\"api://print\"",
          PT_OK },
        { "aud with a slash", "aud", "\"aud\":\"api://print/\"",
          PT_TOKEN_AUDIENCE },
        { "aud in another case", "aud", "\"aud\":\"API://print\"",
          PT_TOKEN_AUDIENCE },
        { "the beginning of an aud", "aud", "\"aud\":\"api://prin\"",
          PT_TOKEN_AUDIENCE },
        { "two audiences in a string", "aud",
          "\"aud\":\"api://print " AUDIENCE "\"", PT_TOKEN_AUDIENCE },
        { "an array of one", "aud", "\"aud\":[\"" AUDIENCE "\"]", PT_OK },
        { "an array, the last fits", "aud",
          "\"aud\":[\"a\",\"b\",\"" AUDIENCE "\"]", PT_OK },
        { "an array, the first fits", "aud",
          "\"aud\":[\"" AUDIENCE "\",\"b\"]", PT_OK },
        { "an array, none fits", "aud", "\"aud\":[\"a\",\"b\"]",
          PT_TOKEN_AUDIENCE },
        { "an empty array", "aud", "\"aud\":[]", PT_TOKEN_AUDIENCE },
        { "a number behind one that fits", "aud",
          "\"aud\":[\"" AUDIENCE "\",1]", PT_TOKEN_CLAIMS },
        { "null before one that fits", "aud",
          "\"aud\":[null,\"" AUDIENCE "\"]", PT_TOKEN_CLAIMS },
        { "an array in an array", "aud", "\"aud\":[[\"" AUDIENCE "\"]]",
          PT_TOKEN_CLAIMS }
    };

    test_cases(cases, sizeof(cases) / sizeof(cases[0]));
}


static void
test_app(void)
{
    size_t  i;

    static const struct {
        const char  *name;
        const char  *with;
        const char  *app;
    } cases[] = {
        { "azp", "\"azp\":\"a\"", "a" },
        { "appid", "\"appid\":\"b\"", "b" },
        { "client_id", "\"client_id\":\"c\"", "c" },
        { "azp before appid", "\"appid\":\"b\",\"azp\":\"a\"", "a" },
        { "azp before client_id", "\"client_id\":\"c\",\"azp\":\"a\"", "a" },
        { "appid before client_id", "\"client_id\":\"c\",\"appid\":\"b\"",
          "b" }
    };

    static const test_case_t  refused[] = {
        { "no application", "azp", "", PT_TOKEN_CLAIMS },
        { "azp null, appid good", "azp", "\"azp\":null,\"appid\":\"b\"",
          PT_TOKEN_CLAIMS },
        { "azp empty, appid good", "azp", "\"azp\":\"\",\"appid\":\"b\"",
          PT_TOKEN_CLAIMS },
        { "azp is a number", "azp", "\"azp\":1", PT_TOKEN_CLAIMS },
        { "azp is an array", "azp", "\"azp\":[\"a\"]", PT_TOKEN_CLAIMS },
        { "azp in another case", "azp", "\"AZP\":\"a\"", PT_TOKEN_CLAIMS }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        test_check(test_token("azp", cases[i].with));
        is_str(&claims.app, cases[i].app, cases[i].name);
    }

    test_cases(refused, sizeof(refused) / sizeof(refused[0]));
}


static void
test_app_characters(void)
{
    char        *with;
    ngx_uint_t   ch, accepted, wrong;

    accepted = 0;
    wrong = 0;

    for (ch = 1; ch < 256; ch++) {
        with = jose_printf("\"azp\":\"a\\u%04xb\"", (unsigned) ch);

        if (test_check(test_token("azp", with)) == PT_OK) {
            accepted++;
            wrong += (ch <= ' ' || ch >= 0x7f || strchr("{}/", ch) != NULL);
        }
    }

    is_int(accepted, 94 - 3, "91 characters may be in an application id");
    is_int(wrong, 0, "none of them is one that may not");

    is_int(test_check(test_token("azp", jose_printf("\"azp\":\"%s\"",
                                                jose_repeat('a', 128)))),
           PT_OK, "an application id of 128 bytes");
    is_int(test_check(test_token("azp", jose_printf("\"azp\":\"%s\"",
                                                jose_repeat('a', 129)))),
           PT_TOKEN_CLAIMS, "an application id of 129 bytes");
}


static void
test_tenant(void)
{
    char        *with;
    ngx_uint_t   ch, accepted, wrong;

    static const test_case_t  cases[] = {
        { "tid null", "tid", "\"tid\":null", PT_TOKEN_CLAIMS },
        { "tid is a number", "tid", "\"tid\":1", PT_TOKEN_CLAIMS },
        { "tid is an array", "tid", "\"tid\":[\"" TENANT "\"]",
          PT_TOKEN_CLAIMS },
        { "tid is empty", "tid", "\"tid\":\"\"", PT_TOKEN_CLAIMS }
    };

    test_cases(cases, sizeof(cases) / sizeof(cases[0]));

    accepted = 0;
    wrong = 0;

    for (ch = 1; ch < 256; ch++) {
        with = jose_printf("\"tid\":\"a\\u%04xb\"", (unsigned) ch);

        if (test_check(test_token("tid", with)) == PT_OK) {
            accepted++;
            wrong += (ch >= 0x80
                      || strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz"
                                "0123456789._~-", ch) == NULL);
        }
    }

    is_int(accepted, 66, "66 characters may be in a tenant");
    is_int(wrong, 0, "none of them is one that may not");

    is_int(test_check(test_token("tid", jose_printf("\"tid\":\"%s\"",
                                                jose_repeat('a', 64)))),
           PT_OK, "a tenant of 64 bytes");
    is_int(test_check(test_token("tid", jose_printf("\"tid\":\"%s\"",
                                                jose_repeat('a', 65)))),
           PT_TOKEN_CLAIMS, "a tenant of 65 bytes");
}


static void
test_delegated(void)
{
    static const test_case_t  cases[] = {
        { "scp", "", "\"scp\":\"PrintTaskDefinition.ReadWrite.All\"",
          PT_TOKEN_DELEGATED },
        { "scp is empty", "", "\"scp\":\"\"", PT_TOKEN_DELEGATED },
        { "scp null", "", "\"scp\":null", PT_TOKEN_DELEGATED },
        { "scp is an array", "", "\"scp\":[]", PT_TOKEN_DELEGATED },
        { "scp escaped", "", "\"\\u0073cp\":\"a\"", PT_TOKEN_DELEGATED },
        { "SCP is another claim", "", "\"SCP\":\"a\"", PT_OK },
        { "no idtyp", "idtyp", "", PT_OK },
        { "idtyp app", "idtyp", "\"idtyp\":\"app\"", PT_OK },
        { "idtyp user", "idtyp", "\"idtyp\":\"user\"", PT_TOKEN_DELEGATED },
        { "idtyp App", "idtyp", "\"idtyp\":\"App\"", PT_TOKEN_DELEGATED },
        { "idtyp app+user", "idtyp", "\"idtyp\":\"app+user\"",
          PT_TOKEN_DELEGATED },
        { "idtyp is empty", "idtyp", "\"idtyp\":\"\"", PT_TOKEN_DELEGATED },
        { "idtyp null", "idtyp", "\"idtyp\":null", PT_TOKEN_DELEGATED },
        { "idtyp is an array", "idtyp", "\"idtyp\":[\"app\"]",
          PT_TOKEN_DELEGATED },
        { "no oid", "oid", "", PT_OK },
        { "oid and sub differ", "sub", "\"sub\":\"user\"",
          PT_TOKEN_DELEGATED },
        { "oid and sub differ in case", "sub",
          "\"sub\":\"8F2C5A1E-3B64-4D0F-9A57-1C0DE000000C\"",
          PT_TOKEN_DELEGATED },
        { "oid without sub", "sub", "", PT_TOKEN_DELEGATED },
        { "oid and sub are null", "oid,sub", "\"oid\":null,\"sub\":null",
          PT_TOKEN_DELEGATED },
        { "oid is a number", "oid,sub", "\"oid\":1,\"sub\":\"1\"",
          PT_TOKEN_DELEGATED },
        { "oid and sub are numbers", "oid,sub", "\"oid\":1,\"sub\":1",
          PT_TOKEN_DELEGATED },
        { "neither oid nor sub", "oid,sub", "", PT_OK }
    };

    test_cases(cases, sizeof(cases) / sizeof(cases[0]));
}


static void
test_roles(void)
{
    static const test_case_t  cases[] = {
        { "no roles", "roles", "", PT_ROLE_MISSING },
        { "roles null", "roles", "\"roles\":null", PT_ROLE_MISSING },
        { "no role", "roles", "\"roles\":[]", PT_ROLE_MISSING },
        { "other roles", "roles",
          "\"roles\":[\"Printer.Read.All\",\"PrintJob.ReadWrite.All\"]",
          PT_ROLE_MISSING },
        { "the role among others", "roles",
          "\"roles\":[\"Printer.Read.All\",\"" ROLE "\",\"a\"]", PT_OK },
        { "another role that is enough", "roles",
          "\"roles\":[\"PrintTask.Admin\"]", PT_OK },
        { "the role in another case", "roles",
          "\"roles\":[\"printtaskdefinition.readwrite.all\"]",
          PT_ROLE_MISSING },
        { "the role and a blank", "roles", "\"roles\":[\"" ROLE " \"]",
          PT_ROLE_MISSING },
        { "the beginning of the role", "roles",
          "\"roles\":[\"PrintTaskDefinition.ReadWrite\"]", PT_ROLE_MISSING },
        { "roles is a string", "roles", "\"roles\":\"" ROLE "\"",
          PT_ROLE_MISSING },
        { "roles is a string of two", "roles", "\"roles\":\"a " ROLE "\"",
          PT_ROLE_MISSING },
        { "roles is an object", "roles", "\"roles\":{\"a\":\"" ROLE "\"}",
          PT_ROLE_MISSING },
        { "a number beside the role", "roles", "\"roles\":[\"" ROLE "\",1]",
          PT_ROLE_MISSING },
        { "null before the role", "roles", "\"roles\":[null,\"" ROLE "\"]",
          PT_ROLE_MISSING },
        { "an array in roles", "roles", "\"roles\":[[\"" ROLE "\"]]",
          PT_ROLE_MISSING },
        { "role is another claim", "roles", "\"role\":[\"" ROLE "\"]",
          PT_ROLE_MISSING },
        { "Roles is another claim", "roles", "\"Roles\":[\"" ROLE "\"]",
          PT_ROLE_MISSING },
        { "the role in wids", "roles", "\"wids\":[\"" ROLE "\"]",
          PT_ROLE_MISSING }
    };

    test_cases(cases, sizeof(cases) / sizeof(cases[0]));
}


/* a role of one list says nothing of the other */

static void
test_admins(void)
{
    size_t  i;

    static ngx_str_t  admins[] = { ngx_string("Maker"), ngx_string("Boss") };

    static const struct {
        const char  *roles;
        int          role;
        int          admin;
    } cases[] = {
        { "\"" ROLE "\"", 1, 0 },
        { "\"Maker\"", 0, 1 },
        { "\"x\",\"Boss\"", 0, 1 },
        { "\"Maker\",\"" ROLE "\"", 1, 1 },
        { "\"maker\"", 0, 0 },
        { "\"Make\"", 0, 0 },
        { "\"Maker\",1", 0, 0 },
        { "[\"Maker\"]", 0, 0 }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char  with[128];

        sprintf(with, "\"roles\":[%s]", cases[i].roles);

        policy.admins.elts = admins;
        policy.admins.nelts = 2;

        is_int(test_check(test_token("roles", with)),
               (cases[i].role || cases[i].admin) ? PT_OK : PT_ROLE_MISSING,
               cases[i].roles);
        is_int(claims.role, cases[i].role, "has a role");
        is_int(claims.admin, cases[i].admin, "has a role of an admin");
    }

    policy = test_default;
}


static void
test_tenants(void)
{
    static const test_case_t  cases[] = {
        { "a tenant of the list, in another case", "", "", PT_OK },
        { "another tenant", "tid",
          "\"tid\":\"8f2c5a1e-3b64-4d0f-9a57-1c0de000000b\"",
          PT_TENANT_NOT_ALLOWED },
        { "no tenant", "tid", "", PT_TENANT_NOT_ALLOWED },
        { "a tenant that is no GUID", "tid", "\"tid\":\"contoso.example\"",
          PT_OK },
        { "the same in another case", "tid", "\"tid\":\"Contoso.example\"",
          PT_TENANT_NOT_ALLOWED },
        { "the beginning of a tenant", "tid", "\"tid\":\"contoso\"",
          PT_TENANT_NOT_ALLOWED },
        { "a tenant and more", "tid", "\"tid\":\"" TENANT "0\"",
          PT_TENANT_NOT_ALLOWED }
    };

    policy.tenants.elts = test_tenant_ids;
    policy.tenants.nelts = 2;

    test_cases(cases, sizeof(cases) / sizeof(cases[0]));

    policy = test_default;
}


static void
test_apps(void)
{
    static const test_case_t  cases[] = {
        { "an application of the list, in another case", "", "", PT_OK },
        { "another application", "azp",
          "\"azp\":\"8f2c5a1e-3b64-4d0f-9a57-1c0de000000a\"",
          PT_APP_NOT_ALLOWED },
        { "an application that is no GUID", "azp", "\"azp\":\"Connector\"",
          PT_OK },
        { "the same in another case", "azp", "\"azp\":\"connector\"",
          PT_APP_NOT_ALLOWED },
        { "an application and more", "azp", "\"azp\":\"Connector2\"",
          PT_APP_NOT_ALLOWED },
        { "a claim that does not decide", "azp",
          "\"azp\":\"other\",\"appid\":\"Connector\"", PT_APP_NOT_ALLOWED }
    };

    policy.apps.elts = test_app_ids;
    policy.apps.nelts = 2;

    test_cases(cases, sizeof(cases) / sizeof(cases[0]));

    policy = test_default;
}


static void
test_revoked(void)
{
    ngx_uint_t     i;
    pt_revoked_t  *list;

    static const char  before[] = "\"before\":1700000001";

    static const test_case_t  cases[] = {
        { "a token that is not revoked", "", "", PT_OK },
        { "an application", "azp", "\"azp\":\"a1\"", PT_TOKEN_REVOKED },
        { "... of version 1.0", "azp", "\"appid\":\"a1\"", PT_TOKEN_REVOKED },
        { "... of another provider", "azp", "\"client_id\":\"a1\"",
          PT_TOKEN_REVOKED },
        { "a claim that does not name the application", "",
          "\"appid\":\"a1\"", PT_OK },
        { "an object, by oid", "oid,sub", "\"oid\":\"o1\",\"sub\":\"o1\"",
          PT_TOKEN_REVOKED },
        { "an object, by sub", "oid,sub", "\"sub\":\"o1\"",
          PT_TOKEN_REVOKED },
        { "an object, as the id of a token", "", "\"jti\":\"o1\"", PT_OK },
        { "a token, by uti", "", "\"uti\":\"t1\"", PT_TOKEN_REVOKED },
        { "a token, by jti", "", "\"jti\":\"t1\"", PT_TOKEN_REVOKED },
        { "a token, in another case", "", "\"jti\":\"T1\"", PT_OK },
        { "a token, by an escape", "", "\"jti\":\"\\u00741\"",
          PT_TOKEN_REVOKED },
        { "issued before that time", "iat", "\"jti\":\"t2\",\"iat\":1000",
          PT_TOKEN_REVOKED },
        { "issued at that time", "iat", "\"jti\":\"t2\",\"iat\":1001", PT_OK },
        { "issued at a time that is not known", "iat", "\"jti\":\"t2\"",
          PT_TOKEN_REVOKED },
        { "not revoked, and issued at a time that is not known", "iat", "",
          PT_OK },
        { "sub is a number", "sub,oid", "\"sub\":1", PT_TOKEN_CLAIMS },
        { "oid null", "oid", "\"oid\":null", PT_TOKEN_CLAIMS },
        { "uti is an array", "", "\"uti\":[\"t1\"]", PT_TOKEN_CLAIMS },
        { "jti is a number", "", "\"jti\":1", PT_TOKEN_CLAIMS },
        { "sub is empty", "sub,oid", "\"sub\":\"\"", PT_OK },
        { "expired and revoked", "exp", "\"exp\":1,\"jti\":\"t1\"",
          PT_TOKEN_EXPIRED },
        { "of another issuer, and revoked", "iss",
          "\"iss\":\"x\",\"jti\":\"t1\"", PT_TOKEN_ISSUER },
        { "revoked, and without a role", "roles", "\"jti\":\"t1\"",
          PT_TOKEN_REVOKED },
        { "revoked, and delegated", "", "\"jti\":\"t1\",\"scp\":\"x\"",
          PT_TOKEN_REVOKED },
        { "revoked, and bound", "", "\"jti\":\"t1\",\"cnf\":{}",
          PT_TOKEN_REVOKED }
    };

    static const test_case_t  plain[] = {
        { "without a list no id is read", "oid,sub", "\"sub\":1,\"jti\":2",
          PT_OK },
        { "... and no token is revoked", "azp", "\"azp\":\"a1\"", PT_OK }
    };

    list = test_list("{\"apps\":[{\"id\":\"a1\"}],"
                     "\"objects\":[{\"id\":\"o1\"}],"
                     "\"tokens\":[{\"id\":\"t1\"},"
                                 "{\"id\":\"t2\",\"before\":1001}]}");
    facts.revoked = list;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {

        /* there is an "uti" already, which would be there twice */

        is_int(test_check(test_token(jose_printf("uti,%s", cases[i].without),
                                     cases[i].with)),
               cases[i].reason, cases[i].name);
    }

    pt_revoked_free(list);

    list = test_list(jose_printf("{\"apps\":[{\"id\":\"8F2C5A1E-3B64-4D0F-"
                                 "9A57-1C0DE000000B\",%s}]}", before));
    facts.revoked = list;

    is_int(test_check(test_token("", "")), PT_TOKEN_REVOKED,
           "an application in upper case, and a time");
    is_int(test_check(test_token("iat", "\"iat\":1700000001")),
           PT_TOKEN_NOT_YET_VALID, "a token of a later time");
    is_int(test_check_with(test_token("iat", "\"iat\":1700000001"), NOW + 1,
                           0),
           PT_OK, "... in its time");

    facts.revoked = NULL;
    pt_revoked_free(list);

    test_cases(plain, sizeof(plain) / sizeof(plain[0]));
}


/* with "kid" and without */

static void
test_revoked_keys(void)
{
    char          *token, *named;
    ngx_str_t      text;
    pt_jwks_t     *set, *old;
    const char    *err;
    pt_revoked_t  *list;

    text = tap_str(jose_printf("{\"keys\":[{%s,\"kid\":\"k1\"},"
                               "{%s,\"kid\":\"k2\"}]}",
                               jose_jwk(stranger), jose_jwk(pkey)));
    set = jose_must(pt_jwks_read(&text, &err), "pt_jwks_read()");

    token = test_token("", "");
    named = jose_token(pkey, JOSE_ES256, "{\"alg\":\"ES256\",\"kid\":\"k2\"}",
                       "{}");

    list = test_list("{\"keys\":[{\"id\":\"k2\"}]}");
    facts.revoked = list;

    is_int(test_check(token), PT_OK, "a key that has no name");

    old = jwks;
    jwks = set;

    is_int(test_check(token), PT_TOKEN_REVOKED,
           "a token without kid is of the key that has signed it");
    is_int(test_check(named), PT_TOKEN_CLAIMS,
           "the revoked key is reported after the claims");

    pt_revoked_free(list);
    list = test_list("{\"keys\":[{\"id\":\"k1\"},{\"id\":\"K2\"}],"
                     "\"tokens\":[{\"id\":\"k2\"}]}");
    facts.revoked = list;

    is_int(test_check(token), PT_OK, "another key");

    jwks = old;
    facts.revoked = NULL;

    pt_revoked_free(list);
    pt_jwks_free(set);
}


/* RFC 8705: the digest of the certificate in its appendix */

#define X5T  "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"
#define CNF  "\"cnf\":{\"x5t#S256\":\"" X5T "\"}"
#define CNF_SHORT                                                             \
    "\"cnf\":{\"x5t#S256\":\"A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5g\"}"


static void
test_bound(void)
{
    u_char     digest[PT_CERTIFICATE_DIGEST];
    ngx_str_t  x5t, got;

    static const test_case_t  cases[] = {
        { "a token that is bound to the certificate", "", CNF, PT_OK },
        { "to another one, of the example of RFC 8705, section 3.1", "",
          "\"cnf\":{\"x5t#S256\":\"bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-"
          "dg2\"}", PT_TOKEN_BOUND },
        { "a token that is not bound", "", "", PT_OK },
        { "cnf null", "", "\"cnf\":null", PT_TOKEN_BOUND },
        { "cnf is a string", "", "\"cnf\":\"" X5T "\"", PT_TOKEN_BOUND },
        { "cnf is an array", "", "\"cnf\":[\"" X5T "\"]", PT_TOKEN_BOUND },
        { "cnf is empty", "", "\"cnf\":{}", PT_TOKEN_BOUND },
        { "a key", "", "\"cnf\":{\"jwk\":{\"kty\":\"RSA\"}}",
          PT_TOKEN_BOUND },
        { "a digest of a key", "", "\"cnf\":{\"jkt\":\"" X5T "\"}",
          PT_TOKEN_BOUND },
        { "a key by its name", "", "\"cnf\":{\"kid\":\"" X5T "\"}",
          PT_TOKEN_BOUND },
        { "a digest of another kind", "", "\"cnf\":{\"x5t\":\"" X5T "\"}",
          PT_TOKEN_BOUND },
        { "the member in another case", "",
          "\"cnf\":{\"x5t#s256\":\"" X5T "\"}", PT_TOKEN_BOUND },
        { "the certificate and a key", "",
          "\"cnf\":{\"x5t#S256\":\"" X5T "\",\"jkt\":\"" X5T "\"}",
          PT_TOKEN_BOUND },
        { "a key and the certificate", "",
          "\"cnf\":{\"jkt\":\"" X5T "\",\"x5t#S256\":\"" X5T "\"}",
          PT_TOKEN_BOUND },
        { "x5t#S256 is a number", "", "\"cnf\":{\"x5t#S256\":1}",
          PT_TOKEN_BOUND },
        { "x5t#S256 is empty", "", "\"cnf\":{\"x5t#S256\":\"\"}",
          PT_TOKEN_BOUND },
        { "x5t#S256 is padded", "",
          "\"cnf\":{\"x5t#S256\":\"" X5T "=\"}", PT_TOKEN_BOUND },
        { "x5t#S256 is too short", "",
          "\"cnf\":{\"x5t#S256\":\"A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5"
          "g\"}", PT_TOKEN_BOUND },
        { "x5t#S256 is too long", "",
          "\"cnf\":{\"x5t#S256\":\"" X5T "A\"}", PT_TOKEN_BOUND },
        { "x5t#S256 has an unused bit", "",
          "\"cnf\":{\"x5t#S256\":\"A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5"
          "v1\"}", PT_TOKEN_BOUND },
        { "x5t#S256 is in the other base64", "",
          "\"cnf\":{\"x5t#S256\":\"bwcK0esc3ACC3DB2Y5/lESsXE8o9ltc05O89jdN+"
          "dg0\"}", PT_TOKEN_BOUND },
        { "a missing binding is reported before its role", "roles",
          "\"cnf\":{}", PT_TOKEN_BOUND }
    };

    got.data = digest;
    x5t = tap_str(X5T);
    (void) pt_base64url_decode(&got, &x5t);

    facts.certificate = digest;

    test_cases(cases, sizeof(cases) / sizeof(cases[0]));

    is_int(test_check(test_token("", CNF)), PT_OK, "a bound token");
    ok(claims.bound, "is known to be bound");
    ok(memcmp(claims.certificate, digest, PT_CERTIFICATE_DIGEST) == 0,
       "... and to what");

    /* the memory of the claims is zero, and so is the byte that is missing */

    digest[PT_CERTIFICATE_DIGEST - 1] = 0;

    is_int(test_check(test_token("", CNF_SHORT)), PT_TOKEN_BOUND,
           "the last byte of the digest is missing");

    (void) pt_base64url_decode(&got, &x5t);

    policy.bound = 1;

    is_int(test_check(test_token("", CNF)), PT_OK,
           "required: a token that is bound");
    is_int(test_check(test_token("", "")), PT_TOKEN_BOUND,
           "required: a token that is not");

    policy = test_default;
    facts.certificate = NULL;

    is_int(test_check(test_token("", CNF)), PT_TOKEN_BOUND,
           "no certificate");
    is_int(test_check(test_token("", "")), PT_OK,
           "no certificate, and none is needed");
    ok(!claims.bound, "is known not to be bound");
}


/* every bit of the digest counts, also of a verdict that is remembered */

static void
test_bound_certificates(void)
{
    u_char      digest[PT_CERTIFICATE_DIGEST];
    ngx_uint_t  bit, refused;

    claims.bound = 1;
    memset(claims.certificate, 0x5a, PT_CERTIFICATE_DIGEST);
    memset(digest, 0x5a, PT_CERTIFICATE_DIGEST);

    is_int(pt_token_check_bound(&claims, digest), PT_OK, "the certificate");
    is_int(pt_token_check_bound(&claims, NULL), PT_TOKEN_BOUND, "none");

    refused = 0;

    for (bit = 0; bit < 8 * PT_CERTIFICATE_DIGEST; bit++) {
        digest[bit / 8] ^= 1 << bit % 8;
        refused += (pt_token_check_bound(&claims, digest) == PT_TOKEN_BOUND);
        digest[bit / 8] ^= 1 << bit % 8;
    }

    is_int(refused, 8 * PT_CERTIFICATE_DIGEST, "256 others");

    claims.bound = 0;
    is_int(pt_token_check_bound(&claims, NULL), PT_OK,
           "a token that is not bound");
}


/* each of them has all faults that come later as well */

static void
test_order(void)
{
    static const test_case_t  cases[] = {
        { "malformed times are reported first", "exp,tid,iss,aud,azp,roles",
          "\"scp\":\"a\",\"iss\":\"a\",\"tid\":1,\"exp\":\"a\"",
          PT_TOKEN_CLAIMS },
        { "then that it is expired", "exp,tid,iss,aud,azp,roles",
          "\"scp\":\"a\",\"iss\":\"a\",\"tid\":1,\"exp\":1",
          PT_TOKEN_EXPIRED },
        { "then the issuer", "iss,aud,azp,roles",
          "\"scp\":\"a\",\"iss\":\"a\"", PT_TOKEN_ISSUER },
        { "then the audience", "aud,azp,roles",
          "\"scp\":\"a\",\"aud\":\"a\"", PT_TOKEN_AUDIENCE },
        { "then the application", "azp,roles", "\"scp\":\"a\"",
          PT_TOKEN_CLAIMS },
        { "then that it is delegated", "azp,roles",
          "\"scp\":\"a\",\"azp\":\"a\"", PT_TOKEN_DELEGATED },
        { "then the roles", "azp,roles,tid", "\"azp\":\"a\"",
          PT_ROLE_MISSING },
        { "then the tenant", "azp,tid", "\"azp\":\"a\"",
          PT_TENANT_NOT_ALLOWED },
        { "then the application again", "azp", "\"azp\":\"a\"",
          PT_APP_NOT_ALLOWED },
        { "then nothing", "", "", PT_OK }
    };

    policy.tenants.elts = test_tenant_ids;
    policy.tenants.nelts = 2;
    policy.apps.elts = test_app_ids;
    policy.apps.nelts = 2;

    test_cases(cases, sizeof(cases) / sizeof(cases[0]));

    policy = test_default;
}


static void
test_empty_policy(void)
{
    policy.issuers.nelts = 0;
    is_int(test_check(test_token("", "")), PT_TOKEN_ISSUER,
           "no issuer is accepted");
    policy = test_default;

    policy.audiences.nelts = 0;
    is_int(test_check(test_token("", "")), PT_TOKEN_AUDIENCE,
           "no audience is accepted");
    policy = test_default;

    policy.roles.nelts = 0;
    is_int(test_check(test_token("", "")), PT_ROLE_MISSING,
           "no role is enough");
    policy = test_default;
}


static void
test_signature_first(void)
{
    char  *p, *token;

    token = jose_token(stranger, JOSE_ES256, "{\"alg\":\"ES256\"}",
                       "{\"exp\":1}");
    is_int(test_check(token), PT_TOKEN_SIGNATURE, "a forged expired token");

    token = jose_token(stranger, JOSE_ES256, "{\"alg\":\"ES256\"}", "nothing");
    is_int(test_check(token), PT_TOKEN_SIGNATURE,
           "a forged token without claims");

    token = jose_token(pkey, JOSE_ES256, "{\"alg\":\"ES256\"}", "{\"exp\":1}");
    is_int(test_check(token), PT_TOKEN_EXPIRED, "a good expired token");
    is_int(claims.exp, 1, "when it has expired");

    token = test_token("", "");
    p = &token[strlen(token) - 10];
    *p = (*p == 'A') ? 'B' : 'A';
    is_int(test_check(token), PT_TOKEN_SIGNATURE, "a bit of the signature");

    is_int(test_check("opaque"), PT_TOKEN_MALFORMED, "an opaque token");
    is_int(test_check(jose_repeat('a', PT_TOKEN_MAX + 1)),
           PT_TOKEN_TOO_LARGE, "a token that is too large");
}


static void
test_values(void)
{
    char        *list;
    ngx_uint_t   i;

    list = "\"0\"";

    for (i = 1; i < 200; i++) {
        list = jose_printf("%s,\"%d\"", list, (int) i);
    }

    is_int(test_check(test_token("", jose_printf("\"groups\":[%s]", list))),
           PT_OK, "200 groups");

    list = jose_repeat('1', 2 * 600 - 1);

    for (i = 1; i < 2 * 600 - 1; i += 2) {
        list[i] = ',';
    }

    is_int(test_check(test_token("", jose_printf("\"groups\":[%s]", list))),
           PT_TOKEN_MALFORMED, "600 values");
}


/* whatever memory there is, it is not overrun, and no token slips through */

static void
test_arena(void)
{
    char        *token;
    size_t       size, enough;
    ngx_uint_t   accepted;

    token = test_token("", "");
    enough = pt_token_scratch(strlen(token));
    accepted = 0;

    for (size = 1; size < 1000; size++) {
        accepted += (test_check_with(token, NOW, size) == PT_OK);
    }

    is_int(accepted, 0, "no token is accepted without memory");

    for (size = 1000; size < enough; size += 97) {
        test_check_with(token, NOW, size);
    }

    is_int(test_check_with(token, NOW, enough), PT_OK,
           "with what was asked for it is");

    ok(pt_token_scratch(PT_TOKEN_MAX) == pt_token_scratch((size_t) -1),
       "no memory is asked for a token that is too large");
}


/* contexts made by a master process are used by its workers */

static void
test_fork(void)
{
    int          status;
    char        *token, *forged;
    pid_t        pid;
    ngx_uint_t   i;

    token = test_token("", "");
    forged = jose_token(stranger, JOSE_ES256, "{\"alg\":\"ES256\"}", "{}");

    fflush(stdout);
    pid = fork();

    for (i = 0; i < 50; i++) {
        if (test_check(token) != PT_OK
            || test_check(forged) != PT_TOKEN_SIGNATURE)
        {
            break;
        }
    }

    if (pid == 0) {
        _exit(i == 50 ? 0 : 1);
    }

    is_int(i, 50, "tokens are checked in the parent process");

    status = -1;
    waitpid(pid, &status, 0);
    is_int(status, 0, "and in the child process at the same time");
}


static void
test_queue(void)
{
    is_int(test_errors, 0, "no token left errors in OpenSSL's queue, or "
                           "claims that were not accepted");
}


static void
test_cases(const test_case_t *cases, ngx_uint_t n)
{
    ngx_uint_t  i;

    for (i = 0; i < n; i++) {
        is_int(test_check(test_token(cases[i].without, cases[i].with)),
               cases[i].reason, cases[i].name);
    }
}


static pt_reason_e
test_claims_at(const char *without, const char *with, time_t now,
    time_t leeway)
{
    pt_reason_e  rc;

    policy.leeway = leeway;
    rc = test_check_with(test_token(without, with), now, 0);
    policy = test_default;

    return rc;
}


static char *
test_token(const char *without, const char *with)
{
    size_t   i;
    char    *payload;

    static const char  *good[][2] = {
        { "aud", "\"" AUDIENCE "\"" },
        { "iss", "\"" ISSUER "\"" },
        { "iat", "1700000000" },
        { "nbf", "1700000000" },
        { "exp", "1700003600" },
        { "azp", "\"" APP "\"" },
        { "azpacr", "\"1\"" },
        { "idtyp", "\"app\"" },
        { "oid", "\"" OBJECT "\"" },
        { "roles", "[\"" ROLE "\"]" },
        { "sub", "\"" OBJECT "\"" },
        { "tid", "\"" TENANT "\"" },
        { "ver", "\"2.0\"" },
        { "xms_cc", "[\"CP1\"]" }
    };

    payload = test_listed(without, "uti") ? "{\"x\":0" : "{\"uti\":\"a\"";

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        if (!test_listed(without, good[i][0])) {
            payload = jose_printf("%s,\"%s\":%s", payload, good[i][0],
                                  good[i][1]);
        }
    }

    payload = jose_printf("%s%s%s}", payload, *with ? "," : "", with);

    return jose_token(pkey, JOSE_ES256, "{\"typ\":\"JWT\",\"alg\":\"ES256\"}",
                      payload);
}


/* whether a name is in a list of names with commas between */

static ngx_uint_t
test_listed(const char *list, const char *name)
{
    return strstr(jose_printf(",%s,", list), jose_printf(",%s,", name))
           != NULL;
}


static pt_reason_e
test_check(const char *token)
{
    return test_check_with(token, NOW, 0);
}


/* the token and the scratch memory have no byte of memory after them */

static pt_reason_e
test_check_with(const char *token, time_t now, size_t scratch)
{
    u_char             *memory, *copy;
    ngx_str_t           text;
    pt_arena_t          arena;
    pt_reason_e         rc;
    pt_token_claims_t   got;

    text.len = strlen(token);

    copy = malloc(text.len);
    memcpy(copy, token, text.len);
    text.data = copy;

    if (scratch == 0) {
        scratch = pt_token_scratch(text.len);
    }

    memory = malloc(scratch);
    pt_arena_init(&arena, memory, scratch);

    memset(&claims, 0, sizeof(claims));
    memset(&got, 0, sizeof(got));

    /* of an earlier check */

    got.role = 1;
    got.bound = 1;

    facts.jwks = jwks;
    facts.now = now;

    rc = pt_token_check(&text, &policy, &facts, &arena, &got);

    free(copy);

    if (rc == PT_OK) {
        claims.exp = got.exp;
        claims.role = got.role;
        claims.admin = got.admin;
        claims.bound = got.bound;
        memcpy(claims.certificate, got.certificate, PT_CERTIFICATE_DIGEST);
        test_copy(&claims.app, app_buf, &got.app);
        test_copy(&claims.tenant, tenant_buf, &got.tenant);

    } else if ((got.exp && rc != PT_TOKEN_EXPIRED)
               || (rc == PT_TOKEN_EXPIRED && (got.role || got.bound))
               || got.app.data || got.tenant.data)
    {
        test_errors++;

    } else {
        claims.exp = got.exp;
    }

    free(memory);

    if (ERR_peek_error() != 0) {
        test_errors++;
        ERR_clear_error();
    }

    return rc;
}


static pt_revoked_t *
test_list(const char *text)
{
    ngx_str_t      str;
    const char    *err;
    pt_revoked_t  *list;

    static const u_char  seed[PT_SIPHASH_SEED_LEN] = "abcdefghijklmnop";

    str = tap_str(text);

    if (pt_revoked_read(&str, seed, &list, &err) != NGX_OK) {
        fprintf(stderr, "%s %s\n", text, err);
        exit(1);
    }

    return list;
}


static void
test_copy(ngx_str_t *dst, u_char *buf, const ngx_str_t *src)
{
    dst->data = buf;
    dst->len = src->len;
    memcpy(buf, src->data, src->len);
}
