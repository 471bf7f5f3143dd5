
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* Ids of definitions and tasks. */


#ifndef _PT_ROUTE_ID_H_INCLUDED_
#define _PT_ROUTE_ID_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define PT_ID_MAX  128                  /* bytes of an id, decoded */


/* A-Z a-z 0-9 . _ ~ - in lower case; other bytes are 0 */
extern const u_char  pt_route_lowcase[256];

#define pt_route_is_id_char(ch)  (pt_route_lowcase[ch])


/* 1-128 of these characters, not only dots */
ngx_uint_t pt_route_id(const ngx_str_t *id);

/* 32 hexadecimal digits in the five groups of a GUID */
ngx_uint_t pt_route_is_guid(const ngx_str_t *id);

/*
 * Copies an id in the form of store keys: GUIDs in lower case, because they are
 * compared without regard to case.  Returns the end of the copy.
 */
u_char *pt_route_id_key(u_char *dst, const ngx_str_t *id);


#endif /* _PT_ROUTE_ID_H_INCLUDED_ */
