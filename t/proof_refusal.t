# A refusal needs proof: the back end changes tasks by itself, so a record may
# be old.

use lib 't/lib';
use PrintTask;

run_tests();

__DATA__

=== a state from which no way leads proves it, however old it is
--- pt_redis
HSET $key state completed app $PrintTask::app confirmed 1
--- request eval
patch('{"status":{"state":"processing"}}')
--- pt_refused: 409 transitionNotAllowed
--- pt_backend_saw



=== an old state with a path to the requested one is not
--- config eval
gateway_conf(extra => 'print_task_transition pending processing;')
--- pt_redis
HSET $key state pending app $PrintTask::app confirmed 1
--- pt_backend eval
backend(GET => [200, task('t', 'processing')])
--- request eval
patch('{"status":{"state":"completed"}}')
--- error_code: 200
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== a refetch gives the proof
--- config eval
gateway_conf(extra => 'print_task_transition pending processing;')
--- pt_redis
HSET $key state pending app $PrintTask::app confirmed 1 description old
--- pt_backend eval
backend(GET => [200, task('t', 'pending', 'new')])
--- request eval
patch('{"status":{"state":"completed"}}')
--- pt_refused: 409 transitionNotAllowed
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
--- pt_expect
HMGET $key state description => pending new
HGET $key confirmed => /^\d{13}$/
HEXISTS $key lease => 0



=== a state seen within print_task_fresh proves it
--- config eval
gateway_conf(extra => 'print_task_transition pending processing;
                       print_task_fresh 1h;')
--- pt_backend eval
backend(GET => [200, task('t', 'pending')])
--- request eval
[(patch('{"status":{"state":"completed"}}')) x 3]
--- pt_refused: 409 transitionNotAllowed
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t



=== after print_task_fresh, the task is refetched
--- config eval
gateway_conf(extra => 'print_task_transition pending processing;
                       print_task_fresh 0;')
--- pt_redis
HSET $key state pending app $PrintTask::app confirmed 1
--- pt_backend eval
backend(GET => [200, task('t', 'pending')])
--- request eval
patch('{"status":{"state":"completed"}}')
--- pt_refused: 409 transitionNotAllowed
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t



=== a time in the future comes from another clock and is no proof
--- config eval
gateway_conf(extra => 'print_task_transition pending processing;
                       print_task_fresh 1h;')
--- pt_redis
HSET $key state pending app $PrintTask::app confirmed 99999999999999
--- pt_backend eval
backend(GET => [200, task('t', 'processing')])
--- request eval
patch('{"status":{"state":"completed"}}')
--- error_code: 200
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== the service has redirected the task: a repeat of its change is 200
--- pt_redis
HSET $key state processing app $PrintTask::app confirmed 1
--- pt_backend eval
backend(PATCH => [409, '{"error":{"code":"conflict","message":"it is completed"}}'],
        GET => [200, task('t', 'completed', '')])
--- request eval
[patch('{"status":{"state":"completed"}}'),
 patch('{"status":{"state":"completed"}}')]
--- error_code eval
[409, 200]
--- response_body_like eval
[qr/it is completed/, qr/"state":"completed"/]
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
GET /print/taskDefinitions/d/tasks/t



=== an empty update is answered with the present task
--- pt_redis
HSET $key state processing app $PrintTask::app confirmed 1
--- pt_backend eval
backend(GET => [200, task('t', 'completed', 'by the service')])
--- request eval
[patch('{}'), patch('{"status":{}}')]
--- error_code eval
[200, 200]
--- response_body_like eval
[(qr/"status":\{"state":"completed","description":"by the service"\}/) x 2]
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
