
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Counts requests. */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_COUNT_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_COUNT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_metrics.h"
#include "conf/conf.h"


/* runs in the LOG phase, which each request enters exactly once */
ngx_int_t ngx_http_print_task_log_handler(ngx_http_request_t *r);


/* the mode that requests of a location are counted under */

static ngx_inline pt_mode_e
ngx_http_print_task_mode(const ngx_http_print_task_loc_conf_t *conf)
{
    return conf->dry_run ? PT_MODE_DRY_RUN
           : (conf->mode == NGX_HTTP_PRINT_TASK_ANSWER) ? PT_MODE_ANSWER
           : PT_MODE_FORWARD;
}


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_COUNT_H_INCLUDED_ */
