
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The list keeps a keyed hash of 128 bits of each id, not the id: all entries
 * have the same size.  A token that is not in the list is refused by a
 * collision with a probability of 2^-111 at most.
 */


#include "pt_revoked.h"
#include "pt_arena.h"
#include "pt_json.h"
#include "pt_number.h"
#include "pt_route.h"
#include "pt_str_list.h"

#include <openssl/crypto.h>


typedef struct {
    uint64_t         hash[2];
    int64_t          before;            /* PT_REVOKED_ALWAYS: at any time */
} pt_revoked_entry_t;


struct pt_revoked_s {
    u_char               seed[PT_REVOKED_N][PT_SIPHASH_SEED_LEN];
    ngx_uint_t           kinds;         /* bits of the kinds with entries */
    ngx_uint_t           nentries;
    ngx_uint_t           capacity;      /* of entries */
    ngx_uint_t           mask;          /* of places, which are a power of 2 */
    pt_revoked_entry_t  *entries;
    uint32_t            *places;        /* the number of an entry, from 1; 0:
                                           free */
    u_char              *filter;        /* eight bits for each place */
};


#define PT_REVOKED_ALWAYS  INT64_MAX

#define pt_revoked_bit(kind)  (1u << (kind))

#define pt_revoked_filter_bit(hash)  (1u << ((hash)[1] >> 61))


static ngx_int_t pt_revoked_parse(const ngx_str_t *text, const u_char *seed,
    pt_arena_t *arena, pt_revoked_t **list, const char **err);
static const char *pt_revoked_check(const pt_json_t *root, ngx_uint_t *n);
static ngx_int_t pt_revoked_kind(const ngx_str_t *name);
static const char *pt_revoked_check_entry(const pt_json_t *json);
static pt_revoked_t *pt_revoked_create(const u_char *seed, ngx_uint_t n);
static void pt_revoked_add(pt_revoked_t *list, pt_revoked_kind_e kind,
    const pt_json_t *json);
static void pt_revoked_hash(const pt_revoked_t *list, pt_revoked_kind_e kind,
    const ngx_str_t *id, uint64_t hash[2]);
static uint32_t *pt_revoked_place(const pt_revoked_t *list,
    const uint64_t hash[2]);


/* by pt_revoked_kind_e */

static const ngx_str_t  pt_revoked_names[PT_REVOKED_N] = {
    ngx_string("apps"),
    ngx_string("objects"),
    ngx_string("tokens"),
    ngx_string("keys")
};


/* an entry is an object with "id" and "before"; names are exact */

static const pt_json_limits_t  pt_revoked_limits = {
    3, 1 + PT_REVOKED_N + 3 * PT_REVOKED_MAX_ENTRIES, 0
};


ngx_int_t
pt_revoked_read(const ngx_str_t *text, const u_char *seed,
    pt_revoked_t **list, const char **err)
{
    size_t       size;
    u_char      *scratch;
    ngx_int_t    rc;
    pt_arena_t   arena;

    if (text->len > PT_REVOKED_MAX_SIZE) {
        *err = "is larger than 16 MiB";
        return NGX_DECLINED;
    }

    size = pt_json_scratch(text->len, &pt_revoked_limits);

    scratch = OPENSSL_malloc(size);
    if (scratch == NULL) {
        *err = "could not be read: out of memory";
        return NGX_ERROR;
    }

    pt_arena_init(&arena, scratch, size);

    rc = pt_revoked_parse(text, seed, &arena, list, err);

    OPENSSL_free(scratch);

    return rc;
}


static ngx_int_t
pt_revoked_parse(const ngx_str_t *text, const u_char *seed, pt_arena_t *arena,
    pt_revoked_t **list, const char **err)
{
    pt_json_t         *root;
    ngx_uint_t         n;
    pt_json_rc_e       rc;
    const pt_json_t   *array, *json;
    pt_revoked_kind_e  kind;

    n = 0;

    rc = pt_json_read(text, &pt_revoked_limits, arena, &root);

    if (rc == PT_JSON_RC_MEMORY) {
        *err = "could not be read: out of memory";
        return NGX_ERROR;
    }

    *err = (rc == PT_JSON_RC_OK) ? pt_revoked_check(root, &n)
           : (rc == PT_JSON_RC_LIMIT) ? "is nested too deeply or has more "
                                        "than 100000 entries"
           : (rc == PT_JSON_RC_DUPLICATE) ? "has a member twice"
           : "is not valid JSON";

    if (*err) {
        return NGX_DECLINED;
    }

    *list = pt_revoked_create(seed, n);

    if (*list == NULL) {
        *err = "could not be read: out of memory";
        return NGX_ERROR;
    }

    for (array = root->child; array; array = array->next) {
        kind = pt_revoked_kind(&array->name);

        for (json = array->child; json; json = json->next) {
            pt_revoked_add(*list, kind, json);
        }
    }

    return NGX_OK;
}


/* returns an error of the list; adds the number of entries to *n */

static const char *
pt_revoked_check(const pt_json_t *root, ngx_uint_t *n)
{
    const char       *err;
    const pt_json_t  *array, *json;

    if (root->type != PT_JSON_OBJECT) {
        return "is not a JSON object";
    }

    for (array = root->child; array; array = array->next) {

        if (pt_revoked_kind(&array->name) == NGX_ERROR) {
            return "has a member other than \"apps\", \"objects\", \"tokens\" "
                   "and \"keys\"";
        }

        if (array->type != PT_JSON_ARRAY) {
            return "has a member that is not an array";
        }

        for (json = array->child; json; json = json->next) {
            err = pt_revoked_check_entry(json);

            if (err) {
                return err;
            }

            (*n)++;
        }
    }

    return (*n > PT_REVOKED_MAX_ENTRIES) ? "has more than 100000 entries"
                                         : NULL;
}


static ngx_int_t
pt_revoked_kind(const ngx_str_t *name)
{
    ngx_int_t  kind;

    for (kind = 0; kind < PT_REVOKED_N; kind++) {
        if (pt_str_equal(&pt_revoked_names[kind], name)) {
            return kind;
        }
    }

    return NGX_ERROR;
}


static const char *
pt_revoked_check_entry(const pt_json_t *json)
{
    int64_t           before;
    ngx_uint_t        members;
    const pt_json_t  *id, *value, *member;

    if (json->type != PT_JSON_OBJECT) {
        return "has an entry that is not an object";
    }

    id = pt_json_member(json, "id");

    if (id == NULL || id->type != PT_JSON_STRING || id->value.len == 0) {
        return "has an entry without an \"id\" that is a string";
    }

    members = 1;

    value = pt_json_member(json, "before");

    if (value) {
        members++;

        if (value->type != PT_JSON_NUMBER
            || pt_number_integer(&value->value, &before) != NGX_OK
            || before > PT_REVOKED_MAX_BEFORE)
        {
            return "has a \"before\" that is not a time in seconds";
        }
    }

    for (member = json->child; member; member = member->next) {
        if (members-- == 0) {
            return "has an entry with a member other than \"id\" and "
                   "\"before\"";
        }
    }

    return NULL;
}


/*
 * At least half of the places and fifteen of sixteen bits of the filter stay
 * free.  The filter rejects most ids that are not in the list, and it is small
 * enough for the cache of a processor.
 */

static pt_revoked_t *
pt_revoked_create(const u_char *seed, ngx_uint_t n)
{
    ngx_uint_t     kind, places;
    pt_revoked_t  *list;

    for (places = 2; places < 2 * n; places *= 2) { /* void */ }

    list = OPENSSL_zalloc(sizeof(pt_revoked_t));
    if (list == NULL) {
        return NULL;
    }

    list->capacity = n;
    list->mask = places - 1;
    list->entries = OPENSSL_malloc(ngx_max(n, 1) * sizeof(pt_revoked_entry_t));
    list->places = OPENSSL_zalloc(places * sizeof(uint32_t));
    list->filter = OPENSSL_zalloc(places);

    if (list->entries == NULL || list->places == NULL || list->filter == NULL)
    {
        pt_revoked_free(list);
        return NULL;
    }

    for (kind = 0; kind < PT_REVOKED_N; kind++) {
        ngx_memcpy(list->seed[kind], seed, PT_SIPHASH_SEED_LEN);
        list->seed[kind][0] ^= (u_char) kind;
    }

    return list;
}


/* of two entries with one id, the one that revokes more tokens counts */

static void
pt_revoked_add(pt_revoked_t *list, pt_revoked_kind_e kind,
    const pt_json_t *json)
{
    int64_t              before;
    uint32_t            *place;
    uint64_t             hash[2];
    const pt_json_t     *value;
    pt_revoked_entry_t  *entry;

    before = PT_REVOKED_ALWAYS;

    value = pt_json_member(json, "before");

    if (value) {
        (void) pt_number_integer(&value->value, &before);
    }

    pt_revoked_hash(list, kind, &pt_json_member(json, "id")->value, hash);

    place = pt_revoked_place(list, hash);

    if (*place) {
        entry = &list->entries[*place - 1];
        entry->before = ngx_max(entry->before, before);
        return;
    }

    entry = &list->entries[list->nentries++];

    entry->hash[0] = hash[0];
    entry->hash[1] = hash[1];
    entry->before = before;

    *place = (uint32_t) list->nentries;

    list->filter[hash[1] & list->mask] |= pt_revoked_filter_bit(hash);

    list->kinds |= pt_revoked_bit(kind);
}


static void
pt_revoked_hash(const pt_revoked_t *list, pt_revoked_kind_e kind,
    const ngx_str_t *id, uint64_t hash[2])
{
    u_char     guid[PT_ID_MAX];
    ngx_str_t  key;

    key = *id;

    if (id->len <= PT_ID_MAX
        && (kind == PT_REVOKED_APP || kind == PT_REVOKED_OBJECT))
    {
        key.data = guid;
        (void) pt_route_id_key(guid, id);
    }

    pt_siphash(list->seed[kind], key.data, key.len, hash);
}


/* the place of an entry, or the free place for it */

static uint32_t *
pt_revoked_place(const pt_revoked_t *list, const uint64_t hash[2])
{
    ngx_uint_t                 i;
    const pt_revoked_entry_t  *entry;

    for (i = hash[0] & list->mask; list->places[i]; i = (i + 1) & list->mask) {
        entry = &list->entries[list->places[i] - 1];

        if (entry->hash[0] == hash[0] && entry->hash[1] == hash[1]) {
            break;
        }
    }

    return &list->places[i];
}


void
pt_revoked_free(pt_revoked_t *list)
{
    if (list == NULL) {
        return;
    }

    OPENSSL_free(list->entries);
    OPENSSL_free(list->places);
    OPENSSL_free(list->filter);
    OPENSSL_free(list);
}


ngx_uint_t
pt_revoked_count(const pt_revoked_t *list)
{
    return list->nentries;
}


size_t
pt_revoked_size(const pt_revoked_t *list)
{
    return sizeof(pt_revoked_t)
           + ngx_max(list->capacity, 1) * sizeof(pt_revoked_entry_t)
           + (list->mask + 1) * (sizeof(uint32_t) + 1);
}


ngx_uint_t
pt_revoked_has(const pt_revoked_t *list, pt_revoked_kind_e kind,
    const ngx_str_t *id, int64_t issued)
{
    uint32_t  place;
    uint64_t  hash[2];

    if (!(list->kinds & pt_revoked_bit(kind))) {
        return 0;
    }

    pt_revoked_hash(list, kind, id, hash);

    if (!(list->filter[hash[1] & list->mask] & pt_revoked_filter_bit(hash))) {
        return 0;
    }

    place = *pt_revoked_place(list, hash);

    return place != 0 && issued < list->entries[place - 1].before;
}
