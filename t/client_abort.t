# A client that closes its connection: no request hangs, no lease stays, and a
# change that was sent still settles its lease.

use lib 't/lib';
use PrintTask;

run_tests();

__DATA__

=== while the back end works: its answer is still waited for
--- http_config eval
http_conf(extra => 'limit_req_zone $server_port zone=slow:1m rate=2r/s;')
--- pt_backend eval
'location / {
    limit_req zone=slow burst=9;
    rewrite ^ /answer break;
    proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
}
location = /answer {
    if ($request_method = GET) {
        return 200 \'' . task('t', 'processing', 'now') . '\';
    }
    return 200 \'' . task('t', 'aborted', 'late') . '\';
}'
--- timeout: 0.2
--- abort
--- ignore_response
--- pt_expect
HMGET $key state description => aborted late
HEXISTS $key lease => 0



=== the client leaves during a refetch: the lease is released
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_3')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^GET /
--- tcp_reply_delay: 1
--- tcp_reply: late
--- timeout: 0.2
--- abort
--- ignore_response
--- pt_expect
HEXISTS $key lease => 0
HEXISTS $key state => 0



=== while the task is busy
--- pt_redis
HSET $key state processing lease other leaseUntil 99999999999999
--- timeout: 0.2
--- abort
--- ignore_response
--- pt_backend_saw
--- pt_expect
HGET $key lease => other



=== in the middle of the body
--- raw_request eval
"PATCH /print/taskDefinitions/d/tasks/t HTTP/1.1\r\nHost: x\r\n" . auth_headers() =~ s/\n/\r\n/gr
. "Content-Length: 100\r\n\r\n{\"status\""
--- timeout: 0.2
--- abort
--- ignore_response
--- pt_backend_saw
--- pt_expect
EXISTS $key => 0



=== while Redis is silent
--- http_config eval
http_conf(redis => '127.0.0.1:$TEST_NGINX_RAND_PORT_3',
          extra => 'print_task_redis_timeout 2s 2s;')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply_delay: 1
--- tcp_reply: late
--- timeout: 0.2
--- abort
--- ignore_response
--- pt_backend_saw
