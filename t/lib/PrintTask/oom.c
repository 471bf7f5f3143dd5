
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Preloaded: one of N allocations fails, where N is the first number of the
 * file that OOM_FILE names; 0: none.  The second number is the seed.  A process
 * that crashes prints its stack.
 */


#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>


void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t alignment, size_t size);


static volatile unsigned  *control;
static unsigned            seed, state;


static void
oom_crashed(int signo)
{
    int    n;
    void  *stack[64];

    n = backtrace(stack, 64);
    backtrace_symbols_fd(stack, n, STDERR_FILENO);

    (void) raise(signo);
}


static void __attribute__((constructor))
oom_init(void)
{
    int                fd;
    void              *p, *stack[1];
    const char        *name;
    struct sigaction   sa = { 0 };

    /* loads what it needs now */
    (void) backtrace(stack, 1);

    sa.sa_handler = oom_crashed;
    sa.sa_flags = SA_RESETHAND;

    (void) sigaction(SIGSEGV, &sa, NULL);

    name = getenv("OOM_FILE");

    fd = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    if (fd == -1) {
        return;
    }

    p = mmap(NULL, 2 * sizeof(unsigned), PROT_READ, MAP_SHARED, fd, 0);

    if (p != MAP_FAILED) {
        control = p;
    }

    (void) close(fd);
}


static int
oom_fails(void)
{
    unsigned  n;

    if (control == NULL || (n = control[0]) == 0) {
        return 0;
    }

    if (seed != control[1]) {
        seed = control[1];
        state = seed * 2654435761u ^ (unsigned) getpid() * 40503u;
    }

    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;

    if (state == 0) {
        state = 1;
    }

    if (state % n != 0) {
        return 0;
    }

    errno = ENOMEM;

    return 1;
}


void *
malloc(size_t size)
{
    return oom_fails() ? NULL : __libc_malloc(size);
}


void *
calloc(size_t n, size_t size)
{
    return oom_fails() ? NULL : __libc_calloc(n, size);
}


void *
realloc(void *p, size_t size)
{
    return oom_fails() ? NULL : __libc_realloc(p, size);
}


int
posix_memalign(void **p, size_t alignment, size_t size)
{
    void  *q;

    if (oom_fails()) {
        return ENOMEM;
    }

    q = __libc_memalign(alignment, size);
    if (q == NULL) {
        return ENOMEM;
    }

    *p = q;

    return 0;
}
