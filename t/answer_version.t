# print_task answer: versions of a task.

use lib 't/lib';
use PrintTask;

sub answer {
    return "location /print/ { print_task answer; @_ }";
}

sub memory {
    return http_conf(redis => 0, extra => 'print_task_store memory:m:256k;');
}

sub headers {
    return [map { auth_headers() . "$_\n" } @_];
}

run_tests();

__DATA__

=== a task has its revision as a strong entity tag
--- config eval
answer()
--- pt_redis
HSET $key state pending rev 7
--- request eval
['GET ' . task_uri(), 'HEAD ' . task_uri(),
 patch('{"status":{"state":"processing"}}'), patch('{}'),
 patch('{"status":{"description":"d"}}')]
--- more_headers eval
[(auth_headers()) x 4, auth_headers() . "Prefer: return=minimal\n"]
--- error_code eval
[200, 200, 200, 200, 204]
--- response_headers eval
['ETag: "7"', 'ETag: "7"', 'ETag: "8"', 'ETag: "8"', 'ETag: "9"']
--- response_body_like eval
[qr/^\{"\@odata.etag":"\\"7\\"",/, qr/^$/, qr/^\{"\@odata.etag":"\\"8\\"",/,
 qr/^\{"\@odata.etag":"\\"8\\"",/, qr/^$/]



=== a record without a revision has the tag "0"
--- config eval
answer()
--- pt_redis
HSET $key state pending
--- request eval
['GET ' . task_uri(), patch('{"status":{"state":"completed"}}')]
--- more_headers eval
headers('If-Match: "0"', 'If-Match: "0"')
--- error_code eval
[200, 200]
--- response_headers eval
['ETag: "0"', 'ETag: "1"']



=== a revision that another program has written
--- config eval
answer()
--- pt_redis
HSET $key state pending rev 007
--- request eval
[patch('{"status":{"state":"processing"}}'),
 patch('{"status":{"state":"processing"}}')]
--- more_headers eval
headers('If-Match: "007"', 'If-Match: "7"')
--- error_code eval
[412, 200]
--- pt_expect
HGET $key rev => 8



=== If-None-Match of GET
--- config eval
answer()
--- pt_redis
HSET $key state pending rev 7
--- request eval
[('GET ' . task_uri()) x 7, 'HEAD ' . task_uri()]
--- more_headers eval
headers('If-None-Match: "7"', 'If-None-Match: W/"7"', 'If-None-Match: *',
        'If-None-Match: "6", "7"',
        'If-None-Match: "6"', 'If-None-Match: 7', 'If-None-Match: "77"',
        'If-None-Match: "7"')
--- error_code eval
[(304) x 4, (200) x 3, 304]
--- response_headers eval
[("ETag: \"7\"\n! Content-Type\n! Content-Length") x 4, ('ETag: "7"') x 3,
 'ETag: "7"']
--- response_body_like eval
[(qr/^$/) x 4, (qr/"state":"pending"/) x 3, qr/^$/]



=== an absent task is 404 with every condition
--- config eval
answer()
--- pt_redis
HSET $key state pending rev 7 app other
--- request eval
['GET ' . task_uri(), 'GET ' . task_uri(), patch(), patch(), patch()]
--- more_headers eval
headers('If-None-Match: *', 'If-Match: "7"', 'If-Match: "7"', 'If-Match: *',
        'If-None-Match: *')
--- pt_refused: 404 taskNotFound
--- pt_expect
HMGET $key state rev => pending 7



=== If-Match of GET
--- config eval
answer()
--- pt_redis
HSET $key state pending rev 7
--- request eval
[('GET ' . task_uri()) x 4]
--- more_headers eval
headers('If-Match: "7"', 'If-Match: *', 'If-Match: "6"',
        "If-Match: \"6\"\nIf-None-Match: \"7\"")
--- error_code eval
[200, 200, 412, 412]
--- response_body_like eval
[(qr/"state":"pending"/) x 2, (qr/"code":"conditionFailed"/) x 2]



=== If-Match of PATCH: of two changes of a version the second is refused
--- config eval
answer('add_header X-Log "$print_task_verdict;$print_task_reason" always;')
--- pt_redis
HSET $key state pending rev 7
--- request eval
[patch('{"status":{"description":"a"}}'), patch('{"status":{"description":"b"}}'),
 patch('{"status":{"state":"completed"}}'),
 patch('{"status":{"description":null}}')]
--- more_headers eval
headers('If-Match: "7"', 'If-Match: "7"', 'If-Match: "7"', 'If-Match: W/"8"')
--- error_code eval
[200, 412, 412, 200]
--- response_headers eval
["ETag: \"8\"\nX-Log: answered;", 'X-Log: refused;conditionFailed',
 'X-Log: refused;conditionFailed', 'X-Log: answered;']
--- pt_expect
HMGET $key state description rev => pending (nil) 9



=== a change that keeps the description
--- config eval
answer()
--- pt_redis
HSET $key state pending rev 7 description d parentUrl u
--- request eval
patch('{"status":{"state":"processing"}}')
--- more_headers eval
headers('If-Match: "7"')->[0]
--- response_body_like: "parentUrl":"u","status":\{"state":"processing","description":"d"\}



=== a change that is made already is answered, whatever version the client knows
--- config eval
answer('add_header X-Log "$print_task_verdict" always;')
--- pt_redis
HSET $key state processing rev 7 description d
--- request eval
[patch('{"status":{"state":"processing","description":"d"}}'),
 patch('{"status":{"state":"processing"}}'),
 patch('{"status":{"state":"processing","description":"e"}}')]
--- more_headers eval
headers(('If-Match: "6"') x 3)
--- error_code eval
[200, 200, 412]
--- response_headers eval
["ETag: \"7\"\nX-Log: repeated", 'X-Log: repeated', 'X-Log: refused']
--- pt_expect
HMGET $key rev description => 7 d



=== the version is looked at before the rules
--- config eval
answer()
--- pt_redis
HSET $key state completed rev 7
--- request eval
[patch('{"status":{"state":"pending"}}'), patch('{"status":{"state":"pending"}}'),
 patch('{}'), patch('{}')]
--- more_headers eval
headers('If-Match: "6"', 'If-Match: "7"', 'If-Match: "6"', 'If-Match: "7"')
--- error_code eval
[412, 409, 412, 200]
--- response_body_like eval
[qr/conditionFailed/, qr/transitionNotAllowed/, qr/conditionFailed/,
 qr/"completed"/]



=== a condition that cannot be met, or depends on a time, changes nothing
--- config eval
answer()
--- pt_redis
HSET $key state pending rev 7
--- request eval
[(patch()) x 5]
--- more_headers eval
headers('If-None-Match: *', 'If-None-Match: "6"', 'If-Match: 7',
        'If-Match: "7", *',
        'If-Unmodified-Since: Mon, 23 Nov 2037 00:00:00 GMT')
--- pt_refused: 412 conditionFailed
--- pt_expect
HMGET $key state rev => pending 7



=== gzip weakens the tag, which still matches
--- config eval
answer('gzip on; gzip_types application/json; gzip_min_length 1;')
--- pt_redis
HSET $key state pending rev 7
--- request eval
['GET ' . task_uri(), 'GET ' . task_uri(),
 patch('{"status":{"state":"completed"}}')]
--- more_headers eval
headers('Accept-Encoding: gzip',
        "Accept-Encoding: gzip\nIf-None-Match: W/\"7\"", 'If-Match: W/"7"')
--- error_code eval
[200, 304, 200]
--- response_headers eval
['ETag: W/"7"', 'ETag: "7"', 'ETag: "8"']



=== errors have no tag
--- config eval
answer()
--- pt_redis
HSET $key state completed rev 7
--- request eval
[patch('{"status":{"state":"aborted"}}'), 'GET ' . task_uri('d', 'x')]
--- more_headers eval
headers('A: b', 'A: b')
--- error_code eval
[409, 404]
--- response_headers eval
['! ETag', '! ETag']



=== a repeat that is answered in front of a back end has no tag
--- pt_redis
HSET $key state completed rev 7 app $PrintTask::app
--- request eval
patch()
--- error_code: 200
--- response_headers
! ETag
--- response_body_like: ^\{"id":



=== in shared memory
--- http_config eval: main::memory()
--- config eval
'location /print/ { print_task answer; print_task_admin role=Maker; }'
--- request eval
my $pending = '{"status":{"state":"pending"}}';
["PUT " . task_uri() . "\n$pending", "PUT " . task_uri() . "\n$pending",
 patch('{"status":{"state":"processing"}}'), 'GET ' . task_uri(),
 patch('{"status":{"state":"completed"}}'), 'GET ' . task_uri(),
 "PUT " . task_uri('d', 'x') . "\n$pending"]
--- more_headers eval
my $maker = auth_headers(claims => { roles => ['Maker'] });
["${maker}If-None-Match: *\n", "${maker}If-Match: \"7\"\n",
 @{main::headers('If-Match: "7"', 'If-None-Match: "7"', 'If-Match: *',
                 'If-None-Match: *')}, "${maker}If-Match: *\n"]
--- error_code eval
[201, 412, 412, 200, 200, 304, 412]
