
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Builds a tree from the events of yajl, and checks limits and duplicates. */


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_json.h"
#include "pt_json_memory.h"
#include "pt_json_scan.h"
#include "pt_str_list.h"
#include "pt_swar.h"


/*
 * Memory for yajl. yajl does not document how much it needs: it has some state,
 * and buffers that double with the length of a string.  This size suffices for
 * nearly all texts; the heap serves the others.
 */

#define PT_JSON_YAJL_SIZE(len)  (4096 + 4 * (len))

/* the upper half of the product is well mixed */

#define pt_json_mix(hash, word)                                               \
    (((hash) ^ pt_swar_lower(word)) * 0x9e3779b97f4a7c15)


/* an object or array that is still open; the first entry is the whole text */

typedef struct {
    pt_json_t                *node;
    pt_json_t               **last;         /* where to link the next value */
} pt_json_level_t;


typedef struct {
    pt_arena_t               *arena;        /* of the tree */
    u_char                   *strings;      /* memory for decoded strings */
    ngx_str_t                 text;
    ngx_str_t                 name;         /* of the next value */
    uint32_t                  hash;
    const pt_json_limits_t   *limits;
    ngx_uint_t                values;
    ngx_uint_t                depth;
    pt_json_level_t          *levels;
    pt_json_t                *root;
    pt_json_rc_e              rc;           /* why a callback stopped yajl */
    pt_json_memory_t          yajl;         /* the tail of the arena */
} pt_json_parser_t;


static ngx_uint_t pt_json_depth(size_t len, const pt_json_limits_t *limits);
static pt_json_rc_e pt_json_parse(pt_json_parser_t *parser);
static pt_json_rc_e pt_json_run(pt_json_parser_t *parser);
static ngx_uint_t pt_json_closed(const pt_json_parser_t *parser);

static int pt_json_on_null(void *ctx);
static int pt_json_on_boolean(void *ctx, int value);
static int pt_json_on_number(void *ctx, const char *s, size_t len);
static int pt_json_on_string(void *ctx, const u_char *s, size_t len);
static int pt_json_on_name(void *ctx, const u_char *s, size_t len);
static int pt_json_on_object(void *ctx);
static int pt_json_on_array(void *ctx);
static int pt_json_on_end(void *ctx);

static int pt_json_open(pt_json_parser_t *parser, pt_json_type_e type);
static pt_json_t *pt_json_add(pt_json_parser_t *parser, pt_json_type_e type);
static int pt_json_slice(pt_json_parser_t *parser, ngx_str_t *dst,
    const u_char *s, size_t len);
static uint32_t pt_json_hash(const ngx_str_t *name);
static ngx_uint_t pt_json_same_name(const pt_json_parser_t *parser,
    const ngx_str_t *name);


static const yajl_callbacks  pt_json_callbacks = {
    pt_json_on_null,
    pt_json_on_boolean,
    NULL,                        /* yajl_integer */
    NULL,                        /* yajl_double */
    pt_json_on_number,
    pt_json_on_string,
    pt_json_on_object,
    pt_json_on_name,
    pt_json_on_end,
    pt_json_on_array,
    pt_json_on_end
};


size_t
pt_json_scratch(size_t len, const pt_json_limits_t *limits)
{
    size_t  depth, values;

    if (len > PT_JSON_MAX) {
        return 0;
    }

    depth = pt_json_depth(len, limits);

    /*
     * N values need at least 2n - 1 bytes: a byte and a comma, or two brackets.
     * A truncated text may lack the closing brackets, hence "depth".
     */

    values = ngx_min(limits->values, (len + depth + 1) / 2);

    /* each of the four parts may need padding for alignment */

    return 4 * NGX_ALIGNMENT
           + (depth + 1) * sizeof(pt_json_level_t)
           + values * sizeof(pt_json_t)
           + len
           + PT_JSON_YAJL_SIZE(len);
}


static ngx_uint_t
pt_json_depth(size_t len, const pt_json_limits_t *limits)
{
    return ngx_min(limits->depth, len);
}


pt_json_rc_e
pt_json_read(const ngx_str_t *text, const pt_json_limits_t *limits,
    pt_arena_t *arena, pt_json_t **root)
{
    size_t            size;
    pt_json_rc_e      rc;
    pt_json_parser_t  parser;

    if (text->len > PT_JSON_MAX
        || (size_t) (arena->end - arena->pos)
           < pt_json_scratch(text->len, limits))
    {
        return PT_JSON_RC_LIMIT;
    }

    if (text->len == 0) {
        return PT_JSON_RC_SYNTAX;
    }

    rc = pt_json_scan(text);

    if (rc != PT_JSON_RC_OK) {
        return rc;
    }

    ngx_memzero(&parser, offsetof(pt_json_parser_t, yajl));

    parser.arena = arena;
    parser.text = *text;
    parser.limits = limits;
    parser.rc = PT_JSON_RC_LIMIT;

    size = PT_JSON_YAJL_SIZE(text->len);

    arena->end -= size;
    pt_json_memory_init(&parser.yajl, arena->end, size);

    rc = pt_json_parse(&parser);

    pt_json_memory_free(&parser.yajl);

    arena->end += size;

    if (rc == PT_JSON_RC_OK) {
        *root = parser.root;
    }

    return rc;
}


static pt_json_rc_e
pt_json_parse(pt_json_parser_t *parser)
{
    parser->levels = pt_arena_alloc(parser->arena,
                         (pt_json_depth(parser->text.len, parser->limits) + 1)
                         * sizeof(pt_json_level_t));

    if (parser->levels == NULL) {
        return PT_JSON_RC_LIMIT;
    }

    parser->levels[0].node = NULL;
    parser->levels[0].last = &parser->root;

    if (sigsetjmp(parser->yajl.failed, 0) != 0) {
        return PT_JSON_RC_MEMORY;
    }

    return pt_json_run(parser);
}


/*
 * Does not return if yajl runs out of memory: the allocator jumps to the
 * caller, who frees all memory of yajl.
 */

static pt_json_rc_e
pt_json_run(pt_json_parser_t *parser)
{
    yajl_handle       yajl;
    yajl_status       status;
    yajl_alloc_funcs  funcs;

    pt_json_memory_funcs(&parser->yajl, &funcs);

    yajl = yajl_alloc(&pt_json_callbacks, &funcs, parser);

    if (yajl == NULL) {
        return PT_JSON_RC_MEMORY;
    }

    status = yajl_parse(yajl, parser->text.data, parser->text.len);

    if (status == yajl_status_ok && !pt_json_closed(parser)) {
        status = yajl_complete_parse(yajl);
    }

    yajl_free(yajl);

    if (status == yajl_status_client_canceled) {
        return parser->rc;
    }

    return status == yajl_status_ok ? PT_JSON_RC_OK : PT_JSON_RC_SYNTAX;
}


/*
 * Whether the last bracket of the text closed the outermost value.  If so, yajl
 * waits for no more input: strings are closed, too.
 */

static ngx_uint_t
pt_json_closed(const pt_json_parser_t *parser)
{
    u_char  last;

    last = parser->text.data[parser->text.len - 1];

    return parser->depth == 0
           && parser->root != NULL
           && (last == '}' || last == ']');
}


/* a callback returns 0 to stop yajl: for a limit, unless it sets another rc */

static int
pt_json_on_null(void *ctx)
{
    return pt_json_add(ctx, PT_JSON_NULL) != NULL;
}


static int
pt_json_on_boolean(void *ctx, int value)
{
    return pt_json_add(ctx, value ? PT_JSON_TRUE : PT_JSON_FALSE) != NULL;
}


static int
pt_json_on_number(void *ctx, const char *s, size_t len)
{
    pt_json_t  *node;

    node = pt_json_add(ctx, PT_JSON_NUMBER);

    return node != NULL
           && pt_json_slice(ctx, &node->value, (const u_char *) s, len);
}


static int
pt_json_on_string(void *ctx, const u_char *s, size_t len)
{
    pt_json_t  *node;

    node = pt_json_add(ctx, PT_JSON_STRING);

    return node != NULL && pt_json_slice(ctx, &node->value, s, len);
}


static int
pt_json_on_name(void *ctx, const u_char *s, size_t len)
{
    pt_json_parser_t *parser = ctx;

    pt_json_t  *member;

    if (!pt_json_slice(parser, &parser->name, s, len)) {
        return 0;
    }

    parser->hash = pt_json_hash(&parser->name);

    for (member = parser->levels[parser->depth].node->child;
         member;
         member = member->next)
    {
        if (member->hash == parser->hash
            && pt_json_same_name(parser, &member->name))
        {
            parser->rc = PT_JSON_RC_DUPLICATE;
            return 0;
        }
    }

    return 1;
}


static int
pt_json_on_object(void *ctx)
{
    return pt_json_open(ctx, PT_JSON_OBJECT);
}


static int
pt_json_on_array(void *ctx)
{
    return pt_json_open(ctx, PT_JSON_ARRAY);
}


static int
pt_json_on_end(void *ctx)
{
    pt_json_parser_t *parser = ctx;

    parser->depth--;

    return 1;
}


static int
pt_json_open(pt_json_parser_t *parser, pt_json_type_e type)
{
    pt_json_t        *node;
    pt_json_level_t  *level;

    if (parser->depth >= parser->limits->depth) {
        return 0;
    }

    node = pt_json_add(parser, type);

    if (node == NULL) {
        return 0;
    }

    level = &parser->levels[++parser->depth];

    level->node = node;
    level->last = &node->child;

    return 1;
}


static pt_json_t *
pt_json_add(pt_json_parser_t *parser, pt_json_type_e type)
{
    pt_json_t        *node;
    pt_json_level_t  *level;

    if (parser->values >= parser->limits->values) {
        return NULL;
    }

    node = pt_arena_alloc(parser->arena, sizeof(pt_json_t));

    if (node == NULL) {
        return NULL;
    }

    ngx_memzero(node, sizeof(pt_json_t));

    node->type = type;
    node->name = parser->name;
    node->hash = parser->hash;

    ngx_str_null(&parser->name);
    parser->hash = 0;
    parser->values++;

    level = &parser->levels[parser->depth];

    *level->last = node;
    level->last = &node->next;

    return node;
}


/*
 * Yajl passes a slice of the text, or a slice of its own buffer for a string
 * that had escapes or ended with the text.  The copied strings together are
 * never longer than the text.
 */

static int
pt_json_slice(pt_json_parser_t *parser, ngx_str_t *dst, const u_char *s,
    size_t len)
{
    dst->len = len;

    if (s >= parser->text.data && s < parser->text.data + parser->text.len) {
        dst->data = (u_char *) s;
        return 1;
    }

    if (parser->strings == NULL) {
        parser->strings = pt_arena_alloc(parser->arena, parser->text.len);

        if (parser->strings == NULL) {
            return 0;
        }
    }

    dst->data = parser->strings;
    parser->strings = ngx_cpymem(parser->strings, s, len);

    return 1;
}


/* gives names that differ only in ASCII case the same hash */

static uint32_t
pt_json_hash(const ngx_str_t *name)
{
    uint64_t       hash;
    const u_char  *p, *end;

    p = name->data;
    end = name->data + name->len;
    hash = 0;

    for ( /* void */ ; end - p > PT_SWAR_LEN; p += PT_SWAR_LEN) {
        hash = pt_json_mix(hash, pt_swar_load(p));
    }

    return pt_json_mix(hash, pt_swar_load_last(p, end)) >> 32;
}


static ngx_uint_t
pt_json_same_name(const pt_json_parser_t *parser, const ngx_str_t *name)
{
    if (parser->limits->fold) {
        return pt_json_same_fold(name, parser->name.data, parser->name.len);
    }

    return pt_str_equal(name, &parser->name);
}


ngx_uint_t
pt_json_same_letters(const u_char *a, const u_char *b, size_t len)
{
    uint64_t  x, y;

    for ( /* void */ ; len > PT_SWAR_LEN; len -= PT_SWAR_LEN) {
        x = pt_swar_load(a);
        y = pt_swar_load(b);

        if (x != y && pt_swar_lower(x) != pt_swar_lower(y)) {
            return 0;
        }

        a += PT_SWAR_LEN;
        b += PT_SWAR_LEN;
    }

    return pt_swar_lower(pt_swar_load_last(a, a + len))
           == pt_swar_lower(pt_swar_load_last(b, b + len));
}


const pt_json_t *
pt_json_member(const pt_json_t *object, const char *name)
{
    size_t            len;
    const pt_json_t  *member;

    if (object->type != PT_JSON_OBJECT) {
        return NULL;
    }

    len = ngx_strlen(name);

    for (member = object->child; member; member = member->next) {
        if (member->name.len == len
            && ngx_memcmp(member->name.data, name, len) == 0)
        {
            return member;
        }
    }

    return NULL;
}


const pt_json_t *
pt_json_member_fold(const pt_json_t *object, const char *name)
{
    size_t            len;
    const pt_json_t  *member;

    if (object->type != PT_JSON_OBJECT) {
        return NULL;
    }

    len = ngx_strlen(name);

    for (member = object->child; member; member = member->next) {
        if (pt_json_same_fold(&member->name, (const u_char *) name, len)) {
            return member;
        }
    }

    return NULL;
}
