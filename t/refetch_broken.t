# A broken answer of the back end to the GET of a task: it is no proof, and
# the client gets an answer.

use lib 't/lib';
use PrintTask;

sub broken {
    return gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_3',
                        extra => "proxy_http_version 1.1; @_");
}

sub chunked {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
           . "Transfer-Encoding: chunked\r\n\r\n" . join '', @_;
}

sub piece { return sprintf "%x\r\n%s\r\n", length $_[0], $_[0] }

run_tests();

__DATA__

=== invalid chunks
--- config eval: main::broken()
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval: main::chunked("zz\r\n", task('t', 'pending', ''))
--- pt_refused: 502 refetchFailed
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 0



=== a chunk with a bad end, after a whole task
--- config eval: main::broken()
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval: main::chunked(main::piece(task('t', 'pending', '')), "zz\r\n")
--- pt_refused: 502 refetchFailed
--- pt_expect
HEXISTS $key lease => 0



=== invalid chunks, not buffered
--- config eval: main::broken('proxy_buffering off;')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval: main::chunked("zz\r\n", task('t', 'pending', ''))
--- pt_refused: 502 refetchFailed



=== chunks without an end, after a whole task
--- config eval: main::broken()
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval: main::chunked(main::piece(task('t', 'pending', '')))
--- pt_refused: 502 refetchFailed
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 0



=== chunks without an end, not buffered
--- config eval: main::broken('proxy_buffering off;')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval: main::chunked(main::piece(task('t', 'pending', '')))
--- pt_refused: 502 refetchFailed



=== chunks with an end are read
--- config eval: main::broken()
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval: main::chunked(chunks('{"id":"t",', '"status":{"state":"aborted"}}'))
--- pt_refused: 409 transitionNotAllowed



=== fewer bytes than the Content-Length, though the task is whole
--- config eval: main::broken()
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval
"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" . task('t', 'pending', '')
--- pt_refused: 502 refetchFailed
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 0



=== fewer bytes than the Content-Length, not buffered
--- config eval: main::broken('proxy_buffering off;')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval
"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" . task('t', 'pending', '')
--- pt_refused: 502 refetchFailed



=== 404 that ends early does not prove that the task is absent
--- config eval: main::broken()
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval: "HTTP/1.1 404 Not Found\x0d\x0aContent-Length: 500\x0d\x0a\x0d\x0a{"
--- pt_redis
HSET $key state processing app other
--- pt_refused: 502 refetchFailed
--- pt_expect
HGET $key state => processing



=== the body stalls: the time-out is no answer
--- config eval: main::broken('proxy_read_timeout 300ms;')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_no_close
--- tcp_reply eval
"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" . task('t', 'pending', '')
--- pt_refused: 502 refetchFailed



=== the header is broken
--- config eval: main::broken()
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval: "HTTP/1.1 200 OK\x0d\x0aBad Header\x00: x\x0d\x0a\x0d\x0a"
--- pt_refused: 502 refetchFailed



=== a page of the operator for such errors is not for the GET, and the client gets it
--- config eval
main::broken('error_page 502 /sorry;')
. 'location /sorry { return 200 "sorry"; }'
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval: main::chunked("zz\r\n")
--- error_code: 502
--- response_body chomp
sorry
--- pt_expect
HEXISTS $key lease => 0
