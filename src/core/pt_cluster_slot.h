
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Redis Cluster: the hash slot of a key, and the redirection errors of a node
 * (the Redis Cluster specification, "Key distribution model" and "Redirection
 * and resharding").
 */


#ifndef _PT_CLUSTER_SLOT_H_INCLUDED_
#define _PT_CLUSTER_SLOT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define PT_CLUSTER_SLOTS  16384


typedef struct {
    ngx_uint_t    slot;
    ngx_str_t     host;      /* slice of the error; empty: the host of the
                                node that sent the error; an IPv6 address has
                                no brackets */
    in_port_t     port;
    unsigned      ask:1;     /* ASK: for this command alone, after ASKING */
} pt_redirect_t;


/*
 * CRC16 modulo PT_CLUSTER_SLOTS.  If the key has a "{" and a later "}" with
 * text between them, only the text between the first of each counts: keys with
 * the same tag are in the same slot.
 */
ngx_uint_t pt_cluster_slot(const ngx_str_t *key);

/*
 * Reads "MOVED slot host:port" or "ASK slot host:port".  NGX_DECLINED: the
 * error is another one.
 */
ngx_int_t pt_redirect_read(const ngx_str_t *error, pt_redirect_t *redirect);


#endif /* _PT_CLUSTER_SLOT_H_INCLUDED_ */
