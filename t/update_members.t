# The members of a body beside the state and the description.

use lib 't/lib';
use PrintTask;

sub guid {
    return '0A1B2C3D-4E5F-6789-ABCD-EF0123456789';
}

sub bodies {
    return [map { patch($_) } @_];
}

# one PATCH for each description of 1, 2, ...

sub seen {
    return join '', map { patch(qq({"status":{"description":"$_"}}))
                          =~ tr/\n/ /r . "\n" } 1 .. $_[0];
}

run_tests();

__DATA__

=== annotations and control information are ignored
--- pt_redis
HSET $key state pending rev 1
--- request eval
bodies('{"@odata.type":"#microsoft.graph.printTask",'
       . '"status":{"description":"1"}}',
       '{"@type":"#x","@odata.context":null,"status":{"description":"2"}}',
       '{"status@odata.type":"#y","status":{"description":"3"}}',
       '{"status":{"@odata.type":"#z","state@odata.type":7,'
       . '"description":"4","description@x.y":{"a":[]}}}',
       '{"@odata.etag":"W/1","status":{"description":"5"},"trigger@odata.bind":""}')
--- error_code eval
[(200) x 5]
--- pt_backend_saw eval
seen(5)



=== members may come in any order
--- pt_redis
HSET $key state pending rev 1
--- request
PATCH /print/taskDefinitions/d/tasks/t
{"status":{"description":"b","@odata.type":"#a","state":"completed"},"id":"t"}
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":"b"}}



=== read-only members are dropped, whatever they hold
--- pt_redis
HSET $key state pending rev 1
--- request eval
bodies('{"parentUrl":"https://other.example/","status":{"description":"1"}}',
       '{"parentUrl":null,"definition":null,"trigger":null,'
       . '"status":{"description":"2"}}',
       '{"PARENTURL":[],"Definition":{"id":"x"},"tRIGGER":{"event":"y"},'
       . '"status":{"description":"3"}}')
--- error_code eval
[(200) x 3]
--- pt_backend_saw eval
seen(3)



=== the task as it was read is a body
--- pt_redis
HSET $key state processing rev 1
--- request
PATCH /print/taskDefinitions/d/tasks/t
{"@odata.context":"https://graph.example/$metadata#t","id":"t","parentUrl":"https://print.example/jobs/1","status":{"state":"completed","description":""}}
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":""}}



=== the id of the path is accepted, and null
--- pt_redis
HSET $key state pending rev 1
--- request eval
bodies('{"id":"t","status":{"description":"1"}}',
       '{"Id":"\u0074","status":{"description":"2"}}',
       '{"id":null,"status":{"description":"3"}}')
--- error_code eval
[(200) x 3]
--- pt_backend_saw eval
seen(3)



=== another id is 400: the body is of another task
--- pt_redis
HSET $key state pending rev 1
--- request eval
bodies(map { qq({"id":"$_","status":{"state":"completed"}}) }
           'u', '', 'tt', 'T', ' t', 't ', 't/', 't' x 200)
--- pt_refused: 400 idMismatch
--- pt_expect
HMGET $key state rev lease => pending 1 (nil)



=== an id that comes after the change
--- request
PATCH /print/taskDefinitions/d/tasks/t
{"status":{"state":"completed"},"ID":"other"}
--- pt_refused: 400 idMismatch



=== GUIDs are compared without regard to case
--- request eval
patch('{"id":"' . lc(guid()) . '","status":{"state":"completed"}}', 'd', guid())
--- response_body_like: "state":"completed"
--- pt_backend_saw eval
'GET ' . task_uri('d', guid()) . "\n" . 'PATCH ' . task_uri('d', guid())
. ' {"status":{"state":"completed"}}' . "\n"



=== an id that is no string
--- request eval
bodies('{"id":1}', '{"id":{}}', '{"id":["t"]}', '{"id":true}')
--- pt_refused: 400 propertyType



=== an id that is annotated is not the id
--- pt_redis
HSET $key state pending rev 1
--- request
PATCH /print/taskDefinitions/d/tasks/t
{"@odata.id":"x","id@odata.type":"y","status":{"description":"1"}}
--- pt_backend_saw eval
seen(1)



=== members that a task does not have
--- request eval
bodies('{"createdDateTime":"2026-01-01"}', '{"":1}', '{"status ":{}}',
       '{"stat":{}}', '{"statuss":{}}', '{"__proto__":{}}', '{"odata.type":""}',
       '{"status.state":"completed"}', '{"description":"x"}', '{"isDone":null}')
--- pt_refused: 400 propertyUnknown
--- pt_expect
EXISTS $key => 0



=== members that a status does not have
--- request eval
bodies(map { qq({"status":{"state":"completed",$_}}) }
           '"id":"t"', '"":1', '"states":"x"', '"parentUrl":"x"',
           '"isAcquiredByPrinter":true', '"descriptions":[]')
--- pt_refused: 400 propertyUnknown
--- pt_expect
EXISTS $key => 0



=== a status that is no object
--- request eval
bodies(map { qq({"status":$_}) } 'null', '"completed"', '2', '[]', 'true',
           '[{"state":"completed"}]')
--- pt_refused: 400 propertyType
--- pt_expect
EXISTS $key => 0
