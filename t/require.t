# print_task_require: conditions beyond a good token.

use lib 't/lib';
use PrintTask;

our $Maps = '
    map_hash_bucket_size 128;

    map "$print_task_definition_id:$print_task_app_id" $owner {
        "d:$PrintTask::app"  1;
    }

    map $http_x_value $value {
        default  $http_x_value;
    }
';

our $Stay = patch('{"status":{"state":"pending"}}');

run_tests();

__DATA__

=== an application and its definition
--- http_config eval: http_conf(extra => $main::Maps)
--- config eval: gateway_conf(extra => 'print_task_require $owner;')
--- error_code: 200
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}



=== threat: another application, the definition of another
--- http_config eval: http_conf(extra => $main::Maps)
--- config eval: gateway_conf(extra => 'print_task_require $owner;')
--- request eval: [patch(), patch(undef, 'other', 't')]
--- more_headers eval: [auth_headers(claims => { azp => 'x' }), auth_headers()]
--- pt_refused: 403 requireFailed
--- response_headers
! WWW-Authenticate
--- pt_backend_saw
--- pt_expect
DBSIZE => 0



=== GUIDs of any case
--- http_config eval
http_conf(extra => '
    map_hash_bucket_size 128;
    map "$print_task_definition_id:$print_task_app_id" $owner {
        "3203656e-6069-4e10-8147-d25290b00a3c:$PrintTask::app"  1;
    }
')
--- config eval: gateway_conf(extra => 'print_task_require $owner;')
--- request eval: patch(undef, '3203656E-6069-4E10-8147-D25290B00A3C', 't')
--- error_code: 200



=== 404, so that the answer shows nothing
--- http_config eval: http_conf(extra => $main::Maps)
--- config eval
gateway_conf(extra => 'print_task_require $owner error=404;')
--- request eval: [patch(undef, 'other', 't'), 'GET ' . task_uri('other', 't')]
--- pt_refused: 404 requireNotFound
--- pt_backend_saw



=== a value that is empty or 0 fails, all others pass
--- http_config eval: http_conf(extra => $main::Maps)
--- config eval: gateway_conf(extra => 'print_task_require $value;')
--- request eval: [($main::Stay) x 6]
--- more_headers eval
[map { auth_headers() . $_ } '', "X-Value: \n", "X-Value: 0\n",
     "X-Value: 1\n", "X-Value: 00\n", "X-Value: no\n"]
--- error_code eval: [403, 403, 403, 200, 200, 200]



=== every value, of every directive; the first that fails has the status
--- http_config eval: http_conf(extra => $main::Maps)
--- config eval
gateway_conf(extra => 'print_task_require $http_a $http_b error=404;
                       print_task_require $http_c;')
--- request eval: [($main::Stay) x 5]
--- more_headers eval
[map { auth_headers() . join '', map { "$_: 1\n" } split // }
     'ABC', 'AB', 'AC', 'BC', 'B']
--- error_code eval: [200, 403, 404, 404, 404]
--- response_body_like eval
['"id"', map { qr/"$_"/ } 'requireFailed', ('requireNotFound') x 3]



=== inherited by a location without the directive
--- http_config eval
http_conf(extra => 'print_task_require $http_a error=404;')
--- config eval
gateway_conf() . gateway_conf(path => '/own/',
                              extra => 'print_task_require $http_b;')
--- request eval
[map { patch_uri($_, '{"status":{"state":"pending"}}') }
     task_uri(), '/own' . task_uri(), task_uri(), '/own' . task_uri()]
--- more_headers eval
[map { auth_headers() . $_ } '', '', "A: 1\n", "B: 1\n"]
--- error_code eval: [404, 403, 200, 200]



=== after the token: a stranger does not see what is required
--- http_config eval: http_conf(extra => $main::Maps)
--- config eval
gateway_conf(extra => 'print_task_require $owner error=404;')
--- more_headers eval
auth_headers(key => 'stranger', kid => 'rsa1')
--- pt_refused: 401 tokenSignature



=== before the body is read
--- config eval: gateway_conf(extra => 'print_task_require $http_x;')
--- raw_request eval
'PATCH ' . task_uri() . " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
. auth_headers() =~ s/\n/\r\n/gr
. "Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n"
--- shutdown: 1
--- pt_refused: 403 requireFailed



=== other resources of the location need it, too
--- config eval: gateway_conf(extra => 'print_task_require $http_x;')
--- request eval: ['GET /print/printers', 'GET ' . task_uri()]
--- pt_refused: 403 requireFailed
--- pt_backend_saw



=== threat: another access module that lets the request in
--- config eval
gateway_conf(extra => 'satisfy any; allow all; print_task_require $http_x;')
--- pt_refused: 403 requireFailed



=== a dry run logs the refusal
--- config eval
gateway_conf(extra => 'print_task_dry_run on; print_task_require $http_x;
    add_header X-Verdict "$print_task_verdict $print_task_reason";')
--- error_code: 200
--- response_headers
X-Verdict: would_refuse requireFailed



=== bad values: not a variable
--- config eval: gateway_conf(extra => 'print_task_require $http_a owner;')
--- must_die
--- error_log: invalid variable "owner", it must be "$name"



=== a variable without a name
--- config eval: gateway_conf(extra => 'print_task_require $;')
--- must_die
--- error_log: invalid variable "$", it must be "$name"



=== an unknown variable
--- config eval: gateway_conf(extra => 'print_task_require $nowhere;')
--- must_die
--- error_log: unknown "nowhere" variable



=== another status
--- config eval
gateway_conf(extra => 'print_task_require $http_a error=401;')
--- must_die
--- error_log: invalid parameter "error=401", it must be "error=403" or "error=404"



=== only a status
--- config eval: gateway_conf(extra => 'print_task_require error=404;')
--- must_die
--- error_log: no variable before "error=404"
