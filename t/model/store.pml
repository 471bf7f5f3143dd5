/*
 * The store: a script is one step.  Redis runs one at a time, whichever
 * connection it came from.
 */


/* the number itself is of use to those who compare it */

inline next_rev()
{
    if
    :: FENCE || GROWS || CHECK || FAILOVERS || WIPES -> record.rev++
    :: else
    fi
}


/* src/redis/scripts/reserve.lua */

inline reserve()
{
    lost_ = record.lease != NOBODY && record.lease != id_ && record.expired;

    if
    :: (!lost_ && record.lease != id_
        && record.state != UNKNOWN && !more_ && !REACH(record.state, arg_)) ->
        result_ = SEEN

    :: (!lost_ && record.lease != id_
        && !(record.state != UNKNOWN && !more_ && !REACH(record.state, arg_))
        && record.lease != NOBODY && MUTANT != NO_LEASE) ->
        result_ = BUSY

    :: else ->
        result_ = GRANTED;

        if
        :: record.rev == 0 ->
            /* starts at the clock, which is ahead of any number before */
            record.rev = top + 1
        :: record.rev && lost_ -> next_rev()
        :: else
        fi;

        if
        :: lost_ && MUTANT != BELIEVES_LOST -> record.state = UNKNOWN
        :: else
        fi;

        record.lease = id_;
        record.expired = 0;

        if
        :: WIPES && record.rev + 1 > top -> top = record.rev + 1
        :: else
        fi;

        if
        :: ORDER -> grants++; nth[id_] = grants
        :: else
        fi;

        assert(!GROWS || record.rev + 1 > last_fence)
    fi;

    /* the snapshot goes where the arguments were */

    arg_ = record.state;
    more_ = record.rev;
    fresh_ = record.fresh;
    distrust_ = (record.before >> g) & 1
}


#define OWNS_LEASE  (record.lease == id_ || MUTANT == ANY_LEASE)


/* src/redis/scripts/commit.lua; NOBODY: seen in a final state, without a lease */

inline commit()
{
    if
    :: (id_ == NOBODY -> record.rev != 0 : OWNS_LEASE) ->

        if
        :: (record.rev == more_ || id_ == NOBODY
            || MUTANT == COMMITS_ANY_REV) ->
            record.state = arg_;
            record.before = 0;
            record.fresh = 1
        :: else ->
            /* somebody has made a change without a lease meanwhile */
            record.state = UNKNOWN
        fi;

        next_rev();
        record.lease = NOBODY;
        record.expired = 0
    :: else
    fi
}


/* src/redis/scripts/release.lua */

inline release()
{
    if
    :: OWNS_LEASE ->
        record.lease = NOBODY;
        record.expired = 0
    :: else
    fi
}


/* src/redis/scripts/invalidate.lua; NOBODY: without a lease */

inline invalidate()
{
    if
    :: id_ == NOBODY && owed -> owed--
    :: else
    fi;

    if
    :: record.rev && (id_ == NOBODY || OWNS_LEASE) ->
        record.state = UNKNOWN;
        next_rev();

        if
        :: id_ != NOBODY && !arg_ ->
            record.lease = NOBODY;
            record.expired = 0
        :: SETTLED && id_ != NOBODY && arg_ -> excused[id_] = 1
        :: else
        fi
    :: else
    fi
}


inline run_script()
{
    result_ = DONE;
    fresh_ = 0;
    distrust_ = 0;

    if
    :: m_ == RESERVE -> reserve()
    :: m_ == COMMIT -> commit()
    :: m_ == RELEASE -> release()
    :: m_ == INVALIDATE -> invalidate()
    fi
}


/* one end of a connection: what the store does with what comes from it */

proctype Server(byte g)
{
end:
    do
    :: atomic {
           command[g] ? m_, id_, arg_, more_ ->

           if
           :: m_ == RESERVE ->
               run_script();
               answer[g] ! m_, id_, arg_, more_, result_, fresh_, distrust_
           :: m_ != RESERVE && gw[g].deaf ->
               /* the command as it was, which will have to be sent again */
               answer[g] ! m_, id_, arg_, more_, DONE, 0, 0;
               run_script()
           :: else -> run_script()
           fi
       }

    :: atomic {
           orphan[g] ? m_, id_, arg_, more_ ->

           if
           :: run_script();
               if
               :: SETTLED && m_ == RESERVE && record.lease == id_ -> excused[id_] = 1
               :: else
               fi
           :: skip                      /* it never came */
           fi
       }
    od
}


/* time, and what becomes of the store with it */

inline copy_record(to, from)
{
    to.state = from.state;
    to.rev = from.rev;
    to.lease = from.lease;
    to.expired = from.expired;
    to.fresh = from.fresh;
    to.before = from.before
}


proctype Clock()
{
    byte  i;

end:
    do
    /* a lease runs out */

    :: atomic {
           (record.lease != NOBODY && !record.expired
            && (EXPIRY == 2
                || (EXPIRY == 1
                    && !engaged[record.lease]
                    && change[record.lease].phase == 0))) ->

           record.expired = 1
       }

    /* a second goes by: nothing that is quick takes as long */

    :: atomic {
           (ticks < TICKS && !quick
            && empty(command[0]) && empty(answer[0])
            && empty(command[1]) && empty(answer[1])
            && (record.fresh || own_recently)) ->

           ticks++;
           record.fresh = 0;
           gw[0].fresh = 0;
           gw[1].fresh = 0;
           own_recently = 0
       }

    /* the replica gets the writes up to here */

    :: atomic {
           (failovers < FAILOVERS
            && (replica.rev != record.rev || replica.lease != record.lease
                || replica.state != record.state)) ->

           copy_record(replica, record)
       }

    /* it is the store from now on, and all have to connect again */

    :: atomic {
           (failovers < FAILOVERS
            && (!CALM || (!changes && !gw[0].asked && !gw[1].asked))) ->

           failovers++;
           copy_record(record, replica);

           for (i : 0 .. GATEWAYS - 1) {
               lose(i);
               drop_orphans(i)
           }

           i = 0
       }

    :: atomic {
           wipes < WIPES && record.rev ->

           wipes++;
           record.state = UNKNOWN;
           record.rev = 0;
           record.lease = NOBODY;
           record.expired = 0;
           record.fresh = 0;
           record.before = 0
       }

    /* the back end changes the task by itself, as its rules are */

    :: atomic {
           owns < OWN && !FINAL(task) ->

           owns++;
           own_recently = 1;

           if
           :: task == PENDING -> task = PROCESSING
           :: LEGAL_STEP(task, COMPLETED) -> task = COMPLETED
           fi
       }
    od
}
