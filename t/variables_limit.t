# The variables of the token verify it on demand, so that requests can be
# counted by application before the ACCESS phase.

use lib 't/lib';
use PrintTask;

sub zone {
    return http_conf(extra => "limit_req_zone $_[0] zone=z:1m rate=1r/m;
                               limit_req_status 429;");
}

our $change = patch('{"status":{"state":"pending"}}');

run_tests();

__DATA__

=== limit_req_zone $print_task_app_id: each application has its own account
--- http_config eval: zone('$print_task_app_id')
--- config eval: gateway_conf(extra => 'limit_req zone=z burst=1 nodelay;')
--- request eval: [($main::change) x 5]
--- more_headers eval
[(auth_headers()) x 3, auth_headers(claims => { azp => 'x' }), auth_headers()]
--- error_code eval: [200, 200, 429, 200, 429]
--- response_body_like eval
[qr/"id"/, qr/"id"/, qr/"code":"tooManyRequests"/, qr/"id"/, qr/"tooMany/]
--- response_headers_like eval
['', '', 'Retry-After: [1-9]\d*', '', 'Retry-After: [1-9]\d*']



=== however a token is spelled or signed, it is on the account of its application
--- http_config eval: zone('$print_task_app_id')
--- config eval: gateway_conf(extra => 'limit_req zone=z;')
--- request eval: [($main::change) x 4]
--- more_headers eval
[auth_headers(), auth_headers(alg => 'ES256'), auth_headers(kid => undef),
 auth_headers(claims => { azp => uc $PrintTask::Token::App })]
--- error_code eval: [200, 429, 429, 429]



=== threat: forged tokens that use up the account of another application
--- http_config eval: zone('$print_task_app_id')
--- config eval: gateway_conf(extra => 'limit_req zone=z;')
--- request eval: [($main::change) x 5]
--- more_headers eval
[auth_headers(key => 'stranger', kid => 'rsa1'), auth_headers(exp => -3600),
 auth_headers(alg => 'none'), '', auth_headers()]
--- error_code eval: [401, 401, 401, 401, 200]



=== the phases after that judge the token as always
--- http_config eval: zone('$print_task_app_id')
--- config eval: gateway_conf(extra => 'limit_req zone=z;')
--- request eval: [$main::change, $main::change]
--- more_headers eval: [auth_headers(), auth_headers(claims => { scp => 'x' })]
--- error_code eval: [200, 403]
--- response_body_like eval: [qr/"id"/, qr/"tokenDelegated"/]
--- pt_expect
HGET $key app => $PrintTask::app



=== $print_task_tenant_id
--- http_config eval: zone('$print_task_tenant_id')
--- config eval
gateway_conf(extra => 'limit_req zone=z;
                       print_task_issuer "https://sts.windows.net/{tid}/";')
--- request eval: [($main::change) x 4]
--- more_headers eval
[map { auth_headers(claims => { tid => $_,
                                iss => "https://sts.windows.net/$_/" }) }
     'a', 'b', 'a', 'c']
--- error_code eval: [200, 200, 429, 200]



=== $print_task_id: one task
--- http_config eval: zone('$print_task_definition_id$print_task_id')
--- config eval: gateway_conf(extra => 'limit_req zone=z;')
--- request eval
[map { patch('{"status":{"state":"pending"}}', @$_) }
     ['d', 't'], ['d', 'u'], ['d', 't'], ['e', 't']]
--- error_code eval: [200, 200, 429, 200]



=== a limited request has changed nothing
--- http_config eval: zone('$print_task_app_id')
--- config eval: gateway_conf(extra => 'limit_req zone=z;')
--- pt_redis
HSET $key state pending rev 1
--- request eval
[patch('{"status":{"state":"processing"}}'), patch()]
--- error_code eval: [200, 429]
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"processing"}}
--- pt_expect
HGET $key state => processing
HGET $key rev => 2
HEXISTS $key lease => 0



=== limit_conn_zone counts those that have an accepted token
--- http_config eval
http_conf(extra => 'limit_conn_zone $print_task_app_id zone=c:1m;
                    log_format task "$status $limit_conn_status";')
--- config eval
gateway_conf(extra => 'limit_conn c 1; access_log logs/task.log task;')
--- request eval: [$main::change, $main::change]
--- more_headers eval: [auth_headers(), auth_headers(exp => -3600)]
--- error_code eval: [200, 401]
--- pt_log
200 PASSED
401 -



=== with print_task off, no request is counted
--- http_config eval: zone('$print_task_app_id')
--- config eval
gateway_conf(mode => 'off', extra => 'limit_req zone=z;')
--- request eval: [($main::change) x 3]
--- error_code eval: [(200) x 3]
