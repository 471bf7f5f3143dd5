
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* counts requests */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_COUNT_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_COUNT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_metrics.h"
#include "conf/conf.h"


/* of the LOG phase, which each request comes to once, whatever its end */
ngx_int_t ngx_http_print_task_log_handler(ngx_http_request_t *r);


/* what requests of a location are counted as */
pt_mode_e ngx_http_print_task_mode(const ngx_http_print_task_loc_conf_t *conf);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_COUNT_H_INCLUDED_ */
