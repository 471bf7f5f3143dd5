/*
 * The back end: docs/backends.md.  Unless it looks at the fence it does what it
 * gets, so that only the gateways keep the changes legal.
 */


/* the greatest fence that came is the least that is good */

#define FENCED_OFF(number)  (FENCE && (number) && (number) < seen_fence)

inline see_fence(number)
{
    if
    :: FENCE && number > seen_fence -> seen_fence = number
    :: else
    fi
}


inline apply(id)
{
    assert(!LEGAL || LEGAL_STEP(task, change[id].want));
    assert(!ORDER || nth[id] >= last_nth);

    task = change[id].want;
    see_fence(change[id].fence);

    if
    :: ORDER && nth[id] > last_nth -> last_nth = nth[id]
    :: else
    fi;

    if
    :: GROWS && change[id].fence > last_fence -> last_fence = change[id].fence
    :: else
    fi
}


inline over(id)
{
    change[id].phase = 0;
    change[id].want = 0;
    change[id].fence = 0;
    changes--
}


/*
 * A change that nobody waits for: the gateway is gone, or has given up.  It
 * takes as long as it takes, which stands for a request that was held up, too.
 */

proctype Change(byte id)
{
end:
    do
    :: atomic {
           change[id].phase == LEFT ->

           if
           :: !FENCED_OFF(change[id].fence) -> apply(id)
           :: skip
           fi;

           over(id)
       }
    od
}
