# Several requests on one connection: each body ends at its own end.

use lib 't/lib';
use PrintTask;

sub body {
    return '{"status":{"state":"processing"}}';
}

# What comes after a refusal on the same connection; the one refused keeps its
# body, which must not be taken for the next request.

my $next = 'PATCH /print/taskDefinitions/d/tasks/next HTTP/1.1';

sub and_then {
    my ($first) = @_;

    return $first . raw_patch('{"status":{"state":"aborted"}}',
                              'Connection: close') =~ s/^.*?(?=\r)/$next/r;
}

run_tests();

__DATA__

=== pipelined changes are made in their order
--- pt_redis
HSET $key state pending rev 1
--- pipelined_requests eval
[patch('{"status":{"state":"processing"}}'),
 patch('{"status":{"description":"page 2"}}'),
 patch('{"status":{"state":"completed","description":"done"}}')]
--- error_code eval
[200, 200, 200]
--- response_body_like eval
['"state":"processing"', '"description":"page 2"',
 '"state":"completed","description":"done"']
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"processing"}}
PATCH /print/taskDefinitions/d/tasks/t {"status":{"description":"page 2"}}
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":"done"}}
--- pt_expect
HGET $key rev => 4
HEXISTS $key lease => 0



=== a pipelined change sees the effect of the previous one
--- pt_redis
HSET $key state pending rev 1
--- pipelined_requests eval
[patch('{"status":{"state":"completed"}}'),
 patch('{"status":{"state":"processing"}}'),
 patch('{"status":{"state":"completed"}}')]
--- error_code eval
[200, 409, 200]
--- response_body_like eval
['"state":"completed"', '"transitionNotAllowed"', '"state":"completed"']
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== chunked and gzip bodies, pipelined
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
raw_patch(chunks(split //, body()), 'Transfer-Encoding: chunked')
. raw_patch(gzip(body()), 'Content-Encoding: gzip')
. raw_patch(chunks(gzip(body())), 'Transfer-Encoding: chunked')
. raw_patch(body(), 'Connection: close')
--- pipelined_requests eval
[1 .. 4]
--- error_code eval
[(200) x 4]
--- response_body_like eval
[('"state":"processing"') x 4]
--- pt_expect
HGET $key rev => 5



=== the connection stays open after a refusal of the token
--- raw_request eval
and_then(raw_patch(body()) =~ s/^Authorization.*?\r\n//mr)
--- pipelined_requests eval
[1, 2]
--- error_code eval
[401, 200]
--- response_body_like eval
['"tokenMissing"', '"id":"next"']



=== ... of the type, with a chunked body that is skipped
--- raw_request eval
and_then(raw_patch(chunks(split //, body()), 'Transfer-Encoding: chunked',
                   'Content-Type: text/plain'))
--- pipelined_requests eval
[1, 2]
--- error_code eval
[415, 200]
--- response_body_like eval
['"contentType"', '"id":"next"']



=== ... of the method, with a body that looks like a request
--- raw_request eval
and_then(raw_patch(raw_patch(body())) =~ s/PATCH/PUT/r)
--- pipelined_requests eval
[1, 2]
--- error_code eval
[405, 200]
--- response_body_like eval
['"methodNotAllowed"', '"id":"next"']
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/next
PATCH /print/taskDefinitions/d/tasks/next {"status":{"state":"aborted"}}



=== ... of the transition
--- pt_redis
HSET $key state completed rev 1 app $PrintTask::app
--- raw_request eval
and_then(raw_patch(body()))
--- pipelined_requests eval
[1, 2]
--- error_code eval
[409, 200]
--- response_body_like eval
['"transitionNotAllowed"', '"id":"next"']



=== ... of the body, in one line
--- raw_request eval
and_then(raw_patch('{"status":{"state":"done"}}'))
--- pipelined_requests eval
[1, 2]
--- error_code eval
[400, 200]
--- response_body_like eval
['"stateInvalid"', '"id":"next"']



=== ... of the body, cut off
--- raw_request eval
and_then(raw_patch('{"status":{"state":"'))
--- pipelined_requests eval
[1, 2]
--- error_code eval
[400, 200]
--- response_body_like eval
['"jsonSyntax"', '"id":"next"']



=== a body of more lines ends the connection, as all 400 of nginx do
--- raw_request eval
and_then(raw_patch("{\n}}"))
--- pt_refused: 400 jsonSyntax
--- response_headers
Connection: close
--- pt_backend_saw



=== so does 413, whose body has not been read
--- raw_request eval
and_then(raw_patch('x' x (BODY_MAX + 1)))
--- pt_refused: 413 bodyTooLarge
--- response_headers
Connection: close
--- pt_backend_saw



=== and 413 in the middle of a chunked body
--- raw_request eval
and_then(raw_patch(chunks(('x' x 1000) x 20), 'Transfer-Encoding: chunked'))
--- pt_refused: 413 bodyTooLarge
--- response_headers
Connection: close
--- pt_backend_saw



=== the connection stays open after a repeat and after an empty change
--- pt_redis
HSET $key state completed description '' rev 1 app $PrintTask::app
--- pipelined_requests eval
[patch(), patch('{}'), patch('{"status":{"description":""}}')]
--- error_code eval
[200, 200, 200]
--- response_body_like eval
[('"id":"t".*"state":"completed"') x 3]
--- pt_backend_saw
