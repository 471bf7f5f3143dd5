# One request at a time holds a task; a second one waits, but not for long.

use lib 't/lib';
use PrintTask;

use Time::HiRes ();

sub ms { return int((Time::HiRes::time() + $_[0]) * 1000) }

run_tests();

__DATA__

=== a task that is held for longer than print_task_lease waits is 503
--- config eval
gateway_conf(extra => 'print_task_lease 75s 50ms;')
--- pt_redis
HSET $key state processing lease other leaseUntil 99999999999999
--- pt_refused: 503 taskBusy
--- response_headers
Retry-After: 60
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
--- pt_expect
HGET $key lease => other



=== a lease that runs out while another request waits: the state is not known
--- pt_redis eval
[['HSET', task_key(), 'state', 'pending', 'rev', 5, 'lease', 'other',
  'leaseUntil', main::ms(0.3)]]
--- pt_backend eval
backend(GET => [200, task('t', 'processing')])
--- error_code: 200
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_expect
HGET $key state => completed
HGET $key rev => 7
HEXISTS $key lease => 0



=== the record is not used after its holder may have changed the task
--- pt_redis eval
[['HSET', task_key(), 'state', 'completed', 'app', $PrintTask::Token::App,
  'lease', 'other', 'leaseUntil', 1]]
--- pt_backend eval
backend(GET => [200, task('t', 'aborted')])
--- pt_refused: 409 transitionNotAllowed
--- request eval
patch()
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t



=== an exact repeat of a final task need not wait for the lease
--- config eval
gateway_conf(extra => 'print_task_lease 75s 50ms;')
--- pt_redis
HSET $key state completed app $PrintTask::app lease other leaseUntil 99999999999999
--- error_code: 200
--- pt_backend_saw



=== nor does a refusal that is proven
--- config eval
gateway_conf(extra => 'print_task_lease 75s 50ms;')
--- pt_redis
HSET $key state aborted app $PrintTask::app lease other leaseUntil 99999999999999
--- pt_refused: 409 transitionNotAllowed
--- pt_backend_saw



=== a fresh observation is no proof while another request changes the task
--- config eval
gateway_conf(extra => 'print_task_transition pending processing;
                       print_task_lease 75s 50ms; print_task_fresh 1h;')
--- pt_redis eval
[['HSET', task_key(), 'state', 'pending', 'app', $PrintTask::Token::App,
  'confirmed', main::ms(-1), 'lease', 'other', 'leaseUntil', main::ms(60)]]
--- request eval
[patch(), patch('{"status":{"state":"processing","description":"x"}}')]
--- pt_refused: 503 taskBusy



=== a broken lease does not count
--- pt_redis
HSET $key state processing lease other leaseUntil soon
--- error_code: 200
--- pt_expect
HGET $key state => completed
HEXISTS $key lease => 0



=== the lease lasts for print_task_lease, and its fence goes to the back end
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_3',
    extra => 'print_task_lease 3h; proxy_read_timeout 100ms;
              proxy_set_header X-Fence $print_task_fence;')
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^PATCH .*\r\nX-Fence: 42\r\n/s
--- tcp_reply_delay: 3
--- tcp_reply: late
--- pt_redis
HSET $key state processing rev 41
--- pt_refused: 504 -
--- pt_expect
HSTRLEN $key lease => /^(1[7-9]|2\d|3[0-2])$/
PTTL $key => /^10\d{6}$/



=== fifty requests for one cold task ask the back end once
--- init
--- config eval
gateway_conf(extra => 'print_task_fresh 1m;')
--- pt_backend eval
backend(GET => [200, task('t', 'aborted')])
--- request eval
[(patch()) x 50]
--- pt_refused: 409 transitionNotAllowed
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t



=== a lease that the back end would outlast, after a slow refetch
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_3',
    extra => 'print_task_lease 1400ms; proxy_read_timeout 900ms;
              proxy_connect_timeout 1s; proxy_send_timeout 1s;
              print_task_transition pending processing;')
--- pt_redis
HSET $key state pending app $PrintTask::app
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_query eval: qr/^GET/
--- tcp_reply_delay: 0.5
--- tcp_reply eval
"HTTP/1.0 200 OK\r\n\r\n" . task('t', 'processing', '')
--- pt_refused: 504 refetchTimeout
--- pt_expect
HGET $key state => processing
HEXISTS $key lease => 0
