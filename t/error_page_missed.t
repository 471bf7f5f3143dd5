# error_page: it leads back to print_task, to other servers, or to no
# location.

use lib 't/lib';
use PrintTask;

sub refused {
    return patch('{"status":{"state":"done"}}');
}

run_tests();

__DATA__

=== a refused change gets to no other server, and its answer says so
--- config eval
gateway_conf(extra => 'error_page 400 409 = @own;')
. 'location @own { proxy_pass http://$PrintTask::backend; }'
--- pt_redis
HSET $key state completed rev 1 app $PrintTask::app
--- request eval
[refused(), patch('{"status":{"state":"aborted"}}')]
--- pt_refused
400 stateInvalid
409 transitionNotAllowed
--- pt_backend_saw



=== a page that is not there: the error is of its location
--- config
location /print/ { print_task forward; error_page 400 /print/none.html; root html; }
--- request eval
refused()
--- error_code: 404
--- response_headers
Content-Type: application/json
--- response_body_like: "code":"notFound"



=== a page of another location that is not there
--- config eval
gateway_conf(extra => 'error_page 400 /none.html;')
. 'location = /none.html { internal; root html; }'
--- request eval
refused()
--- error_code: 404
--- response_headers
Content-Type: text/html



=== other errors are not touched by it
--- config eval
gateway_conf(extra => 'error_page 500 502 503 504 /50x.html;')
. 'location = /50x.html { internal; root html; }'
--- request eval
refused()
--- pt_refused: 400 stateInvalid



=== a page for a body that was too large, and was not read to its end
--- config eval
gateway_conf(extra => 'error_page 413 = @own;')
. 'location @own { return 413 "own text"; }'
--- raw_request eval
raw_patch(chunks(('x' x 1000) x 20), 'Transfer-Encoding: chunked',
          'Connection: close')
--- error_code: 413
--- response_body chomp
own text



=== pages that inherit print_task from the server
--- config
print_task forward;

location /print/ {
    error_page 400 @text;
    error_page 405 =422 @text;
    error_page 415 /print/415.html;
    root html;
}

location @text { default_type text/html; return 400 "own text"; }
--- user_files
>>> print/415.html
own page
--- request eval
[refused(), 'DELETE /print/taskDefinitions/d/tasks/t', patch()]
--- more_headers eval
[(auth_headers()) x 2, auth_headers() =~ s/json/xml/r]
--- error_code eval
[400, 422, 415]
--- response_body eval
['own text', 'own text', "own page\n"]



=== a fallback to a back end that inherits print_task
--- config
print_task forward;

location /print/ { root html; error_page 404 @back; }
location @back { proxy_pass http://$PrintTask::backend; }
--- pt_backend
return 200 '{"value":[]}';
--- request
GET /print/taskDefinitions
--- error_code: 404
--- response_body chomp
{"value":[]}
--- pt_backend_saw
GET /print/taskDefinitions



=== a page that needs a token itself is not shown without one
--- config
location /print/ { print_task forward; error_page 401 /print/login.html; root html; }
--- user_files
>>> print/login.html
own page
--- more_headers
# no token
--- pt_refused: 401 tokenMissing
