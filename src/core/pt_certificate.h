
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * Reads a client certificate in the forms of nginx's variables and of proxies.
 */


#ifndef _PT_CERTIFICATE_H_INCLUDED_
#define _PT_CERTIFICATE_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define PT_CERTIFICATE_MAX     16384    /* bytes of a value */
#define PT_CERTIFICATE_DIGEST  32       /* bytes of SHA-256 */


/*
 * SHA-256 of the DER of one certificate.  The value has one of these forms:
 *   - PEM, as in $ssl_client_raw_cert;
 *   - PEM with "%0A" and other escapes, as in $ssl_client_escaped_cert;
 *   - base64 between two colons, as in the field Client-Cert (RFC 9440);
 *   - base64 alone, as in the field X-ARR-ClientCert.
 * White space within base64 is skipped.  NGX_DECLINED: the value has another
 * form or is longer than PT_CERTIFICATE_MAX.  NGX_ERROR: OpenSSL failed.  The
 * content of the DER is not checked: the caller compares digests only.
 */
ngx_int_t pt_certificate_digest(const ngx_str_t *value, u_char *digest);


#endif /* _PT_CERTIFICATE_H_INCLUDED_ */
