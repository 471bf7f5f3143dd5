# Requests of the PHP SDK of Microsoft Graph: a type at each level, and raw
# control characters, which are not JSON.

use lib 't/lib';
use PrintTask;

sub php {
    my ($body, @lines) = @_;

    return raw_patch($body, 'Accept: application/json',
                     'User-Agent: kiota-php/1.4.0',
                     'client-request-id: 8f2c5a1e-3b64-4d0f-9a57-1c0de0000001',
                     'SdkVersion: graph-php/2.21.0, graph-php-core/2.3.1, '
                     . '(featureUsage=0x0; hostOS=Linux; '
                     . 'runtimeEnvironment=PHP/8.2)', @lines,
                     'Connection: close');
}

run_tests();

__DATA__

=== an update
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
php('{"status":{"description":"completed","state":"completed"}}')
--- response_body_like: "state":"completed","description":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":"completed"}}



=== an update of an older version: types at each level
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
php('{"@odata.type":"#microsoft.graph.printTask","status":{"@odata.type":'
    . '"#microsoft.graph.printTaskStatus","description":"completed",'
    . '"state":"completed"}}')
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":"completed"}}



=== characters that it escapes, and others
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
php("{\"status\":{\"description\":\"a \\\"b\\\" \\\\ / \\r\\n\\t gr\xc3\xb6\xc3\x9fer\"}}")
--- error_code: 200
--- pt_backend_saw eval
"PATCH /print/taskDefinitions/d/tasks/t {\"status\":{\"description\":"
. "\"a \\\"b\\\" \\\\ / \\r\\n\\t gr\xc3\xb6\xc3\x9fer\"}}"



=== other control characters are sent raw: the error names them
--- pt_redis
HSET $key state processing rev 1
--- request eval
[map { patch("{\"status\":{\"description\":\"a${_}b\"}}") }
     "\x08", "\x0c", "\x1b[0m", "\x01"]
--- pt_refused: 400 jsonSyntax
--- pt_expect
HMGET $key state rev lease => processing 1 (nil)



=== text that is not UTF-8
--- raw_request eval
php("{\"status\":{\"description\":\"gr\xf6\xdfer\"}}")
--- pt_refused: 400 jsonEncoding



=== the task as it was read, with a new state
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
php('{"@odata.context":"https://print.example/$metadata#print","id":"t",'
    . '"parentUrl":"https://print.example/jobs/1","status":{"description":null,'
    . '"state":"aborted"}}')
--- error_code: 200
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"aborted","description":null}}



=== compressed, at the request of the application
--- pt_redis
HSET $key state processing rev 1
--- raw_request eval
php(gzip('{"status":{"state":"completed"}}'), 'Content-Encoding: gzip')
--- error_code: 200
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== over HTTP/2
--- http2
--- pt_redis
HSET $key state processing rev 1
--- request eval
patch('{"status":{"state":"completed"}}')
--- more_headers eval
auth_headers() . "Retry-Attempt: 1\n"
--- error_code: 200
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== it fails on a Retry-After that it cannot read, so it is a number
--- config eval
gateway_conf(extra => 'print_task_lease 75s 10ms;')
--- pt_redis
HSET $key state pending rev 1 lease other leaseUntil 99999999999999
--- raw_request eval
php('{"status":{"state":"completed"}}')
--- error_code: 503
--- raw_response_headers_like: \r\nRetry-After: [1-9]\d*\r\n
--- response_body_like: "code":"taskBusy"



=== it takes all from claims=" to the last quote, so there are no claims
--- raw_request eval
php('{"status":{"state":"completed"}}') =~ s/Bearer \S+/Bearer a.b.c/r
--- error_code: 401
--- raw_response_headers_like: \r\nWWW-Authenticate: Bearer
--- raw_response_headers_unlike: claims
