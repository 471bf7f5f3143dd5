
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Input: a list of what is revoked.  What is accepted is looked up again, and
 * compared with what jansson finds in the same text.
 */


#include "fuzz.h"

#include "pt_revoked.h"
#include "pt_route.h"

#include <jansson.h>


static void fuzz_list(const pt_revoked_t *list, const char *text, size_t len);
static void fuzz_array(const pt_revoked_t *list, pt_revoked_kind_e kind,
    json_t *array);


static const u_char  fuzz_seed[PT_SIPHASH_SEED_LEN] = "0123456789abcde";


int
LLVMFuzzerTestOneInput(const u_char *data, size_t size)
{
    ngx_int_t      rc;
    ngx_str_t      text;
    const char    *err;
    pt_revoked_t  *list;

    fuzz_copy(&text, data, size);

    err = NULL;
    list = NULL;

    rc = pt_revoked_read(&text, fuzz_seed, &list, &err);

    /* the list keeps nothing of the text */

    memset(text.data, 0xa5, size);
    free(text.data);

    fuzz_assert(rc == NGX_OK || rc == NGX_DECLINED);

    if (rc != NGX_OK) {
        fuzz_assert(list == NULL && err && *err);
        return 0;
    }

    fuzz_list(list, (const char *) data, size);

    pt_revoked_free(list);

    return 0;
}


static void
fuzz_list(const pt_revoked_t *list, const char *text, size_t len)
{
    size_t       n;
    json_t      *root, *array;
    ngx_uint_t   kind;

    static const char  *names[PT_REVOKED_N] = {
        "apps", "objects", "tokens", "keys"
    };

    root = json_loadb(text, len, JSON_REJECT_DUPLICATES|JSON_ALLOW_NUL, NULL);

    if (root == NULL) {
        /* a number that is too large for it */
        return;
    }

    n = 0;

    for (kind = 0; kind < PT_REVOKED_N; kind++) {
        array = json_object_get(root, names[kind]);

        fuzz_array(list, kind, array);
        n += json_array_size(array);
    }

    fuzz_assert(pt_revoked_count(list) <= n);
    fuzz_assert((pt_revoked_count(list) == 0) == (n == 0));

    json_decref(root);
}


static void
fuzz_array(const pt_revoked_t *list, pt_revoked_kind_e kind, json_t *array)
{
    size_t      i;
    json_t     *entry, *before;
    ngx_str_t   id;

    for (i = 0; i < json_array_size(array); i++) {
        entry = json_array_get(array, i);

        id.data = (u_char *) json_string_value(json_object_get(entry, "id"));
        id.len = json_string_length(json_object_get(entry, "id"));

        fuzz_assert(id.data && id.len);
        fuzz_assert(pt_revoked_has(list, kind, &id, PT_REVOKED_NO_TIME));

        before = json_object_get(entry, "before");

        if (before == NULL) {
            fuzz_assert(pt_revoked_has(list, kind, &id, INT64_MAX - 1));

        } else if (json_is_integer(before) && json_integer_value(before) > 0) {
            fuzz_assert(pt_revoked_has(list, kind, &id,
                                       json_integer_value(before) - 1));
        }
    }
}
