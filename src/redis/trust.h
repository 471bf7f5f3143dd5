
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* What the workers know together about a server. */


#ifndef _NGX_HTTP_PRINT_TASK_REDIS_TRUST_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_REDIS_TRUST_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>

#include "store/store.h"
#include "redis/conf.h"


/* args: as for ngx_http_print_task_store_redis_create() */
ngx_int_t ngx_http_print_task_redis_trust_add(ngx_conf_t *cf,
    ngx_array_t *args, ngx_http_print_task_redis_conf_t *conf);

/* a worker is without a server now, or was until now */
void ngx_http_print_task_redis_trust_lost(
    ngx_http_print_task_redis_conf_t *conf);

/* the time that its clock should show for leases of this length; 0: unknown */
uint64_t ngx_http_print_task_redis_trust_expected(
    ngx_http_print_task_redis_conf_t *conf, ngx_msec_t lease);

/*
 * A snapshot is the reply to a command that was sent at that time.  Checks the
 * clock of the server and sets op->distrusted.  margin: how much later than one
 * worker another one may find out that the server works.
 */
void ngx_http_print_task_redis_trust_answer(
    ngx_http_print_task_redis_conf_t *conf, const ngx_str_t *server,
    ngx_msec_t sent_at, ngx_msec_t margin, ngx_http_print_task_op_t *op);


#endif /* _NGX_HTTP_PRINT_TASK_REDIS_TRUST_H_INCLUDED_ */
