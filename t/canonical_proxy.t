# The canonical body with the directives of the proxy module.

use lib 't/lib';
use PrintTask;

sub body {
    return ' {"Status":{"State":"Completed"}} ';
}

run_tests();

__DATA__

=== proxy_request_buffering off
--- config eval
gateway_conf(extra => 'proxy_request_buffering off;')
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
[raw_patch('', 'Content-Length: 34', 'Connection: close'), split //, body()]
--- raw_request_middle_delay: 0.001
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_backend_fields
Content-Length: 32



=== proxy_request_buffering off, chunks, and a back end of HTTP/1.1
--- config eval
gateway_conf(extra => 'proxy_request_buffering off; proxy_http_version 1.1;')
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
[raw_patch('', 'Transfer-Encoding: chunked', 'Connection: close'),
 chunks(split //, body())]
--- raw_request_middle_delay: 0.005
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_backend_fields
Content-Length: 32
Transfer-Encoding: -



=== proxy_request_buffering off does not let an illegal change through
--- config eval
gateway_conf(extra => 'proxy_request_buffering off;')
--- pt_redis
HSET $key state completed rev 1 app $PrintTask::app
--- raw_request eval
[raw_patch('', 'Content-Length: 31', 'Connection: close'),
 '{"status":{"state":"aborted"}} ']
--- raw_request_middle_delay: 0.005
--- pt_refused: 409 transitionNotAllowed



=== proxy_request_buffering off streams a body that the module does not read
--- config eval
gateway_conf(extra => 'proxy_request_buffering off;')
--- request
POST /print/connectors
not JSON
--- pt_backend
return 201;
--- error_code: 201
--- pt_backend_saw
POST /print/connectors not JSON



=== a connection to the back end that is kept
--- http_config eval
http_conf(extra => 'upstream kept { server $PrintTask::backend; keepalive 1; }')
--- config eval
gateway_conf(pass => 'http://kept', extra => 'proxy_http_version 1.1;
    proxy_set_header Connection "";')
--- pt_redis
HSET $key state pending rev 1
--- request eval
[map { patch(qq( {"status":{"description":"$_"}} )) } 1 .. 4]
--- error_code eval
[(200) x 4]
--- response_body_like eval
[map { qr/"description":"$_"/ } 1 .. 4]
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"description":"1"}}
PATCH /print/taskDefinitions/d/tasks/t {"status":{"description":"2"}}
PATCH /print/taskDefinitions/d/tasks/t {"status":{"description":"3"}}
PATCH /print/taskDefinitions/d/tasks/t {"status":{"description":"4"}}



=== questions and changes on a connection that is kept
--- http_config eval
http_conf(extra => 'upstream kept { server $PrintTask::backend; keepalive 1; }
                    print_task_fresh 0;')
--- config eval
gateway_conf(pass => 'http://kept', extra => 'proxy_http_version 1.1;
    proxy_set_header Connection "";')
--- request eval
[patch('{"status":{"state":"processing"}}'), patch('{}')]
--- error_code eval
[200, 200]
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"processing"}}
GET /print/taskDefinitions/d/tasks/t



=== proxy_next_upstream: the next server gets the same body
--- http_config eval
http_conf(extra => 'upstream two {
    server 127.0.0.1:$TEST_NGINX_RAND_PORT_4;
    server $PrintTask::backend backup;
}')
--- config eval
gateway_conf(pass => 'http://two')
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch(body())
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_backend_fields
Content-Length: 32
--- pt_expect
HMGET $key state rev lease => completed 2 (nil)



=== ... also when the first one has got it
--- http_config eval
http_conf(extra => 'upstream two {
    server 127.0.0.1:$TEST_NGINX_RAND_PORT_4;
    server $PrintTask::backend backup;
}
server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_4;
    location / { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2/503; }
}')
--- config eval
gateway_conf(pass => 'http://two',
             extra => 'proxy_next_upstream http_503 non_idempotent;')
--- pt_backend eval
'location /503 { return 503; }' . backend()
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch(body())
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_expect
HMGET $key state rev lease => completed 2 (nil)



=== $request_body is the canonical one
--- config eval
gateway_conf(extra => 'proxy_set_header X-Body $request_body;')
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch(body())
--- pt_backend_fields
X-Body: {"status":{"state":"completed"}}



=== a path of its own for the back end, also for the question
--- config eval
gateway_conf(pass => 'http://$PrintTask::backend/internal/')
--- request eval
patch(body())
--- response_body_like: "id":"t"
--- pt_backend_saw
GET /internal/taskDefinitions/d/tasks/t
PATCH /internal/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
