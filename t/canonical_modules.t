# The request body beside other modules that read it, copy it, or have made
# requests of their own before.

use lib 't/lib';
use PrintTask;

sub body {
    return ' {"Status":{"State":"Completed"}} ';
}

# A location that may be asked, and one that gets copies.  What is in them is
# in a log of their own: they come whenever they come.

sub copies {
    return http_conf(extra => <<'_EOC_');
    log_format copy escape=none '$request_method $request_uri $request_body';

    server {
        listen 127.0.0.1:$TEST_NGINX_RAND_PORT_4;
        access_log logs/task.log copy;

        location / {
            proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_2;
        }
    }
_EOC_
}

sub others {
    my ($status) = @_;

    return <<"_EOC_";
    location = /auth {
        internal;
        proxy_pass http://127.0.0.1:\$TEST_NGINX_RAND_PORT_2/auth/$status;
        proxy_pass_request_body off;
        proxy_set_header Content-Length "";
    }

    location = /copy {
        internal;
        proxy_pass http://127.0.0.1:\$TEST_NGINX_RAND_PORT_4/copy;
    }
_EOC_
}

sub answers {
    return 'location /auth/204 { return 204; } location /auth/403 { return 403; }'
           . ' location = /copy { return 204; }' . backend(@_);
}

run_tests();

__DATA__

=== auth_request lets in: the body is still there
--- config eval
gateway_conf(extra => 'auth_request /auth;') . others(204)
--- pt_backend eval
answers()
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch(body())
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_backend_fields
Content-Length: 32



=== auth_request with a body that is in a file, and gzip
--- config eval
gateway_conf(extra => 'auth_request /auth; client_body_in_file_only clean;')
. others(204)
--- pt_backend eval
answers()
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
raw_patch(chunks(gzip(body())), 'Content-Encoding: gzip',
          'Transfer-Encoding: chunked', 'Connection: close')
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== auth_request refuses: Graph's form, no back end, no lease
--- config eval
gateway_conf(extra => 'auth_request /auth;') . others(403)
--- pt_backend eval
answers()
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch(body())
--- pt_refused: 403 -
--- pt_expect
HMGET $key state rev lease => pending 1 (nil)



=== auth_request does not stand in for a token
--- config eval
gateway_conf(extra => 'auth_request /auth;') . others(204)
--- pt_backend eval
answers()
--- more_headers
Content-Type: application/json
--- request eval
patch(body())
--- pt_refused: 401 tokenMissing



=== mirror gets the canonical body
--- http_config eval
copies()
--- config eval
gateway_conf(extra => 'mirror /copy;') . others(204)
--- pt_backend eval
answers()
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch(body())
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_log
PATCH /copy {"status":{"state":"completed"}}



=== mirror, after the task was asked for
--- http_config eval
copies()
--- config eval
gateway_conf(extra => 'mirror /copy;') . others(204)
--- pt_backend eval
answers()
--- raw_request eval
raw_patch(chunks(gzip(body())), 'Content-Encoding: gzip',
          'Transfer-Encoding: chunked', 'Connection: close')
--- response_body_like: "state":"completed"
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_log
PATCH /copy {"status":{"state":"completed"}}



=== mirror and auth_request, a body in a file, proxy_request_buffering off
--- http_config eval
copies()
--- config eval
gateway_conf(extra => 'mirror /copy; auth_request /auth;
                       client_body_in_file_only clean;
                       proxy_request_buffering off;') . others(204)
--- pt_backend eval
answers()
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch(body())
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_log
PATCH /copy {"status":{"state":"completed"}}



=== what is refused is not mirrored
--- http_config eval
copies()
--- config eval
gateway_conf(extra => 'mirror /copy;') . others(204)
--- pt_backend eval
answers()
--- pt_redis
HSET $key state completed rev 1 app $PrintTask::app
--- request eval
patch('{"status":{"state":"aborted"}}')
--- pt_refused: 409 transitionNotAllowed
--- pt_backend_saw
--- pt_log



=== what is answered here is not mirrored
--- http_config eval
copies()
--- config eval
gateway_conf(extra => 'mirror /copy;') . others(204)
--- pt_backend eval
answers()
--- pt_redis
HSET $key state completed rev 1 app $PrintTask::app
--- request eval
patch(body())
--- response_body_like: "state":"completed"
--- pt_backend_saw
--- pt_log



=== a request that is none of ours is mirrored with its own body
--- http_config eval
copies()
--- config eval
gateway_conf(extra => 'mirror /copy;') . others(204)
--- pt_backend eval
answers(POST => [201, '{}'])
--- request
POST /print/taskDefinitions
{ "displayName" : "x" }
--- error_code: 201
--- pt_backend_saw
POST /print/taskDefinitions { "displayName" : "x" }
--- pt_log
POST /copy { "displayName" : "x" }



=== limit_conn and limit_req beside it
--- http_config eval
http_conf(extra => 'limit_conn_zone $print_task_app_id zone=c:64k;
                    limit_req_zone $print_task_app_id zone=r:64k rate=100r/s;')
--- config eval
gateway_conf(extra => 'limit_conn c 1; limit_req zone=r burst=5;')
--- pt_redis
HSET $key state pending rev 1
--- request eval
[map { patch(qq({"status":{"description":"$_"}})) } 1, 2]
--- error_code eval
[200, 200]
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"description":"1"}}
PATCH /print/taskDefinitions/d/tasks/t {"status":{"description":"2"}}



=== sub_filter changes the answer, not what is kept of it
--- config eval
gateway_conf(extra => 'sub_filter_types application/json;
                       sub_filter completed Completed;')
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch(body())
--- response_body_like: "state":"Completed"
--- pt_expect
HGET $key state => completed
