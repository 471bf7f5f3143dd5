# Expect: 100-continue: which requests get 100 Continue.

use lib 't/lib';
use PrintTask;

sub body {
    return '{"status":{"state":"completed"}}';
}

sub expecting {
    return raw_patch(@_, 'Expect: 100-continue', 'Connection: close');
}

run_tests();

__DATA__

=== 100 Continue for a body that will be read
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
expecting(body())
--- error_code: 100
--- response_body_like: ^HTTP/1\.1 200 OK.*"state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== a body after 100 Continue
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
[expecting('', 'Content-Length: 32'), body()]
--- raw_request_middle_delay: 0.05
--- error_code: 100
--- response_body_like: ^HTTP/1\.1 200 OK.*"state":"completed"



=== the same in chunks
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
[expecting('', 'Transfer-Encoding: chunked'), chunks(body())]
--- raw_request_middle_delay: 0.05
--- error_code: 100
--- response_body_like: ^HTTP/1\.1 200 OK.*"state":"completed"



=== no 100 Continue for a stranger
--- raw_request eval
expecting('', 'Content-Length: 32') =~ s/^Authorization.*?\r\n//mr
--- shutdown: 1
--- pt_refused: 401 tokenMissing



=== nor for an application that may not change tasks
--- raw_request eval
my $token = token(claims => { roles => ['Reader'] });

expecting('', 'Content-Length: 32') =~ s/Bearer \S+/Bearer $token/r
--- shutdown: 1
--- pt_refused: 403 roleMissing



=== nor for a body that is too large
--- raw_request eval
expecting('', 'Content-Length: ' . (BODY_MAX + 1))
--- shutdown: 1
--- pt_refused: 413 bodyTooLarge



=== nor for another type
--- raw_request eval
expecting('', 'Content-Length: 32', 'Content-Type: text/plain')
--- shutdown: 1
--- pt_refused: 415 contentType



=== nor for a path that is not accepted
--- raw_request eval
expecting('', 'Content-Length: 32') =~ s/tasks\/t/tasks%2Ft/r
--- shutdown: 1
--- pt_refused: 400 pathInvalid



=== nor for a method that is not allowed
--- raw_request eval
expecting('', 'Content-Length: 32') =~ s/PATCH/PUT/r
--- shutdown: 1
--- pt_refused: 405 methodNotAllowed



=== an error in the body comes after the 100
--- raw_request eval
expecting('{"status":1}')
--- error_code: 100
--- response_body_like: ^HTTP/1\.1 400 Bad Request.*"code":"propertyType"
--- pt_backend_saw



=== the back end gets no Expect
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
expecting(body())
--- error_code: 100
--- response_body_like: ^HTTP/1\.1 200 OK
--- pt_backend_fields
Expect: -



=== the question for the state does not expect anything, either
--- raw_request eval
expecting(body())
--- error_code: 100
--- response_body_like: ^HTTP/1\.1 200 OK
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_backend_fields
Expect: -



=== other expectations are ignored
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
raw_patch(body(), 'Expect: the-unexpected', 'Connection: close')
--- response_body_like: "state":"completed"



=== HTTP/1.0 has no 100
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
expecting(body()) =~ s/HTTP\/1\.1/HTTP\/1.0/r
--- response_body_like: "state":"completed"
