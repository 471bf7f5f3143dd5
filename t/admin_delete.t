# print_task_admin: DELETE of a task.

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

run_tests();

__DATA__

=== a task is deleted, and is not there any more
--- config eval
admin('add_header X-Log "$print_task_from>$print_task_to $print_task_lookup $print_task_verdict" always;')
--- pt_redis
HSET $key state processing description d rev 7 app $PrintTask::app
--- request eval
['DELETE ' . task_uri(), 'DELETE ' . task_uri(), 'GET ' . task_uri()]
--- more_headers eval
maker()
--- error_code eval
[204, 404, 404]
--- response_headers eval
["X-Log: processing> hit answered\n! Content-Type\n! Content-Length\n! ETag",
 'X-Log: > miss refused', 'X-Log: > miss refused']
--- response_body_like eval
[qr/^$/, (qr/taskNotFound/) x 2]
--- pt_expect
DBSIZE => 0



=== in any state, with any owner, by every spelling of the path
--- config eval
admin()
--- pt_redis eval
[map { ['HSET', task_key('d', $_), state => $_, app => 'other'] }
     qw(pending processing completed aborted)]
--- request eval
["DELETE /print/taskDefinitions('d')/tasks('pending')",
 'DELETE /print/taskdefinitions/d/tasks/processing?a=b',
 "DELETE /print/taskDefinitions/d/tasks/completed\n{}",
 'DELETE /print/taskDefinitions/d/tasks/%61borted']
--- more_headers eval
maker()
--- error_code eval
[(204) x 4]
--- pt_expect
DBSIZE => 0



=== If-Match
--- config eval
admin()
--- pt_redis
HSET $key state processing rev 7
--- request eval
[('DELETE ' . task_uri()) x 6]
--- more_headers eval
[map { maker($_) } 'If-Match: "6"', 'If-None-Match: *', 'If-Match: 7',
     'If-Unmodified-Since: Mon, 23 Nov 2037 00:00:00 GMT',
     'If-Match: "6", W/"7"', 'If-Match: *']
--- error_code eval
[412, 412, 412, 412, 204, 404]
--- response_body_like eval
[(qr/conditionFailed/) x 4, qr/^$/, qr/taskNotFound/]
--- pt_expect
DBSIZE => 0



=== a record without a state is no task, and stays
--- config eval
admin()
--- pt_redis
HSET $key rev 7
--- request eval
'DELETE ' . task_uri()
--- more_headers eval
maker()
--- pt_refused: 404 taskNotFound
--- pt_expect
HGETALL $key => rev 7



=== a key of another program is kept
--- config eval
admin()
--- pt_redis
SET $key mine
--- request eval
'DELETE ' . task_uri()
--- more_headers eval
maker()
--- pt_refused: 503 storeDown
--- pt_error_log
has no record in key
--- pt_expect
GET $key => mine



=== not by an application
--- config eval
admin()
--- pt_redis
HSET $key state processing rev 7 app $PrintTask::app
--- request eval
[('DELETE ' . task_uri()) x 3]
--- more_headers eval
[auth_headers(), auth_headers(claims => { roles => [] }), '#']
--- pt_refused
403 roleMissing
403 roleMissing
401 tokenMissing
--- pt_expect
HGET $key state => processing



=== by an address
--- config eval
'location /print/ { print_task answer; '
. 'print_task_tenant 8f2c5a1e-3b64-4d0f-9a57-1c0de0000001; '
. 'print_task_admin 127.0.0.1; }'
--- pt_redis
HSET $key state processing rev 7
--- request eval
'DELETE ' . task_uri()
--- more_headers: #
--- error_code: 204
--- pt_expect
DBSIZE => 0



=== 405 without clients that may delete, and in front of a back end
--- config eval
'location /v1/ { print_task answer; }'
. gateway_conf(path => '/v2/',
               extra => 'print_task_realm v2; print_task_admin role=Maker;')
--- request eval
[map { "DELETE $_" . task_uri() } qw(/v1 /v2)]
--- more_headers eval
maker()
--- pt_refused: 405 methodNotAllowed
--- pt_backend_saw



=== the connection stays open
--- config eval
admin()
--- pt_redis
HSET $key state processing rev 7
--- raw_request eval
join '', map { "$_->[0] " . task_uri() . " HTTP/1.1\r\nHost: a\r\n"
               . (maker($_->[1]) =~ s/\n/\r\n/gr) . "\r\n" }
         ['DELETE', 'A: b'], ['GET', 'Connection: close']
--- error_code: 204
--- response_body_like: ^HTTP/1\.1 404



=== in shared memory
--- http_config eval: main::memory()
--- config eval
admin()
--- request eval
["PUT " . task_uri() . "\n" . '{"status":{"state":"pending"}}',
 ('DELETE ' . task_uri()) x 3, 'GET ' . task_uri(),
 "PUT " . task_uri() . "\n" . '{"status":{"state":"pending"}}']
--- more_headers eval
[maker(), maker('If-Match: "7"'), (maker()) x 4]
--- error_code eval
[201, 412, 204, 404, 404, 201]
