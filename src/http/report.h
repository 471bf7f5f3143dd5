
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Writes all metrics. */


#ifndef _NGX_HTTP_PRINT_TASK_HTTP_REPORT_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_HTTP_REPORT_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "core/pt_exposition.h"


/* NULL: no memory */
ngx_buf_t *ngx_http_print_task_report(ngx_http_request_t *r,
    pt_format_e format);


#endif /* _NGX_HTTP_PRINT_TASK_HTTP_REPORT_H_INCLUDED_ */
