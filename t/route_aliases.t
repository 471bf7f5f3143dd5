# Other paths of a task than that of its definition: they can be read, but not
# written.

use lib 't/lib';
use PrintTask;

no_root_location();

run_tests();

__DATA__

=== bypass: PATCH through the jobs of a printer or a share is 405
--- request eval
[map { patch_uri("/print/$_/jobs/j/tasks/t") }
     'printers/p', 'shares/s', "printers('p')", "shares('s')"]
--- pt_refused: 405 notCanonicalPath
--- response_headers
Allow: GET, HEAD
--- pt_backend_saw
--- pt_expect
DBSIZE => 0



=== bypass: in any spelling
--- config eval: gateway_conf(path => '/')
--- request eval
[map { patch_uri($_) }
     "/v1.0/print/printers('p')/jobs('j')/tasks('t')",
     '/beta/PRINT/SHARES/s/JOBS/j/TASKS/t',
     '/print/shares/s/jobs/j/%74asks/t', '/print/printers/p/jobs/j/tasks/t/',
     "/print/printers/p/jobs('j')/tasks('t')"]
--- pt_refused: 405 notCanonicalPath



=== bypass: by the trigger of a printer, or by a name that is not known yet
--- request eval
[map { patch_uri("/print/$_") }
     'printers/p/taskTriggers/x/definition/tasks/t', 'tasks/t', "tasks('t')",
     'connectors/c/tasks/t', 'a/b/c/tasks/t/d/e']
--- pt_refused: 405 notCanonicalPath



=== all methods but GET and HEAD are 405 there
--- request eval
[map { "$_ /print/printers/p/jobs/j/tasks/t\n{}" }
     qw(PUT POST DELETE MERGE FOO)]
--- pt_refused: 405 notCanonicalPath
--- pt_backend_saw



=== GET and HEAD through them are passed on with a token
--- pt_backend eval
backend(HEAD => [200, ''])
--- request eval
['GET /print/printers/p/jobs/j/tasks/t', "GET /print/shares/s/jobs('j')/tasks",
 'HEAD /print/printers/p/jobs/j/tasks/t', 'GET /print/printers/p/jobs/j/tasks/t']
--- more_headers eval
[(auth_headers()) x 3, '']
--- error_code eval: [200, 200, 200, 401]
--- pt_backend_saw
GET /print/printers/p/jobs/j/tasks/t
GET /print/shares/s/jobs('j')/tasks
HEAD /print/printers/p/jobs/j/tasks/t



=== bypass: writes below a task are refused
--- request eval
[map { patch_uri(task_uri() . $_) }
     '/', '/status', '/status/state', '/definition', '/trigger', '/$value',
     "/microsoft.graph.printTask", '/x/y/z']
--- pt_refused: 405 notCanonicalPath
--- pt_backend_saw



=== bypass: nor below a task with its key in parentheses
--- request eval
[map { patch_uri("/print/taskDefinitions('d')/tasks('t')$_") }
     '/', '/status', '/definition']
--- pt_refused: 405 notCanonicalPath



=== resources below a task can be read with a token
--- request eval
['GET ' . task_uri() . '/definition', 'GET ' . task_uri() . '/trigger?a=b']
--- more_headers eval
[auth_headers(), '']
--- error_code eval: [200, 401]
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t/definition



=== a trailing slash makes no other task
--- config eval: gateway_conf(path => '/')
--- request eval
[map { "$_\n{}" } 'PUT ' . task_uri() . '/', 'DELETE ' . task_uri() . '/',
                  "PUT /print/taskDefinitions/d/tasks('t')/"]
--- pt_refused: 405 notCanonicalPath
--- pt_backend_saw



=== bypass: $batch is 501, by any of its spellings
--- config eval: gateway_conf(path => '/')
--- request eval
[map { "POST $_\n" . '{"requests":[]}' }
     '/$batch', '/v1.0/$batch', '/beta/%24batch', '/v1.0/$BATCH?a=b',
     '/print/$batch', '/v1.0/%24%62atch']
--- pt_refused: 501 batchNotSupported
--- pt_backend_saw



=== bypass: $batch with a trailing slash, or with parameters
--- config eval: gateway_conf(path => '/')
--- request eval
[map { "POST $_\n" . '{"requests":[]}' }
     '/v1.0/$batch/', '/v1.0/$batch;a=b', '/v1.0/$batch()']
--- error_code_like eval: [('^(?:400|501)$') x 3]
--- pt_backend_saw



=== $batch is refused whatever the method, and without a token
--- config eval: gateway_conf(path => '/')
--- request eval
['GET /v1.0/$batch', "PATCH /v1.0/\$batch\n{}", "POST /v1.0/\$batch\n{}"]
--- more_headers eval
[auth_headers(), auth_headers(), '']
--- pt_refused: 501 batchNotSupported
--- pt_backend_saw



=== bypass: the set of tasks is not changed at one go
--- request eval
[map { "$_\n" . '{"value":[{"id":"t","status":{"state":"completed"}}]}' }
     map { my $path = $_; map { "$_ $path" } qw(PATCH PUT DELETE) }
         '/print/taskDefinitions/d/tasks', "/print/printers/p/jobs('j')/tasks/"]
--- pt_refused: 405 methodNotAllowed
--- response_headers
Allow: GET, HEAD, POST
--- pt_backend_saw



=== bypass: nor some of them, by a filter
--- request eval
[map { patch_uri("/print/taskDefinitions/d/tasks/$_", '{}') }
     '$filter(@f)/$each', '$each', '$count', '$ref']
--- error_code_like eval: [('^40[05]$') x 4]
--- pt_backend_saw



=== the tasks of a definition can be listed, counted, and made
--- request eval
['GET /print/taskDefinitions/d/tasks',
 'GET /print/taskDefinitions/d/tasks?$top=5',
 'GET /print/taskDefinitions/d/tasks/$count',
 "POST /print/taskDefinitions/d/tasks\n{}"]
--- pt_backend
location / { return 200 "ok"; }
--- error_code eval: [(200) x 4]
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks
GET /print/taskDefinitions/d/tasks?$top=5
GET /print/taskDefinitions/d/tasks/$count
POST /print/taskDefinitions/d/tasks {}



=== names that only begin with ours are other resources
--- request eval
[map { patch_uri("/print/$_", '{}') }
     'printers/p/jobs/j/tasksets/t', 'taskDefinitionsX/d/task/t',
     'printers/p/jobs/j/mytasks/t', 'printers/p/tasks-2/t']
--- pt_backend
location / { return 200 "ok"; }
--- error_code eval: [(200) x 4]
--- pt_backend_saw
PATCH /print/printers/p/jobs/j/tasksets/t {}
PATCH /print/taskDefinitionsX/d/task/t {}
PATCH /print/printers/p/jobs/j/mytasks/t {}
PATCH /print/printers/p/tasks-2/t {}
