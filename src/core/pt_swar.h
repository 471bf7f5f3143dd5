
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Processes text eight bytes at a time.  The first byte is the lowest byte of a
 * word on all platforms.  A match is marked by the upper bit of its byte.
 */


#ifndef _PT_SWAR_H_INCLUDED_
#define _PT_SWAR_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define PT_SWAR_LEN      8

/* eight bytes of the same value */
#define pt_swar_each(c)  ((uint64_t) (c) * 0x0101010101010101)

#define PT_SWAR_MARKS    pt_swar_each(0x80)

/* all bits below the first mark; all bits if there is no mark */
#define pt_swar_before(marks)  (((marks) & -(marks)) - 1)


/* compilers turn this into one load where the byte order allows it */

static ngx_inline uint64_t
pt_swar_load(const u_char *p)
{
    return (uint64_t) p[0]
           | (uint64_t) p[1] << 8
           | (uint64_t) p[2] << 16
           | (uint64_t) p[3] << 24
           | (uint64_t) p[4] << 32
           | (uint64_t) p[5] << 40
           | (uint64_t) p[6] << 48
           | (uint64_t) p[7] << 56;
}


/* loads the last bytes of a text, at most eight, and fills up with spaces */

static ngx_inline uint64_t
pt_swar_load_last(const u_char *p, const u_char *end)
{
    uint64_t  word;

    if (end - p >= PT_SWAR_LEN) {
        return pt_swar_load(p);
    }

    word = pt_swar_each(' ');

    while (end != p) {
        word = word << 8 | *--end;
    }

    return word;
}


/* the index of the first mark; at least one mark must be set */

static ngx_inline size_t
pt_swar_first(uint64_t marks)
{
    return ((pt_swar_before(marks) & pt_swar_each(1)) * pt_swar_each(1) >> 56)
           - 1;
}


/* whether the number of marks is odd */

static ngx_inline ngx_uint_t
pt_swar_odd(uint64_t marks)
{
    return ((marks >> 7) * pt_swar_each(1) >> 56) & 1;
}


/*
 * Marks bytes from first to last; all bytes must be ASCII, so that no carry
 * occurs.
 */

static ngx_inline uint64_t
pt_swar_range(uint64_t word, u_char first, u_char last)
{
    return (word + pt_swar_each(0x80 - first))
           & ~(word + pt_swar_each(0x80 - last - 1))
           & PT_SWAR_MARKS;
}


/* converts ASCII letters to lower case */

static ngx_inline uint64_t
pt_swar_lower(uint64_t word)
{
    uint64_t  letters;

    letters = pt_swar_range(word & ~PT_SWAR_MARKS, 'A', 'Z') & ~word;

    return word | letters >> 2;
}


#endif /* _PT_SWAR_H_INCLUDED_ */
