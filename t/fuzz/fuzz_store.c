
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * pt_store_read() and the other operations: any sequence of them, with a time
 * that passes, does what the model does, and leaves the table sound.
 *
 * If the first byte says so, the rest is damage to a table as it is in a file,
 * its journal included.  What pt_store_recover() and pt_store_check() accept
 * must do for any operations.
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include <stdlib.h>

#include "pt_store_blocks.h"
#include "store_model.h"


#define FUZZ_SIZE   PT_STORE_SIZE_MIN
#define FUZZ_KEYS   8
#define FUZZ_BYTES  8      /* of an operation */
#define FUZZ_IMAGE  0xff   /* the first byte of damage */
#define FUZZ_PATCH  12     /* bytes of a piece of it */
#define FUZZ_OPS    64     /* on a table that was accepted */


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static u_char    fuzz_strings[2048];


/* of any length, or none */

static ngx_str_t
fuzz_string(uint8_t byte)
{
    ngx_str_t  s;

    ngx_str_null(&s);

    if (byte & 0x80) {
        s.len = (byte & 0x7f) * 7;
        s.data = fuzz_strings + (byte & 0x0f);
    }

    return s;
}


/* 0 to 70 seconds, most of them short */

static uint64_t
fuzz_time(uint8_t byte)
{
    return (uint64_t) (byte & 0x0f) << ((byte >> 4) & 0x0f);
}


static pt_store_op_t
fuzz_op(pt_store_t *store, const uint8_t *p, unsigned *key)
{
    u_char         name[2];
    ngx_str_t      text;
    pt_store_op_t  op;

    memset(&op, 0, sizeof(pt_store_op_t));

    *key = p[1] % FUZZ_KEYS;

    name[0] = 'k';
    name[1] = (u_char) ('0' + *key);

    text.data = name;
    text.len = 2;

    pt_store_key(store, &text, &op.key);

    op.lease = (p[1] >> 3) & 3;
    op.create = p[1] >> 5;
    op.hold = p[1] >> 6;

    op.lease_time = fuzz_time(p[2]);
    op.ttl = fuzz_time(p[3]);

    op.sources = p[4] & PT_ANY_STATE;
    op.final = p[4] >> PT_STATES;

    op.task.state = p[5] % PT_STATES;
    op.update.state = (p[5] >> 2) % (PT_STATES + 1);
    op.update.has_description = p[5] >> 6;

    op.owner.tenant.hash[0] = p[7] & 1;
    op.owner.account.hash[0] = p[7] & 2;

    op.app = fuzz_string(p[5] & 0x80 ? p[6] : p[6] & 0xf0);

    op.task.description = fuzz_string(p[6]);
    op.update.description = op.task.description;
    op.task.parent_url = fuzz_string(p[7]);

    return op;
}


/* a table with tasks of all kinds, the same each time */

static void
fuzz_fill(pt_store_t *store)
{
    uint8_t          bytes[FUZZ_BYTES];
    unsigned         i, k, key, type;
    pt_store_op_t    op;
    pt_store_seen_t  seen;

    for (i = 0; i < 200; i++) {

        for (k = 0; k < FUZZ_BYTES; k++) {
            bytes[k] = (uint8_t) (i * 37 + k * 101 + (i >> 3) * k);
        }

        type = bytes[0] % TEST_OPS;
        op = fuzz_op(store, bytes, &key);
        op.lease = op.lease ? op.lease : 4;

        store->now += 1 + i % 7;

        (void) test_ops[type](store, &op, &seen);
    }
}


/* an offset, scaled to what a file can hold of a table, and a word for it */

static void
fuzz_damage(u_char *block, const uint8_t *p)
{
    size_t    at, first;
    uint32_t  offset;

    memcpy(&offset, p, sizeof(offset));

    first = offsetof(pt_store_header_t, free);
    at = (offset & 1) ? offsetof(pt_store_header_t, undos) + (offset >> 1) % 256
         : first + (offset >> 1) % (FUZZ_SIZE - 8 - first);

    memcpy(block + (at & ~(size_t) 3), p + sizeof(offset), 8);
}


static void
fuzz_image(pt_store_t *store, u_char *block, u_char *marks,
    const uint8_t *data, size_t size)
{
    unsigned         i, k, key;
    pt_store_op_t    op;
    pt_store_seen_t  seen;
    uint8_t          bytes[FUZZ_BYTES];

    fuzz_fill(store);

    for ( /* void */ ; size >= FUZZ_PATCH;
          data += FUZZ_PATCH, size -= FUZZ_PATCH)
    {
        fuzz_damage(block, data);
    }

    if (pt_store_recover(store) != NGX_OK) {
        return;
    }

    memset(marks, 0, FUZZ_SIZE);

    if (pt_store_check(store, marks) != NULL) {
        return;
    }

    pt_store_recount(store);

    for (i = 0; i < FUZZ_OPS; i++) {

        for (k = 0; k < FUZZ_BYTES; k++) {
            bytes[k] = (uint8_t) (i * 73 + k * 29 + (i >> 2) * k);
        }

        op = fuzz_op(store, bytes, &key);
        op.lease = op.lease ? op.lease : 4;

        (void) test_ops[bytes[0] % TEST_OPS](store, &op, &seen);
    }

    memset(marks, 0, FUZZ_SIZE);

    if (pt_store_check(store, marks) != NULL) {
        abort();
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned           key;
    test_op_e          type;
    pt_store_t         store;
    test_record_t      model[FUZZ_KEYS];
    pt_store_op_t      op;
    pt_store_seen_t    got, want;
    pt_result_e        result;

    static u_char  *block, *marks, text[PT_STORE_TEXT_MAX];

    if (block == NULL) {
        if (posix_memalign((void **) &block, 4096, FUZZ_SIZE) != 0) {
            abort();
        }

        marks = malloc(FUZZ_SIZE);
    }

    memset(block, 0, FUZZ_SIZE);
    memset(model, 0, sizeof(model));

    pt_store_create(&store, block, FUZZ_SIZE, (u_char *) "fuzzfuzzfuzzfuzz");

    store.text = text;
    store.now = 1700000000000ull;

    if (size && data[0] == FUZZ_IMAGE) {
        fuzz_image(&store, block, marks, data + 1, size - 1);
        return 0;
    }

    for ( /* void */ ; size >= FUZZ_BYTES;
          data += FUZZ_BYTES, size -= FUZZ_BYTES)
    {
        type = data[0] % TEST_OPS;
        op = fuzz_op(&store, data, &key);

        if (type != TEST_INVALIDATE && op.lease == 0) {
            op.lease = 4;
        }

        /* not looked at, as it is, another one */

        if (data[0] & 0x80) {
            op.rev = model[key].rev - ((data[0] >> 6) & 1);
        }

        /* a rev must not outrun the clock: the model does not know of that */
        store.now += 1 + fuzz_time(data[0]);

        memset(&got, 0, sizeof(pt_store_seen_t));

        result = test_ops[type](&store, &op, &got);

        if (result != test_model_run(type, &op, &model[key], store.now, &want)
            || (type < TEST_COMMIT && !test_same(&got, &want)))
        {
            abort();
        }
    }

    memset(marks, 0, FUZZ_SIZE);

    if (pt_store_check(&store, marks) != NULL) {
        abort();
    }

    return 0;
}
