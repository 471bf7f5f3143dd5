# Bodies that nginx has written to a file, or keeps in more than one buffer.

use lib 't/lib';
use PrintTask;

sub body {
    return '{"status":{"state":"completed","description":"paper"}}';
}

run_tests();

__DATA__

=== a body in a file is read from there, and replaced for the back end
--- config eval
gateway_conf(extra => 'client_body_in_file_only clean;')
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch(" " . body())
--- response_body_like: "description":"paper"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":"paper"}}
--- pt_backend_fields
Content-Length: 54
Content-Type: application/json
--- pt_expect
HMGET $key state description => completed paper



=== a file that is kept
--- config eval
gateway_conf(extra => 'client_body_in_file_only on;')
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch(body())
--- response_body_like: "description":"paper"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":"paper"}}



=== a chunked body in a file
--- config eval
gateway_conf(extra => 'client_body_in_file_only clean;')
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
raw_patch(chunks(body() =~ /(.{1,5})/g), 'Transfer-Encoding: chunked',
          'Connection: close')
--- response_body_like: "description":"paper"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":"paper"}}
--- pt_backend_fields
Content-Length: 54
Transfer-Encoding: -



=== gzip in a file
--- config eval
gateway_conf(extra => 'client_body_in_file_only clean;')
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch(gzip(body()))
--- more_headers eval
body_headers(gzip(body()), 'Content-Encoding: gzip')
--- response_body_like: "description":"paper"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":"paper"}}
--- pt_backend_fields
Content-Length: 54
Content-Encoding: -



=== a buffer that is smaller than the body
--- config eval
gateway_conf(extra => 'client_body_buffer_size 16;')
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
[raw_patch('', 'Content-Length: 54', 'Connection: close'), body()]
--- raw_request_middle_delay: 0.01
--- response_body_like: "description":"paper"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":"paper"}}



=== a buffer that is smaller than a chunked body
--- config eval
gateway_conf(extra => 'client_body_buffer_size 16;')
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
[raw_patch('', 'Transfer-Encoding: chunked', 'Connection: close'),
 chunks(body() =~ /(.{1,5})/g)]
--- raw_request_middle_delay: 0.01
--- response_body_like: "description":"paper"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":"paper"}}



=== a buffer of one byte
--- config eval
gateway_conf(extra => 'client_body_buffer_size 1;')
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
[raw_patch('', 'Content-Length: 54', 'Connection: close'), body()]
--- raw_request_middle_delay: 0.01
--- response_body_like: "description":"paper"
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed","description":"paper"}}



=== an empty body makes no file that could be missed
--- config eval
gateway_conf(extra => 'client_body_in_file_only clean;')
--- raw_request eval
raw_patch(chunks(), 'Transfer-Encoding: chunked', 'Connection: close')
--- pt_refused: 400 bodyEmpty



=== a body in a file is checked like any other body
--- config eval
gateway_conf(extra => 'client_body_in_file_only clean;')
--- request eval
[map { patch($_) } '{"status":{"state":"completed"}', '{"a":1}', "\xff"]
--- pt_refused
400 jsonSyntax
400 propertyUnknown
400 jsonEncoding
--- pt_expect
EXISTS $key => 0



=== dry run gives the back end the file as it was
--- config eval
gateway_conf(extra => 'client_body_in_file_only clean;
                       print_task_dry_run on;')
--- pt_redis
HSET $key state pending rev 1
--- request
PATCH /print/taskDefinitions/d/tasks/t
{ "Status" : { "State" : "2" } }
--- error_code: 200
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t { "Status" : { "State" : "2" } }



=== answer mode reads a file, too
--- config eval
gateway_conf(mode => 'answer', extra => 'client_body_in_file_only clean;')
--- pt_redis
HSET $key state pending rev 1
--- request eval
patch(body())
--- response_body_like: "state":"completed","description":"paper"
--- pt_expect
HMGET $key state description rev => completed paper 2
