
/*
 * Copyright (C) The ngx_http_print_task_module authors
 */


/*
 * The table of reasons.  A reason says why a step refuses a request.  Its word
 * is "innerError.code" of the answer and the value of $print_task_reason; its
 * status is the status of the answer.  PT_OK is the only value that lets a
 * request pass.
 * Clients see the messages: a message says what is wrong and, where that helps,
 * what is accepted.
 * PT_REASON(name, word, status, message)
 */


#ifndef _PT_REASON_H_INCLUDED_
#define _PT_REASON_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>


#define PT_REASONS                                                            \
                                                                              \
    /* route */                                                               \
                                                                              \
    PT_REASON(PATH_INVALID, "pathInvalid", 400,                               \
        "The path is not plain: it has empty or dot segments, or bad escapes.")\
    PT_REASON(ID_INVALID, "idInvalid", 400,                                   \
        "An id in the path is too long, or has bytes besides A-Za-z0-9._~-.")  \
    PT_REASON(METHOD_OVERRIDE, "methodOverride", 400,                         \
        "Header fields that override the method are not accepted.")           \
    PT_REASON(TOO_EARLY, "tooEarly", 425,                                     \
        "A change is not accepted as early data of TLS.")                     \
    PT_REASON(METHOD_NOT_ALLOWED, "methodNotAllowed", 405,                    \
        "The method is not allowed for a print task.")                        \
    PT_REASON(NOT_CANONICAL_PATH, "notCanonicalPath", 405,                    \
        "A print task can be changed only through its print task definition.")\
    PT_REASON(BATCH_NOT_SUPPORTED, "batchNotSupported", 501,                  \
        "JSON batching is not supported. Send each request by itself.")       \
                                                                              \
    /* token */                                                               \
                                                                              \
    PT_REASON(TOKEN_MISSING, "tokenMissing", 401,                             \
        "The request has no bearer token.")                                   \
    PT_REASON(TOKEN_MALFORMED, "tokenMalformed", 401,                         \
        "The token is not a signed JSON Web Token.")                          \
    PT_REASON(TOKEN_TOO_LARGE, "tokenTooLarge", 401,                          \
        "The token is longer than 8192 bytes.")                               \
    PT_REASON(TOKEN_ALGORITHM, "tokenAlgorithm", 401,                         \
        "The token is not signed with RS256, PS256 or ES256.")                \
    PT_REASON(TOKEN_CRITICAL, "tokenCritical", 401,                           \
        "The token has a critical header parameter that is not supported.")   \
    PT_REASON(TOKEN_TYPE, "tokenType", 401,                                   \
        "The token is not an access token.")                                  \
    PT_REASON(TOKEN_KEY_UNKNOWN, "tokenKeyUnknown", 401,                      \
        "The key that signed the token is unknown.")                          \
    PT_REASON(KEYS_UNAVAILABLE, "keysUnavailable", 503,                       \
        "The keys that verify tokens are not available now.")                 \
    PT_REASON(TOKEN_SIGNATURE, "tokenSignature", 401,                         \
        "The signature of the token is not valid.")                           \
    PT_REASON(TOKEN_CLAIMS, "tokenClaims", 401,                               \
        "A claim of the token is missing or malformed.")                      \
    PT_REASON(TOKEN_EXPIRED, "tokenExpired", 401,                             \
        "The token has expired.")                                             \
    PT_REASON(TOKEN_NOT_YET_VALID, "tokenNotYetValid", 401,                   \
        "The token is not valid yet.")                                        \
    PT_REASON(TOKEN_ISSUER, "tokenIssuer", 401,                               \
        "The issuer of the token is not accepted.")                           \
    PT_REASON(TOKEN_AUDIENCE, "tokenAudience", 401,                           \
        "The audience of the token is not accepted.")                         \
    PT_REASON(TOKEN_REVOKED, "tokenRevoked", 401,                             \
        "The token is revoked.")                                              \
    PT_REASON(TOKEN_BOUND, "tokenBound", 401,                                 \
        "The token is not bound to the certificate of the client.")           \
    PT_REASON(TOKEN_DELEGATED, "tokenDelegated", 403,                         \
        "A delegated token may not change print tasks.")                      \
    PT_REASON(ROLE_MISSING, "roleMissing", 403,                               \
        "The application does not have the required role.")                   \
    PT_REASON(TENANT_NOT_ALLOWED, "tenantNotAllowed", 403,                    \
        "The tenant is not allowed.")                                         \
    PT_REASON(APP_NOT_ALLOWED, "appNotAllowed", 403,                          \
        "The application is not allowed.")                                    \
    PT_REASON(REQUIRE_FAILED, "requireFailed", 403,                           \
        "The application may not use this resource.")                         \
    PT_REASON(REQUIRE_NOT_FOUND, "requireNotFound", 404,                      \
        "The resource does not exist.")                                       \
                                                                              \
    /* body */                                                                \
                                                                              \
    PT_REASON(CONTENT_TYPE, "contentType", 415,                               \
        "The body must be application/json in UTF-8.")                        \
    PT_REASON(CONTENT_TYPE_REPEATED, "contentTypeRepeated", 400,              \
        "A header field that describes the body is repeated.")                \
    PT_REASON(CONTENT_ENCODING, "contentEncoding", 415,                       \
        "The body has an encoding other than gzip or identity.")              \
    PT_REASON(BODY_EMPTY, "bodyEmpty", 400,                                   \
        "The request has no body.")                                           \
    PT_REASON(BODY_TOO_LARGE, "bodyTooLarge", 413,                            \
        "The body is too large.")                                             \
    PT_REASON(BODY_COMPRESSION, "bodyCompression", 400,                       \
        "The compressed body is damaged, or compressed twice.")               \
                                                                              \
    /* update */                                                              \
                                                                              \
    PT_REASON(JSON_SYNTAX, "jsonSyntax", 400,                                 \
        "The body is not valid JSON.")                                        \
    PT_REASON(JSON_ENCODING, "jsonEncoding", 400,                             \
        "The body contains text that is not valid UTF-8.")                    \
    PT_REASON(JSON_DUPLICATE, "jsonDuplicate", 400,                           \
        "The body contains a property twice.")                                \
    PT_REASON(JSON_LIMIT, "jsonLimit", 400,                                   \
        "The body is nested too deeply or contains too many values.")         \
    PT_REASON(PROPERTY_UNKNOWN, "propertyUnknown", 400,                       \
        "The body contains a property that a print task does not have.")      \
    PT_REASON(PROPERTY_MISSING, "propertyMissing", 400,                       \
        "The body lacks the state of the print task.")                        \
    PT_REASON(PROPERTY_TYPE, "propertyType", 400,                             \
        "A property of the body has the wrong type.")                         \
    PT_REASON(ID_MISMATCH, "idMismatch", 400,                                 \
        "The id in the body is not the id in the path.")                      \
    PT_REASON(STATE_INVALID, "stateInvalid", 400,                             \
        "The state is not pending, processing, completed or aborted.")        \
    PT_REASON(DESCRIPTION_TOO_LONG, "descriptionTooLong", 400,                \
        "The description is longer than 1024 bytes.")                         \
    PT_REASON(PARENT_URL_TOO_LONG, "parentUrlTooLong", 400,                   \
        "The parent URL is longer than 2048 bytes.")                          \
    PT_REASON(OWNER_INVALID, "ownerInvalid", 400,                             \
        "The id of the application that owns the print task is not valid.")   \
    PT_REASON(QUERY_NOT_SUPPORTED, "queryNotSupported", 400,                  \
        "A query option is unknown, repeated, or has a wrong value")          \
    PT_REASON(LIST_NOT_SUPPORTED, "listNotSupported", 501,                    \
        "This server does not list print tasks.")                             \
    PT_REASON(NESTED_TASKS, "nestedTasks", 400,                               \
        "A print task cannot be changed through another resource.")           \
    PT_REASON(CONTENT_RANGE, "contentRange", 400,                             \
        "PUT replaces the whole print task. Content-Range is not accepted.")  \
                                                                              \
    /* decide */                                                              \
                                                                              \
    PT_REASON(TRANSITION_NOT_ALLOWED, "transitionNotAllowed", 409,            \
        "The state of the print task may not be changed in this way")         \
    PT_REASON(TASK_FINAL, "taskFinal", 409,                                   \
        "The print task has ended and may not be changed")                    \
    PT_REASON(TASK_NOT_FOUND, "taskNotFound", 404,                            \
        "The print task does not exist.")                                     \
    PT_REASON(TASK_EXISTS, "taskExists", 412,                                 \
        "The print task exists already.")                                     \
    PT_REASON(CONDITION_FAILED, "conditionFailed", 412,                       \
        "The print task has another version than the condition names.")       \
                                                                              \
    /* store and back end */                                                  \
                                                                              \
    PT_REASON(TASK_BUSY, "taskBusy", 503,                                     \
        "Another request is changing the print task.")                        \
    PT_REASON(STORE_DOWN, "storeDown", 503,                                   \
        "The state of the print task is not available now.")                  \
    PT_REASON(QUEUE_FULL, "queueFull", 503,                                   \
        "Too many requests wait for the state of print tasks.")               \
    PT_REASON(STORE_FULL, "storeFull", 503,                                  \
        "The server has no memory for another print task.")                   \
    PT_REASON(REFETCH_REFUSED, "refetchRefused", 403,                         \
        "The back end does not allow the application to read the print task.")\
    PT_REASON(REFETCH_UNAUTHORIZED, "refetchUnauthorized", 401,               \
        "The back end does not accept the token.")                            \
    PT_REASON(REFETCH_THROTTLED, "refetchThrottled", 503,                     \
        "The back end is busy.")                                              \
    PT_REASON(REFETCH_FAILED, "refetchFailed", 502,                           \
        "The back end did not return the state of the print task.")           \
    PT_REASON(REFETCH_TIMEOUT, "refetchTimeout", 504,                         \
        "The back end did not return the state of the print task in time.")   \
                                                                              \
    /* gate */                                                                \
                                                                              \
    PT_REASON(NOT_CHECKED, "notChecked", 503,                                 \
        "The request was not checked, so no back end gets it.")               \
    PT_REASON(REQUEST_CHANGED, "requestChanged", 500,                         \
        "The request for the back end differs from the one that was checked.")\
                                                                              \
    PT_REASON(INTERNAL, "internal", 500,                                      \
        "The request could not be processed.")


#define PT_REASON(name, word, status, message)  PT_##name,

typedef enum {
    PT_OK = 0,
    PT_REASONS
    PT_REASON_N
} pt_reason_e;

#undef PT_REASON


typedef struct {
    ngx_str_t    word;           /* "innerError.code", $print_task_reason */
    ngx_uint_t   status;         /* HTTP status */
    ngx_str_t    message;        /* "error.message" */
} pt_reason_t;


/* by pt_reason_e */
extern const pt_reason_t  pt_reasons[PT_REASON_N];

typedef struct {
    ngx_uint_t   status;
    ngx_str_t    code;           /* "error.code": the reason phrase in
                                    camelCase, as the Microsoft Graph
                                    guidelines define it */
    ngx_str_t    message;        /* "error.message" of an error without a
                                    reason */
} pt_status_t;


/* never NULL: statuses outside the table share one entry */
const pt_status_t *pt_status(ngx_uint_t status);


#endif /* _PT_REASON_H_INCLUDED_ */
