# The gate: the back end gets the path, the method and the body that were
# checked.

use lib 't/lib';
use PrintTask;

our $Task = task_uri();

run_tests();

__DATA__

=== a prefix that makes a task of another path
--- config eval
gateway_conf(path => '/td/', pass => 'http://$PrintTask::backend/v1.0/print/taskDefinitions/')
--- request eval
[patch_uri('/td/d/tasks/t'), 'GET /td/d/tasks/t', 'DELETE /td/d/tasks/t']
--- pt_refused: 500 requestChanged
--- pt_backend_saw



=== a prefix that is another one for the back end
--- config eval
gateway_conf(path => '/gw/print/', pass => 'http://$PrintTask::backend/v1.0/print/')
--- pt_redis
HSET $key state pending
--- request eval
[patch_uri("/gw$main::Task"), "GET /gw$main::Task", 'GET /gw/print/printers',
 "POST /gw/print/printers\n{}", "POST /gw/print/taskDefinitions/d/tasks\n{}"]
--- error_code eval: [(200) x 3, 204, 204]
--- pt_backend eval
'if ($request_method = POST) { return 204; } ' . backend()
--- pt_backend_saw eval
qq(PATCH /v1.0$main::Task {"status":{"state":"completed"}}\nGET /v1.0$main::Task
GET /v1.0/print/printers\nPOST /v1.0/print/printers {}
POST /v1.0/print/taskDefinitions/d/tasks {}\n)



=== a path made of arguments
--- config eval
gateway_conf(pass => 'http://$PrintTask::backend/print/taskDefinitions/$arg_d/tasks/$arg_t')
--- request eval
[patch_uri('/print/x?d=d&t=t'), patch_uri("$main::Task?d=d&t=other"),
 patch_uri('/print/x?d=d/tasks/t%3f&t=x'), 'GET /print/x?d=d&t=t']
--- pt_redis
HSET $key state pending
--- pt_refused: 500 requestChanged
--- pt_backend_saw
--- pt_expect
HEXISTS $key lease => 0
HGET $key state => pending



=== a path made of the ids that were checked
--- config eval
gateway_conf(pass => 'http://$PrintTask::backend/v2/print/taskDefinitions/$print_task_definition_id/tasks/$print_task_id')
--- pt_redis
HSET $key state pending
--- pt_backend_saw eval
qq(PATCH /v2$main::Task {"status":{"state":"completed"}}\n)



=== an operator's path, which is not that of a task
--- config eval
gateway_conf(pass => 'http://$PrintTask::backend/jobs/$print_task_id')
--- pt_redis
HSET $key state pending
--- pt_refused: 500 requestChanged
--- pt_backend_saw



=== rewrite in the location
--- config eval
gateway_conf(path => '/api/', extra => 'rewrite ^/api/(.*)$ /print/taskDefinitions/$1 break;')
--- pt_redis
HSET $key state completed app $PrintTask::app
--- request eval
patch_uri('/api/d/tasks/t', '{"status":{"state":"aborted"}}')
--- pt_refused: 409 transitionNotAllowed
--- pt_backend_saw



=== rewrite out of the location to one that is off: a task is not sent
--- config eval
gateway_conf(extra => 'rewrite ^ /legacy$uri last;')
. 'location /legacy/ { proxy_pass http://$PrintTask::backend/; }'
--- request eval
[patch(), "GET $main::Task", "POST /print/\$batch\n{}"]
--- pt_refused: 503 notChecked
--- pt_backend_saw



=== rewrite out of the location to one that is off: other resources are
--- config eval
gateway_conf(path => '/app/', extra => 'rewrite ^/app/(.*)$ /legacy/$1 last;')
. 'location /legacy/ { proxy_pass http://$PrintTask::backend; }'
--- request eval
["POST /app/x\nbody", 'GET /app/y']
--- more_headers
# no token
--- pt_backend
return 204;
--- error_code eval: [204, 204]
--- pt_backend_saw
POST /legacy/x body
GET /legacy/y



=== the same, where a variable has made the token be read before
--- config eval
gateway_conf(path => '/app/', extra => 'if ($print_task_app_id = "x") { return 403; }
                                        rewrite ^/app/(.*)$ /legacy/$1 last;')
. 'location /legacy/ { proxy_pass http://$PrintTask::backend/; }'
--- pt_backend
return 204;
--- request eval
["POST /app/x\nbody", 'PATCH ' . $main::Task =~ s/^/\/app/r . "\n{}"]
--- error_code eval: [204, 503]
--- pt_backend_saw
POST /x body



=== proxy_method
--- config eval
gateway_conf(extra => 'proxy_method $arg_m;')
--- pt_redis
HSET $key state pending
--- request eval
[map { patch_uri("$main::Task?m=$_") } 'POST', 'PUT', 'GET', 'PATCH']
--- error_code eval: [(500) x 3, 200]
--- pt_backend_saw eval
qq(PATCH $main::Task?m=PATCH {"status":{"state":"completed"}}\n)
--- pt_expect
HGET $key state => completed



=== proxy_method makes a change of a GET, or of the module's own
--- config eval
gateway_conf(extra => 'set $m PATCH; proxy_method $m;')
--- request eval
["GET $main::Task", 'GET /print/printers', patch()]
--- error_code eval: [500, 500, 502]
--- pt_backend_saw



=== proxy_set_body
--- config eval
gateway_conf(extra => 'proxy_set_body $arg_b;')
--- pt_redis
HSET $key state pending
--- request eval
[map { patch_uri("$main::Task?b=$_") }
     '{"status":{"state":"pending"}}', '', '{"status":{"state":"completed"}}']
--- error_code eval: [500, 500, 200]
--- pt_backend_saw eval
qq(PATCH $main::Task?b={"status":{"state":"completed"}} {"status":{"state":"completed"}}\n)



=== a length that differs from the body
--- config eval
gateway_conf(extra => 'proxy_set_header Content-Length $arg_n;')
--- pt_redis
HSET $key state pending
--- request eval
[map { patch_uri("$main::Task?n=$_") } '5', '99', '']
--- pt_refused: 500 requestChanged
--- pt_backend_saw



=== a field that names a transfer coding
--- config eval
gateway_conf(extra => 'proxy_set_header Transfer-Encoding $arg_t;')
--- pt_redis
HSET $key state pending
--- request eval
patch_uri("$main::Task?t=chunked")
--- pt_refused: 500 requestChanged
--- pt_backend_saw



=== proxy_request_buffering off
--- config eval
gateway_conf(extra => 'proxy_request_buffering off; proxy_http_version 1.1;')
--- pt_redis
HSET $key state pending
--- error_code: 200
--- pt_backend_saw eval
qq(PATCH $main::Task {"status":{"state":"completed"}}\n)



=== ids in other spellings are the same ids
--- config eval: gateway_conf()
--- pt_redis
HSET $key state pending
--- request eval
[patch_uri('/print/taskDefinitions(\'d\')/tasks(\'t\')'),
 patch_uri('/print/taskdefinitions/%64/Tasks/t')]
--- error_code eval: [200, 200]



=== a back end that depends on the request
--- config eval
gateway_conf(pass => 'http://$be',
             extra => 'set $be $PrintTask::backend;')
--- pt_redis
HSET $key state pending
--- request eval
[patch(), "GET $main::Task", patch('{"status":{"state":"pending"}}')]
--- error_code eval: [200, 200, 409]
--- pt_backend_saw eval
qq(PATCH $main::Task {"status":{"state":"completed"}}\nGET $main::Task\n)



=== the same with a path, and with proxy_bind
--- config eval
gateway_conf(pass => 'http://$be/print/taskDefinitions/d/tasks/$arg_t',
             extra => 'set $be $PrintTask::backend; proxy_bind $server_addr;')
--- pt_redis
HSET $key state pending
--- request eval
[patch_uri("$main::Task?t=u"), patch_uri("$main::Task?t=t")]
--- error_code eval: [500, 200]
--- pt_backend_saw eval
qq(PATCH $main::Task {"status":{"state":"completed"}}\n) =~ s/PATCH \S+/PATCH $main::Task/r



=== an upstream that a variable names
--- http_config eval
http_conf(extra => 'upstream be { server $PrintTask::backend; keepalive 2; }')
--- config eval
gateway_conf(pass => 'http://$be$request_uri', extra => 'set $be be;')
--- pt_redis
HSET $key state pending
--- request eval
[patch(), patch_uri('/print/printers')]
--- error_code eval: [200, 200]
--- pt_backend_saw eval
qq(PATCH $main::Task {"status":{"state":"completed"}}\n)
. qq(PATCH /print/printers {"status":{"state":"completed"}}\n)



=== in an "if", by a variable
--- config eval
gateway_conf(extra => 'set $be $PrintTask::backend;
    if ($arg_t) { proxy_pass http://$be/print/taskDefinitions/d/tasks/$arg_t; }')
--- pt_redis
HSET $key state pending
--- request eval
[patch_uri("$main::Task?t=u"), "GET $main::Task?t=u", patch_uri("$main::Task?t=t")]
--- error_code eval: [500, 500, 200]
--- pt_backend_saw eval
qq(PATCH $main::Task {"status":{"state":"completed"}}\n)



=== a long path
--- request eval
['GET /print/' . 'x' x 5000, 'GET /print/' . 'x' x 7000]
--- error_code eval: [200, 200]



=== a refusal by the gate is logged as a refusal
--- config eval
gateway_conf(pass => 'http://$PrintTask::backend/x',
             extra => 'print_task_log_level notice;')
--- pt_redis
HSET $key state pending
--- pt_refused: 500 requestChanged
--- error_log eval
qr/\[notice\] .* print task refused: requestChanged \(500\), in front of a back end/
--- no_error_log
[error]
