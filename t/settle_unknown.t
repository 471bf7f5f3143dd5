# The outcome of a change that was sent, and that no complete answer came to, is
# not known: the lease stays until it runs out.

use lib 't/lib';
use PrintTask;

# A back end that takes the change, sends TEXT, and closes the connection.

sub broken {
    my (%opt) = @_;

    return gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_3', %opt);
}

# Another one after it, and what nginx has to try it for.

sub two {
    my ($conditions, $backup) = @_;

    $backup //= '$TEST_NGINX_RAND_PORT_1';

    return http_conf(extra => "
        upstream two {
            server 127.0.0.1:\$TEST_NGINX_RAND_PORT_3;
            server 127.0.0.1:$backup backup;
        }
        proxy_next_upstream $conditions non_idempotent;
        proxy_read_timeout 300ms;");
}

run_tests();

__DATA__

=== the connection closes before an answer
--- config eval: main::broken()
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^PATCH .*"completed"/s
--- tcp_reply eval: ""
--- pt_redis
HSET $key state processing rev 3
--- pt_refused: 502 -
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 1
HGET $key rev => 4



=== the connection closes within the header
--- config eval: main::broken()
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^PATCH .*"completed"/s
--- tcp_reply eval: "HTTP/1.1 403 Forbidden\x0d\x0aContent-"
--- pt_redis
HSET $key state processing rev 3
--- pt_refused: 502 -
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 1



=== an answer that is not HTTP
--- config eval: main::broken()
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^PATCH .*"completed"/s
--- tcp_reply eval: "HTTP/1.1 200 OK\x0d\x0aBad Header\x00: x\x0d\x0a\x0d\x0a"
--- pt_redis
HSET $key state processing
--- pt_refused: 502 -
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 1



=== 200 with fewer bytes than its Content-Length
--- config eval: main::broken()
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^PATCH .*"completed"/s
--- tcp_reply eval
"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n"
. task('t', 'completed', 'done')
--- pt_redis
HSET $key state processing
--- ignore_response
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 1



=== 200 with fewer bytes than its Content-Length, not buffered
--- config eval: main::broken(extra => 'proxy_buffering off;')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^PATCH .*"completed"/s
--- tcp_reply eval: "HTTP/1.1 200 OK\x0d\x0aContent-Type: application/json\x0d\x0aContent-Length: 500\x0d\x0a\x0d\x0a{\"id\":\"t\""
--- pt_redis
HSET $key state processing
--- ignore_response
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 1



=== 200 with chunks that end early
--- config eval: main::broken(extra => 'proxy_http_version 1.1;')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^PATCH .*"completed"/s
--- tcp_reply eval
my $task = task('t', 'completed', 'done');
"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
. sprintf("%x\r\n%s\r\n", length $task, $task)
--- pt_redis
HSET $key state processing
--- ignore_response
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 1



=== 200 with invalid chunks
--- config eval: main::broken(extra => 'proxy_http_version 1.1;')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^PATCH .*"completed"/s
--- tcp_reply eval
"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
. "zz\r\n" . task('t', 'completed', 'done')
--- pt_redis
HSET $key state processing
--- ignore_response
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 1



=== 200 that is too large to be read, and ends early
--- config eval: main::broken()
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^PATCH .*"completed"/s
--- tcp_reply eval: "HTTP/1.1 200 OK\x0d\x0aContent-Type: application/json\x0d\x0aContent-Length: 100000\x0d\x0a\x0d\x0a{\"id\":\"t\""
--- pt_redis
HSET $key state processing
--- ignore_response
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 1



=== 403 that ends early
--- config eval: main::broken()
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^PATCH .*"completed"/s
--- tcp_reply eval: "HTTP/1.1 403 Forbidden\x0d\x0aContent-Length: 100\x0d\x0a\x0d\x0a{\"error"
--- pt_redis
HSET $key state processing app $PrintTask::app
--- ignore_response
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 1



=== 500 that ends early
--- config eval: main::broken()
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^PATCH .*"completed"/s
--- tcp_reply eval: "HTTP/1.1 500 Oops\x0d\x0aContent-Length: 100\x0d\x0a\x0d\x0a{\"error"
--- pt_redis
HSET $key state processing
--- ignore_response
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 1



=== 403 in complete chunks: the task is unchanged
--- config eval: main::broken(extra => 'proxy_http_version 1.1;')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^PATCH .*"completed"/s
--- tcp_reply eval
"HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n" . chunks('{"error":', '{}}')
--- pt_redis
HSET $key state processing app $PrintTask::app
--- error_code: 403
--- response_body chomp
{"error":{}}
--- pt_expect
HEXISTS $key lease => 0
HGET $key state => processing



=== 200 that is too large to be read, and complete: the requested state
--- config eval: main::broken()
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^PATCH .*"completed"/s
--- tcp_reply eval
"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" . ' ' x 100000
--- pt_redis
HSET $key state processing app $PrintTask::app
--- error_code: 200
--- pt_expect
HEXISTS $key lease => 0
HGET $key state => completed



=== 202 means that the change is not made yet
--- pt_redis
HSET $key state processing rev 3
--- pt_backend eval
backend(PATCH => [202, '<html>later</html>'])
--- error_code: 202
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 1
HGET $key rev => 4



=== 502 of another proxy in the way
--- pt_redis
HSET $key state processing
--- pt_backend eval
backend(PATCH => [502, '{"error":{"code":"badGateway"}}'])
--- error_code: 502
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 1



=== 524 of another proxy in the way
--- pt_redis
HSET $key state processing
--- pt_backend eval
backend(PATCH => [524, '{}'])
--- error_code: 524
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 1



=== an error of the back end that the operator replaces: its header is the answer
--- config eval
gateway_conf(extra => 'proxy_intercept_errors on; error_page 403 /sorry;')
. 'location /sorry { return 200 sorry; }'
--- pt_redis
HSET $key state processing app $PrintTask::app
--- pt_backend eval
backend(PATCH => [403, '{}'])
--- error_code: 403
--- pt_expect
HEXISTS $key lease => 0
HGET $key state => processing



=== one back end did not answer, the next one refused: the first may still act
--- http_config eval: main::two('error timeout')
--- config eval: gateway_conf(pass => 'http://two')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^PATCH .*"completed"/s
--- tcp_reply eval: ""
--- pt_redis
HSET $key state processing app $PrintTask::app
--- pt_backend eval
backend(PATCH => [403, '{}'])
--- error_code: 403
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 1



=== one back end was too slow, the next one made the change, which is not final
--- http_config eval: main::two('error timeout')
--- config eval: gateway_conf(pass => 'http://two')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^PATCH .*"processing"/s
--- tcp_reply_delay: 3
--- tcp_reply: late
--- request eval: patch('{"status":{"state":"processing"}}')
--- pt_redis
HSET $key state pending app $PrintTask::app
--- error_code: 200
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 1



=== one back end did not answer, the next one reports a final state
--- http_config eval: main::two('error timeout')
--- config eval: gateway_conf(pass => 'http://two')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^PATCH .*"completed"/s
--- tcp_reply eval: ""
--- pt_redis
HSET $key state processing app $PrintTask::app
--- error_code: 200
--- pt_expect
HEXISTS $key lease => 0
HGET $key state => completed



=== one back end did not answer, and the next one got no byte
--- http_config eval: main::two('error timeout', '$TEST_NGINX_RAND_PORT_4')
--- config eval: gateway_conf(pass => 'http://two')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^PATCH .*"completed"/s
--- tcp_reply eval: ""
--- pt_redis
HSET $key state processing app $PrintTask::app
--- pt_refused: 502 -
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 1



=== the back end refused, and the one of the error page made the change
--- config eval
gateway_conf(extra => 'proxy_intercept_errors on; error_page 403 = @backup;')
. 'location @backup { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_3; }'
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^PATCH .*"completed"/s
--- tcp_reply eval
"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
--- pt_redis
HSET $key state processing app $PrintTask::app
--- pt_backend eval
backend(PATCH => [403, '{}'])
--- error_code: 200
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 0



=== the back end failed, and the one of the error page did not answer
--- config eval
gateway_conf(extra => 'proxy_intercept_errors on; error_page 500 = @backup;')
. 'location @backup { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_3; }'
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^PATCH .*"completed"/s
--- tcp_reply eval: ""
--- pt_redis
HSET $key state processing app $PrintTask::app
--- pt_backend eval
backend(PATCH => [500, '{}'])
--- error_code: 502
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 1
