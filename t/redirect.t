# Internal redirects: the lease is settled, and the target is checked.

use lib 't/lib';
use PrintTask;

run_tests();

__DATA__

=== error_page for a failed back end leads to another one: it is settled by that
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_3',
             extra => 'error_page 502 = @other;')
. 'location @other { proxy_pass http://$PrintTask::backend; }'
--- pt_redis
HSET $key state processing
--- error_code: 200
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_expect
HGET $key state => completed
HEXISTS $key lease => 0



=== to another location of ours: the first lease is given back, not waited for
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_3',
             extra => 'error_page 502 = @other;')
. 'location @other { print_task forward; proxy_pass http://$PrintTask::backend; }'
--- pt_redis
HSET $key state processing rev 1
--- error_code: 200
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_expect
HGET $key state => completed
HEXISTS $key lease => 0



=== error_page for our refusals
--- config eval
gateway_conf(extra => 'error_page 409 /busy.html;')
. 'location = /busy.html { return 299 "$print_task_reason $print_task_verdict"; }'
--- pt_redis
HSET $key state aborted app $PrintTask::app
--- error_code: 409
--- response_body chomp
transitionNotAllowed refused



=== proxy_intercept_errors: the page is the operator's, the outcome the back end's
--- config eval
gateway_conf(extra => 'proxy_intercept_errors on; error_page 403 =200 /sorry;')
. 'location = /sorry { return 200 sorry; }'
--- pt_backend eval
backend(PATCH => [403, '{}'])
--- pt_redis
HSET $key state processing
--- error_code: 200
--- response_body: sorry
--- pt_expect
HGET $key state => processing
HEXISTS $key lease => 0



=== X-Accel-Redirect of the back end
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_3')
. 'location = /done { return 200 done; }'
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^PATCH .*completed/s
--- tcp_reply eval
"HTTP/1.0 200 OK\r\nX-Accel-Redirect: /done\r\n\r\n"
--- pt_redis
HSET $key state processing
--- error_code: 200
--- response_body: done
--- pt_expect
HEXISTS $key lease => 0



=== try_files leads here: judged in the location where it ends
--- config eval
gateway_conf(path => '@print')
. 'location /print/ { try_files /none @print; }'
--- pt_redis
HSET $key state aborted app $PrintTask::app
--- pt_refused: 409 transitionNotAllowed



=== rewrite ... last leads to a location with other rules
--- config eval
gateway_conf(path => '/print/', extra => 'print_task_app nobody;')
. gateway_conf(path => '/api/', extra => 'set $app $print_task_app_id; rewrite ^/api(.*)$ $1 last;')
--- request eval
patch_uri('/api/print/taskDefinitions/d/tasks/t')
--- pt_refused: 403 appNotAllowed



=== refused is refused: error_page does not lead the change past the rules
--- config eval
gateway_conf(extra => 'error_page 409 = @other;')
. 'location @other { proxy_pass http://$PrintTask::backend; }'
--- pt_redis
HSET $key state aborted app $PrintTask::app
--- error_code: 409
--- pt_backend_saw



=== also where a client brings the reason about: a busy task
--- config eval
gateway_conf(extra => 'error_page 502 503 504 = @other; print_task_lease 75s 20ms;')
. 'location @other { proxy_pass http://$PrintTask::backend; }'
--- pt_redis
HSET $key state processing lease other leaseUntil 99999999999999
--- error_code: 503
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t



=== a page for a refusal may still come from elsewhere
--- config eval
gateway_conf(extra => 'error_page 409 = @page;')
. 'location @page { return 409 "page"; }'
--- pt_redis
HSET $key state aborted app $PrintTask::app
--- error_code: 409
--- response_body chomp
page



=== a change that was sent is settled by its own back end, not by the next one
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_3',
             extra => 'proxy_read_timeout 100ms; error_page 504 = @other;')
. 'location @other { proxy_pass http://$PrintTask::backend; }'
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^PATCH .*"completed"/s
--- tcp_reply_delay: 3
--- tcp_reply: late
--- pt_backend eval
backend(PATCH => [403, '{}'])
--- pt_redis
HSET $key state processing
--- error_code: 403
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 1



=== an accepted change stays accepted behind X-Accel-Redirect
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_3')
. 'location = /done { proxy_pass http://$PrintTask::backend; }'
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^PATCH .*completed/s
--- tcp_reply eval
"HTTP/1.0 200 OK\r\nX-Accel-Redirect: /done\r\n\r\n"
--- pt_backend
location / { return 403; }
--- pt_redis
HSET $key state processing app $PrintTask::app
--- error_code: 403
--- pt_expect
HGET $key state => completed
HEXISTS $key lease => 0



=== a back end that broke off: the task stays held, whatever handles the error
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_3',
             extra => 'error_page 502 = @other;')
. 'location @other { print_task forward; print_task_lease 75s 50ms; proxy_pass http://$PrintTask::backend; }'
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^PATCH .*"completed"/s
--- tcp_reply eval: ""
--- pt_redis
HSET $key state processing
--- pt_refused: 503 taskBusy
--- pt_expect
HEXISTS $key state => 0
HEXISTS $key lease => 1



=== a refetch goes where try_files leads
--- config eval
'location /print/ {
    print_task forward;
    subrequest_output_buffer_size 50;
    try_files /none @back;
}
location @back { proxy_pass http://$PrintTask::backend; }'
--- error_code: 200
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_expect
HGET $key state => completed
HEXISTS $key lease => 0



=== refused twice, answered once
--- config eval
gateway_conf(extra => 'error_page 401 = @other;')
. 'location @other { print_task forward; proxy_pass http://$PrintTask::backend; }'
--- more_headers
Content-Type: application/json
--- pt_refused: 401 tokenMissing
--- raw_response_headers_unlike: WWW-Authenticate:.*WWW-Authenticate:



=== a refusal that is led on in a circle
--- config eval
gateway_conf(extra => 'recursive_error_pages on; error_page 409 = @other;')
. 'location @other { recursive_error_pages on; error_page 409 = @other; proxy_pass http://$PrintTask::backend; }'
--- pt_redis
HSET $key state aborted app $PrintTask::app
--- pt_refused: 409 transitionNotAllowed
--- no_error_log
[error]
