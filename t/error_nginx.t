# nginx's own errors for requests of a print_task location, and of others.

use lib 't/lib';
use PrintTask;

run_tests();

__DATA__

=== 502: no server listens
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_4')
--- pt_redis
HSET $key state pending rev 1
--- pt_refused: 502 -
--- pt_expect
HMGET $key state rev lease => pending 1 (nil)



=== 502 for GET, too
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_4')
--- request
GET /print/taskDefinitions/d/tasks/t
--- pt_refused: 502 -



=== 502: an answer that is not HTTP, and the task is held
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_4')
--- pt_redis
HSET $key state pending rev 1
--- tcp_listen: $TEST_NGINX_RAND_PORT_4
--- tcp_reply eval
"HTTP/1.1 200 OK\r\nX-\0: 1\r\n\r\n"
--- pt_refused: 502 -
--- pt_expect
HGET $key state => (nil)
HEXISTS $key lease => 1



=== 504: no answer in time
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_4',
             extra => 'proxy_read_timeout 50ms;')
--- request
GET /print/taskDefinitions
--- tcp_listen: $TEST_NGINX_RAND_PORT_4
--- tcp_reply eval
""
--- tcp_reply_delay: 500ms
--- pt_refused: 504 -



=== 503, 403, 404 of other modules
--- config
location /print/1/ { print_task forward; return 503; }
location /print/2/ { print_task forward; deny all; }
location /print/3/ { print_task forward; root html; }
--- request eval
[map { "GET /print/$_/x" } 1 .. 3]
--- pt_refused
503 -
403 -
404 -



=== 405: a method that the content handler does not know
--- config
location /print/ { print_task forward; root html; }
--- user_files
>>> print/taskDefinitions
[]
--- request
POST /print/taskDefinitions
{}
--- pt_refused: 405 -



=== 401 of another module keeps its own challenge
--- config
location /print/ {
    print_task forward;
    auth_basic print;
    auth_basic_user_file /dev/null;
    root html;
}
--- request
GET /print/taskDefinitions
--- error_code: 401
--- response_body_like: ^\{"error":\{"code":"unauthorized",.*"innerError":\{"date":
--- response_headers_like
WWW-Authenticate: Basic .*



=== 500: a loop of internal redirects
--- config
location /print/ { print_task forward; rewrite ^ /print/x; }
--- request
GET /print/taskDefinitions
--- pt_refused: 500 -



=== statuses that have no entry of their own
--- config eval
gateway_conf(extra => 'return 451;')
--- error_code: 451
--- response_headers
Content-Type: application/json
--- response_body_like: ^\{"error":\{"code":"error","message":"[^"]+","innerError":\{"date":



=== a status with a text of the operator is left alone
--- config eval
gateway_conf(extra => 'return 403 "closed";')
--- error_code: 403
--- response_body chomp
closed



=== redirects are no errors
--- config eval
gateway_conf(extra => 'return 308 https://other.example$request_uri;')
--- error_code: 308
--- response_headers
Location: https://other.example/print/taskDefinitions/d/tasks/t
Content-Type: text/html



=== no print_task, no JSON
--- config eval
gateway_conf() . 'location /other { }'
--- request
GET /other
--- error_code: 404
--- response_headers
Content-Type: text/html
! request-id
--- response_body_like: <html>



=== a location inside that turns print_task off
--- config eval
gateway_conf(extra => 'location /print/static/ { print_task off; }')
--- request
GET /print/static/x
--- error_code: 404
--- response_headers
Content-Type: text/html
--- response_body_like: <html>



=== locations inherit print_task of the server
--- config
print_task forward;
location /other { }
--- request
GET /other
--- pt_refused: 404 -



=== a request that has no location yet
--- config eval
gateway_conf()
--- request
PATCH /print/taskDefinitions/%zz/tasks/t
--- error_code: 400
--- response_headers
Content-Type: text/html
