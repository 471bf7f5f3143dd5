
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The version of the module: the one place that names it.  util/version
 * prints it; t/version.t compares it with CHANGELOG.md and debian/changelog.
 */


#ifndef _NGX_HTTP_PRINT_TASK_VERSION_H_INCLUDED_
#define _NGX_HTTP_PRINT_TASK_VERSION_H_INCLUDED_


#define NGX_HTTP_PRINT_TASK_VERSION  "1.0.0"


#endif /* _NGX_HTTP_PRINT_TASK_VERSION_H_INCLUDED_ */
