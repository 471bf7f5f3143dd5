
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Input: the value of a variable or field that has a certificate. */


#include "fuzz.h"

#include "pt_certificate.h"

#include <openssl/err.h>


int
LLVMFuzzerTestOneInput(const u_char *data, size_t size)
{
    ngx_int_t  rc;
    ngx_str_t  value;
    u_char     digest[PT_CERTIFICATE_DIGEST], again[PT_CERTIFICATE_DIGEST];

    fuzz_copy(&value, data, size);

    rc = pt_certificate_digest(&value, digest);

    fuzz_assert(rc == NGX_OK || rc == NGX_DECLINED);
    fuzz_assert(ERR_peek_error() == 0);

    /* the value is as it was */

    fuzz_assert(size == 0 || memcmp(value.data, data, size) == 0);

    if (rc == NGX_OK) {
        fuzz_assert(pt_certificate_digest(&value, again) == NGX_OK);
        fuzz_assert(memcmp(digest, again, PT_CERTIFICATE_DIGEST) == 0);
    }

    free(value.data);

    return 0;
}
