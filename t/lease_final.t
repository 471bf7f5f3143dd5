# A task that another change holds: a refetch shows whether the state is
# final.  Otherwise Retry-After is the rest of the lease.

use lib 't/lib';
use PrintTask;

use Time::HiRes ();

sub ms { return int((Time::HiRes::time() + $_[0]) * 1000) }

# A task whose last change nobody has answered, with so many seconds left.

sub held {
    my ($left, @fields) = @_;

    return [['HSET', task_key(), 'rev', 7, 'lease', 'other', 'leaseUntil',
             ms($left), @fields]];
}

our $Conf = gateway_conf(extra => 'print_task_lease 75s 20ms;');

run_tests();

__DATA__

=== an exact repeat that the back end confirms is answered, and the lease ends
--- config eval: $main::Conf
--- pt_redis eval: main::held(70)
--- pt_backend eval
backend(GET => [200, task('t', 'completed', 'done')])
--- request eval
patch('{"status":{"state":"completed","description":"done"}}')
--- error_code: 200
--- response_body: {"id":"t","parentUrl":"https://print.example/jobs/1","status":{"state":"completed","description":"done"}}
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
--- pt_expect
HMGET $key state description app lease leaseUntil => completed done $PrintTask::app (nil) (nil)
HGET $key rev => 8
TTL $key => /^86(400|39\d)$/



=== and further ones are answered from the record
--- config eval: $main::Conf
--- pt_redis eval: main::held(70)
--- pt_backend eval
backend(GET => [200, task('t', 'completed')])
--- request eval: [(patch()) x 3]
--- error_code eval: [(200) x 3]
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t



=== also where the record still has the state before the change
--- config eval: $main::Conf
--- pt_redis eval: main::held(70, state => 'processing', app => $PrintTask::Token::App)
--- pt_backend eval
backend(GET => [200, task('t', 'completed')])
--- error_code: 200
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
--- pt_expect
HMGET $key state lease => completed (nil)



=== the task has ended in another way: a refusal is proven
--- config eval: $main::Conf
--- pt_redis eval: main::held(70)
--- pt_backend eval
backend(GET => [200, task('t', 'aborted')])
--- pt_refused: 409 transitionNotAllowed
--- pt_expect
HMGET $key state lease => aborted (nil)



=== the task has not ended: busy, for the rest of the lease
--- config eval: $main::Conf
--- pt_redis eval: main::held(20.5)
--- pt_backend eval
backend(GET => [200, task('t', 'processing')])
--- pt_refused: 503 taskBusy
--- raw_response_headers_like: \nRetry-After: (?:1\d|20|21)\r
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
--- pt_expect
HMGET $key state lease rev => (nil) other 7



=== Retry-After is a minute at most
--- config eval: $main::Conf
--- pt_redis eval: main::held(3600)
--- request eval: patch('{"status":{"state":"processing"}}')
--- pt_refused: 503 taskBusy
--- raw_response_headers_like: \nRetry-After: (?:60)\r
--- pt_backend_saw



=== a refetch is impossible: busy
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_3',
             extra => 'print_task_lease 75s 20ms;')
--- pt_redis eval: main::held(30)
--- pt_refused: 503 taskBusy
--- raw_response_headers_like: \nRetry-After: (?:1\d|2\d|30)\r
--- pt_expect
HGET $key lease => other



=== it does not show the task to this application
--- config eval: $main::Conf
--- pt_redis eval: main::held(30)
--- pt_backend eval
backend(GET => [403, '{}'])
--- pt_refused: 403 refetchRefused
--- pt_expect
HGET $key lease => other



=== it has no such task: the lease stays
--- config eval: $main::Conf
--- pt_redis eval: main::held(30)
--- pt_backend eval
backend(GET => [404, '{}'])
--- pt_refused: 404 taskNotFound
--- pt_expect
HGET $key lease => other



=== a request that a final state cannot answer does not ask
--- config eval: $main::Conf
--- pt_redis eval: main::held(30)
--- request eval: patch('{"status":{"state":"processing"}}')
--- pt_refused: 503 taskBusy
--- pt_backend_saw



=== an empty change needs no lease
--- config eval: $main::Conf
--- pt_redis eval: main::held(30)
--- pt_backend eval
backend(GET => [200, task('t', 'processing', 'page 2')])
--- request eval: patch('{}')
--- error_code: 200
--- response_body_like: "state":"processing","description":"page 2"
--- pt_expect
HMGET $key state lease rev => (nil) other 7
