# print_task_transition replaces the row of a state.

use lib 't/lib';
use PrintTask;

run_tests();

__DATA__

=== a row is replaced, others stay
--- config eval
gateway_conf(extra => 'print_task_transition pending processing;')
--- pt_redis
HSET $key state pending app $PrintTask::app confirmed 9999999999999
HSET print-task:{$PrintTask::tenant/d}/p state processing
--- pt_backend eval
backend(GET => [200, task('t', 'pending')])
--- request eval
[patch('{"status":{"state":"completed"}}'),
 patch('{"status":{"state":"aborted"}}', 'd', 'p')]
--- error_code eval
[409, 200]
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/p {"status":{"state":"aborted"}}



=== a state that was final may be left
--- config eval
gateway_conf(extra => 'print_task_transition aborted pending;')
--- pt_redis
HSET $key state aborted app $PrintTask::app
--- request eval
patch('{"status":{"state":"pending"}}')
--- error_code: 200
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"pending"}}



=== a state that is not final any more is no exact repeat
--- config eval
gateway_conf(extra => 'print_task_transition completed pending;')
--- pt_redis
HSET $key state completed app $PrintTask::app
--- request eval
patch('{"status":{"state":"completed"}}')
--- error_code: 200
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== a state two transitions away may be reached meanwhile: the task is refetched
--- config eval
gateway_conf(extra => 'print_task_transition pending processing;')
--- pt_redis
HSET $key state pending app $PrintTask::app
--- pt_backend eval
backend(GET => [200, task('t', 'processing')])
--- request eval
patch('{"status":{"state":"completed"}}')
--- error_code: 200
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== a location without rows of its own inherits them, one with some does not
--- http_config eval
http_conf(extra => 'print_task_transition pending processing;')
--- config eval
gateway_conf(path => '/a/') .
gateway_conf(path => '/b/', extra => 'print_task_transition aborted pending;')
--- pt_redis
HSET $key state pending app $PrintTask::app
--- request eval
[map { patch_uri("/$_/print/taskDefinitions/d/tasks/t",
                 '{"status":{"state":"completed"}}') } qw(a b)]
--- error_code eval
[409, 200]



=== answer mode has the same rows
--- config
location /print/ {
    print_task answer;
    print_task_transition pending processing;
}
--- pt_redis
HSET $key state pending
--- request eval
[map { patch(qq({"status":{"state":"$_"}})) }
     qw(completed processing completed)]
--- error_code eval
[409, 200, 200]
--- pt_expect
HGET $key state => completed
