# print_task_store memory, with "forward": the records of this machine.

use lib 't/lib';
use PrintTask;

sub memory {
    return http_conf(redis => 0, extra => 'print_task_store memory:m:256k;');
}

run_tests();

__DATA__

=== the first change asks the back end, the next one does not
--- http_config eval: main::memory()
--- request eval
[patch('{"status":{"state":"processing"}}'), patch()]
--- error_code eval: [200, 200]
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"processing"}}
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== a repeat of a final state is answered without the back end
--- http_config eval: main::memory()
--- request eval
[(patch('{"status":{"state":"completed","description":"done"}}')) x 2]
--- error_code eval: [200, 200]
--- response_body_like eval
[('"state":"completed","description":"done"') x 2]
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":"done"}}



=== a completed task stays completed
--- http_config eval: main::memory()
--- request eval
[patch(), patch('{"status":{"state":"processing"}}')]
--- error_code eval: [200, 409]
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== without a directive: 16 megabytes of memory
--- http_config eval: http_conf(redis => 0)
--- request eval
[patch(), patch('{"status":{"state":"processing"}}')]
--- error_code eval: [200, 409]
