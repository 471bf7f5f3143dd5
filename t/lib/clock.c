
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Sets the clocks of a process: LD_PRELOAD of this, with the milliseconds to add
 * in the file CLOCK_FILE: 8 bytes for the time of day, 8 for the monotonic clock.
 */


#define _GNU_SOURCE

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>


static volatile int64_t  *offset;


static void __attribute__((constructor))
clock_init(void)
{
    int          fd;
    void        *p;
    const char  *name;

    name = getenv("CLOCK_FILE");
    fd = name ? open(name, O_RDONLY|O_CLOEXEC) : -1;

    if (fd != -1) {
        p = mmap(NULL, 2 * sizeof(int64_t), PROT_READ, MAP_SHARED, fd, 0);

        if (p != MAP_FAILED) {
            offset = p;
        }

        (void) close(fd);
    }
}


int
clock_gettime(clockid_t id, struct timespec *ts)
{
    int      rc;
    int64_t  ms, ns;

    rc = syscall(SYS_clock_gettime, id, ts);

    if (rc == 0 && offset
        && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE
            || id == CLOCK_MONOTONIC || id == CLOCK_MONOTONIC_COARSE))
    {
        ms = (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)
             ? offset[0] : offset[1];

        ns = ts->tv_nsec + ms % 1000 * 1000000;

        ts->tv_sec += ms / 1000 + (ns < 0 ? -1 : ns / 1000000000);
        ts->tv_nsec = (ns + 1000000000) % 1000000000;
    }

    return rc;
}


int
gettimeofday(struct timeval *tv, void *tz)
{
    int              rc;
    struct timespec  ts;

    rc = clock_gettime(CLOCK_REALTIME, &ts);

    tv->tv_sec = ts.tv_sec;
    tv->tv_usec = ts.tv_nsec / 1000;

    return rc;
}


time_t
time(time_t *t)
{
    struct timespec  ts;

    (void) clock_gettime(CLOCK_REALTIME, &ts);

    if (t) {
        *t = ts.tv_sec;
    }

    return ts.tv_sec;
}
