# Sources of keys: refused values, and inheritance.

use lib 't/lib';
use PrintTask;
use PrintTask::Token qw(jwk);

our $Uri = 'location = /_keys { internal; proxy_pass http://$PrintTask::backend; }';

sub conf {
    return http_conf(@_) =~ s/^\s*print_task_key_file.*\n//mr;
}

run_tests();

__DATA__

=== neither a file nor a request
--- http_config eval: main::conf()
--- must_die
--- error_log
"print_task" needs "print_task_key_file" or "print_task_key_request"



=== both of them
--- config eval
gateway_conf(extra => 'print_task_key_file $PrintTask::key_file;
                       print_task_key_request /_keys;') . $main::Uri
--- must_die
--- error_log
"print_task_key_file" and "print_task_key_request" cannot be used together



=== both of them, above
--- http_config eval: http_conf(extra => 'print_task_key_request /_keys;')
--- config eval: gateway_conf() . $main::Uri
--- must_die
--- error_log
"print_task_key_file" and "print_task_key_request" cannot be used together



=== one twice
--- config eval
gateway_conf(extra => 'print_task_key_request /_keys;
                       print_task_key_request /_keys;') . $main::Uri
--- must_die
--- error_log
"print_task_key_request" directive is duplicate



=== a file twice
--- config eval
gateway_conf(extra => 'print_task_key_file $PrintTask::key_file;
                       print_task_key_file $PrintTask::key_file;')
--- must_die
--- error_log
"print_task_key_file" directive is duplicate



=== an invalid uri
--- config eval
gateway_conf(extra => 'print_task_key_request https://login.example/keys;')
--- must_die
--- error_log
invalid uri "https://login.example/keys" in "print_task_key_request"



=== an empty uri
--- config eval: gateway_conf(extra => 'print_task_key_request "";')
--- must_die
--- error_log
invalid uri "" in "print_task_key_request"



=== an invalid time
--- config eval: gateway_conf(extra => 'print_task_key_refresh soon;')
--- must_die
--- error_log
invalid time "soon" in "print_task_key_refresh"



=== no time
--- config eval: gateway_conf(extra => 'print_task_key_refresh 0;')
--- must_die
--- error_log
invalid time "0" in "print_task_key_refresh"



=== an invalid least time
--- config eval: gateway_conf(extra => 'print_task_key_refresh 1h 5x;')
--- must_die
--- error_log
invalid time "5x" in "print_task_key_refresh"



=== a least time that is longer
--- config eval: gateway_conf(extra => 'print_task_key_refresh 1m 2m;')
--- must_die
--- error_log
the second time of "print_task_key_refresh", "2m", must not be longer than the first one, "1m"



=== times that differ for one uri
--- config eval
gateway_conf(extra => 'print_task_key_request /_keys;')
. gateway_conf(path => '/other/',
               extra => 'print_task_key_request /_keys;
                         print_task_key_refresh 2h;')
. $main::Uri
--- must_die
--- error_log
"print_task_key_refresh" differs from that of another location with the "print_task_key_request" "/_keys"



=== a file that is not there
--- config eval
gateway_conf(extra => 'print_task_key_file $PrintTask::data/none.json;')
--- must_die
--- error_log eval: qr/none\.json" failed: it could not be opened .*No such file/



=== a file that is not a key set
--- config eval
gateway_conf(extra => 'print_task_key_file $PrintTask::root/README.md;')
--- must_die
--- error_log eval: qr/invalid key set in ".*README\.md": is not valid JSON/



=== a file takes the place of a uri from above
--- http_config eval: main::conf(extra => 'print_task_key_request /_keys;')
--- config eval: gateway_conf(extra => 'print_task_key_file $PrintTask::key_file;')
--- error_code: 200



=== a uri takes the place of a file from above
--- config eval
gateway_conf(extra => 'print_task_key_request /_keys;') . $main::Uri
--- pt_backend eval
"location = /_keys { return 200 '" . jwks(jwk('rsa2', kid => 'rsa1')) . "'; }"
. backend()
--- request eval: [(patch('{"status":{"state":"pending"}}')) x 2]
--- more_headers eval
[auth_headers(key => 'rsa2', kid => 'rsa1'), auth_headers()]
--- error_code eval: [200, 401]
--- response_body_like eval: [qr/"pending"/, qr/"tokenSignature"/]



=== one of the server, with its times from above
--- http_config eval
main::conf(extra => 'print_task_key_refresh 2h 1m;')
--- config eval
'print_task_key_request /_keys;' . gateway_conf() . $main::Uri
--- pt_backend eval
"location = /_keys { return 200 '" . jwks() . "'; }" . backend()
--- error_code: 200



=== the same uri in two servers is two sources
--- http_config eval
main::conf(extra => 'print_task_key_request /_keys;')
. 'server {
    listen 127.0.0.1:$TEST_NGINX_RAND_PORT_3;
    server_name localhost;
    print_task forward;
    location = /_keys { internal; return 500; }
    location / { proxy_pass http://$PrintTask::backend; }
}'
--- config eval
gateway_conf()
. 'location /second/ { proxy_pass http://127.0.0.1:$TEST_NGINX_RAND_PORT_3/print/; }'
. $main::Uri
--- pt_backend eval
"location = /_keys { return 200 '" . jwks() . "'; }" . backend()
--- request eval
[patch('{"status":{"state":"pending"}}'),
 patch_uri('/second/taskDefinitions/d/tasks/t')]
--- error_code eval: [200, 503]
--- response_body_like eval: [qr/"pending"/, qr/"keysUnavailable"/]
