# One task has many spellings: those that all servers read alike are let
# through, and the back end gets the one that was checked.

use lib 't/lib';
use PrintTask;

no_root_location();

run_tests();

__DATA__

=== the plain form
--- error_code: 200
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_expect
HGET $key state => completed



=== a version in front, or any other prefix
--- config eval: gateway_conf(path => '/')
--- pt_redis
HSET $key state pending rev 1
--- request eval
[map { patch_uri("$_/print/taskDefinitions/d/tasks/t",
                 '{"status":{"state":"pending"}}') }
     '/v1.0', '/beta', '/a/b/c']
--- error_code eval: [(200) x 3]
--- pt_backend_saw
PATCH /v1.0/print/taskDefinitions/d/tasks/t {"status":{"state":"pending"}}
PATCH /beta/print/taskDefinitions/d/tasks/t {"status":{"state":"pending"}}
PATCH /a/b/c/print/taskDefinitions/d/tasks/t {"status":{"state":"pending"}}
--- pt_expect
HGET $key rev => 4



=== segments in any case
--- config eval: gateway_conf(path => '/')
--- pt_redis
HSET $key state processing rev 1
--- request eval
[map { patch_uri($_, '{"status":{"state":"processing"}}') }
     '/PRINT/TASKDEFINITIONS/d/TASKS/t', '/Print/taskdefinitions/d/Tasks/t']
--- error_code eval: [(200) x 2]
--- pt_backend_saw
PATCH /PRINT/TASKDEFINITIONS/d/TASKS/t {"status":{"state":"processing"}}
PATCH /Print/taskdefinitions/d/Tasks/t {"status":{"state":"processing"}}
--- pt_expect
HGET $key rev => 3
KEYS * => $key



=== ids keep their case: other tasks
--- pt_redis
HSET $key state completed app $PrintTask::app rev 1
--- request eval
[patch('{"status":{"state":"pending"}}'),
 patch('{"status":{"state":"pending"}}', 'd', 'T'),
 patch('{"status":{"state":"pending"}}', 'D', 't')]
--- error_code eval: [409, 200, 200]
--- pt_expect eval
"HGET \$key state => completed\n"
. 'HGET ' . task_key('d', 'T') . " state => pending\n"
. 'HGET ' . task_key('D', 't') . " state => pending\n"



=== a GUID in any case is one task, and reaches the back end as spelled
--- pt_redis eval
[['HSET', task_key('0a1b2c3d-0000-4000-8000-00000000abcd',
                   'ffffffff-aaaa-4000-8000-00000000abcd'),
  'state', 'pending']]
--- request eval
patch(undef, '0A1B2C3D-0000-4000-8000-00000000ABCD',
      'FFFFFFFF-AAAA-4000-8000-00000000abcd')
--- error_code: 200
--- pt_backend_saw eval
'PATCH /print/taskDefinitions/0A1B2C3D-0000-4000-8000-00000000ABCD/tasks/'
. 'FFFFFFFF-AAAA-4000-8000-00000000abcd {"status":{"state":"completed"}}'
--- pt_expect eval
'KEYS * => ' . task_key('0a1b2c3d-0000-4000-8000-00000000abcd',
                        'ffffffff-aaaa-4000-8000-00000000abcd')



=== an id that resembles a GUID keeps its case
--- request eval
patch(undef, '0A1B2C3D-0000-4000-8000-00000000ABC',
      '0A1B2C3D-0000-4000-8000-00000000ABCG')
--- error_code: 200
--- pt_expect eval
'KEYS * => ' . task_key('0A1B2C3D-0000-4000-8000-00000000ABC',
                        '0A1B2C3D-0000-4000-8000-00000000ABCG')



=== keys in parentheses, and mixed
--- pt_redis
HSET $key state pending rev 1
--- request eval
[map { patch_uri("/print/$_", '{"status":{"state":"pending"}}') }
     "taskDefinitions('d')/tasks('t')", "taskDefinitions/d/tasks('t')",
     "taskDefinitions('d')/tasks/t", "TaskDefinitions('d')/TASKS('t')"]
--- error_code eval: [(200) x 4]
--- pt_backend_saw
PATCH /print/taskDefinitions('d')/tasks('t') {"status":{"state":"pending"}}
PATCH /print/taskDefinitions/d/tasks('t') {"status":{"state":"pending"}}
PATCH /print/taskDefinitions('d')/tasks/t {"status":{"state":"pending"}}
PATCH /print/TaskDefinitions('d')/TASKS('t') {"status":{"state":"pending"}}
--- pt_expect
HGET $key rev => 5
KEYS * => $key



=== quotes and parentheses may be encoded
--- pt_redis
HSET $key state pending rev 1 app $PrintTask::app
--- request eval
[map { patch_uri("/print/taskDefinitions$_", '{"status":{"state":"pending"}}') }
     '%28%27d%27%29/tasks%28%27t%27%29', '(%27d%27)/tasks(%27t%27)']
--- error_code eval: [(200) x 2]
--- pt_backend_saw
PATCH /print/taskDefinitions%28%27d%27%29/tasks%28%27t%27%29 {"status":{"state":"pending"}}
PATCH /print/taskDefinitions(%27d%27)/tasks(%27t%27) {"status":{"state":"pending"}}
--- pt_expect
HGET $key rev => 3
KEYS * => $key



=== unreserved characters may be encoded, in names and in ids
--- pt_redis
HSET $key state pending rev 1 app $PrintTask::app
--- request eval
[map { patch_uri("/print/$_", '{"status":{"state":"pending"}}') }
     '%74askDefinitions/%64/task%73/%74', 'task%44efinitions/d/%54ASKS/t']
--- error_code eval: [(200) x 2]
--- pt_backend_saw
PATCH /print/%74askDefinitions/%64/task%73/%74 {"status":{"state":"pending"}}
PATCH /print/task%44efinitions/d/%54ASKS/t {"status":{"state":"pending"}}
--- pt_expect
HGET $key rev => 3
KEYS * => $key



=== the arguments go with a change, but not with the question before it
--- request eval
patch_uri(task_uri() . '?$select=status&a=%2F..//')
--- error_code: 200
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t?$select=status&a=%2F..// {"status":{"state":"completed"}}



=== a request with an absolute URI
--- request eval
patch_uri('http://localhost' . task_uri())
--- error_code: 200
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_expect
HGET $key state => completed



=== ids of 1 byte and of as many as they may have, of all characters that they may have
--- request eval
[map { patch('{"status":{"state":"pending"}}', @$_) }
     ['0', 'x' x ID_MAX], ['A-Za-z0-9._~-', '...-']]
--- error_code eval: [(200) x 2]
--- pt_expect eval
'EXISTS ' . task_key('0', 'x' x ID_MAX) . " => 1\n"
. 'EXISTS ' . task_key('A-Za-z0-9._~-', '...-') . " => 1\n"



=== a rewritten path is checked in its new form
--- config eval
gateway_conf(extra => 'rewrite ^/print/old/(\w+)/(\w+)$
                       /print/taskDefinitions/$1/tasks/$2 break;')
--- request eval
[patch_uri('/print/old/d/t'),
 'DELETE /print/old/d/t',
 patch_uri('/print//old/d/t')]
--- error_code eval: [200, 405, 400]
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_expect
HGET $key state => completed
