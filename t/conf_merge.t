# Settings that a location inherits, and those that it replaces.

use lib 't/lib';
use PrintTask;

no_root_location();

our $pass = 'proxy_pass http://$PrintTask::backend;';
our $change = '{"status":{"state":"pending"}}';

# for different prefixes
sub patches {
    return [map { patch_uri("$_/print/taskDefinitions/d/tasks/t", $change) } @_];
}

run_tests();

__DATA__

=== print_task for a whole server
--- config eval
"print_task forward; location / { $main::pass }"
--- request eval: [patch(), patch(), 'GET /x']
--- more_headers eval: [auth_headers(), '', '']
--- error_code eval: [200, 401, 401]
--- pt_expect
HGET $key state => completed



=== a location that turns it off, and one below that turns it on again
--- config eval
"print_task forward;
 location / { $main::pass }
 location /open/ {
     print_task off;
     $main::pass
     location /open/closed/ { print_task forward; $main::pass }
 }"
--- request eval: ['GET /x', 'GET /open/x', 'GET /open/closed/x']
--- more_headers: #
--- error_code eval: [401, 200, 401]
--- pt_backend_saw
GET /open/x



=== nested locations, and "if", take it from the one around them
--- config eval
"location / {
     print_task forward;
     print_task_audience a;
     $main::pass
     location /b { $main::pass }
     location /c { if (\$args = x) { $main::pass } }
 }"
--- request eval: ['GET /b', 'GET /b', 'GET /c?x', 'GET /c?x']
--- more_headers eval
[map { auth_headers(claims => { aud => $_ }) } ('a', 'b') x 2]
--- error_code eval: [200, 401, 200, 401]



=== for all servers: each of them has to be complete
--- http_config eval
http_conf(extra => 'print_task forward;') =~ s/print_task_issuer .*//r
--- config eval
"print_task_issuer i; location / { $main::pass }"
--- must_die
--- error_log: "print_task" needs "print_task_issuer"



=== a list of a location takes the place of the one above
--- http_config eval
http_conf(extra => 'print_task_role a b; print_task_app x y;')
--- config eval
gateway_conf(extra => 'print_task_role c;')
. gateway_conf(path => '/v2/')
--- request eval: patches('', '', '/v2', '/v2')
--- more_headers eval
[map { auth_headers(claims => { roles => [$_], azp => 'x' }) } 'a', 'c', 'a', 'c']
--- error_code eval: [403, 200, 200, 403]



=== but not of the other lists
--- http_config eval
http_conf(extra => 'print_task_role a b; print_task_app x y;')
--- config eval: gateway_conf(extra => 'print_task_role c;')
--- more_headers eval: auth_headers(claims => { roles => ['c'], azp => 'z' })
--- pt_refused: 403 appNotAllowed



=== the default role can be had back
--- http_config eval
http_conf(extra => 'print_task_role a;')
--- config eval
gateway_conf(extra => 'print_task_role PrintTaskDefinition.ReadWrite.All;')
--- error_code: 200



=== keys of a location take the place of those above
--- config eval
gateway_conf(extra => 'print_task_key_file ../html/keys.json;
                       print_task_realm own;')
. gateway_conf(path => '/v2/')
--- user_files eval
">>> keys.json\n" . jwks('stranger')
--- request eval: patches('', '', '/v2', '/v2')
--- more_headers eval
[(auth_headers(), auth_headers(key => 'stranger')) x 2]
--- error_code eval: [401, 200, 200, 401]



=== proxy_cache from a level above is no less in the way
--- http_config eval
http_conf(extra => 'proxy_cache_path cache keys_zone=c:1m; proxy_cache c;')
--- must_die
--- error_log: "proxy_cache" cannot be used with "print_task forward"



=== but it does not matter without a back end
--- http_config eval
http_conf(extra => 'proxy_cache_path cache keys_zone=c:1m;')
--- config eval
gateway_conf()
. gateway_conf(path => '/off/', mode => 'off', extra => 'proxy_cache c;')
. gateway_conf(path => '/answer/', mode => 'answer',
               extra => 'proxy_cache c; print_task_realm own;')
--- pt_redis
HSET $key state pending
HSET print-task:{own/$PrintTask::tenant/d}/t state pending
--- request eval
['GET /off/x', map { "GET $_" . task_uri() } '', '/answer']
--- error_code eval: [(200) x 3]
