
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Computes the digest of the requirements for tokens. */


#include "pt_token.h"


static ngx_int_t pt_policy_add(EVP_MD_CTX *md, const pt_str_list_t *names);


/*
 * A field that is missing in pt_token_policy_digest() would let a cached
 * verdict of one policy count for another policy.  The array below has a
 * negative size, which does not compile, if pt_token_policy_t has a field that
 * the digest lacks.
 */

typedef char  pt_policy_is_complete[
    (sizeof(pt_token_policy_t) == 6 * sizeof(pt_str_list_t) + sizeof(time_t)
                                  + sizeof(ngx_uint_t))
    ? 1 : -1];


ngx_int_t
pt_token_policy_digest(const pt_token_policy_t *policy, u_char *digest)
{
    ngx_int_t    rc;
    EVP_MD_CTX  *md;

    md = EVP_MD_CTX_new();

    rc = (md != NULL
          && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1
          && pt_policy_add(md, &policy->issuers) == NGX_OK
          && pt_policy_add(md, &policy->audiences) == NGX_OK
          && pt_policy_add(md, &policy->roles) == NGX_OK
          && pt_policy_add(md, &policy->admins) == NGX_OK
          && pt_policy_add(md, &policy->tenants) == NGX_OK
          && pt_policy_add(md, &policy->apps) == NGX_OK
          && EVP_DigestUpdate(md, &policy->leeway, sizeof(time_t)) == 1
          && EVP_DigestUpdate(md, &policy->bound, sizeof(ngx_uint_t)) == 1
          && EVP_DigestFinal_ex(md, digest, NULL) == 1)
         ? NGX_OK : NGX_ERROR;

    EVP_MD_CTX_free(md);

    return rc;
}


/* includes all lengths: two different lists never give the same input */

static ngx_int_t
pt_policy_add(EVP_MD_CTX *md, const pt_str_list_t *names)
{
    ngx_uint_t        i;
    const ngx_str_t  *name;

    if (EVP_DigestUpdate(md, &names->nelts, sizeof(names->nelts)) != 1) {
        return NGX_ERROR;
    }

    for (i = 0; i < names->nelts; i++) {
        name = &names->elts[i];

        if (EVP_DigestUpdate(md, &name->len, sizeof(name->len)) != 1
            || EVP_DigestUpdate(md, name->data, name->len) != 1)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}
