# What the back end answers to a change ends the lease: the record is what the
# back end says, or as it was, or not known any more.

use lib 't/lib';
use PrintTask;

run_tests();

__DATA__

=== 200 with a printTask: the record becomes the answer
--- pt_redis
HSET $key state processing rev 7
--- pt_backend eval
backend(PATCH => [200, task('t', 'aborted', 'by the service')])
--- error_code: 200
--- response_body_like: "state":"aborted"
--- pt_expect
HMGET $key state description parentUrl => aborted by the service https://print.example/jobs/1
HGET $key app => $PrintTask::app
HGET $key rev => 8
HGET $key confirmed => /^\d{13}$/
HEXISTS $key lease => 0
HEXISTS $key leaseUntil => 0



=== a final state is kept for 24h, another one for 10m
--- pt_backend eval
backend()
--- request eval
[patch('{"status":{"state":"completed"}}', 'd', 'a'),
 patch('{"status":{"state":"processing"}}', 'd', 'b')]
--- error_code eval
[200, 200]
--- pt_expect
TTL print-task:{$PrintTask::tenant/d}/a => /^86(400|39\d)$/
TTL print-task:{$PrintTask::tenant/d}/b => /^(600|59\d)$/



=== print_task_cache_valid
--- config eval
gateway_conf(extra => 'print_task_cache_valid 100s 200s;')
--- request eval
[patch('{"status":{"state":"completed"}}', 'd', 'a'),
 patch('{"status":{"state":"processing"}}', 'd', 'b')]
--- error_code eval
[200, 200]
--- pt_expect
TTL print-task:{$PrintTask::tenant/d}/a => /^(200|19\d)$/
TTL print-task:{$PrintTask::tenant/d}/b => /^(100|9\d)$/



=== 200 without a printTask: the record becomes the requested state
--- pt_redis
HSET $key state pending parentUrl http://a/b description old app $PrintTask::app
--- pt_backend eval
backend(PATCH => [200, '{"done":true}'])
--- request eval
patch('{"status":{"state":"processing"}}')
--- error_code: 200
--- response_body: {"done":true}
--- pt_expect
HMGET $key state description parentUrl => processing old http://a/b



=== 200 with another task's printTask: the same
--- pt_redis
HSET $key state pending app $PrintTask::app
--- pt_backend eval
backend(PATCH => [200, task('other', 'aborted')])
--- request eval
patch('{"status":{"state":"processing","description":"mine"}}')
--- error_code: 200
--- pt_expect
HMGET $key state description => processing mine



=== 204: the record becomes the requested state
--- pt_redis
HSET $key state pending app $PrintTask::app
--- pt_backend eval
backend(PATCH => [204, ''])
--- request eval
patch('{"status":{"state":"processing"}}')
--- error_code: 204
--- pt_expect
HMGET $key state => processing
HEXISTS $key lease => 0



=== 200 with broken JSON: the requested state
--- pt_redis
HSET $key state pending app $PrintTask::app
--- pt_backend eval
backend(PATCH => [200, '{"id":"t","status":{"state"'])
--- request eval
patch('{"status":{"state":"processing"}}')
--- error_code: 200
--- pt_expect
HGET $key state => processing
HEXISTS $key lease => 0



=== 409, 412, 404 and 410: the state is not known any more
--- pt_backend
location / {
    if ($request_method = GET) {
        return 200 '{"id":"$backend_id","status":{"state":"pending"}}';
    }
    return 409 '{"error":{"code":"conflict","message":"m"}}';
}
--- pt_redis
HSET $key state processing app $PrintTask::app rev 3 confirmed 5
--- error_code: 409
--- response_body: {"error":{"code":"conflict","message":"m"}}
--- pt_expect
HMGET $key state app confirmed => (nil) (nil) (nil)
HEXISTS $key lease => 0
HGET $key rev => 4



=== 412
--- pt_redis
HSET $key state processing
--- pt_backend eval
backend(PATCH => [412, '{}'])
--- error_code: 412
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 0



=== 404
--- pt_redis
HSET $key state processing
--- pt_backend eval
backend(PATCH => [404, '{}'])
--- error_code: 404
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 0



=== 410
--- pt_redis
HSET $key state processing
--- pt_backend eval
backend(PATCH => [410, '{}'])
--- error_code: 410
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 0



=== 400, 403 and 429: the task is unchanged
--- pt_redis
HSET $key state processing rev 3 app $PrintTask::app confirmed 5
--- pt_backend eval
backend(PATCH => [403, '{"error":{"code":"accessDenied","message":"m"}}'])
--- request eval
[(patch()) x 2]
--- error_code eval
[403, 403]
--- pt_expect
HMGET $key state rev app confirmed => processing 3 $PrintTask::app 5
HEXISTS $key lease => 0



=== the task is unchanged, and a refetched state is kept
--- pt_backend eval
backend(GET => [200, task('t', 'processing', 'now')],
        PATCH => [400, '{}'])
--- error_code: 400
--- pt_expect
HMGET $key state description app => processing now $PrintTask::app
HEXISTS $key lease => 0



=== the task is unchanged, and a state from an old refetch is not kept
--- config eval
gateway_conf(extra => 'print_task_fresh 100ms;')
--- pt_backend
location / {
    if ($request_method = GET) {
        return 200 '{"id":"t","parentUrl":null,"status":{"state":"processing","description":null}}';
    }

    proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_3;
}
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply_delay: 0.4
--- tcp_reply eval
"HTTP/1.1 422 Unprocessable\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}"
--- error_code: 422
--- pt_expect
HEXISTS $key lease => 0
HEXISTS $key state => 0
HEXISTS $key confirmed => 0



=== 504 of the back end: a change that another server waited for may still be on its way
--- pt_redis
HSET $key state processing rev 7
--- pt_backend eval
backend(PATCH => [504, '{"error":{"code":"gatewayTimeout"}}'])
--- error_code: 504
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 1
HGET $key rev => 8



=== 500 after sending: the outcome is not known
--- pt_redis
HSET $key state processing rev 3
--- pt_backend eval
backend(PATCH => [500, '{}'])
--- error_code: 500
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 0
HGET $key rev => 4



=== 503 of the back end: the same, and Retry-After is added
--- pt_redis
HSET $key state processing
--- pt_backend eval
backend(PATCH => [503, '{}'])
--- error_code: 503
--- response_headers
Retry-After: 1
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 0



=== a redirect of the back end: the outcome is not known
--- pt_redis
HSET $key state processing
--- pt_backend eval
backend(PATCH => [307, '', Location => 'http://x/'])
--- error_code: 307
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 0
