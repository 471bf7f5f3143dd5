# A record that is absent or distrusted: the back end is asked for the task.

use lib 't/lib';
use PrintTask;

run_tests();

__DATA__

=== an unknown task is fetched by GET, then the change is made
--- pt_backend eval
backend(GET => [200, task('t', 'processing')])
--- error_code: 200
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_expect
HMGET $key state app => completed $PrintTask::app
HEXISTS $key lease => 0



=== a refetched state is kept, also if the change is refused
--- pt_backend eval
backend(GET => [200, task('t', 'aborted', 'jam')])
--- request eval
[(patch()) x 3]
--- pt_refused: 409 transitionNotAllowed
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
--- pt_expect
HMGET $key state description app => aborted jam $PrintTask::app
HEXISTS $key lease => 0



=== strings that were escaped are kept, whatever is read after them
--- pt_backend eval
backend(GET => [200, '{"id":"t","parentUrl":"https:\/\/print.example\/\u0031",'
                     . '"status":{"state":"pending","description":"\u004cong"}}'],
        PATCH => [200, '{"n":0,"note":"\u0061nother text in their place"}'])
--- request eval
patch('{"status":{"description":"\u0053hort","state":"processing"}}')
--- error_code: 200
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"processing","description":"Short"}}
--- pt_expect
HMGET $key state description parentUrl => processing Short https://print.example/1



=== a repeat of a refetched state is answered with the task of the back end
--- pt_backend eval
backend(GET => [200, task('t', 'completed', 'done')])
--- request eval
patch('{"status":{"state":"completed","description":"done"}}')
--- error_code: 200
--- response_body: {"id":"t","parentUrl":"https://print.example/jobs/1","status":{"state":"completed","description":"done"}}
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t



=== the GET comes with the fence of the change that it is for
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_3',
    extra => 'proxy_set_header X-Fence $print_task_fence;')
--- pt_redis
HSET $key rev 41
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^GET .*\r\nX-Fence: 42\r\n/s
--- tcp_reply eval: "HTTP/1.0 404 Not Found\x0d\x0a\x0d\x0a"
--- pt_refused: 404 taskNotFound



=== the GET has the client's header fields, except those of the body
--- more_headers eval
auth_headers() . "Accept-Encoding: gzip\nIf-Match: \"1\"\nPrefer: return=minimal\nRange: bytes=0-1\nX-Own: 1\nContent-Encoding: identity"
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_3')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval
qr/\AGET \/print\/taskDefinitions\/d\/tasks\/t HTTP\/1.[01]\r\n(?!.*(?:Accept-Encoding|If-Match|Prefer|Range|Content-|Transfer-)).*X-Own: 1\r\n\r\n\z/s
--- tcp_reply eval: "HTTP/1.0 404 Not Found\x0d\x0a\x0d\x0a"
--- pt_refused: 404 taskNotFound



=== GET and PATCH have separate values of variables
--- config eval
gateway_conf(extra => 'proxy_set_header Prefer $http_prefer;
    proxy_set_header X-Type "$content_type $content_length $request_method";')
--- more_headers eval
auth_headers() . "Prefer: return=minimal\n"
--- request eval
patch('{ "status": {"state": "completed"} }')
--- error_code: 200
--- pt_backend_fields
Prefer: return=minimal
X-Type: application/json 32 PATCH



=== the arguments of the PATCH are not those of the GET
--- request eval
patch_uri('/print/taskDefinitions/d/tasks/t?$select=id', '{"status":{"state":"completed"}}')
--- error_code: 200
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t?$select=id {"status":{"state":"completed"}}



=== the path goes to the back end as the client spelled it
--- request eval
patch_uri("/PRINT/taskDefinitions('d')/tasks('t')", '{"status":{"state":"completed"}}')
--- config eval
gateway_conf(path => '/PRINT/')
--- error_code: 200
--- pt_backend_saw
GET /PRINT/taskDefinitions('d')/tasks('t')
PATCH /PRINT/taskDefinitions('d')/tasks('t') {"status":{"state":"completed"}}



=== a rewritten path is rewritten once
--- config eval
gateway_conf(path => '/api/', extra => 'rewrite ^/api(/.*)$ $1 break;')
--- request eval
patch_uri('/api/print/taskDefinitions/d/tasks/t', '{"status":{"state":"completed"}}')
--- error_code: 200
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== 404 and 410 of the back end are 404
--- pt_backend eval
backend(GET => [410, '{}'])
--- pt_refused: 404 taskNotFound
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 0



=== 401 and 403 of the back end
--- pt_backend
location / { return 403; }
--- pt_refused: 403 refetchRefused
--- pt_expect
HEXISTS $key lease => 0



=== 429 and 503 of the back end are 503, with its Retry-After
--- pt_backend eval
backend(GET => [429, '{}', 'Retry-After' => '17'])
--- pt_refused: 503 refetchThrottled
--- response_headers
Retry-After: 17
--- pt_expect
HEXISTS $key lease => 0



=== a Retry-After that clients cannot use is not passed on
--- pt_backend eval
backend(GET => [503, '{}', 'Retry-After' => '0'])
--- pt_refused: 503 refetchThrottled
--- response_headers
Retry-After: 1



=== 500 of the back end is 502
--- pt_backend eval
backend(GET => [500, '{}'])
--- pt_refused: 502 refetchFailed
--- pt_expect
HEXISTS $key lease => 0



=== no back end is 502
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_3')
--- pt_refused: 502 refetchFailed
--- pt_expect
HEXISTS $key lease => 0



=== a time-out is 504, and no change is sent
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_3',
             extra => 'proxy_read_timeout 100ms;')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply_delay: 3
--- tcp_reply: late
--- pt_refused: 504 refetchTimeout
--- pt_expect
HEXISTS $key lease => 0



=== another task in the answer is no proof
--- pt_backend eval
backend(GET => [200, task('other', 'pending')])
--- pt_refused: 502 refetchFailed



=== an unknown state is no proof
--- pt_backend eval
backend(GET => [200, task('t', 'unknownFutureValue')])
--- pt_refused: 502 refetchFailed



=== HTML is no proof
--- pt_backend eval
backend(GET => [200, '<html>please log in</html>'])
--- pt_refused: 502 refetchFailed



=== an answer that is too large is no proof
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_3')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval
"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n"
. '{"id":"t","status":{"state":"pending"},"x":"' . 'x' x 65536 . '"}'
--- pt_refused: 502 refetchFailed
--- pt_expect
HEXISTS $key lease => 0



=== an answer that is larger than nginx's buffer for subrequests is read
--- config eval
gateway_conf(extra => 'subrequest_output_buffer_size 100;')
--- pt_backend eval
backend(GET => [200, '{"id":"t","status":{"state":"pending"},"x":"' . 'x' x 3000 . '"}'])
--- error_code: 200
--- pt_expect
HGET $key state => completed



=== a back end that answers with more than a printTask
--- pt_backend eval
backend(GET => [200, '{"@odata.context":"c","id":"T","createdDateTime":"x","status":{"state":"0","description":null,"isAcquiredByPrinter":true}}' =~ s/"T"/"t"/r])
--- error_code: 200
--- pt_expect
HGET $key state => completed



=== the operator's error pages are not for the GET
--- config eval
gateway_conf(extra => 'proxy_intercept_errors on; error_page 404 = @none;')
. 'location @none { return 200 \'{"id":"t","status":{"state":"pending"}}\'; }'
--- pt_backend eval
backend(GET => [404, '{}'])
--- error_code: 200
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
--- pt_expect
HEXISTS $key state => 0



=== a location with error_page in a server with print_task keeps to its own
--- config eval
gateway_conf(extra => 'error_page 404 /none.html;')
. 'location = /none.html { return 418 "no such task"; }'
--- pt_backend eval
backend(GET => [404, '{}'])
--- error_code: 404
--- response_body: no such task



=== variables of the operator are left alone, whatever they are called
--- config eval
gateway_conf(pass => '$content_backend',
             extra => 'set $content_backend http://$PrintTask::backend;')
--- error_code: 200
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
