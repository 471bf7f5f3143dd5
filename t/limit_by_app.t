# A rate for each application: the token is verified before the access phase,
# once.

use lib 't/lib';
use PrintTask;

our $Zone = 'limit_req_zone $print_task_app_id zone=app:64k rate=1r/m;
             limit_req_zone $print_task_tenant_id zone=tenant:64k rate=1r/m;
             limit_req_status 429;';
our $Limit = 'limit_req zone=app burst=1 nodelay;
              add_header X-Token $print_task_token_cache always;';

our $Stay = patch('{"status":{"state":"pending"}}');

run_tests();

__DATA__

=== an application over its rate, and another one that is not
--- http_config eval: http_conf(extra => $main::Zone)
--- config eval: gateway_conf(extra => $main::Limit)
--- request eval: [($main::Stay) x 4]
--- more_headers eval
[(auth_headers()) x 3, auth_headers(claims => { azp => 'other' })]
--- error_code eval: [200, 200, 429, 200]
--- response_headers eval
[map { "X-Token: $_" } qw(miss hit hit miss)]



=== a token is looked up once for each request, for any number of variables
--- http_config eval: http_conf(extra => $main::Zone)
--- config eval
gateway_conf(extra => "$main::Limit
    limit_req zone=tenant burst=5 nodelay;
    print_task_require \$print_task_app_id \$print_task_tenant_id;
    add_header X-App \$print_task_app_id always;")
--- log_level: debug
--- request eval: $main::Stay
--- response_headers eval: "X-Token: miss\nX-App: $PrintTask::Token::App"
--- grep_error_log: print task token verified
--- grep_error_log_out
print task token verified



=== and verified once, without the memory of tokens, too
--- http_config eval
http_conf(extra => "$main::Zone print_task_token_zone off;")
--- config eval
gateway_conf(extra => "$main::Limit
    limit_req zone=tenant burst=5 nodelay;
    print_task_require \$print_task_app_id;")
--- log_level: debug
--- request eval: $main::Stay
--- response_headers
X-Token: off
--- grep_error_log: print task token verified
--- grep_error_log_out
print task token verified



=== threat: a stranger that uses up the rate of an application
--- http_config eval: http_conf(extra => $main::Zone)
--- config eval: gateway_conf(extra => $main::Limit)
--- request eval: [($main::Stay) x 5]
--- more_headers eval
[(auth_headers(key => 'stranger', kid => 'rsa1')) x 4, auth_headers()]
--- error_code eval: [401, 401, 401, 401, 200]
