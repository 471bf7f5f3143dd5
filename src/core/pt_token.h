
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The application token: a JWS in compact form (RFC 7515) with the claims of an
 * access token (RFC 7519; Entra ID v1.0 and v2.0 tokens).
 */


#ifndef _PT_TOKEN_H_INCLUDED_
#define _PT_TOKEN_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_arena.h"
#include "pt_certificate.h"
#include "pt_jwk.h"
#include "pt_revoked.h"
#include "pt_str_list.h"
#include "pt_reason.h"


#define PT_TOKEN_MAX         8192       /* bytes */
#define PT_TOKEN_LEEWAY_MAX  300        /* seconds */
#define PT_POLICY_DIGEST     32         /* bytes */

/* limits for a token without a "kid": checks, and their pt_pkey_cost() */
#define PT_JWS_MAX_TRIES     8
#define PT_JWS_MAX_COST      PT_COST_RSA_MAX


/*
 * The requirements for a token; computed at load, then constant.  An empty list
 * of issuers, audiences or roles accepts no token; an empty list of tenants or
 * applications accepts all.
 */

typedef struct {
    pt_str_list_t   issuers;            /* "{tid}": the tenant of the token */
    pt_str_list_t   audiences;
    pt_str_list_t   roles;              /* one of them suffices */
    pt_str_list_t   admins;             /* or one of these */
    pt_str_list_t   tenants;
    pt_str_list_t   apps;
    time_t          leeway;             /* seconds */
    ngx_uint_t      bound;              /* boolean: each token must be bound
                                           to a certificate */
} pt_token_policy_t;


/* what a token is checked with, in addition to the policy */

typedef struct {
    pt_jwks_t           *jwks;
    const pt_revoked_t  *revoked;       /* NULL: no list */
    const u_char        *certificate;   /* pt_certificate_digest() of the
                                           client's certificate; NULL: no
                                           certificate */
    time_t               now;           /* seconds since the epoch */
} pt_token_facts_t;


typedef struct {
    ngx_str_t       app;                /* "azp", "appid" or "client_id" */
    ngx_str_t       tenant;             /* "tid" */
    time_t          exp;                /* seconds since the epoch */
    u_char          certificate[PT_CERTIFICATE_DIGEST];
                                        /* that the token is bound to */
    unsigned        role:1;             /* has one of policy->roles */
    unsigned        admin:1;            /* has one of policy->admins */
    unsigned        bound:1;
} pt_token_claims_t;


/*
 * SHA-256 of all fields of a policy, PT_POLICY_DIGEST bytes: a cached verdict
 * counts for this policy only.  NGX_ERROR: OpenSSL failed.
 */
ngx_int_t pt_token_policy_digest(const pt_token_policy_t *policy,
    u_char *digest);


/* the scratch memory of pt_token_check() for a token of len bytes */
size_t pt_token_scratch(size_t len);

/*
 * Verifies the signature of a token and checks its claims against the policy
 * and the facts.  PT_OK, or the first reason to refuse: the signature comes
 * before the claims, and the validity of the token (401) before its permissions
 * (403).  PT_INTERNAL: the arena is too small, or OpenSSL has no memory.
 * claims is set with PT_OK only; its strings are slices of the arena.  Keys,
 * headers and logs can contain them without escapes: the tenant is 1-64 bytes
 * of "A-Za-z0-9._~-", or empty if the token has no tenant; the application is
 * 1-128 bytes of 0x21-0x7e without "{", "}" and "/".  GUIDs are in lower case.
 * With PT_TOKEN_EXPIRED claims->exp is set and all other claims are empty.
 * OpenSSL's error queue is empty on return.
 */
pt_reason_e pt_token_check(const ngx_str_t *token,
    const pt_token_policy_t *policy, const pt_token_facts_t *facts,
    pt_arena_t *arena, pt_token_claims_t *claims);

/*
 * Whether a token may be used with a certificate (NULL: no certificate): PT_OK
 * or PT_TOKEN_BOUND.  A cached verdict does not include the certificate, so
 * this check is repeated for each request.
 */
pt_reason_e pt_token_check_bound(const pt_token_claims_t *claims,
    const u_char *certificate);


/* the scratch memory of pt_jws_verify() for a text of len bytes */
size_t pt_jws_scratch(size_t len);

/*
 * Verifies the signature only: RFC 7515, section 5.2.  A token with a "kid" is
 * checked with the key of that name only.  A token without one is tried with
 * all keys that allow its algorithm and have signatures of its length, up to
 * PT_JWS_MAX_TRIES and PT_JWS_MAX_COST. *payload, a slice of the arena, and
 * *key, the key of the signature, are set with PT_OK only.  The header of a
 * valid token is kept in jwks->head.
 */
pt_reason_e pt_jws_verify(const ngx_str_t *jws, pt_jwks_t *jwks,
    pt_arena_t *arena, ngx_str_t *payload, const pt_jwk_t **key);


#endif /* _PT_TOKEN_H_INCLUDED_ */
