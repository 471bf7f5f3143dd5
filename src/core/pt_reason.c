
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/* The tables of reasons and of HTTP statuses. */


#include "pt_reason.h"


#define PT_REASON(name, word, status, message)                                \
    { ngx_string(word), status, ngx_string(message) },

const pt_reason_t  pt_reasons[PT_REASON_N] = {
    { ngx_null_string, 0, ngx_null_string },
    PT_REASONS
};

#undef PT_REASON


static const pt_status_t  pt_statuses[] = {

    { 400, ngx_string("badRequest"),
      ngx_string("The request is not valid.") },

    { 401, ngx_string("unauthorized"),
      ngx_string("The request is not authorized.") },

    { 402, ngx_string("paymentRequired"),
      ngx_string("The request could not be processed.") },

    { 403, ngx_string("forbidden"),
      ngx_string("The request is not allowed.") },

    { 404, ngx_string("notFound"),
      ngx_string("The resource does not exist.") },

    { 405, ngx_string("methodNotAllowed"),
      ngx_string("The method is not allowed.") },

    { 406, ngx_string("notAcceptable"),
      ngx_string("The response cannot be given in an accepted form.") },

    { 408, ngx_string("requestTimeout"),
      ngx_string("The request did not arrive in time.") },

    { 409, ngx_string("conflict"),
      ngx_string("The request conflicts with the state of the resource.") },

    { 410, ngx_string("gone"),
      ngx_string("The resource does not exist any more.") },

    { 411, ngx_string("lengthRequired"),
      ngx_string("The length of the body is missing.") },

    { 412, ngx_string("preconditionFailed"),
      ngx_string("A precondition of the request is not met.") },

    { 413, ngx_string("contentTooLarge"),
      ngx_string("The body is too large.") },

    { 414, ngx_string("uriTooLong"),
      ngx_string("The URI of the request is too long.") },

    { 415, ngx_string("unsupportedMediaType"),
      ngx_string("The form of the body is not supported.") },

    { 416, ngx_string("rangeNotSatisfiable"),
      ngx_string("The range is not available.") },

    { 421, ngx_string("misdirectedRequest"),
      ngx_string("The request was sent to the wrong server.") },

    { 422, ngx_string("unprocessableContent"),
      ngx_string("The body could not be processed.") },

    { 425, ngx_string("tooEarly"),
      ngx_string("The request may have been sent by someone else.") },

    { 428, ngx_string("preconditionRequired"),
      ngx_string("A precondition is required.") },

    { 429, ngx_string("tooManyRequests"),
      ngx_string("There are too many requests.") },

    { 431, ngx_string("requestHeaderFieldsTooLarge"),
      ngx_string("The header of the request is too large.") },

    { 500, ngx_string("internalServerError"),
      ngx_string("The request could not be processed.") },

    { 501, ngx_string("notImplemented"),
      ngx_string("The request is not supported.") },

    { 502, ngx_string("badGateway"),
      ngx_string("The back end could not be reached.") },

    { 503, ngx_string("serviceUnavailable"),
      ngx_string("The service is not available now.") },

    { 504, ngx_string("gatewayTimeout"),
      ngx_string("The back end did not answer in time.") },

    { 505, ngx_string("httpVersionNotSupported"),
      ngx_string("The version of HTTP is not supported.") },

    { 507, ngx_string("insufficientStorage"),
      ngx_string("The request could not be stored.") },

    { 0, ngx_string("error"),
      ngx_string("The request could not be processed.") }
};


const pt_status_t *
pt_status(ngx_uint_t status)
{
    const pt_status_t  *s;

    for (s = pt_statuses; s->status != 0; s++) {
        if (s->status == status) {
            break;
        }
    }

    return s;
}
