
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_route.h"
#include "pt_route_spelling.h"


#define ID_64     "0123456789abcdef0123456789abcdef"                          \
                  "0123456789abcdef0123456789abcdef"
#define ID_128    ID_64 ID_64
#define DOTS_128  "................................"                          \
                  "................................"                          \
                  "................................"                          \
                  "................................"
#define SIXTEEN   "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a"


typedef struct {
    const char        *path;
    const char        *definition;
    const char        *task;
} test_task_t;


typedef struct {
    const char        *raw;
    const char        *path;            /* NULL: as raw */
} test_spelling_t;


/* in memory of exactly its size, so that reading on is seen */

typedef struct {
    ngx_str_t          path;
    pt_route_t         route;
    pt_reason_e        reason;
} test_read_t;


static void test_tasks(void);
static void test_prefixes(void);
static void test_ids(void);
static void test_odd(void);
static void test_collections(void);
static void test_below(void);
static void test_batch(void);
static void test_other(void);
static void test_parents(void);
static void test_case(void);
static void test_id_bytes(void);
static void test_id_lengths(void);
static void test_truncated(void);
static void test_mutated(void);
static void test_segments(void);

static void test_spelled_alike(void);
static void test_spelled_differently(void);
static void test_spelled_badly(void);
static void test_spelled_bytes(void);
static void test_spelled_escapes(void);
static void test_spelled_truncated(void);
static void test_rewritten(void);

static void test_plain(void);

static void test_guids(void);
static void test_guid_bytes(void);

static void test_paths(const char **paths, ngx_uint_t n,
    pt_reason_e reason, pt_route_e kind);
static void test_read(test_read_t *rd, const char *path);
static void test_read_bytes(test_read_t *rd, const void *path, size_t len);
static void test_read_plain(const test_read_t *rd);
static ngx_uint_t test_is_task(const test_read_t *rd);
static ngx_uint_t test_is_id(const ngx_str_t *id);
static void test_free(test_read_t *rd);
static pt_reason_e test_spelling(const void *raw, size_t len,
    const char *path);
static void test_id_key(const char *id, const char *want, const char *name);
static void test_copy(ngx_str_t *copy, const void *data, size_t len);
static const char *test_name(const char *text);


/* of all paths that were read */

static ngx_uint_t  test_plain_paths;
static ngx_uint_t  test_plain_wrong;


static const char  test_id_chars[] = "0123456789"
                                     "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                     "abcdefghijklmnopqrstuvwxyz._~-";


int
main(void)
{
    test_tasks();
    test_prefixes();
    test_ids();
    test_odd();
    test_collections();
    test_below();
    test_batch();
    test_other();
    test_parents();
    test_case();
    test_id_bytes();
    test_id_lengths();
    test_truncated();
    test_mutated();
    test_segments();

    test_spelled_alike();
    test_spelled_differently();
    test_spelled_badly();
    test_spelled_bytes();
    test_spelled_escapes();
    test_spelled_truncated();
    test_rewritten();

    test_plain();

    test_guids();
    test_guid_bytes();

    return tap_done();
}


static void
test_tasks(void)
{
    ngx_uint_t   i;
    test_read_t  rd;

    static const test_task_t  cases[] = {
        { "/print/taskDefinitions/d/tasks/t", "d", "t" },
        { "/print/taskDefinitions('d')/tasks('t')", "d", "t" },
        { "/print/taskDefinitions/d/tasks('t')", "d", "t" },
        { "/print/taskDefinitions('d')/tasks/t", "d", "t" },
        { "/print/taskdefinitions/d/tasks/t", "d", "t" },
        { "/PRINT/TASKDEFINITIONS/D/TASKS/T", "D", "T" },
        { "/Print/TaskDefinitions('dD')/Tasks('tT')", "dD", "tT" },
        { "/taskDefinitions/d/tasks/t", "d", "t" },
        { "/print/taskDefinitions/tasks/tasks/tasks", "tasks", "tasks" },
        { "/print/taskDefinitions/taskDefinitions/tasks/taskDefinitions",
          "taskDefinitions", "taskDefinitions" },
        { "/print/taskDefinitions/print/tasks/jobs", "print", "jobs" },
        { "/print/taskDefinitions('tasks')/tasks('tasks')",
          "tasks", "tasks" },
        { "/print/taskDefinitions/tasks2/tasks/tasks-",
          "tasks2", "tasks-" },
        { "/print/taskDefinitions/fab143fd-ee61-4358-8558-2c7dee953982"
          "/tasks/D036638B-1272-47BC-9227-732463823ED3",
          "fab143fd-ee61-4358-8558-2c7dee953982",
          "D036638B-1272-47BC-9227-732463823ED3" },
        { "/print/taskDefinitions/0/tasks/9", "0", "9" },
        { "/print/taskDefinitions/A-Z_a.z~/tasks/...a", "A-Z_a.z~", "...a" },
        { "/print/taskDefinitions/-/tasks/~", "-", "~" },
        { "/print/taskDefinitions('_')/tasks('.-')", "_", ".-" }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        test_read(&rd, cases[i].path);

        ok(test_is_task(&rd), cases[i].path);
        is_str(&rd.route.definition, cases[i].definition, "... definition");
        is_str(&rd.route.task, cases[i].task, "... task");

        test_free(&rd);
    }
}


/* whatever the location is called */

static void
test_prefixes(void)
{
    static const char  *paths[] = {
        "/v1.0/print/taskDefinitions/d/tasks/t",
        "/beta/print/taskDefinitions/d/tasks/t",
        "/V1.0/print/taskDefinitions('d')/tasks('t')",
        "/a/b/c/v1.0/print/taskDefinitions/d/tasks/t",
        "/tasks/print/taskDefinitions/d/tasks/t",
        "/v1.0;a/print/taskDefinitions/d/tasks/t",
        "/print('x')/taskDefinitions/d/tasks/t",
        "/v1.0/Print/TASKdefinitions('d')/tasks/t"
    };

    test_paths(paths, sizeof(paths) / sizeof(paths[0]), PT_OK,
               PT_ROUTE_TASK);
}


static void
test_ids(void)
{
    static const char  *refused[] = {
        "/print/taskDefinitions('')/tasks/t",
        "/print/taskDefinitions/d/tasks('')",
        "/print/taskDefinitions('')/tasks('')",
        "/print/taskDefinitions/d/tasks/" ID_128 "0",
        "/print/taskDefinitions/" ID_128 "0/tasks/t",
        "/print/taskDefinitions('" ID_128 "0')/tasks/t",
        "/print/taskDefinitions/d/tasks('" ID_128 "0')",

        "/print/taskDefinitions/./tasks/t",
        "/print/taskDefinitions/d/tasks/.",
        "/print/taskDefinitions/d/tasks/..",
        "/print/taskDefinitions/d/tasks/...",
        "/print/taskDefinitions('..')/tasks/t",
        "/print/taskDefinitions/d/tasks('.')",
        "/print/taskDefinitions/d/tasks/" DOTS_128,

        "/print/taskDefinitions/d/tasks/t;x",
        "/print/taskDefinitions/d;x/tasks/t",
        "/print/taskDefinitions/d/tasks/t,u",
        "/print/taskDefinitions/d/tasks/t:1",
        "/print/taskDefinitions/d/tasks/a b",
        "/print/taskDefinitions/d/tasks/a+b",
        "/print/taskDefinitions/d/tasks/t?x",
        "/print/taskDefinitions/d/tasks/{t}",
        "/print/taskDefinitions/d/tasks/'t'",
        "/print/taskDefinitions/d/tasks/('t')",
        "/print/taskDefinitions/d/tasks/\xc3\xa9",
        "/print/taskDefinitions('{d}')/tasks/t",

        "/print/taskDefinitions/d/tasks('it''s')",
        "/print/taskDefinitions/d/tasks('''')",
        "/print/taskDefinitions/d/tasks('''t')",
        "/print/taskDefinitions('it''s')/tasks/t",
        "/print/taskDefinitions/d/tasks('t')('u')",
        "/print/taskDefinitions/d/tasks('t','u')",

        /* the key is the whole segment, or what is in the quotes */
        "/print/taskDefinitions/taskDefinitions('d')/tasks/t",
        "/print/taskDefinitions/d/tasks/tasks('t')",
        "/print/taskDefinitions/d/tasks/taskDefinitions('t')",
        "/print/taskDefinitions/tasks('d')/tasks/t"
    };

    static const char  *tasks[] = {
        "/print/taskDefinitions/d/tasks/" ID_128,
        "/print/taskDefinitions/" ID_128 "/tasks/t",
        "/print/taskDefinitions('" ID_128 "')/tasks('" ID_128 "')"
    };

    test_paths(refused, sizeof(refused) / sizeof(refused[0]), PT_ID_INVALID,
               PT_ROUTE_OTHER);
    test_paths(tasks, sizeof(tasks) / sizeof(tasks[0]), PT_OK,
               PT_ROUTE_TASK);
}


/* spellings of our names that only some servers take for them */

static void
test_odd(void)
{
    static const char  *paths[] = {
        "/print/taskDefinitions/d/tasks;x/t",
        "/print/taskDefinitions/d/tasks;/t",
        "/print/taskDefinitions/d/TASKS;x=y/t",
        "/print/taskDefinitions;x/d/tasks/t",
        "/print/taskDefinitions/d/tasks(1)",
        "/print/taskDefinitions/d/tasks(t)",
        "/print/taskDefinitions(1)/tasks/t",
        "/print/taskDefinitions/d/tasks()",
        "/print/taskDefinitions/d/tasks(",
        "/print/taskDefinitions/d/tasks('",
        "/print/taskDefinitions/d/tasks(')",
        "/print/taskDefinitions/d/tasks(''",
        "/print/taskDefinitions/d/tasks('t)",
        "/print/taskDefinitions/d/tasks(t')",
        "/print/taskDefinitions/d/tasks('t'",
        "/print/taskDefinitions/d/tasks('t') ",
        "/print/taskDefinitions/d/tasks('t')x",
        "/print/taskDefinitions/d/tasks('t');x",
        "/print/taskDefinitions/d/tasks ('t')",
        "/print/taskDefinitions/d/tasks( 't' )",
        "/print/taskDefinitions/d/tasks(id='t')",
        "/print/taskDefinitions/d/tasks(\"t\")",
        "/print/taskDefinitions/d/tasks['t']",
        "/print/taskDefinitions/d/tasks't'",
        "/print/taskDefinitions/d/tasks /t",
        "/print/taskDefinitions/d/tasks,/t",
        "/print/taskDefinitions/d/tasks:/t",
        "/print/taskDefinitions/d/tasks+/t",
        "/print/taskDefinitions/d/tasks?/t",
        "/print/taskDefinitions/d/tasks\\t",
        "/print/taskDefinitions/d/tasks\xc3\xa9/t",
        "/print/taskDefinitions('d/tasks/t",
        "/print/taskDefinitions /d/tasks/t",
        "/print/printers/p/jobs/j/tasks;x/t",
        "/print/shares/s/jobs/j/tasks(1)",
        "/tasks;x",
        "/print/taskDefinitions/d/ tasks/t",
        "/print/taskDefinitions/d/   TASKS('t')",
        "/print/ taskDefinitions/d/tasks/t",
        "/ print/tasks/t",
        "/print/printers/p/ jobs/j/tasks/t",
        "/v1.0/ $batch",

        "",
        "*",
        "print/taskDefinitions/d/tasks/t",
        "http://a/print/taskDefinitions/d/tasks/t"
    };

    test_paths(paths, sizeof(paths) / sizeof(paths[0]), PT_PATH_INVALID,
               PT_ROUTE_OTHER);
}


/* all tasks of a definition or a job */

static void
test_collections(void)
{
    static const char  *paths[] = {
        "/print/taskDefinitions/d/tasks",
        "/print/taskDefinitions/d/tasks/",
        "/print/taskDefinitions('d')/tasks",
        "/print/taskDefinitions('d')/tasks/",
        "/v1.0/Print/TaskDefinitions/d/TASKS",
        "/print/printers/p/jobs/j/tasks",
        "/print/printers/p/jobs/j/tasks/",
        "/print/shares('s')/jobs('j')/tasks",
        "/taskDefinitions/d/tasks",
        "/jobs/j/tasks",
        "/print/tasks"
    };

    test_paths(paths, sizeof(paths) / sizeof(paths[0]), PT_OK,
               PT_ROUTE_TASKS);
}


static void
test_below(void)
{
    static const char  *paths[] = {
        "/print/printers/p/jobs/j/tasks/t",
        "/print/shares/s/jobs/j/tasks/t",
        "/print/printerShares/s/jobs/j/tasks/t",
        "/print/printers('p')/jobs('j')/tasks('t')",
        "/print/shares('s')/jobs('j')/tasks('t')",
        "/print/printers('p')/jobs/j/tasks/t",
        "/print/shares/s/jobs('j')/tasks/t",
        "/print/shares/s/jobs/j/tasks('t')",
        "/v1.0/print/printers/p/jobs/j/tasks/t",
        "/beta/Print/Shares/s/Jobs/j/Tasks/t",
        "/PRINT/PRINTERS/P/JOBS/J/TASKS/T",
        "/printers/p/jobs/j/tasks/t",
        "/print/printers/p/jobs/j/tasks('')",
        "/print/printers/p/jobs/j/tasks/t;x",
        "/print/printers/p/jobs/j/tasks/a b",
        "/print/printers/p/jobs;x/j/tasks/t",
        "/x/jobs;x/j/tasks/t",
        "/x/jobs(1)/tasks/t",
        "/print;x/y/tasks/t",
        "/print/printers/p/taskTriggers/r/definition/tasks/t",
        "/print/taskDefinitions/d/tasks/t/definition/tasks/u",
        "/print/taskDefinitions('d')/tasks('t')/trigger/definition"
        "/tasks('u')",

        "/print/taskDefinitions/d/tasks/t/",
        "/print/taskDefinitions/d/tasks('t')/",
        "/print/taskDefinitions/d/tasks/t/status",
        "/print/taskDefinitions/d/tasks/t/status/state",
        "/print/taskDefinitions/d/tasks('t')/status",
        "/print/taskDefinitions('d')/tasks/t/status/",
        "/print/taskDefinitions/d/tasks/t/$ref",
        "/print/taskDefinitions/d/tasks/t/$value",
        "/print/taskDefinitions/d/tasks/t/status?x",
        "/print/taskDefinitions/d/tasks/;x/status",
        "/print/taskDefinitions/d/tasks/a b/status",
        "/print/taskDefinitions/d/tasks/t/definition",

        "/print/taskDefinitions/d/microsoft.graph.printTaskDefinition"
        "/tasks/t",
        "/print/taskDefinitions/d/tasks/microsoft.graph.printTask/t",
        "/print/taskDefinitions/d/tasks/t/microsoft.graph.printTask",
        "/print/taskDefinitions('d')/tasks('t')/graph.printTask",
        "/print/taskDefinitions/microsoft.graph.printTaskDefinition/d"
        "/tasks/t",

        "/print/tasks/t",
        "/print/tasks('t')",
        "/print/taskDefinitions/tasks('t')",
        "/print/taskDefinitions/d/x/tasks/t",

        /* what OData calls so is no id, but may be read */
        "/print/taskDefinitions/d/tasks/$count",
        "/print/taskDefinitions('d')/tasks/$count",
        "/print/taskDefinitions/d/tasks/$ref",
        "/print/taskDefinitions/d/tasks/$each",
        "/print/taskDefinitions/d/tasks/$filter(@a)/$each",
        "/print/printers/p/jobs/j/tasks/$count",

        /* nor is what names a type or an action */
        "/print/taskDefinitions/d/tasks/microsoft.graph.printTask",
        "/print/taskDefinitions/d/tasks/Graph.printTask",
        "/print/taskDefinitions/MICROSOFT.GRAPH.x/tasks/t",

        /* what is read may be a task, whatever is before it */
        "/$entity",
        "/v1.0/$Entity/microsoft.graph.printTask",
        "/print/$entity;x",
        "/print/taskDefinitions/d/$links/tasks",
        "/print/taskDefinitions/d/$links/tasks/t",

        /* as a rewrite may leave them */
        "/print/taskDefinitions//tasks/t",
        "/print/taskDefinitions/d/tasks//t",
        "/print/taskDefinitions/d//tasks/t",
        "/print/taskDefinitions//d/tasks/t",
        "/print/printers/p/jobs/j/tasks//t"
    };

    test_paths(paths, sizeof(paths) / sizeof(paths[0]), PT_OK,
               PT_ROUTE_BELOW);
}


static void
test_batch(void)
{
    static const char  *batches[] = {
        "/$batch",
        "/v1.0/$batch",
        "/beta/$BATCH",
        "/v1.0/$Batch",
        "/print/$batch",
        "/print/taskDefinitions/d/tasks/$batch",

        /* servers may be lenient at the end */
        "/v1.0/$batch/",
        "/v1.0/$batch;x",
        "/v1.0/$batch()",
        "/v1.0/$batch('')",
        "/v1.0/$batch ",
        "/v1.0/$BATCH?x",
        "/v1.0/$batch/x"
    };

    static const char  *others[] = {
        "/v1.0/$batches",
        "/v1.0/$batc",
        "/v1.0/batch",
        "/v1.0/x$batch"
    };

    test_paths(batches, sizeof(batches) / sizeof(batches[0]), PT_OK,
               PT_ROUTE_BATCH);
    test_paths(others, sizeof(others) / sizeof(others[0]), PT_OK,
               PT_ROUTE_OTHER);
}


static void
test_other(void)
{
    static const char  *paths[] = {
        "/",
        "//",
        "/print/printers/p/jobs/j/documents/d/$value",
        "/print/printers('p')/jobs('j')/start",
        "/print/taskDefinition/d/task/t",
        "/print/taskDefinitionsX/d/tasksX/t",
        "/print/taskDefinitions2('d')/tasks2('t')",
        "/print/xtaskDefinitions/d/xtasks/t",
        "/planner/tasks/t",
        "/me/todo/lists/l/tasks/t",
        "/users('u')/planner/tasks('t')",
        "/blueprint/x/tasks/t",
        "/planner/tasks",
        "/tasks/",
        "/drive/root:/My Documents/a.pdf:/content"
    };

    test_paths(paths, sizeof(paths) / sizeof(paths[0]), PT_OK,
               PT_ROUTE_OTHER);
}


static void
test_parents(void)
{
    static const char  *paths[] = {
        "/print",
        "/print/",
        "/v1.0/Print/",
        "/print/microsoft.graph.print",
        "/print/printers",
        "/print/printers/p",
        "/print/printers('p')/",
        "/print/printers/p/jobs/j",
        "/print/shares/s/printer",
        "/print/taskDefinitions",
        "/print/taskDefinitions/",
        "/print/taskDefinitions/d",
        "/print/taskDefinitions('d')",
        "/taskDefinitions/d",
        "/print/taskDefinitions/d/graph.printTaskDefinition",
        "/print/taskDefinitions/$count",
        "/print/taskDefinitions/$ref",
        "/print/printers/p/taskTriggers/t",
        "/print/printers/p/taskTriggers/t/definition"
    };

    static const char  *others[] = {
        "/printers/p",
        "/jobs/j",
        "/print/connectors/c",
        "/print/printers/p/jobs/j/start",
        "/print/printers/p/jobs/j/documents/d",
        "/x/definition"
    };

    test_paths(paths, sizeof(paths) / sizeof(paths[0]), PT_OK,
               PT_ROUTE_PARENT);
    test_paths(others, sizeof(others) / sizeof(others[0]), PT_OK,
               PT_ROUTE_OTHER);
}


/* each letter of the names alone in the other case */

static void
test_case(void)
{
    size_t             i;
    ngx_uint_t         letters, tasks;
    test_read_t        rd;

    static const char  text[] = "/print/taskDefinitions/9/tasks/9";
    char               copy[sizeof(text)];

    letters = 0;
    tasks = 0;

    for (i = 0; i < sizeof(text) - 1; i++) {

        if (text[i] == '/' || text[i] == '9') {
            continue;
        }

        memcpy(copy, text, sizeof(text));
        copy[i] ^= 0x20;

        test_read(&rd, copy);

        letters++;
        tasks += test_is_task(&rd);

        test_free(&rd);
    }

    is_int(letters, 25, "letters in the names");
    is_int(tasks, letters, "... each of which may be in any case");
}


static void
test_id_bytes(void)
{
    size_t       len;
    ngx_uint_t   i, form, legal, wrong;
    test_read_t  rd;
    char         path[64];

    static const char  *forms[] = {
        "/taskDefinitions/d/tasks/a%cb",
        "/taskDefinitions/d/tasks('a%cb')",
        "/taskDefinitions/a%cb/tasks/t",
        "/taskDefinitions('a%cb')/tasks/t",
        "/taskDefinitions/d/tasks/%c",
        "/taskDefinitions('%c')/tasks('t')"
    };

    for (form = 0; form < sizeof(forms) / sizeof(forms[0]); form++) {
        legal = 0;
        wrong = 0;

        for (i = 0; i <= 0xff; i++) {
            len = snprintf(path, sizeof(path), forms[form], (int) i);
            test_read_bytes(&rd, path, len);

            if (test_is_task(&rd)) {
                legal++;
                wrong += (i == 0
                          || strchr(test_id_chars, (int) i) == NULL);

            } else {
                wrong += (rd.reason == PT_OK
                          && rd.route.kind != PT_ROUTE_BELOW
                          && rd.route.kind != PT_ROUTE_OTHER);
            }

            test_free(&rd);
        }

        /* of one dot alone no id is made */
        is_int(legal, form < 4 ? 66 : 65, forms[form]);
        is_int(wrong, 0, "... are of the bytes of an id");
    }
}


static void
test_id_lengths(void)
{
    size_t       len;
    ngx_uint_t   bare, keyed;
    test_read_t  rd;
    char         id[160], path[256];

    bare = 0;
    keyed = 0;

    memset(id, 'x', sizeof(id));

    for (len = 0; len < sizeof(id); len++) {
        snprintf(path, sizeof(path), "/taskDefinitions/d/tasks/%.*s",
                 (int) len, id);
        test_read(&rd, path);
        bare += (test_is_task(&rd) && rd.route.task.len == len);
        test_free(&rd);

        snprintf(path, sizeof(path), "/taskDefinitions('%.*s')/tasks/t",
                 (int) len, id);
        test_read(&rd, path);
        keyed += (test_is_task(&rd) && rd.route.definition.len == len);
        test_free(&rd);
    }

    is_int(bare, PT_ID_MAX, "lengths that an id may have");
    is_int(keyed, PT_ID_MAX, "... in quotes, too");
}


static void
test_truncated(void)
{
    size_t              i, len;
    ngx_uint_t          form, tasks, wrong;
    test_read_t         rd;

    static const struct {
        const char     *path;
        ngx_uint_t      tasks;
    } cases[] = {
        { "/v1.0/print/taskDefinitions/def/tasks/task", 4 },
        { "/v1.0/print/taskDefinitions('def')/tasks('task')", 1 },
        { "/print/taskDefinitions('def')/tasks/task/status", 4 },
        { "/print/printers/p/jobs/j/tasks/task", 0 },
        { "/v1.0/$batch", 0 }
    };

    for (form = 0; form < sizeof(cases) / sizeof(cases[0]); form++) {
        tasks = 0;
        len = strlen(cases[form].path);

        for (i = 0; i <= len; i++) {
            test_read_bytes(&rd, cases[form].path, i);
            tasks += test_is_task(&rd);
            test_free(&rd);
        }

        is_int(tasks, cases[form].tasks, "tasks in a path cut short");
    }

    wrong = 0;
    len = strlen(cases[0].path);

    for (i = 0; i < len; i++) {
        test_read_bytes(&rd, cases[0].path + i, len - i);
        wrong += (rd.reason == PT_OK) != (cases[0].path[i] == '/');
        test_free(&rd);
    }

    is_int(wrong, 0, "a path begins with a slash");
}


/* any byte for any other: what is a task then has two ids */

static void
test_mutated(void)
{
    size_t             i;
    ngx_uint_t         ch, tasks, wrong;
    test_read_t        rd;

    static const char  text[] = "/print/taskDefinitions('d')/tasks/t";
    char               copy[sizeof(text)];

    tasks = 0;
    wrong = 0;

    for (i = 0; i < sizeof(text) - 1; i++) {

        for (ch = 0; ch <= 0xff; ch++) {
            memcpy(copy, text, sizeof(text));
            copy[i] = (char) ch;

            test_read_bytes(&rd, copy, sizeof(text) - 1);

            if (test_is_task(&rd)) {
                tasks++;
                wrong += !test_is_id(&rd.route.definition)
                         || !test_is_id(&rd.route.task);

            } else {
                wrong += (rd.reason == PT_OK
                          && rd.route.kind == PT_ROUTE_BATCH);
            }

            test_free(&rd);
        }
    }

    /*
     * Any byte of "print", the letters of the names in either case, ids but
     * for a dot alone, and the 8 other bytes as they are.
     */

    is_int(tasks, 5 * 256 + (15 + 5) * 2 + 2 * 65 + 8, "a byte changed");
    is_int(wrong, 0, "... all with two ids");
}


static void
test_segments(void)
{
    static const char  *tasks[] = {
        SIXTEEN SIXTEEN SIXTEEN "/a/a/a/a/a/a/a/a/a/a/a"
        "/print/taskDefinitions/d/tasks/t"
    };

    static const char  *refused[] = {
        SIXTEEN SIXTEEN SIXTEEN "/a/a/a/a/a/a/a/a/a/a/a/a"
        "/print/taskDefinitions/d/tasks/t",
        SIXTEEN SIXTEEN SIXTEEN SIXTEEN "/",
        "/print/taskDefinitions/d/tasks/t" SIXTEEN SIXTEEN SIXTEEN SIXTEEN
    };

    static const char  *others[] = {
        SIXTEEN SIXTEEN SIXTEEN SIXTEEN
    };

    test_paths(tasks, sizeof(tasks) / sizeof(tasks[0]), PT_OK,
               PT_ROUTE_TASK);
    test_paths(refused, sizeof(refused) / sizeof(refused[0]), PT_PATH_INVALID,
               PT_ROUTE_OTHER);
    test_paths(others, sizeof(others) / sizeof(others[0]), PT_OK,
               PT_ROUTE_OTHER);
}


static void
test_spelled_alike(void)
{
    ngx_uint_t   i;
    const char  *path;

    static const test_spelling_t  cases[] = {
        { "/", NULL },
        { "/print/taskDefinitions/d/tasks/t", NULL },
        { "/print/taskDefinitions('d')/tasks('t')", NULL },
        { "/PRINT/TaskDefinitions/d/tasks/T", NULL },
        { "/v1.0/$batch", NULL },
        { "/print/", NULL },
        { "/print/taskDefinitions/d/tasks/t/", NULL },
        { "/.a", NULL },
        { "/a.", NULL },
        { "/..a", NULL },
        { "/a..", NULL },
        { "/a..b/c", NULL },
        { "/...", NULL },
        { "/.../a", NULL },
        { "/.a/b", NULL },
        { "/a;b=c/d", NULL },
        { "/a!$&'()*+,;=:@-._~", NULL },

        { "/%70rint/task%44efinitions/d/tasks/t",
          "/print/taskDefinitions/d/tasks/t" },
        { "/print/taskDefinitions/%64/%74asks/%74",
          "/print/taskDefinitions/d/tasks/t" },
        { "/print/taskDefinitions%28%27d%27%29/tasks%28%27t%27%29",
          "/print/taskDefinitions('d')/tasks('t')" },
        { "/print/taskDefinitions(%27d%27)/tasks('t%27)",
          "/print/taskDefinitions('d')/tasks('t')" },
        { "/a%2Db%2db%2E%5f%5F%7e%7E", "/a-b-b.__~~" },
        { "/%41%5A%61%7A%30%39", "/AZaz09" },
        { "/v1%2E0/%24batch", "/v1.0/$batch" },
        { "/My%20Documents", "/My Documents" },
        { "/a%3Bb%2Cc%3Ad", "/a;b,c:d" },
        { "/%2E%2Ea", "/..a" },
        { "/%2E%2E%2E", "/..." },
        { "/%7E", "/~" },
        { "/%21", "/!" }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        path = cases[i].path ? cases[i].path : cases[i].raw;

        is_int(test_spelling(cases[i].raw, strlen(cases[i].raw), path),
               PT_OK, test_name(cases[i].raw));
    }
}


/* nginx made another path of it than it spells */

static void
test_spelled_differently(void)
{
    ngx_uint_t  i;

    static const test_spelling_t  cases[] = {
        { "/a", "/b" },
        { "/a", "/A" },
        { "/a", "/" },
        { "/a", "" },
        { "/", "/a" },
        { "/", "" },
        { "/a", "/aa" },
        { "/aa", "/a" },
        { "/a/", "/a" },
        { "/a", "/a/" },
        { "/%61", "/A" },
        { "/%61", "/%61" },
        { "/%61", "/b" },
        { "/a#b", "/a" },
        { "/a/b", "/b" },
        { "/print/x/../taskDefinitions/d/tasks/t",
          "/print/taskDefinitions/d/tasks/t" },
        { "/print//taskDefinitions/d/tasks/t",
          "/print/taskDefinitions/d/tasks/t" },
        { "/print/taskDefinitions/d/tasks/./t",
          "/print/taskDefinitions/d/tasks/t" },
        { "/print/taskDefinitions/d/tasks%2Ft",
          "/print/taskDefinitions/d/tasks/t" },
        { "/%2570rint", "/%70rint" }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        is_int(test_spelling(cases[i].raw, strlen(cases[i].raw),
                             cases[i].path),
               PT_PATH_INVALID, test_name(cases[i].raw));
    }
}


/* whatever nginx makes of it: decoded here as if it made nothing of it */

static void
test_spelled_badly(void)
{
    ngx_uint_t   i;
    const char  *path;

    static const test_spelling_t  cases[] = {
        { "", NULL },
        { "*", NULL },
        { "a", NULL },
        { "print/taskDefinitions/d/tasks/t", NULL },
        { "http://a/print", NULL },
        { "%2F", "/" },
        { "%2Fprint", "/print" },

        { "/.", NULL },
        { "/..", NULL },
        { "/./", NULL },
        { "/../", NULL },
        { "/./a", NULL },
        { "/../a", NULL },
        { "/a/.", NULL },
        { "/a/..", NULL },
        { "/a/./b", NULL },
        { "/a/../b", NULL },
        { "/a/../", NULL },
        { "/%2e", "/." },
        { "/%2E", "/." },
        { "/%2e%2e", "/.." },
        { "/.%2e", "/.." },
        { "/%2E./a", "/../a" },
        { "/a/%2e/b", "/a/./b" },
        { "/a/%2E%2e/b", "/a/../b" },
        { "/a/b/%2e%2E", "/a/b/.." },

        /* path parameters, which some servers cut off first */
        { "/a/..;/b", NULL },
        { "/a/..;x=y/b", NULL },
        { "/a/.;/b", NULL },
        { "/a/..;", NULL },
        { "/a/..%3B/b", "/a/..;/b" },
        { "/a/%2e%2E%3bx/b", "/a/..;x/b" },
        { "/a/;/b", NULL },
        { "/a/;x=y/b", NULL },
        { "/;a/b", NULL },

        { "//", NULL },
        { "//a", NULL },
        { "/a//b", NULL },
        { "/a//", NULL },
        { "/a///b", NULL },
        { "//a/print/taskDefinitions/d/tasks/t", NULL },

        { "/a%2Fb", "/a/b" },
        { "/a%2fb", "/a/b" },
        { "/print/taskDefinitions/d%2Ftasks/t",
          "/print/taskDefinitions/d/tasks/t" },
        { "/a%5Cb", "/a\\b" },
        { "/a%5cb", "/a\\b" },
        { "/a\\b", NULL },
        { "/a\\..\\b", NULL },
        { "/a%25b", "/a%b" },
        { "/a%252Fb", "/a%2Fb" },
        { "/a%252e%252e/b", "/a%2e%2e/b" },
        { "/a%00", "/a" },
        { "/a%00b", "/a" },
        { "/print/taskDefinitions/d/tasks/t%00.json",
          "/print/taskDefinitions/d/tasks/t" },
        { "/a%09b", "/a\tb" },
        { "/a%0d%0ab", "/a\r\nb" },
        { "/a%1fb", "/a\x1f" "b" },
        { "/a%7Fb", "/a\x7f" "b" },
        { "/a\tb", NULL },
        { "/a\nb", NULL },
        { "/a\x7f", NULL },
        { "/a\x80", NULL },
        { "/a%80", "/a\x80" },
        { "/caf\xc3\xa9", NULL },
        { "/caf%C3%A9", "/caf\xc3\xa9" },
        { "/%C0%AF", "/\xc0\xaf" },
        { "/%E2%84%AA", "/\xe2\x84\xaa" },
        { "/%FF", "/\xff" },

        { "/%", NULL },
        { "/%4", NULL },
        { "/a%", NULL },
        { "/%%", NULL },
        { "/%%41", "/%A" },
        { "/%zz", NULL },
        { "/%4g", NULL },
        { "/%g4", NULL },
        { "/% 4", NULL },
        { "/%+4", NULL },
        { "/%0x41", NULL },
        { "/%u0041", "/A" },
        { "/%41%", "/A%" },
        { "/%41%4", "/A%4" }
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        path = cases[i].path ? cases[i].path : cases[i].raw;

        is_int(test_spelling(cases[i].raw, strlen(cases[i].raw), path),
               PT_PATH_INVALID, test_name(cases[i].raw));
        is_int(test_spelling(cases[i].raw, strlen(cases[i].raw), NULL),
               PT_PATH_INVALID, "... rewritten");
    }
}


static void
test_spelled_bytes(void)
{
    u_char      raw[4];
    ngx_str_t   copy, path;
    ngx_uint_t  ch, legal, wrong;

    legal = 0;
    wrong = 0;

    for (ch = 0; ch <= 0xff; ch++) {
        raw[0] = '/';
        raw[1] = 'a';
        raw[2] = (u_char) ch;
        raw[3] = 'b';

        test_copy(&copy, raw, 4);
        test_copy(&path, raw, 4);

        if (pt_route_spelling(&copy, &path) == PT_OK) {
            legal++;
            wrong += (ch < ' ' || ch > '~' || ch == '%' || ch == '\\');
        }

        free(copy.data);
        free(path.data);
    }

    is_int(legal, 95 - 2, "bytes that a path may be spelled with");
    is_int(wrong, 0, "... are printable ASCII, without \\ and %");
}


static void
test_spelled_escapes(void)
{
    char        raw[16], path[4];
    size_t      len;
    ngx_str_t   copy, want;
    ngx_uint_t  i, ch, legal, wrong;

    static const char  *forms[] = { "/a%%%02xb", "/a%%%02Xb" };

    for (i = 0; i < 2; i++) {
        legal = 0;
        wrong = 0;

        for (ch = 0; ch <= 0xff; ch++) {
            len = snprintf(raw, sizeof(raw), forms[i], (unsigned) ch);

            path[0] = '/';
            path[1] = 'a';
            path[2] = (char) ch;
            path[3] = 'b';

            test_copy(&copy, raw, len);
            test_copy(&want, path, 4);

            if (pt_route_spelling(&copy, &want) == PT_OK) {
                legal++;
                wrong += (ch < ' ' || ch > '~' || strchr("%\\/", (int) ch));
            }

            want.data[2] ^= 0x01;
            wrong += (pt_route_spelling(&copy, &want) == PT_OK);

            free(copy.data);
            free(want.data);
        }

        is_int(legal, 95 - 3, "bytes that may be percent-encoded");
        is_int(wrong, 0, "... are printable ASCII, without \\, % and /");
    }
}


static void
test_spelled_truncated(void)
{
    size_t             i, len;
    ngx_uint_t         wrong;
    pt_reason_e        reason;

    static const char  raw[] = "/v1%2E0/print/taskDefinitions%28%27d%27%29"
                               "/%74asks/%54";
    static const char  path[] = "/v1.0/print/taskDefinitions('d')/tasks/T";

    len = sizeof(raw) - 1;
    wrong = 0;

    for (i = 0; i < len; i++) {
        wrong += (test_spelling(raw, i, path) == PT_OK);

        reason = test_spelling(raw, i, NULL);

        if (i == 0 || raw[i - 1] == '%' || (i > 1 && raw[i - 2] == '%')) {
            wrong += (reason == PT_OK);

        } else {
            wrong += (reason != PT_OK);
        }
    }

    is_int(test_spelling(raw, len, path), PT_OK, "a path");
    is_int(wrong, 0, "... cut short at any byte");

    wrong = 0;

    for (i = 1; i < len; i++) {
        wrong += (test_spelling(raw + i, len - i, path) == PT_OK);
    }

    is_int(wrong, 0, "... begun at any byte");
    is_int(test_spelling("/a\0b", 4, "/a"), PT_PATH_INVALID, "NUL within");
    is_int(test_spelling("/a\0", 3, "/a"), PT_PATH_INVALID, "NUL at the end");
    is_int(test_spelling("\0/a", 3, "/a"), PT_PATH_INVALID, "NUL before");
    is_int(test_spelling("/a\0b", 4, NULL), PT_PATH_INVALID,
           "NUL, rewritten");
}


/* then the path is not the client's */

static void
test_rewritten(void)
{
    ngx_uint_t  i;

    static const char  *cases[] = {
        "/", "/a/b", "/a%20b", "/api/tasks('t')", "/a/", "/%61", "/..a"
    };

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        is_int(test_spelling(cases[i], strlen(cases[i]), NULL), PT_OK,
               cases[i]);
    }
}


/* those that are seen to be a task without more ado */

static void
test_plain(void)
{
    ngx_uint_t   i, plain;
    test_read_t  rd;

    static const char  *paths[] = {
        "/taskDefinitions/d/tasks/t",
        "/print/taskDefinitions/d/tasks/t",
        "/v1.0/print/taskDefinitions/d/tasks/t",
        "/a/b-c_d~e/taskDefinitions/.d/tasks/t.1",
        "/print/taskDefinitions/taskDefinitions/tasks/tasks",
        "/tasks/t/taskDefinitions/d/tasks/t",
        "/print/taskDefinitions/" ID_128 "/tasks/" ID_128,
        SIXTEEN SIXTEEN SIXTEEN "/a/a/a/a/a/a/a/a/a/a/a"
        "/print/taskDefinitions/d/tasks/t"
    };

    static const char  *others[] = {
        "",
        "/",
        "tasks/t",
        "/tasks/t",
        "/t",
        "t",
        "/d/tasks/t",
        "x/taskDefinitions/d/tasks/t",
        "taskDefinitions/d/tasks/t",
        "/taskDefinitions/d/tasks/",
        "/taskDefinitions/d/tasks/t/",
        "/taskDefinitions//tasks/t",
        "//taskDefinitions/d/tasks/t",
        "/print//taskDefinitions/d/tasks/t",
        "/xtaskDefinitions/d/tasks/t",
        "/taskDefinitions/d/xtasks/t",
        "/taskDefinitions/d/tasksx/t",
        "/taskdefinitions/d/tasks/t",
        "/taskDefinitions/d/Tasks/t",
        "/print/./taskDefinitions/d/tasks/t",
        "/print/../taskDefinitions/d/tasks/t",
        "/tasks./taskDefinitions/d/tasks/t",
        "/tasks;a/taskDefinitions/d/tasks/t",
        "/ tasks/taskDefinitions/d/tasks/t",
        "/$batch/taskDefinitions/d/tasks/t",
        "/a%2Fb/taskDefinitions/d/tasks/t",
        "/a\\b/taskDefinitions/d/tasks/t",
        "/taskDefinitions/d/tasks/..",
        "/taskDefinitions/d/tasks/...",
        "/taskDefinitions/../tasks/t",
        "/taskDefinitions('d')/tasks/t",
        "/taskDefinitions/d/tasks('t')",
        "/taskDefinitions/d/tasks/$count",
        "/taskDefinitions/d/tasks/t;a",
        "/taskDefinitions/d/tasks/t?a",
        "/taskDefinitions/d/tasks/t#a",
        "/taskDefinitions/d/tasks/t ",
        "/taskDefinitions/d/tasks/\xc3\xa9",
        "/taskDefinitions/d/tasks/" ID_128 "0",
        "/taskDefinitions/" ID_128 "0/tasks/t",
        SIXTEEN SIXTEEN SIXTEEN "/a/a/a/a/a/a/a/a/a/a/a/a"
        "/print/taskDefinitions/d/tasks/t"
    };

    for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        plain = test_plain_paths;

        test_read(&rd, paths[i]);
        is_int(test_plain_paths - plain, 1, test_name(paths[i]));
        test_free(&rd);
    }

    plain = test_plain_paths;

    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        test_read(&rd, others[i]);
        is_int(test_plain_paths - plain, 0, test_name(others[i]));
        test_free(&rd);
    }

    is_int(test_plain_wrong, 0, "plain paths are read as any other");
}


static void
test_guids(void)
{
    test_id_key("D036638B-1272-47BC-9227-732463823ED3",
                "d036638b-1272-47bc-9227-732463823ed3", "a GUID");
    test_id_key("d036638b-1272-47bc-9227-732463823ed3",
                "d036638b-1272-47bc-9227-732463823ed3",
                "a GUID in lower case");
    test_id_key("ABCDEFAB-CDEF-ABCD-EFAB-CDEFABCDEFAB",
                "abcdefab-cdef-abcd-efab-cdefabcdefab", "a GUID of letters");
    test_id_key("abcdefAB-CDEF-ABCD-EFAB-CDEFABCDEFab",
                "abcdefab-cdef-abcd-efab-cdefabcdefab", "in mixed case");
    test_id_key("00000000-0000-0000-0000-000000000000",
                "00000000-0000-0000-0000-000000000000", "a GUID of zeros");

    test_id_key("D036638B127247BC9227732463823ED3",
                "D036638B127247BC9227732463823ED3", "without hyphens");
    test_id_key("D036638B-1272-47BC-9227-732463823ED",
                "D036638B-1272-47BC-9227-732463823ED", "a digit less");
    test_id_key("D036638B-1272-47BC-9227-732463823ED33",
                "D036638B-1272-47BC-9227-732463823ED33", "a digit more");
    test_id_key("D036638B-1272-47BC-9227-732463823EDG",
                "D036638B-1272-47BC-9227-732463823EDG", "not a digit");
    test_id_key("D036638B-127-247BC-9227-732463823ED3",
                "D036638B-127-247BC-9227-732463823ED3", "a hyphen moved");
    test_id_key("D036638B_1272_47BC_9227_732463823ED3",
                "D036638B_1272_47BC_9227_732463823ED3", "with underscores");
    test_id_key("------------------------------------",
                "------------------------------------", "of hyphens");
    test_id_key("Task", "Task", "no GUID");
    test_id_key("A", "A", "a letter");
    test_id_key("", "", "nothing");
    test_id_key(ID_64 "ABCDEF" ID_64, ID_64 "ABCDEF" ID_64, "134 bytes");
}


/* a byte changed anywhere: folded if it is a GUID still, and else unchanged */

static void
test_guid_bytes(void)
{
    u_char              want[36], *key, *end;
    size_t              i, j;
    ngx_str_t           id;
    ngx_uint_t          ch, guids, wrong, hex;

    static const u_char  guid[] = "D036638B-1272-47BC-9227-732463823ED3";

    guids = 0;
    wrong = 0;

    for (i = 0; i < 36; i++) {

        for (ch = 0; ch <= 0xff; ch++) {
            test_copy(&id, guid, 36);
            id.data[i] = (u_char) ch;

            hex = ch != 0 && strchr("0123456789abcdefABCDEF", (int) ch);

            memcpy(want, id.data, 36);

            if (guid[i] == '-' ? ch == '-' : hex) {
                guids++;

                for (j = 0; j < 36; j++) {
                    want[j] = (want[j] >= 'A' && want[j] <= 'F')
                              ? want[j] + 32 : want[j];
                }
            }

            key = malloc(36);
            end = pt_route_id_key(key, &id);

            wrong += (end != key + 36 || memcmp(key, want, 36) != 0);

            free(key);
            free(id.data);
        }
    }

    is_int(guids, 32 * 22 + 4, "GUIDs among one with a byte changed");
    is_int(wrong, 0, "... are folded, and nothing else");
}


static void
test_paths(const char **paths, ngx_uint_t n, pt_reason_e reason,
    pt_route_e kind)
{
    ngx_uint_t   i;
    test_read_t  rd;

    for (i = 0; i < n; i++) {
        test_read(&rd, paths[i]);

        is_int(rd.reason, reason, test_name(paths[i]));

        if (reason == PT_OK) {
            is_int(rd.route.kind, kind, "... kind");
        }

        test_free(&rd);
    }
}


static void
test_read(test_read_t *rd, const char *path)
{
    test_read_bytes(rd, path, strlen(path));
}


static void
test_read_bytes(test_read_t *rd, const void *path, size_t len)
{
    test_copy(&rd->path, path, len);

    memset(&rd->route, 0xa5, sizeof(pt_route_t));

    rd->reason = pt_route_read(&rd->path, &rd->route);

    test_read_plain(rd);
}


static void
test_read_plain(const test_read_t *rd)
{
    pt_route_t         plain;
    const pt_route_t  *route;

    memset(&plain, 0xa5, sizeof(pt_route_t));

    if (!pt_route_plain(&rd->path, &plain)) {
        return;
    }

    route = &rd->route;

    test_plain_paths++;
    test_plain_wrong += (pt_route_spelling(&rd->path, &rd->path) != PT_OK
                         || rd->reason != PT_OK
                         || route->kind != PT_ROUTE_TASK
                         || plain.kind != PT_ROUTE_TASK
                         || plain.definition.data != route->definition.data
                         || plain.definition.len != route->definition.len
                         || plain.task.data != route->task.data
                         || plain.task.len != route->task.len);
}


/* ids are slices of the path */

static ngx_uint_t
test_is_task(const test_read_t *rd)
{
    u_char            *last;
    const pt_route_t  *route;

    route = &rd->route;
    last = rd->path.data + rd->path.len;

    return rd->reason == PT_OK
           && route->kind == PT_ROUTE_TASK
           && route->definition.data > rd->path.data
           && route->definition.data + route->definition.len
              < route->task.data
           && route->task.data + route->task.len <= last;
}


static ngx_uint_t
test_is_id(const ngx_str_t *id)
{
    size_t  i;

    for (i = 0; i < id->len; i++) {
        if (id->data[i] == '\0' || !strchr(test_id_chars, id->data[i])) {
            return 0;
        }
    }

    return id->len > 0 && id->len <= PT_ID_MAX;
}


static void
test_free(test_read_t *rd)
{
    free(rd->path.data);
}


/* path may be NULL */

static pt_reason_e
test_spelling(const void *raw, size_t len, const char *path)
{
    ngx_str_t    copy, want;
    pt_reason_e  reason;

    test_copy(&copy, raw, len);

    if (path == NULL) {
        reason = pt_route_spelling(&copy, NULL);

    } else {
        test_copy(&want, path, strlen(path));
        reason = pt_route_spelling(&copy, &want);
        free(want.data);
    }

    free(copy.data);

    return reason;
}


static void
test_id_key(const char *id, const char *want, const char *name)
{
    ngx_str_t  copy, key;

    test_copy(&copy, id, strlen(id));
    test_copy(&key, want, strlen(want));

    memset(key.data, 0xa5, key.len);

    key.len = pt_route_id_key(key.data, &copy) - key.data;

    is_str(&key, want, name);

    free(copy.data);
    free(key.data);
}


static void
test_copy(ngx_str_t *copy, const void *data, size_t len)
{
    copy->len = len;
    copy->data = malloc(len);

    memcpy(copy->data, data, len);
}


/* printable, for a line of TAP */

static const char *
test_name(const char *text)
{
    size_t       len;
    static char  name[512];

    len = 0;
    name[0] = '\0';

    for ( /* void */ ; *text && len < sizeof(name) - 5; text++) {

        if (*text < ' ' || *text > '~' || *text == '#') {
            len += snprintf(name + len, 5, "\\x%02x", (u_char) *text);
            continue;
        }

        name[len++] = *text;
        name[len] = '\0';
    }

    return name;
}
