# Variables that say who asks, where nobody was let in.

use lib 't/lib';
use PrintTask;
use PrintTask::Token qw(tamper);

no_root_location();

sub logs {
    return http_conf(extra => "log_format task '"
        . '$print_task_definition_id $print_task_id '
        . '$print_task_tenant_id $print_task_app_id' . "';");
}

our $log = 'access_log logs/task.log task;';

run_tests();

__DATA__

=== threat: a refused token names no application
--- http_config eval: logs()
--- config eval: gateway_conf(extra => $main::log)
--- request eval: [(patch()) x 6]
--- more_headers eval
['', auth_headers(alg => 'none'), auth_headers(key => 'stranger', kid => 'rsa1'),
 auth_headers(exp => -3600), auth_headers(claims => { aud => 'x' }),
 'Authorization: Bearer ' . tamper(token(), 1)]
--- error_code eval: [(401) x 6]
--- pt_log eval
"d t - -\n" x 6



=== threat: header fields that look like the variables
--- http_config eval: logs()
--- config eval: gateway_conf(extra => $main::log)
--- request eval: patch_uri(task_uri() . '?print_task_app_id=x')
--- more_headers
print_task_app_id: x
print-task-app-id: x
Cookie: print_task_app_id=x
--- error_code: 401
--- pt_log
d t - -



=== a location without print_task: the variables are empty
--- http_config eval: logs()
--- config eval
gateway_conf(path => '/', mode => 'off', extra => $main::log)
--- request eval: ['GET /print/printers', 'GET /x']
--- error_code eval: [200, 200]
--- pt_log eval: "- - - -\n" x 2



=== in the log of a request that nginx itself refused
--- http_config eval: logs()
--- config eval: "print_task forward; $main::log" . gateway_conf()
--- raw_request eval
'GET ' . task_uri() . " HTTP/1.1\r\nHost: a b\r\n\r\n"
--- error_code: 400
--- pt_log
d t - -



=== in the log of an invalid request line
--- http_config eval: logs()
--- config eval: "print_task forward; $main::log" . gateway_conf()
--- raw_request eval: "\x16\x03\x01\r\n\r\n"
--- error_code: 400
--- pt_log
- - - -
