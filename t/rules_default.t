# Which state may follow which, without print_task_transition.

use lib 't/lib';
use PrintTask;

run_tests();

__DATA__

=== pending may become processing, completed or aborted
--- pt_redis
HSET print-task:{$PrintTask::tenant/d}/a state pending
HSET print-task:{$PrintTask::tenant/d}/b state pending
HSET print-task:{$PrintTask::tenant/d}/c state pending
--- request eval
[patch('{"status":{"state":"processing"}}', 'd', 'a'),
 patch('{"status":{"state":"completed"}}', 'd', 'b'),
 patch('{"status":{"state":"aborted"}}', 'd', 'c')]
--- error_code eval
[200, 200, 200]
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/a {"status":{"state":"processing"}}
PATCH /print/taskDefinitions/d/tasks/b {"status":{"state":"completed"}}
PATCH /print/taskDefinitions/d/tasks/c {"status":{"state":"aborted"}}
--- pt_expect
HGET print-task:{$PrintTask::tenant/d}/a state => processing
HGET print-task:{$PrintTask::tenant/d}/b state => completed
HGET print-task:{$PrintTask::tenant/d}/c state => aborted



=== pending may stay, with or without another description
--- pt_redis
HSET $key state pending
--- request eval
[patch('{"status":{"state":"pending"}}'),
 patch('{"status":{"state":"pending","description":"a"}}'),
 patch('{"status":{"description":"b"}}')]
--- error_code eval
[200, 200, 200]
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"pending"}}
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"pending","description":"a"}}
PATCH /print/taskDefinitions/d/tasks/t {"status":{"description":"b"}}
--- pt_expect
HMGET $key state description => pending b



=== processing may become completed or aborted
--- pt_redis
HSET print-task:{$PrintTask::tenant/d}/a state processing
HSET print-task:{$PrintTask::tenant/d}/b state processing
--- request eval
[patch('{"status":{"state":"completed"}}', 'd', 'a'),
 patch('{"status":{"state":"aborted"}}', 'd', 'b')]
--- error_code eval
[200, 200]
--- pt_expect
HGET print-task:{$PrintTask::tenant/d}/a state => completed
HGET print-task:{$PrintTask::tenant/d}/b state => aborted



=== processing may stay
--- pt_redis
HSET $key state processing
--- pt_backend eval
backend(GET => [200, task('t', 'processing')])
--- request eval
[patch('{"status":{"state":"processing","description":"page 1"}}'),
 patch('{"status":{"state":"processing","description":"page 1"}}')]
--- error_code eval
[200, 200]
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"processing","description":"page 1"}}
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"processing","description":"page 1"}}



=== processing does not become pending, whatever the record is of
--- pt_redis
HSET $key state processing
--- pt_backend eval
backend(GET => [200, task('t', 'processing')])
--- request eval
patch('{"status":{"state":"pending"}}')
--- pt_refused: 409 transitionNotAllowed
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t



=== completed is final
--- pt_redis
HSET $key state completed app $PrintTask::app
--- request eval
[map { patch(qq({"status":{"state":"$_"}})) } qw(pending processing aborted)]
--- pt_refused: 409 transitionNotAllowed
--- pt_backend_saw



=== aborted is final
--- pt_redis
HSET $key state aborted app $PrintTask::app
--- request eval
[map { patch(qq({"status":{"state":"$_"}})) } qw(pending processing completed)]
--- pt_refused: 409 transitionNotAllowed
--- pt_backend_saw



=== the message names both states
--- pt_redis
HSET $key state completed app $PrintTask::app
--- request eval
patch('{"status":{"state":"2"}}') =~ s/"2"/"3"/r
--- error_code: 409
--- response_body_like: : from completed to aborted\."



=== a final task does not take another description
--- pt_redis
HSET $key state completed description done app $PrintTask::app
--- request eval
[patch('{"status":{"state":"completed","description":"redone"}}'),
 patch('{"status":{"description":"redone"}}'),
 patch('{"status":{"description":null}}'),
 patch('{"status":{"description":""}}')]
--- pt_refused: 409 taskFinal
--- pt_backend_saw
--- pt_expect
HGET $key description => done
HEXISTS $key lease => 0
