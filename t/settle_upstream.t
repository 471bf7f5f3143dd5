# The end of a lease when the back end did not answer.

use lib 't/lib';
use PrintTask;

run_tests();

__DATA__

=== no server listens: no byte was sent, the record is unchanged
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_3')
--- pt_redis
HSET $key state processing rev 3 confirmed 5
--- pt_refused: 502 -
--- pt_expect
HMGET $key state rev confirmed => processing 3 5
HEXISTS $key lease => 0



=== an answer in pieces is read as a whole
--- config eval
gateway_conf(extra => 'proxy_buffering off; proxy_buffer_size 512;')
--- pt_redis
HSET $key state processing
--- pt_backend eval
backend(PATCH => [200, task('t', 'aborted', 'out of paper, ' x 70)])
--- error_code: 200
--- pt_expect
HGET $key state => aborted
HSTRLEN $key description => 980
HEXISTS $key lease => 0



=== an answer of a length that is not known
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_3')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^PATCH .*"completed"/s
--- tcp_reply eval
"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
. task('t', 'aborted', 'jam')
--- pt_redis
HSET $key state processing
--- error_code: 200
--- pt_expect
HMGET $key state description => aborted jam
HEXISTS $key lease => 0



=== a time-out after the request was sent keeps the lease: it may still come
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_3',
             extra => 'proxy_read_timeout 100ms;')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^PATCH .*"completed"/s
--- tcp_reply_delay: 3
--- tcp_reply: late
--- pt_redis
HSET $key state processing
--- pt_refused: 504 -
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 1



=== the next back end is tried if no byte was sent
--- http_config eval
http_conf(extra => 'upstream two { server 127.0.0.1:$TEST_NGINX_RAND_PORT_3; server 127.0.0.1:$TEST_NGINX_RAND_PORT_1 backup; }')
--- config eval
gateway_conf(pass => 'http://two')
--- pt_redis
HSET $key state processing
--- error_code: 200
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_expect
HGET $key state => completed
HEXISTS $key lease => 0



=== a location without a content handler for PATCH: no byte was sent
--- config
location /print/ {
    print_task forward;
}
--- pt_redis
HSET $key state processing
--- pt_refused: 405 -
--- pt_expect
HGET $key state => processing
HEXISTS $key lease => 0
