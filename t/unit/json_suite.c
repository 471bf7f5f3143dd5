
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * A folder of JSON texts, as the public suites for parsers have them:
 *
 *     json_suite FOLDER
 *
 * What is named y_* is JSON, n_* is not, and i_* is for the reader to decide;
 * other files are skipped.  Each text is read by the reader that bodies, parts
 * of tokens, key sets and the answers of back ends are read by, twice: with
 * names compared byte by byte, and with names folded.  The limits are so wide
 * that nothing but the text decides.
 *
 * Prints TAP, a line for each text with what became of it.  Two kinds of y_*
 * may be refused, as it is meant, if they are accepted once that is mended:
 * those with a member twice in one object, which RFC 8259 leaves open and
 * which readers take for one or the other, and those with an escaped NUL,
 * which ends a string for some.
 *
 * Ends with 1 if anything else came out in another way than the name says, or
 * was refused for a limit; with 2 if the folder cannot be read, or has no
 * texts.
 */


#include "tap.h"

#include <dirent.h>

#include "pt_json.h"


#define SUITE_ESCAPE_LEN  (sizeof("\\u0000") - 1)

/* a string of two bytes, "", may become one of this many */
#define SUITE_STRING_LEN  (sizeof("\"4294967295\"") - 1)


/* of y_*, n_* or i_* */

typedef struct {
    unsigned           texts;
    unsigned           accepted;
    unsigned           duplicates;
    unsigned           nuls;
} suite_count_t;


typedef struct {
    const char        *folder;
    suite_count_t      valid;
    suite_count_t      broken;
    suite_count_t      open;
} suite_t;


static int suite_folder(suite_t *suite, struct dirent **files, int n);
static int suite_file(suite_t *suite, const char *name);
static int suite_get(const char *path, ngx_str_t *text);
static void suite_text(suite_t *suite, const char *name,
    const ngx_str_t *text);
static ngx_uint_t suite_is_excused(suite_count_t *count,
    const ngx_str_t *text, pt_json_rc_e rc, const char **verdict);
static int suite_done(const suite_t *suite);

static pt_json_rc_e suite_read(const ngx_str_t *text,
    const pt_json_limits_t *limits);
static pt_json_rc_e suite_mend(const ngx_str_t *text,
    void (*mend)(ngx_str_t *dst, const ngx_str_t *src));
static void suite_mend_nul(ngx_str_t *dst, const ngx_str_t *src);
static void suite_mend_names(ngx_str_t *dst, const ngx_str_t *src);
static const u_char *suite_string_end(const u_char *p, const u_char *end);
static void *suite_alloc(size_t size);


static const pt_json_limits_t  suite_exact = {
    (ngx_uint_t) -1, (ngx_uint_t) -1, 0
};


static const pt_json_limits_t  suite_folded = {
    (ngx_uint_t) -1, (ngx_uint_t) -1, 1
};


/* indexed by pt_json_rc_e */

static const char  *suite_verdicts[] = {
    "accepted",
    "refused, syntax",
    "refused, encoding",
    "refused, duplicate member",
    "refused, limit",
    "not judged"
};


int
main(int argc, char *argv[])
{
    int              n, rc;
    suite_t          suite;
    struct dirent  **files;

    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }

    memset(&suite, 0, sizeof(suite_t));
    suite.folder = argv[1];

    n = scandir(suite.folder, &files, NULL, alphasort);
    if (n < 0) {
        perror(suite.folder);
        return 2;
    }

    rc = suite_folder(&suite, files, n);

    while (n--) {
        free(files[n]);
    }

    free(files);

    if (tap_count == 0) {
        fprintf(stderr, "%s: no texts\n", suite.folder);
        return 2;
    }

    return rc ? rc : suite_done(&suite);
}


static int
suite_folder(suite_t *suite, struct dirent **files, int n)
{
    int  i, rc;

    rc = 0;

    for (i = 0; i < n; i++) {
        if (strchr("yni", files[i]->d_name[0]) && files[i]->d_name[1] == '_') {

            if (suite_file(suite, files[i]->d_name) != 0) {
                rc = 2;
            }

        } else if (files[i]->d_name[0] != '.') {
            printf("# %s: skipped\n", files[i]->d_name);
        }
    }

    return rc;
}


static int
suite_file(suite_t *suite, const char *name)
{
    char       path[4096];
    ngx_str_t  text;

    snprintf(path, sizeof(path), "%s/%s", suite->folder, name);

    if (suite_get(path, &text) != 0) {
        return 1;
    }

    suite_text(suite, name, &text);

    free(text.data);

    return 0;
}


/* of exactly its size, so that reading on is seen */

static int
suite_get(const char *path, ngx_str_t *text)
{
    FILE    *in;
    u_char  *data;
    size_t   n;

    in = fopen(path, "rb");
    if (in == NULL) {
        perror(path);
        return 1;
    }

    data = suite_alloc(PT_JSON_MAX + 1);

    text->len = fread(data, 1, PT_JSON_MAX + 1, in);

    n = ferror(in);
    fclose(in);

    if (n || text->len > PT_JSON_MAX) {
        fprintf(stderr, "%s: cannot be read, or is too large\n", path);
        free(data);
        return 1;
    }

    text->data = suite_alloc(text->len);
    memcpy(text->data, data, text->len);

    free(data);

    return 0;
}


static void
suite_text(suite_t *suite, const char *name, const ngx_str_t *text)
{
    int             good;
    char            line[512];
    const char     *verdict;
    pt_json_rc_e    rc, folded;
    suite_count_t  *count;

    rc = suite_read(text, &suite_exact);
    folded = suite_read(text, &suite_folded);
    verdict = suite_verdicts[rc];

    switch (name[0]) {

    case 'y':
        count = &suite->valid;
        good = (rc == PT_JSON_RC_OK
                || suite_is_excused(count, text, rc, &verdict));
        break;

    case 'n':
        count = &suite->broken;
        good = (rc != PT_JSON_RC_OK);
        break;

    default: /* 'i' */
        count = &suite->open;
        good = 1;
    }

    count->texts++;
    count->accepted += (rc == PT_JSON_RC_OK);

    /* folding makes names equal, and nothing else */

    good = good
           && rc != PT_JSON_RC_LIMIT
           && (folded == rc
               || (rc == PT_JSON_RC_OK && folded == PT_JSON_RC_DUPLICATE));

    snprintf(line, sizeof(line), "%s: %s%s%s", name, verdict,
             folded == rc ? "" : "; folded: ",
             folded == rc ? "" : suite_verdicts[folded]);

    ok(good, line);
}


/* whether the text is accepted without what it was refused for */

static ngx_uint_t
suite_is_excused(suite_count_t *count, const ngx_str_t *text, pt_json_rc_e rc,
    const char **verdict)
{
    if (rc == PT_JSON_RC_ENCODING
        && suite_mend(text, suite_mend_nul) == PT_JSON_RC_OK)
    {
        *verdict = "refused, escaped NUL";
        count->nuls++;
        return 1;
    }

    if (rc == PT_JSON_RC_DUPLICATE
        && suite_mend(text, suite_mend_names) == PT_JSON_RC_OK)
    {
        count->duplicates++;
        return 1;
    }

    return 0;
}


static int
suite_done(const suite_t *suite)
{
    const suite_count_t  *y, *n, *i;

    y = &suite->valid;
    n = &suite->broken;
    i = &suite->open;

    printf("# y: %u texts, %u accepted, %u refused for a duplicate member, "
           "%u for an escaped NUL\n",
           y->texts, y->accepted, y->duplicates, y->nuls);
    printf("# n: %u texts, %u accepted, %u refused\n",
           n->texts, n->accepted, n->texts - n->accepted);
    printf("# i: %u texts, %u accepted, %u refused\n",
           i->texts, i->accepted, i->texts - i->accepted);
    printf("# %u texts, %u wrong\n", tap_count, tap_failed);

    return tap_done();
}


static pt_json_rc_e
suite_read(const ngx_str_t *text, const pt_json_limits_t *limits)
{
    size_t         size;
    u_char        *scratch;
    pt_json_t     *root;
    pt_arena_t     arena;
    pt_json_rc_e   rc;

    size = pt_json_scratch(text->len, limits);
    scratch = suite_alloc(size);

    pt_arena_init(&arena, scratch, size);

    rc = pt_json_read(text, limits, &arena, &root);

    free(scratch);

    return rc;
}


static pt_json_rc_e
suite_mend(const ngx_str_t *text,
    void (*mend)(ngx_str_t *dst, const ngx_str_t *src))
{
    ngx_str_t     mended;
    pt_json_rc_e  rc;

    mended.data = suite_alloc(text->len / 2 * SUITE_STRING_LEN + text->len);

    mend(&mended, text);
    rc = suite_read(&mended, &suite_exact);

    free(mended.data);

    return rc;
}


/* each \u0000 becomes \u0001 */

static void
suite_mend_nul(ngx_str_t *dst, const ngx_str_t *src)
{
    size_t  i;

    memcpy(dst->data, src->data, src->len);
    dst->len = src->len;

    for (i = 0; i + SUITE_ESCAPE_LEN <= dst->len; i++) {
        if (memcmp(&dst->data[i], "\\u0000", SUITE_ESCAPE_LEN) == 0) {
            dst->data[i + SUITE_ESCAPE_LEN - 1] = '1';
        }
    }
}


/* each string, and so each name, becomes one of its own */

static void
suite_mend_names(ngx_str_t *dst, const ngx_str_t *src)
{
    u_char        *to;
    unsigned       strings;
    const u_char  *p, *end;

    p = src->data;
    end = src->data + src->len;
    to = dst->data;
    strings = 0;

    while (p < end) {

        if (*p != '"') {
            *to++ = *p++;
            continue;
        }

        to += sprintf((char *) to, "\"%u\"", strings++);
        p = suite_string_end(p, end);
    }

    dst->len = to - dst->data;
}


/* after the closing quote */

static const u_char *
suite_string_end(const u_char *p, const u_char *end)
{
    for (p++; p < end; p++) {

        if (*p == '"') {
            return p + 1;
        }

        if (*p == '\\') {
            p++;
        }
    }

    return end;
}


static void *
suite_alloc(size_t size)
{
    void  *p;

    p = malloc(size ? size : 1);
    if (p == NULL) {
        abort();
    }

    return p;
}
