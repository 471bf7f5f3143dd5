# Bodies that ask for no change: the answer is the task as it is.

use lib 't/lib';
use PrintTask;

sub nothings {
    return [map { patch($_) } '{}', '{"status":{}}', '{ "status" : { } }',
            '{"id":"t"}', '{"@odata.type":"#microsoft.graph.printTask"}',
            '{"status":{"state":"unknownFutureValue"}}',
            '{"status":{"@odata.type":"#x"},"parentUrl":"x"}'];
}

# a record that the back end confirmed just now

sub fresh {
    my ($state, @more) = @_;

    return [['HSET', task_key(), state => $state, description => 'as it is',
             parentUrl => 'https://print.example/jobs/7', rev => 5,
             app => $PrintTask::Token::App,
             confirmed => int(Time::HiRes::time() * 1000) + 0, @more]];
}

run_tests();

__DATA__

=== a task that is known well enough is answered without the back end
--- http_config eval
http_conf(extra => 'print_task_fresh 1h;')
--- pt_redis eval
fresh('processing')
--- request eval
nothings()
--- error_code eval
[(200) x 7]
--- response_headers eval
[('Content-Type: application/json') x 7]
--- response_body eval
[('{"id":"t","parentUrl":"https://print.example/jobs/7",'
  . '"status":{"state":"processing","description":"as it is"}}') x 7]
--- pt_backend_saw
--- pt_expect
HMGET $key state rev lease => processing 5 (nil)



=== a final task, too, however old the record is
--- pt_redis eval
fresh('aborted', confirmed => 1)
--- request eval
nothings()->[0]
--- response_body_like: "state":"aborted","description":"as it is"
--- pt_backend_saw
--- pt_expect
HMGET $key state rev confirmed lease => aborted 5 1 (nil)



=== an unknown task is refetched, and not changed
--- request eval
nothings()->[1]
--- response_body_like: "id":"t".*"state":"pending"
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
--- pt_expect
HMGET $key state lease => pending (nil)



=== and so is a task that may have changed since
--- pt_redis eval
fresh('processing', confirmed => 1)
--- pt_backend eval
backend(GET => [200, task('t', 'completed', 'redirected')])
--- request eval
nothings()->[0]
--- response_body_like: "state":"completed","description":"redirected"
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
--- pt_expect
HMGET $key state description rev => completed redirected 6



=== another application does not get an answer out of the record
--- http_config eval
http_conf(extra => 'print_task_fresh 1h;')
--- pt_redis eval
fresh('completed', app => 'another')
--- pt_backend eval
backend(GET => [403, '{}'])
--- request eval
nothings()->[0]
--- pt_refused: 403 refetchRefused
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t



=== a task that does not exist is 404
--- pt_backend eval
backend(GET => [404, '{}'])
--- request eval
nothings()->[0]
--- pt_refused: 404 taskNotFound
--- pt_expect
HMGET $key state lease => (nil) (nil)



=== Prefer: return=minimal is 204
--- http_config eval
http_conf(extra => 'print_task_fresh 1h;')
--- pt_redis eval
fresh('pending')
--- request eval
nothings()->[0]
--- more_headers eval
auth_headers() . "Prefer: return=minimal\n"
--- error_code: 204
--- response_headers
Preference-Applied: return=minimal
! Content-Type
--- pt_backend_saw



=== $print_task_verdict is "repeated"
--- http_config eval
http_conf(extra => q(print_task_fresh 1h;
    log_format task '$status $print_task_verdict $print_task_from,'
                    '$print_task_to';))
--- config eval
gateway_conf(extra => 'access_log logs/task.log task;')
--- pt_redis eval
fresh('pending')
--- request eval
nothings()->[0]
--- pt_log
200 repeated pending,-



=== a description is a change, even an equal one
--- pt_redis eval
fresh('processing')
--- request
PATCH /print/taskDefinitions/d/tasks/t
{"status":{"description":"as it is"}}
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"description":"as it is"}}



=== answer mode: the present record
--- config eval
gateway_conf(mode => 'answer')
--- pt_redis eval
fresh('processing', app => $PrintTask::Token::App, confirmed => 1)
--- request eval
nothings()
--- error_code eval
[(200) x 7]
--- response_body eval
[('{"@odata.etag":"\"5\"","id":"t","parentUrl":"https://print.example/jobs/7",'
  . '"status":{"state":"processing","description":"as it is"}}') x 7]
--- pt_expect
HMGET $key rev confirmed => 5 1
