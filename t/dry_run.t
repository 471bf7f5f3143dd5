# print_task_dry_run: verdicts are recorded, and have no other effect.

use lib 't/lib';
use PrintTask;

our $Conf = gateway_conf(extra => 'print_task_dry_run on;
    add_header X-Verdict "$print_task_verdict:$print_task_reason" always;');

run_tests();

__DATA__

=== a request without a token is forwarded unchanged
--- config eval: $main::Conf
--- more_headers
Content-Type: application/json
--- error_code: 200
--- response_headers
X-Verdict: would_refuse:tokenMissing
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== a broken body is forwarded unchanged
--- config eval: $main::Conf
--- request eval
patch('{"status":{"state":"done", }')
--- error_code: 200
--- response_headers
X-Verdict: would_refuse:jsonSyntax
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"done", }



=== a change without a lease has no fence
--- config eval
gateway_conf(extra => 'print_task_dry_run on; access_log logs/task.log task;
                       proxy_set_header X-Fence $print_task_fence;')
--- http_config eval
http_conf(extra => q{log_format task '"$print_task_fence"';})
--- pt_redis
HSET $key rev 41
--- pt_backend eval
backend(GET => [500, '{}'])
--- error_code: 200
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_backend_fields
X-Fence: -
--- pt_log
"-"



=== a body over the limit is forwarded unchanged
--- config eval
$main::Conf =~ s/on;/on; print_task_body_max 64;/r
--- request eval
patch('{"status":{"state":"pending"},"x":"' . 'x' x 90 . '"}')
--- error_code: 200
--- response_headers
X-Verdict: would_refuse:bodyTooLarge
--- pt_backend_saw eval
qq(PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"pending"},"x":") . 'x' x 90 . '"}'



=== an illegal change is passed on, and the record follows the back end
--- config eval: $main::Conf
--- pt_redis
HSET $key state completed app $PrintTask::app
--- request eval
patch('{"status":{"state":"processing"}}')
--- error_code: 200
--- response_headers
X-Verdict: would_refuse:transitionNotAllowed
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"processing"}}
--- pt_expect
HGET $key state => processing
HEXISTS $key lease => 0



=== a change of a task that another request holds is passed on and invalidates the record
--- config eval
$main::Conf =~ s/on;/on; print_task_lease 75s 50ms;/r
--- pt_redis
HSET $key state pending rev 7 lease other leaseUntil 99999999999999
--- error_code: 200
--- response_headers
X-Verdict: would_refuse:taskBusy
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_expect
HEXISTS $key state => 0
HGET $key lease => other
HGET $key rev => 8



=== a repeat is passed on
--- config eval: $main::Conf
--- pt_redis
HSET $key state completed app $PrintTask::app
--- error_code: 200
--- response_headers
X-Verdict: repeated:
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== a legal change is passed on as the client wrote it
--- config eval: $main::Conf
--- pt_redis
HSET $key state pending
--- request eval
patch('{ "Status": {"State": "2"} }')
--- error_code: 200
--- response_headers
X-Verdict: forwarded:
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t { "Status": {"State": "2"} }
--- pt_expect
HEXISTS $key lease => 0



=== Redis down: passed on
--- http_config eval
http_conf(redis => 'unix:/nonexistent', extra => 'print_task_store_down reject;')
--- config eval: $main::Conf
--- error_code: 200
--- response_headers
X-Verdict: would_refuse:storeDown
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== another method on a task is passed on
--- config eval: $main::Conf
--- request eval
'DELETE ' . task_uri()
--- response_headers
X-Verdict: would_refuse:methodNotAllowed
--- error_code: 404
--- pt_backend eval
backend(DELETE => [404, '{}'])



=== a batch is passed on, and the changes in it are not looked at
--- config eval: $main::Conf
--- pt_redis
HSET $key state completed app $PrintTask::app
--- request eval
"POST /print/\$batch\n"
. '{"requests":[{"id":"1","method":"PATCH","url":"/print/taskDefinitions/d/tasks/t",'
. '"body":{"status":{"state":"pending"}}}]}'
--- pt_backend
return 204;
--- error_code: 204
--- response_headers
X-Verdict: would_refuse:batchNotSupported
--- pt_backend_saw
POST /print/$batch {"requests":[{"id":"1","method":"PATCH","url":"/print/taskDefinitions/d/tasks/t","body":{"status":{"state":"pending"}}}]}
--- pt_expect
HGET $key state => completed



=== paths that servers read in different ways are passed on as they are
--- config eval: $main::Conf
--- request eval
[map { patch_uri("/print/$_") }
     'taskDefinitions/d/tasks/%2574', 'taskDefinitions/d//tasks/t',
     'taskDefinitions/d/tasks;a/t']
--- pt_backend
return 204;
--- error_code eval: [(204) x 3]
--- response_headers eval: [('X-Verdict: would_refuse:pathInvalid') x 3]
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/%2574 {"status":{"state":"completed"}}
PATCH /print/taskDefinitions/d//tasks/t {"status":{"state":"completed"}}
PATCH /print/taskDefinitions/d/tasks;a/t {"status":{"state":"completed"}}



=== headers that name a method, and bodies in two encodings, too
--- config eval: $main::Conf
--- request eval
[patch(), patch(gzip(gzip('{}')))]
--- more_headers eval
[auth_headers() . "X-HTTP-Method: PUT\n",
 body_headers(gzip(gzip('{}')), 'Content-Encoding: gzip')]
--- error_code eval: [200, 200]
--- response_headers eval
[map { "X-Verdict: would_refuse:$_" } 'methodOverride', 'bodyCompression']
--- pt_backend_saw eval
'PATCH ' . task_uri() . ' {"status":{"state":"completed"}}' . "\n"
. 'PATCH ' . task_uri() . ' ' . gzip(gzip('{}')) . "\n"



=== refusals of a dry run are logged at print_task_log_level
--- config eval
$main::Conf =~ s/on;/on; print_task_log_level warn;/r
--- more_headers
Content-Type: application/json
--- error_log eval
qr/\[warn\] .* print task would be refused: tokenMissing \(401\)/
--- error_code: 200
