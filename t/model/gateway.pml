/*
 * A gateway with one request at a time: the steps from "store" on, in
 * src/http/steps.c, and the end of the lease, in
 * src/http/settle.c.
 */


/* nobody waits for it; afterwards the request owes nothing */

inline settle(name, arg)
{
    if
    :: leased -> send_settlement(g, name, id, arg, gw[g].rev)
    :: else
    fi;

    leased = 0;
    engaged[id] = 0
}


/* ngx_http_print_task_settle_unchanged() */

inline settle_unchanged()
{
    if
    :: MUTANT == SKIPS_SETTLE -> leased = 0

    :: MUTANT != SKIPS_SETTLE && !refetched -> settle(RELEASE, 0)

    :: MUTANT != SKIPS_SETTLE && refetched ->

        if
        :: !forwarded || gw[g].fresh || MUTANT == DATES_NOW ->
            settle(COMMIT, gw[g].state)
        :: else -> settle(INVALIDATE, 0)
        fi
    fi
}


/* what became of a change is not known; or it is still on its way */

inline settle_unknown(hold)
{
    if
    :: !leased -> send_settlement(g, INVALIDATE, NOBODY, 0, 0)
    :: leased && MUTANT == RELEASES_UNKNOWN -> settle(RELEASE, 0)
    :: leased && MUTANT != RELEASES_UNKNOWN ->
        settle(INVALIDATE, (hold && MUTANT != FREES_LATE))
    fi
}


/* the request has ended, one way or another */

inline finish()
{
    engaged[id] = 0;
    gw[g].asked = 0;
    gw[g].beside = 0;
    gw[g].state = UNKNOWN;
    gw[g].rev = 0;
    gw[g].fresh = 0;
    gw[g].result = 0;
    want = 0;
    tries = 0;
    widened = 0;
    refetched = 0;
    forwarded = 0;
    leased = 0
}


/* SIGKILL: what the worker had kept is gone, what it had sent is not */

inline die()
{
    crashes++;
    excused[id] = SETTLED;

    if
    :: forwarded && change[id].phase == SENT -> change[id].phase = LEFT
    :: else
    fi;

    gw[g].waits = NOBODY;
    lose(g);

    /* a worker that has just started has nothing to distrust */

    gw[g].young = 1;
    record.before = record.before & ~(1 << g);

    do
    :: nempty(kept[g]) ->
        kept[g] ? m_, id_, arg_, more_;
        if
        :: SETTLED && id_ != NOBODY -> excused[id_] = 1
        :: else
        fi
    :: empty(kept[g]) -> break
    od
}


#define MAY_DIE  (crashes < CRASHES)


#define BESIDE  (TRUTH == 1 && gw[g].beside)

/* what is refused must not be legal, unless the back end has just moved */

#define MUST_NOT_BE_LEGAL                                                     \
    assert(!TRUTH || !LEGAL_STEP(task, want) || (OWN && own_recently)        \
           || BESIDE)

/* what is sent must have been decided on the state that the task has */

#define MUST_BE_TRUE                                                          \
    assert(!TRUTH || gw[g].state == task || OWN || BESIDE)


proctype Gateway(byte g)
{
    byte  n, id, want, tries;
    bit   widened, refetched, forwarded, leased;

next:
    if
    :: atomic {
           n < (g -> OTHERS : REQUESTS) && (gw[g].up || CHECK) ->

           id = g * REQUESTS + n;
           n++;

           engaged[id] = 1;
           gw[g].asked = 1;
           gw[g].beside = (owed != 0);

           if
           :: want = PROCESSING
           :: want = COMPLETED
           :: WANTS == 3 -> want = ABORTED
           fi;

           goto store
       }

    :: n == (g -> OTHERS : REQUESTS) -> goto done
    fi;

    /* ngx_http_print_task_step_lookup() */

store:
    atomic {
        if
        :: gw[g].up ->
            gw[g].waits = id;
            command[g] ! RESERVE, id, want, widened
        :: else ->
            gw[g].result = DOWN
        fi
    }

    if
    :: atomic {
           /* ngx_http_print_task_redis_answered() */
           (!gw[g].deaf
            && answer[g] ? [RESERVE, eval(gw[g].waits), _, _, _, _, _]) ->

           answer[g] ? _, _, arg_, more_, result_, fresh_, distrust_;

           gw[g].waits = NOBODY;
           gw[g].result = result_;
           gw[g].state = arg_;
           gw[g].rev = more_;
           gw[g].fresh = fresh_;

           if
           :: result_ == GRANTED -> leased = 1
           :: else
           fi;

           /* ngx_http_print_task_distrust_stale() */

           if
           :: distrust_ && !FINAL(arg_) && DISTRUSTS -> gw[g].state = UNKNOWN
           :: else
           fi;

           goto decide
       }

    :: atomic {
           /* the connection is not there, or it broke */
           gw[g].result == DOWN -> goto down
       }

    :: atomic {
           /* ngx_http_print_task_redis_op_timeout_handler() */
           gw[g].waits == id && timeouts < TIMEOUTS ->

           timeouts++;
           gw[g].waits = NOBODY;
           gw[g].result = DOWN;
           goto down
       }

    :: atomic {
           gw[g].waits == id && MAY_DIE -> goto died
       }
    fi;

    /* ngx_http_print_task_store_down() */

down:
    atomic {
        if
        :: CHECK -> gw[g].beside = 1; goto refetch
        :: else -> goto end                     /* 503 */
        fi;

        /* ngx_http_print_task_step_decide() */

decide:
        if
        :: MUTANT == NO_REFETCH && gw[g].state == UNKNOWN ->
            gw[g].state = PENDING
        :: else
        fi;

        if
        :: gw[g].state == UNKNOWN -> goto want_refetch

        :: LEGAL_STEP(gw[g].state, want) ->

            /* ngx_http_print_task_decide_next() */

            if
            :: leased || gw[g].result == DOWN -> goto forward
            :: !leased && gw[g].result == BUSY -> goto busy
            :: !leased && gw[g].result == SEEN -> goto widen
            fi

        :: else ->

            /* pt_rules_proven() */

            if
            :: refetched || FINAL(gw[g].state) || !REACH(gw[g].state, want) ->
                goto refuse
            :: gw[g].fresh && gw[g].result != BUSY -> goto refuse
            :: else -> goto want_refetch
            fi
        fi;

want_refetch:
        if
        :: leased || gw[g].result == DOWN -> goto refetch
        :: !leased && gw[g].result == BUSY -> goto busy
        :: !leased && gw[g].result == SEEN -> goto widen
        fi;

busy:
        if
        :: tries < TRIES -> tries++; goto store
        :: tries >= TRIES && ASKS && FINAL(want) -> goto ask
        :: else -> goto end                     /* 503 */
        fi;

widen:
        assert(!widened);
        widened = 1;
        goto store;

refuse:
        MUST_NOT_BE_LEGAL;
        settle_unchanged();                     /* 409, or 200 to a repeat */
        goto end
    }

    /* ngx_http_print_task_step_refetch(): the back end reads the task ... */

refetch:
    if
    :: atomic {
           !FENCED_OFF((leased && FENCE == 2 -> gw[g].rev + 1 : 0)) ->

           if
           :: leased && FENCE == 2 -> see_fence(gw[g].rev + 1)
           :: else
           fi;

           gw[g].state = task;
           gw[g].fresh = 1;
           refetched = 1;
           quick++
       }

    :: atomic {
           settle_unchanged();                  /* 502, 504 */
           goto end
       }

    :: atomic {
           MAY_DIE -> goto died
       }
    fi;

    /* ... and it takes a while until that is known here */

    if
    :: atomic {
           true ->
           quick--;
           goto decide
       }

    :: atomic {
           MAY_DIE ->
           quick--;
           goto died
       }
    fi;

    /*
     * ngx_http_print_task_may_ask(): a task that stays busy is asked for
     * without the lease ...
     */

ask:
    if
    :: atomic {
           true ->
           gw[g].state = task;
           quick++
       }

    :: atomic {
           true -> goto end                     /* 503 */
       }
    fi;

    /* ... and the answer counts if nothing follows it */

    atomic {
        quick--;

        if
        :: FINAL(gw[g].state) ->
            MUST_NOT_BE_LEGAL;                  /* 409, or 200 to a repeat */
            send_settlement(g, COMMIT, NOBODY, gw[g].state, 0)
        :: !FINAL(gw[g].state) && MUTANT == FREES_SEEN ->
            send_settlement(g, COMMIT, NOBODY, gw[g].state, 0)
        :: else                                 /* 503 */
        fi;

        goto end
    }

    /* ngx_http_print_task_step_forward() */

forward:
    atomic {
        MUST_BE_TRUE;
        assert(!ALONE || changes == 0);

        forwarded = 1;
        changes++;

        if
        :: leased
        :: else ->
            owed++;
            gw[0].beside = 1;
            gw[1].beside = 1
        fi;

        change[id].want = want;
        change[id].fence = (leased && FENCES -> gw[g].rev + 1 : 0);
        change[id].phase = SENT
    }

    /*
     * ngx_http_print_task_settle_by_status().  What the back end does and what is made
     * of its answer are one step: the settlement is on its way for as long as
     * the answer would have been.
     */

    if
    :: atomic {
           !FENCED_OFF(change[id].fence) ->     /* 2xx */
           apply(id);
           over(id);

           if
           :: leased -> settle(COMMIT, want)
           :: else -> settle_unknown(0)
           fi
       }

    :: atomic {
           over(id);                            /* 400, 403, 429, ... */

           if
           :: leased -> settle_unchanged()
           :: else -> settle_unknown(0)
           fi
       }

    :: atomic {
           !FENCED_OFF(change[id].fence) ->     /* 500, 503, but it was done */
           apply(id);
           over(id);
           settle_unknown(0)
       }

    :: atomic {
           over(id);                            /* 409, 412, 500, 503 */
           settle_unknown(0)
       }

    :: atomic {
           LATE ->                              /* 500, 503, and it will be
                                                   done */
           change[id].phase = LEFT;
           settle_unknown(0)
       }

    /* no complete answer; 202, 502, 504: it may be done, and at any time */

    :: atomic {
           SILENT && (leased || SILENT == 2) ->
           change[id].phase = LEFT;
           settle_unknown(1)
       }

    :: atomic {
           MAY_DIE -> goto died
       }
    fi;

end:
    atomic {
        finish();
        goto next
    }

died:
    atomic {
        die();
        finish();
        goto next
    }

done:
    skip
}
