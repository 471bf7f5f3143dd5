
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The directives of the module. */


#ifndef _NGX_HTTP_PRINT_TASK_CONF_DIRECTIVES_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_CONF_DIRECTIVES_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


extern ngx_command_t  ngx_http_print_task_commands[];


#endif /* _NGX_HTTP_PRINT_TASK_CONF_DIRECTIVES_H_INCLUDED_ */
