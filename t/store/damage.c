
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * For t/memory_file.t: writes VALUE into a FIELD of the store in FILE, which
 * nobody uses.
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "store/shm.h"
#include "core/pt_store_blocks.h"


int
main(int argc, char **argv)
{
    int                 fd;
    u_char             *p;
    uint32_t            n;
    uint64_t            value;
    pt_store_t          store;
    struct stat         st;
    pt_store_header_t  *header;

    if (argc != 4
        || (fd = open(argv[1], O_RDWR)) == -1
        || fstat(fd, &st) == -1)
    {
        perror("damage");
        return 2;
    }

    p = mmap(NULL, st.st_size, PROT_READ|PROT_WRITE, MAP_SHARED, fd, 0);

    if (p == MAP_FAILED
        || pt_store_attach(&store, p + NGX_HTTP_PRINT_TASK_SHM_HEADER,
                           st.st_size - NGX_HTTP_PRINT_TASK_SHM_HEADER)
           != NGX_OK)
    {
        fprintf(stderr, "not a store\n");
        return 2;
    }

    header = store.header;
    value = strtoull(argv[3], NULL, 0);

    for (n = 0; store.buckets[n] == 0 && n < header->mask; n++) {
        /* void */
    }

    if (strcmp(argv[2], "undos") == 0) {
        header->undos = value;

    } else if (strcmp(argv[2], "word") == 0) {
        header->undos = 1;
        header->journal[0].word = value;

    } else if (strcmp(argv[2], "top") == 0) {
        header->top = value;

    } else if (strcmp(argv[2], "free") == 0) {
        header->free = value;
        header->nfree = 1;

    } else if (strcmp(argv[2], "bucket") == 0) {
        store.buckets[n] = value;

    } else if (strcmp(argv[2], "chain") == 0) {
        store.blocks[store.buckets[n]].record.chain = value;

    } else if (strcmp(argv[2], "newer") == 0) {
        store.blocks[store.buckets[n]].record.newer = value;

    } else if (strcmp(argv[2], "state") == 0) {
        store.blocks[store.buckets[n]].record.next = value;

    } else {
        fprintf(stderr, "no field \"%s\"\n", argv[2]);
        return 2;
    }

    return 0;
}
