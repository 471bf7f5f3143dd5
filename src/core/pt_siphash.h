
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * SipHash-2-4 with 128 bits, a keyed hash.  Without the seed nobody can
 * construct two texts that collide, or many that fill one bucket of a table.
 */


#ifndef _PT_SIPHASH_H_INCLUDED_
#define _PT_SIPHASH_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define PT_SIPHASH_SEED_LEN  16


void pt_siphash(const u_char *seed, const u_char *data, size_t len,
    uint64_t hash[2]);


#endif /* _PT_SIPHASH_H_INCLUDED_ */
