# Answers of the back end: errors pass unchanged, and a success without a body
# and a type becomes 204.

use lib 't/lib';
use PrintTask;

my $graph = '{"error":{"code":"itemNotFound","message":"No.",'
            . '"innererror":{"request-id":"1"}}}';

sub graph {
    return $graph;
}

sub statuses {
    return 400, 401, 403, 404, 405, 409, 412, 422, 429, 500, 501, 502, 503, 504;
}

run_tests();

__DATA__

=== an error in Graph's form
--- pt_redis
HSET $key state pending rev 1
--- pt_backend eval
backend(PATCH => [404, graph(), 'request-id' => '1', 'X-Own' => 'yes'])
--- error_code: 404
--- response_headers
Content-Type: application/json
request-id: 1
X-Own: yes
--- response_body eval
graph()
--- pt_expect
HMGET $key state lease => (nil) (nil)



=== an error in another form
--- pt_redis
HSET $key state pending rev 1
--- pt_backend
location / { default_type text/html; return 400 "<html>no</html>\n"; }
--- error_code: 400
--- response_headers
Content-Type: text/html
--- response_body
<html>no</html>
--- pt_expect
HMGET $key state rev lease => pending 1 (nil)



=== an error without a body
--- pt_redis
HSET $key state pending rev 1
--- pt_backend
return 422 '';
--- error_code: 422
--- response_headers
Content-Length: 0
--- response_body



=== statuses of all kinds pass
--- pt_redis eval
[map { ['HSET', task_key('d', $_), state => 'pending'] } statuses()]
--- pt_backend eval
join '', map { "if (\$http_x_want = $_) { return $_ '$_ from behind'; }\n" }
         statuses()
--- request eval
[map { patch(undef, 'd', $_) } statuses()]
--- more_headers eval
[map { auth_headers() . "X-Want: $_\n" } statuses()]
--- error_code eval
[statuses()]
--- response_body eval
[map { "$_ from behind" } statuses()]



=== errors of requests that are passed on
--- pt_backend
return 404 'nothing here';
--- request
GET /print/taskDefinitions
--- error_code: 404
--- response_body chomp
nothing here



=== 200 with an empty body and no type becomes 204
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_4')
--- pt_redis
HSET $key state pending rev 1 app $PrintTask::app
--- tcp_listen: $TEST_NGINX_RAND_PORT_4
--- tcp_reply eval
"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Own: 1\r\n\r\n"
--- error_code: 204
--- response_headers
X-Own: 1
! Content-Length
! Content-Type
--- pt_expect
HMGET $key state rev lease => completed 2 (nil)



=== 200 with a type and no body is left alone
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_4')
--- pt_redis
HSET $key state pending rev 1
--- tcp_listen: $TEST_NGINX_RAND_PORT_4
--- tcp_reply eval
"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Type: text/plain\r\n\r\n"
--- error_code: 200
--- response_headers
Content-Type: text/plain
Content-Length: 0



=== 202 stays 202: the change is still to be made
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_3')
--- pt_redis
HSET $key state pending rev 1
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval
"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
--- error_code: 202
--- raw_response_headers_like: ^HTTP/1\.1 202 Accepted\r\n.*Content-Length: 0\r\n
--- pt_expect
HEXISTS $key lease => 1



=== 204 stays 204
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_4')
--- pt_redis
HSET $key state pending rev 1 app $PrintTask::app
--- tcp_listen: $TEST_NGINX_RAND_PORT_4
--- tcp_reply eval
"HTTP/1.1 204 No Content\r\nETag: x\r\n\r\n"
--- error_code: 204
--- response_headers
ETag: x
--- pt_expect
HGET $key state => completed



=== the same while the store is down
--- http_config eval
http_conf(redis => 'unix:/nonexistent/redis.sock')
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_4',
             extra => 'print_task_store_down pass;')
--- tcp_listen: $TEST_NGINX_RAND_PORT_4
--- tcp_reply eval
"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
--- error_code: 204
--- pt_allow: crit



=== a success with a body is not touched
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_4')
--- pt_redis
HSET $key state pending rev 1
--- tcp_listen: $TEST_NGINX_RAND_PORT_4
--- tcp_reply eval
"HTTP/1.1 201 Made\r\nContent-Length: 9\r\nContent-Type: a/b\r\n\r\n{\"x\": 1 }"
--- error_code: 201
--- response_headers
Content-Type: a/b
Content-Length: 9
--- response_body chomp
{"x": 1 }



=== proxy_intercept_errors without an error_page has no effect
--- config eval
gateway_conf(extra => 'proxy_intercept_errors on;')
--- pt_redis
HSET $key state pending rev 1
--- pt_backend eval
backend(PATCH => [404, graph()])
--- error_code: 404
--- response_body eval
graph()



=== a redirect of the back end is passed on
--- pt_redis
HSET $key state pending rev 1
--- pt_backend
return 307 https://other.example/;
--- error_code: 307
--- response_headers
Location: https://other.example/
--- pt_expect
HMGET $key state lease => (nil) (nil)
