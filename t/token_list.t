# Which tenants and applications are let in, and what names an application.

use lib 't/lib';
use PrintTask;

run_tests();

__DATA__

=== print_task_tenant: others are 403, without a challenge
--- config eval
gateway_conf(extra => "print_task_tenant contoso $PrintTask::Token::Tenant;
                       print_task_issuer 'https://sts.windows.net/{tid}/';")
--- request eval: [(patch('{"status":{"state":"pending"}}')) x 4]
--- more_headers eval
[map { auth_headers(claims => { tid => $_,
                                iss => "https://sts.windows.net/$_/" }) }
     'contoso', $PrintTask::Token::Tenant, 'fabrikam', 'Contoso']
--- error_code eval: [200, 200, 403, 403]
--- response_body_like eval
[qr/"id"/, qr/"id"/, (qr/"code":"forbidden".*"tenantNotAllowed"/) x 2]
--- raw_response_headers_unlike eval: [('WWW-Authenticate') x 4]



=== a GUID is compared without case, on both sides
--- config eval
gateway_conf(extra => 'print_task_tenant ' . uc($PrintTask::Token::Tenant) . ';
                       print_task_app ' . uc($PrintTask::Token::App) . ';')
--- request eval: [(patch('{"status":{"state":"pending"}}')) x 2]
--- more_headers eval
[auth_headers(), auth_headers(claims => { tid => uc $PrintTask::Token::Tenant,
                                          azp => uc $PrintTask::Token::App })]
--- error_code eval: [200, 200]
--- pt_expect
KEYS * => $key
HGET $key app => $PrintTask::app



=== threat: no tenant at all, where only some are allowed
--- config eval
gateway_conf(extra => "print_task_tenant $PrintTask::Token::Tenant;")
--- more_headers eval: auth_headers(without => ['tid'])
--- pt_refused: 403 tenantNotAllowed
--- pt_backend_saw
--- pt_expect
DBSIZE => 0



=== print_task_app: others are 403, without a challenge
--- config eval
gateway_conf(extra => "print_task_app printer-1 $PrintTask::Token::App;")
--- request eval: [(patch('{"status":{"state":"pending"}}')) x 4]
--- more_headers eval
[map { auth_headers(claims => { azp => $_ }) }
     'printer-1', $PrintTask::Token::App, 'printer-2', 'printer-11']
--- error_code eval: [200, 200, 403, 403]
--- response_body_like eval
[qr/"id"/, qr/"id"/, (qr/"code":"forbidden".*"appNotAllowed"/) x 2]
--- raw_response_headers_unlike eval: [('WWW-Authenticate') x 4]



=== the application is "azp", else "appid", else "client_id"
--- config eval
gateway_conf(extra => 'print_task_app good;')
--- request eval: [(patch('{"status":{"state":"pending"}}')) x 4]
--- more_headers eval
[map { auth_headers(claims => $_, without => ['azp']) }
     { appid => 'good' }, { client_id => 'good' },
     { appid => 'good', client_id => 'x' }, { client_id => 'x' }]
--- error_code eval: [200, 200, 200, 403]



=== threat: a good name behind a bad one
--- config eval
gateway_conf(extra => 'print_task_app good;')
--- request eval: [(patch()) x 4]
--- more_headers eval
[map { auth_headers(claims => $_) }
     { azp => 'x', appid => 'good', client_id => 'good' },
     { azp => '', appid => 'good' }, { azp => \'null', appid => 'good' },
     { azp => ['good'], client_id => 'good' }]
--- pt_refused
403 appNotAllowed
401 tokenClaims
401 tokenClaims
401 tokenClaims



=== threat: no application
--- request eval: [(patch()) x 2]
--- more_headers eval
[auth_headers(without => ['azp']),
 auth_headers(claims => { client_id => 'x' x 129 }, without => ['azp'])]
--- pt_refused: 401 tokenClaims



=== threat: a name that would break out of a log line, a header, or a key
--- request eval: [(patch()) x 9]
--- more_headers eval
[map { auth_headers(claims => { azp => "a$_" }) }
     "\n", "\r\nX: y", "\t", ' ', "\x7f", "\x{e9}", '{', '}', '/']
--- pt_refused: 401 tokenClaims
--- pt_backend_saw
--- pt_expect
DBSIZE => 0



=== the longest name, of all the characters that it may have
--- more_headers eval
auth_headers(claims => { azp => 'https:a@b?c=d&e;f"g\'h\\' . 'x' x 106 })
--- error_code: 200
--- pt_expect eval
'HSTRLEN ' . task_key() . ' app => 128'



=== tenants and applications are looked at after the role
--- config eval
gateway_conf(extra => 'print_task_app x; print_task_tenant y;')
--- request eval: [(patch()) x 3]
--- more_headers eval
[auth_headers(without => ['roles']), auth_headers(claims => { scp => 'x' }),
 auth_headers()]
--- pt_refused
403 roleMissing
403 tokenDelegated
403 tenantNotAllowed
