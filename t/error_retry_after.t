# Retry-After: clients wait for that time, and some fail on a value that is
# not a number of seconds.

use lib 't/lib';
use PrintTask;

run_tests();

__DATA__

=== the task is busy
--- config eval
gateway_conf(extra => 'print_task_lease 75s 10ms;')
--- pt_redis
HSET $key state pending rev 1 lease other leaseUntil 99999999999999
--- response_headers
Retry-After: 60
--- pt_refused: 503 taskBusy



=== the store is down, and print_task_store_down is reject
--- http_config eval
http_conf(redis => 'unix:/nonexistent/redis.sock')
--- config eval
gateway_conf(extra => 'print_task_store_down reject;')
--- response_headers
Retry-After: 1
--- pt_refused: 503 storeDown
--- pt_allow: crit



=== limit_req
--- http_config eval
http_conf(extra => 'limit_req_zone $print_task_app_id zone=r:64k rate=1r/m;')
--- config eval
gateway_conf(extra => 'limit_req zone=r;')
--- request eval
[('GET /print/taskDefinitions') x 2]
--- error_code eval
[200, 503]
--- response_headers eval
['! Retry-After', "Retry-After: 1\nContent-Type: application/json"]
--- response_body_like eval
['', '^\{"error":\{"code":"serviceUnavailable",.*"innerError":\{"date":']



=== limit_req with limit_req_status 429
--- http_config eval
http_conf(extra => 'limit_req_zone $print_task_app_id zone=r:64k rate=1r/m;')
--- config eval
gateway_conf(extra => 'limit_req zone=r; limit_req_status 429;')
--- pt_redis
HSET $key state pending rev 1
--- request eval
[patch(), patch()]
--- error_code eval
[200, 429]
--- response_headers eval
['! Retry-After', "Retry-After: 1\nContent-Type: application/json"]
--- response_body_like eval
['"completed"', '^\{"error":\{"code":"tooManyRequests",']
--- pt_expect
HGET $key rev => 2



=== limit_conn, of a request that comes back to its gateway
--- http_config eval
http_conf(extra => 'limit_conn_zone $print_task_app_id zone=c:64k;')
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_SERVER_PORT',
             extra => 'limit_conn c 1; limit_conn_status 429;')
--- request
GET /print/taskDefinitions
--- response_headers
Retry-After: 1
--- pt_refused: 429 -



=== an operator's own "return 503"
--- config eval
gateway_conf(extra => 'return 503;')
--- response_headers
Retry-After: 1
--- pt_refused: 503 -



=== the operator's own time is kept
--- config eval
gateway_conf(extra => 'add_header Retry-After 120 always; return 503;')
--- response_headers
Retry-After: 120
--- pt_refused: 503 -



=== the back end's time is kept
--- pt_redis
HSET $key state pending rev 1
--- pt_backend eval
backend(PATCH => [503, 'busy', 'Retry-After' => '17'])
--- error_code: 503
--- response_headers
Retry-After: 17
--- response_body chomp
busy



=== a back end that gives no time
--- pt_redis
HSET $key state pending rev 1
--- pt_backend eval
backend(PATCH => [429, 'busy'])
--- error_code: 429
--- response_headers
Retry-After: 1
--- response_body chomp
busy



=== 0 seconds are no time
--- pt_redis
HSET $key state pending rev 1
--- pt_backend eval
backend(PATCH => [503, 'busy', 'Retry-After' => '0'])
--- error_code: 503
--- response_headers
Retry-After: 1



=== one is left of several, the first that is a time
--- pt_redis
HSET $key state pending rev 1
--- pt_backend eval
join "\n", map { "location /$_->[0]/ {" . join(' ', map { "add_header Retry-After '$_' always;" }
                                         @$_[1 .. $#$_]) . 'return 503; }' }
     ['a', 0, 'soon', 7, 9], ['b', 'soon', '-1'],
     ['c', 5, 'Tue, 15 Nov 2044 12:45:26 GMT']
--- config eval
gateway_conf(pass => 'http://$PrintTask::backend/$arg_x$uri')
--- request eval
[map { "GET /print/connectors?x=$_" } qw(a b c)]
--- error_code eval: [503, 503, 503]
--- raw_response_headers_like eval
[map { qr/\A(?!.*Retry-After.*Retry-After).*^Retry-After: $_\r$/ims } 7, 1, 5]



=== the time that the question for the state was answered with
--- pt_backend eval
backend(GET => [429, '{}', 'Retry-After' => '9'])
--- response_headers
Retry-After: 9
--- pt_refused: 503 refetchThrottled
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t



=== ... if it is one
--- pt_backend
location / { add_header Retry-After $http_x_time always; return 503 ""; }
--- request eval
[(patch()) x 5]
--- more_headers eval
[map { auth_headers() . "X-Time: $_\n" }
     '0', '-1', '1.5', 'Mon, 23 Nov 2037 00:00:00 GMT', 'x']
--- response_headers
Retry-After: 1
--- pt_refused: 503 refetchThrottled



=== 502 and 504 have no Retry-After
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_4')
--- pt_redis
HSET $key state pending rev 1
--- response_headers
! Retry-After
--- pt_refused: 502 -



=== HTTP/1.0 and HEAD
--- config eval
gateway_conf(extra => 'return 503;')
--- request
HEAD /print/taskDefinitions/d/tasks/t HTTP/1.0
--- error_code: 503
--- response_headers
Retry-After: 1



=== other locations are left alone
--- config
location /print/ { return 503; }
--- error_code: 503
--- response_headers
Content-Type: text/html
! Retry-After
