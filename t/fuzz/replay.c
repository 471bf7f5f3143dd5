
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Runs a fuzz target without a fuzzer, on the files that are named: the seeds,
 * or an input that was found.
 *
 *     fuzz_NAME.replay FILE ...
 */


#include "fuzz.h"

#include <stdio.h>


#define REPLAY_MAX  (1024 * 1024)


static int replay_file(const char *name);


int
main(int argc, char *argv[])
{
    int  i;

    if (argc < 2) {
        fprintf(stderr, "usage: %s FILE ...\n", argv[0]);
        return 2;
    }

    for (i = 1; i < argc; i++) {
        if (replay_file(argv[i]) != 0) {
            return 2;
        }
    }

    printf("%d inputs\n", argc - 1);

    return 0;
}


static int
replay_file(const char *name)
{
    FILE    *in;
    size_t   size;
    u_char  *data, *input;

    in = fopen(name, "rb");
    if (in == NULL) {
        perror(name);
        return 1;
    }

    data = malloc(REPLAY_MAX);
    if (data == NULL) {
        abort();
    }

    size = fread(data, 1, REPLAY_MAX, in);
    fclose(in);

    /* of exactly its size, so that reading on is seen */

    input = malloc(size ? size : 1);
    if (input == NULL) {
        abort();
    }

    memcpy(input, data, size);
    free(data);

    (void) LLVMFuzzerTestOneInput(input, size);

    free(input);

    return 0;
}
