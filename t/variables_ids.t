# Variables that say who asks, and for which task.

use lib 't/lib';
use PrintTask;

no_root_location();

sub logs {
    return http_conf(extra => "log_format task '"
        . '$print_task_definition_id $print_task_id '
        . '$print_task_tenant_id $print_task_app_id' . "';");
}

our $log = 'access_log logs/task.log task;';

run_tests();

__DATA__

=== ids of the task and of the application
--- http_config eval: logs()
--- config eval: gateway_conf(extra => $main::log)
--- request eval: patch(undef, 'Def.1', 'Task~2')
--- error_code: 200
--- pt_log eval
"Def.1 Task~2 $PrintTask::Token::Tenant $PrintTask::Token::App\n"



=== by every spelling of the task, decoded
--- http_config eval: logs()
--- config eval: gateway_conf(path => '/', extra => $main::log)
--- request eval
[map { "GET $_" }
     "/v1.0/print/taskDefinitions('D')/tasks('T')?tasks/x",
     '/print/TASKDEFINITIONS/%44/%74asks(%27%54%27)']
--- error_code eval: [200, 200]
--- pt_log eval
"D T $PrintTask::Token::Tenant $PrintTask::Token::App\n" x 2



=== the ids of a task keep their case, though its key does not
--- http_config eval: logs()
--- config eval: gateway_conf(extra => $main::log)
--- request eval
patch(undef, '0A1B2C3D-0000-4000-8000-00000000ABCD',
      '0A1B2C3D-0000-4000-8000-00000000abCD')
--- error_code: 200
--- pt_log eval
'0A1B2C3D-0000-4000-8000-00000000ABCD 0A1B2C3D-0000-4000-8000-00000000abCD '
. "$PrintTask::Token::Tenant $PrintTask::Token::App\n"
--- pt_expect eval
'KEYS * => ' . task_key('0a1b2c3d-0000-4000-8000-00000000abcd',
                        '0a1b2c3d-0000-4000-8000-00000000abcd')



=== an application is one, however its token spells the GUID
--- http_config eval: logs()
--- config eval: gateway_conf(extra => $main::log)
--- more_headers eval
auth_headers(claims => { azp => uc $PrintTask::Token::App,
                         tid => uc $PrintTask::Token::Tenant })
--- error_code: 200
--- pt_log eval
"d t $PrintTask::Token::Tenant $PrintTask::Token::App\n"



=== an id that is not a GUID keeps the spelling of the token
--- http_config eval: logs()
--- config eval: gateway_conf(extra => $main::log)
--- more_headers eval
auth_headers(claims => { azp => 'My:App', tid => 'Contoso.example' })
--- error_code: 200
--- pt_log
d t Contoso.example My:App



=== a token without a tenant
--- http_config eval: logs()
--- config eval: gateway_conf(extra => $main::log)
--- more_headers eval: auth_headers(without => ['tid'])
--- error_code: 200
--- pt_log eval
"d t  $PrintTask::Token::App\n"
--- pt_expect
KEYS * => print-task:{/d}/t



=== other resources have no task, but an application
--- http_config eval: logs()
--- config eval: gateway_conf(extra => $main::log)
--- request eval
['GET /print/taskDefinitions/d', 'GET /print/shares/s/jobs/j/tasks/t',
 'GET ' . task_uri() . '/trigger']
--- error_code eval: [(200) x 3]
--- pt_log eval
"- - $PrintTask::Token::Tenant $PrintTask::Token::App\n" x 3



=== for the back end, with the change and with the question before it
--- config eval
gateway_conf(extra => 'proxy_set_header X-Who $print_task_app_id;
                       proxy_set_header X-What $print_task_definition_id/$print_task_id;
                       proxy_set_header X-Where $print_task_tenant_id;')
--- pt_backend
set $asked "$http_x_who $http_x_what";
if ($asked = "8f2c5a1e-3b64-4d0f-9a57-1c0de0000002 d/t") {
    return 200 '{"id":"t","parentUrl":null,"status":{"state":"completed","description":"$http_x_where"}}';
}
return 500;
--- error_code: 200
--- response_body_like eval
qr/"description":"$PrintTask::Token::Tenant"/
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t



=== in "map", "if", "set", before the token step
--- http_config eval
http_conf(extra => '
    map $print_task_app_id $allowed {
        8f2c5a1e-3b64-4d0f-9a57-1c0de0000002  1;
        default                               0;
    }
')
--- config eval
gateway_conf(extra => '
    set $who "$print_task_tenant_id/$print_task_id";
    add_header X-Who $who always;

    if ($allowed = 0) {
        return 403;
    }
')
--- request eval: [(patch('{"status":{"state":"pending"}}')) x 3]
--- more_headers eval
[auth_headers(), auth_headers(claims => { azp => 'x' }),
 auth_headers(key => 'stranger', kid => 'rsa1')]
--- error_code eval: [200, 403, 403]
--- response_headers eval
["X-Who: $PrintTask::Token::Tenant/t", "X-Who: $PrintTask::Token::Tenant/t",
 'X-Who: /t']
