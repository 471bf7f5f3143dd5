# The line in the error log about a refusal: client, resource and reason.

use lib 't/lib';
use PrintTask;

our $guid = qr/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

run_tests();

__DATA__

=== a refusal names reason, status, states, tenant, application, task and ids
--- pt_redis
HSET $key state completed rev 1 app $PrintTask::app
--- request eval
patch('{"status":{"state":"processing"}}')
--- more_headers eval
auth_headers() . "client-request-id: my id 7\n"
--- pt_refused: 409 transitionNotAllowed
--- error_log eval
qr/\[notice\] .*: \*\d+ print task refused: transitionNotAllowed \(409\), from: "completed", to: "processing", tenant: "$PrintTask::Token::Tenant", application: "$PrintTask::Token::App", definition: "d", task: "t", request-id: "$main::guid", client-request-id: "my id 7", client: 127\.0\.0\.1, server: /



=== a token that is not accepted names no tenant and no application
--- more_headers eval
auth_headers(key => 'stranger', kid => 'rsa1')
--- pt_refused: 401 tokenSignature
--- no_error_log eval
[qr/refused.*(?:tenant|application): /]



=== a client's value cannot end the quotation or the line
--- more_headers eval
"client-request-id: \", task: \"x\\\n"
--- error_code: 401
--- error_log eval
qr/, client-request-id: "\\x22, task: \\x22x\\x5C", client: /



=== a client-request-id that is not given back is not logged
--- more_headers eval
"client-request-id: " . 'x' x 65 . "\n"
--- pt_refused: 401 tokenMissing
--- no_error_log eval
[qr/print task refused.*client-request-id/]



=== another path names no task
--- request
GET /print/taskDefinitions/d/tasks/t/..%2fx
--- more_headers: #
--- pt_refused: 400 pathInvalid
--- error_log eval
qr/print task refused: pathInvalid \(400\), request-id: "$main::guid", client: /



=== a dry run logs the same
--- config eval
gateway_conf(extra => 'print_task_dry_run on;')
--- pt_redis
HSET $key state completed rev 1 app $PrintTask::app
--- request eval
patch('{"status":{"state":"processing"}}')
--- error_code: 200
--- error_log eval
qr/\[notice\] .*: \*\d+ print task would be refused: transitionNotAllowed \(409\), from: "completed", to: "processing", tenant: "$PrintTask::Token::Tenant", application: "$PrintTask::Token::App", definition: "d", task: "t", request-id: "$main::guid", client: /



=== below the level of error_log no line is written
--- log_level: warn
--- more_headers: #
--- pt_refused: 401 tokenMissing
--- no_error_log
print task refused



=== print_task_log_rate: a number that is too small
--- http_config eval
http_conf(extra => 'print_task_log_rate 0;')
--- must_die
--- error_log
invalid number "0", it must be from 1 to 100000 in "print_task_log_rate"



=== print_task_log_rate: a number that is too large
--- http_config eval
http_conf(extra => 'print_task_log_rate 100001;')
--- must_die
--- error_log
invalid number "100001", it must be from 1 to 100000 in "print_task_log_rate"



=== print_task_log_rate: twice
--- http_config eval
http_conf(extra => 'print_task_log_rate 5; print_task_log_rate 5;')
--- must_die
--- error_log
"print_task_log_rate" directive is duplicate



=== print_task_log_rate: not in a location
--- config eval
gateway_conf(extra => 'print_task_log_rate 5;')
--- must_die
--- error_log
"print_task_log_rate" directive is not allowed here
