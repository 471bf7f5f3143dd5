# Requests without a body, or with an empty one.

use lib 't/lib';
use PrintTask;

run_tests();

__DATA__

=== no body at all is 400
--- request
PATCH /print/taskDefinitions/d/tasks/t
--- pt_refused: 400 bodyEmpty
--- pt_expect
EXISTS $key => 0
--- pt_backend_saw



=== no body and no Content-Type: the reason is the body
--- request
PATCH /print/taskDefinitions/d/tasks/t
--- more_headers eval
auth_headers() =~ s/Content-Type.*\n//r
--- pt_refused: 400 bodyEmpty



=== a Content-Length of 0
--- raw_request eval
raw_patch('', 'Connection: close')
--- pt_refused: 400 bodyEmpty



=== HTTP/1.0 without a Content-Length
--- request
PATCH /print/taskDefinitions/d/tasks/t HTTP/1.0
--- pt_refused: 400 bodyEmpty



=== a chunked body without a chunk
--- raw_request eval
raw_patch(chunks(), 'Transfer-Encoding: chunked', 'Connection: close')
--- pt_refused: 400 bodyEmpty
--- pt_expect
EXISTS $key => 0



=== white space is no body
--- request eval
[map { patch($_) } ' ', "\r\n", " \t\r\n " x 100]
--- more_headers eval
[map { body_headers($_) } ' ', "\r\n", " \t\r\n " x 100]
--- pt_refused: 400 bodyEmpty



=== gzip of an empty body, and of white space
--- request eval
[map { patch(gzip($_)) } '', "\n"]
--- more_headers eval
[map { body_headers(gzip($_), 'Content-Encoding: gzip') } '', "\n"]
--- pt_refused: 400 bodyEmpty



=== an empty body labelled gzip
--- raw_request eval
raw_patch('', 'Content-Encoding: gzip', 'Connection: close')
--- pt_refused: 400 bodyEmpty



=== an empty body does not get past a task that may be changed
--- pt_redis
HSET $key state pending rev 1 app $PrintTask::app
--- request
PATCH /print/taskDefinitions/d/tasks/t
--- pt_refused: 400 bodyEmpty
--- pt_expect
HGET $key rev => 1
HEXISTS $key lease => 0



=== a byte order mark alone is not JSON
--- request eval
patch("\xef\xbb\xbf")
--- pt_refused: 400 jsonSyntax



=== a stranger gets 401, not the reason of the empty body
--- request
PATCH /print/taskDefinitions/d/tasks/t
--- more_headers
Content-Type: application/json
--- pt_refused: 401 tokenMissing



=== answer mode asks for a body, too
--- config eval
gateway_conf(mode => 'answer')
--- pt_redis
HSET $key state pending rev 7
--- request
PATCH /print/taskDefinitions/d/tasks/t
--- pt_refused: 400 bodyEmpty
--- pt_expect
HGET $key rev => 7
