
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The operations of a store and their results.  store/store.h defines each
 * operation.  All stores and the counters use these lists.
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
    PT_OPERATION_EVENTS,
    PT_OPERATION_INDEXES,
    PT_OPERATION_OVERDUE,
    PT_OPERATION_COMMIT,              /* this and the following are
                                         settlements */
    PT_OPERATION_RELEASE,
    PT_OPERATION_INVALIDATE
} pt_operation_e;

#define PT_OPERATION_N  (PT_OPERATION_INVALIDATE + 1)
#define pt_operation_settles(operation)  ((operation) >= PT_OPERATION_COMMIT)


typedef enum {
    PT_RESULT_SEEN = 0,               /* snapshot; no lease, unchanged */
    PT_RESULT_GRANTED,                /* snapshot; lease taken */
    PT_RESULT_BUSY,                   /* snapshot; another request has the
                                         lease */
    PT_RESULT_APPLIED,                /* snapshot after the change; DELETE:
                                         before it */
    PT_RESULT_CREATED,                /* PUT: the same, of a new record */
    PT_RESULT_ABSENT,                 /* no such record; APPLY by another
                                         application than the owner */
    PT_RESULT_BROKEN,                 /* the key has no valid record;
                                         unchanged */
    PT_RESULT_DOWN,                   /* the store does not answer */
    PT_RESULT_QUEUE_FULL,             /* the store answers, but is overloaded */
    PT_RESULT_STORE_FULL,             /* out of memory, or over the share of the
                                         owner; COMMIT has invalidated the
                                         state */
    PT_RESULT_FAILED,                 /* the worker is out of memory */
    PT_RESULT_CANCELED,               /* the request ended before the result */

    /* results of settlements */
    PT_RESULT_SETTLED,
    PT_RESULT_LOST,                   /* another request has the lease, or
                                         the record is gone */
    PT_RESULT_DROPPED,                /* the store is down and takes no
                                         settlement: the lease runs out */
    PT_RESULT_N
} pt_result_e;


#endif /* _PT_OPERATION_H_INCLUDED_ */
