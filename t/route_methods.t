# The methods of a task.

use lib 't/lib';
use PrintTask;

no_root_location();

run_tests();

__DATA__

=== other methods on a task are 405, and Allow names the allowed ones
--- request eval
[map { "$_ " . task_uri() . ($_ eq 'OPTIONS' ? '' : "\n{}") }
     qw(PUT POST DELETE OPTIONS MERGE PROPFIND LOCK COPY FOO)]
--- pt_refused: 405 methodNotAllowed
--- response_headers
Allow: GET, HEAD, PATCH
--- pt_backend_saw
--- pt_expect
DBSIZE => 0



=== by every spelling of the task
--- config eval: gateway_conf(path => '/')
--- request eval
[map { "PUT $_\n{}" }
     "/print/taskDefinitions('d')/tasks('t')", '/PRINT/TASKDEFINITIONS/d/TASKS/t',
     '/v1.0/print/taskDefinitions/d/%74asks/t', task_uri() . '?a=b']
--- pt_refused: 405 methodNotAllowed
--- pt_backend_saw



=== the method is looked at before the token
--- request eval
'DELETE ' . task_uri()
--- more_headers: #
--- pt_refused: 405 methodNotAllowed
--- raw_response_headers_unlike: WWW-Authenticate
--- pt_backend_saw



=== in answer mode, too
--- config eval: gateway_conf(mode => 'answer')
--- pt_redis
HSET $key state pending
--- request eval
'DELETE ' . task_uri()
--- pt_refused: 405 methodNotAllowed
--- response_headers
Allow: GET, HEAD, PATCH
--- pt_expect
HGETALL $key => state pending



=== GET and HEAD of a task are passed on with a token
--- pt_backend eval
backend(HEAD => [200, ''])
--- request eval
['GET ' . task_uri(), 'HEAD ' . task_uri()]
--- error_code eval: [200, 200]
--- response_body_like eval
[qr/"id":"t"/, qr/^$/]
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
HEAD /print/taskDefinitions/d/tasks/t
--- pt_expect
DBSIZE => 0



=== but not without one
--- request eval
['GET ' . task_uri(), 'GET ' . task_uri()]
--- more_headers eval
['', auth_headers(exp => -3600)]
--- pt_refused
401 tokenMissing
401 tokenExpired
--- pt_backend_saw



=== HEAD without one has no body
--- request eval
'HEAD ' . task_uri()
--- more_headers: #
--- error_code: 401
--- response_body:
--- response_headers
WWW-Authenticate: Bearer realm="print"
--- pt_backend_saw



=== GET of a task gets the unchanged answer of the back end
--- request eval
'GET ' . task_uri()
--- pt_backend
location / {
    default_type text/odd;
    add_header ETag '"x"' always;
    return 418 'not { JSON';
}
--- error_code: 418
--- response_headers
Content-Type: text/odd
ETag: "x"
--- response_body chomp
not { JSON



=== a method in lower case is another one
--- request eval
patch() =~ s/PATCH/patch/r
--- config eval
'print_task forward;' . gateway_conf()
--- pt_refused: 400 -
--- pt_backend_saw



=== "limit_except" keeps its meaning beside us
--- config eval
gateway_conf(extra => 'limit_except GET { deny all; }')
--- request eval
[patch(), 'GET ' . task_uri()]
--- error_code eval: [403, 200]
--- response_body_like eval
[qr/"code":"forbidden"/, qr/"id":"t"/]
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
--- pt_expect
DBSIZE => 0



=== the methods of "limit_except" are not spared a token
--- config eval
gateway_conf(extra => 'limit_except GET { allow all; }')
--- request eval
[patch(), 'DELETE ' . task_uri(), patch()]
--- more_headers eval
['', auth_headers(), auth_headers()]
--- error_code eval: [401, 405, 200]
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
