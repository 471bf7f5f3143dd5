
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The operations of a store, and their results: store/store.h says what each
 * one does.  All stores, and the counters, have these.
 */


#ifndef _PT_OPERATION_H_INCLUDED_
#define _PT_OPERATION_H_INCLUDED_


typedef enum {
    PT_OPERATION_READ = 0,
    PT_OPERATION_RESERVE,
    PT_OPERATION_APPLY,
    PT_OPERATION_PUT,
    PT_OPERATION_DELETE,
    PT_OPERATION_LIST,
    PT_OPERATION_COMMIT,              /* this and the others are settlements */
    PT_OPERATION_RELEASE,
    PT_OPERATION_INVALIDATE
} pt_operation_e;

#define PT_OPERATION_N  (PT_OPERATION_INVALIDATE + 1)
#define pt_operation_settles(operation)  ((operation) >= PT_OPERATION_COMMIT)


typedef enum {
    PT_RESULT_SEEN = 0,               /* snapshot; no lease, nothing changed */
    PT_RESULT_GRANTED,                /* snapshot as before; lease taken */
    PT_RESULT_BUSY,                   /* snapshot; another has the lease */
    PT_RESULT_APPLIED,                /* snapshot as it is after the change;
                                         DELETE: as it was before */
    PT_RESULT_CREATED,                /* PUT: so, and there was none before */
    PT_RESULT_ABSENT,                 /* no such record, or APPLY by another
                                         application than its owner */
    PT_RESULT_BROKEN,                 /* what the store has for the key is no
                                         record, and was left as it is */
    PT_RESULT_DOWN,                   /* the store does not answer */
    PT_RESULT_QUEUE_FULL,             /* the store answers, but has more to do
                                         than it can in time */
    PT_RESULT_STORE_FULL,             /* out of memory, or over the share of the
                                         owner; COMMIT has invalidated the
                                         state */
    PT_RESULT_FAILED,                 /* the worker is out of memory */
    PT_RESULT_CANCELED,               /* the request ended before the result */

    /* of settlements */
    PT_RESULT_SETTLED,
    PT_RESULT_LOST,                   /* another request has the lease, or
                                         the record is gone */
    PT_RESULT_DROPPED,                /* the store is down and takes no
                                         settlement: the lease runs out */
    PT_RESULT_N
} pt_result_e;


#endif /* _PT_OPERATION_H_INCLUDED_ */
