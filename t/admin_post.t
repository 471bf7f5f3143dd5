# print_task_admin: POST creates a task, and the gateway chooses its id.

use lib 't/lib';
use PrintTask;

sub admin {
    return 'location /print/ { print_task answer; '
           . 'print_task_tenant 8f2c5a1e-3b64-4d0f-9a57-1c0de0000001; '
           . "print_task_admin role=Maker; @_ }";
}

sub maker {
    return auth_headers(claims => { roles => ['Maker'] })
           . join '', map { "$_\n" } @_;
}

sub memory {
    return http_conf(redis => 0, extra => 'print_task_store memory:m:256k;');
}

sub post {
    my ($body, $path) = @_;

    return 'POST ' . ($path // '/print/taskDefinitions/d/tasks') . "\n"
           . ($body // '{"status":{"state":"pending"}}');
}

our $guid = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';

run_tests();

__DATA__

=== a task of its own for each request
--- config eval
admin('add_header X-Log "$print_task_definition_id $print_task_to $print_task_lookup $print_task_verdict" always;')
--- request eval
[post(), post('{"status":{"state":"processing","description":"d"},"parentUrl":"u","id":null}')]
--- more_headers eval
maker()
--- error_code eval
[201, 201]
--- response_headers_like eval
["Location: /print/taskDefinitions/d/tasks/$main::guid\nETag: \"\\d{13}\"\nX-Log: d pending miss answered",
 "Location: /print/taskDefinitions/d/tasks/$main::guid\nX-Log: d processing miss answered"]
--- response_body_like eval
[qr/^\{"\@odata.etag":"\\"\d{13}\\"","id":"$main::guid","parentUrl":null,"status":\{"state":"pending","description":null\}\}$/,
 qr/"parentUrl":"u","status":\{"state":"processing","description":"d"\}\}$/]
--- pt_expect
EVAL "return #redis.call('KEYS','print-task:{8f2c5a1e-3b64-4d0f-9a57-1c0de0000001/d}/*-*-4*-*-*')" 0 => 2



=== Location has the path as the client has spelled it
--- config eval
admin()
--- request eval
[post(undef, "/print/taskDefinitions('3203656E-6069-4E10-8147-D25290B00A3C')/tasks?a=b"),
 post(undef, "/print/TASKDEFINITIONS/d/tasks/")]
--- more_headers eval
maker()
--- error_code eval
[201, 201]
--- response_headers_like eval
["Location: /print/taskDefinitions\\('3203656E-6069-4E10-8147-D25290B00A3C'\\)/tasks/$main::guid",
 "Location: /print/TASKDEFINITIONS/d/tasks/$main::guid"]
--- pt_expect
EVAL "return #redis.call('KEYS','print-task:{8f2c5a1e-3b64-4d0f-9a57-1c0de0000001/3203656e-6069-4e10-8147-d25290b00a3c}/*')" 0 => 1



=== Prefer: return=minimal
--- config eval
admin()
--- request eval
post()
--- more_headers eval
maker('Prefer: return=minimal')
--- error_code: 204
--- response_headers_like eval
"Location: /print/taskDefinitions/d/tasks/$main::guid\nETag: \"\\d{13}\"\nPreference-Applied: return=minimal"



=== invalid bodies
--- config eval
admin()
--- request eval
[post('{"id":"a","status":{"state":"pending"}}'), post('{"status":{}}'),
 post('{}'), post('{"status":{"state":"pending"},"a":1}'),
 post('{"status":{"state":"pending"},"definition":{"id":"x"}}'),
 post('{"status":{"state":"gone"}}'), 'POST /print/taskDefinitions/d/tasks']
--- more_headers eval
maker()
--- pt_refused
400 idMismatch
400 propertyMissing
400 propertyMissing
400 propertyUnknown
400 idMismatch
400 stateInvalid
400 bodyEmpty
--- pt_expect
DBSIZE => 0



=== a condition cannot be about a task that is not there
--- config eval
admin()
--- request eval
[(post()) x 4]
--- more_headers eval
[map { maker($_) } 'If-Match: *', 'If-Match: "7"', 'If-None-Match: *',
     'If-Unmodified-Since: Mon, 23 Nov 2037 00:00:00 GMT']
--- pt_refused: 412 conditionFailed
--- pt_expect
DBSIZE => 0



=== not by an application
--- config eval
admin()
--- request eval
[(post()) x 3]
--- more_headers eval
[auth_headers(), auth_headers(claims => { roles => [] }), '#']
--- pt_refused
403 roleMissing
403 roleMissing
401 tokenMissing
--- pt_expect
DBSIZE => 0



=== by an address
--- config eval
'location /print/ { print_task answer; '
. 'print_task_tenant 8f2c5a1e-3b64-4d0f-9a57-1c0de0000001; '
. 'print_task_admin 127.0.0.1; }'
--- request eval
post()
--- more_headers: Content-Type: application/json
--- error_code: 201



=== a key of the operator's
--- config eval
admin('print_task_key "k:$print_task_definition_id:$print_task_id";')
--- request eval
post()
--- more_headers eval
maker()
--- error_code: 201
--- pt_expect
EVAL "return #redis.call('KEYS','k:d:*-*')" 0 => 1



=== in shared memory
--- http_config eval: main::memory()
--- config eval
admin()
--- request eval
[post(), post()]
--- more_headers eval
maker()
--- error_code eval
[201, 201]
