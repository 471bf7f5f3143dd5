
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * For t/memory_survives.t: a process that dies in the middle of a change of
 * the store in FILE, with the lock, and all records about to go; or, with a
 * second argument, that is stopped there.
 */


#include <ngx_config.h>
#include <ngx_core.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "store/shm.h"
#include "core/pt_store_blocks.h"


int
main(int argc, char **argv)
{
    int                                fd;
    u_char                            *p;
    size_t                             size;
    uint32_t                           i, n;
    struct stat                        st;
    pt_store_t                         store;
    ngx_http_print_task_shm_header_t  *header;

    if (argc < 2
        || (fd = open(argv[1], O_RDWR)) == -1
        || fstat(fd, &st) == -1)
    {
        perror("die");
        return 2;
    }

    size = st.st_size;

    p = mmap(NULL, size, PROT_READ|PROT_WRITE, MAP_SHARED, fd, 0);

    if (p == MAP_FAILED) {
        perror("mmap");
        return 2;
    }

    header = (ngx_http_print_task_shm_header_t *) p;

    if (pthread_mutex_lock(&header->mutex) != 0
        || pt_store_attach(&store, p + NGX_HTTP_PRINT_TASK_SHM_HEADER,
                           size - NGX_HTTP_PRINT_TASK_SHM_HEADER)
           != NGX_OK)
    {
        fprintf(stderr, "not a store\n");
        return 2;
    }

    store.now = 0;
    n = 0;

    for (i = 0; i <= store.header->mask && n < 3; i++) {

        if (store.buckets[i]) {
            pt_store_unchain(&store, store.buckets[i]);
            n++;
        }
    }

    printf("%u\n", n);
    fflush(stdout);

    (void) kill(getpid(), argc > 2 ? SIGSTOP : SIGKILL);

    return 2;
}
