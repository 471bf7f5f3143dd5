/*
 * The lease protocol, as a model for Spin: one task, some gateways with a
 * worker each, their connections to the store, the store, and the back end.
 * docs/model.md says what is modelled, what is not, and what was found.
 *
 * Run by t/model/run, which sets the switches below, one set a configuration.
 * Every step between two points at which the code waits is atomic here, as it
 * is in an nginx worker and in a script of Redis.
 */


/* how much of everything */

#ifndef GATEWAYS
#define GATEWAYS  2
#endif
#ifndef REQUESTS
#define REQUESTS  2             /* one after the other, of each gateway */
#endif
#ifndef OTHERS
#define OTHERS    REQUESTS      /* of each but the first */
#endif
#ifndef WANTS
#define WANTS     3             /* what they may ask for: "processing",
                                   "completed", "aborted" */
#endif
#ifndef TRIES
#define TRIES     0             /* more, on a busy task, before 503 */
#endif

/* what may go wrong, and how often in a run */

#ifndef CRASHES
#define CRASHES   0             /* a gateway is killed */
#endif
#ifndef BREAKS
#define BREAKS    0             /* a connection to the store breaks */
#endif
#ifndef TIMEOUTS
#define TIMEOUTS  0             /* the store does not answer in time */
#endif
#ifndef FAILOVERS
#define FAILOVERS 0             /* a replica becomes the store, and may not
                                   have the last writes */
#endif
#ifndef CALM
#define CALM      0             /* then, no request is under way */
#endif
#ifndef WIPES
#define WIPES     0             /* the store loses the record */
#endif
#ifndef OWN
#define OWN       0             /* the back end changes the task by itself */
#endif
#ifndef TICKS
#define TICKS     0             /* print_task_fresh goes by */
#endif
#ifndef SILENT
#define SILENT    1             /* the back end may not answer in time: 2, also
                                   to a change without a lease */
#endif
#ifndef LATE
#define LATE      0             /* the back end may act on a change after it
                                   has answered 500 or 503 */
#endif

/* which settings */

#ifndef CHECK
#define CHECK     0             /* print_task_store_down: check, or reject */
#endif
#ifndef EXPIRY
#define EXPIRY    1             /* leases run out: 0 never, 1 when the request
                                   and its change are over, 2 at any time */
#endif
#ifndef FENCE
#define FENCE     0             /* the back end refuses fences that are less
                                   than one it has seen: 1 with a change, 2
                                   with the GET before it, too */
#endif
#ifndef ASKS
#define ASKS      0             /* of a task that stays busy the back end is
                                   asked, and a final state ends the lease */
#endif
#ifndef CHAIN
#define CHAIN     0             /* rules: pending, processing, then an end */
#endif

/* which properties are asserted */

#ifndef ALONE
#define ALONE     0             /* no two forwarded changes at a time */
#endif
#ifndef TRUTH
#define TRUTH     0             /* decided on the state of the back end: 2,
                                   even while there are changes without a lease
                                   that the record does not know of */
#endif
#ifndef LEGAL
#define LEGAL     0             /* what the back end has done is legal */
#endif
#ifndef ORDER
#define ORDER     0             /* no change overtakes a later lease's */
#endif
#ifndef GROWS
#define GROWS     0             /* each lease has a greater fence than those
                                   whose changes were made */
#endif
#ifndef SETTLED
#define SETTLED   0             /* no lease is left without an excuse */
#endif
#ifndef ANSWERED
#define ANSWERED  0             /* each request is: a claim in temporal logic */
#endif

/*
 * Mutants: each breaks a property.  COMMITS_ANY_REV and DATES_NOW are what the
 * code does; without them the model has what is proposed in docs/model.md.
 */

#ifndef MUTANT
#define MUTANT    0
#endif

#define RELEASES_UNKNOWN  1     /* an unknown outcome is "nothing changed" */
#define ANY_LEASE         2     /* settlements do not look at the lease */
#define KEEPS_GRANT       3     /* a late grant is not released */
#define FREES_LATE        4     /* a change on its way does not hold its lease */
#define BELIEVES_LOST     5     /* a lease that ran out leaves the state */
#define BELIEVES_OLD      7     /* records are trusted after an outage */
#define COMMITS_ANY_REV   8     /* a commit does not look at rev */
#define DATES_NOW         9     /* an observation is dated when it is stored */
#define NO_LEASE         10     /* busy is not an obstacle */
#define NO_REFETCH         11     /* an unknown state is taken for pending */
#define SKIPS_SETTLE     12     /* a refused request settles nothing */
#define TRUSTS_REJECT    13     /* records are trusted after an outage with "reject" */
#define FREES_SEEN       14     /* whatever is seen without it ends a lease */


/* names */

#define IDS      (GATEWAYS * REQUESTS)
#define NOBODY   IDS            /* no lease */
#define FENCES   (FENCE || GROWS)
#define DISTRUSTS   (MUTANT != BELIEVES_OLD && (CHECK || MUTANT != TRUSTS_REJECT))
#define DEPTH    6              /* commands of a worker under way */

#define UNKNOWN     0           /* states of a task */
#define PENDING     1
#define PROCESSING  2
#define COMPLETED   3
#define ABORTED     4

/* pt_rules.c, the table of the documentation and one with a longer way */

#define FINAL(s)     ((s) >= COMPLETED)

#define LEGAL_STEP(from, to)                                                  \
    (!FINAL(from)                                                             \
     && ((from) == (to)                                                       \
         || ((from) == PROCESSING && (to) > PROCESSING)                       \
         || ((from) == PENDING && (!CHAIN || (to) == PROCESSING))))

#define REACH(from, to)  (!FINAL(from) && (from) <= (to))

mtype = {
    RESERVE, COMMIT, RELEASE, INVALIDATE,           /* scripts */
    GRANTED, BUSY, SEEN, DOWN, DONE,            /* what they answer */
    SENT, LEFT                                  /* a change that is waited for,
                                                   and one that is not */
};


/* the record, and that of the replica */

typedef record_t {
    byte  state;
    byte  rev;
    byte  lease;
    bit   expired;              /* leaseUntil is past */
    bit   fresh;                /* confirmed within print_task_fresh */
    byte  before;               /* confirmed before gateway i has found the
                                   store again: bit i */
};

record_t  record, replica;


/* of a worker */

typedef gateway_t {
    bit    up;                  /* redis.state is READY */
    bit    deaf;                /* of what the store says nothing more comes */
    bit    young;               /* the worker is new */
    byte   waits;               /* ctx->op is with the store: its lease id */
    mtype  result;              /* ctx->op.result, and the snapshot: */
    byte   state;
    byte   rev;
    bit    fresh;
    bit    asked;               /* a client waits */
    bit    beside;              /* and a change without a lease went on, which
                                   the record may not have known of */
};

gateway_t  gw[GATEWAYS];

/*
 * A connection: commands in order, answers in order; commands of a connection
 * that has broken, which the store may still get; and settlements that are
 * kept until there is a new one.  An answer comes with its command, which is
 * what redis.sent is for.
 *
 *     RESERVE  id, want, widened       COMMIT   id, state, rev
 *     RELEASE  id                      INVALIDATE   id, hold
 */

chan command[GATEWAYS] = [DEPTH] of { mtype, byte, byte, byte };
chan orphan[GATEWAYS]  = [DEPTH] of { mtype, byte, byte, byte };
chan kept[GATEWAYS]    = [DEPTH] of { mtype, byte, byte, byte };
chan answer[GATEWAYS]  = [DEPTH] of { mtype, byte, byte, byte, mtype, bit, bit };


/* of the back end: the task, and the changes on their way to it */

typedef change_t {
    mtype  phase;               /* 0, SENT, or how it was answered */
    byte   want;
    byte   fence;               /* 0: none */
    byte   reported;                /* with OK */
    bit    late;                /* it was answered, and may still be done */
};

change_t  change[IDS];

byte  task = PENDING;           /* the truth */
byte  seen_fence;               /* the greatest */


/* only the properties look at these */

byte  changes;                  /* under way */
byte  owed;                     /* changes without a lease that the record does
                                   not know of */
byte  grants;                   /* leases so far */
byte  nth[IDS];                 /* which of them */
byte  last_nth;                 /* of the changes made */
byte  last_fence;
byte  top;                      /* fence of a lease */
bit   own_recently;             /* the back end has changed the task within
                                   print_task_fresh */
byte  quick;                    /* answers to GET on their way */
bit   engaged[IDS];             /* the request is not over */
bit   excused[IDS];             /* a lease that may be left to run out */

byte  crashes, breaks, timeouts, failovers, wipes, owns, ticks;

/* for atomic steps */

hidden mtype  m_, result_;
hidden byte   id_, arg_, more_;
hidden byte   lost_, fresh_, distrust_;


#include "connection.pml"
#include "store.pml"
#include "backend.pml"
#include "gateway.pml"


#if ANSWERED
ltl answered { [] (gw[0].asked -> <> !gw[0].asked) }
#endif


/* no lease is for ever: when all is still, nobody has one without an excuse */

#if SETTLED
proctype Quiet()
{
end:
    timeout ->
        assert(record.lease == NOBODY || record.expired
               || excused[record.lease]);
}
#endif


init
{
    byte  i;

    atomic {
        record.lease = NOBODY;
        replica.lease = NOBODY;

        run Clock();

        for (i : 0 .. GATEWAYS - 1) {
            gw[i].up = 1;
            gw[i].waits = NOBODY;

            run Server(i);
            run Connection(i);
            run Gateway(i);
        }

        for (i : 0 .. IDS - 1) {
            run Change(i);
        }

#if SETTLED
        run Quiet();
#endif
        i = 0;
    }
}
