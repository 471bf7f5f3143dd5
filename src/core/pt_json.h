
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The only JSON reader: request bodies, token parts, key sets, lists of revoked
 * tokens and answers of back ends pass the same checks.
 * yajl tokenizes.  This reader also refuses what yajl accepts: invalid UTF-8
 * (overlong forms, surrogates, code points over U+10FFFF), lone surrogate
 * escapes, NUL in any spelling, "\v" and "\f" as white space, a member twice in
 * one object (names are compared after decoding), and nesting or a number of
 * values over a limit.
 */


#ifndef _PT_JSON_H_INCLUDED_
#define _PT_JSON_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "pt_arena.h"


#define PT_JSON_MAX  (16 * 1024 * 1024)     /* bytes of a text */


typedef enum {
    PT_JSON_NULL = 0,
    PT_JSON_FALSE,
    PT_JSON_TRUE,
    PT_JSON_NUMBER,
    PT_JSON_STRING,
    PT_JSON_ARRAY,
    PT_JSON_OBJECT
} pt_json_type_e;


typedef enum {
    PT_JSON_RC_OK = 0,
    PT_JSON_RC_SYNTAX,           /* not a JSON text (RFC 8259) */
    PT_JSON_RC_ENCODING,         /* not valid UTF-8, bad escape, NUL */
    PT_JSON_RC_DUPLICATE,        /* a member name twice in one object */
    PT_JSON_RC_LIMIT,            /* too deep, too many values, too long */
    PT_JSON_RC_MEMORY            /* not parsed: out of memory */
} pt_json_rc_e;


typedef struct pt_json_s  pt_json_t;

struct pt_json_s {
    pt_json_type_e   type;
    uint32_t         hash;       /* of the name, to find duplicates */
    ngx_str_t        name;       /* decoded; empty in arrays and at the top */
    ngx_str_t        value;      /* string: decoded; number: as spelled */
    pt_json_t       *child;      /* object, array: the first value */
    pt_json_t       *next;       /* the next value of the same parent */
};


typedef struct {
    ngx_uint_t       depth;      /* nested objects and arrays, 1 is flat */
    ngx_uint_t       values;     /* all values of the text together */
    unsigned         fold:1;     /* names that differ in ASCII case are
                                    equal: OData; JOSE names are exact */
} pt_json_limits_t;


/*
 * The scratch memory that pt_json_read() needs for a text of len bytes under
 * these limits; 0: the text is longer than PT_JSON_MAX.  Most of this memory is
 * never touched, and the memory of yajl is returned to the arena.  If yajl
 * needs more, it gets heap memory, which pt_json_read() frees.
 */
size_t pt_json_scratch(size_t len, const pt_json_limits_t *limits);

/*
 * Reads one JSON text.  The tree, and strings that had escapes, are in the
 * arena; all other strings are slices of the text.  The arena must have
 * pt_json_scratch() bytes left. *root is set only with PT_JSON_RC_OK.
 */
pt_json_rc_e pt_json_read(const ngx_str_t *text,
    const pt_json_limits_t *limits, pt_arena_t *arena, pt_json_t **root);

/*
 * Returns a member of an object; NULL: the member is absent, or the value is
 * not an object. pt_json_member() compares names byte by byte,
 * pt_json_member_fold() ignores ASCII case.
 */
const pt_json_t *pt_json_member(const pt_json_t *object, const char *name);
const pt_json_t *pt_json_member_fold(const pt_json_t *object,
    const char *name);

/*
 * Whether a name or an enumeration value equals a word, ignoring ASCII case.
 * The word of pt_json_is() is a literal.
 */
#define pt_json_is(s, word)                                                   \
    pt_json_same_fold(s, (const u_char *) word, sizeof(word) - 1)

ngx_uint_t pt_json_same_letters(const u_char *a, const u_char *b, size_t len);

static ngx_inline ngx_uint_t
pt_json_same_fold(const ngx_str_t *s, const u_char *word, size_t len)
{
    /* fast path: nearly all names have their documented spelling */

    return s->len == len
           && (ngx_memcmp(s->data, word, len) == 0
               || pt_json_same_letters(s->data, word, len));
}


/*
 * Writes a string as the content of a JSON string (RFC 8259, section 7),
 * without the quotes.  Returns the end of the output.  A byte that is not UTF-8
 * becomes U+FFFD. pt_json_escaped() is the number of bytes that this writes.
 */
u_char *pt_json_escape(u_char *dst, const ngx_str_t *src);
size_t pt_json_escaped(const ngx_str_t *src);

/* for text that needs no escapes: literals and words of the module */
#define pt_write(dst, s)      ngx_cpymem(dst, s, sizeof(s) - 1)
#define pt_write_str(dst, s)  ngx_cpymem(dst, (s)->data, (s)->len)


#endif /* _PT_JSON_H_INCLUDED_ */
