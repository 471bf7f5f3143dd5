# The back end gets the canonical body, byte by byte, and not the client's.

use lib 't/lib';
use PrintTask;

# what the back end gets for a body, from a pending task

sub seen {
    return join '', map { 'PATCH ' . task_uri() . " $_\n" } @_;
}

run_tests();

__DATA__

=== state and description, in this order, whatever order they came in
--- pt_redis
HSET $key state pending rev 1
--- request
PATCH /print/taskDefinitions/d/tasks/t
{"status":{"description":"completed","state":"completed"}}
--- pt_backend_saw eval
seen('{"status":{"state":"completed","description":"completed"}}')
--- pt_backend_fields
Content-Length: 58



=== a large body with escapes in it
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch('{"@note":"' . 'a\u0062c' x 2000 . '","status":{"description":"\u0031",'
      . '"state":"\u0063ompleted"}}')
--- pt_backend_saw eval
seen('{"status":{"state":"completed","description":"1"}}')



=== only the given property: the state
--- pt_redis
HSET $key state pending description old rev 1
--- request
PATCH /print/taskDefinitions/d/tasks/t
{"status":{"state":"aborted"}}
--- pt_backend_saw eval
seen('{"status":{"state":"aborted"}}')
--- pt_backend_fields
Content-Length: 30



=== only the given property: the description
--- pt_redis
HSET $key state pending description old rev 1
--- request
PATCH /print/taskDefinitions/d/tasks/t
{"status":{"description":"new"}}
--- pt_backend_saw eval
seen('{"status":{"description":"new"}}')
--- pt_backend_fields
Content-Length: 32



=== null is given, too
--- pt_redis
HSET $key state pending description old rev 1
--- request
PATCH /print/taskDefinitions/d/tasks/t
{"status":{"state":"processing","description":null}}
--- pt_backend_saw eval
seen('{"status":{"state":"processing","description":null}}')



=== indented JSON of PowerShell, with all that a task has
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch(<<'_EOC_')
{
  "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#print",
  "id": "t",
  "parentUrl": "https://print.example/jobs/1",
  "definition": { "id": "d" },
  "status": {
    "Description": "caf\u00e9",
    "State": "COMPLETED"
  }
}
_EOC_
--- pt_backend_saw eval
seen("{\"status\":{\"state\":\"completed\",\"description\":\"caf\xc3\xa9\"}}")
--- pt_backend_fields
Content-Length: 54



=== numbers of states and their names are one
--- pt_redis
HSET $key state pending rev 1
--- request
PATCH /print/taskDefinitions/d/tasks/t
{"status":{"state":"2"}}
--- pt_backend_saw eval
seen('{"status":{"state":"completed"}}')



=== annotations that another parser may take for members are gone
--- pt_redis
HSET $key state pending rev 1
--- request
PATCH /print/taskDefinitions/d/tasks/t
{"status@x":{"state":"aborted"},"status":{"state":"completed","state@x":"aborted"},"@status":{"state":"aborted"}}
--- pt_backend_saw eval
seen('{"status":{"state":"completed"}}')



=== a body that shrinks by a lot, and one that grows
--- pt_redis
HSET $key state pending rev 1
--- request eval
[patch('{"@a":"' . 'x' x 9000 . '","status":{"description":"1"}}'),
 patch('{"status":{"description":"' . "\x7f" x 10 . '\u0001' x 100 . '"}}')]
--- error_code eval
[200, 200]
--- pt_backend_saw eval
seen('{"status":{"description":"1"}}',
     '{"status":{"description":"' . "\x7f" x 10 . '\u0001' x 100 . '"}}')



=== the whole request, byte by byte
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_4',
             extra => 'proxy_http_version 1.0;
                       proxy_set_header Authorization "";
                       proxy_set_header Host back.example;
                       proxy_set_header Connection close;')
--- pt_redis
HSET $key state pending rev 1 app $PrintTask::app
--- raw_request eval
raw_patch(chunks(gzip('{"Status":{"State":"2"}}')), 'X-First: 1',
          'Content-Encoding: gzip', 'Content-Type: application/json; a=b',
          'Accept: application/json', 'Accept-Encoding: gzip, br',
          'Transfer-Encoding: chunked', 'X-Last: 2', 'Connection: close')
--- tcp_listen: $TEST_NGINX_RAND_PORT_4
--- tcp_query eval
join "\r\n", 'PATCH /print/taskDefinitions/d/tasks/t HTTP/1.0',
     'Host: back.example', 'Connection: close', 'Content-Length: 32',
     'X-First: 1', 'Accept: application/json', 'X-Last: 2',
     'Content-Type: application/json', '', '{"status":{"state":"completed"}}'
--- tcp_reply eval
"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
--- error_code: 204
--- pt_expect
HMGET $key state rev => completed 2



=== the body of a question for the state is empty
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_4',
             extra => 'proxy_http_version 1.0;
                       proxy_set_header Authorization "";
                       proxy_set_header Host back.example;
                       proxy_set_header Connection close;')
--- raw_request eval
raw_patch(chunks('{}'), 'Content-Encoding: identity', 'X-First: 1',
          'Prefer: return=minimal', 'If-Match: "1"', 'Range: bytes=0-1',
          'Accept-Encoding: gzip', 'Transfer-Encoding: chunked',
          'Expect: a', 'If-None-Match: *', 'Connection: close')
--- tcp_listen: $TEST_NGINX_RAND_PORT_4
--- tcp_query eval
join "\r\n", 'GET /print/taskDefinitions/d/tasks/t HTTP/1.0',
     'Host: back.example', 'Connection: close', 'X-First: 1', '', ''
--- tcp_reply eval
my $task = task('t', 'pending', '');

"HTTP/1.1 200 OK\r\nContent-Length: " . length($task) . "\r\n\r\n$task"
--- error_code: 204
