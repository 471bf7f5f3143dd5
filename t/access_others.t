# Other modules that act on a request: "auth_request", "mirror", "error_page".

use lib 't/lib';
use PrintTask;

run_tests();

__DATA__

=== auth_request permits: the steps continue, with the body
--- config eval
gateway_conf(extra => 'auth_request /auth;')
. 'location = /auth { internal; return 204; }'
--- request eval: [patch(), patch()]
--- more_headers eval: [auth_headers(), '']
--- error_code eval: [200, 401]
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_expect
HGET $key state => completed



=== auth_request refuses
--- config eval
gateway_conf(extra => 'auth_request /auth;')
. '
location = /auth {
    internal;
    if ($http_x_status = 401) {
        return 401;
    }
    return 403;
}'
--- request eval: [patch(), patch()]
--- more_headers eval
[map { auth_headers() . "X-Status: $_\n" } 401, 403]
--- pt_refused
401 -
403 -
--- pt_backend_saw
--- pt_expect
DBSIZE => 0



=== auth_request asks a server, which gets no body, and the back end gets it all
--- config eval
gateway_conf(extra => 'auth_request /auth;') . '
location = /auth {
    internal;
    proxy_pass http://$PrintTask::backend/auth;
    proxy_pass_request_body off;
    proxy_set_header Content-Length "";
}'
--- pt_backend eval
'location = /auth { return 204; }' . backend()
--- pt_redis
HSET $key state pending rev 1
--- error_code: 200
--- pt_backend_saw
GET /auth
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== the subrequest of auth_request is not guarded, even in a guarded location
--- config eval
gateway_conf(extra => 'auth_request /print/auth;')
--- request
GET /print/printers
--- pt_backend
location = /print/auth { return 204; }
location / { return 200 "x"; }
--- error_code: 200
--- response_body: x
--- pt_backend_saw
GET /print/auth
GET /print/printers



=== "mirror" gets the change that is made, once
--- http_config eval
http_conf(extra => 'log_format task escape=none "$request_method $request_body";')
--- config eval
gateway_conf(extra => 'mirror /mirror;') . '
location = /mirror {
    internal;
    log_subrequest on;
    access_log logs/task.log task;
    return 204;
}'
--- request eval
patch('{"status": {"state": "completed"}, "id": "t"}')
--- error_code: 200
--- pt_log
PATCH {"status":{"state":"completed"}}
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== threat: a refused change that "error_page" leads to a back end
--- config eval
gateway_conf(extra => 'error_page 400 401 403 405 409 = @back;')
. 'location @back { proxy_pass http://$PrintTask::backend; }'
--- pt_redis
HSET $key state completed app $PrintTask::app
--- request eval
[patch(), patch('{"status":{"state":"aborted"}}'), patch('{'),
 'DELETE ' . task_uri(), patch_uri('/print/shares/s/jobs/j/tasks/t')]
--- more_headers eval: ['', (auth_headers()) x 4]
--- pt_refused
401 tokenMissing
409 transitionNotAllowed
400 jsonSyntax
405 methodNotAllowed
405 notCanonicalPath
--- pt_backend_saw
