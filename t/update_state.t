# The state that a body asks for.

use lib 't/lib';
use PrintTask;

sub states {
    return [map { patch(qq({"status":{"state":$_}})) } @_];
}

run_tests();

__DATA__

=== the four states, as they are spelled
--- pt_redis
HSET $key state pending rev 1
--- request eval
states('"pending"', '"processing"', '"completed"')
--- error_code eval
[200, 200, 200]
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"pending"}}
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"processing"}}
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_expect
HMGET $key state rev => completed 4



=== aborted
--- pt_redis
HSET $key state pending rev 1
--- request eval
states('"aborted"')->[0]
--- response_body_like: "state":"aborted"
--- pt_expect
HGET $key state => aborted



=== values and names in any case; the back end gets one spelling
--- pt_redis
HSET $key state pending rev 1
--- request eval
[map { patch($_) } '{"Status":{"State":"Pending"}}',
                   '{"STATUS":{"STATE":"PROCESSING"}}',
                   '{"sTATUS":{"sTATE":"cOMPLETED"}}']
--- error_code eval
[200, 200, 200]
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"pending"}}
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"processing"}}
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== numeric values as strings, as OData allows
--- pt_redis
HSET $key state pending rev 1
--- request eval
states('"0"', '"1"', '"2"', '"3"')
--- error_code eval
[200, 200, 200, 409]
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"pending"}}
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"processing"}}
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== an escaped spelling
--- pt_redis
HSET $key state pending rev 1
--- request eval
states('"\u0063ompleted"')->[0]
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== numbers are no names of states
--- request eval
states('2', '0', '2.0', '-1', '9' x 100)
--- pt_refused: 400 stateInvalid



=== null would take the state away
--- request eval
states('null')->[0]
--- pt_refused: 400 stateInvalid
--- pt_expect
EXISTS $key => 0



=== other types
--- request eval
states('true', '{}', '[]', '["completed"]', '{"state":"completed"}')
--- pt_refused: 400 stateInvalid



=== other names
--- request eval
states(map { qq("$_") } '', ' ', 'done', 'cancelled', 'complete', 'completedd',
       ' completed', 'completed ', 'comple ted', 'completed\u0020',
       'pending,processing', 'printTaskProcessingState\'completed\'')
--- pt_refused: 400 stateInvalid



=== other numeric values
--- request eval
states(map { qq("$_") } '5', '-1', '00', '02', '2.0', '+2', ' 2', '10', '0x2')
--- pt_refused: 400 stateInvalid



=== letters that look like ours
--- request eval
states("\"c\xd0\xbempleted\"", "\"\xef\xbd\x83ompleted\"", '"proce\u017f\u017fing"')
--- pt_refused: 400 stateInvalid



=== unknownFutureValue counts as absent
--- pt_redis
HSET $key state processing rev 1
--- pt_backend eval
backend(PATCH => [200, task('$backend_id', 'processing')])
--- request eval
[map { patch(qq({"status":{"state":"$_","description":"x"}})) }
     'unknownFutureValue', 'UNKNOWNFUTUREVALUE', '4']
--- error_code eval
[200, 200, 200]
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"description":"x"}}
PATCH /print/taskDefinitions/d/tasks/t {"status":{"description":"x"}}
PATCH /print/taskDefinitions/d/tasks/t {"status":{"description":"x"}}
--- pt_expect
HGET $key state => processing



=== a state beside the status is no state
--- request
PATCH /print/taskDefinitions/d/tasks/t
{"state":"completed"}
--- pt_refused: 400 propertyUnknown



=== an invalid state is reported before the task is looked up
--- pt_redis
HSET $key state completed rev 1 app $PrintTask::app
--- request eval
states('"done"')->[0]
--- pt_refused: 400 stateInvalid
--- pt_expect
HMGET $key rev lease => 1 (nil)
