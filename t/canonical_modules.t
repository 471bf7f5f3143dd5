# Other modules that read the request body, or send requests before.

use lib 't/lib';
use PrintTask;

sub body {
    return ' {"Status":{"State":"Completed"}} ';
}

# a location that is asked first

sub others {
    my ($status) = @_;

    return <<"_EOC_";
    location = /auth {
        internal;
        proxy_pass http://127.0.0.1:\$TEST_NGINX_RAND_PORT_2/auth/$status;
        proxy_pass_request_body off;
        proxy_set_header Content-Length "";
    }
_EOC_
}

sub answers {
    return 'location /auth/204 { return 204; } location /auth/403 { return 403; }'
           . backend(@_);
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



=== sub_filter changes the answer, not the record
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
