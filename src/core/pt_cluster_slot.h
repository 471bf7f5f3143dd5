
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Redis Cluster: the hash slot of a key, and the errors by which a node says
 * which other node has it (the Redis Cluster specification, "Key distribution
 * model" and "Redirection and resharding").
 */


#ifndef _PT_CLUSTER_SLOT_H_INCLUDED_
#define _PT_CLUSTER_SLOT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define PT_CLUSTER_SLOTS  16384


typedef struct {
    ngx_uint_t    slot;
    ngx_str_t     host;      /* of the text; empty: that of the node that
                                says so; an IPv6 address has no brackets */
    in_port_t     port;
    unsigned      ask:1;     /* for this command alone, after ASKING */
} pt_redirect_t;


/*
 * CRC16 of the key, or, where it has a "{" and a later "}" with something
 * between them, of what is between the first two of these; modulo
 * PT_CLUSTER_SLOTS.
 */
ngx_uint_t pt_cluster_slot(const ngx_str_t *key);

/*
 * "MOVED slot host:port" or "ASK slot host:port".  NGX_DECLINED: this is
 * neither.
 */
ngx_int_t pt_redirect_read(const ngx_str_t *error, pt_redirect_t *redirect);


#endif /* _PT_CLUSTER_SLOT_H_INCLUDED_ */
