# Other resources: nested tasks, aliases of tasks, and types.

use lib 't/lib';
use PrintTask;

our $Task = task_uri();

sub tasks {
    return '{"displayName":"x","tasks@delta":[{"id":"t","status":{"state":"aborted"}}]}';
}

run_tests();

__DATA__

=== deep update of a definition
--- request eval
[patch_uri('/print/taskDefinitions/d', tasks()),
 patch_uri('/print/taskDefinitions(\'d\')', tasks()),
 patch_uri('/print/taskDefinitions/d/', '{"TASKS":[]}'),
 patch_uri('/print/taskDefinitions/d/microsoft.graph.printTaskDefinition', tasks()),
 "PUT /print/taskDefinitions/d\n" . tasks(),
 "POST /print/taskDefinitions\n" . tasks(),
 "POST /print/taskDefinitions/\$ref\n" . tasks(),
 "POST /print/taskDefinitions/microsoft.graph.x\n" . tasks()]
--- pt_refused: 400 nestedTasks
--- pt_backend_saw



=== deep update from further up
--- request eval
[patch_uri('/print/', '{"taskDefinitions":[{"id":"d","tasks":[{"id":"t"}]}]}'),
 patch_uri('/print/printers/p', '{"jobs":[{"id":"j","\\u0074asks":[]}]}'),
 patch_uri('/print/printers/p/jobs/j', tasks()),
 patch_uri('/print/shares/p/jobs(\'j\')', tasks()),
 patch_uri('/print/printers/p/taskTriggers/x', '{"definition":' . tasks() . '}'),
 patch_uri('/print/printers/p/taskTriggers/x/definition', tasks()),
 patch_uri('/print/taskDefinitions', '{"value":[' . tasks() . ']}')]
--- pt_refused: 400 nestedTasks
--- pt_backend_saw



=== such a resource without tasks is forwarded unchanged
--- request eval
[patch_uri('/print/taskDefinitions/d', '{ "displayName" : "tasks" }'),
 "POST /print/taskDefinitions\n{ \"displayName\" : \"x\" }",
 'DELETE /print/taskDefinitions/d', 'GET /print/taskDefinitions/d',
 "POST /print/printers/p/jobs\n", patch_uri('/print/printers/p', 'ipp')]
--- more_headers eval
[(auth_headers()) x 5, auth_headers() =~ s/json/ipp/r]
--- pt_backend
return 204;
--- error_code eval: [(204) x 6]
--- pt_backend_saw
PATCH /print/taskDefinitions/d { "displayName" : "tasks" }
POST /print/taskDefinitions { "displayName" : "x" }
DELETE /print/taskDefinitions/d
GET /print/taskDefinitions/d
POST /print/printers/p/jobs
PATCH /print/printers/p ipp



=== gzip is forwarded as gzip
--- raw_request eval
raw_patch(gzip('{"displayName":"x"}'), 'Content-Encoding: gzip', 'Connection: close')
    =~ s{^PATCH \S+}{PATCH /print/taskDefinitions/d}r
--- pt_backend
return 204;
--- error_code: 204
--- pt_backend_fields
Content-Encoding: gzip



=== gzip with tasks in it
--- raw_request eval
raw_patch(gzip(tasks()), 'Content-Encoding: gzip', 'Connection: close')
    =~ s{^PATCH \S+}{PATCH /print/taskDefinitions/d}r
--- pt_refused: 400 nestedTasks
--- pt_backend_saw



=== an ambiguous body is refused
--- request eval
[patch_uri('/print/taskDefinitions/d', '{"a":1,"A":{"tasks":[]}}'),
 patch_uri('/print/taskDefinitions/d', '<tasks/>'),
 patch_uri('/print/taskDefinitions/d', tasks()),
 patch_uri('/print/taskDefinitions/d', ' ' x BODY_MAX . '{}')]
--- more_headers eval
[(auth_headers()) x 2, auth_headers() =~ s{application/json}{text/plain}r,
 body_headers(' ' x (BODY_MAX + 2))]
--- pt_refused
400 jsonDuplicate
400 jsonSyntax
415 contentType
413 bodyTooLarge
--- pt_backend_saw



=== resources that have no tasks in them are not looked at
--- request eval
["POST /print/printers/p/jobs/j/start\nx", "POST /print/connectors\n" . tasks(),
 "PUT /print/printers/p/jobs/j/documents/d/\$value\n" . tasks()]
--- more_headers eval
auth_headers() =~ s{json}{pdf}r
--- pt_backend
return 204;
--- error_code eval: [204, 204, 204]



=== $entity, $links and $ref
--- request eval
[patch_uri('/print/$entity?$id=taskDefinitions/d/tasks/t'),
 patch_uri('/$entity'), patch_uri('/print/$entity/microsoft.graph.printTask'),
 patch_uri('/print/taskDefinitions/d/$links/tasks/t'),
 "POST /print/taskDefinitions/d/\$links/tasks\n{}",
 "PUT $main::Task/\$ref\n{}", "POST /print/taskDefinitions/d/tasks/\$ref\n{}"]
--- config eval: gateway_conf(path => '~ ^/(print|[$])')
--- pt_refused: 405 notCanonicalPath
--- response_headers
Allow: GET, HEAD
--- pt_backend_saw



=== GET of $entity needs a token
--- request eval
['GET /print/$entity?$id=x', 'GET /print/$entity?$id=x']
--- more_headers eval: [auth_headers(), '#']
--- error_code eval: [200, 401]



=== types and actions where an id would be
--- request eval
[patch_uri('/print/taskDefinitions/d/tasks/microsoft.graph.printTask'),
 patch_uri('/print/taskDefinitions/d/tasks/Microsoft.Graph.printTask/t'),
 patch_uri("$main::Task/microsoft.graph.printTask"),
 "POST $main::Task/microsoft.graph.complete\n{}",
 patch_uri('/print/taskDefinitions/d/microsoft.graph.printTaskDefinition/tasks/t'),
 patch_uri('/print/taskDefinitions/microsoft.graph.x/tasks/t')]
--- pt_refused: 405 notCanonicalPath
--- pt_backend_saw



=== the collection of tasks cannot be replaced
--- request eval
["PUT /print/taskDefinitions/d/tasks\n[]", patch_uri('/print/taskDefinitions/d/tasks', '{}'),
 'DELETE /print/taskDefinitions/d/tasks']
--- pt_refused: 405 methodNotAllowed
--- pt_backend_saw



=== a dry run passes all of them on
--- config eval
gateway_conf(extra => 'print_task_dry_run on;
    add_header X-Verdict "$print_task_verdict:$print_task_reason" always;')
--- request eval
[patch_uri('/print/taskDefinitions/d', tasks()), patch_uri('/print/$entity')]
--- pt_backend
return 204;
--- error_code eval: [204, 204]
--- response_headers eval
['X-Verdict: would_refuse:nestedTasks', 'X-Verdict: would_refuse:notCanonicalPath']
--- pt_backend_saw eval
'PATCH /print/taskDefinitions/d ' . tasks() . "\n"
. 'PATCH /print/$entity {"status":{"state":"completed"}}' . "\n"
