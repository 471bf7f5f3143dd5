
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * A list of revoked tokens.  Their signatures and times are valid, but the
 * module refuses them:
 *     {
 *         "apps": [{"id": "...", "before": 1796000000}],
 *         "objects": [{"id": "..."}],
 *         "tokens": [{"id": "..."}],
 *         "keys": [{"id": "..."}]
 *     }
 * Each of the four arrays and each "before" may be absent.
 */


#ifndef _PT_REVOKED_H_INCLUDED_
#define _PT_REVOKED_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_siphash.h"


#define PT_REVOKED_MAX_SIZE     (16 * 1024 * 1024)  /* bytes of a list */
#define PT_REVOKED_MAX_ENTRIES  100000

/*
 * The last second of the year 9999; a larger time is probably in milliseconds.
 */
#define PT_REVOKED_MAX_BEFORE   253402300799


typedef enum {
    PT_REVOKED_APP = 0,                 /* "azp", "appid" or "client_id" */
    PT_REVOKED_OBJECT,                  /* "oid" or "sub" */
    PT_REVOKED_TOKEN,                   /* "uti" or "jti" */
    PT_REVOKED_KEY,                     /* "kid" of the key */
    PT_REVOKED_N
} pt_revoked_kind_e;


/* the time of a token without "iat" */
#define PT_REVOKED_NO_TIME  -1


typedef struct pt_revoked_s  pt_revoked_t;


/*
 * Reads a list.  The seed is PT_SIPHASH_SEED_LEN random bytes.  NGX_OK: *list
 * is from OpenSSL's allocator; pt_revoked_free() frees it.  NGX_DECLINED: the
 * text is not a list.  NGX_ERROR: out of memory.  For both, *err says what is
 * wrong, as a constant string that follows the name of the list: "is not valid
 * JSON".
 */
ngx_int_t pt_revoked_read(const ngx_str_t *text, const u_char *seed,
    pt_revoked_t **list, const char **err);
void pt_revoked_free(pt_revoked_t *list);

/* the number of different entries; the bytes of memory */
ngx_uint_t pt_revoked_count(const pt_revoked_t *list);
size_t pt_revoked_size(const pt_revoked_t *list);

/*
 * Whether the list revokes tokens with this id, of this kind and time ("iat",
 * or PT_REVOKED_NO_TIME).  GUIDs of applications and objects match in any case,
 * all other ids byte by byte.
 */
ngx_uint_t pt_revoked_has(const pt_revoked_t *list, pt_revoked_kind_e kind,
    const ngx_str_t *id, int64_t issued);


#endif /* _PT_REVOKED_H_INCLUDED_ */
