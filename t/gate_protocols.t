# The gate and back ends of other protocols than HTTP/1.

use lib 't/lib';
use PrintTask;

our $Task = task_uri();

sub location {
    my ($directive) = @_;

    return "location /print/ { print_task forward; $directive }";
}

run_tests();

__DATA__

=== gRPC
--- config eval
main::location('grpc_pass 127.0.0.1:9;')
--- must_die
--- error_log: "print_task forward" needs "proxy_pass", it does not work with ngx_http_grpc_module



=== memcached
--- config eval
main::location('memcached_pass 127.0.0.1:9;')
--- must_die
--- error_log: it does not work with ngx_http_memcached_module



=== SCGI
--- config eval
main::location('scgi_pass 127.0.0.1:9;')
--- must_die
--- error_log: it does not work with ngx_http_scgi_module



=== gRPC in an "if" of the location
--- config eval
gateway_conf(extra => 'if ($arg_x) { grpc_pass 127.0.0.1:9; }')
--- must_die
--- error_log: it does not work with ngx_http_grpc_module



=== FastCGI in an "if" for the method
--- config eval
gateway_conf(extra => 'if ($request_method = PATCH) { fastcgi_pass 127.0.0.1:9; }')
--- must_die
--- error_log: it does not work with ngx_http_fastcgi_module



=== FastCGI with a variable
--- config eval
main::location('set $be 127.0.0.1:$TEST_NGINX_RAND_PORT_3; fastcgi_pass $be;
            print_task_store_down pass;')
--- http_config eval: http_conf(redis => 'unix:/nonexistent')
--- request eval
[patch(), "GET $main::Task", "POST /print/printers\n{}"]
--- pt_refused: 500 requestChanged



=== gRPC with a variable
--- config eval
main::location('set $be 127.0.0.1:$TEST_NGINX_RAND_PORT_3; grpc_pass $be;
            print_task_store_down pass;')
--- http_config eval: http_conf(redis => 'unix:/nonexistent')
--- pt_refused: 500 requestChanged



=== an error page from FastCGI or memcached for a refused request
--- config eval
gateway_conf(extra => 'error_page 401 = @php; error_page 409 /index.php;
                       error_page 400 = @cache;')
. 'location @php { fastcgi_pass 127.0.0.1:$TEST_NGINX_RAND_PORT_3; }
   location = /index.php { fastcgi_pass 127.0.0.1:$TEST_NGINX_RAND_PORT_3; }
   location @cache { set $memcached_key k; memcached_pass 127.0.0.1:$TEST_NGINX_RAND_PORT_3; }'
--- pt_redis
HSET $key state completed rev 1 app $PrintTask::app
--- request eval
["GET $main::Task", patch('{"status":{"state":"pending"}}'), patch('{')]
--- more_headers eval
['#', auth_headers(), auth_headers()]
--- pt_refused
401 tokenMissing
409 transitionNotAllowed
400 jsonSyntax
--- no_error_log
[error]



=== FastCGI elsewhere is not looked at
--- config eval
gateway_conf()
. 'location /php/ { fastcgi_pass 127.0.0.1:$TEST_NGINX_RAND_PORT_3; }
   location /try/ { try_files /none @php; }
   location @php { fastcgi_pass 127.0.0.1:$TEST_NGINX_RAND_PORT_3; }'
--- request eval
["POST /php/x\nbody", "POST /try/x\nbody"]
--- error_code eval: [502, 502]



=== rewrite out of a location to FastCGI
--- config eval
gateway_conf(path => '/app/', extra => 'rewrite ^ /index.php last;')
. gateway_conf(extra => 'rewrite ^ /index.php last;')
. 'location = /index.php { fastcgi_pass 127.0.0.1:$TEST_NGINX_RAND_PORT_3; }'
--- request eval
["POST /app/x\nbody", "GET $main::Task"]
--- error_code eval: [502, 503]



=== auth_request by FastCGI
--- config eval
gateway_conf(extra => 'auth_request /auth;')
. 'location = /auth { internal; fastcgi_pass 127.0.0.1:$TEST_NGINX_RAND_PORT_3; }'
--- tcp_listen: $TEST_NGINX_RAND_PORT_3
--- tcp_reply eval
"\1\6\0\1\0\17\0\0Status: 204\r\n\r\n\1\3\0\1\0\10\0\0\0\0\0\0\0\0\0\0"
--- pt_redis
HSET $key state pending
--- error_code: 200
--- pt_backend_saw eval
qq(PATCH $main::Task {"status":{"state":"completed"}}\n)



=== with "answer", other resources may use FastCGI
--- config
location /print/ {
    print_task answer;
    fastcgi_pass 127.0.0.1:$TEST_NGINX_RAND_PORT_3;
}
--- request eval
["POST /print/printers\n{}", 'GET /print/printers']
--- error_code eval: [502, 502]



=== an error page from uwsgi or SCGI for a refused request
--- config eval
gateway_conf(extra => 'error_page 401 = @uwsgi; error_page 400 = @scgi;')
. 'location @uwsgi { uwsgi_pass 127.0.0.1:$TEST_NGINX_RAND_PORT_3; }
   location @scgi { scgi_pass 127.0.0.1:$TEST_NGINX_RAND_PORT_3; }'
--- request eval
["GET $main::Task", patch('{')]
--- more_headers eval
['#', auth_headers()]
--- pt_refused
401 tokenMissing
400 jsonSyntax
--- no_error_log
[error]



=== an error page from uwsgi or SCGI, before the request was checked
--- config eval
gateway_conf(extra => 'if ($arg_x = 1) { return 403; } if ($arg_x = 2) { return 404; }
                       error_page 403 = @uwsgi; error_page 404 = @scgi;')
. 'location @uwsgi { uwsgi_pass 127.0.0.1:$TEST_NGINX_RAND_PORT_3; }
   location @scgi { scgi_pass 127.0.0.1:$TEST_NGINX_RAND_PORT_3; }'
--- request eval
["GET $main::Task?x=1", "GET $main::Task?x=2", patch_uri("$main::Task?x=1")]
--- pt_refused: 503 notChecked
--- no_error_log
[error]
