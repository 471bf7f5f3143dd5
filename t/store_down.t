# print_task_store_down: what becomes of requests when Redis does not answer.

use lib 't/lib';
use PrintTask;

run_tests();

__DATA__

=== check: a refetch first, then the change is made
--- http_config eval
http_conf(redis => 'unix:/nonexistent/redis.sock')
--- error_code: 200
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== check: the rules hold
--- http_config eval
http_conf(redis => 'unix:/nonexistent/redis.sock')
--- pt_backend eval
backend(GET => [200, task('t', 'aborted')])
--- pt_refused: 409 transitionNotAllowed
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t



=== check: a repeat is answered with the task of the back end
--- http_config eval
http_conf(redis => 'unix:/nonexistent/redis.sock')
--- pt_backend eval
backend(GET => [200, task('t', 'completed', 'x')])
--- error_code: 200
--- response_body_like: "state":"completed","description":"x"
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t



=== check: each request asks anew
--- http_config eval
http_conf(redis => 'unix:/nonexistent/redis.sock')
--- pt_backend eval
backend(GET => [200, task('t', 'aborted')])
--- request eval
[patch(), patch()]
--- pt_refused: 409 transitionNotAllowed
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
GET /print/taskDefinitions/d/tasks/t



=== reject: 503, the back end is left alone
--- http_config eval
http_conf(redis => 'unix:/nonexistent/redis.sock', extra => 'print_task_store_down reject;')
--- pt_refused: 503 storeDown
--- response_headers
Retry-After: 1
--- pt_backend_saw



=== reject: a client without the role gets 403, not 503
--- http_config eval
http_conf(redis => 'unix:/nonexistent/redis.sock', extra => 'print_task_store_down reject;')
--- request eval
[patch(), patch('{')]
--- more_headers eval
["Content-Type: application/json\n", auth_headers()]
--- pt_refused
401 tokenMissing
400 jsonSyntax



=== pass: the change is passed on unchecked, as the canonical body
--- http_config eval
http_conf(redis => 'unix:/nonexistent/redis.sock', extra => 'print_task_store_down pass;')
--- request eval
patch('{"Status":{"STATE":"2"}}')
--- error_code: 200
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== pass: not without a token, nor a broken body
--- http_config eval
http_conf(redis => 'unix:/nonexistent/redis.sock', extra => 'print_task_store_down pass;')
--- request eval
[patch(), patch('{"status":1}')]
--- more_headers eval
["Content-Type: application/json\n", auth_headers()]
--- pt_refused
401 tokenMissing
400 propertyType



=== answer mode: 503 for PATCH and GET
--- http_config eval
http_conf(redis => 'unix:/nonexistent/redis.sock')
--- config
location /print/ {
    print_task answer;
    print_task_store_down pass;
}
--- request eval
[patch(), 'GET ' . task_uri()]
--- pt_refused: 503 storeDown
--- response_headers
Retry-After: 1



=== the variables
--- http_config eval
http_conf(redis => 'unix:/nonexistent/redis.sock', extra => 'print_task_store_down pass;')
--- config eval
gateway_conf(extra => 'add_header X-Verdict "$print_task_verdict $print_task_lookup" always;')
--- error_code: 200
--- response_headers
X-Verdict: passed down
