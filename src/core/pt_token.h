
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The application token: a JWS in compact form (RFC 7515) that holds the
 * claims of an access token (RFC 7519; Entra ID v1.0 and v2.0 tokens).
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

/* of a token without a "kid": checks of its signature, and pt_pkey_cost() */
#define PT_JWS_MAX_TRIES     8
#define PT_JWS_MAX_COST      PT_COST_RSA_MAX


/*
 * What is asked of a token; computed at load, never changed after.  A list of
 * issuers, audiences or roles that is empty accepts no token; one of tenants
 * or apps accepts all.
 */

typedef struct {
    pt_str_list_t   issuers;            /* "{tid}": the tenant of the token */
    pt_str_list_t   audiences;
    pt_str_list_t   roles;              /* one of them is enough */
    pt_str_list_t   admins;             /* or one of these */
    pt_str_list_t   tenants;
    pt_str_list_t   apps;
    time_t          leeway;             /* seconds */
    ngx_uint_t      bound;              /* boolean: to a certificate, each */
} pt_token_policy_t;


/* what a token is checked with, beside the policy */

typedef struct {
    pt_jwks_t           *jwks;
    const pt_revoked_t  *revoked;       /* NULL: no list */
    const u_char        *certificate;   /* pt_certificate_digest() of that of
                                           the client, NULL: none */
    time_t               now;           /* seconds since the epoch */
} pt_token_facts_t;


typedef struct {
    ngx_str_t       app;                /* "azp", "appid" or "client_id" */
    ngx_str_t       tenant;             /* "tid" */
    time_t          exp;                /* seconds since the epoch */
    u_char          certificate[PT_CERTIFICATE_DIGEST];
                                        /* that it is bound to, if it is */
    unsigned        role:1;             /* it has one of policy->roles */
    unsigned        admin:1;            /* ... of policy->admins */
    unsigned        bound:1;
} pt_token_claims_t;


/*
 * SHA-256 of all that a policy holds, PT_POLICY_DIGEST bytes: a verdict that is
 * remembered counts for this policy only.  NGX_ERROR if OpenSSL failed.
 */
ngx_int_t pt_token_policy_digest(const pt_token_policy_t *policy,
    u_char *digest);


/* scratch memory that pt_token_check() needs for a token of len bytes */
size_t pt_token_scratch(size_t len);

/*
 * Verifies the signature of a token and holds its claims against the policy
 * and the facts.  PT_OK or the first reason against it: the signature before
 * the claims, what makes the token not valid (401) before what it may not do
 * (403).  PT_INTERNAL if it could not be judged: the arena is too small, or
 * OpenSSL has no memory.
 *
 * claims, set with PT_OK only, are slices of the arena.  They can be used in
 * keys, headers and logs as they are: the tenant is 1-64 bytes of
 * "A-Za-z0-9._~-", or empty if the token has none; the application is 1-128
 * bytes of 0x21-0x7e without "{", "}" and "/".  GUIDs are in lower case.  Of
 * PT_TOKEN_EXPIRED there is claims->exp.
 * OpenSSL's error queue is empty afterwards.
 */
pt_reason_e pt_token_check(const ngx_str_t *token,
    const pt_token_policy_t *policy, const pt_token_facts_t *facts,
    pt_arena_t *arena, pt_token_claims_t *claims);

/*
 * Whether a token may be used with that certificate (NULL: none): PT_OK or
 * PT_TOKEN_BOUND.  A verdict that is remembered is of no certificate, so that
 * this is to be checked again.
 */
pt_reason_e pt_token_check_bound(const pt_token_claims_t *claims,
    const u_char *certificate);


/* scratch memory that pt_jws_verify() needs for a text of len bytes */
size_t pt_jws_scratch(size_t len);

/*
 * The signature alone: RFC 7515, section 5.2.  A token with a "kid" is checked
 * with the key of that name only; one without is tried with all keys that
 * allow its algorithm and make signatures of its length, up to
 * PT_JWS_MAX_TRIES and PT_JWS_MAX_COST.  *payload, which is a slice of the
 * arena, and *key, whose signature it is, are set with PT_OK only.  What a good
 * header said is kept in jwks->head.
 */
pt_reason_e pt_jws_verify(const ngx_str_t *jws, pt_jwks_t *jwks,
    pt_arena_t *arena, ngx_str_t *payload, const pt_jwk_t **key);


#endif /* _PT_TOKEN_H_INCLUDED_ */
