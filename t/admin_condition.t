# print_task_admin: PUT with a condition.

use lib 't/lib';
use PrintTask;

sub admin {
    return 'location /print/ { print_task answer; '
           . "print_task_admin role=Maker; @_ }";
}

sub with {
    return [map { auth_headers(claims => { roles => ['Maker'] }) . "$_\n" }
                @_];
}

sub put {
    my ($body) = @_;

    return 'PUT ' . task_uri() . "\n"
           . ($body // '{"status":{"state":"pending"}}');
}

run_tests();

__DATA__

=== If-None-Match: * creates a task, but replaces no task
--- config eval
admin('add_header X-Log "$print_task_from>$print_task_to $print_task_lookup $print_task_verdict" always;')
--- request eval
[put(), put('{"status":{"state":"aborted"}}')]
--- more_headers eval
with('If-None-Match: *', "If-None-Match: *\nPrefer: return=minimal")
--- error_code eval
[201, 412]
--- response_headers eval
["Location: " . task_uri() . "\nX-Log: >pending miss answered",
 "! Location\nX-Log: pending>aborted hit refused"]
--- response_body_like eval
[qr/"state":"pending"/,
 qr/"code":"preconditionFailed".*"code":"taskExists"/]
--- pt_expect
HGET $key state => pending



=== ... and refuses an existing task, also of an application
--- config eval
admin()
--- pt_redis
HSET $key state processing rev 7 app $PrintTask::app confirmed 1
PEXPIRE $key 5000000
--- request eval
put()
--- more_headers eval
with('If-None-Match: *')->[0]
--- pt_refused: 412 taskExists
--- pt_expect
HMGET $key state rev app confirmed => processing 7 $PrintTask::app 1
PTTL $key => /^4[89]\d{5}$/



=== a record without a state is no task
--- config eval
admin()
--- pt_redis
HSET $key rev 7 app other
--- request eval
put()
--- more_headers eval
with('If-None-Match: *')->[0]
--- error_code: 201
--- pt_expect
HMGET $key state rev app => pending 8 (nil)



=== a condition that cannot be met, or depends on a time, changes nothing
--- config eval
admin()
--- pt_redis
HSET $key state processing rev 7
--- request eval
[(put()) x 5]
--- more_headers eval
with('If-None-Match: "7"', 'If-None-Match: **', 'If-None-Match: "7", *',
     "If-None-Match: *\nIf-Match: *",
     'If-Unmodified-Since: Mon, 23 Nov 2037 00:00:00 GMT')
--- pt_refused: 412 conditionFailed
--- pt_expect
HMGET $key state rev => processing 7



=== If-Match replaces only the version that it names
--- config eval
admin()
--- pt_redis
HSET $key state processing rev 7
--- request eval
[(put()) x 6]
--- more_headers eval
with('If-Match: "6"', 'If-Match: 7', 'If-Match: "7"', 'If-Match: "7"',
     'If-Match: "1", W/"8"',
     "If-Match: *\nIf-Unmodified-Since: Mon, 23 Nov 2015 00:00:00 GMT")
--- error_code eval
[412, 412, 200, 412, 200, 200]
--- response_headers eval
['! ETag', '! ETag', 'ETag: "8"', '! ETag', 'ETag: "9"', 'ETag: "10"']
--- response_body_like eval
[(qr/"code":"conditionFailed"/) x 2, qr/\{"\@odata.etag":"\\"8\\""/,
 qr/"code":"conditionFailed"/, (qr/"state":"pending"/) x 2]
--- pt_expect
HMGET $key state rev => pending 10



=== If-Match makes no task
--- config eval
admin()
--- request eval
[put(), put()]
--- more_headers eval
with('If-Match: *', 'If-Match: "0"')
--- pt_refused: 412 conditionFailed
--- pt_expect
DBSIZE => 0



=== If-Modified-Since is only for GET (RFC 9110, section 13.1.3)
--- config eval
admin()
--- request eval
put()
--- more_headers eval
with('If-Modified-Since: Mon, 23 Nov 2037 00:00:00 GMT')->[0]
--- error_code: 201



=== a condition does not matter for an invalid request
--- config eval
admin()
--- pt_redis
HSET $key state processing rev 7
--- request eval
[put('{"status":{}}'), put()]
--- more_headers eval
[with('If-Match: *')->[0], auth_headers() . "If-Match: *\n"]
--- pt_refused
400 propertyMissing
403 roleMissing



=== a part of a task cannot be put
--- config eval
admin()
--- request eval
put()
--- more_headers eval
with('Content-Range: bytes 0-29/30')->[0]
--- pt_refused: 400 contentRange
--- pt_expect
DBSIZE => 0
