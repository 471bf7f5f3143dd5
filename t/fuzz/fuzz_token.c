
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Input: "T" and a token as it is; "C" and claims, or "H" and a header, a NUL
 * and claims, which are signed here: nobody gets behind a signature by chance.
 */


#include "fuzz.h"
#include "jose.h"

#include "pt_token.h"


#define FUZZ_NOW       1900000000
#define FUZZ_LEEWAY    60
#define FUZZ_SIGNED    (2 * PT_TOKEN_MAX)


static void fuzz_init(void);
static void fuzz_signed(const u_char *header, size_t header_len,
    const u_char *claims, size_t claims_len);
static size_t fuzz_sign(u_char *dst, const u_char *text, size_t len);
static size_t fuzz_base64url(u_char *dst, const u_char *src, size_t len);
static void fuzz_check(const u_char *text, size_t len);
static void fuzz_accepted(const pt_token_claims_t *claims);


static EVP_PKEY           *fuzz_key;
static pt_jwks_t          *fuzz_jwks;
static pt_token_policy_t   fuzz_policy;

static ngx_str_t  fuzz_issuers[] = {
    ngx_string("https://login.microsoftonline.com/{tid}/v2.0"),
    ngx_string("i")
};
static ngx_str_t  fuzz_audiences[] = { ngx_string("a"), ngx_string("b") };
static ngx_str_t  fuzz_roles[] = { ngx_string("r") };

static pt_revoked_t   *fuzz_revoked;
static const u_char    fuzz_certificate[PT_CERTIFICATE_DIGEST];

static const u_char    fuzz_seed[PT_SIPHASH_SEED_LEN];
static const char      fuzz_list[] =
    "{\"apps\":[{\"id\":\"x\"}],\"objects\":[{\"id\":\"x\"}],"
    "\"tokens\":[{\"id\":\"x\"}],\"keys\":[{\"id\":\"r\"}]}";

static const u_char  fuzz_header[] = "{\"alg\":\"ES256\",\"kid\":\"k\"}";


int
LLVMFuzzerTestOneInput(const u_char *data, size_t size)
{
    const u_char  *nul;

    if (fuzz_jwks == NULL) {
        fuzz_init();
    }

    if (size == 0) {
        return 0;
    }

    switch (data[0]) {

    case 'T':
        fuzz_check(data + 1, size - 1);
        break;

    case 'C':
        fuzz_signed(fuzz_header, sizeof(fuzz_header) - 1, data + 1, size - 1);
        break;

    case 'H':
        nul = memchr(data, '\0', size);

        if (nul) {
            fuzz_signed(data + 1, nul - data - 1, nul + 1,
                        data + size - nul - 1);
        }

        break;
    }

    return 0;
}


static void
fuzz_init(void)
{
    char        *text;
    EVP_PKEY    *rsa;
    ngx_str_t    set;
    const char  *err;

    rsa = jose_rsa(2048);
    fuzz_key = jose_ec("P-256");

    text = jose_printf("{\"keys\":[{%s,\"kid\":\"k\"},{%s,\"kid\":\"r\"}]}",
                       jose_jwk(fuzz_key), jose_jwk(rsa));

    EVP_PKEY_free(rsa);

    set.data = (u_char *) text;
    set.len = strlen(text);

    fuzz_jwks = pt_jwks_read(&set, &err);

    fuzz_assert(fuzz_jwks);

    set.data = (u_char *) fuzz_list;
    set.len = sizeof(fuzz_list) - 1;

    fuzz_assert(pt_revoked_read(&set, fuzz_seed, &fuzz_revoked, &err)
                == NGX_OK);

    fuzz_policy.issuers.elts = fuzz_issuers;
    fuzz_policy.issuers.nelts = 2;
    fuzz_policy.audiences.elts = fuzz_audiences;
    fuzz_policy.audiences.nelts = 2;
    fuzz_policy.roles.elts = fuzz_roles;
    fuzz_policy.roles.nelts = 1;
    fuzz_policy.leeway = FUZZ_LEEWAY;
}


static void
fuzz_signed(const u_char *header, size_t header_len, const u_char *claims,
    size_t claims_len)
{
    u_char  *text;
    size_t   len;

    if (header_len + claims_len > PT_TOKEN_MAX) {
        return;
    }

    text = malloc(FUZZ_SIGNED);
    fuzz_assert(text);

    len = fuzz_base64url(text, header, header_len);
    text[len++] = '.';
    len += fuzz_base64url(text + len, claims, claims_len);
    len += fuzz_sign(text + len, text, len);

    fuzz_check(text, len);

    free(text);
}


/* "." and the signature, as JOSE has it */

static size_t
fuzz_sign(u_char *dst, const u_char *text, size_t len)
{
    size_t         size;
    ECDSA_SIG     *sig;
    EVP_MD_CTX    *ctx;
    const u_char  *p;
    u_char         der[128], raw[64];

    size = sizeof(der);
    ctx = EVP_MD_CTX_new();

    fuzz_assert(ctx
                && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, fuzz_key)
                   == 1
                && EVP_DigestSign(ctx, der, &size, text, len) == 1);

    p = der;
    sig = d2i_ECDSA_SIG(NULL, &p, size);

    fuzz_assert(sig
                && BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, 32) == 32
                && BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + 32, 32) == 32);

    ECDSA_SIG_free(sig);
    EVP_MD_CTX_free(ctx);

    *dst = '.';

    return 1 + fuzz_base64url(dst + 1, raw, sizeof(raw));
}


static size_t
fuzz_base64url(u_char *dst, const u_char *src, size_t len)
{
    size_t    i;
    u_char   *p;
    uint32_t  bits;
    unsigned  n;

    static const char  digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz0123456789-_";

    p = dst;
    bits = 0;
    n = 0;

    for (i = 0; i < len; i++) {
        bits = bits << 8 | src[i];

        for (n += 8; n >= 6; n -= 6) {
            *p++ = digits[(bits >> (n - 6)) & 63];
        }
    }

    if (n) {
        *p++ = digits[(bits << (6 - n)) & 63];
    }

    return p - dst;
}


static void
fuzz_check(const u_char *text, size_t len)
{
    size_t             size;
    u_char            *scratch;
    ngx_str_t          token;
    pt_arena_t         arena;
    pt_reason_e        reason;
    pt_token_facts_t   facts;
    pt_token_claims_t  claims;

    fuzz_copy(&token, text, len);

    size = pt_token_scratch(len);
    scratch = fuzz_alloc(size);

    pt_arena_init(&arena, scratch, size);

    facts.jwks = fuzz_jwks;
    facts.revoked = fuzz_revoked;
    facts.certificate = fuzz_certificate;
    facts.now = FUZZ_NOW;

    reason = pt_token_check(&token, &fuzz_policy, &facts, &arena, &claims);

    fuzz_assert(reason < PT_REASON_N && reason != PT_INTERNAL);
    fuzz_assert(ERR_peek_error() == 0);

    if (reason == PT_OK) {
        fuzz_accepted(&claims);
    }

    free(scratch);
    free(token.data);
}


/* what pt_token.h promises */

static void
fuzz_accepted(const pt_token_claims_t *claims)
{
    size_t  i;
    u_char  ch;

    fuzz_assert(claims->exp > FUZZ_NOW - FUZZ_LEEWAY);
    fuzz_assert(claims->app.len >= 1 && claims->app.len <= 128);
    fuzz_assert(claims->tenant.len <= 64);

    for (i = 0; i < claims->app.len; i++) {
        ch = claims->app.data[i];

        fuzz_assert(ch >= 0x21 && ch <= 0x7e
                    && ch != '{' && ch != '}' && ch != '/');
    }

    fuzz_assert(claims->app.len != 1 || claims->app.data[0] != 'x');
    fuzz_assert(pt_token_check_bound(claims, fuzz_certificate) == PT_OK);
    fuzz_assert(!claims->bound
                || pt_token_check_bound(claims, NULL) == PT_TOKEN_BOUND);

    for (i = 0; i < claims->tenant.len; i++) {
        ch = claims->tenant.data[i];

        fuzz_assert((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z')
                    || (ch >= '0' && ch <= '9') || strchr("._~-", ch));
    }
}
