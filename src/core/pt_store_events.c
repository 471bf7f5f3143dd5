
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The events of all definitions, in the order of their changes.  An event is
 * written in the same change of the table as the state that it is about.
 *
 * A ring of words behind the header has the block of each event, and a part of
 * the hash of its stream.  The blocks of events are those that tasks do not
 * need: the oldest events are dropped when they do.
 */


#include "pt_hex.h"
#include "pt_store_blocks.h"


/* a word of the ring */

#define pt_store_event_word(stream, n)                                        \
    (((stream) & 0xffffffff00000000ull) | (n))
#define pt_store_event_block(word)         ((uint32_t) (word))
#define pt_store_event_is_of(word, stream)                                    \
    (((word) ^ (stream)) >> 32 == 0)

#define pt_store_event_slot(store, sequence)                                  \
    (&(store)->events[(sequence) & ((store)->header->events - 1)])

/* events that the search for those of one stream looks at */
#define PT_STORE_EVENTS_SCAN   4096

/* hexadecimal digits of 64 bits */
#define PT_STORE_EVENT_DIGITS  16


static void pt_store_event_drop(pt_store_t *store);
static ngx_int_t pt_store_event_add(pt_store_t *store, uint32_t n,
    pt_store_event_page_t *page);
static void pt_store_event_copy(pt_store_event_page_t *page,
    const ngx_str_t *from, ngx_str_t *to);
static uint64_t pt_store_epoch(const pt_store_t *store);
static void pt_store_position_write(const pt_store_t *store,
    uint64_t sequence, u_char *dst);
static ngx_int_t pt_store_position_read(const pt_store_t *store,
    const ngx_str_t *text, uint64_t *sequence);
static u_char *pt_store_hex_write(u_char *dst, uint64_t n);
static ngx_int_t pt_store_hex_read(const u_char *p, uint64_t *n);


/*
 * Drops events until an operation has the blocks that it may need, and until
 * its own event has a word in the ring.  Each drop is a change of its own.
 */

void
pt_store_reclaim_events(pt_store_t *store, const pt_store_op_t *op,
    const pt_task_t *task, const ngx_str_t *app)
{
    size_t              len;
    uint64_t            keep, blocks;
    pt_store_header_t  *header;

    header = store->header;

    if (header->event_next == header->event_first) {
        return;
    }

    len = pt_store_text_len(task, app) + PT_STORE_PLACE_MAX;

    /* the event, the state, which is as long at most, and its accounts */

    blocks = 2 * (1 + pt_store_text_blocks(len)) + 1
             + PT_STORE_TENANT_BLOCKS + PT_STORE_ACCOUNT_BLOCKS;

    if (op->keep && len > PT_STORE_TEXT_MAX) {
        blocks = UINT64_MAX;
    }

    keep = op->keep ? ngx_min(op->keep, header->events) : header->events + 1;

    while (header->event_next != header->event_first
           && (header->event_next - header->event_first >= keep
               || pt_store_free(store) < blocks))
    {
        pt_store_event_drop(store);
        pt_store_journal_commit(store);
    }
}


static void
pt_store_event_drop(pt_store_t *store)
{
    uint32_t  n;

    n = pt_store_event_block(*pt_store_event_slot(store,
                                                 store->header->event_first));

    pt_store_set64(store, &store->header->event_first,
                   store->header->event_first + 1);
    pt_store_free_chain(store, n);
}


/*
 * Writes to blocks that were free before the change began, because recovery
 * restores no contents: the caller has freed nothing yet.  The state that the
 * caller writes afterwards may need as many blocks.
 *
 * If there is no memory for the event, pt_store_reclaim_events() has dropped
 * all others.  The number is used then, so that readers miss something.
 */

void
pt_store_event_append(pt_store_t *store, const pt_store_op_t *op,
    pt_event_type_e type, const pt_task_t *task, const ngx_str_t *app,
    uint64_t rev)
{
    u_char              place[PT_STORE_PLACE_MAX];
    uint32_t            n, state;
    uint64_t            sequence;
    pt_task_t           copy;
    ngx_uint_t          blocks;
    pt_store_event_t   *event;
    pt_store_header_t  *header;

    if (op->keep == 0) {
        return;
    }

    copy = *task;
    copy.place.data = place;
    copy.place.len = pt_store_place_write(place, op->stream, &op->id);

    header = store->header;
    sequence = header->event_next;
    blocks = 1 + pt_store_text_blocks(pt_store_text_len(&copy, app));

    pt_store_set64(store, &header->event_next, sequence + 1);

    if (pt_store_text_len(&copy, app) > PT_STORE_TEXT_MAX
        || pt_store_free(store) < 2 * blocks)
    {
        pt_store_set64(store, &header->event_first, sequence + 1);
        return;
    }

    n = pt_store_alloc(store, 1);
    state = pt_store_write(store, &copy, app);
    event = &store->blocks[n].event;

    event->next = state;
    event->type = type;
    event->rev = rev;
    event->sequence = sequence;
    event->stream = op->stream;
    pt_store_step();

    pt_store_set64(store, pt_store_event_slot(store, sequence),
                   pt_store_event_word(op->stream, n));
}


void
pt_store_read_events(pt_store_t *store, pt_store_event_page_t *page)
{
    uint64_t                  word, sequence, last;
    const pt_store_header_t  *header;

    header = store->header;

    page->n = 0;
    page->more = 0;
    page->missed = 0;

    sequence = header->event_next;

    if (page->after.data
        && (pt_store_position_read(store, &page->after, &sequence) != NGX_OK
            || sequence < header->event_first
            || sequence > header->event_next))
    {
        sequence = header->event_next;
        page->missed = 1;
    }

    last = ngx_min(header->event_next, sequence + PT_STORE_EVENTS_SCAN);

    for ( /* void */ ; sequence < last; sequence++) {
        word = *pt_store_event_slot(store, sequence);

        if (pt_store_event_is_of(word, page->stream)
            && pt_store_event_add(store, pt_store_event_block(word), page)
               != NGX_OK)
        {
            break;
        }
    }

    page->more = (sequence < header->event_next);

    pt_store_position_write(store, sequence, page->next);
}


/* NGX_DECLINED: the page is full */

static ngx_int_t
pt_store_event_add(pt_store_t *store, uint32_t n,
    pt_store_event_page_t *page)
{
    size_t                   size;
    ngx_str_t                id;
    pt_event_t              *event;
    pt_snapshot_t            snapshot;
    const pt_store_event_t  *from;

    from = &store->blocks[n].event;

    if (from->stream != page->stream) {
        return NGX_OK;
    }

    pt_store_read_text(store, from->next, &snapshot);

    size = PT_EVENT_POSITION_MAX
           + pt_store_text_len(&snapshot.task, &snapshot.app);

    if (page->n == page->max || (size_t) (page->end - page->pos) < size) {
        return NGX_DECLINED;
    }

    event = &page->events[page->n++];

    event->position.data = page->pos;
    event->position.len = PT_STORE_POSITION_LEN;
    pt_store_position_write(store, from->sequence + 1, page->pos);
    page->pos += PT_STORE_POSITION_LEN;

    event->type = from->type;
    event->task = snapshot.task;
    event->rev = from->rev;
    event->time = snapshot.confirmed;

    id.data = snapshot.task.place.data + PT_STORE_PLACE_HASH;
    id.len = snapshot.task.place.len - PT_STORE_PLACE_HASH;

    pt_store_event_copy(page, &id, &event->id);
    pt_store_event_copy(page, &snapshot.app, &event->app);
    pt_store_event_copy(page, &snapshot.task.parent_url,
                        &event->task.parent_url);
    pt_store_event_copy(page, &snapshot.task.description,
                        &event->task.description);

    ngx_str_null(&event->task.place);

    return NGX_OK;
}


static void
pt_store_event_copy(pt_store_event_page_t *page, const ngx_str_t *from,
    ngx_str_t *to)
{
    *to = *from;

    if (from->data != NULL) {
        to->data = page->pos;
        page->pos = ngx_cpymem(page->pos, from->data, from->len);
    }
}


/*
 * The seed is another one for each table, so a position of an earlier table is
 * never taken for one of this table.
 */

static uint64_t
pt_store_epoch(const pt_store_t *store)
{
    uint64_t  hash[2];

    pt_siphash(store->header->seed, (u_char *) "epoch", sizeof("epoch") - 1,
               hash);

    return hash[0];
}


/* "EPOCH-SEQUENCE": the number of the event that comes next */

static void
pt_store_position_write(const pt_store_t *store, uint64_t sequence,
    u_char *dst)
{
    dst = pt_store_hex_write(dst, pt_store_epoch(store));
    *dst++ = '-';
    (void) pt_store_hex_write(dst, sequence);
}


static ngx_int_t
pt_store_position_read(const pt_store_t *store, const ngx_str_t *text,
    uint64_t *sequence)
{
    u_char    *p;
    uint64_t   epoch;

    if (text->len != PT_STORE_POSITION_LEN) {
        return NGX_ERROR;
    }

    p = text->data;

    if (pt_store_hex_read(p, &epoch) != NGX_OK
        || epoch != pt_store_epoch(store)
        || p[PT_STORE_EVENT_DIGITS] != '-')
    {
        return NGX_ERROR;
    }

    return pt_store_hex_read(p + PT_STORE_EVENT_DIGITS + 1, sequence);
}


static u_char *
pt_store_hex_write(u_char *dst, uint64_t n)
{
    ngx_uint_t           i;
    static const u_char  digits[] = "0123456789abcdef";

    for (i = PT_STORE_EVENT_DIGITS; i; i--, n >>= 4) {
        dst[i - 1] = digits[n & 0xf];
    }

    return dst + PT_STORE_EVENT_DIGITS;
}


static ngx_int_t
pt_store_hex_read(const u_char *p, uint64_t *n)
{
    ngx_uint_t  i;
    ngx_int_t   part;

    *n = 0;

    for (i = 0; i < PT_STORE_EVENT_DIGITS; i += 4) {
        part = pt_hex(p + i, 4);

        if (part == NGX_ERROR) {
            return NGX_ERROR;
        }

        *n = *n << 16 | (uint64_t) part;
    }

    return NGX_OK;
}
