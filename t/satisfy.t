# Other modules of the ACCESS phase beside us: each of them can refuse, none
# of them spares a request its token.

use lib 't/lib';
use PrintTask;

run_tests();

__DATA__

=== satisfy all, an address that is allowed
--- config eval
gateway_conf(extra => 'allow 127.0.0.1; deny all;')
--- request eval: [patch(), patch()]
--- more_headers eval: [auth_headers(), '']
--- error_code eval: [200, 401]
--- response_body_like eval: [qr/"completed"/, qr/"tokenMissing"/]



=== satisfy all, an address that is denied
--- config eval
gateway_conf(extra => 'deny all;')
--- request eval: [patch(), patch()]
--- more_headers eval: [auth_headers(), '']
--- error_code eval: [403, 401]
--- response_body_like eval
[qr/"code":"forbidden","message":"[^"]+","innerError":\{"date"/, qr/"unauthorized"/]
--- pt_backend_saw
--- pt_expect
DBSIZE => 0



=== satisfy any: an address that is allowed is no application
--- config eval
gateway_conf(extra => 'satisfy any; allow 127.0.0.1; deny all;')
--- request eval: [patch(), patch(), 'GET ' . task_uri(), 'GET /print/printers']
--- more_headers eval
['', auth_headers(exp => -3600), '', auth_headers(without => ['roles'])]
--- pt_refused
401 tokenMissing
401 tokenExpired
401 tokenMissing
403 roleMissing
--- pt_backend_saw
--- pt_expect
DBSIZE => 0



=== the response has one challenge
--- config eval
gateway_conf(extra => 'satisfy any; allow all;')
--- more_headers: #
--- pt_refused: 401 tokenMissing
--- raw_response_headers_like: WWW-Authenticate: Bearer realm="print"\r\n
--- raw_response_headers_unlike: WWW-Authenticate.*WWW-Authenticate



=== satisfy any, a good token from an address that is denied
--- config eval
gateway_conf(extra => 'satisfy any; deny all;')
--- error_code: 200
--- raw_response_headers_unlike: WWW-Authenticate
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
--- pt_expect
HGET $key state => completed



=== satisfy any, a dry run: a good token does not open a denied location
--- config eval
gateway_conf(extra => 'print_task_dry_run on; satisfy any; deny all;')
--- request eval: [patch(), 'GET ' . task_uri(), patch()]
--- more_headers eval: [auth_headers(), auth_headers(), '']
--- error_code eval: [403, 403, 403]
--- pt_backend_saw
--- pt_expect
DBSIZE => 0



=== satisfy any, a dry run: another module opens it as without the module
--- config eval
gateway_conf(extra => 'print_task_dry_run on; satisfy any; allow all;')
--- request eval: [patch(), patch()]
--- more_headers eval: [auth_headers(), "Content-Type: application/json\n"]
--- error_code eval: [200, 200]



=== satisfy any, a bad token from an address that is denied
--- config eval
gateway_conf(extra => 'satisfy any; deny all;')
--- request eval: [patch(), patch(), patch()]
--- more_headers eval
['', auth_headers(key => 'stranger', kid => 'rsa1'),
 auth_headers(claims => { scp => 'x' })]
--- error_code_like eval: [('^40[13]$') x 3]
--- pt_backend_saw



=== satisfy any does not widen the rights of a token
--- config eval
gateway_conf(extra => 'satisfy any; allow all;')
--- pt_redis
HSET $key state completed app $PrintTask::app rev 1
--- request eval
[patch('{"status":{"state":"pending"}}'), 'DELETE ' . task_uri(),
 patch_uri('/print/x/..' . task_uri()), patch_uri('/print/shares/s/jobs/j/tasks/t')]
--- pt_refused
409 transitionNotAllowed
405 methodNotAllowed
400 pathInvalid
405 notCanonicalPath
--- pt_backend_saw



=== satisfy any, a refusal is logged, and answered, once
--- http_config eval
http_conf(extra => 'log_format task "$status $print_task_reason";')
--- config eval
gateway_conf(extra => 'satisfy any; allow all; access_log logs/task.log task;')
--- more_headers: #
--- pt_refused: 401 tokenMissing
--- pt_log
401 tokenMissing
--- grep_error_log: print task refused
--- grep_error_log_out
print task refused



=== satisfy all, basic authentication uses the same header: a token is required
--- config eval
gateway_conf(extra => 'auth_basic x; auth_basic_user_file ../html/users;')
--- user_files
>>> users
u:{PLAIN}p
--- request eval: [patch(), patch()]
--- more_headers eval: ['Authorization: Basic dTpw', auth_headers()]
--- error_code eval: [401, 401]
--- pt_backend_saw



=== satisfy any, basic authentication spares no token either
--- config eval
gateway_conf(extra => 'satisfy any; auth_basic x;
                       auth_basic_user_file ../html/users;')
--- user_files
>>> users
u:{PLAIN}p
--- request eval: [patch(), patch(), patch()]
--- more_headers eval
['Authorization: Basic dTpw', 'Authorization: Basic dTp4', auth_headers()]
--- error_code eval: [401, 401, 200]
--- pt_backend_saw
GET /print/taskDefinitions/d/tasks/t
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
