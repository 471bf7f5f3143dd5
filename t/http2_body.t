# Changes over HTTP/2: frames show the end of a body, so a length is optional.

use lib 't/lib';
use PrintTask;

plan(skip_all => 'curl cannot do HTTP/2')
    if `curl --version 2>/dev/null` !~ /HTTP2/;

# logs what the client said of the length of the body

sub logged {
    return http_conf(extra => q(log_format task '$server_protocol $status '
                                                'length:$said';));
}

sub logging {
    my ($extra) = @_;

    return gateway_conf(extra => 'access_log logs/task.log task;
                                  set $said $http_content_length;'
                                 . ($extra // ''));
}

# curl up to 7 sends no Content-Length where it is asked for chunks, newer ones
# do; what surely has none is in http2_refused.t

sub unsized {
    return auth_headers() . join '', map { "$_\n" } @_,
                                     'Transfer-Encoding: chunked';
}

run_tests();

__DATA__

=== a body with a length
--- http2
--- http_config eval
logged()
--- config eval
logging()
--- pt_redis
HSET $key state pending rev 1
--- request
PATCH /print/taskDefinitions/d/tasks/t
{"Status":{"State":"Completed"}}
--- response_body_like: "state":"completed"
--- pt_log
HTTP/2.0 200 length:32
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_backend_fields
Content-Length: 32
Content-Type: application/json
--- pt_expect
HMGET $key state rev lease => completed 2 (nil)



=== a body in several frames
--- http2
--- http_config eval
logged()
--- config eval
logging()
--- pt_redis
HSET $key state pending rev 1
--- more_headers eval
unsized()
--- request
PATCH /print/taskDefinitions/d/tasks/t
{"Status":{"State":"Completed"}}
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_backend_fields
Content-Length: 32
Transfer-Encoding: -



=== no body, with an end of the stream in the header
--- http2
--- request
PATCH /print/taskDefinitions/d/tasks/t
--- pt_refused: 400 bodyEmpty
--- pt_expect
EXISTS $key => 0



=== a length of 0
--- http2
--- request
PATCH /print/taskDefinitions/d/tasks/t
--- more_headers eval
auth_headers() . "Content-Length: 0\n"
--- pt_refused: 400 bodyEmpty



=== an unknown task is refetched, then changed
--- http2
--- request
PATCH /print/taskDefinitions/d/tasks/t
{"status":{"state":"completed"}}
--- response_body_like: "state":"completed"
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== the same without a length
--- http2
--- more_headers eval
unsized()
--- request
PATCH /print/taskDefinitions/d/tasks/t
{"status":{"state":"completed"}}
--- response_body_like: "state":"completed"
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== a body in a file
--- http2
--- http_config eval
logged()
--- config eval
logging('client_body_in_file_only clean;')
--- pt_redis
HSET $key state pending rev 1
--- more_headers eval
unsized()
--- request
PATCH /print/taskDefinitions/d/tasks/t
{"status":{"state":"completed","description":"paper"}}
--- response_body_like: "description":"paper"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":"paper"}}



=== gzip
--- http2
--- pt_redis
HSET $key state pending rev 1
--- more_headers eval
auth_headers() . "Content-Encoding: gzip\n"
--- request eval
patch(gzip('{"status":{"state":"completed"}}'))
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== proxy_request_buffering off, HTTP/1.1 to the back end
--- http2
--- config eval
gateway_conf(extra => 'proxy_request_buffering off; proxy_http_version 1.1;')
--- pt_redis
HSET $key state pending rev 1
--- more_headers eval
unsized()
--- request
PATCH /print/taskDefinitions/d/tasks/t
{"status":{"state":"completed"}}
--- response_body_like: "state":"completed"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_backend_fields
Content-Length: 32
Transfer-Encoding: -
