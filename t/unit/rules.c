
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


#include "tap.h"

#include "pt_rules.h"


#define TEST_NOW     1700000000000ull
#define TEST_FRESH   1000
#define TEST_TABLES  (1 << 12)          /* 4 states, 3 others each */


/*
 * Verdicts as letters, for an update to each of the states in turn:
 * F forward, R repeat, L refetch, T refuse, transitionNotAllowed,
 * E refuse, taskFinal; B refuse, taskBusy.
 */

typedef struct {
    const char        *name;
    const char        *rows[PT_STATES];  /* of the state that was seen */
} test_table_t;


typedef enum {
    TEST_NONE = 0,                      /* no description */
    TEST_SAME,                          /* the one that the task has */
    TEST_OTHER,
    TEST_EMPTY,
    TEST_NULL
} test_description_e;


/* what was seen, and who asks */

typedef struct {
    pt_task_t          task;
    ngx_str_t          app;
    ngx_str_t          asks;
    uint64_t           confirmed;
    uint64_t           now;
    uint64_t           fresh;
    ngx_uint_t         refetched;
    ngx_uint_t         held;
} test_seen_t;


static void test_default_table(void);
static void test_default_refetched(void);
static void test_default_known(void);
static void test_default_stranger(void);
static void test_unknown(void);
static void test_description_alone(void);
static void test_nothing(void);
static void test_held(void);
static void test_descriptions(void);
static void test_fresh(void);
static void test_apps(void);
static void test_cycle(void);
static void test_retry(void);
static void test_frozen(void);
static void test_set(void);
static void test_all_tables(void);
static void test_all_verdicts(void);

static void test_table(const pt_rules_t *rules, const test_seen_t *seen,
    test_description_e description, const test_table_t *table);
static void test_states(const pt_rules_t *rules, test_seen_t *seen,
    pt_state_e to, test_description_e description, const char *want,
    const char *name);
static char test_decide(const pt_rules_t *rules, const test_seen_t *seen,
    pt_state_e to, test_description_e description);
static void test_number(pt_rules_t *rules, ngx_uint_t number);
static ngx_uint_t test_way(const pt_rules_t *rules, ngx_uint_t from,
    ngx_uint_t to, ngx_uint_t visited);
static ngx_uint_t test_wrong_table(const pt_rules_t *rules);
static ngx_uint_t test_wrong_masks(const pt_rules_t *rules);
static ngx_uint_t test_wrong_verdicts(const pt_rules_t *rules,
    const test_seen_t *refetched, const test_seen_t *old,
    const test_seen_t *stranger, pt_state_e to,
    test_description_e description);


/* the back end has just answered */

static const test_seen_t  test_refetched = {
    { ngx_string("done"), ngx_null_string, ngx_null_string, PT_UNKNOWN },
    ngx_null_string, ngx_string("app"), 0, TEST_NOW, TEST_FRESH, 1, 0
};

/* seen long ago, by the application that asks */

static const test_seen_t  test_old = {
    { ngx_string("done"), ngx_null_string, ngx_null_string, PT_UNKNOWN },
    ngx_string("app"), ngx_string("app"),
    TEST_NOW - 60000, TEST_NOW, TEST_FRESH, 0, 0
};

/* seen now, by another application */

static const test_seen_t  test_stranger = {
    { ngx_string("done"), ngx_null_string, ngx_null_string, PT_UNKNOWN },
    ngx_string("app"), ngx_string("other"),
    TEST_NOW, TEST_NOW, TEST_FRESH, 0, 0
};


int
main(void)
{
    test_default_table();
    test_default_refetched();
    test_default_known();
    test_default_stranger();
    test_unknown();
    test_description_alone();
    test_nothing();
    test_held();
    test_descriptions();
    test_fresh();
    test_apps();
    test_cycle();
    test_retry();
    test_frozen();
    test_set();
    test_all_tables();
    test_all_verdicts();

    return tap_done();
}


static void
test_default_table(void)
{
    pt_rules_t   rules;
    pt_update_t  update;

    memset(&rules, 0xa5, sizeof(pt_rules_t));
    memset(&update, 0, sizeof(pt_update_t));

    pt_rules_default(&rules);
    pt_rules_compile(&rules);

    is_int(rules.next[PT_PENDING], 0xe, "pending goes anywhere");
    is_int(rules.next[PT_PROCESSING], 0xc, "processing ends");
    is_int(rules.next[PT_COMPLETED], 0, "completed stays");
    is_int(rules.next[PT_ABORTED], 0, "aborted stays");
    is_int(rules.final, 0xc, "completed and aborted are final");

    update.state = PT_PENDING;
    is_int(pt_rules_reach(&rules, &update), 0x1, "reach of pending");
    is_int(pt_rules_sources(&rules, &update), 0x1, "sources of pending");

    update.state = PT_PROCESSING;
    is_int(pt_rules_reach(&rules, &update), 0x3, "reach of processing");
    is_int(pt_rules_sources(&rules, &update), 0x3, "sources of processing");

    update.state = PT_COMPLETED;
    is_int(pt_rules_reach(&rules, &update), 0x3, "reach of completed");
    is_int(pt_rules_sources(&rules, &update), 0x3, "sources of completed");

    update.state = PT_ABORTED;
    is_int(pt_rules_reach(&rules, &update), 0x3, "reach of aborted");
    is_int(pt_rules_sources(&rules, &update), 0x3, "sources of aborted");

    update.state = PT_UNKNOWN;
    update.has_description = 1;
    is_int(pt_rules_reach(&rules, &update), 0x3, "reach of a description");
    is_int(pt_rules_sources(&rules, &update), 0x3,
           "sources of a description");
}


static void
test_default_refetched(void)
{
    pt_rules_t                 rules;

    static const test_table_t  plain = {
        "refetched", { "FFFF", "TFFF", "TTRT", "TTTR" }
    };

    static const test_table_t  same = {
        "refetched, same description", { "FFFF", "TFFF", "TTRT", "TTTR" }
    };

    static const test_table_t  other = {
        "refetched, other description", { "FFFF", "TFFF", "TTET", "TTTE" }
    };

    static const test_table_t  null = {
        "refetched, description null", { "FFFF", "TFFF", "TTET", "TTTE" }
    };

    pt_rules_default(&rules);
    pt_rules_compile(&rules);

    test_table(&rules, &test_refetched, TEST_NONE, &plain);
    test_table(&rules, &test_refetched, TEST_SAME, &same);
    test_table(&rules, &test_refetched, TEST_OTHER, &other);
    test_table(&rules, &test_refetched, TEST_NULL, &null);
}


/* no way back to pending, and none out of a final state: that does not age */

static void
test_default_known(void)
{
    pt_rules_t                 rules;
    test_seen_t                fresh;

    static const test_table_t  plain = {
        "seen long ago", { "FFFF", "TFFF", "TTRT", "TTTR" }
    };

    static const test_table_t  other = {
        "seen long ago, other description",
        { "FFFF", "TFFF", "TTET", "TTTE" }
    };

    static const test_table_t  now = {
        "seen now", { "FFFF", "TFFF", "TTRT", "TTTR" }
    };

    pt_rules_default(&rules);
    pt_rules_compile(&rules);

    test_table(&rules, &test_old, TEST_NONE, &plain);
    test_table(&rules, &test_old, TEST_OTHER, &other);

    fresh = test_old;
    fresh.confirmed = fresh.now;

    test_table(&rules, &fresh, TEST_SAME, &now);
}


static void
test_default_stranger(void)
{
    pt_rules_t                 rules;

    static const test_table_t  plain = {
        "seen by another", { "LLLL", "LLLL", "LLLL", "LLLL" }
    };

    static const test_table_t  same = {
        "seen by another, same description",
        { "LLLL", "LLLL", "LLLL", "LLLL" }
    };

    static const test_table_t  other = {
        "seen by another, other description",
        { "LLLL", "LLLL", "LLLL", "LLLL" }
    };

    pt_rules_default(&rules);
    pt_rules_compile(&rules);

    test_table(&rules, &test_stranger, TEST_NONE, &plain);
    test_table(&rules, &test_stranger, TEST_SAME, &same);
    test_table(&rules, &test_stranger, TEST_OTHER, &other);
}


static void
test_unknown(void)
{
    pt_rules_t           rules;
    pt_state_e           to;
    pt_reason_e          reason;
    test_seen_t          seen;
    pt_update_t          update;
    pt_snapshot_t        snapshot;
    pt_decision_input_t  input;

    pt_rules_default(&rules);
    pt_rules_compile(&rules);

    for (to = PT_PENDING; to <= PT_UNKNOWN; to++) {
        seen = test_old;
        seen.confirmed = TEST_NOW;

        is_int(test_decide(&rules, &seen, to, TEST_NONE), 'L',
               "a state that is not known");
        is_int(test_decide(&rules, &seen, to, TEST_OTHER), 'L',
               "... with a description");
    }

    memset(&snapshot, 0, sizeof(pt_snapshot_t));
    memset(&update, 0, sizeof(pt_update_t));
    memset(&input, 0, sizeof(pt_decision_input_t));

    snapshot.task.state = PT_UNKNOWN;
    input.snapshot = &snapshot;
    input.update = &update;
    input.app = &seen.app;
    input.refetched = 1;

    for (to = PT_PENDING; to <= PT_UNKNOWN; to++) {
        update.state = to;
        reason = PT_OK;

        is_int(pt_rules_decide(&rules, &input, &reason), PT_REFUSE,
               "... and was not refetched");
        is_int(reason, PT_REFETCH_FAILED, "... reason");
    }
}


static void
test_description_alone(void)
{
    pt_rules_t   rules;
    test_seen_t  seen;

    pt_rules_default(&rules);
    pt_rules_compile(&rules);

    seen = test_refetched;

    test_states(&rules, &seen, PT_UNKNOWN, TEST_SAME, "FFRR",
                "the same description alone");
    test_states(&rules, &seen, PT_UNKNOWN, TEST_OTHER, "FFEE",
                "another description alone");
    test_states(&rules, &seen, PT_UNKNOWN, TEST_EMPTY, "FFEE",
                "an empty description alone");
    test_states(&rules, &seen, PT_UNKNOWN, TEST_NULL, "FFEE",
                "null alone");

    seen = test_old;

    test_states(&rules, &seen, PT_UNKNOWN, TEST_SAME, "FFRR",
                "the same description alone, seen long ago");
    test_states(&rules, &seen, PT_UNKNOWN, TEST_OTHER, "FFEE",
                "another description alone, seen long ago");

    seen = test_stranger;

    test_states(&rules, &seen, PT_UNKNOWN, TEST_SAME, "LLLL",
                "the same description alone, seen by another");
    test_states(&rules, &seen, PT_UNKNOWN, TEST_OTHER, "LLLL",
                "another description alone, seen by another");
}


/* the answer is the task, so that must be as it is now */

/* another request may be changing the task: only what is final is certain */

static void
test_held(void)
{
    pt_rules_t   rules;
    test_seen_t  seen;

    static const test_table_t  plain = {
        "refetched, held", { "BBBB", "BBBB", "TTRT", "TTTR" }
    };

    static const test_table_t  other = {
        "refetched, held, other description", { "BBBB", "BBBB", "TTET", "TTTE" }
    };

    pt_rules_default(&rules);
    pt_rules_compile(&rules);

    seen = test_refetched;
    seen.held = 1;

    test_table(&rules, &seen, TEST_NONE, &plain);
    test_table(&rules, &seen, TEST_OTHER, &other);

    test_states(&rules, &seen, PT_UNKNOWN, TEST_NONE, "RRRR",
                "refetched, held, a change of nothing");
    test_states(&rules, &seen, PT_UNKNOWN, TEST_OTHER, "BBEE",
                "refetched, held, a description alone");

    seen = test_old;
    seen.held = 1;
    seen.confirmed = TEST_NOW;

    test_states(&rules, &seen, PT_COMPLETED, TEST_NONE, "FFRT",
                "seen now, held");
    test_states(&rules, &seen, PT_UNKNOWN, TEST_NONE, "LLRR",
                "seen now, held, a change of nothing");
}


static void
test_nothing(void)
{
    pt_rules_t   rules;
    test_seen_t  seen;

    pt_rules_default(&rules);
    pt_rules_compile(&rules);

    seen = test_refetched;
    test_states(&rules, &seen, PT_UNKNOWN, TEST_NONE, "RRRR",
                "a change of nothing, refetched");

    seen = test_old;
    test_states(&rules, &seen, PT_UNKNOWN, TEST_NONE, "LLRR",
                "a change of nothing, seen long ago");

    seen.confirmed = TEST_NOW - TEST_FRESH;
    test_states(&rules, &seen, PT_UNKNOWN, TEST_NONE, "RRRR",
                "a change of nothing, seen now");

    seen = test_stranger;
    test_states(&rules, &seen, PT_UNKNOWN, TEST_NONE, "LLLL",
                "a change of nothing, seen by another");
}


/* null is not the empty string */

static void
test_descriptions(void)
{
    size_t                     i;
    pt_rules_t                 rules;
    test_seen_t                seen;

    static const ngx_str_t     null = ngx_null_string;
    static const ngx_str_t     empty = { 0, (u_char *) "" };
    static const ngx_str_t     text = ngx_string("done");
    static const ngx_str_t     longer = ngx_string("done.");
    static const ngx_str_t     upper = ngx_string("Done");

    static const struct {
        const char             *name;
        const ngx_str_t        *has;
        test_description_e      gets;
        char                    verdict;
    } cases[] = {
        { "text, none given", &text, TEST_NONE, 'R' },
        { "text and the same", &text, TEST_SAME, 'R' },
        { "text and another", &text, TEST_OTHER, 'E' },
        { "text and an empty one", &text, TEST_EMPTY, 'E' },
        { "text and null", &text, TEST_NULL, 'E' },
        { "null, none given", &null, TEST_NONE, 'R' },
        { "null and text", &null, TEST_OTHER, 'E' },
        { "null and an empty one", &null, TEST_EMPTY, 'E' },
        { "null and null", &null, TEST_NULL, 'R' },
        { "empty, none given", &empty, TEST_NONE, 'R' },
        { "empty and text", &empty, TEST_OTHER, 'E' },
        { "empty and empty", &empty, TEST_EMPTY, 'R' },
        { "empty and null", &empty, TEST_NULL, 'E' },
        { "text that goes on", &longer, TEST_OTHER, 'E' },
        { "text in another case", &upper, TEST_OTHER, 'E' }
    };

    pt_rules_default(&rules);
    pt_rules_compile(&rules);

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        seen = test_refetched;
        seen.task.state = PT_COMPLETED;
        seen.task.description = *cases[i].has;

        is_int(test_decide(&rules, &seen, PT_COMPLETED, cases[i].gets),
               cases[i].verdict, cases[i].name);

        seen.task.state = PT_PROCESSING;

        is_int(test_decide(&rules, &seen, PT_PROCESSING, cases[i].gets), 'F',
               "... of a task that has not ended");
    }
}


/* asked for is what is legal not at once, but by some way */

static void
test_fresh(void)
{
    size_t          i;
    pt_rules_t      rules;
    test_seen_t     seen;

    static const struct {
        const char  *name;
        uint64_t     confirmed;
        uint64_t     now;
        uint64_t     fresh;
        char         verdict;
    } cases[] = {
        { "this millisecond", TEST_NOW, TEST_NOW, 1000, 'T' },
        { "a millisecond ago", TEST_NOW - 1, TEST_NOW, 1000, 'T' },
        { "just fresh", TEST_NOW - 1000, TEST_NOW, 1000, 'T' },
        { "no more fresh", TEST_NOW - 1001, TEST_NOW, 1000, 'L' },
        { "a day ago", TEST_NOW - 86400000, TEST_NOW, 1000, 'L' },
        { "fresh for a day", TEST_NOW - 86400000, TEST_NOW, 86400000, 'T' },
        { "fresh for no time", TEST_NOW - 1, TEST_NOW, 0, 'L' },
        { "this millisecond, fresh for no time",
          TEST_NOW, TEST_NOW, 0, 'T' },
        { "in the future", TEST_NOW + 1, TEST_NOW, 1000, 'L' },
        { "far in the future", UINT64_MAX, TEST_NOW, 1000, 'L' },
        { "in the future, fresh for no time",
          TEST_NOW + 1, TEST_NOW, 0, 'L' },
        { "in the future, fresh for ever",
          TEST_NOW + 1, TEST_NOW, UINT64_MAX, 'L' },
        { "long ago, fresh for ever", 1, TEST_NOW, UINT64_MAX, 'T' },
        { "never", 0, TEST_NOW, 1000, 'L' },
        { "never, fresh for ever", 0, TEST_NOW, UINT64_MAX, 'L' },
        { "never, by a clock near zero", 0, 500, 1000, 'L' },
        { "never, by a clock at zero", 0, 0, 1000, 'L' },
        { "never, by no clock, fresh for no time", 0, 0, 0, 'L' }
    };

    pt_rules_default(&rules);
    pt_rules_set(&rules, PT_PENDING, pt_state_bit(PT_PROCESSING));
    pt_rules_compile(&rules);

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        seen = test_old;
        seen.task.state = PT_PENDING;
        seen.confirmed = cases[i].confirmed;
        seen.now = cases[i].now;
        seen.fresh = cases[i].fresh;

        is_int(test_decide(&rules, &seen, PT_COMPLETED, TEST_NONE),
               cases[i].verdict, cases[i].name);

        /* what is proven otherwise needs no time */

        seen.task.state = PT_COMPLETED;

        is_int(test_decide(&rules, &seen, PT_PENDING, TEST_NONE), 'T',
               "... of a final task");

        seen.task.state = PT_PROCESSING;

        is_int(test_decide(&rules, &seen, PT_PENDING, TEST_NONE), 'T',
               "... where there is no way");
    }
}


static void
test_apps(void)
{
    size_t           i;
    pt_rules_t       rules;
    test_seen_t      seen;

    static const struct {
        const char  *name;
        ngx_str_t    app;
        ngx_str_t    asks;
        char         verdict;
    } cases[] = {
        { "the same", ngx_string("app"), ngx_string("app"), 'R' },
        { "none", ngx_null_string, ngx_string("app"), 'L' },
        { "an empty one", { 0, (u_char *) "" }, ngx_string("app"), 'L' },
        { "another", ngx_string("app"), ngx_string("apq"), 'L' },
        { "in another case", ngx_string("app"), ngx_string("APP"), 'L' },
        { "a shorter one", ngx_string("ap"), ngx_string("app"), 'L' },
        { "a longer one", ngx_string("appl"), ngx_string("app"), 'L' }
    };

    pt_rules_default(&rules);
    pt_rules_compile(&rules);

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        seen = test_old;
        seen.app = cases[i].app;
        seen.asks = cases[i].asks;
        seen.confirmed = TEST_NOW;

        seen.task.state = PT_ABORTED;

        is_int(test_decide(&rules, &seen, PT_ABORTED, TEST_SAME),
               cases[i].verdict, cases[i].name);
        is_int(test_decide(&rules, &seen, PT_PENDING, TEST_NONE),
               cases[i].verdict == 'R' ? 'T' : 'L', "... refusal");

        /* a record of nobody is no answer, but shows what is legal */

        seen.task.state = PT_PENDING;

        is_int(test_decide(&rules, &seen, PT_ABORTED, TEST_NONE),
               (cases[i].verdict == 'R' || cases[i].app.data == NULL) ? 'F'
                                                                      : 'L',
               "... what is legal");

        seen.refetched = 1;
        seen.task.state = PT_ABORTED;

        is_int(test_decide(&rules, &seen, PT_ABORTED, TEST_NONE), 'R',
               "... refetched");
    }
}


/* pending and processing follow each other, in the end comes completed */

static void
test_cycle(void)
{
    pt_rules_t                 rules;

    static const test_table_t  refetched = {
        "a cycle, refetched", { "FFTT", "FFFT", "TTRT", "TTTR" }
    };

    static const test_table_t  old = {
        "a cycle, seen long ago", { "FFLT", "FFFT", "TTRT", "TTTR" }
    };

    pt_rules_default(&rules);
    pt_rules_set(&rules, PT_PENDING, pt_state_bit(PT_PROCESSING));
    pt_rules_set(&rules, PT_PROCESSING, pt_state_bit(PT_PENDING)
                                        |pt_state_bit(PT_COMPLETED));
    pt_rules_compile(&rules);

    is_int(rules.final, 0xc, "final states of a cycle");
    is_int(rules.sources[PT_COMPLETED], 0x2, "sources");
    is_int(rules.reach[PT_COMPLETED], 0x7, "reach");
    is_int(rules.reach[PT_ABORTED], 0x8, "what nothing leads to");

    test_table(&rules, &test_refetched, TEST_NONE, &refetched);
    test_table(&rules, &test_old, TEST_NONE, &old);
}


/* an aborted task may be begun again: then nothing but completed is final */

static void
test_retry(void)
{
    pt_rules_t                 rules;
    test_seen_t                seen;

    static const test_table_t  refetched = {
        "a retry, refetched", { "FFFF", "TFFF", "TTRT", "FTTF" }
    };

    static const test_table_t  old = {
        "a retry, seen long ago", { "FFFF", "LFFF", "TTRT", "FLLF" }
    };

    pt_rules_default(&rules);
    pt_rules_set(&rules, PT_ABORTED, pt_state_bit(PT_PENDING));
    pt_rules_compile(&rules);

    is_int(rules.final, 0x4, "the final state of a retry");

    test_table(&rules, &test_refetched, TEST_NONE, &refetched);
    test_table(&rules, &test_old, TEST_NONE, &old);

    seen = test_old;
    test_states(&rules, &seen, PT_UNKNOWN, TEST_OTHER, "FFEF",
                "another description, of what may be begun again");
    test_states(&rules, &seen, PT_UNKNOWN, TEST_NONE, "LLRL",
                "a change of nothing, of what may be begun again");
}


/* a state loses its row, or all do */

static void
test_frozen(void)
{
    ngx_uint_t                 from;
    pt_rules_t                 rules;

    static const test_table_t  pending = {
        "pending made final", { "RTTT", "TFFF", "TTRT", "TTTR" }
    };

    static const test_table_t  all = {
        "all made final", { "RTTT", "TRTT", "TTRT", "TTTR" }
    };

    static const test_table_t  other = {
        "all made final, other description",
        { "ETTT", "TETT", "TTET", "TTTE" }
    };

    pt_rules_default(&rules);
    pt_rules_set(&rules, PT_PENDING, 0);
    pt_rules_compile(&rules);

    is_int(rules.final, 0xd, "pending made final");
    test_table(&rules, &test_old, TEST_NONE, &pending);

    for (from = 0; from < PT_STATES; from++) {
        pt_rules_set(&rules, from, 0);
    }

    pt_rules_compile(&rules);

    is_int(rules.final, PT_ANY_STATE, "all made final");
    test_table(&rules, &test_old, TEST_NONE, &all);
    test_table(&rules, &test_refetched, TEST_OTHER, &other);
}


static void
test_set(void)
{
    ngx_uint_t  from;
    pt_rules_t  rules, again;

    memset(&rules, 0, sizeof(pt_rules_t));

    for (from = 0; from < PT_STATES; from++) {
        pt_rules_set(&rules, from, pt_state_bit(from));
        is_int(rules.next[from], 0, "a step to the same state is none");

        pt_rules_set(&rules, from, PT_ANY_STATE);
        is_int(rules.next[from], PT_ANY_STATE & ~(1u << from),
               "... but all others are");
    }

    pt_rules_compile(&rules);

    is_int(rules.final, 0, "no final state");

    again = rules;
    pt_rules_compile(&again);

    ok(memcmp(&again, &rules, sizeof(pt_rules_t)) == 0, "compiled again");
}


/* all tables without steps to the same state, against every way walked */

static void
test_all_tables(void)
{
    ngx_uint_t  number, wrong, masks;
    pt_rules_t  rules;

    wrong = 0;
    masks = 0;

    for (number = 0; number < TEST_TABLES; number++) {
        test_number(&rules, number);

        wrong += test_wrong_table(&rules);
        masks += test_wrong_masks(&rules);
    }

    is_int(wrong, 0, "all tables: final, sources, reach");
    is_int(masks, 0, "... of updates");
}


static void
test_all_verdicts(void)
{
    pt_state_e          from, to;
    ngx_uint_t          number, wrong;
    pt_rules_t          rules;
    test_seen_t         refetched, old, stranger;
    test_description_e  description;

    wrong = 0;
    refetched = test_refetched;
    old = test_old;
    stranger = test_stranger;

    for (number = 0; number < TEST_TABLES; number++) {
        test_number(&rules, number);

        for (from = PT_PENDING; from < PT_UNKNOWN; from++) {
            refetched.task.state = from;
            old.task.state = from;
            stranger.task.state = from;

            for (to = PT_PENDING; to <= PT_UNKNOWN; to++) {

                for (description = TEST_NONE; description <= TEST_OTHER;
                     description++)
                {
                    wrong += test_wrong_verdicts(&rules, &refetched, &old,
                                                 &stranger, to, description);
                }
            }
        }
    }

    is_int(wrong, 0, "all tables: verdicts");
}


static void
test_table(const pt_rules_t *rules, const test_seen_t *seen,
    test_description_e description, const test_table_t *table)
{
    char         name[128];
    pt_state_e   from, to;
    test_seen_t  copy;

    copy = *seen;

    for (from = PT_PENDING; from < PT_UNKNOWN; from++) {
        copy.task.state = from;

        for (to = PT_PENDING; to < PT_UNKNOWN; to++) {
            snprintf(name, sizeof(name), "%s: from %d to %d", table->name,
                     from, to);

            is_int(test_decide(rules, &copy, to, description),
                   table->rows[from][to], name);
        }
    }
}


/* the same update of a task in each of the states */

static void
test_states(const pt_rules_t *rules, test_seen_t *seen, pt_state_e to,
    test_description_e description, const char *want, const char *name)
{
    pt_state_e  from;

    for (from = PT_PENDING; from < PT_UNKNOWN; from++) {
        seen->task.state = from;

        is_int(test_decide(rules, seen, to, description), want[from], name);
    }
}


static char
test_decide(const pt_rules_t *rules, const test_seen_t *seen, pt_state_e to,
    test_description_e description)
{
    pt_reason_e             reason;
    pt_update_t             update;
    pt_snapshot_t           snapshot;
    pt_decision_input_t     input;

    static const ngx_str_t  texts[] = {
        ngx_null_string,
        ngx_string("done"),
        ngx_string("don't"),
        { 0, (u_char *) "" },
        ngx_null_string
    };

    memset(&snapshot, 0, sizeof(pt_snapshot_t));

    snapshot.task = seen->task;
    snapshot.app = seen->app;
    snapshot.confirmed = seen->confirmed;
    snapshot.now = seen->now;

    update.state = to;
    update.has_description = (description != TEST_NONE);
    update.description = texts[description];

    input.snapshot = &snapshot;
    input.update = &update;
    input.app = &seen->asks;
    input.max_age = seen->fresh;
    input.refetched = seen->refetched;
    input.leased_by_other = seen->held;

    reason = PT_OK;

    switch (pt_rules_decide(rules, &input, &reason)) {

    case PT_FORWARD:
        return 'F';

    case PT_REPEAT:
        return 'R';

    case PT_REFETCH:
        return 'L';

    case PT_REFUSE:
        return reason == PT_TRANSITION_NOT_ALLOWED ? 'T'
               : reason == PT_TASK_FINAL ? 'E'
               : reason == PT_TASK_BUSY ? 'B' : '?';
    }

    return '?';
}


/* three bits for each state: which of the others may follow */

static void
test_number(pt_rules_t *rules, ngx_uint_t number)
{
    ngx_uint_t  from, to, next;

    memset(rules, 0xa5, sizeof(pt_rules_t));

    for (from = 0; from < PT_STATES; from++) {
        next = 0;

        for (to = 0; to < PT_STATES; to++) {

            if (to == from) {
                continue;
            }

            next |= (number & 1) << to;
            number >>= 1;
        }

        pt_rules_set(rules, from, next);
    }

    pt_rules_compile(rules);
}


/* walks all ways that do not come back to a state */

static ngx_uint_t
test_way(const pt_rules_t *rules, ngx_uint_t from, ngx_uint_t to,
    ngx_uint_t visited)
{
    ngx_uint_t  state;

    if (from == to) {
        return 1;
    }

    visited |= 1u << from;

    for (state = 0; state < PT_STATES; state++) {
        if ((rules->next[from] >> state & 1) && !(visited >> state & 1)
            && test_way(rules, state, to, visited))
        {
            return 1;
        }
    }

    return 0;
}


static ngx_uint_t
test_wrong_table(const pt_rules_t *rules)
{
    ngx_uint_t  from, to, wrong;

    wrong = 0;

    for (from = 0; from < PT_STATES; from++) {
        wrong += (rules->final >> from & 1) != (rules->next[from] == 0);

        for (to = 0; to < PT_STATES; to++) {
            wrong += (rules->sources[to] >> from & 1)
                     != (rules->next[from] >> to & 1);

            wrong += (rules->reach[to] >> from & 1)
                     != test_way(rules, from, to, 0);
        }

        wrong += (rules->sources[from] > PT_ANY_STATE);
        wrong += (rules->reach[from] > PT_ANY_STATE);
    }

    return wrong + (rules->final > PT_ANY_STATE);
}


/* legal at once, or by a way: but a final task does not change */

static ngx_uint_t
test_wrong_masks(const pt_rules_t *rules)
{
    ngx_uint_t   from, to, wrong, sources, reach;
    pt_update_t  update;

    wrong = 0;
    memset(&update, 0, sizeof(pt_update_t));

    for (to = 0; to <= PT_UNKNOWN; to++) {
        update.state = to;
        update.has_description = (to == PT_UNKNOWN);

        sources = pt_rules_sources(rules, &update);
        reach = pt_rules_reach(rules, &update);

        wrong += (sources > PT_ANY_STATE) + (reach > PT_ANY_STATE);

        for (from = 0; from < PT_STATES; from++) {

            if (rules->next[from] == 0) {
                wrong += ((sources | reach) >> from & 1);
                continue;
            }

            if (to == PT_UNKNOWN || to == from) {
                wrong += !(sources & reach & 1u << from);
                continue;
            }

            wrong += (sources >> from & 1) != (rules->next[from] >> to & 1);
            wrong += (reach >> from & 1) != test_way(rules, from, to, 0);
        }
    }

    return wrong;
}


/*
 * An answer of the back end is decided at once; what was seen long ago is
 * decided in the same way, or refetched; what another application saw is never
 * an answer.
 */

static ngx_uint_t
test_wrong_verdicts(const pt_rules_t *rules, const test_seen_t *refetched,
    const test_seen_t *old, const test_seen_t *stranger, pt_state_e to,
    test_description_e description)
{
    char         now, then, other;
    ngx_uint_t   from, wrong, legal, proven;
    pt_update_t  update;

    from = refetched->task.state;

    update.state = to;
    update.has_description = (description != TEST_NONE);

    now = test_decide(rules, refetched, to, description);
    then = test_decide(rules, old, to, description);
    other = test_decide(rules, stranger, to, description);

    legal = (to != PT_UNKNOWN || description != TEST_NONE)
            && (pt_rules_sources(rules, &update) >> from & 1);

    proven = rules->next[from] == 0
             || (to != PT_UNKNOWN && !test_way(rules, from, to, 0));

    wrong = (now == '?' || now == 'L');
    wrong += (now == 'F') != legal;

    wrong += (then != (legal || proven ? now : 'L'));
    wrong += (other != 'L');

    wrong += legal && !(pt_rules_reach(rules, &update) >> from & 1);

    return wrong;
}
