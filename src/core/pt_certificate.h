
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* the certificate of a client, as variables and proxies spell it */


#ifndef _PT_CERTIFICATE_H_INCLUDED_
#define _PT_CERTIFICATE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define PT_CERTIFICATE_MAX     16384    /* bytes of a value */
#define PT_CERTIFICATE_DIGEST  32       /* bytes of SHA-256 */


/*
 * SHA-256 of the DER of one certificate, whose value is
 *
 *   - PEM, as in $ssl_client_raw_cert;
 *   - the same with "%0A" and the like, as in $ssl_client_escaped_cert;
 *   - base64 between two colons, as in the field Client-Cert (RFC 9440);
 *   - base64 alone, as in the field X-ARR-ClientCert.
 *
 * White space in base64 is skipped.  NGX_DECLINED if the value is anything
 * else, or longer than PT_CERTIFICATE_MAX; NGX_ERROR if OpenSSL failed.  What
 * is in the DER is not looked at.
 */
ngx_int_t pt_certificate_digest(const ngx_str_t *value, u_char *digest);


#endif /* _PT_CERTIFICATE_H_INCLUDED_ */
