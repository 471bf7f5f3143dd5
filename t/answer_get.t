# print_task answer: GET and HEAD of a task, and other methods.

use lib 't/lib';
use PrintTask;

sub answer {
    return "location /print/ { print_task answer; @_ }";
}

run_tests();

__DATA__

=== GET
--- config eval
answer()
--- pt_redis
HSET $key state processing description "50 %" parentUrl https://print.example/jobs/1 rev 7 app $PrintTask::app
--- request
GET /print/taskDefinitions/d/tasks/t
--- response_headers
Content-Type: application/json
--- response_body chomp
{"@odata.etag":"\"7\"","id":"t","parentUrl":"https://print.example/jobs/1","status":{"state":"processing","description":"50 %"}}
--- pt_backend_saw



=== a description with markup is data for a filter of markup, too
--- config eval
answer('ssi on; ssi_types *;')
. 'location /part { return 200 "the part"; }'
--- request eval
[patch('{"status":{"description":"<!--#include virtual=\\"/part\\" --> & <b>"}}'),
 'GET /print/taskDefinitions/d/tasks/t']
--- pt_redis
HSET $key state processing rev 7 app $PrintTask::app
--- response_body_like eval
[(qr/"description":"\\u003C!--#include virtual=\\"\/part\\" --\\u003E \\u0026 \\u003Cb\\u003E"/) x 2]
--- pt_expect eval
q{HGET $key description => <!--#include virtual="/part" --> & <b>}
--- error_code eval: [200, 200]



=== GET changes nothing
--- config eval
answer()
--- pt_redis
HSET $key state processing rev 7 confirmed 1
PEXPIRE $key 5000000
--- request eval
[("GET /print/taskDefinitions/d/tasks/t") x 2]
--- error_code eval
[200, 200]
--- pt_expect
HMGET $key state rev confirmed lease => processing 7 1 (nil)
PTTL $key => /^4[89]\d{5}$/



=== HEAD is GET without the body
--- config eval
answer()
--- pt_redis
HSET $key state completed rev 7
--- request
HEAD /print/taskDefinitions/d/tasks/t
--- response_headers
Content-Type: application/json
Content-Length: 99
--- response_body



=== HEAD of a task that is not there
--- config eval
answer()
--- request
HEAD /print/taskDefinitions/d/tasks/t
--- error_code: 404
--- response_headers
Content-Type: application/json
--- response_body



=== only the state is needed
--- config eval
answer()
--- pt_redis
HSET $key state pending
--- request
GET /print/taskDefinitions/d/tasks/t
--- response_body chomp
{"@odata.etag":"\"0\"","id":"t","parentUrl":null,"status":{"state":"pending","description":null}}



=== the id is that of the path, in its spelling
--- config eval
answer()
--- pt_redis eval
[['HSET', task_key('d', '0a1b2c3d-4e5f-6789-abcd-ef0123456789'),
  'state', 'pending']]
--- request
GET /print/taskDefinitions('d')/tasks('0A1B2C3D-4E5F-6789-ABCD-EF0123456789')
--- response_body_like: ,"id":"0A1B2C3D-4E5F-6789-ABCD-EF0123456789",



=== the strings of the record are escaped
--- config eval
answer()
--- pt_redis eval
[['HSET', task_key(), state => 'pending',
  description => "a\"\\\n\x01\xc3\xa9/", parentUrl => "x\ty"]]
--- request
GET /print/taskDefinitions/d/tasks/t
--- response_body eval
'{"@odata.etag":"\"0\"","id":"t","parentUrl":"x\ty","status":{"state":"pending",'
. "\"description\":\"a\\\"\\\\\\n\\u0001\xc3\xa9/\"}}"



=== conditions of time and parts of a task are not supported, and ignored
--- config eval
answer()
--- pt_redis
HSET $key state pending rev 1
--- request eval
[('GET /print/taskDefinitions/d/tasks/t') x 3]
--- more_headers eval
[map { auth_headers() . "$_\n" }
     'If-Modified-Since: Mon, 23 Nov 2037 00:00:00 GMT',
     'If-Unmodified-Since: Mon, 23 Nov 2015 00:00:00 GMT', 'Range: bytes=0-1']
--- error_code eval
[(200) x 3]
--- response_body_like eval
[('"state":"pending"') x 3]



=== GET with a body, which is ignored
--- config eval
answer()
--- pt_redis
HSET $key state pending rev 1
--- request
GET /print/taskDefinitions/d/tasks/t
{"status":{"state":"completed"}}
--- response_body_like: "state":"pending"
--- pt_expect
HMGET $key state rev => pending 1



=== GET needs a token, and a role
--- config eval
answer()
--- pt_redis
HSET $key state pending rev 1
--- request eval
[('GET /print/taskDefinitions/d/tasks/t') x 2]
--- more_headers eval
['#', auth_headers(claims => { roles => [] })]
--- pt_refused
401 tokenMissing
403 roleMissing



=== everything else goes to the content handler
--- config eval
answer('return 200 "static $uri";')
. gateway_conf(mode => 'answer', path => '/v1.0/')
--- request eval
['GET /v1.0/print/taskDefinitions', 'GET /v1.0/print/printers/p/jobs/j/tasks',
 'GET /v1.0/print/taskDefinitions/d/tasks/t/definition']
--- error_code eval
[200, 200, 200]
--- pt_backend_saw
GET /v1.0/print/taskDefinitions
GET /v1.0/print/printers/p/jobs/j/tasks
GET /v1.0/print/taskDefinitions/d/tasks/t/definition



=== a query is ignored
--- config eval
answer()
--- pt_redis
HSET $key state pending rev 1
--- request
GET /print/taskDefinitions/d/tasks/t?$select=status&state=completed
--- response_body_like: "state":"pending"



=== a leased task is answered
--- config eval
answer()
--- pt_redis
HSET $key state pending rev 1 lease other leaseUntil 99999999999999
--- request
GET /print/taskDefinitions/d/tasks/t
--- response_body_like: "state":"pending"
