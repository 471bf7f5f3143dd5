# Answers and errors over HTTP/2, and other modules that read the body.

use lib 't/lib';
use PrintTask;

plan(skip_all => 'curl cannot do HTTP/2')
    if `curl --version 2>/dev/null` !~ /HTTP2/;

sub auth {
    return 'location = /auth { internal; proxy_pass_request_body off;'
           . ' proxy_set_header Content-Length "";'
           . ' proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/auth; }';
}

sub mirror {
    return 'location = /copy { internal;'
           . ' proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/copy; }';
}

sub answers {
    return 'location = /auth { return 204; } location = /copy { return 204; }'
           . backend(@_);
}

run_tests();

__DATA__

=== no token
--- http2
--- request
GET /print/taskDefinitions/d/tasks/t
--- more_headers
# no token
--- response_headers
WWW-Authenticate: Bearer realm="print"
--- pt_refused: 401 tokenMissing



=== a refusal of the body
--- http2
--- request eval
patch('{"status":{}}{}')
--- pt_refused: 400 jsonSyntax



=== a refusal of the transition
--- http2
--- pt_redis
HSET $key state completed rev 1 app $PrintTask::app
--- request eval
patch('{"status":{"state":"aborted"}}')
--- pt_refused: 409 transitionNotAllowed



=== a repeat
--- http2
--- pt_redis
HSET $key state completed rev 1 app $PrintTask::app
--- request eval
patch()
--- response_headers
Content-Type: application/json
--- response_body_like: "state":"completed"
--- pt_backend_saw



=== Prefer: return=minimal
--- http2
--- config
location /print/ { print_task answer; }
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch()
--- more_headers eval
auth_headers() . "Prefer: return=minimal\n"
--- error_code: 204
--- response_headers
Preference-Applied: return=minimal
--- pt_expect
HGET $key state => completed



=== GET and HEAD in answer mode
--- http2
--- config
location /print/ { print_task answer; }
--- pt_redis
HSET $key state completed rev 1
--- request eval
['GET /print/taskDefinitions/d/tasks/t',
 'HEAD /print/taskDefinitions/d/tasks/t']
--- error_code eval
[200, 200]
--- response_headers eval
[('Content-Length: 99') x 2]



=== PATCH, HTTP/2, auth_request
--- http2
--- config eval
gateway_conf(extra => 'auth_request /auth;') . auth()
--- pt_backend eval
answers()
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch()
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== PATCH, HTTP/2, auth_request, mirror, a body in a file, no length
--- http2
--- config eval
gateway_conf(extra => 'auth_request /auth; mirror /copy;
                       client_body_in_file_only clean;') . auth() . mirror()
--- pt_backend eval
answers()
--- more_headers eval
auth_headers() . "Transfer-Encoding: chunked\n"
--- request eval
patch(' {"Status":{"State":"2"}} ')
--- response_body_like: "state":"completed"
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== a method that is not allowed
--- http2
--- request
DELETE /print/taskDefinitions/d/tasks/t
--- response_headers
Allow: GET, HEAD, PATCH
--- pt_refused: 405 methodNotAllowed



=== 502
--- http2
--- config eval
gateway_conf(pass => 'http://127.0.0.1:$TEST_NGINX_RAND_PORT_4')
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch()
--- pt_refused: 502 -



=== names of fields in lower case are the same fields
--- http2
--- request
GET /print/taskDefinitions/d/tasks/t
--- more_headers eval
lc(auth_headers()) =~ s/^(authorization: bearer ).*/$1 . token()/emr . <<'_EOC_'
x-http-method-override: DELETE
_EOC_
--- pt_refused: 400 methodOverride
