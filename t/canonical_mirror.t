# Copies of requests (mirror): they have the canonical body, and only
# forwarded requests are copied.

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



=== mirror, after a refetch
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



=== a refused request is not mirrored
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



=== a request that the module answers is not mirrored
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



=== a request for another resource is mirrored with its own body
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
