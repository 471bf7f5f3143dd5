# Paths that look like a task without a valid id, or with an id in another
# place.

use lib 't/lib';
use PrintTask;

run_tests();

__DATA__

=== ids of characters that they do not have
--- request eval
[map { patch_uri("/print/taskDefinitions/$_") }
     'd/tasks/t,x', 'd/tasks/t;v=1', 'd/tasks/t:x', 'd/tasks/t%20', 'd/tasks/*',
     'd/tasks/{t}', 'd/tasks/t@x', 'd+/tasks/t', 'd/tasks/t%3Fx']
--- pt_refused: 400 idInvalid



=== ids of a byte too many, empty ids, ids of dots only
--- request eval
[map { patch_uri("/print/taskDefinitions$_") }
     '/d/tasks/' . 'x' x (ID_MAX + 1), '/' . 'x' x (ID_MAX + 1) . '/tasks/t', "/d/tasks('')",
     "('')/tasks/t", "/d/tasks('..')", "/d/tasks('...')", '/d/tasks/...']
--- pt_refused: 400 idInvalid



=== a quote inside of an id
--- request eval
[map { patch_uri("/print/taskDefinitions/d/tasks$_") }
     "('a''b')", "('t'')", "(''t')", "/a'b", "('a')('b')"]
--- pt_refused: 400 idInvalid



=== segments of which only some servers make a task
--- request eval
[map { patch_uri("/print/$_") }
     'taskDefinitions/d/tasks(t)', 'taskDefinitions/d/tasks(1)',
     'taskDefinitions/d/tasks("t")', "taskDefinitions/d/tasks(id='t')",
     "taskDefinitions/d/tasks('t", 'taskDefinitions/d/tasks()',
     'taskDefinitions/d/tasks;v=1/t', 'taskDefinitions(d)/tasks/t',
     'taskDefinitions;a/d/tasks/t', 'taskDefinitions/d/tasks%20/t']
--- pt_refused: 400 pathInvalid



=== segments that some servers trim
--- request eval
[map { patch_uri("/print/$_") }
     'taskDefinitions/d/tasks./t', 'taskDefinitions./d/tasks/t',
     'taskDefinitions/d/tasks../t', 'shares/s/jobs/j/tasks./t',
     'taskDefinitions/d/tasks.%20/t', 'taskDefinitions/d/%20tasks/t',
     '%20taskDefinitions/d/tasks/t', 'shares/s/%20%20JOBS/j/tasks/t']
--- error_code_like eval: [('^40[05]$') x 8]
--- pt_backend_saw



=== spaces in front of other names are a part of them
--- request
PATCH /print/printers/%20p
{}
--- pt_backend
return 204;
--- error_code: 204
--- pt_backend_saw
PATCH /print/printers/%20p {}
