/*
 * A worker's connection to Redis: src/redis/conn.c,
 * src/redis/script_call.c, src/redis/store.c.
 */


/*
 * ngx_http_print_task_redis_answered() and ngx_http_print_task_redis_settled()
 * without a reply: nobody will ever know what became of a command that was
 * sent.  A commit becomes an invalidate (ngx_http_print_task_redis_commit_to_invalidate()).
 */

inline unanswered(g)
{
    if
    :: m_ == RESERVE ->
        if
        :: gw[g].waits == id_ ->
            gw[g].waits = NOBODY;
            gw[g].result = DOWN
        :: else
        fi;
        if
        :: MUTANT != KEEPS_GRANT -> kept[g] ! RELEASE, id_, 0, 0
        :: else
        fi

    :: m_ == COMMIT -> kept[g] ! INVALIDATE, id_, 0, 0

    :: else -> kept[g] ! m_, id_, arg_, more_
    fi
}


/*
 * ngx_http_print_task_redis_fail().  Of the commands that were on their way
 * the store gets as many as it does, now or later.
 */

inline lose(g)
{
    gw[g].up = 0;
    gw[g].deaf = 0;

    do
    :: nempty(orphan[g]) -> orphan[g] ? m_, id_, arg_, more_
    :: empty(orphan[g]) -> break
    od;

    do
    :: nempty(answer[g]) ->
        answer[g] ? m_, id_, arg_, more_, _, _, _;
        unanswered(g)
    :: empty(answer[g]) -> break
    od;

    do
    :: nempty(command[g]) ->
        command[g] ? m_, id_, arg_, more_;
        orphan[g] ! m_, id_, arg_, more_;
        unanswered(g)
    :: empty(command[g]) -> break
    od
}


/* the old store is gone, with what was on its way there */

inline drop_orphans(g)
{
    do
    :: nempty(orphan[g]) -> orphan[g] ? m_, id_, arg_, more_
    :: empty(orphan[g]) -> break
    od
}


/* ngx_http_print_task_redis_settle() */

inline send_settlement(g, name, id, arg, more)
{
    if
    :: gw[g].up -> command[g] ! name, id, arg, more

    :: !gw[g].up && name == COMMIT ->
        kept[g] ! INVALIDATE, id, 0, 0

    :: else -> kept[g] ! name, id, arg, more
    fi
}


proctype Connection(byte g)
{
end:
    do
    /* a lease that nobody waits for: ngx_http_print_task_redis_answered() */

    :: atomic {
           (!gw[g].deaf && nempty(answer[g])
            && !(answer[g] ? [RESERVE, eval(gw[g].waits), _, _, _, _, _])) ->

           answer[g] ? _, id_, _, _, result_, _, _;

           if
           :: result_ == GRANTED && MUTANT != KEEPS_GRANT ->
               command[g] ! RELEASE, id_, 0, 0
           :: else
           fi
       }

    :: atomic {
           gw[g].up && !gw[g].deaf && breaks < BREAKS ->
           breaks++;
           gw[g].deaf = 1
       }

    :: atomic {
           gw[g].deaf -> lose(g)
       }

    /* ngx_http_print_task_redis_ready() */

    :: atomic {
           !gw[g].up ->
           gw[g].up = 1;

           if
           :: !gw[g].young -> record.before = record.before | (1 << g)
           :: else
           fi;

           gw[g].young = 0;

           do
           :: nempty(kept[g]) ->
               kept[g] ? m_, id_, arg_, more_;
               command[g] ! m_, id_, arg_, more_
           :: empty(kept[g]) -> break
           od
       }
    od
}
