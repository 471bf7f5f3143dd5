# Features of nginx after 1.22: the back end gets what was checked.

use lib 't/lib';
use PrintTask;
use PrintTask::Server qw(nginx_version);

plan(skip_all => 'nginx before 1.31.5 has no client_body_early_read')
    if nginx_version() < 1_031_005;

our $Patch = 'PATCH ' . task_uri();

# nginx reads the body before it chooses the location

sub early {
    my (%opt) = @_;

    return "client_body_early_read 1;\n" . ($opt{server} // '')
           . gateway_conf(%opt);
}

run_tests();

__DATA__

=== a body that is read before its location is known
--- config eval
main::early()
--- pt_redis
HSET $key state pending rev 1
--- request
PATCH /print/taskDefinitions/d/tasks/t
{"Status":{"State":"Completed"}}
--- response_body_like: "state":"completed"
--- pt_backend_saw eval
qq($main::Patch {"status":{"state":"completed"}}\n)
--- pt_backend_fields
Content-Length: 32
--- pt_expect
HMGET $key state rev lease => completed 2 (nil)



=== the same, in chunks and as gzip
--- config eval
main::early()
--- pt_redis
HSET $key state pending rev 1
--- raw_request eval
raw_patch(chunks(gzip('{"status":{"state":"aborted"}}')),
          'Content-Encoding: gzip', 'Transfer-Encoding: chunked',
          'Connection: close')
--- error_code: 200
--- pt_backend_saw eval
qq($main::Patch {"status":{"state":"aborted"}}\n)



=== the same, in a file
--- config eval
main::early(server => 'client_body_buffer_size 8; client_body_in_file_only clean;')
--- pt_redis
HSET $key state pending rev 1
--- error_code: 200
--- pt_backend_saw eval
qq($main::Patch {"status":{"state":"completed"}}\n)



=== an illegal change, one without a token, one without JSON
--- config eval
main::early()
--- pt_redis
HSET $key state completed rev 1 app $PrintTask::app
--- request eval
[patch('{"status":{"state":"pending"}}'), patch(), patch('{')]
--- more_headers eval
[auth_headers(), "Content-Type: application/json\n", auth_headers()]
--- pt_refused
409 transitionNotAllowed
401 tokenMissing
400 jsonSyntax



=== a body that is larger than print_task_body_max
--- config eval
main::early(extra => 'print_task_body_max 1k;')
--- request eval
patch('{"status":{"state":"completed","description":"' . 'x' x 2000 . '"}}')
--- pt_refused: 413 bodyTooLarge



=== a change that is led to another location
--- config eval
main::early(extra => 'rewrite ^ /out$uri last;')
. 'location /out/ { proxy_pass http://$PrintTask::backend; }'
--- pt_refused: 503 notChecked



=== print_task answer
--- config
client_body_early_read 1;

location /print/ {
    print_task answer;
    print_task_store redis;
}
--- pt_redis
HSET $key state pending rev 1 app $PrintTask::app parent https://print.example/jobs/1
--- error_code: 200
--- response_body_like: "state":"completed"



=== an upstream keeps its connections by default
--- http_config eval
http_conf(extra => 'upstream be { server $PrintTask::backend; }')
--- config eval
gateway_conf(pass => 'http://be')
--- pt_redis
HSET $key state pending rev 1
--- request eval
[patch('{"status":{"state":"processing"}}'), patch()]
--- error_code eval: [200, 200]
--- pt_backend_saw eval
qq($main::Patch {"status":{"state":"processing"}}\n)
. qq($main::Patch {"status":{"state":"completed"}}\n)
--- pt_backend_fields
Connection: -
Content-Length: 32
