
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Checks the claims of a token against a policy. */


#include "pt_token.h"
#include "pt_base64.h"
#include "pt_json.h"
#include "pt_number.h"
#include "pt_route.h"

#include <openssl/crypto.h>


static pt_reason_e pt_token_valid(const pt_json_t *root,
    const pt_token_policy_t *policy, time_t now, pt_token_claims_t *claims);
static pt_reason_e pt_token_times(const pt_json_t *root, int64_t leeway,
    int64_t now, time_t *exp);
static ngx_int_t pt_token_time(const pt_json_t *value, int64_t *seconds);
static pt_reason_e pt_token_tenant(const pt_json_t *root, ngx_str_t *tenant);
static pt_reason_e pt_token_issuer(const pt_json_t *root,
    const pt_str_list_t *issuers, const ngx_str_t *tenant);
static ngx_uint_t pt_token_is_issuer(const ngx_str_t *pattern,
    const ngx_str_t *issuer, const ngx_str_t *tenant);
static pt_reason_e pt_token_audience(const pt_json_t *root,
    const pt_str_list_t *audiences);
static pt_reason_e pt_token_app(const pt_json_t *root, ngx_str_t *app);
static ngx_int_t pt_token_key_id(ngx_str_t *id, pt_arena_t *arena);
static pt_reason_e pt_token_not_revoked(const pt_json_t *root,
    const pt_revoked_t *revoked, const pt_jwk_t *key, const ngx_str_t *app);
static pt_reason_e pt_token_binding(const pt_json_t *root,
    const pt_token_policy_t *policy, pt_token_claims_t *claims);
static pt_reason_e pt_token_allowed(const pt_json_t *root,
    const pt_token_policy_t *policy, pt_token_claims_t *claims);
static ngx_uint_t pt_token_is_delegated(const pt_json_t *root);
static ngx_int_t pt_token_any(const pt_json_t *array,
    const pt_str_list_t *names);


static const ngx_str_t  pt_token_idtyp = ngx_string("app");
static const ngx_str_t  pt_token_tid = ngx_string("{tid}");


/* "groups" of Entra ID has up to 200 names; names are exact */

static const pt_json_limits_t  pt_token_limits = { 8, 512, 0 };


size_t
pt_token_scratch(size_t len)
{
    size_t  payload;

    payload = pt_base64url_size(ngx_min(len, PT_TOKEN_MAX));

    return pt_jws_scratch(len)
           + NGX_ALIGNMENT + pt_json_scratch(payload, &pt_token_limits)
           + NGX_ALIGNMENT + PT_TENANT_MAX
           + NGX_ALIGNMENT + PT_APP_MAX;
}


pt_reason_e
pt_token_check(const ngx_str_t *token, const pt_token_policy_t *policy,
    const pt_token_facts_t *facts, pt_arena_t *arena,
    pt_token_claims_t *claims)
{
    ngx_str_t           payload;
    pt_json_t          *root;
    pt_reason_e         rc;
    pt_json_rc_e        read;
    const pt_jwk_t     *key;
    pt_token_claims_t   got;

    rc = pt_jws_verify(token, facts->jwks, arena, &payload, &key);

    if (rc != PT_OK) {
        return rc;
    }

    read = pt_json_read(&payload, &pt_token_limits, arena, &root);

    if (read == PT_JSON_RC_MEMORY) {
        return PT_INTERNAL;
    }

    if (read != PT_JSON_RC_OK || root->type != PT_JSON_OBJECT) {
        return PT_TOKEN_MALFORMED;
    }

    rc = pt_token_valid(root, policy, facts->now, &got);

    if (rc == PT_TOKEN_EXPIRED) {

        /* the caller may have the claims of an earlier check */

        ngx_memzero(claims, sizeof(pt_token_claims_t));
        claims->exp = got.exp;
    }

    if (rc != PT_OK) {
        return rc;
    }

    if (pt_token_key_id(&got.tenant, arena) != NGX_OK
        || pt_token_key_id(&got.app, arena) != NGX_OK)
    {
        return PT_INTERNAL;
    }

    rc = pt_token_not_revoked(root, facts->revoked, key, &got.app);

    if (rc == PT_OK) {
        rc = pt_token_binding(root, policy, &got);
    }

    if (rc == PT_OK) {
        rc = pt_token_check_bound(&got, facts->certificate);
    }

    if (rc == PT_OK) {
        rc = pt_token_allowed(root, policy, &got);
    }

    if (rc == PT_OK) {
        *claims = got;
    }

    return rc;
}


/* the checks that make a token valid: 401 if one fails */

static pt_reason_e
pt_token_valid(const pt_json_t *root, const pt_token_policy_t *policy,
    time_t now, pt_token_claims_t *claims)
{
    pt_reason_e  rc;

    rc = pt_token_times(root, policy->leeway, now, &claims->exp);

    if (rc == PT_OK) {
        rc = pt_token_tenant(root, &claims->tenant);
    }

    if (rc == PT_OK) {
        rc = pt_token_issuer(root, &policy->issuers, &claims->tenant);
    }

    if (rc == PT_OK) {
        rc = pt_token_audience(root, &policy->audiences);
    }

    if (rc == PT_OK) {
        rc = pt_token_app(root, &claims->app);
    }

    return rc;
}


static pt_reason_e
pt_token_times(const pt_json_t *root, int64_t leeway, int64_t now,
    time_t *exp)
{
    int64_t           end, start, last_start;
    ngx_uint_t        i;
    const pt_json_t  *value;

    static const char  *starts[] = { "nbf", "iat" };

    if (pt_token_time(pt_json_member(root, "exp"), &end) != NGX_OK) {
        return PT_TOKEN_CLAIMS;
    }

    *exp = (time_t) ngx_min(end, (int64_t) NGX_MAX_TIME_T_VALUE);

    last_start = 0;

    for (i = 0; i < 2; i++) {
        value = pt_json_member(root, starts[i]);

        if (value == NULL) {
            continue;
        }

        if (pt_token_time(value, &start) != NGX_OK) {
            return PT_TOKEN_CLAIMS;
        }

        last_start = ngx_max(last_start, start);
    }

    if (end + leeway <= now) {
        return PT_TOKEN_EXPIRED;
    }

    if (last_start > now + leeway) {
        return PT_TOKEN_NOT_YET_VALID;
    }

    return PT_OK;
}


static ngx_int_t
pt_token_time(const pt_json_t *value, int64_t *seconds)
{
    if (value == NULL || value->type != PT_JSON_NUMBER) {
        return NGX_ERROR;
    }

    return pt_number_integer(&value->value, seconds);
}


/*
 * A tenant is part of keys and issuers: characters that separate there are
 * refused.
 */

static pt_reason_e
pt_token_tenant(const pt_json_t *root, ngx_str_t *tenant)
{
    const pt_json_t  *tid;

    ngx_str_null(tenant);

    tid = pt_json_member(root, "tid");

    if (tid == NULL) {
        return PT_OK;
    }

    if (tid->type != PT_JSON_STRING
        || !pt_str_list_is_plain(&tid->value, PT_TENANT_MAX))
    {
        return PT_TOKEN_CLAIMS;
    }

    *tenant = tid->value;

    return PT_OK;
}


static pt_reason_e
pt_token_issuer(const pt_json_t *root, const pt_str_list_t *issuers,
    const ngx_str_t *tenant)
{
    ngx_uint_t        i;
    const pt_json_t  *iss;

    iss = pt_json_member(root, "iss");

    if (iss == NULL || iss->type != PT_JSON_STRING) {
        return PT_TOKEN_CLAIMS;
    }

    for (i = 0; i < issuers->nelts; i++) {
        if (pt_token_is_issuer(&issuers->elts[i], &iss->value, tenant)) {
            return PT_OK;
        }
    }

    return PT_TOKEN_ISSUER;
}


/*
 * "{tid}" is the tenant that the token names: issuer and tenant have to agree
 */

static ngx_uint_t
pt_token_is_issuer(const ngx_str_t *pattern, const ngx_str_t *issuer,
    const ngx_str_t *tenant)
{
    u_char     *p, *p_last, *s, *s_last;
    ngx_str_t   part;

    p = pattern->data;
    p_last = p + pattern->len;

    s = issuer->data;
    s_last = s + issuer->len;

    while (p < p_last) {
        part.data = p;
        part.len = 1;

        if ((size_t) (p_last - p) >= pt_token_tid.len
            && ngx_memcmp(p, pt_token_tid.data, pt_token_tid.len) == 0)
        {
            if (tenant->len == 0) {
                return 0;
            }

            part = *tenant;
            p += pt_token_tid.len;

        } else {
            p++;
        }

        if ((size_t) (s_last - s) < part.len
            || ngx_memcmp(s, part.data, part.len) != 0)
        {
            return 0;
        }

        s += part.len;
    }

    return s == s_last;
}


static pt_reason_e
pt_token_audience(const pt_json_t *root, const pt_str_list_t *audiences)
{
    const pt_json_t  *aud;

    aud = pt_json_member(root, "aud");

    if (aud == NULL) {
        return PT_TOKEN_CLAIMS;
    }

    if (aud->type == PT_JSON_STRING) {
        return pt_str_list_has(audiences, &aud->value) ? PT_OK
                                                     : PT_TOKEN_AUDIENCE;
    }

    switch (pt_token_any(aud, audiences)) {

    case NGX_OK:
        return PT_OK;

    case NGX_DECLINED:
        return PT_TOKEN_AUDIENCE;

    default: /* NGX_ERROR */
        return PT_TOKEN_CLAIMS;
    }
}


/* the first claim that is present decides, even if it is not valid */

static pt_reason_e
pt_token_app(const pt_json_t *root, ngx_str_t *app)
{
    const pt_json_t  *value;

    value = pt_json_member(root, "azp");

    if (value == NULL) {
        value = pt_json_member(root, "appid");
    }

    if (value == NULL) {
        value = pt_json_member(root, "client_id");
    }

    if (value == NULL
        || value->type != PT_JSON_STRING
        || !pt_str_list_is_app(&value->value))
    {
        return PT_TOKEN_CLAIMS;
    }

    *app = value->value;

    return PT_OK;
}


/* converts an id to the form of comparisons and keys */

static ngx_int_t
pt_token_key_id(ngx_str_t *id, pt_arena_t *arena)
{
    u_char  *p;

    p = pt_arena_alloc(arena, id->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    (void) pt_route_id_key(p, id);

    id->data = p;

    return NGX_OK;
}


/*
 * A claim that is not a string cannot match an entry of the list.  It is
 * refused as malformed, so that it does not bypass the list.
 */

static pt_reason_e
pt_token_not_revoked(const pt_json_t *root, const pt_revoked_t *revoked,
    const pt_jwk_t *key, const ngx_str_t *app)
{
    int64_t           issued;
    ngx_uint_t        i;
    const pt_json_t  *iat, *value;

    static const struct {
        const char         *name;
        pt_revoked_kind_e   kind;
    } claims[] = {
        { "oid", PT_REVOKED_OBJECT },
        { "sub", PT_REVOKED_OBJECT },
        { "uti", PT_REVOKED_TOKEN },
        { "jti", PT_REVOKED_TOKEN }
    };

    if (revoked == NULL) {
        return PT_OK;
    }

    iat = pt_json_member(root, "iat");

    if (iat == NULL) {
        issued = PT_REVOKED_NO_TIME;

    } else if (pt_token_time(iat, &issued) != NGX_OK) {
        return PT_TOKEN_CLAIMS;
    }

    if (pt_revoked_has(revoked, PT_REVOKED_APP, app, issued)
        || (key->kid.data
            && pt_revoked_has(revoked, PT_REVOKED_KEY, &key->kid, issued)))
    {
        return PT_TOKEN_REVOKED;
    }

    for (i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
        value = pt_json_member(root, claims[i].name);

        if (value == NULL) {
            continue;
        }

        if (value->type != PT_JSON_STRING) {
            return PT_TOKEN_CLAIMS;
        }

        if (pt_revoked_has(revoked, claims[i].kind, &value->value, issued)) {
            return PT_TOKEN_REVOKED;
        }
    }

    return PT_OK;
}


/*
 * "cnf" (RFC 7800): a proof that the user of the token has to give.  The module
 * can check one kind of proof, a certificate (RFC 8705, section 3.1).
 */

static pt_reason_e
pt_token_binding(const pt_json_t *root, const pt_token_policy_t *policy,
    pt_token_claims_t *claims)
{
    ngx_str_t         digest;
    const pt_json_t  *cnf, *x5t;

    claims->bound = 0;

    cnf = pt_json_member(root, "cnf");

    if (cnf == NULL) {
        return policy->bound ? PT_TOKEN_BOUND : PT_OK;
    }

    x5t = pt_json_member(cnf, "x5t#S256");

    if (x5t == NULL
        || x5t->type != PT_JSON_STRING
        || cnf->child->next != NULL
        || pt_base64url_size(x5t->value.len) != PT_CERTIFICATE_DIGEST)
    {
        return PT_TOKEN_BOUND;
    }

    digest.data = claims->certificate;

    if (pt_base64url_decode(&digest, &x5t->value) != NGX_OK) {
        return PT_TOKEN_BOUND;
    }

    claims->bound = 1;

    return PT_OK;
}


pt_reason_e
pt_token_check_bound(const pt_token_claims_t *claims,
    const u_char *certificate)
{
    if (!claims->bound) {
        return PT_OK;
    }

    return (certificate != NULL
            && CRYPTO_memcmp(claims->certificate, certificate,
                             PT_CERTIFICATE_DIGEST)
               == 0)
           ? PT_OK : PT_TOKEN_BOUND;
}


/* the checks of what a valid token permits: 403 if one fails */

static pt_reason_e
pt_token_allowed(const pt_json_t *root, const pt_token_policy_t *policy,
    pt_token_claims_t *claims)
{
    const pt_json_t  *roles;

    if (pt_token_is_delegated(root)) {
        return PT_TOKEN_DELEGATED;
    }

    roles = pt_json_member(root, "roles");

    if (roles == NULL) {
        return PT_ROLE_MISSING;
    }

    claims->role = (pt_token_any(roles, &policy->roles) == NGX_OK);
    claims->admin = (pt_token_any(roles, &policy->admins) == NGX_OK);

    if (!claims->role && !claims->admin) {
        return PT_ROLE_MISSING;
    }

    if (policy->tenants.nelts
        && !pt_str_list_has_id(&policy->tenants, &claims->tenant))
    {
        return PT_TENANT_NOT_ALLOWED;
    }

    if (policy->apps.nelts
        && !pt_str_list_has_id(&policy->apps, &claims->app))
    {
        return PT_APP_NOT_ALLOWED;
    }

    return PT_OK;
}


/*
 * "idtyp" names the kind of token, but is present only if the API asks for it.
 * The subject of a token that an application got for itself is the application.
 */

static ngx_uint_t
pt_token_is_delegated(const pt_json_t *root)
{
    const pt_json_t  *idtyp, *oid, *sub;

    if (pt_json_member(root, "scp")) {
        return 1;
    }

    idtyp = pt_json_member(root, "idtyp");

    if (idtyp
        && (idtyp->type != PT_JSON_STRING
            || !pt_str_equal(&idtyp->value, &pt_token_idtyp)))
    {
        return 1;
    }

    oid = pt_json_member(root, "oid");

    if (oid == NULL) {
        return 0;
    }

    sub = pt_json_member(root, "sub");

    return oid->type != PT_JSON_STRING
           || sub == NULL
           || sub->type != PT_JSON_STRING
           || !pt_str_equal(&oid->value, &sub->value);
}


/*
 * NGX_OK: a string of the array is one of the names.  NGX_DECLINED: no string
 * is.  NGX_ERROR: not an array of strings.
 */

static ngx_int_t
pt_token_any(const pt_json_t *array, const pt_str_list_t *names)
{
    ngx_int_t         rc;
    const pt_json_t  *value;

    if (array->type != PT_JSON_ARRAY) {
        return NGX_ERROR;
    }

    rc = NGX_DECLINED;

    for (value = array->child; value; value = value->next) {

        if (value->type != PT_JSON_STRING) {
            return NGX_ERROR;
        }

        if (pt_str_list_has(names, &value->value)) {
            rc = NGX_OK;
        }
    }

    return rc;
}
