
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The streams of events that a worker reads, for any number of listeners each.
 *
 * A feed is one stream.  The listeners that are at one position in it have a
 * cursor in common, so they share what is read: nearly always all of them.  A
 * feed reads when the store says that its stream has grown; a cursor that is
 * behind reads until it is not.  Cursors that meet become one.
 */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_FEED_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_FEED_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "core/pt_sse.h"
#include "store/store.h"


typedef struct ngx_http_print_task_cursor_s  ngx_http_print_task_cursor_t;
typedef struct ngx_http_print_task_reader_s  ngx_http_print_task_reader_t;


/* messages, for all who send them; freed when nobody holds them */
typedef struct {
    ngx_uint_t                       holders;
    u_char                          *data;
} ngx_http_print_task_messages_t;


/* what was read for a cursor */
typedef struct {
    const ngx_http_print_task_op_t  *op;
    const ngx_str_t                 *definition;
    ngx_http_print_task_messages_t  *messages[2];  /* without and with owners;
                                                      NULL: not made yet */
    size_t                          *ends[2];      /* of them, in these */
} ngx_http_print_task_portion_t;


/* one that reads a stream: the owner of its memory sets "take" and "data" */
struct ngx_http_print_task_reader_s {
    ngx_queue_t                      queue;        /* of the cursor */
    ngx_http_print_task_cursor_t    *cursor;       /* NULL: it does not read */
    ngx_str_t                        position;     /* in text */
    u_char                           text[PT_SSE_POSITION_MAX];

    /*
     * The position is behind the portion already, which may have no events.
     * NGX_OK: and so on.  NGX_AGAIN: the reader pauses until it is added again.
     * NGX_DONE: it is gone.
     */
    ngx_int_t                      (*take)(ngx_http_print_task_reader_t *reader,
                                        ngx_http_print_task_portion_t *portion);
    void                            *data;

    unsigned                         paused:1;     /* it takes nothing */
};


/* before the first use in a worker */
void ngx_http_print_task_feed_init(void);

void ngx_http_print_task_feed_set_position(
    ngx_http_print_task_reader_t *reader, const ngx_str_t *position);

/*
 * The reader goes on from its position.  Its function "take" is called from the
 * event loop only, never from here.  NGX_ERROR: no memory.
 */
ngx_int_t ngx_http_print_task_feed_add(ngx_http_print_task_store_t *store,
    const ngx_str_t *stream, ngx_uint_t keep, const ngx_str_t *definition,
    ngx_http_print_task_reader_t *reader);

/* it may be of no feed */
void ngx_http_print_task_feed_remove(ngx_http_print_task_reader_t *reader);

/*
 * The messages of a portion, and where each ends, one for each event.  NULL: no
 * memory.  Who keeps them adds itself to the holders.
 */
ngx_http_print_task_messages_t *ngx_http_print_task_portion_messages(
    ngx_http_print_task_portion_t *portion, ngx_uint_t owners,
    const size_t **ends);
void ngx_http_print_task_release_messages(
    ngx_http_print_task_messages_t *messages);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_FEED_H_INCLUDED_ */
