# Requests of the Go SDK of Microsoft Graph: every body is gzip.  In a retry,
# the Content-Encoding may be wrong and the length is missing.

use lib 't/lib';
use PrintTask;

our $Json = '{"status":{"description":"completed","state":"completed"}}';

sub go {
    my ($body, @lines) = @_;

    return raw_patch($body, 'User-Agent: kiota-go/1.5.6',
                     'Accept: application/json',
                     'Client-Request-Id: 0e0a6a9c-7d52-4a0e-9d0c-1c0de0000001',
                     'Sdkversion: graph-go/1.61.0, graph-go-core/1.4.1',
                     'Accept-Encoding: gzip', @lines, 'Connection: close');
}

sub canonical {
    return 'PATCH ' . task_uri()
           . ' {"status":{"state":"completed","description":"completed"}}';
}

run_tests();

__DATA__

=== an update, compressed
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
go(gzip($main::Json), 'Content-Encoding: gzip')
--- response_headers
Client-Request-Id: 0e0a6a9c-7d52-4a0e-9d0c-1c0de0000001
Content-Type: application/json
--- response_body_like: "state":"completed","description":"completed"
--- pt_backend_saw eval
canonical()
--- pt_backend_fields
Content-Length: 58
Content-Encoding: -
Accept-Encoding: -
Sdkversion: graph-go/1.61.0, graph-go-core/1.4.1



=== the same after a 503, if compression comes after the retry: compressed anew
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
go(gzip($main::Json), 'Content-Encoding: gzip', 'Retry-Attempt: 1')
--- response_body_like: "state":"completed"
--- pt_backend_saw eval
canonical()



=== the other way round: plain JSON in chunks, under the label of gzip
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
go(chunks($main::Json), 'Content-Encoding: gzip', 'Retry-Attempt: 1',
   'Transfer-Encoding: chunked')
--- response_body_like: "state":"completed"
--- pt_backend_saw eval
canonical()
--- pt_backend_fields
Content-Length: 58
Content-Encoding: -
Transfer-Encoding: -



=== after a 415: plain JSON in chunks
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
go(chunks($main::Json), 'Transfer-Encoding: chunked')
--- response_body_like: "state":"completed"
--- pt_backend_saw eval
canonical()



=== a retry of a change that was made is answered, and nothing is changed
--- pt_redis
HSET $key state completed description completed rev 7 app $PrintTask::app
--- raw_request eval
go(chunks($main::Json), 'Content-Encoding: gzip', 'Retry-Attempt: 2',
   'Transfer-Encoding: chunked')
--- response_body_like: "state":"completed","description":"completed"
--- pt_backend_saw
--- pt_expect
HGET $key rev => 7



=== the task as it was read, with a new state
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
go(gzip('{"id":"t","parentUrl":"https://print.example/jobs/1","status":{'
        . '"description":"completed","state":"completed"},"@odata.context":"'
        . 'https://print.example/v1.0/$metadata#print/x/$entity"}'),
   'Content-Encoding: gzip')
--- response_body_like: "state":"completed"
--- pt_backend_saw eval
canonical()



=== over HTTP/2, as with TLS
--- http2
--- pt_redis
HSET $key state processing rev 1
--- request eval
patch(gzip($main::Json))
--- more_headers eval
auth_headers() . "Content-Encoding: gzip\nSdkversion: graph-go/1.61.0\n"
--- response_body_like: "state":"completed"
--- pt_backend_saw eval
canonical()



=== a refusal has the date in 19 characters: otherwise all of the error is lost
--- pt_redis
HSET $key state aborted rev 1 app $PrintTask::app
--- raw_request eval
go(gzip($main::Json), 'Content-Encoding: gzip')
--- error_code: 409
--- response_headers
Content-Type: application/json
--- response_body_like chomp
^\{"error":\{"code":"conflict",.*"innerError":\{"code":"transitionNotAllowed","date":"[-0-9]{10}T[:0-9]{8}",



=== a busy task: a time to wait, which the client does not cap
--- config eval
gateway_conf(extra => 'print_task_lease 75s 10ms;')
--- pt_redis
HSET $key state processing rev 1 lease other leaseUntil 99999999999999
--- raw_request eval
go(gzip($main::Json), 'Content-Encoding: gzip')
--- error_code: 503
--- response_headers
Retry-After: 60
--- response_body_like: "code":"serviceUnavailable".*"code":"taskBusy"



=== the challenge does not end the client: no part of it begins with "claims"
--- request eval
[(patch($main::Json)) x 4]
--- more_headers eval
['', auth_headers(exp => -3600), auth_headers(claims => { roles => ['x'] }),
 auth_headers(claims => { aud => 'x' })]
--- error_code eval
[401, 401, 403, 401]
--- response_headers_like eval
[('WWW-Authenticate: Bearer realm="print"(?:, (?!claims)\w+="[^",]*")*') x 4]
