# No other location is taken for the one that a request is in now.

use lib 't/lib';
use PrintTask;

our $conf = http_conf(extra => "log_format task '\$uri \$status " . join(' ', map {
    "\$print_task_$_" } qw(id app_id from to verdict reason lookup)) . "';");

our $app = $PrintTask::Token::App;

sub logged {
    return 'access_log logs/task.log task;' . gateway_conf(extra => "@_");
}

run_tests();

__DATA__

=== threat: a token that was accepted in one location counts in the next
--- http_config eval: $main::conf
--- config eval
'access_log logs/task.log task;
location = /start {
    print_task forward;
    set $app $print_task_app_id;
    rewrite ^ /print/x last;
}'
. gateway_conf(extra => 'print_task_audience other;')
--- request
GET /start
--- error_code: 401
--- response_body_like: "tokenAudience"
--- pt_log
/print/x 401 - - - - refused tokenAudience off
--- pt_backend_saw



=== a location without print_task in front does not set the variables of the one behind
--- http_config eval: $main::conf
--- config eval
logged() . '
location = /start {
    set $app $print_task_app_id;
    rewrite ^ /print/taskDefinitions/d/tasks/t last;
}'
--- pt_redis
HSET $key state pending rev 4
--- request eval: patch_uri('/start')
--- error_code: 200
--- pt_log eval
task_uri() . " 200 t $main::app pending completed forwarded - hit\n"



=== threat: a refusal by error_page to a location that would let it pass
--- http_config eval: $main::conf
--- config eval
logged('error_page 401 = /print/open;')
. 'location = /print/open { print_task forward; proxy_pass http://$PrintTask::backend; }'
--- request eval: ['GET /print/x', 'GET /print/x']
--- more_headers eval: ['', auth_headers()]
--- error_code_like eval: ['^401$', '^200$']
--- pt_backend_saw
GET /print/x



=== a change that is sent on to a second location with print_task is judged there
--- http_config eval: $main::conf
--- config eval
'access_log logs/task.log task;'
. gateway_conf(path => '/a/', extra => 'rewrite ^/a(/.*) $1 last;
                                       print_task_role x;')
. gateway_conf()
--- pt_redis
HSET $key state pending rev 4
--- request eval: patch_uri('/a' . task_uri())
--- error_code: 200
--- pt_log eval
task_uri() . " 200 t $main::app pending completed forwarded - hit\n"



=== try_files to a named location keeps the change
--- http_config eval: $main::conf
--- config
access_log logs/task.log task;
location /print/ {
    print_task forward;
    try_files /none @back;
}
location @back {
    print_task forward;
    proxy_pass http://$PrintTask::backend;
}
--- pt_redis
HSET $key state pending rev 4
--- pt_expect
HGET $key state => completed
HEXISTS $key lease => 0
--- error_code: 200
--- pt_backend_saw
PATCH /print/taskDefinitions/d/tasks/t {"status":{"state":"completed"}}
