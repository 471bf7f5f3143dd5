# The header fields of a request that change the form of an answer.

use lib 't/lib';
use PrintTask;

sub answer {
    return "location /print/ { print_task answer; @_ }";
}

sub preferring {
    return [map { auth_headers() . "Prefer: $_\n" } @_];
}

run_tests();

__DATA__

=== Prefer: return=minimal is 204 without a body
--- config eval
answer()
--- pt_redis
HSET $key state pending rev 1
--- more_headers eval
preferring('return=minimal')->[0]
--- error_code: 204
--- response_headers
Preference-Applied: return=minimal
! Content-Type
! Content-Length
--- response_body
--- pt_expect
HMGET $key state rev => completed 2



=== of a repeat, too
--- config eval
answer()
--- pt_redis
HSET $key state completed rev 1
--- more_headers eval
preferring('return=minimal')->[0]
--- error_code: 204
--- response_headers
Preference-Applied: return=minimal
--- pt_expect
HGET $key rev => 1



=== of a repeat that is answered in front of a back end
--- pt_redis
HSET $key state completed rev 1 app $PrintTask::app
--- more_headers eval
preferring('return=minimal')->[0]
--- error_code: 204
--- response_headers
Preference-Applied: return=minimal
--- pt_backend_saw



=== in any case, quoted, with parameters, among others
--- config eval
answer()
--- pt_redis
HSET $key state completed rev 1
--- request eval
[(patch()) x 5]
--- more_headers eval
preferring('Return=Minimal', 'return="minimal"', 'return=minimal; foo',
           'respond-async, wait=10, return=minimal', 'odata.x,return=minimal')
--- error_code eval
[(204) x 5]
--- response_headers eval
[('Preference-Applied: return=minimal') x 5]



=== return=representation and anything else is 200 with the task
--- config eval
answer()
--- pt_redis
HSET $key state completed rev 1
--- request eval
[(patch()) x 6]
--- more_headers eval
preferring('return=representation', 'minimal', 'return', 'xreturn=minimal',
           'return=minimalist', '"return=minimal"')
--- error_code eval
[(200) x 6]
--- response_headers eval
[('! Preference-Applied') x 6]
--- response_body_like eval
[('"state":"completed"') x 6]



=== the first of two preferences counts
--- config eval
answer()
--- pt_redis
HSET $key state completed rev 1
--- request eval
[patch(), patch()]
--- more_headers eval
preferring('return=representation, return=minimal',
           'return=minimal, return=representation')
--- error_code eval
[200, 204]



=== on a line of their own, they are one list
--- config eval
answer()
--- pt_redis
HSET $key state completed rev 1
--- more_headers eval
preferring("respond-async\nPrefer: return=minimal")->[0]
--- error_code: 204



=== GET is not a change: it is answered with the task
--- config eval
answer()
--- pt_redis
HSET $key state completed rev 1
--- request
GET /print/taskDefinitions/d/tasks/t
--- more_headers eval
preferring('return=minimal')->[0]
--- error_code: 200
--- response_headers
! Preference-Applied
--- response_body_like: "state":"completed"



=== a refusal has a body, whatever is preferred
--- config eval
answer()
--- pt_redis
HSET $key state completed rev 1
--- request eval
patch('{"status":{"state":"aborted"}}')
--- more_headers eval
preferring('return=minimal')->[0]
--- response_headers
! Preference-Applied
--- pt_refused: 409 transitionNotAllowed



=== the connection stays open after 204
--- config eval
answer()
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
raw_patch('{"status":{"state":"processing"}}', 'Prefer: return=minimal')
. raw_patch('{"status":{"state":"completed"}}', 'Connection: close')
--- error_code: 204
--- response_body_like: ^HTTP/1\.1 200 OK.*"state":"completed"
--- pt_expect
HMGET $key state rev => completed 3



=== a condition does not matter for an answered repeat in front of a back end
--- pt_redis
HSET $key state completed rev 1 app $PrintTask::app
--- request eval
[(patch()) x 4]
--- more_headers eval
[map { auth_headers() . "$_\n" } 'If-Match: *', 'If-Match: "1"',
     'If-None-Match: *', 'Range: bytes=0-0']
--- error_code eval
[(200) x 4]
--- pt_backend_saw



=== gzip of the answer, if the operator asks for it
--- config eval
answer('gzip on; gzip_types application/json; gzip_min_length 1;')
--- pt_redis
HSET $key state completed rev 1
--- more_headers eval
auth_headers() . "Accept-Encoding: gzip\n"
--- response_headers
Content-Encoding: gzip
