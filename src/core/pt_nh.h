
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * NH, the universal hash of UMAC (Black, Halevi, Krawczyk, Krovetz, Rogaway:
 * UMAC, CRYPTO '99, section 4; RFC 4418), here of words of 64 bits, in two
 * rows, the second with the key shifted by a pair of words ("Toeplitz").
 *
 * Two different texts of one length have the same hash with 2^-128 of all
 * keys, whatever they are, as long as they were chosen without a look at the
 * key or at a hash.  That is all it promises: texts of different lengths may
 * collide, and a part of the hash is no hash.  It takes a tenth of the time
 * of SHA-256.
 */


#ifndef _PT_NH_H_INCLUDED_
#define _PT_NH_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


/* products of 128 bits: without them it is not there */
#ifdef __SIZEOF_INT128__
#define PT_HAVE_NH  1
#else
#define PT_HAVE_NH  0
#endif


/* random words that a text of len bytes needs */
#define pt_nh_key_words(len)  (((len) + 15) / 16 * 2 + 2)


typedef struct {
    uint64_t  word[4];
} pt_nh_t;


#if (PT_HAVE_NH)

/* the words of the text are in the byte order of the machine */
void pt_nh(const uint64_t *key, const ngx_str_t *text, pt_nh_t *hash);

#endif


/* takes as long whatever the hashes are */

static ngx_inline ngx_uint_t
pt_nh_equal(const pt_nh_t *a, const pt_nh_t *b)
{
    return ((a->word[0] ^ b->word[0]) | (a->word[1] ^ b->word[1])
            | (a->word[2] ^ b->word[2]) | (a->word[3] ^ b->word[3]))
           == 0;
}


#endif /* _PT_NH_H_INCLUDED_ */
